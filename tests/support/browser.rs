//! A visitor at the server's pages: keeps cookies, sends forms, follows nothing by itself.

use axum::serve::ListenerExt;
use hufu::{
    app::App,
    command::{sending, serve},
};
use std::{collections::BTreeMap, net::SocketAddr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// A served app; dropped, it ends.
pub struct Served {
    pub address: SocketAddr,
    _end: oneshot::Sender<()>,
}

/// Serves the app's pages on a free port.
pub async fn serve(app: &App) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = serve::router(app.clone()).unwrap();
    let (end, ended) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let shutdown = async move { drop(ended.await) };
        axum::serve(listener.tap_io(sending::at_once), router)
            .with_graceful_shutdown(shutdown)
            .await
            .unwrap();
    });
    Served { address, _end: end }
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

/// One person's browser.
pub struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(served: &Served) -> Browser {
        Browser { address: served.address, cookies: BTreeMap::new() }
    }

    /// A browser in which somebody is logged in.
    pub async fn logged_in(served: &Served, login: &str) -> Browser {
        let mut browser = Browser::new(served);
        let form = browser.get("/login").await;
        let csrf = csrf(&form.body);
        let fields =
            [("csrf", csrf.as_str()), ("name", login), ("password", super::city::PASSWORD), ("back", "/")];
        let answer = browser.send("/login", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.request(&format!("GET {path} HTTP/1.0\r\n"), "", &[]).await
    }

    /// As a page asks for a picture on it.
    pub async fn picture(&mut self, path: &str) -> Answer {
        self.request(&format!("GET {path} HTTP/1.0\r\nAccept: image/webp,image/*,*/*;q=0.8\r\n"), "", &[])
            .await
    }

    /// Sends a form as it is.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let body = pairs.join("&");
        self.request(
            &format!("POST {path} HTTP/1.0\r\n"),
            "application/x-www-form-urlencoded",
            body.as_bytes(),
        )
        .await
    }

    /// Sends a form with the token of the page it stands on.
    pub async fn post(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = csrf(&self.get(page).await.body);
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.send(path, &all).await
    }

    /// Sends a form with a file.
    pub async fn upload(
        &mut self,
        page: &str,
        fields: &[(&str, &str)],
        name: &str,
        content: &[u8],
    ) -> Answer {
        self.upload_from(page, page.split('?').next().unwrap(), fields, name, content).await
    }

    /// Sends a form of one page with a file to another address; in a second place for a file none was chosen.
    pub async fn upload_from(
        &mut self,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
        name: &str,
        content: &[u8],
    ) -> Answer {
        let token = csrf(&self.get(page).await.body);
        let mut body = Vec::new();
        for (field, value) in [("csrf", token.as_str())].iter().chain(fields) {
            let part =
                format!("--tiger\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head =
            format!("--tiger\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(
            b"\r\n--tiger\r\nContent-Disposition: form-data; name=\"other\"; filename=\"\"\r\n\r\n\r\n--tiger--\r\n",
        );
        self.request(&format!("POST {path} HTTP/1.0\r\n"), "multipart/form-data; boundary=tiger", &body).await
    }

    async fn request(&mut self, first: &str, media_type: &str, body: &[u8]) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut head = format!("{first}Host: hufu.test\r\nCookie: {}\r\n", cookies.join("; "));
        if !media_type.is_empty() {
            head.push_str(&format!("Content-Type: {media_type}\r\nContent-Length: {}\r\n", body.len()));
        }
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw).await.unwrap();
        let text = String::from_utf8_lossy(&raw).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut location = String::new();
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name.to_ascii_lowercase().as_str() {
                "location" => value.clone_into(&mut location),
                "set-cookie" => {
                    let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
                _ => (),
            }
        }
        // Pages write a slash in an attribute as a reference, as browsers read it.
        Answer { status, location, body: body.replace("&#x2f;", "/") }
    }
}

pub fn csrf(body: &str) -> String {
    let (_, rest) = body.split_once("name=\"csrf\" value=\"").unwrap_or(("", "\""));
    rest.split('"').next().unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
