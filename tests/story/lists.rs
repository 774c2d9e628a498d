//! What a list says in fields of its own stays with the thing: it is found by it, told on papers, put right by a correction, and a
//! second thing with the same identifier is noticed. A list that is recorded already is not recorded again.

use crate::{
    cases::as_it_stands,
    support::{self, ENGINES, TestApp},
};
use hufu::{
    clock::{Moment, Span},
    custody::{
        as_of, cases,
        correction::{self, CorrectionRequest, Declaration, RequestedChange, RequestedDescription, Verdict},
        items::{self, SearchHit},
        opening::NewCase,
        seize::{self, Amendment, Confirmation, ForCase, ImportView},
    },
    domain::Person,
    id::ImportId,
    ledger::Particular,
    store::{Tx, migration},
};

const LIST: &str = "序号,名称,数量,持有人,序列号,备注\n1,手机,1部,张某某,861234045678901,屏幕破裂\n2,现金,人民币100元,张某某,,\n";

async fn uploaded(test: &TestApp, me: &Person, case: &str, list: &str) -> ImportId {
    let new = NewCase { number: case.to_owned(), name: "盗窃案".to_owned(), linked_to: None };
    seize::read_list(&test.app, me, ForCase::New(new), "清单.csv", list.as_bytes().to_vec()).await.unwrap()
}

fn confirmation(paper: &str) -> Confirmation {
    Confirmation { paper_number: paper.to_owned(), seized_at: None, accept_list: true }
}

fn codes(list: &ImportView, row: usize) -> Vec<&str> {
    list.draft.rows[row].doubts.iter().map(|doubt| doubt.code.as_str()).collect()
}

async fn found(test: &TestApp, me: &Person, word: &str) -> usize {
    let filter = items::Filter { search: word.to_owned(), ..items::Filter::default() };
    items::list(&test.app, me, &filter).await.unwrap().len()
}

#[tokio::test]
async fn what_the_list_says_stays_with_the_thing() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let id = uploaded(&test, &zhang, "B1", LIST).await;
        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        assert_eq!(list.draft.rows[0].particulars.get(Particular::Holder), Some("张某某"));
        // The officer adds what the list forgot; a blank text empties a field.
        let mut added = Amendment { accept: false, ..as_it_stands(&list.draft.rows[0]) };
        added.particulars.set(Particular::Brand, "华为");
        added.particulars.set(Particular::Remark, " ");
        seize::amend(&test.app, &zhang, id, vec![added]).await.unwrap();
        seize::confirm(&test.app, &zhang, id, &confirmation("扣字1号")).await.unwrap();
        let case = cases::show(&test.app, &zhang, list.case, 0).await.unwrap();
        let phone = case.items.iter().find(|item| item.name == "手机").unwrap();
        let view = items::show(&test.app, &zhang, phone.id).await.unwrap();
        let told: Vec<_> =
            view.line.particulars.iter().map(|(field, text)| (*field, text.as_str())).collect();
        assert_eq!(
            told,
            [
                (Particular::Brand, "华为"),
                (Particular::Serial, "861234045678901"),
                (Particular::Holder, "张某某")
            ]
        );
        for (word, things) in [("861234045678901", 1), ("张某某", 2), ("华为", 1), ("屏幕破裂", 0)] {
            assert_eq!(found(&test, &zhang, word).await, things, "{word}");
        }
        test.close().await;
    }
}

#[tokio::test]
async fn the_same_identifier_twice_is_a_doubt_wherever_the_other_is() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let first = uploaded(&test, &zhang, "B1", LIST).await;
        // Read before the first is recorded: the doubt comes when it is confirmed.
        let typed = "名称,数量,序列号\n苹果手机,1部,8612 3404 5678 901\n";
        let second = uploaded(&test, &zhang, "B2", typed).await;
        let list = seize::show(&test.app, &zhang, second).await.unwrap();
        assert!(list.draft.rows[0].is_settled());
        seize::confirm(&test.app, &zhang, first, &confirmation("扣字1号")).await.unwrap();
        let refused = seize::confirm(&test.app, &zhang, second, &confirmation("扣字2号")).await.unwrap_err();
        assert_eq!(refused.code(), "doubts_open");
        let list = seize::show(&test.app, &zhang, second).await.unwrap();
        assert_eq!(codes(&list, 0), ["identifier_recorded"]);
        assert!(list.draft.rows[0].doubts[0].zh.contains("W26-"), "the own unit is told which thing it is");
        let looked_at = vec![as_it_stands(&list.draft.rows[0])];
        seize::amend(&test.app, &zhang, second, looked_at).await.unwrap();
        seize::confirm(&test.app, &zhang, second, &confirmation("扣字2号")).await.unwrap();

        // Another unit learns that there is one, and not which.
        let other = test.person("zhao").await;
        let third = uploaded(&test, &other, "B3", typed).await;
        let list = seize::show(&test.app, &other, third).await.unwrap();
        assert_eq!(codes(&list, 0), ["identifier_recorded"]);
        let doubt = &list.draft.rows[0].doubts[0];
        assert!(!doubt.zh.contains("W26-") && !doubt.en.contains("W26-"), "{}", doubt.zh);
        test.close().await;
    }
}

