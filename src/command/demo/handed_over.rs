//! The demo's second case went to the procuratorate. Its list is signed at the station of the police and answered at the station of the
//! procuratorate, each on the station's own page with its own key, as people do it.

use super::{
    arrivals::{Arrival, receipt},
    counters::PIN,
    names::{person, zone},
};
use crate::{
    app::App,
    custody::{
        conclude, inspect,
        offer::{self, NewOffer},
        opening::NewCase,
        plan::CityPlan,
        seize::{self, BY_HAND, Confirmation, ForCase, TypedRow},
    },
    domain::{HandoverState, Person},
    id::{CaseId, HandoverId, SigningId},
    ledger::{Body, HandoverPurpose},
    store::{cases, handovers, journal, stations},
};
use anyhow::{Context, bail};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

const CASE: &str = "A3301060000002026010003";
const LIST: &str = "临公扣〔2026〕3号";
/// A station dials in, shows what is to be signed, and is answered, within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands the case over, if it is not there yet. The stations must be running and the server must answer them.
pub(super) async fn record(app: &App, city: &CityPlan) -> anyhow::Result<()> {
    let (zhang, qian) = (person(app, "zhang").await?, person(app, "qian").await?);
    if cases::by_number(&mut app.db.read().await?, zhang.unit, CASE).await?.is_some() {
        return Ok(());
    }
    let case = seized_and_received(app, &zhang).await?;
    for giver_or_receiver in [&zhang, &qian] {
        connected(app, giver_or_receiver).await?;
    }
    let new = NewOffer { case, purpose: HandoverPurpose::ToProsecution, to_unit: qian.unit };
    let handover = offer::draft_offer(app, &zhang, new).await?;
    let signing = offer::request_offer_signature(app, &zhang, handover, None).await?;
    sign(city, &zhang, signing).await?;
    stands(app, handover, HandoverState::Offered).await?;
    inspect::accept_rest(app, &qian, handover).await?;
    let signing =
        conclude::request_conclusion_signature(app, &qian, handover, "临检刑诉〔2026〕3号", None).await?;
    sign(city, &qian, signing).await?;
    stands(app, handover, HandoverState::Concluded).await
}

async fn seized_and_received(app: &App, zhang: &Person) -> anyhow::Result<CaseId> {
    let case = NewCase { number: CASE.to_owned(), name: "孙某某诈骗案".to_owned(), linked_to: None };
    let list = seize::begin_list(app, zhang, ForCase::New(case)).await?;
    let things = [
        ("笔记本电脑", "1台", "银色，键盘缺一键帽"),
        ("手机", "2部", "黑色，屏幕有裂纹"),
        ("金项链", "1条", "附鉴定证书"),
    ];
    let rows = (BY_HAND + 1..).zip(things).map(|(row, (name, quantity, features))| TypedRow {
        name: name.to_owned(),
        quantity: quantity.to_owned(),
        features: features.to_owned(),
        ..TypedRow::empty(row)
    });
    seize::add_rows(app, zhang, list, rows.collect()).await?;
    let confirmation = Confirmation { paper_number: LIST.to_owned(), seized_at: None, accept_list: false };
    let seq = seize::confirm(app, zhang, list, &confirmation).await?.seq;
    let entry = journal::entry(&mut app.db.read().await?, seq).await?.context("the entry is there")?;
    let Body::Seize(list) = entry.draft.body else { bail!("entry {seq} is no seizure") };
    let (_, slots) = zone(app).await?;
    let free = slots.iter().skip(slots.len() / 2);
    let arrivals: Vec<Arrival> = list
        .lines
        .iter()
        .zip(free)
        .map(|(thing, slot)| Arrival {
            item: thing.item,
            category: thing.category,
            quantity: thing.quantity,
            number: thing.number.clone(),
            slot: slot.id,
        })
        .collect();
    let chen = person(app, "chen").await?;
    app.sequencer.record(receipt(app, (&chen, zhang), LIST, &arrivals).await?).await?;
    Ok(list.case)
}

/// Waits until the station of this person's unit has dialled in.
async fn connected(app: &App, person: &Person) -> anyhow::Result<()> {
    let found = stations::of_unit(&mut app.db.read().await?, person.unit).await?;
    let station = found.first().with_context(|| format!("{} has no station", person.unit_name))?;
    until(&format!("{} dials in", station.name), async || Ok(app.live.station(station.id).connected)).await
}

/// Presses the button of the station's page, with the PIN of whoever is asked.
async fn sign(city: &CityPlan, person: &Person, signing: SigningId) -> anyhow::Result<()> {
    let station = city.station.iter().find(|it| it.unit == person.unit_name);
    let page = &station.with_context(|| format!("{} has no station", person.unit_name))?.page;
    let host = page.trim_start_matches("http://");
    let path = format!("/sign/{}", signing.0);
    let mut token = String::new();
    until(&format!("{page} shows what is to be signed"), async || {
        let shown = ask(host, "GET /", "").await?;
        let after = shown.split_once("name=\"token\" value=\"").map_or("", |(_, after)| after);
        after.split('"').next().unwrap_or_default().clone_into(&mut token);
        Ok(shown.contains(&path))
    })
    .await?;
    ask(host, &format!("POST {path}"), &format!("token={token}&pin={PIN}&lang=zh")).await?;
    Ok(())
}

async fn ask(host: &str, what: &str, body: &str) -> anyhow::Result<String> {
    let request = format!(
        "{what} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn stands(app: &App, handover: HandoverId, state: HandoverState) -> anyhow::Result<()> {
    until("the signature is recorded", async || {
        let found = handovers::handover(&mut app.db.read().await?, handover).await?;
        Ok(found.is_some_and(|it| it.state == state))
    })
    .await
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let waiting = async {
        while !so().await? {
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("{what}: not within {PATIENCE:?}"))?
}
