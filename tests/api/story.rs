//! The whole way over HTTP, on both engines: list, counter, handover, count, ledger. Only what hands do (scanning,
//! signing) comes from the stations.

use crate::{
    caller::Caller,
    support::{self, ENGINES, TestApp},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    app::App,
    custody::{self, signed},
    domain::Person,
    domain::{Code, CodeKind},
    id::{SigningId, StationId},
    store::{
        places,
        stations::{self, Station},
    },
};
use hufu_wire::{
    FromServer,
    message::{Event, JobState, Observation},
    signature::SecretKey,
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver};

const LIST: &str = "扣押清单\n序号,品名,数量,特征\n1,手机,2部,黑色\n2,笔记本电脑,1台,银色\n3,外套,1件,灰色\n";

/// A station, the key of whoever is there and may sign, and their hands.
struct Hands {
    app: App,
    station: Station,
    own: Option<(SecretKey, String)>,
    told: UnboundedReceiver<FromServer>,
    events: u64,
}

impl Hands {
    async fn at(app: &App, station: StationId, person: &Person) -> Hands {
        let own = support::keys::of_signer(app, person).await;
        let mut tx = app.db.read().await.unwrap();
        let station = stations::station(&mut tx, station).await.unwrap().unwrap();
        let (to_station, told) = mpsc::unbounded_channel();
        app.live.connect(station.id, to_station);
        Hands { app: app.clone(), station, own, told, events: 0 }
    }

    async fn observe(&mut self, what: Observation) {
        self.events += 1;
        let event = Event { number: self.events, observed_at: self.app.clock.now().0, what };
        custody::observe(&self.app, &self.station, &event).await.unwrap();
    }

    async fn scan(&mut self, text: &str) {
        let scan = Observation::Scan {
            device: "scanner".to_owned(),
            text: text.to_owned(),
            symbology: None,
            repeat: false,
        };
        self.observe(scan).await;
    }

    /// The label comes out of the printer.
    async fn label_comes_out(&mut self, job: &Value) {
        let job = job.as_str().unwrap().parse().unwrap();
        self.observe(Observation::Job { job, device: None, state: JobState::Sent }).await;
    }

    /// Signs what the station shows.
    async fn sign(&mut self) {
        let mut newest = None;
        while let Ok(told) = self.told.try_recv() {
            if let FromServer::Sign(request) = told {
                newest = Some(request);
            }
        }
        let request = newest.unwrap();
        let statement = BASE64_STANDARD.decode(&request.statement).unwrap();
        let (secret, key) = self.own.as_ref().expect("a key of their own");
        let signature = BASE64_STANDARD.encode(secret.sign(&mut SysRng, &statement).unwrap());
        let request = SigningId(request.request);
        signed::signed(&self.app, &self.station, request, key, &signature).await.unwrap();
    }
}

#[tokio::test]
async fn a_case_goes_its_whole_way_over_http() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = seized(&test).await;
        let items = received(&test, &case).await;
        handed_over(&test, &case).await;
        counted(&test, &items).await;
        audited(&test, &items).await;
        test.close().await;
    }
}

/// The officer uploads a list, settles its doubts and confirms it, twice: one entry.
async fn seized(test: &TestApp) -> String {
    let zhang = Caller::of(test, "zhang").await;
    let content = BASE64_STANDARD.encode(LIST);
    let case = json!({"new": {"number": "A-2026-17", "name": "盗窃案"}});
    let upload = json!({"case": case, "file_name": "清单.csv", "content": content});
    let list = zhang.post("/api/v1/imports", upload).await.ok();
    let (import, case) = (list["id"].as_str().unwrap(), list["case"].as_str().unwrap().to_owned());
    assert_eq!(list["draft"]["rows"].as_array().unwrap().len(), 3);
    let path = format!("/api/v1/imports/{import}");
    let rows = list["draft"]["rows"].as_array().unwrap().iter().map(|row| {
        json!({
            "row": row["row"], "name": row["name"], "quantity": row["quantity_text"], "category": row["category"],
            "features": row["features"], "holding": row["holding"], "accept": true, "drop": "",
        })
    });
    let rows: Value = rows.collect();
    zhang.call("PATCH", &format!("{path}/rows"), Some(rows)).await.ok();
    let confirmation = json!({"paper_number": "扣〔2026〕17号", "accept_list": true});
    let entered = zhang.post(&format!("{path}/confirmation"), confirmation.clone()).await.ok();
    assert_eq!((&entered["entry"], &entered["repeat"]), (&json!(test.nth(1)), &json!(false)));
    let again = zhang.post(&format!("{path}/confirmation"), confirmation).await.ok();
    assert_eq!((&again["entry"], &again["repeat"]), (&json!(test.nth(1)), &json!(true)));
    assert_eq!(zhang.call("DELETE", &path, None).await.refusal(), "already_recorded");
    // Another station's officer sees nothing of it.
    let zhao = Caller::of(test, "zhao").await;
    assert_eq!(zhao.get(&format!("/api/v1/cases/{case}")).await.refusal(), "not_found");
    assert_eq!(zhao.get("/api/v1/items").await.ok()["items"], json!([]));
    case
}

