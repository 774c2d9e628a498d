//! Reading items: what they are, where, who holds them, who answers for them, what may happen next, and their life.

use super::{
    Error, Sentence, Thing,
    access::{eyes, see_case, see_item},
};
use crate::{
    app::App,
    clock::Moment,
    documents::sentence::{self, sentence},
    domain::{Code, CodeKind, Mentioned, Names, Person, Role, code::NotACode, rule::Deadline},
    id::{CaseId, HandoverId, ItemId, SlotId, StoreId, UnitId},
    language::Language,
    ledger::{Account, Body, Category, DutyAccount, Entry, StockAccount},
    store::{
        Tx, attachments, cases,
        items::{self as stored, Item},
        journal, names as looked_up, places,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

pub use crate::store::items::ItemFilter as Filter;

/// How many items one page lists.
pub const ITEMS_PER_PAGE: u32 = 50;

/// An item in a list: both books on one line.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ItemLine {
    pub id: ItemId,
    pub number: String,
    pub name: String,
    pub category: Category,
    pub features: String,
    /// As seized, as people write it: `12.35 克`.
    pub quantity: String,
    pub paper_number: String,
    pub paper_line: i64,
    pub seal: Option<String>,
    pub label_code: Option<String>,
    pub on_offer: Option<HandoverId>,
    pub seized_at: Moment,
    pub received_at: Option<Moment>,
    /// Every stock account it stands in; one, unless it was divided.
    pub places: Vec<Place>,
    /// Who answers for it.
    pub duties: Vec<Responsible>,
    /// When it must be handed in, while it is owed.
    pub due_at: Option<Moment>,
    /// The article that sets this.
    pub citation: String,
    /// Open differences about it.
    pub differences: usize,
    /// Nothing of it is in anybody's care any more.
    pub closed: bool,
}

/// How much of an item is where, and who holds it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Place {
    #[schema(value_type = String)]
    pub account: StockAccount,
    /// The account's word: `slot`, `owed` …
    pub kind: &'static str,
    /// Store and slot, unit, person, account; empty where the word says all.
    pub name: String,
    /// Who holds it: the unit that keeps the store, the borrower, the unit that owes it.
    pub holder: String,
    pub quantity: String,
}

/// Who answers.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Responsible {
    #[schema(value_type = String)]
    pub account: DutyAccount,
    /// `party`, `none` or `closed`.
    pub kind: &'static str,
    pub unit: Option<UnitId>,
    pub case: Option<CaseId>,
    pub unit_name: String,
    pub case_number: String,
    pub stage: Option<String>,
}

/// The lines of these items, in their order.
pub async fn lines(app: &App, tx: &mut Tx, items: Vec<Item>) -> Result<Vec<ItemLine>, Error> {
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    let holdings = stored::holdings(tx, &ids).await?;
    let duties = stored::duties(tx, &ids).await?;
    let open = stored::open_differences(tx, &ids).await?;
    let mut mentioned = Mentioned::default();
    holdings.iter().for_each(|it| mentioned.stock(&it.account));
    duties.iter().for_each(|it| mentioned.duty(&it.account));
    let names = looked_up::names(tx, &mentioned).await?;
    let mut by_item: BTreeMap<ItemId, (Vec<stored::Holding>, Vec<stored::Duty>, usize)> = BTreeMap::new();
    for it in holdings {
        by_item.entry(it.item).or_default().0.push(it);
    }
    for it in duties {
        by_item.entry(it.item).or_default().1.push(it);
    }
    for it in &open {
        by_item.entry(it.item).or_default().2 += 1;
    }
    Ok(items
        .into_iter()
        .map(|item| {
            let (holdings, duties, differences) = by_item.remove(&item.id).unwrap_or_default();
            let places = holdings.iter().map(|it| place_of(&item, it, &names)).collect();
            let duties = duties.iter().map(|it| responsible_of(it, &names)).collect();
            line_of(app, item, places, duties, differences)
        })
        .collect())
}

