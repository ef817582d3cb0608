//! Dates and date-times from text.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// A date.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// The beginning of a day.
pub(crate) fn start(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// A date-time with its offset, or a date: its beginning.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let exact = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
    exact.or_else(|| day(text).map(start))
}

/// Likewise; one without an offset is UTC. Sage 200 writes its times so.
pub(crate) fn local(text: &str) -> Option<DateTime<Utc>> {
    moment(text).or_else(|| text.parse::<NaiveDateTime>().ok().map(|local| local.and_utc()))
}
