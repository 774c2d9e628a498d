//! The kinds of trouble that lists of offices bring, one small list for each.

use rust_xlsxwriter::{Format, FormatUnderline, Note, Workbook};

use super::*;
use crate::ledger::Particular;

#[test]
fn sums_under_any_words_are_no_things_and_each_is_compared() {
    let list = read(
        "序号,名称,数量,单位\n1,手机,2,部\n2,现金,500,元\n本页小计,,2,项\n,承前页,37,件\n,总金额,500,元\n,物品总数,2,项\n,过次页,39,件\n",
    );
    check(&list, &["2 手机 2 piece 部", "3 现金 50000 minor CNY 元"], &[1, 4, 5, 6, 8], Some(7));
    assert_eq!(list.doubts, vec![]);
    let list = read("序号,名称,数量,单位\n1,手机,2,部\n,总件数,3,件\n,以上合计,1,项\n");
    assert_eq!(words(&list.doubts), ["total_disagrees"]);
    let list = read("序号,名称,数量\n1,赌资合计,5000元\n合计,,5000元\n");
    check(&list, &["2 赌资合计 500000 minor CNY 元"], &[1], Some(3));
    let list = read("名称,数量\n手机,1部\n手机小计,2部\n电脑,1台\n合计,2件\n");
    assert_eq!(words(&list.doubts), ["total_disagrees"]);
    assert_eq!(list.total_row.unwrap().doubts, vec![]);
}

#[test]
fn signatures_in_the_columns_of_the_list_are_no_things() {
    let list = read(
        "编号,名称,数量,特征\n1,手机,1部,黑\n持有人,张某,电话,13800000000\n见证人,李某,13900000000,\n办案民警,王某,警号,012345\n\
         联系电话：,,13700000000,\n日期,2026-03-05,,\n共,2,页,\n经办人：王某,,2,\n接收单位（盖章）,,,2026年3月5日\n",
    );
    check(&list, &["2 手机 1 piece 部 | 黑"], &[1, 3, 4, 5, 6, 7, 8, 9, 10], None);
    assert_eq!(list.doubts, vec![]);
    let list = read("名称,数量\n手机,1部\n持有人,13800000000\n机器人,1个\n球衣带签名,1件\n");
    check(&list, &["2 手机 1 piece 部", "4 机器人 1 piece 个", "5 球衣带签名 1 piece 件"], &[1, 3], None);
}

#[test]
fn column_numbers_and_examples_are_no_things() {
    let list = read(
        "序号,名称,数量,单位,特征\n甲,乙,1,2,3\n例,手机,1,部,黑色\n示例2,现金,100,元,\n1,电脑,1,台,\n2,示例光盘,2,张,\n",
    );
    check(&list, &["5 电脑 1 piece 台", "6 示例光盘 2 piece 张"], &[1, 2, 3, 4], None);
    let reasons: Vec<_> = list.ignored_rows.iter().map(|it| it.reason).collect();
    assert_eq!(
        reasons,
        [IgnoreReason::Header, IgnoreReason::Header, IgnoreReason::Example, IgnoreReason::Example]
    );
}

#[test]
fn a_thing_below_the_end_is_in_doubt() {
    let list = read("名称,数量\n手机,1部\n以下空白,\n电脑,1台\n名称,数量\n平板,1台\n");
    let doubts: Vec<_> = list.rows.iter().map(|row| words(&row.doubts)).collect();
    assert_eq!(doubts, [vec![], vec!["after_end"], vec![]]);
    assert_eq!(list.rows[1].doubts[0].against.as_deref(), Some("3"));
}

#[test]
fn a_line_that_goes_on_below_is_joined_and_told() {
    let list = read(
        "序号,名称,数量,特征\n1,手机,1部,黑色，IMEI：\n,,,861234567890121\n2,电脑,1台,银\n,（含电源一个）,,\n,经复核补充如下,,\n",
    );
    check(
        &list,
        &["2 手机 1 piece 部 | 黑色，IMEI：；861234567890121", "4 电脑 1 piece 台 | 银；（含电源一个）"],
        &[1, 3, 5, 6],
        None,
    );
    assert_eq!(words(&list.doubts), ["joined_above", "joined_above", "text_without_thing"]);
}

