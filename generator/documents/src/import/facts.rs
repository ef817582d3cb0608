//! What of a document is a fact, in which order: tables of the keys that are kept.

use super::Prose;
use crate::node::{Node, Object};

/// The methods, in the order in which they are written.
pub(super) const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "options", "head", "trace"];

/// The facts of an adapted document.
pub(super) fn keep(tree: Node, prose: Prose) -> Node {
    one(tree, Shape::Root, prose)
}

/// Sorts what is sorted, after documents were joined.
pub(super) fn sort(tree: &mut Node) {
    if let Some(Node::Object(paths)) = tree.get_mut("paths") {
        paths.sort_keys();
        for (_, item) in paths {
            let old = std::mem::take(item);
            *item = one(old, Shape::PathItem, Prose::Keep);
        }
    }
    for (_, part) in tree.get_mut("components").and_then(Node::as_object_mut).into_iter().flatten() {
        if let Node::Object(members) = part {
            members.sort_keys();
        }
    }
}

/// An object of OpenAPI.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Root,
    Components,
    PathItem,
    Operation,
    Parameter,
    Body,
    Response,
    Media,
    Encoding,
    Schema,
    Security,
    Flow,
    Info,
    Tag,
}

impl Shape {
    fn table(self) -> Table {
        match self {
            Shape::Root => ROOT,
            Shape::Components => COMPONENTS,
            Shape::PathItem => PATH_ITEM,
            Shape::Operation => OPERATION,
            Shape::Parameter => PARAMETER,
            Shape::Body => BODY,
            Shape::Response => RESPONSE,
            Shape::Media => MEDIA,
            Shape::Encoding => ENCODING,
            Shape::Schema => SCHEMA,
            Shape::Security => SECURITY,
            Shape::Flow => FLOW,
            Shape::Info => INFO,
            Shape::Tag => TAG,
        }
    }
}

/// The keys that are kept, in the order in which they are written.
type Table = &'static [(&'static str, Part)];

/// What is behind a key.
#[derive(Clone, Copy)]
enum Part {
    /// A fact as a whole.
    Leaf,
    /// A fact, if it is true: leaving it out says the same as false.
    True,
    /// A fact, unless it reads like a sentence.
    Short,
    /// An object.
    One(Shape),
    /// A list of objects.
    List(Shape),
    /// Names to objects, in the document's order.
    Map(Shape),
    /// Names to objects, sorted.
    Sorted(Shape),
    /// Names to prose: the names are facts.
    Names,
    /// An object, or a boolean.
    OneOrBool(Shape),
}

use Part::{Leaf, List, Map, Names, One, OneOrBool, Short, Sorted, True};

const ROOT: Table = &[
    ("openapi", Leaf),
    ("info", One(Shape::Info)),
    ("security", Leaf),
    ("tags", List(Shape::Tag)),
    ("paths", Sorted(Shape::PathItem)),
    ("components", One(Shape::Components)),
    ("$defs", Sorted(Shape::Schema)),
];

const INFO: Table = &[("title", Leaf), ("version", Leaf)];

const TAG: Table = &[("name", Leaf)];

const COMPONENTS: Table = &[
    ("schemas", Sorted(Shape::Schema)),
    ("parameters", Sorted(Shape::Parameter)),
    ("requestBodies", Sorted(Shape::Body)),
    ("responses", Sorted(Shape::Response)),
    ("headers", Sorted(Shape::Parameter)),
    ("securitySchemes", Sorted(Shape::Security)),
];

const PATH_ITEM: Table = &[
    ("$ref", Leaf),
    ("x-sage-professional-only", Leaf),
    ("parameters", List(Shape::Parameter)),
    ("get", One(Shape::Operation)),
    ("post", One(Shape::Operation)),
    ("put", One(Shape::Operation)),
    ("patch", One(Shape::Operation)),
    ("delete", One(Shape::Operation)),
    ("options", One(Shape::Operation)),
    ("head", One(Shape::Operation)),
    ("trace", One(Shape::Operation)),
];

const OPERATION: Table = &[
    ("operationId", Leaf),
    ("tags", Leaf),
    ("deprecated", Leaf),
    ("x-sage-availability", Leaf),
    ("x-sage-roles", Leaf),
    ("x-sage-roles-everywhere", Leaf),
    ("x-sage-professional-only", Leaf),
    ("security", Leaf),
    ("parameters", List(Shape::Parameter)),
    ("requestBody", One(Shape::Body)),
    ("responses", Map(Shape::Response)),
];

const PARAMETER: Table = &[
    ("$ref", Leaf),
    ("name", Leaf),
    ("in", Leaf),
    ("required", True),
    ("deprecated", Leaf),
    ("allowEmptyValue", Leaf),
    ("allowReserved", Leaf),
    ("style", Leaf),
    ("explode", Leaf),
    ("x-sage-professional-only", Leaf),
    ("x-sage-values", Leaf),
    ("schema", One(Shape::Schema)),
    ("content", Map(Shape::Media)),
];

const BODY: Table = &[("$ref", Leaf), ("required", True), ("content", Map(Shape::Media))];

const RESPONSE: Table =
    &[("$ref", Leaf), ("description", Leaf), ("headers", Map(Shape::Parameter)), ("content", Map(Shape::Media))];

const MEDIA: Table = &[("schema", One(Shape::Schema)), ("encoding", Map(Shape::Encoding))];

const ENCODING: Table = &[("contentType", Leaf), ("style", Leaf), ("explode", Leaf), ("allowReserved", Leaf)];

