//! `hufu-station sign`: what a person has read is signed with the agency's key, as openssl checks it.

use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::{
    proof,
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, grouped, key_id, verify},
};
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
    let owner = ["--agency", "临江市公安局", "--unit", "城东派出所"];
    let new = [&["key", "new", "--out", "agency.key", "--pin-file", "pin"][..], &owner].concat();
    assert!(station(folder.path(), &new).status.success());
    let public = station(folder.path(), &["key", "public", "agency.key"]);
    std::fs::write(at("agency.pem"), public.stdout).unwrap();

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

/// What registers a key is signed by the key itself, and by the key that it follows.
#[test]
fn a_new_key_is_printed_with_the_proofs_that_register_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pin"), "258046\n").unwrap();
    let new = |out: &str, more: &[&str]| -> KeyRegistration {
        let owner = ["--agency", "临江市公安局", "--unit", "城东派出所", "--pin-file", "pin"];
        let made = station(folder.path(), &[&["key", "new", "--out", out][..], &owner, more].concat());
        assert!(made.status.success(), "{made:?}");
        let registration: KeyRegistration = serde_json::from_slice(&made.stdout).unwrap();
        let public = PublicKey::from_pem(&registration.public_pem).unwrap();
        let told = String::from_utf8(made.stderr).unwrap();
        assert!(told.contains(&grouped(&fingerprint(&public))), "{told}");
        registration
    };
    let holds = |pem: &str, bytes: &[u8], value: &str| {
        verify(&PublicKey::from_pem(pem).unwrap(), bytes, &BASE64_STANDARD.decode(value).unwrap()).is_ok()
    };
    let first = new("first.key", &[]);
    let pem = first.public_pem.as_str();
    assert!(holds(pem, &proof::key("临江市公安局", "城东派出所", pem), &first.possession));
    assert_eq!(first.follows, None);

    let second = new("second.key", &["--follows", "first.key", "--follows-pin-file", "pin"]);
    let consent = second.follows.unwrap();
    let said = proof::key_follows("临江市公安局", "城东派出所", &second.public_pem);
    assert_eq!(consent.key, key_id(&PublicKey::from_pem(pem).unwrap()));
    assert!(holds(pem, &said, &consent.signature));
}
