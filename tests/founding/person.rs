//! Somebody at an office PC, who talks to the server over TLS.

use crate::centre::Centre;
use serde_json::{Value, json};

pub(crate) struct Person {
    agent: ureq::Agent,
    address: String,
    token: String,
    pub(crate) login: String,
}

/// What everybody makes of their first password.
pub(crate) fn password(login: &str) -> String {
    format!("two-halves-{}-of-one", login.chars().rev().collect::<String>())
}

impl Person {
    /// Logs in with the slip; nothing else is possible before the password is changed.
    pub(crate) fn with_slip(centre: &Centre, slips: &str, login: &str) -> Person {
        let slip = slips.split('✂').find(|slip| slip.contains(&format!(" {login}\n"))).unwrap();
        let line = slip.lines().find(|line| line.contains("初始密码")).unwrap();
        let first = line.split_whitespace().last().unwrap();
        let new = Person::logged_in(centre, login, first).unwrap();
        assert_eq!(new.refused("GET", "/api/v1/cases", &Value::Null), "password_must_change");
        new.ok("POST", "/api/v1/me/password", &json!({"old": first, "new": password(login)}));
        Person::logged_in(centre, login, &password(login)).unwrap()
    }

    /// Nobody, when login or password are refused.
    pub(crate) fn logged_in(centre: &Centre, login: &str, password: &str) -> Option<Person> {
        let (address, token) = (format!("https://localhost:{}", centre.port), String::new());
        let mut it = Person { agent: centre.agent(), address, token, login: login.to_owned() };
        let (status, opened) =
            it.send("POST", "/api/v1/sessions", &json!({"login": login, "password": password}));
        it.token = opened["token"].as_str()?.to_owned();
        (status < 300).then_some(it)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        let mut answer = if body.is_null() {
            self.agent.run(request.body(()).unwrap()).unwrap()
        } else {
            self.agent.run(request.body(body.to_string()).unwrap()).unwrap()
        };
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    #[track_caller]
    pub(crate) fn ok(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(method, path, body);
        assert!(status < 300, "{} {method} {path}: {status} {answer}", self.login);
        answer
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        self.ok("GET", path, &Value::Null)
    }

    /// The code of a refusal.
    #[track_caller]
    pub(crate) fn refused(&self, method: &str, path: &str, body: &Value) -> String {
        let (status, answer) = self.send(method, path, body);
        let code = answer["error"]["code"].as_str();
        code.unwrap_or_else(|| panic!("{} {method} {path}: {status} {answer}", self.login)).to_owned()
    }
}
