//! The walk, by several people at once, over HTTP and the stations' line. Whatever is not answered is asked again; whatever
//! was acknowledged is written down, and must be in the journal once.

use crate::{
    client::{Client, PATIENCE},
    station::Station,
    support::{self, TestApp},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    custody::city,
    domain::{Code, CodeKind},
    id::{EntryId, PersonId, SlotId, StationId, UnitId},
    store::{heads, journal, places},
};
use hufu_wire::{
    message::{Observation, Verdict},
    signature::SecretKey,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep},
};
use uuid::Uuid;

/// One grey pixel, in base64.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

/// What was acknowledged: the entry's id, its number, or both.
#[derive(Clone, Copy, Debug)]
struct Kept {
    id: Option<EntryId>,
    seq: Option<u64>,
}

/// A station of the town.
#[derive(Clone)]
struct Place {
    id: StationId,
    token: String,
}

/// One at which somebody signs, and their key.
#[derive(Clone)]
struct Desk {
    place: Place,
    secret: Arc<SecretKey>,
    key: String,
}

/// What everybody in the walk knows.
#[derive(Clone)]
pub(crate) struct Town {
    /// Two servers of one ledger, or the same one twice.
    addresses: [SocketAddr; 2],
    kept: Arc<Mutex<Vec<Kept>>>,
    ended: Arc<AtomicBool>,
    before: Arc<AtomicU64>,
    zhang: PersonId,
    procuratorate: UnitId,
    slot: SlotId,
    slot_codes: [String; 2],
    counters: [Place; 2],
    police_desk: Desk,
    procuratorate_desk: Desk,
}

/// What a label of this item says.
fn label_of(number: &Value) -> String {
    let (year, serial) = number.as_str().unwrap()[1..].split_once('-').unwrap();
    Code::new(CodeKind::Item, year, serial.parse().unwrap()).to_string()
}

async fn place(test: &TestApp, login: &str, name: &str) -> Place {
    let person = test.person(login).await;
    let (id, token) = city::add_station(&test.app, person.unit, name, "http://127.0.0.1:9").await.unwrap();
    Place { id, token }
}

async fn desk(test: &TestApp, login: &str, name: &str) -> Desk {
    let place = place(test, login, name).await;
    let (secret, key) = support::keys::of(&test.app, test.person(login).await.id).await;
    Desk { place, secret: Arc::new(secret), key }
}

impl Town {
    pub(crate) async fn of(test: &TestApp, address: SocketAddr) -> Town {
        Town::at(test, [address; 2]).await
    }

    /// Half of the people work at one server, half at the other.
    pub(crate) async fn at(test: &TestApp, addresses: [SocketAddr; 2]) -> Town {
        let city = &test.city;
        let mut tx = test.app.db.read().await.unwrap();
        let code = async |tx: &mut _, slot| places::slot(tx, slot).await.unwrap().unwrap().code;
        let slot_codes = [code(&mut tx, city.slots[0]).await, code(&mut tx, city.slots_b[0]).await];
        drop(tx);
        let town = Town {
            addresses,
            kept: Arc::default(),
            ended: Arc::default(),
            before: Arc::default(),
            zhang: test.person("zhang").await.id,
            procuratorate: city.procuratorate,
            slot: city.slots[0],
            slot_codes,
            counters: [place(test, "chen", "二号窗口").await, place(test, "lin", "三号窗口").await],
            police_desk: desk(test, "zhang", "城东签章").await,
            procuratorate_desk: desk(test, "qian", "检察院签章").await,
        };
        // Their stations and keys are entries as well.
        town.begin(test).await;
        town
    }

    pub(crate) fn server(&self, number: usize) -> SocketAddr {
        self.addresses[number % 2]
    }

    pub(crate) fn zhang(&self) -> PersonId {
        self.zhang
    }

    /// What is there now was there before anybody went to work.
    pub(crate) async fn begin(&self, test: &TestApp) {
        let size = heads::size(&mut test.app.db.read().await.unwrap()).await.unwrap();
        self.before.store(size, Ordering::Relaxed);
    }

