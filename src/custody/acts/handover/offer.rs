//! 移交要约: the unit that answers puts a list together and signs it. The things stay where they are.

use crate::custody::{
    Conflict, Error, Invalid, Thing, access,
    handover::{SignedStatements, given, places},
    recording::{Once, Recording},
    signing::{self, SignRequestDraft},
};
use crate::{
    app::App,
    domain::{Handover, HandoverLine, HandoverState, Person, Role, Unit, handover, rule::Deadline},
    id::{CaseId, HandoverId, ItemId, MatterId, SigningId, StationId, UnitId},
    ledger::{
        Body, HandoverPurpose, NamedParty, Offer, OfferStatement, OfferTold, OfferedLine, Party, Refusal,
        RefusalReason, Signature, StatementForm, Suggestion, goes_back, part_received, rounds, take_passage,
    },
    live::News,
    store::{
        Tx, cases,
        doubts::Doubts,
        handovers, heads, items as stored_items,
        offer_drafts::{self, Givable, GivableCase, NewDraft},
        people,
        signings::{SignedAct, Signing},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What may be chosen for a new handover.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Choices {
    /// The own cases with things to hand over.
    pub cases: Vec<GivableCase>,
    /// Purposes and, for each, the units that may receive.
    pub purposes: Vec<(HandoverPurpose, Vec<Unit>)>,
}

/// The own unit's cases, and to whom it may hand over for what.
pub async fn choices(app: &App, me: &Person) -> Result<Choices, Error> {
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    let mut tx = app.db.read().await?;
    let units = people::units(&mut tx).await?;
    let signers = signing_units(&mut tx).await?;
    let came_from = handovers::came_from(&mut tx, me.unit).await?;
    let to = |purpose| {
        let fits = |unit: &&Unit| {
            handover::may_pass(purpose, me.agency_kind, unit.agency_kind)
                && unit.id != me.unit
                && signers.contains(&unit.id)
                && (!goes_back(purpose) || came_from.contains(&unit.id))
        };
        units.iter().filter(fits).cloned().collect::<Vec<_>>()
    };
    let purposes = HandoverPurpose::ALL.iter().map(|purpose| (*purpose, to(*purpose)));
    let cases = offer_drafts::givable_cases(&mut tx, me.unit).await?;
    Ok(Choices { cases, purposes: purposes.filter(|(_, units)| !units.is_empty()).collect() })
}

/// Units with somebody who may sign for them.
async fn signing_units(tx: &mut Tx) -> Result<Vec<UnitId>, Error> {
    let people = people::persons(tx).await?;
    let signers =
        people.iter().filter(|person| !person.disabled && signing::may_sign(person, SignedAct::Conclude));
    Ok(signers.map(|person| person.unit).collect())
}

/// What a new handover is for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewOffer {
    pub case: CaseId,
    pub purpose: HandoverPurpose,
    pub to_unit: UnitId,
}

/// Begins a draft with every open item of the case that the own unit answers for, that is not on offer and that a store has
/// received; what was never handed in, or was refused at the counter, is put on it by a decision of its own. The same wish again finds
/// the same draft.
pub async fn draft_offer(app: &App, me: &Person, new: NewOffer) -> Result<HandoverId, Error> {
    draft(app, me, new, &[], None).await
}

/// The same with these items only. Refuses when the unit has a draft for the same receiver already: it says what is on it.
pub async fn draft_offer_of(
    app: &App,
    me: &Person,
    new: NewOffer,
    items: &[ItemId],
) -> Result<HandoverId, Error> {
    match items {
        [] => Err(not_chosen()),
        items => draft(app, me, new, items, None).await,
    }
}

/// What an offer that came to nothing said, for the draft that takes its place.
struct Earlier {
    told: OfferTold,
    suggestions: BTreeMap<ItemId, Suggestion>,
}

/// Begins a draft like an offer that was withdrawn or ran out: for the same receiver, with those of its things that may still be
/// given, and with what it said of them and of the case.
pub async fn offer_again(app: &App, me: &Person, id: HandoverId) -> Result<HandoverId, Error> {
    let mut tx = app.db.read().await?;
    let found = given(&mut tx, me, id).await?;
    match found.state {
        HandoverState::Withdrawn | HandoverState::Expired => {}
        HandoverState::Draft => return Ok(id),
        HandoverState::Offered => return Err(Refusal::from(RefusalReason::OfferAlreadyMade).into()),
        HandoverState::Concluded => return Err(Refusal::from(RefusalReason::OfferClosed).into()),
    }
    let lines = handovers::lines(&mut tx, id).await?;
    drop(tx);
    let suggestions: BTreeMap<ItemId, Suggestion> =
        lines.iter().map(|line| (line.item, line.suggestion)).collect();
    let items: Vec<ItemId> = suggestions.keys().copied().collect();
    let new = NewOffer { case: found.from_case, purpose: found.purpose, to_unit: found.receiver.id };
    draft(app, me, new, &items, Some(Earlier { told: found.told, suggestions })).await
}

/// The one case of the own unit in which it answers for all of these.
pub async fn case_of(app: &App, me: &Person, items: &[ItemId]) -> Result<CaseId, Error> {
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    let mut tx = app.db.read().await?;
    let duties = stored_items::duties(&mut tx, items).await?;
    let of_unit = duties.iter().filter_map(|it| it.account.party()).filter(|party| party.unit == me.unit);
    let cases: BTreeSet<CaseId> = of_unit.map(|party| party.case).collect();
    match cases.into_iter().collect::<Vec<_>>().as_slice() {
        [case] => Ok(*case),
        [] => Err(Invalid::new(
            "nothing_chosen",
            (
                "勾选的财物都不由本单位负责，没有发起换押。",
                "Your unit answers for none of these; nothing was offered.",
            ),
            ("请勾选本单位负责的财物。", "Choose things that your unit answers for."),
        )),
        _ => Err(Invalid::new(
            "several_cases",
            ("勾选的财物属于几个案件，没有发起换押。", "These belong to several cases; nothing was offered."),
            ("一次换押只办一个案件：请按案件勾选。", "A handover is of one case: choose the things of one."),
        )),
    }
}

async fn draft(
    app: &App,
    me: &Person,
    new: NewOffer,
    only: &[ItemId],
    earlier: Option<Earlier>,
) -> Result<HandoverId, Error> {
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    let mut tx = app.db.write().await?;
    let case = cases::case(&mut tx, new.case).await?;
    let Some(case) = case.filter(|known| known.case.unit == me.unit).map(|known| known.case) else {
        return Err(Error::NotFound(Thing::Case));
    };
    let receiver = people::unit(&mut tx, new.to_unit).await?;
    check_receiver(me, new.purpose, receiver.as_ref())?;
    check_way_back(&mut tx, (case.id, case.matter), new.purpose, new.to_unit).await?;
    let draft = NewDraft {
        id: app.ids.new_id(),
        purpose: new.purpose,
        from_unit: me.unit,
        from_case: new.case,
        to_unit: new.to_unit,
        made_by: me.id,
        made_at: app.clock.now(),
        told: match &earlier {
            Some(earlier) => earlier.told.clone(),
            None => OfferTold {
                suspect: offer_drafts::suspect_told(&mut tx, new.case).await?,
                ..OfferTold::default()
            },
        },
    };
    match offer_drafts::same_draft(&mut tx, &draft).await? {
        Some(begun) if only.is_empty() || earlier.is_some() => return Ok(begun),
        Some(_) => return Err(drafted_already()),
        None => {}
    }
    let mut items = offer_drafts::givable_items(&mut tx, me.unit, new.case).await?;
    items.retain(|it| only.is_empty() || only.contains(&it.item));
    if items.is_empty() {
        return Err(Conflict::new(
            "nothing_to_offer",
            (
                "本案没有可以换押的财物：都不由本单位负责，或正在换押中。",
                "The case has nothing to hand over: others answer for it, or it is on offer already.",
            ),
            ("请打开案件，看每件财物的责任单位。", "Open the case to see who answers for each item."),
        ));
    }
    let earlier = earlier.map(|it| it.suggestions).unwrap_or_default();
    for it in &mut items {
        it.suggestion = earlier.get(&it.item).copied().unwrap_or(it.suggestion);
    }
    // That a thing of the earlier offer goes over unreceived was decided there.
    let goes = |it: &&Givable| earlier.contains_key(&it.item) || (it.owed == 0 && !it.refused);
    let received: Vec<&Givable> = items.iter().filter(goes).collect();
    offer_drafts::add_draft(&mut tx, &draft, &received).await?;
    tx.commit().await?;
    Ok(draft.id)
}

fn drafted_already() -> Error {
    Conflict::new(
        "drafted_already",
        (
            "本单位已有给同一接收部门的换押草稿，没有另起一份。",
            "Your unit has a draft for the same receiver already; no other was begun.",
        ),
        ("请打开那份草稿，把不移交的移出。", "Open that draft and leave out what does not go."),
    )
}

/// Case, purpose and receiver must all be chosen.
pub fn not_chosen() -> Error {
    Invalid::new(
        "not_chosen",
        ("没有选好案件或接收部门。", "Case or receiver is not chosen."),
        ("请选择案件和接收部门。", "Choose the case and the receiving unit."),
    )
}

fn check_receiver(me: &Person, purpose: HandoverPurpose, receiver: Option<&Unit>) -> Result<(), Error> {
    if receiver.is_some_and(|unit| unit.id == me.unit) {
        return Err(Refusal::from(RefusalReason::SameParty).into());
    }
    match receiver {
        Some(unit) if handover::may_pass(purpose, me.agency_kind, unit.agency_kind) => Ok(()),
        _ => Err(Invalid::new(
            "receiver_not_for_purpose",
            ("这个部门不能以此事由接收移交。", "This unit does not receive handovers for this purpose."),
            ("请重新选择事由和接收部门。", "Choose the purpose and the receiving unit again."),
        )),
    }
}

/// A case goes back to the unit that it came from, and for supplementary investigation at most twice, whatever number it has.
async fn check_way_back(
    tx: &mut Tx,
    (case, matter): (CaseId, MatterId),
    purpose: HandoverPurpose,
    to: UnitId,
) -> Result<(), Error> {
    if !goes_back(purpose) {
        return Ok(());
    }
    let mut ways = BTreeMap::new();
    handovers::passages(tx, case).await?.into_iter().for_each(|it| take_passage(&mut ways, it));
    if !ways.get(&case).is_some_and(|way| way.came_from.contains(&to)) {
        return Err(Refusal::from(RefusalReason::NotWhereItCameFrom).into());
    }
    let rounds = rounds(handovers::passages_of_matter(tx, matter).await?);
    match purpose == HandoverPurpose::SentBack && rounds.used_up() {
        true => Err(Refusal::from(RefusalReason::SentBackTwice).into()),
        false => Ok(()),
    }
}

/// How often the matter has been sent back for supplementary investigation.
pub(in crate::custody) async fn returns(tx: &mut Tx, found: &Handover) -> Result<u32, Error> {
    Ok(rounds(handovers::passages_of_matter(tx, found.matter).await?).returns)
}

/// A draft that this person may change: nobody is being asked to sign it.
async fn changeable(app: &App, tx: &mut Tx, me: &Person, id: HandoverId) -> Result<Handover, Error> {
    let found = given(tx, me, id).await?;
    draft_only(&found)?;
    signing::none_open(app, tx, id.into()).await?;
    Ok(found)
}

fn draft_only(found: &Handover) -> Result<(), Error> {
    match found.state {
        HandoverState::Draft => Ok(()),
        HandoverState::Offered => Err(Refusal::from(RefusalReason::OfferAlreadyMade).into()),
        _ => Err(Refusal::from(RefusalReason::OfferClosed).into()),
    }
}

/// Says what should become of these lines of a draft.
pub async fn suggest(
    app: &App,
    me: &Person,
    id: HandoverId,
    suggestions: &[(u32, Suggestion)],
) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    changeable(app, &mut tx, me, id).await?;
    for (line, suggestion) in suggestions {
        if !offer_drafts::set_suggestion(&mut tx, id, *line, *suggestion).await? {
            return Err(no_such_line());
        }
    }
    Ok(tx.commit().await?)
}

