//! What people type for a correction of words: what an item should be called, what it is, which label it carries. What stands
//! now is looked up, and a correction that comes after another one is refused by the rules.

use super::{ACTING, declared, not_your_entry};
use crate::{
    app::App,
    custody::{Error, Invalid, access, photograph},
    domain::{Code, CodeKind, Person, off_line::BlankState},
    id::ItemId,
    ledger::{
        BoundLabel, Category, Description, DescriptionChange, Mentions, Particular, state::DescriptionFacts,
    },
    store::{Tx, blanks, facts, items, labels, photographs},
};
use serde::Deserialize;

/// What should be written of an item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct RequestedDescription {
    pub item: ItemId,
    #[serde(flatten)]
    pub change: RequestedChange,
    /// Digests of photographs that were uploaded for it.
    #[serde(default)]
    pub photographs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum RequestedChange {
    Name {
        to: String,
    },
    Category {
        to: Category,
    },
    Features {
        to: String,
    },
    /// A field of its own; empty when it should say nothing.
    Particular {
        field: Particular,
        to: String,
    },
    /// Empty when it has none.
    Seal {
        to: String,
    },
    Quantity {
        /// In the smallest unit.
        to: i64,
        /// The account that has too much or too little, as the book writes it: `owed:…`, `slot:…`.
        account: String,
    },
    Label {
        /// As it is read off the thing.
        to: String,
    },
}

/// Keeps a photograph for a correction that this person may ask for. Answers with its digest.
pub async fn add_photograph(
    app: &App,
    me: &Person,
    declaration: u64,
    content: &[u8],
) -> Result<String, Error> {
    let mut tx = app.db.read().await?;
    let error = declared(&mut tx, me, declaration).await?;
    access::require_one(me, &ACTING)?;
    if error.wrong_unit != me.unit {
        return Err(not_your_entry());
    }
    drop(tx);
    photograph::keep(app, me, content).await
}

pub(super) async fn descriptions(
    tx: &mut Tx,
    me: &Person,
    asked: &[RequestedDescription],
) -> Result<Vec<Description>, Error> {
    let mut mentions = Mentions::default();
    mentions.described.extend(asked.iter().map(|it| it.item));
    let state = facts::load(tx, &mentions).await?;
    let mut descriptions = Vec::with_capacity(asked.len());
    for it in asked {
        access::see_item(tx, me, it.item).await?;
        // Whoever may see it finds it: it has a row, and so a description.
        let Some(stands) = state.descriptions.get(&it.item) else { continue };
        for digest in &it.photographs {
            if !photographs::added_by(tx, digest, me.id).await? {
                return Err(photograph_unknown());
            }
        }
        descriptions.push(Description {
            item: it.item,
            quantity: stands.quantity,
            change: change(tx, me, &it.change, stands).await?,
            photographs: it.photographs.clone(),
        });
    }
    Ok(descriptions)
}

async fn change(
    tx: &mut Tx,
    me: &Person,
    asked: &RequestedChange,
    stands: &DescriptionFacts,
) -> Result<DescriptionChange, Error> {
    let trimmed = |text: &String| text.trim().to_owned();
    Ok(match asked {
        RequestedChange::Name { to } => {
            DescriptionChange::Name { from: stands.name.clone(), to: trimmed(to) }
        }
        RequestedChange::Category { to } => DescriptionChange::Category { from: stands.category, to: *to },
        RequestedChange::Features { to } => {
            DescriptionChange::Features { from: stands.features.clone(), to: trimmed(to) }
        }
        RequestedChange::Particular { field, to } => {
            let from = stands.particulars.get(*field).map(str::to_owned);
            let to = Some(trimmed(to)).filter(|text| !text.is_empty());
            DescriptionChange::Particular { field: *field, from, to }
        }
        RequestedChange::Seal { to } => {
            let to = Some(trimmed(to)).filter(|seal| !seal.is_empty());
            DescriptionChange::Seal { from: stands.seal.clone(), to }
        }
        RequestedChange::Quantity { to, account } => {
            let account = account.trim().parse().map_err(|_| account_unknown(account))?;
            DescriptionChange::Quantity { to: *to, account }
        }
        RequestedChange::Label { to } => {
            let to = label(tx, me, to).await?;
            DescriptionChange::Label { from: stands.label.clone(), to }
        }
    })
}

/// The label with this code, as the copy of it that is on a thing already, or that was printed last.
async fn label(tx: &mut Tx, me: &Person, text: &str) -> Result<BoundLabel, Error> {
    let code = Code::parse(text).map_err(|_| label_unknown(text))?;
    let ours = match code.kind() {
        CodeKind::Item => match items::by_code(tx, &code).await? {
            Some(item) => match labels::replaced_by(tx, item.id, &code).await? {
                Some(copy) => return Err(label_replaced(copy)),
                None => true,
            },
            None => false,
        },
        CodeKind::Blank => {
            let found = blanks::find(tx, &code.number()).await?;
            found.is_some_and(|label| label.unit == me.unit && label.state != BlankState::Void)
        }
        CodeKind::Slot | CodeKind::Box => false,
    };
    if !ours {
        return Err(label_unknown(text));
    }
    let copy = items::copy_of_label(tx, &code).await?;
    Ok(BoundLabel { code: code.to_string(), copy })
}

fn label_replaced(copy: u32) -> Error {
    Invalid::new(
        "label_replaced",
        (
            &format!("这张标签已由第 {copy} 张代替，没有改变。"),
            &format!("Copy {copy} has taken the place of this label; nothing was changed."),
        ),
        ("请销毁这张，用新的标签。", "Destroy it and use the new one."),
    )
}

fn photograph_unknown() -> Error {
    Invalid::new(
        "photograph_unknown",
        ("所附的照片没有上传，或不是您上传的。", "A photograph was not uploaded, or not by you."),
        ("请重新上传照片，再提出更正。", "Upload the photograph again and ask again."),
    )
}

fn label_unknown(text: &str) -> Error {
    Invalid::new(
        "label_unknown",
        (
            &format!("“{text}”不是财物标签，也不是可用的空白标签。"),
            &format!("“{text}” is no label of an item and no blank label that can be used."),
        ),
        (
            "请扫描实物上的标签；没有标签的，请贴一张空白标签后扫描。",
            "Scan the label on the thing; if it has none, stick a blank label on it and scan that.",
        ),
    )
}

fn account_unknown(text: &str) -> Error {
    Invalid::new(
        "account_unknown",
        (&format!("账上没有“{text}”这个账户。"), &format!("The book has no account “{text}”.")),
        ("请选择差额所在的地方。", "Choose where there is too much or too little of it."),
    )
}
