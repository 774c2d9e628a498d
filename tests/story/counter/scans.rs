//! What a scan means, by what the custodian is doing.

use super::scene::{CASH, COAT, DRUG, PHONES, Scene, label, log_in, open_case, seize, stable};
use crate::support::{ENGINES, city::PASSWORD};
use hufu::{
    clock::Span,
    custody::{
        self,
        counter::{self, AtCounter, OpenCase, receive::ReceiveLine},
        login,
    },
    domain::counter::{LineState, Step, WeightRefusal},
    store::journal,
};
use hufu_wire::Day;
use hufu_wire::message::{Observation, Reading, Verdict};

#[tokio::test]
async fn a_line_goes_from_owed_to_its_slot_by_scanner_scale_and_printer_alone() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let (a1, vault) = (it.t.city.slots[0], it.t.city.vault_slots[0]);
        assert_eq!(it.in_hand().await, Some(PHONES));
        it.printed(PHONES).await;
        assert_eq!(it.scan_label(PHONES).await, Verdict::Accepted);
        assert_eq!(it.view().await.picked.unwrap().next, Step::ScanSlot);
        let heard = it.scan_slot(a1).await;
        assert_eq!(heard.verdict, Verdict::Accepted, "{}", heard.sentence);

        // The next line is in hand without a click, and its label is on the way.
        assert_eq!(it.in_hand().await, Some(DRUG));
        assert_eq!(it.view().await.picked.unwrap().next, Step::Weigh);
        assert_eq!(it.weigh(stable(13_020)).await.unwrap().verdict, Verdict::Accepted);
        it.printed(DRUG).await;
        assert_eq!(it.scan_label(DRUG).await, Verdict::Accepted);
        assert_eq!(it.scan_slot(vault).await.verdict, Verdict::Accepted);
        it.printed(CASH).await;
        it.scan_label(CASH).await;
        assert_eq!(it.scan_slot(vault).await.verdict, Verdict::Accepted);
        it.printed(COAT).await;
        it.scan_label(COAT).await;
        assert_eq!(it.scan_slot(a1).await.verdict, Verdict::Accepted);

        let view = it.view().await;
        assert!(view.lines.iter().all(|line| line.state == LineState::InSlot), "{:?}", view.lines);
        assert_eq!((view.lines_owed, view.picked.is_none()), (0, true));
        assert_eq!(it.entries("receive").await, 4);
        let mut tx = it.t.app.db.read().await.unwrap();
        let entry = journal::page(&mut tx, None, Some("receive"), 4).await.unwrap().remove(2);
        drop(tx);
        let body = serde_json::to_value(&entry.draft.body).unwrap();
        let answer = &body["body"]["lines"][0]["answer"];
        assert_eq!(
            (answer["weighing"]["gross_mg"].as_i64(), answer["weighing"]["device"].as_str()),
            (Some(13_020), Some("scale"))
        );
        assert_eq!(
            (answer["label"]["code"].as_str(), answer["label"]["copy"].as_i64()),
            (Some(label(DRUG).as_str()), Some(1))
        );
        assert_eq!(entry.draft.station, Some(it.station.id));
        it.t.close().await;
    }
}

/// One key for two different requests: the second is not told that it was done.
#[tokio::test]
async fn a_receipt_under_the_key_of_another_is_refused() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let [a1, a2] = [it.t.city.slots[0], it.t.city.slots[1]];
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        let request = Some(it.t.app.ids.new_id());
        let wish = ReceiveLine { at: it.at(PHONES), slot: a1, request };
        let done = counter::receive::receive_line(&it.t.app, &it.me, &wish).await.unwrap();
        assert_eq!(counter::receive::receive_line(&it.t.app, &it.me, &wish).await.unwrap(), done);
        let elsewhere = ReceiveLine { slot: a2, ..wish };
        let another = ReceiveLine { at: it.at(COAT), ..wish };
        for other in [elsewhere, another] {
            let refused = counter::receive::receive_line(&it.t.app, &it.me, &other).await.unwrap_err();
            assert_eq!(refused.code(), "id_taken", "{other:?}");
        }
        assert_eq!(it.entries("receive").await, 1);
        it.t.close().await;
    }
}

