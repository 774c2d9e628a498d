//! The auditor: sees everything, changes nothing, and finds whatever was changed behind the ledger's back.

use crate::sight::what_others_see_of_a_store;
use crate::support::{
    ENGINES, Engine, TestApp,
    browser::{self, Browser},
    things::{Lying, declared_lost, given_back},
};
use hufu::{
    custody::{balances, count, difference, ledger, stores},
    language::Language,
    ledger::{
        AccountLine, ApprovedAct, Body, Child, HeldLine, Measure, PaperKind, PaperRef, SettlementCause,
        Split, StockAccount,
    },
    store::verify::{self, Report},
};

/// A day: things come in, are moved, lent, split, disposed and counted. Answers with the things.
pub(crate) async fn day(test: &TestApp) -> Vec<Lying> {
    let case = test.case("临公（刑）立字〔2026〕11号").await;
    let [a1, a2, ..] = test.city.slots[..] else { unreachable!() };
    let things = test
        .lying(
            case,
            &[
                ("手机", Measure::Piece, 1, a1),
                ("白色粉末", Measure::Milligram, 12_350, a1),
                ("手表", Measure::Piece, 1, a1),
                ("项链", Measure::Piece, 2, a2),
            ],
        )
        .await;
    test.moved(things[0].item, 1, a1, a2).await;
    test.lent(things[2].item, 1, a1).await;
    let lin = test.person("lin").await;
    let approval = test.approved(ApprovedAct::Dispose, things[3].item, 2).await;
    let dispose = given_back(approval, vec![HeldLine { item: things[3].item, quantity: 2, slot: a2 }]);
    test.record(test.draft(lin.id, lin.unit, Body::Dispose(dispose))).await;
    let loss = test.approved(ApprovedAct::DeclareLoss, things[1].item, 50).await;
    let split = Split {
        item: things[1].item,
        from: a1,
        quantity: 350,
        lost: 50,
        children: vec![Child {
            item: test.app.ids.new_id(),
            number: "W26-9999999".to_owned(),
            name: "检材".to_owned(),
            quantity: 300,
            slot: a1,
            seal: None,
        }],
        reason: "取样".to_owned(),
        approval: Some(loss),
    };
    let report = PaperRef { kind: PaperKind::Report, number: "说明 3".to_owned() };
    let mut draft = test.draft(lin.id, lin.unit, Body::Split(split));
    draft.papers.push(report);
    test.record(draft).await;
    let chen = test.person("chen").await;
    let id = count::start(&test.app, &chen, test.city.centre, Some("A")).await.unwrap();
    test.looked_at(&chen, id, &[a1, a2]).await;
    count::finish(&test.app, &chen, id).await.unwrap();
    let result = count::result(&test.app, &chen, id).await.unwrap();
    let recount = count::start(&test.app, &chen, test.city.centre, Some("B")).await.unwrap();
    let recounted = count::finish(&test.app, &chen, recount).await.unwrap().seq;
    let settlement = difference::Settlement {
        id: test.app.ids.new_id(),
        difference: result.differences[0].id,
        finding: "复查已找到".to_owned(),
        cause: Some(SettlementCause::FoundAgain),
        entry: Some(recounted),
        also: Vec::new(),
        paper: None,
    };
    difference::settle(&test.app, &lin, &settlement).await.unwrap();
    things
}

async fn proven(test: &TestApp) -> Report {
    let mut tx = test.app.db.read().await.unwrap();
    verify::verify(&mut tx, test.app.settings.suite).await.unwrap()
}

