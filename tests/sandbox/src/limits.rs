//! How many requests a tenant may send: the sandbox refuses none unless it is told to.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Limits of requests, for each business, site or company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How many requests a minute may have.
    pub per_minute: u32,
    /// A refusal says in `Retry-After` when the next minute begins. Sage promises no such header.
    #[serde(default)]
    pub retry_after: bool,
}

/// The requests of the current minute.
#[derive(Debug, Default)]
pub(crate) struct Counted(HashMap<String, (DateTime<Utc>, u32)>);

impl Counted {
    /// Counts a request; one too many has to wait so many seconds.
    pub(crate) fn count(&mut self, tenant: &str, limits: Limits, now: DateTime<Utc>) -> Result<(), i64> {
        let (start, count) = self.0.entry(tenant.to_owned()).or_insert((now, 0));
        if now - *start >= TimeDelta::minutes(1) {
            (*start, *count) = (now, 0);
        }
        if *count >= limits.per_minute {
            let left = TimeDelta::minutes(1) - (now - *start);
            return Err(left.num_seconds().max(1));
        }
        *count += 1;
        Ok(())
    }
}
