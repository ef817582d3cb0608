//! What collections have seen: their requests, and the replies that were saved with them.

use std::collections::{BTreeMap, BTreeSet};

use super::address;
use super::bodies::Texts;
use super::collection::{Pair, Reply, Request};
use super::operations::{self, Operation};
use super::parameters;
use super::template::{self, Part, Step};
use super::{Settings, bodies, variables};
use crate::names::words::Words;
use crate::witness::{self, Of, Origin, Witness};

/// What the witnesses of an API share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The names that are taken.
    names: BTreeSet<String>,
    /// How many of them have each word and a number.
    numbers: BTreeMap<String, usize>,
    texts: Texts,
}

/// The witnesses of an operation; `beside` is where the operations of its collection are, if not at the base URL.
pub(super) fn of(
    operation: &Operation<'_>,
    beside: Option<&str>,
    settings: &Settings<'_>,
    shared: &mut Shared,
) -> Vec<Witness> {
    let mut found = Vec::new();
    let path = format!("{}{}", beside.unwrap_or("."), operation.template);
    for used in &operation.uses {
        let request = used.request;
        let mut add = |sent: &Request, reply: Option<&Reply>| {
            found.push(Witness {
                name: name(request, shared),
                place: reply.map_or(&request.place, |reply| &reply.place).clone(),
                origin: Origin::Collection,
                operation: Of::At(operation.method, path.clone()),
                request: Some(self::request(sent, operation, settings, &mut shared.texts)),
                reply: reply.map(|reply| self::reply(reply, sent, &mut shared.texts)),
            });
        };
        if request.replies.is_empty() {
            add(request, None);
        }
        for reply in &request.replies {
            let original = reply.original.as_deref();
            let sent = original.filter(|original| operations::is_of(original, operation, settings.prefix));
            add(sent.unwrap_or(request), Some(reply));
        }
    }
    found
}

/// The names of the folder and the request, in words; a number where they are taken.
fn name(request: &Request, shared: &mut Shared) -> String {
    let folder = request.folders.last().map_or(Words::default(), |folder| Words::new(folder));
    let words = folder.overlap(&Words::new(&request.name));
    let base = if words.is_empty() { "request".to_owned() } else { words.snake() };
    let mut name = base.clone();
    while !shared.names.insert(name.clone()) {
        let number = shared.numbers.entry(base.clone()).or_insert(1);
        *number += 1;
        name = format!("{base}_{number}");
    }
    name
}

fn request(
    request: &Request,
    operation: &Operation<'_>,
    settings: &Settings<'_>,
    shared: &mut Texts,
) -> witness::Request {
    let scope = &request.scope;
    let texts = |pairs: &[Pair]| -> Vec<(String, String)> {
        let sent = pairs.iter().filter(|pair| pair.enabled && !pair.key.trim().is_empty());
        sent.map(|pair| {
            let value = pair.value.as_deref().unwrap_or_default();
            (variables::expand(pair.key.trim(), scope), variables::expand(value, scope))
        })
        .collect()
    };
    // Those of the client are sent as well; what is secret has no place in a test.
    let of_client = |pair: &Pair| {
        let name = variables::expand(pair.key.trim(), scope);
        let known = settings.config.headers.iter().find(|header| header.name.eq_ignore_ascii_case(&name));
        known.is_some_and(|header| !header.secret)
    };
    let sent = |pair: &&Pair| of_client(pair) || parameters::header(pair, settings, scope).is_ok();
    let headers = request.headers.iter().filter(sent).cloned();
    witness::Request {
        path: path(request, operation, settings),
        query: texts(&request.url.query),
        headers: texts(&headers.collect::<Vec<_>>()),
        body: bodies::json_of_request(request, shared),
    }
}

fn reply(reply: &Reply, sent: &Request, shared: &mut Texts) -> witness::Reply {
    let headers = reply.headers.iter().filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?)));
    witness::Reply {
        status: reply.status,
        headers: headers.collect(),
        body: bodies::json_of_reply(reply, &sent.scope, shared),
    }
}

/// What stands where the path template has its parameters, in order. What stands there twice is said once.
fn path(request: &Request, operation: &Operation<'_>, settings: &Settings<'_>) -> Vec<(String, String)> {
    let address = address::of(&request.url, &request.scope);
    let path = address::behind(&address.path, settings.prefix, &request.scope);
    let steps = operation.template.split('/').filter(|step| !step.is_empty());
    let mut names = operation.names.iter();
    let mut values: Vec<(String, String)> = Vec::new();
    for ((text, own), step) in path.iter().zip(template::steps(path)).zip(steps) {
        let found: Vec<String> = match own {
            // Words that are taken for ids are no parameters by themselves.
            _ if step.matches('{').count() == 1 && step.starts_with('{') && step.ends_with('}') => {
                vec![value(text, request)]
            }
            Step::Mixed(parts) => parts
                .into_iter()
                .filter_map(|part| match part {
                    Part::Name(name) => Some(value(&format!("{{{{{name}}}}}"), request)),
                    Part::Text(_) => None,
                })
                .collect(),
            Step::Fixed(_) | Step::Parameter(_) => Vec::new(),
        };
        for (name, found) in names.by_ref().take(step.matches('{').count()).zip(found) {
            if !values.iter().any(|(known, _)| known == name) {
                values.push((name.clone(), found));
            }
        }
    }
    values
}

fn value(text: &str, request: &Request) -> String {
    let known = text.strip_prefix(':').and_then(|name| {
        let variable = request.url.variables.iter().find(|variable| variable.key == name)?;
        variable.value.as_deref()
    });
    variables::expand(known.unwrap_or(text), &request.scope)
}
