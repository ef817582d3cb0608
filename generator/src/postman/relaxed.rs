//! JSON as people write it into collections: with comments, commas at the end, line breaks in strings, and variables
//! where values should be. It is turned into JSON text and read like any other.

use std::borrow::Cow;

use super::collection::Scope;
use super::variables;
use crate::node::{Node, Object};

/// Stands where a variable stood as a value, and nothing is known of it.
pub(super) const ANYTHING: &str = "<any>";

/// A value, with the text that it was read from where that is the text as it stood; `None` if it is none.
pub(super) fn parse<'t>(text: &'t str, scope: &Scope) -> Option<(Node, Cow<'t, str>)> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Ok(node) = Node::from_json(text) {
        return Some((node, text.into()));
    }
    let strict = strict(text, scope)?;
    let node = Node::from_json(&strict).ok()?;
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
        } else if let Some((name, after)) = rest.strip_prefix("{{").and_then(variable) {
            value(name.trim(), scope, &mut out);
            rest = after;
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

/// The name of the variable, if what follows two braces is one, and what comes after it. Objects in objects need a key
/// between them.
fn variable(inside: &str) -> Option<(&str, &str)> {
    let end = inside.find(['{', '}', '"', '\n', ':', ','])?;
    inside[end..].strip_prefix("}}").map(|after| (&inside[..end], after))
}

/// A variable in place of a value: what it is set to, if that is a value, too.
fn value(name: &str, scope: &Scope, out: &mut String) {
    // A whole body may be longer than what variables are put into.
    let text = match variables::value(name, scope) {
        Some(text) if text.contains("{{") => variables::expand(text, scope).into(),
        Some(text) => Cow::Borrowed(text),
        None => Cow::default(),
    };
    match Node::from_json(text.trim()) {
        Ok(_) => out.push_str(text.trim()),
        Err(_) => {
            out.push('"');
            out.push_str(ANYTHING);
            out.push('"');
        }
    }
}

/// The names of members with the variables in them put in. A member whose name nothing is known of is left out; gives
/// whether there was one.
pub(super) fn name_members(node: &mut Node, scope: &Scope) -> bool {
    match node {
        Node::Array(items) => items.iter_mut().fold(false, |left, item| name_members(item, scope) | left),
        Node::Object(members) => {
            let mut left = members.values_mut().fold(false, |left, value| name_members(value, scope) | left);
            if members.keys().any(|name| name.contains("{{")) {
                let named =
                    std::mem::take(members).into_iter().map(|(name, value)| (variables::expand(&name, scope), value));
                let (known, unknown): (Object, Object) = named.partition(|(name, _)| !name.contains("{{"));
                *members = known;
                left |= !unknown.is_empty();
            }
            left
        }
        _ => false,
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
        let set = [("n", "7"), ("s", "a b"), ("m", " {{n}}"), ("long", "[{{n}}, {{m}}]")];
        let scope: Scope = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
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
            ("{\"a\": {{m}}, \"b\": {{long}}}", r#"{"a": 7, "b": [7, 7]}"#),
            ("{{s}}", r#""<any>""#),
        ];
        for (text, expected) in cases {
            let expected: Node = serde_json::from_str(expected).unwrap();
            assert_eq!(parse(text, &scope).map(|(node, _)| node), Some(expected), "{text}");
        }
        for bad in ["", "<a/>", "{\"a\": \"", "{ /* ", "{{n", "{\"a\" 1}", "a=1"] {
            assert!(parse(bad, &scope).is_none(), "{bad}");
        }
    }

    #[test]
    fn members_are_named_by_variables() {
        let scope: Scope = [("n".to_owned(), "id".to_owned())].into_iter().collect();
        for (text, expected, left) in [
            (r#"[{"{{n}}": {"{{n}}_2": 1}}]"#, r#"[{"id":{"id_2":1}}]"#, false),
            (r#"{"{{x}}": 1, "b": {"{{x}}": {}}}"#, r#"{"b":{}}"#, true),
            (r#"{"a": "{{x}}"}"#, r#"{"a":"{{x}}"}"#, false),
        ] {
            let mut node: Node = serde_json::from_str(text).unwrap();
            assert_eq!(name_members(&mut node, &scope), left, "{text}");
            assert_eq!(node.to_json(), expected, "{text}");
        }
    }

    #[test]
    fn braces_without_end_are_read_once() {
        for text in ["{{a ".repeat(200_000), "{".repeat(400_000), format!("[{}", "{{a}}, ".repeat(100_000))] {
            assert!(parse(&text, &Scope::default()).is_none());
        }
    }
}
