//! What went wrong with a call: one opaque type that answers questions.
//!
//! `Display` is one line and never holds a body, a header, a URL or a secret.

mod api;
mod redact;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

pub use api::ApiError;

use crate::api::Operation;
use crate::exchange::Outcome;
use crate::json::Fault;
use crate::reply::Raw;
use crate::transport::{BoxError, Phase, TransportFault};

use redact::Redact;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call, or the set-up of a client, failed.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    delivery: Delivery,
    what: Cow<'static, str>,
    operation: Option<&'static Operation>,
    status: Option<StatusCode>,
    request_id: Option<Box<str>>,
    media_type: Option<Box<str>>,
    retry_after: Option<Duration>,
    api: Vec<ApiError>,
    path: Option<Box<str>>,
    snippet: Option<Box<str>>,
    reauthorize: Option<Cause>,
    attempts: u32,
    elapsed: Duration,
    gone: bool,
    source: Option<BoxError>,
}

/// Why someone has to log in (again).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Nobody has logged in yet.
    NoGrant,
    /// The service refuses the refresh token: it was revoked, or has expired.
    Refused,
    /// The access token is over, and the service gave no refresh token with it.
    NoRefreshToken,
    /// A refresh was cut off after the service may have replaced the refresh token and before the new one was stored.
    RotationMayBeLost,
}

/// What kind of failure it is; each error is of exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The client or the request is not complete, or not right; nothing was sent.
    Config,
    /// The service does not know who asks (401), or there is no token to say it with.
    Auth,
    /// The store of tokens can not be read, written or locked. Nothing was sent, unless the service had refused an earlier
    /// attempt: [`Error::delivery`] tells.
    Store,
    /// The service asks for fewer requests (429).
    Limited,
    /// The service answered with an error.
    Api,
    /// The service answered with success, and the reply can not be read.
    Decode,
    /// There was no reply.
    Transport,
    /// There was no reply in time.
    Timeout,
    /// A list can not be continued.
    Paging,
}

/// Was the request processed?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// No: it was never sent.
    NotSent,
    /// No: the service refused it.
    Refused,
    /// Nobody knows: sending it again may do it twice.
    Unknown,
    /// Yes: the reply came, and can not be read.
    Answered,
}

