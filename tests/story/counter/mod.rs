//! The counter, on both engines: receiving by scanner, scale and printer; what is refused; what becomes a difference;
//! and the line to the stations.

mod deliveries;
mod differences;
mod enrol;
mod labels;
pub mod pages;
mod reprints;
mod scans;
pub mod scene;
mod single_things;
pub mod socket;
mod steps;
mod tray;
