//! Workbooks: merged cells, several sheets, number formats, formulas, errors, and how long a large one takes.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::*;

/// A workbook with one sheet, written row by row; blank texts are not written.
fn book(rows: &[&[&str]], more: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet(), rows);
    more(book.worksheet_from_index(0).unwrap());
    book.save_to_buffer().unwrap()
}

fn fill(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
}

fn read(bytes: &[u8]) -> SeizureList {
    let list = read_seizure_list("清单.xlsx", bytes).unwrap();
    check_complete(&list);
    list
}

#[test]
fn the_form_with_everything() {
    let bytes = book(
        &[
            &[""],
            &["案号：A33", "", "", "", "案件名称：张某盗窃案"],
            &["编号", "名 称", "数 量", "特 征", "备 注"],
            &["", "", "", "", ""],
            &["2", "现金", "12,000元", "百元", ""],
        ],
        |sheet| {
            sheet.merge_range(0, 0, 0, 4, "××公安局扣押物品清单", &Format::new()).unwrap();
            sheet.write_number(3, 0, 1.0).unwrap();
            sheet.write_string(3, 1, "手机").unwrap();
            sheet.write_string(3, 2, "２部").unwrap();
            sheet.merge_range(5, 0, 5, 4, "以下空白", &Format::new()).unwrap();
            sheet
                .merge_range(7, 0, 7, 4, "持有人：        保管人：        办案民警：", &Format::new())
                .unwrap();
        },
    );
    check(
        &read(&bytes),
        &["4 手机 2 piece 部", "5 现金 1200000 minor CNY 元 | 百元"],
        &[1, 2, 3, 6, 7, 8],
        None,
    );
}

#[test]
fn number_cells_are_exact() {
    let bytes = book(&[&["名称", "数量", "单位"]], |sheet| {
        let rows: [(&str, f64, &str); 6] = [
            ("手机", 3.0, "部"),
            ("冰毒", 12.35, "克"),
            ("现金", 12_000.0, "元"),
            ("冰毒", 0.1 + 0.2, "克"),
            ("冰毒", 0.0005, "克"),
            ("手机", -1.0, "部"),
        ];
        for (row, (name, number, unit)) in (1..).zip(rows) {
            sheet.write_string(row, 0, name).unwrap();
            sheet.write_number(row, 1, number).unwrap();
            sheet.write_string(row, 2, unit).unwrap();
        }
    });
    check(
        &read(&bytes),
        &[
            "2 手机 3 piece 部",
            "3 冰毒 12350 mg 克",
            "4 现金 1200000 minor CNY 元",
            "5 冰毒 300 mg 克",
            "6 冰毒 - - - | 数量原文：0.0005克 ! finer_than_unit",
            "7 手机 - - - | 数量原文：-1部 ! negative",
        ],
        &[1],
        None,
    );
}

#[test]
fn a_unit_that_only_the_number_format_shows() {
    let bytes = book(&[&["名称", "数量"], &["手机"], &["现金"], &["金条"], &["硬盘"]], |sheet| {
        for (row, number, format) in [
            (1, 3.0, "0\"部\""),
            (2, 12_000.0, "[$¥-804]#,##0.00"),
            (3, 12.5, "0.00克"),
            (4, 20_000.0, "0!.0,\"万\""),
        ] {
            sheet.write_number_with_format(row, 1, number, &Format::new().set_num_format(format)).unwrap();
        }
    });
    check(
        &read(&bytes),
        &["2 手机 3 piece 部", "3 现金 1200000 minor CNY -", "4 金条 12500 mg 克", "5 硬盘 20000 piece -"],
        &[1],
        None,
    );
}

#[test]
fn dates_errors_and_formulas() {
    let bytes = book(
        &[&["名称", "数量", "串号"], &["手机"], &["电脑"], &["平板", "", ""], &["U盘", "1个"]],
        |sheet| {
            let date = Format::new().set_num_format("m月d日");
            sheet
                .write_datetime_with_format(1, 1, ExcelDateTime::from_ymd(2024, 3, 5).unwrap(), &date)
                .unwrap();
            sheet.write_formula(2, 1, Formula::new("=#REF!").set_result("#REF!")).unwrap();
            sheet.write_formula(3, 1, Formula::new("=1+1").set_result("2")).unwrap();
            sheet.write_number(4, 2, 6_222_021_234_567_890_000.0).unwrap();
        },
    );
    let list = read(&bytes);
    assert_eq!(words(&list.rows[0].doubts), ["date_in_quantity"]);
    assert_eq!(words(&list.rows[1].doubts), ["error_cell"]);
    assert_eq!((list.rows[2].quantity, words(&list.rows[2].doubts)), (Some(2), vec![]));
    assert_eq!(words(&list.rows[3].doubts), ["digits_lost"]);
}

