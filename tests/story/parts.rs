//! An entry about things of two stations: each reads, proves and prints its own lines and learns nothing of the others.

use crate::{
    handover::scene::{Scene, code},
    support::{ENGINES, Engine, hufu},
};
use hufu::{
    custody::{
        ledger::{self, LedgerFilter},
        opening::{self, NewCase},
        papers,
        proof::{self, ProofSubject},
    },
    domain::Person,
    id::ItemId,
    language::Language,
    ledger::{
        Body, BoundLabel, Category, Edition, Holding, Measure, Move, MovedLine, PaperKind, PaperRef, Receive,
        ReceivedLine, Reception, Seize, SeizedLine,
    },
    proof::{
        ProofFile,
        check::{Trust, check},
    },
    store::entry_sight,
};
use std::process::Command;

/// What must stay unsaid of each side's thing: its id, its number, its name, its seal.
const EASTERN: [&str; 3] = ["W26-0000051", "祖母绿戒指", "F-EAST"];
const WESTERN: [&str; 3] = ["W26-0000052", "双筒望远镜", "F-WEST"];

/// A thing of each of two stations that came to the counter together, and the entry that received them.
async fn received_together(it: &Scene, zhao: &Person) -> ([ItemId; 2], u64) {
    let new =
        NewCase { number: "西公立〔2026〕9号".to_owned(), name: "西案".to_owned(), linked_to: None };
    let western = opening::open_case(it.app(), zhao, &new).await.unwrap();
    let items = [(); 2].map(|()| it.app().ids.new_id::<ItemId>());
    for (at, (who, case, words)) in
        [(&it.zhang, it.case, EASTERN), (zhao, western, WESTERN)].into_iter().enumerate()
    {
        let line = SeizedLine {
            item: items[at],
            number: words[0].to_owned(),
            paper_line: 1,
            name: words[1].to_owned(),
            category: Category::General,
            features: String::new(),
            particulars: Default::default(),
            measure: Measure::Piece,
            quantity: 7_351,
            counted_as: None,
            holding: Holding::InHand,
        };
        let paper = PaperRef { kind: PaperKind::SeizureList, number: format!("扣〔2026〕5{at}号") };
        it.record(who, Body::Seize(Seize { case, unit: who.unit, lines: vec![line] }), vec![paper]).await;
    }
    let line = |at: usize, unit, words: [&str; 3]| ReceivedLine {
        item: items[at],
        owed_by: unit,
        answer: Reception::Accepted {
            quantity: 7_351,
            slot: it.t.city.slots[at],
            label: BoundLabel { code: format!("{}-XX", words[0]), copy: 1 },
            weighing: None,
            seal: Some(words[2].to_owned()),
            photographs: Vec::new(),
            damaged: false,
            remark: None,
            second: None,
            denominations: vec![],
        },
        difference: None,
    };
    let lines = vec![line(0, it.zhang.unit, EASTERN), line(1, zhao.unit, WESTERN)];
    let chen = it.t.person("chen").await;
    it.record(&chen, Body::Receive(Receive { delivered_by: zhao.id, lines }), Vec::new()).await;
    let received = it.entries().await.into_iter().map(|entry| entry.seq).max().unwrap();
    (items, received)
}

fn python(file: &std::path::Path) -> (bool, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify_proof.py");
    let output = Command::new("python3").arg(script).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn each_side_reads_proves_and_prints_its_own_lines() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let zhao = it.t.person("zhao").await;
        let (items, seq) = received_together(&it, &zhao).await;
        for (me, own, mine, others) in [(&it.zhang, 0, EASTERN, WESTERN), (&zhao, 1, WESTERN, EASTERN)] {
            let other = items[1 - own].to_string();
            let tells = |text: &str| others.iter().any(|word| text.contains(word)) || text.contains(&other);
            let view = ledger::entry(it.app(), me, Language::Zh, seq).await.unwrap();
            let text = serde_json::to_string(&view).unwrap();
            assert!(text.contains(mine[0]) && !tells(&text), "{text}");
            assert_eq!((view.hidden, view.postings.len()), (1, 2));
            let page = ledger::entries(it.app(), me, Language::Zh, &LedgerFilter::default()).await.unwrap();
            assert!(page.entries.iter().any(|line| line.seq == seq));
            assert!(!tells(&serde_json::to_string(&page).unwrap()));

            for about in [ProofSubject::Item(items[own]), ProofSubject::Entry(seq)] {
                let file = proof::proof(it.app(), me, &about).await.unwrap();
                let text = serde_json::to_string_pretty(&file).unwrap();
                assert!(text.contains(mine[0]) && !tells(&text), "{text}");
                let checked = check(&file, &Trust::default());
                assert_eq!(checked.findings, []);
                assert_eq!(checked.proven.last().unwrap().hidden, 1);
                let path = it.t.folder().join("part.json");
                std::fs::write(&path, &text).unwrap();
                let output = hufu(&["verify", path.to_str().unwrap(), "--language", "zh"]);
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                assert!(output.status.success() && said.contains("另有 1 行未出示"), "{said}");
                let (holds, said) = python(&path);
                assert!(holds && said.contains("1 of its lines are not shown"), "{said}");
                // What is shown cannot be changed, nor shown of another line.
                let changed = text.replace("\\\"quantity\\\":7351", "\\\"quantity\\\":7352");
                assert_ne!(changed, text);
                std::fs::write(&path, &changed).unwrap();
                assert!(!python(&path).0);
                let changed = ProofFile::read(changed.as_bytes()).unwrap();
                assert!(!check(&changed, &Trust::default()).in_order());
            }
            let text = format!("{:?}", papers::paper(it.app(), me, seq).await.unwrap());
            assert!(text.contains(mine[0]) && !tells(&text) && text.contains("另有 1 行"), "{text}");
        }
        // Whose act it is, and who sees all, read it whole; who sees nothing of it does not find it.
        for login in ["chen", "lin", "zheng"] {
            let me = it.t.person(login).await;
            let view = ledger::entry(it.app(), &me, Language::Zh, seq).await.unwrap();
            assert_eq!((view.hidden, view.postings.len()), (0, 4), "{login}");
        }
        assert_eq!(code(ledger::entry(it.app(), &it.qian, Language::Zh, seq).await), "not_found");
        it.t.close().await;
    }
}

