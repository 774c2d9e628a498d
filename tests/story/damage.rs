//! Planted damage for every detector: in a ledger in which everything has happened once, one value of every column of every
//! table is changed, as an administrator of the database could, and `hufu verify` names an entry that has to do with it. Each
//! change is made and asked about in a transaction that is dropped.

use crate::{
    audit::day,
    handover::scene::Scene,
    support::{ENGINES, TestApp, things::declared_lost},
};
use hufu::{
    custody::{conclude, keys, offer},
    domain::Person,
    ledger::{
        AccountLine, ApprovedAct, Body, Correct, CorrectedLine, DeclareError, HandoverPurpose, HeldLine,
        Measure, Return, StockAccount, Transfer,
    },
    store::{
        Tx,
        verify::{self, Report},
    },
};
use sqlx::{AssertSqlSafe, Row};

/// A table, which of its rows follow from entries, and the numbers of the entries that may be named for a row; `{column}`
/// stands for what the row says.
const TABLES: &[(&str, &str, &str)] = &[
    ("journal", "true", "select seq from journal where seq in ({seq}, {seq} + 1)"),
    ("postings", "true", "select {seq}"),
    ("heads", "true", "select size from heads where size >= {size}"),
    ("stock_balances", "true", "select seq from postings where item = {item}"),
    ("duty_balances", "true", "select seq from postings where item = {item}"),
    ("items", "true", "select seq from postings where item = {id}"),
    ("photographs", "true", "select {seq}"),
    ("handovers", "offer_seq is not null", "select {offer_seq}"),
    (
        "handover_lines",
        "handover in (select id from handovers where state = 'concluded')",
        "select seq from journal join handovers on seq in (offer_seq, end_seq) where handovers.id = {handover}",
    ),
    ("approvals", "true", "select {given_seq}"),
    ("approval_lines", "true", "select given_seq from approvals where id = {approval}"),
    ("differences", "true", "select {raised_seq}"),
    ("counts", "statement_seq is not null", "select {statement_seq}"),
    ("declared_errors", "true", "select {declaration}"),
    ("papers", "true", "select {seq}"),
    ("case_sums", "true", "select seq from postings where case_id = {case_id}"),
    ("case_owed", "items <> 0", "select seq from postings where case_id = {case_id}"),
    ("case_keepers", "items <> 0", "select seq from postings where case_id = {case_id}"),
    (
        "keeper_sums",
        "items <> 0",
        "select p.seq from postings p join slots s on s.id = p.place join stores t on t.id = s.store
            where t.id = {keeper} or t.unit = {keeper}",
    ),
    ("item_sight", "true", "select seq from postings where item = {item}"),
    ("entry_sight", "true", "select {seq}"),
    (
        "agency_keys",
        "true",
        "select seq from journal where seq in ({registered_seq}, {in_force_seq}, {revoked_seq})",
    ),
];

/// What no entry says, so that nothing can be compared: (table, column).
const NOT_IN_ENTRIES: &[(&str, &str)] = &[
    ("heads", "recorded_at"),
    ("handovers", "made_by"),
    ("handovers", "made_at"),
    ("counts", "started_by"),
    ("counts", "started_at"),
    ("counts", "closed_at"),
];

/// A day in which everything happens: things come, move, are lent and come back, are split, disposed and lost; a wrong move
/// is declared and corrected; a count is stated; one case is handed over, and offered on.
pub(crate) async fn everything(engine: crate::support::Engine) -> TestApp {
    let mut s = Scene::new(engine).await;
    let (qian, court) = (s.qian.clone(), s.t.city.court);
    let first = s.offered().await;
    s.mixed_answers(&qian, first).await;
    conclude::request_conclusion_signature(s.app(), &qian, first, "临检刑诉〔2026〕7号", None).await.unwrap();
    s.procuratorate.answer(&s.t.app).await.unwrap();
    let theirs = s.responsible(s.items[0]).await.case;
    let second = s.draft(&qian, theirs, HandoverPurpose::ToTrial, court).await;
    offer::request_offer_signature(s.app(), &qian, second, None).await.unwrap();
    s.procuratorate.answer(&s.t.app).await.unwrap();
    // A key that was lost; what it signed before is good.
    let wang = s.t.person("wang").await;
    keys::revoke(s.app(), &wang, &s.police.key, "U 盾遗失").await.unwrap();
    day(&s.t).await;
    mistakes(&s.t).await;
    s.t
}

