//! What is signed: its form is its edition's, its bytes are final, and the station reads them as the ledger means them.

use super::{
    day::Day,
    refusals::OPENING,
    row::{Row, id},
};
use crate::{
    language::Language,
    ledger::{
        Body, Edition, Exchange, HandoverPurpose, OfferStatement, RefusalReason, StatementForm, Suggestion,
    },
};
use hufu_wire::statement::{self, Purpose, Statement};

const OFFER: &str = "officer: offer H1 A/a B X2*3";
const EXCHANGE: &str = "clerk: exchange H1 B/b X2~";

fn offered(edition: Edition) -> (Day, OfferStatement) {
    let mut day = Day::under(edition, OPENING);
    "黑色".clone_into(&mut day.state.descriptions.get_mut(&id("X2")).unwrap().features);
    let draft = day.draft(&Row::read(OFFER));
    day.put(&draft).unwrap();
    match draft.body {
        Body::Offer(offer) => (day, offer.statement),
        other => panic!("{other:?}"),
    }
}

fn answered(day: &Day) -> Exchange {
    match day.draft(&Row::read(EXCHANGE)).body {
        Body::Exchange(exchange) => exchange,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_signed_has_the_form_of_its_edition() {
    for (signed, recorded) in [(Edition::FIRST, Edition::SECOND), (Edition::SECOND, Edition::FIRST)] {
        let mut day = Day::under(signed, OPENING);
        let draft = day.draft(&Row::read(OFFER));
        day.edition = recorded;
        assert_eq!(day.put(&draft).unwrap_err().reason, RefusalReason::SignatureDoesNotFit);
        day.edition = signed;
        day.put(&draft).unwrap();
        let answer = day.draft(&Row::read(EXCHANGE));
        day.edition = recorded;
        assert_eq!(day.put(&answer).unwrap_err().reason, RefusalReason::SignatureDoesNotFit);
    }
    // What was offered under the first edition is answered under the second.
    let (mut day, _) = offered(Edition::FIRST);
    day.edition = Edition::SECOND;
    day.go_on(EXCHANGE);
}

#[test]
fn an_offer_that_tells_no_features_is_not_of_the_second_form() {
    let day = Day::under(Edition::SECOND, OPENING);
    let mut draft = day.draft(&Row::read(OFFER));
    let Body::Offer(offer) = &mut draft.body else { panic!() };
    offer.statement.lines[0].features = None;
    let mut day = day;
    assert_eq!(day.put(&draft).unwrap_err().reason, RefusalReason::LineDoesNotMatch);
}

/// The first form is the canonical JSON alone and says nothing of a form.
#[test]
fn the_bytes_of_both_forms_are_final() {
    let text = |edition| String::from_utf8(offered(edition).1.signed_bytes().unwrap()).unwrap();
    let first = text(Edition::FIRST);
    assert!(first.starts_with("{\"expires_at\":") && !first.contains("form"), "{first}");
    let second = text(Edition::SECOND);
    let json = second.strip_prefix("hufu offer v2\n").unwrap();
    let again = json.replace(r#""form":2,"#, "").replace(r#""features":"黑色","#, "");
    assert_eq!(again, first, "the second form says the same and more");
    let (mut day, _) = offered(Edition::FIRST);
    let first = String::from_utf8(answered(&day).statement.signed_bytes().unwrap()).unwrap();
    day.edition = Edition::SECOND;
    let second = String::from_utf8(answered(&day).statement.signed_bytes().unwrap()).unwrap();
    assert_eq!(second.strip_prefix("hufu exchange v2\n").unwrap().replace(r#""form":2,"#, ""), first);
}

#[test]
fn the_station_reads_what_the_ledger_signs() {
    let (day, offer) = offered(Edition::SECOND);
    let bytes = offer.signed_bytes().unwrap();
    let Statement::Offer(read) = statement::read(&bytes, None).unwrap() else { panic!() };
    assert_eq!(read.lines[0].features.as_deref(), Some("黑色"));
    let exchange = answered(&day).statement.signed_bytes().unwrap();
    assert!(matches!(statement::read(&exchange, Some(&bytes)), Ok(Statement::Exchange { .. })));
    // An offer of the former form is answered, too.
    let (mut day, former) = offered(Edition::FIRST);
    day.edition = Edition::SECOND;
    let (exchange, former) = (answered(&day).statement, former.signed_bytes().unwrap());
    assert_eq!(exchange.form, StatementForm::CURRENT);
    statement::read(&exchange.signed_bytes().unwrap(), Some(&former)).unwrap();
}

#[test]
fn ledger_and_station_have_the_same_words() {
    let [zh, en] = [Language::Zh, Language::En];
    let ours = HandoverPurpose::ALL.iter().map(|it| [it.word(), it.text(zh), it.text(en)]);
    assert!(ours.eq(Purpose::ALL.iter().map(|it| it.words())));
    let ours = Suggestion::ALL.iter().map(|it| [it.word(), it.text(zh), it.text(en)]);
    assert!(ours.eq(statement::Suggestion::ALL.iter().map(|it| it.words())));
}
