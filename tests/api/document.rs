//! The document is generated from the handlers; these tests hold it to its promises.

use crate::{
    caller::Caller,
    support::{ENGINES, Engine, TestApp},
};
use axum::http::StatusCode;
use hufu::{
    domain::Role,
    ledger::{Category, Suggestion},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::to_value(hufu::api::document()).unwrap()
}

/// Method, address and operation of everything that is described.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(address, path)| {
        let operations = path.as_object().unwrap();
        operations.iter().map(move |(method, it)| (method.to_uppercase(), address.clone(), it.clone()))
    });
    each.collect()
}

/// The address with something in the place of each name.
fn filled(address: &str) -> String {
    let id = "00000000-0000-0000-0000-00000000ffff";
    let part = |part: &str| match part {
        "{entry}" | "{line}" | "{row}" => "1".to_owned(),
        "{side}" => "giver".to_owned(),
        part if part.starts_with('{') => id.to_owned(),
        part => part.to_owned(),
    };
    address.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// What callers rely on changes only on purpose: the difference is there to be read in a review.
#[test]
fn the_document_is_the_one_that_was_reviewed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/openapi.json");
    let now = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("HUFU_WRITE_OPENAPI").is_some() {
        std::fs::write(file, &now).unwrap();
    }
    let known = std::fs::read_to_string(file).unwrap_or_default();
    let line = known.lines().zip(now.lines()).position(|(known, now)| known != now);
    assert!(
        known == now,
        "the API's document changed, first at line {}; if that is meant, write it with\n\
         HUFU_WRITE_OPENAPI=1 cargo test -p hufu --test api the_document\nand look at the difference",
        line.unwrap_or_else(|| known.lines().count().min(now.lines().count())) + 1
    );
}

/// A set of words has in the document the words that are sent, not the names that Rust gives them.
#[test]
fn every_closed_set_is_described_by_its_own_words() {
    let document = document();
    for set in [Suggestion::VOCABULARY, Category::VOCABULARY, Role::VOCABULARY] {
        let words: Vec<_> = set.terms.iter().map(|term| json!(term.word)).collect();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        assert!(
            schemas.values().any(|schema| schema["enum"] == json!(words)),
            "no schema has the words of «{}»: {words:?}",
            set.name
        );
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|it| references(it, found));
            }
            Value::Array(list) => list.iter().for_each(|it| references(it, found)),
            _ => (),
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let lost: Vec<_> =
        found.iter().filter(|it| document.pointer(it.trim_start_matches('#')).is_none()).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (method, address, it) in operations(&document) {
        let at = format!("{method} {address}");
        assert!(address.starts_with("/api/v1/"), "{at}");
        assert!(it["summary"].as_str().is_some_and(|words| !words.is_empty()), "{at} has no summary");
        assert!(ids.insert(it["operationId"].to_string()), "{at}: {} is not its own id", it["operationId"]);
        assert_eq!(it["tags"].as_array().unwrap().len(), 1, "{at}");
        for parameter in it["parameters"].as_array().into_iter().flatten() {
            let described = parameter["schema"]["type"].is_string() || !parameter["schema"]["$ref"].is_null();
            let described = described
                || parameter["schema"]["type"].is_array()
                || !parameter["schema"]["oneOf"].is_null();
            assert!(described, "{at}: {parameter}");
        }
        let answers = it["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{at} never succeeds");
        assert!(answers.contains_key("500"), "{at}");
    }
}

/// Two structs of one name would silently be one schema.
#[test]
fn the_lines_of_two_resources_are_two_schemas() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    assert!(schemas["CounterLine"]["properties"]["paper_line"].is_object());
    assert!(schemas["HandoverLine"]["properties"]["suggestion"].is_object());
    assert!(schemas["CountAnswer"]["properties"]["zh"].is_object());
    assert!(schemas["ScanAnswer"]["properties"]["sentence"].is_object());
    assert!(schemas["Difference"]["properties"]["raised_seq"].is_object());
    assert!(schemas["OpenDifference"]["properties"]["owner"].is_object());
}

#[tokio::test]
async fn everything_described_is_there_and_asks_who_calls() {
    let test = TestApp::new(Engine::Sqlite).await;
    let stranger = Caller::stranger(&test);
    for (method, address, it) in operations(&document()) {
        let answer = stranger.call(&method, &filled(&address), None).await;
        if it["security"].is_array() {
            // Open to everybody: a form that is no JSON, or a paper that is not there.
            let open =
                if method == "GET" { StatusCode::NOT_FOUND } else { StatusCode::UNSUPPORTED_MEDIA_TYPE };
            assert_eq!(answer.status, open, "{method} {address}");
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {address}");
            assert_eq!(answer.refusal(), "not_logged_in");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    test.close().await;
}

/// The handlers of the room are all in the document: each `#[utoipa::path]` is registered.
#[test]
fn everything_written_is_described() {
    fn written(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        entries
            .map(|path| match path.is_dir() {
                true => written(&path),
                false => std::fs::read(&path)
                    .map(|text| String::from_utf8_lossy(&text).matches("#[utoipa::path(").count())
                    .unwrap(),
            })
            .sum()
    }
    let room = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    assert_eq!(written(&room), operations(&document()).len());
}

#[tokio::test]
async fn the_document_and_its_page_are_open_to_all() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let stranger = Caller::stranger(&test);
        assert_eq!(stranger.get("/api/openapi.json").await.ok(), document());
        let page = stranger.get("/api").await;
        assert_eq!(page.status, StatusCode::OK);
        let text = String::from_utf8(page.bytes).unwrap();
        assert!(text.contains("/api/v1/handovers/{handover}/withdrawal"));
        assert!(!text.contains("<script"));
        assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        assert_eq!(stranger.get("/api/style.css").await.status, StatusCode::OK);
        test.close().await;
    }
}
