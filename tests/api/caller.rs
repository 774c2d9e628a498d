//! A program that calls the API: requests go through the server's own router.

use crate::support::{TestApp, city::PASSWORD};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) struct Caller {
    router: Router,
    pub(crate) token: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, String::from_utf8_lossy(&self.bytes)))
    }

    /// The code of a refusal; its envelope must be complete.
    #[track_caller]
    pub(crate) fn refusal(&self) -> String {
        let error = &self.json()["error"];
        for field in ["sentence", "remedy"] {
            assert!(!error[field].as_str().unwrap().is_empty(), "{error}");
        }
        assert!(["zh", "en"].contains(&error["language"].as_str().unwrap()), "{error}");
        assert!(error["number"].is_null() || self.status == StatusCode::INTERNAL_SERVER_ERROR, "{error}");
        assert_eq!(self.headers["content-type"], "application/json");
        error["code"].as_str().unwrap().to_owned()
    }

    /// What was asked for, once it was done.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }
}

impl Caller {
    pub(crate) fn stranger(test: &TestApp) -> Caller {
        Caller { router: hufu::command::serve::router(test.app.clone()).unwrap(), token: None }
    }

    /// Somebody of the city who has logged in.
    pub(crate) async fn of(test: &TestApp, login: &str) -> Caller {
        let mut caller = Caller::stranger(test);
        let body = json!({"login": login, "password": PASSWORD});
        let opened = caller.post("/api/v1/sessions", body).await.ok();
        caller.token = Some(opened["token"].as_str().unwrap().to_owned());
        caller
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => {
                request.header("content-type", "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    /// With an idempotency key.
    pub(crate) async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = self.request("POST", path).header("idempotency-key", key);
        let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Some(body)).await
    }
}
