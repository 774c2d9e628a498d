//! Documents, part by part.

use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn file(body: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    write!(archive, "<w:document><w:body>{body}</w:body></w:document>").unwrap();
    archive.finish().unwrap().into_inner()
}

fn cell(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
}

#[test]
fn paragraphs_and_table_rows_are_rows() {
    let table = [
        "<w:p><w:r><w:t>扣押</w:t></w:r><w:r><w:t>清单</w:t></w:r></w:p><w:tbl><w:tr>",
        &cell("", "名称"),
        &cell("<w:gridSpan w:val=\"2\"/>", "数量"),
        "</w:tr><w:tr>",
        &cell("<w:vMerge w:val=\"restart\"/>", "手机&amp;卡"),
        &cell("", "2"),
        &cell("", "部"),
        "</w:tr><w:tr>",
        &cell("<w:vMerge/>", ""),
        &cell("", "1"),
        &cell("", "张"),
        "</w:tr></w:tbl><w:p/><w:p><w:r><w:t>持有人：</w:t></w:r></w:p>",
    ]
    .concat();
    let sheets = read(&file(&table)).unwrap();
    let shown: Vec<String> =
        sheets[0].cells.iter().map(|it| format!("{}:{}:{}", it.row, it.column, it.text)).collect();
    assert_eq!(
        shown,
        [
            "1:0:扣押清单",
            "2:0:名称",
            "2:1:数量",
            "3:0:手机&卡",
            "3:1:2",
            "3:2:部",
            "4:1:1",
            "4:2:张",
            "6:0:持有人："
        ]
    );
    assert_eq!(
        sheets[0].merges,
        [
            Merge { first_row: 3, last_row: 4, first_column: 0, last_column: 0 },
            Merge { first_row: 2, last_row: 2, first_column: 1, last_column: 2 },
        ]
    );
}

#[test]
fn what_is_struck_through_or_in_a_box_is_noted_and_what_is_deleted_is_gone() {
    let table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>旧</w:t></w:r><w:r><w:t>新</w:t></w:r>\
        <w:del><w:r><w:delText>去</w:delText></w:r></w:del><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>公章</w:t></w:r></w:p>\
        </w:txbxContent></w:pict></w:r></w:p></w:tc></w:tr></w:tbl>";
    let sheets = read(&file(table)).unwrap();
    assert_eq!(sheets[0].cells[0].text, "旧新");
    assert!(sheets[0].beside.struck.contains(&(1, 0)));
    assert_eq!(sheets[0].beside.shapes, ["公章"]);
}

#[test]
fn a_document_cut_short_is_refused() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    write!(archive, "<w:document><w:body><w:tbl><w:tr><w:tc>").unwrap();
    assert_eq!(read(&archive.finish().unwrap().into_inner()).unwrap_err(), Refusal::Broken);
}

#[test]
fn a_comment_and_a_tracked_deletion_are_told_at_their_cell() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let (first, second) = (
        cell("", "手机"),
        "<w:tc><w:p><w:del><w:r><w:delText>3</w:delText></w:r></w:del><w:r><w:t>2部</w:t></w:r>\
        <w:r><w:commentReference w:id=\"7\"/></w:r></w:p></w:tc>",
    );
    write!(archive, "<w:document><w:body><w:tbl><w:tr>{first}{second}</w:tr></w:tbl></w:body></w:document>")
        .unwrap();
    archive.start_file("word/comments.xml", SimpleFileOptions::default()).unwrap();
    write!(
        archive,
        "<w:comments><w:comment w:id=\"7\"><w:p><w:r><w:t>应为3部</w:t></w:r></w:p></w:comment>\
        <w:comment w:id=\"8\"><w:p><w:r><w:t>全文</w:t></w:r></w:p></w:comment></w:comments>"
    )
    .unwrap();
    let sheets = read(&archive.finish().unwrap().into_inner()).unwrap();
    assert_eq!(sheets[0].cells[1].text, "2部");
    assert_eq!(sheets[0].beside.comments, [(1, 1, "应为3部".to_owned())]);
    assert_eq!(sheets[0].beside.shapes, ["全文"]);
    assert!(sheets[0].beside.struck.contains(&(1, 1)));
}
