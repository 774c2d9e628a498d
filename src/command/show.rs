//! `hufu show`: an item, a case, a store, a slot or the balances as they stand, or as they were known.

use super::{Database, say, terminal_language};
use crate::{
    app::App,
    custody::{
        Error, Thing, access, as_of,
        balances::{Balances, balances_as_of},
        cases::{self, CaseView},
        items::{self, ItemLine, ItemView, SearchHit},
        stores::{self, SlotView, StoreView},
    },
    domain::{AsOf, Person, finding},
    language::Language,
};
use serde::Serialize;

/// Show an item, a case, a store, a slot or the balances, now or as known on a date
///
/// Reads only; for whoever runs the machine that holds the database.
#[derive(Clone, Debug, clap::Args)]
pub struct Show {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    database: Database,
    /// An entry number (1234), a date (2026-11-20, to its end) or a date and time ("2026-11-20 14:30"), of recording
    #[arg(long, value_name = "WHEN", global = true)]
    as_of: Option<String>,
    /// One JSON object instead of sentences
    #[arg(long, global = true)]
    json: bool,
    /// zh or en; the terminal's language when absent
    #[arg(long, global = true, value_parser = super::verify::language)]
    language: Option<Language>,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// An item by its number, or what its label says
    Item { number: String },
    /// A case by its number; every agency's case of that number
    Case { number: String },
    /// A store by its name
    Store { name: String },
    /// A slot by the code on its label
    Slot { code: String },
    /// Both books, added up
    Balances,
}

pub async fn run(command: Show) -> anyhow::Result<()> {
    let app = command.database.look().await?;
    let language = command.language.unwrap_or_else(terminal_language);
    let shown = show(&app, &command, language).await;
    app.db.close().await;
    match shown {
        Ok(text) => Ok(say(&text)?),
        Err(error) => anyhow::bail!("{} {}", error.sentence(language), error.remedy(language)),
    }
}

async fn show(app: &App, command: &Show, language: Language) -> Result<String, Error> {
    let me = access::at_the_machine();
    let at = as_of::resolve(app, &me, command.as_of.as_deref().unwrap_or_default()).await?;
    let json = command.json;
    let text = match &command.what {
        What::Item { number } => match items::find(app, &me, number).await? {
            SearchHit::Item { id, .. } | SearchHit::Replaced { id, .. } => {
                let item = items::show_as_of(app, &me, id, at).await?;
                one(json, &item, || item_lines(language, &item))
            }
            _ => return Err(Error::NotFound(Thing::Item)),
        },
        What::Case { number } => {
            let mut texts = Vec::new();
            for case in cases_numbered(app, &me, number, at).await? {
                texts.push(one(json, &case, || case_lines(language, &case)));
            }
            texts.join("\n")
        }
        What::Store { name } => {
            let known = stores::stores(app, &me).await?.into_iter().find(|line| line.store.name == *name);
            let id = known.ok_or(Error::NotFound(Thing::Store))?.store.id;
            let store = stores::store_as_of(app, &me, id, at).await?;
            one(json, &store, || store_lines(&store))
        }
        What::Slot { code } => match items::find(app, &me, code).await? {
            SearchHit::Slot { id, .. } => {
                let slot = stores::slot_as_of(app, &me, id, at).await?;
                one(json, &slot, || slot_lines(&slot))
            }
            _ => return Err(Error::NotFound(Thing::Slot)),
        },
        What::Balances => {
            let balances = balances_as_of(app, &me, at).await?;
            one(json, &balances, || balance_lines(language, &balances))
        }
    };
    Ok(match at.filter(|_| !command.json) {
        Some(at) => format!("{}\n{text}", head(language, at)),
        None => text,
    })
}

/// Every case of that number; an error when nobody has one, or had one then.
async fn cases_numbered(
    app: &App,
    me: &Person,
    number: &str,
    at: Option<AsOf>,
) -> Result<Vec<CaseView>, Error> {
    let filter = cases::Filter { search: number.to_owned(), ..cases::Filter::default() };
    let (mut found, mut none) = (Vec::new(), Error::NotFound(Thing::Case));
    for line in cases::list(app, me, &filter).await?.into_iter().filter(|line| line.number == number) {
        match cases::show_as_of(app, me, line.id, 0, at).await {
            Ok(case) => found.push(case),
            Err(error @ Error::NotYet(_)) => none = error,
            Err(error) => return Err(error),
        }
    }
    if found.is_empty() { Err(none) } else { Ok(found) }
}

