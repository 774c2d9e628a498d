//! The way of the page: found, serve, enrol, keys, the first day; then a key replaced, a key stolen, a person moved and closed.

use crate::{
    centre::{Centre, until},
    page::block,
    person::{Person, password},
    station::Station,
    support::{self, ENGINES, Engine},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

const LIST: &str = "序号,名称,数量,特征\n1,手机,1部,黑色 IMEI 356938035643809\n2,手表,1块,银色\n";

/// Somebody who signs: (name, login, agency, unit, PIN, approver).
type Signer = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);
const GIVER: Signer = ("陆川", "luchuan", "江州市公安局", "城南派出所", "246810", "fangzheng");
const RECEIVER: Signer = ("沈默", "shenmo", "江州市人民检察院", "案件管理部", "135791", "liangshi");
const CENTRE: (&str, u16) = ("中心一号窗口", 7717);
const POLICE: (&str, u16) = ("城南派出所工位", 7718);
const PROCURATORATE: (&str, u16) = ("检察院案管工位", 7719);

#[tokio::test]
async fn an_administrator_founds_a_city_by_the_page_alone() {
    for engine in ENGINES {
        let postgres = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(support::new_postgres_database().await),
        };
        tokio::task::spawn_blocking(move || walk(postgres)).await.unwrap();
    }
}

fn walk(postgres: Option<String>) {
    let mut centre = Centre::new(postgres);
    let codes = founded(&centre);
    centre.run(&block("sh", "openssl"));
    let said = centre.serve();
    let ledger_key = said.split("ledger key · ").nth(1).unwrap().lines().next().unwrap();
    assert!(!said.contains("note:"), "the address leads to where it listens: {said}");

    let slips = std::fs::read_to_string(centre.path("slips.txt")).unwrap();
    let people = ["hemin", "luchuan", "fangzheng", "qinlan", "shenmo", "liangshi", "zheng", "bailu"];
    let [hemin, luchuan, _, qinlan, shenmo, ..] =
        people.map(|login| Person::with_slip(&centre, &slips, login));
    let founding = hemin.get("/api/v1/entries")["items"].as_array().unwrap().len();
    assert!(
        founding > 10 && hemin.get("/api/v1/cases")["items"] == json!([]),
        "who was entered, and no case"
    );

    for (folder, (name, _)) in [("centre", CENTRE), ("police", POLICE), ("procuratorate", PROCURATORATE)] {
        Station::enrol(&centre, folder, &codes(name));
    }
    let stolen = first_key(&centre, "police", GIVER);
    let replaced = first_key(&centre, "procuratorate", RECEIVER);
    let counter = Station::start(&centre, "centre", CENTRE, &[]);
    let police = Station::start(&centre, "police", POLICE, &["luchuan.key"]);
    let procuratorate = Station::start(&centre, "procuratorate", PROCURATORATE, &["shenmo.key"]);

    let case = seized(&luchuan);
    taken_in(&qinlan, &luchuan, &counter, &case);
    let handover = offered(&luchuan, &police, &case);
    drop(procuratorate);
    let procuratorate = key_is_replaced(&centre, &replaced);
    concluded(&shenmo, &procuratorate, &handover);
    proven(&centre, &shenmo, &handover, ledger_key);

    key_is_stolen(&centre, (&shenmo, &luchuan, &police), &handover, &stolen);
    people_move_and_leave(&centre, &luchuan, &stolen);
    let in_order = centre.run(block("sh", "hufu verify").lines().next().unwrap());
    assert!(in_order.contains("Everything is in order"), "{in_order}");
}

