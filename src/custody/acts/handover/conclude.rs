//! 签收: the receiver signs its answers. Accepted lines change duty in one entry, at that moment; refused lines stay with
//! the giver, each with a difference to settle. Nothing moves.

use crate::custody::{
    Conflict, Error, Invalid, Thing,
    handover::{SignedStatements, received},
    offer::offered,
    recording::{Once, Recording},
    signing::{self, SignRequestDraft},
};
use crate::{
    app::App,
    domain::{Finding, Handover, HandoverLine, Person, person::SYSTEM},
    id::{CaseId, HandoverId, SigningId, StationId, UnitId},
    ledger::{
        AnsweredLine, Body, ConclusionStatement, DifferenceClass, Exchange, NamedParty, OfferStatement,
        Party, RaisedDifference, Refusal, RefusalReason, SettleDifference, SettlementCause, Signature,
        SignerRole, StatementForm,
    },
    live::News,
    store::{
        Tx, cases, differences, handovers,
        signings::{SignedAct, Signing},
    },
};

/// The longest case number, in characters.
const NUMBER_MAX: usize = 60;

/// Asks the person to sign the answers at a station of the own unit. `case_number` is how the own unit numbers the case:
/// one it has already in the same matter, or a new one.
pub async fn request_conclusion_signature(
    app: &App,
    me: &Person,
    id: HandoverId,
    case_number: &str,
    station: Option<StationId>,
) -> Result<SigningId, Error> {
    let mut tx = app.db.read().await?;
    let found = received(&mut tx, me, id).await?;
    let signed = offered(&mut tx, &found).await?;
    let offer = signed.offered().map(OfferStatement::signed_bytes).transpose();
    let offer = offer.map_err(crate::store::Error::from)?;
    let (now, offer_digest) = (app.clock.now(), found.offer_digest.clone().unwrap_or_default());
    if found.expires_at <= now {
        return Err(Refusal::from(RefusalReason::OfferExpired).into());
    }
    if found.signed_by == Some(me.id) {
        return Err(Refusal::from(RefusalReason::ReceiverIsGiver).into());
    }
    let case = case(app, &mut tx, &found, case_number).await?;
    let lines = handovers::lines(&mut tx, id).await?;
    let statement = ConclusionStatement {
        form: StatementForm::CURRENT,
        handover: id,
        offer_digest,
        to: NamedParty {
            party: Party { unit: me.unit, case },
            name: found.receiver.full_name(),
            case_name: None,
            case_number: case_number.trim().to_owned(),
        },
        concluded_at: now,
        lines: answered(&lines)?,
        nonce: app.random.token()?,
    };
    drop(tx);
    let wish = SignRequestDraft {
        act: SignedAct::Conclude,
        subject: id.into(),
        statement: statement.signed_bytes().map_err(crate::store::Error::from)?,
        offer,
        before: found.expires_at,
    };
    signing::ask(app, me, station, wish).await
}

/// The receiver's case of that number. Refuses a number that the unit uses for another matter.
async fn case(app: &App, tx: &mut Tx, found: &Handover, number: &str) -> Result<CaseId, Error> {
    let number = number.trim();
    if number.is_empty() || number.chars().count() > NUMBER_MAX {
        return Err(Invalid::new(
            "case_number_missing",
            ("没有填写本单位的案号，或案号太长。", "The own case number is missing or too long."),
            ("请填写本单位受理此案的案号。", "Give the number under which your unit has this case."),
        ));
    }
    match cases::by_number(tx, found.receiver.id, number).await? {
        None => Ok(app.ids.new_id()),
        Some(known) if known.case.matter == found.matter => Ok(known.case.id),
        Some(_) => Err(number_taken(number)),
    }
}

fn number_taken(number: &str) -> Error {
    Invalid::new(
        "case_number_taken",
        (
            &format!("案号 {number} 在本单位已用于另一起案件。"),
            &format!("Your unit uses the number {number} for another case."),
        ),
        ("请核对案号。", "Check the number."),
    )
}

