//! `make guide`: a printed guide for each role in both languages. Its text is that of the help page, its pictures are those of the real
//! pages of a demo city, and Chromium prints it.

use crate::{
    demo::Demo,
    person::{PASSWORD, Person},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// One of each role.
const ROLES: [(&str, &str); 7] = [
    ("zhang", "officer"),
    ("qian", "clerk"),
    ("chen", "custodian"),
    ("wang", "approver"),
    ("zheng", "auditor"),
    ("admin", "administrator"),
    ("he", "operator"),
];
/// How the guide is laid out on paper.
const STYLE: &str = "@page { size: A4; margin: 16mm } body { font: 10.5pt/16pt sans-serif; color: #1a222d } \
    h1 { font-size: 22pt; line-height: 28pt } h2 { font-size: 14pt; margin: 18pt 0 6pt; break-after: avoid } h3 { margin: 12pt 0 2pt } \
    section.step { break-inside: avoid } img { width: 100%; border: 1px solid #dadfe6; margin-top: 4pt } a { color: inherit; text-decoration: none } \
    dl > div { display: grid; grid-template-columns: 30mm 1fr; gap: 4mm; padding: 3pt 0; border-top: 1px solid #dadfe6; break-inside: avoid } \
    dt, dd { margin: 0 } svg { width: 9pt; height: 9pt; fill: none; stroke: currentColor } .unseen { display: none }";

#[tokio::test]
#[ignore = "make guide"]
async fn the_guide_is_printed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/guide");
    fs::create_dir_all(&folder).unwrap();
    let demo = Demo::with_first_day();
    for (login, role) in ROLES {
        let person = Person::logged_in(&demo, login).await;
        for language in ["zh", "en"] {
            person.go(&demo.page(&format!("/language?to={language}&back=/help"))).await;
            let page = folder.join(format!("{role}.{language}.html"));
            fs::write(&page, written(&demo, &person, login, language).await).unwrap();
            person.go(&format!("file://{}", page.display())).await;
            let printed = person.tell_browser("Page.printToPDF", json!({ "preferCSSPageSize": true })).await;
            let pdf = BASE64_STANDARD.decode(printed["data"].as_str().unwrap()).unwrap();
            assert!(pdf.starts_with(b"%PDF-"), "{role} {language}");
            fs::write(page.with_extension("pdf"), pdf).unwrap();
        }
    }
}

/// The guide as a page of its own: each step with a picture of where it is taken, then the rest of the help.
async fn written(demo: &Demo, person: &Person, login: &str, language: &str) -> String {
    let script = "const text = it => it.textContent.trim(); const rest = [...document.querySelectorAll('main > section:not(#day)')]; \
        return { title: text(document.querySelector('h1')), role: text(document.querySelector('.head .state')), \
        steps: [...document.querySelectorAll('.steps li')].map(it => [text(it.querySelector('h3')), text(it.querySelector('p')), it.querySelector('a').getAttribute('href')]), \
        rest: rest.map(it => it.outerHTML).join('') }";
    let help: Value = person.run(script).await;
    let said = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut html = format!(
        "<!doctype html><html lang='{language}'><meta charset='utf-8'><style>{STYLE}</style><h1>虎符 hufu · {}</h1><p>{} · {login}</p>",
        said(&help["title"]),
        said(&help["role"])
    );
    let mut shown = Vec::new();
    for step in help["steps"].as_array().unwrap() {
        let (title, text, href) = (said(&step[0]), said(&step[1]), said(&step[2]));
        html.push_str(&format!("<section class='step'><h2>{title}</h2><p>{text}</p>"));
        if !shown.contains(&href) {
            person.go(&demo.page(&href)).await;
            let png = BASE64_STANDARD.encode(person.photographed().await);
            html.push_str(&format!("<img alt='{href}' src='data:image/png;base64,{png}'>"));
            shown.push(href);
        }
        html.push_str("</section>");
    }
    assert!(!html.contains(PASSWORD), "a guide names no password");
    html + &said(&help["rest"])
}
