//! Times that have to pass, on a clock of two hands.

use std::time::Duration;

use crate::clock::Now;

/// A time that has to pass, from a moment on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    from: Now,
    time: Duration,
}

impl Pause {
    pub(super) fn new(from: Now, time: Duration) -> Self {
        Pause { from, time }
    }

    /// How much of it is left; nothing once it is over.
    pub(super) fn left(&self, now: Now) -> Duration {
        self.time.saturating_sub(since(self.from, now))
    }

    pub(super) fn is_over(&self, now: Now) -> bool {
        self.left(now).is_zero()
    }
}

/// How long ago it was. The hand that has gone further is right: the wall clock is set, and the other one stands still in
/// suspend.
pub(super) fn since(then: Now, now: Now) -> Duration {
    let walls = now.wall.duration_since(then.wall).unwrap_or_default();
    now.monotonic.saturating_sub(then.monotonic).max(walls)
}
