//! Paths and queries: what a caller gives fills its place and no other.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// All but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// As above, and `:` and `$`, which mean nothing in a query and are easier to read as they are.
const QUERY: &AsciiSet = &SEGMENT.remove(b':').remove(b'$');

/// A text as one segment of a path; `None` where no encoding keeps it one.
pub(crate) fn segment(text: &str) -> Option<PercentEncode<'_>> {
    match text {
        // Clients, servers and what is between them drop these, encoded or not.
        "" | "." | ".." => None,
        _ => Some(utf8_percent_encode(text, SEGMENT)),
    }
}

/// A name or a value in a query.
pub(crate) fn query(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// Appends a path template to this, and fills its parameters in their order. What stands in it twice is given once.
pub(crate) fn fill(path: &mut String, template: &str, values: &[String]) -> Result<(), String> {
    let (mut rest, mut taken) = (template, 0);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("the path template `{template}` is broken"));
        };
        let index = known(&template[..template.len() - rest.len()], name).unwrap_or(taken);
        taken = taken.max(index + 1);
        let Some(value) = values.get(index) else {
            return Err(format!("the path parameter `{name}` is missing"));
        };
        let Some(value) = segment(value) else {
            return Err(format!("the path parameter `{name}` is empty, `.` or `..`"));
        };
        path.push_str(before);
        path.extend(value);
        rest = after;
    }
    path.push_str(rest);
    match values.len() > taken {
        false => Ok(()),
        true => Err(format!("there are too many values for the path template `{template}`")),
    }
}

/// Which of the parameters in this part of a template this is, each counted once; nothing is kept, as most have one.
fn known(part: &str, name: &str) -> Option<usize> {
    let names = || part.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let first = names().position(|other| other == name)?;
    let is_new = |(at, other): &(usize, &str)| !names().take(*at).any(|before| before == *other);
    Some(names().take(first).enumerate().filter(is_new).count())
}

/// Is one of the segments `.` or `..`, encoded or not?
pub(crate) fn has_dots(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | ".."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{has_dots, query, segment};

    fn fill(template: &str, values: &[String]) -> Result<String, String> {
        let mut path = String::new();
        super::fill(&mut path, template, values).map(|()| path)
    }

    #[test]
    fn h07_templates_are_filled_in_order() {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(fill("/a/{x}/b/{y}", &values(&["1/2", "ü ?"])).as_deref(), Ok("/a/1%2F2/b/%C3%BC%20%3F"));
        assert_eq!(fill("/a", &[]).as_deref(), Ok("/a"));
        assert_eq!(fill("/a/{x}/b/{x}/{y}", &values(&["1", "2"])).as_deref(), Ok("/a/1/b/1/2"));
        assert_eq!(fill("/{x}/{y}/{x}/{y}/{z}", &values(&["1", "2", "3"])).as_deref(), Ok("/1/2/1/2/3"));
        assert!(fill("/a/{x}/b/{x}", &values(&["1", "2"])).is_err());
        for (template, given) in
            [("/a/{x}", vec![""]), ("/a/{x}", vec![".."]), ("/a/{x}", vec![]), ("/a", vec!["1"]), ("/{x}", vec!["."])]
        {
            assert!(fill(template, &values(&given)).is_err(), "{template} {given:?}");
        }
    }

    #[test]
    fn queries_stay_readable() {
        assert_eq!(query("$filter"), "$filter");
        assert_eq!(query("2024-01-01T10:00:00+01:00"), "2024-01-01T10:00:00%2B01:00");
        assert_eq!(query("a&b=c,d"), "a%26b%3Dc%2Cd");
    }

    proptest! {
        #[test]
        fn h07_a_segment_stays_one(text in "\\PC*|[./%\\\\\0a?#]*") {
            if let Some(encoded) = segment(&text).map(|encoded| encoded.to_string()) {
                let path = format!("/before/{encoded}/after");
                prop_assert_eq!(path.split('/').count(), 4);
                prop_assert!(!has_dots(&path));
                let uri: http::Uri = format!("https://example.com{path}").parse().unwrap();
                prop_assert_eq!(uri.path(), &path);
                prop_assert!(uri.query().is_none());
                let back = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap().into_owned();
                prop_assert_eq!(back, text);
            }
        }
    }
}
