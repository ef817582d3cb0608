//! Taking secrets out of what a service says.

use std::iter;

use crate::secret::Secret;

/// The secrets of one request.
pub(super) struct Redact(Vec<Secret>);

const MARK: &str = "[redacted]";
const MOST: usize = 2048;
/// Members whose values are secrets, whoever sends them.
const NAMES: [&str; 8] = [
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "code_verifier",
    "password",
    "authorization",
    "token",
];

impl Redact {
    pub(super) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut all: Vec<_> = secrets.into_iter().filter(|secret| !secret.expose().is_empty()).cloned().collect();
        // Where several begin, the longest is the one.
        all.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Redact(all)
    }

    /// The text without the request's secrets, and without the values of members that are secret by their name.
    pub(super) fn text(&self, text: &str) -> String {
        self.without_known(&without_members(text))
    }

    fn without_known(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            match self.length_at_start(rest) {
                Some(length) => {
                    out.push_str(MARK);
                    rest = &rest[length..];
                }
                None => {
                    out.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        out
    }

    /// How much of the text is a secret, if it begins with one.
    fn length_at_start(&self, text: &str) -> Option<usize> {
        self.0.iter().find_map(|secret| length_at_start(text, secret.expose()))
    }

    /// The text without the beginning of a secret at its end: what is cut in two would not be found.
    fn without_begun<'a>(&self, text: &'a str) -> &'a str {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if self.0.iter().any(|secret| is_begun(rest, secret.expose())) {
                return &text[..text.len() - rest.len()];
            }
            rest = &rest[self.length_at_start(rest).unwrap_or(first.len_utf8())..];
        }
        text
    }

    /// The beginning of a body.
    pub(super) fn snippet(&self, body: &[u8]) -> String {
        // More is searched than is kept: tokens have up to 2 KiB.
        let text = String::from_utf8_lossy(&body[..body.len().min(4 * MOST)]);
        let text = without_members(&text);
        // Most bodies are whole, but one that is at the limit of `error_body` was cut before it came here.
        let mut text = self.without_known(self.without_begun(&text));
        let mut end = text.len().min(MOST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text
    }
}

/// The names come before the secrets: a short secret may be a part of one.
fn without_members(text: &str) -> String {
    NAMES.iter().fold(text.to_owned(), |text, name| without_member(&text, name))
}

/// Bytes of the longest escape of a byte: `\u002B`.
const ESCAPE: usize = 6;

/// How much of the text is this secret, if it begins with it: as it is, or as JSON may write it.
fn length_at_start(text: &str, secret: &str) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut units = units(text);
    let mut length = 0;
    for expected in secret.chars() {
        match units.next()? {
            Unit::Char(found, width) if found == expected => length += width,
            Unit::Char(..) | Unit::Cut => return None,
        }
    }
    Some(length)
}

/// Is all of the text the beginning of this secret and no more, as it is or as JSON may write it?
fn is_begun(text: &str, secret: &str) -> bool {
    // What a cut left of a character stands at the end as another.
    let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
    if text.is_empty() || secret.starts_with(text) {
        return !text.is_empty() && text.len() < secret.len();
    }
    let mut expected = secret.chars();
    for unit in units(text) {
        match (unit, expected.next()) {
            (Unit::Char(found, _), Some(expected)) if found == expected => {}
            (Unit::Cut, Some(_)) => return true,
            _ => return false,
        }
    }
    expected.next().is_some()
}

/// A character of a text that may be the inside of a JSON string.
enum Unit {
    /// The character, and how many bytes it takes.
    Char(char, usize),
    /// The beginning of an escape, at the end of the text.
    Cut,
}

/// The characters of a text in which escapes stand for characters (RFC 8259, section 7).
fn units(text: &str) -> impl Iterator<Item = Unit> {
    let mut rest = text;
    iter::from_fn(move || {
        let unit = unit(rest)?;
        rest = match unit {
            Unit::Char(_, width) => &rest[width..],
            Unit::Cut => "",
        };
        Some(unit)
    })
}

fn unit(text: &str) -> Option<Unit> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first != '\\' {
        return Some(Unit::Char(first, first.len_utf8()));
    }
    Some(match chars.next() {
        None => Unit::Cut,
        Some('u') => match (hex(text), hex(text.get(ESCAPE..).unwrap_or_default())) {
            (Some(Ok(high)), low) if (0xD800..0xDC00).contains(&high) => match low {
                Some(Ok(low)) => pair(high, low).map_or(Unit::Char(first, 1), |one| Unit::Char(one, 2 * ESCAPE)),
                Some(Err(())) => Unit::Cut,
                None => Unit::Char(first, 1),
            },
            (Some(Ok(code)), _) => char::from_u32(code).map_or(Unit::Char(first, 1), |one| Unit::Char(one, ESCAPE)),
            (Some(Err(())), _) => Unit::Cut,
            (None, _) => Unit::Char(first, 1),
        },
        Some('n') => Unit::Char('\n', 2),
        Some('r') => Unit::Char('\r', 2),
        Some('t') => Unit::Char('\t', 2),
        Some('b') => Unit::Char('\u{8}', 2),
        Some('f') => Unit::Char('\u{c}', 2),
        Some(same @ ('"' | '\\' | '/')) => Unit::Char(same, 2),
        Some(_) => Unit::Char(first, 1),
    })
}

