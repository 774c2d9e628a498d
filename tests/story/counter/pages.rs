//! The counter's pages over HTTP, in both languages, as a browser without scripts sees them.

use super::scene::{CASH, DRUG, PHONES, Scene};
use crate::support::{ENGINES, Engine};
use hufu::custody::login;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub struct Browser {
    pub address: String,
    cookie: String,
    csrf: String,
}

impl Browser {
    pub async fn open(it: &Scene) -> Browser {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let service = hufu::command::serve::router(it.t.app.clone()).unwrap();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        let session = login::session(&it.t.app, &it.cookie).await.unwrap().unwrap();
        Browser { address, cookie: it.cookie.clone(), csrf: session.csrf }
    }

    async fn ask(&self, request: &[u8]) -> (u16, String, Vec<u8>) {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        socket.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        (head[9..12].parse().unwrap(), head, answer[end + 4..].to_vec())
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let Browser { address, cookie, .. } = self;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: hufu_session={cookie}\r\nConnection: close\r\n\r\n"
        );
        let (status, _, body) = self.ask(request.as_bytes()).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let body: Vec<String> = [("csrf", self.csrf.as_str())]
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("{name}={}", hufu::web::error_page::encoded(value)))
            .collect();
        self.send(path, "application/x-www-form-urlencoded", body.join("&").as_bytes()).await
    }

    async fn send(&self, path: &str, kind: &str, body: &[u8]) -> (u16, String, String) {
        let Browser { address, cookie, .. } = self;
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nCookie: hufu_session={cookie}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        let (status, head, body) = self.ask(&[head.as_bytes(), body].concat()).await;
        (status, head, String::from_utf8_lossy(&body).into_owned())
    }
}

#[tokio::test]
async fn the_pages_lead_from_the_expected_case_to_the_receipt() {
    for engine in ENGINES {
        let mut it = Scene::new(engine).await;
        let browser = Browser::open(&it).await;
        for language in ["en", "zh"] {
            browser.get(&format!("/language?to={language}&back=/counter")).await;
            let (status, page) = browser.get("/counter").await;
            assert_eq!(status, 200, "{page}");
            assert!(page.contains("江公（刑）立字〔2026〕1号") && page.len() < 60_000, "{}", page.len());
            let (status, page) = browser.get(&format!("/counter/{}", it.case)).await;
            assert_eq!(status, 200, "{page}");
        }
        let case = format!("/counter/{}", it.case);
        let zhang = it.t.person("zhang").await.id.to_string();
        let form = [("delivered_by", zhang.as_str()), ("print_on_pick", "yes")];
        assert_eq!(browser.post(&format!("{case}/open"), &form).await.0, 303);
        let (phones, cash) = (it.items[PHONES].to_string(), it.items[CASH].to_string());
        let (status, _, page) = browser
            .post(&format!("{case}/short"), &[("item", &phones), ("quantity", "三"), ("reason", "在检验")])
            .await;
        assert_eq!(status, 422);
        assert!(page.contains("value=\"三\"") && page.contains("在检验"), "the form is as it was");
        assert_eq!(
            browser.post(&format!("{case}/seal"), &[("item", &phones), ("seal", "F2026-9")]).await.0,
            303
        );
        let part = |name: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = "--x\r\nContent-Disposition: form-data; name=\"photograph\"; filename=\"a.png\"\r\n\r\n";
        let png = &crate::support::jpeg(&[1])[..];
        let body = [
            part("csrf", &browser.csrf).as_bytes(),
            part("item", &phones).as_bytes(),
            file.as_bytes(),
            png,
            b"\r\n--x--\r\n",
        ]
        .concat();
        let sent = browser.send(&format!("{case}/photo"), "multipart/form-data; boundary=x", &body).await;
        assert_eq!(sent.0, 303, "{}", sent.2);
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        for language in ["en", "zh"] {
            browser.get(&format!("/language?to={language}&back=/counter")).await;
            let (_, page) = browser.get(&case).await;
            assert!(
                page.contains("F2026-9") && page.contains("/photographs/") && page.len() < 60_000,
                "{page}"
            );
        }
        let (status, label) = browser.get(&format!("/counter/label/{phones}")).await;
        assert!(status == 200 && label.contains("PNG"));
        let slot = it.t.city.slots[0].to_string();
        let wish =
            [("item", phones.as_str()), ("slot", &slot), ("request", "00000000-0000-0000-0000-00000000f00d")];
        let (status, head, _) = browser.post(&format!("{case}/receive"), &wish).await;
        let seq = head.split("?done=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        assert_eq!(status, 303);
        let again = browser.post(&format!("{case}/receive"), &wish).await;
        assert!(again.1.contains(&format!("?done={seq}")), "a second click is the same event");
        assert_eq!(it.in_hand().await, Some(DRUG));
        let (status, paper) = browser.get(&format!("/papers/{seq}")).await;
        assert!(status == 200 && paper.starts_with("%PDF"));
        assert_eq!(browser.get("/papers/1").await.0, 404, "a seizure makes no paper here");
        let (status, _, page) =
            browser.post(&format!("{case}/receive"), &[("item", &cash), ("slot", &slot)]).await;
        assert!(status == 409 && page.contains("标签没有回扫"), "{status}");
        let foreign = Browser { csrf: "x".to_owned(), ..browser };
        assert_eq!(foreign.post(&format!("{case}/close"), &[]).await.0, 403);
        it.t.close().await;
    }
}

#[tokio::test]
async fn an_officer_finds_no_counter() {
    let mut it = Scene::open(Engine::Sqlite).await;
    it.cookie =
        login::log_in(&it.t.app, "zhang", crate::support::city::PASSWORD, hufu::language::Language::Zh)
            .await
            .unwrap();
    let browser = Browser::open(&it).await;
    assert_eq!(browser.get("/counter").await.0, 403);
    assert_eq!(browser.get(&format!("/counter/{}", it.case)).await.0, 403);
    assert_eq!(
        browser
            .post(&format!("/counter/{}/weigh", it.case), &[("item", &it.items[PHONES].to_string())])
            .await
            .0,
        403
    );
    it.t.close().await;
}
