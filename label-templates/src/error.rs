//! What can go wrong between data and a printed label or paper, each with what to do about it.
//!
//! `Display` is the English sentence, [`Error::zh`] the Chinese one. In every case nothing was printed, written or
//! recorded: this room only makes bytes.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "No font with {lacking} was found, so no label or paper can be set. Install the packages \
         fonts-droid-fallback and fonts-dejavu-core, or name a font file or folder in the configuration. \
         Looked in: {looked_in}"
    )]
    FontsMissing { lacking: Lacking, looked_in: String },
    #[error("The font {} cannot be read. Check the configured path and its permissions", path.display())]
    FontUnreadable { path: PathBuf, source: std::io::Error },
    #[error("{} is not a font (TrueType, OpenType or a collection). Configure another file", path.display())]
    NotAFont { path: PathBuf },
    #[error("The template {} cannot be read. Check the template folder and its permissions", path.display())]
    TemplateUnreadable { path: PathBuf, source: std::io::Error },
    #[error("{} is not the name of a template, so it would never be used. Rename or remove it", path.display())]
    TemplateUnknown { path: PathBuf },
    #[error("The template {template} stopped at {place}: {message}. Correct the data or the template")]
    Template { template: &'static str, place: String, message: String },
    #[error(
        "The data does not fit on one label: {template} made {pages} pages. Shorten the text or use a larger label"
    )]
    Overflow { template: &'static str, pages: usize },
    #[error(
        "The character «{character}» (U+{:04X}) in «{context}» is in no installed font and would print as an empty \
         box. Install fonts-noto-cjk, or write the name with a character that the font has", u32::from(*character)
    )]
    MissingGlyph { character: char, context: String },
    #[error(
        "«{payload}» cannot be a label code: only digits, capital letters and - . / : + $ % * are allowed"
    )]
    Payload { payload: String },
    #[error("The code «{payload}» is too long for a QR code. Shorten it")]
    PayloadTooLong { payload: String },
    #[error(
        "The template {template} has no image(\"code.svg\"), so the label would carry no code. Correct the template"
    )]
    CodeAbsent { template: &'static str },
    #[error(
        "The code needs {needed_dots} dots and the template {template} leaves {given_dots}. Enlarge the place of \
         the code, or print with more dots per inch"
    )]
    CodeTooSmall { template: &'static str, needed_dots: u32, given_dots: u32 },
    #[error(
        "The template {template} draws over the place of the code, {x} dots from the left and {y} from the top. Move one"
    )]
    CodeCovered { template: &'static str, x: u32, y: u32 },
    #[error(
        "The code on the finished label reads as {} instead of «{expected}», so it was not printed. Check the \
         template and the resolution", read.as_deref().unwrap_or("nothing")
    )]
    ReadBack { expected: String, read: Option<String> },
    #[error(
        "{dpi} dots per inch is no label printer's resolution (150 to 1200). Correct the device settings"
    )]
    Resolution { dpi: u32 },
    #[error(
        "A label of {width_dots} × {height_dots} dots is beyond any printer. Correct the template's page size"
    )]
    TooLarge { width_dots: u32, height_dots: u32 },
    #[error("The picture could not be packed as PNG")]
    Png(#[from] ::png::EncodingError),
    #[error("The data could not be handed to the template")]
    Data(#[from] serde_json::Error),
    #[error("The paper {template} cannot be archived as PDF/A: {message}. Correct the data or the template")]
    Pdf { template: &'static str, message: String },
}

/// Which half of the writing the installed fonts do not cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    Chinese,
    Latin,
}

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Lacking::Chinese => "all common Chinese characters",
            Lacking::Latin => "Latin letters and figures",
        })
    }
}

impl Error {
    /// The same sentence in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Error::FontsMissing { lacking, looked_in } => {
                let what = match lacking {
                    Lacking::Chinese => "常用汉字",
                    Lacking::Latin => "西文字母和数字",
                };
                format!(
                    "找不到包含{what}的字体，无法排印标签和文书。请安装软件包 fonts-droid-fallback 和 \
                     fonts-dejavu-core，或在配置中指定字体文件或目录。已查找：{looked_in}"
                )
            }
            Error::FontUnreadable { path, .. } => {
                format!("字体 {} 无法读取。请检查配置的路径和权限。", path.display())
            }
            Error::NotAFont { path } => {
                format!("{} 不是字体文件（TrueType、OpenType 或字体集）。请另行配置。", path.display())
            }
            Error::TemplateUnreadable { path, .. } => {
                format!("模板 {} 无法读取。请检查模板目录和权限。", path.display())
            }
            Error::TemplateUnknown { path } => {
                format!("{} 不是任何模板的名称，不会被使用。请改名或移走。", path.display())
            }
            Error::Template { template, place, message } => {
                format!("模板 {template} 在 {place} 中止：{message}。请更正数据或模板。")
            }
            Error::Overflow { template, pages } => {
                format!("内容超出一张标签：{template} 排出了 {pages} 页。请缩短文字或改用更大的标签。")
            }
            Error::MissingGlyph { character, context } => format!(
                "“{context}”中的“{character}”（U+{:04X}）在已安装的字体中没有字形，会印成空框。\
                 请安装 fonts-noto-cjk，或改用字体中有的字。",
                u32::from(*character)
            ),
            Error::Payload { payload } => {
                format!("“{payload}”不能作为标签码：只能使用数字、大写字母和 - . / : + $ % *。")
            }
            Error::PayloadTooLong { payload } => format!("标签码“{payload}”过长，无法制成二维码。请缩短。"),
            Error::CodeAbsent { template } => {
                format!("模板 {template} 中没有 image(\"code.svg\")，标签上将没有二维码。请更正模板。")
            }
            Error::CodeTooSmall { template, needed_dots, given_dots } => format!(
                "二维码需要 {needed_dots} 点，模板 {template} 只留了 {given_dots} 点。\
                 请放大二维码的位置，或使用更高分辨率的打印机。"
            ),
            Error::CodeCovered { template, x, y } => {
                format!(
                    "模板 {template} 在二维码的位置上印了其他内容（距左 {x} 点、距上 {y} 点）。请移开其中之一。"
                )
            }
            Error::ReadBack { expected, read } => format!(
                "成品标签上的二维码读出{}，应为“{expected}”，因此没有打印。请检查模板和分辨率。",
                read.as_ref().map_or_else(|| "为空".to_owned(), |read| format!("“{read}”"))
            ),
            Error::Resolution { dpi } => {
                format!("{dpi} 点/英寸不是标签打印机的分辨率（150 至 1200）。请更正设备设置。")
            }
            Error::TooLarge { width_dots, height_dots } => {
                format!("{width_dots} × {height_dots} 点的标签超出打印机范围。请更正模板的页面尺寸。")
            }
            Error::Png(_) => "图片无法存为 PNG。".to_owned(),
            Error::Data(_) => "数据无法交给模板。".to_owned(),
            Error::Pdf { template, message } => {
                format!("文书 {template} 不符合 PDF/A 归档要求：{message}。请更正数据或模板。")
            }
        }
    }
}
