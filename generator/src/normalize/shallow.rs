//! One item at a time for `openapiv3`.
//!
//! A schema is parsed without those inside it: each stands as a reference, so that a fault costs the schema that it is
//! in and nothing around it, and parsing takes time proportional to the document. What `openapiv3` would refuse though
//! nobody needs it (examples, links, a missing description) is left out.

use openapiv3 as oa;
use serde::Deserialize;

use crate::node::{Mismatch, Node, Object};

/// What of an item's members `openapiv3` sees.
enum View {
    /// As it is.
    Whole,
    /// A schema, or a reference: as a reference.
    Stub,
    /// An object of schemas.
    Stubs,
    /// A list of schemas.
    StubList,
    /// Not at all.
    Hidden,
}

/// A schema; those inside it are references.
pub(crate) fn schema(node: &Node) -> Result<oa::Schema, Mismatch> {
    let shallow = shallow(node, |key, value| match key {
        "properties" => View::Stubs,
        "items" | "not" => View::Stub,
        "additionalProperties" if value.as_object().is_some() => View::Stub,
        "allOf" | "oneOf" | "anyOf" => View::StubList,
        "$ref" | "example" | "examples" | "externalDocs" | "xml" | "default" => View::Hidden,
        key if key.starts_with("x-") => View::Hidden,
        _ => View::Whole,
    })?;
    oa::Schema::deserialize(&shallow)
}

/// An operation without its parameters, bodies and replies.
pub(crate) fn operation(node: &Node) -> Result<oa::Operation, Mismatch> {
    let mut shallow = shallow(node, |key, _| match key {
        "tags" | "summary" | "description" | "operationId" | "deprecated" => View::Whole,
        _ => View::Hidden,
    })?;
    if let Node::Object(members) = &mut shallow {
        members.insert("responses".into(), Node::Object(Object::default()));
    }
    oa::Operation::deserialize(&shallow)
}

/// A parameter; its schema is a reference.
pub(crate) fn parameter(node: &Node) -> Result<oa::Parameter, Mismatch> {
    let mut shallow = shallow(node, |key, _| match key {
        "schema" => View::Stub,
        "content" | "example" | "examples" => View::Hidden,
        key if key.starts_with("x-") => View::Hidden,
        _ => View::Whole,
    })?;
    if let (Node::Object(members), Some(content)) = (&mut shallow, node.get("content")) {
        members.insert("content".into(), contents(content)?);
    }
    oa::Parameter::deserialize(&shallow)
}

/// A request body; its schemas are references.
pub(crate) fn request_body(node: &Node) -> Result<oa::RequestBody, Mismatch> {
    oa::RequestBody::deserialize(&with_content(node)?)
}

/// A reply; its schemas are references. The description, without which OpenAPI has none, may be missing.
pub(crate) fn response(node: &Node) -> Result<oa::Response, Mismatch> {
    let mut shallow = with_content(node)?;
    if let Node::Object(members) = &mut shallow {
        members.entry("description".into()).or_insert_with(|| Node::String(String::new()));
    }
    oa::Response::deserialize(&shallow)
}

fn with_content(node: &Node) -> Result<Node, Mismatch> {
    let mut shallow = shallow(node, |key, _| match key {
        "description" | "required" => View::Whole,
        _ => View::Hidden,
    })?;
    if let (Node::Object(members), Some(content)) = (&mut shallow, node.get("content")) {
        members.insert("content".into(), contents(content)?);
    }
    Ok(shallow)
}

/// Media types, with references for their schemas.
fn contents(node: &Node) -> Result<Node, Mismatch> {
    let members = node.as_object().ok_or_else(|| expected("an object", node))?;
    let mut content = Object::with_capacity_and_hasher(members.len(), Default::default());
    for (media, value) in members {
        let value = shallow(value, |key, _| if key == "schema" { View::Stub } else { View::Hidden })?;
        content.insert(media.clone(), value);
    }
    Ok(Node::Object(content))
}

fn shallow(node: &Node, view: impl Fn(&str, &Node) -> View) -> Result<Node, Mismatch> {
    let members = node.as_object().ok_or_else(|| expected("an object", node))?;
    let mut shallow = Object::with_capacity_and_hasher(members.len(), Default::default());
    for (key, value) in members {
        let value = match view(key, value) {
            View::Whole => value.clone(),
            View::Stub => stub(value),
            View::Stubs => stubs(value),
            View::StubList => stub_list(value),
            View::Hidden => continue,
        };
        shallow.insert(key.clone(), value);
    }
    Ok(Node::Object(shallow))
}

/// An object stands as a reference; anything else is a fault, and is left for `openapiv3` to name.
fn stub(node: &Node) -> Node {
    match node {
        Node::Object(_) => Node::Object(Object::from_iter([("$ref".to_owned(), Node::String(String::new()))])),
        other => other.clone(),
    }
}

/// The schemas themselves are not shown: how they look is each one's own affair.
fn stubs(node: &Node) -> Node {
    match node {
        Node::Object(_) => Node::Object(Object::default()),
        other => other.clone(),
    }
}

fn stub_list(node: &Node) -> Node {
    match node {
        Node::Array(items) => Node::Array(items.iter().map(stub).collect()),
        other => other.clone(),
    }
}

fn expected(what: &str, node: &Node) -> Mismatch {
    serde::de::Error::custom(format_args!("expected {what}, found {}", node.kind()))
}
