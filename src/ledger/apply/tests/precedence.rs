//! Refusals by descending precedence: an entry that is wrong in two ways is answered by the earlier of [`RefusalReason::ALL`],
//! whichever line or rule comes first. Each proper row is spoilt in one way, then in every two.

use super::{day::Day, refusals::OPENING, row::Row};
use crate::ledger::{RefusalReason, apply};

/// X9 has left, X2 is on offer; PU is used, PE has expired, PD is for disposal; D1 is raised; entry 6 is declared wrong
/// by 7 and corrected, entry 10 by 11 and not.
const DAY: &str = "
    officer: seize A/a X9*1
    keeper: receive X9*1>s1
    keeper: move X1*1@s1>s2                 # 6
    keeper: declare_error 6                 # 7
    head: approve PC correct for=7 X1*1@s2>s1           # 8
    keeper: correct 7 PC X1*1@s2>s1         # 9
    keeper: move X1*1@s1>s2                 # 10
    keeper: declare_error 10                # 11
    head: approve PX dispose X9*1
    keeper: dispose PX X9*1@s1
    head: approve PU check_out G1*1
    keeper: check_out PU G1*1@s2
    head: approve PE check_out X1*2 expires=1
    wait 1
    head: approve P1 check_out X1*2
    head: approve PD dispose X1*2
    head: approve PL declare_loss X1*2
    head: approve PK correct for=11 X1*1@s2>s1
    keeper: raise D1
    keeper: raise D2
    keeper: settle D2
    keeper: count N1
    officer: offer H1 A/a B X2*3
    officer: offer H2 A/a B X3*1
    officer: withdraw H2
    keeper: dispatch L X1*1@s1
";

/// Proper rows, and below each the words that spoil it, with their answer. Two spoilings that share a word exclude each
/// other.
const ROWS: &str = "
officer: seize A/a Y1*2
    lines=none                   | entry_is_empty
    at=+11                       | happened_in_the_future
    paper=                       | paper_missing
    name=                        | item_not_described
    Y1*2                         | line_repeated
    q=0                          | quantity_not_positive
    q=9007199254740992           | quantity_too_large
    name=a\0b                    | not_recordable
    X1*1                         | item_already_exists
keeper: receive M1*100000>s1
    lines=none                   | entry_is_empty
    at=+11                       | happened_in_the_future
    q=1 diff=D3 finding=         | reason_missing
    label=                       | label_missing
    M1*1>s1                      | line_repeated
    q=0                          | quantity_not_positive
    label=a\0b                   | not_recordable
    Y9*1>s1                      | item_unknown
    X9*1>s1                      | item_is_closed
    q=100001                     | not_there
    who=officer from=officer     | custodian_seized_it
    from=keeper                  | custodian_delivers
    damaged                      | difference_missing
    damaged diff=D1              | difference_already_raised
keeper: move X1*2@s1>s2
    lines=none                   | entry_is_empty
    at=+11                       | happened_in_the_future
    X1*2@s1>s3                   | line_repeated
    q=0                          | quantity_not_positive
    q=9007199254740992           | quantity_too_large
    X7*1@s1>s2                   | item_unknown
    X9*1@s1>s2                   | item_is_closed
    G1*1@s2>s2                   | same_account
    q=11                         | not_there
keeper: dispatch L X1*2@s1
    lines=none                   | entry_is_empty
    X1*2@s1                      | line_repeated
    X7*1@s1                      | item_unknown
    q=11                         | not_there
    carrier=keeper               | custodian_delivers
keeper: arrive L X1*1>s1
    lines=none                   | entry_is_empty
    X1*1>s1                      | line_repeated
    q=-1                         | quantity_not_positive
    X7*1>s1                      | item_unknown
    as=K                         | not_there
