//! Column names, units and signatures as other offices, other systems and other places write them.

use rust_xlsxwriter::{Format, Workbook};

use super::*;

#[test]
fn a_unit_above_the_table_holds_for_it() {
    let list = read("涉案款清单,,\n,,单位：万元\n序号,款项名称,金额\n1,货款,12.5\n2,罚没款,0.35\n");
    check(&list, &["4 货款 12500000 minor CNY 万元", "5 罚没款 350000 minor CNY 万元"], &[1, 2, 3], None);
    let list = read("计量单位：克,,\n序号,名称,净重\n1,冰毒,12.5\n");
    check(&list, &["3 冰毒 12500 mg 克"], &[1, 2], None);
    let list = read("填报单位：某分局,,\n序号,名称,数量\n1,手机,2\n");
    check(&list, &["3 手机 2 piece -"], &[1, 2], None);
}

#[test]
fn column_names_of_other_forms_are_known() {
    for header in [
        "序号,涉案物品,单位,实有数,外观特征",
        "XH,WPMC,DW,SL,TZ",
        "id,goods_name,goods_unit,goods_num,goods_desc",
        "No.,品名,计量单位,清点数,特征描述",
    ] {
        let list = read(&format!("{header}\n1,手机,部,2,黑\n2,冰毒,克,3.5,白\n"));
        let got: Vec<_> = list.rows.iter().map(|it| (&*it.name, it.quantity)).collect();
        assert_eq!(got, [("手机", Some(2)), ("冰毒", Some(3_500))], "{header}");
    }
    // A column that nobody knows, between two that are known, makes no card of the header.
    let list = read("序号,物品名称,保管状态,数量,单位,成色说明\n1,手机,在库,2,部,新\n2,电脑,送检,1,台,旧\n");
    assert_eq!(list.rows.iter().map(|it| it.quantity).collect::<Vec<_>>(), [Some(2), Some(1)]);
    assert!(!list.is_cards());
}

#[test]
fn an_item_column_of_numbers_is_no_name() {
    let list = read(
        "Item,Description,Quantity,Unit\n1,Laptop,2,pcs\nA-2,Diesel,20,litres\nSubtotal,,2,\n3,Beer,2,dozen\nSeized by: Sgt Lee,,,\nWitness signature,,,2026-03-05\n",
    );
    check(
        &list,
        &["2 Laptop 2 piece pcs", "3 Diesel 20000000 ul litres", "5 Beer 2 piece dozen ! may_be_several"],
        &[1, 6, 7],
        Some(4),
    );
    assert_eq!(read("Item,Description,Qty\nLaptop,black,1\n").rows[0].name, "Laptop");
}

#[test]
fn a_dollar_sign_is_that_of_the_name() {
    for (name, quantity, expected) in [
        ("港幣現金", "$1,500", (Some(150_000), Some("HKD"), vec![])),
        ("US currency", "$1,200.00", (Some(120_000), Some("USD"), vec![])),
        ("外币", "$100", (Some(10_000), Some("USD"), vec!["currency_assumed"])),
        ("日元", "$100", (None, None, vec!["currency_unclear"])),
        ("外币", "500元", (Some(50_000), Some("CNY"), vec!["currency_unclear"])),
        ("外币（泰铢）", "500", (Some(50_000), Some("THB"), vec![])),
    ] {
        let list = read(&format!("名称,数量\n{name},\"{quantity}\"\n"));
        let row = &list.rows[0];
        assert_eq!(
            (row.quantity, row.currency.as_deref(), words(&row.doubts)),
            expected,
            "{name} {quantity}"
        );
    }
    assert_eq!(words(&read("名称,数量\nUSDT,3000个\n").rows[0].doubts), ["unit_not_kept"]);
}

#[test]
fn a_format_shows_zeros_words_of_doubt_and_units_in_brackets() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in ["名称", "数量", "机身码"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), title).unwrap();
    }
    let format = |code: &str| Format::new().set_num_format(code);
    sheet.write(1, 0, "冰毒").unwrap();
    sheet.write_with_format(1, 1, 20, &format("\"约\"0\"克\"")).unwrap();
    sheet.write_with_format(1, 2, 123, &format("00000")).unwrap();
    sheet.write(2, 0, "大麻").unwrap();
    sheet.write_with_format(2, 1, 12.5, &format("0.0\"克（毛重）\"")).unwrap();
    sheet.write(3, 0, "银行卡").unwrap();
    sheet.write_with_format(3, 1, 1, &format("0\"张\"")).unwrap();
    sheet.write(3, 2, 6_228_480_000_000_000_000_f64).unwrap();
    let list = read_seizure_list("清单.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    let doubts: Vec<_> = list.rows.iter().map(|row| words(&row.doubts)).collect();
    assert_eq!(doubts, [vec!["approximate"], vec!["gross_weight"], vec!["digits_lost"]]);
    assert_eq!(list.rows[0].serial.as_deref(), Some("00123"));
}
