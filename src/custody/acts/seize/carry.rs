//! What people did to the rows of a list, carried over to another reading of its file.

use super::{DoubtAnswer, DraftRow, Origin};
use crate::ledger::Particular;
use std::collections::BTreeMap;

/// The rows of the new reading with everybody's work on them.
pub(super) struct Carried {
    pub(super) rows: Vec<DraftRow>,
    /// The rows that somebody had worked on and that are no things any more, as people call them.
    pub(super) lost: Vec<String>,
}

/// `before` is the old reading of the file, `now` the same with everybody's work, `read` the new reading. A field that
/// somebody changed keeps their word, every other one says what it says in the new reading.
pub(super) fn carry(before: &[DraftRow], now: Vec<DraftRow>, read: Vec<DraftRow>) -> Carried {
    let before: BTreeMap<u32, &DraftRow> = before.iter().map(|row| (row.row, row)).collect();
    let mut carried = Carried { rows: Vec::with_capacity(read.len()), lost: Vec::new() };
    let (mut of_file, mut added): (BTreeMap<u32, DraftRow>, Vec<DraftRow>) = Default::default();
    let mut parts: BTreeMap<u32, Vec<DraftRow>> = BTreeMap::new();
    for row in now {
        match row.origin {
            Origin::File => _ = of_file.insert(row.row, row),
            Origin::Added => added.push(row),
            Origin::Split(from) => parts.entry(from).or_default().push(row),
        }
    }
    for mut row in read {
        let number = row.row;
        if let (Some(worked_on), Some(before)) = (of_file.remove(&number), before.get(&number)) {
            row.keep_work(before, worked_on);
        }
        carried.rows.push(row);
        carried.take_parts(number, &mut parts);
    }
    for row in added {
        let number = row.row;
        carried.rows.push(row);
        carried.take_parts(number, &mut parts);
    }
    let worked_on = of_file.into_values().filter(|row| before.get(&row.row) != Some(&row));
    carried.lost.extend(worked_on.map(|row| row.label()));
    carried.lost.extend(parts.into_values().flatten().map(|row| row.label()));
    carried
}

impl Carried {
    /// The parts of a row stand behind it, and their own parts behind them.
    fn take_parts(&mut self, of: u32, parts: &mut BTreeMap<u32, Vec<DraftRow>>) {
        for part in parts.remove(&of).unwrap_or_default() {
            let number = part.row;
            self.rows.push(part);
            self.take_parts(number, parts);
        }
    }
}

impl DraftRow {
    /// Takes over what `now` says otherwise than `before` did.
    fn keep_work(&mut self, before: &DraftRow, now: DraftRow) {
        let mut described = false;
        if now.name != before.name {
            (self.name, described) = (now.name, true);
        }
        if now.features != before.features {
            (self.features, described) = (now.features, true);
        }
        for field in Particular::ALL {
            let (old, new) = (before.particulars.get(*field), now.particulars.get(*field));
            if old != new {
                self.particulars.set(*field, new.unwrap_or_default());
                described = true;
            }
        }
        if now.category != before.category {
            self.category = now.category;
        }
        (self.holding, self.dropped) = (now.holding, now.dropped);
        let counted = now.quantity_text != before.quantity_text;
        if counted {
            self.quantity = now.quantity;
            self.measure = now.measure;
            self.counted_as = now.counted_as;
            self.quantity_text = now.quantity_text;
        }
        for doubt in &mut self.doubts {
            let same = now.doubts.iter().find(|it| it.code == doubt.code && it.text == doubt.text);
            doubt.answer = same.and_then(|it| it.answer);
            if counted && doubt.is_about_quantity() {
                doubt.answer.get_or_insert(DoubtAnswer::Amended);
            }
        }
        // What a person's own word raised stays, too.
        for doubt in now.doubts {
            let known = before.doubts.iter().chain(&self.doubts);
            let raised = !known.into_iter().any(|it| it.code == doubt.code && it.text == doubt.text);
            if raised && (counted || described || !doubt.is_about_quantity()) {
                self.doubts.push(doubt);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        custody::acts::seize::{Amendment, BY_HAND, read::Reading},
        import::{ChosenColumns, Role},
    };

    const LIST: &str =
        "名称,数量,编码,特征\n手机,约3部,861234567890121,黑色\n电脑,1台,,银色\n外套,2件,,红色\n";

    fn read(columns: &[(&str, Option<Role>)]) -> Vec<DraftRow> {
        let columns = columns.iter().map(|(letter, role)| ((*letter).to_owned(), *role)).collect();
        Reading::of("a.csv", LIST.as_bytes(), &ChosenColumns(columns)).unwrap().rows
    }

    fn amended(row: &mut DraftRow, change: impl FnOnce(&mut Amendment)) {
        let mut it = Amendment {
            row: row.row,
            name: row.name.clone(),
            quantity: row.quantity_text.clone(),
            category: row.category,
            features: row.features.clone(),
            particulars: row.particulars.clone(),
            holding: row.holding,
            accept: false,
            drop: String::new(),
        };
        change(&mut it);
        row.amend(&it).unwrap();
    }

    #[test]
    fn what_somebody_changed_keeps_their_word_and_the_rest_is_read_anew() {
        let before = read(&[]);
        let mut now = before.clone();
        amended(&mut now[0], |it| it.quantity = "4部".to_owned());
        amended(&mut now[1], |it| it.features = "银色，有划痕".to_owned());
        let it = carry(&before, now, read(&[("C", Some(Role::Imei)), ("D", None)]));
        assert!(it.lost.is_empty(), "{:?}", it.lost);
        assert_eq!(it.rows[0].quantity_text, "4 部");
        assert!(it.rows[0].is_settled(), "the doubt was answered: {:?}", it.rows[0].doubts);
        assert_eq!(it.rows[0].particulars.get(Particular::Imei), Some("861234567890121"), "read anew");
        assert_eq!((&*it.rows[1].features, &*it.rows[2].features), ("银色，有划痕", ""));
    }

    #[test]
    fn an_answer_stays_with_its_doubt() {
        let before = read(&[]);
        let mut now = before.clone();
        amended(&mut now[0], |it| it.accept = true);
        let it = carry(&before, now, read(&[("C", Some(Role::Imei))]));
        let open = it.rows[0].doubts.iter().filter(|it| it.answer != Some(DoubtAnswer::Accepted)).count();
        assert_eq!((open, it.rows[0].doubts.is_empty()), (0, false));
    }

    #[test]
    fn rows_by_hand_stay_where_they_were_and_work_on_what_is_no_thing_any_more_is_told() {
        let before = read(&[]);
        let mut now = before.clone();
        let by_hand = |row: u32, origin| DraftRow { row: BY_HAND + row, origin, ..before[1].clone() };
        now.push(by_hand(1, Origin::Added));
        now.insert(2, by_hand(2, Origin::Split(3)));
        amended(&mut now[3], |it| it.name = "大衣".to_owned());
        let mut read = read(&[]);
        read.pop();
        let it = carry(&before, now, read);
        assert_eq!(it.rows.iter().map(DraftRow::label).collect::<Vec<_>>(), ["2", "3", "+2", "+1"]);
        assert_eq!(it.lost, ["4"]);
        let untouched = carry(&before, before.clone(), Vec::new());
        assert!(untouched.lost.is_empty(), "nobody had worked on it");
    }
}
