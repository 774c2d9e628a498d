//! Whole stations: real drivers on real pseudo-terminals, real sockets, real files, real kills.

#[cfg(test)]
mod devices;
#[cfg(test)]
mod kill;
mod off_line;
#[cfg(test)]
mod page;
#[cfg(test)]
mod sign;
#[cfg(test)]
mod support;
#[cfg(test)]
mod sync;
