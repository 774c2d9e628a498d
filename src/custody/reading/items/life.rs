//! An item's life: every entry that touched it, in words.

use crate::{
    app::App,
    clock::Moment,
    custody::{Error, access::see_item, as_of, turn},
    documents::sentence::{self, sentence},
    domain::{AsOf, Names, Person},
    id::ItemId,
    language::Language,
    ledger::{Account, Body, Entry, Mentions, Nature, Reception},
    store::{
        corrections,
        journal::{self, Order},
        names as looked_up,
    },
};
use serde::Serialize;

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
    /// A counter would not take it in.
    pub refused: bool,
    /// The entry that declares this one wrong.
    pub declared_wrong_by: Option<u64>,
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

/// The newest entries that touched an item, oldest first. Each is told as far as it is about this item: the other lines of an
/// entry may not be this person's to see.
pub async fn life(app: &App, me: &Person, id: ItemId) -> Result<Vec<LifeEvent>, Error> {
    life_as_of(app, me, id, None).await
}

/// The most that is told of a life at once.
pub const LIFE_MOST: u32 = 200;

/// Which part of a life that is too long to be told at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifePart {
    Newest,
    /// So many after this entry.
    After(u64, u32),
}

/// The same up to an entry.
pub async fn life_as_of(
    app: &App,
    me: &Person,
    id: ItemId,
    at: Option<AsOf>,
) -> Result<Vec<LifeEvent>, Error> {
    life_part(app, me, id, at, LifePart::Newest).await
}

/// A part of it.
pub async fn life_part(
    app: &App,
    me: &Person,
    id: ItemId,
    at: Option<AsOf>,
    part: LifePart,
) -> Result<Vec<LifeEvent>, Error> {
    let _turn = turn(&app.costly.readings, me).await?;
    let mut tx = app.db.read().await?;
    see_item(&mut tx, me, id).await?;
    let (seqs, order, most) = match part {
        LifePart::Newest => (0..=as_of::up_to(at), Order::NewestFirst, LIFE_MOST),
        LifePart::After(seq, most) => {
            (seq.saturating_add(1)..=as_of::up_to(at), Order::OldestFirst, most.min(LIFE_MOST))
        }
    };
    let mut entries = journal::entries_of_item(&mut tx, id, seqs, order, most).await?;
    entries.sort_by_key(|entry| entry.seq);
    let entries: Vec<Entry> = entries.into_iter().map(|entry| narrowed(entry, id)).collect();
    let names = looked_up::names(&mut tx, &Mentions::by(&entries)).await?;
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    let wrong = corrections::declarations(&mut tx, &numbers, as_of::up_to(at)).await?;
    let mut life: Vec<LifeEvent> = entries.iter().map(|entry| event(entry, id, &names)).collect();
    for (wrong, declaration) in wrong {
        for told in life.iter_mut().filter(|told| told.seq == wrong.cast_unsigned()) {
            told.declared_wrong_by = Some(declaration.cast_unsigned());
        }
    }
    Ok(life)
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
        sentence: Both::of(|language| sentence(language, &entry.draft, names)),
        stock: stock.map(|account| Both::of(|language| sentence::place(language, &account, names))),
        duty: duty.map(|account| Both::of(|language| sentence::responsible(language, &account, names))),
        ends: stock.is_some_and(|account| !account.is_open()),
        differs: body.nature() == Nature::Difference,
        refused: is_refused(body),
        declared_wrong_by: None,
    }
}

/// Whether the receipt of what is left of the entry is a refusal.
fn is_refused(body: &Body) -> bool {
    match body {
        Body::Receive(receive) => {
            receive.lines.iter().all(|line| matches!(line.answer, Reception::Refused { .. }))
        }
        _ => false,
    }
}

/// The entry with the lines of one item only.
fn narrowed(mut entry: Entry, item: ItemId) -> Entry {
    entry.draft.body.narrow(item);
    entry.postings.retain(|posting| posting.item == item);
    entry
}
