//! The shapes of lists: titles, totals, signatures, second pages, columns that say the same in other ways.

use super::*;

#[test]
fn one_row_is_read_as_a_file_of_one_row_is() {
    for (name, quantity) in [
        ("手机", "3部"),
        ("白色晶体", "12.35克"),
        ("现金", "人民币12000元"),
        ("手机", "约5部"),
        ("手机", "3部\n2部"),
        ("带\"引号\"的,物品", "1,200件"),
        ("手机", "#N/A"),
        ("手机", ""),
        ("合计", "3部"),
        ("", "3部"),
        ("", ""),
    ] {
        let quoted = |text: &str| text.replace('"', "\"\"").replace('\n', " ");
        let file = format!("名称,数量\n\"{}\",\"{}\"\n", quoted(name), quoted(quantity));
        let rows = read_seizure_list("", file.as_bytes()).map(|list| list.rows).unwrap_or_default();
        assert_eq!(
            read_row(&[("名称", name), ("数量", quantity)]).as_ref(),
            rows.last(),
            "{name} {quantity}"
        );
    }
    assert_eq!(read_row(&[]), None);
}

#[test]
fn the_sample_is_read() {
    let list = read(sample_csv());
    check(
        &list,
        &[
            "4 华为手机 1 piece 部 | 黑色，型号Mate 60，IMEI：861234567890121",
            "5 苹果手机 1 piece 部 | 白色，屏幕有裂痕，IMEI：352099001761481",
            "6 疑似甲基苯丙胺（白色晶体） 12350 mg 克 | 透明自封袋装，净重",
            "7 疑似海洛因（灰白色粉末） 5200 mg 克 | 锡纸包裹；数量原文：3包（净重5.2克） ! weight_beside_count",
            "8 电子秤 1 piece 台 | 黑色，量程500克",
            "9 自封袋 1 piece 捆 | 透明，未使用 ! may_be_several",
            "10 现金人民币 1200000 minor CNY 元 | 百元面额120张",
            "11 现金人民币 30000 minor CNY 元 | 五十元面额；数量原文：50元×6张",
            "12 港币 50000 minor HKD 元 | 纸币",
            "13 黄金项链 1 piece 条 | 黄色，重18.6克，刻有“福”字",
            "14 小型轿车 1 piece 辆 | 白色大众，车牌浙A·12345，钥匙1把",
            "15 银行卡 5 piece 张 | 不同银行 ! approximate",
        ],
        &[1, 2, 3, 16, 17, 18],
        None,
    );
    assert_eq!(list.rows[0].holder.as_deref(), Some("张某某"));
    assert_eq!(list.rows[9].remark.as_deref(), Some("估价未定"));
    check_complete(&list);
}

#[test]
fn json_lines_have_the_agreed_keys() {
    let lines = to_json_lines(&read("名称,数量\n手机,2部\n冰毒,约3克\n\n合计,5\n"));
    assert_eq!(
        lines[0],
        serde_json::json!({"row": 2, "name": "手机", "quantity": 2, "unit": "piece", "currency": null, "counted_as": "部",
            "features": "", "doubts": []})
    );
    let doubt = &lines[1]["doubts"][0];
    assert_eq!(
        (&doubt["code"], &doubt["column"], &doubt["text"]),
        (&"approximate".into(), &"B".into(), &"约3克".into())
    );
    assert_eq!(lines[2], serde_json::json!({"ignored_rows": [1, 4], "total_row": 5}));
}

#[test]
fn a_unit_in_its_own_column_or_in_the_header() {
    check(
        &read(
            "序号,名称,数量,单位\n1,手机,3,部\n2,冰毒,12.35,克\n3,现金,12000,元\n4,现金,1.3,万元\n5,白酒,500,毫升\n",
        ),
        &[
            "2 手机 3 piece 部",
            "3 冰毒 12350 mg 克",
            "4 现金 1200000 minor CNY 元",
            "5 现金 1300000 minor CNY 万元",
            "6 白酒 500000 ul 毫升",
        ],
        &[1],
        None,
    );
    check(
        &read("名称,重量（克）,金额（万元）\n冰毒,12.35,\n人民币,,1.2\n"),
        &["2 冰毒 12350 mg 克", "3 人民币 1200000 minor CNY 万元"],
        &[1],
        None,
    );
}

