//! The promise of this room as a table: the text of a cell, and what is booked.

mod whole_cell;

use proptest::prelude::*;

use super::*;

/// `2 piece 部`, `- mg 克` when there is no quantity; then the doubts.
fn shown(reading: &Reading) -> String {
    let unit = match reading.unit {
        Some(UnitOfMeasure::Piece) => "piece",
        Some(UnitOfMeasure::Mg) => "mg",
        Some(UnitOfMeasure::Ul) => "ul",
        Some(UnitOfMeasure::Minor) => reading.currency.unwrap_or("?"),
        None => "-",
    };
    let quantity = reading.quantity.map_or("-".to_owned(), |it| it.to_string());
    let word = reading.counted_as.as_deref().unwrap_or("-");
    let doubts: Vec<&str> = reading.doubts.iter().map(|code| code.word()).collect();
    format!("{quantity} {unit} {word} {}", doubts.join(" ")).trim().to_owned()
}

fn check(table: &[(&str, &str)], about: QuantityContext<'_>) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let got = shown(&read(text, about));
            (got != *expected).then(|| format!("{text:?}: got `{got}`, expected `{expected}`"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn pieces() {
    check(
        &[
            ("2部", "2 piece 部"),
            ("2", "2 piece -"),
            ("3.0", "3 piece -"),
            ("２部", "2 piece 部"),
            ("三部", "3 piece 部"),
            ("两台", "2 piece 台"),
            ("十二张", "12 piece 张"),
            ("壹台", "1 piece 台"),
            ("一千二百个", "1200 piece 个"),
            (" 2 部 ", "2 piece 部"),
            ("2\u{A0}部\u{200B}", "2 piece 部"),
            ("共2部", "2 piece 部"),
            ("数量：2部", "2 piece 部"),
            ("1,200个", "1200 piece 个"),
            ("1，200个", "1200 piece 个"),
            ("12 000 枚", "12000 piece 枚"),
            ("1.2万枚", "12000 piece 枚"),
            ("2部（黑色1部，白色1部）", "2 piece 部"),
            ("2部(黑色、白色各1部)", "2 piece 部"),
            ("5部（其中1部损坏）", "5 piece 部"),
            ("2部，黑色", "2 piece 部"),
            ("1部，9成新", "1 piece 部"),
            ("2部iPhone手机", "2 piece 部"),
            ("3小包", "3 piece 小包"),
            ("5PCS", "5 piece PCS"),
            ("1枚（重5.2克）", "1 piece 枚"),
            ("1枚，重5.2克", "1 piece 枚"),
            ("1.2E+3", "1200 piece -"),
            ("廿五件", "25 piece 件"),
            ("（2部）", "2 piece 部"),
            ("【3】台", "3 piece 台"),
            ("1(部)", "1 piece 部"),
            ("×2", "2 piece -"),
            ("x2部", "2 piece 部"),
        ],
        QuantityContext::default(),
    );
}

#[test]
fn pieces_in_doubt() {
    check(
        &[
            ("", "- - - quantity_missing"),
            ("/", "- - - quantity_missing"),
            ("约3部", "3 piece 部 approximate"),
            ("30余部", "30 piece 部 approximate"),
            ("3部左右", "3 piece 部 approximate"),
            ("100多张", "100 piece 张 approximate"),
            ("3-5部", "- - - range"),
            ("3~5部", "- - - range"),
            ("3至5部", "- - - range"),
            ("3部到5部", "- - - range"),
            ("三五部", "- - - range"),
            ("两三部", "- - - range"),
            ("若干", "- - - indefinite"),
            ("一批", "- - - indefinite"),
            ("1批", "- - - indefinite"),
            ("数部", "- - - indefinite"),
            ("十几部", "- - - indefinite"),
            ("几十张", "- - - indefinite"),
            ("不详", "- - - indefinite"),
            ("半箱", "- - - half"),
            ("两个半", "- - - half"),
            ("3部+1个", "- - - several_quantities"),
            ("3部、1台", "- - - several_quantities"),
            ("3部1台", "- - - several_quantities"),
            ("2条×10包", "- - - several_quantities"),
            ("1对", "1 piece 对 may_be_several"),
            ("1双", "1 piece 双 may_be_several"),
            ("2套", "2 piece 套 may_be_several"),
            ("1箱", "1 piece 箱 may_be_several"),
            ("500ml×6瓶", "6 piece 瓶 multiplied"),
            ("2部（黑色1部，白色2部）", "2 piece 部 detail_disagrees"),
            ("2部，黑色2部白色1部", "2 piece 部 detail_disagrees"),
            ("2.5部", "- - - piece_not_whole"),
            ("2.5", "- - - unit_missing"),
            ("-2部", "- - - negative"),
            ("－2", "- - - negative"),
            ("负2部", "- - - negative"),
            ("0部", "- piece 部 zero"),
            ("零", "- piece - zero"),
            ("2坨", "2 piece - unit_unknown"),
            ("1,5部", "- - - grouping_unclear"),
            ("1.2.3部", "- - - unclear"),
            ("1/2", "- - - unclear"),
            ("手机", "- - - unclear"),
            ("64GB", "- - - size_not_quantity"),
            ("50%", "- - - size_not_quantity"),
            ("手机2部", "2 piece 部 quantity_from_text"),
            ("iPhone13 2部", "2 piece 部 quantity_from_text"),
            ("2024-05-01", "- - - date_in_quantity"),
            ("2024/5/1", "- - - date_in_quantity"),
            ("5月3日", "- - - date_in_quantity"),
            ("100米", "- - - unit_not_kept"),
            ("3盎司", "- - - unit_not_kept"),
            ("100 USDT", "- - - unit_not_kept"),
            ("99999999999999999999部", "- piece 部 too_large"),
            ("1E+300", "- - - too_large"),
            ("9007199254740992个", "- piece 个 too_large"),
            ("9007199254740991个", "9007199254740991 piece 个"),
        ],
        QuantityContext::default(),
    );
}

#[test]
fn weights_and_volumes() {
    check(
        &[
            ("12.35克", "12350 mg 克"),
            ("１２．３５克", "12350 mg 克"),
            ("12.3500g", "12350 mg g"),
            ("净重12.35克", "12350 mg 克"),
            ("12。35克", "12350 mg 克"),
            ("1.5kg", "1500000 mg kg"),
            ("1.5公斤", "1500000 mg 公斤"),
            ("2千克", "2000000 mg 千克"),
            ("3斤", "1500000 mg 斤"),
            ("2两", "100000 mg 两"),
            ("二两", "100000 mg 两"),
            ("2斤3两", "1150000 mg 斤"),
            ("1公斤200克", "1200000 mg 公斤"),
            ("0.3吨", "300000000 mg 吨"),
            ("50毫克", "50 mg 毫克"),
            ("5mg", "5 mg mg"),
            ("2克拉", "400 mg 克拉"),
            ("一点五克", "1500 mg 克"),
            ("1.5㎏", "1500000 mg kg"),
            ("500毫升", "500000 ul 毫升"),
            ("0.5L", "500000 ul L"),
            ("0.5升", "500000 ul 升"),
            ("约3克", "3000 mg 克 approximate"),
            ("3克左右", "3000 mg 克 approximate"),
            ("毛重12克", "12000 mg 克 gross_weight"),
            ("毛重13.1克，净重12.35克", "12350 mg 克"),
            ("净重12.35克，毛重13.1克", "12350 mg 克"),
            ("12.35g（含包装毛重13.1g）", "12350 mg g"),
            ("12克（1号5克，2号7克）", "12000 mg 克"),
            ("12克（1号5克，2号6克）", "12000 mg 克 detail_disagrees"),
            ("0.0005克", "- - - finer_than_unit"),
            ("半克", "500 mg 克 half"),
            ("两斤半", "1250000 mg 斤 half"),
            ("3-5克", "- - - range"),
            ("12.35克，13.2克", "- - - several_quantities"),
            ("0克", "- mg 克 zero"),
        ],
        QuantityContext::default(),
    );
}

#[test]
fn drugs_are_booked_by_weight() {
    check(
        &[
            ("3包，净重12.35克", "12350 mg 克 weight_beside_count"),
            ("3包（净重12.35克）", "12350 mg 克 weight_beside_count"),
            ("3包共12.35克", "12350 mg 克 weight_beside_count"),
            ("12.35克（3包）", "12350 mg 克"),
            ("3包", "3 piece 包"),
            ("12", "- - - unit_missing"),
            ("12.35", "- - - unit_missing"),
        ],
        QuantityContext { thing: ThingKind::Drug, ..QuantityContext::default() },
    );
}

#[test]
fn money() {
    check(
        &[
            ("12,000元", "1200000 CNY 元"),
            ("12，000元", "1200000 CNY 元"),
            ("12 000元", "1200000 CNY 元"),
            ("1.2万元", "1200000 CNY 元"),
            ("1万2千元", "1200000 CNY 元"),
            ("一百二十元", "12000 CNY 元"),
            ("壹万贰仟元整", "1200000 CNY 元"),
            ("人民币壹万贰仟元整", "1200000 CNY 元"),
            ("叁仟零伍元贰角叁分", "300523 CNY 元"),
            ("12元5角", "1250 CNY 元"),
            ("人民币 12,000 元", "1200000 CNY 元"),
            ("￥12000", "1200000 CNY -"),
            ("¥12,000.50", "1200050 CNY -"),
            ("RMB 500", "50000 CNY -"),
            ("500RMB", "50000 CNY RMB"),
            ("500元人民币", "50000 CNY 元"),
            ("100块", "10000 CNY 块"),
            ("5毛", "50 CNY 毛"),
            ("5分", "5 CNY 分"),
            ("美元 500 元", "50000 USD 元"),
            ("500美元", "50000 USD 美元"),
            ("US$500", "50000 USD -"),
            ("USD 500", "50000 USD -"),
            ("500元（美元）", "50000 USD 元"),
            ("港币500元", "50000 HKD 元"),
            ("HK$1,000", "100000 HKD -"),
            ("500欧元", "50000 EUR 欧元"),
            ("5000日元", "5000 JPY 日元"),
            ("50000韩元", "50000 KRW 韩元"),
            ("20英镑", "2000 GBP 英镑"),
            ("澳门元100元", "10000 MOP 元"),
            ("500卢布", "50000 RUB 卢布"),
            ("$500", "50000 USD - currency_assumed"),
            ("美元500、欧元300", "- - - currency_unclear"),
            ("100元×20张", "200000 CNY 元"),
            ("100元面值20张", "200000 CNY 元"),
            ("面值100元20张", "200000 CNY 元"),
            ("100元面额人民币20张", "200000 CNY 元"),
            ("20张×100元", "200000 CNY 元"),
            ("100元*20", "200000 CNY 元"),
            ("100元×20张、50元×3张", "215000 CNY 元"),
            ("100元×20张=2000元", "200000 CNY 元"),
            ("100元×20张，共2000元", "200000 CNY 元"),
            ("100元×20张=2100元", "- - - sum_in_cell_disagrees"),
            ("人民币（100元×20张）", "200000 CNY 元"),
            ("100元20张", "200000 CNY 元 denomination_assumed"),
            ("12000", "1200000 CNY - unit_missing"),
            ("0.005元", "- - - finer_than_unit"),
            ("500.5日元", "- - - finer_than_unit"),
            ("约5000元", "500000 CNY 元 approximate"),
            ("1万2元", "- - - unclear"),
            ("0元", "- CNY 元 zero"),
            ("20张", "20 piece 张"),
        ],
        QuantityContext { thing: ThingKind::Money, ..QuantityContext::default() },
    );
}

#[test]
fn a_card_of_some_value_is_a_thing() {
    check(
        &[
            ("100元面值20张", "20 piece 张 banknotes_or_amount"),
            ("12000元", "1200000 CNY 元"),
            ("3块", "3 piece 块"),
            ("1张，面值100元", "1 piece 张 banknotes_or_amount"),
        ],
        QuantityContext::default(),
    );
}

#[test]
fn the_unit_column_completes_the_number() {
    for (text, unit, expected) in [
        ("3", "部", "3 piece 部"),
        ("12.35", "克", "12350 mg 克"),
        ("12000", "元", "1200000 CNY 元"),
        ("1.2", "万元", "1200000 CNY 万元"),
        ("500", "美元", "50000 USD 美元"),
        ("3", "（部）", "3 piece 部"),
        ("3部", "部", "3 piece 部"),
        ("12000", "元整", "1200000 CNY 元"),
        ("3部", "台", "3 piece 部 unit_disagrees"),
        ("12克", "部", "12000 mg 克 unit_disagrees"),
        ("3", "部/台", "3 piece 部/台 unit_unknown"),
        ("3", "/", "3 piece -"),
        ("2.5", "部", "- - - piece_not_whole"),
        ("3", "批", "- - - indefinite"),
        ("3", "盎司", "- - - unit_not_kept"),
    ] {
        assert_eq!(
            shown(&read(text, QuantityContext { unit, ..QuantityContext::default() })),
            expected,
            "{text} {unit}"
        );
    }
}

#[test]
fn a_quantity_is_found_at_the_end_of_a_name() {
    for (name, expected) in [
        ("华为手机2部", Some(("华为手机", "2部"))),
        ("iPhone 13 手机 一部", Some(("iPhone 13 手机", "一部"))),
        ("现金12,000元", Some(("现金", "12,000元"))),
        ("三星手机", None),
        ("iPhone13", None),
        ("中华香烟(软)", None),
        ("64G内存卡", None),
    ] {
        assert_eq!(trailing(name, false), expected, "{name}");
    }
}

#[test]
fn what_the_reading_leaves_out_is_said() {
    for (text, more) in [
        ("2部", false),
        ("12,000元", false),
        ("500元人民币", false),
        ("12元5角", false),
        ("1（部）", false),
        ("净重5克，毛重6克", true),
        ("2部（黑色1部，白色1部）", true),
        ("100元×20张", true),
        ("2部，黑色", true),
        ("若干", true),
    ] {
        assert_eq!(
            read(text, QuantityContext { thing: ThingKind::Money, ..QuantityContext::default() }).says_more,
            more,
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,40}", unit in "\\PC{0,6}") {
        for thing in [ThingKind::Ordinary, ThingKind::Money, ThingKind::Drug] {
            let reading = read(&text, QuantityContext { unit: &unit, thing, ..QuantityContext::default() });
            prop_assert!(reading.quantity.is_some() || !reading.doubts.is_empty());
            prop_assert!(reading.quantity.is_none_or(|it| it > 0));
        }
    }

    #[test]
    fn text_of_the_trade_is_read_without_panic(text in "[0-9０-９.,，。 零一二两三十百千万亿壹贰半余几约共部张克元角分斤¥$×*x+~/（）()面值美-]{0,24}") {
        let reading = read(&text, QuantityContext { thing: ThingKind::Money, ..QuantityContext::default() });
        prop_assert!(reading.quantity.is_some() || !reading.doubts.is_empty());
    }

    #[test]
    fn a_count_is_read_back(n in 1_i64..9_007_199_254_740_991, word in prop::sample::select(vec!["部", "台", "张", "个"])) {
        let reading = read(&format!("{n}{word}"), QuantityContext::default());
        prop_assert_eq!(reading.quantity, Some(n));
        prop_assert_eq!(reading.doubts, vec![]);
    }

    #[test]
    fn milligrams_and_fen_are_read_back(n in 1_i64..1_000_000_000_000) {
        let grams = read(&format!("{}.{:03}克", n / 1000, n % 1000), QuantityContext::default());
        prop_assert_eq!((grams.quantity, grams.unit), (Some(n), Some(UnitOfMeasure::Mg)));
        let yuan = read(&format!("{}.{:02}元", n / 100, n % 100), QuantityContext::default());
        prop_assert_eq!((yuan.quantity, yuan.currency), (Some(n), Some("CNY")));
    }

    #[test]
    fn a_spreadsheet_number_of_hundredths_is_exact(n in 1_i64..10_000_000_000) {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        let text = plain(n as f64 / 100.0);
        let yuan = read(&text, QuantityContext { unit: "元", ..QuantityContext::default() });
        prop_assert_eq!(yuan.quantity, Some(n));
    }
}
