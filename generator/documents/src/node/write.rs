//! A node as text: YAML as people write it, JSON on one line.

use std::fmt::Write;

use serde_core::ser::{Serialize, Serializer};

use super::{Node, Number};

/// Lists of plain words up to this width stand on one line.
const WIDTH: usize = 100;

impl Node {
    /// As YAML: one member a line, short lists of words on one line.
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        match self {
            Node::Object(members) if !members.is_empty() => block(self, 0, &mut out),
            Node::Array(items) if !items.is_empty() => block(self, 0, &mut out),
            _ => out.push_str(&flow(self).unwrap_or_default()),
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out
    }

    /// As JSON, on one line.
    pub fn to_json(&self) -> String {
        // Writing to memory fails only for keys that are no text, and a node has none.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A list or mapping that is not empty, each part on lines of its own, which start at `indent`.
fn block(node: &Node, indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    match node {
        Node::Object(members) => {
            for (index, (key, value)) in members.iter().enumerate() {
                // The first line of an item stands behind its dash.
                let margin = if index == 0 && out.ends_with("- ") { "" } else { &margin };
                let _ = write!(out, "{margin}{}:", text(key));
                value_of(value, indent + 2, out);
            }
        }
        Node::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let margin = if index == 0 && out.ends_with("- ") { "" } else { &margin };
                let _ = write!(out, "{margin}- ");
                match flow(item) {
                    Some(line) => drop(writeln!(out, "{line}")),
                    None => block(item, indent + 2, out),
                }
            }
        }
        _ => {}
    }
}

fn value_of(value: &Node, indent: usize, out: &mut String) {
    match flow(value) {
        Some(line) => drop(writeln!(out, " {line}")),
        None => {
            out.push('\n');
            block(value, indent, out);
        }
    }
}

/// What stands on one line: scalars, nothing, and short lists of scalars.
fn flow(node: &Node) -> Option<String> {
    Some(match node {
        Node::Null => "null".into(),
        Node::Bool(value) => value.to_string(),
        Node::Number(number) => number.as_str().into(),
        Node::String(value) => text(value),
        Node::Object(members) if members.is_empty() => "{}".into(),
        Node::Array(items) => {
            let words: Option<Vec<_>> = items.iter().map(word).collect();
            words.map(|words| format!("[{}]", words.join(", "))).filter(|line| line.len() <= WIDTH)?
        }
        Node::Object(_) => return None,
    })
}

/// A scalar that means the same between brackets.
fn word(node: &Node) -> Option<String> {
    match node {
        Node::Array(_) | Node::Object(_) => None,
        scalar => flow(scalar),
    }
}

fn text(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    if value
        .contains(|c: char| c.is_control() || c == '\u{feff}' || c == '\u{2028}' || c == '\u{2029}' || c == '\u{85}')
    {
        return double_quoted(value);
    }
    format!("'{}'", value.replace('\'', "''"))
}

/// With JSON's escapes, which YAML shares.
fn double_quoted(value: &str) -> String {
    let mut quoted = serde_json::to_string(value).unwrap_or_default();
    for c in ['\u{7f}', '\u{85}', '\u{feff}', '\u{2028}', '\u{2029}'] {
        quoted = quoted.replace(c, &format!("\\u{:04x}", u32::from(c)));
    }
    quoted
}

/// Words that no reader of YAML, old or new, takes for anything but text.
fn is_plain(value: &str) -> bool {
    const RESERVED: [&str; 12] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "none"];
    let first = value.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '/' || c == '$' || c == '_');
    let rest = |c: char| c.is_ascii_alphanumeric() || "/$_-. ".contains(c);
    first
        && value.chars().all(rest)
        && !value.ends_with(' ')
        && !value.contains(" -")
        && !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(value))
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => serializer.serialize_unit(),
            Node::Bool(value) => serializer.serialize_bool(*value),
            Node::Number(number) => number.serialize(serializer),
            Node::String(text) => serializer.serialize_str(text),
            Node::Array(items) => serializer.collect_seq(items),
            Node::Object(members) => serializer.collect_map(members),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(value) = self.as_u64() {
            return serializer.serialize_u64(value);
        }
        if let Some(value) = self.as_i64() {
            return serializer.serialize_i64(value);
        }
        let value = self.as_f64();
        // Text keeps what a float cannot hold; no real document has such a number.
        if value.is_finite() { serializer.serialize_f64(value) } else { serializer.serialize_str(self.as_str()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn yaml_is_written_as_people_write_it() {
        let node: Node = serde_json::from_str(
            r##"{"paths": {"/a/{key}": {"get": {"tags": ["A b", "no"], "200": null, "deep": [[{"x": 1, "y": [{}]}], []],
                "$ref": "#/x", "ratio": 0.10, "off": "off", "empty": "", "lines": "a\n\u0085b: 'c'", "colon": "a: b"}}}}"##,
        )
        .unwrap();
        insta::assert_snapshot!(node.to_yaml(), @r#"
        paths:
          '/a/{key}':
            get:
              tags: [A b, 'no']
              '200': null
              deep:
                - - x: 1
                    'y':
                      - {}
                - []
              $ref: '#/x'
              ratio: 0.1
              'off': 'off'
              empty: ''
              lines: "a\n\u0085b: 'c'"
              colon: 'a: b'
        "#);
    }

    #[test]
    fn what_is_written_reads_the_same_everywhere() {
        let texts = [
            "",
            " ",
            "a ",
            "-",
            "- a",
            "?",
            "a: b",
            "a #b",
            "#a",
            "'",
            "''a",
            "\"",
            "\\",
            "\t",
            "a\tb",
            "\n",
            "a\nb",
            "a\r\nb",
            "\u{85}",
            "\u{7f}",
            "\u{2028}x",
            "\u{feff}",
            "é",
            "🇬🇧",
            "~",
            "null",
            "Null",
            "NO",
            "1",
            "1.0",
            "0x1F",
            ".5",
            "1e3",
            "<<",
            "=",
            "!a",
            "&a",
            "*a",
            "%a",
            "@a",
            "`a",
            "|",
            ">",
            "[",
            "]",
            "{",
            "}",
            ",",
            "a,b",
            "2026-01-31",
            "/",
            "$",
            "_",
        ];
        for text in texts {
            for node in [
                Node::from(text),
                Node::from([(text, Node::from(text))]),
                Node::from(vec![Node::from(text), Node::from(vec![Node::from([(text, Node::Null)])])]),
            ] {
                let yaml = node.to_yaml();
                assert_eq!(Source::read("a", &yaml).map(|source| source.tree), Ok(node.clone()), "{yaml}");
                assert_eq!(serde_yaml::from_str::<Node>(&yaml).unwrap(), node, "{yaml}");
                assert_eq!(Source::read("a", &node.to_json()).map(|source| source.tree), Ok(node), "JSON");
            }
        }
    }
}
