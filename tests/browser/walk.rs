//! From a seizure list to the courtroom, as the README walks it.

use crate::{
    demo::{Counter, Demo},
    person::{PASSWORD, Person},
};

/// The smallest picture there is: one grey dot.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82";
const CASE: &str = "A3301060000002026010012";
const PIN: &str = "246810";

#[tokio::test]
async fn a_case_goes_from_the_seizure_list_to_the_courtroom() {
    let _alone = crate::ONE_CITY.lock().await;
    a_new_demo_has_had_its_first_day();
    let demo = Demo::start();
    std::fs::write(demo.path("photo.png"), PNG).unwrap();

    let mut zhang = Person::logged_in(&demo, "zhang").await;
    list_is_imported(&demo, &mut zhang).await;
    let mut chen = Person::logged_in(&demo, "chen").await;
    let mut hands = Person::at_browser(&demo, "hands").await;
    things_are_received(&demo, &mut chen, &mut hands).await;
    let mut lin = Person::logged_in(&demo, "lin").await;
    a_thing_is_lent_and_comes_back(&demo, &mut zhang, &mut lin).await;
    let mut qian = Person::logged_in(&demo, "qian").await;
    let mut zhou = Person::logged_in(&demo, "zhou").await;
    duty_goes_to_the_court_and_back(&demo, &mut zhang, &mut qian, &mut zhou).await;
    a_zone_is_counted(&demo, &mut lin, &mut chen, &mut hands).await;
    let mut zheng = Person::logged_in(&demo, "zheng").await;
    the_auditor_proves_it(&demo, &mut zheng).await;
    for (person, page, words) in [
        (&mut chen, demo.page("/counter"), "You are on duty"),
        (&mut qian, demo.page("/handovers"), "Handovers"),
        (&mut lin, demo.page("/counts"), "Counts"),
        (&mut zheng, demo.page("/"), "Ledger"),
        (&mut zhou, demo.page("/keys"), "Fingerprint"),
    ] {
        the_same_in_english(person, &page, words).await;
    }
}

/// Six things, two of them lent, a line of three that became single things, of which one went back to its owner, three that were handed
/// over, and everything in order: nobody opens an empty desk.
fn a_new_demo_has_had_its_first_day() {
    let demo = Demo::with_first_day();
    let proven = demo.verify();
    assert!(proven.contains("Everything is in order") && proven.contains(" 13 items"), "{proven}");
}

/// The time of the seizure begins empty: this minute, in China.
pub(crate) const SEIZED_NOW: &str = "document.querySelector('[name=seized_at]').value = new Date(Date.now() + 288e5).toISOString().slice(0, 16)";

/// Steps 1 and 2: the list is looked at, its doubts are settled, and only then something is recorded.
async fn list_is_imported(demo: &Demo, zhang: &mut Person) {
    zhang.go(&demo.page("/import")).await;
    zhang.give_file("file", &demo.path("demo/seizure-list.csv")).await;
    zhang.fill("number", CASE).await;
    zhang.fill("name", "张某某贩卖毒品案").await;
    zhang.press("main button.primary").await;
    zhang.sees("还有 3 行需要核对").await;
    zhang.sees("数量是约数").await;
    zhang.picture("import").await;

    // Confirming with open doubts records nothing and keeps the page as it was.
    zhang.fill("paper_number", "临公扣〔2026〕12号").await;
    zhang.run(SEIZED_NOW).await;
    zhang.press("button[value=confirm]").await;
    zhang.sees("还有 3 行需要核对").await;

    for row in [7, 9, 15] {
        zhang.press(&format!("[name=accept-{row}]")).await;
    }
    zhang.press("[name=in_place-14]").await;
    zhang.fill("paper_number", "临公扣〔2026〕12号").await;
    zhang.run(SEIZED_NOW).await;
    zhang.press("button[value=confirm]").await;
    zhang.sees("11 件财物应在").await;
    zhang.sees("剩 23 小时").await;
    zhang.picture("case").await;
}

