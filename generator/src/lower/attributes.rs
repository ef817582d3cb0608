//! Names that users give in requests: properties of models that are asked for in parts, what lists are sorted by, and
//! values that the service has names for.

use std::collections::{BTreeMap, BTreeSet};

use super::models::Models;
use super::reach::{self, TypeId};
use super::resources::Plan;
use super::{docs, properties, types, usage};
use crate::ir::{self, Takes};
use crate::names::ident::long_mark;
use crate::names::resolve::{Wish, resolve};
use crate::names::{Ident, Words};
use crate::ordered;
use crate::rust::{AttributeModule, Attributes, Role, SortKeys, ValueModule};

/// Modules that are not those of a model.
const RESERVED: &[&str] = &["groups", "inside", "shared"];

/// A module for each model that is asked for in parts, which operations with such a parameter answer. The names of what
/// stands directly inside of such a reply are there too, where a parameter asks for these.
pub(super) fn modules(models: &Models<'_>) -> Attributes {
    let mut own: BTreeMap<TypeId, BTreeSet<&str>> = BTreeMap::new();
    let mut inside: BTreeSet<&str> = BTreeSet::new();
    let always = always(models.api);
    for operation in &models.api.operations {
        for (object, ty) in answered(models, operation) {
            if let Some(Takes::Attributes { always }) =
                takes(operation, |takes| matches!(takes, Takes::Attributes { .. }))
            {
                let names = names(object).filter(|name| !always.iter().any(|known| known == name));
                own.entry(ty).or_default().extend(names);
            }
            if takes(operation, |takes| *takes == Takes::NestedAttributes).is_some() {
                let names = object.properties.iter().flat_map(|property| names_inside(models, property.schema));
                inside.extend(names.filter(|name| !always.contains(name)));
            }
        }
    }
    let all: Vec<&str> = ordered::set(own.values().flatten().copied().chain(inside)).into_iter().collect();
    let constants = constants(&all);
    let wishes: Vec<Wish> = own.keys().map(|ty| properties::wish(&models.named[ty.0].name)).collect();
    let given = resolve(&wishes, &|name| RESERVED.contains(&name));
    let modules = own.iter().filter(|(_, names)| !names.is_empty()).filter_map(|(ty, names)| {
        let model = models.named[ty.0].name.clone();
        let constants = names.iter().filter_map(|name| constants.get(*name).cloned());
        Some(AttributeModule { module: given.get(model.as_str())?.clone(), model, constants: constants.collect() })
    });
    let mut modules: Vec<AttributeModule> = modules.collect();
    modules.sort_by(|a, b| a.module.cmp(&b.module));
    let names = all.into_iter().filter_map(|name| Some((constants.get(name)?.clone(), name.to_owned())));
    Attributes { names: names.collect(), modules }
}

/// What replies hold in any case.
fn always(api: &ir::Api) -> BTreeSet<&str> {
    let parameters = api.operations.iter().flat_map(|operation| &operation.parameters);
    let always = parameters.filter_map(|parameter| match &parameter.takes {
        Takes::Attributes { always } => Some(always),
        _ => None,
    });
    ordered::set(always.flatten().map(String::as_str))
}

fn takes(operation: &ir::Operation, is: impl Fn(&Takes) -> bool) -> Option<&Takes> {
    operation.parameters.iter().map(|parameter| &parameter.takes).find(|takes| is(takes))
}

/// The objects that an operation answers, alone or in lists, and their types.
pub(super) fn answered<'a>(models: &Models<'a>, operation: &ir::Operation) -> Vec<(&'a ir::Object, TypeId)> {
    let schemas = operation.replies.iter().filter_map(|reply| match reply.content {
        Some(ir::Content::Json(schema)) => Some(usage::through(models.api, schema).0),
        _ => None,
    });
    schemas.filter_map(|schema| Some((object(models, schema)?, models.found.of(schema, Role::Reply)?))).collect()
}

fn object<'a>(models: &Models<'a>, schema: ir::SchemaId) -> Option<&'a ir::Object> {
    match &models.api.schema(schema).kind {
        ir::Kind::Object(object) if reach::is_struct(object) => Some(object),
        _ => None,
    }
}

/// The properties that replies have.
fn names(object: &ir::Object) -> impl Iterator<Item = &str> {
    let answered = object.properties.iter().filter(|property| reach::in_role(property, Role::Reply, false));
    answered.map(|property| property.name.as_str())
}

fn names_inside<'a>(models: &Models<'a>, schema: ir::SchemaId) -> Vec<&'a str> {
    object(models, usage::through(models.api, schema).0).into_iter().flat_map(names).collect()
}

