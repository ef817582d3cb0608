//! The way back: an API as a collection and an environment, so that it can be tried by hand.
//!
//! What is written comes from the IR, so that the corrections are in it. Each request has every parameter, those that
//! may be missing switched off, and a body in which everything is filled. Where a list is asked for, or something made, a
//! script keeps the ids: the requests after it read and change the first that was listed, and those that delete take what
//! was made, before they take anything else. Every request expects a success.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::sample;
use crate::config::Try;
use crate::ir::{self, Api, Content, Location, Method, Operation, Parameter};
use crate::names::words::Words;

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// A collection and its environment, as JSON.
#[derive(Debug, Clone)]
pub struct Written {
    /// The collection, in the format v2.1.
    pub collection: String,
    /// The environment that its variables stand in.
    pub environment: String,
}

/// Which records operations are tried on, as the settings say it.
pub type Tries = BTreeMap<String, Try>;

/// Writes an API for Postman.
pub fn write(api: &Api, tries: &Tries) -> Written {
    let mut folders: IndexMap<String, Vec<Item>> = IndexMap::new();
    let mut operations: Vec<&Operation> = api.operations.iter().collect();
    operations.sort_by_key(|operation| order(operation));
    let resources = Resources::of(api, tries);
    for operation in operations {
        let folder = operation.tag.clone().unwrap_or_else(|| first(&operation.path.template).to_owned());
        folders.entry(folder).or_default().push(item(api, operation, &resources));
    }
    // What refers to other things comes after lists of them.
    let (lists, others) = split(folders);
    let collection = Collection {
        info: Info { name: api.title.clone(), schema: SCHEMA },
        auth: Auth { kind: "bearer", bearer: vec![Pair::new("token", "{{access_token}}")] },
        item: lists.into_iter().chain(others).collect(),
    };
    let environment = Environment { name: api.title.clone(), values: values(api, &resources), scope: "environment" };
    Written { collection: json(&collection), environment: json(&environment) }
}

fn json(value: &impl Serialize) -> String {
    // Text and lists of text: there is nothing in them that JSON could not hold.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// What there is, making, reading, changing; taking away comes last. What stands below nothing comes first.
fn order(operation: &Operation) -> (u8, usize, &str) {
    let template = &operation.path.template;
    let kind = match operation.method {
        _ if lists(operation) => 0,
        Method::Post => 1,
        Method::Get | Method::Head | Method::Options | Method::Trace => 2,
        Method::Put | Method::Patch => 3,
        Method::Delete => 4,
    };
    (kind, depth(template), template)
}

/// Does the operation read what has no id in its path: a list, as a rule?
fn lists(operation: &Operation) -> bool {
    let says_json = |reply: &ir::Reply| matches!(reply.content, Some(Content::Json(_)));
    operation.method == Method::Get
        && !operation.path.template.ends_with('}')
        && operation.replies.iter().any(says_json)
}

/// When a list is asked for: first what is below nothing, then what is below that.
fn turn(api: &Api, operation: &Operation) -> Option<(usize, bool)> {
    let template = &operation.path.template;
    let is_first = |(step, _): &(&str, &str)| {
        api.operations.iter().any(|other| lists(other) && other.path.template.strip_prefix('/') == Some(step))
    };
    lists(operation).then(|| (depth(template), !owned(template).first().is_some_and(is_first)))
}

/// Below how many things a path leads.
fn depth(template: &str) -> usize {
    template.matches('{').count()
}

/// Lists in a folder of their own at the beginning, as what they find is what the others ask for. What belongs to other
/// things comes after them, and is taken away before them.
fn split(folders: IndexMap<String, Vec<Item>>) -> (Option<Folder>, Vec<Folder>) {
    let (mut lists, mut others, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let mut folders: Vec<(String, Vec<Item>)> = folders.into_iter().collect();
    let rank = |items: &[Item]| items.iter().filter_map(|item| item.adds_at).max().unwrap_or(0);
    folders.sort_by_key(|(_, items)| rank(items));
    for (name, items) in folders {
        let (first, rest): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| item.lists.is_some());
        let (mut gone, rest): (Vec<Item>, Vec<Item>) =
            rest.into_iter().partition(|item| item.request.method == "DELETE");
        lists.extend(first);
        gone.reverse();
        last.splice(0..0, gone);
        if !rest.is_empty() {
            others.push(Folder { name, item: rest });
        }
    }
    lists.sort_by_key(|item| item.lists);
    if !last.is_empty() {
        others.push(Folder { name: "Deletions".to_owned(), item: last });
    }
    (Some(Folder { name: "Lists".to_owned(), item: lists }).filter(|folder| !folder.item.is_empty()), others)
}

fn first(template: &str) -> &str {
    template.split('/').find(|step| !step.is_empty() && !step.contains('{')).unwrap_or("root")
}

/// The variables that ids are kept in, by what the things are called, in singular.
pub(super) struct Resources<'a> {
    variables: BTreeMap<Words, String>,
    tries: &'a Tries,
}

