//! Units that are called otherwise, closed and opened again: what is new uses the new name, papers keep the names of their time, and
//! nothing is of a closed unit.

use crate::support::{
    ENGINES, TestApp,
    browser::{self, Browser},
};
use hufu::{
    custody::{
        self,
        ledger::{self, LedgerFilter},
        papers, places,
        places::StoreDescription,
        roster::{self, NewStanding, UnitDescription},
    },
    domain::{Agency, AgencyKind},
    id::UnitId,
    language::Language,
    ledger::{Measure, Standing},
};

fn code<T>(answer: Result<T, custody::Error>) -> String {
    answer.err().expect("it is refused").code().to_owned()
}

fn called(name: &str, agency_name: &str, reason: &str) -> UnitDescription {
    let text = str::to_owned;
    UnitDescription { name: text(name), agency_name: text(agency_name), reason: text(reason) }
}

const POLICE: &str = "临江市公安局";

#[tokio::test]
async fn a_unit_called_otherwise_is_so_from_now_on_and_papers_keep_the_names_of_their_time() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (app, police) = (&test.app, test.city.police);
        let (admin, zheng) = (test.person("admin").await, test.person("zheng").await);
        let case = test.case("A-1").await;
        test.lying(case, &[("手机", Measure::Piece, 1, test.city.slots[0])]).await;
        let receipt = test.nth(2);
        let before = format!("{:?}", papers::paper(app, &zheng, receipt).await.unwrap());
        assert!(before.contains("城东派出所") && before.contains("张伟"), "{before}");

        let describe = async |me, it| roster::describe_unit(app, me, police, &it).await;
        let other = called("城东第一派出所", "临江市公安分局", "机构改革");
        assert_eq!(code(describe(&zheng, other.clone()).await), "not_your_role");
        assert_eq!(code(describe(&admin, called("城东派出所", POLICE, "改")).await), "nothing_changes");
        assert_eq!(code(describe(&admin, called("城东", POLICE, " ")).await), "reason_missing");
        assert_eq!(code(describe(&admin, called(" ", POLICE, "改")).await), "name_missing");
        let court = test.person("zhou").await.agency_name;
        assert_eq!(code(describe(&admin, called("城东", &court, "改")).await), "agency_differs");
        let taken = test.person("zhao").await.unit_name;
        assert_eq!(code(describe(&admin, called(&taken, POLICE, "改")).await), "unit_already_registered");
        describe(&admin, other).await.unwrap();

        // The agency's new name is that of all its units.
        let (zhang, zhao) = (test.person("zhang").await, test.person("zhao").await);
        assert_eq!(zhang.office(), "临江市公安分局 城东第一派出所");
        assert_eq!(zhao.agency_name, "临江市公安分局");
        // Whoever brought it is moved and called otherwise, and the store too.
        let unit = test.city.other_police;
        let moved = NewStanding::Appointed { name: "张大伟".to_owned(), unit, roles: zhang.roles.clone() };
        roster::change_person(app, &admin, zhang.id, moved, "调岗").await.unwrap();
        let (name, reason) = ("新管理中心".to_owned(), "更名".to_owned());
        let keeper = test.person("chen").await.unit;
        let said = StoreDescription { name, unit: keeper, reason };
        places::describe_store(app, &admin, (test.city.centre, None), &said).await.unwrap();
        let after = format!("{:?}", papers::paper(app, &zheng, receipt).await.unwrap());
        assert_eq!(after, before);
        // Entries are told likewise, in the list and on their page; what was recorded after the renaming has the new name.
        let page = ledger::entries(app, &zheng, Language::Zh, &LedgerFilter::default()).await.unwrap();
        let told = |seq: u64| page.entries.iter().find(|it| it.seq == seq).unwrap();
        assert!(told(receipt - 1).unit.contains("城东派出所"), "{:?}", told(receipt - 1));
        assert_eq!(told(receipt - 1).actor, "张伟");
        assert!(page.entries[0].sentence.contains("新管理中心"), "{:?}", page.entries[0]);
        let shown = ledger::entry(app, &zheng, Language::Zh, receipt - 1).await.unwrap();
        assert_eq!(&shown.line, told(receipt - 1));
        test.close().await;
    }
}

#[tokio::test]
async fn a_unit_is_closed_when_nothing_is_of_it_and_takes_nothing_new_until_it_is_opened() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let admin = test.person("admin").await;
        let standing =
            async |unit: UnitId, it| roster::set_unit_standing(app, &admin, unit, it, "撤并").await;
        assert_eq!(code(standing(test.city.police, Standing::Closed).await), "unit_still_used");
        let (agency, agency_name) = (test.person("zhang").await.agency, POLICE.to_owned());
        let agency = Agency { id: agency, kind: AgencyKind::Police, name: agency_name };
        let (empty, _) = roster::register_unit(app, &admin, &agency, "城北派出所").await.unwrap();
        let zhao = test.person("zhao").await;
        test.becomes("zhao", NewStanding::Unit(empty)).await;
        assert_eq!(code(standing(empty, Standing::Closed).await), "unit_still_used");
        test.becomes("zhao", NewStanding::Unit(zhao.unit)).await;

        let served = browser::serve(app).await;
        let mut browser = Browser::logged_in(&served, "admin").await;
        let page = format!("/roster/units/{empty}");
        assert_eq!(browser.get(&page).await.status, 200);
        let refused = browser.post(&page, &format!("{page}/close"), &[("reason", "")]).await;
        assert!(refused.status != 303 && refused.body.contains("class=\"error\""), "{}", refused.status);
        let done = browser.post(&page, &format!("{page}/close"), &[("reason", "撤并")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let closed = browser.get(&page).await;
        assert!(closed.body.contains("重新启用部门"), "{}", closed.body);
        assert!(closed.body.contains("停用临江市公安局的部门城北派出所：撤并"), "{}", closed.body);
        assert!(!browser.get("/roster/people/new").await.body.contains("城北派出所"));

        let moves = roster::change_person(app, &admin, zhao.id, NewStanding::Unit(empty), "调岗").await;
        assert_eq!(code(moves), "unit_closed");
        assert_eq!(code(standing(empty, Standing::Closed).await), "nothing_changes");
        standing(empty, Standing::Open).await.unwrap();
        test.becomes("zhao", NewStanding::Unit(empty)).await;
        drop(served);
        test.close().await;
    }
}
