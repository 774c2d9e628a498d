//! What is no password: too short, known to everybody, a row of keys or figures, or a word for the person themselves. Nobody's list of
//! a million is carried along: what guessers try first is here, and the lock at the door keeps them from trying much more.

/// The shortest password, in characters.
pub const LENGTH_MIN: usize = 12;
/// So many different characters at least.
const DIFFERENT_MIN: usize = 5;

/// What people choose and guessers try, in small letters; a password that holds one of them is theirs already. The demo's password
/// stands in its README.
const KNOWN: [&str; 34] = [
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "passwd",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "1qaz2wsx",
    "1q2w3e",
    "qazwsx",
    "letmein",
    "welcome",
    "iloveyou",
    "admin",
    "administrator",
    "root",
    "login",
    "changeme",
    "default",
    "monkey",
    "dragon",
    "football",
    "superman",
    "abc123",
    "woaini",
    "5201314",
    "mima",
    "gongan",
    "jiancha",
    "fayuan",
    "zhongguo",
    "hufu",
    "tiger-tally",
];

/// Why it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    Short,
    /// It holds the login or the name.
    SaysWho,
    /// It holds what everybody knows.
    Known,
    /// All the same, few characters again and again, or one after the other as on a keyboard or in the alphabet.
    Simple,
}

/// Why this is no password for that person; nothing where it is one.
pub fn weakness(password: &str, login: &str, name: &str) -> Option<Weakness> {
    let small: Vec<char> = password.to_lowercase().chars().collect();
    let text: String = small.iter().collect();
    // A login of two letters is in many words; a name of two characters is in none.
    let says = |word: &str| {
        let least = if word.is_ascii() { 3 } else { 2 };
        word.chars().count() >= least && text.contains(&word.to_lowercase())
    };
    if small.len() < LENGTH_MIN {
        Some(Weakness::Short)
    } else if says(login) || says(name) {
        Some(Weakness::SaysWho)
    } else if KNOWN.iter().any(|known| text.contains(known)) {
        Some(Weakness::Known)
    } else if is_simple(&small) {
        Some(Weakness::Simple)
    } else {
        None
    }
}

fn is_simple(letters: &[char]) -> bool {
    let mut different = letters.to_vec();
    different.sort_unstable();
    different.dedup();
    // A step goes to the same, the next or the previous character, as in 111, abc and 321.
    let steps = letters.windows(2).filter(|pair| match pair {
        [one, other] => u32::from(*one).abs_diff(u32::from(*other)) <= 1,
        _ => false,
    });
    different.len() < DIFFERENT_MIN || steps.count() * 3 >= letters.len().saturating_sub(1) * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_guessers_try_first_is_no_password() {
        for (password, why) in [
            ("短", Weakness::Short),
            ("kestrel-9-f", Weakness::Short),
            ("aaaaaaaaaaaa", Weakness::Simple),
            ("123456789012", Weakness::Simple),
            ("abcdefghijkl", Weakness::Simple),
            ("987654321098", Weakness::Simple),
            ("abababababab", Weakness::Simple),
            ("111111222222333333", Weakness::Simple),
            ("Password2026!!", Weakness::Known),
            ("qwertyuiop12", Weakness::Known),
            ("tiger-tally-2026", Weakness::Known),
            ("Hufu@2026@linjiang", Weakness::Known),
            ("seven-ZHANG-rivers", Weakness::SaysWho),
            ("七条张伟的河流和山川都在这里", Weakness::SaysWho),
        ] {
            assert_eq!(weakness(password, "zhang", "张伟"), Some(why), "{password}");
        }
        for password in ["kestrel-harbour-9f", "七条河流和三座山都在城东边", "x7Rk2pWq9LmZ", "9t4kq2hx7mbd"]
        {
            assert_eq!(weakness(password, "zhang", "张伟"), None, "{password}");
        }
        // A login of two letters is in many words.
        assert_eq!(weakness("olive-harbour-9f", "li", "李娜"), None);
    }
}
