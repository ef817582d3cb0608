//! The sandbox's clock: the system's, put forward as asked, so that hours pass at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// A clock that can be put forward; clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Now, as the sandbox sees it.
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.ahead.load(Ordering::Relaxed))
    }

    /// Lets so many seconds pass at once.
    pub fn advance(&self, seconds: u32) {
        self.ahead.fetch_add(i64::from(seconds), Ordering::Relaxed);
    }
}
