//! Papers: what an entry looks like as a form that people know. Seen by whoever sees the entry.

use crate::custody::{Error, Invalid, Thing, access, count, handover, loan, part::see_part, stopped, turn};
use crate::{
    app::App,
    documents::receipt,
    domain::Person,
    ledger::{Body, Entry, Measure, PaperForm, Reception},
    store::{Tx, counter, descriptions, papers, people, places},
};
use label_templates::{Form, Paper, Templates, write_paper};
use std::collections::BTreeMap;

/// The paper that an entry made. An entry without a paper, and one about other people's things, is not there.
pub async fn paper(app: &App, me: &Person, seq: u64) -> Result<Paper, Error> {
    let mut tx = app.db.read().await?;
    access::see_paper(&mut tx, me, seq).await?;
    let not_found =
        |error| if let Error::NotFound(_) = error { Error::NotFound(Thing::Paper) } else { error };
    let (_, part) = see_part(&mut tx, me, seq).await.map_err(not_found)?;
    let (hidden, entry) = (part.hidden_lines(), part.entry);
    if hidden > 0 && !shows_parts(&entry) {
        return Err(Error::NotFound(Thing::Paper));
    }
    let form = entry.draft.body.paper().filter(|form| entry.edition >= form.since());
    match form.ok_or(Error::NotFound(Thing::Paper))? {
        PaperForm::Receipt => filled(&receipt(&mut tx, &entry, hidden).await?),
        PaperForm::OfferList | PaperForm::HandoverList => {
            drop(tx);
            filled(&handover::paper(app, me, seq).await?)
        }
        PaperForm::CountStatement => {
            drop(tx);
            filled(&count::paper(app, me, seq).await?)
        }
        PaperForm::LoanSlip => filled(&loan::slip(&mut tx, &entry).await?),
        PaperForm::ReturnSlip => filled(&loan::return_slip(&mut tx, &entry).await?),
    }
}

/// Whether its paper is made of the lines that somebody sees, and says how many it leaves out: things of several cases may come
/// to the counter together, and each gets its receipt. Other papers are both sides' and are shown whole or not at all.
pub(in crate::custody) fn shows_parts(entry: &Entry) -> bool {
    entry.draft.body.paper() == Some(PaperForm::Receipt)
}

fn filled(form: &impl Form) -> Result<Paper, Error> {
    Paper::of(form).map_err(|error| cannot_write(&error))
}

/// The same as PDF. The same entry gives the same bytes.
pub async fn pdf(app: &App, me: &Person, seq: u64) -> Result<Vec<u8>, Error> {
    let turn = turn(&app.costly.papers, me).await?;
    let paper = paper(app, me, seq).await?;
    let fonts = app.fonts.clone().ok_or(Error::NotFound(Thing::Paper))?;
    let address = format!("{}/check/", app.address);
    let written = turn.beside(move || write_paper(&fonts, &Templates::embedded(), &paper, &address)).await;
    written.ok_or_else(stopped)?.map_err(|error| cannot_write(&error))
}

async fn receipt(tx: &mut Tx, entry: &Entry, hidden: usize) -> Result<label_templates::ReceiptPaper, Error> {
    let Body::Receive(body) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let row = papers::of_entry(tx, entry.seq).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let (mut items, mut slots, mut stores) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut case = None;
    for line in &body.lines {
        if let Some(mut item) = papers::item_name(tx, line.item).await? {
            // A paper stays as it was made, whatever is corrected later.
            let mut particulars = item.particulars()?;
            let words = (&mut item.name, &mut item.features, &mut particulars);
            descriptions::words_as_known(tx, line.item, words, entry.seq).await?;
            case = case.or(Some(item.case_id));
            let measure = Measure::from_word(&item.measure, item.currency.as_deref());
            let name = receipt::ItemName {
                number: item.number,
                name: item.name,
                features: particulars.told(&item.features),
                measure: measure.unwrap_or(Measure::Piece),
                counted_as: item.counted_as,
            };
            items.insert(line.item, name);
        }
        if let Reception::Accepted { slot, .. } = &line.answer
            && let Some(found) = places::slot(tx, *slot).await?
        {
            if !stores.contains(&found.store_name) {
                stores.push(found.store_name.clone());
            }
            slots.insert(*slot, found.name);
        }
    }
    let case = match case {
        Some(case) => counter::case_head(tx, case).await?,
        None => None,
    };
    let deliverer = people::person(tx, body.delivered_by).await?;
    let custodian = people::person(tx, entry.draft.actor).await?;
    let unit_of = |person: &Person| format!("{} {}", person.agency_name, person.unit_name);
    let names = receipt::Names {
        centre: custodian.as_ref().map_or_else(String::new, |person| person.unit_name.clone()),
        paper_number: row.number,
        check_code: row.check_code,
        case_number: case.as_ref().map_or_else(String::new, |case| case.number.clone()),
        case_name: case.map_or_else(String::new, |case| case.name),
        delivered_by_unit: deliverer.as_ref().map_or_else(String::new, unit_of),
        delivered_by: deliverer.map_or_else(String::new, |person| person.name),
        received_by: custodian.map_or_else(String::new, |person| person.name),
        store: stores.join("、"),
        items,
        slots,
    };
    Ok(receipt::receipt(entry, body, hidden, &names))
}

/// A paper that cannot be set: a character without a glyph, a template that was spoiled.
fn cannot_write(error: &label_templates::Error) -> Error {
    Invalid::new(
        "paper_cannot_be_written",
        (&error.zh(), &error.to_string()),
        (
            "账目没有问题；请按提示改正后再打印。",
            "The ledger is in order; put it right as said and print again.",
        ),
    )
}