/// The number in `\u002B` at the start; an error if the text ends within it.
fn hex(text: &str) -> Option<Result<u32, ()>> {
    let text = text.as_bytes();
    let begins = text.iter().zip(b"\\u").all(|(one, other)| one == other);
    let digits = text.get(2..ESCAPE.min(text.len())).unwrap_or_default();
    if !begins || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    if text.len() < ESCAPE {
        return Some(Err(()));
    }
    Some(str::from_utf8(digits).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or(()))
}

/// The character of two surrogates.
fn pair(high: u32, low: u32) -> Option<char> {
    let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((high - 0xD800) << 10) + low)
}

/// Empties the strings of members with this name, in text that need not be whole JSON.
fn without_member(text: &str, name: &str) -> String {
    let key = format!("\"{name}\"");
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(&key) {
        let after = at + found + key.len();
        let value =
            lower[after..].find(|c: char| c != ':' && !c.is_ascii_whitespace()).map_or(text.len(), |gap| after + gap);
        out.push_str(&text[at..value]);
        at = value;
        if text[value..].starts_with('"') {
            out.push_str("\"[redacted]\"");
            at = end_of_string(text, value + 1);
        }
    }
    out.push_str(&text[at..]);
    out
}

/// The place behind the closing quote, or the end of the text.
fn end_of_string(text: &str, from: usize) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'"' if !escaped => return index + 1,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::Redact;

    #[test]
    fn secrets_are_taken_out() {
        let redact = Redact::of(&["s3cret".into(), "".into(), "a/\"b".into()]);
        assert_eq!(redact.text("x s3cret y"), "x [redacted] y");
        let table = [
            (r#"{"access_token" : "a\"b", "x":1}"#, r#"{"access_token" : "[redacted]", "x":1}"#),
            (r#"{"Refresh_Token":"abc"#, r#"{"Refresh_Token":"[redacted]""#),
            (r#"{"token":null,"password":"p"}"#, r#"{"token":null,"password":"[redacted]"}"#),
            ("plain", "plain"),
            // As JSON may escape it.
            (r#"x a/"b a/\"b a\/\"b"#, "x [redacted] [redacted] [redacted]"),
        ];
        for (text, expected) in table {
            assert_eq!(redact.text(text), expected);
        }
        // A short secret hides no name.
        let short = Redact::of(&["k".into()]).text(r#"{"token":"abc"}"#);
        assert!(!short.contains("abc"), "{short}");
        let long = format!("{}{}", "é".repeat(1500), "s3cret");
        assert!(redact.snippet(long.as_bytes()).len() <= 2048);
    }

    /// A text as JSON that writes every character as an escape, in either case of the digits.
    fn escaped(text: &str, upper: bool) -> String {
        let unit = |unit: u16| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
        text.encode_utf16().map(unit).collect()
    }

    #[test]
    fn s01_a_secret_is_found_however_json_writes_it() {
        let secret = "ab+&<>'=/\"\\é\u{1F600}z";
        let redact = Redact::of(&[secret.into()]);
        // As .NET writes it, as PHP does, and as few do.
        let net = "ab\\u002B\\u0026\\u003C\\u003E\\u0027=/\\u0022\\\\\\u00E9\\uD83D\\uDE00z";
        let php = "ab+&<>'=\\/\\\"\\\\\\u00e9\\ud83d\\ude00z";
        for form in [secret, net, php, &escaped(secret, true), &escaped(secret, false)] {
            assert_eq!(redact.text(&format!("x{form}y")), "x[redacted]y", "{form}");
            assert_eq!(redact.snippet(format!("x{form}y").as_bytes()), "x[redacted]y", "{form}");
            // Cut at any byte, it shows nothing.
            for cut in 0..form.len() {
                assert_eq!(redact.snippet(&[b"x", &form.as_bytes()[..cut]].concat()), "x", "{form} {cut}");
            }
        }
        // What is no secret stays.
        for other in ["ab", "\\u00zz", "\\ud83dx", "\\q", "ac+", "\\uD83D\\u0041."] {
            assert_eq!(redact.text(&format!("x{other}y")), format!("x{other}y"));
        }
    }

    #[test]
    fn s01_a_body_that_ends_in_a_secret_shows_none_of_it() {
        let redact = Redact::of(&["canary-canary".into()]);
        for length in 0..=13 {
            let snippet = redact.snippet(format!("no {}", &"canary-canary"[..length]).as_bytes());
            assert_eq!(snippet, if length == 13 { "no [redacted]" } else { "no " }, "{length}");
        }
    }

    #[test]
    fn s01_a_secret_that_is_cut_is_not_shown() {
        let token = "canary".repeat(300);
        let redact = Redact::of(&[token.as_str().into()]);
        for extra in 0..300 {
            let body = format!("{}{}", "-".repeat(extra), [token.as_str(); 6].join(" "));
            let snippet = redact.snippet(body.as_bytes());
            assert!(!snippet.contains("can"), "{extra}: {snippet}");
        }
    }
}
