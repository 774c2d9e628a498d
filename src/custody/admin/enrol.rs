//! 登记: a station becomes known by a one-time code and from then on proves itself with a key of its own, which was made at
//! the station and whose private half nobody else has. An administrator invites and revokes.

use super::{city::station_facts, roster};
use crate::custody::{Conflict, Error, Invalid, Thing, access, recording::Recording};
use crate::{
    app::App,
    clock::{Moment, Span},
    domain::{Person, Role},
    id::{StationId, UnitId},
    ledger::{Body, SYSTEM, Standing, Suite, roster::StationFacts},
    store::{
        Recorded, Tx,
        stations::{self, Invitation, Station},
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::{
    message::SignedEvent,
    proof,
    signature::{PublicKey, verify},
};
use uuid::Uuid;

/// How long a code may be used.
const VALID: Span = Span::hours(24);
/// Digits and letters that cannot be taken for one another; 32 of them, so that each says five bits.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Eighty bits: nobody finds one by trying.
const CODE_LENGTH: usize = 16;

/// Enters a new station without a secret of its own. It cannot dial in before it is enrolled.
pub async fn add(
    app: &App,
    me: &Person,
    (unit, name, page): (UnitId, &str, &str),
) -> Result<(StationId, Recorded), Error> {
    roster::add_station(app, me, station_facts(unit, name, page)).await
}

/// A one-time code for the station of this name.
pub async fn invite(app: &App, me: &Person, name: &str) -> Result<(String, Moment), Error> {
    access::require(me, Role::Administrator)?;
    let station = named(&mut app.db.read().await?, name).await?.id;
    invite_station(app, me, station).await
}

/// A one-time code for this station, valid for a day. Earlier codes of it end. One that was shut out is let in again, by an entry.
pub async fn invite_station(app: &App, me: &Person, station: StationId) -> Result<(String, Moment), Error> {
    access::require(me, Role::Administrator)?;
    let code = new_code(app)?;
    let known = known(&mut app.db.read().await?, station).await?;
    if known.disabled {
        let facts = station_facts(known.unit, &known.name, &known.page);
        roster::change_station(app, me, known.id, facts, "重新启用，发放登记码").await?;
    }
    let (now, expires_at) = (app.clock.now(), app.clock.now().plus(VALID));
    let mut tx = app.db.write().await?;
    stations::end_invitations(&mut tx, station, now).await?;
    let invitation = Invitation { station, made_at: now, expires_at, used_at: None };
    stations::invite(&mut tx, &code_hash(&code), &invitation).await?;
    tx.commit().await?;
    Ok((code, expires_at))
}

/// The station that a good code brings, with its new key; an old key and an old token of it end here. Refuses codes that are
/// unknown, used or out of date, keys that are none, and a signature that the key did not make over this very `nonce`.
pub async fn enrol(
    app: &App,
    (code, public_pem, signature): (&str, &str, &str),
    nonce: &str,
) -> Result<Station, Error> {
    let key = PublicKey::from_pem(public_pem).map_err(|_| not_proven())?;
    proven(&key, &proof::enrolling(code, public_pem, nonce), signature)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let hash = code_hash(code);
    let found = stations::invitation(&mut tx, &hash).await?;
    let good = found.filter(|it| it.used_at.is_none() && it.expires_at > now);
    let invitation = good.ok_or_else(no_such_code)?;
    stations::end_invitations(&mut tx, invitation.station, now).await?;
    let known = stations::station(&mut tx, invitation.station).await?;
    let known = known.filter(|it| !it.disabled).ok_or_else(no_such_code)?;
    // The code is used up before the entry is there: should that fail, a new one is asked for.
    tx.commit().await?;
    let key = Some(public_pem.to_owned());
    if known.device_key != key {
        let facts = StationFacts { device_key: key, ..station_facts(known.unit, &known.name, &known.page) };
        let body = Body::RegisterStation(roster::station_of(known.id, facts, String::new()));
        let nobodys = UnitId(Uuid::nil());
        let enrolling = Recording::by(app, SYSTEM, nobodys, app.ids.new_id()).at(known.id);
        enrolling.record(body).await?;
    }
    let mut tx = app.db.read().await?;
    stations::station(&mut tx, known.id).await?.ok_or(Error::NotFound(Thing::Station))
}

/// The station that says it is this one, when its key signed this very `nonce`. One that is revoked or has no key is not there.
pub async fn proves(app: &App, id: StationId, nonce: &str, signature: &str) -> Result<Station, Error> {
    let mut tx = app.db.read().await?;
    let station = stations::station(&mut tx, id).await?.filter(|station| !station.disabled);
    let station = station.ok_or(Error::NotFound(Thing::Station))?;
    proven(&device_key(&station)?, &proof::dialling(id.0, nonce), signature)?;
    Ok(station)
}

/// Refuses an event that its station did not sign.
pub fn is_signed(station: &Station, signed: &SignedEvent) -> Result<(), Error> {
    proven(&device_key(station)?, &proof::event(station.id.0, &signed.text), &signed.signature)
}

/// Whether it may go on talking.
pub async fn is_known(app: &App, station: &Station) -> Result<bool, Error> {
    let mut tx = app.db.read().await?;
    still_known(&mut tx, station).await
}

/// The same in the transaction in which something of it is kept: a revocation takes effect with the next event.
pub(in crate::custody) async fn still_known(tx: &mut Tx, station: &Station) -> Result<bool, Error> {
    let now = stations::station(tx, station.id).await?;
    Ok(now.is_some_and(|now| !now.disabled && now.device_key == station.device_key))
}

/// The same of the station of this name.
pub async fn revoke(app: &App, me: &Person, name: &str, reason: &str) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    let station = named(&mut app.db.read().await?, name).await?.id;
    revoke_station(app, me, station, reason).await
}

/// From now on the station is not heard: its connection ends, and its key and token open nothing. A new code brings it back.
pub async fn revoke_station(
    app: &App,
    me: &Person,
    station: StationId,
    reason: &str,
) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    let mut tx = app.db.write().await?;
    let station = known(&mut tx, station).await?;
    stations::end_invitations(&mut tx, station.id, app.clock.now()).await?;
    tx.commit().await?;
    let open = station_facts(station.unit, &station.name, &station.page);
    let facts = StationFacts { standing: Standing::Closed, ..open };
    roster::change_station(app, me, station.id, facts, reason).await
}