/// The custodian receives two lines by label and slot, refuses the third, and reports what is on no list.
async fn received(test: &TestApp, case: &str) -> Vec<Value> {
    let chen = Caller::of(test, "chen").await;
    let station = test.city.counter_station;
    let mut hands = Hands::at(&test.app, station, &test.person("chen").await).await;
    chen.put("/api/v1/me/station", json!({"station": station})).await.ok();
    let counter = format!("/api/v1/counters/{station}");
    assert_eq!(chen.get(&counter).await.ok()["expected"][0]["case"], case);
    chen.call("PUT", &format!("{counter}/custodian"), None).await.ok();
    let zhang = test.person("zhang").await.id;
    chen.put(&format!("{counter}/case"), json!({"case": case, "delivered_by": zhang})).await.ok();
    let lines = chen.get(&format!("{counter}/cases/{case}")).await.ok()["lines"].as_array().unwrap().clone();
    let slot = slot_code(test).await;
    for line in &lines[..2] {
        let at = format!("{counter}/items/{}", line["item"].as_str().unwrap());
        chen.post(&format!("{at}/pick"), json!(null)).await.ok();
        let taken = support::jpeg(b"GPS");
        let picture = json!({"content": BASE64_STANDARD.encode(&taken)});
        let digest = chen.post(&format!("{at}/photographs"), picture).await.ok()["digest"].clone();
        let photograph = chen.get(&format!("/api/v1/photographs/{}", digest.as_str().unwrap())).await;
        assert_eq!(photograph.headers["content-type"], "image/jpeg");
        assert!(!photograph.bytes.windows(3).any(|it| it == b"GPS"), "only the picture is shown");
        chen.put(&format!("{at}/seal"), json!({"text": "F-0001"})).await.ok();
        assert_eq!(chen.get(&format!("{at}/label")).await.headers["content-type"], "image/png");
        let printed = chen.post(&format!("{at}/labels"), json!({})).await.ok();
        hands.label_comes_out(&printed["job"]).await;
        hands.scan(&label_of(&line["number"])).await;
        hands.scan(&slot).await;
    }
    let at = format!("{counter}/items/{}", lines[2]["item"].as_str().unwrap());
    let (key, refusal) = ("00000000-0000-0000-0000-0000000a0001", json!({"reason": "颜色与清单不符"}));
    let entry = chen.post_once(&format!("{at}/refusal"), key, refusal.clone()).await.ok()["entry"].clone();
    assert_eq!(chen.post_once(&format!("{at}/refusal"), key, refusal).await.ok()["entry"], entry);
    let extra = json!({"description": "银色手表一块"});
    chen.post_once(&format!("{counter}/extras"), "00000000-0000-0000-0000-0000000a0002", extra).await.ok();
    let item = chen.get(&format!("/api/v1/items/{}", lines[0]["item"].as_str().unwrap())).await.ok();
    assert_eq!((&item["places"][0]["kind"], &item["seal"]), (&json!("slot"), &json!("F-0001")));
    let found = chen.get(&format!("/api/v1/codes/{}", label_of(&lines[0]["number"]))).await.ok();
    assert_eq!((&found["is"], &found["id"]), (&json!("item"), &lines[0]["item"]));
    chen.call("DELETE", &format!("{counter}/case"), None).await.ok();
    lines
}

