//! The cold build: what a fresh clone needs before `make demo` starts. It takes minutes, so it is asked for.

use crate::table::{Table, shown};
use std::{process::Command, time::Instant};

pub fn measure(table: &mut Table) {
    let what = "cold build";
    let how = "`cargo build --locked --workspace` into an empty folder, crates already downloaded";
    if std::env::var("HUFU_BENCH_COLD").as_deref() != Ok("1") {
        table.one(what, "not measured".to_owned(), &format!("{how}; set HUFU_BENCH_COLD=1"));
        return;
    }
    let target = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let done = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--workspace"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", target.path())
        .status()
        .unwrap();
    assert!(done.success(), "the build failed");
    table.one(what, shown(start.elapsed()), how);
}
