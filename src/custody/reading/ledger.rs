//! The ledger as people read it. Auditors see every entry and both books added up; everybody else sees the entries of
//! their own unit and those about things that are, were or shall be theirs. Nobody changes anything here.

use crate::custody::{
    Error, Forbidden, Thing, access, correction, papers,
    part::see_part,
    said::{self, Said},
    too_many_for_a_sheet, turn_to_read, turn_to_read_entry,
};
use crate::{
    app::App,
    clock::Moment,
    documents::sentence,
    domain::{Code, Names, Person, Viewer},
    id::{DifferenceId, ItemId, StationId},
    language::Language,
    ledger::{Account, Draft, Entry, Form, Mentions, PaperRef, Posting, Signature, SignerRole},
    store::{
        Tx,
        auditor::{self, Errors, Filter, MadePaper},
        counts, differences, heads, journal, names,
        roster_then::{NamesThen, RosterThen},
        stations, verify,
    },
};
use hufu_wire::scanned::as_read;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use crate::store::verify::Report;

/// How many entries stand on a page.
const PAGE: u32 = 50;

/// What somebody looks for in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct LedgerFilter {
    pub before: Option<u64>,
    pub kind: Option<String>,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// An item's number, or what its label says.
    pub item: Option<String>,
    /// How many are wanted.
    pub limit: u32,
}

impl Default for LedgerFilter {
    fn default() -> LedgerFilter {
        LedgerFilter { before: None, kind: None, from: None, until: None, item: None, limit: PAGE }
    }
}

/// Some entries, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LedgerPage {
    pub entries: Vec<EntryLine>,
    /// The cursor of the next page.
    pub next: Option<u64>,
    /// How many entries the ledger has.
    pub size: u64,
    /// The root over all of them (hex).
    pub root: String,
}

/// One entry as a line: a plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EntryLine {
    pub seq: u64,
    pub kind: &'static str,
    pub recorded_at: Moment,
    pub actor: String,
    pub unit: String,
    pub sentence: String,
}

/// Entries from newest to oldest.
pub async fn entries(
    app: &App,
    me: &Person,
    language: Language,
    wanted: &LedgerFilter,
) -> Result<LedgerPage, Error> {
    access::require_entries(me)?;
    let mut tx = app.db.read().await?;
    let (size, root) = heads::size_and_root(&mut tx, app.settings.suite).await?;
    let mut page = LedgerPage { entries: Vec::new(), next: None, size, root: root.to_string() };
    let item = match &wanted.item {
        Some(text) => match item_wanted(&mut tx, me, text).await? {
            Some(item) => Some(item),
            None => return Ok(page),
        },
        None => None,
    };
    let LedgerFilter { before, kind, from, until, limit, .. } = wanted.clone();
    let filter = Filter { before, kind, from, until, item };
    let mut entries = auditor::entries(&mut tx, Viewer::of(me), &filter, limit.saturating_add(1)).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if entries.len() > limit {
        entries.truncate(limit);
        page.next = entries.last().map(|entry| entry.seq.cast_unsigned());
    }
    let entries = said::seen(app, &mut tx, me, entries).await?;
    let names = said::names_in(&mut tx, &entries).await?;
    let names = NamesThen::load(&mut tx, names, entries.iter().map(Said::seq)).await?;
    page.entries = entries.iter().map(|entry| line_said(language, entry, names.at(entry.seq()))).collect();
    Ok(page)
}

/// How many rows a workbook of entries has at most.
const SHEET_MOST: u32 = 5_000;

/// All entries that the filter finds, for a workbook. Refuses more than 5,000, since each is told as a sentence.
pub async fn whole_list(
    app: &App,
    me: &Person,
    language: Language,
    wanted: &LedgerFilter,
) -> Result<Vec<EntryLine>, Error> {
    let _turn = turn_to_read(app, me, u64::from(SHEET_MOST)).await?;
    let limit = SHEET_MOST.saturating_add(1);
    let page = entries(app, me, language, &LedgerFilter { limit, ..wanted.clone() }).await?;
    too_many_for_a_sheet(page.entries.len(), SHEET_MOST)?;
    Ok(page.entries)
}

