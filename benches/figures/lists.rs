//! The pages that list things, as people of each role read them: how long the server takes and how large the page is. The ledger
//! has cases of twenty items, a hundred of them each day, and five lists of five thousand. `HUFU_BENCH_LISTED` says how many
//! items there are (100,000 unless told otherwise).

use crate::{
    name,
    scene::Scene,
    support::{
        Engine, TestApp,
        browser::{self, Browser},
        things::Lying,
    },
    table::{Table, percentile},
};
use hufu::{
    clock::Span,
    custody::{
        as_of, conclude, inspect, offer,
        places::{self, NewSlots},
    },
    id::{CaseId, MatterId, SlotId},
    ledger::{Draft, HandoverPurpose, Measure},
    store::{
        Db,
        rows::{Column, Rows},
    },
};
use std::time::{Duration, Instant};

/// Items of most cases, which are seized together.
const TOGETHER: usize = 20;
const LARGE: usize = 5;
const LARGE_LIST: usize = 5_000;
/// Of a hundred cases, so many owe what was seized.
const OWING: usize = 2;
/// So many cases are recorded in one commit.
const AT_ONCE: usize = 100;
/// Cases that went on to the procuratorate.
const PASSED_ON: usize = 3;
const ROUNDS: usize = 30;
/// No page is read for longer.
const ENOUGH: Duration = Duration::from_secs(10);

/// One who sees all; officers of the unit that seized things, and of another; who keeps the things; whom cases went on to; who
/// approves; and who keeps the machine.
const READERS: [(&str, &str); 7] = [
    ("auditor", "zheng"),
    ("officer", "zhang"),
    ("officer elsewhere", "zhao"),
    ("custodian", "chen"),
    ("clerk", "qian"),
    ("approver", "wang"),
    ("administrator", "admin"),
];
const PAGES: [&str; 20] = [
    "/",
    "/cases",
    "/cases?owing=yes",
    "/cases?q=77",
    "/items",
    "/items?q=50000",
    "/items?stock=owed",
    "/items?stock=on_loan",
    "/items?different=yes",
    "/items?sort=name",
    "/items?sort=-seized_at",
    "/ledger",
    "/ledger?kind=receive",
    "/ledger?kind=exchange",
    "/handovers",
    "/counts",
    "/reconciliation",
    "/stores",
    "/loans",
    "/corrections",
];

pub async fn measure(table: &mut Table, engine: Engine) {
    let wanted: usize = std::env::var("HUFU_BENCH_LISTED").map_or(100_000, |it| it.parse().unwrap());
    let mut s = Scene::new(engine).await;
    let start = Instant::now();
    let (large, entry, slot) = fill(&mut s, wanted).await;
    eprintln!("{}: {wanted} items, recorded in {:?}", name(engine), start.elapsed());
    // PostgreSQL counts its rows by itself after a while.
    if let Db::Postgres(pool) = &s.t.app.db {
        sqlx::query("analyze").execute(pool).await.unwrap();
    }
    let served = browser::serve(&s.t.app).await;
    let mut pages = PAGES.map(str::to_owned).to_vec();
    pages.extend([
        format!("/cases/{large}"),
        format!("/ledger/{entry}"),
        format!("/ledger/{entry}?from=4000"),
        format!("/items?case={large}"),
        format!("/stores/{}", s.t.city.centre),
        format!("/slots/{slot}"),
    ]);
    for (role, login) in READERS {
        let mut browser = Browser::logged_in(&served, login).await;
        for page in &pages {
            // The first reader of a page waits for statements to be prepared, once in the life of a server.
            browser.get(page).await;
            let (mut times, mut size, begin) = (Vec::new(), 0, Instant::now());
            while times.len() < ROUNDS && begin.elapsed() < ENOUGH {
                let start = Instant::now();
                let answer = browser.get(page).await;
                times.push(start.elapsed());
                assert!([200, 403, 404].contains(&answer.status), "{page}: {}", answer.status);
                size = if answer.status == 200 { answer.body.len() } else { 0 };
            }
            if size > 0 {
                let page = page.replace(&large.to_string(), "…").replace(&slot.to_string(), "…");
                let page = page.replace(&s.t.city.centre.to_string(), "…").replace(&entry.to_string(), "…");
                let what = format!("list {page} for {role}, {}", name(engine));
                let how = format!("{} KB; {wanted} items", size.div_ceil(1_000));
                let fault = percentile(&mut times, 99) > Duration::from_millis(100) || size > 60_000;
                table.times(
                    &what,
                    &mut times,
                    &if fault { format!("{how}; **over 100 ms or 60 KB**") } else { how },
                );
            }
        }
    }
    drop(served);
    s.t.abandon().await;
}

