//! What does not come as it was listed: short, damaged, refused, extra. Each has an owner and a day.

use super::scene::{COAT, DRUG, PHONES, Scene};
use crate::support::{self, ENGINES};
use hufu::{
    clock::Span,
    custody::{
        counter::{
            self,
            line::{self, Photograph, SetQuantity},
            receive::{self, RefuseLine, ReportExtra},
        },
        difference, photographs,
    },
    domain::counter::LineState,
    id::EntryId,
    ledger::SettlementCause,
    store::verify,
};
use hufu_wire::message::Verdict;
use uuid::Uuid;

#[tokio::test]
async fn what_is_short_is_received_and_the_rest_stays_owed_with_a_difference() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let at = it.at(PHONES);
        let set = |quantity, reason: &str| SetQuantity { at, quantity, reason: reason.to_owned() };
        for (quantity, reason, code) in [
            (0, "x", "nothing_came"),
            (-1, "x", "quantity_not_positive"),
            (3, "x", "more_than_owed"),
            (i64::MAX, "x", "more_than_owed"),
            (1, " ", "reason_missing"),
        ] {
            let refused = line::set_quantity(&it.t.app, &it.me, &set(quantity, reason)).await.unwrap_err();
            assert_eq!(refused.code(), code, "{quantity}");
        }
        line::set_quantity(&it.t.app, &it.me, &set(1, "另一部送检")).await.unwrap();
        line::mark_damaged(&it.t.app, &it.me, at, "屏幕碎裂").await.unwrap();
        it.receive(PHONES, it.t.city.slots[0]).await;
        let due = it.t.app.clock.now().plus(Span::hours(24)).0;
        assert_eq!(
            it.differences().await,
            [("short".to_owned(), Some(it.items[PHONES]), it.t.city.police, due)]
        );
        let view = it.view().await;
        assert_eq!((view.lines[PHONES].state, view.lines[PHONES].owed), (LineState::Short, true));
        assert_eq!(it.in_hand().await, Some(DRUG), "a line with a difference is not picked by itself");
        // Neither who raised it settles it, nor who brought it, nor anybody with words alone.
        let app = it.t.app.clone();
        let id = difference::reconciliation(&app, &it.me, None).await.unwrap().open_list[0].id;
        let settlement = |paper: Option<&str>| difference::Settlement {
            id: app.ids.new_id(),
            difference: id,
            also: Vec::new(),
            finding: "另一部在检验机构，有回执".to_owned(),
            cause: Some(SettlementCause::Explained),
            entry: None,
            paper: paper.map(str::to_owned),
        };
        for (login, paper, answer) in [
            ("zhang", Some("鉴定回执 12"), Err("settled_by_who_brought_it")),
            ("li", None, Err("evidence_missing")),
            ("li", Some("鉴定回执 12"), Ok(())),
        ] {
            let me = it.t.person(login).await;
            let settled = difference::settle(&app, &me, &settlement(paper)).await;
            assert_eq!(settled.map(drop).map_err(|error| error.code()), answer, "{login} {paper:?}");
        }
        // The other phone comes later; its label is bound again by a scan.
        assert_eq!(it.receive_rest(PHONES).await, Verdict::Accepted);
        assert_eq!(it.view().await.lines[PHONES].state, LineState::InSlot);
        it.t.close().await;
    }
}

impl Scene {
    async fn receive_rest(&mut self, line: usize) -> Verdict {
        self.pick(line).await;
        assert_eq!(self.scan_label(line).await, Verdict::Accepted);
        self.scan_slot(self.t.city.slots[1]).await.verdict
    }
}

#[tokio::test]
async fn what_is_damaged_is_received_with_a_difference() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let at = it.at(COAT);
        it.pick(COAT).await;
        line::mark_damaged(&it.t.app, &it.me, at, "左袖撕裂").await.unwrap();
        line::set_seal(&it.t.app, &it.me, at, " F2026-1 ").await.unwrap();
        assert_eq!(it.receive(COAT, it.t.city.slots[0]).await.verdict, Verdict::Accepted);
        let found = it.differences().await;
        assert_eq!((found.len(), found[0].0.as_str(), found[0].2), (1, "damaged", it.t.city.police));
        assert_eq!(it.view().await.lines[COAT].state, LineState::InSlot);
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_refused_line_stays_owed_and_is_refused_once() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        let request = Some(EntryId(Uuid::from_u128(0xF00D)));
        let wish = RefuseLine { at: it.at(PHONES), reason: "封签号不符".to_owned(), request };
        let silent = RefuseLine { reason: " ".to_owned(), ..wish.clone() };
        assert_eq!(
            receive::refuse_line(&it.t.app, &it.me, &silent).await.unwrap_err().code(),
            "reason_missing"
        );
        let done = receive::refuse_line(&it.t.app, &it.me, &wish).await.unwrap();
        let again = receive::refuse_line(&it.t.app, &it.me, &wish).await.unwrap();
        assert_eq!(done, again, "the same request is the same event");
        let twice = RefuseLine { request: None, ..wish };
        assert_eq!(
            receive::refuse_line(&it.t.app, &it.me, &twice).await.unwrap_err().code(),
            "already_refused"
        );
        let due = it.t.app.clock.now().plus(Span::hours(24)).0;
        let found = it.differences().await;
        assert_eq!(found, [("refused_at_counter".to_owned(), Some(it.items[PHONES]), it.t.city.police, due)]);
        let line = &it.view().await.lines[PHONES];
        assert_eq!((line.state, line.owed, it.in_hand().await), (LineState::Refused, true, Some(DRUG)));
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_thing_on_no_list_becomes_a_difference_of_the_unit_that_brought_it() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        let extra = ReportExtra {
            station: it.station.id,
            description: "银色手表一块".to_owned(),
            photograph: Some(support::jpeg(&[1])),
            request: Some(EntryId(Uuid::from_u128(0xF00E))),
        };
        let nameless = ReportExtra { description: String::new(), ..extra.clone() };
        assert_eq!(
            receive::report_extra(&it.t.app, &it.me, &nameless).await.unwrap_err().code(),
            "extra_not_described"
        );
        let done = receive::report_extra(&it.t.app, &it.me, &extra).await.unwrap();
        assert_eq!(receive::report_extra(&it.t.app, &it.me, &extra).await.unwrap(), done);
        let due = it.t.app.clock.now().plus(Span::hours(24)).0;
        assert_eq!(it.differences().await, [("extra".to_owned(), None, it.t.city.police, due)]);
        it.t.close().await;
    }
}