fn line_of(
    app: &App,
    item: Item,
    places: Vec<Place>,
    duties: Vec<Responsible>,
    differences: usize,
) -> ItemLine {
    let owed = places.iter().any(|place| place.kind == "owed");
    let rule = app.rules.deadline(Deadline::HandIn, item.seized_at).filter(|_| owed);
    ItemLine {
        quantity: item.measure.text(item.quantity, item.counted_as.as_deref()),
        due_at: owed.then(|| app.rules.due(Deadline::HandIn, item.seized_at)),
        citation: rule.map_or_else(String::new, |rule| rule.citation.clone()),
        closed: item.open_quantity == 0,
        id: item.id,
        number: item.number,
        name: item.name,
        category: item.category,
        features: item.features,
        paper_number: item.paper_number,
        paper_line: item.paper_line,
        seal: item.seal,
        label_code: item.label_code,
        on_offer: item.on_offer,
        seized_at: item.seized_at,
        received_at: item.received_at,
        places,
        duties,
        differences,
    }
}

fn place_of(item: &Item, it: &stored::Holding, names: &Names) -> Place {
    let (name, holder) = match &it.account {
        StockAccount::Owed(unit) => (String::new(), names.unit(*unit)),
        StockAccount::Slot(slot) => (names.slot(*slot), it.keeper.clone().unwrap_or_default()),
        StockAccount::InTransit(store) | StockAccount::Bank(store) => {
            (names.store(*store), names.store(*store))
        }
        StockAccount::OnLoan(person) => (String::new(), names.person(*person)),
        StockAccount::ThirdParty(agency) => (String::new(), names.agency(*agency)),
        _ => (String::new(), String::new()),
    };
    let quantity = item.measure.text(it.quantity, item.counted_as.as_deref());
    Place { account: it.account, kind: it.account.kind(), name, holder, quantity }
}

fn responsible_of(it: &stored::Duty, names: &Names) -> Responsible {
    let party = it.account.party();
    let kind = match it.account {
        DutyAccount::Party(_) => "party",
        DutyAccount::None => "none",
        DutyAccount::Closed => "closed",
    };
    Responsible {
        account: it.account,
        kind,
        unit: party.map(|party| party.unit),
        case: party.map(|party| party.case),
        unit_name: party.map_or_else(String::new, |party| names.unit(party.unit)),
        case_number: party.map_or_else(String::new, |party| names.case(party.case)),
        stage: it.stage.clone(),
    }
}

/// The items this person may see, newest number first, one more than wanted when there are more.
pub async fn list(app: &App, me: &Person, filter: &Filter) -> Result<Vec<ItemLine>, Error> {
    let mut tx = app.db.read().await?;
    let items = stored::page(&mut tx, eyes(me), filter).await?;
    lines(app, &mut tx, items).await
}

/// An item on its own page.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ItemView {
    #[serde(flatten)]
    pub line: ItemLine,
    /// The case it was seized in, when this person may see it.
    pub case: Option<CaseId>,
    pub case_number: String,
    pub seized_by: String,
    pub owed_by: String,
    /// What the scale showed when it was received.
    pub gross: Option<String>,
    pub open_quantity: String,
    pub label_copy: Option<i64>,
    pub labels: Vec<Label>,
    /// Digests.
    pub photographs: Vec<String>,
    pub differences: Vec<Difference>,
    pub parent: Option<Related>,
    pub children: Vec<Related>,
    pub next: Vec<NextAct>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Label {
    pub code: String,
    pub copy: i64,
    pub state: String,
    pub reason: Option<String>,
    pub printed_at: Moment,
    /// The copy that was scanned back and is bound now.
    pub bound: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = OpenDifference)]
pub struct Difference {
    pub class: String,
    pub finding: String,
    pub owner: String,
    pub due_at: Moment,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Related {
    pub id: ItemId,
    pub number: String,
    pub name: String,
    pub quantity: String,
}

/// Something that may happen next, or why it may not.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NextAct {
    /// `receive`, `offer`, `move`, `check_out`, `dispose`
    pub act: &'static str,
    /// Absent when this person may do it now.
    pub why_not: Option<Sentence>,
}