/// Police to procuratorate: one line accepted, the rest refused; a difference is raised; nothing moves.
async fn handed_over(test: &TestApp, case: &str) {
    let (zhang, qian) = (Caller::of(test, "zhang").await, Caller::of(test, "qian").await);
    let mut police = Hands::at(&test.app, test.city.police_station, &test.person("zhang").await).await;
    let mut procuratorate =
        Hands::at(&test.app, test.city.procuratorate_station, &test.person("qian").await).await;
    let wish = json!({"case": case, "purpose": "to_prosecution", "to_unit": test.city.procuratorate});
    assert_eq!(zhang.get("/api/v1/handovers/choices").await.ok()["cases"][0]["id"], case);
    let id = zhang.post("/api/v1/handovers", wish).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/handovers/{id}");
    assert_eq!(qian.get(&path).await.refusal(), "not_found", "a draft is its own unit's");
    let suggestion = json!([{"line": 1, "suggestion": "return_to_owner"}]);
    zhang.call("PATCH", &format!("{path}/suggestions"), Some(suggestion)).await.ok();
    // What the counter refused is on the list only where somebody puts it.
    let left_out = zhang.get(&path).await.ok()["left_out"][0].clone();
    assert_eq!((&left_out["receipt"]["word"], &left_out["refused"]), (&json!("nothing"), &json!(true)));
    zhang.post(&format!("{path}/lines"), json!({"item": left_out["item"]})).await.ok();
    zhang.call("DELETE", &format!("{path}/lines/3"), None).await.ok();
    zhang
        .put(
            &format!("{path}/told"),
            json!({"suspect": "孙某", "letter": "3号", "letter_date": "2026-01-05"}),
        )
        .await
        .ok();
    zhang.post(&format!("{path}/offer-signature"), json!({})).await.ok();
    police.sign().await;
    assert_eq!(zhang.get(&path).await.ok()["handover"]["state"], "offered");
    assert_eq!(qian.get("/api/v1/handovers").await.ok()["to_inspect"][0]["id"], id.as_str());
    let refused = json!({"answer": "refused", "note": "封签号不符"});
    qian.put(&format!("{path}/lines/1/answer"), refused).await.ok();
    assert_eq!(qian.post(&format!("{path}/lines/accept-rest"), json!(null)).await.ok()["accepted"], 1);
    qian.post(&format!("{path}/conclusion-signature"), json!({"case_number": "临检〔2026〕3号"})).await.ok();
    procuratorate.sign().await;
    let view = qian.get(&path).await.ok();
    assert_eq!((&view["handover"]["state"], &view["totals"]["refused"]), (&json!("concluded"), &json!(1)));
    let signed = qian.get(&format!("{path}/statements/receiver")).await.ok();
    assert!(signed["public_key"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY"));
    assert_eq!(
        zhang.post(&format!("{path}/withdrawal"), json!({"reason": "x"})).await.refusal(),
        "offer_closed"
    );
    let paper = qian.get(&format!("/api/v1/papers/{}", view["handover"]["end_seq"])).await;
    assert!(paper.bytes.starts_with(b"%PDF-"), "{}", String::from_utf8_lossy(&paper.bytes));

    // The refused line is the police's to settle, and not by who raised it.
    let open = zhang.get("/api/v1/differences?class=refused_in_handover").await.ok()["open_list"][0].clone();
    let settlement = format!("/api/v1/differences/{}/settlement", open["id"].as_str().unwrap());
    let key = "00000000-0000-0000-0000-0000000a0003";
    let done = zhang
        .post_once(
            &settlement,
            key,
            json!({"finding": "封签已更换，附说明", "cause": "explained", "paper": "情况说明 3"}),
        )
        .await
        .ok();
    let again = zhang
        .post_once(
            &settlement,
            key,
            json!({"finding": "封签已更换，附说明", "cause": "explained", "paper": "情况说明 3"}),
        )
        .await
        .ok();
    assert_eq!((&again["entry"], &again["repeat"]), (&done["entry"], &json!(true)));
}

/// A zone is counted: one thing is seen, one is not.
async fn counted(test: &TestApp, items: &[Value]) {
    let (chen, zhang) = (Caller::of(test, "chen").await, Caller::of(test, "zhang").await);
    let wish = json!({"store": test.city.centre, "zone": "A"});
    assert_eq!(zhang.post("/api/v1/counts", wish.clone()).await.refusal(), "not_your_role");
    let id = chen.post("/api/v1/counts", wish).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/counts/{id}");
    assert_eq!(
        chen.post(&format!("{path}/observations"), json!({"code": label_of(&items[0]["number"])}))
            .await
            .refusal(),
        "slot_first"
    );
    chen.post(&format!("{path}/observations"), json!({"code": slot_code(test).await})).await.ok();
    let heard =
        chen.post(&format!("{path}/observations"), json!({"code": label_of(&items[0]["number"])})).await.ok();
    assert_eq!(heard["verdict"], "accepted");
    let stated = chen.post(&format!("{path}/statement"), json!(null)).await.ok();
    let statement = chen.get(&format!("{path}/statement")).await.ok();
    assert_eq!(
        (&statement["expected"], &statement["seen"], &statement["not_found"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(statement["seq"], stated["entry"]);
    let slot = chen.get(&format!("/api/v1/slots/{}", test.city.slots[0])).await.ok();
    assert_eq!(slot["things"].as_array().unwrap().len(), 2);
}

/// The auditor reads everything, and everything holds.
async fn audited(test: &TestApp, items: &[Value]) {
    let (zheng, zhao, admin) =
        (Caller::of(test, "zheng").await, Caller::of(test, "zhao").await, Caller::of(test, "admin").await);
    let head = zheng.get("/api/v1/ledger/head").await.ok();
    let report = zheng.get("/api/v1/ledger/verification").await.ok();
    assert_eq!((&report["findings"], &report["root"]), (&json!([]), &head["root"]));
    assert_eq!(zhao.get("/api/v1/ledger/verification").await.refusal(), "auditor_only_page");
    let registered = [
        "register_unit",
        "appoint",
        "register_station",
        "register_store",
        "register_slots",
        "reset_password",
    ]
    .map(Value::from);
    let read = admin.get("/api/v1/entries").await.ok()["items"].as_array().unwrap().clone();
    assert!(!read.is_empty() && read.iter().all(|entry| registered.contains(&entry["kind"])), "no case");
    assert_eq!(zhao.get("/api/v1/entries").await.ok()["items"], json!([]), "nothing of it is theirs");
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = zheng.get(&format!("/api/v1/entries?limit=2{next}")).await.ok();
        seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&after={cursor}"),
            None => break,
        }
    }
    seen.reverse();
    assert_eq!(seen, (1..=head["size"].as_u64().unwrap()).collect::<Vec<_>>());
    let entry = zheng.get("/api/v1/entries/1").await.ok();
    assert_eq!(entry["line"]["kind"], "register_unit");
    let bytes = zheng.get("/api/v1/ledger/bytes?limit=1").await.ok();
    let stored = BASE64_STANDARD.decode(bytes["items"][0]["bytes"].as_str().unwrap()).unwrap();
    let stored = hufu::ledger::Entry::from_canonical_bytes(&stored).unwrap();
    let committed = stored.commitment(test.app.settings.suite).unwrap().bytes;
    assert_eq!(entry["committed"].as_str().unwrap().as_bytes(), committed);
    zheng.get("/api/v1/ledger/balances").await.ok();
    let life = zheng.get(&format!("/api/v1/items/{}/life", items[1]["item"].as_str().unwrap())).await.ok();
    let kinds: Vec<&str> = life.as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert!(kinds.starts_with(&["seize", "receive"]), "{kinds:?}");
    for path in ["desk", "stores", "counts", "differences", "handovers"] {
        zheng.get(&format!("/api/v1/{path}")).await.ok();
    }
}

async fn slot_code(test: &TestApp) -> String {
    let mut tx = test.app.db.read().await.unwrap();
    places::slot(&mut tx, test.city.slots[0]).await.unwrap().unwrap().code
}

/// What the label of an item says.
fn label_of(number: &Value) -> String {
    let number = number.as_str().unwrap();
    let (year, serial) = number[1..].split_once('-').unwrap();
    Code::new(CodeKind::Item, year, serial.parse().unwrap()).to_string()
}
