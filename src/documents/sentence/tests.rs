//! Sentences as people read them.

use super::*;
use crate::{
    clock::Moment,
    domain::names::Names,
    id::{ApprovalId, CaseId, DifferenceId, EntryId, HandoverId, PersonId, SlotId, UnitId},
    ledger::{
        BoundLabel, Correct, DeclareError, DifferenceClass, Measure, MovedLine, ReceivedLine, RecordedDraft,
        SettleDifference, SettlementCause, Transfer, Withdraw,
    },
};
use uuid::Uuid;

pub(super) fn names() -> Names {
    let mut names = Names::default();
    names.persons.insert(PersonId(Uuid::from_u128(1)), "张伟".to_owned());
    names.persons.insert(PersonId(Uuid::from_u128(2)), "李娜".to_owned());
    names.units.insert(UnitId(Uuid::from_u128(3)), "城东派出所".to_owned());
    for n in 0..5 {
        let (number, measure) = (format!("W26-000000{n}"), Measure::Milligram);
        let item = ItemName { number, name: "白色晶体".to_owned(), measure, counted_as: None };
        names.items.insert(ItemId(Uuid::from_u128(n)), item);
    }
    names.slots.insert(SlotId(Uuid::from_u128(7)), "中心 A-01".to_owned());
    names.slots.insert(SlotId(Uuid::from_u128(8)), "中心 A-02".to_owned());
    names
}

fn told(language: Language, body: Body) -> String {
    sentence(language, &draft(body), &names())
}

fn moved(items: std::ops::Range<u128>) -> Body {
    let line = |n| MovedLine {
        item: ItemId(Uuid::from_u128(n)),
        quantity: 12_350,
        from: SlotId(Uuid::from_u128(7)),
        to: SlotId(Uuid::from_u128(8)),
    };
    Body::Move(Move { lines: items.map(line).collect(), reason: None })
}

/// A few entries, short and long.
pub(super) fn entries() -> Vec<RecordedDraft> {
    let bodies = [moved(0..1), moved(0..5), moved(0..4_000), moved(77..78)];
    let entry = |(seq, body)| RecordedDraft { seq, recorded_at: Moment(0), draft: draft(body) };
    (1..).zip(bodies).map(entry).collect()
}

fn draft(body: Body) -> Draft {
    Draft {
        id: EntryId(Uuid::from_u128(9)),
        happened_at: Moment(0),
        actor: PersonId(Uuid::from_u128(1)),
        unit: UnitId(Uuid::from_u128(3)),
        station: None,
        papers: Vec::new(),
        body,
        signatures: Vec::new(),
    }
}

#[test]
fn an_entry_of_many_lines_asks_for_the_few_names_that_its_sentence_says() {
    let named = named_in(&[draft(moved(0..4_000))]);
    let items: Vec<ItemId> = (0..3).map(|n| ItemId(Uuid::from_u128(n))).collect();
    assert_eq!(named.items.into_iter().collect::<Vec<_>>(), items);
    assert_eq!(named.slots.len(), 2);
    assert_eq!(named.persons.into_iter().collect::<Vec<_>>(), [PersonId(Uuid::from_u128(1))]);
    assert_eq!(named.units.into_iter().collect::<Vec<_>>(), [UnitId(Uuid::from_u128(3))]);
}

#[test]
fn a_sentence_names_who_did_what_to_which_items() {
    assert_eq!(
        told(Language::Zh, moved(1..2)),
        "张伟（城东派出所）将 W26-0000001 白色晶体（12.35 克）从中心 A-01移到中心 A-02。"
    );
    assert_eq!(
        told(Language::En, moved(1..2)),
        "张伟 (城东派出所) moved W26-0000001 白色晶体 (12.35 g) from 中心 A-01 to 中心 A-02."
    );
    let many = told(Language::Zh, moved(0..5));
    assert!(many.contains("W26-0000002") && many.contains("等 5 件财物") && !many.contains("W26-0000003"));
}

#[test]
fn what_has_no_name_is_seen_as_a_number() {
    assert!(told(Language::Zh, moved(77..78)).contains("#00000000"));
}

