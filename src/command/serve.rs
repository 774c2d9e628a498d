//! `hufu serve`: pages, API and stations on one address.

use super::{
    Database, Files,
    connections::{self, Limits},
    say,
    sending::at_once,
    tls::Tls,
};
use crate::{
    api,
    app::{App, idle::Idle},
    clock::Span,
    custody, jobs,
    language::Language,
    store::{self, clock_watch},
    web::{self, Web, render::Pages},
};
use anyhow::Context;
use axum::{
    Router,
    http::{Uri, uri::InvalidUri},
    serve::{Listener, ListenerExt},
};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::oneshot,
};

/// Serve the pages, the API and the stations
#[derive(Clone, Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    files: Files,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How others reach this server; printed on papers and used for cookies
    #[arg(long, value_name = "URL", value_parser = web_address)]
    address: Option<String>,
    /// A session that is not used for so many minutes ends; none lasts longer than twelve hours
    #[arg(long, value_name = "MINUTES", default_value_t = 120, value_parser = clap::value_parser!(u32).range(5..=720))]
    session_idle: u32,
    /// Connections that one address may have; more where everybody comes through one proxy
    #[arg(long, value_name = "NUMBER", default_value_t = 512, value_parser = clap::value_parser!(u16).range(8..=4096))]
    connections_each: u16,
    /// The certificate chain (PEM): pages, API and stations are then served over TLS only
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// An address with nothing behind it: papers and stations write their own paths there.
fn web_address(text: &str) -> Result<String, String> {
    let address = text.trim_end_matches('/');
    let uri: Uri = address.parse().map_err(|error: InvalidUri| error.to_string())?;
    let host = uri.host().is_some_and(|host| !host.is_empty());
    match uri.scheme_str() {
        Some("http" | "https") if host && uri.path() == "/" && uri.query().is_none() => {
            Ok(address.to_owned())
        }
        _ => Err("写成 write it as https://name or https://name:port".to_owned()),
    }
}

/// The port that others dial by this address, when it is not the one that is listened on.
fn other_port(address: &str, listen: SocketAddr) -> Option<u16> {
    let uri: Uri = address.parse().ok()?;
    let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    Some(uri.port_u16().unwrap_or(usual)).filter(|port| *port != listen.port())
}

pub async fn run(serve: Serve) -> anyhow::Result<()> {
    let scheme = if serve.tls_cert.is_some() { "https" } else { "http" };
    let address = serve.address.unwrap_or_else(|| format!("{scheme}://{}", serve.listen));
    let mut app = serve.database.open_for_service(&serve.files, address.clone()).await?;
    app.idle = Idle::new(Span::minutes(i64::from(serve.session_idle)));
    if !app.db.waits_for_disk().await? {
        tracing::warn!(
            "数据库不等待写盘，断电会丢失已答复的分录 this database does not wait for its disk: entries that were acknowledged are lost when the power fails — set fsync and synchronous_commit to on"
        );
    }
    if let Some(jump) = clock_watch::doubt_at_start(&mut app.db.read().await?, app.clock.now()).await? {
        let doubt = custody::Error::Store(store::Error::ClockJump(jump));
        let told =
            [Language::Zh, Language::En].map(|it| format!("{}{}", doubt.sentence(it), doubt.remedy(it)));
        say(&told.join(" "))?;
    }
    let listener = listen(serve.listen)?;
    say(&format!("虎符 hufu · {} · {address}", app.db.engine()))?;
    if let Some(key) = &app.settings.ledger_key {
        say(&format!("账本密钥 ledger key · {key}"))?;
    }
    if let (Some(port), true) = (other_port(&address, serve.listen), serve.tls_cert.is_some()) {
        let here = serve.listen.port();
        say(&format!(
            "注意：按 {address} 连到 {port} 端口，本机监听 {here}；没有转发时请在地址后写明 :{here} · note: {address} leads to port {port}, and this server listens on {here}; unless something forwards, write :{here} behind the address"
        ))?;
    }
    let limits = Limits { each: serve.connections_each.into(), ..Limits::default() };
    match serve.tls_cert.zip(serve.tls_key) {
        Some((certificate, key)) => {
            serve_until(app, Tls::listen(listener, &certificate, &key)?, limits, ended()).await
        }
        None => serve_until(app, listener.tap_io(at_once), limits, ended()).await,
    }
}

/// What the system keeps of an answer that the other side has not taken yet, for each connection, in bytes. Left to itself, it
/// keeps some megabytes.
const SENT_MAX: u32 = 128 << 10;
/// Connections that the system takes for us before we do.
const BACKLOG: u32 = 1_024;

pub fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let taken = || format!("端口被占用 the address {address} is taken");
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    // Its connections inherit it.
    socket.set_send_buffer_size(SENT_MAX)?;
    socket.bind(address).with_context(taken)?;
    socket.listen(BACKLOG).with_context(taken)
}

/// Serves until `shutdown`; listener and end come from the caller, so a test starts the same server on a free port.
pub async fn run_until<L: Listener<Addr = SocketAddr>>(
    app: App,
    listener: L,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    serve_until(app, listener, Limits::default(), shutdown).await
}

async fn serve_until<L: Listener<Addr = SocketAddr>>(
    app: App,
    listener: L,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let db = app.db.clone();
    let jobs = tokio::spawn(jobs::run(app.clone()));
    let service = router(app)?;
    let (ending, ends) = oneshot::channel();
    let shutdown = async move {
        shutdown.await;
        // Refused only when the server has ended by itself.
        ending.send(()).unwrap_or_default();
    };
    tokio::select! {
        served = connections::serve(listener, service, limits, shutdown) => served?,
        () = patience(ends) => (),
    }
    jobs.abort();
    db.close().await;
    Ok(())
}

/// Requests that are being answered get this long to end; the event streams of open pages would never end.
const PATIENCE: Duration = Duration::from_secs(2);

async fn patience(ends: oneshot::Receiver<()>) {
    match ends.await {
        Ok(()) => tokio::time::sleep(PATIENCE).await,
        Err(_) => std::future::pending().await,
    }
}

/// Every address of the server.
pub fn router(app: App) -> anyhow::Result<Router> {
    let pages = Arc::new(Pages::new()?);
    let stations = api::station::router(app.clone());
    let tiles = api::tiles::router(app.clone());
    let witnesses = api::witness::router(app.clone());
    let api = api::router(app.clone());
    Ok(web::router::router(Web { app, pages })
        .merge(stations)
        .merge(tiles)
        .merge(witnesses)
        .nest("/api", api))
}

/// Ctrl-C, or the end signal of the service manager.
pub async fn ended() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => (),
                _ = terminated.recv() => (),
            }
        }
        Err(_) => drop(interrupted.await),
    }
}

#[test]
fn the_address_for_others_is_one_and_leads_here() {
    assert_eq!(web_address("https://hufu.example:8443/").unwrap(), "https://hufu.example:8443");
    for wrong in
        ["hufu.example", "hufu.example:8443", "ftp://hufu.example", "https://", "https://hufu.example/x", ""]
    {
        assert!(web_address(wrong).is_err(), "{wrong}");
    }
    let listen: SocketAddr = "0.0.0.0:8443".parse().unwrap();
    assert_eq!(other_port("https://hufu.example", listen), Some(443));
    assert_eq!(other_port("https://hufu.example:8443", listen), None);
}
