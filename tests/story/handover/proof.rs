//! Proof files of a handover: whoever has one can check it without a server, with this program or with Python and openssl;
//! and nobody can change a character of it unseen.

use super::scene::{Scene, code};
use crate::support::{
    ENGINES, Engine, TestApp,
    browser::{self, Browser},
    hufu,
};
use hufu::{
    custody::{
        conclude,
        proof::{self, ProofSubject},
        standing::{self, PaperStanding},
    },
    domain::Person,
    id::HandoverId,
    ledger::{Measure, Suite},
    proof::{
        ProofFile, ProofFileError,
        check::{Trust, check},
    },
};
use std::{
    path::Path,
    process::{Command, Output},
};

/// Police to procuratorate, one line refused; answers with the handover and the number of its list.
async fn exchanged(s: &mut Scene) -> (HandoverId, u64) {
    let qian: Person = s.qian.clone();
    let id = s.offered().await;
    s.mixed_answers(&qian, id).await;
    conclude::request_conclusion_signature(s.app(), &qian, id, "检〔2026〕1号", None).await.unwrap();
    s.procuratorate.answer(&s.t.app).await.unwrap();
    (id, s.view(&qian, id).await.handover.end_seq.unwrap())
}

fn python(file: &Path, more: &[&str]) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify_proof.py");
    Command::new("python3").arg(script).arg(file).args(more).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn a_handover_is_proven_without_a_server_by_us_and_by_python() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (id, seq) = exchanged(&mut s).await;
        let file = s.t.folder().join("proof.json");
        let path = file.to_str().unwrap();
        let id = id.to_string();
        let export = ["export", "proof", "handover", &id, "--database", s.t.database(), "--out", path];
        let exported = hufu(&export);
        assert!(exported.status.success(), "{}", said(&exported));
        let key = s.app().settings.ledger_key.clone().unwrap();
        let checked = hufu(&["verify", path, "--ledger-key", &key, "--language", "en"]);
        assert!(checked.status.success(), "{}", said(&checked));
        for word in ["3 signatures of the parties hold", "The proof holds.", &format!("entry {seq}")] {
            assert!(said(&checked).contains(word), "{word}: {}", said(&checked));
        }
        let asked = python(&file, &["--ledger-key", &key]);
        assert!(asked.status.success(), "{}", said(&asked));
        assert!(said(&asked).contains("3 signatures of the parties hold"), "{}", said(&asked));

        let other = key.replace("ledger+", "ledger2+");
        for refused in [
            hufu(&["verify", path, "--ledger-key", &other, "--language", "en"]),
            python(&file, &["--ledger-key", &other]),
            hufu(&["verify", path, "--code", &format!("{seq}-0000000000000000"), "--language", "en"]),
        ] {
            assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        }
        s.t.close().await;
    }
}

#[tokio::test]
async fn no_character_of_a_proof_can_be_changed_unseen() {
    let mut s = Scene::new(Engine::Sqlite).await;
    let (id, _) = exchanged(&mut s).await;
    let file = proof::proof(s.app(), &s.qian, &ProofSubject::Handover(id)).await.unwrap();
    let trust = Trust { ledger_key: s.app().settings.ledger_key.clone(), ..Trust::default() };
    assert_eq!(check(&file, &trust).findings, []);
    let text = serde_json::to_string(&file).unwrap();
    // What the file says it is about, names, and which unit belongs to which agency are for people, and are not proven.
    let proven = text.find("\"suite\"").unwrap()..text.find("\"agencies\"").unwrap();
    let mut caught = 0;
    for (at, _) in
        text.char_indices().filter(|(at, c)| proven.contains(at) && c.is_ascii_alphanumeric()).step_by(37)
    {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
        let changed = String::from_utf8(bytes).unwrap();
        let Ok(read) = ProofFile::read(changed.as_bytes()) else {
            caught += 1;
            continue;
        };
        let judged = check(&read, &trust);
        let seen = !judged.in_order() || read == file;
        assert!(
            seen,
            "unseen: …{}…",
            &changed[at.saturating_sub(40)..(at + 40).min(changed.len())].escape_debug()
        );
        caught += 1;
    }
    assert!(caught > 100, "{caught}");

    let without_offer = ProofFile { entries: file.entries[1..].to_vec(), ..file.clone() };
    assert!(!check(&without_offer, &trust).in_order(), "the giver's signature needs the offer");
    let reversed = ProofFile { entries: file.entries.iter().rev().cloned().collect(), ..file.clone() };
    assert!(!check(&reversed, &trust).in_order());
    let empty = ProofFile { entries: Vec::new(), ..file.clone() };
    assert!(!check(&empty, &trust).in_order());
    let another = text.replace("\"hufu_proof\":2", "\"hufu_proof\":3");
    assert!(matches!(ProofFile::read(another.as_bytes()), Err(ProofFileError::OtherForm(3))));
    for garbage in
        ["", "{}", "[]", "null", "{\"hufu_proof\":1}", &text[..text.floor_char_boundary(text.len() / 2)]]
    {
        assert!(matches!(ProofFile::read(garbage.as_bytes()), Err(ProofFileError::Form(_))), "{garbage:.20}");
    }
    s.t.close().await;
}

