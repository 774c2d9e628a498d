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

/// A station says that the person declined.
pub async fn declined(app: &App, station: &Station, request: SigningId, reason: &str) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let signing = signing::open_request(app, &mut tx, station, request).await?;
    drop(tx);
    let answer = Answer { text: reason.trim().to_owned(), en: None };
    signing::settle(app, &signing, SigningState::Declined, answer).await
}