keeper: check_out P1 X1*2@s1
    lines=none                   | entry_is_empty
    at=+11                       | happened_in_the_future
    purpose=                     | reason_missing
    X1*2@s1                      | line_repeated
    q=0                          | quantity_not_positive
    due=never                    | not_recordable
    X7*1@s1                      | item_unknown
    X9*1@s1                      | item_is_closed
    q=11                         | not_there
    who=keeper borrower=keeper   | custodian_delivers
    who=head                     | custodian_is_approver
    who=officer                  | custodian_is_requester
    who=keeper borrower=head     | requester_approves
    as=P7 who=keeper             | approval_unknown
    as=PU who=keeper             | approval_used
    as=PE who=keeper             | approval_expired
    as=PD who=keeper             | approval_for_another_act
    q=3                          | approval_does_not_cover
    due=0                        | due_before_start
keeper: return G1*1>s2
    lines=none                   | entry_is_empty
    condition=                   | reason_missing
    G1*1>s2                      | line_repeated
    q=2                          | not_there
    who=lab                      | custodian_delivers
keeper: split G1*10@s2 G2*10>s3
    lines=none                   | entry_is_empty
    lost=1 paper=                | paper_missing
    reason=                      | reason_missing
    number=                      | item_not_described
    G2*10>s4                     | line_repeated
    G3*0>s4                      | quantity_not_positive
    name=\0                      | not_recordable
    X1*1>s3                      | item_already_exists
    q=5001                       | not_there
    q=11                         | children_do_not_add_up
    by=P7                        | approval_unknown
    by=P1                        | approval_for_another_act
    by=PL                        | approval_does_not_cover
keeper: deposit B M1*100@owed:A
    lines=none                   | entry_is_empty
    slip=                        | paper_missing
    M1*100@owed:A                | line_repeated
    q=0                          | quantity_not_positive
    X7*1@s1                      | item_unknown
    q=100001                     | not_there
    X1*1@s1                      | not_money
head: approve P2 dispose X1*2
    lines=none                   | entry_is_empty
    at=+11                       | happened_in_the_future
    purpose=                     | reason_missing
    X1*2                         | line_repeated
    q=0                          | quantity_not_positive
    expires=never                | not_recordable
    X7*1                         | item_unknown
    X9*1                         | item_is_closed
    who=officer                  | requester_approves
    as=P1                        | approval_already_given
    expires=0                    | approval_expired
officer: offer H3 A/a B X1*10
    lines=none                   | entry_is_empty
    made=+11                     | happened_in_the_future
    X1*10                        | line_repeated
    q=0                          | quantity_not_positive
    expires=never                | not_recordable
    X7*1                         | item_unknown
    X9*1                         | item_is_closed
    X2*3                         | item_on_offer
    q=9                          | part_of_an_item
    number=another               | line_does_not_match
    told=another                 | says_otherwise
    as=H1                        | offer_already_made
    expires=0                    | offer_expired
    sign=none                    | signature_missing
    sign=other_text              | signature_does_not_fit
    sign=other_key               | key_not_in_force
officer: withdraw H1
    at=+11                       | happened_in_the_future
    reason=                      | reason_missing
    as=H7                        | offer_unknown
    as=H2                        | offer_closed
    as=H1 expired                | offer_not_expired
clerk: exchange H1 B/b X2~
    lines=none as=H1             | entry_is_empty
    concluded=+11                | happened_in_the_future
    note=                        | reason_missing
    X2+                          | line_repeated
    note=\0                      | not_recordable
    as=H7                        | offer_unknown
    as=H2                        | offer_closed
    X1+ as=H1                    | answers_do_not_match
    digest=00 as=H1              | offer_changed
    sign=none as=H1              | signature_missing
    sign=other_text              | signature_does_not_fit
    sign=other_key               | key_not_in_force
    who=officer as=H1            | receiver_is_giver
    G1- as=H1 digest=00          | answers_do_not_match
keeper: dispose PD X1*2@s1
    lines=none                   | entry_is_empty
    voucher=                     | paper_missing
    X1*1@s1                      | line_repeated
    X9*1@s1                      | item_is_closed
    q=11                         | not_there
    X2*1@s1                      | item_on_offer
    who=head                     | custodian_is_approver
    who=officer                  | custodian_is_requester
    as=P7 who=keeper             | approval_unknown
    as=P1                        | approval_for_another_act
    q=3                          | approval_does_not_cover
