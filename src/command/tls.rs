//! TLS on the server's own port, with the centre's certificate. A handshake takes as long as the other side likes, so each
//! is made on a task of its own and only finished ones are handed on.

use super::{connections::addresses::Addresses, sending::at_once};
use anyhow::Context;
use axum::serve::Listener;
use std::{io, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time::{sleep, timeout},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
    server::TlsStream,
};

/// How long a handshake may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// How many finished ones may wait to be served.
const WAITING: usize = 64;
/// Handshakes at a time, of all and of one address. Further ones wait in the system's queue; an address's are closed.
const MOST: usize = 1_024;
const EACH: usize = 64;

/// Connections whose handshake is done.
pub struct Tls {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl Tls {
    /// Listens with a certificate chain and its key (PEM). Refuses files that are not there or do not fit one another.
    pub fn listen(listener: TcpListener, certificate: &Path, key: &Path) -> anyhow::Result<Tls> {
        let unread = |path: &Path| format!("证书或密钥无法使用 cannot be used: {}", path.display());
        let chain: Result<Vec<CertificateDer>, _> =
            CertificateDer::pem_file_iter(certificate).with_context(|| unread(certificate))?.collect();
        let chain = chain.with_context(|| unread(certificate))?;
        let private = PrivateKeyDer::from_pem_file(key).with_context(|| unread(key))?;
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, private)
            .with_context(|| unread(certificate))?;
        let address = listener.local_addr()?;
        let (finished, ready) = mpsc::channel(WAITING);
        tokio::spawn(shake_hands(listener, TlsAcceptor::from(Arc::new(config)), finished));
        Ok(Tls { ready, address })
    }
}

async fn shake_hands(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    finished: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let (shaking, addresses) = (Arc::new(Semaphore::new(MOST)), Addresses::new(EACH));
    while !finished.is_closed() {
        let held = shaking.clone().acquire_owned().await;
        let (mut stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or the other side has gone already: the next one may do.
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        at_once(&mut stream);
        let Some(present) = addresses.enter(from.ip()) else {
            tracing::debug!(%from, "an address has too many handshakes");
            continue;
        };
        let (acceptor, finished) = (acceptor.clone(), finished.clone());
        tokio::spawn(async move {
            let shaken = timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await;
            drop((held, present));
            match shaken {
                // When the server is ending nobody waits for it any more.
                Ok(Ok(stream)) => drop(finished.send((stream, from)).await),
                Ok(Err(error)) => tracing::debug!(%error, %from, "no TLS"),
                Err(_elapsed) => tracing::debug!(%from, "a handshake took too long"),
            }
        });
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