/// How far the ledger has grown, and what all of it hashes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Head {
    /// The ledger's own name, as its checkpoints say it.
    pub origin: String,
    pub suite: &'static str,
    /// How many entries the ledger has.
    pub size: u64,
    /// The root over all of them (hex).
    pub root: String,
}

/// The head of the ledger, for whoever may read it.
pub async fn head(app: &App, me: &Person) -> Result<Head, Error> {
    access::require_entries(me)?;
    let mut tx = app.db.read().await?;
    let suite = app.settings.suite;
    let (size, root) = heads::size_and_root(&mut tx, suite).await?;
    Ok(Head { origin: app.settings.origin.clone(), suite: suite.word(), size, root: root.to_string() })
}

pub(in crate::custody) fn line_said(language: Language, entry: &Said, names: &Names) -> EntryLine {
    let (actor, unit) = entry.by();
    EntryLine {
        seq: entry.seq(),
        kind: entry.kind(),
        recorded_at: entry.recorded_at(),
        actor: names.person(actor),
        unit: names.unit(unit),
        sentence: entry.sentence(language, names),
    }
}

fn line(language: Language, seq: u64, recorded_at: Moment, draft: &Draft, names: &Names) -> EntryLine {
    EntryLine {
        seq,
        kind: draft.body.kind(),
        recorded_at,
        actor: names.person(draft.actor),
        unit: names.unit(draft.unit),
        sentence: sentence(language, draft, names),
    }
}

/// The item that was typed, by number or label; nothing when there is none to be seen.
async fn item_wanted(tx: &mut Tx, me: &Person, text: &str) -> Result<Option<ItemId>, Error> {
    let found = match Code::parse(text) {
        Ok(code) => counts::item_by_code(tx, &code).await?,
        Err(_) => counts::item_by_number(tx, &as_read(text).to_uppercase()).await?,
    };
    let Some(item) = found else { return Ok(None) };
    Ok(access::sees_item(tx, me, item.id).await?.then_some(item.id))
}

/// One entry with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EntryView {
    pub line: EntryLine,
    pub id: String,
    pub happened_at: Moment,
    pub station: Option<String>,
    /// The papers it rests on.
    pub papers: Vec<PaperRef>,
    /// The papers it makes.
    pub made: Vec<MadePaper>,
    pub postings: Vec<PostingLine>,
    pub signatures: Vec<SignatureLine>,
    pub differences: Vec<differences::Difference>,
    pub errors: Errors,
    /// Whether this person may declare it wrong.
    pub may_declare: bool,
    /// How many of its lines are about things that are not this person's to see.
    pub hidden: u64,
    /// What they see of it: canonical JSON.
    pub content: String,
    /// What is hashed, byte for byte; since the second form a digest stands for each line.
    pub committed: String,
    pub suite: &'static str,
    pub leaf: String,
    pub head_size: u64,
    pub head_root: String,
    /// The ledger's size now.
    pub size: u64,
}

/// One posting, with names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PostingLine {
    pub book: &'static str,
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub account: String,
    pub change: String,
    pub out: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SignatureLine {
    /// `giver` or `receiver`.
    pub role: &'static str,
    pub person: String,
    pub unit: String,
    pub key: String,
    pub digest: String,
    pub value: String,
    pub signed_at: Moment,
}

/// Some lines of an entry, for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPage {
    /// With those lines only. Where its bytes are too many for a page they are left out.
    pub entry: EntryView,
    /// The first of them, from 0.
    pub from: usize,
    /// How many lines it has.
    pub lines: usize,
    pub has_bytes: bool,
}

/// How many lines of an entry stand on a page.
pub const LINES: usize = 100;
/// What a page shows of the bytes at most; a proof file has all of them.
const BYTES: u64 = 8_000;