/// The variables, for the body of one operation.
pub(super) struct About<'a> {
    resources: &'a Resources<'a>,
    /// The variable with an id of what the operation is about, if its path does not make one.
    own: Option<&'a str>,
}

impl About<'_> {
    /// The variable with an id of such a thing; what is not known by its name is what the operation is about:
    /// the `source_id` of `orders_duplicate`.
    pub(super) fn variable(&self, thing: &str) -> Option<&str> {
        self.resources.variable(thing).or(self.own)
    }
}

impl<'a> Resources<'a> {
    fn of(api: &Api, tries: &'a Tries) -> Self {
        let mut variables = BTreeMap::new();
        // Listed, or made and read: what `orders_new` makes is an order.
        let listed = |step: &str| {
            let end = format!("/{step}");
            let ends = |operation: &&Operation| operation.path.template.ends_with(&end);
            let is_one = |(last, _): &(&str, &str)| *last == step;
            let read = |operation: &Operation| {
                operation.method == Method::Get && owned(&operation.path.template).last().is_some_and(is_one)
            };
            let mut all = api.operations.iter().filter(ends);
            all.any(|operation| lists(operation) || operation.method == Method::Post && api.operations.iter().any(read))
        };
        for operation in &api.operations {
            for (step, parameter) in owned(&operation.path.template).into_iter().filter(|(step, _)| listed(step)) {
                variables.entry(Words::of(step).singulars()).or_insert_with(|| variable(step, parameter));
            }
        }
        // What is listed and no more can be spoken of as well.
        for operation in api.operations.iter().filter(|operation| lists(operation)) {
            if let Some(step) = operation.path.template.rsplit('/').next().filter(|step| !step.contains('{')) {
                variables.entry(Words::of(step).singulars()).or_insert_with(|| variable(step, "id"));
            }
        }
        Self { variables, tries }
    }

    fn about<'r>(&'r self, operation: &Operation) -> About<'r> {
        let step = operation.path.template.rsplit('/').next().filter(|step| !step.contains('{'));
        let own = step.filter(|_| kept(&operation.path.template, self).is_none()).and_then(|step| self.variable(step));
        About { resources: self, own }
    }

    /// What an operation is tried on, and the variable with its id.
    fn tried(&self, operation: &Operation) -> Option<(&'a Try, String)> {
        let (method, template) = (operation.method.name(), &operation.path.template);
        let is_meant = |key: &String| {
            let path = key.strip_prefix(method).and_then(|rest| rest.strip_prefix(' '));
            path.is_some_and(|path| ir::names_operation(path, operation.beside.as_deref(), template))
        };
        let (key, tried) = self.tries.iter().find(|(key, _)| is_meant(key))?;
        Some((tried, format!("{}_tried", Words::of(key).snake())))
    }

    /// The variable with an id of such a thing.
    pub(super) fn variable(&self, thing: &str) -> Option<&str> {
        let words = Words::of(thing).singulars();
        // `main_address` is an address, `orders_new` are orders.
        let tails = (0..words.len()).map(|at| words.split_at(at).1);
        let heads = (1..words.len()).rev().map(|at| words.split_at(at).0);
        tails.chain(heads).find_map(|part| self.variables.get(&part)).map(String::as_str)
    }
}

/// The fixed steps of a path that are followed by a parameter, with its name.
fn owned(template: &str) -> Vec<(&str, &str)> {
    parameters(template).into_iter().filter(|(step, _)| !step.is_empty() && !step.contains('{')).collect()
}

/// The parameters of a path that are a step of their own, each with the step before it.
fn parameters(template: &str) -> Vec<(&str, &str)> {
    let steps = template.split('/').filter(|step| !step.is_empty());
    let before = std::iter::once("").chain(steps.clone());
    before.zip(steps).filter_map(|(before, step)| Some((before, step.strip_prefix('{')?.strip_suffix('}')?))).collect()
}

/// The variable for an id that no list gives: it has to be set by hand.
fn unlisted(before: &str, name: &str) -> String {
    variable(if before.contains('{') { "" } else { before }, name)
}

