//! Photographs that are kept no more, and who may have one as it was taken.

use crate::{
    handover::scene::Scene,
    support::{self, ENGINES, Engine, TestApp, browser, browser::Browser},
};
use hufu::{
    custody::{items, offer, photographs},
    ledger::{HandoverPurpose, Measure},
    store::verify,
};

/// A picture can be lost beside the ledger; the entry that names it says so, in the drill as well, and nobody is shown a broken one.
#[tokio::test]
async fn a_photograph_that_is_gone_is_named_in_the_drill_and_said_on_the_page() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("A-81").await;
        let item = test.lying(case, &[("手机", Measure::Piece, 1, test.city.slots[0])]).await.remove(0).item;
        let (zhang, received) = (test.person("zhang").await, test.nth(2));
        let view = items::show(&test.app, &zhang, item).await.unwrap();
        let [photograph] = &view.photographs[..] else { panic!("{:?}", view.photographs) };
        assert!(!photograph.gone && photograph.original);
        let digest = photograph.digest.clone();

        test.sql().run("delete from attachments where digest = $1", &[], &digest).await;
        let mut tx = test.app.db.read().await.unwrap();
        let found = verify::verify(&mut tx, test.app.settings.suite).await.unwrap().findings;
        drop(tx);
        let [one] = &found[..] else { panic!("{found:?}") };
        assert_eq!((one.invariant, one.seq), (10, Some(received)));
        assert!(one.en.contains(&digest) && one.en.contains("is gone") && one.zh.contains("已不在库中"));
        for refused in [
            photographs::shown(&test.app, &zhang, &digest).await.unwrap_err(),
            photographs::original(&test.app, &zhang, &digest).await.unwrap_err(),
        ] {
            assert_eq!(refused.code(), "photograph_gone");
        }
        let served = browser::serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let page = zhang.get(&format!("/items/{item}")).await.body;
        assert!(page.contains("的照片 1 记在账上，但已不在库中"), "{page}");
        assert!(!page.contains(&digest), "neither a broken picture nor a link to it: {page}");
        // Other pages name it by its digest, as what was signed does: a picture says so there, and a page to whoever opens it.
        let shown = format!("/photographs/{digest}");
        let (picture, opened) = (zhang.picture(&shown).await, zhang.get(&shown).await);
        assert_eq!((picture.status, opened.status), (409, 409));
        assert!(picture.body.starts_with("<svg") && picture.body.contains("不在库中"), "{}", picture.body);
        assert!(opened.body.contains("从备份恢复这张照片"), "{}", opened.body);
        drop(served);
        if engine == Engine::Sqlite {
            let copy = test.folder().join("copy.db").display().to_string();
            let made = support::hufu(&["backup", "--database", test.database(), "--out", &copy]);
            assert!(made.status.success(), "{made:?}");
            let drill = support::hufu(&["restore", "--check", &copy]);
            let said = String::from_utf8(drill.stdout).unwrap();
            assert!(!drill.status.success() && said.contains(&digest), "{said}");
        }
        test.abandon().await;
    }
}

/// Whoever has answered for a thing goes on seeing it, and not the cases of those before and after: the file as it was taken, with the
/// place where that was, is not offered to them.
#[tokio::test]
async fn the_original_is_offered_to_those_who_may_have_it() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (qian, zhou, court) = (s.qian.clone(), s.zhou.clone(), s.t.city.court);
        let first = s.offered().await;
        s.accept_all(&qian, first, "临检刑诉〔2026〕7号").await;
        let item = s.items[0];
        let case = s.responsible(item).await.case;
        let second = s.draft(&qian, case, HandoverPurpose::ToTrial, court).await;
        offer::request_offer_signature(s.app(), &qian, second, None).await.unwrap();
        s.procuratorate.answer(&s.t.app).await.unwrap();
        s.accept_all(&zhou, second, "临法刑初〔2026〕11号").await;

        let served = browser::serve(s.app()).await;
        for (login, may) in [("zhang", true), ("qian", false), ("zhou", true)] {
            let person = s.t.person(login).await;
            let photograph = items::show(s.app(), &person, item).await.unwrap().photographs.remove(0);
            assert_eq!(photograph.original, may, "{login}");
            let had = photographs::original(s.app(), &person, &photograph.digest).await;
            assert_eq!(had.is_ok(), may, "what is offered is what is given: {login}");
            let page = Browser::logged_in(&served, login).await.get(&format!("/items/{item}")).await.body;
            let [picture, original] =
                ["", "/original"].map(|end| format!("\"/photographs/{}{end}\"", photograph.digest));
            assert!(page.contains(&picture), "{login}: {page}");
            assert_eq!(page.contains(&original), may, "{login}: {page}");
        }
        drop(served);
        s.t.close().await;
    }
}
