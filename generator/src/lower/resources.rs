//! Resources, and what their methods are called.
//!
//! A tag is a resource; tags that differ only in spelling are one. A method is named by what it does to the resource,
//! as its path shows: `list`, `get`, `create`, `update`, `delete` on the collection or an item, `…_for_customer` where the
//! path leads there through a customer, the last word of the path where that is an action of its own.

use std::collections::BTreeMap;

use super::paths::{self, Shape, Tail};
use crate::ir::{self, Method};
use crate::names::ident::{RESERVED_TYPES, is_device};
use crate::names::lock::{Entry, Kind};
use crate::names::resolve::{Apart, Wish, resolve};
use crate::names::{ApiNames, Ident, Words};

/// Modules that are there already.
const RESERVED_MODULES: &[&str] =
    &["model", "properties", "value", "client", "builder", "clone", "app", "grant", "lib", "main", "core", "std", "rt"];

/// All resources, and the place of each operation in them.
pub(super) struct Plan {
    pub resources: Vec<Resource>,
    /// Parallel to [`ir::Api::operations`].
    pub operations: Vec<Planned>,
}

/// A resource.
pub(super) struct Resource {
    pub module: Ident,
    pub name: Ident,
    /// The words of its tag.
    pub words: Words,
    /// What one of it is called; the same words if there is only one.
    pub item: Words,
    /// The part of the path that stands for it.
    pub noun: Words,
    /// All its operations are to be had in the same editions.
    pub same_editions: bool,
    /// Other resources that its name begins with, in singular: `customer` of the customer memos.
    pub above: Vec<Words>,
}

/// The names of an operation.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    /// Index of its resource.
    pub resource: usize,
    /// Its key in `names.lock`.
    pub key: String,
    pub shape: Shape,
    pub method: Ident,
    /// The name of its request struct, whether it needs one or not.
    pub request: Ident,
    /// It reads, makes or changes the resource itself; otherwise it is an action on it.
    pub crud: bool,
}

impl Plan {
    /// Module, type and method of each operation.
    pub(super) fn methods(&self) -> Vec<(Ident, Ident, Ident)> {
        let each = self.operations.iter().map(|planned| {
            let resource = &self.resources[planned.resource];
            (resource.module.clone(), resource.name.clone(), planned.method.clone())
        });
        each.collect()
    }

    /// The resource of an operation.
    pub(super) fn resource_of(&self, operation: usize) -> usize {
        self.operations[operation].resource
    }
}

/// Names the resources and the methods of an API.
pub(super) fn plan(api: &ir::Api, kept: &ApiNames, names: &mut ApiNames) -> Plan {
    let lead = paths::common_lead(api.operations.iter().map(|operation| operation.path.template.as_str()));
    let mut groups: BTreeMap<Words, Vec<usize>> = BTreeMap::new();
    for (number, operation) in api.operations.iter().enumerate() {
        groups.entry(tag(operation, lead)).or_default().push(number);
    }
    let keys = keys(api);
    let named = name_resources(groups.keys(), kept);
    let mut heads: BTreeMap<Words, Vec<Words>> = BTreeMap::new();
    for words in groups.keys() {
        heads.entry(words.singulars()).or_default().push(words.singular());
    }
    let mut resources = Vec::with_capacity(groups.len());
    let mut operations: BTreeMap<usize, Planned> = BTreeMap::new();
    for (index, (words, members)) in groups.into_iter().enumerate() {
        let (module, name) = named[index].clone();
        names.set(
            Kind::Resource,
            words.snake(),
            Entry { names: vec![module.clone(), name.clone()], ..Entry::default() },
        );
        let noun = noun(api, &words, &members);
        let resource = Group { api, lead, members: &members, keys: &keys, index, by_path: by_path(api, &members) };
        let item = if resource.is_collection(&noun) { words.singular() } else { words.clone() };
        let starts = (1..words.len()).filter_map(|n| heads.get(&words.split_at(n).0.singulars()));
        let above = starts.flatten().cloned().collect();
        let same_editions = same_editions(api, &members);
        let resource_ = Resource { module, name, words, item, noun, same_editions, above };
        resource.name_methods(&resource_, kept, &mut operations);
        resources.push(resource_);
    }
    Plan { resources, operations: operations.into_values().collect() }
}

