//! `Retry-After`: how long the service asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// Nobody waits longer, and no sum of times overflows.
const LONGEST: f64 = u32::MAX as f64;

/// The longest wait that the reply asks for, in any form: seconds, also with a fraction, or a date in any of HTTP's three
/// forms. Parts of a second are rounded up, and what is past is no wait. `None`: nothing that can be read.
///
/// A date is measured by the service's own clock, if the reply tells its `Date` (RFC 9110, section 6.6.1), and else by ours.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let said = headers.get(DATE).and_then(|value| httpdate::parse_http_date(value.to_str().ok()?.trim()).ok());
    let now = said.unwrap_or(now);
    headers.get_all(RETRY_AFTER).iter().filter_map(|value| one(value.to_str().ok()?.trim(), now)).max()
}

fn one(text: &str, now: SystemTime) -> Option<Duration> {
    let seconds = match text.parse::<f64>() {
        // `inf` and `nan` are numbers to Rust, and to nobody who sends a header.
        Ok(_) if text.contains(char::is_alphabetic) => return None,
        Ok(seconds) => seconds,
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?;
            date.duration_since(now).unwrap_or_default().as_secs_f64()
        }
    };
    Some(Duration::from_secs(seconds.ceil().clamp(0.0, LONGEST) as u64))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::retry_after;

    fn wait(values: &[&str], now: SystemTime) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("retry-after", HeaderValue::from_str(value).ok()?);
        }
        retry_after(&headers, now)
    }

    #[test]
    fn l03_dates_are_measured_by_the_clock_of_the_service() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let measure = |date: &str, wait: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("date", HeaderValue::from_str(date).ok()?);
            headers.insert("retry-after", HeaderValue::from_str(wait).ok()?);
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        let noon = "Fri, 06 Feb 2026 12:00:00 GMT";
        assert_eq!(measure(noon, "Fri, 06 Feb 2026 12:00:05 GMT"), Some(5));
        assert_eq!(measure(noon, "Friday, 06-Feb-26 12:01:00 GMT"), Some(60));
        assert_eq!(measure(noon, "Fri, 06 Feb 2026 11:59:59 GMT"), Some(0));
        assert_eq!(measure(noon, "7"), Some(7));
        // 2001-09-09 01:46:40 is ours.
        assert_eq!(measure("at noon", "Sun, 09 Sep 2001 01:46:50 GMT"), Some(10));
    }

    #[test]
    fn l03_every_form() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_770_250);
        let table: [(&[&str], Option<u64>); 20] = [
            (&["2"], Some(2)),
            (&[" 2 "], Some(2)),
            (&["0"], Some(0)),
            (&["-5"], Some(0)),
            (&["1.2"], Some(2)),
            (&["0.001"], Some(1)),
            (&["99999999999999999999"], Some(u64::from(u32::MAX))),
            // 6.75 s away.
            (&["Sun, 06 Nov 1994 08:49:37 GMT"], Some(7)),
            (&["Sunday, 06-Nov-94 08:49:37 GMT"], Some(7)),
            (&["Sun Nov  6 08:49:37 1994"], Some(7)),
            (&["Sat, 06 Nov 1993 08:49:37 GMT"], Some(0)),
            (&["soon"], None),
            (&["NaN"], None),
            (&["inf"], None),
            (&["1e3"], None),
            (&[""], None),
            (&["2 s"], None),
            (&["2", "7"], Some(7)),
            (&["soon", "3"], Some(3)),
            (&[], None),
        ];
        for (values, seconds) in table {
            assert_eq!(wait(values, now).map(|wait| wait.as_secs()), seconds, "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn l03_nothing_makes_it_panic(text in "\\PC*|[0-9.eE+-]{0,40}") {
            let _ = wait(&[&text], SystemTime::UNIX_EPOCH);
        }

        #[test]
        fn l03_never_too_early(seconds in 0.0_f64..1e9) {
            let wait = wait(&[&format!("{seconds:.3}")], SystemTime::now()).unwrap_or_default();
            prop_assert!(wait.as_secs_f64() >= (seconds * 1000.0).round() / 1000.0 - 1e-9);
            prop_assert!(wait.as_secs_f64() < seconds + 1.001);
        }
    }
}
