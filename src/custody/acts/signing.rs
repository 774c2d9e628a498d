//! 签章: a person asks on a page, reads and signs at the unit's own station, and the server checks what comes back before
//! anything is recorded. A request is answered once. What is signed, and what follows from the signature, is the business of
//! the act that asks ([`crate::custody::signed`]); here is only the request.
//!
//! What counts: the request is open and was put to that station, the person is still there and may sign for the unit, the
//! key is the person's own for that unit and in force, and the signature is SM2 over exactly the bytes that were shown.

use crate::custody::{Conflict, Error, Forbidden, Invalid, Thing};
use crate::{
    app::App,
    clock::{Moment, Span},
    domain::{Person, Role},
    id::{HandoverId, PersonId, SigningId, StationId, UnitId},
    ledger::{
        Signature, SignatureSuite, SignerRole, State,
        state::{KeyFacts, KeyStanding},
    },
    live::News,
    store::{
        Tx, damaged, keys, people,
        signings::{self, Answer, SignedAct, Signing, SigningState, Subject, SubjectKind},
        stations::{self, Station},
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::{
    FromServer,
    message::SignRequest,
    proof::holder,
    signature::{self, PublicKey},
};
use serde::de::DeserializeOwned;

/// How long a request waits at the station.
const REQUEST: Span = Span::minutes(30);

/// What somebody is to sign.
pub(in crate::custody) struct SignRequestDraft {
    pub act: SignedAct,
    pub subject: Subject,
    /// Exactly these bytes are signed.
    pub statement: Vec<u8>,
    /// What the giver signed, when the statement answers it.
    pub offer: Option<Vec<u8>>,
    /// When what is signed ends by itself.
    pub before: Moment,
}

/// Who may sign, by the act.
fn signers(act: SignedAct) -> &'static [Role] {
    match act {
        SignedAct::Offer | SignedAct::Conclude => &[Role::Officer, Role::Clerk],
    }
}

/// In which role the signature stands in the entry.
fn role(act: SignedAct) -> SignerRole {
    match act {
        SignedAct::Offer => SignerRole::Giver,
        SignedAct::Conclude => SignerRole::Receiver,
    }
}

/// Whether this person may sign such an act for their unit.
pub(in crate::custody) fn may_sign(me: &Person, act: SignedAct) -> bool {
    signers(act).iter().any(|role| me.is(*role))
}

/// Puts a request to a station of the person's unit. Only one at a time per subject.
pub(in crate::custody) async fn ask(
    app: &App,
    me: &Person,
    station: Option<StationId>,
    wish: SignRequestDraft,
) -> Result<SigningId, Error> {
    // The station shows what it reads from the bytes; what it could not read is not put to it.
    let read = hufu_wire::statement::read(&wish.statement, wish.offer.as_deref());
    let sheet = read.map_err(|error| damaged("statement to sign", error))?.sheet();
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let station = station_of(&mut tx, me, station).await?;
    if !app.live.station(station.id).connected {
        return Err(not_connected(&station));
    }
    none_open(app, &mut tx, wish.subject).await?;
    let signing = Signing {
        id: app.ids.new_id(),
        station: station.id,
        person: me.id,
        act: wish.act,
        subject: wish.subject,
        statement: wish.statement,
        offer: wish.offer,
        words: sheet.in_chinese(),
        title: sheet.title.zh,
        state: SigningState::Asked,
        answer: None,
        answer_en: None,
        asked_at: now,
        expires_at: now.plus(REQUEST).min(wish.before),
    };
    signings::add(&mut tx, &signing).await?;
    tx.commit().await?;
    if !app.live.send(station.id, FromServer::Sign(request(&signing, me))) {
        settle(app, &signing, SigningState::TakenBack, Answer::default()).await?;
        return Err(not_connected(&station));
    }
    tell(app, &signing);
    Ok(signing.id)
}

/// The station to sign at: the chosen one, or the only one of the unit.
async fn station_of(tx: &mut Tx, me: &Person, chosen: Option<StationId>) -> Result<Station, Error> {
    if let Some(chosen) = chosen {
        let station = stations::station(tx, chosen).await?;
        let own = station.filter(|station| station.unit == me.unit && !station.disabled);
        return own.ok_or(Error::NotFound(Thing::Station));
    }
    let mut of_unit = stations::of_unit(tx, me.unit).await?;
    match (of_unit.pop(), of_unit.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(Conflict::new(
            "station_not_chosen",
            ("还没有选定签章的工位。", "No station is chosen to sign at."),
            (
                "请先选择本单位的一个工位；没有工位请联系管理员。",
                "Choose a station of your unit; without one, ask the administrator.",
            ),
        )),
    }
}

fn not_connected(station: &Station) -> Error {
    let name = &station.name;
    Conflict::new(
        "station_not_connected",
        (
            &format!("工位“{name}”现在没有连接，不能签章。"),
            &format!("The station “{name}” is not connected; it cannot sign."),
        ),
        (
            "请打开该工位的电脑，看到“已连接”后再试。草稿已保存。",
            "Start the station's PC, wait until it is connected, and try again. The draft is kept.",
        ),
    )
}

fn request(signing: &Signing, asked_by: &Person) -> SignRequest {
    SignRequest {
        request: signing.id.0,
        asked_by: asked_by.name.clone(),
        holder: holder(&asked_by.name, &asked_by.login),
        title: signing.title.clone(),
        words: signing.words.clone(),
        statement: BASE64_STANDARD.encode(&signing.statement),
        offer: signing.offer.as_ref().map(|offer| BASE64_STANDARD.encode(offer)),
        expires_at: signing.expires_at.0,
    }
}

/// What a station should show now: sent again when it dials in, because what was sent while it was away is lost.
pub async fn open_requests(app: &App, station: &Station) -> Result<Vec<SignRequest>, Error> {
    let mut tx = app.db.read().await?;
    let mut requests = Vec::new();
    for signing in signings::open_at(&mut tx, station.id, app.clock.now()).await? {
        let asked_by = people::person(&mut tx, signing.person).await?;
        requests.extend(asked_by.map(|person| request(&signing, &person)));
    }
    Ok(requests)
}

/// Refuses while a signature is awaited: what is shown at the station must not change under the signer's eyes.
pub(in crate::custody) async fn none_open(app: &App, tx: &mut Tx, subject: Subject) -> Result<(), Error> {
    match signings::open_of(tx, subject, app.clock.now()).await?.is_empty() {
        true => Ok(()),
        false => Err(Conflict::new(
            "signature_awaited",
            ("正在等待签章，清单暂时不能改动。", "A signature is awaited; the list cannot change meanwhile."),
            ("请到工位签章，或先撤回签章请求。", "Sign at the station, or take the request back first."),
        )),
    }
}

/// Takes open requests about a subject off their stations: those of these acts.
pub(in crate::custody) async fn take_off_all(
    app: &App,
    subject: Subject,
    of: impl Fn(SignedAct) -> bool,
) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let open = signings::open_of(&mut tx, subject, app.clock.now()).await?;
    drop(tx);
    for signing in open.iter().filter(|signing| of(signing.act)) {
        take_off(app, signing).await?;
    }
    Ok(())
}