    pub(crate) fn keep(&self, id: Option<Uuid>, seq: Option<&Value>) {
        let seq = seq.map(|seq| seq.as_u64().unwrap());
        self.kept.lock().unwrap().push(Kept { id: id.map(EntryId), seq });
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    /// The numbers of the entries that were acknowledged so far, where the answer told them or the ledger does.
    pub(crate) fn known(&self) -> Vec<u64> {
        self.kept.lock().unwrap().iter().filter_map(|it| it.seq).collect()
    }

    /// Nobody begins anything new; what was begun is done to its end.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Everybody ends what they have begun and goes home.
    pub(crate) async fn evening(&self, mut people: JoinSet<()>) {
        self.end();
        while let Some(ended) = people.join_next().await {
            ended.unwrap();
        }
    }

    /// Nobody may go home before the evening.
    pub(crate) fn all_at_work(people: &mut JoinSet<()>) {
        if let Some(ended) = people.try_join_next() {
            ended.unwrap();
            panic!("somebody went home before the evening");
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Everybody goes to work: two officers, two custodians, a clerk.
    pub(crate) fn work(&self) -> JoinSet<()> {
        let (cases, to_receive) = mpsc::channel(1);
        let to_receive = Arc::new(tokio::sync::Mutex::new(to_receive));
        let (received, to_hand_over) = mpsc::channel(100);
        let mut people = JoinSet::new();
        people.spawn(self.clone().seizes(cases));
        for (login, at) in [("chen", 0), ("lin", 1)] {
            people.spawn(self.clone().receives(login, at, to_receive.clone(), received.clone()));
        }
        people.spawn(self.clone().settles());
        people.spawn(self.clone().hands_over(to_hand_over));
        people
    }

    /// Officer Zhang enters one list after the other, a case each.
    async fn seizes(self, cases: mpsc::Sender<String>) {
        let zhang = Client::patient(self.server(0), "zhang").await;
        let mut n = 0;
        while !self.has_ended() {
            n += 1;
            let number = format!("A-2026-{n}");
            let list = format!(
                "扣押清单\n序号,品名,数量,特征\n1,手机,2部,黑色{n}\n2,笔记本电脑,1台,银色\n3,外套,1件,灰色\n"
            );
            let case = json!({"new": {"number": number, "name": "盗窃案"}});
            let upload =
                json!({"case": case, "file_name": "清单.csv", "content": BASE64_STANDARD.encode(list)});
            let answer = zhang.post("/api/v1/imports", upload).await;
            let list = match answer.is_ok() {
                true => answer.body,
                // It was done when the line was cut: the list is among the open ones, and its rows are read by themselves.
                false => {
                    assert_eq!(answer.refusal(), "case_number_taken");
                    let open = zhang.get("/api/v1/imports").await.ok();
                    let open = open.as_array().unwrap();
                    let found = open.iter().find(|it| it["case_number"] == number.as_str()).unwrap();
                    zhang.get(&format!("/api/v1/imports/{}", found["id"].as_str().unwrap())).await.ok()
                }
            };
            let id: Uuid = list["id"].as_str().unwrap().parse().unwrap();
            let path = format!("/api/v1/imports/{id}");
            let row = |row: &Value| {
                json!({
                    "row": row["row"], "name": row["name"], "quantity": row["quantity_text"],
                    "category": row["category"], "features": row["features"], "holding": row["holding"],
                    "accept": true, "drop": "",
                })
            };
            let rows: Value = list["draft"]["rows"].as_array().unwrap().iter().map(row).collect();
            zhang.call("PATCH", &format!("{path}/rows"), None, Some(&rows)).await.ok();
            let confirmation = json!({"paper_number": format!("扣〔2026〕W{n}号"), "accept_list": true});
            let entered = zhang.post(&format!("{path}/confirmation"), confirmation).await.ok();
            self.keep(Some(id), Some(&entered["entry"]));
            // Nobody may be left to receive it.
            drop(cases.send(list["case"].as_str().unwrap().to_owned()).await);
        }
    }

    /// A custodian takes in two lines, refuses the third, reports a thing on no list, and puts one elsewhere.
    async fn receives(
        self,
        login: &'static str,
        at: usize,
        cases: Arc<tokio::sync::Mutex<mpsc::Receiver<String>>>,
        received: mpsc::Sender<String>,
    ) {
        let me = Client::patient(self.server(at), login).await;
        let place = &self.counters[at];
        let mut station = Station::new(self.server(at), &place.token);
        me.put("/api/v1/me/station", json!({"station": place.id})).await.ok();
        let counter = format!("/api/v1/counters/{}", place.id);
        me.put(&format!("{counter}/custodian"), json!(null)).await.ok();
        let mut n = 0;
        loop {
            let Some(case) = cases.lock().await.recv().await else { return };
            let open = json!({"case": case, "delivered_by": self.zhang});
            me.put(&format!("{counter}/case"), open).await.ok();
            let lines = me.get(&format!("{counter}/cases/{case}")).await.ok()["lines"].clone();
            let lines = lines.as_array().unwrap();
            for (by_scan, line) in [false, true].into_iter().zip(lines) {
                self.receive(&me, &mut station, place, line, by_scan).await;
            }
            n += 2;
            let key = |n: u128| Uuid::from_u128((at as u128 + 1) << 100 | n);
            let refusal = format!("{counter}/items/{}/refusal", lines[2]["item"].as_str().unwrap());
            let done = me.post_once(&refusal, key(n), json!({"reason": "颜色不符"})).await.ok();
            self.keep(Some(key(n)), Some(&done["entry"]));
            let extra = json!({"description": "银色手表一块"});
            let done = me.post_once(&format!("{counter}/extras"), key(n + 1), extra).await.ok();
            self.keep(Some(key(n + 1)), Some(&done["entry"]));
            me.call("DELETE", &format!("{counter}/case"), None, None).await.ok();
            // Closing concludes one delivery, however often it is asked for; an answer that was lost is found with the case.
            let view = me.get(&format!("{counter}/cases/{case}")).await.ok();
            let deliveries = view["deliveries"].as_array().unwrap();
            assert_eq!(deliveries.len(), 1, "{deliveries:?}");
            self.keep(None, Some(&deliveries[0]["seq"]));
            // 移库: the item, then the slot.
            accepted(station.scan(&label_of(&lines[0]["number"])).await);
            accepted(station.scan(&self.slot_codes[1]).await);
            self.keep(Some(event(place.id, station.number)), None);
            received.send(case).await.unwrap();
        }
    }

    async fn receive(&self, me: &Client, station: &mut Station, place: &Place, line: &Value, by_scan: bool) {
        let item = line["item"].as_str().unwrap();
        let path = format!("/api/v1/counters/{}/items/{item}", place.id);
        me.post(&format!("{path}/pick"), json!(null)).await.ok();
        me.put(&format!("{path}/seal"), json!({"text": "F-1"})).await.ok();
        // The program's own rules ask for one.
        me.post(&format!("{path}/photographs"), json!({"content": PICTURE})).await.ok();
        let printed = me.post(&format!("{path}/labels"), json!({})).await;
        // Asked again after silence, one label is on its way and no second one comes.
        assert!(printed.is_ok() || printed.refusal() == "label_on_its_way", "{printed:?}");
        station.print().await;
        accepted(station.scan(&label_of(&line["number"])).await);
        match by_scan {
            true => {
                accepted(station.scan(&self.slot_codes[0]).await);
                self.keep(Some(event(place.id, station.number)), None);
            }
            false => {
                let key = Uuid::new_v5(&place.id.0, item.as_bytes());
                let done =
                    me.post_once(&format!("{path}/receipt"), key, json!({"slot": self.slot})).await.ok();
                self.keep(Some(key), Some(&done["entry"]));
            }
        }
    }

    /// Officer Li settles what differs.
    async fn settles(self) {
        let li = Client::patient(self.server(1), "li").await;
        loop {
            let ended = self.has_ended();
            let open = li.get("/api/v1/differences").await.ok()["open_list"].clone();
            for difference in open.as_array().unwrap() {
                let id: Uuid = difference["id"].as_str().unwrap().parse().unwrap();
                let key = Uuid::new_v5(&id, b"settled");
                let path = format!("/api/v1/differences/{id}/settlement");
                let done = li
                    .post_once(
                        &path,
                        key,
                        json!({"finding": "已核对", "cause": "explained", "paper": "情况说明 1"}),
                    )
                    .await
                    .ok();
                self.keep(Some(key), Some(&done["entry"]));
            }
            if ended {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Officer Zhang offers what was received, clerk Qian accepts it; both sign at their stations.
    async fn hands_over(self, mut cases: mpsc::Receiver<String>) {
        let here = self.server(1);
        let (zhang, qian) = (Client::patient(here, "zhang").await, Client::patient(here, "qian").await);
        let mut police = Station::new(here, &self.police_desk.place.token);
        let mut procuratorate = Station::new(here, &self.procuratorate_desk.place.token);
        let mut n = 0;
        while let Some(case) = cases.recv().await {
            n += 1;
            let wish = json!({"case": case, "purpose": "to_prosecution", "to_unit": self.procuratorate});
            let begun = zhang.post("/api/v1/handovers", wish).await.ok();
            let path = format!("/api/v1/handovers/{}", begun["id"].as_str().unwrap());
            let ask = (format!("{path}/offer-signature"), json!({"station": self.police_desk.place.id}));
            self.sign(&zhang, &mut police, &self.police_desk, &path, (ask, "offered")).await;
            qian.post(&format!("{path}/lines/accept-rest"), json!(null)).await.ok();
            let conclusion =
                json!({"case_number": format!("B-{n}"), "station": self.procuratorate_desk.place.id});
            let ask = (format!("{path}/conclusion-signature"), conclusion);
            let desk = &self.procuratorate_desk;
            self.sign(&qian, &mut procuratorate, desk, &path, (ask, "concluded")).await;
            let ended = qian.get(&path).await.ok()["handover"].clone();
            self.keep(None, Some(&ended["offer_seq"]));
            self.keep(None, Some(&ended["end_seq"]));
        }
    }

    /// Asks for the signature and gives it, until the handover stands where it should.
    async fn sign(
        &self,
        me: &Client,
        station: &mut Station,
        desk: &Desk,
        path: &str,
        (ask, state): ((String, Value), &str),
    ) {
        let since = Instant::now();
        while me.get(path).await.ok()["handover"]["state"] != state {
            station.be_there().await;
            let asked = me.post(&ask.0, ask.1.clone()).await;
            assert!(since.elapsed() < PATIENCE, "{path} is not {state}: {asked:?}");
            if !asked.is_ok() {
                // An open request nobody knows of is taken back; a station that was just cut off dials in again.
                me.call("DELETE", &format!("{path}/signature-request"), None, None).await;
                sleep(Duration::from_millis(20)).await;
                continue;
            }
            let request: Uuid = asked.body["request"].as_str().unwrap().parse().unwrap();
            let statement = station.asked_to_sign(request).await.statement;
            let statement = BASE64_STANDARD.decode(statement).unwrap();
            let signature = BASE64_STANDARD.encode(desk.secret.sign(&mut SysRng, &statement).unwrap());
            station.observe(Observation::Signed { request, key: desk.key.clone(), signature }).await;
        }
    }

    /// Every acknowledged entry is in the journal once, under its number, and the journal holds nothing else.
    pub(crate) async fn assert_each_once(&self, test: &TestApp) {
        let kept = self.kept.lock().unwrap().clone();
        let mut tx = test.app.db.read().await.unwrap();
        let mut numbers = BTreeSet::new();
        for it in &kept {
            // The id of an entry is not the caller's key but follows from it; its number was acknowledged.
            let found = match (it.seq, it.id) {
                (Some(seq), _) => journal::entry(&mut tx, seq).await.unwrap().map(|entry| entry.seq),
                (None, Some(id)) => journal::entry_by_id(&mut tx, id).await.unwrap().map(|entry| entry.seq),
                (None, None) => None,
            };
            let seq = found.unwrap_or_else(|| panic!("{it:?} was acknowledged and is lost"));
            assert_eq!(it.seq.unwrap_or(seq), seq, "{it:?} is another entry");
            assert!(numbers.insert(seq), "{it:?} was acknowledged twice");
        }
        let size = heads::size(&mut tx).await.unwrap();
        let before = self.before.load(Ordering::Relaxed);
        let all: BTreeSet<u64> = (before + 1..=size).collect();
        let nobodys: Vec<u64> = all.difference(&numbers).copied().collect();
        assert_eq!(nobodys, Vec::<u64>::new(), "entries that nobody asked for");
    }
}

/// The id of what a scan records.
pub(crate) fn event(station: StationId, number: u64) -> Uuid {
    Uuid::new_v5(&station.0, format!("event {number}").as_bytes())
}

/// An answer may be lost with the line; a scan that was answered was taken.
#[track_caller]
fn accepted(answer: Option<(Verdict, String)>) {
    if let Some((verdict, sentence)) = answer {
        assert_eq!(verdict, Verdict::Accepted, "{sentence}");
    }
}