/// Steps 1 and 2. Answers with the stations' codes, by name.
fn founded(centre: &Centre) -> impl Fn(&str) -> String + use<> {
    std::fs::write(centre.path("city.toml"), centre.here(&block("toml", "[[agency]]"))).unwrap();
    if centre.database.starts_with("postgres") {
        let elsewhere = centre.database.replacen("/hufu_", "/nowhere_", 1);
        let command = format!("hufu import city city.toml --database '{elsewhere}' --dry-run");
        let said = centre.run_in("", &command, "", "");
        assert!(!said.done && said.errors.contains("createdb nowhere_"), "{}", said.errors);
    }
    let tried = centre.run(&block("sh", "--dry-run"));
    assert!(tried.contains("+ 人员 person\tluchuan") && tried.contains("nothing was changed"), "{tried}");
    assert!(!centre.path("ledger.db").exists() && !centre.path("hufu-ledger.key").exists());
    let founded = centre.run(&block("sh", "--slips"));
    let tried = centre.run(&block("sh", "--dry-run"));
    assert!(!tried.contains('+') && tried.contains("= 8 人不变"), "{tried}");
    move |name| {
        let line = founded.lines().find(|line| line.starts_with(&format!("{name}\t"))).unwrap();
        line.split("code: ").nth(1).unwrap().split('\t').next().unwrap().to_owned()
    }
}

/// The page's command for this person, at their station's PC.
fn key_new(centre: &Centre, folder: &str, signer: Signer, more: &str) {
    let (name, login, agency, unit, pin, _) = signer;
    let command = block("sh", "key new")
        .replace("luchuan.key", &format!("{login}.key"))
        .replace("陆川/luchuan", &format!("{name}/{login}"))
        .replace("江州市公安局", agency)
        .replace("城南派出所", unit);
    let made = centre.run_in(folder, &command.replace("key new", &format!("key new {more}")), "", pin);
    assert!(made.done && made.errors.contains("核对码 fingerprint: "), "{}", made.errors);
}

/// As keys.md says, with the paper's fingerprint. Answers with the key's id.
fn first_key(centre: &Centre, folder: &str, signer: Signer) -> String {
    key_new(centre, folder, signer, "");
    let paper = centre.run(&format!("hufu key fingerprint {folder}/key.json"));
    let (key, fingerprint) = paper.trim().split_once('\t').unwrap();
    let (_, login, .., approver) = signer;
    let said = acts(centre, login, &format!("key register {folder}/key.json"));
    assert!(said.contains(&format!("hufu key confirm {key}")), "{said}");
    acts(centre, approver, &format!("key confirm {key} --fingerprint '{fingerprint}'"));
    key.to_owned()
}

/// A person's own act at the machine of the ledger.
fn acts(centre: &Centre, login: &str, act: &str) -> String {
    centre.run_with(&format!("hufu {act} --database … --person {login}"), &format!("{}\n", password(login)))
}

/// Step 6.1: a case and its list. Answers with the case.
fn seized(luchuan: &Person) -> String {
    let case = json!({"new": {"number": "江公（刑）立字〔2026〕1号", "name": "盗窃案"}});
    let list = json!({"case": case, "file_name": "清单.csv", "content": BASE64_STANDARD.encode(LIST)});
    let list = luchuan.ok("POST", "/api/v1/imports", &list);
    let confirm = format!("/api/v1/imports/{}/confirmation", list["id"].as_str().unwrap());
    luchuan.ok("POST", &confirm, &json!({"paper_number": "江公扣〔2026〕1号", "accept_list": true}));
    list["case"].as_str().unwrap().to_owned()
}