pub async fn show(app: &App, me: &Person, id: ItemId) -> Result<ItemView, Error> {
    let mut tx = app.db.read().await?;
    see_item(&mut tx, me, id).await?;
    let item = stored::item(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Item))?;
    let mut mentioned = Mentioned::default();
    mentioned.cases.insert(item.case);
    mentioned.units.insert(item.owed_by);
    mentioned.persons.insert(item.seized_by);
    let names = looked_up::names(&mut tx, &mentioned).await?;
    let case = see_case(&mut tx, me, item.case).await.is_ok().then_some(item.case);
    let labels = stored::labels(&mut tx, id).await?;
    let differences = stored::open_differences(&mut tx, &[id]).await?;
    let parent = match item.parent {
        Some(parent) => stored::item(&mut tx, parent).await?.map(|it| related(&it)),
        None => None,
    };
    let children = stored::children(&mut tx, id).await?.iter().map(related).collect();
    let photographs = attachments::photographs_of(&mut tx, id).await?;
    let line = lines(app, &mut tx, vec![item.clone()]).await?.pop().ok_or(Error::NotFound(Thing::Item))?;
    Ok(ItemView {
        next: next_acts(me, &item, &line),
        case,
        case_number: names.case(item.case),
        seized_by: names.person(item.seized_by),
        owed_by: names.unit(item.owed_by),
        gross: item.gross_mg.map(|mg| crate::ledger::Measure::Milligram.text(mg, None)),
        open_quantity: item.measure.text(item.open_quantity, item.counted_as.as_deref()),
        label_copy: item.label_copy,
        labels: labels.into_iter().map(|it| label_of(&item, it)).collect(),
        photographs,
        differences: differences.into_iter().map(difference_of).collect(),
        parent,
        children,
        line,
    })
}

fn label_of(item: &Item, it: stored::LabelCopy) -> Label {
    let bound = item.label_copy == Some(it.copy) && item.label_code.as_deref() == Some(it.code.as_str());
    Label {
        code: it.code,
        copy: it.copy,
        state: it.state,
        reason: it.reason,
        printed_at: it.created_at,
        bound,
    }
}

fn difference_of(it: stored::OpenDifference) -> Difference {
    Difference { class: it.class, finding: it.finding, owner: it.owner_name, due_at: it.due_at }
}

fn related(it: &Item) -> Related {
    let quantity = it.measure.text(it.quantity, it.counted_as.as_deref());
    Related { id: it.id, number: it.number.clone(), name: it.name.clone(), quantity }
}

fn why(code: &'static str, wrong: (&str, &str), remedy: (&str, &str)) -> Sentence {
    Sentence {
        code,
        zh: wrong.0.to_owned(),
        en: wrong.1.to_owned(),
        remedy_zh: remedy.0.to_owned(),
        remedy_en: remedy.1.to_owned(),
    }
}

/// What may happen to it next, and why something may not. Nothing, when its way has ended.
fn next_acts(me: &Person, item: &Item, line: &ItemLine) -> Vec<NextAct> {
    let has = |kind: &str| line.places.iter().any(|place| place.kind == kind);
    let mut acts = Vec::new();
    if line.closed {
        return acts;
    }
    if has("owed") {
        acts.push(NextAct { act: "receive", why_not: no_receipt(me, item) });
    }
    if line.duties.iter().any(|duty| duty.kind == "party") {
        acts.push(NextAct { act: "offer", why_not: no_offer(me, line) });
    }
    if has("slot") {
        let why_not = match me.is(Role::Custodian) {
            true => None,
            false => Some(why(
                "not_your_role",
                ("移库由保管员办理。", "Custodians move things."),
                ("如需移库，请联系保管单位。", "Ask the unit that keeps it."),
            )),
        };
        acts.push(NextAct { act: "move", why_not });
        acts.push(NextAct {
            act: "check_out",
            why_not: Some(why(
                "needs_approval",
                (
                    "调用须先经办案部门负责人审批，每次审批只用一次。",
                    "A loan needs an approval first; each works once.",
                ),
                (
                    "请先报批，写明用途和归还时间（办理行政案件程序规定第190条）。",
                    "Ask for one, with purpose and time of return (L3 §190).",
                ),
            )),
        });
        acts.push(NextAct {
            act: "dispose",
            why_not: Some(why(
                "needs_decision",
                (
                    "处置须有生效的处理决定或裁判，并经审批。",
                    "Disposal needs a decision in effect, and an approval.",
                ),
                (
                    "请先取得处理决定或裁判文书，再报批。",
                    "Obtain the decision or ruling, then ask for approval.",
                ),
            )),
        });
    }
    acts
}