#[tokio::test]
async fn photographs_are_jpeg_or_png_and_seen_by_those_who_may_see_the_item() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let at = it.at(PHONES);
        for (content, code) in [
            (&b"<svg onload=alert(1)>"[..], "not_a_photograph"),
            (&b"\xFF\xD8\xFF\xE0<html><script>alert(1)</script>"[..], "not_a_photograph"),
            (&[][..], "not_a_photograph"),
            (
                &[&[0xFF, 0xD8, 0xFF], &vec![0; line::PHOTOGRAPH_MAX_BYTES][..]].concat()[..],
                "photograph_too_large",
            ),
        ] {
            let refused =
                line::add_photograph(&it.t.app, &it.me, &Photograph { at, content }).await.unwrap_err();
            assert_eq!(refused.code(), code);
        }
        let (one, two) = (support::jpeg(&[1]), support::jpeg(&[2]));
        let digest =
            line::add_photograph(&it.t.app, &it.me, &Photograph { at, content: &one }).await.unwrap();
        line::add_photograph(&it.t.app, &it.me, &Photograph { at, content: &one }).await.unwrap();
        let wrong = line::add_photograph(&it.t.app, &it.me, &Photograph { at, content: &two }).await.unwrap();
        line::drop_photograph(&it.t.app, &it.me, at, &wrong).await.unwrap();
        assert_eq!(it.view().await.picked.unwrap().draft.photographs, [digest.clone()]);
        let forgotten = photographs::shown(&it.t.app, &it.me, &wrong).await.unwrap_err();
        assert_eq!(forgotten.code(), "not_found", "nothing names it any more");
        let clerk = it.t.person("qian").await;
        let hidden = photographs::shown(&it.t.app, &clerk, &digest).await.unwrap_err();
        let absent = photographs::shown(&it.t.app, &it.me, "00").await.unwrap_err();
        assert_eq!((hidden.code(), absent.code()), ("not_found", "not_found"));
        it.receive(PHONES, it.t.city.slots[0]).await;
        let zhang = it.t.person("zhang").await;
        let seen = photographs::shown(&it.t.app, &zhang, &digest).await.unwrap();
        assert!(one.ends_with(&[1]) && !seen.ends_with(&[1]), "only the picture is shown");
        let original = photographs::original(&it.t.app, &zhang, &digest).await.unwrap();
        assert_eq!(original, ("image/jpeg".to_owned(), one), "the file is kept as it was taken");
        let hidden = photographs::original(&it.t.app, &clerk, &digest).await.unwrap_err();
        assert_eq!(hidden.code(), "not_found");
        counter::leave(&it.t.app, &it.me, it.station.id).await.unwrap();
        it.t.close().await;
    }
}

/// Who can write the tables can put another picture in the place of one; nobody is shown it as if it were right.
#[tokio::test]
async fn a_photograph_that_was_changed_is_named_and_not_shown() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let (at, content) = (it.at(PHONES), &support::jpeg(&[1])[..]);
        let digest = line::add_photograph(&it.t.app, &it.me, &Photograph { at, content }).await.unwrap();
        let content = &support::jpeg(&[2])[..];
        line::add_photograph(&it.t.app, &it.me, &Photograph { at, content }).await.unwrap();
        it.receive(PHONES, it.t.city.slots[0]).await;
        let zhang = it.t.person("zhang").await;
        let findings = async || {
            let mut tx = it.t.app.db.read().await.unwrap();
            verify::verify(&mut tx, it.t.app.settings.suite).await.unwrap().findings
        };
        assert_eq!(findings().await, []);
        let forge = "update attachments set content = (select other.content from attachments other
            where other.digest <> $1 and other.media_type = 'image/jpeg') where digest = $1";
        it.t.sql().run(forge, &[], &digest).await;
        for refused in [
            photographs::shown(&it.t.app, &zhang, &digest).await.unwrap_err(),
            photographs::original(&it.t.app, &zhang, &digest).await.unwrap_err(),
        ] {
            assert_eq!(refused.code(), "photograph_changed");
        }
        let found = findings().await;
        assert!(
            matches!(&found[..], [one] if one.en.contains(&digest) && one.zh.contains(&digest)),
            "{found:?}"
        );
        counter::leave(&it.t.app, &it.me, it.station.id).await.unwrap();
        it.t.abandon().await;
    }
}
