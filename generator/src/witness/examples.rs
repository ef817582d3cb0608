//! Examples in documents: what their authors say is sent and answered.
//!
//! The example of a media type says it all. Where there is none, the examples of the schema and of its properties are put
//! together; what must be there and has no example gets a value of its kind.

use std::collections::BTreeSet;

use super::{Body, Json, Of, Origin, Reply, Request, Witness};
use crate::config::ApiConfig;
use crate::documents::Documents;
use crate::ir::Method;
use crate::node::{Node, Number, Object};
use crate::normalize::METHODS;
use crate::source::{Place, Source};

/// How many values one example is put together from at most: schemas that contain each other grow without end.
const MOST: usize = 2000;
/// How deep they nest at most.
const DEEPEST: usize = 12;

/// The examples of bodies in these documents.
pub fn examples(documents: &Documents, config: &ApiConfig) -> Vec<Witness> {
    // Collections bring more than examples, and most documents have none.
    let with =
        documents.sources.iter().filter(|source| !documents.ledgers.has(source) && source.text.contains("example"));
    with.flat_map(|source| {
        let beside = config.beside(&source.file).unwrap_or(".");
        let mut found = Examples { source, beside, seen: BTreeSet::new(), witnesses: Vec::new() };
        found.operations();
        found.witnesses
    })
    .collect()
}

struct Examples<'a> {
    source: &'a Source,
    /// Where the operations of the document are, relative to the base URL.
    beside: &'a str,
    /// Schemas whose examples are there already, as what is sent and as what is answered.
    seen: BTreeSet<(bool, String)>,
    witnesses: Vec<Witness>,
}

/// What stands somewhere, and where.
type At<'a> = (&'a Node, Place);

impl<'a> Examples<'a> {
    fn operations(&mut self) {
        let paths = self.source.root().child("paths");
        for (template, item) in members(self.source.tree.get("paths")) {
            for (word, method) in METHODS {
                let Some(operation) = item.get(word) else { continue };
                self.operation((method, template), (operation, paths.child(template).child(word)));
            }
        }
    }

    fn operation(&mut self, of: (Method, &str), (operation, place): At<'a>) {
        if let Some(body) = operation.get("requestBody") {
            self.content(of, None, self.follow((body, place.child("requestBody"))));
        }
        let place = place.child("responses");
        for (status, reply) in members(operation.get("responses")) {
            self.content(of, Some(status), self.follow((reply, place.child(status))));
        }
    }

    /// The media types of a body; `status` is that of a reply.
    fn content(&mut self, of: (Method, &str), status: Option<&str>, (node, place): At<'a>) {
        let place = place.child("content");
        for (media, content) in members(node.get("content")).filter(|(media, _)| is_json(media)) {
            let place = place.child(media);
            let (mut found, mut composed): (Vec<(Node, Place)>, _) = (Vec::new(), false);
            found.extend(content.get("example").map(|example| (example.clone(), place.child("example"))));
            for (name, example) in members(content.get("examples")) {
                let (example, place) = self.follow((example, place.child("examples").child(name)));
                found.extend(example.get("value").map(|value| (value.clone(), place.child("value"))));
            }
            if let (true, Some(schema)) = (found.is_empty(), content.get("schema")) {
                found.extend(self.of_schema((schema, place.child("schema")), status.is_some()));
                composed = true;
            }
            for (value, place) in found {
                // In one that was put together, pointers of its own lead nowhere.
                let body = Body { place, embedded: composed, as_written: true, json: Json::Value(value) };
                self.push(of, status, body);
            }
        }
    }

    fn push(&mut self, (method, template): (Method, &str), status: Option<&str>, body: Body) {
        let (place, body) = (body.place.clone(), Some(body));
        let (request, reply) = match status {
            None => (Some(Request { body, ..Request::default() }), None),
            Some(status) => (None, Some(Reply { status: status.parse().ok(), body, ..Reply::default() })),
        };
        self.witnesses.push(Witness {
            name: "example".to_owned(),
            place,
            origin: Origin::Example,
            operation: Of::At(method, format!("{}{template}", self.beside)),
            request,
            reply,
        });
    }

