//! How long, how often and how much: the settings of a client, with defaults that suit Sage's services.

use std::time::Duration;

/// How long things may take. A zero means: without end.
///
/// ```
/// use std::time::Duration;
/// use sage_runtime::Timeouts;
///
/// let mut timeouts = Timeouts::default();
/// timeouts.operation = Duration::from_secs(20);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Timeouts {
    /// Until a connection stands, TLS included; 10 s.
    pub connect: Duration,
    /// For one attempt, the body included; 60 s.
    pub attempt: Duration,
    /// For a call with all its attempts and all waiting, for tokens and for the service's rate limit too; 120 s.
    pub operation: Duration,
    /// The longest wait that the service may ask for with `Retry-After`; it is answered with an error if it asks for more. 60 s.
    /// However much more it is, nobody else is held back for longer than an hour; then a single call tries.
    pub longest_wait: Duration,
    /// How long a connection may be idle and still be used again; 20 s, which is less than servers usually wait.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            connect: Duration::from_secs(10),
            attempt: Duration::from_secs(60),
            operation: Duration::from_secs(120),
            longest_wait: Duration::from_secs(60),
            idle: Duration::from_secs(20),
        }
    }
}

/// How often and how much.
///
/// ```
/// use sage_runtime::{Limits, Rate};
///
/// let mut limits = Limits::default();
/// limits.attempts = 1;
/// limits.rate = Some(Rate::per_minute(200));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// How often a call is sent at most, the replay after a refused token included; 3. What may not be sent twice is
    /// sent once whatever stands here.
    pub attempts: u32,
    /// The wait before the second attempt is random, and at most this; twice that before the third, and so on. 500 ms.
    pub backoff: Duration,
    /// No such wait is longer; 20 s.
    pub longest_backoff: Duration,
    /// Is an operation that may not be sent twice sent again after 429? Yes, as services refuse before they process.
    pub resend_when_limited: bool,
    /// Calls at once for each business; `None`: any number.
    pub concurrency: Option<u32>,
    /// Calls at once of the whole client, whatever their business. `None`: what the API allows each application: 150 of Sage
    /// Accounting v3.1, any number of the others. Where several clients or processes are one application, they share that
    /// number, and do not know of each other: give each its part.
    pub client_concurrency: Option<u32>,
    /// Calls in any window of time for each business; `None`: as many as the service takes. A call waits for its place; where
    /// that comes later than [`Timeouts::operation`] allows, it is an error at once, and says when there is a place.
    pub rate: Option<Rate>,
    /// Bytes of a reply, after decompression; 32 MiB.
    pub body: usize,
    /// Bytes of a reply that is an error; what is longer is cut. 64 KiB.
    pub error_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            attempts: 3,
            backoff: Duration::from_millis(500),
            longest_backoff: Duration::from_secs(20),
            resend_when_limited: true,
            concurrency: None,
            client_concurrency: None,
            rate: None,
            body: 32 << 20,
            error_body: 64 << 10,
        }
    }
}

/// So many calls in any window of so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls; 0 counts as 1.
    pub calls: u32,
    /// In any window of this length.
    pub window: Duration,
}

impl Rate {
    /// So many calls in any 60 seconds.
    pub const fn per_minute(calls: u32) -> Self {
        Rate { calls, window: Duration::from_secs(60) }
    }
}
