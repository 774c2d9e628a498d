//! What the station's own page is doing while no server is there, and what a scan or a weight means to it. Pure: the file
//! that keeps it is the business of `super::session`.

use super::NewEvent;
use hufu_wire::Day;
use hufu_wire::code::{Code, CodeKind};
use hufu_wire::message::{Micros, Observation, OwnWeight, Reading, Receipt, Sighting};
use hufu_wire::weight::{NoWeight, Weight, weight};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One activity at a time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one session")]
pub enum OfflineSession {
    /// Scans go to the server, when it is back.
    #[default]
    Idle,
    Receiving(Receiving),
    Counting(Counting),
}

/// The item being received.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receiving {
    /// The request id under which this item is weighed.
    pub id: Uuid,
    pub receipt: Receipt,
    /// The label that was printed for it and not yet scanned back.
    pub printed: Option<String>,
    pub note: Option<Note>,
}

/// A stock count: codes scanned slot by slot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counting {
    pub id: Uuid,
    /// Who counts, by name.
    pub by: String,
    /// The slot in whose front they stand.
    pub slot: Option<String>,
    /// How many codes were scanned, not counting the slots' own.
    pub seen: u64,
    pub last: Option<String>,
    pub note: Option<Note>,
}

/// What the page says about the last scan or weight; the page chooses the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    LabelTaken,
    SlotTaken,
    Weighed,
    /// Neither a blank label nor a slot: an item's own label, another maker's code, a misread one.
    NotUsed,
    NotSteady,
    TooHeavy,
    NoWeight,
    /// Whoever counts scans the slot first.
    SlotFirst,
    Counted,
}

impl OfflineSession {
    /// What is to be recorded of an event: as it is, or as this page has taken it.
    pub fn take(&mut self, event: &NewEvent) -> Observation {
        match (self, &event.what) {
            (OfflineSession::Receiving(receiving), Observation::Scan { device, text, .. }) => {
                receiving.scan(text);
                Observation::Taken { device: device.clone(), text: text.clone() }
            }
            (
                OfflineSession::Receiving(receiving),
                Observation::Weight { device, request, reading, calibration_due },
            ) if *request == Some(receiving.id) => {
                receiving.weight((device, *calibration_due), reading, event.at);
                event.what.clone()
            }
            (OfflineSession::Counting(counting), Observation::Scan { device, text, .. }) => {
                counting.scan(text).map_or_else(
                    || Observation::Taken { device: device.clone(), text: text.clone() },
                    Observation::Counted,
                )
            }
            (_, what) => what.clone(),
        }
    }
}

impl Receiving {
    /// The next item: fields common to one delivery are kept, and the line number is incremented.
    #[must_use]
    pub fn next(&self, id: Uuid) -> Receiving {
        let line = self.receipt.line.trim().parse::<u32>().ok().and_then(|line| line.checked_add(1));
        let Receipt { case_number, paper, delivered_by, received_by, slot, unit, .. } = self.receipt.clone();
        let line = line.map_or_else(String::new, |line| line.to_string());
        let receipt =
            Receipt { case_number, paper, line, delivered_by, received_by, slot, unit, ..Receipt::default() };
        Receiving { id, receipt, printed: None, note: None }
    }

    fn scan(&mut self, text: &str) {
        self.note = Some(match Code::parse(text) {
            Ok(code) if code.kind() == CodeKind::Blank => {
                self.receipt.code = code.to_string();
                Note::LabelTaken
            }
            Ok(code) if code.kind() == CodeKind::Slot => {
                self.receipt.slot = code.to_string();
                Note::SlotTaken
            }
            Ok(_) | Err(_) => Note::NotUsed,
        });
    }

    /// A reading that may stand as a weight is taken; otherwise the weight before it stays.
    fn weight(&mut self, (device, calibration_due): (&str, Option<Day>), reading: &Reading, read_at: Micros) {
        self.note = Some(match weight(reading) {
            Ok(Weight { value, unit, milligrams }) => {
                let (device, value, unit) = (device.to_owned(), value.to_owned(), unit.to_owned());
                self.receipt.weight =
                    Some(OwnWeight { device, value, unit, milligrams, read_at, calibration_due });
                Note::Weighed
            }
            Err(NoWeight::Unsteady) => Note::NotSteady,
            Err(NoWeight::Overload) => Note::TooHeavy,
            Err(NoWeight::UnknownUnit | NoWeight::NotPositive | NoWeight::Underload | NoWeight::NotReady) => {
                Note::NoWeight
            }
        });
    }

    /// What is still missing before this can be kept, in the order of the page; nothing when all is there.
    pub fn missing(&self) -> Option<MissingField> {
        let receipt = &self.receipt;
        let is = |text: &str, kind| Code::parse(text).is_ok_and(|code| code.kind() == kind);
        let empty = |text: &str| text.trim().is_empty();
        [
            (empty(&receipt.received_by), MissingField::ReceivedBy),
            (empty(&receipt.delivered_by), MissingField::DeliveredBy),
            (empty(&receipt.paper) && empty(&receipt.case_number), MissingField::Paper),
            (empty(&receipt.name), MissingField::Name),
            (empty(&receipt.quantity), MissingField::Quantity),
            (!is(&receipt.code, CodeKind::Blank), MissingField::Label),
            (!is(&receipt.slot, CodeKind::Slot), MissingField::Slot),
        ]
        .into_iter()
        .find_map(|(missing, what)| missing.then_some(what))
    }
}

