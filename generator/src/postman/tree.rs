//! Operations as a document in the form of OpenAPI 3.0, with what says where each part stands in the collection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Settings;
use super::bodies::{self, Bodies, Media};
use super::collection::{Reply, Request};
use super::ledger::{Fate, Ledgers};
use super::operations::{self, Operation};
use super::parameters::{self, Parameters, SEEN};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::infer::{self, Inferred, Role, Root, Sample, Shared};
use crate::names::words::Words;
use crate::node::{Node, Object, escape, unescape};
use crate::ordered;
use crate::source::{Origins, Place};

/// Builds the document of one collection.
pub(super) struct Builder {
    paths: Object,
    origins: Whence,
    /// Schemas that are inferred, to be named together: where each goes, and what it was inferred from.
    slots: Vec<String>,
    roots: Vec<Root>,
}

impl Builder {
    /// For the collection in this file.
    pub(super) fn new(file: &Arc<str>) -> Self {
        Self {
            paths: Object::default(),
            origins: Whence { file: file.clone(), origins: Origins::default() },
            slots: Vec::new(),
            roots: Vec::new(),
        }
    }

    /// Adds an operation. Of one that a document describes no more is wanted than its parameters.
    pub(super) fn operation(
        &mut self,
        operation: &Operation<'_>,
        settings: &Settings<'_>,
        ledgers: &mut Ledgers,
        diagnostics: &mut Diagnostics,
    ) {
        let pointer = format!("/paths/{}/{}", escape(&operation.template), method(operation));
        let Some(first) = operation.uses.first().map(|used| used.request) else { return };
        self.origins.moved(pointer.clone(), &first.place, "");
        let mut parameters = parameters::gather(operation, settings, ledgers);
        for used in &operation.uses {
            ledgers.note(&used.request.place, fate(operation));
        }
        let mut replies: Vec<(&Reply, &Request)> = Vec::new();
        let mut requests: Vec<&Request> = Vec::new();
        for used in &operation.uses {
            requests.push(used.request);
            for reply in &used.request.replies {
                replies.push((reply, used.request));
                let original = reply.original.as_deref();
                if let Some(original) = original.filter(|o| operations::is_of(o, operation, settings.prefix)) {
                    parameters::add(original, operation, settings, &mut parameters);
                    requests.push(original);
                }
            }
        }
        note_replies(operation, &replies, ledgers);
        let mut node = Object::default();
        if let Some(tag) = tag(first) {
            node.insert("tags".into(), Node::from(vec![Node::from(tag)]));
        }
        if !operation.known {
            texts(&mut node, first, &operation.template);
        }
        node.insert("parameters".into(), self.parameters(operation, &parameters, &pointer));
        if !operation.known {
            let mut read = Read::default();
            self.body(operation, &requests, &pointer, &mut node, &mut read);
            node.insert("responses".into(), self.responses(operation, &replies, &pointer, &mut read));
            for (place, message) in &read.unread {
                diagnostics.push(Diagnostic::new(Code::CollectionBody, *message).at(place));
            }
            note_bodies(operation, &read.left, ledgers);
        } else {
            node.insert(SEEN.into(), self.seen(&requests, &replies, &pointer));
            note_bodies(operation, &BTreeSet::new(), ledgers);
        }
        let item = self.paths.entry(operation.template.clone()).or_insert_with(|| Node::Object(Object::default()));
        if let Some(members) = item.as_object_mut() {
            members.insert(method(operation), Node::Object(node));
        }
    }

    /// What the document is with `schemas` in the place of what was inferred, and the `components` that they lead to.
    fn finish(mut self, schemas: Vec<Inferred>, components: &Object, places: &BTreeMap<String, Place>) -> Document {
        let mut tree = Node::from([("openapi", Node::from("3.0.3")), ("paths", Node::Object(self.paths))]);
        let mut wanted = Vec::new();
        for (slot, root) in self.slots.iter().zip(schemas) {
            for (inside, place) in &root.places {
                // Bodies are texts in their file: no pointer leads into them, and two schemas have two places.
                self.origins.moved(format!("{slot}{inside}"), place, inside);
            }
            components_in(&root.schema, &mut wanted);
            if let Some(node) = tree.pointer_mut(slot) {
                *node = root.schema;
            }
        }
        let mut own = Object::default();
        while let Some(name) = wanted.pop() {
            let Some(schema) = components.get(&name).filter(|_| !own.contains_key(&name)) else { continue };
            components_in(schema, &mut wanted);
            let at = format!("/{}", escape(&name));
            // What only other collections have seen stands nowhere in this one.
            self.origins.origins.moved(format!("/components/schemas{at}"), "");
            for (inside, place) in places.range(at.clone()..).take_while(|(inside, _)| inside.starts_with(&at)) {
                self.origins.moved(format!("/components/schemas{inside}"), place, inside);
            }
            own.insert(name, schema.clone());
        }
        own.sort_unstable_keys();
        if let Some(root) = tree.as_object_mut() {
            root.insert("components".into(), Node::from([("schemas", Node::Object(own))]));
        }
        (tree, self.origins.origins)
    }

