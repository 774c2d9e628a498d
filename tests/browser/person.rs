//! One person at a browser of their own: looks for what is written on the page, clicks it, types.

use crate::demo::Demo;
use axum::http::Method;
use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::CmdError,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};
use url::{ParseError, Url};

/// How long a page may take to show what it must.
const PATIENCE: Duration = Duration::from_secs(20);
/// The password of everybody in the demo.
pub(crate) const PASSWORD: &str = "tiger-tally-2026";

pub(crate) struct Person {
    client: Client,
    /// Pictures of the pages are kept here when a folder is given.
    pictures: Option<PathBuf>,
    name: String,
    taken: u32,
}

impl Person {
    /// An empty browser of an office PC of 2016.
    pub(crate) async fn at_browser(demo: &Demo, name: &str) -> Person {
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1366,768",
            "--lang=zh-CN",
            "--hide-scrollbars",
            "--force-prefers-reduced-motion",
        ];
        let wanted = json!({ "goog:chromeOptions": { "args": arguments } });
        let capabilities: Capabilities = serde_json::from_value(wanted).unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&demo.driver).await.unwrap();
        let pictures = std::env::var_os("HUFU_PICTURES").map(PathBuf::from);
        Person { client, pictures, name: name.to_owned(), taken: 0 }
    }

    pub(crate) async fn logged_in(demo: &Demo, login: &str) -> Person {
        let mut person = Person::at_browser(demo, login).await;
        person.go(&demo.page("/login")).await;
        person.fill("name", login).await;
        person.fill("password", PASSWORD).await;
        person.press("form button[type=submit]").await;
        person.sees("工作台").await;
        person.picture("desk").await;
        person
    }

    pub(crate) async fn go(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Waits for what a selector (or a path that begins with a slash) names.
    pub(crate) async fn found(&self, what: &str) -> Element {
        let locator = if what.starts_with('/') { Locator::XPath(what) } else { Locator::Css(what) };
        match self.client.wait().at_most(PATIENCE).for_element(locator).await {
            Ok(element) => element,
            Err(error) => {
                panic!(
                    "{}: no {what} ({error}) at {}\n{}",
                    self.name,
                    self.address().await,
                    self.text().await
                )
            }
        }
    }

    /// Fills the field of that name.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        self.fill_in("", name, text).await;
    }

    /// Fills the field of that name in one of several forms.
    pub(crate) async fn fill_in(&self, form: &str, name: &str, text: &str) {
        self.act(&format!("{form} [name='{name}']"), async |field| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Gives a file to the field of that id.
    pub(crate) async fn give_file(&self, id: &str, path: &std::path::Path) {
        let path = path.to_str().unwrap();
        self.act(&format!("#{id}"), async |field| field.send_keys(path).await).await;
    }

    /// Gives a file to the first field that a selector names, where one is there now.
    pub(crate) async fn offers_file(&self, field: &str, path: &std::path::Path) -> bool {
        let path = path.to_str().unwrap();
        match self.client.find(Locator::Css(field)).await {
            Ok(field) => field.send_keys(path).await.is_ok(),
            Err(_) => false,
        }
    }

    /// Clicks what a selector or path names.
    pub(crate) async fn press(&self, what: &str) {
        self.act(what, async |element| element.click().await).await;
    }

    /// Clicks the button or link in the matter of the page that says this.
    pub(crate) async fn click(&self, says: &str) {
        self.press(&format!("//main//*[self::a or self::button or self::summary][contains(., '{says}')]"))
            .await;
    }

    /// Does something with an element, again when the page renews itself under the hand.
    async fn act(&self, what: &str, act: impl AsyncFn(Element) -> Result<(), CmdError>) {
        let mut last = None;
        for _ in 0..100 {
            match act(self.found(what).await).await {
                Ok(()) => return,
                Err(error @ CmdError::Standard(_)) => last = Some(error),
                Err(error) => panic!("{}: {what}: {error}", self.name),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}: {what}: {last:?}\n{}", self.name, self.text().await);
    }

    /// A command to the browser's own tools, which the driver's protocol has no words for.
    pub(crate) async fn tell_browser(&self, command: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(Devtools { command, parameters }).await.unwrap()
    }

    /// What a script says when it is done: its last argument is called with that.
    pub(crate) async fn run_to_end(&self, script: &str) -> Value {
        self.client.execute_async(script, vec![]).await.unwrap()
    }

    pub(crate) async fn text(&self) -> String {
        let answer = self.run("return document.body.innerText").await;
        answer.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_default()
    }

    /// Waits until the page says this.
    pub(crate) async fn sees(&self, words: &str) {
        let patience = tokio::time::Instant::now() + PATIENCE;
        while !self.text().await.contains(words) {
            let (at, name) = (self.address().await, &self.name);
            let in_time = tokio::time::Instant::now() < patience;
            assert!(in_time, "{name}: «{words}» is not at {at}\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many elements there are.
    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    pub(crate) async fn attribute(&self, css: &str, name: &str) -> String {
        self.found(css).await.attr(name).await.unwrap().unwrap_or_default()
    }

    /// The bytes at an address, as this person gets them.
    pub(crate) async fn fetch(&self, path: &str) -> Vec<u8> {
        let script = "const [path, done] = arguments; fetch(path).then(it => it.arrayBuffer()) \
                      .then(it => done([...new Uint8Array(it)]))";
        let answer = self.client.execute_async(script, vec![json!(path)]).await.unwrap();
        let bytes: Vec<u8> = serde_json::from_value(answer).unwrap();
        if let (Some(folder), true) = (&self.pictures, bytes.starts_with(b"%PDF")) {
            std::fs::write(folder.join(format!("{}{}.pdf", self.name, path.replace('/', "-"))), &bytes)
                .unwrap();
        }
        bytes
    }

    /// The window as it is seen.
    pub(crate) async fn photographed(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// Keeps a picture of the whole page, for people to look at.
    pub(crate) async fn picture(&mut self, of: &str) {
        let Some(folder) = self.pictures.clone() else { return };
        let height = self.run("return document.documentElement.scrollHeight").await.as_u64().unwrap_or(768);
        self.client
            .set_window_size(1366, u32::try_from(height.clamp(620, 2400)).unwrap() + 148)
            .await
            .unwrap();
        self.taken += 1;
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(folder.join(format!("{}-{:02}-{of}.png", self.name, self.taken)), png).unwrap();
        self.client.set_window_size(1366, 768).await.unwrap();
    }
}

/// One of the browser's own tools, by chromedriver.
#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        driver.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _address: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}
