//! Postman collections, v2.0 and v2.1, as documents in the form of OpenAPI 3.0.
//!
//! A collection describes requests rather than operations. Requests of one method and path template become one
//! operation, with the parameters of all of them; what their bodies and saved replies are is inferred. An operation that
//! a document describes keeps the document's template and types: then the collection only adds parameters, which
//! [`crate::normalize`] compares and joins. Scripts are counted, never run.
//!
//! Places: later stages point into the made tree; [`Source::origins`] says where the parts stand in the collection.
//! A ledger has an independent count of what the collection holds, and what became of each.

mod address;
mod auth;
mod bodies;
mod collection;
mod ledger;
mod operations;
mod pairs;
mod parameters;
mod read;
mod relaxed;
mod sample;
mod template;
mod tree;
mod url;
mod variables;
mod witnesses;
mod write;

use std::collections::BTreeSet;

pub(crate) use ledger::{Fate, Ledger, Ledgers};
pub(crate) use parameters::SEEN;
pub use write::{Tries, Written, write};

use crate::config::ApiConfig;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::documents::Documents;
use crate::node::Node;
use crate::normalize::METHODS;
use crate::ordered;
use crate::source::{Dialect, Origins, Place, Source};
use crate::witness::Witness;
use address::Prefix;
use collection::{Auth, Collection, Request, Scope};
use operations::{Known, Operations};

/// What the settings say of a collection.
struct Settings<'a> {
    config: &'a ApiConfig,
    /// The path of the base URL.
    prefix: &'a Prefix,
}

/// A collection that was read.
struct Opened {
    source: Source,
    collection: Collection,
    base_url: String,
    prefix: Prefix,
}

/// Turns collections and environments into documents, beside those that are documents already, and keeps their books.
pub fn to_openapi_30(
    sources: Vec<Source>,
    documents: &[Source],
    config: &ApiConfig,
    diagnostics: &mut Diagnostics,
) -> Documents {
    let environment = environment(&sources);
    let mut known = Known::default();
    let mut taken = BTreeSet::new();
    for document in documents {
        learn(document, &config.server_of(&document.file), &mut known, &mut taken);
    }
    only_environments(&sources, documents, diagnostics);
    let mut opened = Vec::new();
    for source in sources {
        match source.dialect() {
            Dialect::Postman => opened.push(open(source, &environment, config, diagnostics)),
            Dialect::PostmanV1 => {
                let message = "collections of Postman's format v1 are not read";
                let help = "open it in Postman and export it again, as v2.1";
                diagnostics.push(Diagnostic::new(Code::PostmanV1, message).at(&source.root()).help(help));
            }
            _ => {}
        }
    }
    translate(opened, (&known, &taken), config, diagnostics)
}

/// What the collections among these have seen. They are handed out once: there may be many.
pub fn witnesses(documents: &mut Documents) -> Vec<Witness> {
    documents.ledgers.take_witnesses().collect()
}

/// Environments set variables; without requests they make no client.
fn only_environments(sources: &[Source], documents: &[Source], diagnostics: &mut Diagnostics) {
    let others = sources.iter().any(|source| source.dialect() != Dialect::PostmanEnvironment);
    if let Some(first) = sources.first().filter(|_| documents.is_empty() && !others) {
        let message = "environment sets variables, and there is no collection whose requests use them";
        let help = "name the collection as well; both are documents";
        diagnostics.push(Diagnostic::new(Code::OnlyEnvironment, message).at(&first.root()).help(help));
    }
}

/// The base URL that most requests of these files share, as a server of OpenAPI, and the first request with it.
pub fn server(sources: &[Source]) -> Option<(Node, Place)> {
    let environment = environment(sources);
    let mut unread = Diagnostics::new();
    let collections: Vec<Collection> = sources
        .iter()
        .filter(|source| source.dialect() == Dialect::Postman)
        .map(|source| read::read(source, &environment, &mut unread))
        .collect();
    drop(unread.into_vec());
    address::server(&collections)
}

/// What environments set; of several the last rules.
fn environment(sources: &[Source]) -> Scope {
    let environments = sources.iter().filter(|source| source.dialect() == Dialect::PostmanEnvironment);
    let pairs = environments.flat_map(read::environment);
    pairs.filter(|pair| pair.enabled).filter_map(|pair| Some((pair.key, pair.value?))).collect()
}

/// The operations and the names of the schemas of a document.
fn learn(document: &Source, base_url: &str, known: &mut Known, taken: &mut BTreeSet<String>) {
    let members = |pointer: &str| document.tree.pointer(pointer).and_then(Node::as_object).into_iter().flatten();
    for (template, item) in members("/paths").filter(|(template, _)| template.starts_with('/')) {
        for (word, method) in METHODS {
            if item.get(word).is_some() {
                known.add(base_url, method, template);
            }
        }
    }
    taken.extend(members("/components/schemas").map(|(name, _)| name.clone()));
}

fn open(source: Source, environment: &Scope, config: &ApiConfig, diagnostics: &mut Diagnostics) -> Opened {
    let collection = read::read(&source, environment, diagnostics);
    let base_url = config.server_of(&source.file);
    let prefix = address::prefix(&base_url, &config.server.variables);
    Opened { source, collection, base_url, prefix }
}

