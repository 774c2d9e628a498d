//! Labels of things in store, printed again: which, why and where; and how each stands until the new one is scanned back.

use super::{
    Fields, Page, PostedForm, Room, Visitor, Web,
    form::query_of,
    frame::{Notice, NoticeKind},
    render::RenderError,
};
use crate::{
    custody::{
        self, Error, Thing,
        reprint::{self, Reprint},
    },
    id::ItemId,
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Default, Deserialize)]
pub struct ReprintQuery {
    /// The things that were ticked, with commas between them.
    #[serde(default)]
    items: String,
    /// How many labels were sent to a printer just now.
    #[serde(default)]
    sent: String,
}

impl ReprintQuery {
    fn items(&self) -> Vec<ItemId> {
        self.items.split(',').filter_map(|id| id.parse().ok()).collect()
    }
}

/// `GET /labels/again`
pub async fn show(State(web): State<Web>, visitor: Visitor, Query(asked): Query<ReprintQuery>) -> Page {
    page(&web, &visitor, &asked, (&Fields::default(), None)).await
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    asked: &ReprintQuery,
    (typed, wrong): (&Fields, Option<&Error>),
) -> Page {
    let me = visitor.me();
    let things = reprint::standings(&web.app, me, &asked.items()).await?;
    let (mut frame, code) = visitor.frame_after(web, Room::Labels, wrong).await?;
    frame.here = format!("/labels/again?items={}", asked.items);
    if let Ok(sent) = asked.sent.parse::<usize>() {
        let words = web.pages.words(visitor.language());
        let sentence = words.text("reprint.sent", &[("count", sent.to_string().as_str())]);
        let sentence = sentence.map_err(RenderError::from)?;
        frame.notices.push(Notice { kind: NoticeKind::Done, sentence, remedy: None, entry: None });
    }
    let stations = custody::station::of_my_unit(&web.app, me).await?;
    let context = json!({
        "frame": frame, "things": things, "items": asked.items,
        "stations": stations.into_iter().map(|it| (it.id, it.name)).collect::<Vec<_>>(),
        "typed": { "reason": typed.text("reason"), "station": typed.text("station") },
    });
    Ok((code, web.page("reprint.html", visitor.language(), context)?).into_response())
}

/// The page that asks why and where, for these things.
pub(super) fn address(items: &str, sent: &str) -> String {
    let query = query_of(&[("items", items), ("sent", sent)]);
    format!("/labels/again?{}", query.trim_end_matches('&'))
}

/// `POST /labels/again`
pub async fn act(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let asked = ReprintQuery { items: fields.text("items").to_owned(), sent: String::new() };
    let wish = Reprint {
        station: fields.parse("station").ok_or(Error::NotFound(Thing::Station))?,
        items: asked.items(),
        reason: fields.text("reason").to_owned(),
    };
    match reprint::reprint(&web.app, visitor.me(), &wish).await {
        Ok(sent) => Ok(Redirect::to(&address(&asked.items, &sent.len().to_string())).into_response()),
        Err(error @ Error::Invalid(_)) => page(&web, &visitor, &asked, (&fields, Some(&error))).await,
        Err(error) => Err(error.into()),
    }
}
