//! Numbers that are no quantity: storage sizes (500G), voltages, inches, percentages. `2T` of a hard disk says what it holds,
//! not how many there are and not what it weighs.

use std::sync::LazyLock;

use crate::import::text::words;

/// Units of Latin letters that never count things, in lower case.
static TECHNICAL: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "gb tb mb kb pb gib tib mib mhz ghz khz hz mah ah wh kwh kv mv v kw w ma dpi ppi mp fps rpm mbps gbps \
    inch inches p k",
    )
});
/// G, T and M mean bytes where a thing stores data.
static OF_BYTES: LazyLock<Vec<&str>> = LazyLock::new(|| words("g t m 寸 吋"));
/// Units in Chinese that never count things. 英寸 is the measure of a screen.
static TECHNICAL_HAN: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words("英寸 吋 毫安时 毫安 千瓦 伏 瓦 赫兹 兆赫 兆 万像素 像素 核 线程 马力 ℃ 度 % ‰ 成新 岁 周岁")
});

/// Things that store data, by the words of their names.
static STORES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words(
        "硬盘 硬碟 磁盘 u盘 优盘 闪存 闪盘 内存 存储 储存卡 sd卡 tf卡 cf卡 固态 ssd hdd nas 手机 电脑 笔记本 平板 ipad \
    iphone 主机 服务器 光盘 dvd 录像机 记录仪 mp3 mp4 相机 显示器 电视 usb disk drive memory laptop phone tablet computer 显卡 \
    移动盘 储存 记忆棒 机顶盒 路由器 读卡器 智能手表 摄像",
    )
});

/// Whether a text names a thing that stores data.
pub(in crate::import) fn stores_data(text: &str) -> bool {
    let lower = text.to_lowercase();
    STORES.iter().any(|word| lower.contains(*word))
}

/// Takes a technical unit off the text behind a number; `of_bytes`: a single G or T is one, too.
pub(super) fn take(behind: &str, of_bytes: bool) -> Option<&str> {
    let text = behind.trim_start();
    let lower = text.chars().take(8).collect::<String>().to_lowercase();
    let latin: String = lower.chars().take_while(char::is_ascii_alphabetic).collect();
    let of_bytes = of_bytes || stores_data(&text.chars().take(12).collect::<String>());
    let is = |list: &[&str]| list.contains(&&*latin);
    if !latin.is_empty() {
        return (is(&TECHNICAL) || (of_bytes && is(&OF_BYTES))).then(|| text.get(latin.len()..))?;
    }
    let of_bytes = OF_BYTES.iter().filter(|_| of_bytes);
    TECHNICAL_HAN.iter().chain(of_bytes).find_map(|word| text.strip_prefix(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_no_units() {
        for (behind, of_bytes, rest) in [
            ("GB 1个", false, Some(" 1个")),
            ("G", true, Some("")),
            ("G", false, None),
            ("G硬盘2块", false, Some("硬盘2块")),
            ("g内存卡", false, Some("内存卡")),
            ("V 2块", false, Some(" 2块")),
            ("英寸", false, Some("")),
            ("%", false, Some("")),
            ("克", true, None),
            ("T", false, None),
            ("部", true, None),
        ] {
            assert_eq!(take(behind, of_bytes), rest, "{behind}");
        }
    }
}
