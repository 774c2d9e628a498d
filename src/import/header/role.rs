//! The words of column names and what they mean.

use std::sync::LazyLock;

use serde::Serialize;

use super::LABEL_MOST;
use crate::import::quantity::is_unit;
use crate::import::text::{fold, one_line, squeeze};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 序号, 编号: the line's number on the paper, or the thing's number when it is no small number.
    LineNumber,
    Name,
    /// 数量, alone or with its unit.
    Quantity,
    Unit,
    /// 重量.
    Weight,
    /// 金额: the quantity of money, the value of anything else.
    Amount,
    Currency,
    /// 面值, 面额.
    FaceValue,
    /// 特征, 颜色, 新旧, 品牌 …
    Features,
    /// 型号, 规格.
    Model,
    /// 序列号, IMEI, 车架号 …
    Serial,
    /// 持有人, 所有人.
    Holder,
    /// 备注.
    Remark,
    /// 估价, 单价.
    Value,
    /// 来源, 扣押地点.
    Source,
    /// 类别.
    Category,
}

/// 重量（克） → 重量 and 克; a bracket that holds no unit stays out of the way.
pub(super) fn split_unit(text: &str) -> (String, String) {
    let folded = fold(&one_line(text));
    let Some((label, rest)) = folded.split_once('(') else { return (folded, String::new()) };
    let inside = rest
        .split(')')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_start_matches("单位:")
        .trim_start_matches("单位")
        .trim();
    let scaled = inside.trim_start_matches(['万', '千', '百', '亿']);
    let unit = if is_unit(inside) || (!scaled.is_empty() && is_unit(scaled)) {
        inside.to_owned()
    } else {
        String::new()
    };
    let label = if label.trim().is_empty() { inside } else { label.trim() };
    (label.to_owned(), unit)
}

/// The words of each role, tried from the top: the first row with a match decides. `=` asks for the whole label.
const WORDS: &[(Option<Role>, &str)] = &[
    // Names of the case, the paper and the place of keeping are not names of things.
    (
        None,
        "案件 案由 案号 案别 案情 嫌疑 当事人 文书 单位名称 部门 办案 承办 存放 保管 库位 库房 货架 日期 时间 签名 签字 照片 图片 联系 电话 身份证 经办 处理 处置 去向 是否",
    ),
    (
        Some(Role::LineNumber),
        "=序号 =序 =编号 =号 =no =no. =# =行号 =项次 =序列 物品编号 财物编号 清单编号 物证编号 涉案财物编号 =itemno =itemno. =id",
    ),
    (
        Some(Role::Serial),
        "序列号 串号 imei =sn s/n 机身号 出厂编号 识别码 识别号 车架号 vin 发动机号 车牌 号牌 枪号 证件号 卡号 账号 帐号 冠字号 号码 serial",
    ),
    (
        Some(Role::Name),
        "名称 品名 物品名 =名 =物品 =财物 =涉案物品 =涉案财物 =扣押物品 =扣押财物 =扣押物 =物证 =证据 =物品及文件 =item =items =name itemname articlename",
    ),
    (Some(Role::Currency), "币种 币别 货币 currency"),
    (Some(Role::FaceValue), "面值 面额 票面 券别 denomination"),
    (Some(Role::Value), "价值 估价 估值 单价 总价 价格 评估价 鉴定价 市价 原价 value price"),
    (Some(Role::Amount), "金额 款额 钱数 数额 amount"),
    (Some(Role::Weight), "重量 净重 毛重 总重 克重 称重 =重 weight"),
    (Some(Role::Quantity), "数量 数目 件数 个数 =数 数值 数额 张数 台数 qty quantity count"),
    (Some(Role::Unit), "=单位 计量单位 =量词 =计量 =unit =units uom"),
    (Some(Role::Model), "型号 规格 model spec"),
    (
        Some(Role::Features),
        "特征 特点 描述 颜色 新旧 品牌 成色 外观 材质 质地 尺寸 状况 性状 成分 纯度 产地 款式 feature description colour color brand condition",
    ),
    (Some(Role::Holder), "持有人 所有人 物主 被扣押人 持有者 权利人 失主 被害人 holder owner"),
    (Some(Role::Remark), "备注 说明 备考 附注 =注 remark note comment"),
    (
        Some(Role::Source),
        "来源 扣押地点 查获地点 提取地点 发现地点 查获位置 提取位置 =地点 =位置 =place source",
    ),
    (Some(Role::Category), "类别 种类 类型 分类 =类 category =type"),
];

static SPLIT_WORDS: LazyLock<Vec<(Option<Role>, Vec<&str>)>> =
    LazyLock::new(|| WORDS.iter().map(|(role, words)| (*role, words.split_whitespace().collect())).collect());

/// What a label means. The label may still carry its unit in brackets.
pub(super) fn role_of(text: &str) -> Option<Role> {
    let label = squeeze(&split_unit(text).0);
    let label = label.trim_matches(|c: char| matches!(c, '*' | ':' | '.' | '、' | '_' | '-'));
    if label.is_empty() || label.chars().count() > LABEL_MOST {
        return None;
    }
    let says = |word: &str| match word.strip_prefix('=') {
        Some(whole) => label == whole.trim_end_matches('.'),
        None => label.contains(word),
    };
    let (role, _) = SPLIT_WORDS.iter().find(|(_, words)| words.iter().any(|word| says(word)))?;
    *role
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_many_forms_are_understood() {
        for (label, role) in [
            ("名称", Role::Name),
            ("名 称", Role::Name),
            ("物品名称", Role::Name),
            ("财物名称", Role::Name),
            ("涉案财物名称", Role::Name),
            ("品名", Role::Name),
            ("物品", Role::Name),
            ("涉案财物", Role::Name),
            ("Name", Role::Name),
            ("Item", Role::Name),
            ("数\u{3000}量", Role::Quantity),
            ("数目", Role::Quantity),
            ("件数", Role::Quantity),
            ("Qty", Role::Quantity),
            ("数量及单位", Role::Quantity),
            ("数量（单位）", Role::Quantity),
            ("数量*", Role::Quantity),
            ("单位", Role::Unit),
            ("计量单位", Role::Unit),
            ("特征描述", Role::Features),
            ("规格型号", Role::Model),
            ("型号规格", Role::Model),
            ("颜色", Role::Features),
            ("新旧程度", Role::Features),
            ("备注", Role::Remark),
            ("编号", Role::LineNumber),
            ("序号", Role::LineNumber),
            ("No.", Role::LineNumber),
            ("金额（元）", Role::Amount),
            ("价值", Role::Value),
            ("单价(元)", Role::Value),
            ("币种", Role::Currency),
            ("重量(g)", Role::Weight),
            ("持有人", Role::Holder),
            ("所有人", Role::Holder),
            ("IMEI", Role::Serial),
            ("扣押地点", Role::Source),
            ("类别", Role::Category),
        ] {
            assert_eq!(role_of(label), Some(role), "{label}");
        }
        for label in ["案件名称", "办案单位", "存放位置", "入库日期", "", "某某市公安局"]
        {
            assert_eq!(role_of(label), None, "{label}");
        }
    }

    #[test]
    fn the_unit_in_a_header_is_kept() {
        assert_eq!(split_unit("重量（克）").1, "克");
        assert_eq!(split_unit("金额(万元)").1, "万元");
        assert_eq!(split_unit("金额（单位：元）").1, "元");
        assert_eq!(split_unit("特征（颜色、新旧）").1, "");
    }
}
