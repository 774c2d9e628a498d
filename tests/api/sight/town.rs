//! The same things three times: in a unit, in another unit of its agency, and in another agency.

use crate::support::{self, TestApp, city::PASSWORD};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    clock::Span,
    custody::{
        self,
        blank::{self, Order},
        city::{self, NewPerson},
        correction::{self, Declaration},
        count,
        delivery::{self, ConcludeDelivery},
        disposal::{self, NewDisposal},
        loan::{self, LoanRequest},
        loss::{self, LostItem, NewLoss},
        offer::{self, NewOffer},
        opening::{self, NewCase},
        seize::{self, ForCase},
        signed,
        station::Station,
    },
    domain::{Agency, AgencyKind, Code, CodeKind, Person, Role, StoreKind, off_line::BlockPurpose},
    id::{CaseId, EntryId, ItemId, SigningId, SlotId, StoreId, UnitId},
    ledger::{
        Body, BoundLabel, Category, Draft, HandoverPurpose, Holding, LossCause, Measure, Outcome, PaperKind,
        PaperRef, Receive, ReceivedLine, Reception, Seize, SeizedLine,
    },
    store::{differences, handovers, papers, photographs},
};
use hufu_wire::{
    FromServer,
    message::{Event, Observation, Receipt, Sighting},
};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

/// Who looks, besides nobody: one person of each role, all of the first place's unit.
pub(super) fn login(role: Role) -> String {
    format!("own-{}", role.word())
}

/// One of the three.
pub(super) struct Place {
    /// How the table names it.
    pub(super) letter: char,
    /// Stands in the names of everything here that is not for all eyes.
    pub(super) mark: String,
    /// What stands in the place of a name in an address or a form.
    pub(super) values: BTreeMap<&'static str, String>,
    unit: UnitId,
    officer: Person,
    keeper: Person,
    station: Station,
    store: StoreId,
    slot: SlotId,
}

/// A thing of a place: its id and what its label says.
struct Thing {
    item: ItemId,
    code: Code,
}

pub(super) async fn town(test: &TestApp) -> [Place; 3] {
    let app = &test.app;
    let here = city::new_agency(app, AgencyKind::Police, "江北市公安局");
    let elsewhere = city::new_agency(app, AgencyKind::Police, "江南市公安局");
    let own = place(test, 'o', &here, "本所").await;
    for role in Role::ALL {
        person(test, own.unit, &login(*role), *role).await;
    }
    [own, place(test, 'u', &here, "邻所").await, place(test, 'a', &elsewhere, "他局所").await]
}

async fn person(test: &TestApp, unit: UnitId, login: &str, role: Role) -> Person {
    let new = NewPerson { unit, name: login, login, password: PASSWORD, must_change: false, roles: &[role] };
    city::add_person(&test.app, &new).await.unwrap();
    test.person(login).await
}

async fn place(test: &TestApp, letter: char, agency: &Agency, name: &str) -> Place {
    let app = &test.app;
    let unit = city::found_unit(app, agency, name).await.unwrap();
    let store = city::found_store(app, StoreKind::Centre, &format!("{name}物证室"), unit).await.unwrap();
    let slot = city::add_slots(app, store, "A", [format!("{letter}-01")].into_iter(), 20).await.unwrap()[0];
    let (_, token) =
        city::add_station(app, unit, &format!("{name}工位"), "http://127.0.0.1:9").await.unwrap();
    let mut place = Place {
        letter,
        mark: format!("mark-{letter}-kept-from-others"),
        values: BTreeMap::new(),
        unit,
        officer: person(test, unit, &format!("{letter}-officer"), Role::Officer).await,
        keeper: person(test, unit, &format!("{letter}-keeper"), Role::Custodian).await,
        station: custody::station::by_token(app, &token).await.unwrap(),
        store,
        slot,
    };
    // Somebody must confirm the agency's first key.
    person(test, unit, &format!("{letter}-approver"), Role::Approver).await;
    place.furnish(test).await;
    place
}

impl Place {
    fn is(&mut self, name: &'static str, value: impl ToString) {
        assert!(self.values.insert(name, value.to_string()).is_none(), "{name}");
    }

    async fn furnish(&mut self, test: &TestApp) {
        let case = self.case(test).await;
        let (kept, owed) = self.things(test, case).await;
        let receive = self.receive(test, &kept).await;
        self.delivery(test, case).await;
        self.loan(test, &kept).await;
        self.disposal(test, &kept).await;
        self.loss(test, &kept).await;
        self.count(test).await;
        self.declaration(test, receive).await;
        self.handovers(test, case).await;
        self.off_line(test).await;
        self.roster(test).await;
        for (name, value) in [
            ("kept number", kept.code.number()),
            ("case", case.to_string()),
            ("kept", kept.item.to_string()),
            ("kept code", kept.code.to_string()),
            ("owed", owed.item.to_string()),
            ("receive", receive.to_string()),
            ("unit", self.unit.to_string()),
            ("officer", self.officer.id.to_string()),
            ("station", self.station.id.to_string()),
            ("store", self.store.to_string()),
            ("slot", self.slot.to_string()),
        ] {
            self.is(name, value);
        }
    }

