//! Stores and slots, as entries: who may say what of them, what the ledger knows of what lies there, and the pages and labels that come
//! of it; what is changed by hand is named.

use crate::support::{
    ENGINES, TestApp,
    browser::{self, Browser},
};
use hufu::{
    custody::{
        self, count,
        moves::{self, MoveTogether},
        places::{self, NewSlots, NewStore, SlotChange, StoreDescription},
        registered_places, shelf_labels, stores,
    },
    domain::{Person, StoreKind},
    id::{EntryId, SlotId, StoreId, UnitId},
    language::Language,
    ledger::{Body, Measure, Move, MovedLine, RefusalReason, Standing},
    store::{AppendError, heads, journal, places as stored, verify},
};

async fn size(test: &TestApp) -> u64 {
    heads::size(&mut test.app.db.read().await.unwrap()).await.unwrap()
}

async fn findings(test: &TestApp) -> Vec<String> {
    let mut tx = test.app.db.read().await.unwrap();
    let report = verify::verify(&mut tx, test.app.settings.suite).await.unwrap();
    report.findings.into_iter().map(|it| it.en).collect()
}

fn code<T>(answer: Result<T, custody::Error>) -> String {
    answer.err().expect("it is refused").code().to_owned()
}

fn new_store(name: &str, unit: UnitId) -> NewStore {
    NewStore { kind: StoreKind::EvidenceRoom, name: name.to_owned(), unit }
}

fn row(zone: &str, from: u32, to: u32, capacity: i64) -> NewSlots {
    NewSlots { zone: zone.to_owned(), from, to, capacity }
}

async fn described(
    test: &TestApp,
    me: &Person,
    store: StoreId,
    (name, unit): (&str, UnitId),
) -> Result<u64, custody::Error> {
    let (name, reason) = (name.to_owned(), "改名".to_owned());
    let said = StoreDescription { name, unit, reason };
    Ok(places::describe_store(&test.app, me, (store, None), &said).await?.seq)
}

async fn slots_of(test: &TestApp, store: StoreId) -> Vec<hufu::domain::Slot> {
    stored::slots(&mut test.app.db.read().await.unwrap(), store).await.unwrap()
}

/// A row that somebody added, changed or took away by hand, how to put it back, and how the finding names it.
const BY_HAND: [(&str, &str, &str); 5] = [
    (
        "insert into stores (id, kind, name, unit) select $1, kind, 'ghost', unit from stores where name = '中心保险库'",
        "delete from stores where name = 'ghost'",
        "(ghost) in the table of stores",
    ),
    (
        "update stores set unit = (select id from units where name = '立案庭') where name = '中心保险库'",
        "update stores set unit = (select id from units where name = '涉案财物管理中心') where name = '中心保险库'",
        "(中心保险库) in the table of stores",
    ),
    (
        "update slots set closed = true where name = 'A-02'",
        "update slots set closed = false where name = 'A-02'",
        "A-02/",
    ),
    (
        "update slots set capacity = capacity + 1 where name = 'B-01'",
        "update slots set capacity = capacity - 1 where name = 'B-01'",
        "B-01/",
    ),
    (
        "insert into slots (id, store, zone, name, code, capacity) select $1, store, zone, 'A-99', 'ghost', 1 from slots where name = 'A-01' limit 1",
        "delete from slots where code = 'ghost'",
        "(A-99/ghost) in the table of slots",
    ),
];

#[tokio::test]
async fn a_city_is_founded_with_its_shelves_and_what_is_changed_by_hand_is_named() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let mut kinds = Vec::new();
        for seq in 1..=test.city.founded {
            let mut tx = test.app.db.read().await.unwrap();
            kinds.push(journal::entry(&mut tx, seq).await.unwrap().unwrap().draft.body.kind());
        }
        assert!(kinds.contains(&"register_store") && kinds.contains(&"register_slots"), "{kinds:?}");
        for (damage, mend, named) in BY_HAND {
            assert_eq!(findings(&test).await, Vec::<String>::new(), "{engine:?} before {damage}");
            let new: uuid::Uuid = test.app.ids.new_id();
            test.sql().run(damage, &[new], "").await;
            let found = findings(&test).await.join("\n");
            assert!(found.contains(named), "{engine:?} {damage}: {found}");
            test.sql().run(mend, &[new], "").await;
        }
        test.close().await;
    }
}

