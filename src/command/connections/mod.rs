//! Connections: how many there are, how long one may take to say what it wants, and to take the answer.

pub(super) mod addresses;
mod attended;

use crate::custody::login::Address;
use addresses::{Addresses, network};
use attended::Attended;
use axum::{Router, serve::Listener};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::{Semaphore, watch};

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Connections at a time. Further ones wait in the system's queue.
    pub(super) most: usize,
    /// Connections of one address at a time. Further ones are closed.
    pub(super) each: usize,
    /// From the end of one request to the end of the head of the next.
    pub(super) head: Duration,
    /// How long the other side may take nothing of its answer.
    pub(super) taking: Duration,
}

/// The longest head of a request: address and headers.
const HEAD_MAX: usize = 16 << 10;
/// What is read ahead of a request, and collected of an answer, before the other side has taken some.
const BUFFER_MAX: usize = 64 << 10;

impl Default for Limits {
    fn default() -> Limits {
        Limits { most: 4_096, each: 512, head: Duration::from_secs(10), taking: Duration::from_secs(30) }
    }
}

/// Serves until `shutdown`, then lets requests that are being answered end.
pub(super) async fn serve<L: Listener<Addr = SocketAddr>>(
    mut listener: L,
    service: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let connections = Arc::new(Semaphore::new(limits.most));
    let (ending, ends) = watch::channel(());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    http.max_header_size(HEAD_MAX).max_buf_size(BUFFER_MAX);
    let addresses = Addresses::new(limits.each);
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
        let Some(present) = addresses.enter(from.ip()) else {
            tracing::debug!(%from, "an address has too many connections");
            continue;
        };
        let service = TowerToHyperService::new(service.clone());
        let address = Address(network(from.ip()));
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(address);
            service.call(request)
        });
        let stream = TokioIo::new(Attended::new(stream, limits.taking));
        let connection = http.serve_connection(stream, service).with_upgrades();
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
            drop((held, present));
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
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    async fn served(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let large = || async { vec![0_u8; 64 << 20] };
        let service = Router::new()
            .route("/", axum::routing::get(|| async { "here" }))
            .route("/large", axum::routing::get(large));
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
    async fn who_does_not_take_the_answer_is_left() {
        let limits = Limits { most: 1, taking: Duration::from_millis(200), ..Limits::default() };
        let address = served(limits).await;
        let mut deaf = TcpStream::connect(address).await.unwrap();
        deaf.write_all("GET /large HTTP/1.1\r\nHost: hufu.test\r\n\r\n".as_bytes()).await.unwrap();
        let mut next = TcpStream::connect(address).await.unwrap();
        next.write_all(b"GET / HTTP/1.0\r\nHost: hufu.test\r\n\r\n").await.unwrap();
        assert!(rest(next).await.ends_with("here"), "the only place is free again");
        drop(deaf);
    }

    #[tokio::test]
    async fn a_long_head_is_not_read() {
        let address = served(Limits::default()).await;
        let mut long = TcpStream::connect(address).await.unwrap();
        let head = format!("GET / HTTP/1.1\r\nHost: hufu.test\r\nX-Long: {}", "a".repeat(HEAD_MAX));
        long.write_all(head.as_bytes()).await.unwrap();
        assert!(rest(long).await.starts_with("HTTP/1.1 431"), "refused before its end has come");
    }

    #[tokio::test]
    async fn one_address_does_not_take_every_connection() {
        let address = served(Limits { each: 2, ..Limits::default() }).await;
        let held = [TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
        assert_eq!(rest(TcpStream::connect(address).await.unwrap()).await, "", "closed");
        drop(held);
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