/// Takes a line out of a draft; its item stays with the own unit.
pub async fn leave_out(app: &App, me: &Person, id: HandoverId, line: u32) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    changeable(app, &mut tx, me, id).await?;
    if !offer_drafts::leave_out(&mut tx, id, line).await? {
        return Err(no_such_line());
    }
    Ok(tx.commit().await?)
}

/// Puts a thing on a draft that was left out of it: one that no store has received goes over as that, and says so.
pub async fn put_in(app: &App, me: &Person, id: HandoverId, item: ItemId) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let found = changeable(app, &mut tx, me, id).await?;
    let there = handovers::lines(&mut tx, id).await?.iter().any(|line| line.item == item);
    if there {
        return Ok(());
    }
    let givable = offer_drafts::givable_items(&mut tx, me.unit, found.from_case).await?;
    let wanted = givable.iter().find(|it| it.item == item).ok_or_else(no_such_line)?;
    offer_drafts::put_in(&mut tx, id, wanted).await?;
    Ok(tx.commit().await?)
}

/// Keeps what a draft says of the case beside its lines.
pub async fn tell(app: &App, me: &Person, id: HandoverId, told: OfferTold) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    changeable(app, &mut tx, me, id).await?;
    let told = checked(told)?;
    offer_drafts::tell(&mut tx, id, &told).await?;
    Ok(tx.commit().await?)
}

