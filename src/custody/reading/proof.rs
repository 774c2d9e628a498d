//! Proof files: about an item, a handover or a paper, for whoever may see it, with the lines that they see.

use crate::custody::{Conflict, Error, Forbidden, Thing, access, handover, part::Shown, transparency, turn};
use crate::{
    app::App,
    domain::{Code, Person},
    id::{HandoverId, ItemId},
    ledger::{EntryPart, Mentions, Opening, Suite},
    proof::{FORM, LeftOut, ProofFile, ProvenEntry},
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
            "请分别取各条分录的证明，或请管理员导出全部证明。",
            "Fetch the proofs of single entries, or ask an administrator to export them all.",
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
    file(&mut tx, app, me, wanted).await
}

/// The same for the administrator of the machine, who has the database anyway.
pub async fn proof_for_administrator(app: &App, about: &ProofSubject) -> Result<ProofFile, Error> {
    let mut tx = app.db.read().await?;
    let wanted = entries(&mut tx, about).await?;
    file(&mut tx, app, &access::at_the_machine(), wanted).await
}

/// An item by what its label or its page says.
pub async fn item_of(app: &App, number: &str) -> Result<ProofSubject, Error> {
    let mut tx = app.db.read().await?;
    let item = match Code::parse(number) {
        Ok(code) => counts::item_by_code(&mut tx, &code).await?,
        Err(_) => counts::item_by_number(&mut tx, &number.trim().to_uppercase()).await?,
    };
    Ok(ProofSubject::Item(item.ok_or(Error::NotFound(Thing::Item))?.id))
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

/// The keys that signed inside these entries.
fn signers(parts: &[EntryPart]) -> BTreeSet<String> {
    parts.iter().flat_map(|part| &part.entry.draft.signatures).map(|it| it.key.clone()).collect()
}

/// An entry as a proof shows it: what the tree holds of it, and the lines that are opened.
struct ShownEntry {
    committed: String,
    openings: Vec<Opening>,
}

/// As much of an entry as they see; nothing of one that has no parts and is not theirs to read whole.
async fn shown(
    tx: &mut Tx,
    me: &Person,
    suite: Suite,
    seq: u64,
) -> Result<Option<(ShownEntry, EntryPart)>, Error> {
    let entry = journal::entry(tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let shown = Shown::of(tx, me, &entry).await?;
    let Some(part) = shown.part(&entry)? else { return Ok(None) };
    let commitment = entry.commitment(suite).map_err(crate::store::Error::from)?;
    let committed = String::from_utf8(commitment.bytes).map_err(|error| damaged("entry", error))?;
    let openings = entry.openings(suite, |line| shown.shows(line)).map_err(crate::store::Error::from)?;
    Ok(Some((ShownEntry { committed, openings }, part)))
}

async fn file(tx: &mut Tx, app: &App, me: &Person, wanted: ProofEntries) -> Result<ProofFile, Error> {
    let ProofEntries { about, seqs } = wanted;
    let Settings { suite, ledger_key, .. } = app.settings.clone();
    let last = seqs.last().copied().unwrap_or(0);
    let head = head(tx, last).await?;
    let (mut entries, mut read, mut left_out) = (BTreeMap::new(), Vec::with_capacity(seqs.len()), Vec::new());
    for seq in seqs {
        match shown(tx, me, suite, seq).await? {
            Some((entry, part)) => {
                entries.insert(seq, entry);
                read.push(part);
            }
            None => left_out.push(LeftOut::undivided(seq)),
        }
    }
    if entries.is_empty() {
        return Err(cannot_be_divided());
    }
    // The entries by which the signers' keys came are part of the proof: no other word for whose they are is needed.
    for seq in keys::seqs_of(tx, &signers(&read)).await?.into_iter().filter(|seq| *seq < last) {
        if let Some((entry, _)) = shown(tx, &access::at_the_machine(), suite, seq).await? {
            entries.insert(seq, entry);
        }
    }
    let ways = tiles::inclusions(tx, suite, entries.keys().copied(), head.size).await?;
    let proven = entries.into_iter().zip(ways).map(|((seq, ShownEntry { committed, openings }), way)| {
        ProvenEntry::new(seq, committed, openings, &way)
    });
    let agency_keys = keys::of_signers(tx, &signers(&read), last).await?;
    let mut mentioned = Mentions::by(read.iter().map(|part| &part.entry));
    let mut agencies = BTreeMap::new();
    let signatures = || read.iter().flat_map(|part| &part.entry.draft.signatures);
    for unit in agency_keys.iter().map(|key| key.unit).chain(signatures().map(|it| it.unit)) {
        if let Some(found) = people::unit(tx, unit).await? {
            agencies.insert(unit, found.agency);
            mentioned.units.insert(unit);
            mentioned.agencies.insert(found.agency);
        }
    }
    mentioned.persons.extend(signatures().map(|it| it.person));
    Ok(ProofFile {
        hufu_proof: FORM,
        about,
        suite,
        ledger_key: ledger_key.ok_or(Error::NotFound(Thing::Entry))?,
        checkpoint: transparency::note(app, tx, head).await?.to_string(),
        witness_keys: witnesses::all(tx).await?.into_iter().map(|witness| witness.key).collect(),
        entries: proven.collect(),
        left_out,
        agency_keys,
        agencies,
        names: names::names(tx, &mentioned).await?,
    })
}

fn cannot_be_divided() -> Error {
    Forbidden::new(
        "entry_cannot_be_divided",
        (
            "这些分录以旧形式记账，只能整条出示，其中还有不属您查看的财物，因此不能为您出具证明。",
            "These entries were recorded in the old form, which can only be shown whole, and they name things that are not yours to see; no proof can be given to you.",
        ),
        ("请由审计人员取证明。", "An auditor can fetch the proof."),
    )
}