#[test]
fn every_column_lands_where_a_person_sees_it() {
    let list = read(
        "序号,名称,数量,特征,串号,车牌号,车架号,卡号,品牌,持有人,所有人,来源,扣押地点,存放位置,备注\n\
         1,手机,1部,黑,861234567890121,,,,华为,张某,李某,身上,某路,A-1,屏碎\n\
         2,小轿车,1辆,白,,苏A12345,LSVAA4182E2184841,,,同上,,车内,,,\n\
         3,银行卡,1张,,,,,6228480000000000018,,张某,,,,,\n",
    );
    let (phone, car, card) = (&list.rows[0], &list.rows[1], &list.rows[2]);
    assert_eq!(
        phone.described(),
        "黑；品牌：华为；串号：861234567890121；持有人：张某；所有人：李某；来源：身上；扣押地点：某路；存放位置：A-1；备注：屏碎"
    );
    assert_eq!(phone.free_features(), "黑");
    let fields = |row: &ListRow| {
        row.particulars.iter().map(|(field, text)| format!("{} {text}", field.word())).collect::<Vec<_>>()
    };
    assert_eq!(
        fields(phone),
        [
            "brand 华为",
            "imei 861234567890121",
            "holder 张某",
            "owner 李某",
            "place 某路",
            "source 身上",
            "remark 屏碎；存放位置：A-1"
        ]
    );
    assert_eq!(fields(car), ["plate 苏A12345", "vin LSVAA4182E2184841", "holder 张某", "source 车内"]);
    assert_eq!(fields(card), ["account 6228480000000000018", "holder 张某"]);
    assert!(list.rows.iter().all(|row| row.doubts.is_empty()));
}

#[test]
fn the_same_number_twice_is_in_doubt_wherever_it_stands() {
    let list = read(
        "名称,数量,特征,车牌号,卡号\n小轿车,1辆,白,苏A·12345,\n轿车,1辆,号牌苏A12345,,\n银行卡,1张,,,6228480000000000018\n\
         存折,1本,账号6228480000000000018,,\n车,1辆,LSVAA4182E2184841,,\n车,1辆,车架LSVAA4182E2184841,,\n",
    );
    let against: Vec<_> =
        list.rows.iter().map(|row| row.doubts.first().and_then(|it| it.against.clone())).collect();
    assert_eq!(against, [None, Some("2".to_owned()), None, Some("4".to_owned()), None, Some("6".to_owned())]);
}

#[test]
fn numbers_that_a_spreadsheet_spoilt_are_in_doubt() {
    let list = read("名称,数量,特征,串号\n手机,1,黑,8.61234E+14\n卡,1,IMEI:3.52099E+14,\n螺丝,1.2E+03,,\n");
    let doubts: Vec<_> = list.rows.iter().map(|row| words(&row.doubts)).collect();
    assert_eq!(doubts, [vec!["digits_lost"], vec!["digits_lost"], vec![]]);
    assert_eq!(list.rows[2].quantity, Some(1_200));
}

#[test]
fn gross_tare_and_net_weight_belong_together() {
    check(
        &read(
            "检材编号,名称,数量,单位,毛重（克）,包装重（克）,净重（克）\n1,冰毒,3,包,13.1,0.75,12.35\n2,麻古,20,粒,2.2,0.2,1.9\n",
        ),
        &["2 冰毒 12350 mg 克 | 数量：3包", "3 麻古 1900 mg 克 | 数量：20粒 ! weights_disagree"],
        &[1],
        None,
    );
    check(&read("名称,毛重（克）\n冰毒,13.1\n"), &["2 冰毒 13100 mg 克 ! gross_weight"], &[1], None);
    check(
        &read("名称,数量（约）,备注\n大麻,5克,毛重\n"),
        &["2 大麻 5000 mg 克 ! approximate gross_weight"],
        &[1],
        None,
    );
    check(
        &read("名称,数量,备注\n手机,1部,约定存放\n钱包,1个（空）,\n"),
        &["2 手机 1 piece 部", "3 钱包 1 piece 个 | 数量原文：1个（空）"],
        &[1],
        None,
    );
}

