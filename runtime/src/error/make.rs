//! How errors come to be: from what is missing, from faults of a transport, and from replies.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::redact::Redact;
use super::{Cause, Delivery, Error, Inner, Kind, api};
use crate::api::Operation;
use crate::exchange::Outcome;
use crate::json::Fault;
use crate::reply::Raw;
use crate::transport::{BoxError, Phase, TransportFault};

impl Error {
    fn new(kind: Kind, delivery: Delivery, what: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            delivery,
            what: what.into(),
            operation: None,
            status: None,
            headers: HeaderMap::new(),
            request_id: None,
            media_type: None,
            retry_after: None,
            api: Vec::new(),
            path: None,
            snippet: None,
            reauthorize: None,
            idempotency_id: None,
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

    /// The same, until so much time has passed.
    pub(crate) fn waiting(mut self, time: Duration) -> Self {
        self.0.retry_after = Some(time);
        self
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

    /// A page has come again in place of the next one.
    pub(crate) fn same_page() -> Self {
        let what =
            "the page that was asked for is one that has been read already: the service may not know where to go on";
        Error::new(Kind::Paging, Delivery::Answered, what)
    }

    /// Our own limits let nothing through in time.
    pub(crate) fn over_rate(wait: Duration) -> Self {
        let what = format!(
            "the client's own rate lets no call through for {} s more, which is longer than a call may take",
            wait.as_secs_f64().ceil()
        );
        let mut error = Error::new(Kind::Limited, Delivery::NotSent, what);
        error.0.retry_after = Some(wait);
        error
    }

    /// The product that the client is for does not have it.
    pub(crate) fn unavailable(what: impl Into<Cow<'static, str>>) -> Self {
        Error::new(Kind::Unavailable, Delivery::NotSent, what)
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
        self.0.headers = answer.headers;
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
        self.0.headers = raw.headers.clone();
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

    /// The same, of a request with this id.
    pub(crate) fn of_request(mut self, id: Option<Arc<str>>) -> Self {
        self.0.idempotency_id = id;
        self
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
