//! The papers that go into case files: the form people know, with the entry number and a code to check it by.
//!
//! All words and numbers arrive as they are to be read; this room does not add, convert or translate them.

mod count;
mod handover;
mod receipt;

use serde::{Deserialize, Serialize};
use typst::foundations::Smart;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

pub use count::{CountDifference, CountLine, CountPaper, Outcome};
pub use handover::{Answer, HandoverLine, HandoverPaper, HandoverSide};
pub use receipt::{ReceiptLine, ReceiptPaper};

use crate::code::Matrix;
use crate::{Error, Fonts, Templates, press};

/// What stands at the head of every paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The centre that issues it.
    pub centre: String,
    /// The paper's own number.
    pub number: String,
    /// The entry of the ledger that it shows.
    pub entry_number: String,
    /// The day of the paper, `2026-11-22`: printed as 2026年11月22日, and the date of the PDF.
    pub date: String,
    /// The code by which anyone compares the paper with the ledger: printed, and drawn behind an address.
    pub check_code: String,
}

/// An electronic signature as people can compare it. Long numbers arrive shortened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub name: String,
    /// When it was made: 2026-11-22 10:31:07.
    pub time: String,
    pub key_id: String,
    pub signature: String,
    /// The digest of the bytes that were signed.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "paper", rename_all = "snake_case")]
pub enum Paper {
    /// 入库单
    Receipt(ReceiptPaper),
    /// 随案移送清单 · 换押凭证
    Handover(HandoverPaper),
    /// 盘点表
    Count(CountPaper),
}

impl Paper {
    fn template(&self) -> &'static str {
        match self {
            Paper::Receipt(_) => "receipt.typ",
            Paper::Handover(_) => "handover.typ",
            Paper::Count(_) => "count.typ",
        }
    }

    fn heading(&self) -> &Heading {
        match self {
            Paper::Receipt(ReceiptPaper { heading, .. })
            | Paper::Handover(HandoverPaper { heading, .. })
            | Paper::Count(CountPaper { heading, .. }) => heading,
        }
    }
}

