//! Answers: pages, redirects and JSON. None of them may be stored.

use axum::body::Body;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, PRAGMA, REFERRER_POLICY, SET_COOKIE,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

/// A page with its content security policy.
pub(super) fn page(status: StatusCode, html: String, policy: &str) -> Response {
    let mut response = plain(status, "text/html; charset=utf-8", html);
    put(&mut response, CONTENT_SECURITY_POLICY, policy);
    put(&mut response, X_FRAME_OPTIONS, "DENY");
    response
}

pub(super) fn redirect(status: StatusCode, to: &str) -> Response {
    let mut response = plain(status, "text/plain; charset=utf-8", String::new());
    put(&mut response, LOCATION, to);
    response
}

pub(super) fn json(status: StatusCode, value: &Value) -> Response {
    plain(status, "application/json;charset=UTF-8", value.to_string())
}

/// Asks for the credentials that were refused (RFC 6749, section 5.2).
pub(super) fn challenge(response: &mut Response) {
    put(response, WWW_AUTHENTICATE, "Basic realm=\"sandbox\", charset=\"UTF-8\"");
}

/// Sets the cookie that a browser is known by until it closes.
pub(super) fn cookie(response: &mut Response, name: &str, value: &str) {
    put(response, SET_COOKIE, &format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax"));
}

fn plain(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    put(&mut response, CONTENT_TYPE, media_type);
    put(&mut response, CACHE_CONTROL, "no-store");
    put(&mut response, PRAGMA, "no-cache");
    // Not `no-referrer`: with that, browsers send forms without saying where they come from.
    put(&mut response, REFERRER_POLICY, "same-origin");
    put(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// Values that can not be sent are left out: a client has brought them.
fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