#[tokio::test]
async fn another_lines_label_is_refused_and_an_unbound_line_goes_into_no_slot() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let slot = it.t.city.slots[0];
        assert_eq!(it.scan_label(PHONES).await, Verdict::Refused, "not printed yet");
        it.printed(PHONES).await;
        let heard = it.scan(&label(COAT)).await;
        assert_eq!(heard.verdict, Verdict::Refused);
        assert!(
            heard.sentence.contains("W26-0000004") && heard.sentence.contains("手机"),
            "{}",
            heard.sentence
        );
        assert_eq!(it.scan_slot(slot).await.verdict, Verdict::Refused, "its label was not scanned back");
        let wish = ReceiveLine { at: it.at(PHONES), slot, request: None };
        let refused = counter::receive::receive_line(&it.t.app, &it.me, &wish).await.unwrap_err();
        assert_eq!(refused.code(), "label_missing");
        assert_eq!(it.entries("receive").await, 0);

        assert_eq!(it.scan_label(PHONES).await, Verdict::Accepted);
        assert_eq!(it.scan_label(PHONES).await, Verdict::Repeated);
        for (text, what) in [
            ("6901234567892", "another maker's code"),
            ("W26-0000001-ZZ", "a misread code"),
            (
                &hufu::domain::Code::new(hufu::domain::CodeKind::Item, "26", 999_999).to_string(),
                "another centre's label",
            ),
            (
                &hufu::domain::Code::new(hufu::domain::CodeKind::Slot, "00", 999_999).to_string(),
                "another centre's slot",
            ),
            ("", "nothing"),
        ] {
            assert_eq!(it.scan(text).await.verdict, Verdict::Unknown, "{what}");
        }
        assert_eq!(it.scan_slot(slot).await.verdict, Verdict::Accepted, "nothing was lost on the way");
        assert_eq!(it.scan_slot(slot).await.verdict, Verdict::Repeated, "the scanner sent it twice");
        assert_eq!(it.scan_label(PHONES).await, Verdict::Repeated);
        assert_eq!(it.entries("receive").await, 1);
        it.t.close().await;
    }
}

#[tokio::test]
async fn the_same_event_twice_is_handled_once_and_answered_alike() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        let text = it.code_of(it.t.city.slots[0]).await;
        let event = it.event(Observation::Scan {
            device: "scanner".to_owned(),
            text,
            symbology: None,
            repeat: false,
        });
        let (app, station) = (&it.t.app, &it.station);
        let (one, two) =
            tokio::join!(custody::observe(app, station, &event), custody::observe(app, station, &event));
        let (one, two) = (one.unwrap().unwrap(), two.unwrap().unwrap());
        let again = custody::observe(app, station, &event).await.unwrap().unwrap();
        assert_eq!(
            (one.verdict, two.verdict, again.verdict),
            (Verdict::Accepted, Verdict::Accepted, Verdict::Accepted)
        );
        assert_eq!(it.entries("receive").await, 1);
        assert_eq!(it.in_hand().await, Some(DRUG));
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_scan_that_was_recorded_before_the_server_stopped_is_finished_when_it_comes_again() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        it.scan_label(PHONES).await;
        let text = it.code_of(it.t.city.slots[0]).await;
        let event = it.event(Observation::Scan {
            device: "scanner".to_owned(),
            text,
            symbology: None,
            repeat: false,
        });
        custody::observe(&it.t.app, &it.station, &event).await.unwrap();
        it.pick(DRUG).await;
        it.forget_answer(event.number).await;
        let again = custody::observe(&it.t.app, &it.station, &event).await.unwrap().unwrap();
        assert_eq!(again.verdict, Verdict::Accepted, "{}", again.sentence);
        assert!(again.sentence.contains("W26-0000001"), "{}", again.sentence);
        assert_eq!((it.entries("receive").await, it.in_hand().await), (1, Some(DRUG)));
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_weight_is_taken_only_when_it_is_steady_and_known() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.pick(DRUG).await;
        let unsteady = Reading::Weight {
            value: "13.1".into(),
            unit: "g".into(),
            milligrams: Some(13_100),
            stable: false,
            basis: None,
            tare: None,
        };
        let ounces = Reading::Weight {
            value: "0.4".into(),
            unit: "oz?".into(),
            milligrams: None,
            stable: true,
            basis: None,
            tare: None,
        };
        for reading in [unsteady, ounces, stable(0), Reading::Overload, Reading::Underload, Reading::NotReady]
        {
            let heard = it.weigh(reading.clone()).await.unwrap();
            assert_eq!(heard.verdict, Verdict::Refused, "{reading:?}");
            let draft = it.view().await.picked.unwrap().draft;
            assert!(draft.weighing.is_none() && draft.weight_refused.is_some(), "{reading:?}");
        }
        let asked_for_another = Observation::Weight {
            device: "scale".to_owned(),
            request: Some(uuid::Uuid::from_u128(77)),
            reading: stable(13_020),
            calibration_due: None,
        };
        assert_eq!(it.observe(asked_for_another).await.unwrap().verdict, Verdict::Refused);
        it.weigh(stable(13_020)).await;
        let draft = it.view().await.picked.unwrap().draft;
        assert_eq!((draft.weighing.unwrap().shown.as_str(), draft.weight_refused), ("13.02 g", None));
        // The station is not connected here, and that is said.
        let away = counter::line::weigh(&it.t.app, &it.me, it.at(DRUG), counter::line::Weighed::Thing)
            .await
            .unwrap_err();
        assert_eq!(away.code(), "station_away");
        it.t.close().await;
    }
}

