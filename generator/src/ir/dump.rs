//! The IR as text, for `sage-codegen inspect --stage ir` and for goldens: JSON in a stable order, without what is
//! empty, `false` or unknown.

use serde::Serializer;
use serde_json::Value;

use super::Api;
use crate::node::Node;

/// The whole API as JSON. Each schema has its id, by which others name it.
pub fn dump(api: &Api) -> String {
    let mut value = serde_json::to_value(api).unwrap_or(Value::Null);
    if let Some(schemas) = value.get_mut("schemas").and_then(Value::as_array_mut) {
        for (id, schema) in schemas.iter_mut().enumerate() {
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("id".to_owned(), Value::from(id));
            }
        }
    }
    prune(&mut value);
    format!("{value:#}\n")
}

/// Drops members that say nothing. The IR nests a few levels only; defaults are bounded by the depth of documents.
fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, value| !says_nothing(value));
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A default, with its type: `"1"` is text and `1` a number.
pub(super) fn node<S: Serializer>(node: &Option<Node>, serializer: S) -> Result<S::Ok, S::Error> {
    match node {
        Some(node) => serializer.serialize_some(&plain(node)),
        None => serializer.serialize_none(),
    }
}

fn plain(node: &Node) -> String {
    match node {
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Number(number) => number.as_str().to_owned(),
        Node::String(text) => Value::from(text.as_str()).to_string(),
        Node::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Node::Object(members) => {
            let member = |(key, value): (&String, &Node)| format!("{}: {}", Value::from(key.as_str()), plain(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}
