//! A ledger that was recorded before the rules had editions, as this program once wrote it: 37 entries of 19 kinds, one of them
//! a loan that later rules refuse. It verifies for ever after, on both engines, and goes on under the rules of today.

use crate::support::{self, ENGINES, Engine};
use hufu::{
    app::{App, Builder, PasswordCost},
    clock::{Clock, Span},
    custody,
    domain::{Person, Rules},
    id::{ApprovalId, Ids, ItemId, SlotId},
    ledger::{
        Approve, ApprovedAct, ApprovedLine, Basis, Body, CheckOut, Correct, CorrectedLine, Draft, Edition,
        Entry, Form, HeldLine, Move, MovedLine, RegisterSlots, Salt, StockAccount, Suite, Transfer,
    },
    store::{AppendError, Db, heads, journal, people, verify},
};
use std::{io::Read, path::Path};

const LEDGER: &[u8] = include_bytes!("edition_1/ledger.zip");
const ENTRIES: u64 = 37;
/// The loan of an item on offer.
const LOAN: u64 = 31;

/// Unpacks the ledger and its key into this folder; answers with the address of the ledger on the engine.
async fn old_ledger(engine: Engine, folder: &Path) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(LEDGER)).unwrap();
    for name in ["ledger.db", "ledger.key"] {
        let mut content = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        std::fs::write(folder.join(name), content).unwrap();
    }
    let sqlite = format!("sqlite:{}", folder.join("ledger.db").display());
    if engine == Engine::Sqlite {
        return sqlite;
    }
    let (file, postgres) = (folder.join("ledger.jsonl"), support::new_postgres_database().await);
    let file = file.to_str().unwrap();
    for arguments in [
        &["migrate", "--database", &sqlite][..],
        &["export", "ledger", "--database", &sqlite, "--out", file],
        &["import", "ledger", file, "--database", &postgres, "--with-findings"],
    ] {
        let output = support::hufu(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
    postgres
}

async fn serve(url: &str, folder: &Path) -> App {
    let builder =
        Builder::for_service(Db::open(url).await.unwrap(), Rules::shipped().unwrap(), None, String::new());
    let builder = Builder {
        clock: Clock::standing(),
        ids: Ids::TimeOrdered,
        ledger_key: Some(folder.join("ledger.key")),
        password_cost: PasswordCost::Test,
        ..builder
    };
    builder.build().await.unwrap()
}

async fn findings(app: &App) -> (u64, Vec<verify::Finding>) {
    let mut tx = app.db.read().await.unwrap();
    let mut report = verify::verify(&mut tx, app.settings.suite).await.unwrap();
    report.findings.retain(|it| !is_made_up(&it.en));
    (report.entries, report.findings)
}

/// Who recorded the old ledger made the digests of its photographs up: all of them are gone.
fn is_made_up(finding: &str) -> bool {
    finding.starts_with("photograph a") && finding.contains(" is gone: ")
}

/// How many entries stand in it: those of the first edition, and those by which today's program took over who and what there was.
async fn size(app: &App) -> u64 {
    heads::size(&mut app.db.read().await.unwrap()).await.unwrap()
}

async fn person(app: &App, login: &str) -> Person {
    people::person_by_login(&mut app.db.read().await.unwrap(), login).await.unwrap().unwrap().0
}

async fn entry(app: &App, seq: u64) -> Entry {
    journal::entry(&mut app.db.read().await.unwrap(), seq).await.unwrap().unwrap()
}

fn draft(app: &App, person: &Person, body: Body) -> Draft {
    Draft {
        id: app.ids.new_id(),
        happened_at: app.clock.now(),
        actor: person.id,
        unit: person.unit,
        station: None,
        papers: Vec::new(),
        body,
        signatures: Vec::new(),
    }
}

/// Another item of the same offer, which lies in a slot.
async fn another_on_offer(app: &App) -> (ItemId, SlotId, i64) {
    let loan = entry(app, LOAN).await;
    let Body::CheckOut(loan) = loan.draft.body else { panic!("entry {LOAN} is the loan") };
    let mut tx = app.db.read().await.unwrap();
    for seq in 1..=ENTRIES {
        let Some(Body::Offer(offer)) = journal::entry(&mut tx, seq).await.unwrap().map(|it| it.draft.body)
        else {
            continue;
        };
        if !offer.statement.lines.iter().any(|line| line.item == loan.lines[0].item) {
            continue;
        }
        let mut facts = hufu::ledger::Mentions::default();
        facts.items.extend(offer.statement.lines.iter().map(|line| line.item));
        let state = hufu::store::facts::load(&mut tx, &facts).await.unwrap();
        let there = state.stock.iter().find_map(|((item, account), quantity)| match account {
            StockAccount::Slot(slot) if state.items[item].on_offer.is_some() => {
                Some((*item, *slot, *quantity))
            }
            _ => None,
        });
        if let Some(there) = there {
            return there;
        }
    }
    panic!("nothing on offer lies in a slot")
}

async fn lend(app: &App, (item, slot, quantity): (ItemId, SlotId, i64)) -> Result<u64, AppendError> {
    let [zhang, wang, lin, li] = ["zhang", "wang", "lin", "li"];
    let approval: ApprovalId = app.ids.new_id();
    let (requester, approver) = (person(app, zhang).await, person(app, wang).await);
    let expires_at = app.clock.now().plus(Span::days(9));
    let lines = vec![ApprovedLine { item, quantity }];
    let (act, purpose) = (ApprovedAct::CheckOut, "鉴定".to_owned());
    let approve = Approve {
        approval,
        act,
        requester: requester.id,
        purpose,
        expires_at,
        lines,
        correction: None,
        disposal: None,
        loss: None,
    };
    app.sequencer.record(draft(app, &approver, Body::Approve(approve))).await?;
    let (keeper, borrower) = (person(app, lin).await, person(app, li).await.id);
    let lines = vec![HeldLine { item, quantity, slot }];
    let due_at = app.clock.now().plus(Span::days(1));
    let loan = CheckOut { approval, borrower, purpose: "辨认".to_owned(), due_at, lines };
    app.sequencer.record(draft(app, &keeper, Body::CheckOut(loan))).await.map(|it| it.seq)
}

#[tokio::test]
async fn an_old_ledger_verifies_and_goes_on_under_the_rules_of_today() {
    for engine in ENGINES {
        let folder = tempfile::tempdir().unwrap();
        let url = old_ledger(engine, folder.path()).await;
        let app = serve(&url, folder.path()).await;
        let taken_over = size(&app).await;
        assert!(taken_over > ENTRIES);
        assert_eq!(findings(&app).await, (taken_over, Vec::new()), "{engine:?}");
        assert!(matches!(
            entry(&app, taken_over).await.draft.body,
            Body::RegisterSlots(RegisterSlots { basis: Basis::TakenOver, .. })
        ));
        assert_eq!(entry(&app, LOAN).await.edition, Edition::FIRST);

        // What the first edition let happen is refused now.
        let there = another_on_offer(&app).await;
        let refused = lend(&app, there).await.unwrap_err();
        assert!(
            matches!(&refused, AppendError::Refused(no) if no.reason.code() == "item_on_offer"),
            "{refused:?}"
        );

        // What is recorded now says so, and all of it verifies.
        let approved = entry(&app, taken_over + 1).await;
        assert_eq!((approved.edition, approved.draft.body.kind()), (Edition::CURRENT, "approve"));
        assert_eq!(findings(&app).await, (taken_over + 1, Vec::new()), "{engine:?}");
        // It is taken over once: somebody who is put there by hand from now on is named.
        app.db.close().await;
        let app = serve(&url, folder.path()).await;
        assert_eq!(size(&app).await, taken_over + 1, "nothing is taken over twice");
        let checked = support::hufu(&["verify", "--database", &url, "--language", "en", "--json"]);
        let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
        let found: Vec<&str> =
            report["findings"].as_array().unwrap().iter().map(|it| it["en"].as_str().unwrap()).collect();
        assert!(found.len() == 4 && found.iter().all(|it| is_made_up(it)), "{found:?}");
        app.db.close().await;
    }
}

/// What was signed before statements had a kind and a form is checked as it was signed: by this program and by Python.
#[tokio::test]
async fn a_proof_of_an_old_exchange_holds_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let url = old_ledger(Engine::Sqlite, folder.path()).await;
    let app = serve(&url, folder.path()).await;
    let printed = "4-E8FA09BBAACBF9A2";
    assert_eq!(custody::standing::standing(&app, printed).await.unwrap().number, "H26-0000004");
    let zheng = person(&app, "zheng").await;
    let found = custody::items::find(&app, &zheng, "h26-0000004").await.unwrap();
    assert!(matches!(found, custody::items::SearchHit::Paper { entry: 4, .. }), "{found:?}");
    app.db.close().await;
    let file = folder.path().join("proof.json");
    let file = file.to_str().unwrap();
    let handover = "00000000-0000-0000-0000-00000000002c";
    let exported =
        support::hufu(&["export", "proof", "handover", handover, "--database", &url, "--out", file]);
    assert!(exported.status.success(), "{exported:?}");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify_proof.py");
    let ours = support::hufu(&["verify", file, "--code", printed, "--language", "en"]);
    let python = std::process::Command::new("python3").args([script, file]).output().unwrap();
    for checked in [ours, python] {
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success() && said.contains("3 signatures of the parties hold"), "{checked:?}");
    }
}

