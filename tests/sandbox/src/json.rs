//! JSON as the sandbox keeps it: members in order, every digit of a number.

use rust_decimal::Decimal;
pub(crate) use sage_codegen::node::{Node, Number, Object};

/// Reads a body.
pub(crate) fn parse(bytes: &[u8]) -> Result<Node, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the body is not UTF-8".to_owned())?;
    Node::from_json(text)
}

/// A number with this text; null if it is none.
pub(crate) fn number(text: impl ToString) -> Node {
    Number::parse(&text.to_string()).map_or(Node::Null, Node::Number)
}

/// A decimal that came as a number or as text.
pub(crate) fn decimal(node: &Node) -> Option<Decimal> {
    let text = scalar(node)?;
    text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
}

/// The text of a scalar: what a query parameter could be compared with.
pub(crate) fn scalar(node: &Node) -> Option<String> {
    match node {
        Node::String(text) => Some(text.clone()),
        Node::Number(number) => Some(number.as_str().to_owned()),
        Node::Bool(value) => Some(value.to_string()),
        Node::Null | Node::Array(_) | Node::Object(_) => None,
    }
}

/// An object with these members.
pub(crate) fn object<const N: usize>(members: [(&str, Node); N]) -> Node {
    Node::from(members)
}

/// Is there something: neither null nor nothing?
pub(crate) fn given<'a>(object: &'a Object, name: &str) -> Option<&'a Node> {
    object.get(name).filter(|value| !value.is_null())
}
