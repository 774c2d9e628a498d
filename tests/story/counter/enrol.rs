//! A station becomes known by a one-time code, proves itself with its own key on every connection, signs every event, and
//! is shut out at once.

use super::{
    scene::Scene,
    socket::{Socket, hear, hello, say, serve},
};
use crate::support::{ENGINES, TestApp};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    clock::Span,
    custody::{access::machine, city, enrol},
    id::StationId,
    store::stations,
};
use hufu_station::{config::Config, identity::Identity, station, sync};
use hufu_wire::{
    FromServer, FromStation,
    message::{Event, Observation, REVOKED},
    proof,
    signature::SecretKey,
};
use std::time::Duration;
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

const NAME: &str = "新窗口";

async fn dial(address: &str, says: &str) -> (Socket, String) {
    let mut request = address.into_client_request().unwrap();
    request.headers_mut().insert("authorization", says.parse().unwrap());
    let mut socket = connect_async(request).await.unwrap().0;
    match hear(&mut socket).await {
        Ok(FromServer::Challenge { nonce }) => (socket, nonce),
        other => panic!("{other:?}"),
    }
}

fn signed(key: &SecretKey, bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(key.sign(&mut SysRng, bytes).unwrap())
}

/// Brings a code; answers with what the server said.
async fn bring(address: &str, code: &str, key: &SecretKey, by: &SecretKey) -> Result<FromServer, String> {
    let (mut socket, nonce) = dial(address, "Enrol").await;
    let public = key.public_key().to_pem().to_owned();
    let signature = signed(by, &proof::enrolling(code, &public, &nonce));
    say(&mut socket, &FromStation::Enrol { code: code.to_owned(), key: public, signature }).await;
    hear(&mut socket).await
}

async fn new_station(t: &TestApp) -> StationId {
    enrol::add(&t.app, &machine(), (t.person("lin").await.unit, NAME, "http://127.0.0.1:7717"))
        .await
        .unwrap()
        .0
}

/// A new key for the station, enrolled with a new code.
async fn enrolled(t: &TestApp, address: &str) -> SecretKey {
    let key = SecretKey::generate(&mut SysRng).unwrap();
    let (code, _) = enrol::invite(&t.app, &machine(), NAME).await.unwrap();
    bring(address, &code, &key, &key).await.unwrap();
    key
}

/// Dialled, proven and greeted.
async fn greeted(address: &str, id: StationId, key: &SecretKey) -> Result<Socket, String> {
    let (mut socket, nonce) = dial(address, &format!("Station {}", id.0)).await;
    let signature = signed(key, &proof::dialling(id.0, &nonce));
    say(&mut socket, &FromStation::Prove { signature }).await;
    say(&mut socket, &hello(Vec::new())).await;
    match hear(&mut socket).await? {
        FromServer::Welcome { station, .. } => assert_eq!(station, id.0),
        other => panic!("{other:?}"),
    }
    assert!(matches!(hear(&mut socket).await?, FromServer::Acknowledge { .. }));
    Ok(socket)
}

fn scan(number: u64) -> Event {
    let what =
        Observation::Scan { device: "scanner".into(), text: "W26-1".into(), symbology: None, repeat: false };
    Event { number, observed_at: 7, what }
}

fn event(id: StationId, key: &SecretKey, event: &Event) -> FromStation {
    let text = serde_json::to_string(event).unwrap();
    let signature = signed(key, &proof::event(id.0, &text));
    FromStation::Signed(hufu_wire::message::SignedEvent { text, signature })
}

#[tokio::test]
async fn a_code_is_good_once_for_a_day_and_for_the_key_that_signed() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (t, address) = (&it.t, serve(&it).await);
        let id = new_station(t).await;
        let [key, other] = [(); 2].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        let (code, _) = enrol::invite(&t.app, &machine(), NAME).await.unwrap();
        assert!(bring(&address, "2222-2222-2222-2222", &key, &key).await.unwrap_err().contains("登记码"));
        assert!(bring(&address, &code, &key, &other).await.is_err(), "the key must sign for itself");
        // Small letters and spaces say nothing.
        let typed = code.to_lowercase().replace('-', " ");
        let said = bring(&address, &typed, &key, &key).await.unwrap();
        assert_eq!(said, FromServer::Enrolled { station: id.0, name: NAME.to_owned() });
        assert!(bring(&address, &code, &other, &other).await.is_err(), "a code is good once");

        let (late, _) = enrol::invite(&t.app, &machine(), NAME).await.unwrap();
        t.app.clock.advance(Span::hours(25));
        assert!(bring(&address, &late, &other, &other).await.is_err(), "and for a day");
        let (first, _) = enrol::invite(&t.app, &machine(), NAME).await.unwrap();
        enrol::invite(&t.app, &machine(), NAME).await.unwrap();
        assert!(bring(&address, &first, &other, &other).await.is_err(), "a newer code ends an older one");
        it.t.close().await;
    }
}

