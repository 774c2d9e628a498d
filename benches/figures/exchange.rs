//! A handover of very many lines, as its two sides meet it: from the offer's draft to the receiver's signature, while other
//! people go on moving things. `HUFU_BENCH_LINES` says how many lines (50,000 unless told otherwise).

use crate::{
    name,
    scene::Scene,
    support::{Engine, things::Lying},
    table::{Table, shown},
};
use hufu::{
    custody::{conclude, inspect, offer},
    domain::Person,
    id::ItemId,
    ledger::{HandoverPurpose, Measure},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Lines of one seizure list.
const LIST: usize = 1_000;
/// People who move things meanwhile.
const OTHERS: usize = 8;

pub async fn measure(table: &mut Table, engine: Engine) {
    let lines: usize = std::env::var("HUFU_BENCH_LINES").map_or(50_000, |it| it.parse().unwrap());
    let mut s = Scene::new(engine).await;
    let slot = s.t.city.slots[0];
    let case = s.t.case("江公（刑）立字〔2026〕5号").await;
    for start in (0..lines).step_by(LIST) {
        let things = vec![("手机", Measure::Piece, 1, slot); LIST.min(lines - start)];
        s.t.lying(case, &things).await;
    }
    let theirs = s.t.case("江公（刑）立字〔2026〕6号").await;
    let things = s.t.lying(theirs, &vec![("电脑", Measure::Piece, 1, slot); OTHERS]).await;

    let (lin, over) = (s.t.person("lin").await, Arc::new(AtomicBool::new(false)));
    let others = things.into_iter().map(|Lying { item, .. }| move_about(&s, &lin, item, over.clone()));
    let others: Vec<_> = others.collect();
    tokio::time::sleep(Duration::from_millis(500)).await;

    let mut steps = Vec::new();
    let (zhang, qian, app) = (s.zhang.clone(), s.qian.clone(), s.t.app.clone());
    let to = s.t.city.procuratorate;
    let begin = Instant::now();
    let mut step = |what: &str, since: Instant| steps.push(format!("{what} {}", shown(since.elapsed())));
    let now = Instant::now();
    let id = s.draft(&zhang, case, HandoverPurpose::ToProsecution, to).await;
    step("draft", now);
    let now = Instant::now();
    offer::request_offer_signature(&app, &zhang, id, None).await.unwrap();
    step("asked to sign", now);
    let now = Instant::now();
    s.police.answer(&app).await.unwrap();
    step("offered", now);
    let now = Instant::now();
    inspect::accept_rest(&app, &qian, id).await.unwrap();
    step("answered", now);
    let now = Instant::now();
    conclude::request_conclusion_signature(&app, &qian, id, "江检诉〔2026〕5号", None).await.unwrap();
    step("asked to sign", now);
    let now = Instant::now();
    s.procuratorate.answer(&app).await.unwrap();
    step("concluded", now);
    let took = begin.elapsed();

    over.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for other in others {
        times.extend(other.await.unwrap());
    }
    table.one(&format!("exchange of {lines} lines, {}", name(engine)), shown(took), &steps.join("; "));
    let how =
        format!("moves of {OTHERS} other people while it went on; the slowest {}", shown(slowest(&times)));
    table.times(&format!("the others meanwhile, {}", name(engine)), &mut times, &how);
    s.t.abandon().await;
}

fn slowest(times: &[Duration]) -> Duration {
    times.iter().max().copied().unwrap_or_default()
}

/// Somebody moves one thing to and fro until it is over; answers with the time of each move.
fn move_about(
    s: &Scene,
    lin: &Person,
    item: ItemId,
    over: Arc<AtomicBool>,
) -> tokio::task::JoinHandle<Vec<Duration>> {
    let (here, there) = (s.t.city.slots[0], s.t.city.slots[1]);
    let ways = [(here, there), (there, here)]
        .map(|(from, to)| s.t.draft(lin.id, lin.unit, s.t.moving(item, 1, from, to)));
    let app = s.t.app.clone();
    tokio::spawn(async move {
        let mut times = Vec::new();
        while !over.load(Ordering::Relaxed) {
            for way in &ways {
                let draft = hufu::ledger::Draft { id: app.ids.new_id(), ..way.clone() };
                let start = Instant::now();
                app.sequencer.record(draft).await.unwrap();
                times.push(start.elapsed());
                // A person, not a program.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        times
    })
}
