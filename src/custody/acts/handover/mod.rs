//! Looking at handovers. Both sides see an offer; a draft is seen by its own unit alone. What was offered is shown as the
//! giver signed it, with where the item lies now beside it.

pub mod conclude;
pub mod inspect;
pub mod offer;
mod paper;
mod receipt;
pub mod statement;
pub mod withdraw;

pub use paper::paper;
pub use receipt::{LeftOut, LineReceipt};

use crate::custody::{Error, Forbidden, Thing, access, signing::may_sign, turn_to_read};
use crate::{
    app::App,
    clock::Moment,
    documents,
    domain::{Handover, HandoverLine, HandoverState, Person, Role, Viewer},
    id::{HandoverId, ItemId},
    language::Language,
    ledger::{
        Answer, Body, ConclusionStatement, Entry, Mentions, OfferStatement, OfferedLine, Signature,
        SignerRole, Suggestion, part_received,
    },
    store::{
        Tx, cases,
        doubts::{Doubts, EarlierAnswer, OpenDoubt},
        handovers::{self, Paper, RaisedForLine},
        items, journal, names, people,
        signings::{self, SignedAct, SigningState},
        stations,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The lists of the room.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Lists {
    /// Offers that the own unit is to answer.
    pub to_inspect: Vec<Handover>,
    /// Drafts and open offers of the own unit.
    pub made: Vec<Handover>,
    pub ended: Vec<Handover>,
}

/// The handovers of the person's unit, of either side; auditors see everybody's.
pub async fn lists(app: &App, me: &Person) -> Result<Lists, Error> {
    let unit = Viewer::of(me).whose();
    let mut tx = app.db.read().await?;
    Ok(Lists {
        to_inspect: handovers::offered_to(&mut tx, unit).await?,
        made: handovers::made_by(&mut tx, unit).await?,
        ended: handovers::ended(&mut tx, unit).await?,
    })
}

/// Whether the person may hand things over for their unit.
pub fn may_offer(me: &Person) -> bool {
    may_sign(me, SignedAct::Offer)
}

/// The handover, if it is the person's to see.
pub(in crate::custody) async fn seen(tx: &mut Tx, me: &Person, id: HandoverId) -> Result<Handover, Error> {
    let found = handovers::handover(tx, id).await?.ok_or(Error::NotFound(Thing::Handover))?;
    if Viewer::of(me).sees_handover(&found) { Ok(found) } else { Err(Error::NotFound(Thing::Handover)) }
}

/// The handover, if the person acts for its giver.
pub(in crate::custody) async fn given(tx: &mut Tx, me: &Person, id: HandoverId) -> Result<Handover, Error> {
    let found = seen(tx, me, id).await?;
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    if found.giver.id == me.unit { Ok(found) } else { Err(other_side(("移交方", "giver"))) }
}

/// The handover, if the person acts for its receiver.
pub(in crate::custody) async fn received(
    tx: &mut Tx,
    me: &Person,
    id: HandoverId,
) -> Result<Handover, Error> {
    let found = seen(tx, me, id).await?;
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    if found.receiver.id == me.unit { Ok(found) } else { Err(other_side(("接收方", "receiver"))) }
}

fn other_side((zh, en): (&str, &str)) -> Error {
    Forbidden::new(
        "other_side",
        (&format!("这一步由{zh}办理。"), &format!("This is for the {en} to do.")),
        ("请联系对方单位的经办人。", "Ask the other unit's person in charge."),
    )
}

/// One handover with everything a page shows.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct HandoverView {
    pub handover: Handover,
    pub giver_name: String,
    pub receiver_name: String,
    pub lines: Vec<LineView>,
    pub totals: Totals,
    /// What could be on a draft and is not.
    pub left_out: Vec<LeftOut>,
    /// How often the matter has been sent back for supplementary investigation.
    pub returns: u32,
    pub giver_signature: Option<SignatureView>,
    pub receiver_signature: Option<SignatureView>,
    /// The list of the offer, and the voucher of the exchange.
    pub papers: Vec<Paper>,
    /// The number under which the receiver has it.
    pub to_case_number: Option<String>,
    /// The receiver's own cases of the same matter, newest first.
    pub known_cases: Vec<String>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    pub ended_at: Option<Moment>,
    pub signing: Option<SigningView>,
    pub can_give: bool,
    pub can_receive: bool,
    /// Offered, and its time has run out; the clock closes it within a minute.
    pub overdue: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = HandoverLine)]
