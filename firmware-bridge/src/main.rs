//! The station.
fn main() {}
