//! One rule of sight: what somebody sees as an item stands in their lists, and is seen as its entries, its proof and, for a
//! custodian, its case, in every state a thing can be in.

use crate::{
    damage,
    handover::scene::{Scene, code},
    support::{ENGINES, TestApp, city::PASSWORD, seen},
};
use hufu::{
    custody::{
        cases,
        city::{self, NewPerson},
        correction::{self, Declaration},
        count, desk, difference, entry_page, handover,
        items::{self, Filter},
        ledger::{self, LedgerFilter},
        proof::{self, ProofSubject},
        stores::{self, SlotsShown},
        withdraw,
    },
    domain::{AgencyKind, Code, CodeKind, Person, Role, StoreKind},
    id::{CaseId, ItemId, SlotId, StoreId, UnitId},
    language::Language,
    ledger::{Body, Category, Holding, Measure, PaperKind, PaperRef, Seize, SeizedLine},
    store::differences,
};
use std::collections::BTreeSet;

const LOGINS: [&str; 12] =
    ["zhang", "li", "wang", "zhao", "qian", "sun", "zhou", "wu", "chen", "lin", "zheng", "admin"];

/// Of everybody: whether list, page, life, entries and proofs say the same of each item. Answers with who sees which.
async fn agree(t: &TestApp, items: &[ItemId]) -> BTreeSet<(&'static str, usize)> {
    let mut seen = BTreeSet::new();
    for login in LOGINS {
        let me = t.person(login).await;
        let listed = items::list(&t.app, &me, &Filter::default()).await.unwrap_or_default();
        for (at, item) in items.iter().enumerate() {
            let said = format!("{login}, item {at}");
            let sees = items::show(&t.app, &me, *item).await.is_ok();
            assert_eq!(listed.iter().any(|line| line.id == *item), sees, "{said}: the list");
            assert_eq!(items::life(&t.app, &me, *item).await.is_ok(), sees, "{said}: its life");
            assert_eq!(
                proof::proof(&t.app, &me, &ProofSubject::Item(*item)).await.is_ok(),
                sees,
                "{said}: its proof"
            );
            if sees {
                entries_agree(t, &me, *item, &said).await;
                seen.insert((login, at));
            }
        }
    }
    seen
}

/// Each entry of a life that somebody reads, and what was said of it later.
async fn entries_agree(t: &TestApp, me: &Person, item: ItemId, said: &str) {
    let wanted = LedgerFilter { limit: 1_000, ..LedgerFilter::default() };
    let listed = ledger::entries(&t.app, me, Language::En, &wanted).await.unwrap().entries;
    for event in items::life(&t.app, me, item).await.unwrap() {
        for seq in std::iter::once(event.seq).chain(event.declared_wrong_by) {
            let entry = ledger::entry(&t.app, me, Language::En, seq).await;
            assert!(entry.is_ok(), "{said}: entry {seq} stands in its life and is refused");
            assert!(listed.iter().any(|line| line.seq == seq), "{said}: entry {seq} is in no list");
            let proof = proof::proof(&t.app, me, &ProofSubject::Entry(seq)).await;
            assert!(proof.is_ok(), "{said}: the proof of entry {seq}: {proof:?}");
        }
    }
}

/// A seizure of one thing that nobody has brought yet.
async fn owed(it: &Scene) -> ItemId {
    let item = it.t.app.ids.new_id();
    let line = SeizedLine {
        item,
        number: "W26-0000008".to_owned(),
        paper_line: 1,
        name: "自行车".to_owned(),
        category: Category::General,
        features: "红色".to_owned(),
        particulars: Default::default(),
        measure: Measure::Piece,
        quantity: 1,
        counted_as: None,
        holding: Holding::InHand,
    };
    let seize = Seize { case: it.case, unit: it.zhang.unit, lines: vec![line] };
    let paper = PaperRef { kind: PaperKind::SeizureList, number: "临公扣〔2026〕8号".to_owned() };
    it.record(&it.zhang.clone(), Body::Seize(seize), vec![paper]).await;
    item
}

