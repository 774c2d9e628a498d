//! The canonical form is final: an entry of every kind, written once and never again differently. Who changes a name or
//! the order of postings breaks the proofs of every ledger there is.

use super::{day::Day, row::Row};
use crate::ledger::{Edition, Entry, Form, RecordedDraft, Suite};
use std::collections::BTreeSet;

/// One entry of each kind.
const STORY: &str = "
    officer: seize A/a X1*10 M1*5000
    keeper: receive X1*9>s1 diff=D1
    keeper: move X1*9@s1>s2
    keeper: dispatch L X1*2@s2
    keeper: arrive L X1*2>s9
    head: approve P1 check_out X1*1
    keeper: check_out P1 X1*1@s2
    keeper: return X1*1>s2
    keeper: split X1*3@s2 X2*1>s2 X3*1>s3 lost=1
    keeper: deposit B M1*5000@owed:A
    officer: offer H1 A/a B X2*1 X3*1
    clerk: exchange H1 B/b X2~ X3- diff=D2
    officer: offer H2 A/a B X3*1
    officer: withdraw H2
    head: approve P2 dispose X3*1
    keeper: dispose P2 X3*1@s3
    head: approve P3 declare_loss X1*1
    keeper: declare_loss P3 X1*1@s9
    keeper: count N1 expected=3 seen=1 loan=1 missing=1 diff=D3
    keeper: raise D4 X1
    keeper: settle D4
    keeper: declare_error 3
    head: approve P4 correct X1*1
    keeper: correct 22 P4 X1*1@s2>s1
    officer: register K1
    head: confirm K1
    officer: register K2
    head: revoke K1
    officer: adopt_rules
    head: confirm_rules 29
";

fn entries() -> Vec<Entry> {
    let mut day = Day::under(Edition::FIRST, "");
    let rows = STORY.lines().map(str::trim).filter(|row| !row.is_empty());
    rows.map(|row| {
        let draft = day.draft(&Row::read(row));
        let postings = day.put(&draft).unwrap().postings;
        Entry {
            form: Form::Whole,
            edition: Edition::FIRST,
            seq: day.seq,
            recorded_at: day.now,
            draft,
            postings,
        }
    })
    .collect()
}

/// The text of entry 3, the move, as it stands in the journal.
const MOVE: &str = concat!(
    r#"{"actor":"00000000-0000-0000-0000-6b6565706572","#,
    r#""body":{"lines":[{"from":"00000000-0000-0000-0000-000000007331","#,
    r#""item":"00000000-0000-0000-0000-000000005831","quantity":9,"#,
    r#""to":"00000000-0000-0000-0000-000000007332"}],"reason":null},"form":1,"#,
    r#""happened_at":1767574800000000,"id":"00000000-0000-0000-0000-000000000003","kind":"move","#,
    r#""papers":[{"kind":"seizure_list","number":"扣〔2026〕1号"}],"#,
    r#""postings":[{"account":"slot:00000000-0000-0000-0000-000000007331","book":"stock","change":-9,"#,
    r#""item":"00000000-0000-0000-0000-000000005831"},"#,
    r#"{"account":"slot:00000000-0000-0000-0000-000000007332","book":"stock","change":9,"#,
    r#""item":"00000000-0000-0000-0000-000000005831"}],"recorded_at":1767574800000000,"seq":3,"#,
    r#""signatures":[],"station":null,"unit":"00000000-0000-0000-0000-000000000041"}"#,
);

/// `(printf '\0'; cat entry) | openssl dgst -sm3`, and the same through `sha256sum`.
const MOVE_LEAF_SM: &str = "25c935bb7965e4793a40fd774ec8a726d43ef77ffcc191d74bc89c81778068b1";
const MOVE_LEAF_C2SP: &str = "80b060e982d6becc0df919fb897bd656917a398d4083ddfed27134d698f04ec5";

/// The kind and the first eight digits of the SHA-256 leaf of every entry of the story.
const LEAVES: &[(&str, &str)] = &[
    ("seize", "295fa759"),
    ("receive", "69825632"),
    ("move", "80b060e9"),
    ("dispatch", "a2c3f974"),
    ("arrive", "09ca6a81"),
    ("approve", "510898b3"),
    ("check_out", "5d9c59f5"),
    ("return", "88bae34d"),
    ("split", "3023fd71"),
    ("deposit", "545a2291"),
    ("offer", "00d499e9"),
    ("exchange", "be8969f1"),
    ("offer", "7460f454"),
    ("withdraw", "9e319134"),
    ("approve", "940dd855"),
    ("dispose", "e20d8641"),
    ("approve", "58761274"),
    ("declare_loss", "437b2306"),
    ("count_statement", "9fbb3f9e"),
    ("raise_difference", "04ba53db"),
    ("settle_difference", "a1465298"),
    ("declare_error", "5e16f9b7"),
    ("approve", "dcc39727"),
    ("correct", "a7264419"),
    ("register_key", "20f72cb1"),
    ("confirm_key", "daee183f"),
    ("register_key", "097500bf"),
    ("revoke_key", "abc35d5b"),
    ("adopt_rules", "ec310e3c"),
    ("confirm_rules", "e92ef113"),
];

#[test]
fn the_canonical_form_is_final() {
    let entries = entries();
    let bytes = entries[2].canonical_bytes().unwrap();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), MOVE);
    assert_eq!(Suite::Sm.leaf(&bytes).to_string(), MOVE_LEAF_SM);
    assert_eq!(Suite::C2sp.leaf(&bytes).to_string(), MOVE_LEAF_C2SP);
    let bytes = entries.iter().map(|entry| entry.canonical_bytes().unwrap());
    let short: Vec<String> = bytes.map(|bytes| Suite::C2sp.leaf(&bytes).short()).collect();
    let leaves = entries.iter().zip(&short).map(|(entry, short)| (entry.draft.body.kind(), short.as_str()));
    assert_eq!(leaves.collect::<Vec<_>>(), LEAVES);
}

#[test]
fn every_kind_is_read_back_and_no_kind_is_missing() {
    let entries = entries();
    for entry in &entries {
        let bytes = entry.canonical_bytes().unwrap();
        assert_eq!(&Entry::from_canonical_bytes(&bytes).unwrap(), entry);
        let told = RecordedDraft::from_bytes(&bytes).unwrap();
        assert_eq!((told.seq, told.recorded_at, &told.draft), (entry.seq, entry.recorded_at, &entry.draft));
    }
    let kinds: BTreeSet<&str> = entries.iter().map(|entry| entry.draft.body.kind()).collect();
    assert_eq!(kinds.len(), 25);
}
