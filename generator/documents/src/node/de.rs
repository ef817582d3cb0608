//! Typed items out of a node (`openapiv3::Operation::deserialize(&node)`), and nodes out of any `serde` format.

use std::fmt;

use serde_core::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_core::{Deserialize, forward_to_deserialize_any};

use super::{Node, Number, Object, escape};

/// Why a node is not what was asked for, and where inside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// What is wrong.
    pub message: String,
    /// Where, from the node that was read; it may stop early where `serde` buffers (untagged and flattened types).
    pub pointer: String,
}

impl Mismatch {
    fn inside(mut self, step: &str) -> Self {
        self.pointer.insert_str(0, &format!("/{}", escape(step)));
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), pointer: String::new() }
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Number(number) => visit_number(number, visitor),
            Node::String(text) => visitor.visit_borrowed_str(text),
            Node::Array(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Node::Object(members) => visitor.visit_map(Members::of(members)),
        }
    }

    // For the kinds below the type says what it takes. To offer it every other kind, too, would be compiled for each type,
    // and a list would pass for an object with as many members.

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Node::Bool(value) => visitor.visit_bool(*value),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Node::String(text) => visitor.visit_borrowed_str(text),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Node::Array(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Node::Object(members) => visitor.visit_map(Members::of(members)),
            other => Err(de::Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self {
            Node::String(variant) => visitor.visit_enum(variant.as_str().into_deserializer()),
            Node::Object(members) if members.len() == 1 => visitor.visit_enum(Variant(Members::of(members))),
            other => Err(de::Error::custom(format_args!("expected the name of a variant, found {}", other.kind()))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

impl Node {
    /// What it is, for messages of `serde`.
    fn unexpected(&self) -> Unexpected<'_> {
        match self {
            Node::Null => Unexpected::Unit,
            Node::Bool(value) => Unexpected::Bool(*value),
            Node::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => Unexpected::Unsigned(value),
                (None, Some(value)) => Unexpected::Signed(value),
                (None, None) => Unexpected::Float(number.as_f64()),
            },
            Node::String(text) => Unexpected::Str(text),
            Node::Array(_) => Unexpected::Seq,
            Node::Object(_) => Unexpected::Map,
        }
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Mismatch> {
    match (number.as_u64(), number.as_i64()) {
        (Some(value), _) => visitor.visit_u64(value),
        (None, Some(value)) => visitor.visit_i64(value),
        (None, None) => visitor.visit_f64(number.as_f64()),
    }
}

impl<'de> IntoDeserializer<'de, Mismatch> for &'de Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Items<'de>(std::iter::Enumerate<std::slice::Iter<'de, Node>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch> {
        let Some((at, item)) = self.0.next() else { return Ok(None) };
        seed.deserialize(item).map(Some).map_err(|error| error.inside(&at.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Members<'de> {
    members: indexmap::map::Iter<'de, String, Node>,
    value: Option<(&'de str, &'de Node)>,
}

impl<'de> Members<'de> {
    fn of(members: &'de Object) -> Self {
        Self { members: members.iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((key, value)) = self.members.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(Key(key)).map(Some).map_err(|error| error.inside(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let (key, value) =
            self.value.take().ok_or_else(|| de::Error::custom("a value was asked for before its key"))?;
        seed.deserialize(value).map_err(|error| error.inside(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.members.len())
    }
}

/// A key. Keys of a document are text, and types may want integers: statuses of `openapiv3::Responses`.
struct Key<'de>(&'de str);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// `{"name": content}` as a variant of an enum.
struct Variant<'de>(Members<'de>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Mismatch;
    type Variant = VariantContent<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, VariantContent<'de>), Mismatch> {
        let variant = self.0.next_key_seed(seed)?;
        match (variant, self.0.value) {
            (Some(variant), Some((name, content))) => Ok((variant, VariantContent { name, content })),
            _ => Err(de::Error::custom("expected the name of a variant")),
        }
    }
}

struct VariantContent<'de> {
    name: &'de str,
    content: &'de Node,
}

impl<'de> de::VariantAccess<'de> for VariantContent<'de> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        Deserialize::deserialize(self.content).map_err(|error: Mismatch| error.inside(self.name))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mismatch> {
        seed.deserialize(self.content).map_err(|error| error.inside(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.content.deserialize_any(visitor).map_err(|error| error.inside(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Mismatch> {
        self.content.deserialize_any(visitor).map_err(|error| error.inside(self.name))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(Number(value.to_string().into())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        let text = serde_json::to_string(&value).map_err(E::custom)?;
        Number::parse(&text).map(Node::Number).ok_or_else(|| E::custom("a number that JSON cannot write"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Node::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Object::default();
        while let Some(key) = members.next_key::<String>()? {
            let value = members.next_value()?;
            if object.contains_key(&key) {
                return Err(de::Error::custom(format_args!("the key `{key}` stands here twice")));
            }
            object.insert(key, value);
        }
        Ok(Node::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openapi_items_are_read_from_nodes() {
        let node: Node = serde_json::from_str(
            r##"{"operationId": "listContacts", "deprecated": true, "x-sage": {"a": [1, -2, 0.5]},
                "parameters": [{"name": "n", "in": "query", "schema": {"type": "integer", "format": "int32", "minimum": 1}}],
                "responses": {"200": {"description": "Success", "content": {"application/json": {"schema":
                    {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}}}}}, "default": {"description": ""}}}"##,
        )
        .unwrap();
        let operation = openapiv3::Operation::deserialize(&node).unwrap();
        assert_eq!(operation.operation_id.as_deref(), Some("listContacts"));
        assert_eq!(operation.responses.responses.len(), 1);
        assert_eq!(operation.extensions["x-sage"]["a"][1], -2);
        let parameter = operation.parameters[0].as_item().unwrap();
        assert_eq!(parameter.parameter_data_ref().name, "n");
    }

    #[test]
    fn a_mismatch_says_where() {
        let node: Node = serde_json::from_str(r#"{"responses": {}, "tags": ["a", 7]}"#).unwrap();
        let mismatch = openapiv3::Operation::deserialize(&node).unwrap_err();
        assert_eq!(mismatch.message, "invalid type: integer `7`, expected a string");
        let node: Node = serde_json::from_str(r#"{"responses": {}, "externalDocs": ["text", "url"]}"#).unwrap();
        let mismatch = openapiv3::Operation::deserialize(&node).unwrap_err();
        assert_eq!(mismatch.message, "invalid type: sequence, expected struct ExternalDocumentation");
        let node: Node = serde_json::from_str(r#"{"a": ["x", {"b/c": 7}]}"#).unwrap();
        type Nested = std::collections::BTreeMap<String, (String, std::collections::BTreeMap<String, String>)>;
        assert_eq!(Nested::deserialize(&node).unwrap_err().pointer, "/a/1/b~1c");
    }

    #[test]
    fn duplicate_keys_are_refused() {
        let error = serde_json::from_str::<Node>(r#"{"a": 1, "a": 2}"#).unwrap_err();
        assert!(error.to_string().starts_with("the key `a` stands here twice"), "{error}");
    }
}
