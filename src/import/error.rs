//! Why a file could not be taken in at all. Each refusal says what happened, that nothing was stored, and what to do.

use thiserror::Error;

/// A file that was refused, and why. Its display is one Chinese sentence and one English.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("“{file}”：{}{}{} {}", .reason.what().0, .reason.remedy().0, .reason.what().1, .reason.remedy().1)]
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
    Pdf,
    /// A photograph or a scan.
    Picture,
    /// .doc, .wps: the older formats of word processors. The tables of a .docx are read.
    OldDocument,
    RichText,
    Presentation,
    /// .ofd, a page description.
    Ofd,
    /// .zip, .rar, .7z.
    Archive,
    /// Some other kind of file.
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
            Self::Pdf => "pdf",
            Self::Picture => "picture",
            Self::OldDocument => "old_document",
            Self::RichText => "rich_text",
            Self::Presentation => "presentation",
            Self::Ofd => "ofd",
            Self::Archive => "archive",
            Self::NotASpreadsheet => "not_a_spreadsheet",
            Self::NoHeader => "no_header",
        }
    }

    /// What happened, and that nothing was stored.
    pub const fn what(self) -> Bilingual {
        self.sentences().0
    }

    /// What to do next.
    pub const fn remedy(self) -> Bilingual {
        self.sentences().1
    }

    /// What happened, and what to do.
    const fn sentences(self) -> (Bilingual, Bilingual) {
        match self {
            Self::Empty => (
                ("文件里没有内容，未导入任何数据。", "The file has no content; nothing was imported."),
                ("请确认选对了文件。", "Check that it is the right file."),
            ),
            Self::TooLarge => (
                (
                    "文件太大（一次最多 20 万行、64 MB），未导入任何数据。",
                    "The file is too large (at most 200,000 rows and 64 MB at once); nothing was imported.",
                ),
                ("请按案件或按页拆成几个文件后分别导入。", "Split it and import the parts."),
            ),
            Self::Encrypted => (
                (
                    "文件设有打开密码，未导入任何数据。",
                    "The file is protected with a password; nothing was imported.",
                ),
                (
                    "请在电子表格软件中取消密码、另存后再导入。",
                    "Remove the password in the spreadsheet program, save, and import again.",
                ),
            ),
            Self::Broken => (
                (
                    "文件已损坏或不完整，未导入任何数据。",
                    "The file is damaged or incomplete; nothing was imported.",
                ),
                (
                    "请用电子表格软件打开并另存为 .xlsx，或重新获取文件。",
                    "Open it in a spreadsheet program and save it as .xlsx, or get it again.",
                ),
            ),
            Self::WebPage => (
                (
                    "这是以表格为名保存的网页，未导入任何数据。",
                    "This is a web page saved under a spreadsheet's name; nothing was imported.",
                ),
                SAVE_AS,
            ),
            Self::OtherSpreadsheet => (
                (
                    "不支持这种表格格式，未导入任何数据。",
                    "This spreadsheet format is not read; nothing was imported.",
                ),
                SAVE_AS,
            ),
            Self::Pdf => {
                (("这是 PDF 文件，未导入任何数据。", "This is a PDF; nothing was imported."), ORIGINAL)
            }
            Self::Picture => {
                (("这是图片，未导入任何数据。", "This is a picture; nothing was imported."), ORIGINAL)
            }
            Self::OldDocument => (
                (
                    "这是 .doc 或 .wps 文字文档，未导入任何数据。",
                    "This is a text document in an older format (.doc, .wps); nothing was imported.",
                ),
                AS_DOCX,
            ),
            Self::RichText => (
                ("这是 RTF 文字文档，未导入任何数据。", "This is an RTF document; nothing was imported."),
                AS_DOCX,
            ),
            Self::Presentation => (
                ("这是演示文稿，未导入任何数据。", "This is a presentation; nothing was imported."),
                ORIGINAL,
            ),
            Self::Ofd => (
                ("这是 OFD 版式文件，未导入任何数据。", "This is an OFD page file; nothing was imported."),
                ORIGINAL,
            ),
            Self::Archive => (
                ("这是压缩包，未导入任何数据。", "This is an archive; nothing was imported."),
                ("请解压后选择其中的清单文件。", "Unpack it and choose the list inside."),
            ),
            Self::NotASpreadsheet => (
                ("这不是电子表格，未导入任何数据。", "This is not a spreadsheet; nothing was imported."),
                (
                    "请选择 .xlsx、.xls、.et、.ods、.csv 或 .docx 文件。",
                    "Choose an .xlsx, .xls, .et, .ods, .csv or .docx file.",
                ),
            ),
            Self::NoHeader => (
                ("没有找到表头，未导入任何数据。", "No header was found; nothing was imported."),
                (
                    "请确认有一行写着“名称”“数量”等栏名。",
                    "One row must hold column names such as “名称” and “数量”.",
                ),
            ),
        }
    }
}

/// A sentence in Chinese and in English.
type Bilingual = (&'static str, &'static str);

const SAVE_AS: Bilingual = (
    "请用电子表格软件打开并另存为 .xlsx 后再导入。",
    "Open it in a spreadsheet program and save it as .xlsx.",
);

const ORIGINAL: Bilingual = (
    "请选择原来的表格文件（.xlsx、.docx 等）；没有时请逐行登记。",
    "Choose the table it was made from (.xlsx, .docx or the like), or enter the rows by hand.",
);
const AS_DOCX: Bilingual =
    ("请用文字处理软件打开并另存为 .docx 后再导入。", "Open it in a word processor and save it as .docx.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_happened_that_nothing_was_stored_and_what_to_do() {
        for reason in [
            Refusal::Empty,
            Refusal::TooLarge,
            Refusal::Encrypted,
            Refusal::Broken,
            Refusal::WebPage,
            Refusal::OtherSpreadsheet,
            Refusal::NotASpreadsheet,
            Refusal::Pdf,
            Refusal::Picture,
            Refusal::OldDocument,
            Refusal::RichText,
            Refusal::Presentation,
            Refusal::Ofd,
            Refusal::Archive,
            Refusal::NoHeader,
        ] {
            let ((what, what_en), (remedy, remedy_en)) = (reason.what(), reason.remedy());
            assert!(what.ends_with("，未导入任何数据。"), "{reason:?}");
            assert!(what_en.ends_with("; nothing was imported."), "{reason:?}");
            assert!(remedy.starts_with('请') && remedy.ends_with('。'), "{reason:?}");
            assert!(remedy_en.ends_with('.') && !remedy_en.contains("; "), "{reason:?}");
        }
    }

    #[test]
    fn an_error_is_one_line_in_both_languages() {
        let error = ImportError { file: "a.xls".to_owned(), reason: Refusal::Empty };
        assert_eq!(
            error.to_string(),
            "“a.xls”：文件里没有内容，未导入任何数据。请确认选对了文件。The file has no content; nothing was imported. \
             Check that it is the right file."
        );
    }
}
