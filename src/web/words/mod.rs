//! Every string a page shows. What pages share is in `zh.toml` and `en.toml`; a capability brings its own pair,
//! `loans.zh.toml` and `loans.en.toml`. A key that is missing or there twice, or a place left unfilled, is an error and
//! never an empty spot on a page.

use crate::{
    custody::{
        approvals::{Matter, Progress},
        correction::CorrectionStatus,
        count::Checked,
        disposal::DisposalStatus,
        loan::LoanStatus,
        loss::LossStatus,
        standing::PaperStanding,
    },
    domain::{
        AgencyKind, HandoverState, Role, Stage, StoreKind,
        counter::PrintState,
        off_line::{BlockPurpose, ReceiptState},
        rule::{IntakeStep, LabelTemplate},
    },
    language::Language,
    ledger::{
        ApprovedAct, Basis, Body, Category, DifferenceClass, HandoverPurpose, Holding, LossCause, Outcome,
        PaperForm, PaperKind, Particular, SettlementCause, Standing, Suggestion, state::KeyStanding,
    },
    vocabulary::Vocabulary,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The closed sets whose words pages show. They are declared where the sets are.
const VOCABULARIES: &[Vocabulary] = &[
    Body::KINDS,
    Category::VOCABULARY,
    Particular::VOCABULARY,
    Holding::VOCABULARY,
    IntakeStep::VOCABULARY,
    LabelTemplate::VOCABULARY,
    Outcome::VOCABULARY,
    DifferenceClass::VOCABULARY,
    HandoverPurpose::VOCABULARY,
    Suggestion::VOCABULARY,
    ApprovedAct::VOCABULARY,
    PaperKind::VOCABULARY,
    PaperForm::VOCABULARY,
    Stage::VOCABULARY,
    AgencyKind::VOCABULARY,
    Role::VOCABULARY,
    StoreKind::VOCABULARY,
    HandoverState::VOCABULARY,
    PaperStanding::VOCABULARY,
    PrintState::VOCABULARY,
    BlockPurpose::VOCABULARY,
    ReceiptState::VOCABULARY,
    LoanStatus::VOCABULARY,
    DisposalStatus::VOCABULARY,
    LossStatus::VOCABULARY,
    LossCause::VOCABULARY,
    CorrectionStatus::VOCABULARY,
    KeyStanding::VOCABULARY,
    Standing::VOCABULARY,
    Basis::VOCABULARY,
    Checked::VOCABULARY,
    Matter::VOCABULARY,
    Progress::VOCABULARY,
    SettlementCause::VOCABULARY,
];

/// The word files of each language, with their text (`build.rs`).
const ZH: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/words_zh.rs"));
const EN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/words_en.rs"));

/// The words of one language, by dotted key (`button.save`).
#[derive(Debug)]
pub struct Words(BTreeMap<String, Word>);

/// A string, or two where the number decides (`one`, `other`, by the argument `count`).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Same(String),
    Counted { one: String, other: String },
}

/// What is wrong with the words, or with how a page asks for one.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    #[error("a words file is not TOML: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("«{0}» in a words file is neither a string nor a table")]
    NotAWord(String),
    #[error("the word «{0}» of a closed set is in a words file too; remove it there")]
    Duplicate(String),
    #[error("the word «{key}» of {file} is in another words file too; remove it in one of them")]
    InTwoFiles { key: String, file: String },
    #[error("there is no word «{0}»; add it to a words file of both languages, in src/web/words")]
    Missing(String),
    #[error("the word «{key}» needs a value for {{{place}}}")]
    Unfilled { key: String, place: String },
    #[error("the word «{key}» has no place {{{name}}}")]
    NoSuchPlace { key: String, name: String },
}

impl Words {
    /// The words of a language, as they were built in.
    pub fn of(language: Language) -> Result<Words, WordsError> {
        Words::gathered(language.pick(ZH, EN), language)
    }

    /// Those of the files, and those of the closed sets. Refuses a key that is there twice.
    fn gathered(files: &[(&str, &str)], language: Language) -> Result<Words, WordsError> {
        let mut words = BTreeMap::new();
        for (file, text) in files {
            for (key, word) in Words::parse(text)?.0 {
                if words.insert(key.clone(), word).is_some() {
                    return Err(WordsError::InTwoFiles { key, file: (*file).to_owned() });
                }
            }
        }
        for Vocabulary { name, terms } in VOCABULARIES {
            for term in *terms {
                let key = format!("{name}.{}", term.word);
                if words.insert(key.clone(), Word::Same(term.text(language).to_owned())).is_some() {
                    return Err(WordsError::Duplicate(key));
                }
            }
        }
        Ok(Words(words))
    }

    fn parse(text: &str) -> Result<Words, WordsError> {
        let mut words = BTreeMap::new();
        flatten("", toml::from_str(text)?, &mut words)?;
        Ok(Words(words))
    }

    /// The word with its places filled. Refuses an unknown key, a place without a value and a value without a place.
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> Result<String, WordsError> {
        let word = self.0.get(key).ok_or_else(|| WordsError::Missing(key.to_owned()))?;
        for (name, _) in values {
            if *name != "count" && !word.places().contains(name) {
                return Err(WordsError::NoSuchPlace { key: key.to_owned(), name: (*name).to_owned() });
            }
        }
        let count = values.iter().find(|(name, _)| *name == "count").map(|(_, value)| *value);
        fill(key, word.form(count), values)
    }

    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

impl Word {
    fn form(&self, count: Option<&str>) -> &str {
        match self {
            Word::Same(text) => text,
            Word::Counted { one, .. } if count == Some("1") => one,
            Word::Counted { other, .. } => other,
        }
    }

