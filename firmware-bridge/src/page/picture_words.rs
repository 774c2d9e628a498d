//! The strings of the page that reads pictures, in one place per language.

use super::Lang;

pub(super) struct PictureWords {
    pub(super) title: &'static str,
    pub(super) choose: &'static str,
    pub(super) read: &'static str,
    pub(super) help: &'static str,
    pub(super) codes: &'static str,
    pub(super) no_codes: &'static str,
    pub(super) record: &'static str,
    pub(super) record_help: &'static str,
    pub(super) recorded: &'static str,
    pub(super) recorded_before: &'static str,
    pub(super) none_ticked: &'static str,
    pub(super) gone: &'static str,
    pub(super) another: &'static str,
    pub(super) alt: &'static str,
}

impl Lang {
    pub(super) fn picture(self) -> &'static PictureWords {
        match self {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }
}

static ZH: PictureWords = PictureWords {
    title: "识读图片",
    choose: "图片",
    read: "识读",
    help: "PNG 或 JPEG，不超过 40 MB、5000 万像素；整排货架也可以。图片只在本机识读，不会上传。",
    codes: "图片中的条码",
    no_codes: "没有读到条码。请走近一些、避开反光再拍一张。",
    record: "记录勾选的条码",
    record_help: "请对照图片上的编号核对；记录后与扫描枪扫到的一样处理。",
    recorded: "图片中的条码已记录。",
    recorded_before: "这张图片的条码已经记录过，没有重复记录。",
    none_ticked: "没有勾选条码，未作记录；请返回勾选。",
    gone: "这张图片已不在内存中，未作记录；请重新识读。",
    another: "换一张图片",
    alt: "标有编号的图片",
};

static EN: PictureWords = PictureWords {
    title: "Read a picture",
    choose: "Picture",
    read: "Read",
    help: "PNG or JPEG up to 40 MB and 50 million pixels; a whole shelf will do. It is read on this PC and sent nowhere.",
    codes: "Codes in the picture",
    no_codes: "No code was read. Take another picture from nearer, without reflections.",
    record: "Record the ticked codes",
    record_help: "Compare them with the numbers on the picture; once recorded they count like scans.",
    recorded: "The codes of the picture are recorded.",
    recorded_before: "The codes of this picture were recorded already; nothing was recorded twice.",
    none_ticked: "No code is ticked, nothing was recorded; go back and tick some.",
    gone: "This picture is no longer in memory, nothing was recorded; read it again.",
    another: "Another picture",
    alt: "The picture with numbers on its codes",
};