async fn take_off(app: &App, signing: &Signing) -> Result<(), Error> {
    settle(app, signing, SigningState::TakenBack, Answer::default()).await?;
    // A station that is away now is not told; its answer would be refused.
    app.live.send(signing.station, FromServer::ForgetSign { request: signing.id.0 });
    Ok(())
}

/// The request, if it was put to this station and still waits.
pub(in crate::custody) async fn open_request(
    app: &App,
    tx: &mut Tx,
    station: &Station,
    id: SigningId,
) -> Result<Signing, Error> {
    let found = signings::signing(tx, id).await?.filter(|signing| signing.station == station.id);
    let signing = found.ok_or(Error::NotFound(Thing::Signing))?;
    if signing.state != SigningState::Asked {
        return Err(Conflict::new(
            "signing_answered",
            ("该签章请求已经答复或撤回。", "This request to sign was answered or taken back."),
            ("如仍需签章，请在页面上重新发起。", "If it is still needed, ask again on the page."),
        ));
    }
    if signing.expires_at <= app.clock.now() {
        return Err(Conflict::new(
            "signing_expired",
            ("该签章请求已经过期。", "This request to sign has expired."),
            ("请在页面上重新发起。", "Ask again on the page."),
        ));
    }
    Ok(signing)
}

/// Whether person, key and signature are what they must be.
pub(in crate::custody) async fn check(
    app: &App,
    tx: &mut Tx,
    station: &Station,
    signing: &Signing,
    key: &str,
    signature_base64: &str,
) -> Result<Signature, Error> {
    let answer = (key, signature_base64);
    let der = by_who_was_asked(tx, station, signing, answer, &signing.statement).await?;
    Ok(Signature {
        role: role(signing.act),
        person: signing.person,
        unit: station.unit,
        key: key.to_owned(),
        suite: SignatureSuite::Sm2Sm3,
        digest: SignatureSuite::Sm2Sm3.digest(&signing.statement),
        value: BASE64_STANDARD.encode(der),
        signed_at: app.clock.now(),
    })
}