#[tokio::test]
async fn what_is_seen_as_an_item_is_seen_as_its_entries() {
    for engine in ENGINES {
        let mut it = Scene::new(engine).await;
        let owed = owed(&it).await;
        let things = [it.items[0], owed];
        let with = |also: &[(&'static str, usize)]| {
            let always = ["zhang", "li", "wang", "chen", "lin", "zheng"];
            let all = always.iter().flat_map(|login| [(*login, 0), (*login, 1)]);
            all.chain(also.iter().copied()).collect::<BTreeSet<_>>()
        };
        assert_eq!(agree(&it.t, &things).await, with(&[]));

        let offered = it.offered().await;
        let receivers = [("qian", 0), ("qian", 1), ("sun", 0), ("sun", 1)];
        assert_eq!(agree(&it.t, &things).await, with(&receivers));

        withdraw::withdraw(it.app(), &it.zhang, offered, "案件撤回").await.unwrap();
        assert_eq!(agree(&it.t, &things).await, with(&[]));
        // The handover is still both sides': so are its entries, its proof and its paper.
        let view = handover::handover(it.app(), &it.qian, offered).await.unwrap().handover;
        for seq in [view.offer_seq, view.end_seq].map(Option::unwrap) {
            ledger::entry(it.app(), &it.qian, Language::En, seq).await.unwrap();
        }
        proof::proof(it.app(), &it.qian, &ProofSubject::Handover(offered)).await.unwrap();
        assert_eq!(
            code(proof::proof(it.app(), &it.zhou, &ProofSubject::Handover(offered)).await),
            "not_found"
        );
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_was_said_of_an_entry_is_seen_with_it() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (chen, wang) = (it.t.person("chen").await, it.t.person("wang").await);
        let received =
            it.entries().await.into_iter().find(|entry| entry.draft.body.kind() == "receive").unwrap();
        let wrong =
            Declaration { id: it.app().ids.new_id(), wrong: received.seq, reason: "写错".to_owned() };
        let declaration = correction::declare(it.app(), &chen, &wrong).await.unwrap().seq;
        agree(&it.t, &it.items).await;
        // The approver of the agency reads what the centre, another unit, has declared wrong; who has no part in it does not.
        for seq in [received.seq, declaration] {
            ledger::entry(it.app(), &wang, Language::En, seq).await.unwrap();
            let zhao = it.t.person("zhao").await;
            assert_eq!(code(ledger::entry(it.app(), &zhao, Language::En, seq).await), "not_found");
        }
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_difference_is_seen_with_the_entry_that_raised_it() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let chen = it.t.person("chen").await;
        let begun = count::start(it.app(), &chen, it.t.city.centre, None).await.unwrap();
        let statement = count::finish(it.app(), &chen, begun).await.unwrap().seq;
        let mut tx = it.app().db.read().await.unwrap();
        let missing = differences::raised_by(&mut tx, statement).await.unwrap();
        drop(tx);
        for found in &missing {
            for login in LOGINS {
                let me = it.t.person(login).await;
                let seen = ledger::entry(it.app(), &me, Language::En, statement).await;
                let told = seen.is_ok_and(|view| view.differences.iter().any(|it| it.id == found.id));
                let difference = difference::difference(it.app(), &me, found.id).await.is_ok();
                assert_eq!(difference, told, "{login}");
            }
        }
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_custodian_keeps_a_case_in_sight_while_all_of_it_is_lent() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        let case: CaseId = t.case("临公（刑）立字〔2026〕9号").await;
        let slot = t.city.slots[0];
        let phone = t.lying(case, &[("手机", Measure::Piece, 1, slot)]).await.remove(0);
        t.lent(phone.item, 1, slot).await;
        agree(&t, &[phone.item]).await;
        for login in ["chen", "lin"] {
            let me = t.person(login).await;
            assert!(me.is(Role::Custodian));
            items::show(&t.app, &me, phone.item).await.unwrap();
            cases::show(&t.app, &me, case, 0).await.unwrap();
        }
        t.close().await;
    }
}

/// Shelves, keepers and amounts are for those who keep them: others see how full a store is, and their own things in it.
pub(crate) async fn what_others_see_of_a_store(test: &TestApp, slot: SlotId, number: &str) {
    let (centre, vault) = (test.city.centre, test.city.vault);
    for login in ["zhang", "wang", "zhao", "qian", "zhou", "admin", "gao"] {
        let me = test.person(login).await;
        let own = ["zhang", "wang"].contains(&login);
        for line in stores::stores(&test.app, &me).await.unwrap() {
            assert_eq!(line.keeping, None, "{login}");
        }
        for id in [centre, vault] {
            let view = stores::store(&test.app, &me, id).await.unwrap();
            assert!(
                view.shown == SlotsShown::Theirs && view.keepers.is_empty() && !view.may_count,
                "{login}"
            );
            assert_eq!(view.slots.is_empty(), !own || id == vault, "{login}: {:?}", view.slots);
            assert!(view.slots.iter().all(|slot| slot.items > 0 && slot.differences == 0));
        }
        // Who registers slots prints their labels; what lies there is nothing to them.
        match stores::slot_label(&test.app, &me, slot).await {
            Ok(_) => assert!(me.is(Role::Administrator), "{login}"),
            Err(error) => assert_eq!(error.code(), "not_found", "{login}"),
        }
        match stores::slot(&test.app, &me, slot).await {
            Ok(view) => assert!(own && !view.whole && view.things.iter().any(|it| it.number == number)),
            Err(error) => assert!(!own && error.code() == "not_found", "{login}"),
        }
        let hit = items::find(&test.app, &me, &test.slot_code(slot).await).await.unwrap();
        assert_eq!(hit, items::SearchHit::Unknown, "{login}");
    }
    for login in ["chen", "lin", "zheng"] {
        let me = test.person(login).await;
        let view = stores::store(&test.app, &me, vault).await.unwrap();
        assert!(view.shown == SlotsShown::All && view.slots.len() == 2, "{login}");
        stores::slot(&test.app, &me, test.city.vault_slots[0]).await.unwrap();
    }
}

/// A custodian of another unit, with a store of this kind and one slot.
async fn keeper(t: &TestApp, unit: UnitId, login: &str, kind: StoreKind) -> (Person, StoreId, SlotId) {
    let new = NewPerson {
        unit,
        name: "外单位保管员",
        login,
        password: PASSWORD,
        must_change: false,
        roles: &[Role::Custodian, Role::Operator],
    };
    city::add_person(&t.app, &new).await.unwrap();
    let store = city::found_store(&t.app, kind, &format!("{login}的库"), unit).await.unwrap();
    let slots = city::add_slots(&t.app, store, "Z", [format!("Z-{login}")].into_iter(), 9).await.unwrap();
    (t.person(login).await, store, slots[0])
}

/// Custodians of another station and of the court, and who holds a parking lot: owed things are nothing to them, and a typed
/// number tells and raises nothing.
#[tokio::test]
async fn what_is_owed_or_lies_elsewhere_is_nothing_to_other_keepers() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let t = &it.t;
        let owed = owed(&it).await;
        let operator = city::new_agency(&t.app, AgencyKind::Operator, "顺安停车");
        let lot = city::found_unit(&t.app, &operator, "停车场").await.unwrap();
        for (unit, login, kind) in [
            (t.city.other_police, "west", StoreKind::EvidenceRoom),
            (t.city.court, "court", StoreKind::EvidenceRoom),
            (lot, "lot", StoreKind::Lot),
        ] {
            let (me, store, slot) = keeper(t, unit, login, kind).await;
            let listed = items::list(&t.app, &me, &Filter::default()).await.unwrap();
            assert!(listed.is_empty(), "{login}: {listed:?}");
            for item in [owed, it.items[2], it.items[0]] {
                assert_eq!(code(items::show(&t.app, &me, item).await), "not_found", "{login}");
                assert_eq!(code(proof::proof(&t.app, &me, &ProofSubject::Item(item)).await), "not_found");
            }
            assert_eq!(code(cases::show(&t.app, &me, it.case, 0).await), "not_found", "{login}");
            let desk = desk::desk(&t.app, &me).await.unwrap();
            assert!(desk.owed.is_empty() && desk.keeping.is_some_and(|keeping| keeping.owed == 0), "{login}");

            let begun = count::start(&t.app, &me, store, None).await.unwrap();
            count::observe(&t.app, &me, begun, &t.slot_code(slot).await).await.unwrap();
            let lying = Code::new(CodeKind::Item, "26", 0).to_string();
            assert_eq!(Code::parse(&lying).unwrap().number(), "W26-0000000", "the phone in the centre");
            let nowhere = Code::new(CodeKind::Item, "26", 999_999).to_string();
            let said = count::observe(&t.app, &me, begun, &lying).await.unwrap();
            let nothing = count::observe(&t.app, &me, begun, &nowhere).await.unwrap();
            assert_eq!(
                (said.verdict, said.zh.replace(&lying, "")),
                (nothing.verdict, nothing.zh.replace(&nowhere, ""))
            );
            let view = serde_json::to_string(&count::view(&t.app, &me, begun).await.unwrap()).unwrap();
            assert!(!view.contains("手机") && !view.contains(&it.items[0].to_string()), "{view}");
            count::finish(&t.app, &me, begun).await.unwrap();
            let result = count::result(&t.app, &me, begun).await.unwrap();
            let text = serde_json::to_string(&result).unwrap();
            assert!(!text.contains("手机") && !text.contains("A-03"), "{text}");
            assert!(
                result.differences.iter().all(|it| it.class == "unknown_code" && it.item.is_none()),
                "{text}"
            );
        }
        // The centre of the agency expects what its stations owe; a station's own room expects its own.
        let (own, ..) = keeper(t, t.city.police, "east", StoreKind::EvidenceRoom).await;
        for me in [t.person("chen").await, own] {
            items::show(&t.app, &me, owed).await.unwrap();
        }
        it.t.close().await;
    }
}

