//! The words of column names and what they mean.

use std::sync::LazyLock;

use super::LABEL_MOST;
use crate::import::quantity::is_unit;
use crate::import::text::{fold, is_han, one_line, squeeze};
use crate::import::traditional::simplify;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a column holds.
    Role "column_role" {
        /// 序号, 编号: the line's number on the paper, or the thing's number when it is no small number.
        LineNumber "line_number" "序号" "line number",
        Name "name" "名称" "name",
        /// 数量, alone or with its unit.
        Quantity "quantity" "数量" "quantity",
        Unit "unit" "单位" "unit",
        /// 重量, 净重.
        Weight "weight" "重量" "weight",
        /// 毛重: kept beside the net weight; the weight, with a doubt, where no other is given.
        GrossWeight "gross_weight" "毛重" "gross weight",
        /// 皮重, 包装重.
        TareWeight "tare_weight" "皮重" "tare weight",
        /// 金额: the quantity of money, the value of anything else.
        Amount "amount" "金额" "amount",
        Currency "currency" "币种" "currency",
        /// 面值, 面额.
        FaceValue "face_value" "面额" "face value",
        /// 特征, 颜色, 新旧 …
        Features "features" "特征" "features",
        Brand "brand" "品牌" "brand",
        /// 型号, 规格.
        Model "model" "型号" "model",
        /// 序列号, 枪号, 证件号 …
        Serial "serial" "序列号" "serial number",
        /// IMEI, 串号.
        Imei "imei" "IMEI" "IMEI",
        /// 车牌号.
        Plate "plate" "车牌号" "plate",
        /// 车架号, 车辆识别代号.
        Vin "vin" "车架号" "VIN",
        Engine "engine" "发动机号" "engine number",
        /// 卡号, 账号.
        Account "account" "账号" "account",
        /// 持有人, 被扣押人.
        Holder "holder" "持有人" "holder",
        /// 所有人, 失主.
        Owner "owner" "所有人" "owner",
        Remark "remark" "备注" "remark",
        /// 估价, 单价.
        Value "value" "估价" "estimate",
        ValueDate "value_date" "估价日期" "date of the estimate",
        /// 估价依据, 评估机构.
        ValueSource "value_source" "估价依据" "source of the estimate",
        Source "source" "来源" "source",
        Place "place" "扣押地点" "place of seizure",
        /// 案件编号: what the list states about its case, not about a thing.
        CaseNumber "case_number" "案号，与所选案件核对" "case number, compared with the case",
        /// 案件名称, 案由.
        CaseName "case_name" "案件名称" "name of the case",
        Paper "paper" "法律文书号" "legal paper",
        PaperLine "paper_line" "文书行号" "line of the legal paper",
        Category "category" "类别" "category",
    }
}

/// 重量（克） → 重量 and 克; a bracket that holds no unit stays out of the way.
pub(super) fn split_unit(text: &str) -> (String, String) {
    let folded = simplify(&fold(&one_line(text)));
    let Some((label, rest)) = folded.split_once('(') else {
        let unit = packets_of(&folded).map(str::to_owned).unwrap_or_default();
        return (folded, unit);
    };
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
    // 物品（文件）名称: the brackets stand inside the label.
    let behind = rest.split_once(')').map_or("", |(_, behind)| behind.trim());
    let label = if label.trim().is_empty() { inside } else { label.trim() };
    (format!("{label}{behind}"), unit)
}

/// 包数, 台数: a number of things, and what they are counted in.
fn packets_of(label: &str) -> Option<&str> {
    const WORDS: &[&str] = &[
        "包", "袋", "瓶", "台", "张", "件", "个", "盒", "箱", "条", "支", "枚", "粒", "颗", "只", "把", "块",
        "份", "本", "部", "辆", "套", "捆", "桶", "枝", "头",
    ];
    let word = label.strip_suffix('数')?;
    WORDS.contains(&word).then_some(word)
}

