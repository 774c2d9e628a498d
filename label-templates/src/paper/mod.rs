//! The papers that go into case files: the form people know, with the entry number and a code to check it by.
//!
//! All words and numbers arrive as they are to be read; this room does not add, convert or translate them.

mod count;
mod disposal;
mod handover;
mod list;
mod loan;
mod loss;
mod receipt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use typst::foundations::Smart;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

pub use crate::press::Picture;
pub use count::{CountDifference, CountLine, CountPaper, Outcome};
pub use disposal::{DisposalLine, DisposalPaper};
pub use handover::{Answer, HandoverLine, HandoverPaper, HandoverSide, PaperPhotograph};
pub use list::{ListLine, ListPaper};
pub use loan::{LoanLine, LoanPaper, ReturnLine, ReturnPaper};
pub use loss::{LossLine, LossPaper};
pub use receipt::{MissingThing, ReceiptLine, ReceiptPaper};

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

/// What is filled in to make a paper: one form, one file of this folder, one template.
pub trait Form: Serialize {
    /// The file in `templates` that reads these fields.
    const TEMPLATE: &'static str;

    fn heading(&self) -> &Heading;
}

/// A form that is filled in, ready to be written: the same for every form.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    template: &'static str,
    heading: Heading,
    data: Value,
    pictures: Vec<Picture>,
}

impl Paper {
    /// Refuses a form that cannot be put into JSON, as its template reads it.
    pub fn of<F: Form>(form: &F) -> Result<Paper, Error> {
        let data = serde_json::to_value(form)?;
        Ok(Paper { template: F::TEMPLATE, heading: form.heading().clone(), data, pictures: Vec::new() })
    }

    /// With the pictures that the form names by their files.
    #[must_use]
    pub fn with(self, pictures: Vec<Picture>) -> Paper {
        Paper { pictures, ..self }
    }

    pub fn template(&self) -> &'static str {
        self.template
    }

    pub fn heading(&self) -> &Heading {
        &self.heading
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
    let Paper { template, heading, data, pictures } = paper;
    let code = Matrix::of_paper(&format!("{check_address}{}", heading.check_code))?;
    let document = press::set(fonts, templates, template, data, code.to_svg(), pictures)?;
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
    use std::collections::{BTreeMap, BTreeSet};
    use std::fmt::Debug;
    use std::io::Write;
    use std::process::{Command, Stdio};

    use serde::de::DeserializeOwned;

    use super::*;
    use crate::fonts::tests::{every_row, smallest_row};
    use crate::sample_papers;
    use crate::templates::FILES;

    fn write(form: &impl Form) -> Result<Vec<u8>, Error> {
        write_paper(&smallest_row(), &Templates::embedded(), &Paper::of(form)?, "")
    }

    /// The paper with so many lines, `HF-2026-000000` and on.
    fn of_length(mut paper: Paper, wanted: usize) -> Paper {
        let lines = paper.data["lines"].as_array_mut().unwrap();
        *lines = lines.iter().cloned().cycle().take(wanted).collect();
        for (at, line) in lines.iter_mut().enumerate() {
            assert!(line["item_number"].is_string());
            line["item_number"] = format!("HF-2026-{at:06}").into();
        }
        paper
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
        let papers = sample_papers().unwrap();
        for (lines, paper) in
            [1, 40, 400].into_iter().flat_map(|lines| papers.each_ref().map(|it| (lines, it)))
        {
            let paper = of_length(paper.clone(), lines);
            let file = write_paper(&smallest_row(), &Templates::embedded(), &paper, "").unwrap();
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
        let papers = sample_papers().unwrap();
        for (paper, fonts) in papers.iter().flat_map(|paper| every_row().map(|fonts| (paper, fonts))) {
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
        let signed = text_of(&write(&HandoverPaper::sample()).unwrap());
        let unsigned = text_of(&write(&paper).unwrap());
        if let Some((signed, unsigned)) = signed.zip(unsigned) {
            assert!(signed.contains("沈若兰") && !signed.contains("待签") && !signed.contains("待查验"));
            assert!(
                !unsigned.contains("沈若兰")
                    && unsigned.contains("电子签章：待签")
                    && unsigned.contains("待查验")
            );
        }
    }

    #[test]
    fn what_cannot_be_shown_or_is_no_date_is_refused() {
        let mut paper = ReceiptPaper::sample();
        paper.delivered_by = "李\u{E001}".to_owned();
        let refused = write(&paper).unwrap_err();
        assert!(matches!(refused, Error::MissingGlyph { character: '\u{E001}', .. }), "{refused:?}");
        for date in ["", "2026-13-01", "22.11.2026"] {
            let mut paper = CountPaper::sample();
            date.clone_into(&mut paper.heading.date);
            let refused = write(&paper).unwrap_err();
            assert!(matches!(refused, Error::Template { .. }), "{date}: {refused:?}");
        }
        let mut paper = CountPaper::sample();
        paper.heading.check_code = "9".repeat(8_000);
        assert!(matches!(write(&paper), Err(Error::PayloadTooLong { .. })));
    }

    #[test]
    fn every_template_of_a_paper_has_a_sample() {
        let shown: BTreeSet<&str> = sample_papers().unwrap().iter().map(Paper::template).collect();
        let papers = FILES.iter().filter(|(_, text)| text.contains("#import \"paper.typ\""));
        assert_eq!(shown, papers.map(|(name, _)| *name).collect());
    }

    #[test]
    fn forms_survive_the_way_through_json() {
        fn survives<F: Form + DeserializeOwned + PartialEq + Debug>(form: F) {
            let json = serde_json::to_string(&form).unwrap();
            assert_eq!(serde_json::from_str::<F>(&json).unwrap(), form);
        }
        survives(ReceiptPaper::sample());
        survives(HandoverPaper::sample());
        survives(CountPaper::sample());
        survives(ListPaper::sample());
        survives(LoanPaper::sample());
        survives(ReturnPaper::sample());
        survives(DisposalPaper::sample());
    }

    #[test]
    fn a_form_that_is_no_json_or_has_no_template_is_refused() {
        #[derive(Serialize)]
        struct Odd {
            heading: Heading,
            pairs: BTreeMap<(u8, u8), u8>,
        }
        impl Form for Odd {
            const TEMPLATE: &'static str = "odd.typ";

            fn heading(&self) -> &Heading {
                &self.heading
            }
        }
        let heading = CountPaper::sample().heading;
        let refused = write(&Odd { heading: heading.clone(), pairs: [((1, 2), 3)].into() }).unwrap_err();
        assert!(matches!(refused, Error::Data(_)), "{refused:?}");
        let refused = write(&Odd { heading, pairs: BTreeMap::new() }).unwrap_err();
        assert!(matches!(refused, Error::Template { template: "odd.typ", .. }), "{refused:?}");
    }
}
