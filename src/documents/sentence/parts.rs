//! What became of a thing in parts, split or itemised, and of its label.

use super::SentenceWriter;
use crate::ledger::{Itemise, ReplaceLabel, ReplacedLabel, Split};

impl SentenceWriter<'_> {
    pub(super) fn split(&self, it: &Split) -> String {
        let whole = self.item(it.item, Some(it.quantity));
        let parts: Vec<&str> = it.children.iter().map(|child| child.number.as_str()).collect();
        let (count, parts) = (parts.len(), parts.join(self.language.pick("、", ", ")));
        let lost = match (it.lost, self.names.item(it.item)) {
            (1.., Some(name)) => Some(self.amount(name, it.lost)),
            _ => None,
        };
        let zh = lost.as_ref().map_or_else(String::new, |lost| format!("，损耗 {lost}"));
        let en = lost.as_ref().map_or_else(String::new, |lost| format!(" with a loss of {lost}"));
        self.say(
            format!("将{whole}拆分为 {count} 份（{parts}）{zh}：{}", it.reason),
            format!("split {whole} into {count} parts ({parts}){en}: {}", it.reason),
        )
    }

    pub(super) fn itemise(&self, it: &Itemise) -> String {
        let (line, person, pieces) =
            (self.item(it.item, None), self.names.person(it.delivered_by), it.things.len());
        let numbers = match (it.things.first(), it.things.last()) {
            (Some(first), Some(last)) => format!("{}…{}", first.number, last.number),
            _ => String::new(),
        };
        self.say(
            format!("将{person}送来的{line}逐件登记为 {pieces} 件（{numbers}）"),
            format!("itemised {line}, brought by {person}, as {pieces} single things ({numbers})"),
        )
    }

    pub(super) fn replace_label(&self, it: &ReplaceLabel) -> String {
        let one = |line: &ReplacedLabel| {
            let (thing, copy) = (self.item(line.item, None), line.to.copy);
            self.language.pick(format!("{thing}（第 {copy} 张）"), format!("{thing} (copy {copy})"))
        };
        let things = self.listed(&it.lines, one);
        self.say(
            format!("为{things}换上补打的标签，旧标签作废：{}", it.reason),
            format!("put a newer label on {things}; the old one is void: {}", it.reason),
        )
    }
}
