//! One filled-in example of every label and paper: shown to an administrator who edits a template, and used by the tests.

use crate::{
    Answer, BoxLabel, CountDifference, CountLine, CountPaper, DisposalPaper, Error, HandoverLine,
    HandoverPaper, HandoverSide, Heading, InnerLabel, ItemLabel, Label, ListLine, ListPaper, LoanPaper,
    LossPaper, MissingThing, Outcome, OuterLabel, Paper, ReceiptLine, ReceiptPaper, ReturnPaper, Signature,
    SlotLabel, Stock,
};

const CENTRE: &str = "江州市涉案财物管理中心";

/// One of every label, on each stock that it is made for, by the name under which it is shown.
pub fn sample_labels() -> [(&'static str, Label); 7] {
    use Stock::{Large, Small};
    [
        ("item", Label::Item(ItemLabel::sample())),
        ("slot", Label::Slot(SlotLabel::sample())),
        ("box", Label::Box(BoxLabel::sample())),
        ("inner_small", Label::Inner(InnerLabel::sample(Small))),
        ("inner_large", Label::Inner(InnerLabel::sample(Large))),
        ("outer_small", Label::Outer(OuterLabel::sample(Small))),
        ("outer_large", Label::Outer(OuterLabel::sample(Large))),
    ]
}

/// One of every paper; a new form adds its line.
pub fn sample_papers() -> Result<[Paper; 8], Error> {
    Ok([
        Paper::of(&ReceiptPaper::sample())?,
        Paper::of(&HandoverPaper::sample())?,
        Paper::of(&CountPaper::sample())?,
        Paper::of(&ListPaper::sample())?,
        Paper::of(&LoanPaper::sample())?,
        Paper::of(&DisposalPaper::sample())?,
        Paper::of(&LossPaper::sample())?,
        Paper::of(&ReturnPaper::sample())?,
    ])
}

pub(crate) fn words<const N: usize>(words: [&str; N]) -> [String; N] {
    words.map(str::to_owned)
}

impl ItemLabel {
    pub fn sample() -> ItemLabel {
        let [code, number, name, category, hazard, seal, quantity, received_on, centre] = words([
            "HF-2026-000123-7K",
            "HF-2026-000123",
            "黑色智能手机（屏幕破损）",
            "电子设备",
            "锂电池",
            "F2026-00881",
            "1 部",
            "2026-11-22",
            CENTRE,
        ]);
        ItemLabel { code, number, name, category, hazard, seal, quantity, copy: 2, received_on, centre }
    }
}

impl InnerLabel {
    pub fn sample(stock: Stock) -> InnerLabel {
        let ItemLabel { code, number, name, copy, .. } = ItemLabel::sample();
        InnerLabel { stock, code, number, name, copy }
    }
}

impl OuterLabel {
    pub fn sample(stock: Stock) -> OuterLabel {
        let ItemLabel { code, number, name, hazard, quantity, seal, copy, .. } = ItemLabel::sample();
        let [case_number, packed_on, packed_by, kept_by] =
            words(["江公（刑）立字〔2026〕1187号", "2026-11-22", "陈守仁", CENTRE]);
        OuterLabel {
            stock,
            code,
            number,
            name,
            hazard,
            case_number,
            quantity,
            seal,
            packed_on,
            packed_by,
            kept_by,
            copy,
        }
    }
}

impl SlotLabel {
    pub fn sample() -> SlotLabel {
        let [code, slot, store, kind] = words(["S-A03-2-Q4", "A-03-2", "一号库", "常温"]);
        SlotLabel { code, slot, store, kind }
    }
}

impl BoxLabel {
    pub fn sample() -> BoxLabel {
        let [code, number, seal, zone, sealed_on, centre] =
            words(["B-2026-0417-X9", "B-2026-0417", "F2026-01204", "A 区 03 架 2 层", "2026-11-22", CENTRE]);
        BoxLabel { code, number, contents: 12, seal, zone, sealed_on, copy: 1, centre }
    }
}

impl Heading {
    pub(crate) fn sample(number: &str, entry_number: &str) -> Heading {
        Heading {
            centre: CENTRE.to_owned(),
            number: number.to_owned(),
            entry_number: entry_number.to_owned(),
            date: "2026-11-22".to_owned(),
            check_code: format!("HUFU:{entry_number}:9F3C-71D0-A4E8"),
        }
    }
}

impl ListPaper {
    pub fn sample() -> ListPaper {
        let lines = [
            [
                "HF-2026-000123",
                "黑色智能手机",
                "屏幕右上角破损；IMEI：860123045678901",
                "1 部",
                "王五",
                "未提供密码",
            ],
            ["HF-2026-000124", "现金人民币", "百元面额 78 张", "7,800.00 元", "王五", ""],
        ];
        let lines = lines.map(|line| {
            let [item_number, name, features, quantity, holder, remark] = words(line);
            ListLine { item_number, name, features, quantity, holder, remark }
        });
        let [case_number, case_name, unit, seized_at, total] = words([
            "A3301020000002026110012",
            "王五盗窃案",
            "城东派出所",
            "2026-11-22 09:20",
            "共 2 行，1 部，7,800.00 元",
        ]);
        let heading = Heading::sample("某公（刑）扣字〔2026〕12号", "账本分录 100231");
        ListPaper { heading, case_number, case_name, unit, seized_at, lines: lines.to_vec(), total }
    }
}

impl ReceiptPaper {
    pub fn sample() -> ReceiptPaper {
        let lines = [
            [
                "黑色智能手机",
                "华为 P40，屏幕右上角破损，IMEI 860123045678901",
                "1 部",
                "",
                "A-03-2",
                "已关机，信号屏蔽袋",
            ],
            ["人民币现金", "百元面额 120 张，封签内点验", "12,000.00 元", "", "保险柜 2-1", ""],
            ["黄色金属项链", "链长约 45 cm，吊坠刻“福”字", "1 条", "18.62 g", "保险柜 2-3", "成色待鉴定"],
            ["白色晶体", "透明自封袋装，疑似毒品", "1 包", "净重 3.417 g", "专用柜 1", "已取样 0.100 g 送检"],
            [
                "红色两轮摩托车",
                "车架号 LBBPEJ1A0JB123456，无号牌",
                "1 辆",
                "",
                "停车场 B-17",
                "钥匙 1 把随车",
            ],
        ];
        let lines = (123..).zip(lines).map(|(at, line)| ReceiptLine::sample(at, line)).collect();
        let [
            case_number,
            case_name,
            ground,
            delivered_by_unit,
            delivered_by,
            received_by,
            received_at,
            store,
        ] = words([
            "江公（刑）立字〔2026〕1187号",
            "“11·19”系列盗窃案",
            "江公（刑）扣字〔2026〕0932号扣押决定书",
            "江州市公安局临江分局刑侦大队",
            "周立明（021873）、何静（021904）",
            "陈守仁（保管员）",
            "2026-11-22 10:30",
            "一号库",
        ]);
        ReceiptPaper {
            heading: Heading::sample("入〔2026〕000417", "10482"),
            title: "入库单".to_owned(),
            case_number,
            case_name,
            ground,
            delivered_by_unit,
            delivered_by,
            received_by,
            received_at,
            store,
            lines,
            missing: vec![MissingThing::sample()],
            total: "共 5 行，1 部，12,000.00 元，毒品 3.417 克".to_owned(),
            copies: "一式三份：保管中心、移送单位、入卷".to_owned(),
            remark: "外包装完好，封签号与扣押清单一致。".to_owned(),
        }
    }
}

impl MissingThing {
    fn sample() -> MissingThing {
        let [item_number, name, quantity] = words(["HF-2026-000128", "笔记本电脑", "1 台"]);
        MissingThing { item_number, name, quantity }
    }
}

impl ReceiptLine {
    fn sample(at: u32, line: [&str; 6]) -> ReceiptLine {
        let [name, features, quantity, weight, slot, remark] = words(line);
        ReceiptLine {
            item_number: format!("HF-2026-{at:06}"),
            label_code: format!("HF-2026-{at:06}-7K"),
            name,
            features,
            holder: "孙某".to_owned(),
            listed: quantity.clone(),
            quantity,
            weight,
            seal: format!("F2026-{:05}", at + 758),
            slot,
            remark,
        }
    }
}

impl HandoverPaper {
    pub fn sample() -> HandoverPaper {
        let lines = [
            (["黑色智能手机", "华为 P40，屏幕破损", "1 部", "A-03-2", "随案作为证据"], Answer::Accepted),
            (["人民币现金", "百元面额 120 张", "12,000.00 元", "保险柜 2-1", "返还被害人"], Answer::Accepted),
            (
                ["黄色金属项链", "吊坠刻“福”字，18.62 g", "1 条", "保险柜 2-3", "鉴定后返还被害人"],
                Answer::AcceptedWithRemark { remark: "鉴定意见待补，十日内送交。".to_owned() },
            ),
            (
                ["红色两轮摩托车", "车架号 LBBPEJ1A0JB123456", "1 辆", "停车场 B-17", "没收上缴国库"],
                Answer::Refused {
                    reason: "权属不清：缺机动车登记信息查询结果。".to_owned()
                },
            ),
        ];
        let lines = (123..).zip(lines).map(|(at, (line, answer))| {
            let [name, features, quantity, place, suggestion] = words(line);
            HandoverLine {
                item_number: format!("HF-2026-{at:06}"),
                ground: "江公扣〔2026〕88号 第 1 行".to_owned(),
                name,
                features,
                people: "持有人 张三；所有人 李四".to_owned(),
                estimate: "估价 1,200.00 元（2026-11-20，价格认定书〔2026〕12号）".to_owned(),
                quantity,
                weight: String::new(),
                place,
                goes: "清单、照片 2 张".to_owned(),
                not_received: String::new(),
                suggestion,
                answer,
            }
        });
        HandoverPaper {
            heading: Heading::sample("换〔2026〕000058", "10977"),
            title: "换押凭证".to_owned(),
            state: "有效".to_owned(),
            purpose: "移送审查起诉".to_owned(),
            stage: "侦查 → 审查起诉".to_owned(),
            case_name: "“11·19”系列盗窃案".to_owned(),
            suspect: "张某、王某".to_owned(),
            letter: "江公诉字〔2026〕88号（2026-11-21）".to_owned(),
            articles: "刑事诉讼法 第245条；公安机关办理刑事案件程序规定 第288条".to_owned(),
            copies: "一式两份：移送机关留存、移送人民检察院".to_owned(),
            giver: HandoverSide {
                agency: "江州市公安局临江分局".to_owned(),
                case_number: "江公（刑）立字〔2026〕1187号".to_owned(),
                telephone: "0518-8000 1234".to_owned(),
                signature: Some(Signature::sample("周立明", "2026-11-22 15:02:11", "PS-0218-73")),
            },
            receiver: HandoverSide {
                agency: "江州市临江区人民检察院".to_owned(),
                case_number: "临检刑诉受〔2026〕406号".to_owned(),
                telephone: String::new(),
                signature: Some(Signature::sample("沈若兰", "2026-11-22 15:07:40", "JC-0031-09")),
            },
            lines: lines.collect(),
            total: "共 4 项：接收 2 项，附注接收 1 项，拒收 1 项".to_owned(),
            sums: [("电子设备", "1 项：1 部"), ("现金", "1 项：12,000.00 元"), ("车辆", "1 项：1 辆")]
                .map(|(what, sum)| (what.to_owned(), sum.to_owned()))
                .to_vec(),
            taken_over: "2026-11-22 15:07".to_owned(),
            photographs: vec![],
            further_photographs: String::new(),
        }
    }
}

impl Signature {
    fn sample(name: &str, time: &str, key_id: &str) -> Signature {
        let [name, time, key_id, signature, digest] =
            words([name, time, key_id, "3045 0221 00C7 … 5E1A", "SM3 6B86 B273 … 75B4"]);
        Signature { name, time, key_id, signature, digest }
    }
}

impl CountPaper {
    pub fn sample() -> CountPaper {
        let lines = [
            (["黑色智能手机", "A-03-2", "1 部", "1 部"], Outcome::Seen),
            (["旧版邮票册", "A-03-2", "3 册", "3 册"], Outcome::SeenInSealedBox),
            (["游戏机", "A-03-2", "1 台", "1 台"], Outcome::Misplaced),
            (["充值卡", "A-03-2", "5 张", "4 张"], Outcome::Differs),
            (["笔记本电脑", "A-03-3", "1 台", ""], Outcome::OnLoan),
            (["管制刀具", "A-03-3", "2 把", "1 把"], Outcome::NotFound),
            (["银色手表", "A-03-4", "", "1 块"], Outcome::Unexpected),
            (["纸质账册", "A-03-4", "6 本", ""], Outcome::NotLookedFor),
        ];
        let lines = (123..).zip(lines).map(|(at, (line, outcome))| {
            let [name, slot, expected, seen] = words(line);
            let [surplus, shortage, checked, by] = words(["", "", "已点数", "陈守仁"]);
            let item_number = format!("HF-2026-{at:06}");
            CountLine { item_number, name, slot, expected, seen, surplus, shortage, checked, by, outcome }
        });
        let differences = [
            ["D-2026-0031", "HF-2026-000126", "账面 2 把，实见 1 把", "陈守仁", "2026-11-25"],
            ["D-2026-0032", "HF-2026-000127", "应在 B-01-1，实见于 A-03-4", "何静", "2026-11-29"],
        ];
        let differences = differences.map(|difference| {
            let [number, item_number, finding, owner, deadline] = words(difference);
            CountDifference { number, item_number, finding, owner, deadline }
        });
        let totals =
            [("应有", "6 项"), ("实见", "2 项"), ("调用在外", "1 项"), ("差异", "2 项"), ("未盘", "1 项")];
        CountPaper {
            heading: Heading::sample("盘〔2026〕000012", "11020"),
            zone: "一号库 A 区 03 架".to_owned(),
            as_of_entry: "11006".to_owned(),
            began_at: "2026-11-22 09:00".to_owned(),
            ended_at: "2026-11-22 11:45".to_owned(),
            counters: words(["陈守仁", "何静"]).to_vec(),
            supervisor: "赵明远".to_owned(),
            keeper: "陈守仁".to_owned(),
            lines: lines.collect(),
            differences: differences.to_vec(),
            totals: totals.map(|(what, figure)| (what.to_owned(), figure.to_owned())).to_vec(),
        }
    }
}
