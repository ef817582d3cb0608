//! How many requests are served: what is too much is refused with 429.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::Api;

/// Limits of requests; `None`: there is none.
///
/// ```
/// use sage_sandbox::{Api, Limits};
///
/// let limits = Limits { retry_after: true, ..Limits::of(Api::AccountingV3) };
/// assert_eq!(limits.per_minute, Some(200));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How many requests of an application may be on their way at the same time.
    pub at_once: Option<u32>,
    /// How many requests a business, site or company may have in a minute.
    pub per_minute: Option<u32>,
    /// How many requests an application may send in a day.
    pub per_day: Option<u32>,
    /// A refusal says in `Retry-After` when to come again. Sage promises no such header.
    pub retry_after: bool,
}

impl Limits {
    /// Sage's own, as far as it names them. That of v3 on the bytes of an hour is not kept.
    pub fn of(api: Api) -> Self {
        let none = Self::default();
        match api {
            Api::Accounting => Self { at_once: Some(150), per_day: Some(1_296_000), ..none },
            Api::AccountingV3 => Self { per_minute: Some(200), ..none },
            Api::Sage200 => none,
        }
    }

    /// What holds if nobody says otherwise: what no test meets by being quick.
    pub(crate) fn usual(api: Api) -> Self {
        Self { at_once: Self::of(api).at_once, ..Self::default() }
    }
}

/// The requests that were served, and those on their way.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// Of the current minute or day: where it began, and how many.
    spans: HashMap<(Api, String), (DateTime<Utc>, u32)>,
    on_their_way: HashMap<(Api, String), u32>,
}

/// What a request is counted for.
pub(crate) struct Span<'a> {
    pub(crate) of: &'a str,
    pub(crate) length: TimeDelta,
    pub(crate) limit: Option<u32>,
}

impl Counted {
    /// Counts a request; one too many has to wait so many seconds.
    pub(crate) fn count(&mut self, api: Api, span: &Span<'_>, now: DateTime<Utc>) -> Result<(), i64> {
        let Some(limit) = span.limit else { return Ok(()) };
        let (start, count) = self.spans.entry((api, span.of.to_owned())).or_insert((now, 0));
        if now - *start >= span.length {
            (*start, *count) = (now, 0);
        }
        if *count >= limit {
            return Err((span.length - (now - *start)).num_seconds().max(1));
        }
        *count += 1;
        Ok(())
    }

    /// A request begins, unless there are as many already.
    pub(crate) fn begin(&mut self, api: Api, client: &str, limit: Option<u32>) -> bool {
        let count = self.on_their_way.entry((api, client.to_owned())).or_default();
        let free = limit.is_none_or(|limit| *count < limit);
        *count += u32::from(free);
        free
    }

    pub(crate) fn end(&mut self, api: Api, client: &str) {
        if let Some(count) = self.on_their_way.get_mut(&(api, client.to_owned())) {
            *count = count.saturating_sub(1);
        }
    }

    /// Forgets what was counted; what is on its way stays so.
    pub(crate) fn clear(&mut self) {
        self.spans.clear();
    }
}
