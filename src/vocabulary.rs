//! Closed sets of words. Each is declared once, with the stable word that SQL, JSON, URLs and pages use and the words that
//! people read in both languages; the enum, its serialisation, its column type and its text follow from that.

use crate::language::Language;

/// One closed set, for whoever lists all of its words: the pages' word list, the API document, a check of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary {
    /// The set's name: the section under which pages find its words.
    pub name: &'static str,
    pub terms: &'static [Term],
}

impl Vocabulary {
    /// The stable words, in their order.
    pub fn words(self) -> Vec<&'static str> {
        self.terms.iter().map(|term| term.word).collect()
    }
}

/// One word of a set: as it is stored, and as people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    pub word: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

impl Term {
    pub fn text(&self, language: Language) -> &'static str {
        language.pick(self.zh, self.en)
    }
}

/// Something stored that is in no closed set of this version.
#[derive(Debug, thiserror::Error)]
#[error("«{word}» is no word of the set «{set}»")]
pub struct UnknownWord {
    pub set: &'static str,
    pub word: String,
}

/// Declares closed sets: `Name "section" { Variant "word" "中文" "English", … }`.
macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident $section:literal {
        $($(#[$variant_doc:meta])* $variant:ident $word:literal $zh:literal $en:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        pub enum $name {
            // The API document reads its own attribute: of a word that came through a macro it does not see serde's.
            $($(#[$variant_doc])* #[serde(rename = $word)] #[schema(rename = $word)] $variant,)*
        }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            pub const VOCABULARY: $crate::vocabulary::Vocabulary = $crate::vocabulary::Vocabulary {
                name: $section,
                terms: &[$($crate::vocabulary::Term { word: $word, zh: $zh, en: $en }),*],
            };

            fn term(self) -> $crate::vocabulary::Term {
                match self {
                    $($name::$variant => $crate::vocabulary::Term { word: $word, zh: $zh, en: $en },)*
                }
            }

            /// As SQL, JSON and URLs have it.
            pub fn word(self) -> &'static str {
                self.term().word
            }

            /// As people read it.
            pub fn text(self, language: $crate::language::Language) -> &'static str {
                self.term().text(language)
            }

            /// Refuses a word that is not in the set.
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|it| it.word() == word)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(word: &str) -> Result<$name, $crate::vocabulary::UnknownWord> {
                let unknown = || $crate::vocabulary::UnknownWord { set: $section, word: word.to_owned() };
                $name::from_word(word).ok_or_else(unknown)
            }
        }

        impl<DB: sqlx::Database> sqlx::Type<DB> for $name
        where
            str: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as sqlx::Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <str as sqlx::Type<DB>>::compatible(ty)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name
        where
            &'r str: sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<$name, sqlx::error::BoxDynError> {
                Ok(<&str as sqlx::Decode<DB>>::decode(value)?.parse()?)
            }
        }

        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $name
        where
            &'q str: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                self.word().encode_by_ref(buffer)
            }
        }
    )*};
}
pub(crate) use vocabulary;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro declares sets for other rooms")]
mod tests {
    use super::*;

    vocabulary! {
        /// A set of two.
        Light "light" {
            Green "green" "绿" "Green",
            DeepRed "deep_red" "深红" "Deep red",
        }
    }

    #[test]
    fn a_word_is_read_back_and_another_is_refused() {
        assert_eq!(Light::DeepRed.word().parse::<Light>().unwrap(), Light::DeepRed);
        assert_eq!(serde_json::to_string(&Light::DeepRed).unwrap(), "\"deep_red\"");
        assert_eq!(Light::Green.text(Language::Zh), "绿");
        assert_eq!("blue".parse::<Light>().unwrap_err().to_string(), "«blue» is no word of the set «light»");
        assert_eq!(Light::VOCABULARY.terms.len(), Light::ALL.len());
    }
}