#[tokio::test]
async fn a_number_in_the_features_is_the_same_number_in_another_case() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let told = "名称,数量,特征\n手机,1部,黑色，IMEI：861234045678901\n轿车云A·12345,1辆,白色\n";
        let first = uploaded(&test, &zhang, "B1", told).await;
        seize::confirm(&test.app, &zhang, first, &confirmation("扣字1号")).await.unwrap();
        let again = "名称,数量,特征,序列号\n苹果手机,1部,背面有划痕 IMEI 86123404 5678901,\n平板,1台,灰色,861234045678901\n\
                     小轿车,1辆,牌照云A12345,\n耳机,1副,白色,\n";
        let all =
            [vec!["identifier_recorded"], vec!["identifier_recorded"], vec!["identifier_recorded"], vec![]];
        let told = |list: &ImportView| {
            let of = |row: usize| codes(list, row).into_iter().filter(|code| *code == "identifier_recorded");
            (0..4).map(|row| of(row).map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        let second = uploaded(&test, &zhang, "B2", again).await;
        assert_eq!(told(&seize::show(&test.app, &zhang, second).await.unwrap()), all);

        // Typed into the search, it is the thing itself, however it is written.
        for text in ["861234045678901", "8612 3404 567890 1", "云A·12345", "云a12345"] {
            let hit = items::find(&test.app, &zhang, text).await.unwrap();
            assert!(matches!(hit, SearchHit::Item { .. }), "{text}: {hit:?}");
        }
        let elsewhere = items::find(&test.app, &test.person("zhou").await, "861234045678901").await.unwrap();
        assert_eq!(elsewhere, SearchHit::Words, "who may not see it learns nothing");

        // A ledger from before numbers were read out of sentences is read once, when its tables are brought to this version.
        let mut tx = test.app.db.write().await.unwrap();
        for sql in [
            "delete from item_identifiers",
            "insert into unread_descriptions select id from items where parent is null",
        ] {
            match &mut tx {
                Tx::Sqlite(tx) => _ = sqlx::query(sql).execute(&mut **tx).await.unwrap(),
                Tx::Postgres(tx) => _ = sqlx::query(sql).execute(&mut **tx).await.unwrap(),
            }
        }
        tx.commit().await.unwrap();
        migration::migrate(&test.app.db).await.unwrap();
        let third = uploaded(&test, &zhang, "B3", again).await;
        assert_eq!(told(&seize::show(&test.app, &zhang, third).await.unwrap()), all);
        test.close().await;
    }
}

#[tokio::test]
async fn a_list_is_recorded_once() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let list = "名称,数量,特征\n手机,1部,黑色\n现金,人民币100元,\n";
        let first = uploaded(&test, &zhang, "B1", list).await;
        seize::confirm(&test.app, &zhang, first, &confirmation("扣字1号")).await.unwrap();
        let case = seize::show(&test.app, &zhang, first).await.unwrap().case;

        let other = uploaded(&test, &zhang, "B2", "名称,数量\n钥匙,1把\n").await;
        let refused = seize::confirm(&test.app, &zhang, other, &confirmation(" 扣字1号 ")).await.unwrap_err();
        assert_eq!(refused.code(), "paper_recorded_before");

        // The same lines in another order, under another number: said once, then the officer may say that it is right.
        let turned = "名称,数量,特征\n现金,人民币100元,\n手机,1部,黑色\n".as_bytes().to_vec();
        let again =
            seize::read_list(&test.app, &zhang, ForCase::Known(case), "再.csv", turned).await.unwrap();
        let refused = seize::confirm(&test.app, &zhang, again, &confirmation("扣字3号")).await.unwrap_err();
        assert_eq!(refused.code(), "list_doubts_open");
        let shown = seize::show(&test.app, &zhang, again).await.unwrap();
        assert_eq!(shown.draft.doubts.last().unwrap().code, "same_lines_recorded");
        assert_eq!(cases::show(&test.app, &zhang, case, 0).await.unwrap().line.counts.items, 2);
        seize::confirm(&test.app, &zhang, again, &confirmation("扣字3号")).await.unwrap();
        assert_eq!(cases::show(&test.app, &zhang, case, 0).await.unwrap().line.counts.items, 4);
        test.close().await;
    }
}