#[test]
fn a_name_merged_over_rows() {
    let bytes = book(
        &[
            &["序号", "类别", "名称", "数量", "特征", "持有人"],
            &["1", "", "", "1部", "黑色", ""],
            &["2", "", "", "1部", "白色", ""],
            &["3", "", "", "", "IMEI 1", ""],
            &["", "", "", "", "IMEI 2", ""],
            &["4", "", "电脑", "1台", "", "李四"],
        ],
        |sheet| {
            let plain = Format::new();
            sheet.merge_range(1, 1, 5, 1, "电子产品", &plain).unwrap();
            sheet.merge_range(1, 2, 2, 2, "手机", &plain).unwrap();
            sheet.merge_range(3, 2, 4, 2, "平板", &plain).unwrap();
            sheet.merge_range(3, 3, 4, 3, "2台", &plain).unwrap();
            sheet.merge_range(1, 5, 4, 5, "张三", &plain).unwrap();
        },
    );
    let list = read(&bytes);
    check(
        &list,
        &[
            "2 手机 1 piece 部 | 黑色",
            "3 手机 1 piece 部 | 白色",
            "4 平板 2 piece 台 | IMEI 1；IMEI 2",
            "6 电脑 1 piece 台",
        ],
        &[1, 5],
        None,
    );
    assert!(list.rows.iter().all(|row| row.category.as_deref() == Some("电子产品")));
    let holders: Vec<_> = list.rows.iter().map(|row| row.holder.as_deref().unwrap()).collect();
    assert_eq!(holders, ["张三", "张三", "张三", "李四"]);
    assert_eq!(list.ignored_rows[1].reason, IgnoreReason::Continuation);
}

#[test]
fn a_quantity_merged_over_several_things_belongs_to_none() {
    let bytes = book(&[&["名称", "数量"], &["手机", ""], &["电脑", ""]], |sheet| {
        sheet.merge_range(1, 1, 2, 1, "2件", &Format::new()).unwrap();
    });
    let list = read(&bytes);
    check(&list, &["2 手机 - - - ! quantity_merged", "3 电脑 - - - ! quantity_merged"], &[1], None);
}

#[test]
fn a_merged_header_in_two_rows() {
    let bytes = book(
        &[
            &["", "", "", "", "", ""],
            &["", "", "数量", "单位", "", ""],
            &["1", "手机", "2", "部", "黑色", "张三"],
        ],
        |sheet| {
            let plain = Format::new();
            for (column, text) in [(0, "序号"), (1, "物品名称"), (4, "特征"), (5, "持有人")] {
                sheet.merge_range(0, column, 1, column, text, &plain).unwrap();
            }
            sheet.merge_range(0, 2, 0, 3, "扣押数量", &plain).unwrap();
        },
    );
    let list = read(&bytes);
    check(&list, &["3 手机 2 piece 部 | 黑色"], &[1, 2], None);
    assert_eq!(list.rows[0].holder.as_deref(), Some("张三"));
    assert_eq!(list.columns[2].header, "扣押数量 数量");
}

#[test]
fn names_of_columns_under_a_common_title() {
    let bytes = book(
        &[&["", "", "", ""], &["名称", "数量", "特征", ""], &["手机", "1部", "黑色", "张三"]],
        |sheet| {
            sheet.merge_range(0, 0, 0, 2, "扣押物品", &Format::new()).unwrap();
            sheet.merge_range(0, 3, 1, 3, "持有人", &Format::new()).unwrap();
        },
    );
    let list = read(&bytes);
    check(&list, &["3 手机 1 piece 部 | 黑色"], &[1, 2], None);
    assert_eq!(list.rows[0].holder.as_deref(), Some("张三"));
}

#[test]
fn the_first_sheet_with_a_header_is_read_and_others_are_named() {
    let mut book = Workbook::new();
    fill(book.add_worksheet().set_name("说明").unwrap(), &[&["填表说明"], &["请如实填写"]]);
    fill(
        book.add_worksheet().set_name("旧").unwrap().set_hidden(true),
        &[&["名称", "数量"], &["旧物", "1件"]],
    );
    fill(book.add_worksheet().set_name("清单一").unwrap(), &[&["名称", "数量"], &["手机", "1部"]]);
    fill(book.add_worksheet().set_name("清单二").unwrap(), &[&["名称", "数量"], &["电脑", "1台"]]);
    let list = read(&book.save_to_buffer().unwrap());
    check(&list, &["2 手机 1 piece 部"], &[1], None);
    assert_eq!(list.sheet, "清单一");
    let told: Vec<_> =
        list.doubts.iter().map(|it| (it.code.word(), it.against.as_deref().unwrap())).collect();
    assert_eq!(told, [("hidden_sheet", "旧"), ("other_sheet_not_read", "清单二")]);
}

#[test]
fn wrapped_and_spaced_cells() {
    let bytes =
        book(&[&["物品\n名称", "数\n量", "特征"], &["苹果\n手机", "2\u{3000}部", "黑色\n有裂痕"]], |_| ());
    check(&read(&bytes), &["2 苹果手机 2 piece 部 | 黑色有裂痕"], &[1], None);
}

#[test]
fn thirty_thousand_rows_are_read_without_a_doubt() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[&["序号", "名称", "数量", "单位", "特征", "串号"]]);
    for row in 1..=30_000_u32 {
        sheet.write_number(row, 0, row).unwrap();
        sheet.write_string(row, 1, ["手机", "现金人民币", "冰毒"][row as usize % 3]).unwrap();
        sheet.write_number(row, 2, f64::from(row % 90 + 1)).unwrap();
        sheet.write_string(row, 3, ["部", "元", "克"][row as usize % 3]).unwrap();
        sheet.write_string(row, 4, format!("黑色，九成新，第{row}号")).unwrap();
        sheet.write_string(row, 5, format!("86{row:013}")).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let list = read(&bytes);
    assert_eq!(
        (list.rows.len(), list.rows.iter().filter(|row| row.doubts.is_empty()).count()),
        (30_000, 30_000)
    );
}