/// A move that a custodian made up, under this edition.
async fn forged_move(app: &App, edition: Edition) -> String {
    let (item, from, quantity) = another_on_offer(app).await;
    let lines = vec![MovedLine { item, quantity, from, to: from }];
    forged(app, edition, "lin", Body::Move(Move { lines, reason: None })).await
}

/// Writes an entry past the rules under this edition, with right hashes and a signed head, and answers with what is found.
async fn forged(app: &App, edition: Edition, login: &str, body: Body) -> String {
    let suite = app.settings.suite;
    assert_eq!(suite, Suite::Sm);
    let draft = draft(app, &person(app, login).await, body);
    let mut tx = app.db.write().await.unwrap();
    let mut head = journal::head(&mut tx, suite).await.unwrap();
    let (seq, recorded_at) = (head.size() + 1, app.clock.now());
    let entry = Entry {
        form: Form::of(edition, Salt([7; 32])),
        edition,
        seq,
        recorded_at,
        draft,
        postings: Vec::new(),
    };
    head.edition = edition;
    let sealed = head.grow(std::iter::once(&entry)).unwrap();
    journal::append(&mut tx, &sealed).await.unwrap();
    let (_, signature) = app.sealer.as_ref().unwrap().sign(head.size(), head.root()).unwrap();
    journal::seal(&mut tx, &head, recorded_at, &signature).await.unwrap();
    tx.commit().await.unwrap();
    let found = findings(app).await.1;
    found.iter().filter(|it| it.seq == Some(seq)).map(|it| it.en.clone() + "\n").collect()
}

