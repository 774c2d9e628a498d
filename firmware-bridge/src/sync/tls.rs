//! TLS to the server. A closed network usually has a certificate authority of its own: then only that one is trusted.

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use std::{path::Path, path::PathBuf, sync::Arc};
use tokio_tungstenite::Connector;

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("证书机构文件无法使用 · the certificate authority's file cannot be used: {path}: {why}")]
    Authority { path: PathBuf, why: String },
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