/// A list of another case is told where it is imported; a number and a day that are others than it says, where they are typed.
#[tokio::test]
async fn what_a_list_says_of_its_case_and_paper_is_compared() {
    const STATES: &str = "案件编号：A3301-99,,\n文号：某公（刑）扣字〔2026〕12号,,\n名称,数量,特征\n手机,1部,黑色\n,,2026年1月3日\n";
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let own = uploaded(&test, &zhang, "a3301-99", STATES).await;
        let list = seize::show(&test.app, &zhang, own).await.unwrap();
        assert!(list.draft.doubts.is_empty(), "{:?}", list.draft.doubts);
        assert_eq!(list.draft.stated_paper().unwrap(), "某公（刑）扣字〔2026〕12号");
        let now = test.app.clock.now();
        assert_eq!(list.draft.stated_day(now).unwrap().date(), "2026-01-03");

        let id = uploaded(&test, &zhang, "B7", STATES).await;
        let codes = async || {
            let list = seize::show(&test.app, &zhang, id).await.unwrap();
            list.draft.doubts.iter().map(|it| it.code.clone()).collect::<Vec<_>>()
        };
        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        assert_eq!(codes().await, ["another_case_stated"]);
        let doubt = &list.draft.doubts[0];
        for text in [&doubt.zh, &doubt.en] {
            assert!(text.contains("A3301-99") && text.contains("B7"), "{text}");
        }
        let typed = |paper: &str, at: Moment| Confirmation { seized_at: Some(at), ..confirmation(paper) };
        let late = now.plus(Span::hours(-1));
        let day = Moment::from_text("2026-01-02T22:00").unwrap();
        let refused = seize::confirm(&test.app, &zhang, id, &typed("扣字13号", late)).await.unwrap_err();
        assert_eq!(refused.code(), "list_doubts_open");
        assert_eq!(
            codes().await,
            ["another_case_stated", "another_paper_stated", "another_date_stated"],
            "kept with the list"
        );
        // The day is put right and the number is typed wrong in another way: only that is new.
        let refused = seize::confirm(&test.app, &zhang, id, &typed("扣字14号", day)).await.unwrap_err();
        assert_eq!(refused.code(), "list_doubts_open");
        assert_eq!(codes().await, ["another_case_stated", "another_paper_stated"]);
        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        assert!(list.draft.doubts[1].zh.contains("扣字14号") && list.draft.doubts[1].zh.contains("12号"));
        // Said once; what stands is the officer's word.
        seize::confirm(&test.app, &zhang, id, &typed("扣字14号", day)).await.unwrap();

        // As the list says it, in other brackets and in the night after: nothing to look at.
        let third = Confirmation { accept_list: false, ..typed("某公(刑)扣字[2026]12号", day) };
        seize::confirm(&test.app, &zhang, own, &third).await.unwrap();
        test.close().await;
    }
}

/// An IMEI was written down wrongly: after the correction the thing is found by either, and only the right one is taken.
#[tokio::test]
async fn a_field_is_put_right_and_stands_with_its_old_words() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let (zhang, li, wang) =
            (test.person("zhang").await, test.person("li").await, test.person("wang").await);
        let id = uploaded(&test, &zhang, "B1", LIST).await;
        let recorded = seize::confirm(app, &zhang, id, &confirmation("扣字1号")).await.unwrap();
        let case = seize::show(app, &zhang, id).await.unwrap().case;
        let phone = cases::show(app, &zhang, case, 0).await.unwrap().items[0].clone();
        let declaration =
            Declaration { id: app.ids.new_id(), wrong: recorded.seq, reason: "抄错".to_owned() };
        let declaration = correction::declare(app, &zhang, &declaration).await.unwrap().seq;
        let picture = correction::add_photograph(app, &li, declaration, &support::jpeg(&[3])).await.unwrap();
        let ask = async |photographs: &[String]| {
            let field = Particular::Serial;
            let change = RequestedChange::Particular { field, to: "861234045678999".to_owned() };
            let description =
                RequestedDescription { item: phone.id, change, photographs: photographs.to_vec() };
            let wish = CorrectionRequest {
                reason: "核对实物".to_owned(),
                lines: vec![],
                descriptions: vec![description],
            };
            correction::ask(app, &li, declaration, &wish).await
        };
        assert_eq!(
            ask(&[]).await.unwrap_err().code(),
            "photograph_missing",
            "the thing itself shows its number"
        );
        ask(&[picture]).await.unwrap();
        correction::answer(app, &wang, declaration, &Verdict::Approve).await.unwrap();
        let seq = correction::correct(app, &zhang, declaration).await.unwrap().seq;
        let view = items::show(app, &zhang, phone.id).await.unwrap();
        assert_eq!(view.line.particulars.get(Particular::Serial), Some("861234045678999"));
        assert_eq!(view.corrections[0].from.as_ref().unwrap().zh, "861234045678901");
        let at = as_of::resolve(app, &zhang, &format!("#{}", seq - 1)).await.unwrap();
        let then = items::show_as_of(app, &zhang, phone.id, at).await.unwrap();
        assert_eq!(then.line.particulars.get(Particular::Serial), Some("861234045678901"));
        for word in ["861234045678901", "861234045678999"] {
            assert_eq!(found(&test, &zhang, word).await, 1, "{word}");
        }
        for (serial, doubts) in
            [("861234045678901", vec![]), ("861234045678999", vec!["identifier_recorded"])]
        {
            let list = format!("名称,数量,序列号\n手机,1部,{serial}\n");
            let id = uploaded(&test, &zhang, &format!("C{serial}"), &list).await;
            assert_eq!(codes(&seize::show(app, &zhang, id).await.unwrap(), 0), doubts, "{serial}");
        }
        test.close().await;
    }
}
