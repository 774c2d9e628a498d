//! The messages. A station numbers what it observes; the server acknowledges by number and recognises a repeat.

use crate::{
    Day, Raster,
    statement::{self, NotUnderstood, Statement},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU8;
use uuid::Uuid;

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// Why the server ends the connection of a station that is no longer known; it may be enrolled again.
pub const REVOKED: &str = "this station is revoked";

/// From the station to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "a message lives as long as it is sent or handled")]
pub enum FromStation {
    /// First message after dialling: what is here, and the last event number the station ever gave.
    Hello { version: String, clock_at: Micros, last_event: u64, devices: Vec<DeviceState> },
    /// Something observed. Sent again until acknowledged.
    Event(Event),
    /// The same from an enrolled station: the event's JSON exactly as it was written down, and the signature over it
    /// ([`crate::proof::event`]; DER, base64).
    Signed(SignedEvent),
    /// The answer to a challenge ([`crate::proof::dialling`]; DER, base64).
    Prove { signature: String },
    /// A new station: the administrator's one-time code, the public half of its new key (PEM), and the signature over both
    /// ([`crate::proof::enrolling`]; DER, base64).
    Enrol { code: String, key: String, signature: String },
    /// A device came, went, or is in trouble. Not numbered: only the latest counts.
    Device(DeviceState),
    /// How many events the station keeps that the server has not acknowledged.
    Waiting { events: u64 },
}

/// From the server to the station.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromServer {
    /// The first message to a station that must prove itself: a fresh number to sign.
    Challenge {
        nonce: String,
    },
    /// The code was good: this is who the station is from now on. The connection ends.
    Enrolled {
        station: Uuid,
        name: String,
    },
    Welcome {
        station: Uuid,
        name: String,
    },
    /// Every event up to and including this number is kept by the server.
    Acknowledge {
        up_to: u64,
    },
    /// Print one label. The same job id is never printed twice.
    Print {
        job: Uuid,
        title: String,
        raster: Raster,
    },
    /// Ask the scale for a reading now.
    Weigh {
        request: Uuid,
    },
    /// Let the reader look once at every tag in its field.
    Inventory {
        request: Uuid,
    },
    /// Open one lock. There is no number for all of them.
    OpenLock {
        request: Uuid,
        device: String,
        lock: NonZeroU8,
    },
    /// Ask the person at the station to sign. Shown on the station's own page, in words, with a PIN field.
    Sign(SignRequest),
    /// The request was withdrawn or has expired: take it off the page.
    ForgetSign {
        request: Uuid,
    },
    /// Labels drawn ahead: the station keeps them, and takes one after the other when there is no server to ask. The same
    /// block again changes nothing.
    Blanks {
        block: Uuid,
        labels: Vec<Blank>,
    },
    /// Answer a scan at the scanner and on the station's page.
    Answer {
        event: u64,
        verdict: Verdict,
        sentence: String,
    },
}

/// An event under the station's own signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEvent {
    pub text: String,
    pub signature: String,
}

/// One observation, numbered by the station from 1 without gaps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub number: u64,
    /// The station's clock when it was observed.
    pub observed_at: Micros,
    #[serde(flatten)]
    pub what: Observation,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "an observation lives as long as it is written down or handled"
)]
pub enum Observation {
    /// A code passed the scanner. `symbology` is the AIM code character, when the scanner sends one (ISO/IEC 15424).
    /// `repeat`: the label still lay under the beam and was read a moment ago; not to be acted upon twice.
    Scan {
        device: String,
        text: String,
        symbology: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        repeat: bool,
    },
    /// The scale answered. `request` is set when the server had asked. `calibration_due` is the last day on which the
    /// scale's calibration holds, when the station knows it.
    Weight {
        device: String,
        request: Option<Uuid>,
        reading: Reading,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calibration_due: Option<Day>,
    },
    /// An inventory round ended. A tag that was seen is not a scan: nobody pointed at it.
    Tags { device: String, request: Option<Uuid>, round: Round },
    /// A door was opened or closed, or would not open. `request` is set when the server had asked for it.
    Door { device: String, lock: NonZeroU8, request: Option<Uuid>, door: Door },
    /// A print job changed state.
    Job { job: Uuid, device: Option<String>, state: JobState },
    /// A person signed at the station. `signature` is DER, base64; `key` is the key's id.
    Signed { request: Uuid, key: String, signature: String },
    /// A person declined to sign, with a reason in words. `signature` is DER, base64, over [`crate::proof::declining`]; stations of
    /// before sent none, and are not believed.
    Declined {
        request: Uuid,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// A code passed the scanner and was taken by the station's own page, because no server was there. The server keeps it
    /// and does nothing by it.
    Taken { device: String, text: String },
    /// The labels of this block lie at the station, ready to be printed.
    BlanksKept { block: Uuid },
    /// A thing was taken in while no server was there.
    Received(Receipt),
    /// A code was seen in a slot while no server was there: part of a count.
    Counted(Sighting),
    /// A blank label is torn, crooked or lost, and must never name a thing.
    Spoiled { code: String, reason: String },
}

/// One label that names nothing yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blank {
    /// What its code says, with check characters.
    pub code: String,
    pub raster: Raster,
}

