//! The frame of the station's pages and their two static files each. No external resource.

use super::Lang;
use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};

/// What stands around a page's matter.
pub struct Shell<'a> {
    pub lang: Lang,
    pub title: &'a str,
    /// The path of this page, for the language switch.
    pub path: &'a str,
    pub links: &'a [(&'a str, &'a str)],
    /// Whether the two halves of the tally are closed: the station is connected.
    pub closed: bool,
    /// Without JavaScript the page reloads itself after this many seconds; not while somebody may be typing.
    pub reload_s: Option<u32>,
    pub script: &'a str,
}

pub fn layout(shell: &Shell<'_>, matter: &Markup) -> Html<String> {
    let words = shell.lang.words();
    let other = if shell.lang == Lang::Zh { Lang::En } else { Lang::Zh };
    let page = html! {
        (DOCTYPE)
        html lang=(shell.lang.html()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (shell.title) }
                link rel="stylesheet" href="/static/station.css";
                link rel="icon" href="/static/tally.svg" type="image/svg+xml";
                @if let Some(seconds) = shell.reload_s {
                    noscript { meta http-equiv="refresh" content=(seconds); }
                }
                script src=(shell.script) defer {}
            }
            body {
                header.top {
                    (tally(shell.closed))
                    h1 { (shell.title) }
                    nav {
                        @for (path, name) in shell.links {
                            a href={ (path) "?lang=" (shell.lang.code()) } { (name) }
                        }
                        a href={ (shell.path) "?lang=" (other.code()) } lang=(other.html()) { (words.other_language) }
                    }
                }
                main { (matter) }
            }
        }
    };
    Html(page.into_string())
}

/// Two halves of a tally, apart or fitted together.
fn tally(closed: bool) -> Markup {
    let right = if closed { "translate(0 0)" } else { "translate(5 0)" };
    html! {
        svg.tally viewBox="0 0 34 28" width="34" height="28" aria-hidden="true" {
            path d="M14 2 H9 A7 7 0 0 0 2 9 V19 A7 7 0 0 0 9 26 H14 V18 H18 V10 H14 Z" {}
            path transform=(right) d="M16 2 H21 A7 7 0 0 1 28 9 V19 A7 7 0 0 1 21 26 H16 V20 H20 V8 H16 Z" {}
        }
    }
}

pub(super) async fn file(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "station.css" => ("text/css; charset=utf-8", include_str!("static/station.css")),
        "station.js" => ("text/javascript; charset=utf-8", include_str!("static/station.js")),
        "picture.js" => ("text/javascript; charset=utf-8", include_str!("static/picture.js")),
        "tally.svg" => ("image/svg+xml", include_str!("static/tally.svg")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
