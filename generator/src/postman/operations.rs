//! Requests into operations: those of one method and one path template are one, however each spells it.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::Opened;
use super::address::{self, Prefix};
use super::collection::Request;
use super::template::{self, Step};
use crate::ir::Method;
use crate::names::words::Words;
use crate::normalize::METHODS;
use crate::ordered;

/// What tells one operation from another: the base URL, the method, and the shape of the path.
type Key = (String, Method, String);

/// Operations that documents describe: their template, and the names in it.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<Key, (String, Vec<String>)>);

impl Known {
    /// One more, at this base URL; the first of a shape rules.
    pub(super) fn add(&mut self, base_url: &str, method: Method, template: &str) {
        let (shape, names) = template::of_template(template);
        let key = (base_url.to_owned(), method, shape);
        self.0.entry(key).or_insert_with(|| (template.to_owned(), names));
    }
}

/// An operation, as its requests show it.
#[derive(Debug)]
pub(super) struct Operation<'c> {
    /// Which collection it is described in: the first that has it. What a document describes is one operation in each.
    pub(super) home: usize,
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
    /// A word of its path that was taken for an id, as something stands there in other requests or in the document.
    pub(super) guess: Option<String>,
}

/// What came of the requests of all collections.
#[derive(Debug, Default)]
pub(super) struct Operations<'c> {
    /// The operations, in the order of their first requests.
    pub(super) list: Vec<Operation<'c>>,
    /// The requests that make none, and why.
    pub(super) left: Vec<(&'c Request, String)>,
}

/// A request that has a method and a path.
struct Routed<'c> {
    home: usize,
    request: &'c Request,
    method: Method,
    steps: Vec<Step>,
    /// The shape with words in place of what looks like an id.
    literal: (String, Vec<Step>),
}

/// Requests by operation, each with its collection; and by collection where a document describes the operation.
type Groups<'c> = IndexMap<(Key, Option<usize>), Vec<(usize, Use<'c>)>>;

/// Groups the requests of all collections.
pub(super) fn group<'c>(opened: &'c [Opened], known: &Known) -> Operations<'c> {
    let mut operations = Operations::default();
    let mut routed = Vec::new();
    for (home, one) in opened.iter().enumerate() {
        for request in &one.collection.requests {
            match route(request, home, &one.prefix) {
                Ok(found) => routed.push(found),
                Err(reason) => operations.left.push((request, reason)),
            }
        }
    }
    let key = |routed: &Routed<'_>, shape: String| (opened[routed.home].base_url.clone(), routed.method, shape);
    let mut shapes: BTreeSet<Key> = ordered::set(known.0.keys().cloned());
    shapes.extend(routed.iter().map(|routed| key(routed, template::shape(&routed.steps))));
    // What a document describes is joined to it from each collection by itself.
    let mut groups: Groups<'c> = IndexMap::new();
    for routed in routed {
        let is = |shape: &str| shapes.contains(&key(&routed, shape.to_owned()));
        let is_known = |shape: &str| known.0.contains_key(&key(&routed, shape.to_owned()));
        let Settled { shape, steps, guess } = settled(&routed, &is, &is_known);
        let names = template::names(&steps).into_iter().map(|name| name.map(str::to_owned)).collect();
        let key = key(&routed, shape);
        let home = known.0.contains_key(&key).then_some(routed.home);
        groups.entry((key, home)).or_default().push((routed.home, Use { request: routed.request, names, guess }));
    }
    for ((key, _), uses) in groups {
        let Some(home) = uses.first().map(|(home, _)| *home) else { continue };
        let uses: Vec<Use<'c>> = uses.into_iter().map(|(_, used)| used).collect();
        let (template, names, known) = match known.0.get(&key) {
            Some((template, names)) => (template.clone(), names.clone(), true),
            None => {
                let names = names(&key.2, &uses);
                (template::named(&key.2, &names), names, false)
            }
        };
        operations.list.push(Operation { home, method: key.1, template, names, known, uses });
    }
    operations
}

