//! The tree held against cases that others made: every file under `merkle/` of the folder of shared inputs, when it is
//! there (`HUFU_DATA` says where else it is).

use base64::{Engine, prelude::BASE64_STANDARD};
use hufu::ledger::{
    Digest, Suite,
    tree::proof::{check_consistency, check_inclusion},
};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn cases(kind: &str) -> Vec<(PathBuf, Value)> {
    let data = std::env::var_os("HUFU_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let mut found = Vec::new();
    files(&data.join("merkle").join(kind), &mut found);
    found
        .into_iter()
        .map(|path| (path.clone(), serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()))
        .collect()
}

/// Some cases have a word where others have a root, because nothing depends on it: a hash of the word stands for it here.
/// An empty text is no hash, and such a case wants an error.
fn hash(value: &Value) -> Option<Digest> {
    let bytes = BASE64_STANDARD.decode(value.as_str()?).ok().filter(|bytes| !bytes.is_empty())?;
    Some(Digest::from_slice(&bytes).unwrap_or_else(|| Suite::C2sp.digest(&bytes)))
}

fn hashes(value: &Value) -> Option<Vec<Digest>> {
    value.as_array().map_or(Some(Vec::new()), |list| list.iter().map(hash).collect())
}

#[test]
fn every_case_of_inclusion_is_judged_as_its_makers_do() {
    for (path, case) in cases("inclusion") {
        let number = |name: &str| case[name].as_u64().unwrap();
        let judged = hash(&case["root"]).zip(hash(&case["leafHash"])).zip(hashes(&case["proof"])).map(
            |((root, leaf), proof)| {
                check_inclusion(Suite::C2sp, (number("leafIdx"), leaf), (number("treeSize"), root), &proof)
            },
        );
        let held = judged.is_some_and(|it| it.is_ok());
        assert_eq!(held, !case["wantErr"].as_bool().unwrap(), "{}", path.display());
    }
}

#[test]
fn every_case_of_consistency_is_judged_as_its_makers_do() {
    for (path, case) in cases("consistency") {
        let number = |name: &str| case[name].as_u64().unwrap();
        let judged = hash(&case["root1"]).zip(hash(&case["root2"])).zip(hashes(&case["proof"])).map(
            |((old, new), proof)| {
                check_consistency(Suite::C2sp, (number("size1"), old), (number("size2"), new), &proof)
            },
        );
        let held = judged.is_some_and(|it| it.is_ok());
        assert_eq!(held, !case["wantErr"].as_bool().unwrap(), "{}", path.display());
    }
}
