//! The papers, derived again from the entries with their numbers: a number is not taken from the table that holds it.

use super::{
    comparison::{Derived, TableComparison},
    roster::RosterTables,
    rows::PaperRow,
};
use crate::{
    id::{PaperId, SlotId, StoreId},
    ledger::{Commitment, Entry, Issuer, PaperForm, number_by_entry},
    store::{
        Error, Tx,
        db::on,
        project::papers::{self, Series},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Papers {
    rows: Derived<PaperId, PaperRow>,
    stores: BTreeMap<SlotId, StoreId>,
    issuers: BTreeMap<Uuid, u32>,
    serials: BTreeMap<(PaperForm, Uuid, String), u32>,
}

impl Papers {
    /// In which store each slot is: no entry says it, and none changes it.
    pub(super) async fn begin(tx: &mut Tx) -> Result<Papers, Error> {
        const SQL: &str = "select id, store from slots";
        let slots: Vec<(SlotId, StoreId)> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
        Ok(Papers { stores: slots.into_iter().collect(), ..Papers::default() })
    }

    /// Takes in one entry, in the order of the journal.
    pub(super) fn take(&mut self, entry: &Entry, commitment: &Commitment, roster: &RosterTables) {
        let Some(form) = papers::made(entry) else { return };
        let series = match number_by_entry(entry, form) {
            Some(_) => None,
            None => Some(self.next(entry, form, roster)),
        };
        let Some(paper) = papers::paper_of(entry, commitment, series) else { return };
        let series = paper.series.as_ref();
        let row = PaperRow {
            id: paper.id,
            kind: form.word().to_owned(),
            seq: paper.seq,
            check_code: paper.check_code.clone(),
            made_at: paper.made_at,
            issuer: series.map(|it| it.issuer),
            issuer_number: series.map(|it| i64::from(it.issuer_number)),
            year: series.map(|it| it.year.clone()),
            serial: series.map(|it| i64::from(it.serial)),
            number: paper.number,
        };
        self.rows.insert(row.id, (row.seq, row));
    }

    /// The next place in the entry's series. A slot or unit that is not there any more has no issuer, and its papers do not fit.
    fn next(&mut self, entry: &Entry, form: PaperForm, roster: &RosterTables) -> Series {
        let issuer = match Issuer::of(entry) {
            Issuer::Store(store) => store.0,
            Issuer::StoreOf(slot) => self.stores.get(&slot).map_or_else(Uuid::nil, |store| store.0),
            Issuer::AgencyOf(unit) => roster.agency_of(unit).map_or_else(Uuid::nil, |agency| agency.0),
        };
        let next = u32::try_from(self.issuers.len()).unwrap_or(u32::MAX).saturating_add(1);
        let issuer_number = *self.issuers.entry(issuer).or_insert(next);
        let year = entry.recorded_at.year2();
        let serial = self.serials.entry((form, issuer, year.clone())).or_insert(0);
        *serial = serial.saturating_add(1);
        Series { issuer, issuer_number, year, serial: *serial }
    }

    /// Compares the table with what follows from the entries; a row that does not fit is called by its number.
    pub(super) async fn compare(self, tx: &mut Tx, compared: &mut TableComparison) -> Result<(), Error> {
        const SQL: &str = "select id, kind, number, seq, check_code, made_at, issuer, issuer_number, year, serial from papers";
        let rows: Vec<PaperRow> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|row| (row.id, row));
        compared.named_table(("文书", "papers"), self.rows, rows, |_, row| Some(row.number.clone()));
        Ok(())
    }
}
