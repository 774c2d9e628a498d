//! What an approval says yes to.

use super::{SentenceWriter, outcome_word};
use crate::{
    id::PersonId,
    language::Language,
    ledger::{Approve, ApprovedAct, LossCause},
};

impl SentenceWriter<'_> {
    /// How something came to be lost, and who is liable.
    pub(super) fn how_lost(&self, cause: Option<LossCause>, liable: Option<PersonId>) -> (String, String) {
        let Some(cause) = cause else { return Default::default() };
        let (zh, en) = (cause.text(Language::Zh), cause.text(Language::En).to_lowercase());
        match liable.map(|person| self.names.person(person)) {
            Some(who) => (format!("（{zh}，责任人{who}）"), format!(" ({en}; {who} is liable)")),
            None => (format!("（{zh}）"), format!(" ({en})")),
        }
    }

    pub(super) fn approve(&self, it: &Approve) -> String {
        let items = self.items(it.lines.iter().map(|line| (line.item, line.quantity)));
        let (who, purpose) = (self.names.person(it.requester), &it.purpose);
        let (zh, en) = match it.act {
            ApprovedAct::CheckOut => ("借出", "the loan of"),
            ApprovedAct::Dispose => ("处置", "the disposal of"),
            ApprovedAct::DeclareLoss => ("申报灭失", "declaring the loss of"),
            ApprovedAct::Correct => ("更正", "the correction of"),
        };
        let (way_zh, way_en) = it.disposal.as_ref().map_or_else(Default::default, |it| {
            let (decision, to) = (&it.decision, it.recipient.as_deref());
            let (zh, en) = (outcome_word(Language::Zh, it.outcome), outcome_word(Language::En, it.outcome));
            let to_zh = to.map_or_else(String::new, |who| format!("，交{who}"));
            let to_en = to.map_or_else(String::new, |who| format!(" to {who}"));
            (format!("（{zh}{to_zh}，凭 {decision}）"), format!(" ({en}{to_en}, by {decision})"))
        });
        let (how_zh, how_en) =
            it.loss.as_ref().map_or_else(Default::default, |it| self.how_lost(Some(it.cause), it.liable));
        self.say(
            format!("同意{who}{zh}{items}{way_zh}{how_zh}，事由：{purpose}"),
            format!("approved {en} {items}{way_en}{how_en}, asked for by {who}: {purpose}"),
        )
    }
}
