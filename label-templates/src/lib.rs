//! Labels and papers: readable Typst templates, filled with data that the caller has already put into words.
//!
//! This room knows Typst, fonts and QR codes, and nothing of the ledger. Two verbs: [`draw_label`] makes the one-bit
//! picture that a label printer burns, [`write_paper`] the PDF/A-2b file that goes into the case file. Both are pure
//! functions of fonts, templates and data: no clock, no network, the same bytes each time.
//!
//! A template (`templates/*.typ`) reads its data with `json("data.json")` and puts the code where it says
//! `image("code.svg")`. On a label that place stays empty while Typst draws, and the code is set into the finished
//! picture in whole printer dots (`code`); a QR drawn as vectors would get modules of uneven width at 203 dpi.
//!
//! A paper is a [`Form`] that is filled in: one file in `paper`, one in `templates`, one line in [`sample_papers`].
//!
//! Templates are programs without a time limit: only an administrator may replace them ([`Templates::from_dir`]).

mod code;
mod error;
mod fonts;
mod label;
mod paper;
mod png;
mod press;
mod sample;
mod templates;

pub use error::{Error, Lacking};
pub use fonts::Fonts;
pub use label::{BoxLabel, InnerLabel, ItemLabel, Label, OuterLabel, SlotLabel, Stock, draw_label};
pub use paper::*;
pub use png::to_png;
pub use sample::{sample_labels, sample_papers};
pub use templates::Templates;