fn same_editions(api: &ir::Api, members: &[usize]) -> bool {
    let mut terms = members.iter().map(|number| &api.operations[*number].terms);
    let first = terms.next();
    terms.all(|other| {
        first.is_none_or(|first| {
            first.availability == other.availability && first.professional_only == other.professional_only
        })
    })
}

/// The words of the resource that an operation belongs to: its tag, else the first fixed part of its path.
fn tag(operation: &ir::Operation, lead: usize) -> Words {
    let tag = operation.tag.as_deref().map(Words::of).filter(|words| !words.is_empty());
    let from_path = || {
        let fixed = paths::fixed(&operation.path.template);
        fixed.get(lead).or_else(|| fixed.last()).cloned()
    };
    tag.or_else(from_path).unwrap_or_else(|| Words::of("root"))
}

fn name_resources<'a>(tags: impl Iterator<Item = &'a Words>, kept: &ApiNames) -> Vec<(Ident, Ident)> {
    let tags: Vec<&Words> = tags.collect();
    let wish = |n: usize, make: fn(&Words) -> Ident, suffix: &'static str| {
        move |words: &&Words| {
            let name = make(words);
            let mut wish = Wish::new(words.snake(), vec![name.clone(), name.with_suffix(suffix)]);
            wish.pinned = kept.name(Kind::Resource, &words.snake(), n).cloned();
            wish
        }
    };
    let modules: Vec<Wish> = tags.iter().map(wish(0, Ident::snake, "resource")).collect();
    let modules = resolve(&modules, &|name| RESERVED_MODULES.contains(&name) || is_device(name));
    let types: Vec<Wish> = tags.iter().map(wish(1, Ident::camel, "Resource")).collect();
    let types = resolve(&types, &|name| RESERVED_TYPES.contains(&name));
    let both = tags
        .iter()
        .filter_map(|words| Some((modules.get(&words.snake())?.clone(), types.get(&words.snake())?.clone())));
    both.collect()
}

/// The part of the path that stands for a resource: the one that is spelled like its tag, else the last fixed part
/// that most of its operations have.
fn noun(api: &ir::Api, tag: &Words, members: &[usize]) -> Words {
    let mut counts: BTreeMap<Words, usize> = BTreeMap::new();
    for number in members {
        let fixed = paths::fixed(&api.operations[*number].path.template);
        if fixed.iter().any(|words| words.singular() == tag.singular()) {
            return tag.clone();
        }
        if let Some(last) = fixed.last() {
            *counts.entry(last.clone()).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by(|(a, n), (b, m)| n.cmp(m).then_with(|| (b.len(), b).cmp(&(a.len(), a))));
    most.map_or_else(|| tag.clone(), |(words, _)| words)
}

/// The key of each operation: its method and its path, whatever its parameters are called; with their names, or with
/// its place, where that alone would not tell it from another.
fn keys(api: &ir::Api) -> Vec<String> {
    let forms: [fn(&ir::Operation) -> String; 3] = [
        |operation| format!("{}:{}", operation.method.name(), blank(&operation.path.template)),
        |operation| format!("{}:{}", operation.method.name(), operation.path.template),
        |operation| format!("{}:{}@{}", operation.method.name(), operation.path.template, operation.place.file),
    ];
    let mut keys: Vec<String> = Vec::new();
    for form in forms {
        keys = api.operations.iter().map(form).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        let twice: Vec<&String> = sorted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
        if twice.is_empty() {
            return keys;
        }
    }
    let mut apart = Apart::default();
    keys.into_iter().map(|key| apart.key(key)).collect()
}

/// A template without the names of its parameters.
fn blank(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut inside = false;
    for c in template.chars() {
        inside &= c != '}';
        if !inside {
            out.push(c);
        }
        inside |= c == '{';
    }
    out
}

/// Does it answer with a list?
pub(super) fn answers_list(api: &ir::Api, operation: &ir::Operation) -> bool {
    operation.paging.is_some()
        || operation
            .replies
            .iter()
            .any(|reply| matches!(&reply.content, Some(ir::Content::Json(id)) if is_list(api, *id)))
}

fn is_list(api: &ir::Api, id: ir::SchemaId) -> bool {
    matches!(api.schema(id).kind, ir::Kind::Array(_))
}

/// The operations of one resource.
struct Group<'a> {
    api: &'a ir::Api,
    lead: usize,
    members: &'a [usize],
    keys: &'a [String],
    index: usize,
    /// Those of each path.
    by_path: BTreeMap<&'a str, Vec<&'a ir::Operation>>,
}

fn by_path<'a>(api: &'a ir::Api, members: &[usize]) -> BTreeMap<&'a str, Vec<&'a ir::Operation>> {
    let mut out: BTreeMap<&str, Vec<&ir::Operation>> = BTreeMap::new();
    for operation in members.iter().map(|number| &api.operations[*number]) {
        out.entry(&operation.path.template).or_default().push(operation);
    }
    out
}

