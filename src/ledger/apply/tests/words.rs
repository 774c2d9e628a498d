//! What is written of a thing is corrected: who must agree, what must be shown, what a label may be on.

use super::{day::Day, refusals::OPENING, row::id};
use crate::ledger::{Category, StockAccount};

fn stands(day: &Day, item: &str) -> (String, i64, Option<String>) {
    let facts = day.state.descriptions[&id(item)].clone();
    (facts.name, facts.quantity, facts.label.map(|label| label.code))
}

#[test]
fn name_features_category_and_seal_are_written_anew_together() {
    let mut day = Day::after(OPENING);
    day.go_on(
        "
        officer: declare_error 1                                                    # 4
        head: approve P1 correct for=4 to_name=X1:手机:平板 to_features=X1::IMEI-2 to_category=X1:general:electronic to_seal=X1:-:S9 photo=ab
        keeper: correct 4 P1 to_name=X1:手机:平板 to_features=X1::IMEI-2 to_category=X1:general:electronic to_seal=X1:-:S9 photo=ab
        officer: declare_error 6
        head: approve P2 correct for=7 to_name=X1:平板:手机
        keeper: correct 7 P2 to_name=X1:平板:手机                                     # a correction is corrected
    ",
    );
    let facts = &day.state.descriptions[&id("X1")];
    assert_eq!((facts.name.as_str(), facts.features.as_str()), ("手机", "IMEI-2"));
    assert_eq!((facts.category, facts.seal.as_deref()), (Category::Electronic, Some("S9")));
}

/// Too many were written on the list, or too few: the difference comes out of the account that is wrong, and whoever answers
/// answers for so many.
#[test]
fn both_books_follow_the_quantity_of_the_list() {
    let mut day = Day::after(OPENING);
    day.go_on(
        "
        officer: declare_error 1                                                    # 4
        head: approve P1 correct for=4 to_quantity=X1:s1:12,M1:owed.A:50000 photo=ab
        keeper: correct 4 P1 to_quantity=X1:s1:12,M1:owed.A:50000 photo=ab          # 6
        officer: declare_error 6
        head: approve P2 correct for=7 to_quantity=X1:s1:4 photo=ab
        keeper: correct 7 P2 to_quantity=X1:s1:4 photo=ab
        keeper: receive M1*50000>s2
        keeper: receive M1*1>s2                                                     | not_there
        keeper: split X2*3@s1 X4*1>s1 X5*2>s1                                       # 10
        officer: declare_error 10
        head: approve P3 correct for=11 to_quantity=X4:s1:2 photo=ab
        keeper: correct 11 P3 to_quantity=X4:s1:2 photo=ab                          | children_do_not_add_up
    ",
    );
    assert_eq!(stands(&day, "X1").1, 4);
    assert_eq!(day.state.in_stock(id("X1"), StockAccount::Slot(id("s1"))), 4);
    assert_eq!(day.state.responsible(id("X1")).unwrap().1, 4);
    assert_eq!(day.state.responsible(id("M1")).unwrap().1, 50_000);
}

/// Two labels were crossed: both things are put right in one correction, and each label is on one thing all the while.
#[test]
fn crossed_labels_are_exchanged_together() {
    let mut day = Day::after(OPENING);
    day.go_on(
        "
        keeper: declare_error 3                                                     # 4
        head: approve P1 correct for=4 to_label=X1:X1:X2,X2:X2:X2 photo=ab
        keeper: correct 4 P1 to_label=X1:X1:X2,X2:X2:X2 photo=ab                    | nothing_corrected
        head: approve P2 correct for=4 to_label=X1:X1:P7,X2:X2:P7 photo=ab
        keeper: correct 4 P2 to_label=X1:X1:P7,X2:X2:P7 photo=ab                    | label_of_another
        head: approve P3 correct for=4 to_label=X1:X1:X2,X2:X2:X1 photo=ab
        keeper: correct 4 P3 to_label=X1:X1:X2,X2:X2:X1 photo=ab                    # 8
        keeper: declare_error 8
        head: approve P4 correct for=9 to_label=X1:X2:P7 photo=ab
        keeper: correct 9 P4 to_label=X1:X2:P7 photo=ab                             # X2's old label is free
        keeper: receive M1*100000>s2 label=X2
    ",
    );
    let label = |item| stands(&day, item).2;
    let expected = [Some("P7".to_owned()), Some("X1".to_owned()), Some("X2".to_owned())];
    assert_eq!([label("X1"), label("X2"), label("M1")], expected);
}

/// What another unit answers for is called what it was called when they took it over, until they agree.
#[test]
fn nobody_writes_anew_what_another_unit_holds_or_answers_for() {
    Day::after(OPENING).go_on(
        "
        officer: offer H1 A/a B X2*3
        clerk: exchange H1 B/b X2+                                                  # 5: B answers for X2
        officer: declare_error 1                                                    # 6
        head: approve P1 correct for=6 to_name=X2:手机:废铁
        keeper: correct 6 P1 to_name=X2:手机:废铁                                   | consent_missing
        head: approve P2 correct for=6 to_quantity=X2:s1:1 photo=ab
        keeper: correct 6 P2 to_quantity=X2:s1:1 photo=ab                           | consent_missing
        head: approve P3 correct for=6 to_quantity=X1:t1:11 photo=ab
        keeper: correct 6 P3 to_quantity=X1:t1:11 photo=ab                          | consent_missing   # into B's slot
        chief: approve P4 correct for=6 to_name=X2:手机:废铁 unit=BB
        keeper: correct 6 P1 to_name=X2:手机:废铁 consents=P4
        head: approve P5 check_out X1*6
        keeper: check_out P5 X1*6@s1 borrower=rival
        officer: declare_error 13
        head: approve P6 correct for=14 to_name=X1:手机:平板
        keeper: correct 14 P6 to_name=X1:手机:平板                                  | consent_missing   # the borrower's unit has it
    ",
    );
}