#[test]
fn refused_lines_are_told_with_the_accepted_ones() {
    let label = BoundLabel { code: "W".to_owned(), copy: 1 };
    let line = |n, answer| ReceivedLine {
        item: ItemId(Uuid::from_u128(n)),
        owed_by: UnitId(Uuid::from_u128(3)),
        answer,
        difference: None,
    };
    let accepted = Reception::Accepted {
        quantity: 1_000,
        slot: SlotId(Uuid::from_u128(7)),
        label,
        weighing: None,
        seal: None,
        photographs: Vec::new(),
        damaged: false,
        remark: None,
        second: None,
        denominations: vec![],
    };
    let refused = Reception::Refused { reason: "无封签".to_owned() };
    let delivered_by = PersonId(Uuid::from_u128(2));
    let both = Receive { delivered_by, lines: vec![line(1, accepted), line(2, refused.clone())] };
    let text = told(Language::Zh, Body::Receive(both));
    assert!(text.contains("放入中心 A-01；拒收 W26-0000002"), "{text}");
    let none = told(Language::En, Body::Receive(Receive { delivered_by, lines: vec![line(2, refused)] }));
    assert!(none.contains("refused W26-0000002 白色晶体 brought by 李娜"), "{none}");
}

#[test]
fn what_corrects_or_ends_is_told_in_both_languages() {
    let wrong = EntryId(Uuid::from_u128(5));
    let raised = RaisedDifference {
        difference: DifferenceId(Uuid::from_u128(6)),
        class: DifferenceClass::Missing,
        item: Some(ItemId(Uuid::from_u128(1))),
        finding: "未找到".to_owned(),
        owner: UnitId(Uuid::from_u128(3)),
        due_at: Moment(0),
        brought_by: None,
        case: None,
        photograph: None,
    };
    let handover = HandoverId(Uuid::from_u128(4));
    let party = crate::ledger::Party { unit: UnitId(Uuid::from_u128(3)), case: CaseId(Uuid::from_u128(4)) };
    let transfer = Transfer::Duty { from: DutyAccount::Party(party), to: DutyAccount::Closed };
    let item = ItemId(Uuid::from_u128(1));
    let line = crate::ledger::CorrectedLine { item, quantity: 5, transfer };
    for (body, zh, en) in [
        (
            Body::DeclareError(DeclareError { wrong_seq: 3, wrong, reason: "错".to_owned() }),
            "声明第 3 号分录有误：错",
            "declared entry 3 wrong: 错",
        ),
        (Body::RaiseDifference(raised), "由城东派出所在", "for 城东派出所 to settle by"),
        (
            Body::SettleDifference(SettleDifference {
                difference: DifferenceId(Uuid::from_u128(6)),
                finding: "在 A-02".to_owned(),
                cause: Some(SettlementCause::FoundAgain),
                entry: Some(7),
            }),
            "了结一项差异（已找到，见第 7 号分录）：在 A-02",
            "settled a difference (found again, entry 7): 在 A-02",
        ),
        (
            Body::Withdraw(Withdraw { handover, cause: WithdrawCause::Expired, reason: String::new() }),
            "自动失效",
            "expire",
        ),
        (
            Body::Correct(Correct {
                declaration: 3,
                approval: ApprovalId(Uuid::nil()),
                consents: vec![],
                lines: vec![line],
                descriptions: vec![],
            }),
            "改记到责任已了结",
            " to closed",
        ),
    ] {
        assert!(told(Language::Zh, body.clone()).contains(zh));
        assert!(told(Language::En, body).contains(en));
    }
}

/// A signed statement has its places in Chinese; whoever reads English reads them back.
#[test]
fn a_place_in_a_statement_is_read_back() {
    let (unit, person) = (UnitId(Uuid::from_u128(3)), PersonId(Uuid::from_u128(1)));
    let accounts = [
        StockAccount::Origin,
        StockAccount::Owed(unit),
        StockAccount::Slot(SlotId(Uuid::from_u128(7))),
        StockAccount::OnLoan(person),
        StockAccount::NotHeld,
        StockAccount::Disputed,
    ];
    for account in accounts {
        let [zh, en] = [Language::Zh, Language::En].map(|language| place(language, &account, &names()));
        assert_eq!(hufu_wire::place::in_english(&zh), en);
    }
}
