//! What other programs speak to: stations.

pub mod station;
