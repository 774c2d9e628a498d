//! TLS to the server. A closed network usually has a certificate authority of its own: then only that one is trusted.

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::{path::Path, path::PathBuf, sync::Arc};
use tokio_tungstenite::{Connector, tungstenite};

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("证书机构文件无法使用 · the certificate authority's file cannot be used: {path}: {why}")]
    Authority { path: PathBuf, why: String },
}

/// Why the server was not reached, and what to do where its certificate, or a proxy before it, is the reason.
pub(super) fn why_not_reached(error: &tungstenite::Error) -> String {
    if let tungstenite::Error::Http(answer) = error
        && let Some(remedy) = no_websocket(answer.status().as_u16())
    {
        return format!("{remedy} ({error})");
    }
    let tungstenite::Error::Io(io) = error else { return error.to_string() };
    let inner = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(wrong)) = inner else { return io.to_string() };
    remedy(wrong).map_or_else(|| io.to_string(), |remedy| format!("{remedy} ({wrong})"))
}

/// Somebody answered, but not the server, or not as it would: what that mostly is.
fn no_websocket(status: u16) -> Option<&'static str> {
    Some(match status {
        200..=299 | 400 | 426 => {
            "有应答，但不是 WebSocket：中间的反向代理多半没有转发升级请求（nginx 请加 proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;），或该端口要用 wss:// · there is an answer, but no WebSocket: a reverse proxy between most likely does not pass the upgrade on (nginx wants proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;), or this port wants wss://"
        }
        404 | 405 => {
            "该地址没有虎符服务器应答，请核对地址 · no hufu server answers at this address: check it"
        }
        502..=504 => {
            "反向代理有应答，它后面的服务器没有 · the reverse proxy answers, the server behind it does not"
        }
        _ => return None,
    })
}

fn remedy(wrong: &CertificateError) -> Option<&'static str> {
    Some(match wrong {
        CertificateError::UnknownIssuer => {
            "服务器证书不是本机信任的机构签发的，请用 --ca（配置文件中 ca）指明中心的证书机构 · the server's certificate is from no authority that is trusted here: name the centre's own with --ca (`ca` in the configuration)"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "服务器证书写的不是这个地址，请核对地址，或请中心换发证书（subjectAltName）· the server's certificate is for another name: check the address, or have the centre issue one with it (subjectAltName)"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "服务器证书已过期，或本机时钟不准 · the server's certificate has run out, or the clock here is wrong"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "服务器证书尚未生效，或本机时钟不准 · the server's certificate is not valid yet, or the clock here is wrong"
        }
        // What remains is a damaged or wrongly made certificate: its own words say more than ours.
        _ => return None,
    })
}

/// `None` leaves the choice to the system: its trusted authorities, or no TLS for a `ws://` address.
pub fn connector(ca: Option<&Path>) -> Result<Option<Connector>, TlsError> {
    // The first call of the process chooses; a later one finds it chosen, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(path) = ca else { return Ok(None) };
    let wrong = |why: String| TlsError::Authority { path: path.to_owned(), why };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))? {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("no certificate in it".to_owned()));
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok(Some(Connector::Rustls(Arc::new(config))))
}

#[test]
fn each_way_in_which_a_certificate_is_refused_has_a_remedy() {
    for (wrong, said) in [
        (CertificateError::UnknownIssuer, "--ca"),
        (CertificateError::NotValidForName, "subjectAltName"),
        (CertificateError::Expired, "时钟"),
        (CertificateError::NotValidYet, "时钟"),
    ] {
        let error = std::io::Error::other(rustls::Error::InvalidCertificate(wrong.clone()));
        let told = why_not_reached(&tungstenite::Error::Io(error));
        assert!(told.contains(said), "{wrong:?}: {told}");
    }
    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    assert_eq!(why_not_reached(&tungstenite::Error::Io(refused)), "connection refused");
}

#[cfg(test)]
mod tests {
    use super::why_not_reached;
    use tokio_tungstenite::tungstenite::{Error, http::Response};

    #[test]
    fn an_answer_that_is_no_websocket_says_what_stands_between() {
        let table = [
            (400, "proxy_set_header Upgrade"),
            (200, "proxy_set_header Upgrade"),
            (404, "check it"),
            (502, "the server behind it does not"),
            (500, "HTTP error: 500"),
        ];
        for (status, words) in table {
            let answer = Response::builder().status(status).body(None).unwrap();
            let why = why_not_reached(&Error::Http(answer.into()));
            assert!(why.contains(words) && why.contains(&status.to_string()), "{status}: {why}");
        }
    }
}
