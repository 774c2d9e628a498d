//! 处置: a thing leaves for good: back to its owner, to the treasury, to a buyer or another organ, or it is destroyed. An officer of the
//! unit that answers for it asks, by a decision in effect; an approver of the same agency says yes to exactly this; a custodian hands it
//! to whoever is shown to be the one, or has it destroyed before two witnesses (L3 §193–196). The yes and the end are entries.

mod answer;
mod ask;
mod carry_out;
mod paper;
mod view;

pub use answer::answer;
pub use ask::{NewDisposal, ask, may_ask};
pub use carry_out::{Departure, carry_out, witnesses};
pub(in crate::custody) use paper::list as paper;
pub use view::{DisposalStatus, DisposalView, Disposals, list, show};
