//! The counter's pages: choose a case, take it in line by line. What happens at scanner, scale and printer arrives as
//! live events; every form here is for what a scanner cannot say.

use super::{Fields, Page, PostedForm, Problem, Room, Upload, Visitor, Web, error_page::status};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        self, Error, Thing,
        counter::{
            self, AtCounter, OpenCase, Print,
            itemise::{self, ItemiseLine},
            label::CameOut,
            line::{self, Photograph, SetQuantity, Weighed},
            receive::{ReceiveLine, RefuseLine, ReportExtra},
            steps,
            tray::{self, ReceiveTray},
        },
        station::Station,
    },
    id::{CaseId, EntryId, ItemId, StationId},
};
use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The station this visitor stands at; a page of its own when there are several to choose from.
async fn here(web: &Web, visitor: &Visitor) -> Result<Station, Error> {
    custody::station::mine(&web.app, &visitor.session).await?.ok_or(Error::NotFound(Thing::Station))
}

#[derive(Deserialize)]
pub struct Find {
    #[serde(default)]
    find: String,
}

/// `GET /counter`: what is expected, or which station this is.
pub async fn show(State(web): State<Web>, visitor: Visitor, Query(Find { find }): Query<Find>) -> Page {
    overview(&web, &visitor, &find, None).await
}

async fn overview(web: &Web, visitor: &Visitor, find: &str, wrong: Option<&Error>) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Cases, wrong).await?;
    let station = custody::station::mine(&web.app, &visitor.session).await?;
    let stations = custody::station::of_my_unit(&web.app, visitor.me()).await?;
    let overview = match &station {
        Some(station) => Some(counter::view::overview(&web.app, visitor.me(), station.id, find).await?),
        None => None,
    };
    let now = web.app.clock.now();
    let left: Vec<i64> = overview
        .iter()
        .flat_map(|it| &it.expected)
        .map(|case| case.due_at.since(now).0 / 1_000_000)
        .collect();
    let context = json!({
        "frame": frame, "station": station.map(|it| it.name), "stations": stations, "find": find,
        "overview": overview, "left": left,
    });
    Ok((code, web.page("counter.html", visitor.language(), context)?).into_response())
}

/// `POST /counter/station`: which of the unit's stations this PC is.
pub async fn station(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let station: StationId = fields.parse("station").ok_or(Error::NotFound(Thing::Station))?;
    custody::station::choose(&web.app, &visitor.session, station).await?;
    Ok(Redirect::to("/counter").into_response())
}