fn no_receipt(me: &Person, item: &Item) -> Option<Sentence> {
    if !me.is(Role::Custodian) {
        return Some(why(
            "not_your_role",
            ("入库由保管员在窗口办理。", "A custodian receives it at the counter."),
            ("请连同扣押文书送到窗口。", "Bring it to the counter with its papers."),
        ));
    }
    match me.id == item.seized_by {
        true => Some(why(
            "custodian_seized_it",
            ("扣押人不能自己入库（办案与保管相分离）。", "Who seized it cannot receive it."),
            ("请由另一名保管员办理。", "Another custodian must act."),
        )),
        false => None,
    }
}

fn no_offer(me: &Person, line: &ItemLine) -> Option<Sentence> {
    if line.on_offer.is_some() {
        return Some(why(
            "item_on_offer",
            ("正在移交中，尚未了结。", "It is on offer in a handover that has not ended."),
            ("请先完成或撤回移交。", "Conclude or withdraw the handover first."),
        ));
    }
    let mine = line.duties.iter().any(|duty| duty.unit == Some(me.unit));
    match mine && (me.is(Role::Officer) || me.is(Role::Clerk)) {
        true => None,
        false => Some(why(
            "not_responsible",
            ("只有责任单位的办案人员可以发起移交。", "Only the unit that answers for it can offer it."),
            ("请联系责任单位。", "Ask the unit that answers for it."),
        )),
    }
}

/// One entry in an item's life.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LifeEvent {
    pub seq: u64,
    pub kind: &'static str,
    pub happened_at: Moment,
    pub recorded_at: Moment,
    pub sentence: Both,
    /// Where it is from then on, if this entry moved it.
    pub stock: Option<Both>,
    /// Who answers from then on, if this entry changed it.
    pub duty: Option<Both>,
    pub ends: bool,
    pub differs: bool,
}

/// The same in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Both {
    pub zh: String,
    pub en: String,
}

impl Both {
    pub fn of(tell: impl Fn(Language) -> String) -> Both {
        Both { zh: tell(Language::Zh), en: tell(Language::En) }
    }

    pub fn pick(&self, language: Language) -> &str {
        language.pick(&self.zh, &self.en)
    }
}

/// Every entry that touched an item, oldest first. Each is told as far as it is about this item: the other lines of an
/// entry may not be this person's to see.
pub async fn life(app: &App, me: &Person, id: ItemId) -> Result<Vec<LifeEvent>, Error> {
    let mut tx = app.db.read().await?;
    see_item(&mut tx, me, id).await?;
    let entries: Vec<Entry> =
        journal::entries_of_item(&mut tx, id).await?.into_iter().map(|entry| narrowed(entry, id)).collect();
    let names = looked_up::names(&mut tx, &Mentioned::by(&entries)).await?;
    Ok(entries.iter().map(|entry| event(entry, id, &names)).collect())
}

fn event(entry: &Entry, item: ItemId, names: &Names) -> LifeEvent {
    let gained = || entry.postings.iter().filter(|posting| posting.item == item && posting.change > 0);
    let stock = gained().find_map(|posting| match posting.account {
        Account::Stock(account) => Some(account),
        Account::Duty(_) => None,
    });
    let duty = gained().find_map(|posting| match posting.account {
        Account::Duty(account) => Some(account),
        Account::Stock(_) => None,
    });
    let body = &entry.draft.body;
    LifeEvent {
        seq: entry.seq,
        kind: body.kind(),
        happened_at: entry.draft.happened_at,
        recorded_at: entry.recorded_at,
        sentence: Both::of(|language| sentence(language, entry, names)),
        stock: stock.map(|account| Both::of(|language| sentence::place(language, &account, names))),
        duty: duty.map(|account| Both::of(|language| sentence::responsible(language, &account, names))),
        ends: stock.is_some_and(|account| !account.is_open()),
        differs: matches!(body, Body::RaiseDifference(_) | Body::DeclareLoss(_) | Body::DeclareError(_)),
    }
}

