//! Noise on the stations' line: whatever one of them sends, the others are answered, and it may dial in again.

use crate::{
    client::Client,
    station::{Station, dial, hello, scan, text},
    support::{ENGINES, TestApp, browser},
    twice::counter,
};
use futures_util::{SinkExt, StreamExt};
use hufu::{custody::city, ledger::Measure};
use hufu_wire::{
    FromStation,
    message::{Event, Verdict},
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// Says hello, then this; the server must end the line by itself.
async fn closed_after(address: SocketAddr, token: &str, messages: Vec<Message>) -> String {
    let mut socket = dial(address, token).await.unwrap();
    for message in messages {
        // The server may have hung up in the middle of it.
        if socket.send(message).await.is_err() {
            break;
        }
    }
    let ends = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return frame.reason.to_string(),
                Some(Ok(_)) => (),
                _ => return String::new(),
            }
        }
    };
    timeout(Duration::from_secs(5), ends).await.expect("the server goes on listening to noise")
}

/// The line as bytes: a proper opening, then whatever these are.
async fn raw(address: SocketAddr, token: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let opening = format!(
        "GET /station/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(opening.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 101");
    stream.write_all(bytes).await.unwrap();
    stream
}

fn event(number: u64) -> Message {
    text(&FromStation::Event(Event { number, observed_at: 1, what: scan("X") }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_and_half_frames_of_one_station_do_not_hurt_the_others() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let address = served.address;
        let case = test.case("A-1").await;
        let slots = &test.city.slots;
        let thing = test.lying(case, &[("手机", Measure::Piece, 1, slots[0])]).await.remove(0);
        let chen = Client::of(address, "chen").await;
        let (_, token) = counter(&test, &chen).await;
        let mut good = Station::new(address, &token);
        let (unit, page) = (test.city.police, "http://127.0.0.1:9");
        let (_, noisy) = city::add_station(&test.app, unit, "坏线", page).await.unwrap();

        // Half a frame, a frame that promises eighteen exabytes, and bytes of no frame at all; the lines stay open.
        let mut lines = Vec::new();
        for bytes in [
            &b"\x81\xFE\x01\x00abcdhalf"[..],
            b"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFabcd",
            b"\xFF\x00\xFF\x00garbage\r\n\r\n",
            b"",
        ] {
            lines.push(raw(address, &noisy, bytes).await);
        }
        let hello = || text(&hello());
        for (messages, reason) in [
            (vec![Message::text("{}")], "not a message"),
            (vec![Message::text("\u{0}\u{FFFF}")], "not a message"),
            (vec![Message::text("[".repeat(60_000))], "not a message"),
            (vec![Message::Binary(Bytes::from_static(b"\x00\x01"))], "text frames only"),
            (vec![event(1)], "hello"),
            (vec![hello(), hello()], "hello was said already"),
            (vec![hello(), event(0)], "numbered from 1"),
            (vec![hello(), event(u64::MAX)], "numbered from 1"),
            (vec![hello(), event(1), event(3)], "missing"),
            (vec![Message::text("x".repeat(1 << 20))], ""),
        ] {
            let said = closed_after(address, &noisy, messages).await;
            assert!(said.contains(reason), "{said} should speak of {reason}");
            // Meanwhile the counter works, at once.
            let since = Instant::now();
            assert_eq!(good.scan(&thing.code).await.unwrap().0, Verdict::Accepted);
            assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
        }
        assert!(dial(address, "wrong").await.is_none(), "a token that no station has opens nothing");
        drop(lines);
        // Event 1 of the noisy station was kept; it may dial in again and goes on behind it.
        let mut again = Station::new(address, &noisy);
        again.number = 1;
        assert!(again.scan("Y").await.is_some());
        drop(served);
        test.close().await;
    }
}
