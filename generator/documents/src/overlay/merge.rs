//! What an action expects and what it changes.

use crate::node::{Node, escape};

/// An expectation that does not hold.
pub(super) struct Miss {
    pub(super) message: String,
    /// Where, from the target.
    pub(super) pointer: String,
}

/// Is `expected` a part of `found`? Objects may have more members, lists may not have more items; a null says that a
/// member is missing.
pub(super) fn expect(found: &Node, expected: &Node) -> Result<(), Miss> {
    let inside = |step: &str| {
        let step = escape(step).into_owned();
        move |mut miss: Miss| {
            miss.pointer.insert_str(0, &format!("/{step}"));
            miss
        }
    };
    let miss = |message: String| Err(Miss { message, pointer: String::new() });
    match (found, expected) {
        (Node::Object(found), Node::Object(expected)) => {
            for (key, expected) in expected {
                match (found.get(key), expected) {
                    (None, Node::Null) => {}
                    (None, _) => return miss(format!("expected the member `{key}`, which is not there")),
                    (Some(Node::Null), Node::Null) => {}
                    (Some(_), Node::Null) => {
                        return miss(format!("expected no member `{key}`, but it is there")).map_err(inside(key));
                    }
                    (Some(found), expected) => expect(found, expected).map_err(inside(key))?,
                }
            }
            Ok(())
        }
        (Node::Array(found), Node::Array(expected)) => {
            if found.len() != expected.len() {
                return miss(format!("expected a list of {} items, found {}", expected.len(), found.len()));
            }
            let mut pairs = found.iter().zip(expected).enumerate();
            pairs.try_for_each(|(index, (found, expected))| expect(found, expected).map_err(inside(&index.to_string())))
        }
        (found, expected) if same(found, expected) => Ok(()),
        (found, expected) => miss(format!("expected {}, found {}", show(expected), show(found))),
    }
}

fn same(found: &Node, expected: &Node) -> bool {
    match (found, expected) {
        (Node::Number(found), Node::Number(expected)) => found == expected || found.as_f64() == expected.as_f64(),
        _ => found == expected,
    }
}

/// Scalars as they are, others by their kind.
fn show(node: &Node) -> String {
    match node {
        Node::Array(_) | Node::Object(_) => node.kind().to_owned(),
        scalar => format!("`{}`", scalar.to_json()),
    }
}

/// Merges an object into an object; says whether anything is different now.
pub(super) fn merge(node: &mut Node, update: &Node) -> bool {
    match (node, update) {
        (Node::Object(members), Node::Object(update)) => {
            let mut changed = false;
            for (key, update) in update {
                changed |= match (members.get_mut(key), update) {
                    (present, Node::Null) => present.is_some() && members.shift_remove(key).is_some(),
                    (Some(member), update) => merge(member, update),
                    (None, update) => {
                        members.insert(key.clone(), without_nulls(update));
                        true
                    }
                };
            }
            changed
        }
        (Node::Array(items), Node::Array(more)) => {
            items.extend(more.iter().cloned());
            !more.is_empty()
        }
        (node, update) if same(node, update) => false,
        (node, update) => {
            *node = without_nulls(update);
            true
        }
    }
}

/// A null in an update takes something away, so it is never added.
fn without_nulls(update: &Node) -> Node {
    match update {
        Node::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            Node::Object(members.map(|(key, value)| (key.clone(), without_nulls(value))).collect())
        }
        other => other.clone(),
    }
}
