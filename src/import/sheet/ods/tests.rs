//! Tables as a spreadsheet of the desktop writes them.

use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn file(table: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("content.xml", SimpleFileOptions::default()).unwrap();
    write!(archive, "<office:document-content><table:table table:name=\"清单\">{table}").unwrap();
    archive.finish().unwrap().into_inner()
}

fn shown(table: &str) -> Vec<String> {
    let sheets = read(&file(&format!("{table}</table:table></office:document-content>"))).unwrap();
    sheets[0]
        .cells
        .iter()
        .map(|cell| format!("{}:{}:{}:{:?}", cell.row, cell.column, cell.text, cell.kind))
        .collect()
}

#[test]
fn cells_repeats_and_kinds() {
    let table = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
        <table:table-row><table:table-cell table:number-columns-repeated=\"3\"/>\
        <table:table-cell office:value-type=\"string\"><office:annotation><text:p>批注</text:p></office:annotation>\
        <text:p>A&amp;B<text:s/>C</text:p><text:p>D</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"float\" office:value=\"12.35\"><text:p>12.4</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"2024-05-01T10:00:00\"/>\
        <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>同</text:p></table:table-cell>\
        <table:table-cell table:number-columns-repeated=\"16000\"/></table:table-row>\
        <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    assert_eq!(
        shown(table),
        ["3:3:A&B C\nD:Text", "3:4:12.35:Number", "3:5:2024-05-01:Date", "3:6:同:Text", "3:7:同:Text"]
    );
}

#[test]
fn merged_cells_are_reported() {
    let table = "<table:table-row><table:table-cell/><table:table-cell table:number-rows-spanned=\"3\" \
        office:value-type=\"string\"><text:p>手机</text:p></table:table-cell></table:table-row></table:table>";
    let sheets = read(&file(table)).unwrap();
    assert_eq!(sheets[0].merges, [Merge { first_row: 1, last_row: 3, first_column: 1, last_column: 1 }]);
}

#[test]
fn a_table_cut_short_or_blown_up_is_refused() {
    assert_eq!(read(&file("<table:table-row><table:table-cell>")).unwrap_err(), Refusal::Broken);
    for (rows, columns) in [("1000000", "900"), ("300000", "1"), ("1", "16384"), ("4294967295", "1000")] {
        let table = format!(
            "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"string\" \
             table:number-columns-repeated=\"{columns}\"><text:p>x</text:p></table:table-cell></table:table-row></table:table>"
        );
        assert_eq!(read(&file(&table)).unwrap_err(), Refusal::TooLarge, "{rows} {columns}");
    }
}