#[tokio::test]
async fn an_overdue_scale_is_refused_for_drugs_and_for_nothing_else() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let today = Day::of(it.t.app.clock.now().0);
        let long_ago: Day = "2020-01-01".parse().unwrap();
        it.pick(DRUG).await;
        let heard = it.weigh_on(Some(long_ago), stable(13_020)).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Refused, "{}", heard.sentence);
        let draft = it.view().await.picked.unwrap().draft;
        assert_eq!((draft.weighing, draft.weight_refused), (None, Some(WeightRefusal::Overdue)));
        // On its last day the calibration still holds; of a scale without a date nothing is known.
        for due in [Some(today), None] {
            let heard = it.weigh_on(due, stable(13_020)).await.unwrap();
            assert_eq!(heard.verdict, Verdict::Accepted, "{}", heard.sentence);
        }
        it.pick(PHONES).await;
        let heard = it.weigh_on(Some(long_ago), stable(182_400)).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Accepted, "{}", heard.sentence);
        it.t.close().await;
    }
}

#[tokio::test]
async fn cash_lies_in_the_vault_and_nowhere_else_and_others_slots_are_not_there() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let heard = it.receive(CASH, it.t.city.slots[0]).await;
        assert_eq!(heard.verdict, Verdict::Refused);
        assert!(heard.sentence.contains("第9条"), "the article is cited: {}", heard.sentence);
        let room = custody::city::found_store(
            &it.t.app,
            hufu::domain::StoreKind::Vault,
            "城东物证室",
            it.t.city.police,
        )
        .await
        .unwrap();
        let theirs = custody::city::add_slots(&it.t.app, room, "P", ["P-01".to_owned()].into_iter(), 5)
            .await
            .unwrap()[0];
        assert_eq!(it.scan_slot(theirs).await.verdict, Verdict::Unknown);
        assert_eq!(it.entries("receive").await, 0);
        assert_eq!(it.scan_slot(it.t.city.vault_slots[0]).await.verdict, Verdict::Accepted);
        it.t.close().await;
    }
}

#[tokio::test]
async fn two_scans_move_a_thing_and_a_forgotten_scan_moves_nothing() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let (a1, a2) = (it.t.city.slots[0], it.t.city.slots[1]);
        it.receive(PHONES, a1).await;
        counter::close_case(&it.t.app, &it.me, it.station.id).await.unwrap();
        let heard = it.scan(&label(PHONES)).await;
        assert_eq!(
            (heard.verdict, heard.href),
            (Verdict::Accepted, Some(format!("/scan?code={}", label(PHONES))))
        );
        assert_eq!(it.scan_slot(a1).await.verdict, Verdict::Repeated, "it is there already");
        assert_eq!(
            it.scan_slot(it.t.city.vault_slots[0]).await.verdict,
            Verdict::Accepted,
            "the vault may hold it"
        );
        it.scan(&label(PHONES)).await;
        it.t.app.clock.advance(Span::minutes(6));
        assert_eq!(it.scan_slot(a2).await.verdict, Verdict::Accepted);
        assert_eq!(it.entries("move").await, 1, "a slot alone is only shown");
        it.scan(&label(COAT)).await;
        assert_eq!(it.scan_slot(a2).await.verdict, Verdict::Refused, "it has not come in yet");
        it.t.close().await;
    }
}