/// Makes a document of each collection. An operation of several stands in that of the first, with what all of them know.
fn translate(
    opened: Vec<Opened>,
    (known, taken): (&Known, &BTreeSet<String>),
    config: &ApiConfig,
    diagnostics: &mut Diagnostics,
) -> Documents {
    let operations = operations::group(&opened, known);
    let mut ledgers = Ledgers::default();
    for one in &opened {
        ledgers.open(&one.source, config.beside(&one.source.file));
        for (place, reason) in &one.collection.odd {
            ledgers.leave(place, reason);
        }
        ways(&one.collection, diagnostics);
        elsewhere(&one.collection, &one.base_url, diagnostics);
        variables_used(&one.collection, &one.source, &mut ledgers);
    }
    left(&operations, &mut ledgers, diagnostics);
    guesses(&operations, diagnostics);
    let mut builders: Vec<tree::Builder> = opened.iter().map(|one| tree::Builder::new(&one.source.file)).collect();
    let mut shared = witnesses::Shared::default();
    for operation in &operations.list {
        let settings = Settings { config, prefix: &opened[operation.home].prefix };
        builders[operation.home].operation(operation, &settings, &mut ledgers, diagnostics);
        let source = &opened[operation.home].source;
        let witnesses = witnesses::of(operation, config.beside(&source.file), &settings, &mut shared);
        ledgers.keep(source, witnesses);
    }
    drop(operations);
    ledgers.losses(diagnostics);
    let finish = |(one, (tree, origins)): (Opened, (Node, Origins))| Source { tree, origins, ..one.source };
    let sources = opened.into_iter().zip(tree::finish(builders, taken)).map(finish).collect();
    Documents { sources, ledgers }
}

/// Requests that make no operation.
fn left(operations: &Operations<'_>, ledgers: &mut Ledgers, diagnostics: &mut Diagnostics) {
    for (request, reason) in &operations.left {
        diagnostics.push(Diagnostic::new(Code::Request, reason).at(&request.place).fact("request", &request.name));
        // With all that is in its item.
        let item = request.place.pointer.strip_suffix("/request").unwrap_or(&request.place.pointer);
        ledgers.leave(&Place { file: request.place.file.clone(), pointer: item.to_owned() }, reason);
    }
}

/// Words of paths that were taken for ids, each said once for an operation.
fn guesses(operations: &Operations<'_>, diagnostics: &mut Diagnostics) {
    for operation in &operations.list {
        let mut said = BTreeSet::new();
        for used in &operation.uses {
            if let Some(word) = used.guess.as_ref().filter(|word| said.insert(word.as_str())) {
                let name = format!("{} {}", operation.method.name(), operation.template);
                let message = format!("`{word}` is taken for an id, so that the request is one of `{name}`");
                diagnostics.push(Diagnostic::new(Code::Guess, message).at(&used.request.place));
            }
        }
    }
}

/// Ways to log in that the client does not know, each said once.
fn ways(collection: &Collection, diagnostics: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for request in &collection.requests {
        let of_auth = match &request.auth {
            Auth::Other(way, place) => Some((way.to_ascii_lowercase(), place)),
            _ => None,
        };
        for (way, place) in of_auth.into_iter().chain(in_headers(request)) {
            if said.insert(way.clone()) {
                let message = format!("the client does not know how to log in by `{way}`");
                diagnostics.push(Diagnostic::new(Code::Way, message).at(place));
            }
        }
    }
}

/// Ways to log in, other than by a bearer token, that the headers of a request say: the scheme of `Authorization`, or cookies.
fn in_headers(request: &Request) -> Option<(String, &Place)> {
    request.headers.iter().filter(|header| header.enabled).find_map(|header| {
        let value = variables::expand(header.value.as_deref().unwrap_or_default(), &request.scope);
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or_default();
        let is_word = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is = |name: &str| header.key.trim().eq_ignore_ascii_case(name);
        if is("cookie") && !value.trim().is_empty() {
            return Some(("cookie".to_owned(), &header.place));
        }
        let known = scheme.is_empty() || rest.trim().is_empty() || !is_word || scheme.eq_ignore_ascii_case("bearer");
        (is("authorization") && !known).then(|| (scheme.to_ascii_lowercase(), &header.place))
    })
}

/// Requests to other hosts than the base URL's, one for each host. That of a stand-in is nobody's.
fn elsewhere(collection: &Collection, base_url: &str, diagnostics: &mut Diagnostics) {
    let mut said = ordered::set([address::origin(base_url), "https://localhost".to_owned()]);
    for request in &collection.requests {
        let address = address::of(&request.url, &request.scope);
        if let Some(origin) = address.origin.map(|origin| address::origin(&origin))
            && !base_url.starts_with("https://localhost")
            && said.insert(origin.clone())
        {
            let message = format!("request goes to `{origin}`; the client sends it to its base URL");
            diagnostics.push(Diagnostic::new(Code::OtherServer, message).at(&request.place));
        }
    }
}

/// Which variables do something.
fn variables_used(collection: &Collection, source: &Source, ledgers: &mut Ledgers) {
    // Wherever they stand: in an address, a parameter, a body, or in another variable.
    let used = variables::names(&source.text);
    for variable in &collection.variables {
        let fate = match used.contains(variable.name.trim()) {
            true => Fate::Used,
            false => Fate::Left(format!("nothing uses the variable `{}`", variable.name)),
        };
        ledgers.note(&variable.place, fate);
    }
}

#[cfg(test)]
mod tests;
