//! RFC 6901 JSON pointers into a node.

use std::borrow::Cow;

use super::Node;

impl Node {
    /// What `pointer` (`/paths/~1contacts/get`, `""` for the whole) points at.
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        let mut node = self;
        for step in steps(pointer)? {
            node = match node {
                Node::Object(members) => members.get(step.as_ref())?,
                Node::Array(items) => items.get(index(&step)?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// What `pointer` points at, to be changed.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Node> {
        let mut node = self;
        for step in steps(pointer)? {
            node = match node {
                Node::Object(members) => members.get_mut(step.as_ref())?,
                Node::Array(items) => items.get_mut(index(&step)?)?,
                _ => return None,
            };
        }
        Some(node)
    }
}

/// The unescaped steps of a pointer; `None` if it is neither empty nor starts with a slash.
pub fn steps(pointer: &str) -> Option<impl Iterator<Item = Cow<'_, str>>> {
    let rest = match pointer.strip_prefix('/') {
        Some(rest) => Some(rest),
        None if pointer.is_empty() => None,
        None => return None,
    };
    Some(rest.into_iter().flat_map(|rest| rest.split('/')).map(unescape))
}

/// A key as it is written in a pointer.
pub fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) { key.replace('~', "~0").replace('/', "~1").into() } else { key.into() }
}

/// The pointer of what holds `pointer`, and the last step as written; `None` for the whole document.
pub fn parent(pointer: &str) -> Option<(&str, &str)> {
    pointer.rsplit_once('/')
}

/// A key, from how it is written in a pointer.
pub fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') { step.replace("~1", "/").replace("~0", "~").into() } else { step.into() }
}

/// An index into an array: digits without a leading zero.
fn index(step: &str) -> Option<usize> {
    let plain = step == "0" || !step.starts_with(['0', '+']);
    plain.then(|| step.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_find_members_and_items() {
        let node = Node::from([("a/b", Node::from(vec![Node::Null, Node::from([("~", Node::from("found"))])]))]);
        assert_eq!(node.pointer("/a~1b/1/~0").and_then(Node::as_str), Some("found"));
        assert_eq!(node.pointer(""), Some(&node));
        for missing in ["a~1b", "/a", "/a~1b/2", "/a~1b/01", "/a~1b/+1", "/a~1b/-", "/a~1b/1/~0/x", "/"] {
            assert_eq!(node.pointer(missing), None, "{missing}");
        }
    }
}
