//! The map of hufu (虎符). Read downwards: each room may use the rooms before it, never those after it
//! (`tests/tidy.rs`).

pub mod clock;
pub mod id;
pub mod language;
pub mod random;
pub mod vocabulary;
pub mod width;

pub mod domain;
pub mod import;
pub mod ledger;
pub mod proof;
pub mod store;
pub mod witness;

pub mod documents;
pub mod export;

pub mod live;

pub mod app;

pub mod api;
pub mod command;
pub mod custody;
pub mod jobs;
pub mod web;
