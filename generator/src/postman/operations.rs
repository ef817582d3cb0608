//! Requests into operations: those of one method and one path template are one, however each spells it.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::address;
use super::collection::{Collection, Request};
use super::template::{self, Step};
use crate::ir::Method;
use crate::names::words::Words;
use crate::normalize::METHODS;

/// Operations that are known already, by method and shape: their template, and the names in it.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<(Method, String), (String, Vec<String>)>);

impl Known {
    /// One more; the first of a shape rules.
    pub(super) fn add(&mut self, method: Method, template: &str) {
        let (shape, names) = template::of_template(template);
        self.0.entry((method, shape)).or_insert_with(|| (template.to_owned(), names));
    }
}

/// An operation, as its requests show it.
#[derive(Debug)]
pub(super) struct Operation<'c> {
    /// The method.
    pub(super) method: Method,
    /// The path template.
    pub(super) template: String,
    /// The names in it.
    pub(super) names: Vec<String>,
    /// A document describes it.
    pub(super) known: bool,
    /// Its requests.
    pub(super) uses: Vec<Use<'c>>,
}

/// A request of an operation.
#[derive(Debug)]
pub(super) struct Use<'c> {
    /// The request.
    pub(super) request: &'c Request,
    /// What it calls the parameters of the path.
    pub(super) names: Vec<Option<String>>,
}

/// What came of the requests of a collection.
#[derive(Debug, Default)]
pub(super) struct Operations<'c> {
    /// The operations, in the order of their first requests.
    pub(super) list: Vec<Operation<'c>>,
    /// The requests that make none, and why.
    pub(super) left: Vec<(&'c Request, String)>,
}

/// A request that has a method and a path.
struct Routed<'c> {
    request: &'c Request,
    method: Method,
    steps: Vec<Step>,
}

/// Groups the requests of a collection. `prefix` is the path of its base URL.
pub(super) fn group<'c>(collection: &'c Collection, known: &Known, prefix: &[String]) -> Operations<'c> {
    let mut operations = Operations::default();
    let mut routed = Vec::new();
    for request in &collection.requests {
        match route(request, prefix) {
            Ok(found) => routed.push(found),
            Err(reason) => operations.left.push((request, reason)),
        }
    }
    let mut shapes: BTreeSet<(Method, String)> = known.0.keys().cloned().collect();
    shapes.extend(routed.iter().map(|routed| (routed.method, template::shape(&routed.steps))));
    let mut groups: IndexMap<(Method, String), Vec<Use<'c>>> = IndexMap::new();
    for routed in routed {
        let (shape, steps) = settled(routed.method, routed.steps, &shapes);
        let names = template::names(&steps).into_iter().map(|name| name.map(str::to_owned)).collect();
        groups.entry((routed.method, shape)).or_default().push(Use { request: routed.request, names });
    }
    for (key, uses) in groups {
        let (template, names, known) = match known.0.get(&key) {
            Some((template, names)) => (template.clone(), names.clone(), true),
            None => {
                let names = names(&key.1, &uses);
                (template::named(&key.1, &names), names, false)
            }
        };
        operations.list.push(Operation { method: key.0, template, names, known, uses });
    }
    operations
}

/// Does this request, which a saved reply answers, belong to the operation as well?
pub(super) fn is_of(request: &Request, operation: &Operation<'_>, prefix: &[String]) -> bool {
    let shape = template::of_template(&operation.template).0;
    route(request, prefix).is_ok_and(|routed| routed.method == operation.method && matches(&routed.steps, &shape))
}

fn matches(steps: &[Step], shape: &str) -> bool {
    template::shape(steps) == shape || template::shape(&steps.iter().map(as_parameter).collect::<Vec<_>>()) == shape
}

fn route<'c>(request: &'c Request, prefix: &[String]) -> Result<Routed<'c>, String> {
    let method = METHODS.iter().map(|(_, method)| *method).find(|method| method.name() == request.method);
    let Some(method) = method else {
        return Err(format!("method `{}` is none that the client can send", request.method));
    };
    let address = address::of(&request.url, &request.scope);
    if address.path.is_empty() && address.origin.is_none() && request.url.host.is_empty() {
        return Err("request has no address".to_owned());
    }
    Ok(Routed { request, method, steps: template::steps(address::behind(&address.path, prefix, &request.scope)) })
}

/// The shape of a request: its own, or that of another where a word of this one can be taken for an id.
fn settled(method: Method, steps: Vec<Step>, shapes: &BTreeSet<(Method, String)>) -> (String, Vec<Step>) {
    let known = |steps: &[Step]| {
        let shape = template::shape(steps);
        shapes.contains(&(method, shape.clone())).then_some(shape)
    };
    let doubtful: Vec<usize> = (1..steps.len()).filter(|at| as_parameter(&steps[*at]) != steps[*at]).collect();
    let all = doubtful.clone();
    let single = doubtful.into_iter().map(|at| vec![at]);
    for places in std::iter::once(all).chain(single).filter(|places| !places.is_empty()) {
        let mut other = steps.clone();
        for at in places {
            other[at] = as_parameter(&steps[at]);
        }
        if let Some(shape) = known(&other) {
            return (shape, other);
        }
    }
    (template::shape(&steps), steps)
}

/// A word that may be an id, as something to be given.
fn as_parameter(step: &Step) -> Step {
    match step {
        Step::Fixed(text) if template::may_be_id(text) => Step::Parameter(None),
        other => other.clone(),
    }
}

/// What the parameters of a path are called: as the first request does that has a name for it, else after the step
/// before. One name at two places is one parameter only if every request has it so.
fn names(shape: &str, uses: &[Use<'_>]) -> Vec<String> {
    let steps: Vec<&str> = shape.split("{}").collect();
    let mut names: Vec<String> = Vec::new();
    for (at, before) in steps.iter().enumerate().take(steps.len() - 1) {
        let given = uses.iter().find_map(|used| used.names.get(at).cloned().flatten());
        let mut name = given.map(|name| template::clean(&name)).filter(|name| !name.is_empty());
        let same = |other: usize| uses.iter().all(|used| used.names.get(at) == used.names.get(other));
        let base = name.take().unwrap_or_else(|| invented(before));
        let mut name = base.clone();
        let mut number = 2;
        while let Some(other) = names.iter().position(|taken| *taken == name) {
            if same(other) && uses.iter().all(|used| used.names.get(at).is_some_and(Option::is_some)) {
                break;
            }
            name = format!("{base}_{number}");
            number += 1;
        }
        names.push(name);
    }
    names
}

/// `contact_id` behind `/contacts/`.
fn invented(before: &str) -> String {
    let word = before.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let words = Words::new(word).singular();
    if words.is_empty() { "id".to_owned() } else { format!("{}_id", words.snake()) }
}