pub struct LineView {
    pub line: u32,
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub category: String,
    pub features: String,
    /// `12.35 克`
    pub amount: String,
    pub seal: Option<String>,
    pub photographs: Vec<String>,
    pub place: String,
    /// Where it is now, when that is not what was signed.
    pub moved_to: Option<String>,
    pub suggestion: Suggestion,
    pub answer: Option<&'static str>,
    pub note: Option<String>,
    /// Why a draft's line cannot be offered now: `on_offer` or `not_responsible`.
    pub problem: Option<&'static str>,
    pub difference: Option<RaisedForLine>,
    pub receipt: LineReceipt,
    /// What is open against it now.
    pub doubts: Vec<OpenDoubt>,
    /// What receivers have said of it before.
    pub earlier: Vec<EarlierAnswer>,
}

/// The lines by their answers. Both sides' sums are the original list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Totals {
    pub lines: u32,
    pub accepted: u32,
    /// Of those accepted, with a remark.
    pub remarked: u32,
    pub refused: u32,
    pub unanswered: u32,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SignatureView {
    pub person: String,
    pub unit: String,
    pub key: String,
    pub digest: String,
    /// DER, base64.
    pub value: String,
    pub signed_at: Moment,
}

/// The newest request to sign, while it matters.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SigningView {
    pub act: SignedAct,
    pub state: SigningState,
    /// It waits at the station now.
    pub open: bool,
    pub station: String,
    /// The station's own page.
    pub page: String,
    pub connected: bool,
    pub asked_by: String,
    pub title: String,
    /// Why there is no signature, in both languages; a person's own reason in its own.
    pub answer_zh: String,
    pub answer_en: String,
    pub asked_at: Moment,
    pub expires_at: Moment,
}

/// What both sides signed, as far as they have.
#[derive(Clone, Debug, Default)]
pub(in crate::custody) struct SignedStatements {
    pub offer: Option<Entry>,
    pub end: Option<Entry>,
}

impl SignedStatements {
    pub(in crate::custody) async fn load(
        tx: &mut Tx,
        handover: &Handover,
    ) -> Result<SignedStatements, Error> {
        let offer = match handover.offer_seq {
            Some(seq) => journal::entry(tx, seq).await?,
            None => None,
        };
        let end = match handover.end_seq {
            Some(seq) => journal::entry(tx, seq).await?,
            None => None,
        };
        Ok(SignedStatements { offer, end })
    }

    pub(in crate::custody) fn offered(&self) -> Option<&OfferStatement> {
        match &self.offer.as_ref()?.draft.body {
            Body::Offer(offer) => Some(&offer.statement),
            _ => None,
        }
    }

    pub(in crate::custody) fn concluded(&self) -> Option<&ConclusionStatement> {
        match &self.end.as_ref()?.draft.body {
            Body::Exchange(exchange) => Some(&exchange.statement),
            _ => None,
        }
    }

    pub(in crate::custody) fn signature(&self, role: SignerRole) -> Option<&Signature> {
        let entry = match role {
            SignerRole::Giver => self.offer.as_ref(),
            SignerRole::Receiver => self.end.as_ref(),
        };
        entry?.draft.signatures.iter().find(|signature| signature.role == role)
    }
}

