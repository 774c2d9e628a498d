//! The pages of blank labels and of what was taken in off line, over HTTP, in both languages.

use super::{ordered, other_station, phones, yesterday};
use crate::{
    counter::{
        pages::Browser,
        scene::{PHONES, Scene},
    },
    support::{ENGINES, Engine, city::PASSWORD},
};
use hufu::{
    custody::{blank, login},
    domain::off_line::BlockPurpose,
    language::Language,
};
use hufu_wire::message::{Observation, Receipt, Sighting};
use uuid::Uuid;

#[tokio::test]
async fn labels_are_ordered_and_voided_on_their_page() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let browser = Browser::open(&it).await;
        let station = it.station.id.to_string();
        let (status, page) = browser.get("/labels").await;
        assert!(status == 200 && page.contains("还没有预印过空白标签"), "{page}");
        let request = Uuid::from_u128(0xB10C).to_string();
        let wish =
            [("request", request.as_str()), ("station", &station), ("purpose", "off_line"), ("labels", "３")];
        let (status, _, page) = browser.post("/labels/order", &wish).await;
        assert!(status == 422 && page.contains("value=\"３\""), "the form is as it was: {page}");
        let wish = [wish[0], wish[1], wish[2], ("labels", "3")];
        assert_eq!(browser.post("/labels/order", &wish).await.0, 303);
        assert_eq!(browser.post("/labels/order", &wish).await.0, 303);
        assert_eq!(blank::blocks(&it.t.app, &it.me).await.unwrap().len(), 1, "a second click orders nothing");
        let block = format!("/labels/{request}");
        let void = [("code", "P26-0000001"), ("reason", "撕破"), ("back", block.as_str())];
        assert!(browser.post("/labels/void", &void).await.1.contains(&block));
        for language in ["en", "zh"] {
            browser.get(&format!("/language?to={language}&back=/labels")).await;
            for path in ["/labels", &block, "/counter"] {
                let (status, page) = browser.get(path).await;
                assert!(status == 200 && page.len() < 60_000, "{path}: {page}");
            }
        }
        assert!(browser.get(&block).await.1.contains("撕破"));
        assert_eq!(browser.post("/labels/voiding", &[("reason", "卡纸")]).await.0, 303);
        assert!(browser.get("/labels").await.1.contains("卡纸"));
        assert_eq!(browser.post("/labels/end", &[]).await.0, 303);
        it.t.close().await;
    }
}

#[tokio::test]
async fn one_click_enters_what_was_taken_in() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let browser = Browser::open(&it).await;
        assert!(browser.get("/off-line").await.1.contains("没有等待登记的离线收件"));
        let (_, codes) = ordered(&it, BlockPurpose::OffLine, 3).await;
        let other = other_station(&it).await;
        yesterday(&it, &it.station, 1, Observation::Received(phones(&it, &codes[0]).await)).await;
        let twin = Receipt { name: "<手机>".to_owned(), ..phones(&it, &codes[1]).await };
        yesterday(&it, &other, 1, Observation::Received(twin)).await;
        let slot = it.code_of(it.t.city.slots[0]).await;
        let seen =
            Sighting { count: Uuid::from_u128(5), slot: slot.clone(), code: slot, by: "林峰".to_owned() };
        yesterday(&it, &other, 2, Observation::Counted(seen)).await;
        let (one, two) = (format!("/off-line/{}/1", it.station.id), format!("/off-line/{}/1", other.id));
        for language in ["en", "zh"] {
            browser.get(&format!("/language?to={language}&back=/off-line")).await;
            for path in ["/off-line", &one, &two, "/counter"] {
                let (status, page) = browser.get(path).await;
                assert!(status == 200 && !page.contains("<手机>") && page.len() < 60_000, "{path}: {page}");
            }
        }
        let page = browser.get(&one).await.1;
        assert!(page.contains("重复收件") || page.contains("另一处的记录"), "both stories: {page}");
        // Everything is chosen already: what the page offers is sent back as it is.
        let chosen = |name: &str| {
            let field = page.split(&format!("name=\"{name}\"")).nth(1).unwrap();
            let at = field.split(" selected").next().unwrap();
            at.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
        };
        let (item, zhang) = (it.items[PHONES].to_string(), it.t.person("zhang").await.id.to_string());
        assert!(page.contains(&format!("value=\"{item}\" required checked")), "{page}");
        assert_eq!((chosen("delivered_by"), chosen("slot")), (zhang.clone(), it.t.city.slots[0].to_string()));
        let slot = chosen("slot");
        let wish = [
            ("item", item.as_str()),
            ("delivered_by", zhang.as_str()),
            ("slot", slot.as_str()),
            ("quantity", "2"),
        ];
        let (status, head, _) = browser.post(&format!("{one}/enter"), &wish).await;
        assert!(status == 303 && head.contains("/off-line?done="), "{head}");
        assert_eq!(it.entries("receive").await, 1);
        let (status, _, page) = browser.post(&format!("{two}/set-aside"), &[("why", "")]).await;
        assert!(status == 422 && page.contains("没有写明原因"), "{page}");
        assert_eq!(browser.post(&format!("{two}/set-aside"), &[("why", "登记了两次")]).await.0, 303);
        let page = browser.get("/off-line").await.1;
        assert!(page.contains("已登记") && page.contains("已转差异"), "{page}");
        let (status, head, _) = browser.post(&format!("/off-line/counts/{}", Uuid::from_u128(5)), &[]).await;
        assert!(status == 303 && head.contains("/counts/"), "{head}");
        it.t.close().await;
    }
}

#[tokio::test]
async fn an_officer_finds_neither() {
    let mut it = Scene::new(Engine::Sqlite).await;
    it.cookie = login::log_in(&it.t.app, "zhang", PASSWORD, Language::Zh).await.unwrap();
    let browser = Browser::open(&it).await;
    for path in ["/labels", "/off-line", &format!("/off-line/{}/1", it.station.id)] {
        assert_eq!(browser.get(path).await.0, 403, "{path}");
    }
    it.t.close().await;
}