impl Group<'_> {
    fn operations(&self) -> impl Iterator<Item = (usize, &ir::Operation)> {
        self.members.iter().map(|number| (*number, &self.api.operations[*number]))
    }

    /// Those with the same path.
    fn beside(&self, path: &str) -> &[&ir::Operation] {
        self.by_path.get(path).map_or(&[], Vec::as_slice)
    }

    /// Are there several of it, each by itself?
    fn is_collection(&self, noun: &Words) -> bool {
        self.operations().any(|(_, operation)| {
            let shape = paths::shape(&operation.path.template, noun, self.lead);
            match shape.tail {
                Tail::Collection => answers_list(self.api, operation) || operation.method == Method::Post,
                Tail::Item => true,
                Tail::Action { .. } | Tail::Variant { .. } | Tail::Elsewhere { .. } => false,
            }
        })
    }

    fn name_methods(&self, resource: &Resource, kept: &ApiNames, out: &mut BTreeMap<usize, Planned>) {
        let mut sketches: Vec<(usize, Sketch)> = Vec::new();
        for (number, operation) in self.operations() {
            let shape = paths::shape(&operation.path.template, &resource.noun, self.lead);
            sketches.push((number, self.sketch(operation, shape, resource)));
        }
        let methods = sketches.iter().map(|(number, sketch)| {
            let mut wish = Wish::new(&self.keys[*number], sketch.candidates(&self.api.operations[*number]));
            wish.rank = sketch.rank;
            let called = sketch.called.as_ref().map(Ident::snake);
            wish.pinned = called.or_else(|| kept.name(Kind::Method, &self.keys[*number], 1).cloned());
            wish
        });
        let methods = resolve(&methods.collect::<Vec<_>>(), &|name| matches!(name, "new" | "clone"));
        let requests = sketches.iter().filter_map(|(number, sketch)| {
            let method = methods.get(&self.keys[*number])?;
            let mut wish = Wish::new(&self.keys[*number], sketch.requests(method, resource));
            wish.rank = u8::from(!sketch.shape.parents.is_empty());
            wish.pinned = kept.name(Kind::Method, &self.keys[*number], 2).cloned();
            Some(wish)
        });
        let taken = |name: &str| name == resource.name.as_str() || RESERVED_TYPES.contains(&name);
        let requests = resolve(&requests.collect::<Vec<_>>(), &taken);
        for (number, sketch) in sketches {
            let key = &self.keys[number];
            let (Some(method), Some(request)) = (methods.get(key), requests.get(key)) else { continue };
            let action =
                sketch.called.is_some_and(|called| !called.iter().next().is_some_and(|word| VERBS.contains(&word)));
            let crud = !action && matches!(sketch.shape.tail, Tail::Collection | Tail::Item | Tail::Variant { .. });
            let (method, request) = (method.clone(), request.clone());
            let planned =
                Planned { resource: self.index, key: key.clone(), shape: sketch.shape, method, request, crud };
            out.insert(number, planned);
        }
    }

    fn sketch(&self, operation: &ir::Operation, shape: Shape, resource: &Resource) -> Sketch {
        let (verb, rank) = self.verb(operation, &shape.tail);
        let plain =
            shape.parents.is_empty() && shape.lead.is_empty() && matches!(shape.tail, Tail::Collection | Tail::Item);
        Sketch {
            verb,
            rank: rank + u8::from(!plain),
            many: answers_list(self.api, operation),
            get: operation.method == Method::Get,
            called: operation.called.as_ref().map(|called| Words::of(&called.action)),
            through: through(&shape.parents, &resource.above),
            shape,
        }
    }

    /// What it does, and how strong its claim to that word is.
    fn verb(&self, operation: &ir::Operation, tail: &Tail) -> (&'static str, u8) {
        let item = match tail {
            Tail::Item => true,
            Tail::Collection => false,
            Tail::Action { item, .. } | Tail::Variant { item, .. } | Tail::Elsewhere { item, .. } => *item,
        };
        let beside = |method| self.beside(&operation.path.template).iter().any(|other| other.method == method);
        let many_sent = matches!(operation.body.as_ref().map(|body| &body.content), Some(ir::Content::Json(id)) if is_list(self.api, *id));
        match operation.method {
            Method::Get if !item && answers_list(self.api, operation) => ("list", 0),
            Method::Get => ("get", 0),
            Method::Post if item && !beside(Method::Put) && !beside(Method::Patch) => ("update", 2),
            Method::Post if item => ("post", 0),
            Method::Post => ("create", 0),
            Method::Put if many_sent && !item => ("update_all", 0),
            Method::Put if beside(Method::Patch) => ("replace", 0),
            Method::Put => ("update", 0),
            Method::Patch if many_sent && !item => ("update_all", 0),
            Method::Patch => ("update", 0),
            Method::Delete if !item && self.lists_at(&operation.path.template) => ("delete_all", 0),
            Method::Delete => ("delete", 0),
            Method::Head => ("head", 0),
            Method::Options => ("options", 0),
            Method::Trace => ("trace", 0),
        }
    }

    fn lists_at(&self, template: &str) -> bool {
        self.beside(template).iter().any(|other| answers_list(self.api, other))
    }
}

