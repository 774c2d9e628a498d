//! What a signature must be before it counts, and that anybody can check it afterwards.

use super::scene::{Desk, Scene, code};
use crate::support::ENGINES;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    clock::Span,
    custody::{
        conclude, inspect, keys, offer, roster::NewStanding, signed, signing, statement, statement::Side,
    },
    domain::HandoverState,
    id::{HandoverId, SigningId},
    ledger::HandoverPurpose,
    store::signings::SigningState,
};
use hufu_wire::{proof::declining, signature::SecretKey};
use std::{fs, process::Command};

async fn asked(s: &mut Scene) -> (HandoverId, hufu_wire::message::SignRequest) {
    let (zhang, to) = (s.zhang.clone(), s.t.city.procuratorate);
    let id = s.draft(&zhang, s.case, HandoverPurpose::ToProsecution, to).await;
    offer::request_offer_signature(s.app(), &zhang, id, None).await.unwrap();
    (id, s.police.shown())
}

async fn send(
    s: &Scene,
    desk: &Desk,
    request: uuid::Uuid,
    key: &str,
    signature: &str,
) -> Result<(), hufu::custody::Error> {
    signed::signed(s.app(), &desk.station, SigningId(request), key, signature).await
}

#[tokio::test]
async fn a_wrong_key_or_signature_records_nothing_and_ends_the_request() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let stranger = SecretKey::generate(&mut SysRng).unwrap();
        for (n, why) in [
            "signature_wrong",       // by another key, under the right name
            "key_unknown",           // a key nobody registered
            "key_of_another_person", // the procuratorate's key for the police
            "signature_wrong",       // over other bytes
            "signature_wrong",       // a bit flipped
            "signature_wrong",       // not base64
        ]
        .into_iter()
        .enumerate()
        {
            let (id, request) = asked(&mut s).await;
            let bytes = BASE64_STANDARD.decode(&request.statement).unwrap();
            let by = |secret: &SecretKey, bytes: &[u8]| {
                BASE64_STANDARD.encode(secret.sign(&mut SysRng, bytes).unwrap())
            };
            let right = by(&s.police.secret, &bytes);
            let mut flipped = BASE64_STANDARD.decode(&right).unwrap();
            let last = flipped.len() - 1;
            flipped[last] ^= 1;
            let mut longer = bytes.clone();
            longer.push(b' ');
            let (key, signature) = match n {
                0 => (s.police.key.clone(), by(&stranger, &bytes)),
                1 => (hufu_wire::signature::key_id(stranger.public_key()), by(&stranger, &bytes)),
                2 => (s.procuratorate.key.clone(), by(&s.procuratorate.secret, &bytes)),
                3 => (s.police.key.clone(), by(&s.police.secret, &longer)),
                4 => (s.police.key.clone(), BASE64_STANDARD.encode(flipped)),
                _ => (s.police.key.clone(), "not base64 ☹".to_owned()),
            };
            assert_eq!(code(send(&s, &s.police, request.request, &key, &signature).await), why, "{n}");
            assert_eq!(s.state(id).await, HandoverState::Draft);
            let signing = s.view(&s.zhang, id).await.signing.unwrap();
            assert_eq!((signing.state, signing.open), (SigningState::Refused, false));
            // The request is over, also for the right signature.
            let late = send(&s, &s.police, request.request, &s.police.key, &right).await;
            assert_eq!(code(late), "signing_answered");
            s.app().clock.advance(Span::minutes(1));
        }
        assert_eq!(s.entries_of("offer").await, 0);
        s.t.close().await;
    }
}

#[tokio::test]
async fn a_revoked_key_signs_nothing_more() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (_, request) = asked(&mut s).await;
        let signature = s.police.sign(&request);
        let wang = s.t.person("wang").await;
        keys::revoke(s.app(), &wang, &s.police.key, "U 盾遗失").await.unwrap();
        assert_eq!(
            code(send(&s, &s.police, request.request, &s.police.key, &signature).await),
            "key_revoked"
        );
        assert_eq!(s.entries_of("offer").await, 0);
        s.t.close().await;
    }
}

