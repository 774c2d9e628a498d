//! Why a file could not be taken in at all. Each refusal says what happened, that nothing was stored, and what to do.

use thiserror::Error;

/// A file that was refused, and why. Its display is one Chinese sentence and one English.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("“{file}”：{zh}{en}", zh = .reason.sentence_zh(), en = .reason.sentence_en())]
pub struct ImportError {
    /// The file's name as the user gave it.
    pub file: String,
    pub reason: Refusal,
}

/// The reasons to refuse a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No bytes, or no cell with text.
    Empty,
    /// More bytes, rows or text than is read at once.
    TooLarge,
    /// Protected with a password.
    Encrypted,
    /// Looks like a spreadsheet, but is damaged or cut short.
    Broken,
    /// A web page under a spreadsheet's name, as some older systems export.
    WebPage,
    /// A spreadsheet format that is not read here (.xlsb, Excel 95 and older).
    OtherSpreadsheet,
    /// Some other kind of file: PDF, Word, a picture, an archive.
    NotASpreadsheet,
    /// A readable table without a row of column names.
    NoHeader,
}

impl Refusal {
    /// The stable word of the reason.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::Encrypted => "encrypted",
            Self::Broken => "broken",
            Self::WebPage => "web_page",
            Self::OtherSpreadsheet => "other_spreadsheet",
            Self::NotASpreadsheet => "not_a_spreadsheet",
            Self::NoHeader => "no_header",
        }
    }

    /// What happened and what to do, for a Chinese reader.
    pub const fn sentence_zh(self) -> &'static str {
        match self {
            Self::Empty => "文件里没有内容，未导入任何数据。请确认选对了文件。",
            Self::TooLarge => {
                "文件太大（一次最多 20 万行、64 MB），未导入任何数据。请按案件或按页拆成几个文件后分别导入。"
            }
            Self::Encrypted => "文件设有打开密码，未导入任何数据。请在电子表格软件中取消密码、另存后再导入。",
            Self::Broken => {
                "文件已损坏或不完整，未导入任何数据。请用电子表格软件打开并另存为 .xlsx，或重新获取文件。"
            }
            Self::WebPage => {
                "这是以表格为名保存的网页，未导入任何数据。请用电子表格软件打开并另存为 .xlsx 后再导入。"
            }
            Self::OtherSpreadsheet => {
                "不支持这种表格格式，未导入任何数据。请用电子表格软件打开并另存为 .xlsx 后再导入。"
            }
            Self::NotASpreadsheet => {
                "这不是电子表格，未导入任何数据。请选择 .xlsx、.xls、.et、.ods 或 .csv 文件。"
            }
            Self::NoHeader => "没有找到表头，未导入任何数据。请确认有一行写着“名称”“数量”等栏名。",
        }
    }

    /// The same in English.
    pub const fn sentence_en(self) -> &'static str {
        match self {
            Self::Empty => "The file has no content; nothing was imported. Check that it is the right file.",
            Self::TooLarge => {
                "The file is too large (at most 200,000 rows and 64 MB at once); nothing was imported. Split it and import the parts."
            }
            Self::Encrypted => {
                "The file is protected with a password; nothing was imported. Remove the password in the spreadsheet program, save, and import again."
            }
            Self::Broken => {
                "The file is damaged or incomplete; nothing was imported. Open it in a spreadsheet program and save it as .xlsx, or get it again."
            }
            Self::WebPage => {
                "This is a web page saved under a spreadsheet's name; nothing was imported. Open it in a spreadsheet program and save it as .xlsx."
            }
            Self::OtherSpreadsheet => {
                "This spreadsheet format is not read; nothing was imported. Open it in a spreadsheet program and save it as .xlsx."
            }
            Self::NotASpreadsheet => {
                "This is not a spreadsheet; nothing was imported. Choose an .xlsx, .xls, .et, .ods or .csv file."
            }
            Self::NoHeader => {
                "No header was found; nothing was imported. One row must hold column names such as “名称” and “数量”."
            }
        }
    }
}
