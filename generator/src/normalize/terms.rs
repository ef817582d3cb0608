//! Where something is to be had and who may use it: the `x-sage-…` facts.

use crate::ir::Terms;
use crate::node::Node;

/// The terms that stand on an operation, a schema or a property.
pub(super) fn read(node: &Node) -> Terms {
    Terms {
        availability: pairs(node.get("x-sage-availability")),
        roles: pairs(node.get("x-sage-roles")),
        professional_only: node.get("x-sage-professional-only").and_then(Node::as_bool).unwrap_or(false),
    }
}

fn pairs(node: Option<&Node>) -> Vec<(String, Vec<String>)> {
    let members = node.and_then(Node::as_object).into_iter().flatten();
    members.map(|(key, value)| (key.clone(), words(value))).collect()
}

/// A list of words, or one word alone.
fn words(node: &Node) -> Vec<String> {
    match node {
        Node::String(word) => vec![word.clone()],
        Node::Array(words) => words.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
