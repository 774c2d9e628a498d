//! The pages. [`router`] has every address on one page; [`visitor`] knows who asks; [`error_page`] gives errors their page;
//! each page is a file that asks `custody`, and a template.

pub mod account;
pub mod approvals;
pub mod cases;
pub mod cookie;
pub mod corrections;
pub mod counter;
pub mod counts;
pub mod deliveries;
pub mod desk;
mod desk_waiting;
pub mod disposals;
mod error_layer;
pub mod error_page;
pub mod form;
pub mod frame;
pub mod handovers;
pub mod help;
pub mod import;
pub mod in_address;
pub mod items;
pub mod keys;
mod kit;
pub mod labels;
pub mod ledger;
pub mod live;
pub mod loans;
pub mod login;
pub mod losses;
pub mod menu;
pub mod off_line;
pub mod papers;
pub mod past;
pub mod photographs;
pub mod picture;
pub mod proof;
pub mod reconciliation;
pub mod render;
pub mod reprint;
pub mod roster;
pub mod roster_forms;
pub mod roster_people;
pub mod roster_stations;
pub mod roster_stores;
pub mod roster_templates;
pub mod roster_units;
pub mod router;
pub mod rules;
pub mod shelf_labels;
pub mod stores;
pub mod table;
pub mod theme;
pub mod upload;
pub mod visitor;
pub mod words;

pub use error_page::{Page, Problem};
pub use form::Fields;
pub use menu::Room;
pub use upload::Upload;
pub use visitor::{PostedForm, Visitor};

use crate::{app::App, language::Language, web::render::Pages};
use axum::response::Html;
use serde::Serialize;
use std::sync::Arc;

/// What every page handler is given.
#[derive(Clone, Debug)]
pub struct Web {
    pub app: App,
    pub pages: Arc<Pages>,
}

impl Web {
    /// A page from its template. A template that cannot be filled is our mistake, and says so.
    pub fn page(
        &self,
        template: &str,
        language: Language,
        context: impl Serialize,
    ) -> Result<Html<String>, Problem> {
        Ok(Html(self.pages.render(template, language, context)?))
    }
}