/// One handover, if it is the person's to see.
pub async fn handover(app: &App, me: &Person, id: HandoverId) -> Result<HandoverView, Error> {
    let lines_there = seen(&mut app.db.read().await?, me, id).await?.lines;
    let _turn = turn_to_read(app, me, lines_there.into()).await?;
    let mut tx = app.db.read().await?;
    let found = seen(&mut tx, me, id).await?;
    let signed = SignedStatements::load(&mut tx, &found).await?;
    let mut lines = lines(&mut tx, &found, &signed).await?;
    if found.state == HandoverState::Offered && found.receiver.id != me.unit {
        // The receiver's notes are nobody else's until they are signed.
        lines.iter_mut().for_each(|line| (line.answer, line.note) = (None, None));
    }
    let left_out = receipt::left_out(&mut tx, &found, &lines).await?;
    let returns = offer::returns(&mut tx, &found).await?;
    let mut papers = Vec::new();
    for seq in found.offer_seq.into_iter().chain(found.end_seq) {
        papers.extend(handovers::paper(&mut tx, seq).await?);
    }
    let known_cases = cases::of_matter(&mut tx, found.matter).await?.into_iter().rev();
    let known_cases = known_cases.filter(|known| known.case.unit == found.receiver.id);
    let may_offer = may_sign(me, SignedAct::Offer);
    let may_conclude = may_sign(me, SignedAct::Conclude);
    Ok(HandoverView {
        giver_name: found.giver.full_name(),
        receiver_name: found.receiver.full_name(),
        totals: totals(&lines),
        left_out,
        returns,
        lines,
        giver_signature: signature_view(
            &mut tx,
            signed.signature(SignerRole::Giver),
            &found.giver.full_name(),
        )
        .await?,
        receiver_signature: signature_view(
            &mut tx,
            signed.signature(SignerRole::Receiver),
            &found.receiver.full_name(),
        )
        .await?,
        papers,
        to_case_number: signed.concluded().map(|statement| statement.to.case_number.clone()),
        known_cases: known_cases.map(|known| known.case.number).collect(),
        reason: signed.end.as_ref().and_then(|entry| match &entry.draft.body {
            Body::Withdraw(withdraw) => Some(withdraw.reason.clone()),
            _ => None,
        }),
        ended_at: signed.end.as_ref().map(|entry| entry.recorded_at),
        signing: signing_view(app, &mut tx, &found).await?,
        can_give: may_offer && found.giver.id == me.unit,
        can_receive: may_conclude && found.receiver.id == me.unit && found.signed_by != Some(me.id),
        overdue: found.state == HandoverState::Offered && found.expires_at <= app.clock.now(),
        handover: found,
    })
}

fn totals(lines: &[LineView]) -> Totals {
    let count = |answers: &[Option<&str>]| {
        u32::try_from(lines.iter().filter(|line| answers.contains(&line.answer)).count()).unwrap_or(u32::MAX)
    };
    Totals {
        lines: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        accepted: count(&[Some("accepted"), Some("accepted_with_remark")]),
        remarked: count(&[Some("accepted_with_remark")]),
        refused: count(&[Some("refused")]),
        unanswered: count(&[None]),
    }
}

/// Where the items of these lines are now, in words: each place once, with how much where there is more than one.
pub(in crate::custody) async fn places(
    tx: &mut Tx,
    lines: &[HandoverLine],
) -> Result<BTreeMap<ItemId, String>, Error> {
    let ids: Vec<ItemId> = lines.iter().map(|line| line.item).collect();
    let holdings = items::holdings(tx, &ids).await?;
    let mut mentioned = Mentions::default();
    holdings.iter().for_each(|it| mentioned.stock(&it.account));
    let names = names::names(tx, &mentioned).await?;
    let mut held: BTreeMap<ItemId, Vec<_>> = BTreeMap::new();
    for it in holdings.iter().filter(|it| it.quantity > 0) {
        held.entry(it.item).or_default().push(it);
    }
    let words = |line: &HandoverLine| {
        let place = |account| documents::place(Language::Zh, account, &names);
        let text = match held.get(&line.item).map(Vec::as_slice).unwrap_or_default() {
            [one] => place(&one.account),
            several => {
                let amount = |quantity| line.measure.text(quantity, line.counted_as.as_deref());
                let parts =
                    several.iter().map(|it| format!("{} {}", place(&it.account), amount(it.quantity)));
                parts.collect::<Vec<_>>().join("；")
            }
        };
        (line.item, text)
    };
    Ok(lines.iter().map(words).collect())
}

