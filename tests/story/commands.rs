//! The commands of the program, run as an administrator runs them.

use std::{path::Path, process::Command};

/// What a command said: exit status, standard output, standard error.
fn hufu(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let answer =
        Command::new(env!("CARGO_BIN_EXE_hufu")).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (answer.status.code().unwrap(), text(answer.stdout), text(answer.stderr))
}

const CITY: &str = "
[[agency]]
kind = 'police'
name = '临江市公安局'
units = ['城东派出所']

[[person]]
name = '张伟'
login = 'zhang'
unit = '城东派出所'
roles = ['officer']

[[store]]
kind = 'evidence_room'
name = '城东派出所物证室'
unit = '城东派出所'
zone = [{ name = 'D', slots = 4, capacity = 20 }]

[[station]]
name = '城东派出所工位'
unit = '城东派出所'
page = 'http://127.0.0.1:7717'
";

#[test]
fn a_city_is_founded_once_and_each_person_gets_a_password_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let database = ["--database", "sqlite:ledger.db"];
    for _ in 0..2 {
        let (code, said, _) = hufu(at, &["migrate", database[0], database[1]]);
        assert_eq!((code, said.contains("up to date")), (0, true), "{said}");
    }
    std::fs::write(at.join("city.toml"), CITY).unwrap();
    let found = ["import", "city", database[0], database[1], "city.toml"];
    let (code, first, _) = hufu(at, &found);
    assert_eq!(code, 0);
    assert!(first.contains("zhang\t张伟\t初始密码 first password: "), "{first}");
    assert!(first.contains("城东派出所工位\t一次性登记码 one-time code: "), "{first}");
    let (code, second, _) = hufu(at, &found);
    assert!(
        code == 0 && second.contains("everybody stands as written"),
        "what is there stays as it is: {second}"
    );

    let (code, list, _) = hufu(at, &["user", "list", database[0], database[1]]);
    assert_eq!((code, list.lines().count()), (0, 1), "{list}");
    let (code, said, _) = hufu(at, &["verify", database[0], database[1]]);
    assert_eq!(code, 0, "{said}");

    std::fs::write(at.join("city.toml"), CITY.replace("kind = 'police'", "kind = 'navy'")).unwrap();
    let (code, _, why) = hufu(at, &found);
    assert_eq!((code, why.contains("nothing was entered")), (1, true), "{why}");
    let (code, _, why) = hufu(at, &["verify", "--database", "sqlite:none.db"]);
    assert_eq!((code, why.contains("none.db")), (2, true), "{why}");
}

#[test]
fn a_file_of_rules_is_completed_with_a_word_and_an_impossible_one_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let check = |hours: &str| {
        let rule = "name = 'hand_in'\neffective_from = '2020-01-01'\ncitation = '本地规定'";
        let rules = format!("placement = []\n[[deadline]]\nhours = {hours}\n{rule}\n");
        std::fs::write(at.join("rules.toml"), rules).unwrap();
        hufu(at, &["rules", "check", "--database", "sqlite:ledger.db", "rules.toml"])
    };
    let (code, said, _) = check("12");
    assert_eq!((code, said.contains("hand_in\t24 h → 12 h")), (0, true), "{said}");
    assert!(said.contains("witness_behind") && said.contains("the shipped one holds"), "{said}");
    let (code, _, said) = check("-5");
    assert_eq!((code, said.contains("Line 3") && said.contains("-5")), (1, true), "{said}");
    // No server takes its rules from a file that lies about.
    let (code, _, said) = hufu(at, &["serve", "--database", "sqlite:ledger.db", "--rules", "rules.toml"]);
    assert_eq!((code, said.contains("--rules")), (2, true), "{said}");
}

#[test]
fn a_list_is_read_without_a_ledger_and_what_cannot_be_read_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(
        at.join("list.csv"),
        "扣押清单\n序号,品名,数量\n1,手机,２部\n2,冰毒,12.35克\n3,人民币,\"12,000元\"\n合计,,3项\n",
    )
    .unwrap();
    let (code, said, _) = hufu(at, &["import", "seizure-list", "list.csv", "--dry-run", "--json"]);
    assert_eq!(code, 0);
    let objects: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let understood: Vec<_> = objects
        .iter()
        .filter(|it| it.get("row").is_some())
        .map(|it| {
            (it["name"].as_str().unwrap(), it["quantity"].as_i64().unwrap(), it["unit"].as_str().unwrap())
        })
        .collect();
    assert_eq!(understood, [("手机", 2, "piece"), ("冰毒", 12_350, "mg"), ("人民币", 1_200_000, "minor")]);
    assert_eq!(objects[2]["currency"], "CNY");
    assert!(objects.last().unwrap().get("ignored_rows").is_some());

    std::fs::write(at.join("broken.xlsx"), b"PK\x03\x04 and nothing more").unwrap();
    let (code, said, why) = hufu(at, &["import", "seizure-list", "broken.xlsx", "--dry-run", "--json"]);
    assert_eq!((code, said.as_str(), why.trim().lines().count()), (2, "", 1), "{why}");
    let (code, _, _) = hufu(at, &["import", "seizure-list", "none.csv", "--dry-run"]);
    assert_eq!(code, 2);
}
