//! Between the station's state and the server: what to send is decided in [`plan`], which is pure; [`Client::run`] carries it out over a
//! WebSocket the station dials itself, so that no inbound port is opened.

mod enrol;
pub mod plan;
mod run;
mod tls;

pub use enrol::{EnrolError, enrol};
pub use run::{Client, Link};
pub use tls::{TlsError, connector};
