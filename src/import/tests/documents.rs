//! Lists that were filled in with a word processor, and files that are no lists.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn document(paragraphs: &[&str], tables: &[&[&[&str]]], foot: &[&str]) -> Vec<u8> {
    let text = |it: &str| format!("<w:p><w:r><w:t>{it}</w:t></w:r></w:p>");
    let cell = |it: &&str| format!("<w:tc>{}</w:tc>", text(it));
    let row = |cells: &&[&str]| format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>());
    let table = |rows: &&[&[&str]]| format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let body = [
        paragraphs.iter().map(|it| text(it)).collect::<String>(),
        tables.iter().map(table).collect(),
        foot.iter().map(|it| text(it)).collect(),
    ];
    write!(archive, "<w:document><w:body>{}</w:body></w:document>", body.concat()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn the_table_of_a_document_is_the_list() {
    let bytes = document(
        &["扣押清单", "法律文书号：某公（刑）扣字〔2026〕12号"],
        &[
            &[
                &["编号", "名称", "数量", "特征"],
                &["1", "手机", "1部", "黑色"],
                &["2", "冰毒", "3包（1.2克、1.3克、1.5克）", ""],
                &["", "以下空白", "", ""],
            ],
            &[&["持有人", "张某", "电话", "13800000000"]],
        ],
        &["办案民警：王某", "2026年3月5日"],
    );
    let list = read_seizure_list("清单.docx", &bytes).unwrap();
    check(
        &list,
        &[
            "4 手机 1 piece 部 | 黑色",
            "5 冰毒 4000 mg 克 | 数量原文：3包（1.2克、1.3克、1.5克） ! weight_beside_count weights_added",
        ],
        &[1, 2, 3, 6, 7, 8, 9],
        None,
    );
    check_complete(&list);
    assert_eq!(list.stated.paper_numbers[0].text, "某公(刑)扣字(2026)12号");
    assert_eq!(list.stated.dates[0].text, "2026-03-05");
}

#[test]
fn a_card_in_a_document_is_read() {
    let bytes = document(
        &["涉案财物登记卡"],
        &[&[&["财物名称", "手机", "数量", "1部"], &["特征", "黑色", "持有人", "张某"]]],
        &[],
    );
    let list = read_seizure_list("卡.docx", &bytes).unwrap();
    check(&list, &["2 手机 1 piece 部 | 黑色"], &[1, 3], None);
    assert_eq!(list.rows[0].holder.as_deref(), Some("张某"));
}

#[test]
fn a_document_without_a_table_has_no_header() {
    let error = read_seizure_list("笔录.docx", &document(&["讯问笔录"], &[], &[])).unwrap_err();
    assert_eq!(error.reason, Refusal::NoHeader);
}
