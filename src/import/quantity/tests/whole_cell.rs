//! Nothing in a quantity cell goes unread: second quantities, restatements, words of doubt, sizes, packets, spoken money.

use super::*;

#[test]
fn nothing_behind_a_quantity_vanishes() {
    check(
        &[
            ("500ml装6瓶", "- - - several_quantities"),
            ("5升桶装2桶", "- - - several_quantities"),
            ("100克金条3根", "- - - several_quantities"),
            ("2枚、印泥1盒", "- - - several_quantities"),
            ("2条零5包", "- - - several_quantities"),
            ("3枚弹头2枚", "- - - several_quantities"),
            ("2部及充电器1个", "- - - several_quantities"),
            ("2部（另有1部损坏）", "- - - several_quantities"),
            ("上衣3件裤子2条", "- - - quantity_from_text several_quantities"),
            ("1:1", "- - - several_quantities"),
            ("2部及充电器", "2 piece 部 more_in_cell"),
            ("2部、充电器", "2 piece 部 more_in_cell"),
            ("2部（实为1部）", "2 piece 部 changed"),
            ("2部↑", "2 piece 部 uncertain"),
            ("2部√", "2 piece 部"),
            ("4条/套", "- - - unclear"),
            ("2或3部", "- - - range"),
            ("2盒500克", "2 piece 盒 weight_as_text"),
            ("1部（附充电器1个）", "1 piece 部"),
            ("1支（含弹匣1个、子弹5发）", "1 piece 支"),
            ("2根（长1.5米）", "2 piece 根"),
            ("1份（共3页）", "1 piece 份"),
            ("1台 海尔BCD-215", "1 piece 台"),
            ("1辆（苏A12345）", "1 piece 辆"),
            ("1部/部", "1 piece 部"),
            ("13812345678", "- - - number_not_quantity"),
            ("20260305", "- - - number_not_quantity"),
        ],
        QuantityContext::default(),
    );
}

#[test]
fn two_statements_of_one_quantity_are_compared() {
    check(
        &[
            ("12000元（壹万贰仟元整）", "1200000 CNY 元"),
            ("12000元（壹万壹仟元整）", "- - - statements_disagree"),
            ("人民币壹万贰仟元整（￥21000）", "- - - statements_disagree"),
            ("大写：壹仟元整 小写：1000元", "100000 CNY 元"),
            ("大写：壹仟元整 小写：1100元", "- - - sum_in_cell_disagrees"),
            ("2000元（100元20张）", "200000 CNY 元"),
            ("2000元（100元19张）", "- - - statements_disagree"),
            ("100元×20张=2000", "200000 CNY 元"),
            ("1500元15张", "- - - several_quantities"),
            ("1000元（存折1本）", "100000 CNY 元"),
        ],
        QuantityContext { thing: ThingKind::Money, ..QuantityContext::default() },
    );
    check(
        &[
            ("3（叁）部", "3 piece 部"),
            ("3（贰）部", "- - - statements_disagree"),
            ("叁部（2部）", "- - - statements_disagree"),
            ("1份（3根）", "1 piece 份"),
            ("500个（面值100）", "500 piece 个"),
            ("12克（11克）", "- - - detail_disagrees statements_disagree"),
        ],
        QuantityContext::default(),
    );
}

#[test]
fn words_of_doubt_count_wherever_they_stand() {
    check(
        &[
            ("2部?", "2 piece 部 uncertain"),
            ("2(?)部", "2 piece 部 uncertain"),
            ("2部（存疑）", "2 piece 部 uncertain"),
            ("2部(估)", "2 piece 部 approximate"),
            ("2部（未清点）", "2 piece 部 uncertain"),
            ("2部（左右）", "2 piece 部 approximate"),
            ("3.2克±0.1", "3200 mg 克 approximate"),
            ("3.2±0.1克", "3200 mg 克 approximate"),
            ("5克毛重", "5000 mg 克 gross_weight"),
            ("5克（毛重）", "5000 mg 克 gross_weight"),
            ("5克（含包装）", "5000 mg 克 gross_weight"),
            ("2部（已发还）", "2 piece 部 changed"),
            ("2部改为3部", "- - - changed"),
            ("12克（剩余11克）", "12000 mg 克 changed detail_disagrees"),
            ("2部（白色，约九成新）", "2 piece 部"),
            ("1只（约8克）", "1 piece 只"),
        ],
        QuantityContext::default(),
    );
    for (unit, expected) in [
        ("千克（毛重）", "2000000 mg 千克 gross_weight"),
        ("克（约）", "2000 mg 克 approximate"),
        ("公斤(净)", "2000000 mg 公斤"),
        ("瓶(500ml)", "2 piece 瓶"),
    ] {
        assert_eq!(
            shown(&read("2", QuantityContext { unit, ..QuantityContext::default() })),
            expected,
            "{unit}"
        );
    }
}

