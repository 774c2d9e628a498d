//! Whole stations: real drivers on real pseudo-terminals, real sockets, real files, real kills.

#[cfg(test)]
mod devices;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod late_answers;
#[cfg(test)]
mod off_line;
#[cfg(test)]
mod page;
#[cfg(test)]
mod picture;
#[cfg(test)]
mod printers;
#[cfg(test)]
mod reader;
#[cfg(test)]
mod replug;
#[cfg(test)]
mod scales;
#[cfg(test)]
mod scanners;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod sign;
#[cfg(test)]
mod soak;
#[cfg(test)]
mod supervise;
#[cfg(test)]
mod support;
#[cfg(test)]
mod sync;
