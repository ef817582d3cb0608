//! Addresses, in both forms that collections have: as text, and taken apart. The text is read where the parts are missing.

use super::collection::Pair;
use super::pairs;
use crate::node::Node;
use crate::source::Place;

/// An address as it is written, variables and all.
#[derive(Debug, Default)]
pub(crate) struct Url {
    /// Everything before the path: `https://api.example.com:8080`, `{{base}}`, or nothing.
    pub(crate) host: String,
    /// The parts of the path between slashes; none of them is empty.
    pub(crate) path: Vec<String>,
    /// The parameters of the query.
    pub(crate) query: Vec<Pair>,
    /// What is said of the variables of the path, `:id`.
    pub(crate) variables: Vec<Pair>,
}

/// Reads the address of a request.
pub(super) fn read(node: &Node, place: &Place) -> Url {
    match node {
        Node::String(text) => parse(text, place),
        Node::Object(_) => parts(node, place),
        _ => Url::default(),
    }
}

/// The form with parts.
fn parts(node: &Node, place: &Place) -> Url {
    let part = |key: &str| node.get(key).filter(|part| !part.is_null());
    let mut url = match (part("host"), part("path")) {
        (Some(host), Some(path)) => Url { host: host_of(node, host), ..steps(path, &place.child("path")) },
        (host, path) => missing(node, host, path, place),
    };
    match part("query") {
        Some(Node::String(text)) => url.query.extend(pairs::of_query(text, &place.child("query"))),
        Some(list) => url.query.extend(pairs::read_query(list, &place.child("query"))),
        None if url.query.is_empty() => {
            url.query = parse(node.text("raw").unwrap_or_default(), &place.child("raw")).query
        }
        None => {}
    }
    if let Some(variables) = node.get("variable") {
        url.variables = pairs::read(variables, &place.child("variable"));
    }
    url
}

/// The form with parts of which one is missing: that one is in the text.
fn missing(node: &Node, host: Option<&Node>, path: Option<&Node>, place: &Place) -> Url {
    let raw = parse(node.text("raw").unwrap_or_default(), &place.child("raw"));
    match (host, path) {
        (Some(host), None) => Url { host: host_of(node, host), path: raw.path, ..Url::default() },
        (None, Some(path)) => {
            let url = steps(path, &place.child("path"));
            // The first step of a text without a host looks like one.
            let host = if raw.path == url.path { raw.host } else { String::new() };
            Url { host, ..url }
        }
        _ => Url { query: Vec::new(), ..raw },
    }
}

fn host_of(node: &Node, host: &Node) -> String {
    let mut text = match host {
        Node::Array(parts) => parts.iter().filter_map(Node::as_str).collect::<Vec<_>>().join("."),
        Node::String(text) => text.clone(),
        _ => return String::new(),
    };
    if let Some(protocol) = node.text("protocol").filter(|_| !text.contains("://") && !text.starts_with("{{")) {
        text = format!("{}://{text}", protocol.trim_end_matches("://"));
    }
    if let Some(port) = pairs::scalar(node.get("port")).filter(|port| !port.is_empty()) {
        text = format!("{text}:{port}");
    }
    text
}

/// A path: a list of steps, each text or `{type, value}`, or one text.
fn steps(path: &Node, place: &Place) -> Url {
    let texts: Vec<&str> = match path {
        Node::Array(items) => items.iter().filter_map(|item| item.as_str().or_else(|| item.text("value"))).collect(),
        Node::String(text) => vec![text],
        _ => Vec::new(),
    };
    let mut url = Url::default();
    for text in texts {
        // What stands behind a mark of interrogation is no path, wherever it was written.
        let (text, query) = cut(cut(text, '#').0, '?');
        url.path.extend(split(text));
        url.query.extend(query.into_iter().flat_map(|query| pairs::of_query(query, place)));
    }
    url
}