#[tokio::test]
async fn who_may_not_see_a_thing_gets_no_proof_of_it() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (id, seq) = exchanged(&mut s).await;
        let (zhou, zheng) = (s.zhou.clone(), s.t.person("zheng").await);
        for about in [ProofSubject::Handover(id), ProofSubject::Item(s.items[0]), ProofSubject::Entry(seq)] {
            assert_eq!(
                code(proof::proof(s.app(), &zhou, &about).await),
                "not_found",
                "the court has not come in yet"
            );
            for me in [&s.zhang, &s.qian, &zheng] {
                let file = proof::proof(s.app(), me, &about).await.unwrap();
                assert_eq!(check(&file, &Trust::default()).findings, [], "{about:?}");
            }
        }
        s.t.close().await;
    }
}

#[tokio::test]
async fn the_code_on_a_paper_leads_to_what_anybody_may_know() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (_, seq) = exchanged(&mut s).await;
        let paper = proof::proof(s.app(), &s.qian, &ProofSubject::Entry(seq)).await.unwrap();
        let leaf = s.app().settings.suite.leaf(paper.entries.last().unwrap().entry.as_bytes()).to_string();
        // The tiles tell the leaves of all entries to everybody; the code is none of theirs.
        let guessed = format!("{seq}-{}", leaf[..16].to_uppercase());
        assert_eq!(code(standing::standing(s.app(), &guessed).await), "not_found");
        let said = ["hufu check code\n", &paper.entries.last().unwrap().entry].concat();
        let right = format!("{seq}-{}", Suite::Sm.digest(said.as_bytes()).to_string()[..16].to_uppercase());
        let standing = standing::standing(s.app(), &right.to_lowercase()).await.unwrap();
        assert_eq!(
            (standing.entry, standing.kind.as_str(), standing.declared_wrong_by),
            (seq, "handover_list", None)
        );
        assert_eq!((standing.standing, standing.lines), (PaperStanding::InForce, 3));

        let served = browser::serve(s.app()).await;
        let mut stranger = Browser::new(&served);
        let page = stranger.get(&format!("/check/{right}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(
            page.body.contains("在账，未被更改") && page.body.contains(&standing.number),
            "{}",
            page.body
        );
        assert!(!page.body.contains("手机") && !page.body.contains("张伟"), "nothing of the case");
        assert_eq!(stranger.get("/check").await.status, 200);
        assert_eq!(stranger.get(&format!("/check?code={right}")).await.location, format!("/check/{right}"));
        for wrong in [
            format!("{seq}-{}", "0".repeat(16)),
            format!("{seq}-"),
            "x".to_owned(),
            "9".repeat(300),
            "%27".to_owned(),
        ] {
            let page = stranger.get(&format!("/check/{wrong}")).await;
            assert_eq!(page.status, 404, "{wrong}");
            assert!(!page.body.contains("在账，未被更改"));
        }
        drop(served);
        s.t.close().await;
    }
}

#[tokio::test]
async fn the_public_suite_is_proven_in_the_same_way() {
    let t = TestApp::with_suite(Engine::Sqlite, Suite::C2sp).await;
    let case = t.case("江公（刑）立字〔2026〕1号").await;
    let item = t.lying(case, &[("手机", Measure::Piece, 1, t.city.slots[0])]).await[0].item;
    let zheng = t.person("zheng").await;
    let file = proof::proof(&t.app, &zheng, &ProofSubject::Item(item)).await.unwrap();
    assert_eq!(check(&file, &Trust::default()).findings, []);
    let path = t.folder().join("proof.json");
    std::fs::write(&path, serde_json::to_vec(&file).unwrap()).unwrap();
    let asked = python(&path, &[]);
    assert!(asked.status.success(), "{}", said(&asked));
    t.close().await;
}