/// A loan that came back, a move that was wrong, and a loss.
async fn mistakes(test: &TestApp) {
    let case = test.case("A-2").await;
    let [a1, a2, a3, ..] = test.city.slots[..] else { unreachable!() };
    let piece = |name| (name, Measure::Piece, 1, a1);
    let things = test.lying(case, &[piece("戒指"), piece("相机"), piece("手套"), piece("皮包")]).await;
    let (lin, li): (Person, Person) = (test.person("lin").await, test.person("li").await);
    test.lent(things[0].item, 1, a1).await;
    let back = Return {
        borrower: li.id,
        condition: "完好".to_owned(),
        lines: vec![HeldLine { item: things[0].item, quantity: 1, slot: a2 }],
    };
    test.record(test.draft(lin.id, lin.unit, Body::Return(back))).await;
    let draft = test.draft(lin.id, lin.unit, test.moving(things[1].item, 1, a1, a2));
    let wrong = draft.id;
    let wrong_seq = test.record(draft).await;
    let error = DeclareError { wrong_seq, wrong, reason: "放错了库位".to_owned() };
    let declaration = test.record(test.draft(lin.id, lin.unit, Body::DeclareError(error))).await;
    let transfer = Transfer::Stock { from: StockAccount::Slot(a2), to: StockAccount::Slot(a3) };
    let lines = vec![CorrectedLine { item: things[1].item, quantity: 1, transfer }];
    let approval = test.approved_correction(declaration, &lines).await;
    let correct = Correct { declaration, approval, consents: vec![], lines, descriptions: vec![] };
    test.record(test.draft(lin.id, lin.unit, Body::Correct(correct))).await;
    let approval = test.approved(ApprovedAct::DeclareLoss, things[2].item, 1).await;
    let lines = vec![AccountLine { item: things[2].item, quantity: 1, from: StockAccount::Slot(a1) }];
    let loss = declared_lost(approval, lines);
    test.record(test.draft(lin.id, lin.unit, Body::DeclareLoss(loss))).await;
    // An approval nobody has used, and an error nobody has corrected.
    test.approved(ApprovedAct::CheckOut, things[3].item, 1).await;
    let draft = test.draft(lin.id, lin.unit, test.moving(things[3].item, 1, a1, a2));
    let wrong = draft.id;
    let wrong_seq = test.record(draft).await;
    let error = DeclareError { wrong_seq, wrong, reason: "记错了件数".to_owned() };
    test.record(test.draft(lin.id, lin.unit, Body::DeclareError(error))).await;
}

/// A transaction in which nothing keeps anything from being changed.
struct Damage<'a> {
    test: &'a TestApp,
    tx: Tx,
}

