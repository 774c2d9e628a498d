//! What kind of file the bytes are, told by their content, never by the name. What is not read is named as what it is.

use std::io::Cursor;

use zip::ZipArchive;

use super::{Sheet, delimited, docx, ods, xls, xlsx};
use crate::import::error::Refusal;

pub(super) type Reader = fn(&[u8]) -> Result<Vec<Sheet>, Refusal>;

/// Parts of an archive; a real workbook has some dozens.
const PARTS_MOST: usize = 20_000;
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Files of other kinds by their first bytes.
const OTHERS: &[(&[u8], Refusal)] = &[
    (b"%PDF", Refusal::Pdf),
    (b"\x89PNG", Refusal::Picture),
    (b"\xFF\xD8\xFF", Refusal::Picture),
    (b"GIF8", Refusal::Picture),
    (b"II*\0", Refusal::Picture),
    (b"MM\0*", Refusal::Picture),
    (b"Rar!", Refusal::Archive),
    (b"7z\xBC\xAF", Refusal::Archive),
    (b"\x1F\x8B", Refusal::Archive),
    (b"{\\rtf", Refusal::RichText),
    (b"MIME-Version:", Refusal::WebPage),
    (b"\x7FELF", Refusal::NotASpreadsheet),
    (b"MZ\x90", Refusal::NotASpreadsheet),
];

/// Tells the kind of file by its first bytes, and of archives and compound files by what they hold.
pub(super) fn reader_for(bytes: &[u8]) -> Result<Reader, Refusal> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::Empty);
    }
    if bytes.starts_with(b"PK") {
        return in_archive(bytes);
    }
    if bytes.starts_with(COMPOUND) {
        return Ok(xls::read);
    }
    if let Some((_, refusal)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(*refusal);
    }
    if is_picture(bytes) {
        return Err(Refusal::Picture);
    }
    // Excel 2 to 4: a bare stream that begins with a BOF record.
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04 | 0x08, 0x04 | 0x06 | 0x08, 0x00, ..]) {
        return Err(Refusal::OtherSpreadsheet);
    }
    Ok(delimited::read)
}

/// Pictures whose mark does not stand first: BMP with its size, WebP, HEIC from telephones.
fn is_picture(bytes: &[u8]) -> bool {
    let size = u32::try_from(bytes.len()).ok().map(u32::to_le_bytes);
    let bmp = bytes.starts_with(b"BM") && size.is_some_and(|size| bytes.get(2..6) == Some(&size));
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let heic = bytes.get(4..8) == Some(b"ftyp")
        && matches!(bytes.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif"));
    bmp || webp || heic
}

/// Tells an .xlsx, an .ods and a .docx from any other archive by the names of its parts.
fn in_archive(bytes: &[u8]) -> Result<Reader, Refusal> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
    if archive.len() > PARTS_MOST {
        return Err(Refusal::TooLarge);
    }
    let has = |wanted: &str| {
        archive.file_names_raw().any(|name| name.to_ascii_lowercase().ends_with(wanted.as_bytes()))
    };
    match () {
        () if has("workbook.bin") || has("index/document.iwa") => Err(Refusal::OtherSpreadsheet),
        () if has("workbook.xml") => Ok(xlsx::read),
        () if has("word/document.xml") => Ok(docx::read),
        () if has("ppt/presentation.xml") => Err(Refusal::Presentation),
        () if has("ofd.xml") => Err(Refusal::Ofd),
        () if has("content.xml") => Ok(ods::read),
        () => Err(Refusal::Archive),
    }
}
