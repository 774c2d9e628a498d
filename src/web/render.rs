//! The pages' engine: templates and words are built into the program, one environment per language, and nothing
//! undefined is ever printed. What base.html needs on every page is [`Frame`](super::frame::Frame).

use super::{
    frame::Status,
    picture,
    words::{Words, WordsError},
};
use crate::{
    clock::{Moment, Span},
    domain::finding,
    language::Language,
};
use hufu_wire::place::in_english;
use minijinja::{
    Environment, Error, ErrorKind, UndefinedBehavior,
    syntax::SyntaxConfig,
    value::{Kwargs, Serde, Value, ValueKind},
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// Every file of the folder `templates`, with its text (`build.rs`).
pub(crate) const TEMPLATES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Every file of the folder `static`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/static.rs"));

/// Why a page could not be made. The program or a template is wrong, never the person.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A file that is made on the spot.
    #[error(transparent)]
    File(#[from] crate::export::NotWritten),
    #[error(transparent)]
    Words(#[from] WordsError),
    // `{0:#}` names the template and the line.
    #[error("{0:#}")]
    Template(#[from] Error),
}

/// Makes pages. Built once at start; cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Pages {
    zh: LanguagePages,
    en: LanguagePages,
}

#[derive(Debug)]
struct LanguagePages {
    environment: Environment<'static>,
    words: Arc<Words>,
}

impl Pages {
    /// Reads all templates and words. Refuses a template that does not parse.
    pub fn new() -> Result<Pages, RenderError> {
        Pages::of(TEMPLATES)
    }

    pub(crate) fn of(templates: &[(&'static str, &'static str)]) -> Result<Pages, RenderError> {
        Ok(Pages { zh: pages_in(Language::Zh, templates)?, en: pages_in(Language::En, templates)? })
    }

    /// A page. Refuses a key the context lacks and a word the language lacks.
    pub fn render(
        &self,
        template: &str,
        language: Language,
        context: impl Serialize,
    ) -> Result<String, RenderError> {
        let template = self.in_language(language).environment.get_template(template)?;
        Ok(template.render(Serde(context))?)
    }

    /// The same words for what is not a template: refusals, pictures, file names.
    pub fn words(&self, language: Language) -> &Words {
        &self.in_language(language).words
    }

    fn in_language(&self, language: Language) -> &LanguagePages {
        language.pick(&self.zh, &self.en)
    }
}

fn pages_in(
    language: Language,
    templates: &[(&'static str, &'static str)],
) -> Result<LanguagePages, RenderError> {
    let words = Arc::new(Words::of(language)?);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    // A slash is written as one byte instead of six: most of what a page says of addresses are slashes.
    environment.set_formatter(|out, state, value| match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) if !text.contains(['<', '>', '&', '"', '\'']) => Ok(out.write_str(text)?),
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_global("language", language.pick("zh", "en"));
    let asked = Arc::clone(&words);
    environment.add_function("t", move |key: &str, values: Kwargs| translate(&asked, key, &values));
    environment.add_function("asset", asset_href);
    let asked = Arc::clone(&words);
    environment
        .add_function("emblem", move || picture::emblem(&asked).map(Value::from_safe_string).map_err(wrong));
    environment.add_filter("number", grouped);
    environment.add_filter("moment", |at: i64| Moment(at).text());
    environment.add_filter("moment_seconds", |at: i64| Moment(at).text_seconds());
    environment.add_filter("date", |at: i64| Moment(at).date());
    let asked = Arc::clone(&words);
    environment.add_filter("quantity", move |text: &str| quantity(&asked, text));
    let asked = Arc::clone(&words);
    environment.add_filter("quantity_text", move |text: &str| quantity_text(&asked, text).map_err(wrong));
    environment.add_filter("finding", move |text: &str| finding::told(language, text));
    environment.add_filter("standing", |left: i64| {
        Status::of_time_left(Span(left.saturating_mul(1_000_000))).word()
    });
    environment.add_filter("place", move |text: &str| language.pick(text.to_owned(), in_english(text)));
    let asked = Arc::clone(&words);
    environment.add_filter("time_left", move |seconds: i64| time_left(&asked, seconds));
    for (name, text) in templates {
        environment.add_template(name, text)?;
    }
    Ok(LanguagePages { environment, words })
}

fn wrong(error: WordsError) -> Error {
    Error::new(ErrorKind::InvalidOperation, error.to_string()).with_source(error)
}

/// `t("key", name=value)`. Whole numbers called `count` are written with thousands.
fn translate(words: &Words, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut texts = BTreeMap::new();
    for name in values.args() {
        let value: Value = values.get(name)?;
        let text = match (name, value.kind()) {
            (_, ValueKind::Undefined | ValueKind::None) => {
                let what = format!("the value of {{{name}}} for the word «{key}» is missing");
                return Err(Error::new(ErrorKind::UndefinedError, what));
            }
            ("count", ValueKind::Number) => i64::try_from(value).map(grouped)?,
            _ => value.to_string(),
        };
        texts.insert(name, text);
    }
    let pairs: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    words.text(key, &pairs).map_err(wrong)
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `12.35 克` in its two parts, so that figures can stand in a column. The list's own words (部, 张) stay as they are.
fn quantity(words: &Words, text: &str) -> Result<Value, Error> {
    let (figure, unit) = quantity_parts(words, text).map_err(wrong)?;
    Ok(Value::from_pairs([("figure", figure), ("unit", unit)]))
}

/// The same for a sentence: `12.35 g`.
pub(super) fn quantity_text(words: &Words, text: &str) -> Result<String, WordsError> {
    let (figure, unit) = quantity_parts(words, text)?;
    Ok(format!("{figure} {unit}").trim_end().to_owned())
}

/// The figure, and the unit in the reader's language.
pub(super) fn quantity_parts(words: &Words, text: &str) -> Result<(String, String), WordsError> {
    let (figure, unit) = text.rsplit_once(' ').unwrap_or((text, ""));
    let word = |key| words.text(key, &[]);
    Ok(match unit {
        "件" => (figure.to_owned(), word("unit.piece")?),
        "克" => (figure.to_owned(), word("unit.gram")?),
        "千克" => (figure.to_owned(), word("unit.kilogram")?),
        "毫升" => (figure.to_owned(), word("unit.millilitre")?),
        "元" => (figure.to_owned(), word("unit.yuan")?),
        own => (figure.to_owned(), own.to_owned()),
    })
}

fn time_left(words: &Words, seconds: i64) -> Result<String, Error> {
    time_left_text(words, seconds).map_err(wrong)
}

/// Seconds until a deadline (negative when it has passed) in words. Beyond two days only whole days matter.
pub(super) fn time_left_text(words: &Words, seconds: i64) -> Result<String, WordsError> {
    let minutes = seconds.unsigned_abs() / 60;
    let (days, hours) = (minutes / 1_440, minutes / 60);
    let past = seconds < 0;
    let (key, values) = match (days, hours) {
        (2.., _) => (if past { "deadline.over_days" } else { "deadline.left_days" }, vec![("days", days)]),
        (_, 1..) => (
            if past { "deadline.over_hours" } else { "deadline.left_hours" },
            vec![("hours", hours), ("minutes", minutes % 60)],
        ),
        _ => {
            (if past { "deadline.over_minutes" } else { "deadline.left_minutes" }, vec![("minutes", minutes)])
        }
    };
    let texts: Vec<(&str, String)> = values.iter().map(|(name, n)| (*name, n.to_string())).collect();
    let pairs: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    words.text(key, &pairs)
}

/// A file of `/static`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticFile {
    pub mime: &'static str,
    pub text: &'static str,
}

/// The file behind `/static/{name}`. Its address carries a digest of its content, so it may be cached for ever.
pub fn static_file(name: &str) -> Option<StaticFile> {
    let (name, text) = FILES.iter().find(|(known, _)| *known == name)?;
    let mime = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    Some(StaticFile { mime, text })
}

/// `asset("style.css")` in a template.
fn asset_href(name: &str) -> Result<String, Error> {
    let file = static_file(name).ok_or_else(|| {
        Error::new(ErrorKind::InvalidOperation, format!("there is no file {name} in static/"))
    })?;
    let mut digest = DefaultHasher::new();
    file.text.hash(&mut digest);
    Ok(format!("/static/{name}?v={:016x}", digest.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(language: Language, text: &'static str) -> Result<String, RenderError> {
        Pages::of(&[("it.html", text)]).unwrap().render(
            "it.html",
            language,
            json!({ "n": 12_345, "text": "<b>", "at": 1_767_574_800_000_000_i64 }),
        )
    }

    #[test]
    fn filters_write_what_people_read() {
        for (text, zh, en) in [
            ("{{ n|number }}", "12,345", "12,345"),
            ("{{ -1234567|number }}", "-1,234,567", "-1,234,567"),
            ("{{ at|moment }}", "2026-01-05 09:00", "2026-01-05 09:00"),
            ("{{ at|date }}", "2026-01-05", "2026-01-05"),
            ("{% set q = '12.35 克'|quantity %}{{ q.figure }}|{{ q.unit }}", "12.35|克", "12.35|g"),
            ("{% set q = '2 部'|quantity %}{{ q.figure }}|{{ q.unit }}", "2|部", "2|部"),
            (
                "{% set q = '30.06302 千克'|quantity %}{{ q.figure }}|{{ q.unit }}",
                "30.06302|千克",
                "30.06302|kg",
            ),
            ("{% set q = '999.9 克'|quantity %}{{ q.figure }}|{{ q.unit }}", "999.9|克", "999.9|g"),
            ("{{ 19200|time_left }}", "剩 5 小时 20 分", "5 h 20 min left"),
            ("{{ -59|time_left }}", "逾期 0 分钟", "0 min over"),
            ("{{ -864000|time_left }}", "逾期 10 天", "10 d over"),
            ("{{ t('table.chosen', count=1) }}", "已选 1 行", "1 row chosen"),
            ("{{ t('table.chosen', count=n) }}", "已选 12,345 行", "12,345 rows chosen"),
            ("{{ language }}", "zh", "en"),
        ] {
            assert_eq!(shown(Language::Zh, text).unwrap(), zh);
            assert_eq!(shown(Language::En, text).unwrap(), en);
        }
    }

    #[test]
    fn nothing_is_markup_by_itself() {
        assert_eq!(shown(Language::Zh, "{{ text }}").unwrap(), "&lt;b&gt;");
        assert_eq!(shown(Language::Zh, "{{ t('frame.lost') }}{{ text }}").unwrap().matches('<').count(), 0);
    }

    #[test]
    fn what_is_missing_is_an_error() {
        for text in [
            "{{ nobody }}",
            "{% if nobody %}{% endif %}",
            "{{ t('no.such') }}",
            "{{ t('table.sort_by') }}",
            "{{ t('table.sort_by', column=none) }}",
            "{{ t('button.save', column=1) }}",
            "{{ asset('no.css') }}",
        ] {
            assert!(shown(Language::Zh, text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_list_of_templates_is_the_folder() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/templates");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let listed: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, files);
    }

    #[test]
    fn the_frame_stays_small() {
        for (name, limit) in [("style.css", 25_000), ("hufu.js", 12_000), ("favicon.svg", 1_000)] {
            let size = static_file(name).unwrap().text.len();
            assert!(size < limit, "{name} has {size} bytes");
        }
        assert!(static_file("../render.rs").is_none());
    }

    #[test]
    fn pages_before_login_need_only_the_plain_frame() {
        let pages = Pages::new().unwrap();
        let frame = super::super::frame::Frame::plain(
            "/login?back=/a b",
            super::super::theme::Theme::System,
            "secret",
        );
        for language in [Language::Zh, Language::En] {
            let login = json!({ "frame": frame, "name": "", "told": "locked", "minutes": 15, "back": "/" });
            let html = pages.render("login.html", language, login).unwrap();
            assert!(html.contains("name=\"csrf\" value=\"secret\""));
            assert!(html.contains("back=/login%3Fback%3D/a%20b\""), "an address in an address");
            for kind in ["not_found", "forbidden", "broken", "stale", "refused"] {
                let why = (kind == "refused").then_some("<no>");
                let problem = json!({ "kind": kind, "sentence": why, "remedy": why, "number": null });
                let html = pages
                    .render("error.html", language, json!({ "frame": frame, "problem": problem }))
                    .unwrap();
                assert!(!html.contains("<no>"));
            }
        }
    }
}