    fn parameters(&mut self, operation: &Operation<'_>, parameters: &Parameters, pointer: &str) -> Node {
        let mut list: Vec<Node> = Vec::new();
        if !operation.known {
            let names: BTreeSet<&String> = ordered::set(operation.names.iter());
            list.extend(names.into_iter().map(|name| parameters::path(name)));
        }
        for ((location, _), merged) in parameters {
            self.origins.moved(format!("{pointer}/parameters/{}", list.len()), &merged.place, "");
            list.push(merged.node(location, operation.known));
        }
        Node::Array(list)
    }

    /// Whether a body was sent, and which successes came.
    fn seen(&mut self, requests: &[&Request], replies: &[(&Reply, &Request)], pointer: &str) -> Node {
        let mut seen = Object::default();
        if let Some(place) = requests.iter().find_map(|request| bodies::sent(request)).map(|body| &body.place) {
            self.origins.moved(format!("{pointer}/{SEEN}/body"), place, "");
            seen.insert("body".into(), Node::from(true));
        }
        let mut statuses = Object::default();
        for (reply, status) in replies.iter().filter_map(|(reply, _)| Some((reply, reply.status?))) {
            if is_success(status) && statuses.insert(status.to_string(), Node::from(true)).is_none() {
                self.origins.moved(format!("{pointer}/{SEEN}/replies/{status}"), &reply.place, "");
            }
        }
        seen.insert("replies".into(), Node::Object(statuses));
        Node::Object(seen)
    }

    fn body(
        &mut self,
        operation: &Operation<'_>,
        requests: &[&Request],
        pointer: &str,
        node: &mut Object,
        read: &mut Read,
    ) {
        let mut bodies = Bodies::default();
        for request in requests {
            bodies.request(request);
        }
        let Some(place) = bodies.place.take() else { return };
        let pointer = format!("{pointer}/requestBody");
        self.origins.moved(pointer.clone(), &place, "");
        read.take(&mut bodies);
        let name = format!("new_{}", name(operation));
        let name = if method(operation) == "post" { name } else { format!("{}_update", self::name(operation)) };
        let content = self.content(bodies, &pointer, &name, Role::Request);
        let always = operation.uses.iter().all(|used| bodies::sent(used.request).is_some());
        node.insert("requestBody".into(), Node::from([("required", Node::from(always)), ("content", content)]));
    }

    fn responses(
        &mut self,
        operation: &Operation<'_>,
        replies: &[(&Reply, &Request)],
        pointer: &str,
        read: &mut Read,
    ) -> Node {
        let mut by_status: BTreeMap<u16, Bodies> = BTreeMap::new();
        for (reply, request) in replies {
            if let Some(status) = reply.status.filter(|status| is_success(*status)) {
                by_status.entry(status).or_default().reply(reply, &request.scope);
            }
        }
        if by_status.is_empty() {
            // Nothing is known but what was asked for, so that nothing may be promised or lost: any JSON, or bytes as they come.
            let json = operation.uses.iter().any(|used| bodies::asks_for_json(used.request));
            let anything = Node::Object(Object::default());
            let media = if json { ("application/json", Node::from([("schema", anything)])) } else { ("*/*", anything) };
            return Node::from([("default", Node::from([("content", Node::from([media]))]))]);
        }
        let mut responses = Object::default();
        for (status, mut bodies) in by_status {
            let pointer = format!("{pointer}/responses/{status}");
            if let Some(place) = bodies.place.take() {
                self.origins.moved(pointer.clone(), &place, "");
            }
            read.take(&mut bodies);
            let mut reply = Object::default();
            if !bodies.media.is_empty() {
                reply.insert("content".into(), self.content(bodies, &pointer, &name(operation), Role::Reply));
            }
            responses.insert(status.to_string(), Node::Object(reply));
        }
        Node::Object(responses)
    }

    fn content(&mut self, bodies: Bodies, pointer: &str, name: &str, role: Role) -> Node {
        let mut content = Object::default();
        for (media, body) in bodies.media {
            let schema = match body {
                Media::Fixed(schema) => schema,
                Media::Form(fields) => bodies::form(&fields),
                Media::Json(values) => {
                    let samples: Vec<Sample<'_>> = values
                        .iter()
                        .map(|(value, place)| Sample { value, place: place.clone(), embedded: true, role })
                        .collect();
                    self.slots.push(format!("{pointer}/content/{}/schema", escape(&media)));
                    self.roots.push(Root { name: name.to_owned(), role, inferred: infer::schema(&samples) });
                    Node::Object(Object::default())
                }
            };
            content.insert(media, Node::from([("schema", schema)]));
        }
        Node::Object(content)
    }
}

/// A document, and where its parts stand in the collection.
type Document = (Node, Origins);

/// The documents of collections of one API, in which objects of one shape have one name, whichever of them has seen them.
/// `taken` are names of schemas in other documents of the API.
pub(super) fn finish(mut builders: Vec<Builder>, taken: &BTreeSet<String>) -> Vec<Document> {
    let roots = builders.iter_mut().flat_map(|builder| std::mem::take(&mut builder.roots)).collect();
    let Shared { roots, components, places } = infer::share(roots, taken);
    let mut roots = roots.into_iter();
    let finish = |builder: Builder| {
        let own = roots.by_ref().take(builder.slots.len()).collect();
        builder.finish(own, &components, &places)
    };
    builders.into_iter().map(finish).collect()
}