#[tokio::test]
async fn an_auditor_sees_every_entry_and_others_what_concerns_them() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = day(&test).await;
        let size = proven(&test).await.entries;
        let person = async |login| test.person(login).await;
        let (zheng, zhang, qian, chen, admin) = (
            person("zheng").await,
            person("zhang").await,
            person("qian").await,
            person("chen").await,
            person("admin").await,
        );
        let entries = async |me, wanted: ledger::LedgerFilter| {
            let page = ledger::entries(&test.app, me, Language::Zh, &wanted).await.unwrap();
            page.entries.iter().map(|it| it.seq).collect::<Vec<u64>>()
        };
        let all = || ledger::LedgerFilter::default();
        let every: Vec<u64> = (1..=size).rev().collect();
        assert_eq!(entries(&zheng, all()).await, every);
        // The police answers for all of it; the centre keeps all of it; the procuratorate has nothing to do with it.
        let police = entries(&zhang, all()).await;
        assert!(police.contains(&test.nth(1)) && police.len() >= 8, "{police:?}");
        assert!(entries(&chen, all()).await.contains(&size));
        assert_eq!(entries(&qian, all()).await, Vec::<u64>::new());
        let founding: Vec<u64> = (1..=test.city.founded).rev().collect();
        assert_eq!(entries(&admin, all()).await, founding, "who there is, and no case");

        for seq in 1..=size {
            let view = ledger::entry(&test.app, &zheng, Language::En, seq).await.unwrap();
            assert_eq!(view.line.seq, seq);
            assert!(view.committed.contains(&format!("\"seq\":{seq}")) && view.leaf.len() == 64);
        }
        let not_theirs = ledger::entry(&test.app, &qian, Language::En, test.nth(1)).await.unwrap_err();
        let not_there = ledger::entry(&test.app, &qian, Language::En, 9_999).await.unwrap_err();
        assert_eq!(not_theirs.to_string(), not_there.to_string());

        let kind = ledger::LedgerFilter { kind: Some("move".to_owned()), ..all() };
        assert_eq!(entries(&zheng, kind).await.len(), 1);
        let of_item = ledger::LedgerFilter { item: Some(things[0].code.clone()), ..all() };
        let life = entries(&zheng, of_item).await;
        assert_eq!(life.last(), Some(&test.nth(1)));
        assert!(life.len() >= 3 && life.len() < every.len());
        let unknown = ledger::LedgerFilter { item: Some("W26-0000000".to_owned()), ..all() };
        assert_eq!(entries(&zheng, unknown).await, Vec::<u64>::new());
        let tomorrow = test.app.clock.now().plus(hufu::clock::Span::days(1));
        assert_eq!(
            entries(&zheng, ledger::LedgerFilter { from: Some(tomorrow), ..all() }).await,
            Vec::<u64>::new()
        );
        assert_eq!(entries(&zheng, ledger::LedgerFilter { before: Some(3), ..all() }).await, [2, 1]);

        for (me, code) in
            [(&zhang, "auditor_only_page"), (&chen, "auditor_only_page"), (&admin, "auditor_only_page")]
        {
            assert_eq!(balances::balances(&test.app, me).await.unwrap_err().code(), code);
            assert_eq!(ledger::check(&test.app, me).await.unwrap_err().code(), code);
            assert_eq!(ledger::export(&test.app, me, 0).await.unwrap_err().code(), code);
        }
        assert_eq!(ledger::export(&test.app, &zheng, 0).await.unwrap().len() as u64, size);
        test.close().await;
    }
}