/// The longest that is said of a case beside its things, in characters: it stands in one cell of a paper.
const TOLD_MAX: usize = 120;

/// Blank is nothing. Refuses what does not go into its cell, a day that is none, and the day of a letter without its number: papers
/// show the day beside the number only.
fn checked(told: OfferTold) -> Result<OfferTold, Error> {
    let said = |text: Option<String>| text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let told = OfferTold {
        suspect: said(told.suspect),
        letter: said(told.letter),
        letter_date: said(told.letter_date),
        telephone: said(told.telephone),
    };
    let texts = [&told.suspect, &told.letter, &told.telephone];
    if texts.into_iter().flatten().any(|text| text.chars().count() > TOLD_MAX) {
        return Err(Invalid::new(
            "told_too_long",
            (
                "犯罪嫌疑人、文书号或电话太长，没有保存。",
                "The suspect, the letter or the telephone is too long; nothing was kept.",
            ),
            ("请各写在一百二十字以内。", "Keep each within 120 characters."),
        ));
    }
    if told.letter.is_none() && told.letter_date.is_some() {
        return Err(Invalid::new(
            "letter_missing",
            (
                "填了移送文书的日期，没有填文书号，没有保存。",
                "The letter has a day and no number; nothing was kept.",
            ),
            ("请填写文书号，或清除日期。", "Give the letter's number, or clear its day."),
        ));
    }
    match told.letter_date.as_deref().map(str::parse::<chrono::NaiveDate>) {
        None | Some(Ok(_)) => Ok(told),
        Some(Err(_)) => Err(Invalid::new(
            "no_such_day",
            ("移送文书的日期不是日期，没有保存。", "The day of the letter is no day; nothing was kept."),
            ("请写成 2026-11-22 的样子。", "Write it like 2026-11-22."),
        )),
    }
}

