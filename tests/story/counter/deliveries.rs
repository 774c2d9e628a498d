//! What an officer brought in one go stands on one 入库单, with what is missing; and nothing stands on two.

use super::{
    pages::Browser,
    scene::{CASH, COAT, DRUG, PHONES, Scene},
};
use crate::support::{self, ENGINES};
use hufu::{
    custody::{
        cases,
        counter::{
            self, OpenCase,
            receive::{self, RefuseLine, ReportExtra},
        },
        delivery::{self, ConcludeDelivery},
        papers, photographs,
    },
    id::EntryId,
    language::Language,
};
use uuid::Uuid;

#[tokio::test]
async fn a_delivery_is_one_paper_with_what_came_and_what_is_missing() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let app = it.t.app.clone();
        it.receive(PHONES, it.t.city.slots[0]).await;
        let refused =
            RefuseLine { at: it.at(DRUG), reason: "没有扣押决定书".to_owned(), request: None };
        receive::refuse_line(&app, &it.me, &refused).await.unwrap();
        it.receive(COAT, it.t.city.slots[1]).await;
        let overview = counter::view::overview(&app, &it.me, it.station.id, "").await.unwrap();
        assert!(overview.to_conclude.is_empty(), "the case in hand is concluded by closing it");
        let closed = counter::close_case(&app, &it.me, it.station.id).await.unwrap().unwrap();

        let shown = delivery::delivery(&app, &it.me, closed.seq).await.unwrap();
        let lines: Vec<_> =
            shown.lines.iter().map(|line| (line.slot.as_str(), line.remark.as_str())).collect();
        assert_eq!(lines, [("A-01", ""), ("", "拒收：没有扣押决定书"), ("A-02", "")]);
        let missing: Vec<_> = shown.missing.iter().map(|line| line.quantity.as_str()).collect();
        assert_eq!(missing, ["12.35 克", "12,000.00 元"], "what was refused is still owed");
        let sums: Vec<_> = shown.sums.iter().map(|sum| sum.told(Language::Zh)).collect();
        assert_eq!(sums, ["一般物品 1 件", "电子设备 2 部"]);
        let zhang = it.t.person("zhang").await;
        let theirs = delivery::delivery(&app, &zhang, closed.seq).await.unwrap();
        assert_eq!(theirs, shown, "the officer has the same paper");
        let stranger = it.t.person("zhou").await;
        assert_eq!(delivery::delivery(&app, &stranger, closed.seq).await.unwrap_err().code(), "not_found");

        assert!(papers::pdf(&app, &zhang, closed.seq).await.unwrap().starts_with(b"%PDF-"));
        // What comes later is another delivery; nothing stands on two.
        it.open_case().await.unwrap();
        assert_eq!(counter::close_case(&app, &it.me, it.station.id).await.unwrap(), None, "nothing came");
        it.open_case().await.unwrap();
        it.receive(CASH, it.t.city.vault_slots[0]).await;
        let later = counter::close_case(&app, &it.me, it.station.id).await.unwrap().unwrap();
        let later = delivery::delivery(&app, &it.me, later.seq).await.unwrap();
        assert_eq!((later.lines.len(), later.missing.len()), (1, 1));
        assert_eq!(it.view().await.deliveries.len(), 2);
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_came_and_stands_on_no_list_is_told_on_its_own_delivery_alone() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let app = it.t.app.clone();
        it.receive(PHONES, it.t.city.slots[0]).await;
        let extra = ReportExtra {
            station: it.station.id,
            description: "银色手表一块".to_owned(),
            photograph: Some(support::jpeg(&[1])),
            request: None,
        };
        receive::report_extra(&app, &it.me, &extra).await.unwrap();
        let closed = counter::close_case(&app, &it.me, it.station.id).await.unwrap().unwrap();
        let shown = delivery::delivery(&app, &it.me, closed.seq).await.unwrap();
        let [told] = shown.extras.as_slice() else { panic!("{:?}", shown.extras) };
        assert!(told.finding.ends_with("银色手表一块（附照片 1 张）"), "{}", told.finding);
        assert!(!shown.remark.contains("银色手表"), "and not once more in the remark: {}", shown.remark);
        let digest = told.photograph.clone().unwrap();
        let zhang = it.t.person("zhang").await;
        assert!(photographs::shown(&app, &zhang, &digest).await.is_ok(), "whoever must explain it sees it");
        let stranger = it.t.person("zhou").await;
        assert_eq!(photographs::shown(&app, &stranger, &digest).await.unwrap_err().code(), "not_found");
        let case = cases::show(&app, &zhang, it.case, 0).await.unwrap();
        assert_eq!(case.line.counts.differences, 1, "the case counts it");

        let browser = Browser::open(&it).await;
        let page = browser.get(&format!("/deliveries/{}", closed.seq)).await.1;
        assert!(page.contains("清单以外 1 件") && page.contains("银色手表一块"), "{page}");
        it.open_case().await.unwrap();
        it.receive(COAT, it.t.city.slots[1]).await;
        let later = counter::close_case(&app, &it.me, it.station.id).await.unwrap().unwrap();
        let later = delivery::delivery(&app, &it.me, later.seq).await.unwrap();
        assert_eq!(later.extras, []);
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_was_left_half_way_waits_for_its_paper_and_is_concluded_once() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let app = it.t.app.clone();
        it.receive(PHONES, it.t.city.slots[0]).await;
        // A colleague of the officer brings the rest of the same case.
        let colleague = it.t.person("li").await;
        let station = it.station.id;
        let open = OpenCase { station, case: it.case, delivered_by: colleague.id, print_on_pick: true };
        counter::open_case(&app, &it.me, &open).await.unwrap();
        let overview = counter::view::overview(&app, &it.me, station, "").await.unwrap();
        let [waiting] = overview.to_conclude.as_slice() else { panic!("{:?}", overview.to_conclude) };
        assert_eq!((waiting.lines, waiting.delivered_by_name.as_str()), (1, "张伟"));

        let request = Some(EntryId(Uuid::from_u128(7)));
        let delivered_by = waiting.delivered_by;
        let wish = ConcludeDelivery { case: it.case, delivered_by, station, request };
        let zhang = it.t.person("zhang").await;
        assert_eq!(delivery::conclude(&app, &zhang, wish).await.unwrap_err().code(), "not_your_role");
        let browser = Browser::open(&it).await;
        let page = browser.get("/counter").await.1;
        assert!(page.contains("尚未出入库单的收件"), "{page}");
        let done = delivery::conclude(&app, &it.me, wish).await.unwrap();
        let again = delivery::conclude(&app, &it.me, wish).await.unwrap();
        assert_eq!((again.seq, again.repeat), (done.seq, true), "the same request is the same delivery");
        let other = ConcludeDelivery { delivered_by: colleague.id, ..wish };
        assert_eq!(delivery::conclude(&app, &it.me, other).await.unwrap_err().code(), "id_taken");
        let anew = ConcludeDelivery { request: None, ..wish };
        assert_eq!(delivery::conclude(&app, &it.me, anew).await.unwrap_err().code(), "nothing_delivered");

        let (status, page) = browser.get(&format!("/deliveries/{}", done.seq)).await;
        assert!(status == 200 && page.contains("打印入库单") && page.contains("尚有 3 项未送到"), "{page}");
        let (status, head, _) = browser.post(&format!("/counter/{}/close", it.case), &[]).await;
        assert!(status == 303 && head.contains("/counter"), "the colleague brought nothing: {head}");
        it.t.close().await;
    }
}
