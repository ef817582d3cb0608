//! Where something is to be had and who may use it: the `x-sage-…` facts.

use crate::ir::Terms;
use crate::node::Node;

/// The terms that stand on an operation, a schema or a property.
pub(super) fn read(node: &Node) -> Terms {
    let mut terms = Terms::default();
    for (key, value) in node.as_object().into_iter().flatten() {
        match key.as_str() {
            "x-sage-availability" => terms.availability = pairs(value),
            "x-sage-roles" => terms.roles = pairs(value),
            "x-sage-roles-everywhere" => terms.roles_everywhere = value.as_bool() == Some(true),
            "x-sage-professional-only" => terms.professional_only = value.as_bool() == Some(true),
            _ => {}
        }
    }
    terms
}

fn pairs(node: &Node) -> Vec<(String, Vec<String>)> {
    node.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), words(value))).collect()
}

/// A list of words, or one word alone.
fn words(node: &Node) -> Vec<String> {
    match node {
        Node::String(word) => vec![word.clone()],
        Node::Array(words) => words.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