/// Step 6.2: label, scan, photograph, slot; a valuable goes into the vault and is refused elsewhere.
fn taken_in(qinlan: &Person, luchuan: &Person, hands: &Station, case: &str) {
    let station = qinlan.get("/api/v1/stations")[0]["id"].clone();
    qinlan.ok("PUT", "/api/v1/me/station", &json!({"station": station}));
    let counter = format!("/api/v1/counters/{}", station.as_str().unwrap());
    qinlan.ok("PUT", &format!("{counter}/custodian"), &Value::Null);
    let officer = luchuan.get("/api/v1/me")["person"]["id"].clone();
    let opening = json!({"case": case, "delivered_by": officer, "print_on_pick": true});
    qinlan.ok("PUT", &format!("{counter}/case"), &opening);
    let stores = qinlan.get("/api/v1/stores");
    let slot = |kind: &str| {
        let store = stores.as_array().unwrap().iter().find(|it| it["store"]["kind"] == kind).unwrap();
        let store = qinlan.get(&format!("/api/v1/stores/{}", store["store"]["id"].as_str().unwrap()));
        store["slots"][0]["slot"]["code"].as_str().unwrap().to_owned()
    };
    let lines = || qinlan.get(&format!("{counter}/cases/{case}"))["lines"].as_array().unwrap().clone();
    for (at, (line, slots)) in
        lines().iter().zip([vec![slot("centre")], vec![slot("centre"), slot("vault")]]).enumerate()
    {
        let item = format!("{counter}/items/{}", line["item"].as_str().unwrap());
        qinlan.ok("POST", &format!("{item}/pick"), &Value::Null);
        let picture = BASE64_STANDARD.encode(support::jpeg(&[u8::try_from(at).unwrap()]));
        qinlan.ok("POST", &format!("{item}/photographs"), &json!({"content": picture}));
        if at == 1 {
            let second = json!({"login": "bailu", "password": password("bailu")});
            qinlan.ok("POST", &format!("{item}/second-person"), &second);
        }
        hands.scan_label(at + 1);
        let comes_to = |state| until(state, || (lines()[at]["state"] == state).then_some(()));
        comes_to("bound");
        slots.iter().for_each(|code| hands.scan(code));
        comes_to("in_slot");
    }
    assert_eq!(lines()[1]["slot"], "V-01", "what is valuable lies in the vault");
}

/// Step 6.3: asked, declined with PIN and reason, asked again, signed. Answers with the handover.
fn offered(luchuan: &Person, police: &Station, case: &str) -> String {
    let choices = luchuan.get("/api/v1/handovers/choices");
    let (purpose, to) = (&choices["purposes"][0][0], &choices["purposes"][0][1][0]["id"]);
    let new = json!({"case": case, "purpose": purpose, "to_unit": to});
    let id = luchuan.ok("POST", "/api/v1/handovers", &new)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/handovers/{id}");
    luchuan.ok("POST", &format!("{path}/offer-signature"), &json!({}));
    let unread = police.answer("陆川/luchuan", "246810", Some(" "));
    assert!(unread.contains("请写明拒签理由"), "{unread}");
    let declined = police.answer("陆川/luchuan", "246810", Some("少一件"));
    assert!(declined.contains("已拒签"), "{declined}");
    until("it is declined", || (luchuan.get(&path)["signing"]["state"] == "declined").then_some(()));
    luchuan.ok("POST", &format!("{path}/offer-signature"), &json!({}));
    let signed = police.answer("陆川/luchuan", "246810", None);
    assert!(signed.contains("已签名"), "{signed}");
    until("it is offered", || (luchuan.get(&path)["handover"]["state"] == "offered").then_some(()));
    id
}

/// The clerk makes another key, which the old one signs, and revokes the old one; the station names the new one.
fn key_is_replaced(centre: &Centre, replaced: &str) -> Station {
    let old = centre.path("procuratorate/old.key");
    std::fs::rename(centre.path("procuratorate/shenmo.key"), old).unwrap();
    key_new(centre, "procuratorate", RECEIVER, "--follows old.key");
    let said = acts(centre, "shenmo", "key register procuratorate/key.json");
    assert!(said.contains("in force at once"), "{said}");
    acts(centre, "shenmo", &format!("key revoke {replaced} --reason 换用新钥"));
    Station::start(centre, "procuratorate", PROCURATORATE, &["shenmo.key"])
}

/// Step 6.4.
fn concluded(shenmo: &Person, procuratorate: &Station, handover: &str) {
    let path = format!("/api/v1/handovers/{handover}");
    shenmo.ok("POST", &format!("{path}/lines/accept-rest"), &Value::Null);
    shenmo.ok(
        "POST",
        &format!("{path}/conclusion-signature"),
        &json!({"case_number": "江检刑诉〔2026〕7号"}),
    );
    procuratorate.answer("沈默/shenmo", "135791", None);
    until("it is concluded", || (shenmo.get(&path)["handover"]["state"] == "concluded").then_some(()));
}

