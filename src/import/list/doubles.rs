//! The same thing on two lines: one that is written the same, or one with the same number of its own.

use std::collections::{BTreeMap, HashMap};

use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::row::ListRow;
use crate::import::text::squeeze;
use crate::ledger::identifiers::identifiers;

/// Raises a doubt on each row that repeats an earlier one.
pub(super) fn find(rows: &mut [ListRow], serial_column: Option<&String>) {
    let mut serials: HashMap<String, u32> = HashMap::new();
    let mut whole: HashMap<String, u32> = HashMap::new();
    for row in rows {
        let mut found = BTreeMap::new();
        for serial in identities(row) {
            match serials.get(&serial) {
                Some(other) => _ = found.insert(*other, serial),
                None => _ = serials.insert(serial, row.row),
            }
        }
        for (other, serial) in found {
            let doubt = Doubt::new(DoubtCode::SameSerial, serial_column.cloned(), &serial);
            row.doubts.push(doubt.against(other.to_string()));
        }
        if row.as_written.is_empty() {
            continue;
        }
        match whole.get(&row.as_written) {
            Some(other) => {
                let doubt = Doubt::new(DoubtCode::SameRow, None, &row.name).against(other.to_string());
                row.doubts.push(doubt);
            }
            None => _ = whole.insert(row.as_written.clone(), row.row),
        }
    }
}

/// What identifies a thing: its numbers in columns of their own, and every IMEI, VIN, plate and account in its description.
fn identities(row: &ListRow) -> Vec<String> {
    let serial = row.serial.iter().map(|it| squeeze(it).to_uppercase());
    let mut found: Vec<String> = serial.filter(|it| it.chars().count() >= 4).collect();
    found.extend(identifiers(&row.name, &row.features, &row.particulars).into_iter().map(|(_, key)| key));
    found.sort_unstable();
    found.dedup();
    found
}