/// `POST /counter/stand`: on duty here, until logging out or leaving.
pub async fn stand(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let station = here(&web, &visitor).await?;
    let password = Some(fields.verbatim("password"));
    match counter::stand(&web.app, visitor.me(), station.id, password).await {
        Ok(()) => Ok(Redirect::to("/counter").into_response()),
        Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::Forbidden(_))) => {
            overview(&web, &visitor, "", Some(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /counter/leave`
pub async fn leave(State(web): State<Web>, PostedForm { visitor, .. }: PostedForm) -> Page {
    let station = here(&web, &visitor).await?;
    counter::leave(&web.app, visitor.me(), station.id).await?;
    Ok(Redirect::to("/counter").into_response())
}

/// `GET /counter/{case}`
pub async fn case(State(web): State<Web>, visitor: Visitor, InAddress(case): InAddress<CaseId>) -> Page {
    page(&web, &visitor, case, None, &Fields::default()).await
}

/// The case's page, with the form that was refused as it was.
async fn page(
    web: &Web,
    visitor: &Visitor,
    case: CaseId,
    refused: Option<(&str, &Error)>,
    typed: &Fields,
) -> Page {
    let station = here(web, visitor).await?;
    let view = counter::view::case(&web.app, visitor.me(), station.id, case).await?;
    let frame = match refused {
        Some((_, error)) => visitor.frame_refused(web, Room::Cases, error).await?,
        None => visitor.frame(web, Room::Cases).await?,
    };
    let request: EntryId = web.app.ids.new_id();
    let names = [
        "quantity",
        "reason",
        "damage",
        "seal",
        "remark",
        "description",
        "why",
        "delivered_by",
        "weight_reason",
        "login",
        "denominations",
    ];
    let mut kept: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), typed.text(name).into())).collect();
    kept.insert("act".to_owned(), refused.map_or("", |(act, _)| act).into());
    // Not every entry of the counter has a paper: a thing on no list has none, nor has a line that was itemised.
    let receipt = match receipt(&visitor.here) {
        Some(seq) if custody::papers::made_by(&web.app, seq).await? => Some(seq),
        Some(_) | None => None,
    };
    let weight_refused = view.picked.as_ref().and_then(|it| it.draft.weight_refused);
    let context = json!({
        "frame": frame, "station": station.name, "it": view, "typed": kept, "request": request,
        "weight_refused": weight_refused.map(|why| line::weight_refused(why, visitor.language())),
        "connected": web.app.live.station(station.id).connected,
        "receipt": receipt,
    });
    let code = refused.map_or(StatusCode::OK, |(_, error)| status(error));
    Ok((code, web.page("counter_case.html", visitor.language(), context)?).into_response())
}

/// The entry that the form before this page recorded.
fn receipt(here: &str) -> Option<u64> {
    here.split_once("?done=").and_then(|(_, seq)| seq.parse().ok())
}

/// `POST /counter/{case}/{act}`: one of the counter's verbs.
pub async fn act(
    State(web): State<Web>,
    InAddress((case, act)): InAddress<(CaseId, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let station = here(&web, &visitor).await?;
    if act == "close" {
        return match counter::close_case(&web.app, visitor.me(), station.id).await {
            Ok(Some(delivery)) => Ok(Redirect::to(&format!("/deliveries/{}", delivery.seq)).into_response()),
            Ok(None) => Ok(Redirect::to("/counter").into_response()),
            Err(error) => page(&web, &visitor, case, Some((&act, &error)), &fields).await,
        };
    }
    match perform(&web, &visitor, (station.id, case), &act, &fields).await {
        Ok(Some(seq)) => Ok(Redirect::to(&format!("/counter/{case}?done={seq}")).into_response()),
        Ok(None) => Ok(Redirect::to(&format!("/counter/{case}")).into_response()),
        Err(error @ (Error::NotFound(_) | Error::Store(_) | Error::Random(_))) => Err(error.into()),
        Err(error) => page(&web, &visitor, case, Some((&act, &error)), &fields).await,
    }
}

/// Answers with the entry number when something was recorded.
async fn perform(
    web: &Web,
    visitor: &Visitor,
    (station, case): (StationId, CaseId),
    act: &str,
    fields: &Fields,
) -> Result<Option<u64>, Error> {
    let (app, me) = (&web.app, visitor.me());
    let item = || fields.parse::<ItemId>("item").ok_or(Error::NotFound(Thing::Item));
    let at = || item().map(|item| AtCounter { station, item });
    let request = fields.parse("request");
    match act {
        "open" => {
            let delivered_by = fields.parse("delivered_by").ok_or(Error::NotFound(Thing::Person))?;
            let print_on_pick = fields.ticked("print_on_pick");
            counter::open_case(app, me, &OpenCase { station, case, delivered_by, print_on_pick }).await?;
        }
        "pick" => counter::pick(app, me, at()?).await?,
        "weigh" => line::weigh(app, me, at()?, Weighed::Thing).await?,
        "tare" => line::weigh(app, me, at()?, Weighed::Packing).await?,
        "weight" => steps::accept_weight(app, me, at()?, fields.text("weight_reason")).await?,
        "second" => {
            let proof = (fields.text("login"), fields.verbatim("password"));
            steps::confirm_second(app, me, at()?, proof).await?;
        }
        "denominations" => steps::set_denominations(app, me, at()?, fields.text("denominations")).await?,
        "seal" => line::set_seal(app, me, at()?, fields.text("seal")).await?,
        "remark" => line::set_remark(app, me, at()?, fields.text("remark")).await?,
        "damaged" => line::mark_damaged(app, me, at()?, fields.text("damage")).await?,
        "short" => short(web, visitor, at()?, fields).await?,
        "unphoto" => line::drop_photograph(app, me, at()?, fields.text("digest")).await?,
        "print" => {
            let reason = fields.filled("why").map(str::to_owned);
            counter::label::print(app, me, &Print { station, item: item()?, reason }).await?;
        }
        "tray" => tray::use_tray(app, me, station, fields.text("use") == "yes").await?,
        "print-all" => drop(tray::print_all(app, me, station).await?),
        "itemise" => {
            return Ok(Some(itemise::itemise(app, me, &ItemiseLine { at: at()?, request }).await?.seq));
        }
        "alike" => drop(tray::same_for_alike(app, me, at()?).await?),
        "put-tray" => {
            let slot = fields.parse("slot").ok_or(Error::NotFound(Thing::Slot))?;
            let wish = ReceiveTray { station, slot, request };
            return Ok(Some(tray::receive_tray(app, me, &wish).await?.seq));
        }
        "came-out" => {
            let came_out = fields.text("answer") == "yes";
            counter::label::came_out(app, me, CameOut { at: at()?, came_out }).await?;
        }
        "spoil" => counter::label::spoil(app, me, at()?, fields.text("why")).await?,
        "refuse" => {
            let wish = RefuseLine { at: at()?, reason: fields.text("reason").to_owned(), request };
            return Ok(Some(counter::receive::refuse_line(app, me, &wish).await?.seq));
        }
        "receive" => {
            let slot = fields.parse("slot").ok_or(Error::NotFound(Thing::Slot))?;
            let wish = ReceiveLine { at: at()?, slot, request };
            return Ok(Some(counter::receive::receive_line(app, me, &wish).await?.seq));
        }
        _ => return Err(Error::NotFound(Thing::Case)),
    }
    Ok(None)
}

/// The quantity is read beside what the line owes.
async fn short(web: &Web, visitor: &Visitor, at: AtCounter, fields: &Fields) -> Result<(), Error> {
    let (measure, owed) = line::owed(&web.app, visitor.me(), at).await?;
    let quantity = line::quantity(&measure, owed, fields.text("quantity"))?;
    let reason = fields.text("reason").to_owned();
    line::set_quantity(&web.app, visitor.me(), &SetQuantity { at, quantity, reason }).await
}

/// `POST /counter/{case}/photo`: a file, or a picture from the PC's camera.
pub async fn photo(State(web): State<Web>, InAddress(case): InAddress<CaseId>, upload: Upload) -> Page {
    let Upload { visitor, fields, file, .. } = upload;
    let station = here(&web, &visitor).await?.id;
    let item = fields.parse("item").ok_or(Error::NotFound(Thing::Item))?;
    let photograph = Photograph { at: AtCounter { station, item }, content: &file };
    match line::add_photograph(&web.app, visitor.me(), &photograph).await {
        Ok(_) => Ok(Redirect::to(&format!("/counter/{case}")).into_response()),
        Err(error @ (Error::NotFound(_) | Error::Store(_) | Error::Random(_))) => Err(error.into()),
        Err(error) => page(&web, &visitor, case, Some(("photo", &error)), &fields).await,
    }
}

/// `POST /counter/{case}/extra`: a thing on no list.
pub async fn extra(State(web): State<Web>, InAddress(case): InAddress<CaseId>, upload: Upload) -> Page {
    let Upload { visitor, fields, file, .. } = upload;
    let station = here(&web, &visitor).await?.id;
    let description = fields.text("description").to_owned();
    let photograph = Some(file).filter(|file| !file.is_empty());
    let wish = ReportExtra { station, description, photograph, request: fields.parse("request") };
    match counter::receive::report_extra(&web.app, visitor.me(), &wish).await {
        Ok(done) => Ok(Redirect::to(&format!("/counter/{case}?done={}", done.seq)).into_response()),
        Err(error @ (Error::NotFound(_) | Error::Store(_) | Error::Random(_))) => Err(error.into()),
        Err(error) => page(&web, &visitor, case, Some(("extra", &error)), &fields).await,
    }
}

/// `GET /counter/label/{item}`: what would be printed, as a picture.
pub async fn label(State(web): State<Web>, visitor: Visitor, InAddress(item): InAddress<ItemId>) -> Page {
    let station = here(&web, &visitor).await?.id;
    let raster = counter::label::preview(&web.app, visitor.me(), AtCounter { station, item }).await?;
    match label_templates::to_png(&raster) {
        Ok(png) => Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response()),
        Err(_) => Err(Problem::NoSuchPage),
    }
}
