//! Things in the ledger without the counter: entries recorded directly, for tests that begin where things already lie.

use super::TestApp;
use hufu::{
    custody::places::{self, SlotChange},
    domain::{Code, CodeKind, Person},
    id::{ApprovalId, CaseId, CountId, EntryId, ItemId, MatterId, PersonId, SlotId, StoreId, UnitId},
    ledger::*,
    store::{Db, journal, photographs},
};

/// One item that was seized and received.
#[derive(Clone, Debug)]
pub struct Lying {
    pub item: ItemId,
    pub number: String,
    /// What its label says.
    pub code: String,
    pub case: CaseId,
}

impl TestApp {
    /// So many things make slots of a store full from now on, says an administrator.
    pub async fn slots_take(&self, store: StoreId, slots: &[SlotId], capacity: i64) {
        let change = (SlotChange::Capacity(capacity), "整理货架");
        let admin = self.person("admin").await;
        places::change_slots(&self.app, &admin, (store, None), slots, change).await.unwrap();
    }

    pub fn draft(&self, actor: PersonId, unit: UnitId, body: Body) -> Draft {
        Draft {
            id: self.app.ids.new_id(),
            happened_at: self.app.clock.now(),
            actor,
            unit,
            station: None,
            papers: Vec::new(),
            body,
            signatures: Vec::new(),
        }
    }

    /// A photograph that is kept; answers with its digest.
    pub async fn photograph(&self, mark: &str) -> String {
        let (zhang, content) = (self.person("zhang").await, super::jpeg(mark.as_bytes()));
        let digest = self.app.settings.suite.digest(&content).to_string();
        let mut tx = self.app.db.write().await.unwrap();
        let now = self.app.clock.now();
        photographs::keep(&mut tx, &digest, "image/jpeg", &content, zhang.id, now).await.unwrap();
        tx.commit().await.unwrap();
        digest
    }

    /// Records an entry; answers with its number.
    pub async fn record(&self, draft: Draft) -> u64 {
        self.app.sequencer.record(draft).await.unwrap().seq
    }

    /// A case of the eastern station with `zhang` as its officer.
    pub async fn case(&self, number: &str) -> CaseId {
        let officer = self.person("zhang").await;
        let id: CaseId = self.app.ids.new_id();
        let matter: MatterId = self.app.ids.new_id();
        let mut sql = self.sql();
        let insert = "insert into cases (id, matter, unit, number, name, stage, officer, opened_at)
            values ($1, $2, $3, $5, '盗窃案', 'investigation', $4, 0)";
        sql.run(insert, &[id.0, matter.0, self.city.police.0, officer.id.0], number).await;
        id
    }

    /// Items of one case, each seized by `zhang` and received by `chen` into the slot beside it: (name, quantity, slot).
    pub async fn lying(&self, case: CaseId, things: &[(&str, Measure, i64, SlotId)]) -> Vec<Lying> {
        self.lying_of(Category::General, case, things).await
    }

    /// The same of one category.
    pub async fn lying_of(
        &self,
        category: Category,
        case: CaseId,
        things: &[(&str, Measure, i64, SlotId)],
    ) -> Vec<Lying> {
        let lying = self.seized_of(category, case, things).await;
        let (zhang, chen) = (self.person("zhang").await, self.person("chen").await);
        let photograph = self.photograph("things").await;
        self.record(self.receipt((&zhang, &chen), &photograph, &lying, things)).await;
        lying
    }

    /// All of them are received, each into the slot beside it.
    pub fn receipt(
        &self,
        (by, keeper): (&Person, &Person),
        photograph: &str,
        lying: &[Lying],
        things: &[(&str, Measure, i64, SlotId)],
    ) -> Draft {
        let received = lying.iter().zip(things).map(|(it, (.., quantity, slot))| ReceivedLine {
            item: it.item,
            owed_by: by.unit,
            answer: Reception::Accepted {
                quantity: *quantity,
                slot: *slot,
                label: BoundLabel { code: it.code.clone(), copy: 1 },
                weighing: None,
                seal: Some(format!("S{}", it.number)),
                photographs: vec![photograph.to_owned()],
                damaged: false,
                remark: None,
                second: None,
                denominations: vec![],
            },
            difference: None,
        });
        let receive = Receive { delivered_by: by.id, lines: received.collect() };
        self.draft(keeper.id, keeper.unit, Body::Receive(receive))
    }

