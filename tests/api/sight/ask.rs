//! Somebody who asks: with the cookie of a page and the token of the API at once, and with a body that says what it can.

use super::{routes::Route, town::Place};
use crate::support::{TestApp, city::PASSWORD};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use futures_util::StreamExt;
use hufu::{custody::login, language::Language};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tower::ServiceExt;
use uuid::Uuid;

pub(super) struct Asker {
    pub(super) name: String,
    router: Router,
    session: Option<(String, String)>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) to_login: bool,
    pub(super) text: String,
}

impl Asker {
    pub(super) fn nobody(test: &TestApp) -> Asker {
        let router = hufu::command::serve::router(test.app.clone()).unwrap();
        Asker { name: "nobody".to_owned(), router, session: None }
    }

    /// Somebody who has logged in at the same server.
    pub(super) async fn logged_in(&self, test: &TestApp, name: &str) -> Asker {
        let mut asker = Asker { name: name.to_owned(), router: self.router.clone(), session: None };
        asker.log_in(test).await;
        asker
    }

    async fn log_in(&mut self, test: &TestApp) {
        let token = login::log_in(&test.app, &self.name, PASSWORD, Language::En).await.unwrap();
        let session = login::session(&test.app, &token).await.unwrap().unwrap();
        self.session = Some((token, session.csrf));
    }

    fn request(&self, method: &str, address: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(address);
        match &self.session {
            Some((token, _)) => request
                .header("cookie", format!("hufu_session={token}"))
                .header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    pub(super) async fn ask(
        &mut self,
        test: &TestApp,
        route: &Route,
        address: &str,
        place: &Place,
        thing: &'static str,
    ) -> Answer {
        let request = self.request(&route.method, address);
        let csrf = self.session.as_ref().map(|(_, csrf)| csrf.as_str()).unwrap_or_default();
        let say = Say { test, place, thing, csrf, address };
        let request = match &route.schema {
            _ if !route.acts() => request.body(Body::empty()),
            Some(schema) if !schema.is_null() => {
                let body = say.sample(schema, "").to_string();
                request.header("content-type", "application/json").body(Body::from(body))
            }
            Some(_) => request.body(Body::empty()),
            None if UPLOADS.contains(&route.address.as_str()) => request
                .header("content-type", "multipart/form-data; boundary=part")
                .body(Body::from(say.multipart())),
            None => request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(say.form())),
        };
        let answer = answer(&self.router, request.unwrap(), address == "/live").await;
        // Whoever was logged out by it comes back.
        if self.session.is_some() && (address == "/logout" || address.ends_with("/sessions/current")) {
            self.log_in(test).await;
        }
        answer
    }

    /// Whether an open page of theirs hears what `act` says of a thing.
    pub(super) async fn heard(&self, test: &TestApp, act: impl AsyncFnOnce()) -> bool {
        let request = self.request("GET", "/live").body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let mut line = response.into_body().into_data_stream();
        act().await;
        // What everybody hears comes after the scan.
        test.app.live.tell(hufu::live::News::Entry(0));
        let mut heard = String::new();
        while !heard.contains("ledger") {
            let part =
                tokio::time::timeout(Duration::from_secs(20), line.next()).await.expect("a live event");
            heard.push_str(&String::from_utf8_lossy(&part.unwrap().unwrap()));
        }
        heard.contains("event: scan")
    }
}

async fn answer(router: &Router, request: Request<Body>, endless: bool) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let to = response.headers().get("location").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let to_login = to.starts_with("/login");
    let bytes =
        if endless { Default::default() } else { to_bytes(response.into_body(), usize::MAX).await.unwrap() };
    Answer { status, to_login, text: String::from_utf8_lossy(&bytes).into_owned() }
}

/// The forms that bring a file.
const UPLOADS: [&str; 5] = [
    "/import",
    "/import/{id}/photo",
    "/counter/{case}/photo",
    "/counter/{case}/extra",
    "/corrections/{declaration}/describe",
];

/// What is said of the things of one place.
struct Say<'a> {
    test: &'a TestApp,
    place: &'a Place,
    /// `kept` or `owed`: which of its items.
    thing: &'static str,
    csrf: &'a str,
    address: &'a str,
}