#[test]
fn amount_is_the_quantity_of_money_and_the_value_of_other_things() {
    let list =
        read("名称,数量,单位,金额（元）\n手机,1,部,5000\n现金,20,张,2000\n现金,,,300.5\n手表,,,8000\n");
    check(
        &list,
        &[
            "2 手机 1 piece 部",
            "3 现金 200000 minor CNY 元 | 数量：20张",
            "4 现金 30050 minor CNY 元",
            "5 手表 - - - ! quantity_missing",
        ],
        &[1],
        None,
    );
    assert_eq!(list.rows[0].value.as_deref(), Some("5000元"));
    assert_eq!(list.rows[3].value.as_deref(), Some("8000元"));
}

#[test]
fn money_in_notes_is_in_doubt_unless_its_face_value_is_known() {
    check(
        &read("名称,面额,数量,单位\n现金,100,20,张\n现金,,20,张\n美元,100,3,张\n"),
        &[
            "2 现金 200000 minor CNY 元 | 数量原文：20张",
            "3 现金 20 piece 张 ! banknotes_or_amount",
            "4 美元 30000 minor USD 元 | 数量原文：3张",
        ],
        &[1],
        None,
    );
    check(
        &read("名称,数量,币种\n现金,500,美元\n现金,5000,日元\n现金,500,贝壳\n"),
        &[
            "2 现金 50000 minor USD -",
            "3 现金 5000 minor JPY -",
            "4 现金 50000 minor CNY - ! currency_unclear unit_missing",
        ],
        &[1],
        None,
    );
}

#[test]
fn a_weight_beside_a_count() {
    check(
        &read("名称,数量,单位,重量(克)\n金戒指,1,枚,5.2\n海洛因,3,包,12.35\n"),
        &["2 金戒指 1 piece 枚 | 重量：5.2克", "3 海洛因 12350 mg 克 | 数量：3包 ! weight_beside_count"],
        &[1],
        None,
    );
}

#[test]
fn totals_and_subtotals() {
    let list = read("序号,名称,数量\n1,手机,2部\n2,电脑,1台\n小计,,3\n3,手机,4部\n合  计,,7\n");
    check(&list, &["2 手机 2 piece 部", "3 电脑 1 piece 台", "5 手机 4 piece 部"], &[1, 4], Some(6));
    assert_eq!(list.total_row.unwrap().doubts, vec![]);
    let list = read("名称,数量\n手机,2部\n电脑,1台\n合计,4\n");
    assert_eq!(list.total_row.as_ref().unwrap().doubts[0].against.as_deref(), Some("3"));
    assert_eq!(to_json_lines(&list)[2]["doubts"][0]["code"], "total_disagrees");
    for (text, agrees) in [
        ("手机,2部\n冰毒,1.5克\n合计,3.5", true),
        ("手机,2部\n冰毒,1.5克\n合计,2部", true),
        ("手机,2部\n冰毒,1.5克\n合计,2克", false),
    ] {
        let list = read(&format!("名称,数量\n{text}\n"));
        assert_eq!(list.total_row.unwrap().doubts.is_empty(), agrees, "{text}");
    }
    let list = read("名称,数量\n手机,2部\n\"合计：手机2部，现金100元\",\n");
    assert_eq!(list.total_row.unwrap().row, 3);
}

#[test]
fn the_end_of_a_form() {
    let list = read(
        "序号,名称,数量,特征\n1,手机,2部,\n2,,,\n3,,,\n,以下空白,,\n备注：以上物品均已核对。,,,\n\
         持有人：,,保管人：,办案民警：\n,,,2024年5月1日\n年 月 日,,,\n第1页 共2页,,,\n（公章）,,,\n",
    );
    check(&list, &["2 手机 2 piece 部"], &[1, 3, 4, 5, 6, 7, 8, 9, 10, 11], None);
    assert_eq!(list.doubts, vec![]);
    check_complete(&list);
}

#[test]
fn a_second_page_repeats_title_and_header() {
    let list = read(
        "扣押清单,,\n名称,数量,特征\n手机,1部,黑\n第1页 共2页,,\n\n××公安局扣押清单,,\n名称,数量,特征\n电脑,1台,银色\n",
    );
    check(&list, &["3 手机 1 piece 部 | 黑", "8 电脑 1 piece 台 | 银色"], &[1, 2, 4, 5, 6, 7], None);
    let list = read("名称,数量,特征\n手机,1部,黑\n数量,名称,备注\n2台,电脑,旧\n");
    check(&list, &["2 手机 1 piece 部 | 黑", "4 电脑 2 piece 台"], &[1, 3], None);
}