/// What was written down of a thing that came while no server was there. Everything is as it was typed or scanned: only
/// the server can say which line of which list it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Receipt {
    /// The blank label that was stuck on it.
    pub code: String,
    pub case_number: String,
    /// The number of the seizure list.
    pub paper: String,
    /// The line on that list.
    pub line: String,
    pub name: String,
    pub quantity: String,
    pub unit: String,
    pub seal: String,
    /// The officer who brought it, by name.
    pub delivered_by: String,
    /// The custodian who took it, by name.
    pub received_by: String,
    /// The slot's code, as scanned.
    pub slot: String,
    pub remark: String,
    pub weight: Option<OwnWeight>,
}

/// A steady weight that the station's own page asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnWeight {
    pub device: String,
    /// As the scale wrote it.
    pub value: String,
    pub unit: String,
    pub milligrams: i64,
    /// The station's clock.
    pub read_at: Micros,
    /// The last day of the scale's calibration, when the station knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_due: Option<Day>,
}

/// One code seen in one slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Made when the count was begun at the station; all of its sightings carry it.
    pub count: Uuid,
    /// The slot's code.
    pub slot: String,
    /// What was scanned: a thing's code, or the slot's own when its label was scanned.
    pub code: String,
    /// Who counted, by name.
    pub by: String,
}

/// A reading of a scale: never a silent zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Reading {
    /// The value as the scale wrote it ("12.35") with its unit ("g"); `milligrams` when the unit is a known one.
    Weight {
        value: String,
        unit: String,
        milligrams: Option<i64>,
        stable: bool,
        /// Whether the tare is taken off, where the scale says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
        /// What was taken off as tare, as the scale wrote it, in the same unit; where the scale says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tare: Option<String>,
    },
    Overload,
    Underload,
    /// The scale is busy or cannot answer.
    NotReady,
}

/// What a weight is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 毛重: everything on the pan.
    Gross,
    /// 净重: without the tare.
    Net,
}

/// What a reader's round came to: a round that failed is never an empty one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Round {
    /// Every tag that answered, each once.
    Complete {
        tags: Vec<Tag>,
    },
    NotDone {
        why: String,
    },
}

/// A tag: its bits in hexadecimal, and its name (`urn:epc:id:…`) when they spell one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tag {
    pub epc: String,
    pub name: Option<String>,
}

/// A locker's door as its sensor says. A lock that was told to open and whose door did not move is not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Door {
    Open,
    Closed,
    NotOpened { why: String },
}

/// A print job never moves backwards. An unknown job is never printed again by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum JobState {
    Queued,
    /// All bytes were written; the printer has not said that the label is out.
    Sent,
    Confirmed,
    /// Nobody can tell whether the label came out. A person looks and says.
    Unknown {
        why: String,
    },
    Failed {
        why: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceState {
    /// Stable name in the station's configuration, e.g. "scanner".
    pub name: String,
    pub role: DeviceRole,
    #[serde(flatten)]
    pub condition: Condition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceRole {
    Scanner,
    Printer,
    Scale,
    /// An RFID reader.
    Reader,
    /// A board of locks.
    Locks,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "condition", rename_all = "snake_case")]
pub enum Condition {
    Absent,
    Opening,
    Ready,
    Trouble { why: String },
}

/// What the scanner beeps and the page colours: each has its own tone, colour, symbol and word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accepted,
    Repeated,
    Unknown,
    Refused,
}

/// What a person is asked to sign. `statement` is exactly what is signed (base64), and what the page shows is read from it
/// ([`crate::statement`]), with its SM3 digest. `title` and `words` are the server's and only for stations that cannot read
/// statements yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignRequest {
    pub request: Uuid,
    /// The person who asked on the server's page, by name.
    pub asked_by: String,
    /// The same person as the holder of a key, by [`crate::proof::holder`]: with no other key is it answered.
    #[serde(default)]
    pub holder: String,
    pub title: String,
    pub words: Vec<String>,
    pub statement: String,
    /// What the giver signed, when the statement answers it by its digest (base64).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    pub expires_at: Micros,
}

impl SignRequest {
    /// The bytes that are signed.
    pub fn bytes(&self) -> Result<Vec<u8>, NotUnderstood> {
        BASE64_STANDARD.decode(&self.statement).map_err(|_| NotUnderstood::Unreadable)
    }

    /// What those bytes say.
    pub fn read(&self) -> Result<Statement, NotUnderstood> {
        let offer = self.offer.as_ref().map(|offer| BASE64_STANDARD.decode(offer)).transpose();
        statement::read(&self.bytes()?, offer.map_err(|_| NotUnderstood::Unreadable)?.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stations and servers are not updated on the same day: what one of them leaves out the other does without.
    #[test]
    fn a_weight_without_basis_tare_and_calibration_is_read_and_written_as_before() {
        let json = r#"{"what":"weight","device":"scale","request":null,"reading":{"state":"weight","value":"12.35","unit":"g","milligrams":12350,"stable":true}}"#;
        let plain = Observation::Weight {
            device: "scale".to_owned(),
            request: None,
            reading: Reading::Weight {
                value: "12.35".to_owned(),
                unit: "g".to_owned(),
                milligrams: Some(12_350),
                stable: true,
                basis: None,
                tare: None,
            },
            calibration_due: None,
        };
        assert_eq!(serde_json::from_str::<Observation>(json).unwrap(), plain);
        assert_eq!(serde_json::to_string(&plain).unwrap(), json);
    }
}