#[tokio::test]
async fn a_store_is_registered_renamed_closed_and_opened_by_entries() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (app, admin, chen) = (&test.app, test.person("admin").await, test.person("chen").await);
        let before = size(&test).await;
        let unit = test.city.police;
        assert_eq!(
            code(places::add_store(app, &chen, None, &new_store("新库", unit)).await),
            "not_your_role"
        );
        let taken = places::add_store(app, &admin, None, &new_store("中心保险库", unit)).await;
        assert_eq!(code(taken), "store_name_taken");
        let nobodys = places::add_store(app, &admin, None, &new_store("新库", app.ids.new_id())).await;
        assert_eq!(code(nobodys), "unit_unknown");
        let long = places::add_store(app, &admin, None, &new_store(&"长".repeat(25), unit)).await;
        assert_eq!(code(long), "place_name_too_long");
        assert_eq!(size(&test).await, before);

        let key: EntryId = app.ids.new_id();
        let (store, first) =
            places::add_store(app, &admin, Some(key), &new_store("新库", unit)).await.unwrap();
        let (again, second) =
            places::add_store(app, &admin, Some(key), &new_store("新库", unit)).await.unwrap();
        assert!(again == store && second.seq == first.seq && second.repeat && !first.repeat);

        // A row of forty is one entry; each slot has a code of its own, and a repeat gives no others.
        let at = (store, Some(app.ids.new_id()));
        let added = places::add_slots(app, &admin, at, &row("A", 1, 40, 5)).await.unwrap();
        let repeated = places::add_slots(app, &admin, at, &row("A", 1, 40, 5)).await.unwrap();
        assert!(added.seq == first.seq + 1 && repeated.seq == added.seq && repeated.repeat);
        let forty = slots_of(&test, store).await;
        let codes: std::collections::BTreeSet<&str> = forty.iter().map(|it| it.code.as_str()).collect();
        assert!(
            forty.len() == 40 && codes.len() == 40 && forty[0].name == "A-01" && forty[39].name == "A-40"
        );
        let again = places::add_slots(app, &admin, (store, None), &row("A", 40, 41, 5)).await;
        assert_eq!(code(again), "slot_name_taken");
        for wrong in [row("A", 0, 3, 5), row("A", 9, 8, 5), row("B", 1, 201, 5)] {
            assert_eq!(
                code(places::add_slots(app, &admin, (store, None), &wrong).await),
                "wrong_row_of_slots"
            );
        }
        let minus = places::add_slots(app, &admin, (store, None), &row("B", 1, 2, -1)).await;
        assert_eq!(code(minus), "capacity_too_small");

        // Nothing has lain there: it may become another unit's, and has another name.
        described(&test, &admin, store, ("东库", test.city.centre_unit)).await.unwrap();
        let same = described(&test, &admin, store, ("东库", test.city.centre_unit)).await;
        assert_eq!(code(same), "nothing_changes");
        let silent = places::set_standing(app, &admin, (store, None), Standing::Closed, " ").await;
        assert_eq!(code(silent), "reason_missing");

        // It is offered for a count, and no more once it is closed.
        let offered =
            async || count::countable(app, &chen).await.unwrap().iter().any(|it| it.store.id == store);
        assert!(offered().await);
        places::set_standing(app, &admin, (store, None), Standing::Closed, "搬迁").await.unwrap();
        assert!(!offered().await);
        assert!(stores::stores(app, &chen).await.unwrap().iter().all(|it| it.store.id != store));
        let closed = places::add_slots(app, &admin, (store, None), &row("B", 1, 2, 5)).await;
        assert_eq!(code(closed), "store_closed");
        assert_eq!(code(count::start(app, &chen, store, None).await), "no_such_zone");
        places::set_standing(app, &admin, (store, None), Standing::Open, "搬回").await.unwrap();
        assert!(offered().await);

        let view = registered_places::store(app, &admin, Language::Zh, store).await.unwrap();
        assert!(view.store.name == "东库" && view.store.zones == 1 && view.store.slots == 40);
        assert_eq!(view.entries.len(), 5, "{:?}", view.entries);
        assert!(view.entries[3].sentence.contains("A-01 … A-40（40 个）"), "{:?}", view.entries[3]);
        assert_eq!(findings(&test).await, Vec::<String>::new(), "{engine:?}");
        test.close().await;
    }
}