#[tokio::test]
async fn both_books_add_up_and_the_shelves_show_what_lies_there() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = day(&test).await;
        let (zheng, chen, qian) =
            (test.person("zheng").await, test.person("chen").await, test.person("qian").await);
        let added_up = balances::balances(&test.app, &zheng).await.unwrap();
        let pieces = added_up.totals.iter().find(|it| it.measure == "piece").unwrap();
        assert_eq!(
            (pieces.came_in.as_str(), pieces.in_care.as_str(), pieces.gone.as_str()),
            ("4 件", "2 件", "2 件")
        );
        let weight = added_up.totals.iter().find(|it| it.measure == "mg").unwrap();
        assert_eq!(
            (weight.came_in.as_str(), weight.in_care.as_str(), weight.lost.as_str()),
            ("12.35 克", "12.3 克", "0.05 克")
        );
        assert!(added_up.totals.iter().all(|it| it.in_balance));
        let centre =
            added_up.stock.iter().find(|it| it.kind == "slot" && it.quantity.ends_with('件')).unwrap();
        assert_eq!(
            (centre.whose.as_deref(), centre.items, centre.quantity.as_str()),
            (Some("市涉案财物管理中心"), 1, "1 件")
        );
        let lent = added_up.stock.iter().find(|it| it.kind == "on_loan").unwrap();
        assert_eq!(lent.whose.as_deref(), Some("李娜"));
        assert_eq!(added_up.cases[0].items, 4, "the case answers for all that is still open");

        let [a1, a2, ..] = test.city.slots[..] else { unreachable!() };
        let store = stores::store(&test.app, &chen, test.city.centre).await.unwrap();
        let at = |slot| store.slots.iter().find(|it| it.slot.id == slot).unwrap();
        assert_eq!((at(a1).items, at(a2).items), (2, 1));
        assert!(store.may_count);
        let shelf = stores::slot(&test.app, &chen, a2).await.unwrap();
        assert_eq!((shelf.things[0].item, shelf.whole), (things[0].item, true));
        let png = stores::slot_label(&test.app, &chen, a2).await.unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert!(stores::slot(&test.app, &qian, test.app.ids.new_id()).await.is_err());
        what_others_see_of_a_store(&test, a2, &things[0].number).await;
        test.close().await;
    }
}

#[tokio::test]
async fn every_invariant_is_asked_and_a_sound_ledger_has_no_findings() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        day(&test).await;
        let report = ledger::check(&test.app, &test.person("zheng").await).await.unwrap();
        assert_eq!(report.findings, []);
        let asked: Vec<(u8, bool)> = report.checked.iter().map(|it| (it.invariant, it.asked > 0)).collect();
        let expected: Vec<(u8, bool)> = (1..=10).map(|invariant| (invariant, invariant != 5)).collect();
        assert_eq!(asked, expected, "no exchange that day, so the fifth is asked of nothing");
        assert!(report.checked.iter().all(|it| it.broken == 0 && !it.zh.is_empty() && !it.en.is_empty()));
        test.close().await;
    }
}

/// What somebody with the keys to the machine might do, and the entry and invariant that give it away. The places of the
/// statements: $1 the second item (a powder), {3} the number of the day's third entry.
const DAMAGE: [(&str, &str, u8, Option<u64>); 16] = [
    (
        "a weight in the journal",
        "update journal set entry = replace_bytes(entry) where seq = {1}",
        10,
        Some(1),
    ),
    (
        "a hash",
        "update journal set leaf = (select leaf from journal where seq = {2}) where seq = {3}",
        10,
        Some(3),
    ),
    ("a column", "update journal set kind = 'seize' where seq = {3}", 10, Some(3)),
    ("the time", "update journal set recorded_at = recorded_at - 1 where seq = {4}", 10, Some(4)),
    (
        "an entry gone",
        "delete from postings where seq = {3}; delete from journal where seq = {3}",
        10,
        Some(4),
    ),
    ("a posting", "update postings set change = change * 2 where seq = {3} and line = 1", 10, Some(3)),
    ("a posting gone", "delete from postings where seq = {2} and line = 1", 10, Some(2)),
    (
        "a tree head",
        "update heads set root = (select root from heads where size = {1}) where size = {3}",
        10,
        Some(3),
    ),
    (
        "a balance",
        "update stock_balances set quantity = quantity - 1 where item = $1 and kind = 'slot'",
        10,
        Some(9),
    ),
    (
        "who answers",
        "update duty_balances set quantity = quantity + 1 where item = $1 and kind = 'party'",
        10,
        Some(9),
    ),
    ("an item's name", "update items set name = '面粉' where id = $1", 10, Some(2)),
    ("an item's seal", "update items set seal = 'X' where id = $1", 10, Some(2)),
    (
        "a difference settled in silence",
        "update differences set settled_seq = {10} where settled_seq is null",
        10,
        Some(10),
    ),
    ("a difference gone", "delete from differences where settled_seq is null", 10, Some(10)),
    ("an approval opened again", "update approvals set used_seq = null where used_seq = {7}", 10, Some(6)),
    ("a paper's number", "update papers set number = 'R99-1' where seq = {2}", 10, Some(2)),
];

