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
            body data-page=(shell.path) {
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
    let right = if closed { "translate(0 0)" } else { "translate(4 0)" };
    html! {
        svg.tally viewBox="0 0 36 32" width="27" height="24" aria-hidden="true" {
            path d="M15 4H9C5.5 4 4 6 4 9v14c0 3 1.5 5 5 5h6v-7l-3-3 3-3z" {}
            path.half transform=(right) d="M17 4h6c3.5 0 5 2 5 5v14c0 3-1.5 5-5 5h-6v-7l-3-3 3-3z" {}
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

#[cfg(test)]
mod tests {
    /// The colours of a style sheet, as they are written.
    fn colours(style: &str) -> Vec<&str> {
        let lines = style.lines().flat_map(|line| line.split(';'));
        lines.map(str::trim).filter(|it| it.starts_with("--") && it.contains(": #")).collect()
    }

    #[test]
    fn station_and_server_have_one_face() {
        let own = colours(include_str!("static/station.css"));
        let light = colours(include_str!("../../../src/web/static/style.css"));
        let dark = colours(include_str!("../../../src/web/static/dark.css"));
        assert!(own.len() > 30);
        let others: Vec<_> = own.iter().filter(|it| !light.contains(it) && !dark.contains(it)).collect();
        assert!(others.is_empty(), "{others:?} is no colour of the server's pages");
        assert_eq!(include_str!("static/tally.svg"), include_str!("../../../src/web/static/favicon.svg"));
    }
}