impl Error {
    fn new(kind: Kind, delivery: Delivery, what: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            delivery,
            what: what.into(),
            operation: None,
            status: None,
            request_id: None,
            media_type: None,
            retry_after: None,
            api: Vec::new(),
            path: None,
            snippet: None,
            reauthorize: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            gone: false,
            source: None,
        }))
    }

    /// Something is missing or wrong on our side of the wire.
    pub(crate) fn config(what: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Kind::Config, Delivery::NotSent, what)
    }

    /// There is no token at the moment: what a [`TokenSource`](crate::TokenSource) answers when trying later may help.
    ///
    /// `what` is shown; it must hold no secret.
    pub fn token(what: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Kind::Auth, Delivery::NotSent, what)
    }

    /// There will be no token until someone logs in.
    pub fn reauthorization(cause: Cause) -> Self {
        let mut error = Error::token(match cause {
            Cause::NoGrant => "nobody has logged in: authorize the application",
            Cause::Refused => {
                "the service refuses the refresh token, as after a revocation: authorize the application again"
            }
            Cause::NoRefreshToken => {
                "the access token is over and came without a refresh token (was `offline_access` asked for?): authorize \
                 the application again"
            }
            Cause::RotationMayBeLost => {
                "a refresh was cut off and its refresh token may be spent: authorize the application again"
            }
        });
        error.0.reauthorize = Some(cause);
        error
    }

    /// The store of tokens does not do its work.
    ///
    /// `what` is shown; it must hold no secret.
    pub fn store(what: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Kind::Store, Delivery::NotSent, what)
    }

    pub(crate) fn paging(what: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Kind::Paging, Delivery::NotSent, what)
    }

    /// The service wants a pause that is longer than a call waits.
    pub(crate) fn barred(wait: Duration) -> Self {
        let what = format!("the service has asked for a pause, which lasts {} s more", wait.as_secs_f64().ceil());
        let mut error = Error::new(Kind::Limited, Delivery::NotSent, what);
        error.0.retry_after = Some(wait);
        error
    }

    /// The time of the whole call is up.
    pub(crate) fn deadline() -> Self {
        Error::new(Kind::Timeout, Delivery::NotSent, "the call was not done in time")
    }

    pub(crate) fn transport(fault: TransportFault) -> Self {
        let outcome = Outcome::of_fault(fault.phase, fault.status.map(|status| status.as_u16()));
        let is_failure = fault.status.is_some_and(|status| !status.is_success());
        let kind = match fault.phase {
            _ if outcome == Outcome::Limited => Kind::Limited,
            _ if outcome == Outcome::Unauthorized => Kind::Auth,
            Phase::NotSent | Phase::Unknown => Kind::Transport,
            Phase::TimedOut => Kind::Timeout,
            Phase::TooLarge if is_failure => Kind::Api,
            Phase::TooLarge => Kind::Decode,
        };
        let delivery = match outcome {
            Outcome::NotSent => Delivery::NotSent,
            Outcome::Unauthorized | Outcome::Limited => Delivery::Refused,
            Outcome::Doubtful => Delivery::Unknown,
            Outcome::Success | Outcome::Unreadable => Delivery::Answered,
            Outcome::Answer if !is_failure => Delivery::Answered,
            Outcome::Answer => delivery_of(fault.status),
        };
        let status = fault.status;
        let mut error = Error::new(kind, delivery, fault.to_string()).because(fault.source);
        error.0.status = status;
        error
    }

    /// The same, of a call to which the service had given this answer before.
    pub(crate) fn upon(mut self, answer: Error) -> Self {
        let Error(answer) = answer;
        self.0.status = answer.status;
        self.0.delivery = answer.delivery;
        self.0.request_id = answer.request_id;
        self.0.media_type = answer.media_type;
        self.0.retry_after = self.0.retry_after.or(answer.retry_after);
        self.0.api = answer.api;
        self.0.snippet = answer.snippet;
        self
    }

    /// A reply that is no success.
    pub(crate) fn answered(raw: &Raw, retry_after: Option<Duration>) -> Self {
        let redact = &Redact::of(raw.secrets.iter());
        let status = raw.status;
        let kind = match status.as_u16() {
            401 => Kind::Auth,
            429 => Kind::Limited,
            _ => Kind::Api,
        };
        let what = match status.is_redirection() {
            true => format!(
                "the service answered {} and points {}, which is not followed",
                status.as_u16(),
                aim(&raw.headers)
            ),
            false => format!("the service answered {}", status.as_u16()),
        };
        let mut error = Error::new(kind, delivery_of(Some(status)), what).about(raw, redact);
        error.0.retry_after = retry_after;
        error.0.api = api::parse(&String::from_utf8_lossy(&raw.body), |text| redact.text(text));
        error
    }

    /// A success that can not be read.
    pub(crate) fn decode(raw: &Raw, fault: Fault) -> Self {
        let redact = &Redact::of(raw.secrets.iter());
        let what = match raw.body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => "the reply is empty".to_owned(),
            Some(b'<') => "the reply is a web page, or XML".to_owned(),
            Some(_) => format!("the reply can not be read: {fault}"),
        };
        let mut error = Error::new(Kind::Decode, Delivery::Answered, what).about(raw, redact);
        error.0.path = Some(fault.path().into());
        error.0.source = Some(Box::new(fault));
        error
    }

    fn about(mut self, raw: &Raw, redact: &Redact) -> Self {
        let header = |name: &str| raw.headers.get(name).and_then(|value| value.to_str().ok());
        self.0.status = Some(raw.status);
        self.0.request_id = REQUEST_IDS.iter().find_map(|name| header(name)).map(|id| redact.text(id).into());
        self.0.media_type = header("content-type").map(Into::into);
        self.0.snippet = Some(redact.snippet(&raw.body).into());
        self
    }

    /// 404 for something that an earlier attempt may have deleted.
    pub(crate) fn gone(mut self) -> Self {
        self.0.what =
            "the service answered 404 after a retry: it is gone, and an earlier attempt may have deleted it".into();
        self.0.gone = true;
        self
    }

    /// What the whole call was like.
    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration, delivery: Delivery) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self.0.delivery = delivery;
        self
    }

    /// The same, and what led to it. It must hold no secret.
    #[must_use]
    pub fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn in_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Was the request processed?
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// The HTTP status, if there was a reply.
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// What the service says is wrong; empty if it says nothing that can be read.
    pub fn api(&self) -> &[ApiError] {
        &self.0.api
    }

    /// How long the service asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The service's id of the request, to be told to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The media type of the reply.
    pub fn media_type(&self) -> Option<&str> {
        self.0.media_type.as_deref()
    }

    /// The operation, e.g. `contacts.list`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// Where the operation stands in the project's specs.
    pub fn operation_place(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.place)
    }

    /// Where in the reply something could not be read, e.g. `$items[3].total_amount`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The beginning of the reply's body, at most 2 KiB, with secrets removed. It may hold business data: log it with care.
    pub fn body_snippet(&self) -> Option<&str> {
        self.0.snippet.as_deref()
    }

    /// Why someone has to log in (again) before this can succeed; `None`: nobody has to.
    pub fn reauthorize(&self) -> Option<Cause> {
        self.0.reauthorize
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long it took, all attempts and all waiting.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Is what was to be deleted gone after a retry? The service answered 404, and an earlier attempt of this call may be
    /// why.
    pub fn is_gone_after_retry(&self) -> bool {
        self.0.gone
    }

    /// Was there no reply in time?
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::Timeout
    }

    /// Does the service not know who asks?
    pub fn is_auth(&self) -> bool {
        self.0.kind == Kind::Auth
    }
}

