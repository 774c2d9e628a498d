//! Device protocols: bytes to values and back.