/// The words of each role, tried from the top: the first row with a match decides. `=` asks for the whole label.
const WORDS: &[(Option<Role>, &str)] = &[
    (Some(Role::PaperLine), "文书行号 清单行号"),
    (Some(Role::ValueDate), "估价日期 评估日期 鉴定日期 认定日期"),
    (Some(Role::ValueSource), "估价依据 估价单位 估价来源 评估机构 评估单位 鉴定机构 价格来源 价格依据"),
    (Some(Role::Paper), "文书号 文书编号 文书字号 法律文书 决定书号 决定书编号"),
    (Some(Role::CaseNumber), "案件编号 案件号 案号 立案编号 警情编号 caseno casenumber"),
    (Some(Role::CaseName), "案件名称 案由 案别 casename"),
    // Names of the case, the paper and the place of keeping are not names of things.
    (
        None,
        "案件 案由 案号 案别 案情 嫌疑 当事人 文书 单位名称 部门 办案 承办 存放 停放 保管 库位 库房 货架 日期 时间 签名 签字 照片 图片 联系 \
         电话 身份证 经办 处理 处置 去向 是否 =date =time =officer =photo caseno casename signature phone 提取人 扣押人 见证人",
    ),
    (Some(Role::Features), "号牌种类 号牌颜色 车身颜色"),
    (
        Some(Role::LineNumber),
        "=序号 =序 =xh =编号 =号 =no =no. =# =行号 =项次 =序列 物品编号 财物编号 清单编号 物证编号 涉案财物编号 检材编号 检材号 样品编号 证物编号 \
         =itemno =item# =itemno. =itemnumber =id =exhibitno =exhibitno. =exhibitnumber =exhibit# =exhibit =ref =lineno =lineno. =line",
    ),
    (Some(Role::Imei), "imei 串号 串码 meid 国际移动设备"),
    (Some(Role::Vin), "车架号 vin 车辆识别 底盘号 chassis"),
    (Some(Role::Engine), "发动机号 engineno enginenumber"),
    (Some(Role::Plate), "车牌 号牌 牌照 plate registrationno"),
    (Some(Role::Account), "卡号 账号 帐号 账户 帐户 accountno cardno"),
    (
        Some(Role::Serial),
        "序列号 =sn s/n 机身号 机身码 机身编号 设备号 设备编号 机号 钢印号 出厂编号 出厂号 识别码 识别号 枪号 证件号 冠字号 号码 serial",
    ),
    (Some(Role::Holder), "持有人 持有者 被扣押人 被查封人 被处罚人 提交人 holder possessor"),
    (Some(Role::Owner), "所有人 物主 权利人 失主 被害人 owner victim"),
    (
        Some(Role::Name),
        "名称 品名 物品名 =名 =物品 =财物 =款物 =财产 =涉案物品 =涉案财物 =涉案款物 =扣押物品 =扣押财物 =扣押物 =扣押款物 =查封物品 =查获物品 =物证 \
         =证据 =物品及文件 物品及数量 财物及数量 款物及数量 =物品、文件 =扣押物品、文件 =物品文件 =item =items =name =goods =article =articles =property =property/item itemname \
         articlename itemdescription descriptionofitem descriptionofproperty descriptionofarticle exhibitdescription articledescription \
         propertydescription goodsname productname assetname evidencename propertyname materialname thingname descriptionofproperties 检材 =品 \
         =wpmc =mc =spmc",
    ),
    (Some(Role::Currency), "币种 币别 货币 currency"),
    (Some(Role::FaceValue), "面值 面额 票面 券别 denomination"),
    (Some(Role::Value), "价值 估价 估值 单价 总价 价格 评估价 鉴定价 市价 原价 value price"),
    (Some(Role::Amount), "金额 款额 钱数 amount"),
    (Some(Role::GrossWeight), "毛重 grossweight =gross"),
    (Some(Role::TareWeight), "皮重 包装重 包装物重 袋重 tare"),
    (Some(Role::Weight), "重量 净重 总重 克重 称重 =重 weight"),
    (
        Some(Role::Quantity),
        "数量 数目 件数 个数 =数 数值 数额 张数 台数 =实有数 =实有 =实数 =实扣数 =实收数 =实物数 =清点数 =移送数 =接收数 =扣押数 =没收数 \
         =收缴数 =账面数 =实盘数 =盘点数 =库存数 =结存数 =sl qty quantity count noofitems numberof pieces goodsnum =num itemnum productnum",
    ),
    (
        Some(Role::Unit),
        "=单位 计量单位 =量词 =计量 =unit =units =dw uom unitofmeasure goodsunit itemunit productunit",
    ),
    (Some(Role::Model), "型号 规格 model spec"),
    (Some(Role::Brand), "品牌 厂牌 厂家 =牌号 brand =make manufacturer"),
    (
        Some(Role::Features),
        "特征 特点 描述 颜色 新旧 成色 外观 材质 质地 尺寸 状况 性状 成分 纯度 产地 款式 品质 =tz goodsdesc itemdesc feature description detail colour color condition",
    ),
    (Some(Role::Remark), "备注 说明 备考 附注 =注 =bz remark note comment"),
    (
        Some(Role::Place),
        "扣押地点 查获地点 提取地点 发现地点 查获位置 提取位置 发现位置 查封地点 =地点 =位置 =place =location locationfound foundat foundin placeof seizedat",
    ),
    (Some(Role::Source), "来源 出处 source seizedfrom"),
    (Some(Role::Category), "类别 种类 类型 分类 =类 品种 category =type"),
];

