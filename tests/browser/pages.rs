//! Every page there is, as those who work with it open it, in both languages. Addresses come from the routers and from the links on
//! the pages, so that a new page is looked at by itself.

use crate::{
    addresses,
    demo::{Counter, Demo},
    person::Person,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Who opens pages: one of each role.
const LOGINS: [&str; 7] = ["zhang", "chen", "qian", "wang", "zheng", "admin", "he"];
/// How many are looked at of pages that are about one of many: they differ.
const OF_MANY: usize = 2;
/// Files, pictures and what only a script or a button asks for.
const NO_PAGES: [&str; 18] = [
    "/counter/label/{item}",
    "/frame",
    "/handovers/{id}/signed/{file}",
    "/import/template.xlsx",
    "/import/{id}/list.pdf",
    "/items.xlsx",
    "/language",
    "/ledger/export",
    "/live",
    "/papers/{seq}",
    "/photographs/{digest}",
    "/photographs/{digest}/original",
    "/photographs/{digest}/small",
    "/proof/{what}/{which}",
    "/roster/templates/{file}",
    "/slots/{id}/label.png",
    "/static/{name}",
    "/theme",
];

/// What no link leads to stands beside the desk.
const BEGIN: [&str; 6] = ["/", "/scan?code=nothing", "/check", "/check/nothing", "/login", "/password"];
/// The station's own pages; the last is the virtual counter.
const STATION: [&str; 4] = ["/", "/off-line", "/picture", "/counter"];
/// What only comes about when the network was cut.
const NOT_REACHED: &str = "/off-line/{station}/{number}";

#[tokio::test]
async fn every_page_can_be_used_by_everybody() {
    let _alone = crate::ONE_CITY.lock().await;
    let demo = Demo::with_first_day();
    let mut tour = Tour { addresses: addresses(), ..Tour::default() };
    for login in LOGINS {
        let person = Person::logged_in(&demo, login).await;
        person.takes_a_magnifier().await;
        if login == "chen" {
            keeps(&demo, &person).await;
        }
        tour.walk(&demo, &person, login).await;
        if login == "zhang" {
            hands_over(&demo, &person).await;
        }
    }
    let hands = Person::at_browser(&demo, "hands").await;
    hands.takes_a_magnifier().await;
    tour.look_at_a_station(&demo, &hands).await;
    let mut left_out = tour.addresses.clone();
    left_out
        .retain(|it| !tour.seen.contains_key(it) && !NO_PAGES.contains(&it.as_str()) && it != NOT_REACHED);
    assert!(tour.faults.is_empty(), "\n{}", tour.faults.join("\n"));
    assert!(left_out.is_empty(), "nobody came to {left_out:?}");
}

/// More to look at for those who come after: what waits at the counter, and the draft of a handover.
async fn hands_over(demo: &Demo, zhang: &Person) {
    zhang.go(&demo.page("/import")).await;
    zhang.press("aside a[href^='/import/']").await;
    zhang.press("[name^='accept-']").await;
    zhang.fill("paper_number", "临公扣〔2026〕8号").await;
    zhang.run(crate::walk::SEIZED_NOW).await;
    zhang.press("button[value=confirm]").await;
    zhang.sees("件财物应在").await;
    zhang.click("发起换押").await;
    zhang.press("input[name=to]").await;
    zhang.click("生成清单草稿").await;
    zhang.found("form[action$='/sign'], form[action$='/discard']").await;
}

/// Spare labels, and a count that finds nothing in a slot where two things should lie.
async fn keeps(demo: &Demo, chen: &Person) {
    chen.go(&demo.counter(Counter::Centre, "/counter")).await;
    let slot = chen.attribute("//button[contains(@class, 'tag')][b[contains(., ' B-01')]]", "value").await;
    chen.go(&demo.page("/counter")).await;
    chen.click("上岗").await;
    chen.sees("离岗").await;
    chen.go(&demo.page("/labels")).await;
    chen.press("form[action$='/order'] button").await;
    chen.sees("P26-0000001").await;
    chen.go(&demo.page("/counts")).await;
    chen.press("form[action='/counts']:has([name=zone][value=B]) button").await;
    chen.sees("请先扫描库位码").await;
    chen.fill_in("main", "code", &slot).await;
    chen.press("main form[action$='/scan'] button[type=submit]").await;
    chen.sees("B-01").await;
    chen.click("结束盘点").await;
    chen.sees("盘点结果").await;
    chen.go(&demo.page("/counts")).await;
    chen.press("form[action='/counts']:has([name=zone][value=A]) button").await;
    chen.sees("请先扫描库位码").await;
}

/// What the routers answer to whoever reads.
fn addresses() -> BTreeSet<String> {
    let texts = addresses::pages();
    let written = texts.iter().flat_map(|text| addresses::written(text));
    written.filter(|(_, methods)| methods.contains(&"get")).map(|(address, _)| address).collect()
}

#[derive(Default)]
struct Tour {
    addresses: BTreeSet<String>,
    /// How often each was looked at.
    seen: BTreeMap<String, usize>,
    faults: Vec<String>,
}

impl Tour {
    /// Follows links from the desk, to each page once.
    async fn walk(&mut self, demo: &Demo, person: &Person, login: &str) {
        let mut ahead = VecDeque::from(BEGIN.map(str::to_owned));
        let mut own: BTreeSet<String> = BTreeSet::new();
        while let Some(address) = ahead.pop_front() {
            let Some(page) = self.page_of(&address) else { continue };
            let opened = own.iter().filter(|it| self.page_of(it).as_ref() == Some(&page)).count();
            let enough = if page.contains('{') { OF_MANY } else { 1 };
            if opened >= enough || !own.insert(address.clone()) {
                continue;
            }
            if self.seen.get(&page).is_some_and(|times| *times >= enough && page != "/") {
                person.go(&demo.page(&address)).await;
                ahead.extend(links(person).await);
                continue;
            }
            *self.seen.entry(page).or_default() += 1;
            for language in ["en", "zh"] {
                person.go(&demo.page(&format!("/language?to={language}&back={address}"))).await;
                let faults = person.looks().await;
                self.faults.extend(
                    faults.into_iter().map(|fault| format!("{address} · {login} · {language} · {fault}")),
                );
            }
            ahead.extend(links(person).await);
        }
    }

    /// The pages that a station has of its own.
    async fn look_at_a_station(&mut self, demo: &Demo, hands: &Person) {
        for (path, language) in STATION.into_iter().flat_map(|path| [(path, "en"), (path, "zh")]) {
            hands.go(&demo.counter(Counter::Centre, &format!("{path}?lang={language}"))).await;
            let faults = hands.looks().await;
            self.faults
                .extend(faults.into_iter().map(|fault| format!("station {path} · {language} · {fault}")));
        }
    }

    /// The page that an address names; an address in full comes before one with a name in it.
    fn page_of(&self, address: &str) -> Option<String> {
        let path = address.split(['?', '#']).next()?;
        let fits = |page: &&String| {
            let (own, given): (Vec<_>, Vec<_>) = (page.split('/').collect(), path.split('/').collect());
            own.len() == given.len()
                && own.iter().zip(given).all(|(own, given)| own.starts_with('{') || *own == given)
        };
        let nearest = self.addresses.iter().filter(fits).min_by_key(|page| page.matches('{').count());
        nearest.filter(|page| !NO_PAGES.contains(&page.as_str())).cloned()
    }
}

async fn links(person: &Person) -> Vec<String> {
    let script = "return [...document.querySelectorAll('a[href]')].map(it => new URL(it.getAttribute('href'), location)) \
                  .filter(it => it.origin === location.origin).map(it => it.pathname + it.search)";
    serde_json::from_value(person.run(script).await).unwrap()
}
