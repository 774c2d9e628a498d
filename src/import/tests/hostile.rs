//! Files that are no lists, damaged files and files that ask for too much: refused with a reason, never a panic.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn refusal(bytes: &[u8]) -> Refusal {
    read_seizure_list("清单.xlsx", bytes).unwrap_err().reason
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A small valid workbook, to be damaged.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, (label, text)) in (0..).zip([("名称", "手机"), ("数量", "2部"), ("特征", "黑色")])
    {
        sheet.write_string(0, column, label).unwrap();
        sheet.write_string(1, column, text).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// A workbook whose parts are written by hand.
fn workbook_of(sheet: &[u8], strings: &[u8], styles: &[u8]) -> Vec<u8> {
    const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"/>")
    };
    let root =
        format!("<Relationships>{}</Relationships>", relation("r1", "officeDocument", "xl/workbook.xml"));
    let inner =
        format!("<Relationships>{}</Relationships>", relation("r1", "worksheet", "worksheets/sheet1.xml"));
    archive(&[
        ("_rels/.rels", root.as_bytes()),
        (
            "xl/workbook.xml",
            b"<workbook><sheets><sheet name=\"1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ),
        ("xl/_rels/workbook.xml.rels", inner.as_bytes()),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

const NO_STRINGS: &[u8] = b"<sst></sst>";
const NO_STYLES: &[u8] = b"<styleSheet></styleSheet>";

#[test]
fn what_is_no_list_is_refused_with_its_reason() {
    for (bytes, expected) in [
        (&b""[..], Refusal::Empty),
        (b" \r\n\t", Refusal::Empty),
        (b"\xEF\xBB\xBF", Refusal::Empty),
        (b"%PDF-1.7", Refusal::Pdf),
        (b"\x89PNG\r\n\x1a\n", Refusal::Picture),
        (b"{\\rtf1", Refusal::RichText),
        (b"Rar!\x1a\x07", Refusal::Archive),
        (b"\0\0\0\x18ftypheic", Refusal::Picture),
        (b"\x7FELF", Refusal::NotASpreadsheet),
        (b"<html><body><table></table></body></html>", Refusal::WebPage),
        (b"<?xml version=\"1.0\"?><Workbook/>", Refusal::WebPage),
        (b"PK\x03\x04", Refusal::Broken),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Refusal::Broken),
        (b"\x09\x08\x08\x00\x00\x05\x10\x00", Refusal::OtherSpreadsheet),
        ("今天天气很好".as_bytes(), Refusal::NoHeader),
        (b"a,b\n1,2\n", Refusal::NoHeader),
    ] {
        assert_eq!(refusal(bytes), expected, "{bytes:?}");
    }
    assert_eq!(refusal(&archive(&[("word/document.xml", b"<w/>")])), Refusal::Broken);
    assert_eq!(refusal(&archive(&[("OFD.xml", b"")])), Refusal::Ofd);
    assert_eq!(refusal(&archive(&[("ppt/presentation.xml", b"")])), Refusal::Presentation);
    assert_eq!(refusal(&archive(&[("photo.jpg", b"")])), Refusal::Archive);
    assert_eq!(refusal(&archive(&[("xl/workbook.bin", b"")])), Refusal::OtherSpreadsheet);
    let message = read_seizure_list("清单.xlsx", b"").unwrap_err().to_string();
    assert!(
        message.contains("清单.xlsx")
            && message.contains("未导入")
            && message.contains("nothing was imported")
    );
}

#[test]
fn a_file_that_unpacks_to_too_much_is_refused() {
    let blank = vec![b' '; 40 << 20];
    let names: Vec<String> = (0..10).map(|n| format!("xl/worksheets/sheet{n}.xml")).collect();
    let mut parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &*blank)).collect();
    parts.push(("xl/workbook.xml", b"<workbook/>"));
    assert_eq!(refusal(&archive(&parts)), Refusal::TooLarge);
    assert_eq!(refusal(&vec![b'a'; (64 << 20) + 1]), Refusal::TooLarge);
}

