//! The table: how a row is written, and how it is compared with the one that was reviewed.

use super::{ask::Answer, town::Place};
use hufu::domain::Role;
use std::{collections::BTreeMap, fmt::Write};

/// One address with one method, and what nobody and each role is answered.
pub(super) struct Row {
    pub(super) method: String,
    pub(super) address: String,
    pub(super) cells: Vec<String>,
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/sight/matrix.md");

/// An answer in a few letters. Of what is read: the status, and whose things stand there. Of an act: why not, or that it was
/// let through to the act itself.
pub(super) fn word(answer: &Answer, act: bool, places: &[Place; 3]) -> String {
    if act {
        return match answer.status {
            401 | 403 | 404 => answer.status.to_string(),
            303 if answer.to_login => "login".to_owned(),
            _ => "may".to_owned(),
        };
    }
    let told = places.iter().filter(|it| answer.text.contains(&it.mark));
    let told: String = told.map(|it| it.letter).collect();
    match told.as_str() {
        _ if answer.to_login => "login".to_owned(),
        "" => answer.status.to_string(),
        told => format!("{}+{told}", answer.status),
    }
}

fn written(rows: &[Row]) -> String {
    let heads: Vec<&str> =
        std::iter::once("nobody").chain(Role::ALL.iter().map(|role| role.word())).collect();
    let width =
        |at: usize| rows.iter().map(|row| row.cells[at].len()).max().unwrap_or(0).max(heads[at].len());
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let first = rows.iter().map(|row| row.method.len() + row.address.chars().count() + 1).max().unwrap_or(0);
    let mut text = HEAD.to_owned();
    let mut line = |name: &str, cells: &[&str]| {
        let pad = " ".repeat(first - name.chars().count());
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!(" | {cell:width$}"));
        writeln!(text, "{name}{pad}{}", cells.collect::<String>()).unwrap();
    };
    line("", &heads);
    for row in rows {
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        line(&format!("{} {}", row.method, row.address), &cells);
    }
    text.push_str("```\n");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

const HEAD: &str = "\
# Who sees and may do what

The rule is written in `src/domain/sight.rs`; here is what each address answers, as `tests/api/sight/` asks it. Everybody in
the columns is of one unit. Three answers in a cell are about the same things in that unit, in another unit of its agency,
and in another agency; one answer is about no one of them.

- A number is the status of the answer; `login`: sent to the page for that.
- `+o`, `+u`, `+a`: on the page stand names of things of the own unit, of the other unit, of the other agency.
- `may`: an act was let through to the act itself; what is then said depends on what is sent.

Written by `HUFU_WRITE_SIGHT=1 cargo test -p hufu --test api everybody_sees`.

```text
";

/// Fails with every line that is other than the reviewed one.
pub(super) fn compare(rows: &[Row]) {
    let now = written(rows);
    if std::env::var_os("HUFU_WRITE_SIGHT").is_some() {
        std::fs::write(FILE, &now).unwrap();
        return;
    }
    let known = std::fs::read_to_string(FILE).unwrap_or_default();
    if known == now {
        return;
    }
    let told = differences(&known, &now);
    panic!(
        "who sees what has changed; if it is meant, write the table as its head says and look at it:\n{told}"
    );
}

/// Lines by what stands before the first bar, so that one new row does not move all others.
fn differences(known: &str, now: &str) -> String {
    let lines = |text: &str| {
        let pairs = text.lines().filter_map(|line| line.split_once(" | "));
        pairs.map(|(name, cells)| (name.trim().to_owned(), squeezed(cells))).collect::<BTreeMap<_, _>>()
    };
    let (known, now) = (lines(known), lines(now));
    let mut told = String::new();
    for name in known.keys().chain(now.keys().filter(|name| !known.contains_key(*name))) {
        let (was, is) = (known.get(name), now.get(name));
        if was != is {
            let shown = |cells: Option<&String>| cells.map_or("not there", String::as_str).to_owned();
            writeln!(told, "{name}\n  reviewed: {}\n  now:      {}", shown(was), shown(is)).unwrap();
        }
    }
    told
}

fn squeezed(cells: &str) -> String {
    cells.split(" | ").map(str::trim).collect::<Vec<_>>().join(" | ")
}