static SPLIT_WORDS: LazyLock<Vec<(Option<Role>, Vec<&str>)>> =
    LazyLock::new(|| WORDS.iter().map(|(role, words)| (*role, words.split_whitespace().collect())).collect());

/// What a label means. The label may still carry its unit in brackets.
pub(super) fn role_of(text: &str) -> Option<Role> {
    let label = squeeze(&split_unit(text).0);
    // goods_name: the column of a database.
    let label = label.replace('_', "");
    let label = label.trim_matches(|c: char| matches!(c, '*' | ':' | '.' | '、' | '-'));
    // 名称：手机 is a pair of label and value, not a column.
    if label.is_empty() || label.contains(':') || label.chars().count() > LABEL_MOST {
        return None;
    }
    let says = |word: &str| match word.strip_prefix('=') {
        Some(whole) => label == whole.trim_end_matches('.'),
        None => label.contains(word),
    };
    if packets_of(label).is_some() {
        return Some(Role::Quantity);
    }
    match SPLIT_WORDS.iter().find(|(_, words)| words.iter().any(|word| says(word))) {
        Some((role, _)) => *role,
        // 单位 Unit: one of the two languages is enough.
        None if label.contains(is_han) && label.contains(|c: char| c.is_ascii_alphabetic()) => {
            let han: String = label.chars().filter(|c| is_han(*c)).collect();
            let latin: String = label.chars().filter(|c| !is_han(*c)).collect();
            role_of(&han).or_else(|| role_of(&latin))
        }
        // 被保全物品, 没收财物: whatever was done with them.
        None => ["物品", "财物", "款物", "物资", "赃物", "证物"]
            .iter()
            .any(|it| label.ends_with(it))
            .then_some(Role::Name),
    }
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
            ("所有人", Role::Owner),
            ("IMEI", Role::Imei),
            ("扣押地点", Role::Place),
            ("类别", Role::Category),
            ("數量", Role::Quantity),
            ("物品名稱", Role::Name),
            ("數額", Role::Quantity),
            ("計量", Role::Unit),
            ("备  考", Role::Remark),
            ("扣押物品、文件名称", Role::Name),
            ("物品（文件）名称", Role::Name),
            ("物品持有人", Role::Holder),
            ("毛重（克）", Role::GrossWeight),
            ("包装重（克）", Role::TareWeight),
            ("净重（克）", Role::Weight),
            ("车牌号码", Role::Plate),
            ("车架号", Role::Vin),
            ("Exhibit No", Role::LineNumber),
            ("Item description", Role::Name),
            ("UOM", Role::Unit),
            ("Seized from", Role::Source),
            ("单位 Unit", Role::Unit),
            ("被保全物品", Role::Name),
            ("包数", Role::Quantity),
            ("实有数", Role::Quantity),
            ("检材名称", Role::Name),
            ("goods_name", Role::Name),
            ("机身码", Role::Serial),
        ] {
            assert_eq!(role_of(label), Some(role), "{label}");
        }
        for label in ["办案单位", "参数", "存放位置", "入库日期", "提取人", "", "某某市公安局"]
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