    async fn case(&mut self, test: &TestApp) -> CaseId {
        let new = NewCase {
            number: format!("{}-案", self.mark),
            name: format!("{} 盗窃案", self.mark),
            linked_to: None,
        };
        let case = opening::open_case(&test.app, &self.officer, &new).await.unwrap();
        let list = format!("名称,数量\n手机{},2部\n", self.mark).into_bytes();
        let list = seize::read_list(&test.app, &self.officer, ForCase::Known(case), "list.csv", list).await;
        self.is("import", list.unwrap());
        case
    }

    async fn record(&self, test: &TestApp, actor: &Person, body: Body, papers: Vec<PaperRef>) -> u64 {
        test.record(Draft { papers, ..test.draft(actor.id, actor.unit, body) }).await
    }

    /// Two things that were seized: one of them will be received.
    async fn things(&mut self, test: &TestApp, case: CaseId) -> (Thing, Thing) {
        let thing = |_| {
            let id: EntryId = test.app.ids.new_id();
            Thing {
                item: test.app.ids.new_id(),
                code: Code::new(CodeKind::Item, "26", id.0.as_u128() as u64),
            }
        };
        let things = [1, 2].map(thing);
        let line = |(at, thing): (u32, &Thing)| SeizedLine {
            item: thing.item,
            number: thing.code.number(),
            paper_line: at,
            name: format!("手机 {}", self.mark),
            category: Category::General,
            features: "黑色".to_owned(),
            particulars: Default::default(),
            measure: Measure::Piece,
            quantity: 1,
            counted_as: None,
            holding: Holding::InHand,
        };
        let lines = (1..).zip(&things).map(line).collect();
        let paper = PaperRef { kind: PaperKind::SeizureList, number: format!("扣-{}", self.mark) };
        let seize = Body::Seize(Seize { case, unit: self.unit, lines });
        let seq = self.record(test, &self.officer, seize, vec![paper]).await;
        self.is("seize", seq);
        let [kept, owed] = things;
        (kept, owed)
    }

    /// Somebody and a station, with whom nothing else has to do: an administrator may close them.
    async fn roster(&mut self, test: &TestApp) {
        let login = format!("{}-staff", self.letter);
        let staff = person(test, test.city.police, &login, Role::Custodian).await;
        let name = format!("{}-spare", self.letter);
        let (spare, _) =
            city::add_station(&test.app, test.city.police, &name, "http://127.0.0.1:9").await.unwrap();
        self.is("staff", staff.id);
        self.is("spare station", spare);
    }

    async fn delivery(&mut self, test: &TestApp, case: CaseId) {
        let (delivered_by, station) = (self.officer.id, self.station.id);
        let wish = ConcludeDelivery { case, delivered_by, station, request: None };
        self.is("delivery", delivery::conclude(&test.app, &self.keeper, wish).await.unwrap().seq);
    }

    async fn receive(&mut self, test: &TestApp, kept: &Thing) -> u64 {
        let picture = support::jpeg(self.mark.as_bytes());
        let digest = test.app.settings.suite.digest(&picture).to_string();
        let mut tx = test.app.db.write().await.unwrap();
        let now = test.app.clock.now();
        photographs::keep(&mut tx, &digest, "image/jpeg", &picture, self.keeper.id, now).await.unwrap();
        tx.commit().await.unwrap();
        let line = ReceivedLine {
            item: kept.item,
            owed_by: self.unit,
            answer: Reception::Accepted {
                quantity: 1,
                slot: self.slot,
                label: BoundLabel { code: kept.code.to_string(), copy: 1 },
                weighing: None,
                seal: Some(format!("S-{}", self.mark)),
                photographs: vec![digest.clone()],
                damaged: false,
                remark: None,
                second: None,
                denominations: vec![],
            },
            difference: None,
        };
        self.is("photograph", digest);
        let receive = Body::Receive(Receive { delivered_by: self.officer.id, lines: vec![line] });
        let seq = self.record(test, &self.keeper, receive, Vec::new()).await;
        let mut tx = test.app.db.read().await.unwrap();
        self.is("check code", papers::of_entry(&mut tx, seq).await.unwrap().unwrap().check_code);
        seq
    }

    /// The officer asks to borrow the thing.
    async fn loan(&mut self, test: &TestApp, kept: &Thing) {
        let due_at = test.app.clock.now().plus(Span::days(1));
        let (items, borrower, purpose) = (vec![kept.item], self.officer.id, self.mark.clone());
        let wish = LoanRequest { items, borrower, purpose, due_at };
        self.is("loan", loan::ask(&test.app, &self.officer, &wish).await.unwrap());
    }

    /// The officer asks that the thing may go back to its owner.
    async fn disposal(&mut self, test: &TestApp, kept: &Thing) {
        let wish = NewDisposal {
            items: vec![kept.item],
            outcome: Outcome::ReturnedToOwner,
            decision: self.mark.clone(),
            recipient: Some(self.mark.clone()),
            purpose: self.mark.clone(),
        };
        self.is("disposal", disposal::ask(&test.app, &self.officer, &wish).await.unwrap());
    }

