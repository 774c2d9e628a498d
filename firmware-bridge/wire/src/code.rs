//! What labels say: an opaque number with two check characters (ISO 7064, MOD 1271-36), in the characters of the QR
//! alphanumeric mode. No case and no person can be read off it.

use crate::scanned::as_read;
use std::fmt;

/// What kind of thing a code names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// 财物: `W26-0000123-xx`
    Item,
    /// 库位: `K00-0000012-xx`
    Slot,
    /// 箱: `X26-0000007-xx`
    Box,
    /// 空白标签: `P26-0000042-xx`, printed ahead; what it is stuck on is known when it is claimed.
    Blank,
}

impl CodeKind {
    /// The letter the number starts with.
    pub fn letter(self) -> char {
        match self {
            CodeKind::Item => 'W',
            CodeKind::Slot => 'K',
            CodeKind::Box => 'X',
            CodeKind::Blank => 'P',
        }
    }
}

/// A well-formed code with right check characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    kind: CodeKind,
    /// Letter, two digits, serial: `W260000123`.
    plain: String,
    /// Which copy of the label this is, from 1.
    copy: u32,
}

/// Nobody prints one label more often; more digits were misread.
const COPY_MAX: u32 = 9_999;

/// Why a scanned text is not one of our codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACode {
    /// Another maker's code, or a torn one.
    Foreign,
    /// It looks like ours, but a character was misread.
    CheckFailed,
}

impl Code {
    /// The code of a number. `year` has two digits; a serial of more than seven digits simply makes a longer code.
    pub fn new(kind: CodeKind, year: &str, serial: u64) -> Code {
        Code { kind, plain: format!("{}{year}{serial:07}", kind.letter()), copy: 1 }
    }

    pub fn kind(&self) -> CodeKind {
        self.kind
    }

    /// The number without check characters, as the ledger names it: `W26-0000123`.
    pub fn number(&self) -> String {
        let (head, serial) = self.plain.split_at_checked(3).unwrap_or((&self.plain, ""));
        format!("{head}-{serial}")
    }

    /// Which copy of the label says it. Labels that were printed before copies were told apart say that they are the first.
    pub fn copy(&self) -> u32 {
        self.copy
    }

    /// The same code on another copy of its label.
    #[must_use]
    pub fn on_copy(self, copy: u32) -> Code {
        Code { copy, ..self }
    }

    /// What stands on the label: the code, and which copy it is from the second on, `W26-0000123-3W*2`. The star belongs to
    /// the QR alphanumeric mode and to no code.
    pub fn printed(&self) -> String {
        match self.copy {
            0 | 1 => self.to_string(),
            copy => format!("{self}*{copy}"),
        }
    }

    /// Reads what a scanner sent or a person typed: any case, with or without hyphens, whatever [`as_read`] takes off.
    pub fn parse(text: &str) -> Result<Code, NotACode> {
        let plain: String = as_read(text)
            .chars()
            .filter(|c| *c != '-' && *c != ' ')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let (plain, copy) = match plain.split_once('*') {
            Some((plain, copy)) => (plain, copy.parse().ok().filter(|copy| (2..=COPY_MAX).contains(copy))),
            None => (&*plain, Some(1)),
        };
        let (number, check) =
            plain.len().checked_sub(2).and_then(|at| plain.split_at_checked(at)).ok_or(NotACode::Foreign)?;
        let kind = [CodeKind::Item, CodeKind::Slot, CodeKind::Box, CodeKind::Blank]
            .into_iter()
            .find(|kind| number.starts_with(kind.letter()))
            .ok_or(NotACode::Foreign)?;
        let digits = number.get(1..).unwrap_or("");
        let shaped = digits.len() >= 9 && digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit());
        if !shaped || !check.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(NotACode::Foreign);
        }
        match (check_characters(number).as_deref() == Some(check), copy) {
            (true, Some(copy)) => Ok(Code { kind, plain: number.to_owned(), copy }),
            (false, _) | (_, None) => Err(NotACode::CheckFailed),
        }
    }
}

impl fmt::Display for Code {
    /// As the first copy says it, and as the ledger names it: `W26-0000123-3W`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number(), check_characters(&self.plain).unwrap_or_default())
    }
}

/// The two check characters of ISO 7064 MOD 1271-36 over capital letters and digits; nothing for other characters.
fn check_characters(text: &str) -> Option<String> {
    const MODULUS: u32 = 1271;
    let mut product = 0;
    for c in text.chars() {
        product = (product + c.to_digit(36)?) * 36 % MODULUS;
    }
    let check = (MODULUS + 1 - product * 36 % MODULUS) % MODULUS;
    let character = |value| char::from_digit(value, 36).map(|c| c.to_ascii_uppercase());
    Some([character(check / 36)?, character(check % 36)?].into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that ISO 7064 itself gives for this system.
    #[test]
    fn the_check_characters_are_those_of_the_standard() {
        assert_eq!(check_characters("ISO79").as_deref(), Some("3W"));
    }

    #[test]
    fn a_code_is_read_back_however_it_is_typed() {
        let code = Code::new(CodeKind::Item, "26", 123);
        assert_eq!(code.number(), "W26-0000123");
        let text = code.to_string();
        assert_eq!(Code::parse(&text), Ok(code.clone()));
        assert_eq!(Code::parse(&format!(" {}\r", text.to_lowercase().replace('-', ""))), Ok(code));
        assert_eq!(Code::parse("6901234567892"), Err(NotACode::Foreign));
        assert_eq!(Code::parse(""), Err(NotACode::Foreign));
        assert_eq!(Code::parse("物"), Err(NotACode::Foreign));
    }

    #[test]
    fn a_copy_says_which_it_is_and_names_the_same_thing() {
        let first = Code::new(CodeKind::Item, "26", 12);
        let second = first.clone().on_copy(2);
        assert_eq!((first.printed(), second.printed()), (first.to_string(), format!("{first}*2")));
        let read = Code::parse(&second.printed().to_lowercase()).unwrap();
        assert_eq!((read.copy(), read.to_string(), read.number()), (2, first.to_string(), first.number()));
        assert_eq!(Code::parse(&first.to_string()).unwrap().copy(), 1);
        for wrong in ["*", "*1", "*0", "*x", "*2*3", "*10000"] {
            assert_eq!(Code::parse(&format!("{first}{wrong}")), Err(NotACode::CheckFailed), "{wrong}");
        }
    }

    #[test]
    fn one_wrong_or_two_swapped_characters_are_noticed() {
        let text = Code::new(CodeKind::Slot, "00", 4_711).to_string();
        let characters: Vec<char> = text.chars().collect();
        for at in 0..characters.len() {
            for other in
                ('0'..='9').chain('A'..='Z').filter(|c| *c != characters[at] && characters[at] != '-')
            {
                let mut wrong = characters.clone();
                wrong[at] = other;
                assert!(Code::parse(&wrong.iter().collect::<String>()).is_err(), "{wrong:?}");
            }
            if at + 1 < characters.len() && characters[at] != characters[at + 1] {
                let mut swapped = characters.clone();
                swapped.swap(at, at + 1);
                let dashes = characters[at] == '-' || characters[at + 1] == '-';
                assert!(dashes || Code::parse(&swapped.iter().collect::<String>()).is_err(), "{swapped:?}");
            }
        }
    }
}