/// The signature in DER, if whoever was asked is still there and made it over these bytes with their own key, which is in force.
pub(in crate::custody) async fn by_who_was_asked(
    tx: &mut Tx,
    station: &Station,
    signing: &Signing,
    (key, signature_base64): (&str, &str),
    bytes: &[u8],
) -> Result<Vec<u8>, Error> {
    let person = people::person(tx, signing.person).await?;
    let still =
        |person: &Person| !person.disabled && person.unit == station.unit && may_sign(person, signing.act);
    if !person.is_some_and(|person| still(&person)) {
        return Err(Forbidden::new(
            "signer_not_allowed",
            ("发起人已不能代表本单位签章。", "The one who asked may not sign for this unit any more."),
            ("请由本单位有权的人员重新发起。", "Somebody of the unit with the role must ask again."),
        ));
    }
    let known = in_force(tx, key, signing.person, station.unit).await?;
    let public = PublicKey::from_pem(&known.public_pem).map_err(|error| damaged("public key", error))?;
    let der = BASE64_STANDARD.decode(signature_base64).map_err(|_| signature_wrong())?;
    signature::verify(&public, bytes, &der).map_err(|_| signature_wrong())?;
    Ok(der)
}

/// A no that nobody has signed.
pub(in crate::custody) fn not_declined() -> Error {
    Forbidden::new(
        "declined_without_key",
        (
            "拒签没有用被请求人本人的密钥签署，没有拒签；请求仍在等候。",
            "The refusal to sign was not signed with the key of whoever was asked; nothing was declined, and the request still waits.",
        ),
        (
            "请升级工位程序，由本人输入 PIN 拒签；也可以在页面上撤回请求。",
            "Upgrade the station and let the person decline with their PIN; or take the request back on the page.",
        ),
    )
}

/// The person's key for the unit, if entries say that it is in force: a row in a table would not do.
async fn in_force(tx: &mut Tx, key: &str, person: PersonId, unit: UnitId) -> Result<KeyFacts, Error> {
    let mut state = State::default();
    keys::facts(tx, &mut state).await?;
    let known = state.keys.remove(key).ok_or_else(key_unknown)?;
    if known.holder != person || known.unit != unit {
        return Err(key_of_another_person());
    }
    match known.standing {
        KeyStanding::InForce => Ok(known),
        KeyStanding::Waiting => Err(Invalid::new(
            "key_waiting",
            (
                "这把密钥已登记，尚未确认，没有记账。",
                "This key is registered but not yet confirmed; nothing was recorded.",
            ),
            (
                "请本机关的审批人员在“签章密钥”页比对核对码并确认，再重新发起签章。",
                "An approver of the agency must compare its fingerprint and confirm it on the page Keys; then ask again.",
            ),
        )),
        KeyStanding::Revoked => Err(Invalid::new(
            "key_revoked",
            ("这把密钥已经注销。", "This key has been revoked."),
            ("请改用本人现行的密钥签章。", "Sign with your key that is in use."),
        )),
    }
}

fn key_unknown() -> Error {
    Invalid::new(
        "key_unknown",
        ("签章的密钥没有登记，没有记账。", "The key is not registered; nothing was recorded."),
        (
            "请登记本人的签章密钥（页面“签章密钥”）并由本机关确认，再重新发起签章。",
            "Register your own key (on the page Keys) and have the agency confirm it; then ask again.",
        ),
    )
}

fn key_of_another_person() -> Error {
    Invalid::new(
        "key_of_another_person",
        (
            "签章的密钥是另一人或另一部门的，没有记账。",
            "The key is another person's, or was made for another unit; nothing was recorded.",
        ),
        ("请发起人用本人的密钥签章。", "Whoever asked signs with their own key."),
    )
}

fn signature_wrong() -> Error {
    Invalid::new(
        "signature_wrong",
        ("签名与所示内容不符。", "The signature does not fit what was shown."),
        (
            "请重新发起签章；再次出现请联系管理员检查工位。",
            "Ask again; if it happens twice, have the station checked.",
        ),
    )
}

/// The statement as it was signed.
pub(in crate::custody) fn statement_of<T: DeserializeOwned>(signing: &Signing) -> Result<T, Error> {
    let json = hufu_wire::statement::json(&signing.statement);
    serde_json::from_slice(json).map_err(|error| damaged("request to sign", error).into())
}

/// Ends a request with its answer.
pub(in crate::custody) async fn settle(
    app: &App,
    signing: &Signing,
    state: SigningState,
    answer: Answer,
) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    signings::answer(&mut tx, signing.id, state, &answer).await?;
    tx.commit().await?;
    tell(app, signing);
    Ok(())
}

fn tell(app: &App, signing: &Signing) {
    app.live.tell(News::Signing { person: signing.person });
    match signing.subject.kind {
        SubjectKind::Handover => app.live.tell(News::Handover(HandoverId(signing.subject.id))),
    }
}