pub(in crate::custody) fn no_such_line() -> Error {
    Invalid::new(
        "no_such_line",
        ("清单上没有这一行。", "The list has no such line."),
        ("请刷新页面后再试。", "Reload the page and try again."),
    )
}

/// Throws a draft away.
pub async fn discard(app: &App, me: &Person, id: HandoverId) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    changeable(app, &mut tx, me, id).await?;
    offer_drafts::discard(&mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// Asks the person to sign the list at a station of the own unit. Nothing is promised before that.
pub async fn request_offer_signature(
    app: &App,
    me: &Person,
    id: HandoverId,
    station: Option<StationId>,
) -> Result<SigningId, Error> {
    let mut tx = app.db.read().await?;
    let found = given(&mut tx, me, id).await?;
    draft_only(&found)?;
    let statement = statement(app, &mut tx, &found).await?;
    drop(tx);
    let wish = SignRequestDraft {
        act: SignedAct::Offer,
        subject: id.into(),
        statement: statement.signed_bytes().map_err(crate::store::Error::from)?,
        offer: None,
        before: statement.expires_at,
    };
    signing::ask(app, me, station, wish).await
}

/// The list exactly as the books have it at this moment.
async fn statement(app: &App, tx: &mut Tx, found: &Handover) -> Result<OfferStatement, Error> {
    let lines = handovers::lines(tx, found.id).await?;
    if lines.is_empty() {
        return Err(Refusal::from(RefusalReason::EntryIsEmpty).into());
    }
    if let Some(refusal) = lines.iter().find_map(cannot_be_offered) {
        return Err(refusal.into());
    }
    let mut places = places(tx, &lines).await?;
    let mut photographs = handovers::photographs(tx, found.id).await?;
    let made_at = app.clock.now();
    let items: Vec<ItemId> = lines.iter().map(|line| line.item).collect();
    let owed = Doubts::of(tx, &items, found.id).await?.owed;
    let offered = lines.iter().map(|line| OfferedLine {
        item: line.item,
        number: line.number.clone(),
        name: line.name.clone(),
        features: Some(line.features.clone()),
        quantity: line.answered_for,
        measure: line.measure.clone(),
        counted_as: line.counted_as.clone(),
        seal: line.seal.clone(),
        not_received: owed.contains_key(&line.item),
        received: owed.get(&line.item).and_then(|owed| part_received(line.answered_for, *owed)),
        photographs: photographs.remove(&line.item).unwrap_or_default(),
        place: places.remove(&line.item).unwrap_or_default(),
        suggestion: line.suggestion,
    });
    Ok(OfferStatement {
        form: StatementForm::CURRENT,
        handover: found.id,
        purpose: found.purpose,
        from: NamedParty {
            party: Party { unit: found.giver.id, case: found.from_case },
            name: found.giver.full_name(),
            case_name: Some(found.case_name.clone()).filter(|name| !name.is_empty()),
            case_number: found.case_number.clone(),
        },
        to_unit: found.receiver.id,
        to_name: found.receiver.full_name(),
        made_at,
        expires_at: app.rules().due(Deadline::OfferExpires, heads::recording_time(tx, made_at).await?),
        told: found.told.clone(),
        lines: offered.collect(),
        nonce: app.random.token()?,
    })
}

fn cannot_be_offered(line: &HandoverLine) -> Option<Refusal> {
    let reason = match (line.on_offer, line.answered_for) {
        (Some(_), _) => RefusalReason::ItemOnOffer,
        (None, ..=0) => RefusalReason::NotResponsible,
        _ => return None,
    };
    Some(Refusal { reason, item: Some(line.item), number: Some(line.number.clone()) })
}

/// Records the offer that was signed. The same offer again is a repeat.
pub(in crate::custody) async fn record(
    app: &App,
    signing: &Signing,
    unit: UnitId,
    signature: Signature,
) -> Result<u64, Error> {
    let statement: OfferStatement = signing::statement_of(signing)?;
    let handover = statement.handover;
    let recording = Recording::by(app, signing.person, unit, Once::Offer(handover).id())
        .at(signing.station)
        .happened(signature.signed_at)
        .signed([signature]);
    let recorded = recording.record(Body::Offer(Offer { statement })).await?;
    app.live.tell(News::Handover(handover));
    Ok(recorded.seq)
}

/// The offer a conclusion answers.
pub(in crate::custody) async fn offered(tx: &mut Tx, found: &Handover) -> Result<SignedStatements, Error> {
    match found.state {
        HandoverState::Offered => SignedStatements::load(tx, found).await,
        HandoverState::Draft => Err(Refusal::from(RefusalReason::OfferUnknown).into()),
        _ => Err(Refusal::from(RefusalReason::OfferClosed).into()),
    }
}
