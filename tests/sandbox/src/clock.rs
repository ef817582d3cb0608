//! The sandbox's clock: the system's or one that stands still, put forward as asked, so that hours pass at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The year 10000: services write years with four digits.
const END: i64 = 253_402_300_800;

/// A clock that can be put forward; clones are the same clock. By default it is the system's.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Where it stands; `None`: it goes as the system's does.
    stands: Option<DateTime<Utc>>,
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that stands still at this moment: time passes only when it is put forward. With it, and a seed, every reply
    /// is the same in each run.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self { stands: Some(moment), ahead: Arc::default() }
    }

    /// Now, as the sandbox sees it; never later than the year 9999.
    pub fn now(&self) -> DateTime<Utc> {
        let begin = self.stands.unwrap_or_else(Utc::now);
        let left = END.saturating_sub(begin.timestamp()).saturating_sub(1).max(0);
        begin + TimeDelta::seconds(self.ahead.load(Ordering::Relaxed).clamp(0, left))
    }

    /// Lets so many seconds pass at once.
    pub fn advance(&self, seconds: u32) {
        let add = |ahead: i64| Some(ahead.saturating_add(i64::from(seconds)).min(END));
        let _ = self.ahead.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::Clock;

    #[test]
    fn it_stands_still_until_it_is_put_forward_and_never_passes_its_end() {
        let moment = DateTime::from_timestamp(1_767_225_600, 0).expect("a moment");
        let clock = Clock::at(moment);
        assert_eq!(clock.now(), moment);
        clock.clone().advance(90);
        assert_eq!(clock.now(), moment + chrono::TimeDelta::seconds(90));
        for clock in [clock, Clock::default()] {
            for _ in 0..100 {
                clock.advance(u32::MAX);
            }
            assert!(clock.now().to_rfc3339().starts_with("9999-12-31T23:59:59"), "{}", clock.now());
        }
    }
}