    /// The same, seized by `zhang` and still owed.
    pub async fn seized(&self, case: CaseId, things: &[(&str, Measure, i64, SlotId)]) -> Vec<Lying> {
        self.seized_of(Category::General, case, things).await
    }

    async fn seized_of(
        &self,
        category: Category,
        case: CaseId,
        things: &[(&str, Measure, i64, SlotId)],
    ) -> Vec<Lying> {
        let (lying, draft) = self.seizure_of(category, &self.person("zhang").await, case, things);
        self.record(draft).await;
        lying
    }

    /// A list of things and its seizure, not yet recorded.
    pub fn seizure(
        &self,
        officer: &Person,
        case: CaseId,
        things: &[(&str, Measure, i64, SlotId)],
    ) -> (Vec<Lying>, Draft) {
        self.seizure_of(Category::General, officer, case, things)
    }

    fn seizure_of(
        &self,
        category: Category,
        officer: &Person,
        case: CaseId,
        things: &[(&str, Measure, i64, SlotId)],
    ) -> (Vec<Lying>, Draft) {
        let mut lying = Vec::new();
        let mut lines = Vec::new();
        for (at, (name, measure, quantity, _)) in things.iter().enumerate() {
            let id: EntryId = self.app.ids.new_id();
            let code = Code::new(CodeKind::Item, "26", id.0.as_u128() as u64);
            let item: ItemId = self.app.ids.new_id();
            lines.push(SeizedLine {
                item,
                number: code.number(),
                paper_line: u32::try_from(at).unwrap() + 1,
                name: (*name).to_owned(),
                category,
                features: "黑色".to_owned(),
                particulars: Default::default(),
                measure: measure.clone(),
                quantity: *quantity,
                counted_as: None,
                holding: Holding::InHand,
            });
            lying.push(Lying { item, number: code.number(), code: code.to_string(), case });
        }
        let seize = Body::Seize(Seize { case, unit: officer.unit, lines });
        let number = format!("扣〔2026〕{}号", lying[0].number);
        let paper = PaperRef { kind: PaperKind::SeizureList, number };
        let draft = Draft { papers: vec![paper], ..self.draft(officer.id, officer.unit, seize) };
        (lying, draft)
    }

    pub fn moving(&self, item: ItemId, quantity: i64, from: SlotId, to: SlotId) -> Body {
        Body::Move(Move { lines: vec![MovedLine { item, quantity, from, to }], reason: None })
    }

    /// Moves an item between slots, by `lin`.
    pub async fn moved(&self, item: ItemId, quantity: i64, from: SlotId, to: SlotId) -> u64 {
        let lin = self.person("lin").await;
        self.record(self.draft(lin.id, lin.unit, self.moving(item, quantity, from, to))).await
    }

    /// Writes an entry past the rules, with right hashes and a right tree head, as somebody could who owns the database
    /// and the program.
    pub async fn forge(&self, draft: Draft) -> u64 {
        self.forge_under(Edition::CURRENT, draft).await
    }