macro_rules! with {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

impl<'a> Damage<'a> {
    async fn begin(test: &'a TestApp) -> Damage<'a> {
        let mut damage = Damage { test, tx: test.app.db.write().await.unwrap() };
        let unlocked: &[&str] = match damage.tx {
            Tx::Sqlite(_) => &["pragma defer_foreign_keys = on", "pragma ignore_check_constraints = on"],
            Tx::Postgres(_) => &["set local session_replication_role = replica"],
        };
        for sql in unlocked {
            damage.run(sql).await;
        }
        if let Tx::Sqlite(_) = damage.tx {
            let sql = "select name from sqlite_master where type = 'trigger'";
            for (trigger,) in damage.texts(sql).await {
                damage.run(&format!("drop trigger {trigger}")).await;
            }
        } else {
            let sql = "select format('alter table %s drop constraint %I', conrelid::regclass, conname)
                from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace";
            for (drop,) in damage.texts(sql).await {
                damage.run(&drop).await;
            }
        }
        damage
    }

    async fn run(&mut self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        with!(&mut self.tx, conn => sqlx::query(sql).execute(conn).await.unwrap().rows_affected())
    }

    async fn texts(&mut self, sql: &str) -> Vec<(String,)> {
        let sql = AssertSqlSafe(sql.to_owned());
        with!(&mut self.tx, conn => sqlx::query_as(sql).fetch_all(conn).await.unwrap())
    }

    async fn numbers(&mut self, sql: &str) -> Vec<i64> {
        let sql = AssertSqlSafe(sql.to_owned());
        with!(&mut self.tx, conn => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap())
    }

    async fn report(&mut self) -> Report {
        verify::verify(&mut self.tx, self.test.app.settings.suite).await.unwrap()
    }

    /// The columns of a table and what they hold: INTEGER, TEXT, BLOB, UUID.
    async fn columns(&mut self, table: &str) -> Vec<(String, String)> {
        let sql = AssertSqlSafe(format!("select * from {table} limit 1"));
        with!(&mut self.tx, conn => {
            use sqlx::{Column, TypeInfo};
            let row = sqlx::query(sql).fetch_one(conn).await.unwrap();
            row.columns().iter().map(|it| (it.name().to_owned(), it.type_info().name().to_owned())).collect()
        })
    }

    /// Where a row is, whatever is changed in it.
    fn place(&self) -> &'static str {
        if matches!(self.tx, Tx::Sqlite(_)) { "cast(rowid as text)" } else { "ctid::text" }
    }

    /// A few rows of a table: the first, the last, and one between.
    async fn rows(&mut self, table: &str, which: &str) -> Vec<String> {
        let place = self.place();
        let all = self.texts(&format!("select {place} from {table} where {which} order by 1")).await;
        let last = all.len() - 1;
        let mut rows: Vec<String> = [0, last / 2, last].map(|at| all[at].0.clone()).to_vec();
        rows.dedup();
        rows
    }

    /// Something else of the same kind.
    fn other(&self, column: &str, kind: &str) -> String {
        let sqlite = matches!(self.tx, Tx::Sqlite(_));
        match kind {
            "INT8" | "INTEGER" => format!("coalesce({column}, 6) + 1000"),
            "BOOL" | "BOOLEAN" => format!("not {column}"),
            "TEXT" => format!("coalesce({column}, '') || 'x'"),
            "UUID" => "'01020304-0506-0708-090a-0b0c0d0e0f10'".to_owned(),
            "BYTEA" => "'\\x0102030405060708090a0b0c0d0e0f10'::bytea".to_owned(),
            _ if sqlite => "x'0102030405060708090a0b0c0d0e0f10'".to_owned(),
            other => panic!("{column} is a {other}"),
        }
    }
}

/// A row of a table and where it comes from.
struct Planted<'a> {
    table: &'a str,
    seqs: &'a str,
    row: &'a str,
}

impl Planted<'_> {
    /// Does it and asks, in a transaction that is dropped. Answers with what the report should have said.
    async fn fault(&self, test: &TestApp, damage: impl Fn(&Damage<'_>) -> String) -> Option<String> {
        let mut tx = Damage::begin(test).await;
        let at = format!("{} = '{}'", tx.place(), self.row);
        let mut seqs = String::new();
        for (n, part) in self.seqs.split(['{', '}']).enumerate() {
            match n % 2 {
                0 => seqs += part,
                _ => seqs += &format!("(select {part} from {} where {at})", self.table),
            }
        }
        let named = tx.numbers(&seqs).await;
        assert!(!named.is_empty(), "{seqs}");
        let sql = format!("{} where {at}", damage(&tx));
        assert_eq!(tx.run(&sql).await, 1, "{sql}");
        let report = tx.report().await;
        let names = |seq: Option<u64>| seq.is_some_and(|seq| named.contains(&seq.cast_signed()));
        match report.findings.iter().any(|it| names(it.seq)) {
            true => None,
            false => Some(format!("{sql}: none of {named:?} is named in {:#?}", report.findings)),
        }
    }
}