    fn places(&self) -> Vec<&str> {
        places(self.form(None))
    }
}

/// The names between braces.
fn places(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn fill(key: &str, text: &str, values: &[(&str, &str)]) -> Result<String, WordsError> {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or((part, ""));
        let value = values.iter().find(|(name, _)| *name == place).map(|(_, value)| *value);
        filled.push_str(
            value.ok_or_else(|| WordsError::Unfilled { key: key.to_owned(), place: place.to_owned() })?,
        );
        filled.push_str(rest);
    }
    Ok(filled)
}

/// A table of exactly these two strings is a word, not a section.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    one: String,
    other: String,
}

fn flatten(section: &str, table: toml::Table, words: &mut BTreeMap<String, Word>) -> Result<(), WordsError> {
    for (name, value) in table {
        let key = if section.is_empty() { name } else { format!("{section}.{name}") };
        match value {
            toml::Value::String(text) => {
                words.insert(key, Word::Same(text));
            }
            toml::Value::Table(inner) if inner.contains_key("one") => {
                let Forms { one, other } = inner.try_into()?;
                words.insert(key, Word::Counted { one, other });
            }
            toml::Value::Table(inner) => flatten(&key, inner, words)?,
            _ => return Err(WordsError::NotAWord(key)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::render::TEMPLATES;
    use std::collections::BTreeSet;

    fn both() -> (Words, Words) {
        (Words::of(Language::Zh).unwrap(), Words::of(Language::En).unwrap())
    }

    #[test]
    fn both_languages_have_the_same_keys_and_places() {
        let (zh, en) = both();
        let keys = |words: &Words| words.0.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&zh), keys(&en));
        for (key, word) in &zh.0 {
            let sorted = |word: &Word| {
                let mut places: Vec<String> = word.places().into_iter().map(str::to_owned).collect();
                places.sort();
                places.dedup();
                places
            };
            assert_eq!(sorted(word), sorted(&en.0[key]), "the places of {key}");
        }
    }

    #[test]
    fn every_words_file_is_read_and_has_its_twin() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/words");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "mod.rs")
            .collect();
        let names = |files: &[(&str, &str)], own: &str, ending: &str| -> BTreeSet<String> {
            let stems = files.iter().map(|(name, _)| name.strip_suffix(own).unwrap());
            stems.map(|stem| format!("{stem}{ending}")).collect()
        };
        let twins = names(ZH, "zh.toml", "en.toml");
        assert_eq!(names(EN, "en.toml", "en.toml"), twins);
        assert_eq!(there, &names(ZH, "zh.toml", "zh.toml") | &twins);
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        let shared = ("zh.toml", "[a]\nb = \"1\"");
        let gathered = |more| Words::gathered(&[shared, ("loans.zh.toml", more)], Language::Zh);
        assert_eq!(gathered("[a]\nc = \"2\"").unwrap().text("a.c", &[]).unwrap(), "2");
        let two_files = gathered("[a]\nb = \"2\"");
        assert!(
            matches!(&two_files, Err(WordsError::InTwoFiles { key, file }) if key == "a.b" && file == "loans.zh.toml"),
            "{two_files:?}"
        );
        let closed_set = gathered("[approved_act]\ncheck_out = \"借\"");
        assert!(matches!(&closed_set, Err(WordsError::Duplicate(key)) if key == "approved_act.check_out"));
    }

    #[test]
    fn every_word_a_template_asks_for_exists() {
        let (zh, _) = both();
        let mut missing = Vec::new();
        for (template, text) in TEMPLATES {
            for (key, after) in asked(&without_comments(text)) {
                // `t("entry." ~ kind)` asks for every word that begins so.
                let found = if after.trim_start().starts_with('~') {
                    key.contains('.') && zh.0.keys().any(|it| it.starts_with(key))
                } else {
                    zh.has(key)
                };
                if !found {
                    missing.push(format!("{template}: {key}"));
                }
            }
        }
        assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    }

    /// The literal of every call of `t`, and what stands behind it.
    fn asked(text: &str) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        for quote in ['"', '\''] {
            for (at, call) in text.match_indices(&format!("t({quote}")) {
                let is_t = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                if is_t {
                    found.push(text[at + call.len()..].split_once(quote).unwrap());
                }
            }
        }
        found
    }

    fn without_comments(text: &str) -> String {
        let mut parts = text.split("{#");
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |kept, part| kept + part.split_once("#}").unwrap().1)
    }

    #[test]
    fn places_are_filled_or_refused() {
        let words = Words::parse(
            "[a]\nb = \"{n} of {m}\"\nc = { one = \"{count} item\", other = \"{count} items\" }\nd = \"plain\"",
        )
        .unwrap();
        assert_eq!(words.text("a.b", &[("m", "9"), ("n", "1")]).unwrap(), "1 of 9");
        assert_eq!(words.text("a.c", &[("count", "1")]).unwrap(), "1 item");
        assert_eq!(words.text("a.c", &[("count", "12,000")]).unwrap(), "12,000 items");
        assert_eq!(words.text("a.b", &[("m", "{n}"), ("n", "1")]).unwrap(), "1 of {n}");
        assert!(matches!(words.text("a.x", &[]), Err(WordsError::Missing(_))));
        assert!(matches!(words.text("a.b", &[("n", "1")]), Err(WordsError::Unfilled { .. })));
        assert!(matches!(words.text("a.d", &[("n", "1")]), Err(WordsError::NoSuchPlace { .. })));
    }
}