/// Step 3: scanner, printer and scale; the page follows by itself.
async fn things_are_received(demo: &Demo, chen: &mut Person, hands: &mut Person) {
    chen.go(&demo.page("/counter")).await;
    chen.click("上岗").await;
    chen.click(CASE).await;
    chen.click("打开案件").await;
    chen.sees("W26-0000001").await;
    hands.go(&demo.counter(Counter::Centre, "/counter")).await;

    for (number, place) in [(1, "A-01"), (2, "A-01"), (3, "V-01"), (4, "V-01"), (5, "A-02"), (6, "A-02")] {
        // Two drugs; the list says how much they weigh.
        let weight = [(3, "12.35"), (4, "5.20")].into_iter().find(|(drug, _)| *drug == number);
        receive(demo, chen, hands, number, weight.map(|(_, grams)| grams), place).await;
    }

    // The seventh is short, the eighth is refused: both stay with the station, each with a difference.
    // The page of the sixth thing has these buttons too, and takes them away with it.
    chen.found_in_hand("W26-0000007").await;
    chen.picture("counter").await;
    chen.click("拒收").await;
    chen.fill_in("form[action$='/refuse']", "reason", "文书金额与实物不符").await;
    chen.press("form[action$='/refuse'] button[type=submit]").await;
    chen.sees("已拒收").await;
    let paper = chen.fetch(&chen.attribute("#lines a[href^='/papers/']", "href").await).await;
    assert!(paper.starts_with(b"%PDF-"), "the receipt");
    chen.picture("counter-after").await;
}

/// One thing: weigh it, photograph it, print, scan the label back, scan the slot.
async fn receive(
    demo: &Demo,
    chen: &mut Person,
    hands: &mut Person,
    number: u32,
    weight: Option<&str>,
    place: &str,
) {
    let code = format!("W26-{number:07}");
    chen.found_in_hand(&code).await;
    if let Some(grams) = weight {
        hands.fill("value", grams).await;
        hands.press("form.line[action='/counter/weight'] button.primary").await;
        hands.sees(&format!("{grams} g")).await;
        chen.press("form[action$='/weigh'] button").await;
        chen.sees(&format!("{} 克", grams.trim_end_matches('0'))).await;
    }
    if number == 1 {
        chen.picture("counter-in-hand").await;
    }
    chen.add_photograph(&demo.path("photo.png")).await;
    if weight.is_some() {
        chen.fill_in("form.ask[action$='/seal']", "seal", &format!("F-{number}")).await;
        chen.press("form.ask[action$='/seal'] button").await;
        chen.sees("第二人用户名").await;
        chen.fill_in("form.ask[action$='/second']", "login", "lin").await;
        chen.fill_in("form.ask[action$='/second']", "password", PASSWORD).await;
        if number == 3 {
            chen.picture("counter-second-person").await;
        }
        chen.press("form.ask[action$='/second'] button").await;
        chen.sees("在场第二人").await;
    }
    // The label comes out by itself when the line is taken in hand; the hands pass it before the scanner.
    hands.scan_label(&code).await;
    chen.sees("放到库位，扫库位码").await;
    hands.scan_tag(place).await;
}

/// Asked for on the item's page, approved, handed over and taken back; then it lies where it lay.
async fn a_thing_is_lent_and_comes_back(demo: &Demo, zhang: &mut Person, lin: &mut Person) {
    zhang.go(&demo.page("/scan?code=W26-0000001")).await;
    zhang.click("申请借出").await;
    zhang.fill("purpose", "指纹鉴定").await;
    zhang.picture("loan-new").await;
    zhang.press("form.narrow button[type=submit]").await;
    zhang.sees("待审批").await;
    let mut wang = Person::logged_in(demo, "wang").await;
    for (person, shows) in [(&mut wang, "已批准"), (&mut *lin, "已借出")] {
        person.go(&demo.page("/loans")).await;
        person.picture("loans").await;
        person.press("main tbody th a").await;
        person.press("main form button.primary").await;
        person.sees(shows).await;
        person.picture("loan").await;
    }
    let paper = lin.fetch(&lin.attribute("a.primary[href^='/papers/']", "href").await).await;
    assert!(paper.starts_with(b"%PDF-"), "the loan slip");
    zhang.go(&demo.page("/scan?code=W26-0000001")).await;
    zhang.sees("借给 张伟").await;
    lin.go(&demo.page("/loans")).await;
    lin.click("登记归还").await;
    lin.press("//form[@action='/loans/return']//option[contains(., 'A-01')]").await;
    lin.fill("condition", "完好，封签未动").await;
    lin.picture("return").await;
    lin.press("form[action='/loans/return'] button[type=submit]").await;
    lin.sees("没有借出在外的财物").await;
}