    /// The same under an edition of the rules.
    pub async fn forge_under(&self, edition: Edition, draft: Draft) -> u64 {
        let suite = self.app.settings.suite;
        let mut tx = self.app.db.write().await.unwrap();
        let mut head = journal::head(&mut tx, suite).await.unwrap();
        let (seq, recorded_at) = (head.size() + 1, self.app.clock.now());
        let lines: Vec<(ItemId, i64, SlotId, StockAccount)> = match &draft.body {
            Body::Move(it) => {
                it.lines.iter().map(|it| (it.item, it.quantity, it.from, StockAccount::Slot(it.to))).collect()
            }
            Body::Dispose(it) => {
                let to = StockAccount::Disposed(it.outcome);
                it.lines.iter().map(|it| (it.item, it.quantity, it.slot, to)).collect()
            }
            _ => Vec::new(),
        };
        let postings = lines.into_iter().flat_map(|(item, quantity, from, to)| {
            let post = |account, change| Posting { item, account: Account::Stock(account), change };
            [post(StockAccount::Slot(from), -quantity), post(to, quantity)]
        });
        let entry = Entry {
            form: Form::of(edition, Salt([7; 32])),
            edition,
            seq,
            recorded_at,
            postings: postings.collect(),
            draft,
        };
        let sealed = head.grow(std::iter::once(&entry)).unwrap();
        journal::append(&mut tx, &sealed).await.unwrap();
        let (_, signature) = self.app.sealer.as_ref().unwrap().sign(head.size(), head.root()).unwrap();
        journal::seal(&mut tx, &head, recorded_at, &signature).await.unwrap();
        tx.commit().await.unwrap();
        seq
    }

    /// An approval by `wang` on what `zhang` asks for.
    pub async fn approved(&self, act: ApprovedAct, item: ItemId, quantity: i64) -> ApprovalId {
        self.approval(act, vec![ApprovedLine { item, quantity }], None).await
    }

    /// The same of a correction: of exactly these lines.
    pub async fn approved_correction(&self, declaration: u64, lines: &[CorrectedLine]) -> ApprovalId {
        let what = ApprovedCorrection { declaration, lines: lines.to_vec(), descriptions: vec![] };
        let covered = what.covered().into_iter();
        let covered = covered.map(|(item, quantity)| ApprovedLine { item, quantity }).collect();
        self.approval(ApprovedAct::Correct, covered, Some(what)).await
    }

    async fn approval(
        &self,
        act: ApprovedAct,
        lines: Vec<ApprovedLine>,
        correction: Option<ApprovedCorrection>,
    ) -> ApprovalId {
        let (zhang, wang) = (self.person("zhang").await, self.person("wang").await);
        let approval: ApprovalId = self.app.ids.new_id();
        let approve = Approve {
            approval,
            act,
            requester: zhang.id,
            purpose: "鉴定".to_owned(),
            expires_at: self.app.clock.now().plus(hufu::clock::Span::days(9)),
            lines,
            correction,
            disposal: (act == ApprovedAct::Dispose).then(to_owner),
            loss: (act == ApprovedAct::DeclareLoss).then(perished),
        };
        self.record(self.draft(wang.id, wang.unit, Body::Approve(approve))).await;
        approval
    }

    /// Lends an item to `li`.
    pub async fn lent(&self, item: ItemId, quantity: i64, slot: SlotId) -> u64 {
        let approval = self.approved(ApprovedAct::CheckOut, item, quantity).await;
        let (li, lin) = (self.person("li").await, self.person("lin").await);
        let loan = CheckOut {
            approval,
            borrower: li.id,
            purpose: "辨认".to_owned(),
            due_at: self.app.clock.now().plus(hufu::clock::Span::days(1)),
            lines: vec![HeldLine { item, quantity, slot }],
        };
        self.record(self.draft(lin.id, lin.unit, Body::CheckOut(loan))).await
    }

    /// The code on a slot's label.
    /// Somebody is at these slots during a count.
    pub async fn looked_at(&self, me: &Person, count: CountId, slots: &[SlotId]) {
        for slot in slots {
            let code = self.slot_code(*slot).await;
            hufu::custody::count::observe(&self.app, me, count, &code).await.unwrap();
        }
    }

    pub async fn slot_code(&self, slot: SlotId) -> String {
        let mut tx = self.app.db.read().await.unwrap();
        hufu::store::places::slot(&mut tx, slot).await.unwrap().unwrap().code
    }

