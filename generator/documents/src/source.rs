//! Where a fact came from: source files, and places in them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_core::{Serialize, Serializer};

use crate::diagnostic::{Code, Diagnostic};
use crate::node::{Node, escape, json, parent, plain, yaml};
use crate::position::{Lines, is_json};

/// One input file, read and parsed but not interpreted.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in messages, relative to the workspace, with `/`: `specs/accounting/openapi.yaml`.
    pub file: Arc<str>,
    /// Its text, without a byte order mark.
    pub text: Arc<str>,
    /// Its tree: as it is on disk, until it is adapted and corrected.
    pub tree: Node,
    /// Where the parts that [`crate::adapt`] moved stand on disk.
    pub origins: Origins,
}

impl Source {
    /// Reads JSON or YAML, whichever the text is.
    pub fn read(file: &str, text: &str) -> Result<Source, Diagnostic> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let json = is_json(text);
        let parsed = match json {
            true => json::parse(text, &mut ()),
            false => plain::parse(text, &mut ()).map_or_else(|| yaml::parse(text, &mut ()), Ok),
        };
        match parsed {
            Ok(tree) => Ok(Source { file: file.into(), text: text.into(), tree, origins: Origins::default() }),
            Err(fault) => {
                let at = fault.at..fault.at + 1;
                let lines = Lines::new(text);
                let position = if json { lines.at_bytes(&at) } else { lines.at_characters(&at) };
                let place = Place::root(&file.into());
                let diagnostic = Diagnostic::new(fault.code, fault.message).at(&place).position(position).snippet(text);
                Err(match fault.code {
                    Code::Alias => diagnostic.help("write out what the aliases stand for, or name it once with `$ref`"),
                    _ => diagnostic,
                })
            }
        }
    }

    /// Without its tree, which is large: places can still be found and printed.
    #[must_use]
    pub fn without_tree(self) -> Self {
        Self { tree: Node::Null, ..self }
    }

    /// The whole file as a place.
    pub fn root(&self) -> Place {
        Place::root(&self.file)
    }

    /// A place of this file as it is on disk, from a place in the adapted tree.
    pub fn on_disk(&self, place: &Place) -> Place {
        Place { file: place.file.clone(), pointer: self.origins.on_disk(&place.pointer) }
    }

    /// Which format the document says it has.
    pub fn dialect(&self) -> Dialect {
        let version = |key| match self.tree.get(key) {
            Some(Node::String(text)) => Some(text.as_str()),
            Some(Node::Number(number)) => Some(number.as_str()),
            _ => None,
        };
        if let Some(version) = version("openapi") {
            return match version.split('.').take(2).collect::<Vec<_>>()[..] {
                ["3", "0"] => Dialect::OpenApi30,
                ["3", "1"] => Dialect::OpenApi31,
                _ => Dialect::Unknown,
            };
        }
        if let Some("2.0" | "2") = version("swagger") {
            return Dialect::Swagger20;
        }
        if version("overlay").is_some() {
            return Dialect::Overlay;
        }
        self.postman()
    }

    /// Which of Postman's formats it has, if any. Not every export names its schema.
    fn postman(&self) -> Dialect {
        let (collection, _) = self.collection();
        let schema = collection.pointer("/info/schema").and_then(Node::as_str).unwrap_or_default();
        let has = |key| collection.get(key).is_some();
        let list = |key| collection.get(key).and_then(Node::as_array).is_some();
        if schema.contains("/collection/v1") || (list("requests") && has("order")) || list("collections") {
            return Dialect::PostmanV1;
        }
        if (list("item") || (list("items") && schema.contains("/collection/v2.")))
            && (has("info") || has("variable") || collection.pointer("/item/0/request").is_some())
        {
            return Dialect::Postman;
        }
        let is_scope = has("_postman_variable_scope") || collection.text("name").is_some();
        if list("values") && is_scope {
            return Dialect::PostmanEnvironment;
        }
        Dialect::Unknown
    }

    /// The collection, and where it stands: Postman's own service wraps it.
    pub fn collection(&self) -> (&Node, Place) {
        match self.tree.get("collection").or_else(|| self.tree.get("environment")) {
            Some(inside @ Node::Object(_)) if self.tree.get("item").is_none() => {
                let key = if self.tree.get("collection").is_some() { "collection" } else { "environment" };
                (inside, self.root().child(key))
            }
            _ => (&self.tree, self.root()),
        }
    }
}

/// A format of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Swagger 2.0.
    Swagger20,
    /// OpenAPI 3.0.
    OpenApi30,
    /// OpenAPI 3.1.
    OpenApi31,
    /// OpenAPI Overlay 1.0.
    Overlay,
    /// A Postman collection, v2.0 or v2.1.
    Postman,
    /// A Postman collection, v1, which is not read.
    PostmanV1,
    /// A Postman environment, or the globals of a workspace.
    PostmanEnvironment,
    /// None that is read here.
    Unknown,
}

