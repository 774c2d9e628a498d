//! Pages as they were known on a date: what was typed into the field «截至», and what the page says about it.

use super::{Problem, Room, Visitor, Web, frame::Frame};
use crate::{
    clock::Moment,
    custody::{Error, as_of},
    domain::AsOf,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// `?as_of=` of a page that can be shown as it was known.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AsOfQuery {
    pub as_of: String,
}

/// Which view a page shows, present or past.
pub struct View {
    pub at: Option<AsOf>,
    /// Stands around the page; with a bar when what was typed names no moment, and the present is shown.
    pub frame: Frame,
    /// `past` of the templates: what was typed, `seq` and `recorded_at` (none in the present), `query` behind the links, and
    /// `now`, the address of the present.
    pub past: Value,
    /// What deadlines are measured against.
    pub now: Moment,
}

impl View {
    /// What goes behind the addresses of a page's links, so that one stays in the past.
    pub fn query(&self) -> String {
        query(self.at)
    }
}

fn query(at: Option<AsOf>) -> String {
    at.map_or_else(String::new, |at| format!("?as_of={}", at.seq))
}

/// Reads what was typed.
pub async fn view(web: &Web, visitor: &Visitor, room: Room, asked: &AsOfQuery) -> Result<View, Problem> {
    let (at, frame) = match as_of::resolve(&web.app, visitor.me(), &asked.as_of).await {
        Ok(at) => (at, visitor.frame(web, room).await?),
        Err(error @ Error::Invalid(_)) => (None, visitor.frame_refused(web, room, &error).await?),
        Err(error) => return Err(error.into()),
    };
    let path = frame.here.split_once('?').map_or(frame.here.as_str(), |(path, _)| path);
    let past = json!({
        "typed": asked.as_of.trim(), "seq": at.map(|at| at.seq), "recorded_at": at.map(|at| at.recorded_at),
        "query": query(at), "now": path,
    });
    let now = at.map_or_else(|| web.app.clock.now(), |at| at.recorded_at);
    Ok(View { at, frame, past, now })
}
