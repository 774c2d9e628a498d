//! 灭失: a thing that is lost, stolen, destroyed or used up is declared, with its cause and whoever is liable (执法过错责任). Who keeps it or
//! answers for it asks, on a written report; an approver of the agency that answers says yes to exactly this; a custodian who is not
//! liable declares it. Duty stays: the unit goes on answering for what is lost. The yes and the declaration are entries.

mod answer;
mod ask;
mod declare;
mod paper;
mod view;
mod whereabouts;

pub use answer::answer;
pub use ask::{LostItem, NewLoss, ask, may_ask, people, quantity};
pub use declare::declare;
pub(in crate::custody) use paper::paper;
pub use view::{LossStatus, LossView, Losses, list, show};
