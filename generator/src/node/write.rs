//! A node as text: through `serde`, so that `serde_yaml` and `serde_json` know how to quote.

use serde::ser::{Serialize, Serializer};

use super::{Node, Number};

impl Node {
    /// As YAML, one member or item a line.
    pub fn to_yaml(&self) -> String {
        // Writing to memory fails only for values that YAML cannot hold, and a node has none of them.
        serde_yaml::to_string(self).unwrap_or_default()
    }

    /// As JSON, on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => serializer.serialize_unit(),
            Node::Bool(value) => serializer.serialize_bool(*value),
            Node::Number(number) => number.serialize(serializer),
            Node::String(text) => serializer.serialize_str(text),
            Node::Array(items) => serializer.collect_seq(items),
            Node::Object(members) => serializer.collect_map(members),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(value) = self.as_u64() {
            return serializer.serialize_u64(value);
        }
        if let Some(value) = self.as_i64() {
            return serializer.serialize_i64(value);
        }
        let value = self.as_f64();
        // Text keeps what a float cannot hold; no real document has such a number.
        if value.is_finite() { serializer.serialize_f64(value) } else { serializer.serialize_str(self.as_str()) }
    }
}
