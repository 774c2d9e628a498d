//! What kind of thing a name names: a first guess for the preview of a seizure list, which the officer corrects.

use crate::ledger::Category;

/// Words in names, by category. The longest word found decides; of equally long ones, the first in this table. Words of
/// ordinary things stand here too where a shorter word would mislead (车钥匙 is no vehicle), and so do houses and virtual money, which
/// have no category of their own: what is written of them is a document, what holds them a device.
const WORDS: &[(Category, &str)] = &[
    (
        Category::Drug,
        "毒品 冰毒 海洛因 甲基苯丙胺 苯丙胺 氯胺酮 K粉 麻古 麻果 摇头丸 大麻 可卡因 鸦片 吗啡 罂粟 美沙酮 芬太尼 依托咪酯 白色晶体 白色粉末 \
         疑似毒品",
    ),
    (
        Category::Weapon,
        "枪 枪支 手枪 步枪 仿真枪 气枪 猎枪 弹 子弹 弹药 弹夹 刀 匕首 砍刀 管制刀具 弩 弓弩 警棍 电击器 甩棍",
    ),
    (Category::Hazardous, "炸药 雷管 爆炸 烟花 爆竹 汽油 煤气罐 液化气 剧毒 氰化 放射 硫酸 盐酸 易燃"),
    (Category::Biological, "血样 血痕 血迹 血液 唾液 毛发 指甲 精斑 DNA 生物检材 尿样 尿液 人体组织 拭子"),
    (
        Category::Cash,
        "现金 人民币 现钞 纸币 硬币 外币 美元 港币 港元 欧元 日元 英镑 韩元 澳门元 赃款 涉案款 违法所得款 赌资 毒资",
    ),
    (
        Category::Vehicle,
        "车 汽车 轿车 越野车 客车 货车 摩托车 电动车 电瓶车 自行车 三轮车 面包车 挖掘机 船 快艇 船舶 拖拉机",
    ),
    (
        Category::Electronic,
        "手机 电话机 平板电脑 电脑 笔记本电脑 台式机 主机 硬盘 移动硬盘 U盘 优盘 内存卡 存储卡 SIM卡 电话卡 手机卡 路由器 服务器 摄像头 相机 \
         录音笔 行车记录仪 iPad iPhone GOIP 光盘 显示器 猫池 冷钱包 硬件钱包 矿机",
    ),
    (
        Category::Valuable,
        "黄金 金条 金项链 项链 戒指 金戒指 手镯 耳环 铂金 白银 银元 钻石 玉 玉石 玉器 翡翠 珠宝 手表 名表 腕表 文物 古董 字画 茅台 名酒 古币 金",
    ),
    (
        Category::Document,
        "合同 账本 账册 账簿 单据 发票 收据 票据 文件 笔记本 记录本 身份证 护照 证件 驾驶证 行驶证 房产证 不动产权证 不动产证书 助记词 营业执照 公章 印章 存折 银行卡 信用卡 \
         U盾 借条 欠条 车票 信件 图纸 报表 名片 登记表",
    ),
    (
        Category::General,
        "钥匙 车钥匙 手机壳 充电器 充电线 电子秤 刀鞘 枪套 车牌 车锁 衣服 玩具 玩具车 头盔 点钞机 验钞机 现金箱 空弹壳箱 车位 车库 房产 房屋 \
         不动产 土地 USDT 泰达币 比特币 以太坊 虚拟币 虚拟货币 数字货币",
    ),
];

/// The category that the name suggests; what no word knows is [`Category::General`].
pub fn guess(name: &str) -> Category {
    let name = name.to_lowercase();
    let mut longest = (Category::General, 0);
    for (category, words) in WORDS {
        for word in words.split_whitespace().filter(|word| name.contains(&word.to_lowercase())) {
            let length = word.chars().count();
            if length > longest.1 {
                longest = (*category, length);
            }
        }
    }
    longest.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_suggest_what_kind_of_thing_it_is() {
        for (name, category) in [
            ("华为手机", Category::Electronic),
            ("苹果iphone 15", Category::Electronic),
            ("手机壳", Category::General),
            ("疑似甲基苯丙胺（白色晶体）", Category::Drug),
            ("现金人民币", Category::Cash),
            ("港币", Category::Cash),
            ("黄金项链", Category::Valuable),
            ("小型轿车", Category::Vehicle),
            ("车钥匙", Category::General),
            ("砍刀", Category::Weapon),
            ("笔记本", Category::Document),
            ("笔记本电脑", Category::Electronic),
            ("血样", Category::Biological),
            ("雷管", Category::Hazardous),
            ("房产一套（江北路8号）", Category::General),
            ("地下车位", Category::General),
            ("不动产权证书", Category::Document),
            ("USDT", Category::General),
            ("虚拟货币 比特币", Category::General),
            ("冷钱包", Category::Electronic),
            ("助记词纸条", Category::Document),
            ("自封袋", Category::General),
            ("", Category::General),
        ] {
            assert_eq!(guess(name), category, "{name}");
        }
    }
}