fn answered(lines: &[HandoverLine]) -> Result<Vec<AnsweredLine>, Error> {
    let open = lines.iter().filter(|line| line.answer.is_none()).count();
    if open > 0 {
        return Err(Conflict::new(
            "lines_unanswered",
            (&format!("还有 {open} 项没有答复。"), &format!("{open} lines have no answer yet.")),
            ("请逐项验看，或将其余各项全部接收。", "Inspect each, or accept all the others."),
        ));
    }
    let answered = lines.iter().filter_map(|line| {
        line.answer.clone().map(|answer| AnsweredLine {
            item: line.item,
            number: line.number.clone(),
            answer,
        })
    });
    Ok(answered.collect())
}

/// Records the exchange that was signed: duty changes now. The same exchange again is a repeat.
pub(in crate::custody) async fn record(
    app: &App,
    signing: &Signing,
    unit: UnitId,
    signature: Signature,
) -> Result<u64, Error> {
    let statement: ConclusionStatement = signing::statement_of(signing)?;
    let id = statement.handover;
    let mut tx = app.db.read().await?;
    let found = handovers::handover(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Handover))?;
    let number = &statement.to.case_number;
    let taken = cases::by_number(&mut tx, unit, number).await?;
    if taken.is_some_and(|known| known.case.id != statement.to.party.case) {
        return Err(number_taken(number));
    }
    let signed = SignedStatements::load(&mut tx, &found).await?;
    drop(tx);
    let givers = signed.signature(SignerRole::Giver).cloned();
    let recording = Recording::by(app, signing.person, unit, Once::Exchange(id).id())
        .at(signing.station)
        .happened(signature.signed_at)
        .signed(givers.into_iter().chain([signature]));
    let differences = differences(app, &statement, &found);
    let recorded = recording.record(Body::Exchange(Exchange { statement, differences })).await?;
    app.live.tell(News::Handover(id));
    // The exchange stands; what it settles is settled within a minute if not now.
    if let Err(error) = settle_accepted(app).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "refused lines that were accepted are not settled yet"
        );
    }
    Ok(recorded.seq)
}

/// Settles what a receiver refused and a later one accepted: the system says so for the unit that owns the difference, by the entry
/// that shows it. Safe to run twice, and after a crash between the two entries. Answers with how many were settled.
pub async fn settle_accepted(app: &App) -> Result<u32, Error> {
    let accepted = differences::refused_and_accepted(&mut app.db.read().await?).await?;
    let mut settled = 0_u32;
    for it in accepted {
        let body = Body::SettleDifference(SettleDifference {
            difference: it.difference,
            finding: format!("后来由{}接收（分录 {}）", it.receiver, it.accepted_by),
            cause: Some(SettlementCause::AcceptedLater),
            entry: Some(it.accepted_by.cast_unsigned()),
        });
        let once = Once::AcceptedLater(it.difference).id();
        match Recording::by(app, SYSTEM, it.owner, once).record(body).await {
            Ok(_) => settled = settled.saturating_add(1),
            // Somebody of the unit was first.
            Err(Error::Refused(Refusal { reason: RefusalReason::DifferenceSettled, .. })) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(settled)
}

/// One for each refused line: the giver's unit has it again and must settle it.
fn differences(app: &App, statement: &ConclusionStatement, found: &Handover) -> Vec<RaisedDifference> {
    let refused = statement.lines.iter().filter(|line| line.answer.is_refusal());
    let raised = refused.map(|line| RaisedDifference {
        difference: app.ids.new_id(),
        class: DifferenceClass::RefusedInHandover,
        item: Some(line.item),
        finding: Finding::RefusedInHandover
            .written(&[&statement.to.name, line.answer.note().unwrap_or_default()]),
        owner: found.giver.id,
        due_at: app.rules().due(DifferenceClass::RefusedInHandover.deadline(), app.clock.now()),
        brought_by: None,
        case: None,
        photograph: None,
    });
    raised.collect()
}