async fn known(tx: &mut Tx, station: StationId) -> Result<Station, Error> {
    stations::station(tx, station).await?.ok_or(Error::NotFound(Thing::Station))
}

async fn named(tx: &mut Tx, name: &str) -> Result<Station, Error> {
    let found = stations::all(tx).await?.into_iter().find(|station| station.name == name);
    found.ok_or(Error::NotFound(Thing::Station))
}

fn device_key(station: &Station) -> Result<PublicKey, Error> {
    let pem = station.device_key.as_deref().ok_or(Error::NotFound(Thing::Station))?;
    PublicKey::from_pem(pem).map_err(|_| Error::NotFound(Thing::Station))
}

fn proven(key: &PublicKey, bytes: &[u8], signature: &str) -> Result<(), Error> {
    let der = BASE64_STANDARD.decode(signature).map_err(|_| not_proven())?;
    verify(key, bytes, &der).map_err(|_| not_proven())
}

fn not_proven() -> Error {
    Invalid::new(
        "not_proven",
        ("签名与设备密钥不符。", "The signature was not made by the device key."),
        ("请重新登记工作站。", "Enrol the station again."),
    )
}

fn no_such_code() -> Error {
    Conflict::new(
        "no_such_code",
        ("登记码不存在、已用过或已过期。", "The code is unknown, used or out of date."),
        (
            "请管理员在“名册”的工位页重新生成，或用 hufu station invite。",
            "Ask an administrator for a new one: the station's page in the roster, or hufu station invite.",
        ),
    )
}

/// `K7QM-2XWD-…`: groups of four.
fn new_code(app: &App) -> Result<String, Error> {
    let letters: Vec<char> = app
        .random
        .bytes()?
        .iter()
        .rev()
        .take(CODE_LENGTH)
        .filter_map(|byte| LETTERS.get(usize::from(byte & 31)).map(|letter| char::from(*letter)))
        .collect();
    Ok(letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// However it was typed: dashes, spaces and small letters say nothing.
fn code_hash(code: &str) -> Vec<u8> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Suite::C2sp.digest(plain.to_ascii_uppercase().as_bytes()).0.to_vec()
}
