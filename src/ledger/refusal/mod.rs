//! Every no of the ledger: why an entry is refused, and about which item. The reasons stand in [`reason`].

mod reason;

pub use reason::RefusalReason;

use crate::{id::ItemId, language::Language};

/// Why an entry was refused, and about which item. Nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: RefusalReason,
    pub item: Option<ItemId>,
    /// The item's number, where it is known.
    pub number: Option<String>,
}

impl From<RefusalReason> for Refusal {
    fn from(reason: RefusalReason) -> Refusal {
        Refusal { reason, item: None, number: None }
    }
}

impl Refusal {
    /// One sentence: which item, what is wrong.
    pub fn sentence(&self, language: Language) -> String {
        let sentence = self.reason.sentence(language);
        match &self.number {
            Some(number) => language.pick(format!("{number}：{sentence}"), format!("{number}: {sentence}")),
            None => sentence.to_owned(),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence(Language::En))
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_refusal_has_its_own_code_and_says_what_to_do_in_both_languages() {
        let codes: BTreeSet<&str> = RefusalReason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), RefusalReason::ALL.len());
        for reason in RefusalReason::ALL {
            assert!(
                reason.sentence(Language::Zh).ends_with('。') && reason.remedy(Language::Zh).ends_with('。')
            );
            assert!(
                reason.sentence(Language::En).ends_with('.') && reason.remedy(Language::En).ends_with('.')
            );
        }
    }
}