/// One entry. What is not theirs to see is not there.
pub async fn entry(app: &App, me: &Person, language: Language, seq: u64) -> Result<EntryView, Error> {
    Ok(read(app, me, language, seq, None).await?.entry)
}

/// The same on a page: the lines from this one on. All of it is read.
pub(super) async fn entry_page(
    app: &App,
    me: &Person,
    language: Language,
    seq: u64,
    from: usize,
) -> Result<EntryPage, Error> {
    read(app, me, language, seq, Some(from)).await
}

async fn read(
    app: &App,
    me: &Person,
    language: Language,
    seq: u64,
    page: Option<usize>,
) -> Result<EntryPage, Error> {
    access::require_entries(me)?;
    access::see_entry(&mut app.db.read().await?, me, seq).await?;
    let _turn = turn_to_read_entry(app, me, seq).await?;
    let mut tx = app.db.read().await?;
    let (whole, part) = see_part(&mut tx, me, seq).await?;
    let stored = auditor::stored(&mut tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let (hidden, entry) = (part.hidden_lines() as u64, part.entry);
    let errors = auditor::errors(&mut tx, seq).await?;
    let mut differences = differences::raised_by(&mut tx, seq).await?;
    let shown: BTreeSet<DifferenceId> =
        Mentions::of(&entry.draft.body).raised.iter().map(|raised| raised.difference).collect();
    differences.retain(|difference| shown.contains(&difference.id));
    let lines = entry.postings.len().max(differences.len());
    let (from, most) = page.map_or((0, usize::MAX), |from| (first_shown(from, lines), LINES));
    let postings: Vec<&Posting> = entry.postings.iter().skip(from).take(most).collect();
    let differences = differences.into_iter().skip(from).take(most).collect();
    let mut names = names::names(&mut tx, &named(&entry, &postings)).await?;
    RosterThen::load(&mut tx, seq).await?.rename(&mut names);
    let station = station_name(&mut tx, entry.draft.station).await?;
    let mut made = auditor::papers(&mut tx, seq).await?;
    made.retain(|_| hidden == 0 || papers::shows_parts(&entry));
    let has_bytes = page.is_none() || stored.length <= BYTES;
    let (content, committed) = match has_bytes {
        true => (content(&entry)?, committed(app, &whole)?),
        false => Default::default(),
    };
    let entry = EntryView {
        may_declare: errors.declared_by.is_none() && correction::may_declare(me, entry.draft.unit),
        line: line(language, entry.seq, entry.recorded_at, &entry.draft, &names),
        id: entry.draft.id.to_string(),
        happened_at: entry.draft.happened_at,
        station,
        papers: entry.draft.papers.clone(),
        made,
        postings: postings.into_iter().map(|posting| posting_line(language, posting, &names)).collect(),
        signatures: signature_lines(&entry.draft.signatures, &names),
        differences,
        hidden,
        errors,
        content,
        committed,
        suite: app.settings.suite.word(),
        leaf: stored.leaf.to_string(),
        head_size: stored.head_size,
        head_root: stored.head_root.to_string(),
        size: heads::size(&mut tx).await?,
    };
    Ok(EntryPage { entry, from, lines, has_bytes })
}

/// Where the page begins on which a line stands, of so many.
pub(super) fn first_shown(line: usize, lines: usize) -> usize {
    line.min(lines.saturating_sub(1)) / LINES * LINES
}

pub(super) async fn station_name(tx: &mut Tx, station: Option<StationId>) -> Result<Option<String>, Error> {
    match station {
        Some(station) => Ok(stations::station(tx, station).await?.map(|station| station.name)),
        None => Ok(None),
    }
}

/// What must be known to show these lines of an entry, its sentence and its signatures.
fn named(entry: &Entry, postings: &[&Posting]) -> Mentions<'static> {
    let mut named = sentence::named_in([&entry.draft]);
    name_lines(&mut named, postings.iter().copied(), &entry.draft.signatures);
    named
}