#[test]
fn a_storage_size_is_no_quantity() {
    let disk = QuantityContext { sized: true, ..QuantityContext::default() };
    check(
        &[
            ("2T", "- - - size_not_quantity"),
            ("16G", "- - - size_not_quantity"),
            ("500G硬盘2块", "2 piece 块 quantity_from_text"),
            ("64G 1个", "1 piece 个 quantity_from_text"),
            ("1个64G", "1 piece 个"),
            ("1块（2TB、黑色）", "1 piece 块"),
            ("2根8G", "2 piece 根"),
        ],
        disk,
    );
    check(
        &[
            ("12V 2块", "2 piece 块 quantity_from_text"),
            ("40W×6只", "6 piece 只 quantity_from_text"),
            ("48V20AH 2块", "2 piece 块 quantity_from_text"),
            ("55英寸1台", "1 piece 台 quantity_from_text"),
            ("16g", "16000 mg g"),
            ("2T", "2000000000 mg T"),
            ("64g内存卡1张", "1 piece 张 quantity_from_text"),
        ],
        QuantityContext::default(),
    );
}

#[test]
fn packets_of_a_drug_are_weighed_together() {
    check(
        &[
            ("3包（1.2克、1.3克、1.5克）", "4000 mg 克 weight_beside_count weights_added"),
            ("3包，分别重1.2克、1.3克、1.5克", "4000 mg 克 weight_beside_count weights_added"),
            ("3包（1.2克、1.3克）", "- - - weight_beside_count several_quantities"),
            ("3包（1.2g,1.3g,1.5g，共4g）", "4000 mg g weight_beside_count"),
            ("3包（1.2g,1.3g,1.5g，共5g）", "- - - weight_beside_count several_quantities"),
            ("3包，每包1克", "3000 mg 克 weight_beside_count multiplied"),
            ("3包各1克", "3000 mg 克 weight_beside_count multiplied"),
            ("0.5克×3包", "1500 mg 克 multiplied"),
            ("1包（毛重5克）", "1 piece 包 gross_weight"),
            ("净重3.5g（毛重3.25g）", "- - - statements_disagree"),
            ("净重3.25g（毛重3.5g）", "3250 mg g"),
            ("12.35克，取样0.5克", "- - - changed detail_disagrees several_quantities"),
        ],
        QuantityContext { thing: ThingKind::Drug, ..QuantityContext::default() },
    );
}

#[test]
fn money_is_understood_as_it_is_spoken_and_asked_about() {
    check(
        &[
            ("三十五块七", "3570 CNY 块 spoken"),
            ("3毛5", "35 CNY 毛 spoken"),
            ("5元5", "550 CNY 元 spoken"),
            ("12块5", "1250 CNY 块 spoken"),
            ("5元50", "- - - several_quantities"),
            ("12.000元", "1200 CNY 元 grouping_unclear"),
        ],
        QuantityContext { thing: ThingKind::Money, ..QuantityContext::default() },
    );
    assert_eq!(
        shown(&read(
            "3",
            QuantityContext { unit: "万", thing: ThingKind::Money, ..QuantityContext::default() }
        )),
        "3000000 CNY 万"
    );
}

#[test]
fn halves_english_words_and_labels_are_read() {
    check(
        &[
            ("半斤", "250000 mg 斤 half"),
            ("一斤半", "750000 mg 斤 half"),
            ("半公斤", "500000 mg 公斤 half"),
            ("半瓶", "- - - half"),
            ("one", "1 piece -"),
            ("two (2) bags", "2 piece bags"),
            ("20 litres", "20000000 ul litres"),
            ("2台斤", "1200000 mg 台斤"),
            ("2 dozen", "2 piece dozen may_be_several"),
            ("2部（疑似）", "2 piece 部 uncertain"),
            ("2部（其中1部不见）", "2 piece 部 changed"),
            ("10克（未除皮）", "10000 mg 克 gross_weight"),
            ("1张（13800138000）", "1 piece 张"),
            ("毛20.5克/净18.6克", "18600 mg 克"),
            ("500毫升装", "- - - size_not_quantity"),
            ("面值1.2元", "- - - size_not_quantity"),
        ],
        QuantityContext::default(),
    );
    check(
        &[
            ("3万5", "3500000 CNY - spoken unit_missing"),
            ("2千5", "250000 CNY - spoken unit_missing"),
            ("1万2元", "- - - unclear"),
            ("100元面额", "- - - size_not_quantity"),
            ("300元（100元2张、50元2张）", "30000 CNY 元"),
            ("300元（100元2张、50元1张）", "- - - statements_disagree"),
        ],
        QuantityContext { thing: ThingKind::Money, ..QuantityContext::default() },
    );
}
