//! What follows when a station answers a request to sign: the act that was signed is recorded, or it is said why the signature
//! does not count. Either way the request is over, and whoever wants it asks again.

use crate::custody::{Error, conclude, offer, signing};
use crate::{
    app::App,
    id::SigningId,
    language::Language,
    ledger::Signature,
    store::{
        signings::{Answer, SignedAct, Signing, SigningState},
        stations::Station,
    },
};
use hufu_wire::proof::declining;

/// Records what was signed; answers with the entry number.
async fn record(app: &App, station: &Station, signing: &Signing, signature: Signature) -> Result<u64, Error> {
    match signing.act {
        SignedAct::Offer => offer::record(app, signing, station.unit, signature).await,
        SignedAct::Conclude => conclude::record(app, signing, station.unit, signature).await,
    }
}

/// A station says that the person has signed.
pub async fn signed(
    app: &App,
    station: &Station,
    request: SigningId,
    key: &str,
    signature_base64: &str,
) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let signing = signing::open_request(app, &mut tx, station, request).await?;
    let checked = signing::check(app, &mut tx, station, &signing, key, signature_base64).await;
    drop(tx);
    let recorded = match checked {
        Ok(signature) => record(app, station, &signing, signature).await,
        Err(error) => Err(error),
    };
    match &recorded {
        Ok(seq) => {
            let answer = Answer { text: seq.to_string(), en: None };
            signing::settle(app, &signing, SigningState::Done, answer).await?;
        }
        // Nothing is known to be wrong with the signature: it may come again.
        Err(Error::Store(_) | Error::Random(_)) => (),
        Err(error) => {
            let say = |language| format!("{} {}", error.sentence(language), error.remedy(language));
            let answer = Answer { text: say(Language::Zh), en: Some(say(Language::En)) };
            signing::settle(app, &signing, SigningState::Refused, answer).await?;
        }
    }
    recorded.map(drop)
}

/// A station says that the person declined, by their key and its signature over the request and the reason. Without it nothing is
/// declined and the request goes on waiting: who has the station's token, or stands at its PC, ends nobody's request.
pub async fn declined(
    app: &App,
    station: &Station,
    request: SigningId,
    reason: &str,
    by: Option<(&str, &str)>,
) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let signing = signing::open_request(app, &mut tx, station, request).await?;
    let (key, signature_base64) = by.ok_or_else(signing::not_declined)?;
    let said = declining(request.0, reason);
    signing::by_who_was_asked(&mut tx, station, &signing, (key, signature_base64), &said).await?;
    drop(tx);
    let answer = Answer { text: reason.trim().to_owned(), en: None };
    signing::settle(app, &signing, SigningState::Declined, answer).await
}
