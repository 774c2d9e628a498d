//! The one answer to everything that was not done: a stable code for programs, a sentence and a remedy for people. The
//! cause of what is our fault goes into the log once, here, under a number that the answer carries.

use crate::{
    app::App,
    custody::{Error, Sentence},
    language::Language,
};
use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::sync::Arc;

/// Why there is no other answer.
#[derive(Clone, Debug)]
pub enum Problem {
    /// A verb said no.
    Custody(Arc<Error>),
    /// HTTP itself was not as it must be.
    Request(StatusCode, Box<Sentence>),
    /// A paper or picture could not be made: our mistake.
    Broken(Arc<dyn std::error::Error + Send + Sync>),
}

/// What every refusal looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Envelope {
    pub error: ErrorBody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(example = json!({
    "code": "case_number_taken",
    "sentence": "Your unit already has a case A-2026-17.",
    "remedy": "Open it from the list of cases, or check the number.",
    "language": "en",
    "number": null,
}))]
pub struct ErrorBody {
    /// Stable: programs decide by it.
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// What to do about it.
    pub remedy: String,
    /// The language of both.
    pub language: Language,
    /// Where our log tells more: only when the fault is ours.
    pub number: Option<String>,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Custody(Arc::new(error))
    }
}

/// A sentence and its remedy: ((zh, en), (zh, en)).
type Words<'a> = ((&'a str, &'a str), (&'a str, &'a str));

impl Problem {
    fn request(status: StatusCode, code: &'static str, (wrong, remedy): Words<'_>) -> Problem {
        let sentence = Sentence {
            code,
            zh: wrong.0.to_owned(),
            en: wrong.1.to_owned(),
            remedy_zh: remedy.0.to_owned(),
            remedy_en: remedy.1.to_owned(),
        };
        Problem::Request(status, Box::new(sentence))
    }

    pub fn not_logged_in() -> Problem {
        Problem::request(
            StatusCode::UNAUTHORIZED,
            "not_logged_in",
            (
                ("没有登录，或者登录已经失效。", "Nobody is logged in, or the session has ended."),
                (
                    "请用 POST /api/v1/sessions 登录，再以 Authorization: Bearer 令牌请求。",
                    "Log in with POST /api/v1/sessions and send the token as Authorization: Bearer.",
                ),
            ),
        )
    }

    pub fn change_password() -> Problem {
        Problem::request(
            StatusCode::FORBIDDEN,
            "password_must_change",
            (
                (
                    "首次登录须先修改密码，之前不能办理任何事。",
                    "The first password must be changed before anything else.",
                ),
                ("请用 POST /api/v1/me/password 修改密码。", "Change it with POST /api/v1/me/password."),
            ),
        )
    }

    pub fn no_such_address() -> Problem {
        Problem::request(
            StatusCode::NOT_FOUND,
            "no_such_address",
            (
                ("接口没有这个地址。", "The API has no such address."),
                ("全部地址见 /api 。", "All of them are listed at /api."),
            ),
        )
    }

    pub fn no_such_method() -> Problem {
        Problem::request(
            StatusCode::METHOD_NOT_ALLOWED,
            "no_such_method",
            (
                ("这个地址不接受这种方法。", "This address does not take this method."),
                ("可用的方法见 Allow 首部和 /api 。", "The Allow header and /api say which it takes."),
            ),
        )
    }

    pub fn too_large() -> Problem {
        Problem::request(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            (
                (
                    "请求内容过大，未处理，什么也没有改变。",
                    "The request is too large; it was not read and nothing was changed.",
                ),
                ("请分成几次发送。", "Send it in parts."),
            ),
        )
    }

    pub fn not_json() -> Problem {
        Problem::request(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            (
                ("这个地址不接受这种内容类型。", "This address does not take this type of content."),
                ("请按 /api 所写设置 Content-Type。", "Set Content-Type as /api says."),
            ),
        )
    }

    /// What was sent cannot be read; `detail` is the reader's own word for it.
    pub fn unread(status: StatusCode, detail: &str) -> Problem {
        let (zh, en) =
            (format!("请求无法读懂：{detail}"), format!("The request cannot be understood: {detail}"));
        let remedy = ("请按 /api 的说明改正后重发。", "Correct it as /api describes and send it again.");
        Problem::request(status, "not_understood", ((&zh, &en), remedy))
    }

    fn status(&self) -> StatusCode {
        match self {
            Problem::Request(status, _) => *status,
            Problem::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Problem::Custody(error) => match **error {
                Error::Refused(_) | Error::Conflict(_) => StatusCode::CONFLICT,
                Error::NotFound(_) | Error::NotYet(_) => StatusCode::NOT_FOUND,
                Error::Forbidden(_) => StatusCode::FORBIDDEN,
                Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
                Error::Store(_) | Error::Random(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    fn said(&self, language: Language, number: Option<String>) -> ErrorBody {
        let (code, sentence, remedy) = match self {
            Problem::Custody(error) => (error.code(), error.sentence(language), error.remedy(language)),
            Problem::Request(_, it) => (
                it.code,
                language.pick(&it.zh, &it.en).clone(),
                language.pick(&it.remedy_zh, &it.remedy_en).clone(),
            ),
            Problem::Broken(_) => (
                "not_made",
                language
                    .pick("未能生成，什么也没有改变。", "It could not be made; nothing was changed.")
                    .to_owned(),
                language.pick("请把编号告诉管理员。", "Tell the administrator the number.").to_owned(),
            ),
        };
        ErrorBody { code: code.to_owned(), sentence, remedy, language, number }
    }

    /// What is told about it. What is our fault goes into the log.
    pub(super) fn told(&self, app: &App, language: Language) -> ErrorBody {
        self.said(language, self.log(app))
    }

    /// Logs what is our fault, once, and gives it a number.
    fn log(&self, app: &App) -> Option<String> {
        let error: &dyn std::error::Error = match self {
            Problem::Custody(error) => match &**error {
                Error::Store(error) => error,
                error @ Error::Random(_) => error,
                _ => return None,
            },
            Problem::Broken(error) => &**error,
            Problem::Request(..) => return None,
        };
        let number = app.ids.new_id::<crate::id::EntryId>().to_string();
        tracing::error!(number, error, "a request to the API failed");
        Some(number)
    }
}

impl IntoResponse for Problem {
    /// The status; [`put_into_words`] writes the envelope, because it knows the language.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the envelope of a problem in the reader's language; other responses stay as they are.
pub fn put_into_words(app: &App, language: Language, mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let envelope = Envelope { error: problem.told(app, language) };
    let status = response.status();
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    match serde_json::to_vec(&envelope) {
        Ok(bytes) => *response.body_mut() = Body::from(bytes),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the envelope cannot be written");
        }
    }
    response
}
