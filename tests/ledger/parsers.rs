//! Whatever a stranger sends where a note, a key, a tile's address or a proof is expected: nothing stops, nothing grows
//! without bound, and what is taken says the same when it is written again. Inputs are noise, and good ones with a few
//! bytes changed, left out or doubled. `HUFU_CASES` sets how many of each.

use hufu::{
    ledger::{
        Checkpoint, Digest, Entry, Frontier, Note, Suite,
        note::key::{Purpose, SignerKey, VerifierKey},
        tree::{
            proof::{check_consistency, check_inclusion},
            tile::Address,
        },
    },
    proof::{
        ProofFile,
        check::{Trust, check},
    },
    random::SystemRng,
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};

fn cases() -> u32 {
    std::env::var("HUFU_CASES").map_or(3_000, |cases| cases.parse().unwrap())
}

/// A good text with a few things done to it.
fn spoilt(good: String) -> impl Strategy<Value = String> {
    let length = good.len().max(1);
    vec((0..length, any::<u8>(), 0..4_u8), 0..6).prop_map(move |changes| {
        let mut bytes = good.clone().into_bytes();
        for (at, byte, kind) in changes {
            let at = at.min(bytes.len().saturating_sub(1));
            match kind {
                0 if !bytes.is_empty() => bytes[at] = byte,
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                2 => bytes.insert(at.min(bytes.len()), byte),
                _ => bytes.extend_from_within(at.min(bytes.len())..),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn all(good: &str, asked: impl Fn(&str)) {
    let mut runner =
        TestRunner::new(Config { cases: cases(), failure_persistence: None, ..Config::default() });
    let noise = prop_oneof![".{0,200}", "[ -~\n—]{0,300}", spoilt(good.to_owned())];
    runner
        .run(&noise, |text| {
            asked(&text);
            Ok(())
        })
        .unwrap();
}

fn signed(suite: Suite) -> (VerifierKey, String) {
    let key = SignerKey::generate(suite, Purpose::Checkpoint, "hufu.test/ledger", &mut SystemRng).unwrap();
    let text = format!("hufu.test/ledger\n3\n{}\n", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    let line = key.sign(&mut SystemRng, &text).unwrap();
    (key.verifier().clone(), Note { text, signatures: vec![line] }.to_string())
}

#[test]
fn notes_checkpoints_and_keys() {
    for suite in [Suite::Sm, Suite::C2sp] {
        let (key, note) = signed(suite);
        all(&note, |text| {
            if let Ok(read) = Note::parse(text) {
                assert_eq!(Note::parse(&read.to_string()), Ok(read.clone()));
                // Only the very text that was signed is believed.
                if key.check(&read).is_ok() {
                    assert!(note.starts_with(&read.text), "{text}");
                }
                if let Ok(checkpoint) = Checkpoint::parse(&read.text) {
                    assert_eq!(Checkpoint::parse(&checkpoint.to_string()), Ok(checkpoint));
                }
            }
        });
        all(&key.text(), |text| {
            if let Ok(read) = VerifierKey::from_text(text) {
                assert_eq!(read.text(), text.trim());
            }
        });
    }
}

#[test]
fn addresses_of_tiles() {
    for good in ["0/x001/x234/067.p/12", "entries/x999/000", "63/001"] {
        all(good, |text| {
            if let Some(address) = Address::from_path(text) {
                assert_eq!(address.path(), text);
            }
        });
    }
}

#[test]
fn proofs_of_every_length_and_size() {
    let mut runner =
        TestRunner::new(Config { cases: cases(), failure_persistence: None, ..Config::default() });
    let numbers = (any::<u64>(), any::<u64>(), vec(any::<[u8; 32]>(), 0..80), any::<bool>());
    runner
        .run(&numbers, |(one, other, hashes, small)| {
            let (one, other) = if small { (one % 70, other % 70) } else { (one, other) };
            let hashes: Vec<Digest> = hashes.into_iter().map(Digest).collect();
            let (leaf, root) = (Suite::Sm.leaf(b"x"), Suite::Sm.leaf(b"y"));
            assert!(check_inclusion(Suite::Sm, (one, leaf), (other, root), &hashes).is_err());
            assert!(check_consistency(Suite::Sm, (one, leaf), (other, root), &hashes).is_err());
            let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
            drop(Frontier::from_bytes(Suite::Sm, one, &bytes));
            Ok(())
        })
        .unwrap();
}

#[test]
fn proof_files_and_entries() {
    let (key, note) = signed(Suite::Sm);
    let file = serde_json::json!({
        "hufu_proof": 1, "about": "item W26-0000001", "suite": "sm", "ledger_key": key.text(), "checkpoint": note,
        "witness_keys": [], "entries": [{"seq": 1, "entry": "{}", "inclusion": []}], "agency_keys": [], "agencies": {},
        "names": {},
    });
    all(&file.to_string(), |text| {
        drop(Entry::from_canonical_bytes(text.as_bytes()));
        if let Ok(file) = ProofFile::read(text.as_bytes()) {
            assert!(!check(&file, &Trust::default()).in_order(), "no entry of it is one: {text}");
        }
    });
}