    /// A way around every rule, for planting damage.
    pub fn sql(&self) -> Sql<'_> {
        Sql { app: self }
    }
}

/// SQL straight into the database, as somebody with the keys to the machine could.
pub struct Sql<'a> {
    app: &'a TestApp,
}

impl Sql<'_> {
    /// Runs one statement with ids and, after them, one text. The text is left out when the statement has no place for it.
    pub async fn run(&mut self, sql: &str, ids: &[uuid::Uuid], text: &str) {
        let has_text = sql.contains(&format!("${}", ids.len() + 1));
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.app.app.db {
            Db::Sqlite(pool) => {
                let mut query = sqlx::query(sql);
                for id in ids {
                    query = query.bind(*id);
                }
                if has_text {
                    query = query.bind(text.to_owned());
                }
                query.execute(pool).await.unwrap();
            }
            Db::Postgres(pool) => {
                let mut query = sqlx::query(sql);
                for id in ids {
                    query = query.bind(*id);
                }
                if has_text {
                    query = query.bind(text.to_owned());
                }
                query.execute(pool).await.unwrap();
            }
        }
    }

    /// Changes words inside an entry's bytes and nothing else.
    pub async fn change_bytes(&mut self, seq: i64, from: &str, to: &str) {
        macro_rules! change {
            ($pool:expr) => {{
                let bytes: Vec<u8> = sqlx::query_scalar("select entry from journal where seq = $1")
                    .bind(seq)
                    .fetch_one($pool)
                    .await
                    .unwrap();
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.contains(from));
                let changed = text.replace(from, to).into_bytes();
                let update = sqlx::query("update journal set entry = $1 where seq = $2");
                update.bind(changed).bind(seq).execute($pool).await.unwrap();
            }};
        }
        match &self.app.app.db {
            Db::Sqlite(pool) => change!(pool),
            Db::Postgres(pool) => change!(pool),
        }
    }

    /// Takes away what keeps the journal from being changed.
    pub async fn unlock(&mut self) {
        let sqlite = matches!(self.app.app.db, Db::Sqlite(_));
        for (table, are) in [
            ("journal", "journal_is"),
            ("postings", "postings_are"),
            ("heads", "heads_are"),
            ("cosignatures", "cosignatures_are"),
        ] {
            for what in ["changed", "deleted", "emptied"] {
                let on = if sqlite { String::new() } else { format!(" on {table}") };
                self.run(&format!("drop trigger if exists {are}_never_{what}{on}"), &[], "").await;
            }
        }
    }
}

/// The owner of whatever is given back in tests, and the decision by which it is.
const OWNER: &str = "吴秀兰";
const DECISION: &str = "发还凭证 7";

/// The way out that [`TestApp::approved`] approves.
pub fn to_owner() -> ApprovedDisposal {
    ApprovedDisposal {
        outcome: Outcome::ReturnedToOwner,
        decision: DECISION.to_owned(),
        recipient: Some(OWNER.to_owned()),
    }
}

/// These things go back to their owner, who comes herself.
pub fn given_back(approval: ApprovalId, lines: Vec<HeldLine>) -> Dispose {
    let ApprovedDisposal { outcome, decision, recipient } = to_owner();
    let document = "居民身份证 330102195001011228".to_owned();
    let collector = Collector { name: OWNER.to_owned(), document, authority: None };
    Dispose {
        approval,
        outcome,
        voucher: decision,
        recipient,
        lines,
        collector: Some(collector),
        witnesses: vec![],
    }
}

/// A loss that is nobody's fault.
pub fn perished() -> ApprovedLoss {
    ApprovedLoss { cause: LossCause::Perished, liable: None, report: "说明 9".to_owned() }
}

/// What is declared after an approval of [`perished`].
pub fn declared_lost(approval: ApprovalId, lines: Vec<AccountLine>) -> DeclareLoss {
    let ApprovedLoss { cause, liable, report } = perished();
    DeclareLoss { approval, report, lines, cause: Some(cause), liable }
}
