//! What station and server say to each other.
