//! Enrolment: the administrator's one-time code for a device key that is made here. The private half never travels, and the
//! server is told nothing before its certificate has been checked.

use super::tls::{TlsError, connector, why_not_reached};
use crate::identity::{Identity, IdentityError};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{SinkExt, StreamExt};
use getrandom::SysRng;
use hufu_wire::{
    FromServer, FromStation, proof,
    signature::{SecretKey, SignatureError},
};
use std::{path::Path, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{self, Message, client::IntoClientRequest, http::HeaderValue},
};

/// How long the server may take for each step.
const WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    #[error("服务器连接失败，未登记 · the server cannot be reached, nothing was enrolled: {0}")]
    NotReached(String),
    #[error("服务器没有应答，未登记 · the server does not answer, nothing was enrolled")]
    Silent,
    #[error("服务器不接受：{0} · the server refused")]
    Refused(String),
    #[error("服务器的回答看不懂 · the server's answer was not understood")]
    NotUnderstood,
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("密钥无法生成 · no key could be made: {0}")]
    Key(#[from] SignatureError),
}

impl From<tungstenite::Error> for EnrolError {
    fn from(error: tungstenite::Error) -> EnrolError {
        EnrolError::NotReached(why_not_reached(&error))
    }
}

/// Enrols this station at `address` (`wss://…/station/ws`) and keeps who it is in `file`. A file that is there already is
/// left alone, and the enrolment refused before anything is sent.
pub async fn enrol(
    address: &str,
    ca: Option<&Path>,
    code: &str,
    file: &Path,
) -> Result<Identity, EnrolError> {
    if file.exists() {
        let there = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(IdentityError::File(there).into());
    }
    let mut request = address.into_client_request()?;
    request.headers_mut().insert("authorization", HeaderValue::from_static("Enrol"));
    let dial = connect_async_tls_with_config(request, None, true, connector(ca)?);
    let (mut socket, _) = timeout(WITHIN, dial).await.map_err(|_| EnrolError::Silent)??;
    let FromServer::Challenge { nonce } = hear(&mut socket).await? else {
        return Err(EnrolError::NotUnderstood);
    };
    let key = SecretKey::generate(&mut SysRng)?;
    let public = key.public_key().to_pem().to_owned();
    let signature = BASE64_STANDARD.encode(key.sign(&mut SysRng, &proof::enrolling(code, &public, &nonce))?);
    let wish = FromStation::Enrol { code: code.to_owned(), key: public, signature };
    let text = serde_json::to_string(&wish).map_err(|_| EnrolError::NotUnderstood)?;
    socket.send(Message::text(text)).await?;
    let FromServer::Enrolled { station, name } = hear(&mut socket).await? else {
        return Err(EnrolError::NotUnderstood);
    };
    let identity = Identity::new(station, name, key);
    identity.create(file)?;
    Ok(identity)
}

async fn hear(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> Result<FromServer, EnrolError> {
    loop {
        let message = timeout(WITHIN, socket.next()).await.map_err(|_| EnrolError::Silent)?;
        match message.ok_or(EnrolError::Silent)?? {
            Message::Text(text) => {
                return serde_json::from_str(&text).map_err(|_| EnrolError::NotUnderstood);
            }
            Message::Close(frame) => {
                let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                return Err(EnrolError::Refused(reason));
            }
            _ => (),
        }
    }
}