#[tokio::test]
async fn a_request_is_answered_once_in_time_and_where_it_was_put() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (id, request) = asked(&mut s).await;
        let signature = s.police.sign(&request);
        let elsewhere = send(&s, &s.procuratorate, request.request, &s.police.key, &signature).await;
        assert_eq!(code(elsewhere), "not_found");
        let unknown = uuid::Uuid::from_u128(9_999);
        assert_eq!(code(send(&s, &s.police, unknown, &s.police.key, &signature).await), "not_found");
        // One request at a time; meanwhile the list stands still.
        let again = offer::request_offer_signature(s.app(), &s.zhang, id, None).await;
        assert_eq!(code(again), "signature_awaited");
        assert_eq!(code(offer::leave_out(s.app(), &s.zhang, id, 1).await), "signature_awaited");
        send(&s, &s.police, request.request, &s.police.key, &signature).await.unwrap();
        let replayed = send(&s, &s.police, request.request, &s.police.key, &signature).await;
        assert_eq!(code(replayed), "signing_answered");
        assert_eq!(s.entries_of("offer").await, 1);

        inspect::accept_rest(s.app(), &s.qian, id).await.unwrap();
        conclude::request_conclusion_signature(s.app(), &s.qian, id, "检〔2026〕1号", None).await.unwrap();
        let request = s.procuratorate.shown();
        // The giver's signature is over other bytes: it cannot be used for the conclusion.
        let reused = send(&s, &s.procuratorate, request.request, &s.procuratorate.key, &signature).await;
        assert_eq!(code(reused), "signature_wrong");
        s.app().clock.advance(Span::minutes(1));
        conclude::request_conclusion_signature(s.app(), &s.qian, id, "检〔2026〕1号", None).await.unwrap();
        let request = s.procuratorate.shown();
        s.app().clock.advance(Span::minutes(31));
        let late = s.procuratorate.sign(&request);
        let late = send(&s, &s.procuratorate, request.request, &s.procuratorate.key, &late).await;
        assert_eq!(code(late), "signing_expired");
        assert_eq!(s.state(id).await, HandoverState::Offered);
        s.t.close().await;
    }
}

#[tokio::test]
async fn two_conclusions_at_once_make_one_entry() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let id = s.offered().await;
        inspect::accept_rest(s.app(), &s.qian, id).await.unwrap();
        let sun = s.t.person("sun").await;
        let (one, other) = tokio::join!(
            conclude::request_conclusion_signature(s.app(), &s.qian, id, "检〔2026〕1号", None),
            conclude::request_conclusion_signature(s.app(), &sun, id, "检〔2026〕1号", None)
        );
        assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1, "one is asked, the other is told so");
        let request = s.procuratorate.shown();
        let (key, signature) = s.procuratorate.of_asked(s.app(), &request).await;
        // The station sends its answer twice at once, as after a broken line.
        let (first, second) = tokio::join!(
            send(&s, &s.procuratorate, request.request, &key, &signature),
            send(&s, &s.procuratorate, request.request, &key, &signature)
        );
        assert!(first.is_ok() || second.is_ok());
        assert_eq!(s.entries_of("exchange").await, 1);
        assert_eq!(s.state(id).await, HandoverState::Concluded);
        s.t.close().await;
    }
}

