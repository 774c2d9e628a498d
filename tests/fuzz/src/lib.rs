//! The pure rooms alone, so that a fuzzer is built in minutes and not with a page's and a label's weight.

#[path = "../../../src/clock.rs"]
pub mod clock;
#[path = "../../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../../src/id.rs"]
pub mod id;
#[path = "../../../src/language.rs"]
pub mod language;
#[path = "../../../src/ledger/mod.rs"]
pub mod ledger;
#[path = "../../../src/proof/mod.rs"]
pub mod proof;
#[path = "../../../src/random.rs"]
pub mod random;
