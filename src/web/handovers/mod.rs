//! Handovers, on a page: put a list together, sign it at the station, inspect line by line, sign again; and afterwards
//! the two halves that fit, with everything anybody needs to check them.

use crate::web::in_address::InAddress;
mod list;

pub use list::list;

use super::{
    Fields, Page, PostedForm, Problem, Room, Visitor, Web,
    error_page::status,
    form::id,
    picture::{self, Tally, TallyState},
    render::RenderError,
};
use crate::{
    custody::{
        Error, conclude,
        handover::{self, HandoverView},
        inspect,
        offer::{self, NewOffer},
        statement::{self, Side},
        withdraw,
    },
    domain::{HandoverState, rule::Deadline},
    id::{CaseId, HandoverId, ItemId},
    language::Language,
    ledger::{Answer, HandoverPurpose, OfferTold, RETURNS_MOST, Suggestion},
};
use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
};
use hufu_wire::place::in_english;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn citation(web: &Web, deadline: Deadline) -> String {
    web.app.rules().citation(deadline, web.app.clock.now())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OfferQuery {
    case: Option<String>,
    /// The things that were ticked on a list, with commas between them; without any, all that may be given.
    items: String,
}

/// `GET /handovers/new`: for which case, why, and to whom.
pub async fn new(State(web): State<Web>, visitor: Visitor, Query(wanted): Query<OfferQuery>) -> Page {
    let case = wanted.case.unwrap_or_default();
    let items: Vec<&str> = wanted.items.split(',').filter(|it| !it.is_empty()).collect();
    new_page(&web, &visitor, None, &json!({ "case": case, "to": "", "items": items })).await
}

async fn new_page(web: &Web, visitor: &Visitor, refused: Option<&Error>, typed: &Value) -> Page {
    let frame = match refused {
        Some(error) => visitor.frame_refused(web, Room::Handovers, error).await?,
        None => visitor.frame(web, Room::Handovers).await?,
    };
    let choices = offer::choices(&web.app, visitor.me()).await?;
    let to: Vec<Value> = choices.purposes.iter().map(|(purpose, units)| receivers(*purpose, units)).collect();
    let context = json!({ "frame": frame, "cases": choices.cases, "purposes": to, "typed": typed });
    let code = refused.map_or(StatusCode::OK, status);
    Ok((code, web.page("handover_new.html", visitor.language(), context)?).into_response())
}

fn receivers(purpose: HandoverPurpose, units: &[crate::domain::Unit]) -> Value {
    let units: Vec<Value> = units
        .iter()
        .map(|unit| json!({ "value": format!("{}:{}", purpose.word(), unit.id), "name": unit.full_name() }))
        .collect();
    json!({ "purpose": purpose, "units": units })
}

/// `POST /handovers`: begins a draft. Purpose and receiver are one choice: `to_trial:UNIT`.
pub async fn begin(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let chosen: Vec<&str> = fields.all("item").collect();
    let typed = json!({ "case": fields.text("case"), "to": fields.text("to"), "items": chosen });
    let items: Vec<ItemId> = chosen.iter().filter_map(|it| it.parse().ok()).collect();
    let (word, unit) = fields.text("to").split_once(':').unwrap_or_default();
    let purpose = HandoverPurpose::from_word(word);
    let begun = match (fields.parse::<CaseId>("case"), purpose, unit.parse().ok()) {
        (Some(case), Some(purpose), Some(to_unit)) => {
            let (me, new) = (visitor.me(), NewOffer { case, purpose, to_unit });
            match items.as_slice() {
                [] => offer::draft_offer(&web.app, me, new).await,
                items => offer::draft_offer_of(&web.app, me, new, items).await,
            }
        }
        _ => Err(offer::not_chosen()),
    };
    match begun {
        Ok(handover) => Ok(Redirect::to(&format!("/handovers/{handover}")).into_response()),
        Err(error) => new_page(&web, &visitor, Some(&error), &typed).await,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LineQuery {
    line: Option<u32>,
}

/// `GET /handovers/{id}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(handover): InAddress<String>,
    Query(chosen): Query<LineQuery>,
) -> Page {
    page(&web, &visitor, id(&handover)?, chosen.line, None, &Fields::default()).await
}

/// The page of a handover as it stands, with the form that was refused as it was.
async fn page(
    web: &Web,
    visitor: &Visitor,
    handover: HandoverId,
    line: Option<u32>,
    refused: Option<&Error>,
    typed: &Fields,
) -> Page {
    let it = handover::handover(&web.app, visitor.me(), handover).await?;
    let frame = match refused {
        Some(error) => visitor.frame_refused(web, Room::Handovers, error).await?,
        None => visitor.frame(web, Room::Handovers).await?,
    };
    let inspecting = it.handover.state == HandoverState::Offered && it.can_receive && !it.overdue;
    let template = match it.handover.state {
        HandoverState::Draft => "handover_draft.html",
        _ if inspecting => "handover_inspect.html",
        _ => "handover.html",
    };
    let now = web.app.clock.now();
    let context = json!({
        "frame": frame,
        "tally": tally(web, visitor, &it)?,
        "at": at(&it, line),
        "places": places(&it, visitor.language()),
        "suggestions": Suggestion::ALL,
        "typed": typed_of(&it, typed),
        "law": citation(web, Deadline::OfferExpires),
        "refused_until": web.app.rules().due(Deadline::SettleRefusedLine, now),
        "refused_law": citation(web, Deadline::SettleRefusedLine),
        "returns_most": RETURNS_MOST,
        "returns_law": citation(web, Deadline::Supplementary),
        "now": now,
        "it": it,
    });
    let code = refused.map_or(StatusCode::OK, status);
    Ok((code, web.page(template, visitor.language(), context)?).into_response())
}

fn tally(web: &Web, visitor: &Visitor, it: &HandoverView) -> Result<String, Problem> {
    let state = match it.handover.state {
        HandoverState::Offered => TallyState::Half,
        HandoverState::Concluded => TallyState::Closed,
        _ => TallyState::Open,
    };
    let tally = Tally { state, giver: it.giver_name.clone(), receiver: it.receiver_name.clone() };
    Ok(picture::tally(web.pages.words(visitor.language()), &tally).map_err(RenderError::from)?)
}

/// The line that is looked at, and the ones before and after it.
fn at(it: &HandoverView, wanted: Option<u32>) -> Value {
    let index = it
        .lines
        .iter()
        .position(|line| Some(line.line) == wanted)
        .or_else(|| it.lines.iter().position(|line| line.answer.is_none()))
        .unwrap_or(0);
    let number = |at: Option<usize>| at.and_then(|at| it.lines.get(at)).map(|line| line.line);
    json!({
        "line": it.lines.get(index),
        "previous": number(index.checked_sub(1)),
        "next": number(index.checked_add(1)),
    })
}

/// Each place once, at most four, and whether there are more.
fn places(it: &HandoverView, language: Language) -> Value {
    let places: BTreeSet<&str> = it.lines.iter().map(|line| line.place.as_str()).collect();
    let some: Vec<String> =
        places.iter().take(4).map(|place| language.pick((*place).to_owned(), in_english(place))).collect();
    json!({ "some": some.join(language.pick("、", ", ")), "more": places.len().saturating_sub(4) })
}

/// What was typed, or what was kept.
fn typed_of(it: &HandoverView, typed: &Fields) -> Value {
    let suggestion = |line: &handover::LineView| {
        let name = format!("suggestion-{}", line.line);
        typed.filled(&name).map_or_else(|| line.suggestion.word().to_owned(), str::to_owned)
    };
    let told = |name, kept: &Option<String>| {
        typed.sent(name).map_or_else(|| kept.clone().unwrap_or_default(), str::to_owned)
    };
    let known = it.known_cases.first().map_or("", String::as_str);
    json!({
        "suggestions": it.lines.iter().map(suggestion).collect::<Vec<_>>(),
        "suspect": told("suspect", &it.handover.told.suspect),
        "letter": told("letter", &it.handover.told.letter),
        "letter_date": told("letter_date", &it.handover.told.letter_date),
        "telephone": told("telephone", &it.handover.told.telephone),
        "note": typed.text("note"),
        "reason": typed.text("reason"),
        "case_number": typed.filled("case_number").unwrap_or(known),
    })
}

/// `POST /handovers/{id}/{act}`: one of the room's verbs; the form comes back as it was when it is refused.
pub async fn act(
    State(web): State<Web>,
    InAddress((handover, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let handover: HandoverId = id(&handover)?;
    let line = fields.parse("line");
    match carry_out(&web, &visitor, handover, &act, &fields).await? {
        Ok(next) => Ok(Redirect::to(&next).into_response()),
        Err(error @ (Error::NotFound(_) | Error::Store(_) | Error::Random(_))) => Err(error.into()),
        Err(error) => page(&web, &visitor, handover, line, Some(&error), &fields).await,
    }
}

/// Where to go next, or why not. An act that does not exist is no page.
async fn carry_out(
    web: &Web,
    visitor: &Visitor,
    id: HandoverId,
    act: &str,
    fields: &Fields,
) -> Result<Result<String, Error>, Problem> {
    let (app, me, station) = (&web.app, visitor.me(), visitor.session.station);
    let here = format!("/handovers/{id}");
    let line = fields.parse::<u32>("line").unwrap_or(0);
    Ok(match act {
        "suggest" => kept(web, visitor, id, fields).await.map(|()| here),
        "leave-out" => match kept(web, visitor, id, fields).await {
            Ok(()) => offer::leave_out(app, me, id, line).await.map(|()| here),
            Err(error) => Err(error),
        },
        "put-in" => match (kept(web, visitor, id, fields).await, fields.parse("item")) {
            (Ok(()), Some(item)) => offer::put_in(app, me, id, item).await.map(|()| here),
            (Ok(()), None) => Ok(here),
            (Err(error), _) => Err(error),
        },
        "discard" => offer::discard(app, me, id).await.map(|()| "/handovers".to_owned()),
        "sign" => match kept(web, visitor, id, fields).await {
            Ok(()) => offer::request_offer_signature(app, me, id, station).await.map(|_| here),
            Err(error) => Err(error),
        },
        "answer" => match inspect::answer(app, me, id, line, answer(fields)).await {
            Ok(()) => Ok(format!("{here}?line={}", next_line(web, visitor, id, line).await?)),
            Err(error) => Err(error),
        },
        "accept-rest" => inspect::accept_rest(app, me, id).await.map(|_| here),
        "conclude" => {
            let number = fields.text("case_number");
            conclude::request_conclusion_signature(app, me, id, number, station).await.map(|_| here)
        }
        "again" => offer::offer_again(app, me, id).await.map(|draft| format!("/handovers/{draft}")),
        "take-back" => statement::take_back(app, me, id).await.map(|()| here),
        "withdraw" => {
            let withdrawn = withdraw::withdraw(app, me, id, fields.text("reason")).await;
            withdrawn.map(|seq| format!("{here}?done={seq}"))
        }
        _ => return Err(Problem::NoSuchPage),
    })
}

/// Keeps what the form of a draft says.
async fn kept(web: &Web, visitor: &Visitor, id: HandoverId, fields: &Fields) -> Result<(), Error> {
    let (app, me) = (&web.app, visitor.me());
    let said = |name| fields.filled(name).map(str::to_owned);
    let told = OfferTold {
        suspect: said("suspect"),
        letter: said("letter"),
        letter_date: said("letter_date"),
        telephone: said("telephone"),
    };
    offer::suggest(app, me, id, &suggestions(fields)).await?;
    offer::tell(app, me, id, told).await
}

/// The suggestions of a draft's form: `suggestion-3=forfeit`.
fn suggestions(fields: &Fields) -> Vec<(u32, Suggestion)> {
    let one = |(name, word): &(String, String)| {
        let line = name.strip_prefix("suggestion-")?.parse().ok()?;
        Some((line, Suggestion::from_word(word)?))
    };
    fields.0.iter().filter_map(one).collect()
}

/// A note makes an acceptance one with a remark.
fn answer(fields: &Fields) -> Answer {
    let note = fields.text("note").to_owned();
    match fields.text("answer") {
        "refused" => Answer::Refused(note),
        _ if note.is_empty() => Answer::Accepted,
        _ => Answer::AcceptedWithRemark(note),
    }
}

/// The next line without an answer, from this one on and round again; else the one after.
async fn next_line(web: &Web, visitor: &Visitor, handover: HandoverId, line: u32) -> Result<u32, Problem> {
    let it = handover::handover(&web.app, visitor.me(), handover).await?;
    let open = || it.lines.iter().filter(|other| other.answer.is_none()).map(|other| other.line);
    Ok(open().find(|other| *other > line).or_else(|| open().next()).unwrap_or(line))
}

/// `GET /handovers/{id}/signed/{giver|receiver}.{json|sig|pem}`: what is needed to check a signature with openssl alone.
pub async fn signed(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress((handover, file)): InAddress<(String, String)>,
) -> Page {
    let (side, kind) = file.split_once('.').ok_or(Problem::NoSuchPage)?;
    let side = match side {
        "giver" => Side::Giver,
        "receiver" => Side::Receiver,
        _ => return Err(Problem::NoSuchPage),
    };
    let signed = statement::statement_bytes(&web.app, visitor.me(), id(&handover)?, side).await?;
    let (media_type, content) = match kind {
        "json" => ("application/json", signed.bytes),
        "sig" => ("application/octet-stream", signed.signature),
        "pem" => ("application/x-pem-file", signed.public_pem.into_bytes()),
        _ => return Err(Problem::NoSuchPage),
    };
    let name = format!("attachment; filename=\"{file}\"");
    Ok(([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)], content)
        .into_response())
}
