//! Both books added up, as they stand or as they stood after any entry: by place, unit, category and case, and whether
//! what came in is in care, has left or is lost.

use crate::custody::{Error, as_of, ledger::auditor_only};
use crate::{
    app::App,
    domain::{AsOf, Names, Person},
    id::{AgencyId, CaseId, PersonId, StoreId, UnitId},
    ledger::{Mentions, StockAccount},
    store::{
        Tx,
        auditor::{self, CaseSum},
        names,
        sums::{self, Grouping, Sum},
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many cases the balances list, the fullest first.
const CASES: usize = 100;

/// Both books, added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Balances {
    /// Where things are: per kind of account, and store, unit, person or agency.
    pub stock: Vec<BalanceLine>,
    /// Who answers.
    pub duty: Vec<BalanceLine>,
    /// What is in care, per category.
    pub categories: Vec<BalanceLine>,
    pub cases: Vec<CaseSum>,
    pub totals: Vec<TotalLine>,
    /// The entry that these are the balances after.
    pub size: u64,
    /// Present when they are shown as they were known then.
    pub as_of: Option<AsOf>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BalanceLine {
    /// A word of section `stock`, `duty` or `category`.
    pub kind: String,
    /// The store, unit, person or agency.
    pub whose: Option<String>,
    pub items: i64,
    pub quantity: String,
}

/// Everything of one measure: what came in must be in care, have left or be lost; and somebody answers for what is in
/// care or lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TotalLine {
    /// `piece`, `mg`, `ul`, or a currency.
    pub measure: String,
    pub came_in: String,
    pub in_care: String,
    pub gone: String,
    pub lost: String,
    pub answered: String,
    /// In care and lost, and answered for, as numbers for the picture.
    pub in_stock: i64,
    pub in_duty: i64,
    pub in_stock_text: String,
    pub difference_text: String,
    pub in_balance: bool,
}

/// The balances of both books. For those who see all.
pub async fn balances(app: &App, me: &Person) -> Result<Balances, Error> {
    balances_as_of(app, me, None).await
}

/// The same as they were known after an entry.
pub async fn balances_as_of(app: &App, me: &Person, at: Option<AsOf>) -> Result<Balances, Error> {
    auditor_only(me)?;
    let mut tx = app.db.read().await?;
    let seq = as_of::last(&mut tx, at).await?;
    let stock = sums::as_of(&mut tx, Grouping::Stock, seq).await?;
    let duty = sums::as_of(&mut tx, Grouping::Duty, seq).await?;
    let categories = sums::as_of(&mut tx, Grouping::Category, seq).await?;
    let mut mentioned = Mentions::default();
    for sum in stock.iter().chain(&duty) {
        mentioned.stores.insert(StoreId(sum.whose));
        mentioned.units.insert(UnitId(sum.whose));
        mentioned.persons.insert(PersonId(sum.whose));
        mentioned.agencies.insert(AgencyId(sum.whose));
    }
    let names = names::names(&mut tx, &mentioned).await?;
    let totals = totals(&stock, &duty);
    let lines = |sums: Vec<Sum>| sums.into_iter().map(|sum| balance_line(&names, sum)).collect();
    Ok(Balances {
        stock: lines(stock),
        duty: lines(duty),
        categories: lines(categories),
        cases: cases(&mut tx, seq).await?,
        totals,
        size: seq,
        as_of: at,
    })
}

/// The cases with the most items, the fullest first.
async fn cases(tx: &mut Tx, seq: u64) -> Result<Vec<CaseSum>, Error> {
    let mut items: BTreeMap<CaseId, i64> = BTreeMap::new();
    for sum in sums::as_of(tx, Grouping::Case, seq).await? {
        let case = items.entry(CaseId(sum.whose)).or_insert(0);
        *case = case.saturating_add(sum.items);
    }
    let mut fullest: Vec<(CaseId, i64)> = items.into_iter().filter(|(_, items)| *items > 0).collect();
    fullest.sort_by_key(|(case, items)| (std::cmp::Reverse(*items), *case));
    fullest.truncate(CASES);
    Ok(auditor::case_sums(tx, &fullest).await?)
}

fn balance_line(names: &Names, sum: Sum) -> BalanceLine {
    let id = sum.whose;
    let whose = names.stores.get(&StoreId(id)).or_else(|| names.units.get(&UnitId(id)));
    let whose =
        whose.or_else(|| names.persons.get(&PersonId(id))).or_else(|| names.agencies.get(&AgencyId(id)));
    let quantity = sum.text();
    BalanceLine { kind: sum.kind, whose: whose.cloned(), items: sum.items, quantity }
}

/// Per measure, what came in, what is in care, what left, what was lost, and what is answered for.
fn totals(stock: &[Sum], duty: &[Sum]) -> Vec<TotalLine> {
    let mut totals: BTreeMap<(&str, &str), Totals> = BTreeMap::new();
    for sum in stock {
        let total = totals.entry((&sum.measure, &sum.currency)).or_default();
        let place = match StockAccount::from_parts(&sum.kind, sum.whose) {
            Some(StockAccount::Origin) => {
                total.came_in = total.came_in.saturating_sub(sum.quantity);
                continue;
            }
            Some(StockAccount::Converted) | None => continue,
            Some(StockAccount::DeclaredLoss) => &mut total.lost,
            Some(account) if account.is_open() => &mut total.in_care,
            Some(_) => &mut total.gone,
        };
        *place = place.saturating_add(sum.quantity);
    }
    for sum in duty.iter().filter(|sum| sum.kind == "party") {
        let total = totals.entry((&sum.measure, &sum.currency)).or_default();
        total.answered = total.answered.saturating_add(sum.quantity);
    }
    totals.into_iter().map(|((measure, currency), total)| total.line(measure, currency)).collect()
}

#[derive(Default)]
struct Totals {
    came_in: i64,
    in_care: i64,
    gone: i64,
    lost: i64,
    answered: i64,
}

impl Totals {
    fn line(&self, measure: &str, currency: &str) -> TotalLine {
        let text = |quantity| sums::amount(measure, currency, quantity);
        let kept = self.in_care.saturating_add(self.lost);
        TotalLine {
            measure: if currency.is_empty() { measure } else { currency }.to_owned(),
            came_in: text(self.came_in),
            in_care: text(self.in_care),
            gone: text(self.gone),
            lost: text(self.lost),
            answered: text(self.answered),
            in_stock: kept,
            in_duty: self.answered,
            in_stock_text: text(kept),
            difference_text: text(kept.saturating_sub(self.answered).saturating_abs()),
            in_balance: kept == self.answered && self.came_in == kept.saturating_add(self.gone),
        }
    }
}