#[test]
fn two_columns_of_one_meaning_are_compared() {
    let list =
        read("序号,名称,金额（大写）,金额（小写）\n1,现金,壹仟元整,1000元\n2,现金,壹仟贰佰元整,1100元\n");
    let doubts: Vec<_> = list.rows.iter().map(|row| words(&row.doubts)).collect();
    assert_eq!(doubts, [vec![], vec!["statements_disagree"]]);
    let list = read(
        "名称,数量,特征\n现金,2000元,百元面额20张\n现金,2150元,100元20张、50元2张\n现金,300元,旧钞3张\n",
    );
    let doubts: Vec<_> = list.rows.iter().map(|row| words(&row.doubts)).collect();
    assert_eq!(doubts, [vec![], vec!["statements_disagree"], vec![]]);
    let list = read("名称,面额,数量,金额\n人民币,100,20张,2000元\n人民币,100,20张,1900元\n");
    assert_eq!(list.rows[0].doubts, vec![]);
    assert_eq!(words(&list.rows[1].doubts), ["statements_disagree"]);
}

#[test]
fn cards_are_read_one_thing_each() {
    let list = read(
        "涉案财物登记卡,,,\n财物名称,手机,财物数量,2\n单位,部,财物特征,黑色\n提取人,王某,持有人,张某\n,,,\n涉案财物登记卡,,,\n\
         财物名称,项链,财物数量,1\n单位,条,财物特征,黄色\n提取人,王某,持有人,李某\n",
    );
    check(&list, &["2 手机 2 piece 部 | 黑色", "7 项链 1 piece 条 | 黄色"], &[1, 3, 4, 5, 6, 8, 9], None);
    assert_eq!(list.rows[1].described(), "黄色；提取人：王某；持有人：李某");
    check_complete(&list);
    let list = read("名称,手机\n数量,1部\n特征,黑色，IMEI 861234567890129\n");
    check(&list, &["1 手机 1 piece 部 | 黑色，IMEI 861234567890129"], &[2, 3], None);
}

#[test]
fn lists_side_by_side_are_read_from_left_to_right() {
    let list =
        read("扣押清单,,,,,\n序号,名称,数量,序号,名称,数量\n1,手机,1部,3,手表,1块\n2,电脑,1台,4,项链,1条\n");
    check(
        &list,
        &["3 手机 1 piece 部", "4 电脑 1 piece 台", "3 手表 1 piece 块", "4 项链 1 piece 条"],
        &[1, 2],
        None,
    );
    assert_eq!(words(&list.doubts), ["side_by_side"]);
    let list = read("序号,名称,数量,序号,币种,金额（元）\n1,手机,1部,1,人民币,5000\n2,电脑,1台,,,\n");
    check(&list, &["2 手机 1 piece 部", "3 电脑 1 piece 台", "2 人民币 500000 minor CNY 元"], &[1], None);
}

#[test]
fn lists_below_each_other_have_headers_of_their_own() {
    let list = read(
        "一、物品,,,\n序号,名称,数量,特征\n1,手机,1部,黑\n二、款项,,,\n序号,币种,金额（元）,备注\n1,人民币,5000,\n三、车辆,,,\n\
         序号,车辆类型,车牌号,数量\n1,小轿车,苏A12345,1辆\n",
    );
    check(
        &list,
        &["3 手机 1 piece 部 | 黑", "6 人民币 500000 minor CNY 元", "9 小轿车 1 piece 辆"],
        &[1, 2, 4, 5, 7, 8],
        None,
    );
    assert_eq!(list.rows[2].particulars.get(Particular::Plate), Some("苏A12345"));
    let list = read(
        "序号,名称,数量\n1,手机,2部\n合计,,2部\n序号,品名,特征,数量\n1,电脑,银,1台\n2,平板,黑,2台\n合计,,,3台\n",
    );
    assert_eq!((list.doubts, list.total_row.unwrap().doubts), (vec![], vec![]));
}

