//! People's keys, by which agencies sign. Each enters by its holder and comes into force by another person of the agency, or by the
//! yes of a key of theirs: whoever runs the machine that holds the ledger can carry the files, and cannot make a key. Private halves
//! are never seen here.

use crate::custody::{Error, Forbidden, Invalid, Thing, access, recording::Recording};
use crate::{
    app::App,
    clock::Moment,
    domain::{Person, Role},
    ledger::{Body, ConfirmKey, RegisterKey, RevokeKey, SignatureSuite, state::KeyStanding},
    store::{
        Recorded, Tx, damaged, journal,
        keys::{self, AgencyKey},
        people,
    },
};
use hufu_wire::{
    proof::holder,
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, grouped, key_id},
};
use serde::Serialize;

/// A key as people see it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct KeyView {
    pub key: String,
    pub agency: String,
    pub unit: String,
    /// The person whose key it is.
    pub holder: String,
    /// In groups of four. What the station printed is compared with it.
    pub fingerprint: String,
    pub standing: KeyStanding,
    pub registered_seq: i64,
    pub in_force_seq: Option<i64>,
    pub revoked_seq: Option<i64>,
    pub revocation: Option<String>,
    /// Whether the one who looks may confirm it now.
    pub may_confirm: bool,
    pub may_revoke: bool,
}

/// What a registration came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RegisteredKey {
    pub key: String,
    /// In groups of four.
    pub fingerprint: String,
    pub standing: KeyStanding,
    pub seq: u64,
}

/// Registers the person's own key for their unit: what `hufu-station key new` printed. An agency's first key waits until an approver
/// of it has confirmed the fingerprint; one that a key in force has signed is in force at once.
pub async fn register(app: &App, me: &Person, it: &KeyRegistration) -> Result<RegisteredKey, Error> {
    access::require_reader(me)?;
    if it.agency != me.agency_name {
        return Err(another_agency());
    }
    if it.holder != holder(&me.name, &me.login) || it.unit != me.unit_name {
        return Err(another_holder(it, me));
    }
    let public = PublicKey::from_pem(&it.public_pem).map_err(|_| not_a_public_key())?;
    let key = key_id(&public);
    let body = RegisterKey {
        key: key.clone(),
        agency: me.agency,
        unit: me.unit,
        holder: me.id,
        agency_name: it.agency.clone(),
        unit_name: it.unit.clone(),
        holder_name: it.holder.clone(),
        suite: SignatureSuite::Sm2Sm3,
        public_pem: public.to_pem().to_owned(),
        possession: it.possession.clone(),
        follows: it.follows.clone(),
    };
    let standing = body.standing();
    let seq = Recording::new(app, me, app.ids.new_id()).record(Body::RegisterKey(body)).await?.seq;
    Ok(RegisteredKey { key, fingerprint: grouped(&fingerprint(&public)), standing, seq })
}

/// An approver of the agency has compared the fingerprint with what the station printed. Refuses the one who registered it.
pub async fn confirm(app: &App, me: &Person, key: &str, fingerprint: &str) -> Result<Recorded, Error> {
    answers_for(app, me, key).await?;
    let digits = fingerprint.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let fingerprint = digits.collect::<String>().to_ascii_lowercase();
    let body = Body::ConfirmKey(ConfirmKey { key: key.to_owned(), fingerprint });
    Recording::new(app, me, app.ids.new_id()).record(body).await
}

/// From now on the key signs nothing; what it signed stays signed. Its holder may do it, and every approver of the agency.
pub async fn revoke(app: &App, me: &Person, key: &str, reason: &str) -> Result<Recorded, Error> {
    access::require_reader(me)?;
    let holds =
        keys::all(&mut app.db.read().await?).await?.iter().any(|it| it.key == key && it.holder == me.id);
    if !holds {
        answers_for(app, me, key).await?;
    }
    let body = Body::RevokeKey(RevokeKey { key: key.to_owned(), reason: reason.trim().to_owned() });
    Recording::new(app, me, app.ids.new_id()).record(body).await
}

/// Refuses whoever is no approver of the key's agency.
async fn answers_for(app: &App, me: &Person, key: &str) -> Result<(), Error> {
    access::require(me, Role::Approver)?;
    let mut tx = app.db.read().await?;
    let keys = keys::all(&mut tx).await?;
    let key = keys.iter().find(|it| it.key == key).ok_or(Error::NotFound(Thing::Key))?;
    if key.agency == me.agency { Ok(()) } else { Err(another_agency()) }
}