/// Steps 5 to 7: police → procuratorate → court → back → court; nothing moves.
async fn duty_goes_to_the_court_and_back(
    demo: &Demo,
    zhang: &mut Person,
    qian: &mut Person,
    zhou: &mut Person,
) {
    zhang.go(&demo.page("/cases")).await;
    zhang.click("张某某贩卖毒品案").await;
    zhang.click("发起换押").await;
    zhang.offer(demo, None, Counter::Police).await;
    zhang.picture("offered").await;

    qian.go(&demo.page("/handovers")).await;
    qian.press("main tbody th a").await;
    // What no store has received is not offered.
    qian.sees("已答复 0 / 7").await;
    qian.picture("inspect").await;
    qian.answer("accepted", "封签完好", "1 / 7").await;
    qian.answer("refused", "照片看不清 IMEI", "2 / 7").await;
    qian.click("其余").await;
    qian.conclude(demo, "检2026-88", Counter::Procuratorate).await;
    qian.sees("财物没有移动").await;
    qian.picture("concluded").await;
    let paper = qian.fetch(&qian.attribute("a[href^='/papers/']", "href").await).await;
    assert!(paper.starts_with(b"%PDF-"), "the voucher of the exchange");

    for purpose in ["提起公诉", "退回人民检察院", "提起公诉"] {
        let procuratorate = (&*qian, "检2026-88", Counter::Procuratorate);
        let court = (&*zhou, "法2026-31", Counter::Court);
        let (giver, receiver) =
            if purpose == "提起公诉" { (procuratorate, court) } else { (court, procuratorate) };
        giver.0.go(&demo.page("/handovers/new")).await;
        giver.0.offer(demo, Some(purpose), giver.2).await;
        receiver.0.accept_everything(demo, receiver.1, receiver.2).await;
    }
    zhou.go(&demo.page("/items")).await;
    zhou.sees("A-01").await;
    zhou.picture("items").await;
}

/// Step 8: blind, by scanning, while a thing is moved away.
async fn a_zone_is_counted(demo: &Demo, lin: &mut Person, chen: &mut Person, hands: &mut Person) {
    chen.go(&demo.page("/counter")).await;
    lin.go(&demo.page("/counts")).await;
    lin.press("main dd form button").await;
    lin.sees("请先扫描库位码").await;
    lin.picture("count").await;
    for code in [demo_slot(hands, "A-01").await, label(1), label(3), "6901234567892".to_owned()] {
        lin.fill_in("main", "code", &code).await;
        lin.press("main form[action$='/scan'] button[type=submit]").await;
        lin.sees(&code).await;
    }
    lin.click("结束盘点").await;
    lin.sees("未找到").await;
    lin.picture("count-result").await;
    let paper = lin.fetch(&lin.attribute("a.primary", "href").await).await;
    assert!(paper.starts_with(b"%PDF-"), "the count sheet");
    lin.go(&demo.page("/reconciliation")).await;
    lin.sees("未找到").await;
    lin.picture("reconciliation").await;
}

/// Step 9 and 10: entries as sentences, balances, a life, and every invariant.
async fn the_auditor_proves_it(demo: &Demo, zheng: &mut Person) {
    zheng.go(&demo.page("/ledger")).await;
    zheng.sees("从此由").await;
    zheng.picture("ledger").await;
    zheng.go(&demo.page("/ledger/balances")).await;
    zheng.sees("责任账").await;
    zheng.picture("balances").await;
    zheng.go(&demo.page("/scan?code=W26-0000001")).await;
    zheng.sees("华为手机").await;
    zheng.picture("item").await;
    zheng.go(&demo.page("/keys")).await;
    zheng.sees("核对码").await;
    zheng.picture("keys").await;
    zheng.go(&demo.page("/ledger/check")).await;
    zheng.click("现在核对").await;
    zheng.sees("一切相符").await;
    zheng.picture("check").await;
    assert!(demo.verify().contains("Everything is in order"));
}

/// The page in English, and what its first link in the matter leads to.
async fn the_same_in_english(person: &mut Person, page: &str, words: &str) {
    person.go(page).await;
    person.press("a[href^='/language']").await;
    person.sees(words).await;
    person.picture("english").await;
    if person.count("main tbody th a").await > 0 {
        person.press("main tbody th a").await;
        person.picture("english").await;
    }
}

/// What the label of the item with that serial says; its check characters are on the page of the virtual counter.
fn label(serial: u32) -> String {
    hufu::domain::Code::new(hufu::domain::CodeKind::Item, "26", serial.into()).to_string()
}

