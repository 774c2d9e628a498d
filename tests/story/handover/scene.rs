//! A case with three items on a shelf, and the stations of the three agencies.

use crate::support::{self, Engine, TestApp};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    app::App,
    clock::Span,
    custody::{
        Error, conclude, handover,
        handover::HandoverView,
        inspect,
        offer::{self, NewOffer},
        opening::{self, NewCase},
        signed,
    },
    domain::{HandoverState, Person},
    id::{CaseId, HandoverId, ItemId, SigningId, StationId, UnitId},
    ledger::{
        Account, Answer, Body, BoundLabel, Category, Currency, DifferenceClass, Draft, DutyAccount, Entry,
        HandoverPurpose, Holding, Measure, PaperKind, PaperRef, Party, RaisedDifference, Receive,
        ReceivedLine, Reception, Seize, SeizedLine,
    },
    store::{
        journal, people,
        stations::{self, Station},
    },
};
use hufu_wire::{FromServer, message::SignRequest, proof::holder, signature::SecretKey};
use tokio::sync::mpsc::{self, UnboundedReceiver};

/// A station, and the people at it who sign what is shown, each with their own key.
pub(crate) struct Desk {
    pub(crate) station: Station,
    /// Of the one who is there as a rule.
    pub(crate) secret: SecretKey,
    pub(crate) key: String,
    holder: String,
    shown: UnboundedReceiver<FromServer>,
}

impl Desk {
    async fn open(app: &App, station: StationId, person: &Person) -> Desk {
        let (secret, key) = support::keys::of(app, person.id).await;
        let holder = holder(&person.name, &person.login);
        let mut tx = app.db.read().await.unwrap();
        let station = stations::station(&mut tx, station).await.unwrap().unwrap();
        let (to_station, shown) = mpsc::unbounded_channel();
        app.live.connect(station.id, to_station);
        Desk { station, secret, key, holder, shown }
    }

    /// What the station shows, newest last.
    pub(crate) fn shown(&mut self) -> SignRequest {
        let mut newest = None;
        while let Ok(message) = self.shown.try_recv() {
            if let FromServer::Sign(request) = message {
                newest = Some(request);
            }
        }
        newest.expect("the station was asked to sign")
    }

    /// Whether a request was taken off the page.
    pub(crate) fn forgotten(&mut self, request: &SignRequest) -> bool {
        let forget = FromServer::ForgetSign { request: request.request };
        std::iter::from_fn(|| self.shown.try_recv().ok()).any(|message| message == forget)
    }

    pub(crate) fn sign(&self, request: &SignRequest) -> String {
        let sheet = request.read().expect("a station signs only what it reads").sheet();
        assert_eq!(request.words, sheet.in_chinese());
        let statement = BASE64_STANDARD.decode(&request.statement).unwrap();
        BASE64_STANDARD.encode(self.secret.sign(&mut SysRng, &statement).unwrap())
    }

    /// The signature of whoever was asked, with their own key.
    pub(crate) async fn of_asked(&self, app: &App, request: &SignRequest) -> (String, String) {
        if request.holder == self.holder {
            return (self.key.clone(), self.sign(request));
        }
        let people = people::persons(&mut app.db.read().await.unwrap()).await.unwrap();
        let asked = people.into_iter().find(|it| holder(&it.name, &it.login) == request.holder).unwrap();
        let (secret, key) = support::keys::of(app, asked.id).await;
        let statement = BASE64_STANDARD.decode(&request.statement).unwrap();
        (key, BASE64_STANDARD.encode(secret.sign(&mut SysRng, &statement).unwrap()))
    }

    /// Reads, signs and sends back.
    pub(crate) async fn answer(&mut self, app: &App) -> Result<(), Error> {
        let request = self.shown();
        let (key, signature) = self.of_asked(app, &request).await;
        signed::signed(app, &self.station, SigningId(request.request), &key, &signature).await
    }
}

pub(crate) struct Scene {
    pub(crate) t: TestApp,
    pub(crate) police: Desk,
    pub(crate) procuratorate: Desk,
    pub(crate) court: Desk,
    pub(crate) zhang: Person,
    pub(crate) qian: Person,
    pub(crate) zhou: Person,
    pub(crate) case: CaseId,
    /// Phones, crystals, cash; in slot A-03, but the cash still owed.
    pub(crate) items: [ItemId; 3],
}

