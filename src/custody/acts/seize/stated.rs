//! What a list says of its case, its date and its number, against the case it is imported into and what is typed when it is
//! confirmed.

use super::{DraftDoubt, ListDraft};
use crate::{
    clock::{Moment, Span},
    domain::off_line::printed_number,
    import::{StatedFact, same_number},
};

/// How old a date may be that is offered as the day of the seizure; an older one is a day of birth.
const OFFERED_MOST: Span = Span::days(10 * 366);

impl ListDraft {
    /// The number of the paper list that the file states, as papers print it: 某公（刑）扣字〔2026〕12号.
    pub fn stated_paper(&self) -> Option<String> {
        self.stated.paper_numbers.first().map(|it| printed_number(&it.text))
    }

    /// The day on which the file says that it was written: the last one that stands on it, where the signatures are. Midnight
    /// in China, because no hour is stated. Not one in the future, and not one of a person's birth.
    pub fn stated_day(&self, now: Moment) -> Option<Moment> {
        let days = self.stated.dates.iter().rev().filter_map(|it| Moment::of_day(&it.text));
        let mut fitting = days.filter(|day| *day <= now && now.since(*day) < OFFERED_MOST);
        fitting.next()
    }
}

/// Raises a doubt for each case the list names that is not the one it is imported into.
pub(super) fn another_case(draft: &mut ListDraft, case_number: &str) {
    let others = draft.stated.case_numbers.iter().filter(|it| !same_number(&it.text, case_number));
    let doubts: Vec<DraftDoubt> = others.map(|it| DraftDoubt::another_case(it, case_number)).collect();
    draft.doubts.extend(doubts);
}

/// Compares what is typed at the confirmation with what the list says: raises what differs now, and takes back what differed
/// before and no longer does. Answers whether there is a new doubt.
pub(super) fn against_typed(draft: &mut ListDraft, paper: &str, seized_at: Moment) -> bool {
    let differing = [another_paper(draft, paper), another_date(draft, seized_at)];
    let now: Vec<DraftDoubt> = differing.into_iter().flatten().collect();
    draft.doubts.retain(|it| !it.is_about_typed() || now.contains(it));
    let new: Vec<DraftDoubt> = now.into_iter().filter(|it| !draft.doubts.contains(it)).collect();
    let raised = !new.is_empty();
    draft.doubts.extend(new);
    raised
}

fn another_paper(draft: &ListDraft, typed: &str) -> Option<DraftDoubt> {
    let stated = &draft.stated.paper_numbers;
    let differs = !stated.is_empty() && !stated.iter().any(|it| same_number(&it.text, typed));
    differs.then(|| DraftDoubt::another_paper(&together(stated), typed))
}

/// A day more or less is the night in between.
fn another_date(draft: &ListDraft, typed: Moment) -> Option<DraftDoubt> {
    let typed_day = Moment::midnight(typed.day()?);
    let stated = &draft.stated.dates;
    let days: Vec<Moment> = stated.iter().filter_map(|it| Moment::of_day(&it.text)).collect();
    let near = |day: &Moment| (-24..=24).contains(&typed_day.since(*day).whole_hours());
    let differs = !days.is_empty() && !days.iter().any(near);
    differs.then(|| DraftDoubt::another_date(&together(stated), &typed.date()))
}

/// At most three of them.
fn together(facts: &[StatedFact]) -> String {
    let texts = facts.iter().take(3).map(|it| it.text.as_str());
    texts.collect::<Vec<_>>().join("、") + if facts.len() > 3 { " …" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, id::CaseId, import};

    fn draft(head: &str, foot: &str) -> ListDraft {
        let list = format!("{head},,\n名称,数量,特征\n手机,1部,\n,,{foot}\n");
        let list = import::read_seizure_list("a.csv", list.as_bytes()).unwrap();
        ListDraft::of(CaseId(uuid::Uuid::nil()), &list, Vec::new())
    }

    #[test]
    fn the_number_is_offered_as_papers_write_it_and_the_day_as_the_last_that_can_be_one() {
        let it = draft("文号：某公（刑）扣字〔2026〕12号", "2025年12月31日");
        assert_eq!(it.stated_paper().unwrap(), "某公（刑）扣字〔2026〕12号");
        let now = Clock::standing().now();
        assert_eq!(it.stated_day(now).unwrap().text(), "2025-12-31 00:00");
        for impossible in ["2027年1月1日", "1980年3月5日"] {
            assert_eq!(draft("清单", impossible).stated_day(now), None, "{impossible}");
        }
        assert_eq!(draft("清单", "").stated_paper(), None);
    }

    #[test]
    fn a_night_is_no_difference_and_two_are() {
        let mut it = draft("清单", "2026年1月3日");
        let at = |text: &str| Moment::from_text(text).unwrap();
        assert!(!against_typed(&mut it, "1", at("2026-01-04T23:59")));
        assert!(!against_typed(&mut it, "1", at("2026-01-02T00:00")));
        assert!(against_typed(&mut it, "1", at("2026-01-05T00:00")));
        assert!(!against_typed(&mut it, "1", at("2026-01-05T00:00")), "said once");
        assert!(!against_typed(&mut it, "1", at("2026-01-03T00:00")));
        assert!(it.doubts.is_empty(), "taken back");
    }
}
