//! The OpenAPI document as a page for people, made here from the document itself: by subject, each address with what it
//! takes and what it answers. No script, nothing from elsewhere.

mod example;

use super::openapi::TAGS;
use axum::{
    Extension,
    body::Bytes,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use example::example;
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// The document and its page, written once when the server starts.
#[derive(Clone, Debug)]
pub struct Written {
    document: Bytes,
    page: Bytes,
}

impl Written {
    pub fn of(document: &OpenApi) -> Written {
        let document = serde_json::to_value(document).unwrap_or_default();
        Written { page: written(&document).into(), document: document.to_string().into() }
    }
}

/// `GET /api/openapi.json`
pub async fn document(Extension(written): Extension<Written>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], written.document)
}

/// `GET /api/style.css`
pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../static/style.css"))
}

/// `GET /api`
pub async fn page(Extension(written): Extension<Written>) -> Response {
    let mut response = Html(written.page).into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    );
    response
}

fn written(document: &Value) -> String {
    let mut out = String::from(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>虎符 hufu · API</title>\
         <link rel=\"stylesheet\" href=\"/api/style.css\"></head><body><header><h1>虎符 hufu · API</h1>\
         <p>v1 · <a href=\"/api/openapi.json\">openapi.json</a></p></header><div class=\"page\"><nav>",
    );
    for (tag, about) in TAGS {
        add(&mut out, format_args!("<a href=\"#{tag}\">{tag} <small>{}</small></a>", chinese(about)));
    }
    add(
        &mut out,
        format_args!("</nav><main>{}", prose(document.pointer("/info/description").map_or("", text))),
    );
    for (tag, about) in TAGS {
        add(&mut out, format_args!("<section id=\"{tag}\"><h2>{tag}</h2><p>{}</p>", escaped(about)));
        for (address, path) in entries(&document["paths"]) {
            for (method, operation) in entries(path) {
                if operation.pointer("/tags/0").is_some_and(|first| first == tag) {
                    write_operation(&mut out, document, method, address, operation);
                }
            }
        }
        out.push_str("</section>");
    }
    out.push_str("</main></div></body></html>");
    out
}

/// One address with one method: what it is for, what it takes, what it answers.
fn write_operation(out: &mut String, document: &Value, method: &str, address: &str, operation: &Value) {
    let id = text(&operation["operationId"]);
    add(
        out,
        format_args!(
            "<details id=\"{id}\"><summary><b class=\"{method}\">{}</b> <code>{}</code> <span>{}</span></summary>{}",
            method.to_uppercase(),
            escaped(address),
            escaped(text(&operation["summary"])),
            prose(text(&operation["description"])),
        ),
    );
    parameters(out, operation);
    if let Some(body) = operation.pointer("/requestBody/content/application~1json/schema") {
        out.push_str("<h3>请求 Request</h3>");
        fields(out, document, body);
        json(out, &example(document, body));
    }
    answers(out, document, operation);
    out.push_str("</details>");
}

fn parameters(out: &mut String, operation: &Value) {
    let Some(parameters) = operation["parameters"].as_array().filter(|it| !it.is_empty()) else { return };
    out.push_str("<table>");
    for it in parameters {
        let must = if it["required"] == true { " *" } else { "" };
        add(
            out,
            format_args!(
                "<tr><th>{}{must}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(text(&it["name"])),
                escaped(text(&it["in"])),
                escaped(&kind(&it["schema"])),
                escaped(text(&it["description"])),
            ),
        );
    }
    out.push_str("</table>");
}

/// The fields of a request body, with what they mean.
fn fields(out: &mut String, document: &Value, schema: &Value) {
    let schema = example::resolved(document, schema);
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    out.push_str("<table>");
    for (name, field) in entries(&schema["properties"]) {
        let must = if required.contains(&name.as_str()) { " *" } else { "" };
        add(
            out,
            format_args!(
                "<tr><th>{}{must}</th><td>{}</td><td>{}</td></tr>",
                escaped(name),
                escaped(&kind(field)),
                escaped(text(&field["description"])),
            ),
        );
    }
    out.push_str("</table>");
}

fn answers(out: &mut String, document: &Value, operation: &Value) {
    out.push_str("<h3>答复 Answer</h3>");
    let mut refusals = Vec::new();
    for (status, answer) in entries(&operation["responses"]) {
        if answer["$ref"].is_string() {
            refusals.push(status.as_str());
            continue;
        }
        add(out, format_args!("<p><b>{status}</b> {}</p>", escaped(text(&answer["description"]))));
        for (media_type, content) in entries(&answer["content"]) {
            match media_type.as_str() {
                "application/json" => json(out, &example(document, &content["schema"])),
                other => add(out, format_args!("<p><code>{}</code></p>", escaped(other))),
            }
        }
    }
    add(out, format_args!("<p class=\"refusals\">{}</p>", refusals.join(" · ")));
}

/// A type in a word.
fn kind(schema: &Value) -> String {
    if let Some(name) = text(&schema["$ref"]).rsplit('/').next().filter(|name| !name.is_empty()) {
        return name.to_owned();
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" | ");
    }
    let kinds = match &schema["type"] {
        Value::Array(several) => several.iter().map(text).collect::<Vec<_>>().join(" | "),
        one => text(one).to_owned(),
    };
    match (kinds.as_str(), text(&schema["format"])) {
        ("array", _) => format!("[{}]", kind(&schema["items"])),
        (_, "") => kinds,
        (_, format) => format!("{kinds} ({format})"),
    }
}

fn json(out: &mut String, value: &Value) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    add(out, format_args!("<pre>{}</pre>", escaped(&text)));
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn add(out: &mut String, what: std::fmt::Arguments<'_>) {
    out.push_str(&what.to_string());
}

/// The first word of a description that begins in Chinese.
fn chinese(about: &str) -> &str {
    about.split(' ').next().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Paragraphs, lists, `code` and **strong** words: all that our descriptions use.
fn prose(text: &str) -> String {
    let mut out = String::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let items: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("- ")).collect();
        if items.is_empty() {
            add(&mut out, format_args!("<p>{}</p>", marked(block)));
        } else {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", marked(item))).collect();
            add(&mut out, format_args!("<ul>{items}</ul>"));
        }
    }
    out
}

fn marked(text: &str) -> String {
    let between = |text: &str, mark: &str, tag: &str| {
        let parts: Vec<&str> = text.split(mark).collect();
        let piece = |(at, part): (usize, &&str)| match at % 2 {
            0 => (*part).to_owned(),
            _ => format!("<{tag}>{part}</{tag}>"),
        };
        parts.iter().enumerate().map(piece).collect::<String>()
    };
    between(&between(&escaped(text), "**", "b"), "`", "code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_marked_and_nothing_gets_through() {
        assert_eq!(
            prose("**a** `b<c>`\n\n- one\n- two"),
            "<p><b>a</b> <code>b&lt;c&gt;</code></p><ul><li>one</li><li>two</li></ul>"
        );
    }

    #[test]
    fn every_operation_is_on_the_page_with_an_example() {
        let document = serde_json::to_value(crate::api::document()).unwrap();
        let page = written(&document);
        let mut operations = 0;
        for (address, path) in entries(&document["paths"]) {
            for (_, operation) in entries(path) {
                operations += 1;
                assert!(page.contains(text(&operation["summary"])), "{address}");
            }
        }
        assert_eq!(page.matches("<details").count(), operations);
        assert!(!page.contains("http://"), "nothing from elsewhere");
    }
}
