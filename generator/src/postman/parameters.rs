//! Query and header parameters of an operation: those of all its requests together.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};

use super::Settings;
use super::collection::{Auth, Pair, Request, Scope};
use super::ledger::{Fate, Ledgers};
use super::operations::Operation;
use super::variables;
use crate::infer;
use crate::node::{Node, Object};
use crate::source::Place;

/// The member of a parameter in which its values go along, and of an operation in which its body and replies do, so that
/// they can be compared with what a document says.
pub(crate) const SEEN: &str = "x-seen";

/// Headers that belong to the client or to what carries its requests.
const CARRIED: [&str; 16] = [
    "accept",
    "accept-encoding",
    "authorization",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "keep-alive",
    "postman-token",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// A parameter, as several requests show it.
pub(super) struct Merged {
    pub(super) place: Place,
    name: String,
    values: IndexSet<String>,
    repeated: bool,
    description: Option<String>,
}

/// The parameters of an operation, by location and name.
pub(super) type Parameters = IndexMap<(&'static str, String), Merged>;

/// Gathers the parameters of an operation from its requests, and writes down what became of each.
pub(super) fn gather(operation: &Operation<'_>, settings: &Settings<'_>, ledgers: &mut Ledgers) -> Parameters {
    let mut gather = Gather { operation, settings, ledgers, found: IndexMap::new() };
    for used in &operation.uses {
        gather.request(used.request);
        gather.path(used.request, &used.names);
    }
    gather.found
}

/// Adds what the request of a saved reply shows.
pub(super) fn add(request: &Request, operation: &Operation<'_>, settings: &Settings<'_>, found: &mut Parameters) {
    let mut ledgers = Ledgers::default();
    let mut gather = Gather { operation, settings, ledgers: &mut ledgers, found: std::mem::take(found) };
    gather.request(request);
    *found = gather.found;
}

struct Gather<'a, 'c> {
    operation: &'a Operation<'c>,
    settings: &'a Settings<'a>,
    ledgers: &'a mut Ledgers,
    found: Parameters,
}

impl Gather<'_, '_> {
    fn request(&mut self, request: &Request) {
        let scope = &request.scope;
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for pair in &request.url.query {
            match query(pair, scope) {
                Ok(name) => {
                    let repeated = !seen.insert(name.clone()) && pair.enabled;
                    self.add("query", name, pair, repeated, scope);
                }
                Err(reason) if pair.key.trim().is_empty() => self.ledgers.leave(&pair.place, reason),
                Err(reason) => self.ledgers.lose(&pair.place, reason),
            }
        }
        for pair in &request.headers {
            match header(pair, self.settings, scope) {
                Ok(name) => self.add("header", name, pair, false, scope),
                Err(reason) if is_of_client(&pair.key, self.settings) || pair.key.trim().is_empty() => {
                    self.ledgers.leave(&pair.place, reason);
                }
                Err(reason) => self.ledgers.lose(&pair.place, reason),
            }
        }
        if let Auth::Key { name, query, place } = &request.auth {
            let pair = Pair {
                place: place.clone(),
                key: name.clone(),
                value: None,
                enabled: true,
                file: false,
                description: None,
            };
            let place = if *query { "query" } else { "header" };
            let name = if *query { self::query(&pair, scope) } else { header(&pair, self.settings, scope) };
            if let Ok(name) = name {
                self.add(place, name, &pair, false, scope);
            }
        }
    }

    fn add(&mut self, location: &'static str, name: String, pair: &Pair, repeated: bool, scope: &Scope) {
        let key = if location == "header" { name.to_ascii_lowercase() } else { name.clone() };
        let merged = self.found.entry((location, key)).or_insert_with(|| Merged {
            place: pair.place.clone(),
            name,
            values: IndexSet::new(),
            repeated: false,
            description: None,
        });
        merged.repeated |= repeated;
        if merged.description.is_none() {
            merged.description.clone_from(&pair.description);
        }
        let value = pair.value.as_deref().map(|value| variables::expand(value, scope));
        merged.values.extend(value.filter(|value| !value.is_empty() && !value.contains("{{")));
        let name = merged.name.clone();
        let operation = self.operation;
        self.ledgers.note(&pair.place, Fate::Parameter(operation.method, operation.template.clone(), location, name));
    }

    /// What is said of the variables of the path.
    fn path(&mut self, request: &Request, names: &[Option<String>]) {
        for pair in &request.url.variables {
            let at = names.iter().position(|name| name.as_deref() == Some(pair.key.as_str()));
            let fate = match at.and_then(|at| self.operation.names.get(at)) {
                Some(name) => {
                    Fate::Parameter(self.operation.method, self.operation.template.clone(), "path", name.clone())
                }
                None => Fate::Left(format!("path has no variable `{}`", pair.key)),
            };
            self.ledgers.note(&pair.place, fate);
        }
    }
}

/// A header of the operation, and not of the client or of what carries the request.
pub(super) fn header(pair: &Pair, settings: &Settings<'_>, scope: &Scope) -> Result<String, String> {
    let name = variables::expand(&pair.key, scope);
    let name = name.trim();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(legal) {
        return Err(format!("`{name}` is no name of a header"));
    }
    if is_carried(name) {
        return Err("the client sets this header itself".to_owned());
    }
    if settings.config.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name)) {
        return Err("header is set once, on the client".to_owned());
    }
    Ok(name.to_owned())
}

fn is_carried(name: &str) -> bool {
    CARRIED.iter().any(|carried| name.eq_ignore_ascii_case(carried))
}

/// Does the client send such a header, itself or once for all requests?
fn is_of_client(name: &str, settings: &Settings<'_>) -> bool {
    let name = name.trim();
    is_carried(name) || settings.config.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name))
}

fn query(pair: &Pair, scope: &Scope) -> Result<String, String> {
    let name = variables::expand(&pair.key, scope);
    let name = name.trim();
    if name.is_empty() {
        return Err("parameter has no name".to_owned());
    }
    if name.contains("{{") {
        return Err("the name of the parameter is a variable".to_owned());
    }
    Ok(name.to_owned())
}

/// A parameter of the path. What is known of its values are examples, which prove no type.
pub(super) fn path(name: &str) -> Node {
    Node::from([
        ("name", Node::from(name)),
        ("in", Node::from("path")),
        ("required", Node::from(true)),
        ("schema", Node::from([("type", Node::from("string"))])),
    ])
}

impl Merged {
    /// The parameter in OpenAPI. Nothing proves that it must be given.
    pub(super) fn node(&self, location: &str, seen: bool) -> Node {
        let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
        let single = infer::parameter(&values);
        let schema =
            if self.repeated { Node::from([("type", Node::from("array")), ("items", single)]) } else { single };
        let mut node = Object::default();
        node.insert("name".into(), Node::from(self.name.as_str()));
        node.insert("in".into(), Node::from(location));
        node.insert("schema".into(), schema);
        if let Some(description) = &self.description {
            node.insert("description".into(), Node::from(description.as_str()));
        }
        if seen {
            node.insert(SEEN.into(), Node::Array(values.into_iter().map(Node::from).collect()));
        }
        Node::Object(node)
    }
}
