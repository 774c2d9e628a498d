//! The parts of an .xlsx that the spreadsheet library does not report: hidden rows and columns, comments, text in shapes,
//! text that is struck through in part.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::xlsx_texts::{comments, shapes};
use super::xml::{attribute, each_event, each_tag, entity};
use super::{Beside, UNPACKED_MOST};
use crate::import::error::Refusal;

/// The parts of one workbook, by name.
pub(super) struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    names: HashMap<String, usize>,
    /// The sheet's name → the part that holds it.
    sheets: HashMap<String, String>,
}

impl<'a> Parts<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Parts<'a>, Refusal> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
        let mut names = HashMap::new();
        for at in 0..archive.len() {
            let part = archive.by_index(at).map_err(|_| Refusal::Broken)?;
            names.insert(part.name().map_err(|_| Refusal::Broken)?.replace('\\', "/").to_lowercase(), at);
        }
        let mut parts = Parts { archive, names, sheets: HashMap::new() };
        let workbook = parts.names.keys().find(|name| name.ends_with("workbook.xml")).cloned();
        if let Some(workbook) = workbook {
            parts.sheets = parts.sheets_of(&workbook)?;
        }
        Ok(parts)
    }

    fn reader(&mut self, name: &str) -> Result<Option<impl BufRead + use<'_, 'a>>, Refusal> {
        let Some(at) = self.names.get(&name.to_lowercase()).copied() else { return Ok(None) };
        let part = self.archive.by_index(at).map_err(|_| Refusal::Broken)?;
        Ok(Some(BufReader::new(part.take(UNPACKED_MOST))))
    }

    fn sheets_of(&mut self, workbook: &str) -> Result<HashMap<String, String>, Refusal> {
        let targets: HashMap<String, String> =
            self.relations(workbook)?.into_iter().map(|it| (it.id, it.target)).collect();
        let mut sheets = HashMap::new();
        let Some(reader) = self.reader(workbook)? else { return Ok(sheets) };
        each_tag(reader, |tag| {
            if tag.local_name().as_ref() == "sheet"
                && let (Some(name), Some(id)) = (attribute(tag, "name")?, local_attribute(tag, "id")?)
                && let Some(target) = targets.get(&id)
            {
                sheets.insert(name, target.clone());
            }
            Ok(())
        })?;
        Ok(sheets)
    }

    /// What a part points at, with targets as names of parts.
    fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Refusal> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() {
            format!("_rels/{file}.rels")
        } else {
            format!("{folder}/_rels/{file}.rels")
        };
        let mut relations = Vec::new();
        let Some(reader) = self.reader(&name)? else { return Ok(relations) };
        each_tag(reader, |tag| {
            if let (Some(id), Some(kind), Some(target)) =
                (attribute(tag, "Id")?, attribute(tag, "Type")?, attribute(tag, "Target")?)
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id, kind, target: resolve(folder, &target) });
            }
            Ok(())
        })?;
        Ok(relations)
    }

    /// Notes what a sheet hides and what stands beside its cells.
    pub(super) fn read_beside(&mut self, sheet: &str, beside: &mut Beside) -> Result<(), Refusal> {
        let Some(part) = self.sheets.get(sheet).cloned() else { return Ok(()) };
        if let Some(reader) = self.reader(&part)? {
            hidden(reader, beside)?;
        }
        for relation in self.relations(&part)? {
            match relation.kind.as_str() {
                "comments" => {
                    if let Some(reader) = self.reader(&relation.target)? {
                        comments(reader, beside)?;
                    }
                }
                "drawing" => {
                    if let Some(reader) = self.reader(&relation.target)? {
                        shapes(reader, beside)?;
                    }
                }
                _ => (),
            }
        }
        Ok(())
    }

    /// Shared texts of which a part is struck through.
    pub(super) fn struck_texts(&mut self) -> Result<HashSet<String>, Refusal> {
        let mut struck = HashSet::new();
        let Some(name) = self.names.keys().find(|name| name.ends_with("sharedstrings.xml")).cloned() else {
            return Ok(struck);
        };
        let says = self.reader(&name)?.map(|reader| any_tag(reader, b"strike")).transpose()?;
        if says != Some(true) {
            return Ok(struck);
        }
        let Some(reader) = self.reader(&name)? else { return Ok(struck) };
        let (mut text, mut crossed, mut phonetic) = (String::new(), false, false);
        each_event(reader, |event| {
            match event {
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "si" => (text, crossed) = (String::new(), false),
                    "strike" => {
                        let off = matches!(attribute(tag, "val")?.as_deref(), Some("0" | "false"));
                        crossed |= !off;
                    }
                    "rPh" => phonetic = matches!(event, Event::Start(_)),
                    _ => (),
                },
                Event::Text(it) if !phonetic => text.push_str(&it.xml10_content()),
                Event::GeneralRef(it) if !phonetic => text.push_str(&entity(it)),
                Event::End(tag) => match tag.local_name().as_ref() {
                    "rPh" => phonetic = false,
                    "si" if crossed => _ = struck.insert(std::mem::take(&mut text)),
                    _ => (),
                },
                _ => (),
            }
            Ok(())
        })?;
        Ok(struck)
    }
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// `../comments1.xml` beside `xl/worksheets` is `xl/comments1.xml`.
fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.trim_start_matches('/').split('/') {
        match step {
            ".." => _ = path.pop(),
            "." | "" => (),
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

fn local_attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Refusal> {
    match attribute(tag, &format!("r:{name}"))? {
        Some(value) => Ok(Some(value)),
        None => attribute(tag, name),
    }
}

/// Rows and columns with `hidden`. A sheet may be large: its tags are looked at as bytes.
fn hidden(mut reader: impl BufRead, beside: &mut Beside) -> Result<(), Refusal> {
    let (mut chunk, mut row) = (Vec::new(), 0_u32);
    loop {
        chunk.clear();
        if reader.read_until(b'>', &mut chunk).map_err(|_| Refusal::Broken)? == 0 {
            return Ok(());
        }
        let Some(at) = chunk.iter().rposition(|byte| *byte == b'<') else { continue };
        let tag = chunk.get(at + 1..).unwrap_or_default();
        let name = tag
            .split(|byte| matches!(byte, b' ' | b'>' | b'/' | b'\n' | b'\r' | b'\t'))
            .next()
            .unwrap_or_default();
        let is =
            |wanted: &[u8]| name == wanted || name.strip_suffix(wanted).is_some_and(|it| it.ends_with(b":"));
        if is(b"row") && !tag.starts_with(b"/") {
            let tag = String::from_utf8_lossy(tag);
            row = number(&tag, "r").unwrap_or_else(|| row.saturating_add(1));
            let flat = value(&tag, "ht").is_some_and(|it| it.parse::<f64>().is_ok_and(|it| it == 0.0));
            if yes(&tag, "hidden") || flat {
                beside.hide_row(row);
            }
        } else if is(b"col") {
            let tag = String::from_utf8_lossy(tag);
            let (first, last) = (number(&tag, "min"), number(&tag, "max"));
            if let (true, Some(first), Some(last)) = (yes(&tag, "hidden"), first, last) {
                beside.hide_columns(first.saturating_sub(1), last.saturating_sub(1));
            }
        }
    }
}

fn value<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.find(&format!(" {name}="))? + name.len() + 2;
    let quote = tag.get(at..)?.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    tag.get(at + 1..)?.split(quote).next()
}

fn number(tag: &str, name: &str) -> Option<u32> {
    value(tag, name)?.parse().ok()
}

fn yes(tag: &str, name: &str) -> bool {
    matches!(value(tag, name), Some("1" | "true"))
}

fn any_tag(mut reader: impl BufRead, name: &[u8]) -> Result<bool, Refusal> {
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        if reader.read_until(b'>', &mut chunk).map_err(|_| Refusal::Broken)? == 0 {
            return Ok(false);
        }
        if chunk.windows(name.len()).any(|it| it == name) {
            return Ok(true);
        }
    }
}