#[test]
fn a_thing_is_not_taken_for_a_note() {
    let list = read(
        "名称,数量,特征\n注射器：一次性,若干,\n签字笔,约3支,\n户口登记表,一批,\n购物清单,3张,\n印章,,公章\n备注：无,,\n",
    );
    let names: Vec<_> = list.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["注射器：一次性", "签字笔", "户口登记表", "购物清单", "印章"]);
    assert_eq!(list.ignored_rows.last().unwrap().reason, IgnoreReason::Note);
}

#[test]
fn headings_and_stray_text() {
    let list = read("序号,名称,数量\n一、电子产品,,\n1,手机,1部\n,,\n屏幕碎裂另有一张卡,,\n");
    check(&list, &["3 手机 1 piece 部"], &[1, 2, 4, 5], None);
    assert_eq!(words(&list.doubts), ["text_without_thing"]);
    assert!(list.doubts[0].sentence_zh().contains("第 5 行"));
}

#[test]
fn describing_columns_keep_their_names() {
    let list = read("物品名称,规格型号,颜色,特征,数量,备注\n手机,Mate60,黑,有划痕,1部,/\n");
    check(&list, &["2 手机 1 piece 部 | 规格型号：Mate60；颜色：黑；有划痕"], &[1], None);
    assert_eq!(list.rows[0].model.as_deref(), Some("Mate60"));
    assert_eq!(list.rows[0].remark, None);
}

#[test]
fn a_header_in_two_rows() {
    let list = read("序号,物品名称,数量,,特征,,备注\n,,数值,单位,颜色,型号,\n1,手机,2,部,黑,P40,旧\n");
    check(&list, &["3 手机 2 piece 部 | 黑；型号：P40"], &[1, 2], None);
    assert_eq!(list.columns[3].role, Some(Role::Unit));
}

#[test]
fn numbers_that_identify() {
    let list = read(
        "编号,名称,数量,特征,串号\n1,手机,1部,IMEI:861234567890121,\n2,手机,1部,白,861234567890121\n3,手机,1部,黑,\n4,手机,1部,黑,\n",
    );
    assert_eq!(words(&list.rows[1].doubts), ["same_serial"]);
    assert_eq!(list.rows[1].doubts[0].against.as_deref(), Some("2"));
    assert_eq!(words(&list.rows[3].doubts), ["same_row"]);
    assert_eq!(list.rows[0].line_number.as_deref(), Some("1"));
    let list = read("物品编号,名称,数量\nWZ2024-001,手机,1部\n");
    assert_eq!(list.rows[0].serial.as_deref(), Some("WZ2024-001"));
}

#[test]
fn rows_with_something_missing() {
    check(
        &read("序号,名称,数量\n1,手机,\n2,,3部\n3,手机2部,\n4,同上,1部\n5,=SUM(A1),1个\n"),
        &[
            "2 手机 - - - ! quantity_missing",
            "3  3 piece 部 ! name_missing",
            "4 手机 2 piece 部 ! quantity_from_name",
            "5 手机 1 piece 部",
            "6 =SUM(A1) 1 piece 个",
        ],
        &[1],
        None,
    );
}

#[test]
fn a_shifted_row_is_in_doubt() {
    let list = read("名称,数量\n现金,12,000元\n");
    assert_eq!(words(&list.rows[0].doubts), ["more_cells_than_header", "unit_missing"]);
    assert_eq!(list.rows[0].doubts[0].column.as_deref(), Some("C"));
}

#[test]
fn one_column_for_name_and_quantity() {
    check(
        &read("序号,物品名称及数量\n1,华为手机2部\n2,现金12000元\n"),
        &["2 华为手机 2 piece 部 ! quantity_from_name", "3 现金 1200000 minor CNY 元 ! quantity_from_name"],
        &[1],
        None,
    );
}

#[test]
fn columns_that_are_not_understood_are_named() {
    let list = read("名称,数量,存放位置,数量\n手机,1部,A-1,2部\n");
    let roles: Vec<_> = list.columns.iter().map(|it| (it.letter.as_str(), it.role)).collect();
    assert_eq!(
        roles,
        [("A", Some(Role::Name)), ("B", Some(Role::Quantity)), ("C", None), ("D", Some(Role::Quantity))]
    );
    assert_eq!(words(&list.doubts), ["column_repeated"]);
    assert_eq!(list.rows[0].quantity, Some(1));
}
