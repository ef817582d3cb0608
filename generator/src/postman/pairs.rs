//! Lists of names and values: lists of objects, one object, or one text, as the versions of the format have it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::collection::Pair;
use crate::node::Node;
use crate::source::Place;

/// A list, whichever form it has; what is no pair is left out.
pub(super) fn read(node: &Node, place: &Place) -> Vec<Pair> {
    match node {
        Node::Array(items) => items.iter().enumerate().filter_map(|(at, item)| pair(item, place, at)).collect(),
        Node::Object(members) => members
            .iter()
            .map(|(key, value)| Pair { value: scalar(Some(value)), ..named(key, place.child(key)) })
            .collect(),
        Node::String(text) => of_lines(text, place),
        _ => Vec::new(),
    }
}

fn pair(item: &Node, place: &Place, at: usize) -> Option<Pair> {
    let place = place.child(at);
    if let Some(text) = item.as_str() {
        return of_lines(text, &place).into_iter().next();
    }
    item.as_object()?;
    let key = ["key", "id", "name"].iter().find_map(|word| scalar(item.get(word))).unwrap_or_default();
    let off = |word| item.get(word).and_then(Node::as_bool);
    Some(Pair {
        place,
        key,
        value: scalar(item.get("value")),
        enabled: !off("disabled").unwrap_or(false) && off("enabled").unwrap_or(true),
        file: item.text("type") == Some("file") || item.get("src").is_some_and(|source| !source.is_null()),
        description: description(item.get("description")),
    })
}

/// `Name: value`, one a line, as the headers of v2.0 may be.
fn of_lines(text: &str, place: &Place) -> Vec<Pair> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let pair = |line: &str| {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let off = key.trim_start().starts_with("//");
        let key = key.trim().trim_start_matches("//").trim();
        Pair { value: Some(value.trim().to_owned()), enabled: !off, ..named(key, place.clone()) }
    };
    lines.map(pair).collect()
}

/// `a=1&b=2`. Names and values are decoded.
pub(super) fn of_query(text: &str, place: &Place) -> Vec<Pair> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (key, value) = match part.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (part, None),
        };
        Pair { value: value.map(decoded), ..named(&decoded(key), place.clone()) }
    };
    parts.map(pair).collect()
}

fn named(key: &str, place: Place) -> Pair {
    Pair { place, key: key.to_owned(), value: None, enabled: true, file: false, description: None }
}

/// A value as text, where it is one.
pub(super) fn scalar(node: Option<&Node>) -> Option<String> {
    match node? {
        Node::String(text) => Some(text.clone()),
        Node::Number(number) => Some(number.as_str().to_owned()),
        Node::Bool(value) => Some(value.to_string()),
        Node::Null | Node::Array(_) | Node::Object(_) => None,
    }
}

/// A description: text, or an object with the text in `content`.
pub(super) fn description(node: Option<&Node>) -> Option<String> {
    let node = node?;
    let text = node.as_str().or_else(|| node.text("content"))?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A list of the parameters of a query. They stand there as they go over the wire, but for signs that Postman encodes
/// itself; a plus is a plus.
pub(super) fn read_query(node: &Node, place: &Place) -> Vec<Pair> {
    let mut pairs = read(node, place);
    for pair in &mut pairs {
        pair.key = unescaped(&pair.key, false);
        pair.value = pair.value.take().map(|value| unescaped(&value, false));
    }
    pairs
}

/// A name or a value of a query, as it was before it was encoded; as it is where that gives no text.
fn decoded(text: &str) -> String {
    unescaped(text, true)
}

/// Without percent-encoding, and with spaces for pluses where they stand for them.
fn unescaped(text: &str, plus: bool) -> String {
    let spaced = if plus { text.replace('+', " ") } else { text.to_owned() };
    percent_decode_str(&spaced).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_gives_pairs() {
        let place = Place::root(&"a.json".into());
        let cases = [
            (
                r#"[{"key": "a", "value": "1"}, {"key": "b", "value": 2, "disabled": true}, null, {"value": null}]"#,
                "a=1 -b=2 =?",
            ),
            (r#"[{"key": "a", "enabled": false}, {"id": "c", "value": true}, "D: e"]"#, "-a=? c=true D=e"),
            (r#"{"a": 1, "b": null}"#, "a=1 b=?"),
            (r#""Accept: text/x\n//Off: 1\r\n\n""#, "Accept=text/x -Off=1"),
            ("3", ""),
        ];
        for (text, expected) in cases {
            let list = read(&serde_json::from_str(text).unwrap(), &place);
            let sign = |pair: &Pair| if pair.enabled { "" } else { "-" };
            let value = |pair: &Pair| pair.value.clone().unwrap_or("?".into());
            let found: Vec<String> =
                list.iter().map(|pair| format!("{}{}={}", sign(pair), pair.key, value(pair))).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn lists_of_a_query_are_decoded() {
        let list = r#"[{"key": "filter%5Bid%5D", "value": "a%20b+c"}, {"key": "100%+", "value": null}]"#;
        let found = read_query(&serde_json::from_str(list).unwrap(), &Place::root(&"a.json".into()));
        let found: Vec<(&str, Option<&str>)> =
            found.iter().map(|pair| (pair.key.as_str(), pair.value.as_deref())).collect();
        assert_eq!(found, [("filter[id]", Some("a b+c")), ("100%+", None)]);
    }

    #[test]
    fn encoding_is_taken_off_where_it_is_one() {
        for (text, expected) in [("a%20b+c", "a b c"), ("%", "%"), ("%zz%4", "%zz%4"), ("%ff", "%ff"), ("é", "é")] {
            assert_eq!(decoded(text), expected);
        }
    }
}