/// The names of the components that a schema refers to.
fn components_in(schema: &Node, found: &mut Vec<String>) {
    match schema {
        Node::Array(items) => items.iter().for_each(|item| components_in(item, found)),
        Node::Object(members) => {
            let name = schema.reference().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            found.extend(name.map(|name| unescape(name).into_owned()));
            members.values().for_each(|value| components_in(value, found));
        }
        _ => {}
    }
}

/// Where the parts of the document stand in the collection.
struct Whence {
    file: Arc<str>,
    origins: Origins,
}

impl Whence {
    /// Says where a part stands, unless that is in another collection: then it is where what is around it is.
    fn moved(&mut self, part: String, place: &Place, inside: &str) {
        if place.file == self.file {
            self.origins.moved(part, format!("{}{inside}", place.pointer));
        }
    }
}

/// What came to light when bodies were read.
#[derive(Default)]
struct Read {
    /// Those that say nothing.
    left: BTreeSet<Place>,
    /// What could not be read.
    unread: BTreeSet<(Place, &'static str)>,
}

impl Read {
    fn take(&mut self, bodies: &mut Bodies) {
        self.left.extend(bodies.left.drain(..));
        self.unread.extend(bodies.unread.drain(..));
    }
}

/// Writes down what became of the bodies of the requests. Those in `left` are in the operation no more than others of
/// their media type allow.
fn note_bodies(operation: &Operation<'_>, left: &BTreeSet<Place>, ledgers: &mut Ledgers) {
    let fate = || Fate::Body(operation.method, operation.template.clone());
    for request in operation.uses.iter().map(|used| used.request) {
        let Some(body) = &request.body else { continue };
        let place = request.place.child("body");
        if bodies::sent(request).is_none() {
            ledgers.lose(&place, "requests of this method are sent without a body");
            continue;
        }
        if left.contains(&body.place) {
            ledgers.lose(&place, "another request has another body of the same media type");
            continue;
        }
        ledgers.note(&place, fate());
        for field in bodies::fields(body) {
            match bodies::field_name(field, &request.scope) {
                Ok(_) => ledgers.note(&field.place, fate()),
                // Tables in Postman end with an empty line.
                Err(reason) if field.key.trim().is_empty() => ledgers.leave(&field.place, reason),
                Err(reason) => ledgers.lose(&field.place, reason),
            }
        }
    }
}

/// Writes down what became of the replies.
fn note_replies(operation: &Operation<'_>, replies: &[(&Reply, &Request)], ledgers: &mut Ledgers) {
    for (reply, _) in replies {
        match reply.status {
            Some(status) if is_success(status) => ledgers.note(&reply.place, fate(operation)),
            Some(_) => {
                let reason = "replies that are no success are read by the runtime, in the API's error shape";
                ledgers.leave(&reply.place, reason);
            }
            None => ledgers.lose(&reply.place, "reply has no status"),
        }
    }
}

fn fate(operation: &Operation<'_>) -> Fate {
    Fate::Operation(operation.method, operation.template.clone())
}

fn method(operation: &Operation<'_>) -> String {
    operation.method.name().to_ascii_lowercase()
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// What one of the things is called that an operation is about: the last fixed step of its path, in singular.
fn name(operation: &Operation<'_>) -> String {
    let fixed = |step: &&str| !step.is_empty() && !step.contains('{');
    let last = operation.template.split('/').rev().find(fixed).unwrap_or("root");
    let words = Words::of_step(last).singular();
    if words.is_empty() { Words::of(last).snake() } else { words.snake() }
}

/// The innermost folder that is no step of a path, which generators of collections make folders of.
fn tag(request: &Request) -> Option<&str> {
    let is_name = |folder: &&str| !folder.trim().is_empty() && !folder.trim().starts_with(['{', ':', '<', '/']);
    request.folders.iter().rev().map(String::as_str).find(is_name).map(str::trim)
}

/// Does the name of a request say no more than its method and path? The sentences on operations say that already.
fn is_plain(name: &str, template: &str) -> bool {
    const PLAIN: [&str; 20] = [
        "a", "add", "all", "an", "by", "create", "delete", "edit", "get", "id", "list", "new", "of", "one", "patch",
        "post", "put", "retrieve", "the", "update",
    ];
    let path = Words::new(template).singulars();
    let known: BTreeSet<&str> = ordered::set(path.iter().chain(PLAIN));
    Words::new(name).singulars().iter().all(|word| known.contains(word))
}

/// What people call the request, and say of it.
fn texts(node: &mut Object, request: &Request, template: &str) {
    let name = request.name.trim();
    if !name.is_empty() && !name.contains("{{") && !is_plain(name, template) {
        node.insert("summary".into(), Node::from(name));
    }
    if let Some(description) = &request.description {
        node.insert("description".into(), Node::from(description.as_str()));
    }
}
