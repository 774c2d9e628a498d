//! What is signed, read from its own bytes. A statement is the name of its kind on a line of its own and then canonical JSON
//! (RFC 8785); all of it is signed, so that a signature of one kind is never one of another. The station shows what it reads
//! here and nothing that a server says beside it; the server puts no statement to a station that cannot be read here.
//!
//! An exchange answers an offer by its digest. The offer's bytes travel along and say what the numbers are: they are believed
//! because their digest is the one that is signed.

mod fields;
mod sheet;

pub use fields::{Answer, AnsweredLine, Exchange, Measure, Offer, OfferedLine, Purpose, Side, Suggestion};
pub use sheet::{Sheet, SheetLine, Text};

use crate::signature::sm3_hex;
use serde::{Serialize, de::DeserializeOwned};

/// The first line of an offer.
pub const OFFER: &str = "hufu offer v2\n";
/// The first line of an exchange.
pub const EXCHANGE: &str = "hufu exchange v2\n";

/// A statement that was understood to its last character.
#[expect(clippy::large_enum_variant, reason = "a statement lives as long as it is shown or compared")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    Offer(Offer),
    Exchange { exchange: Exchange, offer: Offer },
}

/// Why bytes are not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    #[error(
        "本工作站不认识这种待签内容，不能签章；没有签下任何内容，请升级工作站或联系管理员 · \
         this station does not know this kind of statement and does not sign it; nothing was signed; update the station or tell the administrator"
    )]
    UnknownKind,
    #[error(
        "待签内容有本工作站看不懂的部分，不能签章；没有签下任何内容，请升级工作站或联系管理员 · \
         part of the statement cannot be understood here and is not signed; nothing was signed; update the station or tell the administrator"
    )]
    Unreadable,
    #[error(
        "没有收到所签收的移交清单，不能签章；没有签下任何内容，请在网页上重新发起 · \
         the list that is answered did not come along; nothing was signed; ask again on the server's page"
    )]
    OfferMissing,
    #[error(
        "送来的移交清单与所要签收的不是同一份，不能签章；没有签下任何内容，请联系管理员 · \
         the list that came along is not the one that is answered; nothing was signed; tell the administrator"
    )]
    AnotherOffer,
}

/// Reads what is to be signed. `offer` is what the giver signed, when an exchange answers it.
pub fn read(bytes: &[u8], offer: Option<&[u8]>) -> Result<Statement, NotUnderstood> {
    if let Some(json) = bytes.strip_prefix(OFFER.as_bytes()) {
        return whole_offer(json).map(Statement::Offer);
    }
    let json = bytes.strip_prefix(EXCHANGE.as_bytes()).ok_or(NotUnderstood::UnknownKind)?;
    let exchange: Exchange = exact(json)?;
    let answered = offer.ok_or(NotUnderstood::OfferMissing)?;
    if sm3_hex(answered) != exchange.offer_digest {
        return Err(NotUnderstood::AnotherOffer);
    }
    let offer = match answered.strip_prefix(OFFER.as_bytes()) {
        Some(json) => whole_offer(json)?,
        None => former_offer(answered)?,
    };
    match exchange.form == fields::FORM && exchange.answers(&offer) {
        true => Ok(Statement::Exchange { exchange, offer }),
        false => Err(NotUnderstood::Unreadable),
    }
}

/// The JSON of signed bytes, without the name of its kind. Statements of the first form are JSON alone.
pub fn json(bytes: &[u8]) -> &[u8] {
    [OFFER, EXCHANGE].iter().find_map(|kind| bytes.strip_prefix(kind.as_bytes())).unwrap_or(bytes)
}

fn whole_offer(json: &[u8]) -> Result<Offer, NotUnderstood> {
    let offer: Offer = exact(json)?;
    let told = offer.lines.iter().all(|line| line.features.is_some());
    let whole = offer.form == Some(fields::FORM) && told && offer.makes_sense();
    if whole { Ok(offer) } else { Err(NotUnderstood::Unreadable) }
}

/// An offer of the first form is only ever answered now, never signed: it says no features.
fn former_offer(json: &[u8]) -> Result<Offer, NotUnderstood> {
    let offer: Offer = exact(json)?;
    if offer.form.is_none() && offer.makes_sense() { Ok(offer) } else { Err(NotUnderstood::Unreadable) }
}

/// Reads JSON that says nothing but what is read: written again it must be the same bytes, so that no field, no repetition and
/// no other spelling is passed over.
fn exact<T: Serialize + DeserializeOwned>(json: &[u8]) -> Result<T, NotUnderstood> {
    let read: T = serde_json::from_slice(json).map_err(|_| NotUnderstood::Unreadable)?;
    let again = serde_json_canonicalizer::to_vec(&read).map_err(|_| NotUnderstood::Unreadable)?;
    if again == json { Ok(read) } else { Err(NotUnderstood::Unreadable) }
}

#[cfg(test)]
mod tests;
