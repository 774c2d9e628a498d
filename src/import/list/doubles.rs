//! The same thing on two lines: one that is written the same, or one with the same number of its own.

use std::collections::{BTreeMap, HashMap};

use crate::import::doubt::{Doubt, DoubtCode};
use crate::import::row::ListRow;
use crate::import::text::squeeze;

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
    let own = row.particulars.identifiers().into_iter().map(|(_, number)| squeeze(&number));
    let mut found: Vec<String> =
        own.chain(row.serial.iter().map(|it| squeeze(it))).filter(|it| it.chars().count() >= 4).collect();
    for text in [&row.features, &row.name] {
        numbers_in(&squeeze(text), &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// IMEI (15 digits), VIN (17 letters and digits), account (16 to 19 digits), plate (省 A 12345).
fn numbers_in(text: &str, found: &mut Vec<String>) {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    for run in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = run.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        if (15..=19).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            found.push(digits.to_owned());
        } else if run.len() == 17 && run.bytes().any(|b| b.is_ascii_digit()) && !run.contains(['i', 'o', 'q'])
        {
            found.push(run.to_owned());
        }
    }
    let plain = text.replace(['·', '.', '-'], "");
    for (at, _) in plain.char_indices().filter(|(_, c)| PROVINCES.contains(*c)) {
        let rest = plain.get(at..).unwrap_or_default();
        let plate: String = rest
            .chars()
            .enumerate()
            .take_while(|(n, c)| *n == 0 || c.is_ascii_alphanumeric())
            .map(|(_, c)| c)
            .collect();
        let letters = plate.chars().nth(1).is_some_and(|c| c.is_ascii_alphabetic());
        let digits = plate.chars().filter(char::is_ascii_digit).count();
        if letters && (7..=8).contains(&plate.chars().count()) && digits >= 3 {
            found.push(plate);
        }
    }
}
