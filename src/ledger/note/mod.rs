//! Signed notes (C2SP signed-note): a text that people can read, a blank line, and lines of signatures. A [`checkpoint`]
//! is such a text; [`key`] makes and checks the signatures, under both suites; a [`refusal`] is what a witness says instead
//! of signing.

pub mod checkpoint;
pub mod key;
pub mod refusal;

use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt;

/// A note larger than this is not read. A checkpoint with a hundred witnesses has a quarter of it.
pub const BYTES_MAX: usize = 64 << 10;
/// More lines of signatures than this are not read.
const SIGNATURES_MAX: usize = 128;

/// Why a note is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("this is not a signed note: {0}")]
    Form(&'static str),
    #[error("the note is signed by no key that is known here")]
    UnknownKey,
    #[error("the signature of {0} was not made over this note")]
    WrongSignature(String),
    #[error("this is not a checkpoint: {0}")]
    NotACheckpoint(&'static str),
    #[error("this is not a key: {0}")]
    NotAKey(&'static str),
    #[error("no signature could be made")]
    CannotSign,
}

/// A text with its signatures; nothing is said about whether they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Ends with a newline.
    pub text: String,
    pub signatures: Vec<NoteSignature>,
}

/// One line of a note: `— name base64(key id ‖ signature)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    pub name: String,
    pub key_id: [u8; 4],
    pub value: Vec<u8>,
}

impl Note {
    /// Reads a note. Refuses control characters, lines of another form, and more of either than anybody needs.
    pub fn parse(note: &str) -> Result<Note, NoteError> {
        if note.len() > BYTES_MAX {
            return Err(NoteError::Form("it is too large"));
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Form("it has a control character"));
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form("it has no signatures"))?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form("its last line does not end"))?;
        let signatures = lines.split('\n').map(NoteSignature::parse).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Form("it has too many signatures"));
        }
        Ok(Note { text: format!("{text}\n"), signatures })
    }
}

impl NoteSignature {
    /// Reads one line, without its newline.
    pub fn parse(line: &str) -> Result<NoteSignature, NoteError> {
        const FORM: NoteError = NoteError::Form("a signature line has another form");
        let (name, value) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(FORM)?;
        let bytes = BASE64_STANDARD.decode(value).map_err(|_| FORM)?;
        let (key_id, value) = bytes.split_first_chunk().ok_or(FORM)?;
        if !is_name(name) || value.is_empty() {
            return Err(FORM);
        }
        Ok(NoteSignature { name: name.to_owned(), key_id: *key_id, value: value.to_vec() })
    }
}

/// A key's name: not empty, no space of any kind, no plus.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.as_slice(), &self.value].concat();
        write!(f, "— {} {}", self.name, BASE64_STANDARD.encode(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_and_written_back_as_it_was() {
        let text = "First line.\n\nSecond line.\n\n— a.example/b AQIDBAU=\n— 检察院 AQIDBAYH\n";
        let note = Note::parse(text).unwrap();
        assert_eq!(note.text, "First line.\n\nSecond line.\n");
        assert_eq!(note.signatures[0].key_id, [1, 2, 3, 4]);
        assert_eq!(note.signatures[1].value, [6, 7]);
        assert_eq!(note.to_string(), text);
    }

    #[test]
    fn what_has_another_form_is_no_note() {
        let huge = format!("{}\n\n— a AQIDBAU=\n", "x".repeat(BYTES_MAX));
        let many = format!("x\n\n{}", "— a AQIDBAU=\n".repeat(129));
        for text in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n— a AQIDBAU=",
            "text\n\n- a AQIDBAU=\n",
            "text\n\n— a\n",
            "text\n\n— a b c\n",
            "text\n\n— a AQIDBA==\n",
            "text\n\n— a AQIDBAU\n",
            "text\n\n— a+b AQIDBAU=\n",
            "text\n\n—  AQIDBAU=\n",
            "te\txt\n\n— a AQIDBAU=\n",
            "text\r\n\n— a AQIDBAU=\n",
            huge.as_str(),
            many.as_str(),
        ] {
            assert!(Note::parse(text).is_err(), "{text:.40}");
        }
    }
}
