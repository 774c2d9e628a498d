//! Whole stations: real drivers on real pseudo-terminals, real sockets, real files, real kills.

mod devices;
mod kill;
mod page;
mod support;
mod sync;
