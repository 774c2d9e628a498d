//! The bytes, compared with what nobody here wrote, and damaged one by one.

use super::{
    dice::day,
    journal::{Journal, Tally},
    promises::runner,
};
use hufu::ledger::{Entry, Suite};
use proptest::strategy::{Strategy, ValueTree};
use std::{
    io::{ErrorKind, Write},
    process::{Command, Stdio},
};

/// The entries of some days.
fn entries(days: usize) -> Vec<Entry> {
    let mut runner = runner();
    let lived = (0..days).flat_map(|_| {
        let commands = day().new_tree(&mut runner).unwrap().current();
        Journal::of(&commands, &mut Tally::default()).unwrap().entries
    });
    lived.collect()
}

/// Python's own JSON writer, told to be compact and to sort. Our names are ASCII, so its order (by code point) is that of
/// RFC 8785 §3.2.3 (by UTF-16 unit).
const PYTHON: &str = "
import json, sys
for line in sys.stdin.buffer:
    text = json.dumps(json.loads(line), sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    sys.stdout.buffer.write(text.encode('utf-8') + b'\\n')
";

#[test]
fn python_writes_the_same_bytes() {
    let python =
        Command::new("python3").args(["-c", PYTHON]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut python = match python {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            writeln!(std::io::stderr().lock(), "skipped: there is no python3 here to compare with").unwrap();
            return;
        }
        other => other.unwrap(),
    };
    let entries = entries(24);
    let mut input = python.stdin.take().unwrap();
    let (as_serde_writes, expected): (Vec<_>, Vec<_>) = entries
        .iter()
        .map(|entry| (serde_json::to_vec(entry).unwrap(), entry.canonical_bytes().unwrap()))
        .unzip();
    let feeding = std::thread::spawn(move || {
        for bytes in as_serde_writes {
            input.write_all(&[bytes, b"\n".to_vec()].concat()).unwrap();
        }
    });
    let written = python.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(written.status.success());
    let written: Vec<&[u8]> =
        written.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(written.len(), expected.len());
    for (theirs, ours) in written.into_iter().zip(&expected) {
        assert_eq!(String::from_utf8_lossy(theirs), String::from_utf8_lossy(ours));
    }
}

/// Every byte of an entry counts: changed, it is refused, or it says something else under another leaf.
#[test]
fn no_byte_can_be_changed_unseen() {
    for entry in entries(6).into_iter().rev().step_by(11) {
        let bytes = entry.canonical_bytes().unwrap();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                if let Ok(other) = Entry::from_canonical_bytes(&changed) {
                    assert_ne!(other, entry, "byte {at}");
                    for suite in [Suite::Sm, Suite::C2sp] {
                        let (theirs, ours) =
                            (other.commitment(suite).unwrap(), entry.commitment(suite).unwrap());
                        assert_ne!(theirs.leaf, ours.leaf);
                    }
                }
            }
        }
        let longer = [bytes.as_slice(), b" "].concat();
        assert!(Entry::from_canonical_bytes(&longer).is_err());
        assert!(Entry::from_canonical_bytes(&bytes[..bytes.len() - 1]).is_err());
    }
}
