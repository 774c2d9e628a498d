//! What a kind of entry answers to everybody who asks.

use super::{
    Appoint, Approve, ConfirmKey, Correct, CountStatement, DeclareError, Delivery, Exchange, Itemise, Offer,
    Receive, RegisterKey, RegisterSlots, RegisterStation, RegisterStore, RegisterUnit, ReplaceLabel,
    ResetPassword, RevokeKey, Seize, SettleDifference, Split, Withdraw,
};
use crate::{
    id::{DifferenceId, HandoverId, ItemId, PersonId},
    ledger::{Change, Edition, Mentions, SignerRole, apply::Work, canonical, state::KeyStanding},
    vocabulary::vocabulary,
};

/// The answers of one kind. None has a default: a new kind is asked everything.
pub(in crate::ledger) trait Kind {
    /// Its rule: what it posts and changes, or why it is refused.
    fn rule(&self, work: &mut Work<'_>);

    /// Everything its body names: what must be loaded before the rule is asked and what people look up by name.
    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>);

    /// Drops the lines about other items.
    fn narrow(&mut self, item: ItemId);

    /// Who must not be the one who acts (invariant 9).
    fn other_people(&self) -> Vec<OtherPerson>;

    /// What somebody in this role signs.
    fn statement(&self, role: SignerRole) -> Option<Statement>;

    /// The paper it makes.
    fn paper(&self) -> Option<PaperForm>;

    /// What it writes beside the books.
    fn register(&self) -> Register<'_>;
}

/// What a kind of entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Where things are.
    Holding,
    /// Who answers.
    Duty,
    /// What somebody agrees to, before it happens.
    Consent,
    /// The last of a thing.
    Ending,
    /// What was looked at, explained or put right.
    Finding,
    /// Something that is not as it should be.
    Difference,
    /// Who and what there is.
    Register,
}

vocabulary! {
    /// Whether somebody may log in, a station is heard, or a place takes anything.
    Standing "roster.standing" {
        Open "open" "启用" "Open",
        Closed "closed" "停用" "Closed",
    }

    /// On what an entry about who and what there is rests.
    Basis "roster.basis" {
        /// Somebody does it now.
        Act "act" "办理" "Done now",
        /// It was there before there were entries about it, and is written down as it stands.
        TakenOver "taken_over" "照录" "Taken over",
    }
}

/// Somebody who must not be the one who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtherPerson {
    Person(PersonId),
    /// The officer who seized the item.
    SeizerOf(ItemId),
    /// The person who signed the offer; the one who signs its conclusion is somebody else, too.
    GiverOf(HandoverId),
    /// The person who raised the difference.
    RaiserOf(DifferenceId),
    /// The officer who brought the thing in the receipt that raised the difference.
    BringerOf(DifferenceId),
    /// The person who registered the key.
    RegistrarOf(String),
    /// The person who adopted rules by this entry.
    AdopterOf(u64),
}

/// What somebody signs.
#[derive(Debug)]
pub enum Statement {
    /// The canonical bytes of a statement in the body itself.
    Own(Result<Vec<u8>, canonical::Error>),
    /// What the giver of this handover signed with its offer.
    OfOffer(HandoverId),
}

/// Declares the papers: form, word, the words people read, the letter its numbers begin with, and since which edition of the
/// rules entries make it.
macro_rules! paper_forms {
    ($($form:ident $word:literal $zh:literal $en:literal $letter:literal $since:ident)*) => {
        vocabulary! {
            /// The papers that entries make (文书).
            PaperForm "journal.made" {
                $($form $word $zh $en,)*
            }
        }

        impl PaperForm {
            /// The letter its numbers begin with.
            pub fn letter(self) -> char {
                match self {
                    $(PaperForm::$form => $letter,)*
                }
            }

            /// Since which edition of the rules entries make it; an earlier entry of the kind made none.
            pub fn since(self) -> Edition {
                match self {
                    $(PaperForm::$form => Edition::$since,)*
                }
            }
        }
    };
}

paper_forms! {
    Receipt "receipt" "入库凭条" "Receipt slip" 'R' FIRST
    DeliveryList "delivery_list" "入库单" "Receipt of a delivery" 'D' THIRD
    OfferList "offer_list" "随案移送清单" "Handover list" 'Y' FIRST
    HandoverList "handover_list" "换押凭证" "Exchange certificate" 'H' FIRST
    CountStatement "count_statement" "盘点表" "Count statement" 'P' FIRST
    LoanSlip "loan_slip" "借出单" "Loan slip" 'J' SECOND
    ReturnSlip "return_slip" "归还单" "Return slip" 'G' SECOND
    DisposalList "disposal_list" "处置清单" "Disposal list" 'C' THIRD
    LossRecord "loss_record" "灭失登记表" "Record of a loss" 'M' THIRD
}

/// What an entry writes beside the books: rows of registers that follow from its body. Approvals that it uses up and
/// differences that it raises are among what it mentions.
#[derive(Clone, Copy, Debug)]
pub enum Register<'a> {
    /// It only posts, or its differences and approvals are all there is.
    Nothing,
    Items(&'a Seize),
    Receipts(&'a Receive),
    Delivery(&'a Delivery),
    Parts(&'a Split),
    SingleThings(&'a Itemise),
    Labels(&'a ReplaceLabel),
    Approval(&'a Approve),
    Offer(&'a Offer),
    Withdrawal(&'a Withdraw),
    Exchange(&'a Exchange),
    Count(&'a CountStatement),
    Settlement(&'a SettleDifference),
    Error(&'a DeclareError),
    Correction(&'a Correct),
    Key(KeyAct<'a>),
    Roster(RosterAct<'a>),
}

/// What becomes of an agency's key.
#[derive(Clone, Copy, Debug)]
pub enum KeyAct<'a> {
    Register(&'a RegisterKey),
    Confirm(&'a ConfirmKey),
    Revoke(&'a RevokeKey),
}

/// What becomes of who and what there is.
#[derive(Clone, Copy, Debug)]
pub enum RosterAct<'a> {
    Unit(&'a RegisterUnit),
    Person(&'a Appoint),
    Password(&'a ResetPassword),
    Station(&'a RegisterStation),
    Store(&'a RegisterStore),
    Slots(&'a RegisterSlots),
}

impl RosterAct<'_> {
    pub fn basis(self) -> Basis {
        match self {
            RosterAct::Unit(it) => it.basis,
            RosterAct::Person(it) => it.basis,
            RosterAct::Password(_) => Basis::Act,
            RosterAct::Station(it) => it.basis,
            RosterAct::Store(it) => it.basis,
            RosterAct::Slots(it) => it.basis,
        }
    }
}

impl KeyAct<'_> {
    /// What it changes when this person does it.
    pub fn change(self, actor: PersonId) -> Change {
        match self {
            KeyAct::Register(it) => Change::KeyRegistered(it.key.clone(), it.facts(actor)),
            KeyAct::Confirm(it) => Change::KeyStands(it.key.clone(), KeyStanding::InForce),
            KeyAct::Revoke(it) => Change::KeyStands(it.key.clone(), KeyStanding::Revoked),
        }
    }
}
