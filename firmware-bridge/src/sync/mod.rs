//! Between the outbox and the server: what to send is decided in [`plan`], which is pure; [`run`] carries it out over a
//! WebSocket the station dials itself, so that no inbound port is opened.

pub mod plan;
mod run;

pub use run::{Client, Link};
