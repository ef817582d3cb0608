//! What went wrong with a call: one opaque type that answers questions.
//!
//! `Display` is one line and never holds a body, a header, a URL or a secret.

mod api;
mod make;
mod redact;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

pub use api::ApiError;

use crate::api::Operation;
use crate::transport::BoxError;

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
    headers: HeaderMap,
    request_id: Option<Box<str>>,
    media_type: Option<Box<str>>,
    retry_after: Option<Duration>,
    api: Vec<ApiError>,
    path: Option<Box<str>>,
    snippet: Option<Box<str>>,
    reauthorize: Option<Cause>,
    idempotency_id: Option<Arc<str>>,
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
    /// The operation, or a property of the request, is not to be had with the product that the client is for; nothing was
    /// sent.
    Unavailable,
}

/// Was the request processed?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// No: it was never sent.
    NotSent,
    /// No: the service refused it, and changed nothing.
    Refused,
    /// Nobody knows, or it may have been processed in part: sending it again may do it twice.
    Unknown,
    /// Yes: the reply came, and can not be read.
    Answered,
}

impl Error {
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

    /// How long the service asks to wait; if it is the token endpoint that has asked, how long no new token can be had. Of a call
    /// that was not sent since its business has to wait: for how much longer none is.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The service's id of the request, to be told to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// A header of the reply, as it came, if it is there and is text: such as what is left of a quota.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name).and_then(|value| value.to_str().ok())
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

    /// The id in the request's body by which the service knows it again, the caller's own or one of ours: `idempotency_id` of
    /// Sage Accounting v3.1. The same request with the same id is done once, however often it is sent, for seven days; so
    /// whoever tries again later, on whatever occasion, puts this id into the body. `None`: the request had none.
    ///
    /// It is there whatever [`delivery`](Error::delivery) says, as an earlier attempt may have been processed.
    pub fn idempotency_id(&self) -> Option<&str> {
        self.0.idempotency_id.as_deref()
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
            .field("idempotency_id", &self.0.idempotency_id)
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