/// A field that must be filled in before an item can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingField {
    ReceivedBy,
    DeliveredBy,
    Paper,
    Name,
    Quantity,
    Label,
    Slot,
}

impl Counting {
    fn scan(&mut self, text: &str) -> Option<Sighting> {
        let code = text.trim();
        if code.is_empty() {
            return None;
        }
        let slot = Code::parse(code).ok().filter(|code| code.kind() == CodeKind::Slot);
        match (slot, &self.slot) {
            (Some(slot), _) => {
                self.slot = Some(slot.to_string());
                self.note = Some(Note::SlotTaken);
                Some(self.sighting(&slot.to_string()))
            }
            (None, Some(_)) => {
                self.seen = self.seen.saturating_add(1);
                self.last = Some(code.to_owned());
                self.note = Some(Note::Counted);
                Some(self.sighting(code))
            }
            (None, None) => {
                self.note = Some(Note::SlotFirst);
                None
            }
        }
    }

    fn sighting(&self, code: &str) -> Sighting {
        let slot = self.slot.clone().unwrap_or_default();
        Sighting { count: self.id, slot, code: code.to_owned(), by: self.by.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> NewEvent {
        let what = Observation::Scan {
            device: "scanner".to_owned(),
            text: text.to_owned(),
            symbology: None,
            repeat: false,
        };
        NewEvent { at: 7, what }
    }

    fn code(kind: CodeKind, serial: u64) -> String {
        Code::new(kind, "26", serial).to_string()
    }

    #[test]
    fn a_thing_is_kept_when_everything_is_known_of_it() {
        let mut session =
            OfflineSession::Receiving(Receiving { id: Uuid::from_u128(1), ..Receiving::default() });
        let taken = |session: &mut OfflineSession, text: &str| match session.take(&scan(text)) {
            Observation::Taken { text: kept, .. } => assert_eq!(kept, text),
            other => panic!("{other:?}"),
        };
        taken(&mut session, &code(CodeKind::Blank, 5).to_lowercase());
        taken(&mut session, &code(CodeKind::Slot, 9));
        taken(&mut session, "6901234567892");
        let weight = |request: u128, stable| NewEvent {
            at: 9,
            what: Observation::Weight {
                device: "scale".to_owned(),
                request: Some(Uuid::from_u128(request)),
                reading: Reading::Weight {
                    value: "12.35".to_owned(),
                    unit: "g".to_owned(),
                    milligrams: Some(12_350),
                    stable,
                    basis: None,
                    tare: None,
                },
                calibration_due: None,
            },
        };
        session.take(&weight(1, true));
        session.take(&weight(1, false));
        session.take(&weight(2, true));
        let OfflineSession::Receiving(mut it) = session else { panic!() };
        assert_eq!(it.note, Some(Note::NotSteady));
        assert_eq!(it.receipt.weight.as_ref().unwrap().read_at, 9);
        assert_eq!(
            (it.receipt.code.clone(), it.receipt.slot.clone()),
            (code(CodeKind::Blank, 5), code(CodeKind::Slot, 9))
        );
        for (missing, field) in [
            (MissingField::ReceivedBy, 0),
            (MissingField::DeliveredBy, 1),
            (MissingField::Paper, 2),
            (MissingField::Name, 3),
            (MissingField::Quantity, 4),
        ] {
            assert_eq!(it.missing(), Some(missing));
            let receipt = &mut it.receipt;
            *[
                &mut receipt.received_by,
                &mut receipt.delivered_by,
                &mut receipt.paper,
                &mut receipt.name,
                &mut receipt.quantity,
            ][field] = "3".to_owned();
        }
        assert_eq!(it.missing(), None);
        it.receipt.code = code(CodeKind::Item, 5);
        assert_eq!(it.missing(), Some(MissingField::Label), "an item's own label is no blank one");
        it.receipt.line = "3".to_owned();
        let next = it.next(Uuid::from_u128(2));
        assert_eq!((next.receipt.line.as_str(), next.receipt.paper.as_str()), ("4", "3"));
        assert_eq!((next.receipt.code.as_str(), next.receipt.name.as_str()), ("", ""));
    }

    #[test]
    fn a_count_begins_with_a_slot_and_says_where_each_code_was_seen() {
        let mut session = OfflineSession::Counting(Counting {
            id: Uuid::from_u128(3),
            by: "陈静".to_owned(),
            ..Counting::default()
        });
        assert!(matches!(session.take(&scan("W260000001")), Observation::Taken { .. }), "no slot yet");
        let slot = code(CodeKind::Slot, 9);
        for text in [slot.as_str(), "W26-1", "whatever it says"] {
            let Observation::Counted(seen) = session.take(&scan(text)) else { panic!("{text}") };
            assert_eq!((seen.slot.as_str(), seen.code.as_str()), (slot.as_str(), text));
        }
        let OfflineSession::Counting(it) = session else { panic!() };
        assert_eq!((it.seen, it.last.as_deref()), (2, Some("whatever it says")));
    }
}
