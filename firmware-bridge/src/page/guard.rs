//! Which requests this page accepts. A web page on another site can make the browser send requests here; it cannot make them
//! look like ours.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses a foreign host name (DNS rebinding) and a foreign origin (forged requests); forbids framing and caching.
pub async fn only_this_machine(request: Request, next: Next) -> Response {
    if let Err(why) = check(request.method(), request.headers()) {
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn check(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).ok_or("no host")?;
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    if !matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        return Err("this page belongs to this machine only");
    }
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let ours = |origin: &str| origin.strip_prefix("http://") == Some(host);
    if text(header::ORIGIN).is_some_and(|origin| !ours(origin)) {
        return Err("the request came from another site");
    }
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return Err("the request came from another site");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_page_may_change_anything() {
        type Headers = &'static [(&'static str, &'static str)];
        let table: &[(&str, Method, Headers, bool)] = &[
            (
                "our page",
                Method::POST,
                &[("host", "127.0.0.1:7717"), ("origin", "http://127.0.0.1:7717")],
                true,
            ),
            ("a script of ours", Method::POST, &[("host", "localhost:7717")], true),
            (
                "another site",
                Method::POST,
                &[("host", "127.0.0.1:7717"), ("origin", "https://evil.example")],
                false,
            ),
            (
                "another port",
                Method::POST,
                &[("host", "127.0.0.1:7717"), ("origin", "http://127.0.0.1:80")],
                false,
            ),
            ("a hidden origin", Method::POST, &[("host", "127.0.0.1:7717"), ("origin", "null")], false),
            ("cross-site", Method::POST, &[("host", "127.0.0.1:1"), ("sec-fetch-site", "cross-site")], false),
            ("rebound name, reading", Method::GET, &[("host", "evil.example:7717")], false),
            ("looking", Method::GET, &[("host", "127.0.0.1:7717")], true),
            ("no host", Method::GET, &[], false),
        ];
        for (name, method, given, allowed) in table {
            let mut headers = HeaderMap::new();
            for (key, value) in *given {
                headers.insert(*key, HeaderValue::from_static(value));
            }
            assert_eq!(check(method, &headers).is_ok(), *allowed, "{name}");
        }
    }
}