/// What constants are called that stand for these.
fn constants(wires: &[&str]) -> types::Members {
    let mut names = types::members(
        wires.iter().copied(),
        None,
        |wire| Ident::screaming(&Words::of(wire)),
        |wire| {
            let plain = Ident::screaming(&Words::of(wire));
            vec![plain.clone(), Ident::screaming(&Words::spelled(wire)), plain.with_suffix("_VALUE")]
        },
        &|_| false,
    );
    // The marks that tell the last ones apart are in small letters. What others are called already keeps another.
    let mut used: BTreeSet<Ident> = ordered::set(names.values().filter(|name| **name == name.in_capitals()).cloned());
    for (wire, name) in names.iter_mut().filter(|(_, name)| **name != name.in_capitals()) {
        let mut capitals = name.in_capitals();
        while !used.insert(capitals.clone()) {
            capitals = capitals.with_suffix(&format!("_{}", long_mark(wire))).in_capitals();
        }
        *name = capitals;
    }
    names
}

/// Values that the service has names for, a module for each kind.
pub(super) fn values(api: &ir::Api) -> Vec<ValueModule> {
    let wishes: Vec<Wish> = api.values.iter().map(|kind| module_wish_of(&kind.name)).collect();
    let names = resolve(&wishes, &|_| false);
    let modules = api.values.iter().filter_map(|kind| {
        let of: Vec<String> = kind.of.iter().map(|name| docs::code(name)).collect();
        let line = format!("{}: for {}", docs::prose(&Words::of(&kind.name).prose()), docs::list(&of));
        Some(ValueModule {
            module: names.get(&kind.name)?.clone(),
            docs: vec![docs::sentence(&line)],
            values: keys(&kind.values),
        })
    });
    let mut modules: Vec<ValueModule> = modules.collect();
    modules.sort_by(|a, b| a.module.cmp(&b.module));
    modules
}

fn module_wish_of(name: &str) -> Wish {
    let words = Words::of(name);
    Wish::new(name, vec![Ident::snake(&words), Ident::snake(&words.then(&Words::of("values")))])
}

/// What lists can be sorted by: a module for each request that can say it, by resource.
pub(super) fn sorts(api: &ir::Api, plan: &Plan) -> BTreeMap<usize, Vec<SortKeys>> {
    let mut requests = Vec::new();
    for (number, operation) in api.operations.iter().enumerate() {
        let sorted = operation.parameters.iter().filter_map(|parameter| match &parameter.takes {
            Takes::Sort { descending } => Some((parameter, descending)),
            _ => None,
        });
        let path = operation.path.template.as_str();
        requests.extend(sorted.map(|(parameter, descending)| {
            let request = &plan.operations[number].request;
            (plan.resource_of(number), path.len(), path, request, &parameter.values, descending)
        }));
    }
    // Of several lists of a resource the one at the shortest path has the short name.
    requests.sort_unstable();
    let mut out: BTreeMap<usize, Vec<SortKeys>> = BTreeMap::new();
    for (resource, _, _, request, values, descending) in requests {
        let known = out.entry(resource).or_default();
        let sort = Words::of("sort");
        let long = sort.then(&Words::of(request.as_str()));
        let wish = Wish::new("", vec![Ident::snake(&sort), Ident::snake(&long)]);
        let taken = |name: &str| known.iter().any(|sort| sort.module.as_str() == name);
        let Some(module) = resolve(&[wish], &taken).remove("") else { continue };
        known.push(SortKeys {
            module,
            request: request.clone(),
            docs: vec![format!("What [`{request}`] can sort by.")],
            keys: keys(values),
            descending: descending.clone(),
        });
    }
    out
}

/// Constant and wire name of each, in their order.
fn keys(values: &[String]) -> Vec<(Ident, String)> {
    let mut seen = BTreeSet::new();
    let wires: Vec<&str> = values.iter().map(String::as_str).filter(|value| seen.insert(*value)).collect();
    let names = constants(&wires);
    wires.into_iter().filter_map(|wire| Some((names.get(wire)?.clone(), wire.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::constants;

    #[test]
    fn constants_are_in_capitals() {
        let long = "a".repeat(300);
        let longer = "a".repeat(301);
        let wires = ["a b", "a-b", "a_b", "A b", "a.b", "a:b", &long, &longer, "é", "e"];
        let names = constants(&wires);
        let all: std::collections::BTreeSet<&str> = names.values().map(|name| name.as_str()).collect();
        assert_eq!(all.len(), wires.len());
        assert!(all.iter().all(|name| !name.contains(|c: char| c.is_ascii_lowercase())), "{all:?}");
    }
}
