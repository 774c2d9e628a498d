//! Which files of a room use each other in a circle. A file is a module; what it uses is read from its `crate::`, `super::` and
//! `self::` paths, and a name that a folder passes on with `pub use` counts for the file it comes from.
//!
//! A folder's own `mod.rs` and what lies in the folder may use each other: a folder is one thing seen from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Module = Vec<String>;

/// One crate's modules and their text, without tests and comments.
pub(crate) struct Source {
    texts: BTreeMap<Module, String>,
}

impl Source {
    /// `files` are all files under `src`.
    pub(crate) fn read(src: &Path, files: &[std::path::PathBuf]) -> Source {
        let texts = files.iter().filter_map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            Some((module_of(file.strip_prefix(src).unwrap())?, code_of(&text)))
        });
        Source { texts: texts.collect() }
    }

    /// Every circle, as `room: file, file, …`.
    pub(crate) fn circles(&self) -> BTreeSet<String> {
        let uses: BTreeMap<&Module, BTreeSet<&Module>> =
            self.texts.keys().map(|module| (module, self.uses(module))).collect();
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            uses.keys().map(|module| (*module, reachable(module, &uses))).collect();
        let in_circle = |module: &&&Module| reached[**module].contains(**module);
        let circle_of = |module: &&Module| {
            let members = reached[*module].iter().filter(|other| reached[**other].contains(*module));
            let names: BTreeSet<String> = members.map(|member| member[1..].join("/")).collect();
            format!("{}: {}", module[0], names.into_iter().collect::<Vec<_>>().join(", "))
        };
        uses.keys().filter(in_circle).map(circle_of).collect()
    }

    /// The other files of the same room that this one uses.
    fn uses(&self, module: &Module) -> BTreeSet<&Module> {
        let resolved = paths(&self.texts[module]).into_iter().filter_map(|path| {
            let path = absolute(module, &path)?;
            self.resolve(&path, 0)
        });
        resolved
            .filter(|used| {
                let is_kin = used.starts_with(module) || module.starts_with(used);
                !is_kin && used.first() == module.first()
            })
            .collect()
    }

    /// The file a path leads to: the deepest one there is, and from a folder on to where it takes the name from.
    fn resolve(&self, path: &[String], steps: usize) -> Option<&Module> {
        let depth = (1..=path.len()).rev().find(|depth| self.texts.contains_key(&path[..*depth]))?;
        let (found, text) = self.texts.get_key_value(&path[..depth])?;
        let passed_on = path.get(depth).filter(|_| steps < 8).and_then(|name| {
            let origins = paths(&re_exports(text)).into_iter();
            origins.filter(|origin| origin.last() == Some(name)).find_map(|origin| {
                let origin =
                    absolute(found, &origin).or_else(|| Some([found.as_slice(), &origin].concat()))?;
                self.resolve(&origin, steps + 1).filter(|file| *file != found)
            })
        });
        passed_on.or(Some(found))
    }
}

fn reachable<'a>(
    from: &'a Module,
    uses: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
) -> BTreeSet<&'a Module> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(module) = open.pop() {
        for next in uses.get(module).into_iter().flatten().copied() {
            if reached.insert(next) {
                open.push(next);
            }
        }
    }
    reached
}

/// `None` for the root of the crate and for tests.
fn module_of(file: &Path) -> Option<Module> {
    let mut names: Module = file
        .with_extension("")
        .components()
        .map(|name| name.as_os_str().to_str().unwrap().to_owned())
        .collect();
    if names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    let is_code =
        !names.last().is_some_and(|name| matches!(name.as_str(), "lib" | "main") || name.ends_with("tests"));
    is_code.then_some(names)
}

/// Tests stand at the end of a file; comments name what they like.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    code.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The `pub use` lines of a file, each begun at `self::` if it begins at a child.
fn re_exports(text: &str) -> String {
    let mut lines = String::new();
    for (at, _) in text.match_indices("use ") {
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if !text[line_start..at].starts_with("pub") {
            continue;
        }
        let path = text[at + "use ".len()..].split(';').next().unwrap();
        let is_rooted = ["crate::", "super::", "self::"].iter().any(|root| path.starts_with(root));
        lines.push_str(if is_rooted { "" } else { "self::" });
        lines.push_str(path);
        lines.push('\n');
    }
    lines
}

