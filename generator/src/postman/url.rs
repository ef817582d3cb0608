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
    let raw = node.text("raw").unwrap_or_default();
    let mut url = match (node.get("host"), node.get("path")) {
        (None | Some(Node::Null), None | Some(Node::Null)) => parse(raw, &place.child("raw")),
        (host, path) => Url { host: host_of(node, host), path: steps(path), ..Url::default() },
    };
    if let Some(query) = node.get("query").filter(|query| !query.is_null()) {
        url.query = match query {
            Node::String(text) => pairs::of_query(text, &place.child("query")),
            list => pairs::read(list, &place.child("query")),
        };
    }
    if let Some(variables) = node.get("variable") {
        url.variables = pairs::read(variables, &place.child("variable"));
    }
    url
}

fn host_of(node: &Node, host: Option<&Node>) -> String {
    let mut text = match host {
        Some(Node::Array(parts)) => parts.iter().filter_map(Node::as_str).collect::<Vec<_>>().join("."),
        Some(Node::String(text)) => text.clone(),
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
fn steps(path: Option<&Node>) -> Vec<String> {
    let texts: Vec<&str> = match path {
        Some(Node::Array(items)) => {
            items.iter().filter_map(|item| item.as_str().or_else(|| item.text("value"))).collect()
        }
        Some(Node::String(text)) => vec![text],
        _ => Vec::new(),
    };
    // What stands behind a mark of interrogation is no path, wherever it was written.
    texts.into_iter().flat_map(|text| split(text.split(['?', '#']).next().unwrap_or_default())).collect()
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
    let (host, path) = match outside(rest, '/') {
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
    let mut rest = path;
    while let Some(at) = outside(rest, '/') {
        steps.push(rest[..at].to_owned());
        rest = &rest[at + 1..];
    }
    steps.push(rest.to_owned());
    steps.retain(|step| !step.is_empty());
    steps
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match outside(text, mark) {
        Some(at) => (&text[..at], Some(&text[at + mark.len_utf8()..])),
        None => (text, None),
    }
}

/// Where `mark`, of ASCII, first stands outside of `{{…}}`.
fn outside(text: &str, mark: char) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(mark)?;
        let before = &text[..at];
        let open = before.rfind("{{").filter(|open| !before[*open..].contains("}}"));
        // A variable that is never closed is none.
        match open.and_then(|_| text[at..].find("}}")) {
            Some(end) => from = at + end + 2,
            None => return Some(at),
        }
    }
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
        ];
        for (text, host, path) in cases {
            let url = read(&serde_json::from_str(text).unwrap(), &place());
            assert_eq!((url.host.as_str(), url.path), (host, to_owned(&path)), "{text}");
        }
    }

    fn to_owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }
}
