//! The verbs of the trade: who may do what is asked here and nowhere else, for reads too. A verb takes the
//! [`App`](crate::app::App), the person and what they want; it answers, or says why not and what to do.

pub mod access;
mod acts;
mod admin;
mod patience;
pub mod photograph;
mod picture;
mod reading;
mod texts;

pub use acts::*;
pub use admin::*;
pub use patience::{in_time, turn};
pub use reading::*;

pub use acts::{
    event::EventReport,
    handover::{conclude, inspect, offer, statement, withdraw},
    observe::{observe, observe_all},
};

use acts::{event, recording};
use patience::{stopped, too_many_for_a_sheet, turn_to_read, turn_to_read_entry};

pub use crate::store::Recorded;

use crate::{
    language::Language,
    ledger::Refusal,
    random::NoRandomness,
    store::{self, AppendError},
};

/// Why a verb did not do what was asked. Nothing was changed, unless the database went away in the middle: then the sentence
/// says so.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ledger's rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It is not there, or it is not yours: the two look alike.
    #[error("there is no such {0}")]
    NotFound(Thing),
    /// It is there and yours to see, but was not yet in the ledger at the time asked for.
    #[error("the {0} was not yet in the ledger then")]
    NotYet(Thing),
    /// Something everybody knows exists, and you may not do it.
    #[error("{0}")]
    Forbidden(Forbidden),
    /// What was typed or sent cannot be understood.
    #[error("{0}")]
    Invalid(Invalid),
    /// It was true a moment ago; somebody else was first, or something must be done before.
    #[error("{0}")]
    Conflict(Conflict),
    /// Too much is asked for at this moment.
    #[error("{0}")]
    Busy(Busy),
    #[error("the record could not be kept")]
    Store(#[source] store::Error),
    #[error("the system gives no randomness; nothing was changed")]
    Random(#[from] NoRandomness),
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Case,
    Item,
    Handover,
    Count,
    Difference,
    Entry,
    Store,
    Slot,
    Station,
    Import,
    Paper,
    Person,
    Photograph,
    Approval,
    Declaration,
    Label,
    Signing,
    Tile,
    Witness,
    Unit,
    Receipt,
    Key,
    Session,
    Rules,
}

/// A sentence with its remedy, in both languages, under a stable code.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Sentence {
    pub code: &'static str,
    pub zh: String,
    pub en: String,
    pub remedy_zh: String,
    pub remedy_en: String,
}

macro_rules! sentences {
    ($($name:ident)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub Box<Sentence>);

        impl $name {
            #[expect(clippy::new_ret_no_self, reason = "a verb answers with its room's error")]
            /// A code, what is wrong and what to do about it: (zh, en) each.
            pub fn new(code: &'static str, wrong: (&str, &str), remedy: (&str, &str)) -> Error {
                Error::$name($name(Box::new(Sentence {
                    code,
                    zh: wrong.0.to_owned(),
                    en: wrong.1.to_owned(),
                    remedy_zh: remedy.0.to_owned(),
                    remedy_en: remedy.1.to_owned(),
                })))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0.en)
            }
        }
    )*};
}
sentences!(Forbidden Invalid Conflict Busy);