#[test]
fn other_words_and_other_languages_name_the_same_columns() {
    check(
        &read(
            "編號,物品名稱,數量,單位,特徵,備註\n1,手機,2,部,黑色,\n2,港幣,500,元,紙幣,\n3,電腦,1,臺,銀色,\n",
        ),
        &["2 手機 2 piece 部 | 黑色", "3 港幣 50000 minor HKD 元 | 紙幣", "4 電腦 1 piece 台 | 銀色"],
        &[1],
        None,
    );
    check(
        &read(
            "Exhibit No,Item description,Qty,UOM,Seized from\nTS/1,Mobile phone,1,ea,Bedroom\nTS/2,Cash GBP,\"1,250.00\",GBP,Wallet\n",
        ),
        &["2 Mobile phone 1 piece ea", "3 Cash GBP 125000 minor GBP GBP"],
        &[1],
        None,
    );
    check(
        &read("序号,车牌号码,车辆类型,车架号,数量\n1,苏D12345,小型轿车,无,1\n"),
        &["2 小型轿车 1 piece -"],
        &[1],
        None,
    );
    let list = read("号牌号码,车辆类型,品牌\n苏A12345,小型轿车,大众\n");
    assert_eq!((list.rows[0].quantity, words(&list.rows[0].doubts)), (Some(1), vec!["one_by_number"]));
}

#[test]
fn stray_quotes_do_not_swallow_rows() {
    let list = read(
        "序号,名称,数量,特征,持有人\n1,显示器,1台,15\" 黑色,张某\n2,\"双喜\"牌香烟,2条,软包,张某\n3,手机,1部,\",张某\n4,U盘,3个,64G,张某\n",
    );
    let names: Vec<_> = list.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["显示器", "双喜牌香烟", "手机", "U盘"]);
    assert!(list.rows.iter().all(|row| row.holder.as_deref() == Some("张某")));
}

#[test]
fn two_encodings_in_one_file_are_told() {
    let (other, _, _) = encoding_rs::GB18030.encode("现金,500元,纸币\n");
    let bytes = ["名称,数量,特征\n手机,2部,黑色\n电脑,1台,银色\n".as_bytes(), &other].concat();
    let list = read_seizure_list("清单.csv", &bytes).unwrap();
    assert_eq!(list.rows[2].name, "现金");
    assert_eq!(
        (words(&list.doubts), list.doubts[0].against.as_deref()),
        (vec!["mixed_encodings"], Some("4"))
    );
}

#[test]
fn what_the_file_says_about_its_case_is_stated() {
    let list = read(
        "案件编号：A33,,,案件名称：张某盗窃案\n法律文书号：某公（刑）扣字〔2026〕12号,,,\n名称,数量,特征,备注\n手机,1部,,\n,,,2026年3月5日\n",
    );
    let texts = |facts: &[StatedFact]| facts.iter().map(|it| (it.row, it.text.clone())).collect::<Vec<_>>();
    assert_eq!(texts(&list.stated.case_numbers), [(1, "A33".to_owned())]);
    assert_eq!(texts(&list.stated.paper_numbers), [(2, "某公(刑)扣字(2026)12号".to_owned())]);
    assert_eq!(texts(&list.stated.dates), [(5, "2026-03-05".to_owned())]);
    assert_eq!(to_json_lines(&list)[1]["stated"]["case_names"][0]["text"], "张某盗窃案");
    let list = read("序号,案件编号,名称,数量\n1,A33,手机,1部\n2,A33,电脑,1台\n3,B44,平板,1台\n");
    assert_eq!(texts(&list.stated.case_numbers), [(2, "A33".to_owned()), (4, "B44".to_owned())]);
    assert_eq!(list.rows[0].described(), "");
}