async fn demo_slot(hands: &Person, name: &str) -> String {
    hands.attribute(&tag(name), "value").await
}

/// The tag that hangs on a slot of that name.
fn tag(name: &str) -> String {
    format!("//button[contains(@class, 'tag')][b[contains(., ' {name}')]]")
}

impl Person {
    async fn found_in_hand(&self, code: &str) {
        self.sees(code).await;
        for _ in 0..400 {
            let script = "return document.querySelector('#hand .code')?.innerText ?? ''";
            if self.run(script).await == code {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{code} did not come to hand\n{}", self.text().await);
    }

    /// Gives a photograph to the thing in hand. The form may be renewed between the choice of the file and the click, as no
    /// hand is quick enough to see; then it is done again.
    async fn add_photograph(&self, path: &std::path::Path) {
        let before = self.count("#hand .photos img").await;
        for _ in 0..10 {
            // While the page renews itself neither field is there.
            self.found("#photograph, #photograph2").await;
            self.run("document.querySelector('#photograph2')?.closest('details').setAttribute('open', '')")
                .await;
            // The step after this one may have begun, which has the other field.
            if !self.offers_file("#photograph, #photograph2", path).await {
                continue;
            }
            self.press("form[action$='/photo'] button[type=submit]").await;
            for _ in 0..80 {
                if self.count("#hand .photos img").await > before {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
        panic!("the photograph is not shown\n{}", self.text().await);
    }

    /// Clicks the newest label that came out of the printer, when it is this one.
    async fn scan_label(&self, code: &str) {
        self.sees(code).await;
        let newest = format!("//ul[@class='labels']/li[.//code[starts-with(., '{code}')]]");
        self.press(&format!("{newest}//button[contains(@class, 'picture')]")).await;
    }

    async fn scan_tag(&self, name: &str) {
        self.press(&tag(name)).await;
    }

    /// From the form of a new handover to the giver's signature.
    async fn offer(&self, demo: &Demo, purpose: Option<&str>, station: Counter) {
        if let Some(purpose) = purpose {
            self.press(&format!("//fieldset[legend[contains(., '{purpose}')]]//input")).await;
        } else {
            self.press("input[name=to]").await;
        }
        self.click("生成清单草稿").await;
        self.click("去工位签章").await;
        self.sign(demo, station).await;
        self.sees("已答复 0 /").await;
    }

    /// What is shown on the station's own page is signed there with the PIN.
    async fn sign(&self, demo: &Demo, station: Counter) {
        // Not before the page has come that asks: a form still on its way would take the browser back from the station.
        self.sees("打开工位页面").await;
        let here = self.address().await;
        self.go(&demo.counter(station, "/")).await;
        if matches!(station, Counter::Court) {
            self.mistypes().await;
        }
        self.fill("pin", PIN).await;
        self.press("form.sign button.primary").await;
        self.sees("已签").await;
        self.go(&here).await;
    }

    /// A wrong PIN is answered beside its field, with the hand there; the page can be loaded again, and does so by itself.
    async fn mistypes(&self) {
        self.fill("pin", "111111").await;
        self.press("form.sign button.primary").await;
        self.found("form.sign .refusal[role=alert]").await;
        let there = "const field = document.activeElement, box = field.getBoundingClientRect(); \
                     return [field.name, field.getAttribute('aria-invalid'), box.top > 0 && box.bottom < innerHeight, location.pathname]";
        assert_eq!(self.run(there).await, serde_json::json!(["pin", "true", true, "/"]));
        // The signer waits a second before the next try.
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    }

    async fn answer(&self, answer: &str, note: &str, shows: &str) {
        self.fill("note", note).await;
        self.press(&format!("button[name=answer][value={answer}]")).await;
        self.sees(shows).await;
    }

    async fn conclude(&self, demo: &Demo, number: &str, station: Counter) {
        self.fill("case_number", number).await;
        self.press("form[action$='/conclude'] button[type=submit]").await;
        self.sign(demo, station).await;
    }

    async fn accept_everything(&self, demo: &Demo, number: &str, station: Counter) {
        self.go(&demo.page("/handovers")).await;
        self.press("main tbody th a").await;
        self.press("form[action$='/accept-rest'] button").await;
        self.conclude(demo, number, station).await;
        self.sees("财物没有移动").await;
    }
}
