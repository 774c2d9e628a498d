//! What station and server say to each other, and nothing else: messages, what is signed, what labels say, the 1-bit picture a printer
//! prints, and the signature both sides must be able to check. Pure: no socket, no file, no clock.
//!
//! The station dials the server (`GET /station/ws`) and both send one JSON message per WebSocket text frame. An enrolled
//! station names itself (`Authorization: Station ID`) and signs the server's challenge; one with a token brings that
//! (`Bearer`); a new one says `Enrol`. Everything the station observes carries a number of its own and is sent again until
//! acknowledged.

pub mod amount;
pub mod code;
pub mod day;
pub mod message;
pub mod place;
pub mod proof;
pub mod raster;
pub mod registration;
pub mod scanned;
pub mod signature;
pub mod statement;
pub mod weight;

pub use day::Day;
pub use message::{FromServer, FromStation};
pub use raster::Raster;
