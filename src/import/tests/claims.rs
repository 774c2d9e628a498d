//! What a row states twice, in whatever columns, must agree; what only describes must not be taken for a statement.

use super::*;

/// The doubts of a list's only row.
fn doubts(text: &str) -> Vec<String> {
    let list = read(text);
    assert_eq!(list.rows.len(), 1, "{text}");
    list.rows[0].doubts.iter().map(|it| it.code.word().to_owned()).collect()
}

#[test]
fn a_quantity_in_the_features_is_compared() {
    for (name, quantity, unit, features, expected) in [
        ("冰毒", "18.6", "克", "净重18.6克", &[][..]),
        ("冰毒", "20", "克", "净重18克", &["statements_disagree"]),
        ("海洛因", "350", "克", "净重0.35千克", &[]),
        ("海洛因", "3.5", "克", "经称量净重5.3克", &["statements_disagree"]),
        ("冰毒", "12.35", "克", "共3包，净重分别为4克、4.1克、4.25克", &[]),
        ("冰毒", "12.35", "克", "共3包，净重分别为4克、4.1克、4.3克", &["statements_disagree"]),
        ("麻古", "10", "克", "分装5包，每包2克", &[]),
        ("麻古", "10", "克", "分装5包，每包3克", &["statements_disagree"]),
        ("冰毒", "18.6", "克", "毛重20.1克", &[]),
        ("冰毒", "18.6", "克", "毛重17克", &["weights_disagree"]),
        ("冰毒", "18.6", "克", "连包装称重", &["gross_weight"]),
        ("汽油", "20", "升", "蓝色桶装，实装18升", &["statements_disagree"]),
        ("现金", "3500", "元", "共计人民币3500元", &[]),
        ("现金", "3500", "元", "共计人民币3600元", &["statements_disagree"]),
        ("银行卡", "3", "张", "共4张", &["statements_disagree"]),
        ("账册", "1", "册", "共12页", &[]),
        ("电子秤", "1", "台", "量程500克，精度0.1克", &[]),
        ("黄金项链", "1", "条", "重12.35g", &[]),
        ("手机", "1", "部", "8GB+256GB，6.1英寸，5000mAh", &[]),
        ("汽车", "1", "辆", "载重5吨", &[]),
    ] {
        let text = format!("名称,数量,单位,特征\n{name},{quantity},{unit},{features}\n");
        assert_eq!(doubts(&text), expected, "{text}");
    }
}

#[test]
fn a_quantity_in_the_name_is_compared() {
    for (name, quantity, expected) in [
        ("冰毒（净重3.2克）", "3.2克", &[][..]),
        ("冰毒（净重3.2克）", "2.3克", &["statements_disagree"]),
        ("冰毒0.5公斤", "50克", &["statements_disagree"]),
        ("手机3部", "3部", &[]),
        ("手机3部", "2台", &["statements_disagree"]),
        ("现金1200元", "1300元", &["statements_disagree"]),
        ("100克金条", "2根", &[]),
        ("20公斤装大米", "5袋", &[]),
    ] {
        let text = format!("名称,数量\n{name},{quantity}\n");
        assert_eq!(doubts(&text), expected, "{text}");
    }
    let list = read("名称,数量,特征\n项链（重12克）,1条,重13克\n");
    assert_eq!(
        words(&list.rows[0].doubts),
        ["statements_disagree"],
        "name and features, of a thing that is counted"
    );
}

#[test]
fn columns_of_weights_say_what_is_counted() {
    let list =
        read("检材名称,包数,毛重(g),皮重(g),净重(g)\n白色晶体,3,13.1,0.75,12.35\n褐色粉末,1,5.5,0.4,5.3\n");
    let rows: Vec<String> = list.rows.iter().map(shown).collect();
    assert_eq!(
        rows,
        ["2 白色晶体 12350 mg g | 数量：3包", "3 褐色粉末 5300 mg g | 数量：1包 ! weights_disagree"]
    );
}

#[test]
fn figures_and_words_in_two_columns_settle_each_other() {
    let list = read("名称,金额（小写）,金额（大写）\n赃款,1200,壹仟贰佰元整\n赌资,1200,壹仟叁佰元整\n");
    let doubts: Vec<_> = list.rows.iter().map(|row| words(&row.doubts)).collect();
    assert_eq!(doubts, [vec![], vec!["unit_missing", "statements_disagree"]]);
    assert!(list.doubts.is_empty(), "{:?}", list.doubts);
}

#[test]
fn the_numbers_in_front_say_how_many() {
    let list = read("序号,名称,数量\n1,手机,1部\n2-4,光盘,3张\n5、6,U盘,2个\n7-10,钥匙,3把\n1-2,电池,1块\n");
    let doubts: Vec<_> = list.rows.iter().map(|row| words(&row.doubts)).collect();
    assert_eq!(doubts, [vec![], vec![], vec![], vec!["statements_disagree"], vec![]]);
}

#[test]
fn a_name_with_brackets_holds_its_quantity() {
    let list = read("物品及数量,备注\n手机2部,\n黄金项链1条（重15.3克）,\n冰毒（净重5.2克）,\n砍刀,\n");
    let rows: Vec<(&str, Option<i64>)> = list.rows.iter().map(|it| (&*it.name, it.quantity)).collect();
    assert_eq!(rows, [("手机", Some(2)), ("黄金项链", Some(1)), ("冰毒", Some(5200)), ("砍刀", None)]);
    assert!(list.rows.iter().all(|it| !it.doubts.is_empty()));
}