#[tokio::test]
async fn one_value_changed_in_any_column_names_an_entry_that_has_to_do_with_it() {
    for engine in ENGINES {
        let test = everything(engine).await;
        let (mut faults, mut asked) = (Vec::new(), 0);
        for (table, which, seqs) in TABLES {
            let mut tx = Damage::begin(&test).await;
            let (columns, rows) = (tx.columns(table).await, tx.rows(table, which).await);
            drop(tx);
            for row in &rows {
                let planted = Planted { table, seqs, row };
                for (column, kind) in &columns {
                    if NOT_IN_ENTRIES.contains(&(table, column)) {
                        continue;
                    }
                    let change =
                        |tx: &Damage<'_>| format!("update {table} set {column} = {}", tx.other(column, kind));
                    faults.extend(planted.fault(&test, change).await);
                    asked += 1;
                }
                faults.extend(planted.fault(&test, |_| format!("delete from {table}")).await);
                asked += 1;
            }
        }
        assert!(faults.is_empty(), "{} of {asked}:\n{}", faults.len(), faults.join("\n"));
        println!("{engine:?}: {asked} damages, each found, and an entry named");
        test.close().await;
    }
}

/// A row that is too many follows from no entry.
#[tokio::test]
async fn a_row_too_many_is_found() {
    for engine in ENGINES {
        let test = everything(engine).await;
        for (table, which, _) in TABLES {
            let mut tx = Damage::begin(&test).await;
            let columns = tx.columns(table).await;
            let row = tx.rows(table, which).await.remove(0);
            // The same again under another key: everything that must be unique is made so.
            let unique = [
                "id",
                "key",
                "seq",
                "size",
                "previous_root",
                "number",
                "check_code",
                "item",
                "handover",
                "approval",
                "case_id",
                "keeper",
            ];
            let unique = [&unique[..], &["digest", "declaration", "wrong_seq", "serial"]].concat();
            let cells = columns.iter().map(|(column, kind)| match unique.contains(&column.as_str()) {
                true => tx.other(column, kind),
                false => column.clone(),
            });
            let cells = cells.collect::<Vec<_>>().join(", ");
            let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            let place = tx.place();
            let sql =
                format!("insert into {table} ({names}) select {cells} from {table} where {place} = '{row}'");
            assert_eq!(tx.run(&sql).await, 1, "{sql}");
            let report = tx.report().await;
            assert!(!report.in_order(), "{sql}");
        }
        test.close().await;
    }
}

/// The newest entries taken away, with all that is under them in the journal; and two entries in each other's place.
#[tokio::test]
async fn entries_that_are_gone_or_have_changed_places_are_found() {
    for engine in ENGINES {
        let test = everything(engine).await;
        let size = {
            let mut tx = Damage::begin(&test).await;
            tx.numbers("select max(seq) from journal").await[0]
        };
        for kept in [size - 1, size - 3, size / 2, 1, 0] {
            let mut tx = Damage::begin(&test).await;
            for (table, column) in [("postings", "seq"), ("heads", "size"), ("journal", "seq")] {
                tx.run(&format!("delete from {table} where {column} > {kept}")).await;
            }
            let report = tx.report().await;
            assert_eq!(report.entries, kept.cast_unsigned());
            assert!(!report.in_order(), "of {size} entries {kept} were left, and nobody noticed");
        }
        for first in [1, size / 2, size - 1] {
            let second = first + 1;
            let mut tx = Damage::begin(&test).await;
            for (from, to) in [(first, -1), (second, first), (-1, second)] {
                tx.run(&format!("update journal set seq = {to} where seq = {from}")).await;
                tx.run(&format!("update postings set seq = {to} where seq = {from}")).await;
            }
            let report = tx.report().await;
            for seq in [first, second] {
                let named = report.findings.iter().any(|it| it.seq == Some(seq.cast_unsigned()));
                assert!(named, "{first} and {second} have changed places: {:#?}", report.findings);
            }
        }
        test.close().await;
    }
}
