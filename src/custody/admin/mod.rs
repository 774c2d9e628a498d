//! Who and what there is: the city and its plan, people who log in, stations, keys.

pub mod city;
pub mod enrol;
pub mod keys;
pub mod login;
pub mod plan;
pub mod roster;
pub mod station;
