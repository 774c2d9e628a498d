//! People's keys: how they enter, are replaced and end. `keys.json` holds what `hufu-station key new` printed: the officer's K1 and
//! K3 as an agency's first, K2 following K1, K4 following K3; another's K5 following K1; KB another agency's, KC of this agency but
//! following KB.

use super::row::{Row, id};
use crate::ledger::{Body, ConfirmKey, RegisterKey, RevokeKey, SignatureSuite};
use hufu_wire::{
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, key_id},
};
use std::collections::BTreeMap;

/// The key of rows that say nothing about keys: whichever unit signs has it.
pub(super) const ANY_KEY: &str = "00";

/// What a row's name stands for.
fn registration(name: &str) -> Option<KeyRegistration> {
    let all: BTreeMap<String, KeyRegistration> = serde_json::from_str(include_str!("keys.json")).unwrap();
    all.get(name).cloned()
}

/// The id of a key by its name in the rows; any other name is an id.
pub(super) fn key(name: &str) -> String {
    registration(name).map_or(name.to_owned(), |it| key_id(&PublicKey::from_pem(&it.public_pem).unwrap()))
}

/// The public half of a key by its name in the rows.
pub(super) fn public_pem(name: &str) -> Option<String> {
    registration(name).map(|it| it.public_pem)
}

pub(super) fn register(row: &Row) -> Body {
    let it = registration(row.name(0)).unwrap();
    let possession = registration(row.option("possession", row.name(0))).unwrap().possession;
    let suite = match row.option("suite", "sm2") {
        "sm2" => SignatureSuite::Sm2Sm3,
        _ => SignatureSuite::Ed25519,
    };
    let called = row.option("called", "").to_owned();
    let (holder, _) = it.holder.split_once('/').unwrap();
    Body::RegisterKey(RegisterKey {
        key: key(row.option("id", row.name(0))),
        agency: id(row.option("agency", &it.agency.clone())),
        unit: id(&it.unit),
        agency_name: it.agency,
        holder: id(holder),
        unit_name: if called.is_empty() { it.unit } else { called },
        holder_name: it.holder,
        suite,
        public_pem: it.public_pem,
        possession,
        follows: it.follows,
    })
}

pub(super) fn confirm(row: &Row) -> Body {
    let printed = registration(row.option("print", row.name(0)));
    let fingerprint =
        printed.map_or(String::new(), |it| fingerprint(&PublicKey::from_pem(&it.public_pem).unwrap()));
    Body::ConfirmKey(ConfirmKey { key: key(row.name(0)), fingerprint })
}

pub(super) fn revoke(row: &Row) -> Body {
    Body::RevokeKey(RevokeKey {
        key: key(row.name(0)), reason: row.option("reason", "密钥遗失").to_owned()
    })
}
