//! Sets one template with its data: the Typst side of labels and papers.

use serde::Serialize;
use typst::World;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::layout::{Frame, FrameItem, Point, Size};
use typst::syntax::{DiagSpan, FileId, Source};
use typst::text::{Font, FontBook, TextItem};
use typst::utils::{LazyHash, Numeric};
use typst::{Library, WorldExt};
use typst_layout::PagedDocument;

use crate::templates::{CODE, DATA, file_id};
use crate::{Error, Fonts, Templates};

/// After so many settings without use, what Typst remembers is forgotten, so that a long day does not fill the memory.
const KEPT_SETTINGS: usize = 10;

/// The little world a template lives in: its own text, the shared templates, the data, the code, the fonts. It has no
/// clock, no network and no disk.
struct Desk<'a> {
    fonts: &'a Fonts,
    templates: &'a Templates,
    main: FileId,
    files: Vec<(FileId, Bytes)>,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.fonts.library()
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.templates.source(id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let file = self.files.iter().find(|(file, _)| *file == id);
        file.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A picture that a template shows by the name of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub file: String,
    pub jpeg: Vec<u8>,
}

/// Sets a template with its data, its code and its pictures.
///
/// Refuses a template that stops, and any character that no font of the row can show: Typst would set an empty box.
pub(crate) fn set(
    fonts: &Fonts,
    templates: &Templates,
    template: &'static str,
    data: &impl Serialize,
    code_svg: String,
    pictures: &[Picture],
) -> Result<PagedDocument, Error> {
    let data = Bytes::new(serde_json::to_vec(data)?);
    let mut files = vec![(file_id(DATA), data), (file_id(CODE), Bytes::from_string(code_svg))];
    files.extend(pictures.iter().map(|it| (file_id(&it.file), Bytes::new(it.jpeg.clone()))));
    let desk = Desk { fonts, templates, main: file_id(template), files };
    let set = typst::compile::<PagedDocument>(&desk).output;
    typst::comemo::evict(KEPT_SETTINGS);
    let document = set.map_err(|stops| stopped(&desk, template, &stops))?;
    for page in document.pages() {
        refuse_missing_glyphs(&page.frame)?;
    }
    Ok(document)
}

/// The first complaint, with its file and line. One inside a shared template also has the line that led there.
fn stopped(desk: &Desk<'_>, template: &'static str, complaints: &[SourceDiagnostic]) -> Error {
    let Some(complaint) = complaints.first() else {
        return Error::Template { template, place: "?".to_owned(), message: String::new() };
    };
    let led_there = complaint.trace.iter().map(|point| point.span.into());
    let places: Vec<String> =
        std::iter::once(complaint.span).chain(led_there).filter_map(|span| place(desk, span)).collect();
    Error::Template { template, place: places.join(" ← "), message: complaint.message.to_string() }
}

/// `file:line` of a span; `None` for one that belongs to no text.
fn place(desk: &Desk<'_>, span: DiagSpan) -> Option<String> {
    let id = span.id()?;
    let line = desk.templates.source(id)?.lines().byte_to_line(desk.range(span)?.start)?;
    Some(format!("{}:{}", id.vpath().get_without_slash(), line + 1))
}

fn refuse_missing_glyphs(frame: &Frame) -> Result<(), Error> {
    frame.items().try_for_each(|(_, item)| match item {
        FrameItem::Group(group) => refuse_missing_glyphs(&group.frame),
        FrameItem::Text(text) => missing(text).map_or(Ok(()), |character| {
            Err(Error::MissingGlyph { character, context: text.text.to_string() })
        }),
        _ => Ok(()),
    })
}

/// The first character without a glyph, or with a defective one: Droid Sans Fallback 1.00c has five Chinese characters of
/// no width, which would be printed on top of their neighbours.
fn missing(text: &TextItem) -> Option<char> {
    text.glyphs.iter().find_map(|glyph| {
        let character = text.text.get(glyph.range())?.chars().next()?;
        let is_chinese = ('\u{3400}'..='\u{9FFF}').contains(&character) || character >= '\u{20000}';
        (glyph.id == 0 || (is_chinese && glyph.x_advance.is_zero())).then_some(character)
    })
}

/// Where on the page, and how large, the template has put its code.
pub(crate) fn code_place(frame: &Frame) -> Option<(Point, Size)> {
    frame.items().find_map(|(at, item)| match item {
        FrameItem::Image(_, size, _) => Some((*at, *size)),
        FrameItem::Group(group) => {
            let (inside, size) = code_place(&group.frame)?;
            Some((*at + inside.transform(group.transform), size))
        }
        _ => None,
    })
}