#[tokio::test]
async fn who_asked_must_still_be_there_and_a_person_may_decline() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (id, request) = asked(&mut s).await;
        // Neither whoever stands at the PC nor a colleague with a key of their own says no for him; the request waits on. (Attack E4.)
        let reason = "第三行封签号不符";
        let (station, signing) = (s.police.station.clone(), SigningId(request.request));
        let no = signed::declined(s.app(), &station, signing, reason, None).await;
        assert_eq!(code(no), "declined_without_key");
        let (own, (li, of_li)) = (s.police.key.clone(), s.key_of("li").await);
        let said = declining(request.request, reason);
        let by = |secret: &SecretKey, bytes: &[u8]| {
            BASE64_STANDARD.encode(secret.sign(&mut SysRng, bytes).unwrap())
        };
        let another = declining(request.request, "没有理由");
        for (key, signature, answer) in [
            (&of_li, by(&li, &said), "key_of_another_person"),
            (&own, by(&li, &said), "signature_wrong"),
            (&own, by(&s.police.secret, &another), "signature_wrong"),
            (&own, s.police.sign(&request), "signature_wrong"),
        ] {
            let no = signed::declined(s.app(), &station, signing, reason, Some((key, &signature))).await;
            assert_eq!(code(no), answer);
        }
        assert_eq!(s.view(&s.zhang, id).await.signing.unwrap().state, SigningState::Asked);
        let signature = by(&s.police.secret, &said);
        signed::declined(s.app(), &station, signing, reason, Some((&own, &signature))).await.unwrap();
        let signing = s.view(&s.zhang, id).await.signing.unwrap();
        assert_eq!((signing.state, signing.answer_zh.as_str()), (SigningState::Declined, "第三行封签号不符"));
        s.app().clock.advance(Span::minutes(1));

        let (_, request) = asked(&mut s).await;
        statement::take_back(s.app(), &s.zhang, id).await.unwrap();
        assert!(s.police.forgotten(&request));
        offer::leave_out(s.app(), &s.zhang, id, 3).await.unwrap();
        s.app().clock.advance(Span::minutes(1));

        let (_, request) = asked(&mut s).await;
        let open = signing::open_requests(s.app(), &s.police.station).await.unwrap();
        assert_eq!(open, [request.clone()], "a station that dials in again is shown it again");
        s.t.becomes("zhang", NewStanding::Closed).await;
        let signature = s.police.sign(&request);
        let refused = send(&s, &s.police, request.request, &s.police.key, &signature).await;
        assert_eq!(code(refused), "signer_not_allowed");
        assert_eq!(s.entries_of("offer").await, 0);
        s.t.close().await;
    }
}

#[tokio::test]
async fn a_station_that_is_away_or_anothers_cannot_be_asked() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let (zhang, city) = (s.zhang.clone(), &s.t.city);
        let id = s.draft(&zhang, s.case, HandoverPurpose::ToProsecution, city.procuratorate).await;
        let at = |station| offer::request_offer_signature(s.app(), &zhang, id, Some(station));
        assert_eq!(code(at(city.procuratorate_station).await), "not_found");
        s.app().live.disconnect(city.police_station, 1);
        assert_eq!(code(at(city.police_station).await), "station_not_connected");
        assert!(s.view(&zhang, id).await.signing.is_none(), "nothing was asked");
        s.t.close().await;
    }
}

#[tokio::test]
async fn anybody_can_check_what_was_signed_with_openssl() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, qian) = (s.zhang.clone(), s.qian.clone());
        let id = s.offered().await;
        assert_eq!(code(statement::statement_bytes(s.app(), &zhang, id, Side::Receiver).await), "not_found");
        s.mixed_answers(&qian, id).await;
        conclude::request_conclusion_signature(s.app(), &qian, id, "检〔2026〕1号", None).await.unwrap();
        s.procuratorate.answer(&s.t.app).await.unwrap();
        let folder = std::env::temp_dir().join(format!("hufu-openssl-{}-{engine:?}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (side, name) in [(Side::Giver, "giver"), (Side::Receiver, "receiver")] {
            let signed = statement::statement_bytes(s.app(), &zhang, id, side).await.unwrap();
            fs::write(folder.join(format!("{name}.json")), &signed.bytes).unwrap();
            fs::write(folder.join(format!("{name}.sig")), &signed.signature).unwrap();
            fs::write(folder.join(format!("{name}.pem")), &signed.public_pem).unwrap();
            assert!(verified(&folder, name), "openssl does not accept the {name}'s signature");
            let mut other = signed.bytes;
            other[20] ^= 1;
            fs::write(folder.join(format!("{name}.json")), &other).unwrap();
            assert!(!verified(&folder, name), "openssl accepts other bytes");
        }
        fs::remove_dir_all(&folder).unwrap();
        s.t.close().await;
    }
}

fn verified(folder: &std::path::Path, name: &str) -> bool {
    let command = format!(
        "pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 -pubin -inkey {name}.pem \
         -in {name}.json -sigfile {name}.sig"
    );
    let run = Command::new("openssl").args(command.split_whitespace()).current_dir(folder).output();
    run.expect("openssl is installed").status.success()
}