#[tokio::test]
async fn planted_damage_is_found_and_the_entry_is_named() {
    for engine in ENGINES {
        for (what, sql, invariant, seq) in DAMAGE {
            let test = TestApp::new(engine).await;
            let things = day(&test).await;
            let numbers = (1..=10).map(|n| (format!("{{{n}}}"), test.nth(n).to_string()));
            let sql = numbers.fold(sql.to_owned(), |sql, (nth, seq)| sql.replace(&nth, &seq));
            let seq = seq.map(|nth| test.nth(nth));
            let mut keys = test.sql();
            keys.unlock().await;
            if sql.contains("replace_bytes") {
                keys.change_bytes(test.nth(1).cast_signed(), "白色粉末", "白色面粉").await;
            } else {
                let ids = if sql.contains("$1") { vec![things[1].item.0] } else { Vec::new() };
                for statement in sql.split("; ") {
                    keys.run(statement, &ids, "").await;
                }
            }
            let report = proven(&test).await;
            let named = report.findings.iter().any(|it| it.invariant == invariant && it.seq == seq);
            assert!(named, "{what}: {:#?}", report.findings);
            assert!(report.checked[usize::from(invariant) - 1].broken > 0, "{what}");
            test.abandon().await;
        }
    }
}

/// Somebody writes a whole entry by themselves, with right hashes and heads: the rules themselves give it away.
#[tokio::test]
async fn a_forged_entry_breaks_the_invariant_it_is_about() {
    for engine in ENGINES {
        for invariant in [1_u8, 4, 6, 9] {
            let test = TestApp::new(engine).await;
            let things = day(&test).await;
            let (lin, zhang) = (test.person("lin").await, test.person("zhang").await);
            let [a1, a2, ..] = test.city.slots[..] else { unreachable!() };
            let held = |item, quantity, slot| vec![HeldLine { item, quantity, slot }];
            let (actor, body) = match invariant {
                1 => (&lin, test.moving(things[0].item, 5, a2, a1)),
                4 => {
                    let lines =
                        vec![AccountLine { item: things[0].item, quantity: 1, from: StockAccount::Slot(a2) }];
                    let approval = test.app.ids.new_id();
                    (&lin, Body::DeclareLoss(declared_lost(approval, lines)))
                }
                6 => (&lin, test.moving(things[3].item, 2, a2, a1)),
                _ => {
                    let approval = test.approved(ApprovedAct::Dispose, things[0].item, 1).await;
                    let dispose = given_back(approval, held(things[0].item, 1, a2));
                    (&zhang, Body::Dispose(dispose))
                }
            };
            let seq = test.forge(test.draft(actor.id, actor.unit, body)).await;
            let report = proven(&test).await;
            let named = report.findings.iter().any(|it| it.invariant == invariant && it.seq == Some(seq));
            assert!(named, "{invariant}: {:#?}", report.findings);
            test.abandon().await;
        }
    }
}

