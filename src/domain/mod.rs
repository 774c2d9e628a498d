//! The trade's things, pure: agencies and people, cases, stores and slots, codes, rules, handovers, counts.

pub mod agency;
pub mod as_of;
pub mod case;
pub mod category;
pub mod count;
pub mod counter;
pub mod finding;
pub mod handover;
pub mod long_entry;
pub mod names;
pub mod off_line;
pub mod password;
pub mod person;
pub mod rule;
pub mod sight;
pub mod store;

pub use agency::{Agency, AgencyKind, Unit};
pub use as_of::AsOf;
pub use case::{Case, Stage};
pub use finding::Finding;
pub use handover::{Handover, HandoverLine, HandoverState};
pub use long_entry::LongEntry;
pub use names::Names;
pub use person::{Person, Role};
pub use rule::Rules;
pub use sight::Viewer;
pub use store::{Slot, SlotContents, Store, StoreKind};

/// What labels say: the stations read it, too.
pub use hufu_wire::code::{self, Code, CodeKind};

/// A closed set of words, stored as text on both engines and named the same in SQL, Rust, URL, page and paper.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }

            /// Refuses a word that is not in the set.
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|it| it.word() == word)
            }
        }
    };
}
pub(crate) use words;
