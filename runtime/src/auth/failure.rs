//! Why there are no newer tokens: a value that many callers share, and an [`Error`] for each of them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::store::StoreError;
use crate::error::{Cause, Error};
use crate::transport::{Phase, TransportFault};

/// Why a refresh, or a login, gave nothing.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) kind: Kind,
    what: Cow<'static, str>,
    source: Option<Shared>,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The service has surely not seen the request.
    NotSent,
    /// The service may have processed the request: the refresh token may be spent.
    Unknown,
    /// The service asks to wait.
    Limited(Option<Duration>),
    /// The service refuses the code or the refresh token (`invalid_grant`).
    InvalidGrant,
    /// The service refuses something else; nothing was processed.
    Refused,
    /// The store does not do its work.
    Store,
    /// Something on our side is missing or wrong.
    Config,
    /// Somebody has to log in.
    Reauthorize(Cause),
}

impl Failure {
    pub(super) fn new(kind: Kind, what: impl Into<Cow<'static, str>>) -> Self {
        Failure { kind, what: what.into(), source: None }
    }

    pub(super) fn reauthorize(cause: Cause) -> Self {
        Failure::new(Kind::Reauthorize(cause), "")
    }

    /// A panic of a store, a clock or a transport that somebody plugged in.
    pub(super) fn panicked() -> Self {
        Failure::new(Kind::Unknown, "the refresh panicked")
    }

    /// The same, with other consequences.
    pub(super) fn with(self, kind: Kind) -> Self {
        Failure { kind, ..self }
    }

    pub(super) fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Shared(Arc::new(source)));
        self
    }

    /// The error of one caller.
    pub(super) fn error(&self) -> Error {
        let error = match self.kind {
            Kind::Reauthorize(cause) => Error::reauthorization(cause),
            Kind::Store => Error::store(self.what.clone()),
            Kind::Config => Error::config(self.what.clone()),
            Kind::Limited(Some(wait)) => Error::token(self.what.clone()).waiting(wait),
            _ => Error::token(self.what.clone()),
        };
        match &self.source {
            Some(source) => error.because(source.clone()),
            None => error,
        }
    }
}

impl From<TransportFault> for Failure {
    fn from(fault: TransportFault) -> Self {
        let (kind, what) = match fault.phase {
            Phase::NotSent => (Kind::NotSent, "the token endpoint can not be reached"),
            Phase::TimedOut => (Kind::Unknown, "the token endpoint did not answer in time"),
            _ => (Kind::Unknown, "the token endpoint's answer did not arrive whole"),
        };
        Failure::new(kind, what).because(fault)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::new(Kind::Store, if error.is_busy() { "the token store is busy" } else { "the token store failed" })
            .because(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::new(Kind::Config, error.to_string())
    }
}

/// A source that many errors have.
#[derive(Clone)]
struct Shared(Arc<dyn std::error::Error + Send + Sync>);

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