impl Scene {
    pub(crate) async fn new(engine: Engine) -> Scene {
        let t = TestApp::new(engine).await;
        let (zhang, qian, zhou) = (t.person("zhang").await, t.person("qian").await, t.person("zhou").await);
        let police = Desk::open(&t.app, t.city.police_station, &zhang).await;
        let procuratorate = Desk::open(&t.app, t.city.procuratorate_station, &qian).await;
        let court = Desk::open(&t.app, t.city.court_station, &zhou).await;
        let new = NewCase {
            number: "临公（刑）立字〔2026〕7号".to_owned(),
            name: "“1·5”系列盗窃案".to_owned(),
            linked_to: None,
        };
        let case = opening::open_case(&t.app, &zhang, &new).await.unwrap();
        let items = [(); 3].map(|()| t.app.ids.new_id());
        let scene = Scene { t, police, procuratorate, court, zhang, qian, zhou, case, items };
        scene.seize().await;
        scene.receive().await;
        scene
    }

    pub(crate) fn app(&self) -> &App {
        &self.t.app
    }

    async fn seize(&self) {
        let line = |at: usize, name: &str, measure: Measure, quantity, counted_as: Option<&str>| SeizedLine {
            item: self.items[at],
            number: format!("W26-000000{at}"),
            paper_line: u32::try_from(at).unwrap() + 1,
            name: name.to_owned(),
            category: Category::General,
            features: "特征清楚".to_owned(),
            particulars: Default::default(),
            measure,
            quantity,
            counted_as: counted_as.map(str::to_owned),
            holding: Holding::InHand,
        };
        let cny = Measure::Minor(Currency::new("CNY").unwrap());
        let seize = Seize {
            case: self.case,
            unit: self.zhang.unit,
            lines: vec![
                line(0, "黑色智能手机", Measure::Piece, 2, Some("部")),
                line(1, "白色晶体", Measure::Milligram, 12_350, None),
                line(2, "人民币现金", cny, 1_200_000, None),
            ],
        };
        let paper = PaperRef { kind: PaperKind::SeizureList, number: "临公扣〔2026〕7号".to_owned() };
        self.record(&self.zhang, Body::Seize(seize), vec![paper]).await;
    }

    async fn receive(&self) {
        let chen = self.t.person("chen").await;
        let [one, two, three] =
            [self.t.photograph("1").await, self.t.photograph("2").await, self.t.photograph("3").await];
        let line = |at: usize, quantity, seal: &str, photographs: &[&String]| ReceivedLine {
            item: self.items[at],
            owed_by: self.zhang.unit,
            answer: Reception::Accepted {
                quantity,
                slot: self.t.city.slots[2],
                label: BoundLabel { code: format!("W26-000000{at}-XX"), copy: 1 },
                weighing: None,
                seal: Some(seal.to_owned()),
                photographs: photographs.iter().map(|digest| (*digest).clone()).collect(),
                damaged: false,
                remark: None,
                second: None,
                denominations: vec![],
            },
            difference: None,
        };
        let lines = vec![line(0, 2, "F2026-0001", &[&one, &two]), line(1, 12_350, "F2026-0002", &[&three])];
        let receive = Receive { delivered_by: self.zhang.id, lines };
        self.record(&chen, Body::Receive(receive), Vec::new()).await;
    }

    /// So many fen of the money come to the counter, and the rest does not.
    pub(crate) async fn receive_money(&self, quantity: i64) {
        let chen = self.t.person("chen").await;
        let line = ReceivedLine {
            item: self.items[2],
            owed_by: self.zhang.unit,
            answer: Reception::Accepted {
                quantity,
                slot: self.t.city.vault_slots[0],
                label: BoundLabel { code: "W26-0000002-XX".to_owned(), copy: 1 },
                weighing: None,
                seal: Some("F2026-0003".to_owned()),
                photographs: vec![self.t.photograph("4").await],
                damaged: false,
                remark: None,
                second: None,
                denominations: vec![],
            },
            difference: Some(RaisedDifference {
                difference: self.app().ids.new_id(),
                class: DifferenceClass::Short,
                item: Some(self.items[2]),
                finding: "现金少于清单所列".to_owned(),
                owner: self.zhang.unit,
                due_at: self.app().clock.now().plus(Span::hours(24)),
                brought_by: Some(self.zhang.id),
                case: None,
                photograph: None,
            }),
        };
        let receive = Receive { delivered_by: self.zhang.id, lines: vec![line] };
        self.record(&chen, Body::Receive(receive), Vec::new()).await;
    }

