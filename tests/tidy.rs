//! Checks on the shape of the code itself: which room may use which, what is deliberately absent, and how long a file
//! may grow.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it finds the fault")]

#[path = "tidy/circles.rs"]
mod circles;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The leaves that every room may use.
const LEAVES: &[&str] = &["clock", "id", "language", "random", "vocabulary", "width"];

/// Each room of the server and the rooms it may use besides the leaves, in reading order. A room may always use itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("id", &[]),
    ("language", &[]),
    ("random", &[]),
    ("vocabulary", &[]),
    ("width", &[]),
    ("ledger", &[]),
    ("domain", &["ledger"]),
    ("import", &["ledger", "domain"]),
    ("export", &["ledger", "domain"]),
    ("documents", &["ledger", "domain"]),
    ("proof", &["ledger", "domain"]),
    ("store", &["ledger", "domain"]),
    ("witness", &["ledger"]),
    ("live", &[]),
    ("app", &["ledger", "domain", "store", "live"]),
    ("custody", &["ledger", "domain", "store", "live", "app", "documents", "import", "proof"]),
    ("jobs", &["ledger", "domain", "live", "app", "custody"]),
    ("api", &["ledger", "domain", "live", "app", "custody", "documents", "import", "export", "proof"]),
    ("web", &["ledger", "domain", "live", "app", "custody", "documents", "import", "export", "proof"]),
    (
        "command",
        &[
            "ledger",
            "domain",
            "store",
            "live",
            "app",
            "custody",
            "jobs",
            "api",
            "web",
            "import",
            "export",
            "documents",
            "proof",
            "witness",
        ],
    ),
];

/// The rooms of the station, in the same way. `command` and `key` belong to the program, not to the library.
const STATION_ROOMS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("stream", &[]),
    ("identity", &[]),
    ("recent", &[]),
    ("picture", &["stream"]),
    ("state", &["identity", "recent"]),
    ("device", &["stream", "state"]),
    ("config", &["stream", "device"]),
    ("signer", &["state"]),
    ("sync", &["identity", "recent", "state", "device", "config"]),
    ("station", &["identity", "recent", "state", "device", "config", "signer", "sync"]),
    ("page", &["recent", "picture", "state", "device", "signer", "sync", "station"]),
    ("simulate", &["stream", "picture", "device", "config", "page"]),
    ("setup", &["stream", "picture", "device", "config"]),
    ("key", &["signer"]),
    ("command", &["picture", "device", "config", "sync", "station", "page", "simulate", "setup"]),
];

/// Circles that are left, to be opened; no new one comes in. The station has none.
const CIRCLES_LEFT: &[&str] = &[];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn rooms_only_use_the_rooms_below_them() {
    let mut strays = strays(&root().join("src"), ROOMS, LEAVES);
    strays.extend(self::strays(&root().join("firmware-bridge/src"), STATION_ROOMS, &["clock"]));
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn every_room_is_on_the_list() {
    for (src, rooms) in [("src", ROOMS), ("firmware-bridge/src", STATION_ROOMS)] {
        let listed: BTreeSet<String> = rooms.iter().map(|(name, _)| (*name).to_owned()).collect();
        let there: BTreeSet<String> = fs::read_dir(root().join(src))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|name| name != "main" && name != "lib")
            .collect();
        assert_eq!(there, listed, "{src}");
    }
}

#[test]
fn no_files_of_a_room_use_each_other_in_a_circle() {
    let circles = |src: &str| {
        let src = root().join(src);
        circles::Source::read(&src, &rust_files(&src)).circles()
    };
    let found = &circles("src") | &circles("firmware-bridge/src");
    let left: BTreeSet<String> = CIRCLES_LEFT.iter().map(|circle| (*circle).to_owned()).collect();
    let new: Vec<_> = found.difference(&left).collect();
    assert!(new.is_empty(), "a new circle: {new:#?}");
    let opened: Vec<_> = left.difference(&found).collect();
    assert!(opened.is_empty(), "opened: take them off CIRCLES_LEFT: {opened:#?}");
}

/// What is absent on purpose, and the few places that are the exception.
#[test]
fn what_must_not_be_there_is_not_there() {
    for (word, rooms, why) in [
        ("sqlx::query", &["store"][..], "only store has SQL"),
        ("QueryBuilder", &["store"][..], "only store has SQL"),
        ("axum::", &["web", "api", "command", "witness"][..], "only the faces know HTTP"),
        ("ureq", &["witness"][..], "only a witness asks other servers"),
        ("minijinja::", &["web"][..], "only web knows templates"),
        ("typst", &[][..], "only label-templates knows Typst"),
        ("Utc::now", &["clock"][..], "only the clock reads the time"),
        (".is(Role::", &["custody", "domain"][..], "permission is asked in custody alone"),
        ("access::require", &["custody"][..], "permission is asked in custody alone"),
        ("Viewer::of", &["custody", "domain"][..], "who looks is asked in custody alone"),
    ] {
        for file in rust_files(&root().join("src")) {
            let room = room_of(&file);
            let text = fs::read_to_string(&file).unwrap();
            let found = text.contains(word) && !rooms.contains(&room.as_str());
            assert!(!found, "{}: {word}: {why}", file.display());
        }
    }
}

