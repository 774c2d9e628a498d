//! What a correction puts right, line by line, in words.

use super::{Naming, SentenceWriter, amount, place, responsible};
use crate::{
    language::Language,
    ledger::{
        ApprovedCorrection, BoundLabel, Correct, CorrectedLine, Description, DescriptionChange, Transfer,
    },
};

impl SentenceWriter<'_> {
    pub(super) fn correct(&self, it: &Correct) -> String {
        let what = it.what();
        let told = told(self.language, &what, self.names);
        let lines = self.listed(told, |line| line);
        self.say(
            format!("依第 {} 号更正声明更正：{lines}", it.declaration),
            format!("corrected what declaration {} names: {lines}", it.declaration),
        )
    }
}

/// Each line as people read it: which item, how much of it from where to where, or which words instead of which.
pub fn corrected(language: Language, what: &ApprovedCorrection, names: &dyn Naming) -> Vec<String> {
    told(language, what, names).collect()
}

fn told<'a>(
    language: Language,
    what: &'a ApprovedCorrection,
    names: &'a dyn Naming,
) -> impl Iterator<Item = String> + 'a {
    let moved = what.lines.iter().map(move |line| of_line(language, line, names));
    moved.chain(what.descriptions.iter().map(move |it| of_description(language, it, names)))
}

fn of_line(language: Language, line: &CorrectedLine, names: &dyn Naming) -> String {
    let (from, to) = match &line.transfer {
        Transfer::Stock { from, to } => (place(language, from, names), place(language, to, names)),
        Transfer::Duty { from, to } => (responsible(language, from, names), responsible(language, to, names)),
    };
    let item = item(names, line.item);
    let amount = names.item(line.item).map(|it| amount(language, it, line.quantity)).unwrap_or_default();
    language.pick(
        format!("{item}（{amount}）由{from}改记到{to}"),
        format!("{item} ({amount}) from {from} to {to}"),
    )
}

fn of_description(language: Language, it: &Description, names: &dyn Naming) -> String {
    let item = item(names, it.item);
    let (field, from, to) = change(language, it, names);
    let (from, to) = (from.unwrap_or_else(|| none(language)), to.unwrap_or_else(|| none(language)));
    language.pick(
        format!("{item} 的{field}由“{from}”更正为“{to}”"),
        format!("{item}: {field} “{from}” corrected to “{to}”"),
    )
}

/// What is written anew of an item: the field's word, the words before and after.
pub fn change(
    language: Language,
    it: &Description,
    names: &dyn Naming,
) -> (&'static str, Option<String>, Option<String>) {
    let field = |zh, en| language.pick(zh, en);
    let label = |label: &BoundLabel| {
        let BoundLabel { code, copy } = label;
        language.pick(format!("{code} 第 {copy} 张"), format!("{code} copy {copy}"))
    };
    match &it.change {
        DescriptionChange::Name { from, to } => (field("名称", "name"), Some(from.clone()), Some(to.clone())),
        DescriptionChange::Category { from, to } => {
            let word = |it: &crate::ledger::Category| Some(it.text(language).to_owned());
            (field("类别", "category"), word(from), word(to))
        }
        DescriptionChange::Features { from, to } => {
            let filled = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
            (field("特征", "features"), filled(from), filled(to))
        }
        DescriptionChange::Particular { field: particular, from, to } => {
            (particular.text(language), from.clone(), to.clone())
        }
        DescriptionChange::Seal { from, to } => (field("封签", "seal"), from.clone(), to.clone()),
        DescriptionChange::Quantity { to, account } => {
            let place = place(language, account, names);
            let text = |quantity: i64| {
                names
                    .item(it.item)
                    .map_or_else(|| quantity.to_string(), |name| amount(language, name, quantity))
            };
            let after = language.pick(
                format!("{}（差额记在{place}）", text(*to)),
                format!("{} (difference at {place})", text(*to)),
            );
            (field("清单数量", "quantity by the list"), Some(text(it.quantity)), Some(after))
        }
        DescriptionChange::Label { from, to } => {
            (field("标签", "label"), from.as_ref().map(label), Some(label(to)))
        }
    }
}

fn none(language: Language) -> String {
    language.pick("无", "none").to_owned()
}

/// Number and name.
fn item(names: &dyn Naming, id: crate::id::ItemId) -> String {
    names
        .item(id)
        .map_or_else(|| format!("#{:08x}", id.0.as_fields().0), |it| format!("{} {}", it.number, it.name))
}