/// Old entries have no parts: what is not all theirs is not shown, and a proof says which entry it leaves out.
#[tokio::test]
async fn an_entry_of_the_first_form_is_shown_whole_or_not_at_all() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let zhao = it.t.person("zhao").await;
        let (items, _) = received_together(&it, &zhao).await;
        let chen = it.t.person("chen").await;
        let slots = &it.t.city.slots;
        let line = |at: usize| MovedLine { item: items[at], quantity: 7_351, from: slots[at], to: slots[3] };
        let body = Body::Move(Move { lines: vec![line(0), line(1)], reason: None });
        let seq = it.t.forge_under(Edition::FIRST, it.t.draft(chen.id, chen.unit, body)).await;
        let mut tx = it.app().db.write().await.unwrap();
        entry_sight::derive(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        for (me, item) in [(&it.zhang, items[0]), (&zhao, items[1])] {
            assert_eq!(code(ledger::entry(it.app(), me, Language::Zh, seq).await), "not_found");
            let page = ledger::entries(it.app(), me, Language::Zh, &LedgerFilter::default()).await.unwrap();
            assert!(!page.entries.iter().any(|line| line.seq == seq));
            let file = proof::proof(it.app(), me, &ProofSubject::Item(item)).await.unwrap();
            assert_eq!(file.left_out.iter().map(|it| it.seq).collect::<Vec<_>>(), [seq]);
            assert!(!file.entries.iter().any(|entry| entry.seq == seq));
            assert_eq!(check(&file, &Trust::default()).findings, []);
            let alone = proof::proof(it.app(), me, &ProofSubject::Entry(seq)).await;
            assert_eq!(code(alone), "entry_cannot_be_divided");
        }
        let zheng = it.t.person("zheng").await;
        let file = proof::proof(it.app(), &zheng, &ProofSubject::Entry(seq)).await.unwrap();
        assert_eq!((file.left_out.len(), file.entries.len()), (0, 1));
        it.t.abandon().await;
    }
}

/// Of an offer of which a line is hidden the signature cannot be checked, and that is no fault.
#[tokio::test]
async fn a_signature_over_hidden_lines_is_said_to_be_unchecked() {
    let mut it = Scene::new(Engine::Sqlite).await;
    let offered = it.offered().await;
    let zhang = it.zhang.clone();
    let whole = proof::proof(it.app(), &zhang, &ProofSubject::Handover(offered)).await.unwrap();
    let all = check(&whole, &Trust::default());
    assert_eq!((all.signatures, all.unchecked_signatures, all.in_order()), (1, 0, true));
    let mut part = whole.clone();
    let entry = part.entries.iter_mut().find(|entry| entry.entry.contains("\"kind\":\"offer\"")).unwrap();
    entry.openings.retain(|opening| opening.pointer != "/body/statement/lines/1");
    let checked = check(&part, &Trust::default());
    assert_eq!((checked.signatures, checked.unchecked_signatures, checked.in_order()), (0, 1, true));
    let path = it.t.folder().join("part.json");
    std::fs::write(&path, serde_json::to_string(&part).unwrap()).unwrap();
    let (holds, said) = python(&path);
    assert!(holds && said.contains("1 signatures cannot be checked"), "{said}");
    it.t.close().await;
}
