//! What kind of thing a name names.

use crate::import::quantity::{ThingKind, currency_in};
use crate::import::text::squeeze;

/// What kind of thing a name names: money, drugs, or neither.
pub(super) fn thing(name: &str, category: &str) -> ThingKind {
    const MONEY: &str = "cash banknote currency dollar euro sterling 现金 现钞 钱款 赃款 涉案款 违法所得款 货款 毒资 赌资 款项 纸币 硬币 外币 钞票 货币 备用金 零钱";
    // At the end of a name only: 借款合同 is a paper.
    const SUMS: &str = "押金 保证金 罚金 定金 订金 违约金 租金 佣金 赔偿金 补偿金 罚款 罚没款 没收款 扣押款 退赃款 退款 赔偿款 赔款 预付款 尾款 余款 欠款 借款 贷款 存款 汇款 公款 税款 价款 工程款 拆迁款 补偿款 非法所得 违法所得";
    const NOT_MONEY: &str = "点钞 验钞 假 伪 疑似 纪念 古 游戏 比特 虚拟 数字 钱包 钱币 存单 存折 支票 汇票 现金箱 现金盒 现金柜 现金卡 收银 币册 收据 凭证 发票 counter counting detector purse wallet cashbox cashcard register";
    const DRUGS: &str = "heroin cocaine cannabis marijuana methamphetamine mdma ketamine amphetamine fentanyl hashish 毒品 海洛因 冰毒 甲基苯丙胺 苯丙胺 氯胺酮 k粉 麻古 麻果 摇头丸 可卡因 鸦片 吗啡 大麻 罂粟 杜冷丁 美沙酮 芬太尼 依托咪酯 合成大麻素 γ-羟丁酸 恰特草 曲马多 咖啡因";
    let has = |words: &str, text: &str| words.split(' ').any(|word| text.contains(word));
    let name = squeeze(name);
    if has(DRUGS, &name) || squeeze(category).contains("毒品") {
        return ThingKind::Drug;
    }
    if has(NOT_MONEY, &name) {
        return ThingKind::Ordinary;
    }
    // A currency named in Chinese; Latin letters (CAD) may be anything unless they stand alone.
    let spelled = ["币", "元", "圆", "金", "镑", "铢", "卢布", "盾", "郎"].iter().any(|it| name.contains(it))
        || name.len() == 3;
    let sum = SUMS.split(' ').any(|word| name.ends_with(word));
    let currency = spelled && currency_in(&name).is_ok_and(|it| it.is_some());
    if currency || sum || has(MONEY, &name) { ThingKind::Money } else { ThingKind::Ordinary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_drugs_are_known_by_name() {
        for (name, expected) in [
            ("现金人民币", ThingKind::Money),
            ("人民币", ThingKind::Money),
            ("美元", ThingKind::Money),
            ("现 金", ThingKind::Money),
            ("USD", ThingKind::Money),
            ("赌资", ThingKind::Money),
            ("罚没款", ThingKind::Money),
            ("US currency", ThingKind::Money),
            ("借款合同", ThingKind::Ordinary),
            ("经典款", ThingKind::Ordinary),
            ("点钞机", ThingKind::Ordinary),
            ("假人民币", ThingKind::Ordinary),
            ("疑似假币", ThingKind::Ordinary),
            ("CAD光盘", ThingKind::Ordinary),
            ("手机", ThingKind::Ordinary),
            ("白色晶体（疑似冰毒）", ThingKind::Drug),
            ("甲基苯丙胺片剂", ThingKind::Drug),
        ] {
            assert_eq!(thing(name, ""), expected, "{name}");
        }
        assert_eq!(thing("白色粉末", "毒品"), ThingKind::Drug);
    }
}
