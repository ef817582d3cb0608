//! The one thing that touches the network, and the one that a user may replace.

#[cfg(any(feature = "reqwest", feature = "blocking"))]
mod http;

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

#[cfg(any(feature = "reqwest", feature = "blocking"))]
pub(crate) use self::http::default_transport;
#[cfg(any(feature = "reqwest", feature = "blocking"))]
pub use self::http::{Http, HttpBuilder};

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An error of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends one request and reads the whole reply.
///
/// It follows no redirect, sends nothing twice unless nothing of it was sent before, and reads no more of a body than the
/// bounds allow. It may be dropped at any time, and then leaves nothing running but the look-up of a name: the systems' resolvers can not
/// be stopped, and end in their own time.
pub trait Transport: Send + Sync + 'static {
    /// One attempt.
    fn send(
        &self,
        request: ::http::Request<Body>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<::http::Response<Body>, TransportFault>>;
}

/// The body of a request or of a reply. Tokens and other secrets may be in it, so its `Debug` says how many bytes it has and no
/// more.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(Bytes);

impl Body {
    /// What is in it.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Body(bytes.into())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

/// How long an attempt may take, and how much it may bring.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Bounds {
    /// For the whole attempt, the body included.
    pub time: Duration,
    /// Bytes of a successful reply's body, after decompression; more is [`Phase::TooLarge`].
    pub body: usize,
    /// Bytes of any other reply's body; what is beyond is left out.
    pub error_body: usize,
}

impl Bounds {
    /// These bounds.
    pub const fn new(time: Duration, body: usize, error_body: usize) -> Self {
        Bounds { time, body, error_body }
    }
}

/// Why there is no reply, or none that is whole.
#[derive(Debug)]
#[non_exhaustive]
pub struct TransportFault {
    /// How far it came.
    pub phase: Phase,
    /// The status of the reply, if one began.
    pub status: Option<::http::StatusCode>,
    /// What happened. It must not hold the URL or a header.
    pub source: BoxError,
}

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing was processed, surely: nothing was sent, or the server has said that it did not look at it.
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
        TransportFault { phase, status: None, source: source.into() }
    }

    /// The same, after a reply with this status began.
    #[must_use]
    pub fn after(mut self, status: ::http::StatusCode) -> Self {
        self.status = Some(status);
        self
    }
}

impl fmt::Display for TransportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.phase {
            Phase::Unknown | Phase::TimedOut if self.status.is_some() => "the reply is cut off",
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

/// Bytes of all headers of a reply; no honest one has more.
#[cfg(any(feature = "reqwest", feature = "blocking"))]
const HEAD: usize = 256 << 10;

/// Refuses a reply whose headers are too large.
#[cfg(any(feature = "reqwest", feature = "blocking"))]
fn check_head(head: &::http::response::Parts) -> Result<(), TransportFault> {
    let size: usize = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    match size {
        0..=HEAD => Ok(()),
        _ => Err(too_large(HEAD, head.status)),
    }
}

#[cfg(any(feature = "reqwest", feature = "blocking"))]
fn too_large(most: usize, status: ::http::StatusCode) -> TransportFault {
    TransportFault::new(Phase::TooLarge, format!("more than {most} bytes")).after(status)
}