#[tokio::test]
async fn the_command_says_the_same() {
    let test = TestApp::new(Engine::Sqlite).await;
    let things = day(&test).await;
    let url = test.database();
    let hufu = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
        let output = command.args(arguments).env_remove("LANG").env_remove("LC_ALL").output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, text) = hufu(&["verify", "--database", url, "--language", "zh"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("✓ 10") && text.contains("一切相符"), "{text}");
    let (_, text) = hufu(&["verify", "--database", url]);
    assert!(text.contains("Everything is in order"), "{text}");

    let out = std::env::temp_dir().join(format!("hufu-journal-{}.jsonl", std::process::id()));
    let path = out.display().to_string();
    assert_eq!(hufu(&["export", "journal", "--database", url, "--out", &path]).0, Some(0));
    let lines = std::fs::read_to_string(&out).unwrap();
    let head: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(head["head"]["size"], lines.lines().count() as u64 - 1);
    let mut tree = hufu::ledger::Frontier::empty(test.app.settings.suite);
    lines
        .lines()
        .take(lines.lines().count() - 1)
        .map(|line| hufu::ledger::Entry::from_canonical_bytes(line.as_bytes()).unwrap())
        .for_each(|entry| drop(tree.push(entry.commitment(test.app.settings.suite).unwrap().leaf)));
    assert_eq!(head["head"]["root"], tree.root().to_string(), "anybody can compute the root again");
    std::fs::remove_file(&out).unwrap();
    let (status, csv) = hufu(&["export", "items", "--database", url, "--out", "-"]);
    assert_eq!(status, Some(0));
    assert_eq!(csv.lines().count(), 6, "a head, four things and a sample");
    assert!(csv.contains(&things[0].number) && csv.contains("市涉案财物管理中心 A-02"), "{csv}");

    test.sql().run("update items set name = '面粉' where id = $1", &[things[1].item.0], "").await;
    let (status, text) = hufu(&["verify", "--database", url, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &report["findings"][0]["seq"]), (Some(1), &serde_json::json!(test.nth(2))));
    let nowhere = hufu(&["verify", "--database", "sqlite:/nowhere/ledger.db"]);
    assert_eq!(nowhere.0, Some(2), "a file that is not there is not made");
    test.abandon().await;
}

/// Every page of the slice in both languages: a word or a value that is missing would be an error.
#[tokio::test]
async fn the_pages_show_it_and_refuse_who_may_not() {
    let test = TestApp::new(Engine::Sqlite).await;
    let things = day(&test).await;
    let served = browser::serve(&test.app).await;
    let mut zheng = Browser::logged_in(&served, "zheng").await;
    let mut chen = Browser::logged_in(&served, "chen").await;
    let mut qian = Browser::logged_in(&served, "qian").await;
    let (store, slot) = (test.city.centre, test.city.slots[1]);
    let difference = {
        let lin = test.person("lin").await;
        difference::reconciliation(&test.app, &lin, None).await.unwrap().open_list[0].id
    };
    let mut pages: Vec<String> = (1..=test.nth(11)).map(|seq| format!("/ledger/{seq}")).collect();
    let fixed =
        ["/ledger", "/ledger?kind=move&from=2026.1.1&to=2026-12-31", "/ledger?from=when", "/ledger/check"];
    pages.extend(fixed.map(str::to_owned));
    pages.extend(
        ["/ledger/balances", "/counts", "/reconciliation", "/reconciliation?class=missing"]
            .map(str::to_owned),
    );
    pages.extend(["/stores".to_owned(), format!("/stores/{store}"), format!("/slots/{slot}")]);
    pages.push(format!("/reconciliation/{difference}"));
    pages.push(format!("/ledger?item={}", things[0].code));
    for language in ["zh", "en"] {
        zheng.get(&format!("/language?to={language}")).await;
        for page in &pages {
            let answer = zheng.get(page).await;
            assert_eq!(answer.status, 200, "{language} {page}: {}", answer.body);
        }
        let checked = zheng.post("/ledger/check", "/ledger/check", &[]).await;
        assert_eq!(checked.status, 200, "{}", checked.body);
        assert_eq!(checked.body.matches("class=\"badge in_order\"").count(), 10, "ten ticks");
    }
    let export = zheng.get("/ledger/export").await;
    assert_eq!(export.body.lines().count() as u64, test.nth(13), "every entry and the head");
    assert!(export.body.lines().last().unwrap().starts_with("{\"head\""));

    for page in ["/ledger/balances", "/ledger/export"] {
        assert_eq!(chen.get(page).await.status, 403, "{page}");
    }
    assert_eq!(qian.get(&format!("/ledger/{}", test.nth(1))).await.status, 404);
    assert_eq!(qian.get("/ledger/9999").await.status, 404);
    assert_eq!(qian.get("/ledger/not-a-number").await.status, 404);
    assert_eq!(qian.get("/counts/7").await.status, 404);
    assert_eq!(
        zheng.post("/ledger", "/counts", &[("store", &store.to_string()), ("zone", "B")]).await.status,
        403
    );
    test.close().await;
}

