//! `ESC ! ?`: one byte, at any time, in trouble too (Gprinter GP-2120T manual p. 34; TSC's TSPL manual calls bit 7
//! "other error").

use crate::printer::{Hindrance, Status, Work};

/// The question.
pub const ASK_STATUS: &[u8] = b"\x1B!?";

/// Reads the answer. Bit 0 head open, 1 jam, 2 no paper, 3 no ribbon, 4 paused, 5 printing, 6 cover open, 7 temperature
/// or another error. `None` for `0xFF`, the byte of an open line: no printer is in all these states at once.
pub fn status(byte: u8) -> Option<Status> {
    if byte == 0xFF {
        return None;
    }
    let bit = |number: u8| byte & 1 << number != 0;
    // What a person must do first stands first: nothing else counts while the head is up.
    let hindrance = [
        (0, Hindrance::HeadOpen),
        (6, Hindrance::CoverOpen),
        (2, Hindrance::PaperOut),
        (3, Hindrance::RibbonOut),
        (1, Hindrance::Jam),
        (7, Hindrance::Temperature),
        (4, Hindrance::Paused),
    ]
    .into_iter()
    .find_map(|(number, hindrance)| bit(number).then_some(hindrance));
    Some(Status { hindrance, work: if bit(5) { Work::Working } else { Work::Idle } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_has_its_meaning() {
        use Hindrance::{CoverOpen, HeadOpen, Jam, PaperOut, Paused, RibbonOut, Temperature};
        let table = [
            (0x00, None, Work::Idle),
            (0x01, Some(HeadOpen), Work::Idle),
            (0x02, Some(Jam), Work::Idle),
            (0x04, Some(PaperOut), Work::Idle),
            (0x05, Some(HeadOpen), Work::Idle),
            (0x08, Some(RibbonOut), Work::Idle),
            (0x0C, Some(PaperOut), Work::Idle),
            (0x10, Some(Paused), Work::Idle),
            (0x20, None, Work::Working),
            (0x30, Some(Paused), Work::Working),
            (0x40, Some(CoverOpen), Work::Idle),
            (0x80, Some(Temperature), Work::Idle),
        ];
        for (byte, hindrance, work) in table {
            assert_eq!(status(byte), Some(Status { hindrance, work }), "{byte:02x}");
        }
        assert_eq!(status(0xFF), None);
    }
}