#[test]
fn what_a_workbook_hides_is_not_read_and_told() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [
        ["序号", "名称", "旧数量", "数量", "特征"],
        ["1", "手机", "5部", "2部", "黑"],
        ["2", "账本", "1本", "3本", ""],
        ["3", "现金", "", "500元", ""],
        ["4", "项链", "", "1条", ""],
        ["5", "手表", "", "1块", ""],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    sheet.set_row_hidden(2).unwrap();
    sheet.set_row_hidden(5).unwrap();
    sheet.set_column_hidden(2).unwrap();
    sheet.insert_note(3, 3, &Note::new("更正为5000元").add_author_prefix(false)).unwrap();
    let struck = Format::new().set_font_strikethrough();
    sheet.write_string_with_format(4, 1, "项链", &struck).unwrap();
    let plain = Format::new().set_underline(FormatUnderline::Single);
    sheet.write_rich_string(1, 4, &[(&struck, "旧"), (&plain, "新")]).unwrap();
    sheet.insert_shape(8, 1, &rust_xlsxwriter::Shape::textbox().set_text("公章")).unwrap();
    let list = read_seizure_list("清单.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    check(
        &list,
        &[
            "2 手机 2 piece 部 | 旧新 ! struck_through",
            "4 现金 50000 minor CNY 元 ! cell_comment",
            "5 项链 1 piece 条 ! struck_through",
        ],
        &[1, 3, 6],
        None,
    );
    check_complete(&list);
    assert_eq!(words(&list.doubts), ["hidden_rows", "hidden_column", "text_in_shape"]);
    assert_eq!(
        (list.doubts[0].against.as_deref(), &*list.doubts[0].text),
        (Some("3, 6"), "2 账本 1本 3本；5 手表 1块")
    );
    assert_eq!(list.doubts[2].text, "公章");
    assert_eq!(list.rows[1].doubts[0].text, "更正为5000元");
}

#[test]
fn a_unit_under_a_merged_title_is_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "名称").unwrap();
    sheet.merge_range(0, 1, 0, 2, "数量", &Format::new()).unwrap();
    sheet.write_string(0, 3, "特征").unwrap();
    for (row, (name, number, unit)) in
        (1..).zip([("手机", 2.0, "部"), ("黄金", 20.0, "克"), ("现金", 12_000.0, "元")])
    {
        sheet.write_string(row, 0, name).unwrap();
        sheet.write_number(row, 1, number).unwrap();
        sheet.write_string(row, 2, unit).unwrap();
    }
    let list = read_seizure_list("清单.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    check(&list, &["2 手机 2 piece 部", "3 黄金 20000 mg 克", "4 现金 1200000 minor CNY 元"], &[1], None);
    check(
        &read("名称,,数量\n手机,部,2\n茶叶,克,500\n"),
        &["2 手机 2 piece 部", "3 茶叶 500000 mg 克"],
        &[1],
        None,
    );
}

#[test]
fn a_sheet_that_explains_the_form_is_not_the_list() {
    let mut book = Workbook::new();
    for rows in [
        [
            ["字段名称", "说明", "数量填写方法"],
            ["物品名称", "按实物填写", "—"],
            ["数量", "阿拉伯数字", "如：2"],
        ],
        [["序号", "物品名称", "数量"], ["1", "手机", "2部"], ["2", "电脑", "1台"]],
    ] {
        let sheet = book.add_worksheet();
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(cells) {
                sheet.write_string(row, column, text).unwrap();
            }
        }
    }
    let list = read_seizure_list("清单.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    check(&list, &["2 手机 2 piece 部", "3 电脑 1 piece 台"], &[1], None);
    assert_eq!(list.doubts, vec![]);
}
