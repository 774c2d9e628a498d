//! Scanners: what arrives from one is a stream of bytes; what comes out is codes.

pub mod line;
