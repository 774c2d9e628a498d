//! A picture as scanner, over real HTTP: its codes are shown, those a person ticks are recorded, once.

use crate::support::{TestStation, bench};
use hufu_station::page;
use hufu_wire::message::Observation;
use image::{GrayImage, ImageFormat, Luma};
use std::io::Cursor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

struct Site {
    address: String,
    bench: TestStation,
}

async fn site() -> Site {
    let bench = bench().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(axum::serve(listener, page::router(bench.station.clone(), false)).into_future());
    Site { address, bench }
}

/// Codes side by side on white paper, as PNG.
fn picture(texts: &[&str]) -> Vec<u8> {
    let mut picture = GrayImage::from_pixel(260 * u32::try_from(texts.len()).unwrap(), 240, Luma([230]));
    for (at, text) in (0u32..).zip(texts) {
        let code = qrcode::QrCode::new(text).unwrap();
        let side = code.width();
        for (index, colour) in code.to_colors().into_iter().enumerate() {
            let (x, y) = (u32::try_from(index % side).unwrap(), u32::try_from(index / side).unwrap());
            let value = colour.select(30, 230);
            for (dx, dy) in (0..6).flat_map(|dy| (0..6).map(move |dx| (dx, dy))) {
                picture.put_pixel(at * 260 + 40 + x * 6 + dx, 40 + y * 6 + dy, Luma([value]));
            }
        }
    }
    let mut png = Vec::new();
    picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    png
}

impl Site {
    async fn ask(&self, head: &str, extra: &str, body: &[u8]) -> String {
        let request = format!(
            "{head} HTTP/1.1\r\nhost: {}\r\n{extra}content-length: {}\r\nconnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        // A refusal may come before everything was sent.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path}"), "", b"").await
    }

    async fn token(&self) -> String {
        let page = self.get("/picture").await;
        page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    async fn send(&self, token: &str, picture: &[u8], extra: &str) -> String {
        let mut body = Vec::new();
        for (name, value) in [("token", token.as_bytes()), ("lang", b"en"), ("picture", picture)] {
            let file = if name == "picture" { "; filename=\"shelf.jpg\"" } else { "" };
            body.extend(
                format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(),
            );
            body.extend(value);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let kind = format!("content-type: multipart/form-data; boundary=edge\r\n{extra}");
        self.ask("POST /picture", &kind, &body).await
    }

    async fn record(&self, path: &str, fields: &str) -> String {
        let kind = "content-type: application/x-www-form-urlencoded\r\n";
        self.ask(&format!("POST {path}/record"), kind, fields.as_bytes()).await
    }
}

#[tokio::test]
async fn the_ticked_codes_of_a_picture_are_recorded_once() {
    let site = site().await;
    let token = site.token().await;
    let texts = ["HF2026-000123-K7", "HF2026-000124-H2", "HF2026-000125-<b>"];
    let answer = site.send(&token, &picture(&texts), "").await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let path = answer.split("location: ").nth(1).unwrap().split('?').next().unwrap().to_owned();
    let page = site.get(&format!("{path}?lang=en")).await;
    for text in ["HF2026-000123-K7", "HF2026-000124-H2", "HF2026-000125-&lt;b&gt;", "drawn.jpg"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(site.get(&format!("{path}/drawn.jpg")).await.contains("image/jpeg"));
    assert_eq!(site.bench.scans().await, [] as [String; 0], "reading records nothing");

    assert!(site.record(&path, "token=forged&code=1").await.contains("400 Bad Request"));
    let nothing = site.record(&path, &format!("token={token}&lang=en")).await;
    assert!(nothing.contains("No code is ticked"), "{nothing}");
    let shown: Vec<usize> = texts.iter().map(|text| page.find(&text[..14]).unwrap()).collect();
    let mut order: Vec<usize> = (0..3).collect();
    order.sort_by_key(|at| shown[*at]);
    let ticked = format!("token={token}&lang=en&code=1&code=3");
    assert!(site.record(&path, &ticked).await.starts_with("HTTP/1.1 303"));
    let again = site.record(&path, &ticked).await;
    assert!(again.contains("recorded already"), "{again}");
    assert_eq!(site.bench.scans().await, [texts[order[0]], texts[order[2]]]);
    let events = site.bench.events().await;
    let Observation::Scan { device, symbology, .. } = &events[0].what else { panic!("{events:?}") };
    assert_eq!((device.as_str(), symbology.as_deref()), ("picture", Some("Q")));
}

#[tokio::test]
async fn a_script_is_told_each_code_as_it_comes() {
    let site = site().await;
    let token = site.token().await;
    let answer = site.send(&token, &picture(&["HF2026-000123-K7"]), "accept: application/x-ndjson\r\n").await;
    let code = answer.find(r#"{"kind":"QR","text":"HF2026-000123-K7"}"#);
    let result = answer.find(r#"{"result":"/picture/"#);
    assert!(code.is_some() && code < result, "{answer}");
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_words() {
    let site = site().await;
    let token = site.token().await;
    let whole = picture(&["HF2026-000123-K7"]);
    let table: [(&str, &str, Vec<u8>, &str); 4] = [
        ("a text", &token, b"not a picture".to_vec(), "not a whole PNG or JPEG picture"),
        ("cut off", &token, whole[..whole.len() / 2].to_vec(), "not a whole PNG or JPEG picture"),
        ("a forged form", "forged", whole, "out of date"),
        ("too long", &token, vec![0; (40 << 20) + 1], "larger than 40 MB"),
    ];
    for (name, token, bytes, sentence) in table {
        let answer = site.send(token, &bytes, "").await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains(sentence), "{name}: {answer}");
    }
    assert!(site.get("/picture/00000000-0000-0000-0000-000000000000").await.starts_with("HTTP/1.1 404"));
    assert_eq!(site.bench.scans().await, [] as [String; 0]);
}
