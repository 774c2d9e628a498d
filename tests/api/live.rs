//! Live events through a reverse proxy that passes nothing on before an answer is whole.

use crate::support::{
    Engine, TestApp,
    browser::{Served, serve},
    city::PASSWORD,
};
use hufu::{custody::login, language::Language, live::News};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

/// A page may wait this long until it hears, or knows that it does not.
const SOON: Duration = Duration::from_secs(5);

/// Takes a request, asks the server, and answers when it has all of the answer.
async fn buffering(served: &Served) -> SocketAddr {
    let (listener, server) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), served.address);
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut page, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = vec![0; 4_096];
                let read = page.read(&mut asked).await.unwrap();
                let mut to_server = TcpStream::connect(server).await.unwrap();
                to_server.write_all(&asked[..read]).await.unwrap();
                let mut answer = Vec::new();
                to_server.read_to_end(&mut answer).await.unwrap();
                page.write_all(&answer).await.unwrap_or_default();
            });
        }
    });
    address
}

/// What comes until these words have come, the answer has ended, or the patience.
async fn heard(at: SocketAddr, path: &str, token: &str, until: &str) -> (String, Duration) {
    let since = Instant::now();
    let mut stream = TcpStream::connect(at).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: hufu\r\nCookie: hufu_session={token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut text, mut part) = (String::new(), [0; 4_096]);
    while !text.contains(until) && since.elapsed() < SOON {
        match timeout(SOON.saturating_sub(since.elapsed()), stream.read(&mut part)).await {
            Ok(Ok(read)) if read > 0 => text.push_str(&String::from_utf8_lossy(&part[..read])),
            _ => break,
        }
    }
    (text, since.elapsed())
}

#[tokio::test]
async fn a_page_hears_through_a_proxy_that_holds_answers_back() {
    let test = TestApp::new(Engine::Sqlite).await;
    let served = serve(&test.app).await;
    let proxy = buffering(&served).await;
    let token = login::log_in(&test.app, "zhang", PASSWORD, Language::Zh).await.unwrap();

    // A line says of itself that it is not to be held back, and beats so that a page knows.
    let (line, took) = heard(served.address, "/live", &token, "event: beat").await;
    for words in ["text/event-stream", "x-accel-buffering: no", "no-transform", "event: hello", "event: beat"]
    {
        assert!(line.contains(words), "{words}: {line}");
    }
    assert!(took < SOON, "{took:?}");
    let (line, _) = heard(proxy, "/live", &token, "event: beat").await;
    assert_eq!(line, "", "this proxy passes no line on");

    // A short answer ends with the first news.
    let live = test.app.live.clone();
    let asked = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        live.tell(News::Entry(1));
    });
    let (news, took) = heard(proxy, "/live?short=true", &token, "ledger").await;
    asked.await.unwrap();
    assert!(
        news.contains("event: hello") && news.contains("retry: 100") && news.contains("ledger"),
        "{news}"
    );
    assert!(took < Duration::from_secs(2), "{took:?}");
    // Without news it ends as well, and is asked for again.
    let (news, took) = heard(proxy, "/live?short=true", &token, "event: hello").await;
    assert!(news.contains("event: hello") && !news.contains("event: change"), "{news}");
    assert!(took > Duration::from_secs(3) && took < SOON, "{took:?}");
    // None of them is counted any more.
    for _ in 0..6 {
        heard(served.address, "/live", &token, "event: hello").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(served);
    test.close().await;
}