#[test]
fn declared_counts_are_not_believed() {
    let strings = b"<sst uniqueCount=\"99999999999999\"><si><t>a</t></si></sst>";
    assert_eq!(
        refusal(&workbook_of(b"<worksheet><sheetData/></worksheet>", strings, NO_STYLES)),
        Refusal::TooLarge
    );
    let font = format!(
        "<styleSheet><fonts><font><name val=\"{}\"/></font></fonts></styleSheet>",
        "x".repeat(1 << 20)
    );
    assert_eq!(
        refusal(&workbook_of(b"<worksheet><sheetData/></worksheet>", NO_STRINGS, font.as_bytes())),
        Refusal::TooLarge
    );
}

#[test]
fn cells_far_apart_cost_nothing_and_cells_beyond_the_sheet_are_refused() {
    let sheet = |corner: &str| {
        let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let rows = [
            cell("A1", "名称"),
            cell("B1", "数量"),
            cell("A2", "手机"),
            cell("B2", "2部"),
            cell(corner, "x"),
        ]
        .concat();
        workbook_of(
            format!("<worksheet><sheetData><row>{rows}</row></sheetData></worksheet>").as_bytes(),
            NO_STRINGS,
            NO_STYLES,
        )
    };
    let list = read_seizure_list("", &sheet("XFD1048576")).unwrap();
    assert_eq!((list.rows.len(), list.ignored_rows.len()), (1, 1_048_575));
    check_complete(&list);
    assert_eq!(refusal(&sheet("A1048577")), Refusal::Broken);
    assert_eq!(refusal(&sheet("ZZZZ1")), Refusal::Broken);
}

#[test]
fn too_many_rows_are_refused_before_they_are_kept() {
    let text = format!("名称,数量\n{}", "手机,1部\n".repeat(200_001));
    assert_eq!(refusal(text.as_bytes()), Refusal::TooLarge);
}

#[test]
fn an_overlong_cell_is_cut_with_a_doubt() {
    let list = read(&format!("名称,数量,特征\n手机,1部,{}\n", "黑".repeat(5_000)));
    assert_eq!(words(&list.rows[0].doubts), ["cell_cut"]);
    assert_eq!(list.rows[0].features.chars().count(), 300);
    assert!(list.rows[0].doubts[0].text.chars().count() <= 201);
}

#[test]
fn a_quote_left_open_does_not_swallow_the_list() {
    let list = read(&format!("名称,数量\n\"13寸电脑,1台\n{}", "手机,1部\n".repeat(100)));
    assert_eq!(list.rows.len(), 101);
    assert_eq!(list.rows[0].name, "\"13寸电脑");
}

#[test]
fn unreadable_characters_are_in_doubt() {
    let text = "扣押物品清单：某某公安局刑侦大队办理张某某盗窃案\n名称,数量\n手机,1部\n".as_bytes();
    let damaged = [text, &b"\xE7\x94,2\xE9\x83\xA8\n"[..]].concat();
    for bytes in [damaged.clone(), [&b"\xEF\xBB\xBF"[..], &damaged].concat()] {
        let list = read_seizure_list("清单.csv", &bytes).unwrap();
        assert_eq!(list.rows[0].doubts, vec![]);
        assert_eq!(words(&list.rows[1].doubts), ["bad_characters"]);
    }
}

#[test]
fn every_cut_of_a_workbook_is_refused() {
    let bytes = workbook();
    for end in (0..bytes.len()).step_by(7) {
        assert!(read_seizure_list("清单.xlsx", &bytes[..end]).is_err(), "cut at {end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read_seizure_list("a", &bytes);
    }

    #[test]
    fn a_damaged_workbook_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), more in any::<prop::sample::Index>()) {
        let mut bytes = workbook();
        let (at, more) = (at.index(bytes.len()), more.index(bytes.len()));
        bytes[at] ^= byte;
        bytes[more] = byte;
        let _ = read_seizure_list("a", &bytes);
    }

    #[test]
    fn any_table_is_read_completely(rows in prop::collection::vec(prop::collection::vec("[\\PC，：合计手机2部克元,\" ]{0,8}", 0..5), 0..12)) {
        let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        if let Ok(list) = read_seizure_list("a", format!("名称,数量,单位,特征\n{text}").as_bytes()) {
            check_complete(&list);
            for row in &list.rows {
                prop_assert!(row.quantity.is_some() || !row.doubts.is_empty());
            }
        }
    }
}