#[tokio::test]
async fn an_enrolled_station_proves_itself_and_signs_what_it_says() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (t, address) = (&it.t, serve(&it).await);
        let id = new_station(t).await;
        let key = enrolled(t, &address).await;
        let other = SecretKey::generate(&mut SysRng).unwrap();

        // Somebody else's key, and a proof that was overheard on another connection.
        assert!(greeted(&address, id, &other).await.unwrap_err().contains(REVOKED));
        let (mut one, nonce) = dial(&address, &format!("Station {}", id.0)).await;
        let overheard = FromStation::Prove { signature: signed(&key, &proof::dialling(id.0, &nonce)) };
        let (mut two, _) = dial(&address, &format!("Station {}", id.0)).await;
        say(&mut two, &overheard).await;
        assert!(hear(&mut two).await.unwrap_err().contains(REVOKED));
        say(&mut one, &overheard).await;
        say(&mut one, &hello(Vec::new())).await;
        assert!(matches!(hear(&mut one).await, Ok(FromServer::Welcome { .. })));

        let mut socket = greeted(&address, id, &key).await.unwrap();
        say(&mut socket, &event(id, &key, &scan(1))).await;
        assert_eq!(hear(&mut socket).await, Ok(FromServer::Acknowledge { up_to: 1 }));
        // Not signed, signed by another, and changed after it was signed.
        let mut changed = event(id, &key, &scan(2));
        let FromStation::Signed(spoilt) = &mut changed else { panic!() };
        spoilt.text = spoilt.text.replace("W26-1", "W26-2");
        for wrong in [FromStation::Event(scan(2)), event(id, &other, &scan(2)), changed] {
            let mut socket = greeted(&address, id, &key).await.unwrap();
            say(&mut socket, &wrong).await;
            let said = hear(&mut socket).await.unwrap_err();
            assert!(said.contains("sign"), "{said}");
        }
        let mut tx = t.app.db.read().await.unwrap();
        assert_eq!(stations::last_event(&mut tx, id).await.unwrap(), 1);
        drop(tx);
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_revoked_station_is_shut_out_at_once_and_a_new_code_brings_it_back() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (t, address) = (&it.t, serve(&it).await);
        let id = new_station(t).await;
        let key = enrolled(t, &address).await;
        let mut socket = greeted(&address, id, &key).await.unwrap();
        enrol::revoke(&t.app, &machine(), NAME, "设备丢失").await.unwrap();
        // Its next event is not kept.
        say(&mut socket, &event(id, &key, &scan(1))).await;
        assert!(hear(&mut socket).await.is_err());
        assert!(greeted(&address, id, &key).await.unwrap_err().contains(REVOKED));
        let mut tx = t.app.db.read().await.unwrap();
        assert_eq!(stations::last_event(&mut tx, id).await.unwrap(), 0);
        drop(tx);
        let (code, _) = enrol::invite(&t.app, &machine(), NAME).await.unwrap();
        bring(&address, &code, &key, &key).await.unwrap();
        let mut idle = greeted(&address, id, &key).await.unwrap();
        // One that says nothing is cut off all the same.
        enrol::revoke(&t.app, &machine(), NAME, "设备丢失").await.unwrap();
        assert!(hear(&mut idle).await.unwrap_err().contains(REVOKED));
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_real_station_enrols_records_off_line_and_tells_it_under_its_signature() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (t, address) = (&it.t, serve(&it).await);
        let id = new_station(t).await;
        let (code, _) = enrol::invite(&t.app, &machine(), NAME).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("device.json");
        sync::enrol(&address, None, &code, &file).await.unwrap();
        assert!(sync::enrol(&address, None, &code, &file).await.is_err(), "who one is is never written over");
        assert_eq!(Identity::read(&file).unwrap().station, id.0);

        let server = address.trim_end_matches("/station/ws");
        let text =
            format!("name = \"x\"\nserver = \"{server}\"\nenrolled = \"device.json\"\ndata = \"data\"");
        let config = Config::parse(&text, folder.path()).unwrap();
        let station = station::start(&config).await.unwrap();
        let seen = hufu_station::state::NewEvent { at: 7, what: scan(1).what };
        station.state.events.record(&[seen.clone(), seen]).await.unwrap();
        for _ in 0..500 {
            if station.state.events.numbers().await.unwrap().acknowledged == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(station.state.events.numbers().await.unwrap().acknowledged, 2);
        drop(station);
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_station_with_a_token_is_heard_until_it_is_enrolled() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let (t, address) = (&it.t, serve(&it).await);
        let (_, token) = city::add_station(&t.app, t.person("lin").await.unit, NAME, "").await.unwrap();
        super::socket::dial(&address, &token).await.unwrap();
        enrolled(t, &address).await;
        assert!(super::socket::dial(&address, &token).await.is_err(), "the secret ends with the enrolment");
        it.t.close().await;
    }
}

fn openssl(folder: &std::path::Path, arguments: &str) {
    let done = std::process::Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
    let done = done.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn over_tls_only_the_pinned_authority_is_believed() {
    let it = Scene::new(crate::support::Engine::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for ca in ["ours", "other"] {
        openssl(
            folder.path(),
            &format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={ca} -keyout {ca}.key -out {ca}.pem"
            ),
        );
    }
    std::fs::write(at("names"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    openssl(folder.path(), "req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr");
    openssl(
        folder.path(),
        "x509 -req -in server.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2 -extfile names -out server.pem",
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("wss://{}/station/ws", listener.local_addr().unwrap());
    let tls = hufu::command::tls::Tls::listen(listener, &at("server.pem"), &at("server.key")).unwrap();
    let service = hufu::api::station::router(it.t.app.clone());
    tokio::spawn(async move { axum::serve(tls, service).await.unwrap() });

    new_station(&it.t).await;
    let (code, _) = enrol::invite(&it.t.app, &machine(), NAME).await.unwrap();
    let file = at("device.json");
    // A connection that never speaks holds up nobody.
    let _mute = tokio::net::TcpStream::connect(address.split('/').nth(2).unwrap()).await.unwrap();
    assert!(sync::enrol(&address, Some(&at("other.pem")), &code, &file).await.is_err());
    assert!(!file.exists(), "nothing is told to a server that is not believed");
    sync::enrol(&address, Some(&at("ours.pem")), &code, &file).await.unwrap();
    it.t.close().await;
}
