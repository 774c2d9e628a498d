//! `hufu-station sign`: what a person has read is signed with the agency's key, as openssl checks it.

use std::process::{Command, Output};

fn station(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hufu-station")).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn a_file_is_signed_with_the_right_pin_only_and_openssl_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("pin"), "258046\n").unwrap();
    std::fs::write(at("wrong"), "000000\n").unwrap();
    std::fs::write(at("paper.json"), r#"{"lines":12}"#).unwrap();
    let made = station(folder.path(), &["key", "new", "--out", "agency.key", "--pin-file", "pin"]);
    assert!(made.status.success());
    std::fs::write(at("agency.pem"), made.stdout).unwrap();

    let refused =
        station(folder.path(), &["sign", "--key", "agency.key", "--pin-file", "wrong", "paper.json"]);
    assert!(!refused.status.success() && refused.stdout.is_empty());
    let signed = station(folder.path(), &["sign", "--key", "agency.key", "--pin-file", "pin", "paper.json"]);
    assert!(signed.status.success());
    std::fs::write(at("paper.sig64"), &signed.stdout).unwrap();

    let openssl = |arguments: &str| {
        let run = Command::new("openssl").args(arguments.split(' ')).current_dir(folder.path()).status();
        run.unwrap().success()
    };
    assert!(openssl("base64 -d -A -in paper.sig64 -out paper.sig"));
    let verify = "pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 -pubin -inkey agency.pem \
                  -in paper.json -sigfile paper.sig";
    assert!(openssl(verify));
    std::fs::write(at("paper.json"), r#"{"lines":13}"#).unwrap();
    assert!(!openssl(verify), "over other bytes it is no signature");
}
