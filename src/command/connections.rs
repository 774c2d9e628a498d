//! Connections: how many there are, and how long one may take to say what it wants.

use axum::{Router, serve::Listener};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{fmt::Debug, sync::Arc, time::Duration};
use tokio::sync::{Semaphore, watch};

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Connections at a time. Further ones wait in the system's queue.
    pub(super) most: usize,
    /// From the end of one request to the end of the head of the next.
    pub(super) head: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { most: 4_096, head: Duration::from_secs(10) }
    }
}

/// Serves until `shutdown`, then lets requests that are being answered end.
pub(super) async fn serve<L: Listener<Addr: Debug>>(
    mut listener: L,
    service: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let connections = Arc::new(Semaphore::new(limits.most));
    let (ending, ends) = watch::channel(());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let next = async {
            let held = connections.clone().acquire_owned().await;
            (held, listener.accept().await)
        };
        let (held, (stream, from)) = tokio::select! {
            next = next => next,
            () = &mut shutdown => break,
        };
        let service = TowerToHyperService::new(service.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut ends = ends.clone();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = ends.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, ?from, "a connection ended");
            }
            drop(held);
        });
    }
    drop(listener);
    ending.send(())?;
    let all = u32::try_from(limits.most)?;
    drop(connections.acquire_many(all).await);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    async fn served(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = Router::new().route("/", axum::routing::get(|| async { "here" }));
        tokio::spawn(async move { serve(listener, service, limits, std::future::pending()).await });
        address
    }

    async fn rest(mut stream: TcpStream) -> String {
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said
    }

    #[tokio::test]
    async fn half_a_request_does_not_hold_its_connection_for_ever() {
        let address = served(Limits { head: Duration::from_millis(50), ..Limits::default() }).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        silent.write_all(b"GET / HTTP/1.1\r\nHost: hufu.test\r\nX-Slow: ").await.unwrap();
        assert!(!rest(silent).await.contains("here"), "ended by the server");
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: hufu.test\r\n\r\n").await.unwrap();
        assert!(rest(idle).await.ends_with("here"), "answered, then ended");
    }

    #[tokio::test]
    async fn one_connection_more_waits_for_another_to_end() {
        let address = served(Limits { most: 2, ..Limits::default() }).await;
        let held = [TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
        let mut third = TcpStream::connect(address).await.unwrap();
        third.write_all(b"GET / HTTP/1.0\r\nHost: hufu.test\r\n\r\n").await.unwrap();
        let mut byte = [0];
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(third.try_read(&mut byte).is_err(), "nobody has answered it yet");
        drop(held);
        assert!(rest(third).await.ends_with("here"));
    }
}
