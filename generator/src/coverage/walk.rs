//! What stands in the documents: a walk over the trees that knows nothing of what is made of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{ParameterKey, location_word};
use crate::config::ApiConfig;
use crate::documents::Documents;
use crate::node::Node;
use crate::normalize::{At, Key, resolve};
use crate::source::{Place, Source};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Places by kind, each once.
#[derive(Default)]
pub(super) struct Documented {
    pub(super) operations: Vec<Place>,
    pub(super) parameters: BTreeMap<ParameterKey, Place>,
    pub(super) schemas: Vec<Place>,
    pub(super) properties: Vec<Place>,
}

struct Walk<'a> {
    sources: &'a [Source],
    found: Documented,
    /// What was walked into, so that a component which many operations use is walked once.
    seen: BTreeSet<Key>,
}

pub(super) fn walk(documents: &Documents, config: &ApiConfig) -> Documented {
    let mut walk = Walk { sources: &documents.sources, found: Documented::default(), seen: BTreeSet::new() };
    let mut names: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    let mut methods: BTreeMap<(Option<&str>, &str, &str), Place> = BTreeMap::new();
    for (document, source) in documents.sources.iter().enumerate() {
        let root = At::root(document, source);
        let beside = config.beside(&source.file);
        let schemas = root.child("components").and_then(|components| components.child("schemas"));
        for (name, at) in schemas.iter().flat_map(At::members) {
            let same = names.entry(name).or_default();
            if !same.contains(&at.node) {
                same.push(at.node);
                walk.schema(at, true);
            }
        }
        for (path, item) in root.child("paths").iter().flat_map(At::members).filter(|(path, _)| !path.starts_with("x-"))
        {
            let Some(item) = walk.target(item) else { continue };
            for (method, operation) in item.members().filter(|(key, _)| METHODS.contains(key)) {
                match methods.get(&(beside, path, method)) {
                    None => {
                        methods.insert((beside, path, method), operation.place.clone());
                        walk.operation(&item, &operation);
                    }
                    // What collections add to an operation is a part of it.
                    Some(first) if documents.ledgers.has(source) => walk.added(first, &operation),
                    Some(_) => {}
                }
            }
        }
    }
    walk.found
}

impl<'a> Walk<'a> {
    fn operation(&mut self, item: &At<'a>, operation: &At<'a>) {
        self.found.operations.push(operation.place.clone());
        for holder in [item, operation] {
            for at in holder.child("parameters").iter().flat_map(At::items) {
                let Some(at) = self.target(at) else { continue };
                let (location, name) = (at.node.text("in").unwrap_or(""), at.node.text("name").unwrap_or("?"));
                let key = (operation.place.clone(), location_word(location), name.to_owned());
                self.found.parameters.entry(key).or_insert_with(|| at.place.clone());
                self.child_schema(&at);
                self.content(&at);
            }
        }
        if let Some(body) = operation.child("requestBody").and_then(|at| self.target(at)) {
            self.content(&body);
        }
        for (_, reply) in operation.child("responses").iter().flat_map(At::members) {
            if let Some(reply) = self.target(reply) {
                self.content(&reply);
            }
        }
    }

    /// The parameters that a collection adds to the operation at `first`. Names of headers are the same in capitals.
    fn added(&mut self, first: &Place, operation: &At<'a>) {
        for at in operation.child("parameters").iter().flat_map(At::items) {
            let (location, name) = (at.node.text("in").unwrap_or(""), at.node.text("name").unwrap_or("?"));
            let location = location_word(location);
            let same = |key: &&ParameterKey| {
                key.0 == *first
                    && key.1 == location
                    && (key.2 == name || (location == "header" && key.2.eq_ignore_ascii_case(name)))
            };
            let from = (first.clone(), location, String::new());
            if !self
                .found
                .parameters
                .range(from..)
                .map(|(key, _)| key)
                .take_while(|key| key.0 == *first)
                .any(|key| same(&key))
            {
                self.found.parameters.insert((first.clone(), location, name.to_owned()), at.place.clone());
                self.child_schema(&at);
            }
        }
    }

    fn content(&mut self, at: &At<'a>) {
        for (_, media) in at.child("content").iter().flat_map(At::members) {
            self.child_schema(&media);
        }
    }

    fn child_schema(&mut self, at: &At<'a>) {
        if let Some(schema) = at.child("schema") {
            self.schema(schema, false);
        }
    }

    /// Follows references of parameters, bodies and replies.
    fn target(&self, at: At<'a>) -> Option<At<'a>> {
        let mut at = at;
        for _ in 0..crate::normalize::LONGEST_CHAIN {
            let Some(reference) = at.node.reference() else { return Some(at) };
            at = resolve(self.sources, at.document, reference).ok()?;
        }
        None
    }

    /// An inline or a named schema, and all in it. References lead to what is walked on its own account.
    fn schema(&mut self, at: At<'a>, named: bool) {
        if named && at.node.reference().is_some() {
            self.found.schemas.push(at.place);
            return;
        }
        let mut open = vec![at];
        let mut named = named;
        while let Some(at) = open.pop() {
            let named = std::mem::take(&mut named);
            if at.node.reference().is_some() || !self.seen.insert(at.key()) {
                continue;
            }
            let properties = at.child("properties").filter(|properties| properties.node.as_object().is_some());
            if named || properties.is_some() || at.node.text("type") == Some("object") {
                self.found.schemas.push(at.place.clone());
            }
            for (_, property) in properties.iter().flat_map(At::members) {
                self.found.properties.push(property.place.clone());
                open.push(property);
            }
            open.extend(["items", "additionalProperties"].iter().filter_map(|key| at.child(key)));
            open.extend(
                ["allOf", "oneOf", "anyOf"].iter().filter_map(|key| at.child(key)).flat_map(|list| list.items()),
            );
        }
    }
}
