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

pub(crate) use ledger::{Fate, Ledger};
pub(crate) use parameters::SEEN;
pub use write::{Tries, Written, write};

use crate::config::ApiConfig;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::node::Node;
use crate::normalize::METHODS;
use crate::source::{Dialect, Place, Source};
use crate::witness::Witness;
use collection::{Auth, Collection, Scope};
use operations::{Known, Operations};

/// What the settings say of a collection.
struct Settings<'a> {
    config: &'a ApiConfig,
    /// The path of the base URL.
    prefix: &'a [String],
}

/// Turns collections and environments into documents, beside those that are documents already.
pub fn to_openapi_30(
    sources: Vec<Source>,
    documents: &[Source],
    config: &ApiConfig,
    diagnostics: &mut Diagnostics,
) -> Vec<Source> {
    let environment = environment(&sources);
    let mut known = Known::default();
    let (mut taken, mut shared) = (BTreeSet::new(), witnesses::Shared::default());
    for document in documents {
        learn(document, &mut known, &mut taken);
    }
    let mut made = Vec::new();
    for source in sources {
        match source.dialect() {
            Dialect::Postman => {
                made.push(translate(source, &environment, config, (&mut known, &mut taken, &mut shared), diagnostics));
            }
            Dialect::PostmanV1 => {
                let message = "collections of Postman's format v1 are not read";
                let help = "open it in Postman and export it again, as v2.1";
                diagnostics.push(Diagnostic::new(Code::PostmanV1, message).at(&source.root()).help(help));
            }
            _ => {}
        }
    }
    made
}

/// What the collections among these have seen. They are handed out once: there may be many.
pub fn witnesses(sources: &mut [Source]) -> Vec<Witness> {
    let ledgers = sources.iter_mut().filter_map(|source| source.ledger.as_deref_mut());
    ledgers.flat_map(|ledger| std::mem::take(&mut ledger.witnesses)).collect()
}

/// The base URL that most requests of these files share, as a server of OpenAPI.
pub fn server(sources: &[Source]) -> Option<Node> {
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
fn learn(document: &Source, known: &mut Known, taken: &mut BTreeSet<String>) {
    let members = |pointer: &str| document.tree.pointer(pointer).and_then(Node::as_object).into_iter().flatten();
    for (template, item) in members("/paths").filter(|(template, _)| template.starts_with('/')) {
        for (word, method) in METHODS {
            if item.get(word).is_some() {
                known.add(method, template);
            }
        }
    }
    taken.extend(members("/components/schemas").map(|(name, _)| name.clone()));
}

fn translate(
    mut source: Source,
    environment: &Scope,
    config: &ApiConfig,
    (known, taken, shared): (&mut Known, &mut BTreeSet<String>, &mut witnesses::Shared),
    diagnostics: &mut Diagnostics,
) -> Source {
    let collection = read::read(&source, environment, diagnostics);
    let mut ledger = ledger::count(&source);
    let prefix = address::prefix(&config.server_of(&source.file));
    let settings = Settings { config, prefix: &prefix };
    let operations = operations::group(&collection, known, &prefix);
    left(&operations, &mut ledger, diagnostics);
    for (place, reason) in &collection.odd {
        ledger.leave(place, reason);
    }
    ways(&collection, diagnostics);
    elsewhere(&collection, &config.server_of(&source.file), diagnostics);
    let mut builder = tree::Builder::new(&settings, &mut ledger);
    for operation in &operations.list {
        builder.operation(operation);
    }
    let (tree, origins) = builder.finish(taken);
    let seen = operations.list.iter().flat_map(|operation| witnesses::of(operation, &settings, shared));
    ledger.witnesses = seen.collect();
    for operation in &operations.list {
        known.add(operation.method, &operation.template);
    }
    variables_used(&collection, &source, &mut ledger);
    source.tree = tree;
    source.origins = origins;
    source.ledger = Some(Box::new(ledger));
    source
}

/// Requests that make no operation.
fn left(operations: &Operations<'_>, ledger: &mut Ledger, diagnostics: &mut Diagnostics) {
    for (request, reason) in &operations.left {
        diagnostics.push(Diagnostic::new(Code::Request, reason).at(&request.place).fact("request", &request.name));
        // With all that is in its item.
        let item = request.place.pointer.strip_suffix("/request").unwrap_or(&request.place.pointer);
        ledger.leave(&Place { file: request.place.file.clone(), pointer: item.to_owned() }, reason);
    }
}

/// Ways to log in that the client does not know, each said once.
fn ways(collection: &Collection, diagnostics: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for request in &collection.requests {
        if let Auth::Other(way, place) = &request.auth
            && said.insert(way)
        {
            let message = format!("the client does not know how to log in by `{way}`");
            diagnostics.push(Diagnostic::new(Code::Way, message).at(place));
        }
    }
}

/// Requests to other hosts than the base URL's, one for each host. That of a stand-in is nobody's.
fn elsewhere(collection: &Collection, base_url: &str, diagnostics: &mut Diagnostics) {
    let mut said = BTreeSet::from([address::origin(base_url), "https://localhost".to_owned()]);
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
fn variables_used(collection: &Collection, source: &Source, ledger: &mut Ledger) {
    for variable in &collection.variables {
        // Wherever it stands: in an address, a parameter, a body, or in another variable.
        let is_used = [format!("{{{{{}}}}}", variable.name), format!("{{{{ {} }}}}", variable.name)];
        let fate = match is_used.iter().any(|text| source.text.contains(text)) {
            true => Fate::Used,
            false => Fate::Left(format!("nothing uses the variable `{}`", variable.name)),
        };
        ledger.note(&variable.place, fate);
    }
}

#[cfg(test)]
mod tests;