/// The form of one text.
pub(super) fn parse(text: &str, place: &Place) -> Url {
    let text = text.trim();
    let (address, _) = cut(text, '#');
    let (address, query) = cut(address, '?');
    let (scheme, rest) = match address.find("://") {
        Some(at) => address.split_at(at + 3),
        None => ("", address),
    };
    let (host, path) = match outside(rest, '/').next() {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    Url {
        host: format!("{scheme}{host}"),
        path: split(path),
        query: query.map(|query| pairs::of_query(query, place)).unwrap_or_default(),
        variables: Vec::new(),
    }
}

/// The steps of a path; slashes inside of variables separate nothing.
fn split(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut start = 0;
    for at in outside(path, '/') {
        steps.push(&path[start..at]);
        start = at + 1;
    }
    steps.push(&path[start..]);
    steps.into_iter().filter(|step| !step.is_empty()).map(str::to_owned).collect()
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match outside(text, mark).next() {
        Some(at) => (&text[..at], Some(&text[at + mark.len_utf8()..])),
        None => (text, None),
    }
}

/// Where `mark`, of ASCII, stands outside of `{{…}}`. A variable that is never closed is none.
fn outside(text: &str, mark: char) -> impl Iterator<Item = usize> {
    // Where the next variable begins and ends; the text is gone through once, however often this is asked.
    let next = move |from: usize| {
        let open = from + text[from..].find("{{")?;
        let close = open + text[open..].find("}}")?;
        Some((open, close + 2))
    };
    let mut variable = next(0);
    text.match_indices(mark).map(|(at, _)| at).filter(move |&at| {
        while let Some((_, close)) = variable.filter(|(_, close)| *close <= at) {
            variable = next(close);
        }
        variable.is_none_or(|(open, _)| at < open)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place::root(&"a.json".into())
    }

    #[test]
    fn texts_are_taken_apart() {
        let cases: &[(&str, &str, &[&str], &[&str])] = &[
            ("https://a.b:80/c/d/?e=f&g#h?i", "https://a.b:80", &["c", "d"], &["e", "g"]),
            ("{{base}}/c/:id/{{x/y?}}?z", "{{base}}", &["c", ":id", "{{x/y?}}"], &["z"]),
            ("{{base}}", "{{base}}", &[], &[]),
            ("a.b//c", "a.b", &["c"], &[]),
            ("/c", "", &["c"], &[]),
            ("", "", &[], &[]),
            ("{{open/c?d=1", "{{open", &["c"], &["d"]),
            ("{{a}}{{b}}/c?{{q}}=1&=2&&é=3", "{{a}}{{b}}", &["c"], &["{{q}}", "", "é"]),
            ("{{a/b}}/{{c/{{d/e}}/f", "{{a/b}}", &["{{c/{{d/e}}", "f"], &[]),
        ];
        for (text, host, path, query) in cases {
            let url = parse(text, &place());
            let keys: Vec<&str> = url.query.iter().map(|pair| pair.key.as_str()).collect();
            assert_eq!((url.host.as_str(), &url.path[..], &keys[..]), (*host, &to_owned(path)[..], *query), "{text}");
        }
    }

    #[test]
    fn parts_are_put_together_and_the_text_helps_out() {
        let cases = [
            (
                r#"{"raw": "x", "protocol": "https", "host": ["a", "b"], "port": "80", "path": ["c", {"value": "d"}]}"#,
                "https://a.b:80",
                vec!["c", "d"],
            ),
            (r#"{"host": "{{base}}", "protocol": "http", "path": "/c/d"}"#, "{{base}}", vec!["c", "d"]),
            (r#"{"raw": "{{base}}/c?d=e"}"#, "{{base}}", vec!["c"]),
            (r#"{"host": null, "path": null, "raw": null, "query": null}"#, "", vec![]),
            (r#"{"host": [1, null], "path": [3, "c/d?e"], "query": {}}"#, "", vec!["c", "d"]),
            (r#"{"raw": "{{base}}/c/d?e=f", "host": ["{{base}}"]}"#, "{{base}}", vec!["c", "d"]),
            (r#"{"raw": "https://a.b/c/d", "path": ["c", "d"]}"#, "https://a.b", vec!["c", "d"]),
            // Nothing says that the first word is a host.
            (r#"{"raw": "c/d", "path": ["c", "d"]}"#, "", vec!["c", "d"]),
        ];
        for (text, host, path) in cases {
            let url = read(&serde_json::from_str(text).unwrap(), &place());
            assert_eq!((url.host.as_str(), url.path), (host, to_owned(&path)), "{text}");
        }
    }

    #[test]
    fn queries_are_found_wherever_they_stand() {
        for (text, expected) in [
            (r#"{"raw": "{{base}}/c?d=e", "host": ["{{base}}"], "path": ["c"]}"#, "d=e"),
            (r#"{"raw": "{{base}}/c?d=e", "host": ["{{base}}"], "path": ["c?d=e"]}"#, "d=e"),
            (r#"{"host": ["a"], "path": ["c", "f?d=e"], "query": [{"key": "g", "value": "h%20i"}]}"#, "d=e&g=h i"),
            (r#"{"raw": "a/c?d=e", "host": ["a"], "path": ["c"], "query": []}"#, ""),
            (r#"{"raw": "a/c?d=e", "query": "f=g"}"#, "f=g"),
            (r#"{"raw": "a/c?d=e"}"#, "d=e"),
        ] {
            let url = read(&serde_json::from_str(text).unwrap(), &place());
            let pair = |pair: &Pair| format!("{}={}", pair.key, pair.value.as_deref().unwrap_or_default());
            let query: Vec<String> = url.query.iter().map(pair).collect();
            assert_eq!(query.join("&"), expected, "{text}");
        }
    }

    #[test]
    fn long_addresses_are_read_once() {
        for text in ["{{a/".repeat(100_000), "/{{a}}".repeat(100_000), "{{/}}".repeat(100_000), "?{{#".repeat(100_000)]
        {
            let url = parse(&text, &place());
            assert!(url.path.len() <= 100_000);
        }
    }

    fn to_owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }
}
