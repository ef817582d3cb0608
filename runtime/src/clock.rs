//! Time, as far as the runtime needs it: what it is now, and waiting. Tests put their own clock in its place.

mod manual;
mod timer;

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

pub use manual::ManualClock;

use crate::transport::BoxFuture;

/// What time it is, and waiting until it is later.
pub trait Clock: Send + Sync + 'static {
    /// What time it is.
    fn now(&self) -> Now;

    /// Is ready once so much time has passed on the hand that never goes back.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// A reading of both hands of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Time since some moment in the past; it never goes back, and may stand still while the machine sleeps.
    pub monotonic: Duration,
    /// The time of day; somebody may set it.
    pub wall: SystemTime,
}

/// The clock of the operating system.
///
/// It waits with tokio's timer in a runtime of tokio if the feature `reqwest` is on, and elsewhere with a thread of its own, one for
/// all who wait, which ends when nobody does. A blocking call waits on its own thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Now {
        static START: OnceLock<Instant> = OnceLock::new();
        Now { monotonic: START.get_or_init(Instant::now).elapsed(), wall: SystemTime::now() }
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        if crate::block::is_running() { crate::block::sleep(time) } else { sleep(time) }
    }
}

fn sleep(time: Duration) -> BoxFuture<'static, ()> {
    #[cfg(feature = "reqwest")]
    if tokio::runtime::Handle::try_current().is_ok() {
        return Box::pin(tokio::time::sleep(time));
    }
    Box::pin(timer::Sleep::new(time))
}