/// Lists go by what is kept of who sees what; whoever opens a thing or an entry is asked by the rule.
#[tokio::test]
async fn lists_show_what_the_rule_says() {
    for engine in ENGINES {
        let t = damage::everything(engine).await;
        let (items, entries) = seen::is_what_the_rule_says(&mut t.app.db.read().await.unwrap()).await;
        assert!(items > 50 && entries > 100, "{items} items, {entries} entries");
        t.close().await;
    }
}

/// A page of an entry of many lines reads the lines that it shows; the entry read whole says the same.
#[tokio::test]
async fn a_page_of_a_long_entry_shows_lines_of_the_whole() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        let case = t.case("A-1").await;
        let things = vec![("手机", Measure::Piece, 1, t.city.slots[0]); 150];
        let (_, draft) = t.seizure(&t.person("zhang").await, case, &things);
        let seq = t.record(draft).await;
        for login in ["zhang", "zheng"] {
            let me = t.person(login).await;
            let whole = ledger::entry(&t.app, &me, Language::Zh, seq).await.unwrap();
            assert!(whole.postings.len() == 600 && whole.content.len() > 32_768);
            for (line, first, most) in [(0, 0, 100), (320, 300, 100), (9_999, 500, 100)] {
                let page = entry_page::show(&t.app, &me, Language::Zh, seq, line).await.unwrap();
                assert!((page.from, page.lines, page.has_bytes) == (first, 600, false), "{login}, {line}");
                let mut expected = whole.clone();
                expected.postings = whole.postings[first..first + most].to_vec();
                (expected.content, expected.committed) = Default::default();
                assert_eq!(page.entry, expected, "{login}, {line}");
            }
        }
        let elsewhere = t.person("zhao").await;
        assert!(entry_page::show(&t.app, &elsewhere, Language::Zh, seq, 0).await.is_err());
        t.close().await;
    }
}