fn variable(step: &str, parameter: &str) -> String {
    format!("{}_{}", Words::of(step).snake(), Words::of(parameter).snake())
}

fn item(api: &Api, operation: &Operation, resources: &Resources<'_>) -> Item {
    let template = &operation.path.template;
    let name = match &operation.called {
        Some(called) => called.does.clone(),
        None => format!("{} {template}", operation.method.name()),
    };
    let tries =
        if lists(operation) && depth(template) == 0 { tried_below(api, template, resources) } else { Vec::new() };
    let makes = operation.method == Method::Post;
    let keeps = (lists(operation) || makes).then(|| kept(template, resources)).flatten();
    let mut event = vec![Event::of("test", script(operation, keeps, &tries))];
    let gone = (operation.method == Method::Delete).then(|| owned(template)).and_then(|steps| steps.last().copied());
    if let Some(variable) = gone.and_then(|(step, _)| kept(step, resources)) {
        event.push(Event::of("prerequest", taken(variable)));
    }
    Item {
        name,
        event,
        request: request(api, operation, resources, &tries),
        response: [],
        lists: turn(api, operation),
        adds_at: (lists(operation) || makes).then(|| depth(template)),
    }
}

/// The operations on single records of this list that are tried on certain ones.
fn tried_below<'r>(api: &Api, template: &str, resources: &Resources<'r>) -> Vec<(&'r Try, String)> {
    let below = api
        .operations
        .iter()
        .filter(|operation| operation.path.template.strip_prefix(template).is_some_and(|rest| rest.starts_with("/{")));
    below.filter_map(|operation| resources.tried(operation)).collect()
}

/// The variable for ids of what this path lists or makes.
fn kept<'r>(template: &str, resources: &'r Resources<'_>) -> Option<&'r str> {
    let last = template.rsplit('/').next().filter(|step| !step.contains('{'))?;
    resources.variables.get(&Words::of(last).singulars()).map(String::as_str)
}

/// What runs after a request: its status has to be a success, and an id is kept.
fn script(operation: &Operation, keeps: Option<&str>, tries: &[(&Try, String)]) -> Vec<String> {
    let codes: Vec<String> = operation
        .replies
        .iter()
        .filter_map(|reply| match reply.status {
            ir::Status::Code(code) => Some(code.to_string()),
            ir::Status::AnySuccess => None,
        })
        .collect();
    let expected = match codes.len() {
        0 => "pm.expect(pm.response.code).to.be.within(200, 299);".to_owned(),
        _ => format!("pm.expect(pm.response.code).to.be.oneOf([{}]);", codes.join(", ")),
    };
    let mut lines =
        vec!["pm.test(\"it is a success\", function () {".to_owned(), format!("    {expected}"), "});".to_owned()];
    if let Some(variable) = keeps {
        lines.extend([
            "const reply = pm.response.code < 300 && pm.response.text() ? pm.response.json() : null;".to_owned(),
            "const list = reply && (reply.$items || reply.value || reply);".to_owned(),
            "const id = (record) => record.id !== undefined ? record.id : (record.$path || \"\").split(\"/\").pop();"
                .to_owned(),
            "const first = Array.isArray(list) ? list[0] : list;".to_owned(),
            "const found = first && id(first) !== \"\";".to_owned(),
        ]);
        let set = format!("pm.environment.set(\"{variable}\", id(first));");
        lines.extend(match operation.method {
            Method::Post => vec![
                format!("if (found && !pm.environment.get(\"{variable}\")) {{"),
                format!("    {set}"),
                "}".to_owned(),
                "if (found) {".to_owned(),
                format!("    const made = JSON.parse(pm.environment.get(\"{variable}_made\") || \"[]\");"),
                format!("    pm.environment.set(\"{variable}_made\", JSON.stringify(made.concat([id(first)])));"),
                "}".to_owned(),
            ],
            _ if depth(&operation.path.template) == 0 => vec![
                "if (found) {".to_owned(),
                format!("    {set}"),
                format!("    pm.environment.set(\"{variable}_listed\", JSON.stringify([].concat(list).map(id)));"),
                "}".to_owned(),
            ],
            _ => vec!["if (found) {".to_owned(), format!("    {set}"), "}".to_owned()],
        });
        for (tried, variable) in tries {
            let steps = tried.property.split('.').map(literal).collect::<Vec<_>>().join(", ");
            let (is, name) = (literal(&tried.is), literal(variable));
            lines.extend([
                format!(
                    "const is_{variable} = (record) => [{steps}].reduce((at, step) => at && at[step], record) === {is};"
                ),
                format!("const {variable} = Array.isArray(list) ? list.find(is_{variable}) : undefined;"),
                format!("if ({variable}) {{"),
                format!("    pm.environment.set({name}, id({variable}));"),
                "}".to_owned(),
            ]);
        }
    }
    lines
}