#[tokio::test]
async fn an_entry_of_an_earlier_or_an_unknown_edition_is_named_and_a_newer_ledger_is_not_written() {
    for engine in ENGINES {
        let folder = tempfile::tempdir().unwrap();
        let url = old_ledger(engine, folder.path()).await;
        let app = serve(&url, folder.path()).await;
        let there = another_on_offer(&app).await;
        drop(lend(&app, there).await);
        let back = forged_move(&app, Edition::FIRST).await;
        assert!(back.contains("under edition 1 of the rules after edition 3 was in force"), "{back}");
        let later = Edition::new(Edition::CURRENT.number() + 1).unwrap();
        let unknown = forged_move(&app, later).await;
        assert!(unknown.contains("which this program lacks"), "{unknown}");
        let refused = lend(&app, there).await.unwrap_err().to_string();
        assert!(
            refused.contains("nothing was recorded") && refused.contains("upgrade this server"),
            "{refused}"
        );
        app.db.close().await;
    }
}

#[tokio::test]
async fn a_correction_of_the_first_edition_that_took_what_others_keep_is_named() {
    for engine in ENGINES {
        let folder = tempfile::tempdir().unwrap();
        let url = old_ledger(engine, folder.path()).await;
        let app = serve(&url, folder.path()).await;
        let (item, from, quantity) = another_on_offer(&app).await;
        let borrower = person(&app, "zhang").await.id;
        for to in [StockAccount::OnLoan(borrower), StockAccount::Consumed] {
            let transfer = Transfer::Stock { from: StockAccount::Slot(from), to };
            let lines = vec![CorrectedLine { item, quantity, transfer }];
            let correct = Correct {
                declaration: 1,
                approval: app.ids.new_id(),
                consents: vec![],
                lines,
                descriptions: vec![],
            };
            let found = forged(&app, Edition::FIRST, "zhang", Body::Correct(correct)).await;
            assert!(found.contains("what another unit kept or answered for, without its consent"), "{found}");
        }
        app.db.close().await;
    }
}
