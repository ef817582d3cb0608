//! A date, or a date with a time of day: what filters by time take.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone};

use crate::text::ToText;

/// A date, or a date with a time of day: made from either by `into()`.
///
/// ```
/// use chrono::{DateTime, NaiveDate, Utc};
/// use sage_runtime::{ToText, When};
///
/// let day: When = NaiveDate::from_ymd_opt(2026, 4, 6).unwrap().into();
/// assert_eq!(day.to_text(), "2026-04-06");
/// let moment: When = "2026-04-06T09:30:00Z".parse::<DateTime<Utc>>().unwrap().into();
/// assert_eq!(moment.to_text(), "2026-04-06T09:30:00Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// A whole day: where a moment is wanted, the service takes the day's beginning.
    Date(NaiveDate),
    /// A moment.
    Moment(DateTime<FixedOffset>),
}

impl From<NaiveDate> for When {
    fn from(date: NaiveDate) -> Self {
        When::Date(date)
    }
}

/// In any time zone: `Utc`, `Local`, `FixedOffset`.
impl<Z: TimeZone> From<DateTime<Z>> for When {
    fn from(moment: DateTime<Z>) -> Self {
        When::Moment(moment.fixed_offset())
    }
}

impl ToText for When {
    fn to_text(&self) -> String {
        match self {
            When::Date(date) => date.to_text(),
            When::Moment(moment) => moment.to_text(),
        }
    }
}