#[tokio::test]
async fn scans_of_somebody_who_has_left_are_kept_and_not_acted_on() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        let session = login::session(&it.t.app, &it.cookie).await.unwrap().unwrap();
        login::log_out(&it.t.app, session.id).await.unwrap();
        let heard = it.scan(&label(PHONES)).await;
        assert_eq!(heard.verdict, Verdict::Refused);
        assert!(heard.sentence.contains("没有人在这个窗口"), "{}", heard.sentence);
        // A colleague who is only logged in looks things up and changes nothing.
        let (lin, _) = log_in(&it.t.app, "lin", &it.station).await;
        assert_eq!(it.scan(&label(PHONES)).await.verdict, Verdict::Accepted);
        assert!(it.scan(&label(PHONES)).await.href.is_some());
        assert!(it.view().await.picked.unwrap().draft.bound.is_none());
        // Nor does it move what was looked up.
        let slot = it.t.city.slots[0];
        let heard = it.scan_slot(slot).await;
        assert_eq!(heard.verdict, Verdict::Refused);
        assert!(heard.sentence.contains("没有人在这个窗口上岗"), "{}", heard.sentence);
        counter::stand(&it.t.app, &lin, it.station.id, None).await.unwrap();
        it.me = lin;
        assert_eq!(it.scan_label(PHONES).await, Verdict::Accepted, "the open case is taken over");
        assert!(it.view().await.picked.unwrap().draft.bound.is_some());
        it.t.close().await;
    }
}

#[tokio::test]
async fn only_a_custodian_at_the_own_counter_and_what_is_not_theirs_is_not_there() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let app = &it.t.app;
        let zhang = it.t.person("zhang").await;
        let mut open =
            OpenCase { station: it.station.id, case: it.case, delivered_by: zhang.id, print_on_pick: false };
        assert_eq!(counter::open_case(app, &zhang, &open).await.unwrap_err().code(), "not_your_role");
        let lin = it.t.person("lin").await;
        for (me, delivered_by, code) in
            [(&it.me, lin.id, "no_such_deliverer"), (&it.me, it.me.id, "no_such_deliverer")]
        {
            let wrong = OpenCase { delivered_by, ..open.clone() };
            assert_eq!(counter::open_case(app, me, &wrong).await.unwrap_err().code(), code);
        }
        let theirs = OpenCase { station: it.t.city.police_station, ..open.clone() };
        assert_eq!(counter::open_case(app, &it.me, &theirs).await.unwrap_err().code(), "not_found");
        // A prosecutor's case with nothing owed, and no case at all, look alike.
        open.case = open_case(app, it.t.city.procuratorate, "临检刑诉受〔2026〕4号", 2).await;
        let hidden = counter::open_case(app, &it.me, &open).await.unwrap_err();
        open.case = hufu::id::CaseId(uuid::Uuid::from_u128(404));
        let absent = counter::open_case(app, &it.me, &open).await.unwrap_err();
        assert_eq!((hidden.code(), absent.code()), ("not_found", "not_found"));
        assert_eq!(
            hidden.sentence(hufu::language::Language::Zh),
            absent.sentence(hufu::language::Language::Zh)
        );

        it.open_case().await.unwrap();
        let other = open_case(app, it.t.city.police, "江公（刑）立字〔2026〕2号", 3).await;
        let item = seize(&it.t, it.t.city.police, other, 11).await[0];
        let at = AtCounter { station: it.station.id, item };
        assert_eq!(counter::pick(app, &it.me, at).await.unwrap_err().code(), "not_found", "of another case");
        let refused = counter::pick(app, &lin, it.at(DRUG)).await.unwrap_err();
        assert_eq!(refused.code(), "not_at_the_counter");
        let taken =
            OpenCase { station: it.station.id, case: other, delivered_by: zhang.id, print_on_pick: false };
        assert_eq!(counter::open_case(app, &lin, &taken).await.unwrap_err().code(), "counter_taken");
        it.t.close().await;
    }
}

/// How many transactions were committed to a SQLite ledger, read off its write-ahead log: the header is 32 bytes, each frame has one
/// of 24, whose second word is not zero in the last frame of a commit and whose third and fourth repeat the log's salt
/// (SQLite, "WAL-mode File Format").
fn commits(folder: &std::path::Path) -> usize {
    let log = std::fs::read(folder.join("ledger.db-wal")).unwrap();
    let word = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let (page, salt) = (word(8) as usize, log[16..24].to_vec());
    let frames = log[32..].chunks_exact(24 + page).take_while(|frame| frame[8..16] == salt);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test]
