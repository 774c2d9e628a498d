//! How a station proves that it is the one that was enrolled: what it signs with its device key, byte for byte. Each text
//! begins with a line of its own, so that a signature made for one purpose is worth nothing for another.

use uuid::Uuid;

/// Signed on every connection over the server's fresh `nonce`: a recorded connection cannot be played again.
pub fn dialling(station: Uuid, nonce: &str) -> Vec<u8> {
    format!("hufu station dials\n{station}\n{nonce}\n").into_bytes()
}

/// Signed when a station is enrolled: whoever brings the code holds the private half of the key, and holds it now.
pub fn enrolling(code: &str, public_pem: &str, nonce: &str) -> Vec<u8> {
    format!("hufu station is enrolled\n{code}\n{nonce}\n{public_pem}").into_bytes()
}

/// Signed over each event as it was written down; `text` is its JSON, kept as it was sent.
pub fn event(station: Uuid, text: &str) -> Vec<u8> {
    format!("hufu station event\n{station}\n{text}").into_bytes()
}

/// Whose key it is: names as the centre has them, one line each; the ledger refuses others.
#[derive(Clone, Copy, Debug)]
pub struct KeyOwner<'a> {
    pub agency: &'a str,
    pub unit: &'a str,
    /// The person, by [`holder`].
    pub holder: &'a str,
}

/// How a person is named as the holder of a key: two people may have one name, and no two one login.
pub fn holder(name: &str, login: &str) -> String {
    format!("{name}/{login}")
}

/// Signed by a person's new key when it is to be registered: whoever hands it in holds the private half, and says whose key it is.
pub fn key(owner: KeyOwner<'_>, public_pem: &str) -> Vec<u8> {
    let KeyOwner { agency, unit, holder } = owner;
    format!("hufu key v1\n{agency}\n{unit}\n{holder}\n{public_pem}").into_bytes()
}

/// Signed by a key of the agency that is in force: the new key is one of the agency's, too, and this person's.
pub fn key_follows(owner: KeyOwner<'_>, public_pem: &str) -> Vec<u8> {
    let KeyOwner { agency, unit, holder } = owner;
    format!("hufu key follows v1\n{agency}\n{unit}\n{holder}\n{public_pem}").into_bytes()
}

/// Signed by the key of the person who was asked when they decline: whoever stands at the PC, or speaks with the station's token, ends
/// nobody's request.
pub fn declining(request: Uuid, reason: &str) -> Vec<u8> {
    format!("hufu declines v1\n{request}\n{reason}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_for_one_purpose_is_nothing_for_another() {
        let id = Uuid::from_u128(7);
        let owner = KeyOwner { agency: "c", unit: "n", holder: "h" };
        let texts = [
            dialling(id, "n"),
            enrolling("c", "k", "n"),
            event(id, "n\n"),
            event(Uuid::nil(), "n\n"),
            key(owner, "k"),
            key_follows(owner, "k"),
            declining(id, "n"),
        ];
        for (at, one) in texts.iter().enumerate() {
            assert!(texts.iter().skip(at + 1).all(|other| one != other));
        }
        assert_eq!(dialling(id, "abc"), b"hufu station dials\n00000000-0000-0000-0000-000000000007\nabc\n");
    }
}
