//! A program that calls the API over TCP, one connection a request, and knows the difference between "no" and silence.

use crate::support::city::PASSWORD;
use serde_json::{Value, json};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

/// A server that is being started again answers within this time, also to somebody whose long request was cut off by one kill
/// after the other.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// What the server answered, whole.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.is_ok(), "{}: {}", self.status, self.body);
        self.body
    }

    /// The code of a refusal, which has a sentence and a remedy.
    #[track_caller]
    pub(crate) fn refusal(&self) -> &str {
        let error = &self.body["error"];
        for word in ["sentence", "remedy"] {
            assert!(!error[word].as_str().unwrap_or_default().is_empty(), "{}: {}", self.status, self.body);
        }
        error["code"].as_str().unwrap()
    }
}

/// Somebody who is logged in.
#[derive(Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    token: String,
    /// Takes «not kept» and «not known» for silence, and asks again.
    patient: bool,
}

impl Client {
    pub(crate) async fn of(address: SocketAddr, login: &str) -> Client {
        Client::stranger(address).logged_in(login).await
    }

    /// Somebody who asks again while the database is away.
    pub(crate) async fn patient(address: SocketAddr, login: &str) -> Client {
        Client { patient: true, ..Client::stranger(address) }.logged_in(login).await
    }

    pub(crate) fn stranger(address: SocketAddr) -> Client {
        Client { address, token: String::new(), patient: false }
    }

    async fn logged_in(self, login: &str) -> Client {
        let asked = json!({"login": login, "password": PASSWORD});
        let opened = self.post("/api/v1/sessions", asked).await.ok();
        Client { token: opened["token"].as_str().unwrap().to_owned(), ..self }
    }

    /// One request. An error is silence: the server may have done it, or not.
    pub(crate) async fn once(
        &self,
        method: &str,
        path: &str,
        key: Option<Uuid>,
        body: Option<&Value>,
    ) -> io::Result<Answer> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: hufu.test\r\nConnection: close\r\n");
        head += &format!("Authorization: Bearer {}\r\nContent-Length: {}\r\n", self.token, body.len());
        if !body.is_empty() {
            head += "Content-Type: application/json\r\n";
        }
        if let Some(key) = key {
            head += &format!("Idempotency-Key: {key}\r\n");
        }
        let mut raw = Vec::new();
        let talk = async {
            let mut stream = TcpStream::connect(self.address).await?;
            stream.write_all(format!("{head}\r\n{body}").as_bytes()).await?;
            stream.read_to_end(&mut raw).await
        };
        timeout(Duration::from_secs(30), talk).await??;
        whole(&raw).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
    }

    /// Asks again until there is an answer, as a good program does while its server is being started again.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        key: Option<Uuid>,
        body: Option<&Value>,
    ) -> Answer {
        let since = Instant::now();
        loop {
            match self.once(method, path, key, body).await {
                // An attempt to log in that a kill cut off counts as a failed one.
                Ok(answer)
                    if self.patient
                        && ([500, 503].contains(&answer.status)
                            || (answer.status == 409 && answer.refusal() == "login_locked")) =>
                {
                    let code = answer.refusal();
                    let later = [
                        "not_kept",
                        "disk_full",
                        "not_known",
                        "door_busy",
                        "took_too_long",
                        "server_busy",
                        "login_locked",
                    ];
                    assert!(later.contains(&code), "{method} {path}: {answer:?}");
                    assert!(since.elapsed() < PATIENCE, "{method} {path}: {answer:?}");
                }
                Ok(answer) => return answer,
                Err(error) => assert!(since.elapsed() < PATIENCE, "{method} {path}: {error}"),
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, None, Some(&body)).await
    }

    /// Under a key: however often it is asked, it is recorded once.
    pub(crate) async fn post_once(&self, path: &str, key: Uuid, body: Value) -> Answer {
        self.call("POST", path, Some(key), Some(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, None, Some(&body)).await
    }
}

/// The answer, if all of it came.
fn whole(raw: &[u8]) -> Option<Answer> {
    let at = raw.windows(4).position(|it| it == b"\r\n\r\n")?;
    let (head, body) = (String::from_utf8_lossy(&raw[..at]).to_ascii_lowercase(), &raw[at + 4..]);
    let status: u16 = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    match length {
        None if status == 204 => Some(Answer { status, body: Value::Null }),
        Some(length) if length == body.len() => {
            Some(Answer { status, body: serde_json::from_slice(body).unwrap_or_default() })
        }
        _ => None,
    }
}
