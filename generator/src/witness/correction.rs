//! The action of an overlay that would make a document agree with a witness.

use super::fit::{Found, Misfit};
use crate::node::{Node, Object, parent, steps};
use crate::source::Source;

/// What the action says, member by member; `None` where it is not for a line or two to settle it.
pub(super) fn suggest(misfit: &Misfit, documents: &[Source]) -> Option<Vec<(&'static str, String)>> {
    let source = documents.iter().find(|source| source.file == misfit.declared.file)?;
    let pointer = &misfit.declared.pointer;
    let (target, update) = match misfit.found {
        Found::Missing => not_required(pointer, source)?,
        found => (pointer.clone(), update(found, source.tree.pointer(pointer)?)?),
    };
    let declared = source.tree.pointer(&target)?;
    let expect: Object =
        update.keys().map(|key| (key.clone(), declared.get(key).cloned().unwrap_or_default())).collect();
    let line = |members: Object| Node::Object(members).to_json();
    let document = (documents.len() > 1).then(|| source.file.rsplit('/').next()).flatten();
    let mut action = vec![("target", path(&target, &source.tree)?)];
    action.extend(document.map(|document| ("x-document", document.to_owned())));
    action.push(("x-expect", line(expect)));
    action.push(("update", line(update)));
    Some(action)
}

/// What has to change for such a value.
fn update(found: Found, declared: &Node) -> Option<Object> {
    let ty = |name: &str| vec![("type", Node::from(name))];
    let mut members = match found {
        Found::Null => vec![("nullable", Node::from(true))],
        Found::Boolean => ty("boolean"),
        Found::Whole => ty("integer"),
        Found::Decimal => ty("number"),
        Found::Text => ty("string"),
        Found::List => vec![("type", Node::from("array")), ("items", Node::Object(Object::default()))],
        Found::Object => ty("object"),
        Found::TooMuch | Found::Missing => return None,
    };
    if found != Found::Null {
        // What belongs to the former type goes with it.
        let stale = ["$ref", "format", "enum", "items", "properties", "additionalProperties", "required", "allOf"];
        let known: Vec<&str> = members.iter().map(|(key, _)| *key).collect();
        members.extend(
            stale
                .iter()
                .filter(|key| declared.get(key).is_some() && !known.contains(key))
                .map(|key| (*key, Node::Null)),
        );
    }
    let changed = |(key, value): &(&str, Node)| declared.get(key).cloned().unwrap_or_default() != *value;
    let members: Object = members.into_iter().filter(changed).map(|(key, value)| (key.to_owned(), value)).collect();
    (!members.is_empty()).then_some(members)
}

/// A property that is not always there is taken from the list of those that are.
fn not_required(pointer: &str, source: &Source) -> Option<(String, Object)> {
    let (properties, _) = parent(pointer)?;
    let name = steps(pointer)?.last()?.into_owned();
    let (schema, _) = parent(properties)?;
    let required = source.tree.pointer(schema)?.get("required")?.as_array()?;
    let others: Vec<Node> = required.iter().filter(|other| other.as_str() != Some(&name)).cloned().collect();
    let others = if others.is_empty() { Node::Null } else { others.into() };
    Some((schema.to_owned(), Object::from_iter([("required".to_owned(), others)])))
}

/// A pointer as a JSONPath.
fn path(pointer: &str, tree: &Node) -> Option<String> {
    let mut path = String::from("$");
    let mut node = tree;
    for step in steps(pointer)? {
        let plain = step.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        node = match node {
            Node::Array(items) => {
                path.push_str(&format!("[{step}]"));
                items.get(step.parse::<usize>().ok()?)?
            }
            node => {
                match plain {
                    true => path.push_str(&format!(".{step}")),
                    false => path.push_str(&format!("['{}']", step.replace('\\', "\\\\").replace('\'', "\\'"))),
                }
                node.get(&step)?
            }
        };
    }
    Some(path)
}