#[tokio::test]
async fn nothing_is_closed_over_what_lies_there_and_nothing_is_laid_into_what_is_closed() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (app, admin, chen) = (&test.app, test.person("admin").await, test.person("chen").await);
        let [one, two, three] = [0, 1, 2].map(|at| test.city.slots[at]);
        let case = test.case("A-1").await;
        let things =
            test.lying(case, &[("手机", Measure::Piece, 1, one), ("手表", Measure::Piece, 1, one)]).await;
        let centre = test.city.centre;
        let change = async |slots: &[SlotId], change| {
            places::change_slots(app, &admin, (centre, None), slots, (change, "整理")).await
        };
        let standing = SlotChange::Standing;
        assert_eq!(code(change(&[one], standing(Standing::Closed)).await), "still_lies_there");
        assert_eq!(code(change(&[one], SlotChange::Capacity(1)).await), "capacity_too_small");
        change(&[one], SlotChange::Capacity(2)).await.unwrap();
        let whole = places::set_standing(app, &admin, (centre, None), Standing::Closed, "搬迁").await;
        assert_eq!(code(whole), "still_lies_there");
        let other = described(&test, &admin, centre, ("市涉案财物管理中心", test.city.police)).await;
        assert_eq!(code(other), "store_has_kept");
        described(&test, &admin, centre, ("市中心库", test.city.centre_unit)).await.unwrap();

        // Two slots in one entry; the one that stands so already is left out, and nothing at all is refused.
        let closed = change(&[two, three], standing(Standing::Closed)).await.unwrap();
        let entry = journal::entry(&mut app.db.read().await.unwrap(), closed.seq).await.unwrap().unwrap();
        assert!(matches!(entry.draft.body, Body::RegisterSlots(it) if it.slots.len() == 2));
        assert_eq!(code(change(&[two, three], standing(Standing::Closed)).await), "no_slot_changes");
        let open = (standing(Standing::Open), "整理");
        let strange = places::change_slots(app, &admin, (test.city.vault, None), &[two], open).await;
        assert_eq!(code(strange), "not_found");

        // A verb and, past the verbs, the ledger.
        let line = MovedLine { item: things[0].item, quantity: 1, from: one, to: two };
        let body = Body::Move(Move { lines: vec![line], reason: None });
        let refused = app.sequencer.record(test.draft(chen.id, chen.unit, body.clone())).await.unwrap_err();
        assert!(
            matches!(&refused, AppendError::Refused(no) if no.reason == RefusalReason::PlaceClosed),
            "{refused:?}"
        );
        let fourth = test.city.slots[3];
        change(&[fourth], standing(Standing::Closed)).await.unwrap();
        let seized = test.seized(case, &[("戒指", Measure::Piece, 1, fourth)]).await;
        let zhang = test.person("zhang").await;
        let wanted = [("戒指", Measure::Piece, 1, fourth)];
        let photograph = test.photograph("ring").await;
        let receipt = test.receipt((&zhang, &chen), &photograph, &seized, &wanted);
        let refused = app.sequencer.record(receipt).await.unwrap_err();
        assert!(
            matches!(&refused, AppendError::Refused(no) if no.reason == RefusalReason::PlaceClosed),
            "{refused:?}"
        );
        // A closed slot is nowhere to choose, and is there as of a day before.
        let (items, to) = (vec![things[0].item], "A-02".to_owned());
        let wish = MoveTogether { items, to, reason: None };
        assert!(moves::move_together(app, &chen, &wish).await.is_err(), "no open slot is called so");
        let now = stores::store(app, &chen, centre).await.unwrap();
        assert!(now.slots.iter().all(|it| it.slot.id != two) && now.slots.iter().any(|it| it.slot.id == one));

        change(&[two], standing(Standing::Open)).await.unwrap();
        test.record(test.draft(chen.id, chen.unit, body)).await;
        assert_eq!(findings(&test).await, Vec::<String>::new(), "{engine:?}");
        test.close().await;
    }
}

