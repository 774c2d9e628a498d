//! `hufu-station key`: a person's key is made with what registers it, as openssl checks it, and a colleague says yes to it.

use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::{
    proof::{self, KeyOwner},
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, grouped, key_id, verify},
};
use std::{
    path::Path,
    process::{Command, Output},
};

fn station(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hufu-station")).args(arguments).current_dir(folder).output().unwrap()
}

const PLACE: [&str; 4] = ["--agency", "临江市公安局", "--unit", "城东派出所"];

fn owner(holder: &str) -> KeyOwner<'_> {
    KeyOwner { agency: PLACE[1], unit: PLACE[3], holder }
}

fn made(folder: &Path, arguments: &[&str]) -> KeyRegistration {
    let made = station(folder, &[&["key"], arguments].concat());
    assert!(made.status.success(), "{made:?}");
    let registration: KeyRegistration = serde_json::from_slice(&made.stdout).unwrap();
    let public = PublicKey::from_pem(&registration.public_pem).unwrap();
    let told = String::from_utf8(made.stderr).unwrap();
    assert!(told.contains(&grouped(&fingerprint(&public))) && told.contains(&registration.holder), "{told}");
    registration
}

fn new(folder: &Path, out: &str, holder: &str, more: &[&str]) -> KeyRegistration {
    let arguments = ["new", "--out", out, "--holder", holder, "--pin-file", "pin"];
    made(folder, &[&arguments[..], &PLACE, more].concat())
}

fn holds(pem: &str, bytes: &[u8], value: &str) -> bool {
    verify(&PublicKey::from_pem(pem).unwrap(), bytes, &BASE64_STANDARD.decode(value).unwrap()).is_ok()
}

/// What registers a key is signed by the key itself, and by the key that it follows.
#[test]
fn a_new_key_is_printed_with_the_proofs_that_register_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("pin"), "258046\n").unwrap();
    let first = new(folder, "wang.key", "王强/wang", &[]);
    let pem = first.public_pem.as_str();
    assert!(holds(pem, &proof::key(owner("王强/wang"), pem), &first.possession));
    assert!(!holds(pem, &proof::key(owner("李娜/li"), pem), &first.possession), "it is nobody else's");
    assert_eq!(first.follows, None);
    assert_eq!(
        made(folder, &[&["registration", "wang.key", "--pin-file", "pin"], &PLACE[..]].concat()).holder,
        "王强/wang"
    );

    let second = new(folder, "li.key", "李娜/li", &["--follows", "wang.key", "--follows-pin-file", "pin"]);
    let consent = second.follows.unwrap();
    let said = proof::key_follows(owner("李娜/li"), &second.public_pem);
    assert_eq!(consent.key, key_id(&PublicKey::from_pem(pem).unwrap()));
    assert!(holds(pem, &said, &consent.signature));

    // As openssl checks it.
    std::fs::write(folder.join("wang.pem"), pem).unwrap();
    std::fs::write(folder.join("said"), said).unwrap();
    std::fs::write(folder.join("yes"), BASE64_STANDARD.decode(&consent.signature).unwrap()).unwrap();
    let arguments = "pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 -pubin -inkey wang.pem \
                     -in said -sigfile yes";
    let checked = Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).status();
    assert!(checked.unwrap().success());
}

/// The new key and the one that says yes to it lie at two stations; what travels is the paper and the registration.
#[test]
fn a_colleague_says_yes_to_what_was_printed_and_to_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("pin"), "258046\n").unwrap();
    let first = new(folder, "wang.key", "王强/wang", &[]);
    let second = new(folder, "li.key", "李娜/li", &[]);
    let digits = grouped(&fingerprint(&PublicKey::from_pem(&second.public_pem).unwrap()));
    let written = |it: &KeyRegistration| {
        std::fs::write(folder.join("li.json"), serde_json::to_string(it).unwrap()).unwrap();
    };
    let arguments = |digits| {
        ["key", "consent", "li.json", "--fingerprint", digits, "--key", "wang.key", "--pin-file", "pin"]
    };
    // Somebody has put another name, or another key, into the file on the way.
    written(&KeyRegistration { holder: "赵敏/zhao".to_owned(), ..second.clone() });
    assert!(!station(folder, &arguments(&digits)).status.success());
    written(&first);
    assert!(!station(folder, &arguments(&digits)).status.success());
    written(&second);
    assert!(!station(folder, &arguments("1f12 1cef")).status.success());
    let agreed = made(folder, &arguments(&digits)[1..]);
    let consent = agreed.follows.unwrap();
    assert!(holds(
        &first.public_pem,
        &proof::key_follows(owner("李娜/li"), &second.public_pem),
        &consent.signature
    ));
}

/// The station signs what it understands and shows, on its page; no command signs whatever lies in a file.
#[test]
fn no_command_signs_any_bytes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pin"), "258046\n").unwrap();
    new(folder.path(), "wang.key", "王强/wang", &[]);
    std::fs::write(folder.path().join("paper"), "hufu offer v2\n{}").unwrap();
    let signed = station(folder.path(), &["sign", "--key", "wang.key", "--pin-file", "pin", "paper"]);
    assert!(!signed.status.success() && signed.stdout.is_empty(), "{signed:?}");
}
