//! Who and what there is: the city and its plan, people who log in, stations, keys.

pub mod city;
pub mod enrol;
pub(in crate::custody) mod identity;
pub mod keys;
pub mod login;
pub mod own_sessions;
pub mod places;
pub mod plan;
pub mod registered;
pub mod registered_places;
pub mod roster;
pub mod rules;
pub mod shelf_labels;
pub mod staff;
pub mod station;
pub mod tables;
pub mod templates;
pub mod tour;
