//! What collections have seen: their requests, and the replies that were saved with them.

use std::collections::BTreeSet;

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
    texts: Texts,
}

/// The witnesses of an operation.
pub(super) fn of(operation: &Operation<'_>, settings: &Settings<'_>, shared: &mut Shared) -> Vec<Witness> {
    let mut found = Vec::new();
    for used in &operation.uses {
        let request = used.request;
        let mut add = |sent: &Request, reply: Option<&Reply>| {
            found.push(Witness {
                name: name(request, &mut shared.names),
                place: reply.map_or(&request.place, |reply| &reply.place).clone(),
                origin: Origin::Collection,
                operation: Of::At(operation.method, operation.template.clone()),
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
fn name(request: &Request, names: &mut BTreeSet<String>) -> String {
    let folder = request.folders.last().map_or(Words::default(), |folder| Words::new(folder));
    let words = folder.overlap(&Words::new(&request.name));
    let base = if words.is_empty() { "request".to_owned() } else { words.snake() };
    let mut name = base.clone();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
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
            (pair.key.trim().to_owned(), variables::expand(value, scope))
        })
        .collect()
    };
    // Those of the client are sent as well; what is secret has no place in a test.
    let of_client = |pair: &Pair| {
        let known = settings.config.headers.iter().find(|header| header.name.eq_ignore_ascii_case(pair.key.trim()));
        known.is_some_and(|header| !header.secret)
    };
    let sent = |pair: &&Pair| of_client(pair) || parameters::header(pair, settings).is_ok();
    let headers = request.headers.iter().filter(sent).cloned();
    witness::Request {
        path: operation.names.iter().cloned().zip(path(request, settings)).collect(),
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

/// What stands where the path template has its parameters, in order.
fn path(request: &Request, settings: &Settings<'_>) -> Vec<String> {
    let address = address::of(&request.url, &request.scope);
    let path = address::behind(&address.path, settings.prefix, &request.scope);
    let mut values = Vec::new();
    for (text, step) in path.iter().zip(template::steps(path)) {
        match step {
            Step::Fixed(_) => {}
            Step::Parameter(_) => values.push(value(text, request)),
            Step::Mixed(parts) => values.extend(parts.into_iter().filter_map(|part| match part {
                Part::Name(name) => Some(value(&format!("{{{{{name}}}}}"), request)),
                Part::Text(_) => None,
            })),
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