/// What is one sentence or two is known where it is made. Nobody finds it out from a full stop or a line end.
#[test]
fn no_sentence_is_taken_apart() {
    let cuts = ["split_once(", "rsplit_once(", "splitn(2, ", "trim_end_matches("];
    let marks = ["'。'", "\"。\"", "\". \"", "'\\n'"];
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for (cut, mark) in cuts.iter().flat_map(|cut| marks.iter().map(move |mark| (cut, mark))) {
            let found = text.find(&format!("{cut}{mark}"));
            let line = found.map(|at| text[..at].lines().count());
            assert!(line.is_none(), "{}:{}: {cut}{mark}", file.display(), line.unwrap_or_default());
        }
    }
}

#[test]
fn every_room_of_the_menu_has_a_page() {
    let menu = fs::read_to_string(root().join("src/web/menu.rs")).unwrap();
    // A room may bring its own routes, which the router merges.
    let pages = rust_files(&root().join("src/web"));
    let router: String = pages.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let lines: Vec<&str> = menu.lines().filter(|line| line.trim_start().starts_with("line(Room::")).collect();
    assert_eq!(
        lines.len(),
        menu.split("pub enum Room {").nth(1).unwrap().split('}').next().unwrap().matches(',').count()
    );
    for line in lines {
        let href = line.split('"').nth(1).unwrap();
        assert!(router.contains(&format!(".route(\"{href}\", get(")), "{href} of the menu has no route");
    }
}

#[test]
fn the_pure_rooms_do_no_input_or_output() {
    for room in ["ledger", "domain", "documents", "import", "export", "proof"] {
        for file in rust_files(&root().join("src").join(room)) {
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for word in ["std::fs", "std::net", "std::env", "tokio::", "tracing::", "async fn"] {
                assert!(!code.contains(word), "{}: {word} in a pure room", file.display());
            }
        }
    }
}

/// Who looks at something records nothing and keeps nothing.
#[test]
fn reading_changes_nothing() {
    for file in rust_files(&root().join("src/custody/reading")) {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["sequencer", "recording::", "db.write("] {
            assert!(!text.contains(word), "{}: {word} where things are only read", file.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_fits_in_a_head() {
    for folder in ["src", "label-templates/src", "firmware-bridge", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("//!"), "{} opens without a word", file.display());
            let lines = text.lines().count();
            assert!(lines <= 500, "{}: {lines} lines; look for the second subject", file.display());
        }
    }
}

#[test]
fn both_engines_have_the_same_migrations_and_tables() {
    let names = |engine: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(engine);
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let lines = |engine: &str, name: &str| -> Vec<String> {
        let text = fs::read_to_string(root().join("migrations").join(engine).join(name)).unwrap();
        let own = ["create trigger", "create function", "-- In the engine's own words"];
        let end = own.iter().filter_map(|words| text.find(words)).min().unwrap_or(text.len());
        text[..end].lines().map(squeezed).collect()
    };
    for name in names("sqlite") {
        let (sqlite, postgres) = (lines("sqlite", &name), lines("postgres", &name));
        for (ours, theirs) in sqlite.iter().zip(&postgres) {
            assert_eq!(ours, theirs, "{name}");
        }
        assert_eq!(sqlite.len(), postgres.len(), "{name}");
    }
}

/// One space between words, and the same word for what the engines call differently.
fn squeezed(line: &str) -> String {
    let word = |word: &str| match word.trim_end_matches([',', ';']) {
        "uuid" | "bytea" => word.replace("uuid", "blob").replace("bytea", "blob"),
        _ => word.to_owned(),
    };
    line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// Every use of a room by one that may not, as `file:line: room uses room`.
fn strays(src: &Path, rooms: &[(&str, &[&str])], leaves: &[&str]) -> Vec<String> {
    let mut strays = Vec::new();
    for (room, may_use) in rooms {
        for (path, line, used) in uses(src, room) {
            let allowed =
                used == *room || leaves.contains(&used.as_str()) || may_use.contains(&used.as_str());
            if rooms.iter().any(|(name, _)| *name == used) && !allowed {
                strays.push(format!("{path}:{line}: `{room}` uses `{used}`"));
            }
        }
    }
    strays
}

/// Every `crate::name` in a room, as (file, line, name), including `use crate::{a, b::c}`.
fn uses(src: &Path, room: &str) -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    for path in rust_files(&src.join(room)).into_iter().chain([src.join(format!("{room}.rs"))]) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        // The program calls its own library by name.
        let starts = ["crate::", "hufu_station::"].map(|root| text.match_indices(root)).into_iter().flatten();
        for (at, begin) in starts {
            let line = text[..at].lines().count().max(1);
            let rest = &text[at + begin.len()..];
            let names = match rest.strip_prefix('{') {
                Some(list) => top_level_names(list),
                None => vec![leading_name(rest)],
            };
            found.extend(names.into_iter().map(|name| (path.display().to_string(), line, name)));
        }
    }
    found
}

/// The first name of each item in `a, b::{c, d}, e}`.
fn top_level_names(list: &str) -> Vec<String> {
    let (mut names, mut depth, mut start) = (Vec::new(), 0, true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && depth == 0 && !c.is_whitespace() => {
                names.push(leading_name(&list[at..]));
                start = false;
            }
            _ => (),
        }
    }
    names
}

fn leading_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn room_of(file: &Path) -> String {
    let inside = file.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() && path.file_name().is_some_and(|name| name != "target") => {
                rust_files(&path)
            }
            path => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}
