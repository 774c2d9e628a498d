//! The first connection to a PostgreSQL server. The pool tries again until its patience ends and forgets why; this asks once,
//! within [`WITHIN`], and says what is in the way.

use super::address::Server;
use sqlx::{Connection, PgConnection};
use std::{io, path::PathBuf, time::Duration};
use tokio::time::timeout;
use tokio_rustls::rustls::{
    self, CertificateError,
    pki_types::{CertificateDer, pem::PemObject},
};

/// How long a server may take to let somebody in.
pub(super) const WITHIN: Duration = Duration::from_secs(2);

/// Why there is no connection. No text holds a password.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    #[error("找不到主机 {0}，请核对名称或 DNS there is no host {0}: check the name, or the name server")]
    NoSuchHost(String),
    #[error(
        "{0} 拒绝连接：该端口没有数据库，或数据库未启动 {0} refuses connections: no server listens there, or it is not started"
    )]
    Refused(String),
    #[error(
        "{0} 在 2 秒内没有应答：网络不通、防火墙拦截或主机未开机 {0} did not answer within 2 s: no way through the network, a firewall, or the host is down"
    )]
    NoAnswer(String),
    #[error(
        "{0} 处没有 PostgreSQL 的套接字，数据库未启动或路径不对 there is no PostgreSQL socket in {0}: the server is not started, or the path is another"
    )]
    NoSocket(String),
    #[error("用户 {0} 的密码不对 the password of the user {0} is wrong")]
    WrongPassword(String),
    /// The server says why; it names user, database and host, never a password.
    #[error("数据库不接受此用户或主机（pg_hba.conf）the server does not let this user or host in: {0}")]
    NotAdmitted(String),
    #[error(
        "没有这个数据库，未作任何登记；请先在 PostgreSQL 上建库 PostgreSQL has no database of this name; nothing was made — make it first: createdb {0}"
    )]
    NoSuchDatabase(String),
    #[error(
        "数据库正在启动、恢复或关闭，请稍候再试 the server is starting, recovering or shutting down; try again in a moment: {0}"
    )]
    NotReady(String),
    #[error("数据库的连接已满 the server has no connection left (max_connections): {0}")]
    NoneLeft(String),
    #[error(
        "数据库未开启 TLS，而地址要求 TLS the server does not accept TLS, which the address asks for: set ssl = on there, or sslmode here"
    )]
    NoTls,
    #[error(
        "数据库的证书不是所信任的机构签发的，未发送密码 the server's certificate is not signed by an authority that is trusted here; the password was not sent — check sslrootcert"
    )]
    UntrustedCertificate,
    #[error(
        "数据库的证书不是发给 {0} 的，未发送密码 the server's certificate is not for the name {0}; the password was not sent — use the name in the certificate"
    )]
    CertificateOfAnotherName(String),
    #[error(
        "数据库的证书已过期或尚未生效，未发送密码 the server's certificate is not valid today; the password was not sent — renew it, or set the clock right"
    )]
    CertificateOutOfTime,
    #[error("TLS 握手失败，未发送密码 no TLS connection could be made; the password was not sent: {0}")]
    Tls(String),
    #[error("{} 不是可读的 PEM 证书 holds no certificate that can be read (PEM)", .0.display())]
    NoCertificate(PathBuf),
    #[error("无法连接 no connection could be made")]
    Other(#[source] sqlx::Error),
}

/// Connects once and closes again. Refuses with the cause.
pub(super) async fn reach(server: &Server) -> Result<(), Unreachable> {
    if let Some(file) = &server.trusted {
        // The driver takes a file without certificates for none at all.
        let readable =
            CertificateDer::pem_file_iter(file).is_ok_and(|mut it| it.next().is_some_and(|it| it.is_ok()));
        if !readable {
            return Err(Unreachable::NoCertificate(file.clone()));
        }
    }
    let connecting = async {
        if server.options.get_socket().is_none() {
            let (host, port) = (server.options.get_host(), server.options.get_port());
            let found = tokio::net::lookup_host((host, port)).await;
            drop(found.map_err(|_| Unreachable::NoSuchHost(host.to_owned()))?);
        }
        PgConnection::connect_with(&server.options).await.map_err(|error| cause(server, error))
    };
    let connection =
        timeout(WITHIN, connecting).await.map_err(|_| Unreachable::NoAnswer(place(server)))??;
    connection.close().await.map_err(Unreachable::Other)
}

/// The host and port, or the folder of the socket.
fn place(server: &Server) -> String {
    match server.options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", server.options.get_host(), server.options.get_port()),
    }
}

fn cause(server: &Server, error: sqlx::Error) -> Unreachable {
    match error {
        sqlx::Error::Io(error) => io_cause(server, error),
        // The driver's only text for a server that answers no to TLS.
        sqlx::Error::Tls(error) if error.to_string() == "server does not support TLS" => Unreachable::NoTls,
        sqlx::Error::Tls(error) => Unreachable::Tls(error.to_string()),
        sqlx::Error::Database(error) => {
            let said = error.message().to_owned();
            let code = error.code().unwrap_or_default().into_owned();
            let user = || server.options.get_username().to_owned();
            // https://www.postgresql.org/docs/current/errcodes-appendix.html
            match code.as_str() {
                "28P01" => Unreachable::WrongPassword(user()),
                "28000" => Unreachable::NotAdmitted(said),
                "3D000" => {
                    let name = server.options.get_database().unwrap_or(server.options.get_username());
                    Unreachable::NoSuchDatabase(name.to_owned())
                }
                "57P01" | "57P02" | "57P03" => Unreachable::NotReady(said),
                "53300" => Unreachable::NoneLeft(said),
                _ => Unreachable::Other(sqlx::Error::Database(error)),
            }
        }
        error => Unreachable::Other(error),
    }
}

fn io_cause(server: &Server, error: io::Error) -> Unreachable {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match (tls, error.kind()) {
        (Some(rustls::Error::InvalidCertificate(why)), _) => certificate_cause(server, why),
        (Some(other), _) => Unreachable::Tls(other.to_string()),
        (None, io::ErrorKind::ConnectionRefused) => Unreachable::Refused(place(server)),
        (None, io::ErrorKind::NotFound) if server.options.get_socket().is_some() => {
            Unreachable::NoSocket(place(server))
        }
        (
            None,
            io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable,
        ) => Unreachable::NoAnswer(place(server)),
        (None, _) => Unreachable::Other(sqlx::Error::Io(error)),
    }
}

fn certificate_cause(server: &Server, why: &CertificateError) -> Unreachable {
    match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Unreachable::UntrustedCertificate,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Unreachable::CertificateOfAnotherName(server.options.get_host().to_owned())
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Unreachable::CertificateOutOfTime,
        other => Unreachable::Tls(other.to_string()),
    }
}
