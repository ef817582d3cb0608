//! Taking secrets out of what a service says.

use zeroize::Zeroizing;

use crate::json::Writer;
use crate::secret::Secret;

/// The secrets of one request, as they are and as JSON may write them.
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
        let mut forms = Vec::new();
        for secret in secrets.into_iter().filter(|secret| !secret.expose().is_empty()) {
            let mut writer = Writer::new();
            writer.string(secret.expose());
            let quoted = Zeroizing::new(writer.finish());
            let escaped = &quoted[1..quoted.len() - 1];
            // Some services escape the slash as well.
            forms.extend([secret.clone(), escaped.into(), escaped.replace('/', "\\/").into()]);
        }
        // Where several begin, the longest is the one.
        forms.sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
        forms.dedup_by(|a, b| a.expose() == b.expose());
        Redact(forms)
    }

    /// The text without the request's secrets, and without the values of members that are secret by their name.
    pub(super) fn text(&self, text: &str) -> String {
        // The names come first: a short secret may be a part of one.
        let text = NAMES.iter().fold(text.to_owned(), |text, name| without_member(&text, name));
        self.without_known(&text)
    }

    fn without_known(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            match self.0.iter().find(|secret| rest.starts_with(secret.expose())) {
                Some(secret) => {
                    out.push_str(MARK);
                    rest = &rest[secret.expose().len()..];
                }
                None => {
                    out.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        out
    }

    /// The text without the beginning of a secret at its end: what is cut in two would not be found.
    fn without_begun<'a>(&self, text: &'a str) -> &'a str {
        let begun = |secret: &str| {
            (1..secret.len()).rev().find(|&length| text.as_bytes().ends_with(&secret.as_bytes()[..length]))
        };
        let most = self.0.iter().filter_map(|secret| begun(secret.expose())).max().unwrap_or(0);
        // The end of a text that is replaced when it is cut may be no part of a secret, so the place is one between characters.
        text.get(..text.len() - most).unwrap_or_default()
    }

    /// The beginning of a body.
    pub(super) fn snippet(&self, body: &[u8]) -> String {
        // More is searched than is kept: tokens have up to 2 KiB.
        let window = body.len().min(4 * MOST);
        let text = String::from_utf8_lossy(&body[..window]);
        let whole = window == body.len();
        let mut text = self.text(if whole { &text } else { self.without_begun(&text) });
        let mut end = text.len().min(MOST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text
    }
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
