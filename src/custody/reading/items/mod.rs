//! Reading items: what they are, where, who holds them, who answers for them, what may happen next, and their life.

use crate::custody::{
    Error, Thing,
    access::{see_item, sees_case},
    as_of, texts, too_many_for_a_sheet, turn_to_read,
};
use crate::{
    app::App,
    clock::Moment,
    documents::{
        sentence::change,
        totals::{Amount, SumLine, sum_lines},
    },
    domain::{AsOf, Code, Names, Person, Unit, Viewer, rule::Deadline},
    id::{CaseId, HandoverId, ItemId, UnitId},
    language::Language,
    ledger::{ApprovedAct, Category, DescriptionChange, DutyAccount, Mentions, Particulars, StockAccount},
    store::{
        Tx,
        descriptions::{self, DescriptionCorrection},
        item_list,
        items::{self as stored, Item},
        names as looked_up, people, photographs as kept_photographs, requests,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

mod find;
mod life;
mod next;
mod packing;
mod past;
mod photographs;

pub use crate::store::item_list::{HITS_MOST, ItemCursor as Cursor, ItemFilter as Filter, ItemSort as Sort};
pub use find::{SearchHit, find};
pub use life::{Both, LIFE_MOST, LifeEvent, LifePart, life, life_as_of, life_part};
pub use next::NextAct;
pub use past::other_seals;
pub use photographs::ItemPhotograph;

/// How many items one page lists.
pub const ITEMS_PER_PAGE: u32 = 40;

/// An item in a list: both books on one line.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ItemLine {
    pub id: ItemId,
    pub number: String,
    pub name: String,
    pub category: Category,
    pub features: String,
    /// What the list says in fields of their own.
    pub particulars: Particulars,
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
    /// The digest of its first photograph.
    pub photograph: Option<String>,
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
    /// The slot alone, and the store alone; empty where it lies in none.
    pub slot: String,
    pub store: String,
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

/// The lines of these items, in their order, as they stand or as they stood; what was not yet there is left out.
pub async fn lines(
    app: &App,
    tx: &mut Tx,
    items: Vec<Item>,
    at: Option<AsOf>,
) -> Result<Vec<ItemLine>, Error> {
    let items = match at {
        Some(at) => past::as_known(tx, items, at).await?,
        None => items,
    };
    told(app, tx, items, at).await
}

async fn told(app: &App, tx: &mut Tx, items: Vec<Item>, at: Option<AsOf>) -> Result<Vec<ItemLine>, Error> {
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    let past::Books { holdings, duties, open } = past::books(tx, &ids, at).await?;
    let mut mentioned = Mentions::default();
    holdings.iter().for_each(|it| mentioned.stock(&it.account));
    duties.iter().for_each(|it| mentioned.duty(&it.account));
    let names = looked_up::names(tx, &mentioned).await?;
    let mut photographs = kept_photographs::first_of(tx, &ids, as_of::up_to(at)).await?;
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
            let photograph = photographs.remove(&item.id);
            ItemLine { photograph, ..line_of(app, item, places, duties, differences) }
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
    let hand_in = owed.then(|| app.rules().citation(Deadline::HandIn, item.seized_at));
    ItemLine {
        quantity: item.measure.text(item.quantity, item.counted_as.as_deref()),
        due_at: owed.then(|| app.rules().due(Deadline::HandIn, item.seized_at)),
        citation: hand_in.unwrap_or_default(),
        closed: item.open_quantity == 0,
        id: item.id,
        number: item.number,
        name: item.name,
        category: item.category,
        features: item.features,
        particulars: item.particulars,
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
        photograph: None,
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
    let (slot, store) = (it.slot.clone().unwrap_or_default(), it.store.clone().unwrap_or_default());
    Place { account: it.account, kind: it.account.kind(), name, slot, store, holder, quantity }
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

/// The items this person may see, in the order of the filter, one more than wanted when there are more.
pub async fn list(app: &App, me: &Person, filter: &Filter) -> Result<Vec<ItemLine>, Error> {
    texts::searched(&filter.search)?;
    let mut tx = app.db.read().await?;
    let items = item_list::page(&mut tx, Viewer::of(me), filter).await?;
    lines(app, &mut tx, items, None).await
}

/// The units by which things may be narrowed: all that there are, since any may answer for something. Their names are no secret.
pub async fn units(app: &App) -> Result<Vec<Unit>, Error> {
    Ok(people::units(&mut app.db.read().await?).await?)
}

/// How many rows a workbook has at most.
pub const SHEET_MOST: u32 = 20_000;

/// All that the filter finds, for a workbook. Refuses more than [`SHEET_MOST`].
pub async fn whole_list(app: &App, me: &Person, filter: &Filter) -> Result<Vec<ItemLine>, Error> {
    let _turn = turn_to_read(app, me, u64::from(SHEET_MOST)).await?;
    let found = list(app, me, filter).await?;
    too_many_for_a_sheet(found.len(), filter.limit)?;
    Ok(found)
}

/// Where the page after this item begins.
pub fn cursor(filter: &Filter, last: &ItemLine) -> Cursor {
    let key = match filter.sort {
        Sort::Number => String::new(),
        Sort::Name => last.name.clone(),
        Sort::SeizedAt => last.seized_at.0.to_string(),
    };
    Cursor { key, number: last.number.clone() }
}

/// What a list is altogether.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hits {
    pub items: i64,
    /// There are more, which are not counted.
    pub more: bool,
    /// What they add up to, in words; empty when there are more.
    pub sums: Vec<SumLine>,
}

/// How many items the filter finds, and what is still in care of them.
pub async fn hits(app: &App, me: &Person, filter: &Filter) -> Result<Hits, Error> {
    texts::searched(&filter.search)?;
    let found = item_list::hits(&mut app.db.read().await?, Viewer::of(me), filter).await?;
    let items: i64 = found.iter().map(|it| it.items).sum();
    let more = items > i64::from(HITS_MOST);
    let in_care = found.iter().filter(|it| it.open_quantity > 0 && !more);
    let sums = sum_lines(in_care.map(|it| Amount {
        category: it.category,
        measure: &it.measure,
        counted_as: it.counted_as.as_deref(),
        quantity: it.open_quantity,
    }));
    Ok(Hits { items: items.min(i64::from(HITS_MOST)), more, sums })
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
    /// What its packing weighed by itself, and what it weighs without it.
    pub tare: Option<String>,
    pub net: Option<String>,
    pub open_quantity: String,
    pub label_copy: Option<i64>,
    pub labels: Vec<Label>,
    pub photographs: Vec<ItemPhotograph>,
    pub differences: Vec<Difference>,
    /// What was written of it before, the oldest first.
    pub corrections: Vec<CorrectedWords>,
    pub parent: Option<RelatedItem>,
    pub children: Vec<RelatedItem>,
    pub next: Vec<NextAct>,
    /// Present when it is shown as it was known then.
    pub as_of: Option<AsOf>,
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

/// What was written of an item and what is written in its place.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CorrectedWords {
    /// The correction's entry.
    pub seq: u64,
    pub field: Both,
    pub from: Option<Both>,
    pub to: Option<Both>,
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
pub struct RelatedItem {
    pub id: ItemId,
    pub number: String,
    pub name: String,
    pub quantity: String,
}

/// An item as it stands.
pub async fn show(app: &App, me: &Person, id: ItemId) -> Result<ItemView, Error> {
    show_as_of(app, me, id, None).await
}

/// An item as it was known after an entry: nothing may be done with it there. Whoever may see it now may see how it stood.
pub async fn show_as_of(app: &App, me: &Person, id: ItemId, at: Option<AsOf>) -> Result<ItemView, Error> {
    let mut tx = app.db.read().await?;
    see_item(&mut tx, me, id).await?;
    let mut item = stored::item(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Item))?;
    if let Some(at) = at {
        item = past::as_known(&mut tx, vec![item], at).await?.pop().ok_or(Error::NotYet(Thing::Item))?;
    }
    let mut mentioned = Mentions::default();
    mentioned.cases.insert(item.case);
    mentioned.units.insert(item.owed_by);
    mentioned.persons.insert(item.seized_by);
    let names = looked_up::names(&mut tx, &mentioned).await?;
    let case = sees_case(&mut tx, me, item.case).await?.then_some(item.case);
    let mut labels = stored::labels(&mut tx, id).await?;
    labels.retain(|label| at.is_none_or(|at| label.created_at <= at.recorded_at));
    let differences = past::books(&mut tx, &[id], at).await?.open;
    let parent = match item.parent {
        Some(parent) => stored::item(&mut tx, parent).await?.map(|it| related(&it)),
        None => None,
    };
    let mut children = stored::children(&mut tx, id).await?;
    if let Some(at) = at {
        children = past::as_known(&mut tx, children, at).await?;
    }
    let corrections = corrections(&mut tx, id, at).await?;
    let photographs = photographs::of_item(&mut tx, me, id, as_of::up_to(at)).await?;
    let line = told(app, &mut tx, vec![item.clone()], at).await?.pop().ok_or(Error::NotFound(Thing::Item))?;
    let (tare, net) = match item.gross_mg {
        Some(_) => packing::packing(&mut tx, id, at).await?.unzip(),
        None => (None, None),
    };
    let now = app.clock.now();
    let asked_for = next::AskedFor {
        loan: requests::waiting_for(&mut tx, ApprovedAct::CheckOut, id, now).await?.is_some(),
        disposal: requests::waiting_for(&mut tx, ApprovedAct::Dispose, id, now).await?.is_some(),
        loss: requests::waiting_for(&mut tx, ApprovedAct::DeclareLoss, id, now).await?.is_some(),
    };
    Ok(ItemView {
        next: if at.is_none() { next::next_acts(me, &item, &line, asked_for) } else { Vec::new() },
        case,
        case_number: names.case(item.case),
        seized_by: names.person(item.seized_by),
        owed_by: names.unit(item.owed_by),
        gross: item.gross_mg.map(|mg| crate::ledger::Measure::Milligram.text(mg, None)),
        tare,
        net,
        open_quantity: item.measure.text(item.open_quantity, item.counted_as.as_deref()),
        label_copy: item.label_copy,
        labels: labels.into_iter().map(|it| label_of(&item, it)).collect(),
        photographs,
        differences: differences.into_iter().map(difference_of).collect(),
        corrections,
        parent,
        children: children.iter().map(related).collect(),
        line,
        as_of: at,
    })
}

async fn corrections(tx: &mut Tx, id: ItemId, at: Option<AsOf>) -> Result<Vec<CorrectedWords>, Error> {
    let found = descriptions::between(tx, &[id], 0..=as_of::up_to(at)).await?;
    let mut mentioned = Mentions::default();
    let found: Vec<DescriptionCorrection> = found.into_iter().filter(|it| !newer_copy(it)).collect();
    found.iter().for_each(|it| mentioned.described(&it.description));
    let names = looked_up::names(tx, &mentioned).await?;
    Ok(found.iter().map(|it| words_of(it, &names)).collect())
}

/// A label that gave way to a newer copy of itself was not wrong.
fn newer_copy(it: &DescriptionCorrection) -> bool {
    matches!(&it.description.change, DescriptionChange::Label { from: Some(from), to } if from.code == to.code)
}

fn words_of(it: &DescriptionCorrection, names: &Names) -> CorrectedWords {
    let [zh, en] = [Language::Zh, Language::En].map(|language| change(language, &it.description, names));
    let both = |zh: Option<String>, en: Option<String>| Some(Both { zh: zh?, en: en? });
    CorrectedWords {
        seq: it.seq,
        field: Both { zh: zh.0.to_owned(), en: en.0.to_owned() },
        from: both(zh.1, en.1),
        to: both(zh.2, en.2),
    }
}

fn label_of(item: &Item, it: stored::LabelCopy) -> Label {
    let code = Code::parse(&it.code).map(|code| code.to_string()).ok();
    let bound = item.label_copy == Some(it.copy) && code.is_some() && item.label_code == code;
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

fn related(it: &Item) -> RelatedItem {
    let quantity = it.measure.text(it.quantity, it.counted_as.as_deref());
    RelatedItem { id: it.id, number: it.number.clone(), name: it.name.clone(), quantity }
}
