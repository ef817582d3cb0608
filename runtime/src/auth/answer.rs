//! What an answer of the token endpoint means. Nothing here is sent again, and nothing of a body is shown but the error
//! code and the words of its description.

use std::time::SystemTime;

use http::Response;
use serde::Deserialize;

use super::failure::{Failure, Kind};
use super::tokens::Tokens;
use crate::exchange::retry_after;
use crate::secret::Secret;
use crate::transport::Body;

/// Reads the answer to a code or a refresh token, which came at `now`.
pub(super) fn tokens(reply: &Response<Body>, secrets: &[Secret], now: SystemTime) -> Result<Tokens, Failure> {
    if !reply.status().is_success() {
        return Err(refused(reply, secrets, now));
    }
    // It was a success, so the old refresh token is probably spent.
    Tokens::read(reply.body()).map_err(|what| {
        Failure::new(Kind::Unknown, format!("the token endpoint's answer can not be read: it has {what}"))
    })
}

/// Reads the answer to a revocation: an unknown token is revoked as well (RFC 7009, section 2.2).
pub(super) fn revoked(reply: &Response<Body>, secrets: &[Secret], now: SystemTime) -> Result<(), Failure> {
    if reply.status().is_success() { Ok(()) } else { Err(refused(reply, secrets, now)) }
}

fn refused(reply: &Response<Body>, secrets: &[Secret], now: SystemTime) -> Failure {
    let status = reply.status();
    let error: Refusal = serde_json::from_slice(reply.body()).unwrap_or_default();
    let code = error.error.as_deref().filter(|code| is_code(code));
    let kind = match status.as_u16() {
        429 => Kind::Limited(retry_after(reply.headers(), now)),
        400..500 if code == Some("invalid_grant") => Kind::InvalidGrant,
        // A gateway's 408 says as little about what is behind it as its 504.
        408 | 500.. => Kind::Unknown,
        _ => Kind::Refused,
    };
    let mut what = format!("the token endpoint answered {}", status.as_u16());
    if let Some(code) = code {
        what.push_str(&format!(": {code}"));
    }
    if let (Some(_), Some(more)) = (code, error.error_description) {
        what.push_str(&format!(" ({})", shown(&more, secrets)));
    }
    Failure::new(kind, what)
}

/// RFC 6749, section 5.2. Members of other types are as good as none.
#[derive(Default, Deserialize)]
struct Refusal {
    error: Option<String>,
    error_description: Option<String>,
}

/// The registered codes, and what vendors add in their way.
fn is_code(code: &str) -> bool {
    (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The words of a description. What is no word may be a token, of this request or of another.
fn shown(text: &str, secrets: &[Secret]) -> String {
    let secrets = secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty());
    let text = secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "…"));
    let is_word =
        |word: &&str| word.chars().count() <= 20 && word.chars().all(|c| c.is_alphabetic() || "_-'.,:;()".contains(c));
    let words = text.split_whitespace().take(40).map(|word| Some(word).filter(is_word).unwrap_or("…"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::super::failure::Failure;
    use super::super::tokens::Tokens;
    use super::{Body, Kind, Secret, SystemTime, revoked};

    fn tokens(reply: &Response<Body>, secrets: &[Secret]) -> Result<Tokens, Failure> {
        super::tokens(reply, secrets, SystemTime::UNIX_EPOCH)
    }

    fn reply(status: u16, body: &str) -> Response<Body> {
        Response::builder().status(status).body(body.to_owned().into()).unwrap()
    }

    #[test]
    fn t10_what_an_answer_means() {
        let table = [
            (200, "{}", Kind::Unknown),
            (200, "<html>", Kind::Unknown),
            (204, "", Kind::Unknown),
            (302, "", Kind::Refused),
            (400, r#"{"error":"invalid_grant"}"#, Kind::InvalidGrant),
            (401, r#"{"error":"invalid_grant"}"#, Kind::InvalidGrant),
            (400, r#"{"error":"invalid_client"}"#, Kind::Refused),
            (400, "<html>invalid_grant", Kind::Refused),
            (401, "", Kind::Refused),
            (408, "", Kind::Unknown),
            (429, "", Kind::Limited(None)),
            (500, r#"{"error":"invalid_grant"}"#, Kind::Unknown),
            (503, "<html>", Kind::Unknown),
        ];
        for (status, body, kind) in table {
            assert_eq!(tokens(&reply(status, body), &[]).map(drop).unwrap_err().kind, kind, "{status} {body}");
        }
        assert!(tokens(&reply(200, r#"{"access_token":"a"}"#), &[]).is_ok());
        assert!(revoked(&reply(200, ""), &[], SystemTime::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn s02_refusals_tell_the_code_and_hide_the_request() {
        let body = r#"{"error":"invalid_grant","error_description":"The token r3fresh is\nspent, A1b2 too."}"#;
        let error = tokens(&reply(400, body), &["r3fresh".into()]).map(drop).unwrap_err().error();
        assert_eq!(error.to_string(), "the token endpoint answered 400: invalid_grant (The token … is spent, … too.)");
        let table = [
            r#"{"error":"CANARY","error_description":"CANARY"}"#,
            r#"{"error":{"CANARY":1}}"#,
            r#""CANARY""#,
            "CANARY",
        ];
        for body in table {
            for status in [200, 302, 400, 401, 500] {
                let error = tokens(&reply(status, body), &[Secret::new("")]).map(drop).unwrap_err().error();
                assert!(!format!("{error} {error:?}").contains("CANARY"), "{status} {body}");
            }
        }
    }
}