impl Say<'_> {
    /// Every field that some form has.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let value = |name: &str| self.place.values[name].clone();
        let new: Uuid = self.test.app.ids.new_id::<hufu::id::EntryId>().0;
        let mut fields = vec![
            ("csrf", self.csrf.to_owned()),
            ("request", new.to_string()),
            ("number", format!("new-{new}")),
            ("to", format!("to_prosecution:{}", self.test.city.procuratorate)),
            ("item", value(self.thing)),
            ("linked_to", value("case")),
            ("code", value(if self.address.starts_with("/labels") { "blank" } else { "kept code" })),
            ("delivered_by", value("officer")),
            ("digest", value("photograph")),
            ("photo_row", "2".to_owned()),
            ("photo", format!("2 {}", value("photograph"))),
        ];
        for name in ["station", "slot", "store", "case"] {
            fields.push((name, value(name)));
        }
        let words =
            ["reason", "why", "finding", "refusal", "description", "damage", "note", "seal", "remark"];
        fields.extend(words.map(|name| (name, "x".to_owned())));
        let others = [
            ("name", "x"),
            ("zone", "A"),
            ("quantity", "1"),
            ("labels", "1"),
            ("purpose", "off_line"),
            ("answer", "accepted"),
            ("line", "1"),
            ("case_number", "x"),
            ("act", "confirm"),
        ];
        fields.extend(others.map(|(name, text)| (name, text.to_owned())));
        fields
    }

    fn form(&self) -> String {
        let encoded =
            |text: &str| text.replace('%', "%25").replace(':', "%3A").replace('+', "%2B").replace('/', "%2F");
        let fields = self.fields();
        let pairs: Vec<_> = fields.iter().map(|(name, text)| format!("{name}={}", encoded(text))).collect();
        pairs.join("&")
    }

    fn multipart(&self) -> String {
        let mut body = String::new();
        for (name, text) in self.fields() {
            body += &format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        }
        body + "--part\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nx\r\n--part--\r\n"
    }

    /// What fits a schema of the API's document: of ids, the place's own.
    fn sample(&self, schema: &Value, name: &str) -> Value {
        if let Some(to) = schema["$ref"].as_str() {
            let schema = to.rsplit('/').next().unwrap();
            return match self.id(schema, name) {
                Some(id) => json!(id),
                None => self.sample(&document()["components"]["schemas"][schema], name),
            };
        }
        let first = |list: &Value| list.as_array().and_then(|list| list.first()).cloned();
        if let Some(schema) = first(&schema["oneOf"]) {
            return self.sample(&schema, name);
        }
        if let Some(word) = first(&schema["enum"]) {
            return word;
        }
        let kind = first(&schema["type"]).unwrap_or_else(|| schema["type"].clone());
        match kind.as_str() {
            Some("object") => {
                let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let fields =
                    required.map(|name| (name.to_owned(), self.sample(&schema["properties"][name], name)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            Some("array") => json!([self.sample(&schema["items"], name)]),
            // The first row of a list is its head.
            Some("integer" | "number") => json!(if name == "row" { 2 } else { 1 }),
            Some("boolean") => json!(false),
            _ if name == "code" => json!(self.place.values["kept code"]),
            _ if schema["example"].is_string() => schema["example"].clone(),
            _ if name == "language" => json!("en"),
            _ => json!(format!("x{}", self.test.app.ids.new_id::<hufu::id::EntryId>().0.simple())),
        }
    }

    fn id(&self, schema: &str, name: &str) -> Option<String> {
        let value = |name: &str| Some(self.place.values[name].clone());
        match (schema, name) {
            ("ItemId", _) => value(self.thing),
            ("CaseId", _) => value("case"),
            ("StationId", _) => value("station"),
            ("StoreId", _) => value("store"),
            ("SlotId", _) => value("slot"),
            ("PersonId", _) => value("officer"),
            ("UnitId", _) => Some(self.test.city.procuratorate.to_string()),
            ("EntryId" | "BlockId", _) => Some(self.test.app.ids.new_id::<hufu::id::EntryId>().to_string()),
            _ => None,
        }
    }
}

fn document() -> &'static Value {
    static DOCUMENT: std::sync::LazyLock<Value> =
        std::sync::LazyLock::new(|| serde_json::to_value(hufu::api::document()).unwrap());
    &DOCUMENT
}