pub(super) fn name_lines<'a>(
    named: &mut Mentions<'static>,
    postings: impl Iterator<Item = &'a Posting>,
    signatures: &[Signature],
) {
    for posting in postings {
        named.items.insert(posting.item);
        named.account(&posting.account);
    }
    for signature in signatures {
        named.persons.insert(signature.person);
        named.units.insert(signature.unit);
    }
}

/// What is hashed.
fn committed(app: &App, entry: &Entry) -> Result<String, Error> {
    let commitment = entry.commitment(app.settings.suite).map_err(crate::store::Error::from)?;
    Ok(String::from_utf8_lossy(&commitment.bytes).into_owned())
}

/// What the entry says, without its salt.
fn content(entry: &Entry) -> Result<String, Error> {
    let form = match entry.form {
        Form::Whole => Form::Whole,
        Form::ByLine(_) => Form::ByLine(None),
    };
    let bytes = Entry { form, ..entry.clone() }.canonical_bytes().map_err(crate::store::Error::from)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(super) fn posting_line(language: Language, posting: &Posting, names: &Names) -> PostingLine {
    let item = names.items.get(&posting.item);
    let account = match &posting.account {
        Account::Stock(account) => sentence::place(language, account, names),
        Account::Duty(account) => sentence::responsible(language, account, names),
    };
    let amount = |change: i64| match item {
        Some(item) => item.measure.text(change, item.counted_as.as_deref()),
        None => change.to_string(),
    };
    let sign = if posting.change > 0 { "+" } else { "" };
    PostingLine {
        book: posting.account.book().word(),
        item: posting.item,
        number: item.map_or_else(String::new, |item| item.number.clone()),
        name: item.map_or_else(String::new, |item| item.name.clone()),
        account,
        change: format!("{sign}{}", amount(posting.change)),
        out: posting.change < 0,
    }
}

pub(super) fn signature_lines(signatures: &[Signature], names: &Names) -> Vec<SignatureLine> {
    let lines = signatures.iter().map(|signature| SignatureLine {
        role: match signature.role {
            SignerRole::Giver => "giver",
            SignerRole::Receiver => "receiver",
        },
        person: names.person(signature.person),
        unit: names.unit(signature.unit),
        key: signature.key.clone(),
        digest: signature.digest.clone(),
        value: signature.value.clone(),
        signed_at: signature.signed_at,
    });
    lines.collect()
}

pub(in crate::custody) fn auditor_only(me: &Person) -> Result<(), Error> {
    match access::sees_all(me) {
        true => Ok(()),
        false => Err(Forbidden::new(
            "auditor_only_page",
            ("此页只供审计和监督查看。", "This page is for auditors and oversight."),
            (
                "您可以在账本中查看与本单位有关的分录。",
                "In the ledger you see the entries that concern your unit.",
            ),
        )),
    }
}

/// Proves the live ledger again: every hash, rule, posting, balance, signature and table; one at a time. For those who see
/// all.
pub async fn check(app: &App, me: &Person) -> Result<Report, Error> {
    auditor_only(me)?;
    let prove = async || {
        let mut tx = app.db.read().await?;
        Ok(verify::verify(&mut tx, app.settings.suite).await?)
    };
    app.verification.report(prove).await
}

/// Entries in journal order as they are stored, those after `after`, for an export. For those who see all.
pub async fn export(app: &App, me: &Person, after: u64) -> Result<Vec<(u64, Vec<u8>)>, Error> {
    auditor_only(me)?;
    let mut tx = app.db.read().await?;
    Ok(journal::bytes_after(&mut tx, after, 1_000).await?)
}

/// The root (hex) of the head that ends with this entry; none when a commit goes on beyond it.
pub async fn root_at(app: &App, me: &Person, seq: u64) -> Result<Option<String>, Error> {
    auditor_only(me)?;
    let mut tx = app.db.read().await?;
    let stored = auditor::stored(&mut tx, seq).await?;
    Ok(stored.filter(|stored| stored.head_size == seq).map(|stored| stored.head_root.to_string()))
}
