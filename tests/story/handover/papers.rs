//! The list of an offer and the voucher of an exchange, as papers.

use super::scene::{Scene, code};
use crate::support::ENGINES;
use hufu::custody::{conclude, handover};
use label_templates::{Answer, Paper, Templates, write_paper};

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
        assert_eq!((list.title.as_str(), list.total.as_str()), ("移送清单（待签收）", "共 3 项，待验收"));
        assert!(list.lines.iter().all(|line| line.answer == Answer::Pending));

        let voucher = handover::paper(s.app(), &qian, concluded).await.unwrap();
        assert_eq!(voucher.title, "随案移送清单 · 换押凭证");
        assert_eq!(voucher.heading.entry_number, concluded.to_string());
        assert_eq!(voucher.heading.centre, "市涉案财物管理中心");
        assert_eq!(voucher.stage, "侦查 → 审查起诉");
        assert_eq!(voucher.total, "共 3 项：接收 2 项（其中附注 1 项），拒收 1 项");
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
        }
        assert!(pdf.starts_with(b"%PDF"));
        let zhao = s.t.person("zhao").await;
        assert_eq!(code(handover::paper(s.app(), &zhao, concluded).await), "not_found");
        assert_eq!(code(handover::paper(s.app(), &zhang, 1).await), "not_found");
        s.t.close().await;
    }
}
