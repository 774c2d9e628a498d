//! A page and its live events, as a browser of somebody who is logged in asks for them.

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// Where the server is, and the session.
pub struct Visitor {
    pub address: std::net::SocketAddr,
    pub cookie: String,
}

/// The open stream of live events.
pub struct Events {
    lines: BufReader<TcpStream>,
}

impl Visitor {
    async fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head =
            format!("GET {path} HTTP/1.0\r\nHost: hufu.test\r\nCookie: hufu_session={}\r\n\r\n", self.cookie);
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    /// The whole page. Anything but the page is a fault.
    pub async fn read(&self, path: &str) -> String {
        let mut page = String::new();
        self.ask(path).await.read_to_string(&mut page).await.unwrap();
        assert_eq!(page.split(' ').nth(1), Some("200"), "{page}");
        page
    }

    pub async fn live(&self) -> Events {
        let mut lines = BufReader::new(self.ask("/live").await);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            lines.read_line(&mut line).await.unwrap();
        }
        Events { lines }
    }
}

impl Events {
    /// Reads on until this event, and answers with its data.
    pub async fn until(&mut self, event: &str) -> String {
        let mut found = false;
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).await.unwrap() > 0, "the stream ended");
            match line.trim_end().split_once(": ") {
                Some(("event", name)) => found = name == event,
                Some(("data", data)) if found => return data.to_owned(),
                _ => (),
            }
        }
    }
}
