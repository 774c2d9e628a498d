//! What entries say of other entries and of things is what those are.

use super::{day::Day, refusals::OPENING};

fn holds(rows: &str) {
    Day::after(OPENING).go_on(rows);
}

/// What a settlement calls a loss was declared as one, of this thing and after it was missed.
#[test]
fn a_loss_is_settled_by_the_entry_that_declared_it() {
    holds(
        "
        head: approve P1 declare_loss X1*1
        keeper: declare_loss P1 X1*1@s1                         # 5, before it was missed
        keeper: raise D1 X1 class=missing                       # 6
        keeper: settle D1 cause=loss_declared shown=5           | settlement_not_shown
        keeper: move X1*1@s1>s2                                 # 7
        keeper: settle D1 cause=loss_declared shown=7           | settlement_not_shown
        keeper: count N1 expected=0                             # 8
        keeper: settle D1 cause=loss_declared shown=8           | settlement_not_shown
        head: approve P2 declare_loss X2*1                      # 9
        keeper: settle D1 cause=loss_declared shown=9           | settlement_not_shown
        keeper: declare_loss P2 X2*1@s1                         # 10, of another thing
        keeper: settle D1 cause=loss_declared shown=10          | settlement_not_shown
        head: approve P3 declare_loss X1*1
        keeper: declare_loss P3 X1*1@s2                         # 12
        keeper: settle D1 cause=loss_declared shown=12
        keeper: raise D2 class=missing                          # 14, of no thing that is known
        keeper: move X1*1@s1>s2                                 # 15
        keeper: settle D2 cause=loss_declared shown=15          | settlement_not_shown
    ",
    );
}

/// The receiver reads the list and not the ledger: what it says of a thing is what the ledger says, whatever the giver would
/// rather have signed; and nobody gives or takes in another's name.
#[test]
fn an_offer_says_what_is_written() {
    holds(
        "
        officer: declare_error 1                                                # 4
        head: approve P1 correct for=4 to_name=X1:手机:平板 to_features=X1::IMEI-2 to_seal=X1:-:S9 photo=ab
        keeper: correct 4 P1 to_name=X1:手机:平板 to_features=X1::IMEI-2 to_seal=X1:-:S9 photo=ab
        officer: offer H1 A/a B X1*10 seal=S9 told=手机                         | says_otherwise   # as it was called before
        officer: offer H1 A/a B X1*10 seal=S9 features=                         | says_otherwise
        officer: offer H1 A/a B X1*10 seal=S8                                   | says_otherwise
        officer: offer H1 A/a B X1*10                                           | says_otherwise   # its seal is kept quiet
        officer: offer H1 A/a B X1*10 seal=S9 counted_as=箱                     | says_otherwise
        machine: unit A police
        machine: unit B court kind=court name=court
        officer: offer H1 A/a B X1*10 seal=S9 called=court                      | called_otherwise
        officer: offer H1 A/a B X1*10 seal=S9 to_called=procuratorate           | called_otherwise
        officer: offer H1 A/a Q X1*10 seal=S9                                   | called_otherwise  # nobody knows it
        officer: offer H1 A/a B X1*10 seal=S9
        clerk: exchange H1 B/b X1+ called=procuratorate                         | called_otherwise
        clerk: exchange H1 B/b X1+
    ",
    );
}
