//! A JSON or YAML tree in document order.
//!
//! Every document is a [`Node`] until `openapiv3` gives its items types. Numbers keep the text in which they were
//! written, so that no limit or default passes through a float. Parsing is in `json` and `yaml`, both bounded in depth
//! and size; `de` reads `openapiv3` types out of a node; `write` prints one.

use indexmap::IndexMap;

mod de;
pub(crate) mod json;
pub(crate) mod plain;
mod pointer;
mod write;
pub(crate) mod yaml;

pub use de::Mismatch;
pub use pointer::{escape, parent, steps, unescape};

/// The members of a mapping, in the document's order.
pub type Object = IndexMap<String, Node, foldhash::fast::RandomState>;

/// How many levels a document may nest. Deeper ones are refused when they are read, so that no later stage can
/// overflow its stack.
pub const MAX_DEPTH: usize = 128;

/// A value of a document. Order of keys is the document's.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Node {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(Number),
    /// Text.
    String(String),
    /// A sequence.
    Array(Vec<Node>),
    /// A mapping.
    Object(Object),
}

/// A number in JSON's notation, with every digit that the document gives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// The number with this JSON notation; `None` if `text` is not one.
    pub fn parse(text: &str) -> Option<Self> {
        json::is_number(text).then(|| Self(text.into()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a signed integer, if it is one: `7`, also `7.0`.
    pub fn as_i64(&self) -> Option<i64> {
        self.whole().parse().ok()
    }

    /// As an unsigned integer, if it is one.
    pub fn as_u64(&self) -> Option<u64> {
        self.whole().parse().ok()
    }

    /// As the nearest float; infinite where it is too large for one.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Without a fraction of zeros.
    fn whole(&self) -> &str {
        match self.0.split_once('.') {
            Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole,
            _ => &self.0,
        }
    }
}

impl Node {
    /// Reads JSON: one value, every digit of a number kept, every key once; or says what is wrong.
    pub fn from_json(text: &str) -> Result<Self, String> {
        json::parse(text, &mut ()).map_err(|fault| fault.message)
    }

    /// The member `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_object()?.get(key)
    }

    /// The member `key` of an object, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_object_mut()?.get_mut(key)
    }

    /// The text of the member `key`, if it is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Its text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Node::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is true.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Node::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Its number.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Node::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Its items.
    pub fn as_array(&self) -> Option<&[Node]> {
        match self {
            Node::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Its items, to be changed.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Node>> {
        match self {
            Node::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Its members.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Node::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Its members, to be changed.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Node::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Is it `null`?
    pub fn is_null(&self) -> bool {
        matches!(self, Node::Null)
    }

    /// The target of its `$ref`, if it is a reference.
    pub fn reference(&self) -> Option<&str> {
        self.text("$ref")
    }

    /// Its kind with an article, for messages: "an object".
    pub fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::String(_) => "text",
            Node::Array(_) => "a list",
            Node::Object(_) => "an object",
        }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Node::String(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::String(text)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Node::Bool(value)
    }
}

impl From<i64> for Node {
    fn from(value: i64) -> Self {
        Node::Number(Number(value.to_string().into()))
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Self {
        Node::Array(items)
    }
}

impl From<Object> for Node {
    fn from(members: Object) -> Self {
        Node::Object(members)
    }
}

impl<K: Into<String>, const N: usize> From<[(K, Node); N]> for Node {
    fn from(members: [(K, Node); N]) -> Self {
        Node::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}