async fn a_scan_costs_at_most_two_write_transactions() {
    let mut it = Scene::open(crate::support::Engine::Sqlite).await;
    let a1 = it.t.city.slots[0];
    // A full log would be emptied in the middle.
    let hufu::store::Db::Sqlite(pool) = &it.t.app.db else { unreachable!() };
    sqlx::query("pragma wal_checkpoint(truncate)").execute(pool).await.unwrap();
    it.printed(PHONES).await;
    let cost = async |it: &mut Scene, text: &str| {
        let before = commits(it.t.folder());
        let answer = it.scan(text).await;
        assert_eq!(answer.verdict, Verdict::Accepted, "{}", answer.sentence);
        commits(it.t.folder()) - before
    };
    assert_eq!(cost(&mut it, &label(PHONES)).await, 1, "a label is bound");
    let slot = it.code_of(a1).await;
    // The entry; and all that follows, with the label of the next line ordered.
    assert_eq!(cost(&mut it, &slot).await, 2, "a line is received");
    assert_eq!(it.in_hand().await, Some(DRUG));
    assert!(it.view().await.picked.unwrap().label.is_some(), "its label is on the way");
    counter::close_case(&it.t.app, &it.me, it.station.id).await.unwrap();
    assert_eq!(cost(&mut it, &label(PHONES)).await, 1, "a thing is looked up");
    let other = it.code_of(it.t.city.slots[1]).await;
    assert_eq!(cost(&mut it, &other).await, 2, "a thing is moved");
    it.t.close().await;
}

#[tokio::test]
async fn whoever_takes_a_colleagues_place_proves_who_they_are() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        let (lin, _) = log_in(&it.t.app, "lin", &it.station).await;
        let take = async |password: Option<&str>| {
            let done = counter::stand(&it.t.app, &lin, it.station.id, password).await;
            done.map_err(|error| error.code())
        };
        assert_eq!(take(None).await, Err("proof_of_person_missing"));
        assert_eq!(take(Some("")).await, Err("proof_of_person_missing"));
        assert_eq!(take(Some("wrong")).await, Err("identity_not_proven"));
        assert!(it.view().await.open, "the colleague's intake goes on");
        // Nor is it taken by doing something there, whether the colleague is at work or waits for the next.
        counter::close_case(&it.t.app, &it.me, it.station.id).await.unwrap();
        let (_, cookie) = log_in(&it.t.app, "lin", &it.station).await;
        let session = login::session(&it.t.app, &cookie).await.unwrap().unwrap();
        let count = custody::count::start(&it.t.app, &lin, it.t.city.centre, Some("A")).await.unwrap();
        let counts_here = custody::count::count_here(&it.t.app, &session, count).await;
        assert_eq!(counts_here.unwrap_err().code(), "counter_taken");
        let delivered_by = it.t.person("zhang").await.id;
        let open = OpenCase { station: it.station.id, case: it.case, delivered_by, print_on_pick: false };
        let opened = counter::open_case(&it.t.app, &lin, &open).await;
        assert_eq!(opened.unwrap_err().code(), "counter_taken");
        counter::open_case(&it.t.app, &it.me, &open).await.unwrap();
        take(Some(PASSWORD)).await.unwrap();
        assert!(!it.view().await.open, "it is the newcomer's now");
        counter::stand(&it.t.app, &lin, it.station.id, None).await.expect("their own place");
        it.t.close().await;
    }
}

#[tokio::test]
async fn neither_a_second_case_nor_a_count_closes_the_first() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let app = it.t.app.clone();
        let other = open_case(&app, it.t.city.police, "江公（刑）立字〔2026〕2号", 2).await;
        seize(&it.t, it.t.city.police, other, 11).await;
        let delivered_by = it.t.person("zhang").await.id;
        let open = OpenCase { station: it.station.id, case: other, delivered_by, print_on_pick: true };
        counter::open_case(&app, &it.me, &open).await.unwrap();
        assert!(!it.view().await.open, "the second is in hand");
        let session = login::session(&app, &it.cookie).await.unwrap().unwrap();
        let count = custody::count::start(&app, &it.me, it.t.city.centre, Some("A")).await.unwrap();
        custody::count::count_here(&app, &session, count).await.unwrap();
        custody::count::finish(&app, &it.me, count).await.unwrap();
        let of_other = counter::view::case(&app, &it.me, it.station.id, other).await.unwrap();
        assert!(of_other.open, "after the count the second case goes on, and its custodian is on duty");
        counter::close_case(&app, &it.me, it.station.id).await.unwrap();
        assert!(it.view().await.open && it.in_hand().await == Some(PHONES), "and then the first");
        it.printed(PHONES).await;
        assert_eq!(it.scan_label(PHONES).await, Verdict::Accepted);
        counter::close_case(&app, &it.me, it.station.id).await.unwrap();
        assert!(!it.view().await.open, "nothing waits any more");
        it.t.close().await;
    }
}
