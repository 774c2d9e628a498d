//! An entry is judged by the edition of the rules it was recorded under.

use super::{day::Day, refusals::OPENING};
use crate::ledger::{Edition, Entry, Form, Salt};

/// A thing on offer is lent: the first edition of the rules let it.
const LENT_WHILE_ON_OFFER: &str = "
    officer: offer H1 A/a B X2*3
    head: approve P1 check_out X2*3
    keeper: check_out P1 X2*3@s1
";
const REFUSED_SINCE: &str = "
    officer: offer H1 A/a B X2*3
    head: approve P1 check_out X2*3
    keeper: check_out P1 X2*3@s1 | item_on_offer
    officer: withdraw H1
    keeper: check_out P1 X2*3@s1
";

#[test]
fn a_rule_holds_since_its_edition() {
    Day::under(Edition::FIRST, OPENING).go_on(LENT_WHILE_ON_OFFER);
    Day::under(Edition::SECOND, OPENING).go_on(REFUSED_SINCE);
    Day::under(Edition::CURRENT, OPENING).go_on(REFUSED_SINCE);
}

#[test]
fn an_entry_of_the_first_edition_is_written_as_before_there_were_editions() {
    let mut day = Day::under(Edition::FIRST, "");
    let draft = day.draft(&super::row::Row::read("officer: seize A/a X1*10"));
    let postings = day.put(&draft).unwrap().postings;
    let entry = |edition| {
        let (draft, postings) = (draft.clone(), postings.clone());
        Entry {
            form: Form::of(edition, Salt([7; 32])),
            edition,
            seq: 1,
            recorded_at: day.now,
            draft,
            postings,
        }
    };
    let text = |edition| String::from_utf8(entry(edition).canonical_bytes().unwrap()).unwrap();
    assert!(!text(Edition::FIRST).contains("edition"));
    let second = text(Edition::SECOND);
    assert!(second.contains(r#""edition":2,"#), "{second}");
    assert_eq!(Entry::from_canonical_bytes(second.as_bytes()).unwrap(), entry(Edition::SECOND));
    let spelled_out = second.replace(r#""edition":2"#, r#""edition":1"#);
    assert!(Entry::from_canonical_bytes(spelled_out.as_bytes()).is_err(), "edition 1 has one form");
}
