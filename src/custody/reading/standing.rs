//! The one question about a paper that anybody may ask, by the code that is printed on it: which paper it is, how many lines it
//! has, and how it stands now.

use crate::custody::{Error, Invalid, Thing};
use crate::{
    app::App,
    clock::Moment,
    domain::HandoverState,
    language::Language,
    ledger::{Body, Entry, PaperForm, check_code, tree::proof::check_inclusion},
    store::{Tx, auditor, damaged, handovers, heads, journal, papers, tiles},
    vocabulary::vocabulary,
};

vocabulary! {
    /// How a paper stands.
    PaperStanding "paper_standing" {
        InForce "in_force" "有效" "In force",
        /// An offer that its receiver has not answered.
        Waiting "waiting" "待对方签收，尚未生效" "Waiting for the receiver; nothing has changed hands",
        /// An offer that was answered: the certificate says how.
        Concluded "concluded" "已签收，以换押凭证为准" "Answered: the exchange certificate says how",
        Withdrawn "withdrawn" "已撤回，不再有效" "Withdrawn, no longer in force",
        Expired "expired" "已过期，不再有效" "Expired, no longer in force",
        DeclaredWrong "declared_wrong" "已声明有误，尚未更正" "Declared wrong, not corrected yet",
        Corrected "corrected" "已被更正，以更正后的为准" "Superseded by a correction",
    }
}

/// What anybody may know of a paper.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct PaperStatus {
    pub kind: String,
    pub number: String,
    pub standing: PaperStanding,
    /// How many lines the whole paper has: a paper with more or fewer is not the one that was made.
    pub lines: u64,
    /// The number of the paper that takes its place.
    pub followed_by: Option<String>,
    /// Until when a waiting offer can be answered.
    pub expires_at: Option<Moment>,
    pub entry: u64,
    pub recorded_at: Moment,
    /// The entry that declares it wrong.
    pub declared_wrong_by: Option<u64>,
    pub corrected_by: Option<u64>,
    /// How many entries the ledger has had since.
    pub size: u64,
}

/// Looks a check code up, as it is printed on a paper. No login: whoever has the paper knows more than the answer says.
/// The entry's bytes are hashed again, so a changed entry is not called unchanged.
pub async fn standing(app: &App, code: &str) -> Result<PaperStatus, Error> {
    let code = code.trim().to_uppercase();
    let well_formed = code.len() <= 40 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !well_formed {
        return Err(Invalid::new(
            "not_a_check_code",
            ("这不是文书上的校验码。", "This is no check code of a paper."),
            (
                "请照文书上的校验码输入，例如 12-0A1B2C3D4E5F6071。",
                "Type it as the paper has it, such as 12-0A1B2C3D4E5F6071.",
            ),
        ));
    }
    let mut tx = app.db.read().await?;
    let paper = match papers::by_check_code(&mut tx, &code).await? {
        Some(paper) => paper,
        None if papers::entry_of(&mut tx, &code).await?.is_some() => return Err(number_instead()),
        None => return Err(Error::NotFound(Thing::Paper)),
    };
    let seq = paper.seq.cast_unsigned();
    let entry = journal::entry(&mut tx, seq).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let commitment = entry.commitment(app.settings.suite).map_err(crate::store::Error::from)?;
    let head = heads::newest(&mut tx).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let suite = app.settings.suite;
    let way = tiles::inclusions(&mut tx, suite, [seq], head.size).await?.pop().unwrap_or_default();
    let at = (seq.saturating_sub(1), commitment.leaf);
    let proven = check_inclusion(suite, at, (head.size, head.root), &way).is_ok();
    if !proven || check_code(&entry, &commitment) != code {
        let finding = format!("entry {seq} is not the one that paper {} was made of", paper.number);
        return Err(damaged("entry", finding).into());
    }
    let stands = stands(&mut tx, app.clock.now(), &entry).await?;
    Ok(PaperStatus {
        kind: paper.kind,
        number: paper.number,
        standing: stands.standing,
        lines: lines(&entry),
        followed_by: stands.followed_by,
        expires_at: stands.expires_at,
        entry: seq,
        recorded_at: paper.made_at,
        declared_wrong_by: stands.declared_wrong_by,
        corrected_by: stands.corrected_by,
        size: head.size,
    })
}

