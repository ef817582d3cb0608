//! Dates and date-times, tolerant in reading and canonical in writing.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike};

use super::{Kinds, Value};
use crate::json::{Fault, Reader, Writer};
use crate::model::Decimals;

impl Value for NaiveDate {
    const KINDS: Kinds = Kinds::STRING;
    const EMPTY_IS_ABSENT: bool = true;
    const HAS_FORMS: bool = true;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let text = reader.string().map_err(|_| reader.expected("a date"))?;
        match date(text.as_bytes()) {
            Some((date, [])) => Ok(date),
            // Some services send midnight along; a real time of day is not thrown away.
            Some((date, _)) => match moment(&text) {
                Some(moment) if moment.time() == NaiveTime::MIN => Ok(date),
                _ => Err(reader.fault("expected a date, found a time of day with it")),
            },
            None => Err(reader.fault("expected a date (year-month-day)")),
        }
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(&date_text(*self));
    }

    fn is_plain(&self, text: &str, _: Decimals) -> bool {
        text.len() == "\"2024-02-29\"".len()
    }
}

impl Value for DateTime<FixedOffset> {
    const KINDS: Kinds = Kinds::STRING;
    const EMPTY_IS_ABSENT: bool = true;
    const HAS_FORMS: bool = true;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let text = reader.string().map_err(|_| reader.expected("a date and time"))?;
        moment(&text).ok_or_else(|| reader.fault("expected a date and time (RFC 3339)"))
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(&moment_text(self));
    }

    fn is_plain(&self, text: &str, _: Decimals) -> bool {
        let Some((b"T", time)) = text.as_bytes().get(11..).and_then(|rest| rest.split_at_checked(1)) else {
            return false;
        };
        match time {
            [_, _, b':', _, _, b':', _, _, b'Z', b'"'] => true,
            [_, _, b':', _, _, b':', _, _, b'+' | b'-', hours @ .., b':', a, b, b'"'] => {
                hours.len() == 2 && [hours[0], hours[1], *a, *b] != *b"0000"
            }
            _ => false,
        }
    }
}

/// `count` digits at the start, and the rest.
#[inline]
fn digits(text: &[u8], count: usize) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(count)?;
    let mut number = 0;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u32::from(byte - b'0');
    }
    Some((number, rest))
}

#[inline]
fn date(text: &[u8]) -> Option<(NaiveDate, &[u8])> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    Some((NaiveDate::from_ymd_opt(year as i32, month, day)?, rest))
}

/// RFC 3339, and also: a space for the `T`, no seconds, no offset (UTC), a plain date (midnight UTC).
pub(crate) fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let (date, rest) = date(text.as_bytes())?;
    let (time, rest) = match rest {
        [] => (NaiveTime::MIN, rest),
        [b'T' | b't' | b' ', rest @ ..] => time(rest)?,
        _ => return None,
    };
    offset(rest)?.from_local_datetime(&NaiveDateTime::new(date, time)).single()
}

fn time(text: &[u8]) -> Option<(NaiveTime, &[u8])> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, mut rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let (mut second, mut nanos) = (0, 0);
    if let [b':', after @ ..] = rest {
        (second, rest) = digits(after, 2)?;
        if let [b'.' | b',', after @ ..] = rest {
            (nanos, rest) = fraction(after)?;
        }
    }
    // chrono holds a leap second as the 59th with more than a second of fraction.
    if second == 60 {
        (second, nanos) = (59, nanos + 1_000_000_000);
    }
    Some((NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?, rest))
}

/// Nanoseconds; digits beyond them are dropped.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (nanos, _) = digits(text, count.min(9))?;
    let missing = 9u32.saturating_sub(u32::try_from(count).unwrap_or(9));
    (count > 0).then(|| (nanos * 10u32.pow(missing), &text[count..]))
}

fn offset(text: &[u8]) -> Option<FixedOffset> {
    let (sign, rest) = match text {
        [] | [b'Z' | b'z'] => return FixedOffset::east_opt(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = match rest {
        [] => (0, rest),
        _ => digits(rest.strip_prefix(b":").unwrap_or(rest), 2)?,
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (rest.is_empty() && minutes < 60).then(|| FixedOffset::east_opt(sign * seconds)).flatten()
}

pub(crate) fn date_text(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// RFC 3339 with `Z` for UTC and as few digits behind the second as there are.
pub(crate) fn moment_text(moment: &DateTime<FixedOffset>) -> String {
    let local = moment.naive_local();
    let (second, nanos) = match local.nanosecond() {
        leap @ 1_000_000_000.. => (local.second() + 1, leap - 1_000_000_000),
        nanos => (local.second(), nanos),
    };
    let mut text = date_text(local.date());
    text.push_str(&format!("T{:02}:{:02}:{second:02}", local.hour(), local.minute()));
    if nanos > 0 {
        text.push_str(format!(".{nanos:09}").trim_end_matches('0'));
    }
    match moment.offset().fix().local_minus_utc() / 60 {
        0 => text.push('Z'),
        minutes => {
            let sign = if minutes < 0 { '-' } else { '+' };
            text.push_str(&format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{moment, moment_text};

    #[test]
    fn date_times_in_every_dress() {
        let table = [
            ("2024-02-29T10:11:12Z", "2024-02-29T10:11:12Z"),
            ("2024-02-29T10:11:12.5Z", "2024-02-29T10:11:12.5Z"),
            ("2024-02-29T10:11:12.1234567+01:00", "2024-02-29T10:11:12.1234567+01:00"),
            ("2024-02-29T10:11:12-0330", "2024-02-29T10:11:12-03:30"),
            ("2024-02-29T10:11:12", "2024-02-29T10:11:12Z"),
            ("2024-02-29 10:11", "2024-02-29T10:11:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),
            ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
        ];
        for (text, expected) in table {
            assert_eq!(moment(text).as_ref().map(moment_text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_time() {
        for text in [
            "",
            "2023-02-29",
            "2024-1-1",
            "2024-01-01T",
            "2024-01-01T25:00:00Z",
            "2024-01-01T10:00:00.Z",
            "now",
            "2024-01-01T10:00:00+99:00",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