/// Every path in a text that begins at the crate, at a parent or at itself, with its braces spread out.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = text;
    let begins =
        |text: &str| ["crate::", "super::", "self::"].iter().filter_map(|root| text.find(root)).min();
    while let Some(at) = begins(rest) {
        let is_whole =
            !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
        let (spread, length) = spread(&rest[at..]);
        if is_whole {
            found.extend(spread);
        }
        rest = &rest[at + length.max(1)..];
    }
    found
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`, and how many bytes that was.
fn spread(text: &str) -> (Vec<Vec<String>>, usize) {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let after = &text[name.len()..];
    if !after.starts_with("::") {
        return (vec![vec![name.clone()]], name.len());
    }
    let (tails, length) = match after[2..].strip_prefix('{') {
        Some(list) => {
            let (mut tails, mut at) = (Vec::new(), 0);
            loop {
                at += list[at..].len() - list[at..].trim_start_matches([',', ' ', '\n']).len();
                if list[at..].starts_with('}') || at >= list.len() {
                    break;
                }
                let (more, length) = spread(&list[at..]);
                tails.extend(more);
                // A glob or an alias: on to the next name.
                let end = list[at + length..].find([',', '}']).unwrap_or(0);
                at += length + end;
            }
            (tails, at + 2)
        }
        None => spread(&after[2..]),
    };
    let whole = tails.into_iter().map(|tail| [vec![name.clone()], tail].concat()).collect();
    (whole, name.len() + 2 + length)
}

/// From the crate on. `None` for a path that begins elsewhere.
fn absolute(module: &[String], path: &[String]) -> Option<Module> {
    let mut base: Module = match path.first()?.as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "self" => return Some([module, &path[1..]].concat()),
        "super" => module.to_vec(),
        _ => return None,
    };
    let climbs = path.iter().take_while(|name| *name == "super").count();
    base.truncate(base.len().checked_sub(climbs)?);
    Some([base.as_slice(), &path[climbs..]].concat())
}

#[test]
fn a_circle_is_found_through_braces_parents_and_passed_on_names() {
    let source = |files: &[(&str, &str)]| {
        let texts = files.iter().map(|(file, text)| (module_of(Path::new(file)).unwrap(), code_of(text)));
        Source { texts: texts.collect() }.circles().into_iter().collect::<Vec<_>>()
    };
    let none: &[&str] = &[];
    let room = "mod a;\nmod b;\npub use a::{A, Other};\npub(crate) use b::B;";
    for (a, b, circles) in [
        ("use super::b::B;", "use super::a::A;", &["room: a, b"][..]),
        ("use super::b::B;", "use crate::{other::X, room::{self, a::{A, Other}}};", &["room: a, b"]),
        ("use super::b::B;", "fn f() -> super::A {}", &["room: a, b"]),
        ("use super::B;", "use super::{B, Other};", &["room: a, b"]),
        ("use super::b::B;", "use crate::other::A;", none),
        ("use super::b::B;", "// use super::a::A;", none),
        ("use super::b::B;", "#[cfg(test)]\nmod tests {\n    use super::super::a::A;\n}", none),
        ("use super::helper;", "use super::helper;", none),
    ] {
        let found = source(&[("room/mod.rs", room), ("room/a.rs", a), ("room/b.rs", b), ("other.rs", "")]);
        assert_eq!(found, circles, "{a} {b}");
    }
    let three = [
        ("room/mod.rs", ""),
        ("room/a.rs", "use super::deep::b::B;"),
        ("room/deep/mod.rs", "mod b; use super::a::A;"),
        ("room/deep/b.rs", "use super::super::c::C;"),
        ("room/c.rs", "use crate::room::a;"),
    ];
    assert_eq!(source(&three), ["room: a, c, deep/b"]);
}