/// Numbers run on, so that whoever guesses one would learn of papers that they do not hold.
fn number_instead() -> Error {
    Invalid::new(
        "paper_number_instead",
        ("这是文书编号，不是校验码。", "This is the paper's number, not its check code."),
        (
            "请输入文书右上角二维码下的校验码；编号请登录后在搜索框中查。",
            "Type the check code under the drawn code of the paper; its number is found by the search after logging in.",
        ),
    )
}

/// How a paper stands, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::custody) struct Stands {
    pub standing: PaperStanding,
    pub followed_by: Option<String>,
    pub expires_at: Option<Moment>,
    pub declared_wrong_by: Option<u64>,
    pub corrected_by: Option<u64>,
}

impl Stands {
    fn as_it_is(standing: PaperStanding) -> Stands {
        Stands { standing, followed_by: None, expires_at: None, declared_wrong_by: None, corrected_by: None }
    }

    /// As the paper itself says it, when it is printed again.
    pub(in crate::custody) fn sentence(&self) -> String {
        let standing = self.standing.text(Language::Zh);
        match (&self.followed_by, self.expires_at, self.corrected_by.or(self.declared_wrong_by)) {
            (Some(number), ..) => format!("{standing}：{number}"),
            (None, Some(until), _) => format!("{standing}；{} 前有效", until.text()),
            (None, None, Some(entry)) => format!("{standing}（分录 {entry}）"),
            (None, None, None) => standing.to_owned(),
        }
    }
}

/// How the paper of an entry stands now: its entry alone does not say.
pub(in crate::custody) async fn stands(tx: &mut Tx, now: Moment, entry: &Entry) -> Result<Stands, Error> {
    let errors = auditor::errors(tx, entry.seq).await?;
    let stands = match entry.draft.body.paper() {
        Some(PaperForm::OfferList) => offer(tx, now, entry.seq).await?,
        _ => Stands::as_it_is(PaperStanding::InForce),
    };
    let Some(declaration) = errors.declared_by else { return Ok(stands) };
    let corrected = errors.corrected_by.map(i64::cast_unsigned);
    let standing = if corrected.is_some() { PaperStanding::Corrected } else { PaperStanding::DeclaredWrong };
    let declared_wrong_by = Some(declaration.cast_unsigned());
    Ok(Stands { declared_wrong_by, corrected_by: corrected, standing, ..stands })
}

async fn offer(tx: &mut Tx, now: Moment, seq: u64) -> Result<Stands, Error> {
    let missing = || Error::NotFound(Thing::Paper);
    let id = handovers::of_entry(tx, seq).await?.ok_or_else(missing)?;
    let found = handovers::handover(tx, id).await?.ok_or_else(missing)?;
    Ok(match found.state {
        HandoverState::Offered if found.expires_at > now => {
            let expires_at = Some(found.expires_at);
            Stands { expires_at, ..Stands::as_it_is(PaperStanding::Waiting) }
        }
        // Nothing ends it at that very moment, and nothing can be answered after it.
        HandoverState::Offered | HandoverState::Expired => Stands::as_it_is(PaperStanding::Expired),
        HandoverState::Withdrawn => Stands::as_it_is(PaperStanding::Withdrawn),
        HandoverState::Concluded => {
            let followed_by = match found.end_seq {
                Some(end) => papers::of_entry(tx, end).await?.map(|paper| paper.number),
                None => None,
            };
            Stands { followed_by, ..Stands::as_it_is(PaperStanding::Concluded) }
        }
        HandoverState::Draft => return Err(damaged("handover", "an offer in the ledger is a draft").into()),
    })
}

/// The lines of the paper that the entry makes.
fn lines(entry: &Entry) -> u64 {
    let lines = match &entry.draft.body {
        Body::Receive(it) => it.lines.len(),
        Body::Offer(it) => it.statement.lines.len(),
        Body::Exchange(it) => it.statement.lines.len(),
        Body::CheckOut(it) => it.lines.len(),
        Body::Return(it) => it.lines.len(),
        Body::CountStatement(it) => it.differences.len(),
        _ => 0,
    };
    lines as u64
}