    /// The keeper asks that the thing be declared lost.
    async fn loss(&mut self, test: &TestApp, kept: &Thing) {
        let wish = NewLoss {
            items: vec![LostItem { item: kept.item, quantity: None }],
            cause: LossCause::Lost,
            liable: Some(self.officer.id),
            report: self.mark.clone(),
            purpose: self.mark.clone(),
        };
        self.is("loss", loss::ask(&test.app, &self.keeper, &wish).await.unwrap());
    }

    /// One count that missed the thing, and one that is open.
    async fn count(&mut self, test: &TestApp) {
        let done = count::start(&test.app, &self.keeper, self.store, None).await.unwrap();
        test.looked_at(&self.keeper, done, &[self.slot]).await;
        let statement = count::finish(&test.app, &self.keeper, done).await.unwrap().seq;
        let mut tx = test.app.db.read().await.unwrap();
        let difference = differences::raised_by(&mut tx, statement).await.unwrap().pop().unwrap();
        drop(tx);
        self.is("count done", done);
        self.is("statement", statement);
        self.is("difference", difference.id);
        self.is("count open", count::start(&test.app, &self.keeper, self.store, None).await.unwrap());
    }

    async fn declaration(&mut self, test: &TestApp, wrong: u64) {
        let declaration = Declaration { id: test.app.ids.new_id(), wrong, reason: self.mark.clone() };
        self.is("declaration", correction::declare(&test.app, &self.keeper, &declaration).await.unwrap().seq);
    }

    /// A draft, and an offer of the same things that the officer has signed.
    async fn handovers(&mut self, test: &TestApp, case: CaseId) {
        let app = &test.app;
        let draft = async |purpose, to_unit| {
            offer::draft_offer(app, &self.officer, NewOffer { case, purpose, to_unit }).await.unwrap()
        };
        let drafted = draft(HandoverPurpose::Jurisdiction, test.city.police).await;
        let offered = draft(HandoverPurpose::ToProsecution, test.city.procuratorate).await;
        let (secret, key) = support::keys::of(app, self.officer.id).await;
        let (to_station, mut shown) = tokio::sync::mpsc::unbounded_channel();
        let connection = app.live.connect(self.station.id, to_station);
        offer::request_offer_signature(app, &self.officer, offered, None).await.unwrap();
        let Ok(FromServer::Sign(request)) = shown.try_recv() else { panic!("the station was asked to sign") };
        let statement = BASE64_STANDARD.decode(&request.statement).unwrap();
        let signature = BASE64_STANDARD.encode(secret.sign(&mut SysRng, &statement).unwrap());
        signed::signed(app, &self.station, SigningId(request.request), &key, &signature).await.unwrap();
        app.live.disconnect(self.station.id, connection);
        let mut tx = app.db.read().await.unwrap();
        let seq = handovers::handover(&mut tx, offered).await.unwrap().unwrap().offer_seq.unwrap();
        self.is("key", key);
        self.is("draft", drafted);
        self.is("offer", offered);
        self.is("offer entry", seq);
    }

    /// A roll of labels, a receipt and a sighting from the time without a server.
    async fn off_line(&mut self, test: &TestApp) {
        let app = &test.app;
        let order = Order { station: self.station.id, purpose: BlockPurpose::OffLine, labels: 2 };
        let block = blank::order(app, &self.keeper, app.ids.new_id(), order).await.unwrap();
        let labels = blank::block(app, &self.keeper, block).await.unwrap().labels;
        let code = |at: usize| {
            let (year, serial) = labels[at].number[1..].split_once('-').unwrap();
            Code::new(CodeKind::Blank, year, serial.parse().unwrap()).to_string()
        };
        let receipt = Receipt {
            code: code(0),
            case_number: self.mark.clone(),
            paper: self.mark.clone(),
            name: format!("手机 {}", self.mark),
            quantity: "1".to_owned(),
            received_by: self.keeper.name.clone(),
            ..Receipt::default()
        };
        let slot = test.slot_code(self.slot).await;
        let session: EntryId = app.ids.new_id();
        let sighting = Sighting {
            count: session.0,
            slot: slot.clone(),
            code: slot.clone(),
            by: self.keeper.name.clone(),
        };
        let observed_at = app.clock.now().plus(Span::days(-1)).0;
        for (number, what) in [(1, Observation::Received(receipt)), (2, Observation::Counted(sighting))] {
            custody::observe(app, &self.station, &Event { number, observed_at, what }).await.unwrap();
        }
        self.is("block", block);
        self.is("blank", code(1));
        self.is("receipt", 1);
        self.is("session", session);
        self.is("slot code", slot);
    }
}

impl Place {
    /// Somebody holds the kept thing under the scanner of this place's station.
    pub(super) async fn scan(&self, test: &TestApp) {
        static NEXT: AtomicU64 = AtomicU64::new(3);
        let what = Observation::Scan {
            device: "scanner".to_owned(),
            text: self.values["kept code"].clone(),
            symbology: None,
            repeat: false,
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let event = Event { number, observed_at: test.app.clock.now().0, what };
        custody::observe(&test.app, &self.station, &event).await.unwrap();
    }
}
