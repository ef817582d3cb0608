//! A JSON or YAML tree in document order.

use indexmap::IndexMap;

/// A value of a document. Order of keys is the document's.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Node {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    String(String),
    /// A sequence.
    Array(Vec<Node>),
    /// A mapping.
    Object(IndexMap<String, Node>),
}
