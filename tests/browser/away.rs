//! What somebody at a page meets when something is wrong: the server is away, a form is refused, a PIN is wrong.

use crate::{
    demo::{Counter, Demo},
    person::Person,
};

#[tokio::test]
async fn a_press_while_the_server_is_away_keeps_the_form_and_the_page() {
    let _alone = crate::ONE_CITY.lock().await;
    let mut demo = Demo::with_first_day();
    let zhang = Person::logged_in(&demo, "zhang").await;
    zhang.go(&demo.page("/cases/new")).await;
    zhang.fill("number", "A3301060000002026019999").await;
    zhang.fill("name", "某某诈骗案").await;
    demo.server_goes_away();

    zhang.sees("与服务器的连接中断").await;
    zhang.found("#station .lamp.attention[data-lamp=link]").await;
    let page = zhang.attribute("#lost a", "href").await;
    assert_eq!(page, demo.counter(Counter::Police, ""), "the station's own page, which goes on");
    zhang.press("main form button[type=submit]").await;
    zhang.sees("没有发出").await;
    let typed = zhang.run("return document.querySelector('[name=name]').value").await;
    assert_eq!(typed, "某某诈骗案");
    zhang.press(".rail a[href='/items']").await;
    assert!(zhang.address().await.ends_with("/cases/new"), "{}", zhang.address().await);
    zhang.found("#unsent:not([hidden])").await;

    demo.server_comes_back();
    zhang.sees("连接已恢复").await;
    zhang.press("main form button[type=submit]").await;
    zhang.sees("A3301060000002026019999").await;
    assert!(!zhang.address().await.ends_with("/new"), "the case is opened");
}

#[tokio::test]
async fn a_form_that_comes_back_stands_where_it_was() {
    let _alone = crate::ONE_CITY.lock().await;
    let demo = Demo::with_first_day();
    let mut zhang = Person::logged_in(&demo, "zhang").await;
    zhang.go(&demo.page("/cases")).await;
    zhang.press("//main//tbody//a[contains(., '李某某盗窃案')]").await;
    zhang.sees("李某某盗窃案").await;
    // Nothing is asked for: what a page without the rules of the browser would send.
    let case = zhang.address().await;
    zhang.go(&demo.page("/scan?code=W26-0000002")).await;
    zhang.click("申请借出").await;
    zhang.found("form.narrow").await;
    let here = zhang.address().await;
    zhang.run("document.querySelector('form.narrow').noValidate = true").await;
    zhang.press("form.narrow button[type=submit]").await;
    zhang.found("main[data-returned]").await;
    assert_eq!(zhang.address().await, here, "not at the address that only takes forms");
    zhang.picture("returned").await;

    // News come, and the page asks nothing that is not answered.
    let other = Person::logged_in(&demo, "chen").await;
    other.go(&demo.page("/counter")).await;
    other.click("上岗").await;
    zhang.press("a.quiet[href^='/language']").await;
    zhang.sees("Purpose").await;
    for address in ["/loans/return", "/counter/stand", "/logout"] {
        zhang.go(&demo.page(address)).await;
        zhang.found("main#matter").await;
    }
    zhang.go(&case).await;
    zhang.sees("李某某盗窃案").await;
    let refused =
        "return performance.getEntriesByType('resource').filter(it => it.responseStatus === 405).length";
    assert_eq!(zhang.run(refused).await, 0);
}