/// Step 7, with the number on the paper.
fn proven(centre: &Centre, shenmo: &Person, handover: &str, ledger_key: &str) {
    let it = shenmo.get(&format!("/api/v1/handovers/{handover}"));
    let paper = it["papers"].as_array().unwrap().iter().find(|it| it["kind"] == "handover_list").unwrap();
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify_proof.py");
    let commands = block("sh", "export proof")
        .replace("H2-26-000004", paper["number"].as_str().unwrap())
        .replace("verify_proof.py", python)
        .replace("hufu.local/ledger+…", ledger_key);
    let said = centre.run(&commands);
    assert!(said.contains("Everything is in order") && said.contains("the proof holds"), "{said}");
}

/// The things come back, to be signed for with a key that its approver shuts out while the statement is shown.
fn key_is_stolen(
    centre: &Centre,
    (shenmo, luchuan, police): (&Person, &Person, &Station),
    first: &str,
    stolen: &str,
) {
    let theirs = shenmo.get(&format!("/api/v1/handovers/{first}"))["handover"]["to_case"].clone();
    let choices = shenmo.get("/api/v1/handovers/choices");
    let back = choices["purposes"].as_array().unwrap().iter().find(|it| it[0] == "sent_back").unwrap();
    let new = json!({"case": theirs, "purpose": "sent_back", "to_unit": back[1][0]["id"]});
    let id = shenmo.ok("POST", "/api/v1/handovers", &new)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/handovers/{id}");
    shenmo.ok("POST", &format!("{path}/offer-signature"), &json!({}));
    let procuratorate = Station::start(centre, "procuratorate", PROCURATORATE, &["shenmo.key"]);
    procuratorate.answer("沈默/shenmo", "135791", None);
    until("it is offered", || (shenmo.get(&path)["handover"]["state"] == "offered").then_some(()));
    luchuan.ok("POST", &format!("{path}/lines/accept-rest"), &Value::Null);
    let number = json!({"case_number": "江公（刑）立字〔2026〕1号"});
    luchuan.ok("POST", &format!("{path}/conclusion-signature"), &number);
    acts(centre, "fangzheng", &format!("key revoke {stolen} --reason 密钥文件被盗"));
    police.answer("陆川/luchuan", "246810", None);
    let refused = until("the server refuses it", || {
        let it = luchuan.get(&path);
        (it["signing"]["state"] == "refused").then_some(it)
    });
    assert_eq!(refused["handover"]["state"], "offered", "a stolen key ends nothing");
    assert!(refused["signing"]["answer_zh"].as_str().unwrap().contains("已经注销"), "{refused}");
}

/// Later: moved, logged out at once, and seeing nothing of the old unit; closed, and let in no more. Their keys are named.
fn people_move_and_leave(centre: &Centre, luchuan: &Person, stolen: &str) {
    let said = centre.run("hufu user move shenmo --unit 江州市人民检察院/办公室 --reason 调任 --database …");
    assert!(said.contains("hufu key revoke ") && !said.contains(stolen), "{said}");
    let said = centre.run("hufu user move luchuan --unit 江州市公安局/办公室 --reason 调任 --database …");
    assert!(!said.contains("hufu key revoke "), "their only key is revoked: {said}");
    assert_eq!(luchuan.refused("GET", "/api/v1/me", &Value::Null), "not_logged_in");
    let luchuan = Person::logged_in(centre, "luchuan", &password("luchuan")).unwrap();
    assert_eq!(luchuan.get("/api/v1/cases")["items"], json!([]), "the case is the old unit's");
    centre.run("hufu user close luchuan --reason 离职 --database …");
    assert_eq!(luchuan.refused("GET", "/api/v1/me", &Value::Null), "not_logged_in");
    assert!(Person::logged_in(centre, "luchuan", &password("luchuan")).is_none());
}