keeper: declare_loss PL X1*2@s1
    lines=none                   | entry_is_empty
    report=                      | reason_missing
    X1*1@s1                      | line_repeated
    X9*1@s1                      | item_is_closed
    G1*1@converted               | not_there
    who=head                     | custodian_is_approver
    as=P1                        | approval_for_another_act
    q=3                          | approval_does_not_cover
keeper: count N2 expected=2 seen=1 missing=1 diff=D3
    at=+11                       | happened_in_the_future
    finding=                     | reason_missing
    as_of=9007199254740992       | not_recordable
    about=X7                     | item_unknown
    diff=D1                      | difference_already_raised
    as=N1                        | count_already_stated
    seen=2                       | count_does_not_add_up
keeper: raise D3 X1
    at=+11                       | happened_in_the_future
    finding=                     | reason_missing
    due=never                    | not_recordable
    about=X7                     | item_unknown
    as=D1                        | difference_already_raised
keeper: settle D1
    at=+11                       | happened_in_the_future
    finding=                     | reason_missing
    as=D7                        | difference_unknown
    as=D2                        | difference_settled
keeper: declare_error 9
    at=+11                       | happened_in_the_future
    reason=                      | reason_missing
    id=another                   | entry_unknown
    as=6                         | error_already_declared
keeper: correct 11 PK X1*1@s2>s1
    lines=none                   | entry_is_empty
    q=0                          | quantity_not_positive
    X7*1@s1>s2                   | item_unknown
    X9*1@s1>s2                   | item_is_closed
    G1*1@s2>s2                   | same_account
    q=2                          | not_there
    X2*3@A/a>A/b                 | item_on_offer
    who=head                     | custodian_is_approver
    X1*1@s1>sold                 | approval_for_another_act
    G1*1@s2>s1                   | approval_does_not_cover
    as=9                         | declaration_unknown
    as=7                         | already_corrected
    X1*1@A/a>B/b as=11           | duty_needs_handover
    X1*1@A/a>closed as=11        | books_would_disagree
";

#[test]
fn of_two_refusals_the_earlier_one_is_the_answer() {
    let mut day = Day::after(OPENING);
    day.go_on(DAY);
    let mut proper = "";
    let mut before: Vec<(&str, RefusalReason)> = Vec::new();
    for row in ROWS.lines().filter(|row| !row.is_empty()) {
        let Some((words, code)) = row.split_once('|') else {
            assert_eq!(answer(&day, row), None, "{row}");
            (proper, before) = (row, Vec::new());
            continue;
        };
        let (words, reason) = (words.trim_matches(' '), reason_of(code.trim()));
        assert_eq!(answer(&day, &format!("{proper} {words}")), Some(reason), "{proper} {words}");
        for (others, other) in before.iter().filter(|(others, _)| !share_a_word(words, others)) {
            for both in [format!("{proper} {words} {others}"), format!("{proper} {others} {words}")] {
                assert_eq!(answer(&day, &both), Some(reason.min(*other)), "{both}");
            }
        }
        before.push((words, reason));
    }
}

fn answer(day: &Day, row: &str) -> Option<RefusalReason> {
    let draft = day.draft(&Row::read(row));
    apply(&day.with_keys(&draft), &draft, day.now, day.edition).err().map(|refusal| refusal.reason)
}

fn reason_of(code: &str) -> RefusalReason {
    *RefusalReason::ALL
        .iter()
        .find(|reason| reason.code() == code)
        .unwrap_or_else(|| panic!("no refusal is called {code}"))
}

fn share_a_word(one: &str, other: &str) -> bool {
    let key = |word: &str| word.split_once('=').map_or(word.to_owned(), |(key, _)| key.to_owned());
    one.split(' ').map(key).any(|word| other.split(' ').map(key).any(|it| it == word))
}
