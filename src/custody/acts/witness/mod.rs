//! The witnesses of this ledger: who they are, what they bring, how far each has signed, and what becomes of one that is
//! behind or refuses. [`bring`] is what a witness does here, [`lapse`] what becomes of what it does not do.

mod bring;
mod lapse;

pub use bring::{cosign, refuse};
pub use lapse::raise_lapses;

use crate::custody::{Conflict, Error, Invalid, Thing, access, ledger::auditor_only};
use crate::{
    app::App,
    clock::Moment,
    domain::Person,
    ledger::note::key::{Purpose, VerifierKey},
    store::{
        heads, people,
        witnesses::{self, Witness},
    },
};
use serde::Serialize;

/// How many refusals are shown.
const SHOWN: u32 = 20;

/// How a witness stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WitnessState {
    /// It signs; what it has not signed yet is younger than the rule allows.
    InOrder,
    /// It has left entries unsigned for longer than it may.
    Behind,
    /// The last that came from it is a refusal.
    Refused,
    Revoked,
}

impl WitnessState {
    pub fn word(self) -> &'static str {
        match self {
            WitnessState::InOrder => "in_order",
            WitnessState::Behind => "behind",
            WitnessState::Refused => "refused",
            WitnessState::Revoked => "revoked",
        }
    }
}

/// One witness, and how far it has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WitnessStatus {
    pub name: String,
    /// As it printed it: name+id+key.
    pub key: String,
    pub agency: String,
    pub unit: String,
    /// Up to this entry; none before the first time.
    pub signed: Option<i64>,
    pub signed_at: Option<Moment>,
    /// How many entries the ledger has.
    pub size: u64,
    pub state: WitnessState,
    /// Since when entries are there that it has not signed.
    pub behind_since: Option<Moment>,
    /// The code of what it last refused, as long as that is the last that came from it.
    pub refused: Option<String>,
    pub refused_at: Option<Moment>,
}

/// What a witness would not sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Evidence {
    pub witness: String,
    /// Up to where it had signed here.
    pub signed: i64,
    /// `rollback`, `fork`, `wrong_signature`, `unknown_origin` or `no_proof`.
    pub reason: String,
    pub received_at: Moment,
    /// The text that it signed: both checkpoints with their signatures, the proof and the time.
    pub evidence: String,
}

/// Enters a witness; `unit` is agency/unit. The same again changes nothing. Answers with its name.
pub async fn register(app: &App, unit: &str, key: &str) -> Result<String, Error> {
    let key = VerifierKey::from_text(key).ok().filter(|key| key.purpose() == Purpose::Cosignature);
    let key = key.ok_or_else(|| {
        Invalid::new(
            "not_a_witness_key",
            ("这不是见证方的公钥，没有登记。", "This is not a witness's key; nothing was entered."),
            ("请粘贴 hufu witness key 打印的整行。", "Paste the whole line that `hufu witness key` printed."),
        )
    })?;
    let mut tx = app.db.write().await?;
    let units = people::units(&mut tx).await?;
    let found = units.iter().find(|it| unit.split_once('/') == Some((&it.agency_name, &it.name)));
    let unit = found.ok_or(Error::NotFound(Thing::Unit))?.id;
    let witness = Witness {
        name: key.name().to_owned(),
        key: key.text(),
        unit,
        added_at: app.clock.now(),
        revoked_at: None,
    };
    if !witnesses::register(&mut tx, &witness).await? {
        let there = witnesses::all(&mut tx).await?;
        let same = |it: &Witness| it.name == witness.name && it.key == witness.key && it.revoked_at.is_none();
        if !there.iter().any(same) {
            return Err(Conflict::new(
                "witness_name_taken",
                (
                    "这个名称或公钥已登记过，没有改变。",
                    "This name or key has been entered before; nothing was changed.",
                ),
                ("请用新的名称另制密钥。", "Make a new key under a new name."),
            ));
        }
    }
    tx.commit().await?;
    Ok(witness.name)
}

/// From now on nothing is taken from this witness.
pub async fn revoke(app: &App, name: &str) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let revoked = witnesses::revoke(&mut tx, name, app.clock.now()).await?;
    tx.commit().await?;
    if revoked { Ok(()) } else { Err(Error::NotFound(Thing::Witness)) }
}

/// Every witness and how it stands. For those who see all.
pub async fn standing(app: &App, me: &Person) -> Result<Vec<WitnessStatus>, Error> {
    auditor_only(me)?;
    all(app).await
}

/// The same for a page that others read too: nothing for them.
pub async fn shown(app: &App, me: &Person) -> Result<Option<Vec<WitnessStatus>>, Error> {
    match access::sees_all(me) {
        true => Ok(Some(all(app).await?)),
        false => Ok(None),
    }
}

/// The newest refusals, with what shows why. For those who see all.
pub async fn refusals(app: &App, me: &Person) -> Result<Vec<Evidence>, Error> {
    auditor_only(me)?;
    let mut tx = app.db.read().await?;
    let found = witnesses::refusals(&mut tx, SHOWN).await?.into_iter();
    Ok(found
        .map(|it| Evidence {
            witness: it.witness,
            signed: it.size,
            reason: it.why,
            received_at: it.received_at,
            evidence: it.evidence,
        })
        .collect())
}

/// How every witness stands, for the administrator of the machine.
pub async fn all(app: &App) -> Result<Vec<WitnessStatus>, Error> {
    let mut tx = app.db.read().await?;
    let size = heads::size(&mut tx).await?;
    let (units, newest) = (people::units(&mut tx).await?, witnesses::newest(&mut tx).await?);
    let refusals = witnesses::refused(&mut tx).await?;
    let mut standing = Vec::new();
    for witness in witnesses::all(&mut tx).await? {
        let signed = newest.iter().find(|it| it.witness == witness.name);
        let behind_since = lapse::behind_since(&mut tx, &witness, signed).await?;
        // The newest stands first. What it has signed since is the last word.
        let refusal = refusals.iter().find(|it| it.witness == witness.name);
        let refusal = refusal.filter(|it| signed.is_none_or(|signed| signed.received_at < it.received_at));
        let unit = units.iter().find(|unit| unit.id == witness.unit);
        let (agency, unit) = unit.map(|it| (it.agency_name.clone(), it.name.clone())).unwrap_or_default();
        let late = behind_since.is_some_and(|since| lapse::too_long(app, since));
        standing.push(WitnessStatus {
            state: match (witness.revoked_at, refusal, late) {
                (Some(_), ..) => WitnessState::Revoked,
                (None, Some(_), _) => WitnessState::Refused,
                (None, None, true) => WitnessState::Behind,
                (None, None, false) => WitnessState::InOrder,
            },
            name: witness.name,
            key: witness.key,
            agency,
            unit,
            signed: signed.map(|it| it.size),
            signed_at: signed.map(|it| it.signed_at),
            size,
            behind_since,
            refused: refusal.map(|it| it.why.clone()),
            refused_at: refusal.map(|it| it.received_at),
        });
    }
    Ok(standing)
}