/// The entry with the lines of one item only.
fn narrowed(mut entry: Entry, item: ItemId) -> Entry {
    match &mut entry.draft.body {
        Body::Seize(it) => it.lines.retain(|line| line.item == item),
        Body::Receive(it) => it.lines.retain(|line| line.item == item),
        Body::Move(it) => it.lines.retain(|line| line.item == item),
        Body::Dispatch(it) => it.lines.retain(|line| line.item == item),
        Body::Arrive(it) => it.lines.retain(|line| line.item == item),
        Body::CheckOut(it) => it.lines.retain(|line| line.item == item),
        Body::Return(it) => it.lines.retain(|line| line.item == item),
        Body::Deposit(it) => it.lines.retain(|line| line.item == item),
        Body::Approve(it) => it.lines.retain(|line| line.item == item),
        Body::Offer(it) => it.statement.lines.retain(|line| line.item == item),
        Body::Exchange(it) => it.statement.lines.retain(|line| line.item == item),
        Body::Dispose(it) => it.lines.retain(|line| line.item == item),
        Body::DeclareLoss(it) => it.lines.retain(|line| line.item == item),
        Body::Correct(it) => it.lines.retain(|line| line.item == item),
        Body::Split(_) | Body::Withdraw(_) | Body::CountStatement(_) => (),
        Body::RaiseDifference(_) | Body::SettleDifference(_) | Body::DeclareError(_) => (),
    }
    entry.postings.retain(|posting| posting.item == item);
    entry
}

/// The one answer to a scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Found {
    Item {
        id: ItemId,
        /// The number of the item; for a scan this is what was meant.
        number: String,
    },
    Slot {
        id: SlotId,
        store: StoreId,
        name: String,
    },
    Case {
        id: CaseId,
    },
    /// Not a code of ours: look for it as words.
    Words,
    /// One of our codes with a character misread.
    Misread,
    /// Ours by its shape, but nobody here has it, or it is not this person's to see.
    Unknown,
}

/// What a scanned code or a typed number means. What is not theirs to see is unknown.
pub async fn find(app: &App, me: &Person, text: &str) -> Result<Found, Error> {
    let text = text.trim();
    let mut tx = app.db.read().await?;
    match Code::parse(text) {
        Ok(code) if code.kind() == CodeKind::Slot => {
            let slot = places::slot_by_code(&mut tx, &code.to_string()).await?;
            Ok(slot.map_or(Found::Unknown, |slot| Found::Slot {
                name: slot.full_name(),
                store: slot.store,
                id: slot.id,
            }))
        }
        Ok(code) => numbered(&mut tx, me, &code.number()).await,
        Err(not) => {
            if let Found::Item { id, number } = numbered(&mut tx, me, &text.to_uppercase()).await? {
                return Ok(Found::Item { id, number });
            }
            if let Some(case) = cases::by_number(&mut tx, me.unit, text).await? {
                return Ok(Found::Case { id: case.case.id });
            }
            Ok(if not == NotACode::CheckFailed { Found::Misread } else { Found::Words })
        }
    }
}

async fn numbered(tx: &mut Tx, me: &Person, number: &str) -> Result<Found, Error> {
    let Some(item) = stored::by_number(tx, number).await? else { return Ok(Found::Unknown) };
    match see_item(tx, me, item.id).await {
        Ok(()) => Ok(Found::Item { id: item.id, number: item.number }),
        Err(Error::NotFound(_)) => Ok(Found::Unknown),
        Err(error) => Err(error),
    }
}