/// What a method will be called, before its neighbors are looked at.
struct Sketch {
    verb: &'static str,
    rank: u8,
    many: bool,
    get: bool,
    /// What the settings call it.
    called: Option<Words>,
    /// What its path leads through, each without what is said already.
    through: Vec<Words>,
    shape: Shape,
}

/// The parents of a path, without what the resource or the parent before is called after, too: `customer` and `contact`
/// for the e-mail addresses of a customer's contact.
fn through(parents: &[Words], above: &[Words]) -> Vec<Words> {
    let mut said = Vec::with_capacity(parents.len());
    let mut before = None;
    for parent in parents {
        let rests = above.iter().chain(before).filter_map(|head| parent.without_prefix(head));
        let short = rests.filter(|rest| !rest.is_empty()).min_by_key(Words::len);
        said.push(short.unwrap_or_else(|| parent.clone()));
        before = Some(parent);
    }
    said
}

impl Sketch {
    /// Names, the mildest first.
    fn candidates(&self, operation: &ir::Operation) -> Vec<Ident> {
        let verb = Words::of(self.verb);
        let mut names: Vec<Words> = match &self.shape.tail {
            Tail::Collection | Tail::Item => vec![verb.clone()],
            Tail::Variant { rest, .. } => vec![verb.then(rest)],
            Tail::Action { name, item: true, .. } => vec![verb.then(&name.singular())],
            Tail::Action { name, between, .. } => {
                let all = between.iter().fold(Words::default(), |words, part| words.then(part)).then(name);
                let one = if self.verb == "create" { name.singular() } else { name.clone() };
                vec![name.clone(), verb.then(&one), all.clone(), verb.then(&all)]
            }
            Tail::Elsewhere { name, item } => vec![verb.then(&if *item { name.singular() } else { name.clone() })],
        };
        let suffix = self.suffix();
        names.iter_mut().for_each(|name| *name = name.then(&suffix));
        if let (Some(first), false) = (names.first(), self.shape.lead.is_empty()) {
            let lead = self.shape.lead.iter().fold(Words::default(), |words, part| words.then(part));
            names.push(first.then(&lead));
        }
        names.extend(operation.id.as_deref().map(Words::new).filter(|words| !words.is_empty()));
        names.push(Words::of(&format!("{} {}", operation.method.name(), operation.path.template)));
        names.iter().map(Ident::snake).collect()
    }