fn head(language: Language, at: AsOf) -> String {
    let (seq, recorded_at) = (at.seq, at.recorded_at.text_seconds());
    language.pick(
        format!("截至第 {seq} 号分录（{recorded_at} 记录）："),
        format!("As known after entry {seq} (recorded {recorded_at}):"),
    )
}

fn one(json: bool, view: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> String {
    match json {
        // A view is plain data; there is nothing in it that JSON cannot say.
        true => serde_json::to_string(view).unwrap_or_default(),
        false => lines().join("\n"),
    }
}

fn item_lines(language: Language, item: &ItemView) -> Vec<String> {
    let mut lines =
        vec![item_line(&item.line), format!("{}  {}", language.pick("案件", "case"), item.case_number)];
    let seal = item.line.seal.as_deref().unwrap_or("—");
    let label = item.line.label_code.as_deref().unwrap_or("—");
    lines.push(format!(
        "{}  {seal}  {}  {label}",
        language.pick("封签", "seal"),
        language.pick("标签", "label")
    ));
    lines.push(format!("{}  {}", language.pick("在管", "in care"), item.open_quantity));
    for it in &item.differences {
        let found = finding::told(language, &it.finding);
        lines.push(format!("{}  {}  {found}", language.pick("差异", "difference"), it.class));
    }
    lines
}

fn item_line(item: &ItemLine) -> String {
    let places = item.places.iter().map(|place| match place.name.as_str() {
        "" => format!("{} {} {}", place.kind, place.holder, place.quantity),
        name => format!("{name} {}", place.quantity),
    });
    let places = places.collect::<Vec<_>>().join("、");
    let duties = item.duties.iter().map(|duty| match duty.kind {
        "party" => format!("{} {}", duty.unit_name, duty.case_number),
        kind => kind.to_owned(),
    });
    let duties = duties.collect::<Vec<_>>().join("、");
    format!("{}  {}  {}  {places}  {duties}", item.number, item.name, item.quantity)
}

fn case_lines(language: Language, case: &CaseView) -> Vec<String> {
    let line = &case.line;
    let totals: Vec<String> = case.totals.iter().map(|it| it.told(language)).collect();
    let mut lines = vec![
        format!("{}  {}  {} {}", line.number, line.name, line.agency_name, line.unit_name),
        language.pick(
            format!(
                "财物 {} 件，负责 {} 件，合计在管 {}",
                line.counts.items,
                line.counts.answered_for,
                totals.join("、")
            ),
            format!(
                "{} items, answers for {}, in care {}",
                line.counts.items,
                line.counts.answered_for,
                totals.join(", ")
            ),
        ),
    ];
    lines.extend(case.items.iter().map(item_line));
    let more = line.counts.items - i64::try_from(case.items.len()).unwrap_or(i64::MAX);
    if more > 0 {
        lines.push(format!("… +{more}"));
    }
    lines
}

fn store_lines(store: &StoreView) -> Vec<String> {
    let mut lines = vec![store.store.name.clone()];
    for it in store.slots.iter().filter(|it| it.items > 0) {
        lines.push(format!("{}  {}  {}", it.slot.name, it.items, it.quantities.join("、")));
    }
    lines
}

fn slot_lines(slot: &SlotView) -> Vec<String> {
    let things = slot.things.iter().map(|it| {
        let seal = it.seal.as_deref().unwrap_or("—");
        format!("{}  {}  {}  {seal}  {}", it.number, it.name, it.quantity, it.case_number)
    });
    std::iter::once(format!("{} {}", slot.slot.store_name, slot.slot.name)).chain(things).collect()
}

fn balance_lines(language: Language, balances: &Balances) -> Vec<String> {
    let mut lines = Vec::new();
    for it in &balances.totals {
        let (sign, stood) = (if it.in_balance { "✓" } else { "✗" }, &it.in_stock_text);
        lines.push(language.pick(
            format!(
                "{sign} {}  收 {}  在管 {}  已出 {}  灭失 {}  责任 {}",
                it.measure, it.came_in, it.in_care, it.gone, it.lost, it.answered
            ),
            format!(
                "{sign} {}  came in {}  in care {}  gone {}  lost {}  answered for {}",
                it.measure, it.came_in, it.in_care, it.gone, it.lost, it.answered
            ),
        ));
        if !it.in_balance {
            lines.push(format!("  {stood} ≠ {}", it.answered));
        }
    }
    for it in balances.stock.iter().chain(&balances.duty) {
        lines.push(format!(
            "{}  {}  {}  {}",
            it.kind,
            it.whose.as_deref().unwrap_or("—"),
            it.items,
            it.quantity
        ));
    }
    lines.extend(balances.cases.iter().map(|it| format!("{}  {}  {}", it.number, it.unit_name, it.items)));
    lines
}
