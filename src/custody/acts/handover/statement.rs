//! What a handover's sides have signed, and the requests to sign it: taken back, or read out for a check without this program.

use crate::custody::{
    Error, Thing, access,
    handover::{SignedStatements, seen},
    signing::{self, may_sign},
    turn_to_read,
};
use crate::{
    app::App,
    domain::{Person, Role},
    id::HandoverId,
    ledger::{ConclusionStatement, OfferStatement, SignerRole},
    store::{damaged, keys, signings::SignedAct},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::signature::PublicKey;
use serde::{Deserialize, Serialize};

/// Takes an open request to sign back, by somebody of the unit that asked.
pub async fn take_back(app: &App, me: &Person, handover: HandoverId) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let found = seen(&mut tx, me, handover).await?;
    drop(tx);
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    let mine = |act| {
        let unit = match act {
            SignedAct::Offer => found.giver.id,
            SignedAct::Conclude => found.receiver.id,
        };
        unit == me.unit && may_sign(me, act)
    };
    signing::take_off_all(app, handover.into(), mine).await
}

/// Which side's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Giver,
    Receiver,
}

/// What is needed to check a signature without this program: the bytes, the signature in DER, the public key in PEM.
#[derive(Clone, Debug)]
pub struct SignedStatement {
    pub bytes: Vec<u8>,
    pub signature: Vec<u8>,
    pub public_pem: String,
}

/// The signed bytes of one side, with its signature and key.
pub async fn statement_bytes(
    app: &App,
    me: &Person,
    handover: HandoverId,
    side: Side,
) -> Result<SignedStatement, Error> {
    let lines = seen(&mut app.db.read().await?, me, handover).await?.lines;
    let _turn = turn_to_read(app, me, lines.into()).await?;
    let mut tx = app.db.read().await?;
    let found = seen(&mut tx, me, handover).await?;
    let signed = SignedStatements::load(&mut tx, &found).await?;
    let (bytes, role) = match side {
        Side::Giver => (signed.offered().map(OfferStatement::signed_bytes), SignerRole::Giver),
        Side::Receiver => (signed.concluded().map(ConclusionStatement::signed_bytes), SignerRole::Receiver),
    };
    let (Some(bytes), Some(signature)) = (bytes, signed.signature(role)) else {
        return Err(Error::NotFound(Thing::Handover));
    };
    let pem = keys::public_pem(&mut tx, &signature.key).await?;
    let pem = pem.ok_or_else(|| damaged("signature", "its key is not registered"))?;
    let public = PublicKey::from_pem(&pem).map_err(|error| damaged("public key", error))?;
    Ok(SignedStatement {
        bytes: bytes.map_err(crate::store::Error::from)?,
        signature: BASE64_STANDARD.decode(&signature.value).map_err(|error| damaged("signature", error))?,
        public_pem: public.to_pem().to_owned(),
    })
}