    /// `for customer and contact`
    fn suffix(&self) -> Words {
        let mut words = Words::default();
        for (index, parent) in self.through.iter().enumerate() {
            words = words.then(&Words::of(if index == 0 { "for" } else { "and" })).then(parent);
        }
        words
    }

    /// Names of the request struct.
    fn requests(&self, method: &Ident, resource: &Resource) -> Vec<Ident> {
        let all = Words::of(method.as_str());
        let suffix = if self.called.is_some() { Words::default() } else { self.suffix() };
        let split = all.len().saturating_sub(suffix.len());
        let (head, tail) = all.split_at(split);
        let known = head.iter().next().is_some_and(|word| VERBS.contains(&word));
        let thing =
            if (self.many && self.get) || head.last() == Some("all") { &resource.words } else { &resource.item };
        let name = if known {
            let (verb, rest) = head.split_at(1);
            // There is no need to say "all" beside a plural.
            let rest = if rest.snake() == "all" { Words::default() } else { rest };
            verb.then(thing).then(&rest)
        } else if self.get {
            Words::of("get").then(&resource.item.overlap(&head))
        } else {
            head.then(&resource.item)
        };
        let mut names = Vec::new();
        if let [parent] = self.shape.parents.as_slice()
            && resource.words.without_prefix(parent).is_some_and(|rest| !rest.is_empty())
        {
            // The memos of a customer are called customer memos already.
            names.push(Ident::camel(&name));
        }
        let name = name.then(&tail);
        names.extend([
            Ident::camel(&name),
            Ident::camel(&all.then(thing)),
            Ident::camel(&name.then(&Words::of("request"))),
        ]);
        names.dedup();
        names
    }
}

/// Words with which a method begins that does one of the usual things.
const VERBS: &[&str] = &["list", "get", "create", "update", "replace", "delete", "post", "head", "options", "trace"];

#[cfg(test)]
mod tests {
    use super::through;
    use crate::names::Words;

    #[test]
    fn what_a_path_leads_through_is_said_once() {
        for (parents, above, said) in [
            (&["customer"][..], &["customer"][..], &["customer"][..]),
            (&["customer contact"], &["customer"], &["contact"]),
            (&["customer", "customer contact"], &["customer"], &["customer", "contact"]),
            (&["nominal code"], &["nominal code"], &["nominal code"]),
            (&["nominal code"], &[], &["nominal code"]),
            (&["warehouse", "product"], &["warehouse"], &["warehouse", "product"]),
        ] {
            let words = |list: &[&str]| list.iter().map(|text| Words::of(text)).collect::<Vec<_>>();
            assert_eq!(through(&words(parents), &words(above)), words(said));
        }
    }
}