const SCHEMA: Table = &[
    ("$ref", Leaf),
    ("type", Leaf),
    ("format", Leaf),
    ("nullable", Leaf),
    ("enum", Leaf),
    ("default", Short),
    ("minLength", Leaf),
    ("maxLength", Leaf),
    ("pattern", Leaf),
    ("minimum", Leaf),
    ("exclusiveMinimum", Leaf),
    ("maximum", Leaf),
    ("exclusiveMaximum", Leaf),
    ("multipleOf", Leaf),
    ("minItems", Leaf),
    ("maxItems", Leaf),
    ("uniqueItems", Leaf),
    ("minProperties", Leaf),
    ("maxProperties", Leaf),
    ("readOnly", Leaf),
    ("writeOnly", Leaf),
    ("deprecated", Leaf),
    ("x-sage-availability", Leaf),
    ("x-sage-roles", Leaf),
    ("x-sage-professional-only", Leaf),
    ("discriminator", Leaf),
    ("allOf", List(Shape::Schema)),
    ("oneOf", List(Shape::Schema)),
    ("anyOf", List(Shape::Schema)),
    ("not", One(Shape::Schema)),
    ("items", One(Shape::Schema)),
    ("required", Leaf),
    ("properties", Map(Shape::Schema)),
    ("additionalProperties", OneOrBool(Shape::Schema)),
    ("$defs", Map(Shape::Schema)),
    ("definitions", Map(Shape::Schema)),
];

const SECURITY: Table = &[
    ("$ref", Leaf),
    ("type", Leaf),
    ("scheme", Leaf),
    ("bearerFormat", Leaf),
    ("in", Leaf),
    ("name", Leaf),
    ("openIdConnectUrl", Leaf),
    ("flows", Map(Shape::Flow)),
];

const FLOW: Table = &[("authorizationUrl", Leaf), ("tokenUrl", Leaf), ("refreshUrl", Leaf), ("scopes", Names)];

fn one(node: Node, shape: Shape, prose: Prose) -> Node {
    let Node::Object(mut members) = node else { return node };
    let mut kept = Object::with_capacity_and_hasher(members.len(), Default::default());
    for (key, part) in shape.table() {
        if let Some(value) = members.shift_remove(*key)
            && let Some(value) = self::part(value, *part, prose)
        {
            kept.insert((*key).to_owned(), value);
        }
    }
    if prose == Prose::Keep {
        kept.extend(members);
    }
    if shape == Shape::Schema {
        bare_reference(&mut kept);
    }
    Node::Object(kept)
}

/// Where nothing is left that stood beside a reference, it stands alone again.
fn bare_reference(schema: &mut Object) {
    if let (1, Some([only])) = (schema.len(), schema.get("allOf").and_then(Node::as_array))
        && let Some(target) = only.reference().map(str::to_owned)
    {
        *schema = Object::from_iter([("$ref".to_owned(), Node::String(target))]);
    }
}

fn part(node: Node, part: Part, prose: Prose) -> Option<Node> {
    Some(match part {
        Leaf => node,
        True => return (prose == Prose::Keep || node.as_bool() != Some(false)).then_some(node),
        Short => return (prose == Prose::Keep || is_short(&node)).then_some(node),
        One(shape) => one(node, shape, prose),
        OneOrBool(shape) => {
            if node.as_bool().is_some() {
                node
            } else {
                one(node, shape, prose)
            }
        }
        List(shape) => match node {
            Node::Array(items) => items.into_iter().map(|item| one(item, shape, prose)).collect::<Vec<_>>().into(),
            other => other,
        },
        Map(shape) => Node::Object(map(node, shape, prose)),
        Sorted(shape) => {
            let mut members = map(node, shape, prose);
            members.sort_keys();
            Node::Object(members)
        }
        Names => match node {
            Node::Object(members) if prose == Prose::Drop => {
                Node::Object(members.into_keys().map(|name| (name, Node::from(""))).collect())
            }
            other => other,
        },
    })
}

fn map(node: Node, shape: Shape, prose: Prose) -> Object {
    let Node::Object(members) = node else { return Object::default() };
    let responses = shape == Shape::Response;
    let paths = shape == Shape::PathItem;
    let extension = |name: &str| (paths || responses) && name.starts_with("x-") && prose == Prose::Drop;
    members
        .into_iter()
        .filter(|(name, _)| !extension(name))
        .map(|(name, value)| {
            let mut value = one(value, shape, prose);
            if responses && prose == Prose::Drop {
                describe(&name, &mut value);
            }
            (name, value)
        })
        .collect()
}

/// OpenAPI requires every response to be described: in the words of HTTP.
fn describe(status: &str, response: &mut Node) {
    let Some(members) = response.as_object_mut().filter(|members| !members.contains_key("$ref")) else { return };
    let words = match status {
        "200" => "OK",
        "201" => "Created",
        "202" => "Accepted",
        "204" => "No Content",
        "400" => "Bad Request",
        "401" => "Unauthorized",
        "403" => "Forbidden",
        "404" => "Not Found",
        "409" => "Conflict",
        "422" => "Unprocessable Content",
        "429" => "Too Many Requests",
        "500" => "Internal Server Error",
        "503" => "Service Unavailable",
        "default" => "Any other status",
        _ => "Response",
    };
    members.shift_remove("description");
    members.shift_insert(0, "description".into(), Node::from(words));
}

/// A value that is a fact: a sentence has more words.
fn is_short(node: &Node) -> bool {
    match node {
        Node::String(text) => text.split_whitespace().count() <= 4,
        Node::Array(items) => items.iter().all(is_short),
        Node::Object(members) => members.values().all(is_short),
        _ => true,
    }
}