/// A count by hand, on the pages alone.
#[tokio::test]
async fn a_zone_is_counted_on_the_pages() {
    let test = TestApp::new(Engine::Sqlite).await;
    let things = day(&test).await;
    let served = browser::serve(&test.app).await;
    let mut chen = Browser::logged_in(&served, "chen").await;
    let store = test.city.centre.to_string();
    let begun = chen.post("/counts", "/counts", &[("store", &store), ("zone", "A")]).await;
    assert_eq!(begun.status, 303);
    let count = begun.location;
    let scan = format!("{count}/scan");
    let slot = test.slot_code(test.city.slots[1]).await;
    let first = chen.post(&count, &scan, &[("code", &things[0].code)]).await;
    assert_eq!(first.status, 422, "a thing before any slot");
    assert!(
        first.body.contains("还没有扫描库位码") && first.body.contains(&things[0].code),
        "the code is still there"
    );
    for code in [&slot, &things[0].code, "6901234567892"] {
        assert_eq!(chen.post(&count, &scan, &[("code", code)]).await.status, 303, "{code}");
    }
    let open = chen.get(&format!("{count}?heard=unknown&code=6901234567892")).await.body;
    let [seen, unseen] = [0, 1].map(|at: usize| open.contains(&things[at].number));
    assert!(seen && !unseen, "blind: only what was seen");
    let item = things[0].item.to_string();
    let remark = format!("{count}/remark");
    let unreadable = chen.post(&count, &remark, &[("item", &item), ("quantity", "两部")]).await;
    assert_eq!(unreadable.status, 422);
    assert_eq!(chen.post(&count, &remark, &[("item", &item), ("seal", "X-9")]).await.status, 303);
    let finish = format!("{count}/finish");
    let finished = chen.post(&count, &finish, &[]).await;
    assert_eq!(finished.status, 303, "{}", finished.body);
    let result = chen.get(&finished.location).await.body;
    assert!(["封签不符", "无法识别的码", "未找到"].iter().all(|word| result.contains(word)), "{result}");
    let seq = finished.location.rsplit('=').next().unwrap();
    let paper = chen.get(&format!("/papers/{seq}")).await;
    assert_eq!((paper.status, paper.body.starts_with("%PDF")), (200, true));

    let list = chen.get("/reconciliation?class=wrong_seal").await.body;
    let href = list.split("href=\"").find(|part| part.starts_with("/reconciliation/0")).unwrap();
    let page = href.split('"').next().unwrap().to_owned();
    let own = chen.get(&page).await.body;
    assert!(own.contains("这项差异是您登记的"), "{own}");
    let mut lin = Browser::logged_in(&served, "lin").await;
    let form = lin.get(&page).await.body;
    let request =
        form.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let empty = lin.post(&page, &page, &[("request", &request), ("finding", " ")]).await;
    assert_eq!(empty.status, 409, "no finding: the form comes back");
    let fields = [
        ("request", request.as_str()),
        ("finding", "封签破损后由两人换封，已补登记"),
        ("cause", "explained"),
        ("paper", "换封说明〔2026〕1号"),
    ];
    let settled = lin.post(&page, &page, &fields).await;
    assert_eq!(settled.status, 303, "{}", settled.body);
    let again = lin.send(&page, &[("csrf", "stolen"), fields[0], fields[1], fields[2], fields[3]]).await;
    assert_eq!(again.status, 403, "a form without our token");
    assert!(lin.get(&settled.location).await.body.contains("封签破损后由两人换封"));
    test.close().await;
}
