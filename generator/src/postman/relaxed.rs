//! JSON as people write it into collections: with comments, commas at the end, line breaks in strings, and variables
//! where values should be. It is turned into JSON text and read like any other.

use std::borrow::Cow;

use super::collection::Scope;
use super::variables;
use crate::node::{Node, json};

/// Stands where a variable stood as a value, and nothing is known of it.
pub(super) const ANYTHING: &str = "<any>";

/// A value, with the text that it was read from where that is the text as it stood; `None` if it is none.
pub(super) fn parse<'t>(text: &'t str, scope: &Scope) -> Option<(Node, Cow<'t, str>)> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Ok(node) = json::parse(text, &mut ()) {
        return Some((node, text.into()));
    }
    let strict = strict(text, scope)?;
    let node = json::parse(&strict, &mut ()).ok()?;
    Some((node, strict.into()))
}

/// The same as JSON; `None` where a string or a comment does not end.
fn strict(text: &str, scope: &Scope) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if letter == '"' {
            rest = string(rest, &mut out)?;
        } else if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/")? + 2..];
        } else if let Some(inside) = rest.strip_prefix("{{").filter(|inside| is_variable(inside)) {
            let end = inside.find("}}")?;
            value(inside[..end].trim(), scope, &mut out);
            rest = &inside[end + 2..];
        } else {
            if matches!(letter, '}' | ']') && out.trim_end().ends_with(',') {
                out.truncate(out.trim_end().len() - 1);
            }
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    Some(out)
}

/// Is what follows two braces the name of a variable? Objects in objects need a key between them.
fn is_variable(inside: &str) -> bool {
    inside.find("}}").is_some_and(|end| !inside[..end].contains(['{', '"', '\n', ':', ',']))
}

/// A variable in place of a value: what it is set to, if that is a value, too.
fn value(name: &str, scope: &Scope, out: &mut String) {
    let text = variables::value(name, scope).unwrap_or_default();
    match json::parse(text.trim(), &mut ()) {
        Ok(_) => out.push_str(text.trim()),
        Err(_) => {
            out.push('"');
            out.push_str(ANYTHING);
            out.push('"');
        }
    }
}

/// A string, from its first mark; gives what comes after it.
fn string<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    out.push('"');
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                out.push('"');
                return Some(&text[at + 1..]);
            }
            '\\' => {
                out.push('\\');
                out.push(letters.next()?.1);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => out.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read() {
        let scope = Scope::from([("n".to_owned(), "7".to_owned()), ("s".to_owned(), "a b".to_owned())]);
        let cases = [
            ("\u{feff} {\"a\": 1} ", r#"{"a": 1}"#),
            ("{\"a\": 1, // one, \"b\"\n \"c\": [1, 2,], /* } */ }", r#"{"a": 1, "c": [1, 2]}"#),
            (
                "{\"a\": {{n}}, \"b\": {{ s }}, \"c\": \"{{n}}\", \"d\": {{$guid}}}",
                r#"{"a": 7, "b": "<any>", "c": "{{n}}", "d": "<any>"}"#,
            ),
            ("{\"a\": \"x\n\ty // no \\\" /* no\"}", r#"{"a": "x\n\ty // no \" /* no"}"#),
            ("{\"a\":{\"b\":{}}}", r#"{"a": {"b": {}}}"#),
            ("[{{n}},]", "[7]"),
        ];
        for (text, expected) in cases {
            let expected: Node = serde_json::from_str(expected).unwrap();
            assert_eq!(parse(text, &scope).map(|(node, _)| node), Some(expected), "{text}");
        }
        for bad in ["", "<a/>", "{\"a\": \"", "{ /* ", "{{n", "{\"a\" 1}", "a=1"] {
            assert!(parse(bad, &scope).is_none(), "{bad}");
        }
    }
}