/// First keys of the agency that this approver may confirm, each with when it was registered.
pub(in crate::custody) async fn to_confirm(
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<(KeyView, Moment)>, Error> {
    waiting(tx, me, |it| me.is(Role::Approver) && it.agency == me.agency && it.holder != me.id).await
}

/// The person's own keys that wait for their confirmation.
pub(in crate::custody) async fn waiting_of(
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<(KeyView, Moment)>, Error> {
    waiting(tx, me, |it| it.holder == me.id).await
}

async fn waiting(
    tx: &mut Tx,
    me: &Person,
    whose: impl Fn(&AgencyKey) -> bool,
) -> Result<Vec<(KeyView, Moment)>, Error> {
    let mut views = Vec::new();
    for row in keys::all(tx).await? {
        if row.in_force_seq.is_none() && row.revoked_seq.is_none() && whose(&row) {
            let entry = journal::entry(tx, row.registered_seq.cast_unsigned()).await?;
            let registered_at = entry.ok_or(Error::NotFound(Thing::Entry))?.recorded_at;
            views.push((view(tx, me, row).await?, registered_at));
        }
    }
    Ok(views)
}

/// Every key of every agency: whoever checks a signature needs them, and none of it is anybody's secret.
pub async fn list(app: &App, me: &Person) -> Result<Vec<KeyView>, Error> {
    let mut tx = app.db.read().await?;
    let mut views = Vec::new();
    for row in keys::all(&mut tx).await? {
        views.push(view(&mut tx, me, row).await?);
    }
    Ok(views)
}

async fn view(tx: &mut Tx, me: &Person, row: AgencyKey) -> Result<KeyView, Error> {
    let unit = people::unit(tx, row.unit).await?.ok_or(Error::NotFound(Thing::Unit))?;
    let holder = people::name(tx, row.holder).await?;
    let public = PublicKey::from_pem(&row.public_pem).map_err(|error| damaged("public key", error))?;
    let standing = match (row.in_force_seq, row.revoked_seq) {
        (_, Some(_)) => KeyStanding::Revoked,
        (Some(_), None) => KeyStanding::InForce,
        (None, None) => KeyStanding::Waiting,
    };
    let theirs = me.is(Role::Approver) && me.agency == row.agency;
    let own = row.holder == me.id;
    Ok(KeyView {
        key: row.key,
        agency: unit.agency_name,
        unit: unit.name,
        holder,
        fingerprint: grouped(&fingerprint(&public)),
        standing,
        registered_seq: row.registered_seq,
        in_force_seq: row.in_force_seq,
        revoked_seq: row.revoked_seq,
        revocation: row.revocation,
        may_confirm: theirs && !own && standing == KeyStanding::Waiting,
        may_revoke: (theirs || own) && standing != KeyStanding::Revoked,
    })
}

fn another_agency() -> Error {
    Forbidden::new(
        "key_of_another_agency",
        ("这把签章密钥属于另一机关，没有办理。", "The key is another agency's; nothing was done."),
        ("请由该机关自己的人员办理。", "People of that agency must do it."),
    )
}

fn another_holder(it: &KeyRegistration, me: &Person) -> Error {
    let (own, unit) = (holder(&me.name, &me.login), &me.unit_name);
    Forbidden::new(
        "key_of_another_person",
        (
            &format!("这把密钥写明的是“{}”（{}），不是“{own}”（{unit}），没有登记。", it.holder, it.unit),
            &format!(
                "The key says {} ({}), and not {own} ({unit}); nothing was registered.",
                it.holder, it.unit
            ),
        ),
        (
            "请持有人本人登记；姓名、登录名或部门写错的，请重新生成密钥。",
            "Its holder registers it; if name, login or unit were written wrongly, make the key again.",
        ),
    )
}

/// What somebody pasted is not what a station prints; told only to who may register.
pub fn not_a_registration(me: &Person) -> Error {
    access::require_reader(me).err().unwrap_or_else(not_a_public_key)
}

fn not_a_public_key() -> Error {
    Invalid::new(
        "not_a_public_key",
        ("这不是工位生成的签章密钥。", "This is not a signing key that a station made."),
        ("请粘贴生成密钥时打印的全部内容。", "Paste all that was printed when the key was made."),
    )
}
