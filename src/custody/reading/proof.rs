//! Proof files: about an item, a handover or a paper, for whoever may see it.

use crate::custody::{Conflict, Error, Invalid, Thing, access, handover, transparency, turn};
use crate::{
    app::App,
    domain::{Code, Person},
    id::{HandoverId, ItemId},
    ledger::{Entry, Mentions, check_code, tree::proof::check_inclusion},
    proof::{FORM, ProofFile, ProvenEntry},
    store::{
        Tx, auditor, counts, damaged, handovers, heads, journal, keys, names, papers, people,
        settings::Settings, tiles, witnesses,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// What a proof is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofSubject {
    /// Everything that was recorded of an item.
    Item(ItemId),
    /// The offer and how it ended.
    Handover(HandoverId),
    /// The entry that made a paper, by its number or its check code.
    Paper(String),
    /// One entry.
    Entry(u64),
}

/// Entries in one proof that is made for somebody who asks for it by page or API.
const PROVEN_MOST: u32 = 1_000;

fn too_much_to_prove() -> Error {
    Conflict::new(
        "too_much_to_prove",
        (
            "该财物的分录超过一千条，不能在此一次取出全部证明；账上什么也没有改变。",
            "More than a thousand entries concern this item; they are not proven at once here. Nothing was changed.",
        ),
        (
            "请分别取各条分录的证明，或请管理员运行 hufu export proof。",
            "Fetch the proofs of single entries, or ask the administrator to run hufu export proof.",
        ),
    )
}

/// The proof of what this person may see.
pub async fn proof(app: &App, me: &Person, about: &ProofSubject) -> Result<ProofFile, Error> {
    let _turn = turn(&app.costly.readings, me).await?;
    let mut tx = app.db.read().await?;
    // Asked first: what is said of an item or a draft that has no entries would tell that it is there.
    match about {
        ProofSubject::Item(item) => {
            access::see_item(&mut tx, me, *item).await?;
            if journal::seqs_of_item(&mut tx, *item, PROVEN_MOST + 1).await?.len() > PROVEN_MOST as usize {
                return Err(too_much_to_prove());
            }
        }
        ProofSubject::Handover(id) => drop(handover::seen(&mut tx, me, *id).await?),
        ProofSubject::Entry(seq) => access::see_entry(&mut tx, me, *seq).await?,
        ProofSubject::Paper(_) => (),
    }
    let wanted = entries(&mut tx, about).await?;
    if let ProofSubject::Paper(_) = about {
        for seq in &wanted.seqs {
            access::see_entry(&mut tx, me, *seq).await?;
        }
    }
    file(&mut tx, app, wanted).await
}

/// The same for the administrator of the machine, who has the database anyway.
pub async fn proof_for_administrator(app: &App, about: &ProofSubject) -> Result<ProofFile, Error> {
    let mut tx = app.db.read().await?;
    let wanted = entries(&mut tx, about).await?;
    file(&mut tx, app, wanted).await
}

/// An item by what its label or its page says.
pub async fn item_of(app: &App, number: &str) -> Result<ProofSubject, Error> {
    let mut tx = app.db.read().await?;
    let number = Code::parse(number).map_or_else(|_| number.trim().to_uppercase(), |code| code.number());
    let item = counts::item_by_number(&mut tx, &number).await?.ok_or(Error::NotFound(Thing::Item))?;
    Ok(ProofSubject::Item(item.id))
}

/// A handover by its id, or by the number of its offer list or handover list.
pub async fn handover_of(app: &App, number: &str) -> Result<ProofSubject, Error> {
    if let Ok(id) = number.trim().parse() {
        return Ok(ProofSubject::Handover(id));
    }
    let mut tx = app.db.read().await?;
    let seq = papers::entry_of(&mut tx, number.trim()).await?.ok_or(Error::NotFound(Thing::Handover))?;
    let id = handovers::of_entry(&mut tx, seq).await?.ok_or(Error::NotFound(Thing::Handover))?;
    Ok(ProofSubject::Handover(id))
}

struct ProofEntries {
    about: String,
    seqs: BTreeSet<u64>,
}

async fn entries(tx: &mut Tx, about: &ProofSubject) -> Result<ProofEntries, Error> {
    let (about, mut seqs) = match about {
        ProofSubject::Item(item) => {
            let name = papers::item_name(tx, *item).await?.ok_or(Error::NotFound(Thing::Item))?;
            let seqs = journal::seqs_of_item(tx, *item, u32::MAX).await?;
            (format!("item {}", name.number), seqs.into_iter().collect())
        }
        ProofSubject::Handover(id) => {
            let handover = handovers::handover(tx, *id).await?.ok_or(Error::NotFound(Thing::Handover))?;
            let seqs: BTreeSet<u64> = [handover.offer_seq, handover.end_seq].into_iter().flatten().collect();
            (format!("handover {id}"), seqs)
        }
        ProofSubject::Paper(number) => {
            let seq = papers::entry_of(tx, number.trim()).await?.ok_or(Error::NotFound(Thing::Paper))?;
            (format!("paper {}", number.trim()), BTreeSet::from([seq]))
        }
        ProofSubject::Entry(seq) => (format!("entry {seq}"), BTreeSet::from([*seq])),
    };
    if seqs.is_empty() {
        return Err(Conflict::new(
            "nothing_to_prove",
            ("还没有入账，没有可证明的分录。", "Nothing of it is in the ledger yet."),
            ("请在提出或收下之后再取证明。", "Ask again once it has been offered or received."),
        ));
    }
    for seq in seqs.clone() {
        // What was said later about an entry belongs to its proof; an exchange rests on its offer.
        let errors = auditor::errors(tx, seq).await?;
        let said = [errors.declared_by, errors.calls_wrong, errors.corrected_by];
        seqs.extend(said.into_iter().flatten().map(i64::cast_unsigned));
        if let Some(handover) = handovers::of_entry(tx, seq).await?
            && let Some(handover) = handovers::handover(tx, handover).await?
        {
            seqs.extend(handover.offer_seq);
        }
    }
    Ok(ProofEntries { about, seqs })
}

/// The head that a proof leads to: the newest one that witnesses have signed, if it covers the entries; else the newest.
async fn head(tx: &mut Tx, last: u64) -> Result<heads::Head, Error> {
    if let Some(size) = witnesses::witnessed(tx).await?
        && size >= last
        && let Some(head) = heads::of_size(tx, size).await?
    {
        return Ok(head);
    }
    heads::newest(tx).await?.ok_or(Error::NotFound(Thing::Entry))
}

async fn text(tx: &mut Tx, seq: u64) -> Result<String, Error> {
    let stored = auditor::stored(tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    Ok(String::from_utf8(stored.bytes).map_err(|error| damaged("entry", error))?)
}

fn entry(text: &str) -> Result<Entry, Error> {
    Ok(Entry::from_canonical_bytes(text.as_bytes()).map_err(|error| damaged("entry", error))?)
}

/// The keys that signed inside these entries.
fn signers(entries: &[Entry]) -> BTreeSet<String> {
    entries.iter().flat_map(|entry| &entry.draft.signatures).map(|it| it.key.clone()).collect()
}

async fn file(tx: &mut Tx, app: &App, wanted: ProofEntries) -> Result<ProofFile, Error> {
    let ProofEntries { about, seqs } = wanted;
    let Settings { suite, ledger_key, .. } = app.settings.clone();
    let last = seqs.last().copied().unwrap_or(0);
    let head = head(tx, last).await?;
    let mut texts = BTreeMap::new();
    let mut read = Vec::with_capacity(seqs.len());
    for seq in seqs {
        texts.insert(seq, text(tx, seq).await?);
        read.extend(texts.get(&seq).map(|text| entry(text)).transpose()?);
    }
    // The entries by which the signers' keys came are part of the proof: no other word for whose they are is needed.
    for seq in keys::seqs_of(tx, &signers(&read)).await?.into_iter().filter(|seq| *seq < last) {
        texts.insert(seq, text(tx, seq).await?);
    }
    let ways = tiles::inclusions(tx, suite, texts.keys().copied(), head.size).await?;
    let proven: Vec<ProvenEntry> =
        texts.into_iter().zip(ways).map(|((seq, text), way)| ProvenEntry::new(seq, text, &way)).collect();
    let agency_keys = keys::of_signers(tx, &signers(&read), last).await?;
    let mut mentioned = Mentions::by(&read);
    let mut agencies = BTreeMap::new();
    let of_signers = read.iter().flat_map(|entry| &entry.draft.signatures).map(|it| it.unit);
    for unit in agency_keys.iter().map(|key| key.unit).chain(of_signers) {
        if let Some(found) = people::unit(tx, unit).await? {
            agencies.insert(unit, found.agency);
            mentioned.units.insert(unit);
            mentioned.agencies.insert(found.agency);
        }
    }
    mentioned.persons.extend(read.iter().flat_map(|entry| &entry.draft.signatures).map(|it| it.person));
    Ok(ProofFile {
        hufu_proof: FORM,
        about,
        suite,
        ledger_key: ledger_key.ok_or(Error::NotFound(Thing::Entry))?,
        checkpoint: transparency::note(app, tx, head).await?.to_string(),
        witness_keys: witnesses::all(tx).await?.into_iter().map(|witness| witness.key).collect(),
        entries: proven,
        agency_keys,
        agencies,
        names: names::names(tx, &mentioned).await?,
    })
}

/// What anybody may know of a paper: that it is in the ledger, since when, and whether it was declared wrong later.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct PaperStatus {
    pub kind: String,
    pub number: String,
    pub entry: u64,
    pub recorded_at: crate::clock::Moment,
    /// The entry that declares it wrong.
    pub declared_wrong_by: Option<u64>,
    pub corrected_by: Option<u64>,
    /// How many entries the ledger has had since.
    pub size: u64,
}

/// Looks a check code up, as it is printed on a paper. No login: whoever has the paper knows more than the answer says.
/// The entry's bytes are hashed again, so a changed entry is not called unchanged.
pub async fn standing(app: &App, code: &str) -> Result<PaperStatus, Error> {
    let code = code.trim().to_uppercase();
    let well_formed = code.len() <= 40 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !well_formed {
        return Err(Invalid::new(
            "not_a_check_code",
            ("这不是文书上的校验码。", "This is no check code of a paper."),
            (
                "请照文书上的校验码输入，例如 12-0A1B2C3D4E5F6071。",
                "Type it as the paper has it, such as 12-0A1B2C3D4E5F6071.",
            ),
        ));
    }
    let mut tx = app.db.read().await?;
    let paper = papers::by_check_code(&mut tx, &code).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let seq = paper.seq.cast_unsigned();
    let stored = auditor::stored(&mut tx, seq).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let leaf = app.settings.suite.leaf(&stored.bytes);
    let head = heads::newest(&mut tx).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let suite = app.settings.suite;
    let way = tiles::inclusions(&mut tx, suite, [seq], head.size).await?.pop().unwrap_or_default();
    let at = (seq.saturating_sub(1), leaf);
    let proven = check_inclusion(suite, at, (head.size, head.root), &way).is_ok();
    let entry = Entry::from_canonical_bytes(&stored.bytes).map_err(|error| damaged("entry", error))?;
    let printed = check_code(&entry, leaf).map_err(crate::store::Error::from)?;
    if !proven || printed != code {
        let finding = format!("entry {seq} is not the one that paper {} was made of", paper.number);
        return Err(damaged("entry", finding).into());
    }
    let errors = auditor::errors(&mut tx, seq).await?;
    Ok(PaperStatus {
        kind: paper.kind,
        number: paper.number,
        entry: seq,
        recorded_at: paper.made_at,
        declared_wrong_by: errors.declared_by.map(i64::cast_unsigned),
        corrected_by: errors.declared_by.and(errors.corrected_by).map(i64::cast_unsigned),
        size: head.size,
    })
}