impl Dialect {
    /// Is it one of Postman's?
    pub fn is_postman(self) -> bool {
        match self {
            Dialect::Postman | Dialect::PostmanV1 | Dialect::PostmanEnvironment => true,
            Dialect::Swagger20 | Dialect::OpenApi30 | Dialect::OpenApi31 | Dialect::Overlay | Dialect::Unknown => false,
        }
    }
}

/// Where the parts of an adapted tree stand in the file on disk: `/components/schemas` at `/definitions`.
///
/// Pointers that name no moved part are the same in both.
#[derive(Debug, Clone, Default)]
pub struct Origins(BTreeMap<String, String>);

impl Origins {
    /// What is at `adapted` now, and all in it, stands at `disk`.
    pub fn moved(&mut self, adapted: impl Into<String>, disk: impl Into<String>) {
        self.0.insert(adapted.into(), disk.into());
    }

    /// Is every part where it was?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pointer on disk for a pointer into the adapted tree.
    pub fn on_disk(&self, adapted: &str) -> String {
        let mut around = adapted;
        loop {
            if let Some(disk) = self.0.get(around) {
                return format!("{disk}{}", &adapted[around.len()..]);
            }
            match parent(around) {
                Some((further, _)) => around = further,
                None => return adapted.to_owned(),
            }
        }
    }
}

/// A place in a source file: the file and an RFC 6901 JSON pointer.
///
/// Line and column are found from the pointer when a diagnostic is printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file, as [`Source::file`].
    pub file: Arc<str>,
    /// The pointer, `""` for the whole file.
    pub pointer: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.file, self.pointer)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Place {
    /// The whole file.
    pub fn root(file: &Arc<str>) -> Self {
        Self { file: file.clone(), pointer: String::new() }
    }

    /// The member `key` of what is here.
    pub fn child(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string();
        Self { file: self.file.clone(), pointer: format!("{}/{}", self.pointer, escape(&key)) }
    }

    /// What `pointer` points at, from here.
    pub fn join(&self, pointer: &str) -> Self {
        Self { file: self.file.clone(), pointer: format!("{}{pointer}", self.pointer) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Format, render};

    #[test]
    fn json_and_yaml_are_told_apart_and_read_alike() {
        let expected: Node = serde_json::from_str(r#"{"a": {"200": [1, 2.50, null, true], "b": "no"}}"#).unwrap();
        let texts = [
            "{\"a\": {\"200\": [1, 2.5, null, true], \"b\": \"no\"}}",
            "\u{feff}{\r\n  \"a\": {\"200\": [1, 2.5, null, true], \"b\": \"\\u006eo\"}\r\n}\r\n",
            "{a: {200: [1, 2.5, null, true], b: no}}",
            "\u{feff}a:\r\n  200: [0x1, +2.5, ~, True]\r\n  b: no\r\n",
            "x: &x {b: no}\na: {200: [1, 2.5, NULL, TRUE], <<: *x}\n",
        ];
        for text in texts {
            let mut tree = Source::read("a", text).unwrap().tree;
            tree.as_object_mut().unwrap().shift_remove("x");
            assert_eq!(tree, expected, "{text}");
        }
    }

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        let table = [
            ("2026-01-31", r#""2026-01-31""#),
            ("yes", r#""yes""#),
            ("007", r#""007""#),
            ("1_000", r#""1_000""#),
            (".5", "0.5"),
            ("-1.", "-1"),
            ("1e3", "1000.0"),
            ("0o17", "15"),
            (".inf", r#"".inf""#),
            ("!!str 1", r#""1""#),
            ("!!int '1'", "1"),
            ("'1'", r#""1""#),
            ("12345678901234.56789", "12345678901234.568"),
        ];
        for (text, json) in table {
            assert_eq!(
                Source::read("a", &format!("a: {text}")).unwrap().tree.get("a").unwrap().to_json(),
                json,
                "{text}"
            );
        }
        let exact = Source::read("a", "{\"a\": 12345678901234.56789}").unwrap().tree;
        assert_eq!(exact.get("a").and_then(Node::as_number).unwrap().as_str(), "12345678901234.56789");
    }

    #[test]
    fn d101_to_d105_texts_that_cannot_be_read() {
        let texts = [
            ("json", "{\"a\": 1,\n \"b\": tru}"),
            ("end.json", "{\"a\": \"x"),
            ("control.json", "{\"a\u{1b}[31m\": 1}"),
            ("escape.json", "{\"a\": \"\\ud800\"}"),
            ("yaml", "a:\n  - b\n c: d\n"),
            ("key.yaml", "? [a]\n: b\n"),
            ("twice.json", "{\"a\": 1,\n \"\\u0061\": 2}"),
            ("twice.yaml", "é: 1\nb: 2\n'é': 3\n"),
            ("deep.json", &"[".repeat(200)),
            ("alias.yaml", "a: &a\n  b: *a\n"),
            ("merge.yaml", "a: {<<: 7}\n"),
            ("two.yaml", "a: 1\n---\nb: 2\n"),
        ];
        let faults: Vec<_> = texts.iter().map(|(file, text)| Source::read(file, text).map(drop).unwrap_err()).collect();
        insta::assert_snapshot!(render(&faults, [], Format::Human));
    }
}