/// Records so many items; answers with a case of a large list, the entry of it, and a slot.
async fn fill(s: &mut Scene, items: usize) -> (CaseId, u64, SlotId) {
    let small = items.saturating_sub(LARGE * LARGE_LIST) / TOGETHER;
    let cases = open(&s.t, small + LARGE).await;
    let slots = shelves(&s.t).await;
    let (large, small) = cases.split_at(LARGE);
    for cases in small.chunks(AT_ONCE) {
        record(&s.t, &slots, cases, TOGETHER).await;
        s.t.app.clock.advance(Span::days(1));
    }
    let (zhang, qian, to) = (s.zhang.clone(), s.qian.clone(), s.t.city.procuratorate);
    for (at, case) in small.iter().skip(OWING).take(PASSED_ON + 1).enumerate() {
        let id = s.draft(&zhang, *case, HandoverPurpose::ToProsecution, to).await;
        offer::request_offer_signature(s.app(), &zhang, id, None).await.unwrap();
        s.police.answer(&s.t.app).await.unwrap();
        // The last one waits for its answer.
        if at < PASSED_ON {
            inspect::accept_rest(s.app(), &qian, id).await.unwrap();
            let number = format!("江检诉〔2026〕{at}号");
            conclude::request_conclusion_signature(s.app(), &qian, id, &number, None).await.unwrap();
            s.procuratorate.answer(&s.t.app).await.unwrap();
        }
    }
    let mut entry = 0;
    for case in large {
        entry = record(&s.t, &slots, std::slice::from_ref(case), LARGE_LIST).await;
    }
    // As the server does every few minutes.
    as_of::keep_sums(&s.t.app).await.unwrap();
    (large[0], entry, slots[0])
}

/// Zones of the store, each of a hundred slots, in which things lie.
const ZONES: usize = 4;

/// The slots in which things lie.
async fn shelves(t: &TestApp) -> Vec<SlotId> {
    let admin = t.person("admin").await;
    for zone in 0..ZONES {
        let new = NewSlots { zone: format!("Z{zone}"), from: 1, to: 100, capacity: 1_000 };
        places::add_slots(&t.app, &admin, (t.city.centre, None), &new).await.unwrap();
    }
    let mut tx = t.app.db.read().await.unwrap();
    let slots = hufu::store::places::slots(&mut tx, t.city.centre).await.unwrap();
    slots.into_iter().filter(|slot| slot.zone.starts_with('Z')).map(|slot| slot.id).collect()
}

/// Cases of the eastern station.
async fn open(t: &TestApp, cases: usize) -> Vec<CaseId> {
    const SQL: &str = "insert into cases (id, matter, unit, number, name, stage, officer, opened_at)
        select column1, column2, column3, column4, '盗窃案', 'investigation', column5, column6 from {rows} as given";
    let officer = t.person("zhang").await;
    let ids: Vec<CaseId> = (0..cases).map(|_| t.app.ids.new_id()).collect();
    let matters = (0..cases).map(|_| t.app.ids.new_id::<MatterId>().0).collect();
    let numbers: Vec<String> = (0..cases).map(|n| format!("江公（刑）立字〔2026〕{n}号")).collect();
    let mut tx = t.app.db.write().await.unwrap();
    Rows::new(vec![
        Column::Ids(ids.iter().map(|id| id.0).collect()),
        Column::Ids(matters),
        Column::Ids(vec![t.city.police.0; cases]),
        Column::Texts(numbers.iter().map(String::as_str).collect()),
        Column::Ids(vec![officer.id.0; cases]),
        Column::Numbers((0..).take(cases).collect()),
    ])
    .execute(&mut tx, SQL)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    ids
}

/// Seizes so many items for each case, and takes most of them in; answers with the last seizure.
async fn record(t: &TestApp, slots: &[SlotId], cases: &[CaseId], items: usize) -> u64 {
    let people = (t.person("zhang").await, t.person("chen").await);
    let photograph = t.photograph("things").await;
    let things = |n: usize| -> Vec<_> {
        (0..items).map(|at| ("手机", Measure::Piece, 1, slots[(n * items + at) % slots.len()])).collect()
    };
    let (mut seizures, mut receipts): (Vec<Draft>, Vec<Draft>) = (Vec::new(), Vec::new());
    for (n, case) in cases.iter().enumerate() {
        let (lying, seizure): (Vec<Lying>, Draft) = t.seizure(&people.0, *case, &things(n));
        seizures.push(seizure);
        if n >= OWING || cases.len() < AT_ONCE {
            receipts.push(t.receipt((&people.0, &people.1), &photograph, &lying, &things(n)));
        }
    }
    let recorded = t.app.sequencer.record_together(seizures).await.unwrap();
    t.app.sequencer.record_together(receipts).await.unwrap();
    recorded.last().unwrap().seq
}
