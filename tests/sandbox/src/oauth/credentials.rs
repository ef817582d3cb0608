//! The forms that applications send, and how they say who they are (RFC 6749, section 2.3.1).

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use super::clients::Client;
use super::options::Options;
use super::reply;
use crate::pairs::Pairs;

/// A form in which each name stands once.
pub(super) struct Form(Pairs);

/// What is said in place of tokens (RFC 6749, section 5.2).
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
    basic: bool,
}

pub(super) fn refusal(error: &'static str, description: &'static str) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, error, description, basic: false }
}

impl Refusal {
    pub(super) fn response(self) -> Response {
        let body = serde_json::json!({ "error": self.error, "error_description": self.description });
        let mut response = reply::json(self.status, &body);
        if self.basic {
            reply::challenge(&mut response);
        }
        response
    }
}

impl Form {
    pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, Refusal> {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(refusal("invalid_request", "the body is a form: application/x-www-form-urlencoded"));
        }
        let pairs = Pairs::parse(body);
        match pairs.repeats() {
            true => Err(refusal("invalid_request", "a parameter is sent twice")),
            false => Ok(Form(pairs)),
        }
    }

    /// A value; an empty one is none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }
}

/// Who sends this form: by id and secret in it or in the header, or, for public applications, by the id alone.
pub(super) fn authenticate(options: &Options, headers: &HeaderMap, form: &Form) -> Result<Client, Refusal> {
    let basic = headers.get(AUTHORIZATION);
    let unknown = Refusal {
        status: StatusCode::UNAUTHORIZED,
        error: "invalid_client",
        description: "the client id or the client secret is wrong",
        basic: basic.is_some(),
    };
    let (id, secret) = match basic {
        Some(_) if form.get("client_secret").is_some() => {
            return Err(refusal("invalid_request", "the credentials are sent in two ways"));
        }
        Some(value) => match value.to_str().ok().and_then(decode) {
            Some((id, secret)) if form.get("client_id").is_none_or(|other| other == id) => (id, Some(secret)),
            _ => return Err(unknown),
        },
        None => match form.get("client_id") {
            Some(id) => (id.to_owned(), form.get("client_secret").map(str::to_owned)),
            None => return Err(unknown),
        },
    };
    let secret = secret.as_deref().filter(|secret| !secret.is_empty());
    options.client(&id).filter(|client| client.knows(secret)).ok_or(unknown)
}

/// Both parts are form-encoded before they are joined.
fn decode(header: &str) -> Option<(String, String)> {
    let (scheme, text) = header.trim().split_once(' ')?;
    let bytes = STANDARD.decode(text.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((part(id)?, part(secret)?))
}

fn part(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::decode;

    #[test]
    fn basic_is_decoded_twice() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(decode(&header("an+id:a+secret")), pair("an id", "a secret"));
        assert_eq!(decode(&header("a%3Ab:%C3%A9:x")), pair("a:b", "é:x"));
        assert_eq!(decode(&header("none")), None);
        assert_eq!(decode("Bearer eDp5"), None);
    }
}
