//! The one thing that touches the network, and the one that a user may replace.

#[cfg(feature = "reqwest")]
mod default;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

#[cfg(feature = "reqwest")]
pub(crate) use default::default_transport;

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An error of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends one request and reads the whole reply.
///
/// It follows no redirect, sends nothing twice, and reads no more of a body than the limits allow.
pub trait Transport: Send + Sync + 'static {
    /// One attempt.
    fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportFault>>;
}

/// How long and how much.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// For the whole attempt, the body included.
    pub attempt: Duration,
    /// Bytes of the body, after decompression.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { attempt: Duration::from_secs(60), body: 32 << 20 }
    }
}

/// Why there is no reply.
#[derive(Debug)]
pub struct TransportFault {
    /// How far it came.
    pub phase: Phase,
    /// What happened. It must not hold the URL or a header.
    pub source: BoxError,
}

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing was sent, surely.
    NotSent,
    /// The time was up; it may have been processed.
    TimedOut,
    /// It may have been processed. A transport that can not tell says this.
    Unknown,
    /// The reply began, and was too large.
    TooLarge,
}

impl TransportFault {
    /// A fault in this phase.
    pub fn new(phase: Phase, source: impl Into<BoxError>) -> Self {
        TransportFault { phase, source: source.into() }
    }
}

impl fmt::Display for TransportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.phase {
            Phase::NotSent => "the request could not be sent",
            Phase::TimedOut => "there was no reply in time",
            Phase::Unknown => "the connection failed before the reply was complete",
            Phase::TooLarge => "the reply is larger than the limit",
        })
    }
}

impl std::error::Error for TransportFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