    pub(crate) async fn record(&self, actor: &Person, body: Body, papers: Vec<PaperRef>) {
        let draft = Draft {
            id: self.app().ids.new_id(),
            happened_at: self.app().clock.now(),
            actor: actor.id,
            unit: actor.unit,
            station: None,
            papers,
            body,
            signatures: Vec::new(),
        };
        self.app().sequencer.record(draft).await.unwrap();
    }

    /// A draft of everything this person's unit can give.
    pub(crate) async fn draft(
        &self,
        me: &Person,
        case: CaseId,
        purpose: HandoverPurpose,
        to: UnitId,
    ) -> HandoverId {
        let new = NewOffer { case, purpose, to_unit: to };
        let draft = offer::draft_offer(self.app(), me, new).await.unwrap();
        // What was never handed in is no line until somebody says so.
        for left_out in self.view(me, draft).await.left_out {
            offer::put_in(self.app(), me, draft, left_out.item).await.unwrap();
        }
        draft
    }

    /// The police's offer to the procuratorate, signed.
    pub(crate) async fn offered(&mut self) -> HandoverId {
        let (zhang, case, to) = (self.zhang.clone(), self.case, self.t.city.procuratorate);
        let id = self.draft(&zhang, case, HandoverPurpose::ToProsecution, to).await;
        offer::request_offer_signature(&self.t.app, &zhang, id, None).await.unwrap();
        self.police.answer(&self.t.app).await.unwrap();
        self.t.app.clock.advance(Span::minutes(5));
        id
    }

    /// The first line accepted, the second with a remark, the third refused.
    pub(crate) async fn mixed_answers(&self, me: &Person, id: HandoverId) {
        let app = self.app();
        inspect::answer(app, me, id, 1, Answer::Accepted).await.unwrap();
        let remark = Answer::AcceptedWithRemark("外包装有折痕".to_owned());
        inspect::answer(app, me, id, 2, remark).await.unwrap();
        inspect::answer(app, me, id, 3, Answer::Refused("尚未入库，无法查验".to_owned())).await.unwrap();
    }

    pub(crate) async fn view(&self, me: &Person, id: HandoverId) -> HandoverView {
        handover::handover(self.app(), me, id).await.unwrap()
    }

    pub(crate) async fn state(&self, id: HandoverId) -> HandoverState {
        let zheng = self.t.person("zheng").await;
        self.view(&zheng, id).await.handover.state
    }

    /// Somebody's own key in force, and its id.
    pub(crate) async fn key_of(&self, login: &str) -> (SecretKey, String) {
        support::keys::of(self.app(), self.t.person(login).await.id).await
    }

    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let mut tx = self.app().db.read().await.unwrap();
        journal::page(&mut tx, None, None, 1_000).await.unwrap()
    }

    pub(crate) async fn entries_of(&self, kind: &str) -> usize {
        self.entries().await.iter().filter(|entry| entry.draft.body.kind() == kind).count()
    }

    /// Who answers for the item now, from the postings.
    pub(crate) async fn responsible(&self, item: ItemId) -> Party {
        let mut balances = std::collections::BTreeMap::new();
        for entry in self.entries().await {
            for posting in entry.postings.iter().filter(|posting| posting.item == item) {
                if let Account::Duty(DutyAccount::Party(party)) = posting.account {
                    *balances.entry(party).or_insert(0) += posting.change;
                }
            }
        }
        let mut parties = balances.into_iter().filter(|(_, quantity)| *quantity > 0);
        let party = parties.next().unwrap().0;
        assert!(parties.next().is_none(), "exactly one party answers");
        party
    }

    /// Accepts everything and signs, for whoever receives.
    pub(crate) async fn accept_all(&mut self, me: &Person, id: HandoverId, number: &str) {
        inspect::accept_rest(&self.t.app, me, id).await.unwrap();
        conclude::request_conclusion_signature(&self.t.app, me, id, number, None).await.unwrap();
        let app = self.t.app.clone();
        self.desk(me).answer(&app).await.unwrap();
        self.t.app.clock.advance(Span::minutes(5));
    }

    pub(crate) fn desk(&mut self, me: &Person) -> &mut Desk {
        [&mut self.police, &mut self.procuratorate, &mut self.court]
            .into_iter()
            .find(|desk| desk.station.unit == me.unit)
            .unwrap()
    }
}

/// The stable code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}