/// Does this request, which a saved reply answers, belong to the operation as well?
pub(super) fn is_of(request: &Request, operation: &Operation<'_>, prefix: &Prefix) -> bool {
    let shape = template::of_template(&operation.template).0;
    let Ok(routed) = route(request, operation.home, prefix) else { return false };
    let doubted: Vec<Step> = routed.steps.iter().map(as_parameter).collect();
    let mut shapes =
        [&routed.steps, &doubted].into_iter().map(|steps| template::shape(steps)).chain([routed.literal.0]);
    routed.method == operation.method && shapes.any(|own| own == shape)
}

fn route<'c>(request: &'c Request, home: usize, prefix: &Prefix) -> Result<Routed<'c>, String> {
    let method = METHODS.iter().map(|(_, method)| *method).find(|method| method.name() == request.method);
    let Some(method) = method else {
        return Err(format!("method `{}` is none that the client can send", request.method));
    };
    let address = address::of(&request.url, &request.scope);
    if address.path.is_empty() && address.origin.is_none() && request.url.host.is_empty() {
        return Err("request has no address".to_owned());
    }
    let path = address::behind(&address.path, prefix, &request.scope);
    let literal = template::literal(path);
    let literal = (template::shape(&literal), literal);
    Ok(Routed { home, request, method, steps: template::steps(path), literal })
}

/// The shape of a request, its steps, and the word that was taken for an id, if there was one.
struct Settled {
    shape: String,
    steps: Vec<Step>,
    guess: Option<String>,
}

/// Of so many words of a path each is tried by itself whether it may be an id.
const MOST_WORDS: usize = 16;

/// The shape of a request: that of a document if it is there word for word; else that of others in which something stands
/// where a word of this one can be taken for an id; else its own.
fn settled(routed: &Routed<'_>, is: &dyn Fn(&str) -> bool, is_known: &dyn Fn(&str) -> bool) -> Settled {
    let steps = &routed.steps;
    let (literal, words) = &routed.literal;
    if is_known(literal) {
        return Settled { shape: literal.clone(), steps: words.clone(), guess: None };
    }
    let own = template::shape(steps);
    if is_known(&own) {
        return Settled { shape: own, steps: steps.clone(), guess: None };
    }
    let doubtful: Vec<usize> = (1..steps.len()).filter(|at| as_parameter(&steps[*at]) != steps[*at]).collect();
    let single = doubtful.iter().take(MOST_WORDS).map(|at| vec![*at]);
    let all = std::iter::once(doubtful.clone()).filter(|all| !all.is_empty());
    for places in all.chain(single) {
        let mut other = steps.clone();
        for at in &places {
            other[*at] = as_parameter(&steps[*at]);
        }
        let shape = template::shape(&other);
        if is(&shape) {
            let guess = places.first().and_then(|at| match &steps[*at] {
                Step::Fixed(word) => Some(word.clone()),
                Step::Parameter(_) | Step::Mixed(_) => None,
            });
            return Settled { shape, steps: other, guess };
        }
    }
    Settled { shape: own, steps: steps.clone(), guess: None }
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
    let mut names: Vec<String> = Vec::with_capacity(steps.len());
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    // What all requests call a parameter, where each has a name for it.
    let mut called: BTreeMap<Vec<&str>, String> = BTreeMap::new();
    for (at, before) in steps.iter().enumerate().take(steps.len() - 1) {
        let each = || uses.iter().map(|used| used.names.get(at)?.as_deref());
        let by_all: Option<Vec<&str>> = each().collect();
        if let Some(name) = by_all.as_ref().and_then(|by_all| called.get(by_all)) {
            names.push(name.clone());
            continue;
        }
        let given = each().flatten().next().map(template::clean).filter(|name| !name.is_empty());
        let base = given.unwrap_or_else(|| invented(before));
        let mut name = base.clone();
        while !taken.insert(name.clone()) {
            let number = numbers.entry(base.clone()).or_insert(1);
            *number += 1;
            name = format!("{base}_{number}");
        }
        if let Some(by_all) = by_all {
            called.insert(by_all, name.clone());
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
