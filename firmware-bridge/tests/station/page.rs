//! The station's page over real HTTP: what is shown is what is signed, once, and only from this page.

use crate::support::{TestStation, bench_with};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_station::clock;
use hufu_station::page;
use hufu_station::signer::KeyFile;
use hufu_station::state::WrongPins;
use hufu_wire::message::{Observation, SignRequest};
use hufu_wire::proof::declining;
use hufu_wire::signature::{PublicKey, SecretKey, key_id, sm3_hex, verify};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// A telephone, and 12,000.00 yuan in cash.
const STATEMENT: &[u8] = include_bytes!("../../wire/src/statement/offer.statement");

struct Site {
    address: String,
    key: PublicKey,
    request: Uuid,
    bench: TestStation,
}

async fn site() -> Site {
    site_with(STATEMENT).await
}

async fn site_with(statement: &[u8]) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agency.pem");
    let secret = SecretKey::generate(&mut getrandom::SysRng).unwrap();
    KeyFile::create(&path, &secret, "王丽/wang", "258046").unwrap();
    let bench = bench_with(|config| config.keys = vec![path]).await;
    let request = SignRequest {
        request: Uuid::from_u128(77),
        asked_by: "王丽 <b>".to_owned(),
        holder: "王丽/wang".to_owned(),
        // What a dishonest centre says beside the bytes.
        title: "移交旧手机".to_owned(),
        words: vec!["旧手机一部".to_owned(), "<script>alert(1)</script>".to_owned()],
        statement: BASE64_STANDARD.encode(statement),
        offer: None,
        expires_at: i64::MAX,
    };
    bench.station.state.requests.keep(&request, clock::now()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(axum::serve(listener, page::router(bench.station.clone(), false)).into_future());
    Site { address, key: secret.public_key().clone(), request: request.request, bench }
}

impl Site {
    async fn ask(&self, head: &str, extra: &str, body: &str) -> String {
        let request = format!(
            "{head} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n{extra}\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path}"), "", "").await
    }

    async fn token(&self) -> String {
        let page = self.get("/").await;
        let at = page.split("name=\"token\" value=\"").nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    }

    async fn sign(&self, pin: &str, token: &str, extra: &str) -> String {
        let body = format!("token={token}&pin={pin}&lang=en");
        self.ask(&format!("POST /sign/{}", self.request), extra, &body).await
    }

    async fn signatures(&self) -> Vec<String> {
        let events = self.bench.events().await;
        events
            .into_iter()
            .filter_map(|event| match event.what {
                Observation::Signed { signature, .. } => Some(signature),
                _ => None,
            })
            .collect()
    }
}

#[tokio::test]
async fn the_page_shows_what_is_signed_and_signs_it_once() {
    let site = site().await;
    let page = site.get("/").await;
    for shown in [
        "移送审查起诉",
        "A刑〔2026〕1号",
        "城东派出所",
        "检察院",
        "W26-0000001 手机 1 部",
        "IMEI 860000000000001",
        "W26-0000002 现金 12,000.00 元",
        "王丽 &lt;b&gt;",
        &sm3_hex(STATEMENT),
        "核对无误",
        "hufu offer v2",
    ] {
        assert!(page.contains(shown), "{shown} is not on the page");
    }
    assert!(!page.contains("旧手机"), "the server's own words are not shown");
    assert!(!page.contains("<script>alert"), "words are text, never markup");
    assert!(page.contains("content-security-policy") && page.contains("x-frame-options: DENY"));
    assert!(!page.contains("http-equiv"), "the page does not reload under a person who types a PIN");

    let token = site.token().await;
    let signed = site.sign("258046", &token, "").await;
    assert!(signed.starts_with("HTTP/1.1 303") && signed.contains("done=signed"), "{signed}");
    let [signature] = &site.signatures().await[..] else { panic!() };
    verify(&site.key, STATEMENT, &BASE64_STANDARD.decode(signature).unwrap()).unwrap();

    let replay = site.sign("258046", &token, "").await;
    assert!(replay.starts_with("HTTP/1.1 409") && replay.contains("already answered"), "{replay}");
    assert_eq!(site.signatures().await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_offered_for_signing_and_not_signed() {
    let site = site_with("{\"行\":12}".as_bytes()).await;
    let (zh, en) = (site.get("/").await, site.get("/?lang=en").await);
    assert!(
        zh.contains("本工作站不认识这种待签内容") && !zh.contains("核对无误") && zh.contains("拒签"),
        "{zh}"
    );
    assert!(en.contains("does not know this kind of statement") && !en.contains("Checked: sign"), "{en}");
    assert!(!zh.contains("旧手机"), "the server's own words are not shown");
    let refused = site.sign("258046", &site.token().await, "").await;
    assert!(refused.starts_with("HTTP/1.1 409") && refused.contains("nothing was signed"), "{refused}");
    assert_eq!(site.signatures().await, [] as [String; 0]);
}

#[tokio::test]
async fn nobody_else_can_sign() {
    let site = site().await;
    let token = site.token().await;
    let origin = "origin: https://elsewhere.example\r\n";
    let refusals = [
        ("a wrong token", site.sign("258046", "0", "").await, "403"),
        ("another site", site.sign("258046", &token, origin).await, "403"),
        ("cross-site", site.sign("258046", &token, "sec-fetch-site: cross-site\r\n").await, "403"),
        ("a wrong PIN", site.sign("000000", &token, "").await, "403"),
        ("too soon after a wrong PIN", site.sign("258046", &token, "").await, "429"),
    ];
    for (name, answer, code) in refusals {
        assert!(answer.starts_with(&format!("HTTP/1.1 {code}")), "{name}: {answer}");
    }
    assert_eq!(site.signatures().await, [] as [String; 0]);
    let page = site.get("/?lang=en").await;
    assert!(page.contains("Checked: sign"), "the request still waits");
}

#[tokio::test]
async fn declining_is_kept_with_its_reason() {
    let site = site().await;
    let token = site.token().await;
    let decline = async |reason: &str, pin: &str| {
        let body = format!("token={token}&reason={reason}&pin={pin}&lang=zh");
        site.ask(&format!("POST /decline/{}", site.request), "", &body).await
    };
    assert!(decline("++", "258046").await.starts_with("HTTP/1.1 400"));
    let reason = "%E6%95%B0%E9%87%8F%E4%B8%8D%E7%AC%A6";
    assert!(decline(reason, "000000").await.starts_with("HTTP/1.1 403"), "declining needs the PIN");
    site.bench.station.state.requests.set_wrong_pins(&key_id(&site.key), WrongPins::default()).await.unwrap();
    assert!(decline(reason, "258046").await.starts_with("HTTP/1.1 303"));
    let events = site.bench.events().await;
    let Observation::Declined { request, reason, key, signature } = &events[0].what else { panic!() };
    assert_eq!((*request, reason.as_str()), (site.request, "数量不符"));
    assert_eq!(key.as_deref(), Some(key_id(&site.key).as_str()));
    // Whoever was asked has signed the no, as they would have signed the yes.
    let der = BASE64_STANDARD.decode(signature.as_ref().unwrap()).unwrap();
    verify(&site.key, &declining(site.request, "数量不符"), &der).unwrap();
    let status = site.get("/status").await;
    assert!(status.contains("\"requests\":[]"), "{status}");
}