    /// What a schema and its properties have examples of, once for each.
    fn of_schema(&mut self, (schema, place): At<'a>, answered: bool) -> Option<(Node, Place)> {
        let (described, place) = self.follow((schema, place));
        if !self.seen.insert((answered, place.pointer.clone())) {
            return None;
        }
        let mut compose = Compose { source: self.source, answered, left: MOST, inside: Vec::new() };
        Some((compose.schema(described)?, place))
    }

    /// What a reference points at.
    fn follow(&self, at: At<'a>) -> At<'a> {
        follow(self.source, at)
    }
}

/// Puts an example together.
struct Compose<'a> {
    source: &'a Source,
    /// It is answered, not sent.
    answered: bool,
    left: usize,
    /// The schemas around it.
    inside: Vec<*const Node>,
}

impl<'a> Compose<'a> {
    /// The example of a schema; `None` if nothing in it has one.
    fn schema(&mut self, schema: &'a Node) -> Option<Node> {
        let (schema, _) = follow(self.source, (schema, self.source.root()));
        if let Some(example) = schema.get("example") {
            return Some(example.clone());
        }
        let known = self.inside.iter().any(|around| std::ptr::eq(*around, schema));
        if known || self.left == 0 || self.inside.len() > DEEPEST {
            return None;
        }
        self.left -= 1;
        self.inside.push(schema);
        let example = match schema.get("items") {
            Some(items) => self.schema(items).map(|item| vec![item].into()),
            None => self.object(schema),
        };
        self.inside.pop();
        example
    }

    fn object(&mut self, schema: &'a Node) -> Option<Node> {
        let mut example = Object::default();
        for part in schema.get("allOf").and_then(Node::as_array).unwrap_or_default() {
            if let Some(Node::Object(members)) = self.schema(part) {
                example.extend(members);
            }
        }
        let hidden = if self.answered { "writeOnly" } else { "readOnly" };
        for (name, property) in members(schema.get("properties")) {
            let shown = property.get(hidden).and_then(Node::as_bool) != Some(true);
            if let Some(value) = shown.then(|| self.schema(property)).flatten() {
                example.insert(name.to_owned(), value);
            }
        }
        (!example.is_empty()).then(|| self.complete(schema, example))
    }

    /// Adds what must be there.
    fn complete(&self, schema: &'a Node, mut example: Object) -> Node {
        let required = schema.get("required").and_then(Node::as_array).unwrap_or_default();
        for name in required.iter().filter_map(Node::as_str) {
            let property = schema.get("properties").and_then(|properties| properties.get(name));
            if let (Some(property), false) = (property, example.contains_key(name)) {
                let (property, _) = follow(self.source, (property, self.source.root()));
                example.insert(name.to_owned(), of_kind(property));
            }
        }
        example.into()
    }
}

/// A value of the kind of a schema; a placeholder if that is more than a word.
fn of_kind(schema: &Node) -> Node {
    let number = |text: &str| Number::parse(text).map_or(Node::Null, Node::Number);
    let first = schema.get("enum").and_then(Node::as_array).and_then(<[Node]>::first);
    match (first, schema.text("type"), schema.text("format")) {
        (Some(value), ..) => value.clone(),
        (_, Some("string"), Some("date")) => "2000-01-01".into(),
        (_, Some("string"), Some("date-time")) => "2000-01-01T00:00:00Z".into(),
        (_, Some("string"), None) => "text".into(),
        (_, Some("integer"), _) => number("1"),
        (_, Some("number"), _) => number("1.5"),
        (_, Some("boolean"), _) => true.into(),
        (_, Some("array"), _) => Vec::new().into(),
        _ => "<any>".into(),
    }
}

/// What a local reference points at, also over several.
fn follow<'a>(source: &'a Source, (mut node, mut place): At<'a>) -> At<'a> {
    for _ in 0..8 {
        let target = node.reference().and_then(|reference| reference.strip_prefix('#'));
        let Some(found) = target.and_then(|pointer| Some((pointer, source.tree.pointer(pointer)?))) else { break };
        place = source.root().join(found.0);
        node = found.1;
    }
    (node, place)
}

fn members(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.and_then(Node::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || media.ends_with("+json")
}
