//! The fonts that labels and papers are set in: found on the machine, never shipped.
//!
//! Chinese fonts that a server has are large, and the smallest good one (Droid Sans Fallback, 4 MB) has no Latin letter
//! and no figure in it. So the fonts form a row: a Latin companion where the Chinese font needs one, the Chinese font,
//! and whatever else was found for rare characters. Only this row is ever used; a character that none of them has is
//! refused (`press`), because Typst alone would print an empty box without a word.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use typst::foundations::Bytes;
use typst::text::{Covers, Font, FontBook, FontFamily, FontList, Lang, Region, TextElem};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};

use crate::Error;
use crate::error::Lacking;

/// Chinese fonts by file name, best first. Noto has Latin letters of its own, punctuation where the mainland puts it, and
/// the rare characters of names; Droid is the small one, and its commas stand in the middle of their square.
const CHINESE: [&str; 6] = [
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "SourceHanSansSC-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "wqy-microhei.ttc",
];

/// Latin companions by file name; the figures of each are of one width, so columns of numbers line up. Liberation is
/// narrower and goes first; the other has the symbols (℃ ① ✓) that Chinese remarks are full of.
const LATIN: [&str; 4] =
    ["LiberationSans-Regular.ttf", "DejaVuSans.ttf", "NotoSans-Regular.ttf", "DroidSans.ttf"];

/// Unified Ideographs as first published (URO): what a Chinese font must have to be used at all.
const COMMON_CHINESE: std::ops::RangeInclusive<u32> = 0x4E00..=0x9FA5;
const PRINTABLE_ASCII: std::ops::RangeInclusive<u32> = 0x21..=0x7E;

/// A row of fonts, loaded once and shared; cloning is cheap.
#[derive(Clone)]
pub struct Fonts(Arc<Row>);

struct Row {
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
    /// Typst's standard library with the row as the default font, so that no template has to name one.
    library: LazyHash<Library>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.families()).finish()
    }
}

impl Fonts {
    /// Loads the configured file or folder, then what the machine has: `<program>/../share/hufu/fonts`,
    /// `$XDG_DATA_DIRS/hufu/fonts`, then the known names under the system font folders.
    ///
    /// Refuses a configured path that is not a font, and a row without all common Chinese characters or without
    /// Latin letters and figures.
    pub fn load(configured: Option<&Path>) -> Result<Fonts, Error> {
        let mut files = Vec::new();
        if let Some(path) = configured {
            files.extend(font_files(path).map_err(|source| unreadable(path, source))?);
            if files.is_empty() {
                return Err(Error::NotAFont { path: path.to_owned() });
            }
        }
        let (own, system) = (own_folders(), system_folders());
        // A folder that is not there is the ordinary case in a search; one that is there but closed shows up as a
        // lacking font, with the list of places.
        files.extend(own.iter().flat_map(|folder| font_files(folder).unwrap_or_default()));
        files.extend(known_files(&system));
        let mut fonts: Vec<Font> = Vec::new();
        for file in files {
            let font = read_font(&file)?;
            if fonts.iter().all(|known| known.info().family != font.info().family) {
                fonts.push(font);
            }
        }
        let looked_in = || {
            let places = configured.into_iter().chain(own.iter().chain(&system).map(PathBuf::as_path));
            places.map(|place| place.display().to_string()).collect::<Vec<_>>().join(", ")
        };
        arrange(fonts).map_err(|lacking| Error::FontsMissing { lacking, looked_in: looked_in() })
    }

    /// The families in the order in which they are asked for a character.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.0.fonts.iter().map(|font| font.info().family.as_str())
    }

    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.0.fonts.get(index).cloned()
    }

    pub(crate) fn book(&self) -> &LazyHash<FontBook> {
        &self.0.book
    }

    pub(crate) fn library(&self) -> &LazyHash<Library> {
        &self.0.library
    }
}

/// Puts the fonts in the order of use and makes them Typst's default.
fn arrange(mut fonts: Vec<Font>) -> Result<Fonts, Lacking> {
    let chinese = fonts.iter().position(|font| has(font, COMMON_CHINESE)).ok_or(Lacking::Chinese)?;
    let main = fonts.remove(chinese);
    let mut families: Vec<FontFamily> = Vec::new();
    if !has(&main, PRINTABLE_ASCII) {
        // One without Chinese characters, or it would take their place; quotes, dashes and the ellipsis stay with the
        // Chinese font where it has them: theirs are a full square wide.
        let companion = fonts.iter().find(|font| has(font, PRINTABLE_ASCII) && !has(font, COMMON_CHINESE));
        families.push(family(companion.ok_or(Lacking::Latin)?, Some(Covers::LatinInCjk)));
    }
    fonts.insert(0, main);
    families.extend(fonts.iter().map(|font| family(font, None)));
    let mut library = Library::builder().build();
    library.styles.set(TextElem::font, FontList(families));
    library.styles.set(TextElem::fallback, false);
    library.styles.set(TextElem::lang, Lang::CHINESE);
    library.styles.set(TextElem::region, "cn".parse::<Region>().ok());
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Ok(Fonts(Arc::new(Row { fonts, book, library: LazyHash::new(library) })))
}