/// What runs before something is taken away: it is the last thing that was made, or else the last that was listed.
fn taken(variable: &str) -> Vec<String> {
    vec![
        format!("for (const kept of [\"{variable}_made\", \"{variable}_listed\"]) {{"),
        "    const ids = JSON.parse(pm.environment.get(kept) || \"[]\");".to_owned(),
        "    if (ids.length > 0) {".to_owned(),
        format!("        pm.environment.set(\"{variable}\", ids.pop());"),
        "        pm.environment.set(kept, JSON.stringify(ids));".to_owned(),
        "        break;".to_owned(),
        "    }".to_owned(),
        "}".to_owned(),
    ]
}

/// A text as a literal of JavaScript.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn request(api: &Api, operation: &Operation, resources: &Resources<'_>, tries: &[(&Try, String)]) -> Request {
    let of = |location: Location| operation.parameters.iter().filter(move |parameter| parameter.location == location);
    // What is changed is changed with all that can be said; lists are asked for in whole.
    let reads = matches!(operation.method, Method::Get | Method::Head);
    let pair = |parameter: &Parameter| Pair {
        disabled: !parameter.required && reads,
        ..Pair::new(&parameter.name, &sample::text(api, parameter, &resources.about(operation)))
    };
    let headers = api.client.headers.iter().filter(|header| !operation.without_headers.contains(&header.name));
    let mut header: Vec<Pair> =
        headers.map(|header| Pair::new(&header.name, &format!("{{{{{}}}}}", header.setter))).collect();
    header.extend(of(Location::Header).map(pair));
    let body = operation.body.as_ref().and_then(|body| self::body(api, body, &resources.about(operation), &mut header));
    Request {
        method: operation.method.name(),
        header,
        url: url(api, operation, asked(of(Location::Query).map(pair).collect(), tries), resources),
        body,
    }
}

/// The query, with what makes records say whether something can be tried on them.
fn asked(mut query: Vec<Pair>, tries: &[(&Try, String)]) -> Vec<Pair> {
    for (key, value) in tries.iter().filter_map(|(tried, _)| tried.query.as_deref()?.split_once('=')) {
        match query.iter_mut().find(|pair| pair.key == key) {
            Some(pair) => *pair = Pair::new(key, value),
            None => query.push(Pair::new(key, value)),
        }
    }
    query
}

fn body(api: &Api, body: &ir::Body, about: &About<'_>, header: &mut Vec<Pair>) -> Option<Body> {
    let fields = |schema: ir::SchemaId| {
        let fields = sample::fields(api, schema, about);
        fields.into_iter().map(|(name, value)| Pair::new(&name, &value)).collect::<Vec<_>>()
    };
    let mut raw = |media: &str, text: String| {
        header.push(Pair::new("Content-Type", media));
        Some(Body { mode: "raw", raw: Some(text), ..Body::default() })
    };
    match &body.content {
        Content::Json(schema) => {
            let value = sample::value(api, *schema, about);
            let value = match &body.wrapper {
                Some(wrapper) => serde_json::json!({ wrapper: value }),
                None => value,
            };
            let text = serde_json::to_string_pretty(&value).unwrap_or_default();
            raw("application/json", sample::with_numbers(&text))
        }
        Content::Text(media) => raw(media, "text".to_owned()),
        Content::Form(schema) => {
            Some(Body { mode: "urlencoded", urlencoded: Some(fields(*schema)), ..Body::default() })
        }
        Content::Multipart(schema) => {
            Some(Body { mode: "formdata", formdata: Some(fields(*schema)), ..Body::default() })
        }
        Content::Bytes(_) => None,
    }
}