/// Writes a paper as PDF/A-2b. The same paper gives the same bytes, so a stored digest can be compared years later. Its
/// drawn code leads to `check_address` followed by the check code, where anybody can ask the ledger about the paper.
pub fn write_paper(
    fonts: &Fonts,
    templates: &Templates,
    paper: &Paper,
    check_address: &str,
) -> Result<Vec<u8>, Error> {
    let template = paper.template();
    let heading = paper.heading();
    let code = Matrix::of_paper(&format!("{check_address}{}", heading.check_code))?;
    let document = press::set(fonts, templates, template, paper, code.to_svg())?;
    let not_archivable = |message: String| Error::Pdf { template, message };
    let standards =
        PdfStandards::new(&[PdfStandard::A_2b]).map_err(|why| not_archivable(why.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{template} {} {}", heading.number, heading.entry_number)),
        creator: Smart::Custom(Some("hufu".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|complaints| {
        not_archivable(complaints.first().map(|first| first.message.to_string()).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::fonts::tests::{every_row, smallest_row};

    fn samples() -> [Paper; 3] {
        [
            Paper::Receipt(ReceiptPaper::sample()),
            Paper::Handover(HandoverPaper::sample()),
            Paper::Count(CountPaper::sample()),
        ]
    }

    fn write(paper: &Paper) -> Result<Vec<u8>, Error> {
        write_paper(&smallest_row(), &Templates::embedded(), paper, "")
    }

    fn repeat<Line: Clone>(lines: &[Line], wanted: usize, number: impl Fn(&mut Line, String)) -> Vec<Line> {
        let numbered = lines.iter().cloned().cycle().take(wanted).enumerate();
        numbered
            .map(|(at, mut line)| {
                number(&mut line, format!("HF-2026-{at:06}"));
                line
            })
            .collect()
    }

    /// Each paper with so many lines, and its item numbers.
    fn of_length(lines: usize) -> [Paper; 3] {
        samples().map(|mut paper| {
            match &mut paper {
                Paper::Receipt(paper) => {
                    paper.lines = repeat(&paper.lines, lines, |line, number| line.item_number = number);
                }
                Paper::Handover(paper) => {
                    paper.lines = repeat(&paper.lines, lines, |line, number| line.item_number = number);
                }
                Paper::Count(paper) => {
                    paper.lines = repeat(&paper.lines, lines, |line, number| line.item_number = number);
                }
            }
            paper
        })
    }

    /// The text that another program finds in a PDF; `None` where that program is not installed.
    fn text_of(pdf: &[u8]) -> Option<String> {
        let mut reader = Command::new("pdftotext")
            .args(["-layout", "-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut input = reader.stdin.take().unwrap();
        let pdf = pdf.to_vec();
        let writing = std::thread::spawn(move || input.write_all(&pdf));
        let output = reader.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(output.status.success());
        Some(String::from_utf8(output.stdout).unwrap())
    }

    #[test]
    fn a_paper_of_any_length_shows_every_line_under_a_repeated_head() {
        for (lines, paper) in
            [1, 40, 400].into_iter().flat_map(|lines| of_length(lines).map(|paper| (lines, paper)))
        {
            let file = write(&paper).unwrap();
            let Some(text) = text_of(&file) else { continue };
            for at in 0..lines {
                let number = format!("HF-2026-{at:06}");
                assert!(text.contains(&number), "{number} is not on {}", paper.template());
            }
            let pages = text.matches('\u{c}').count();
            assert!(lines.div_ceil(40) <= pages, "{lines} lines on {pages} pages of {}", paper.template());
            let feet = text.replace(' ', "").matches(&format!("共{pages}页")).count();
            assert_eq!(feet, pages, "every page of {} says how many there are", paper.template());
            let heads = text.matches("财物编号").count();
            // The last page may hold no line, only the places to sign.
            assert!(heads + 1 >= pages, "{heads} heads on {pages} pages of {}", paper.template());
            assert!(text.contains(&paper.heading().entry_number));
        }
    }

    #[test]
    fn the_same_paper_gives_the_same_bytes_and_says_that_it_is_archivable() {
        for (paper, fonts) in samples().iter().flat_map(|paper| every_row().map(|fonts| (paper, fonts))) {
            let file = write_paper(&fonts, &Templates::embedded(), paper, "").unwrap();
            assert_eq!(file, write_paper(&fonts, &Templates::embedded(), paper, "").unwrap());
            let contains = |words: &str| file.windows(words.len()).any(|window| window == words.as_bytes());
            assert!(
                contains("<pdfaid:part>2</pdfaid:part>")
                    && contains("<pdfaid:conformance>B</pdfaid:conformance>")
            );
            assert!(contains("2026-11-22"), "the date of the paper is the date of the file");
        }
    }

    #[test]
    fn a_side_that_has_not_signed_gets_a_place_for_ink() {
        let mut paper = HandoverPaper::sample();
        paper.receiver.signature = None;
        paper.lines[0].answer = Answer::Pending;
        let signed = text_of(&write(&Paper::Handover(HandoverPaper::sample())).unwrap());
        let unsigned = text_of(&write(&Paper::Handover(paper)).unwrap());
        if let Some((signed, unsigned)) = signed.zip(unsigned) {
            assert!(signed.contains("沈若兰") && !signed.contains("待签章") && !signed.contains("待查验"));
            assert!(
                !unsigned.contains("沈若兰") && unsigned.contains("待签章") && unsigned.contains("待查验")
            );
        }
    }

    #[test]
    fn what_cannot_be_shown_or_is_no_date_is_refused() {
        let mut paper = ReceiptPaper::sample();
        paper.delivered_by = "李\u{E001}".to_owned();
        let refused = write(&Paper::Receipt(paper)).unwrap_err();
        assert!(matches!(refused, Error::MissingGlyph { character: '\u{E001}', .. }), "{refused:?}");
        for date in ["", "2026-13-01", "22.11.2026"] {
            let mut paper = CountPaper::sample();
            date.clone_into(&mut paper.heading.date);
            let refused = write(&Paper::Count(paper)).unwrap_err();
            assert!(matches!(refused, Error::Template { .. }), "{date}: {refused:?}");
        }
        let mut paper = CountPaper::sample();
        paper.heading.check_code = "9".repeat(8_000);
        assert!(matches!(write(&Paper::Count(paper)), Err(Error::PayloadTooLong { .. })));
    }

    #[test]
    fn papers_survive_the_way_through_json() {
        for paper in samples() {
            let json = serde_json::to_string(&paper).unwrap();
            assert_eq!(serde_json::from_str::<Paper>(&json).unwrap(), paper);
        }
    }
}