/// Under which names services send the id of a request.
const REQUEST_IDS: [&str; 5] = ["x-request-id", "x_request_id", "request-id", "apim-request-id", "x-correlation-id"];

/// What a status says about the request.
fn delivery_of(status: Option<StatusCode>) -> Delivery {
    match status.map(|status| status.as_u16()) {
        Some(408) => Delivery::Unknown,
        // These may be the answer to what was processed (RFC 9110, sections 15.4.2 to 15.4.4).
        Some(301..=303) => Delivery::Unknown,
        Some(300..500) => Delivery::Refused,
        _ => Delivery::Unknown,
    }
}

/// Where a redirect points: the host, and no more, as the rest may hold a secret.
fn aim(headers: &HeaderMap) -> String {
    let target = headers.get(http::header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let authority =
        target.split_once("//").map(|(_, rest)| rest.split(['/', '?', '#', '\\']).next().unwrap_or_default());
    let host = authority.map(|authority| authority.rsplit('@').next().unwrap_or_default());
    match host.filter(|host| !host.is_empty()) {
        Some(host) => format!("to {}", host.chars().take(100).collect::<String>().escape_debug()),
        None => "elsewhere".to_owned(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{}: ", operation.id)?;
        }
        f.write_str(&self.0.what)?;
        if let Some(first) = self.0.api.first() {
            write!(f, ": {first}")?;
        }
        if let more @ 1.. = self.0.api.len().saturating_sub(1) {
            write!(f, " (and {more} more)")?;
        }
        match self.0.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, ", after {attempts} attempts in {:.1} s", self.0.elapsed.as_secs_f64()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("delivery", &self.0.delivery)
            .field("status", &self.status())
            .field("operation", &self.operation())
            .field("attempts", &self.0.attempts)
            .field("elapsed", &self.0.elapsed)
            .field("request_id", &self.0.request_id)
            .field("message", &self.to_string())
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn e03_an_error_is_one_word() {
        assert_eq!(size_of::<Error>(), 8);
        assert_eq!(size_of::<Result<u8, Error>>(), 16);
        assert_eq!(size_of::<Result<(), Error>>(), 8);
    }
}
