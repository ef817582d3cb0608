//! From the facts of an API to the Rust that stands for them: every name, type, box and sentence.
//!
//! ```text
//! resources and methods -> types that are reached -> their names -> models -> operations
//! ```
//!
//! Names are chosen in two steps, gathered first and then resolved all together, and those that `names.lock` keeps are
//! untouchable. Nothing depends on the order of the document but the order of fields.

mod attributes;
mod availability;
mod boxes;
mod docs;
mod models;
mod odata;
mod operations;
mod paths;
mod properties;
mod reach;
mod replies;
mod resources;
mod sentences;
mod shape;
mod types;
mod usage;

pub(crate) use docs::{code, list};

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostics;
use crate::ir;
use crate::names::lock::{Entry, Kind};
use crate::names::resolve::{Wish, resolve};
use crate::names::{ApiNames, Ident, Lock, Words};
use crate::ordered;
use crate::rust::{Choice, Client, Header, Item, ModelFile, Package, Resource, Variable};

/// The outcome: the package, and its names for the next `names.lock`.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// What will be printed.
    pub package: Package,
    /// Every public name in it.
    pub names: ApiNames,
    /// What each schema is called, in each of its roles, if it is a model.
    pub models: BTreeMap<ir::SchemaId, Vec<Ident>>,
    /// The schemas that an operation reaches, models or not.
    pub reached: BTreeSet<ir::SchemaId>,
}

/// Lowers an API. Names that `lock` keeps stay as they are.
pub fn lower(api: &ir::Api, lock: &Lock, _diagnostics: &mut Diagnostics) -> Lowered {
    let kept = lock.api(&api.module);
    let mut names = ApiNames::default();
    let plan = resources::plan(api, &kept, &mut names);
    let mut walk = reach::Walk::new(api);
    let roots = operations::begin(api, &plan, &mut walk);
    let found = walk.finish();
    let named = types::name(api, &found, &kept);
    let usage = usage::Usage::new(api, &found, &roots, &plan);
    let models = models::Models::new(api, &found, &named, &kept, &usage);
    let files = usage.files(&found, &named, &plan);
    let items = models.items(&mut names);
    let called = found.called(&named);
    let properties = properties::modules(&models, &plan, &items);
    let availability = availability::lower(api);
    let sorts = attributes::sorts(api, &plan);
    let resources = operations::lower(&models, &plan, availability.as_ref(), sorts, &properties, &mut names);
    let package = Package {
        module: api.module.clone(),
        title: docs::prose(&api.title),
        documents: documents(api),
        client: client(api, &kept, &resources, &mut names),
        resources,
        models: model_files(items, files),
        availability,
        properties,
        values: attributes::values(api),
    };
    Lowered { package, names, models: called, reached: found.reached }
}

/// The file of models that belong to several resources.
pub(crate) const SHARED: &str = "shared";

/// The documents, each once, in the order of their names.
fn documents(api: &ir::Api) -> Vec<String> {
    let mut files: Vec<String> = api.operations.iter().map(|operation| operation.place.file.to_string()).collect();
    files.sort_unstable();
    files.dedup();
    files
}

fn model_files(items: Vec<Item>, files: Vec<Option<Ident>>) -> Vec<ModelFile> {
    let mut by_file: BTreeMap<Ident, Vec<Item>> = BTreeMap::new();
    for (item, file) in items.into_iter().zip(files) {
        by_file.entry(file.unwrap_or_else(|| Ident::snake(&Words::of(SHARED)))).or_default().push(item);
    }
    let mut out = Vec::with_capacity(by_file.len());
    for (module, mut items) in by_file {
        items.sort_by(|a, b| a.name().cmp(b.name()));
        let words = Words::of(module.as_str()).prose();
        out.push(ModelFile { module, words, items });
    }
    out
}

/// Methods that the builder has for itself.
const RESERVED_SETTERS: &[&str] = &[
    "access_token",
    "token_source",
    "transport",
    "base_url",
    "origin",
    "timeout",
    "timeouts",
    "limits",
    "clock",
    "build",
    "clone",
    "app",
    "credentials",
    "token_store",
    "grant",
];

fn client(api: &ir::Api, kept: &ApiNames, resources: &[Resource], names: &mut ApiNames) -> Client {
    let client = &api.client;
    let wishes = client.variables.iter().map(|variable| &variable.name).chain(client.headers.iter().map(|h| &h.setter));
    let wishes: Vec<Wish> = wishes.map(|name| Wish::new(name, types::value_names(name))).collect();
    let setters = resolve(&wishes, &|name| RESERVED_SETTERS.contains(&name));
    let variables = client.variables.iter().filter_map(|variable| {
        let setter = setters.get(&variable.name)?.clone();
        let entry = kept.get(Kind::Variable, &variable.name);
        let choice = choice(variable, entry);
        let members =
            choice.iter().flat_map(|choice| choice.variants.iter().map(|(name, text)| (text.clone(), name.clone())));
        let all = [Some(setter.clone()), choice.as_ref().map(|choice| choice.name.clone())];
        let entry = Entry { names: all.into_iter().flatten().collect(), members: ordered::map(members) };
        names.set(Kind::Variable, variable.name.clone(), entry);
        Some(Variable { wire: variable.name.clone(), setter, choice, default: variable.default.clone() })
    });
    let variables = variables.collect();
    let view = view(client, resources);
    let headers = client.headers.iter().filter_map(|header| {
        Some(Header {
            wire: header.name.clone(),
            setter: setters.get(&header.setter)?.clone(),
            required: header.required,
            secret: header.secret,
            integer: header.integer,
            except: header.except.clone(),
        })
    });
    Client {
        base_url: client.base_url.clone(),
        decimals: client.decimals,
        errors: client.errors,
        idempotency: client.idempotency.as_ref().map(|idempotency| idempotency.property.clone()),
        concurrency: client.concurrency,
        oauth: client.oauth.clone(),
        variables,
        headers: headers.collect(),
        reference: client.reference.clone(),
        standard: client.standard.clone(),
        view,
    }
}

/// `for_business`: what the first header is called that says for whom requests are.
fn view(client: &ir::Client, resources: &[Resource]) -> Option<Ident> {
    let first = client.headers.iter().find(|header| !header.secret)?;
    let name = Ident::snake(&Words::of("for").then(&Words::of(&first.setter)));
    let wish = Wish::new("", vec![name.clone(), name.with_suffix("view"), name.with_suffix("client")]);
    resolve(&[wish], &|name| resources.iter().any(|resource| resource.module.as_str() == name)).remove("")
}

fn choice(variable: &ir::Variable, kept: Option<&Entry>) -> Option<Choice> {
    if variable.values.is_empty() {
        return None;
    }
    let name = Ident::camel(&Words::of(&variable.name));
    let taken =
        |name: &&str| matches!(*name, "Client" | "ClientBuilder") || crate::names::ident::RESERVED_TYPES.contains(name);
    let name = if taken(&name.as_str()) { name.with_suffix("Choice") } else { name };
    let name = kept.and_then(|entry| entry.names.get(1)).cloned().unwrap_or(name);
    let label = |text: &str| {
        let label = variable.values.iter().find(|(_, value)| value == text).map_or(text, |(label, _)| label);
        types::variant_names(label)
    };
    let names = types::members(
        variable.values.iter().map(|(_, text)| text.as_str()),
        kept,
        |text| label(text).swap_remove(0),
        label,
        &|name| name == "Unknown",
    );
    let variants = variable.values.iter().filter_map(|(_, text)| Some((names.get(text)?.clone(), text.clone())));
    Some(Choice { name, variants: variants.collect() })
}
