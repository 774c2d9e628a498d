//! The list of an offer and the voucher of an exchange, as papers.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::{
    custody::{conclude, handover, papers},
    language::Language,
    ledger::PaperForm,
};
use label_templates::{Answer, Fonts, HandoverPaper, Paper, Templates, sample_papers, write_paper};

#[tokio::test]
async fn the_paper_says_what_was_signed() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = s.offered().await;
        s.mixed_answers(&qian, id).await;
        conclude::request_conclusion_signature(s.app(), &qian, id, "检〔2026〕1号", None).await.unwrap();
        s.procuratorate.answer(&s.t.app).await.unwrap();
        let view = s.view(&zhang, id).await;
        let (offered, concluded) = (view.handover.offer_seq.unwrap(), view.handover.end_seq.unwrap());

        let list = handover::paper(s.app(), &zhang, offered).await.unwrap();
        assert!(list.receiver.signature.is_none() && list.giver.signature.is_some());
        assert_eq!(
            (list.title.as_str(), list.total.as_str()),
            ("随案移送清单", "共 3 项，待验收；其中未入库 1 项")
        );
        assert!(list.lines.iter().all(|line| line.answer == Answer::Pending));

        let mut voucher = handover::paper(s.app(), &qian, concluded).await.unwrap();
        assert_eq!(voucher.photographs.len(), 2, "the first of each thing");
        // They are drawn where the whole paper is written.
        voucher.photographs.iter_mut().for_each(|it| it.file = String::new());
        assert_eq!(voucher.title, "换押凭证");
        assert_eq!(voucher.heading.entry_number, concluded.to_string());
        assert_eq!(voucher.heading.centre, "市涉案财物管理中心");
        assert_eq!(voucher.stage, "侦查 → 审查起诉");
        assert_eq!(voucher.total, "共 3 项：接收 2 项（其中附注 1 项），拒收 1 项；其中未入库 1 项");
        let names =
            [&voucher.giver, &voucher.receiver].map(|side| side.signature.as_ref().unwrap().name.as_str());
        assert_eq!(names, ["张伟", "钱芳"]);
        assert_eq!(voucher.receiver.case_number, "检〔2026〕1号");
        assert_eq!(voucher.lines[0].quantity, "2 部");
        assert_eq!(voucher.lines[0].place, "市涉案财物管理中心 A-03");
        assert!(voucher.lines[2].place.contains("应交未交"), "{}", voucher.lines[2].place);
        assert_eq!(voucher.lines[2].answer, Answer::Refused { reason: "尚未入库，无法查验".to_owned() });

        let fonts = s.app().fonts.clone().unwrap();
        let pdf = write_paper(&fonts, &Templates::embedded(), &Paper::of(&voucher).unwrap(), "").unwrap();
        if let Ok(folder) = std::env::var("HUFU_KEEP_PAPERS") {
            std::fs::write(format!("{folder}/voucher.pdf"), &pdf).unwrap();
            let whole = papers::pdf(s.app(), &qian, concluded).await.unwrap();
            std::fs::write(format!("{folder}/whole.pdf"), whole).unwrap();
            let list = papers::pdf(s.app(), &qian, offered).await.unwrap();
            std::fs::write(format!("{folder}/list.pdf"), list).unwrap();
        }
        assert!(pdf.starts_with(b"%PDF"));
        lengths(&fonts, &voucher);
        let zhao = s.t.person("zhao").await;
        assert_eq!(code(handover::paper(s.app(), &zhao, concluded).await), "not_found");
        assert_eq!(code(handover::paper(s.app(), &zhang, 1).await), "not_found");
        s.t.close().await;
    }
}

/// Of any length, each line is there, nothing can be added after the last, and the sides have a place for their seals.
fn lengths(fonts: &Fonts, voucher: &HandoverPaper) {
    for wanted in [1, 22, 200] {
        let mut paper = voucher.clone();
        paper.lines = voucher.lines.iter().cloned().cycle().take(wanted).collect();
        for (at, line) in paper.lines.iter_mut().enumerate() {
            line.item_number = format!("W26-{at:07}");
        }
        paper.photographs.iter_mut().for_each(|it| it.file = String::new());
        let pdf = write_paper(fonts, &Templates::embedded(), &Paper::of(&paper).unwrap(), "").unwrap();
        let Some(text) = text_of(&pdf) else { continue };
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        for at in 0..wanted {
            assert!(text.contains(&format!("W26-{at:07}")), "line {at} of {wanted}");
        }
        for said in ["以下空白", "（公章）", "共", "一式两份", "实物不移动", "承接时间", "未入库"]
        {
            assert!(text.contains(said) || (wanted == 1 && said == "未入库"), "{said} of {wanted}");
        }
        if let Ok(folder) = std::env::var("HUFU_KEEP_PAPERS") {
            std::fs::write(format!("{folder}/handover-{wanted}.pdf"), &pdf).unwrap();
        }
    }
}

/// What another program reads in a PDF; nothing where it is not installed.
fn text_of(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paper.pdf");
    std::fs::write(&path, pdf).unwrap();
    let read = std::process::Command::new("pdftotext").arg(&path).arg("-").output().ok()?;
    Some(String::from_utf8(read.stdout).unwrap())
}

/// What the public check calls a paper is what stands on it.
#[test]
fn the_title_of_a_paper_is_the_word_of_its_form() {
    let fonts = Fonts::load(None).unwrap();
    let forms = [
        PaperForm::DeliveryList,
        PaperForm::HandoverList,
        PaperForm::CountStatement,
        PaperForm::LoanSlip,
        PaperForm::DisposalList,
        PaperForm::LossRecord,
        PaperForm::ReturnSlip,
    ];
    // A list to be filled in by hand is of no entry.
    let papers = sample_papers().unwrap();
    for (paper, form) in papers.iter().filter(|it| it.template() != "list.typ").zip(forms) {
        let pdf = write_paper(&fonts, &Templates::embedded(), paper, "").unwrap();
        if let Ok(folder) = std::env::var("HUFU_KEEP_PAPERS") {
            std::fs::write(format!("{folder}/sample-{}.pdf", form.word()), &pdf).unwrap();
        }
        let Some(text) = text_of(&pdf) else { continue };
        let lines: Vec<String> =
            text.lines().map(|line| line.chars().filter(|c| !c.is_whitespace()).collect()).collect();
        // Of the ways out each has its own.
        let title = if form == PaperForm::DisposalList { "发还清单" } else { form.text(Language::Zh) };
        assert!(lines.iter().any(|line| line == title), "{title}: {text}");
    }
}
