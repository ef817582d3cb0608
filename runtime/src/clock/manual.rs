//! A clock that stands still until a test moves it.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use super::{Clock, Now};
use crate::transport::BoxFuture;

/// A clock for tests: it stands still until it is [advanced](ManualClock::advance). Clones are the same clock.
///
/// ```
/// use std::time::Duration;
/// use sage_runtime::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(300));
/// assert_eq!(clock.now().monotonic - before.monotonic, Duration::from_secs(300));
/// ```
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<Hands>>);

struct Hands {
    now: Now,
    sleepers: Vec<Sleeper>,
    count: u64,
}

struct Sleeper {
    number: u64,
    until: Duration,
    waker: Waker,
}

impl ManualClock {
    /// A clock that shows the second of January 1970, and has run for a day.
    pub fn new() -> Self {
        let day = Duration::from_secs(86_400);
        let now = Now { monotonic: day, wall: SystemTime::UNIX_EPOCH + day };
        ManualClock(Arc::new(Mutex::new(Hands { now, sleepers: Vec::new(), count: 0 })))
    }

    /// Moves both hands on, and wakes whoever has slept long enough.
    pub fn advance(&self, time: Duration) {
        let mut hands = self.hands();
        hands.now.monotonic += time;
        hands.now.wall += time;
        hands.wake();
    }

    /// Sets the time of day alone, as a user or a time server does.
    pub fn set_wall(&self, wall: SystemTime) {
        self.hands().now.wall = wall;
    }

    /// How long until the next sleeper wakes; `None`: nobody sleeps.
    pub fn until_next(&self) -> Option<Duration> {
        let hands = self.hands();
        let next = hands.sleepers.iter().map(|sleeper| sleeper.until).min()?;
        Some(next.saturating_sub(hands.now.monotonic))
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        ManualClock::new()
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.hands().now).finish()
    }
}

impl Hands {
    fn wake(&mut self) {
        let now = self.now.monotonic;
        self.sleepers.iter().filter(|sleeper| sleeper.until <= now).for_each(|sleeper| sleeper.waker.wake_by_ref());
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Now {
        self.hands().now
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let mut hands = self.hands();
        hands.count += 1;
        let until = hands.now.monotonic.saturating_add(time);
        Box::pin(Sleep { clock: self.clone(), number: hands.count, until })
    }
}

struct Sleep {
    clock: ManualClock,
    number: u64,
    until: Duration,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut hands = self.clock.hands();
        if hands.now.monotonic >= self.until {
            return Poll::Ready(());
        }
        match hands.sleepers.iter_mut().find(|sleeper| sleeper.number == self.number) {
            Some(sleeper) => sleeper.waker.clone_from(context.waker()),
            None => {
                let (number, until) = (self.number, self.until);
                hands.sleepers.push(Sleeper { number, until, waker: context.waker().clone() });
            }
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.hands().sleepers.retain(|sleeper| sleeper.number != self.number);
    }
}
