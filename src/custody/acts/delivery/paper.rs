//! The names that a delivery's 入库单 and a receipt's 入库凭条 need; the form is made in [`crate::documents::receipt`].

use crate::{
    app::App,
    custody::{Error, Thing},
    documents::receipt::{self as documents, Came, ItemName, Names},
    domain::Person,
    id::{ItemId, PersonId},
    ledger::{Body, Entry, Measure, Particular, Reception},
    store::{
        Tx, counter, descriptions,
        differences::{self, Difference},
        journal, papers, people, places,
        roster_then::RosterThen,
    },
};
use label_templates::ReceiptPaper;
use std::collections::{BTreeMap, BTreeSet};

/// 入库凭条
pub(in crate::custody) async fn slip(
    app: &App,
    tx: &mut Tx,
    entry: &Entry,
    hidden: usize,
) -> Result<ReceiptPaper, Error> {
    let Body::Receive(body) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let items = body.lines.iter().map(|line| line.item).collect();
    let names = named(app, tx, entry, std::slice::from_ref(entry), (body.delivered_by, &items)).await?;
    Ok(documents::receipt(entry, body, hidden, &names))
}

/// 入库单
pub(in crate::custody) async fn delivery_list(
    app: &App,
    tx: &mut Tx,
    entry: &Entry,
    hidden: usize,
) -> Result<ReceiptPaper, Error> {
    let extras = differences::extras_of_delivery(tx, entry.seq).await?;
    Ok(delivery_list_with(app, tx, (entry, hidden), &extras).await?.0)
}

/// The same when it is known what came and stands on no list; and what it came to.
pub(super) async fn delivery_list_with(
    app: &App,
    tx: &mut Tx,
    (entry, hidden): (&Entry, usize),
    extras: &[Difference],
) -> Result<(ReceiptPaper, Came), Error> {
    let Body::Delivery(body) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let seqs: BTreeSet<u64> = body.lines.iter().map(|line| line.receipt).collect();
    let mut receipts = Vec::with_capacity(seqs.len());
    for seq in seqs {
        receipts.extend(journal::entry(tx, seq).await?);
    }
    let brought = body.lines.iter().map(|line| line.item);
    let items = brought.chain(body.missing.iter().map(|line| line.item)).collect();
    let names = named(app, tx, entry, &receipts, (body.delivered_by, &items)).await?;
    let extras = extras.iter().map(|it| (it.finding.clone(), it.due_at)).collect();
    let brought = documents::Brought { receipts: &receipts, extras };
    let paper = documents::delivery(entry, body, brought, hidden, &names);
    Ok((paper, documents::came(body, &receipts, &names)))
}

async fn named(
    app: &App,
    tx: &mut Tx,
    entry: &Entry,
    receipts: &[Entry],
    (delivered_by, wanted): (PersonId, &BTreeSet<ItemId>),
) -> Result<Names, Error> {
    let row = papers::of_entry(tx, entry.seq).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let (mut items, mut case) = (BTreeMap::new(), None);
    for item in wanted {
        let Some((of, name)) = item_name(tx, *item, entry.seq).await? else { continue };
        case = case.or(Some(of));
        items.insert(*item, name);
    }
    let then = RosterThen::load(tx, entry.seq).await?;
    let (mut slots, mut stores, mut people) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
    for receipt in receipts {
        let keeper = receipt.draft.actor;
        people.insert(keeper, then.name(keeper, people::name(tx, keeper).await?));
        let Body::Receive(body) = &receipt.draft.body else { continue };
        for line in body.lines.iter().filter(|line| wanted.contains(&line.item)) {
            let Reception::Accepted { slot, second, .. } = &line.answer else { continue };
            if let Some(found) = places::slot(tx, *slot).await? {
                let store = then.store(found.store, found.store_name);
                if !stores.contains(&store) {
                    stores.push(store);
                }
                slots.insert(*slot, found.name);
            }
            if let Some(second) = second {
                people.insert(*second, then.name(*second, people::name(tx, *second).await?));
            }
        }
    }
    let case = match case {
        Some(case) => counter::case_head(tx, case).await?,
        None => None,
    };
    let at = entry.recorded_at;
    let kept_by = app.rules().at(at).receipt_copies(at).map(|it| it.rule.clone()).unwrap_or_default();
    let deliverer = people::person(tx, delivered_by).await?.map(|it| then.person(it));
    let custodian = people::person(tx, entry.draft.actor).await?.map(|it| then.person(it));
    Ok(Names {
        centre: custodian.map_or_else(String::new, |person| person.unit_name),
        paper_number: row.number,
        check_code: row.check_code,
        case_number: case.as_ref().map_or_else(String::new, |case| case.number.clone()),
        case_name: case.map_or_else(String::new, |case| case.name),
        delivered_by_unit: deliverer.as_ref().map_or_else(String::new, Person::office),
        delivered_by: deliverer.map_or_else(String::new, |person| person.name),
        store: stores.join("、"),
        kept_by,
        items,
        slots,
        people,
    })
}

/// A thing as it was written when the paper was made: it stays so, whatever is corrected later.
async fn item_name(
    tx: &mut Tx,
    item: ItemId,
    as_known: u64,
) -> Result<Option<(crate::id::CaseId, ItemName)>, Error> {
    let Some(mut found) = papers::item_name(tx, item).await? else { return Ok(None) };
    let mut particulars = found.particulars()?;
    let words = (&mut found.name, &mut found.features, &mut particulars);
    descriptions::words_as_known(tx, item, words, as_known).await?;
    let measure = Measure::from_word(&found.measure, found.currency.as_deref());
    let holder = particulars.get(Particular::Holder).unwrap_or_default().to_owned();
    let name = ItemName {
        number: found.number,
        category: found.category,
        name: found.name,
        features: particulars.told(&found.features),
        holder,
        measure: measure.unwrap_or(Measure::Piece),
        counted_as: found.counted_as,
        quantity: found.quantity,
    };
    Ok(Some((found.case_id, name)))
}