fn url(api: &Api, operation: &Operation, query: Vec<Pair>, resources: &Resources<'_>) -> Url {
    let base = ir::base_url(&api.client.base_url, operation.beside.as_deref());
    let rest = base.split_once("://").map_or("", |(_, rest)| rest);
    let steps = rest.split('/').skip(1).filter(|step| !step.is_empty());
    let mut path: Vec<String> = steps.map(|step| step.replace('{', "{{").replace('}', "}}")).collect();
    let mut variable = Vec::new();
    let mut before = "";
    for step in operation.path.template.split('/').filter(|step| !step.is_empty()) {
        match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
            Some(name) if !name.contains('{') => {
                path.push(format!(":{name}"));
                // What stands at several places is said once.
                if !variable.iter().any(|pair: &Pair| pair.key == name) {
                    let tried = resources.tried(operation).map(|(_, id)| id).filter(|_| variable.is_empty());
                    let known = tried.or_else(|| resources.variable(before).map(str::to_owned));
                    let value = known.map(|known| format!("{{{{{known}}}}}"));
                    variable
                        .push(Pair::new(name, &value.unwrap_or_else(|| format!("{{{{{}}}}}", unlisted(before, name)))));
                }
            }
            _ => path.push(step.replace('{', "{{").replace('}', "}}")),
        }
        before = step;
    }
    let sent: Vec<String> =
        query.iter().filter(|pair| !pair.disabled).map(|pair| format!("{}={}", pair.key, pair.value)).collect();
    let question = if sent.is_empty() { "" } else { "?" };
    let raw = format!("{{{{origin}}}}/{}{question}{}", path.join("/"), sent.join("&"));
    Url { raw, host: ["{{origin}}"], path, query, variable }
}

/// What has to be set before the first request, and what is known of it.
fn values(api: &Api, resources: &Resources<'_>) -> Vec<Value> {
    let base = &api.client.base_url;
    let end = base.find("://").and_then(|at| base[at + 3..].find('/').map(|slash| at + 3 + slash));
    let mut values = vec![Value::new("origin", &base[..end.unwrap_or(base.len())])];
    for variable in &api.client.variables {
        let first = variable.values.first().map(|(_, text)| text.as_str());
        values.push(Value::new(&variable.name, variable.default.as_deref().or(first).unwrap_or_default()));
    }
    values.push(Value { kind: "secret", ..Value::new("access_token", "") });
    for header in &api.client.headers {
        let kind = if header.secret { "secret" } else { "default" };
        values.push(Value { kind, ..Value::new(&header.setter, "") });
    }
    for operation in &api.operations {
        for (before, name) in parameters(&operation.path.template) {
            let key = unlisted(before, name);
            if resources.variable(before).is_none() && values.iter().all(|value| value.key != key) {
                values.push(Value::new(&key, "1"));
            }
        }
    }
    values
}

#[derive(Serialize)]
struct Collection {
    info: Info,
    auth: Auth,
    item: Vec<Folder>,
}

#[derive(Serialize)]
struct Info {
    name: String,
    schema: &'static str,
}

#[derive(Serialize)]
struct Auth {
    #[serde(rename = "type")]
    kind: &'static str,
    bearer: Vec<Pair>,
}

#[derive(Serialize)]
struct Folder {
    name: String,
    item: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    event: Vec<Event>,
    request: Request,
    response: [(); 0],
    /// When it asks for a list, if it does: see [`turn`].
    #[serde(skip)]
    lists: Option<(usize, bool)>,
    /// Below how many things it finds or makes others.
    #[serde(skip)]
    adds_at: Option<usize>,
}

#[derive(Serialize)]
struct Event {
    listen: &'static str,
    script: Script,
}

impl Event {
    fn of(listen: &'static str, exec: Vec<String>) -> Self {
        Event { listen, script: Script { kind: "text/javascript", exec } }
    }
}

#[derive(Serialize)]
struct Script {
    #[serde(rename = "type")]
    kind: &'static str,
    exec: Vec<String>,
}

#[derive(Serialize)]
struct Request {
    method: &'static str,
    header: Vec<Pair>,
    url: Url,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
}

#[derive(Serialize)]
struct Url {
    raw: String,
    host: [&'static str; 1],
    path: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    query: Vec<Pair>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variable: Vec<Pair>,
}

#[derive(Default, Serialize)]
struct Body {
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    urlencoded: Option<Vec<Pair>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    formdata: Option<Vec<Pair>>,
}

#[derive(Serialize)]
struct Pair {
    key: String,
    value: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
}

impl Pair {
    fn new(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), value: value.to_owned(), disabled: false }
    }
}

#[derive(Serialize)]
struct Environment {
    name: String,
    values: Vec<Value>,
    #[serde(rename = "_postman_variable_scope")]
    scope: &'static str,
}

#[derive(Serialize)]
struct Value {
    key: String,
    value: String,
    #[serde(rename = "type")]
    kind: &'static str,
    enabled: bool,
}

impl Value {
    fn new(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), value: value.to_owned(), kind: "default", enabled: true }
    }
}
