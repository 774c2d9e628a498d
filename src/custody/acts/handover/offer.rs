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
    id::{CaseId, HandoverId, SigningId, StationId, UnitId},
    ledger::{
        Body, HandoverPurpose, NamedParty, Offer, OfferStatement, OfferedLine, Party, Refusal, RefusalReason,
        Signature, StatementForm, Suggestion,
    },
    live::News,
    store::{
        Tx, cases,
        handovers::{self, GivableCase, NewDraft},
        heads, people,
        signings::{SignedAct, Signing},
    },
};
use serde::{Deserialize, Serialize};

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
    let to = |purpose| {
        let fits = |unit: &&Unit| {
            handover::may_pass(purpose, me.agency_kind, unit.agency_kind)
                && unit.id != me.unit
                && signers.contains(&unit.id)
        };
        units.iter().filter(fits).cloned().collect::<Vec<_>>()
    };
    let purposes = HandoverPurpose::ALL.iter().map(|purpose| (*purpose, to(*purpose)));
    let cases = handovers::givable_cases(&mut tx, me.unit).await?;
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

/// Begins a draft with every open item of the case that the own unit answers for and that is not on offer. The same
/// wish again finds the same draft.
pub async fn draft_offer(app: &App, me: &Person, new: NewOffer) -> Result<HandoverId, Error> {
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    let mut tx = app.db.write().await?;
    let case = cases::case(&mut tx, new.case).await?;
    if case.is_none_or(|known| known.case.unit != me.unit) {
        return Err(Error::NotFound(Thing::Case));
    }
    let receiver = people::unit(&mut tx, new.to_unit).await?;
    check_receiver(me, new.purpose, receiver.as_ref())?;
    let draft = NewDraft {
        id: app.ids.new_id(),
        purpose: new.purpose,
        from_unit: me.unit,
        from_case: new.case,
        to_unit: new.to_unit,
        made_by: me.id,
        made_at: app.clock.now(),
    };
    if let Some(begun) = handovers::same_draft(&mut tx, &draft).await? {
        return Ok(begun);
    }
    let items = handovers::givable_items(&mut tx, me.unit, new.case).await?;
    if items.is_empty() {
        return Err(Conflict::new(
            "nothing_to_offer",
            (
                "本案没有可以移交的财物：都不由本单位负责，或正在移交中。",
                "The case has nothing to hand over: others answer for it, or it is on offer already.",
            ),
            ("请打开案件，看每件财物的责任单位。", "Open the case to see who answers for each item."),
        ));
    }
    handovers::add_draft(&mut tx, &draft, &items).await?;
    tx.commit().await?;
    Ok(draft.id)
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
        if !handovers::set_suggestion(&mut tx, id, *line, *suggestion).await? {
            return Err(no_such_line());
        }
    }
    Ok(tx.commit().await?)
}

/// Takes a line out of a draft; its item stays with the own unit.
pub async fn leave_out(app: &App, me: &Person, id: HandoverId, line: u32) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    changeable(app, &mut tx, me, id).await?;
    if !handovers::leave_out(&mut tx, id, line).await? {
        return Err(no_such_line());
    }
    Ok(tx.commit().await?)
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
    handovers::discard(&mut tx, id).await?;
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
    let offered = lines.iter().map(|line| OfferedLine {
        item: line.item,
        number: line.number.clone(),
        name: line.name.clone(),
        features: Some(line.features.clone()),
        quantity: line.answered_for,
        measure: line.measure.clone(),
        counted_as: line.counted_as.clone(),
        seal: line.seal.clone(),
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
            case_number: found.case_number.clone(),
        },
        to_unit: found.receiver.id,
        to_name: found.receiver.full_name(),
        made_at,
        expires_at: app.rules().due(Deadline::OfferExpires, heads::recording_time(tx, made_at).await?),
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
