//! Traditional characters → simplified ones, for the words of lists: column names, measure words, currencies, notes. Only
//! what is compared is changed; what is kept stays as it was written.

use std::sync::LazyLock;

/// Pairs of a traditional character and its simplified form.
const PAIRS: &str = "號号 編编 稱称 數数 單单 位位 徵征 備备 註注 類类 別别 項项 貨货 幣币 產产 財财 證证 據据 處处 發发 還还 領领 \
    額额 價价 値值 總总 計计 張张 個个 隻只 條条 輛辆 臺台 檯台 雙双 對对 塊块 顆颗 盃杯 雜杂 書书 冊册 頁页 份份 錢钱 銀银 鈔钞 \
    圓圆 圖图 車车 輪轮 機机 電电 腦脑 視视 錶表 鐲镯 鏈链 項项 飾饰 戶户 帳账 賬账 碼码 識识 標标 籤签 簽签 蓋盖 經经 辦办 員员 \
    見见 關关 應应 實实 訖讫 僅仅 無无 與与 歲岁 約约 餘余 幾几 兩两 萬万 億亿 貳贰 參叁 叄叁 陸陆 許许 開开 頭头 藥药 劑剂 \
    槍枪 彈弹 鎖锁 鑰钥 師师 場场 區区 縣县 廳厅 檢检 偵侦 審审 絡络 聯联 繫系 話话 點点 時时 間间 終终 紙纸 紅红 藍蓝 綠绿 黃黄 \
    顏颜 狀状 況况 質质 術术 規规 範范 說说 記记 錄录 負负 責责 後后 長长 寬宽 釐厘 毫毫 噸吨 體体 買买 賣卖 資资 贓赃 違违 賭赌 \
    擔担 絕绝 毀毁 損损 壞坏 齊齐 舊旧 線线 組组 裝装 滿满 撲扑 鋼钢 鐵铁 鉑铂 寶宝 鑽钻 現现 觸触 獲获 繳缴 圍围 戒戒 雲云 衛卫 \
    東东 頂顶 顯显 攜携 鏡镜 盤盘 碟碟 儲储 記记 憶忆 筆笔 膠胶 瓶瓶 罐罐 箱箱 捲卷 疊叠 綑捆 綁绑 劃划 爲为 為为 過过 轉转 製制 \
    執执 續续 結结 餐餐 題题 飛飞 馬马 魚鱼 鳥鸟 龍龙 龜龟 煙烟 菸烟 葉叶 鴉鸦 嗎吗 啡啡 門门 節节 樓楼 層层 棟栋 莖茎 隊队 圑团 \
    團团 滙汇 匯汇 歐欧 韓韩 緬缅 紐纽 蘭兰 盧卢 鎊镑 銖铢 淨净 凈净 稅税 預预 擬拟 舉举 檔档 案案 由由 獨独 歸归 屬属 權权 檔档 連连 懷怀 彎弯 殘残 遺遗 補补 購购 \
    樣样 報报 驗验 測测 試试 當当 僞伪 偽伪 盜盗 竊窃 壓压 縮缩 鍵键 齡龄 嬰婴 專专 業业 側侧 創创 傷伤 僱雇 劍剑 勞劳 匣匣 喪丧 圈圈 墊垫 \
    搶抢 採采 換换 撥拨 擊击 敗败 斷断 櫃柜 歷历 氣气 沒没 潔洁 灣湾 煉炼 燈灯 爾尔 獎奖 環环 癮瘾 盡尽 監监 砲炮 硃朱 穩稳 竄窜 範范 簡简 \
    粵粤 維维 網网 緊紧 縫缝 聲声 膚肤 艙舱 荳豆 號号 螢萤 術术 褲裤 訊讯 設设 該该 調调 諾诺 謝谢 譯译 貼贴 貴贵 購购 赤赤 趕赶 跡迹 軟软 \
    較较 載载 輸输 運运 遞递 郵邮 針针 鉛铅 銅铜 錫锡 鋁铝 鍊链 鑑鉴 鑒鉴 閃闪 闊阔 陰阴 隨随 離离 靜静 韁缰 頸颈 頻频 風风 驅驱 髮发 鬚须";

/// The text with every known traditional character in its simplified form. Of characters in the basic plane each stays three
/// bytes long, so places in the text stay where they are.
pub(super) fn simplify(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.chars().map(simple).collect()
}

fn simple(c: char) -> char {
    let place = usize::try_from(u32::from(c).wrapping_sub(FIRST)).ok();
    place.and_then(|at| TABLE.get(at)).copied().filter(|it| *it != '\0').unwrap_or(c)
}

/// The first Chinese character of the basic plane.
const FIRST: u32 = 0x4E00;

/// The simplified form of each character from [`FIRST`] on; zero where it stays.
static TABLE: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table = vec!['\0'; 0x5200];
    for word in PAIRS.split_whitespace() {
        let mut chars = word.chars();
        let (Some(traditional), Some(simplified)) = (chars.next(), chars.next()) else { continue };
        let at = usize::try_from(u32::from(traditional).wrapping_sub(FIRST)).ok();
        if let Some(slot) = at.and_then(|at| table.get_mut(at)) {
            *slot = simplified;
        }
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_and_measure_words_are_known_in_both_scripts() {
        for (traditional, simplified) in [
            ("編號", "编号"),
            ("物品名稱", "物品名称"),
            ("數量", "数量"),
            ("備註", "备注"),
            ("港幣", "港币"),
            ("持有人", "持有人"),
            ("臺", "台"),
            ("", ""),
        ] {
            assert_eq!(simplify(traditional), simplified);
        }
    }

    #[test]
    fn places_stay_where_they_are() {
        for word in PAIRS.split_whitespace() {
            assert!(word.chars().count() == 2 && word.chars().all(|c| c.len_utf8() == 3), "{word}");
        }
    }
}
