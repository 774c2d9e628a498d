//! The head of a ledger as a text (C2SP tlog-checkpoint): whose ledger, how many entries, and the root over all of them.

use super::NoteError;
use crate::ledger::Digest;
use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt;

/// A tree head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name.
    pub origin: String,
    pub size: u64,
    pub root: Digest,
}

impl Checkpoint {
    /// Reads the text of a note. Further lines are somebody's extensions and are passed over.
    pub fn parse(text: &str) -> Result<Checkpoint, NoteError> {
        let mut lines = text.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty());
        let (Some(origin), Some(size), Some(root)) = (line(), line(), line()) else {
            return Err(NoteError::NotACheckpoint("it has fewer than three lines"));
        };
        let plain = size.bytes().all(|byte| byte.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = size.parse::<u64>().ok().filter(|size| plain && *size < 1 << 63);
        let root = BASE64_STANDARD.decode(root).ok().and_then(|root| Digest::from_slice(&root));
        match (size, root) {
            (Some(size), Some(root)) => Ok(Checkpoint { origin: origin.to_owned(), size, root }),
            (None, _) => Err(NoteError::NotACheckpoint("its second line is no size")),
            (Some(_), None) => Err(NoteError::NotACheckpoint("its third line is no root")),
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, BASE64_STANDARD.encode(self.root.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of tlog-checkpoint.
    #[test]
    fn the_example_of_the_format_is_read() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let checkpoint = Checkpoint::parse(text).unwrap();
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(checkpoint.to_string(), text);
        assert_eq!(Checkpoint::parse(&format!("{text}extension\n")), Ok(checkpoint));
    }

    #[test]
    fn a_text_that_says_no_size_or_no_root_is_no_checkpoint() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        for size in ["", "-1", "+1", "01", " 1", "1e3", "9223372036854775808", "99999999999999999999999"] {
            assert!(Checkpoint::parse(&format!("o\n{size}\n{root}\n")).is_err(), "{size}");
        }
        for root in ["", "x", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==", &root[1..]] {
            assert!(Checkpoint::parse(&format!("o\n1\n{root}\n")).is_err(), "{root}");
        }
        assert!(Checkpoint::parse("o\n1\n").is_err());
    }
}
