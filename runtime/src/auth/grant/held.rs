//! A token in memory, and how old it is.

use std::sync::Arc;
use std::time::Duration;

use super::super::record::Record;
use super::super::tokens::Tokens;
use super::pause::since;
use crate::clock::Now;
use crate::token::{Generation, Token};

/// A token that is durable, so that requests may use it.
#[derive(Debug)]
pub(super) struct Held {
    token: Token,
    /// Once it is this old it is not used any more, and nobody has to be asked; `None`: not until it is refused.
    end: Option<Duration>,
    /// From this age on it is refreshed ahead of need.
    window: Duration,
    /// Its age at `at`.
    age: Duration,
    at: Now,
    /// A refresh of it was cut off: the service may already want the newer refresh token, which is lost, to be
    /// asked for again.
    interrupted: bool,
}

/// What can be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It can be used.
    Fresh,
    /// It can be used, and should be refreshed meanwhile.
    Ageing,
    /// It can not be used.
    Expired,
}

/// A token of 5 minutes is refreshed a minute early. A longer window would be all of its life.
const WINDOW: Duration = Duration::from_secs(60);
/// A token that ends this soon is not sent any more: requests take time.
const LEEWAY: Duration = Duration::from_secs(2);
/// No token is refreshed sooner, whatever the service says about its life.
const SHORTEST: Duration = Duration::from_secs(1);

impl Held {
    /// A token that was asked for at `asked`. `jitter`, from 0 to 1, keeps processes from refreshing in step.
    pub(super) fn issued(record: &Record, tokens: &Tokens, asked: Now, jitter: f64) -> Self {
        Held::new(record, tokens, Duration::ZERO, asked, jitter)
    }

    /// A token that was found in the store. Only the wall clock knows how old it is; if that says "from the future", it
    /// has been set since, and the token counts as new: it is used until it is refused.
    pub(super) fn found(record: &Record, tokens: &Tokens, now: Now, jitter: f64) -> Self {
        Held::new(record, tokens, now.wall.duration_since(record.issued).unwrap_or_default(), now, jitter)
    }

    fn new(record: &Record, tokens: &Tokens, age: Duration, at: Now, jitter: f64) -> Self {
        let mut token = Token::new(tokens.access.clone(), record.generation);
        token.owner = tokens.owner().map(Arc::from);
        let life = tokens.life();
        let early = life.unwrap_or_default().min(WINDOW * 5) / 5;
        let window = early.mul_f64(0.9 + 0.2 * jitter);
        let end = life.map(|life| (life - LEEWAY.min(life / 10)).max(SHORTEST));
        let window = end.map_or(window, |end| window.min(end - SHORTEST));
        Held { token, end, window, age, at, interrupted: record.intent.is_some() }
    }

    pub(super) fn token(&self) -> Token {
        self.token.clone()
    }

    pub(super) fn generation(&self) -> Generation {
        self.token.generation
    }

    pub(super) fn phase(&self, now: Now) -> Phase {
        let age = self.age(now);
        match self.end {
            Some(end) if age >= end => Phase::Expired,
            Some(end) if age + self.window >= end => Phase::Ageing,
            _ if self.interrupted => Phase::Ageing,
            _ => Phase::Fresh,
        }
    }

    /// How long until half of the window is over: before, a spent refresh token is not tried again, since a strict
    /// service would end the access token with it, while that still works.
    pub(super) fn until_late(&self, now: Now) -> Duration {
        if self.interrupted {
            // It was tried before, so only haste can help.
            return Duration::ZERO;
        }
        self.end.map_or(Duration::ZERO, |end| (end - self.window / 2).saturating_sub(self.age(now)))
    }

    fn age(&self, now: Now) -> Duration {
        self.age.saturating_add(since(self.at, now))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{Held, Phase};
    use crate::auth::record::Record;
    use crate::clock::Now;

    fn record(expires_in: &str) -> Record {
        let text = format!(
            r#"{{"version":1,"generation":3,"issued_at":1000000,"tokens":{{"access_token":"a"{expires_in}}}}}"#
        );
        Record::from_text(&text.into()).unwrap()
    }

    fn at(seconds: f64) -> Now {
        Now { monotonic: Duration::from_secs_f64(seconds), wall: wall(seconds) }
    }

    fn wall(seconds: f64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs_f64(1_000_000.0 + seconds)
    }

    fn issued(expires_in: &str, jitter: f64) -> Held {
        let record = record(expires_in);
        Held::issued(&record, record.tokens.as_ref().unwrap(), at(0.0), jitter)
    }

    #[test]
    fn t12_the_window_is_a_fifth_of_the_life_and_at_most_a_minute() {
        // Life in seconds, jitter, from when on it ages, from when on it is over.
        let table = [
            (300, 0.5, 238.0, 298.0),
            (300, 0.0, 244.0, 298.0),
            (300, 1.0, 232.0, 298.0),
            (3600, 0.5, 3538.0, 3598.0),
            (10, 0.5, 7.0, 9.0),
            (2, 0.5, 1.4, 1.8),
            (1, 1.0, 1.0, 1.0),
            (0, 1.0, 1.0, 1.0),
        ];
        for (life, jitter, ageing, end) in table {
            let held = issued(&format!(",\"expires_in\":{life}"), jitter);
            assert_eq!(held.phase(at(ageing - 0.01)), Phase::Fresh, "{life}");
            assert_eq!(held.phase(at(end)), Phase::Expired, "{life}");
            if ageing < end {
                assert_eq!(held.phase(at(ageing + 0.01)), Phase::Ageing, "{life}");
                assert_eq!(held.phase(at(end - 0.01)), Phase::Ageing, "{life}");
            }
        }
        assert_eq!(issued("", 0.5).phase(at(1e9)), Phase::Fresh);
    }

    #[test]
    fn t14_the_hand_that_has_gone_further_counts() {
        let held = issued(",\"expires_in\":300", 0.5);
        let jumped = |mono: f64, wall: f64| Now { wall: self::wall(wall), ..at(mono) };
        assert_eq!(held.phase(jumped(10.0, -3600.0)), Phase::Fresh);
        assert_eq!(held.phase(jumped(299.0, -3600.0)), Phase::Expired);
        assert_eq!(held.phase(jumped(10.0, 3600.0)), Phase::Expired);
        // Found with a time of issue in the future: it counts as new.
        let record = record(",\"expires_in\":300");
        let held = Held::found(&record, record.tokens.as_ref().unwrap(), jumped(0.0, -3600.0), 0.5);
        assert_eq!(held.phase(jumped(100.0, -3500.0)), Phase::Fresh);
        assert_eq!(held.phase(jumped(299.0, -3301.0)), Phase::Expired);
    }

    #[test]
    fn t07_late_is_the_last_half_of_the_window() {
        let held = issued(",\"expires_in\":300", 0.5);
        assert_eq!(held.until_late(at(240.0)), Duration::from_secs(28));
        assert_eq!(held.until_late(at(268.0)), Duration::ZERO);
        assert_eq!(issued("", 0.5).until_late(at(0.0)), Duration::ZERO);
    }
}