#[tokio::test]
async fn an_administrator_works_on_pages_and_keepers_print_their_labels() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let mut admin = Browser::logged_in(&served, "admin").await;
        let list = admin.get("/roster/stores").await.body;
        assert!(list.contains("中心保险库") && list.contains("/roster/stores/new"), "{list}");
        let unit = test.city.centre_unit.to_string();
        let new = "/roster/stores/new";
        let store = [("name", "中心保险库"), ("kind", "vault"), ("unit", unit.as_str())];
        let taken = admin.post(new, new, &store).await;
        assert!(taken.status == 409 && taken.body.contains("已有同名的库"), "{}", taken.body);
        let store = [("name", "冷藏二库"), ("kind", "cold"), ("unit", unit.as_str())];
        let done = admin.post(new, new, &store).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let page = done.location.split('?').next().unwrap().to_owned();
        assert!(admin.get(&done.location).await.body.contains("查看分录"));

        let slots = [("zone", "C"), ("from", "1"), ("to", "60"), ("capacity", "3")];
        let done = admin.post(&page, &format!("{page}/add"), &slots).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let shown = admin.get(&page).await.body;
        assert!(
            shown.contains("C-01") && shown.contains("C-50") && !shown.contains("C-51</"),
            "a page of fifty"
        );
        let id: StoreId = page.rsplit('/').next().unwrap().parse().unwrap();
        let of_it = slots_of(&test, id).await;
        let [one, two] = [0, 1].map(|at| of_it[at].id.to_string());
        let chosen = [("item", one.as_str()), ("item", two.as_str()), ("reason", "加固"), ("capacity", "9")];
        let done = admin.post(&page, &format!("{page}/capacity"), &chosen).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let silent = admin.post(&page, &format!("{page}/close_slots"), &[("item", one.as_str())]).await;
        assert!(silent.status == 409 && silent.body.contains("没有写明原因"), "{}", silent.body);
        let closed = [("item", one.as_str()), ("reason", "加固")];
        assert_eq!(admin.post(&page, &format!("{page}/close_slots"), &closed).await.status, 303);
        let capacities: Vec<i64> = slots_of(&test, id).await.iter().take(3).map(|it| it.capacity).collect();
        assert_eq!(capacities, [9, 9, 3]);

        // Labels: what is ticked, without the closed one; a zone; at the printer of the keeper's own station.
        let sheet = format!("/stores/{id}/labels");
        let ticked = admin.post(&page, &sheet, &[("item", one.as_str()), ("item", two.as_str())]).await;
        let ticked = admin.get(&ticked.location).await.body;
        assert_eq!(ticked.matches("label.png").count(), 1, "{ticked}");
        assert_eq!(admin.get(&format!("{sheet}?zone=C")).await.body.matches("label.png").count(), 59);
        assert_eq!(admin.picture(&format!("/slots/{two}/label.png")).await.status, 200);
        let mut chen = Browser::logged_in(&served, "chen").await;
        assert!(chen.get(&format!("/stores/{id}")).await.body.contains(&sheet));
        let station = test.city.counter_station.to_string();
        let slots = two.clone();
        let sent =
            chen.post(&sheet, &sheet, &[("slots", slots.as_str()), ("station", station.as_str())]).await;
        assert!(sent.status == 303 && sent.location.contains("sent=1"), "{} {}", sent.location, sent.body);
        assert!(chen.get(&sent.location).await.body.contains("已有 1 张标签送到标签机"));
        let other = test.city.court_station.to_string();
        let elsewhere =
            chen.post(&sheet, &sheet, &[("slots", slots.as_str()), ("station", other.as_str())]).await;
        assert_eq!(elsewhere.status, 404);
        let me = test.person("zhang").await;
        let none = shelf_labels::sheet(&test.app, &me, id, &shelf_labels::WantedLabels::default()).await;
        assert_eq!(code(none), "not_found");
        assert_eq!(Browser::logged_in(&served, "zhang").await.get(&page).await.status, 403);

        // Closed and opened again, each by an entry that the page names.
        let reason = [("reason", "停用检修")];
        assert_eq!(admin.post(&page, &format!("{page}/close"), &reason).await.status, 303);
        let shown = admin.get(&page).await.body;
        assert!(shown.contains("停用检修") && shown.contains(&format!("{page}/open")), "{shown}");
        assert_eq!(admin.post(&page, &format!("{page}/open"), &reason).await.status, 303);
        assert_eq!(findings(&test).await, Vec::<String>::new(), "{engine:?}");
        drop(served);
        test.close().await;
    }
}
