//! The papers of a loan: the slip with which things go out, and the one with which they come back.
