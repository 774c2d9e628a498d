//! A list on paper: with the things it goes to the counter, where its code opens the case.

use super::{ListDraft, read};
use crate::{
    app::App,
    clock::Moment,
    custody::{Error, Thing, access, papers, turn},
    documents::list::{ListedThing, lines},
    domain::{Person, Role},
    id::{CaseId, EntryId, ImportId},
    ledger::{Body, Entry, Seize},
    store::{cases, journal},
};
use label_templates::{Heading, ListPaper};

/// Where a counter's page shows a case. The code of a list holds the whole address, so that a telephone opens it as well.
const COUNTER: &str = "/counter/";

/// The case that a scanned code opens: that of a list of this server.
pub(in crate::custody) fn scanned_case(app: &App, text: &str) -> Option<CaseId> {
    text.trim().strip_prefix(&app.address)?.strip_prefix(COUNTER)?.parse().ok()
}

/// The list as PDF, recorded or waiting. Of the own unit.
pub async fn list_paper(app: &App, me: &Person, id: ImportId) -> Result<Vec<u8>, Error> {
    access::require(me, Role::Officer)?;
    let turn_of_lists = turn(&app.costly.lists, me).await?;
    let (row, draft) = read(app, &turn_of_lists, me, id).await?;
    drop(turn_of_lists);
    let mut tx = app.db.read().await?;
    let case = cases::case(&mut tx, draft.case).await?.ok_or(Error::NotFound(Thing::Case))?.case;
    let entry = journal::entry_by_id(&mut tx, EntryId(id.0)).await?;
    drop(tx);
    let recorded = entry.as_ref().and_then(|entry| Some((entry, seizure(entry)?)));
    let today = app.clock.now();
    let (things, total) = match recorded {
        Some((_, seizure)) => lines(&of_entry(seizure)),
        None => lines(&of_draft(&draft)),
    };
    let paper_number = recorded.and_then(|(entry, _)| entry.draft.papers.first().map(|it| it.number.clone()));
    let waits = || draft.stated_paper().unwrap_or_else(|| "待填".to_owned());
    let form = ListPaper {
        heading: Heading {
            centre: me.agency_name.clone(),
            number: paper_number.unwrap_or_else(waits),
            entry_number: recorded
                .map_or_else(|| "草稿，尚未登记".to_owned(), |(entry, _)| format!("账本分录 {}", entry.seq)),
            date: recorded.map_or(today, |(entry, _)| entry.recorded_at).date(),
            check_code: draft.case.to_string(),
        },
        case_number: case.number,
        case_name: case.name,
        unit: me.unit_name.clone(),
        seized_at: match recorded {
            Some((entry, _)) => entry.draft.happened_at.text(),
            None => draft.stated_day(today).map_or_else(|| row.created_at.date(), Moment::date),
        },
        lines: things,
        total,
    };
    papers::write(app, me, &form, &format!("{}{COUNTER}", app.address)).await
}

fn seizure(entry: &Entry) -> Option<&Seize> {
    match &entry.draft.body {
        Body::Seize(seize) => Some(seize),
        _ => None,
    }
}

fn of_entry(seize: &Seize) -> Vec<ListedThing<'_>> {
    let things = seize.lines.iter().map(|it| ListedThing {
        number: &it.number,
        name: &it.name,
        category: it.category,
        features: &it.features,
        particulars: &it.particulars,
        quantity: Some((it.quantity, &it.measure, it.counted_as.as_deref())),
    });
    things.collect()
}

fn of_draft(draft: &ListDraft) -> Vec<ListedThing<'_>> {
    let things = draft.kept().map(|it| ListedThing {
        number: "",
        name: &it.name,
        category: it.category,
        features: &it.features,
        particulars: &it.particulars,
        quantity: it
            .quantity
            .and_then(|quantity| Some((quantity, it.measure.as_ref()?, it.counted_as.as_deref()))),
    });
    things.collect()
}