impl Error {
    /// The stable code that pages, API and tests use.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Refused(refusal) => refusal.reason.code(),
            Error::NotFound(_) => "not_found",
            Error::NotYet(_) => "not_yet_there",
            Error::Forbidden(it) => it.0.code,
            Error::Invalid(it) => it.0.code,
            Error::Conflict(it) => it.0.code,
            Error::Busy(it) => it.0.code,
            Error::Store(store::Error::Unsure(_)) => "not_known",
            Error::Store(store::Error::ClockJump(_)) => "clock_jumped",
            Error::Store(store::Error::DiskFull(_)) => "disk_full",
            Error::Store(_) | Error::Random(_) => "not_kept",
        }
    }

    /// What happened, in one sentence.
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Error::Refused(refusal) => refusal.sentence(language),
            Error::NotFound(thing) => {
                let (zh, en) = thing.words();
                language.pick(
                    format!("没有这个{zh}，或者您无权查看。"),
                    format!("There is no such {en}, or it is not yours to see."),
                )
            }
            Error::NotYet(thing) => {
                let (zh, en) = thing.words();
                language.pick(
                    format!("截至所问的时间，账上还没有这个{zh}。"),
                    format!("At the time you ask about, this {en} was not yet in the ledger."),
                )
            }
            Error::Forbidden(Forbidden(it))
            | Error::Invalid(Invalid(it))
            | Error::Conflict(Conflict(it))
            | Error::Busy(Busy(it)) => {
                language.pick(it.zh.clone(), it.en.clone())
            }
            Error::Store(store::Error::Unsure(_)) => language
                .pick(
                    "数据库中断，不知道是否已经保存；要么全部已保存，要么什么也没有改变。",
                    "The database went away, and whether it was kept is not known: either all of it was, or nothing was changed.",
                )
                .to_owned(),
            Error::Store(store::Error::ClockJump(jump)) => {
                let (now, expected) = (jump.now.text_seconds(), jump.expected.text_seconds());
                language.pick(
                    format!("服务器时钟（{now}）与应有的时间（{expected}）相差过大，什么也没有登记。"),
                    format!(
                        "The server's clock ({now}) is too far from what it should be ({expected}); nothing was recorded."
                    ),
                )
            }
            Error::Store(store::Error::DiskFull(_)) => language
                .pick(
                    "服务器磁盘已满，未能保存，什么也没有改变。",
                    "The server's disk is full; it could not be kept, and nothing was changed.",
                )
                .to_owned(),
            Error::Store(_) | Error::Random(_) => language
                .pick("未能保存，什么也没有改变。", "It could not be kept; nothing was changed.")
                .to_owned(),
        }
    }

    /// What to do about it.
    pub fn remedy(&self, language: Language) -> String {
        match self {
            Error::Refused(refusal) => refusal.reason.remedy(language).to_owned(),
            Error::NotFound(_) => language
                .pick(
                    "请核对编号，或联系责任单位。",
                    "Check the number, or ask the unit that answers for it.",
                )
                .to_owned(),
            Error::NotYet(_) => language
                .pick("请选择以后的时间，或回到现在。", "Choose a later time, or go back to now.")
                .to_owned(),
            Error::Forbidden(Forbidden(it))
            | Error::Invalid(Invalid(it))
            | Error::Conflict(Conflict(it))
            | Error::Busy(Busy(it)) => language.pick(it.remedy_zh.clone(), it.remedy_en.clone()),
            Error::Store(store::Error::Unsure(_)) => language
                .pick(
                    "请原样再发一次，同一请求不会重复记账；或刷新页面查看。",
                    "Send the same again: one request is never recorded twice. Or reload the page and look.",
                )
                .to_owned(),
            Error::Store(store::Error::ClockJump(_)) => language
                .pick(
                    "请管理员校准服务器时钟；确认时间无误的，运行 hufu clock confirm。",
                    "Have the administrator set the server's clock, or, when it is right, run hufu clock confirm.",
                )
                .to_owned(),
            Error::Store(store::Error::DiskFull(_)) => language
                .pick(
                    "请管理员在存放账本的磁盘上腾出空间，然后原样再试；已登记的都在。",
                    "Have the administrator make room on the ledger's disk, then do the same again; whatever was recorded is there.",
                )
                .to_owned(),
            Error::Store(_) | Error::Random(_) => language
                .pick(
                    "请再试一次；如再次出现，请联系管理员。",
                    "Try again; if it happens twice, call the administrator.",
                )
                .to_owned(),
        }
    }
}

/// What was sent is more than is read here.
pub fn too_large() -> Error {
    Invalid::new(
        "too_large",
        (
            "发送的内容过大，未处理，什么也没有改变。",
            "What was sent is too large; it was not read and nothing was changed.",
        ),
        ("请分成几次发送。", "Send it in parts."),
    )
}

impl Thing {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Thing::Case => ("案件", "case"),
            Thing::Item => ("财物", "item"),
            Thing::Handover => ("移交", "handover"),
            Thing::Count => ("盘点", "count"),
            Thing::Difference => ("差异", "difference"),
            Thing::Entry => ("分录", "entry"),
            Thing::Store => ("库", "store"),
            Thing::Slot => ("库位", "slot"),
            Thing::Station => ("工位", "station"),
            Thing::Import => ("清单", "list"),
            Thing::Paper => ("文书", "paper"),
            Thing::Person => ("人员", "person"),
            Thing::Photograph => ("照片", "photograph"),
            Thing::Approval => ("审批", "approval"),
            Thing::Declaration => ("更正声明", "declaration of error"),
            Thing::Label => ("标签", "label"),
            Thing::Signing => ("签章请求", "request to sign"),
            Thing::Tile => ("树块", "tile"),
            Thing::Witness => ("见证方", "witness"),
            Thing::Unit => ("部门", "unit"),
            Thing::Receipt => ("离线收件", "off-line receipt"),
            Thing::Key => ("签章密钥", "key"),
            Thing::Session => ("登录", "session"),
            Thing::Rules => ("规则", "file of rules"),
        }
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words().1)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        Error::Store(error)
    }
}

/// The same request id came with another content.
pub(in crate::custody) fn id_taken() -> Error {
    Conflict::new(
        "id_taken",
        (
            "该请求编号此前已用于另一件事或另一内容，这一次没有记账；此前登记的仍然有效。",
            "This request id was used before for something else, or with other content; nothing was recorded now, and what was recorded before stands.",
        ),
        ("请刷新页面，再做一次。", "Reload the page and do it again."),
    )
}

impl From<AppendError> for Error {
    fn from(error: AppendError) -> Error {
        match error {
            AppendError::Refused(refusal) => Error::Refused(refusal),
            AppendError::Store(error) => Error::Store(error),
            AppendError::IdTaken => id_taken(),
        }
    }
}