fn family(font: &Font, covers: Option<Covers>) -> FontFamily {
    FontFamily::with_coverage(&font.info().family, covers)
}

fn has(font: &Font, mut characters: std::ops::RangeInclusive<u32>) -> bool {
    characters.all(|character| font.info().coverage.contains(character))
}

/// Reads one font. A collection holds one face per region: the simplified Chinese one is taken, or else the first.
fn read_font(path: &Path) -> Result<Font, Error> {
    let data = Bytes::new(std::fs::read(path).map_err(|source| unreadable(path, source))?);
    let simplified = Font::iter(data.clone()).find(|face| face.info().family.ends_with(" SC"));
    simplified.or_else(|| Font::new(data, 0)).ok_or_else(|| Error::NotAFont { path: path.to_owned() })
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::FontUnreadable { path: path.to_owned(), source }
}

/// The font files of a folder in the order of their names, or the file itself.
fn font_files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(if std::fs::metadata(path)?.is_file() { vec![path.to_owned()] } else { Vec::new() });
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        let extension = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        if extension
            .is_some_and(|extension| ["ttf", "ttc", "otf", "otc"].iter().any(|known| extension == *known))
        {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The known fonts in these folders and below, in the order of the lists above.
fn known_files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut found: BTreeMap<OsString, PathBuf> = BTreeMap::new();
    let mut folders: Vec<PathBuf> = folders.to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else {
                found.insert(entry.file_name(), entry.path());
            }
        }
    }
    CHINESE.iter().chain(&LATIN).filter_map(|name| found.remove(&OsString::from(name))).collect()
}

/// Where fonts installed for this program alone may lie.
fn own_folders() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent).map(|folder| folder.join("../share/hufu/fonts"));
    let shared = std::env::var_os("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    let shared = std::env::split_paths(&shared).map(|folder| folder.join("hufu/fonts")).collect::<Vec<_>>();
    beside.into_iter().chain(shared).collect()
}

fn system_folders() -> Vec<PathBuf> {
    ["/usr/local/share/fonts", "/usr/share/fonts"].map(PathBuf::from).to_vec()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const DROID: &str = "DroidSansFallbackFull.ttf";

    fn known(name: &str) -> PathBuf {
        let found = known_files(&system_folders());
        found
            .into_iter()
            .find(|path| path.ends_with(name))
            .unwrap_or_else(|| panic!("{name} is not installed"))
    }

    /// What the machine offers, and the smallest row that a server may have: layouts must hold with both.
    pub(crate) fn every_row() -> [Fonts; 2] {
        [Fonts::load(None).unwrap(), smallest_row()]
    }

    pub(crate) fn smallest_row() -> Fonts {
        arrange([DROID, "DejaVuSans.ttf"].map(|name| read_font(&known(name)).unwrap()).to_vec()).unwrap()
    }

    #[test]
    fn a_row_without_chinese_or_without_figures_is_refused_with_the_packages_to_install() {
        let [droid, latin] = [DROID, "DejaVuSans.ttf"].map(|name| read_font(&known(name)).unwrap());
        assert_eq!(arrange(vec![latin.clone()]).err(), Some(Lacking::Chinese));
        assert_eq!(arrange(vec![droid.clone()]).err(), Some(Lacking::Latin));
        // Whichever comes first, Chinese is the main font.
        let row = arrange(vec![latin, droid]).unwrap();
        assert_eq!(row.families().collect::<Vec<_>>(), ["Droid Sans Fallback", "DejaVu Sans"]);
        let refusal = Error::FontsMissing { lacking: Lacking::Chinese, looked_in: "/nowhere".to_owned() };
        for sentence in [refusal.to_string(), refusal.zh()] {
            assert!(sentence.contains("fonts-droid-fallback") && sentence.contains("/nowhere"), "{sentence}");
        }
    }

    #[test]
    fn a_configured_font_goes_first_and_a_wrong_path_is_never_passed_over() {
        let row = Fonts::load(Some(&known(DROID))).unwrap();
        assert_eq!(row.families().next(), Some("Droid Sans Fallback"));
        let missing = Fonts::load(Some(Path::new("/no/such/font.ttf")));
        assert!(matches!(missing, Err(Error::FontUnreadable { .. })), "{missing:?}");
        let not_a_font = Fonts::load(Some(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))));
        assert!(matches!(not_a_font, Err(Error::NotAFont { .. })), "{not_a_font:?}");
        let without_fonts = Fonts::load(Some(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))));
        assert!(matches!(without_fonts, Err(Error::NotAFont { .. })), "{without_fonts:?}");
    }
}
