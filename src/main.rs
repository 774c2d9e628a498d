//! The server and its administration commands.

fn main() {}