async fn lines(tx: &mut Tx, found: &Handover, signed: &SignedStatements) -> Result<Vec<LineView>, Error> {
    let lines = handovers::lines(tx, found.id).await?;
    let mut places = places(tx, &lines).await?;
    let photographs = handovers::photographs(tx, found.id).await?;
    let differences = match found.end_seq {
        Some(seq) => handovers::raised_by(tx, seq).await?,
        None => Vec::new(),
    };
    let offered: BTreeMap<ItemId, &OfferedLine> = signed
        .offered()
        .map(|it| it.lines.iter().map(|line| (line.item, line)).collect())
        .unwrap_or_default();
    let mut differences: BTreeMap<ItemId, RaisedForLine> =
        differences.into_iter().map(|raised| (raised.item, raised)).collect();
    let items: Vec<ItemId> = lines.iter().map(|line| line.item).collect();
    let mut doubts = Doubts::of(tx, &items, found.id).await?;
    let mut view = |line: HandoverLine| {
        let now = places.remove(&line.item).unwrap_or_default();
        let photographs = photographs.get(&line.item).cloned().unwrap_or_default();
        let difference = differences.remove(&line.item);
        let signed = offered.get(&line.item).copied();
        let item = line.item;
        let owed = doubts.owed.get(&item).copied().unwrap_or_default();
        let (owes, received) = match signed {
            Some(signed) => (signed.not_received, signed.received),
            None => (owed > 0, part_received(line.answered_for, owed)),
        };
        let text = |received| line.measure.text(received, line.counted_as.as_deref());
        LineView {
            receipt: LineReceipt::of(owes, received.map(text)),
            doubts: doubts.open.remove(&item).unwrap_or_default(),
            earlier: doubts.earlier.remove(&item).unwrap_or_default(),
            ..line_view(line, signed, now, photographs, found, difference)
        }
    };
    Ok(lines.into_iter().map(&mut view).collect())
}

fn line_view(
    line: HandoverLine,
    offered: Option<&OfferedLine>,
    place_now: String,
    photographs: Vec<String>,
    found: &Handover,
    difference: Option<RaisedForLine>,
) -> LineView {
    let draft = found.state == HandoverState::Draft;
    let problem = match (draft, line.on_offer, line.answered_for) {
        (true, Some(_), _) => Some("on_offer"),
        (true, None, ..=0) => Some("not_responsible"),
        _ => None,
    };
    let open = matches!(found.state, HandoverState::Draft | HandoverState::Offered);
    LineView {
        line: line.line,
        item: line.item,
        amount: offered.map_or_else(
            || line.amount(),
            |signed| signed.measure.text(signed.quantity, line.counted_as.as_deref()),
        ),
        answer: line.answer.as_ref().map(Answer::word),
        note: line.answer.as_ref().and_then(Answer::note).map(str::to_owned),
        name: offered.map_or(line.name, |signed| signed.name.clone()),
        seal: offered.map_or(line.seal, |signed| signed.seal.clone()),
        photographs: offered.map_or(photographs, |signed| signed.photographs.clone()),
        moved_to: offered.filter(|signed| open && signed.place != place_now).map(|_| place_now.clone()),
        place: offered.map_or(place_now, |signed| signed.place.clone()),
        number: line.number,
        category: line.category,
        features: line.features,
        suggestion: line.suggestion,
        problem,
        difference,
        receipt: LineReceipt::Whole,
        doubts: Vec::new(),
        earlier: Vec::new(),
    }
}

async fn signature_view(
    tx: &mut Tx,
    signature: Option<&Signature>,
    unit: &str,
) -> Result<Option<SignatureView>, Error> {
    let Some(signature) = signature else { return Ok(None) };
    Ok(Some(SignatureView {
        person: people::name(tx, signature.person).await?,
        unit: unit.to_owned(),
        key: signature.key.clone(),
        digest: signature.digest.clone(),
        value: signature.value.clone(),
        signed_at: signature.signed_at,
    }))
}

/// The newest request, while the handover waits for that signature and it has not been made.
async fn signing_view(app: &App, tx: &mut Tx, found: &Handover) -> Result<Option<SigningView>, Error> {
    let wanted = match found.state {
        HandoverState::Draft => SignedAct::Offer,
        HandoverState::Offered => SignedAct::Conclude,
        _ => return Ok(None),
    };
    let newest = signings::newest(tx, found.id.into()).await?;
    let Some(it) = newest.filter(|it| it.act == wanted && it.state != SigningState::TakenBack) else {
        return Ok(None);
    };
    let station = stations::station(tx, it.station).await?;
    let answer_zh = it.answer.unwrap_or_default();
    let answer_en = it.answer_en.unwrap_or_else(|| answer_zh.clone());
    Ok(Some(SigningView {
        act: it.act,
        state: it.state,
        open: it.state == SigningState::Asked && it.expires_at > app.clock.now(),
        station: station.as_ref().map_or_else(String::new, |station| station.name.clone()),
        page: station.map_or_else(String::new, |station| station.page),
        connected: app.live.station(it.station).connected,
        asked_by: people::name(tx, it.person).await?,
        title: it.title,
        answer_zh,
        answer_en,
        asked_at: it.asked_at,
        expires_at: it.expires_at,
    }))
}
