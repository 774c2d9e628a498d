//! The kinds of entry. A kind is one file: what its body says, its rule, and the answers ([`Kind`]) that everybody else asks:
//! what it names, who must be somebody else, what is signed, which paper it makes, what it writes beside the books. A kind that
//! does not answer does not compile. [`Body`] lists them, once.

mod adopt_rules;
mod appoint;
mod approve;
mod arrive;
mod check_out;
mod confirm_key;
mod confirm_rules;
mod correct;
mod count_statement;
mod declare_error;
mod declare_loss;
mod delivery;
mod deposit;
mod description;
mod dispatch;
mod dispose;
mod exchange;
mod itemise;
mod kind;
mod lines;
mod r#move;
mod offer;
mod raise_difference;
mod receive;
mod register_key;
mod register_slots;
mod register_station;
mod register_store;
mod register_unit;
mod replace_label;
mod reset_password;
mod r#return;
mod revoke_key;
mod seize;
mod settle_difference;
mod split;
mod withdraw;

pub use description::{Description, DescriptionChange};
pub(super) use kind::Kind;
pub use kind::{Basis, KeyAct, Nature, OtherPerson, PaperForm, Register, RosterAct, Standing, Statement};
pub use lines::*;

use super::{Book, Mentions, SignerRole, apply::Work};
use crate::{
    id::ItemId,
    vocabulary::{Term, Vocabulary},
};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($module:ident: $kind:ident($body:ty) $word:literal $zh:literal $en:literal $nature:ident [$($book:ident)*])*) => {
        $(pub use $module::*;)*

        /// What an entry says: one kind of event each, with the fields its paper has.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "body")]
        pub enum Body {
            $(#[doc = $zh] #[serde(rename = $word)] $kind($body),)*
        }

        impl Body {
            /// Every kind, in the words of the journal and of both languages.
            pub const KINDS: Vocabulary =
                Vocabulary { name: "entry", terms: &[$(Term { word: $word, zh: $zh, en: $en }),*] };

            /// The kind's word in the journal.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Body::$kind(_) => $word,)*
                }
            }

            pub fn nature(&self) -> Nature {
                match self {
                    $(Body::$kind(_) => Nature::$nature,)*
                }
            }

            /// The books in which its kind may post.
            pub fn books(&self) -> &'static [Book] {
                match self {
                    $(Body::$kind(_) => &[$(Book::$book),*],)*
                }
            }

            fn as_kind(&self) -> &dyn Kind {
                match self {
                    $(Body::$kind(it) => it,)*
                }
            }

            fn as_kind_mut(&mut self) -> &mut dyn Kind {
                match self {
                    $(Body::$kind(it) => it,)*
                }
            }
        }
    };
}

// The kind's file, its name and body, its word, the words people read, what it is about, and the books in which it posts.
kinds! {
    seize: Seize(Seize) "seize" "扣押" "Seize" Holding [Stock Duty]
    receive: Receive(Receive) "receive" "入库" "Receive" Holding [Stock]
    delivery: Delivery(Delivery) "delivery" "送交入库" "Delivery" Finding []
    r#move: Move(Move) "move" "移库" "Move" Holding [Stock]
    dispatch: Dispatch(Dispatch) "dispatch" "发运" "Dispatch" Holding [Stock]
    arrive: Arrive(Arrive) "arrive" "到库" "Arrive" Holding [Stock]
    check_out: CheckOut(CheckOut) "check_out" "借出" "Check out" Holding [Stock]
    r#return: Return(Return) "return" "归还" "Return" Holding [Stock]
    split: Split(Split) "split" "拆分" "Split" Holding [Stock Duty]
    itemise: Itemise(Itemise) "itemise" "逐件登记" "Itemise" Holding [Stock Duty]
    replace_label: ReplaceLabel(ReplaceLabel) "replace_label" "换标签" "Replace label" Finding []
    deposit: Deposit(Deposit) "deposit" "缴存" "Deposit" Holding [Stock]

    approve: Approve(Approve) "approve" "审批" "Approve" Consent []
    offer: Offer(Offer) "offer" "换押要约" "Offer" Consent []
    withdraw: Withdraw(Withdraw) "withdraw" "撤回" "Withdraw" Consent []
    exchange: Exchange(Exchange) "exchange" "换押" "Exchange" Duty [Duty]

    dispose: Dispose(Dispose) "dispose" "处置" "Dispose" Ending [Stock Duty]
    declare_loss: DeclareLoss(DeclareLoss) "declare_loss" "灭失申报" "Declare loss" Difference [Stock]
    count_statement: CountStatement(CountStatement) "count_statement" "盘点结论" "Count statement" Finding []
    raise_difference: RaiseDifference(RaisedDifference) "raise_difference" "差异登记" "Raise difference" Difference []
    settle_difference: SettleDifference(SettleDifference) "settle_difference" "差异了结" "Settle difference" Finding []
    declare_error: DeclareError(DeclareError) "declare_error" "更正声明" "Declare error" Difference []
    correct: Correct(Correct) "correct" "更正" "Correct" Finding [Stock Duty]

    register_key: RegisterKey(RegisterKey) "register_key" "登记签章密钥" "Register key" Consent []
    confirm_key: ConfirmKey(ConfirmKey) "confirm_key" "确认签章密钥" "Confirm key" Consent []
    revoke_key: RevokeKey(RevokeKey) "revoke_key" "注销签章密钥" "Revoke key" Consent []

    register_unit: RegisterUnit(RegisterUnit) "register_unit" "机构登记" "Register unit" Register []
    appoint: Appoint(Appoint) "appoint" "任用" "Appoint" Register []
    reset_password: ResetPassword(ResetPassword) "reset_password" "重置密码" "Reset password" Register []
    register_station: RegisterStation(RegisterStation) "register_station" "工位登记" "Register station" Register []
    register_store: RegisterStore(RegisterStore) "register_store" "库登记" "Register store" Register []
    register_slots: RegisterSlots(RegisterSlots) "register_slots" "库位登记" "Register slots" Register []
    adopt_rules: AdoptRules(AdoptRules) "adopt_rules" "采用规则" "Adopt rules" Consent []
    confirm_rules: ConfirmRules(ConfirmRules) "confirm_rules" "确认规则" "Confirm rules" Consent []
}

impl Body {
    /// Asks the kind's rule: it posts and changes, or refuses.
    pub(super) fn rule(&self, work: &mut Work<'_>) {
        self.as_kind().rule(work);
    }

    /// Adds everything it names.
    pub(super) fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        self.as_kind().mention(mentions);
    }

    /// Keeps only what it says about one item: the other lines may be somebody else's.
    pub fn narrow(&mut self, item: ItemId) {
        self.as_kind_mut().narrow(item);
    }

    /// Who must not be the one who acts, besides those whose approval it uses up.
    pub fn other_people(&self) -> Vec<OtherPerson> {
        self.as_kind().other_people()
    }

    /// What somebody in this role signs; nothing where the kind has nothing for that role to sign.
    pub fn statement(&self, role: SignerRole) -> Option<Statement> {
        self.as_kind().statement(role)
    }

    /// The paper an entry of this kind makes.
    pub fn paper(&self) -> Option<PaperForm> {
        self.as_kind().paper()
    }

    /// What it writes beside the books.
    pub fn register(&self) -> Register<'_> {
        self.as_kind().register()
    }
}
