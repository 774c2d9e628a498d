//! The labels of slots on a sheet: looked at, printed by the browser, or sent to a label printer.

use super::{
    Fields, Page, PostedForm, Room, Visitor, Web,
    form::{id, query_of},
    frame::{Notice, NoticeKind},
    render::RenderError,
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        self, Error, Thing,
        shelf_labels::{self, WantedLabels},
    },
    id::StoreId,
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Default, Deserialize)]
pub struct SheetQuery {
    /// The slots that were ticked, with commas between them.
    #[serde(default)]
    slots: String,
    #[serde(default)]
    zone: String,
    /// How many were sent to a printer just now.
    #[serde(default)]
    sent: String,
}

impl SheetQuery {
    fn wanted(&self) -> WantedLabels {
        let slots = self.slots.split(',').filter_map(|it| it.parse().ok()).collect();
        WantedLabels { slots, zone: Some(self.zone.clone()).filter(|zone| !zone.is_empty()) }
    }
}

/// `GET /stores/{store}/labels`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(store): InAddress<String>,
    Query(asked): Query<SheetQuery>,
) -> Page {
    page(&web, &visitor, (id(&store)?, &asked), None).await
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    (store, asked): (StoreId, &SheetQuery),
    wrong: Option<&Error>,
) -> Page {
    let sheet = shelf_labels::sheet(&web.app, visitor.me(), store, &asked.wanted()).await?;
    let (mut frame, code) = visitor.frame_after(web, Room::Stores, wrong).await?;
    if wrong.is_some() {
        frame.here = format!("/stores/{store}/labels");
    }
    if let Ok(sent) = asked.sent.parse::<usize>() {
        let words = web.pages.words(visitor.language());
        let sentence = words.text("places.sent", &[("count", sent.to_string().as_str())]);
        let sentence = sentence.map_err(RenderError::from)?;
        frame.notices.push(Notice { kind: NoticeKind::Done, sentence, remedy: None, entry: None });
    }
    let context = json!({
        "frame": frame, "sheet": sheet, "slots": asked.slots, "zone": asked.zone,
        "stations": custody::station::of_my_unit(&web.app, visitor.me()).await?.into_iter()
            .map(|it| (it.id, it.name)).collect::<Vec<_>>(),
    });
    Ok((code, web.page("shelf_labels.html", visitor.language(), context)?).into_response())
}

/// `POST /stores/{store}/labels`: what is ticked becomes a sheet; with a station, the sheet is printed there.
pub async fn act(
    State(web): State<Web>,
    InAddress(store): InAddress<String>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let store: StoreId = id(&store)?;
    let asked = asked(&fields);
    let at = |sent: &str| {
        let query = query_of(&[("slots", asked.slots.as_str()), ("zone", &asked.zone), ("sent", sent)]);
        Redirect::to(&format!("/stores/{store}/labels?{}", query.trim_end_matches('&')))
    };
    if fields.filled("station").is_none() {
        return Ok(at("").into_response());
    }
    let station = fields.parse("station").ok_or(Error::NotFound(Thing::Station))?;
    match shelf_labels::print(&web.app, visitor.me(), (store, &asked.wanted()), station).await {
        Ok(sent) => Ok(at(&sent.to_string()).into_response()),
        Err(error @ (Error::Store(_) | Error::Random(_) | Error::NotFound(_))) => Err(error.into()),
        Err(error) => page(&web, &visitor, (store, &asked), Some(&error)).await,
    }
}

fn asked(fields: &Fields) -> SheetQuery {
    let ticked: Vec<&str> = fields.all("item").filter(|it| !it.is_empty()).collect();
    let slots = if ticked.is_empty() { fields.text("slots").to_owned() } else { ticked.join(",") };
    SheetQuery { slots, zone: fields.text("zone").to_owned(), sent: String::new() }
}
