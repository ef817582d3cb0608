//! OData: the options of requests that name properties, and the properties that there are to name.

use std::collections::{BTreeMap, BTreeSet};

use super::models::Models;
use super::resources::Plan;
use super::{properties, replies};
use crate::ir::{self, Takes};
use crate::names::resolve::{Wish, resolve};
use crate::names::{Ident, Words};
use crate::ordered;
use crate::rust::{Item, PropertyKind, Reply, Setter, Shared, Struct, Target, Type, TypedModule};

/// The model that is answered, alone or in pages, whose properties are named.
pub(super) fn model<'a>(reply: &'a Reply, models: &Models<'_>) -> Option<&'a Ident> {
    let (Reply::Page(Type::Model(model)) | Reply::Json(Type::Model(model))) = reply else { return None };
    (!models.is_enum(model)).then_some(model)
}

/// The request of the runtime that has these setters and no others, if there is one.
pub(super) fn shared(reply: &Reply, setters: &[(String, Setter)]) -> Option<Shared> {
    const LIST: &[(&str, &str)] = &[
        ("count", "$count: bool"),
        ("expand", "$expand"),
        ("filter", "$filter"),
        ("metadata", "$metadata: bool"),
        ("orderby", "$orderby"),
        ("select", "$select"),
        ("skip", "$skip: u32"),
        ("top", "$top: u32"),
    ];
    const SINGLE: &[(&str, &str)] = &[("expand", "$expand"), ("metadata", "$metadata: bool"), ("select", "$select")];
    let mut found = Vec::with_capacity(setters.len());
    for (_, setter) in setters {
        let what = match &setter.target {
            Target::Query { wire, ty: Type::OData(..), list: None } => wire.clone(),
            Target::Query { wire, ty: Type::Bool, list: None } => format!("{wire}: bool"),
            Target::Query { wire, ty: Type::Integer(ir::Integer::U32), list: None } => format!("{wire}: u32"),
            _ => return None,
        };
        found.push((setter.name.as_str(), what));
    }
    found.sort_unstable();
    let is = |known: &[(&str, &str)]| found.iter().map(|(name, what)| (*name, what.as_str())).eq(known.iter().copied());
    match reply {
        Reply::Page(Type::Model(_)) if is(LIST) => Some(Shared::List),
        Reply::Json(Type::Model(_)) if is(SINGLE) => Some(Shared::Single),
        _ => None,
    }
}

/// The properties of all models that requests name properties of.
pub(super) fn modules(models: &Models<'_>, plan: &Plan, items: &[Item]) -> Vec<TypedModule> {
    let operations = models.api.operations.iter().zip(&plan.operations);
    let asked = operations.filter(|(operation, _)| {
        operation.parameters.iter().any(|parameter| matches!(parameter.takes, Takes::OData(_)))
    });
    let replies: Vec<Reply> =
        asked.map(|(operation, planned)| replies::lower(models, operation, &planned.request)).collect();
    let wanted: BTreeSet<&Ident> = ordered::set(replies.iter().filter_map(|reply| model(reply, models)));
    let enums: BTreeMap<&Ident, bool> = ordered::map(items.iter().filter_map(|item| match item {
        Item::Enum(item) => Some((&item.name, matches!(item.values, crate::rust::Values::Strings(_)))),
        Item::Struct(_) | Item::Union(_) => None,
    }));
    let structs = items.iter().filter_map(|item| match item {
        Item::Struct(item) if wanted.contains(&item.name) => Some(item),
        Item::Struct(_) | Item::Enum(_) | Item::Union(_) => None,
    });
    let structs: Vec<&Struct> = structs.collect();
    let wishes: Vec<Wish> = structs.iter().map(|item| properties::wish(&item.name)).collect();
    let modules = resolve(&wishes, &crate::names::ident::is_device);
    let each = structs.iter().filter_map(|item| Some(of(item, modules.get(item.name.as_str())?.clone(), &enums)));
    let mut all: Vec<TypedModule> = each.collect();
    all.sort_by(|a, b| a.module.cmp(&b.module));
    all
}

fn of(item: &Struct, module: Ident, enums: &BTreeMap<&Ident, bool>) -> TypedModule {
    let (mut values, mut relations, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    // A name without letters is the same in capitals.
    let wishes = item.fields.iter().map(|field| {
        let name = Ident::screaming(&Words::of(field.name.as_str()));
        Wish::new(field.name.as_str(), vec![name.clone(), name.with_suffix("_NAME")])
    });
    let functions: BTreeSet<&str> = ordered::set(item.fields.iter().map(|field| field.name.as_str()));
    let constants = resolve(&wishes.collect::<Vec<_>>(), &|name| functions.contains(name));
    for field in &item.fields {
        let Some(constant) = constants.get(field.name.as_str()).cloned() else { continue };
        let wire = field.wire.clone();
        match kind(&field.ty, enums) {
            _ if field.expandable => relations.push((constant, wire)),
            Some(kind) => values.push((constant, field.name.clone(), kind, wire)),
            None => parts.push((constant, wire)),
        }
    }
    TypedModule { module, model: item.name.clone(), values, relations, parts }
}

/// What values of this type are compared with; `None`: with nothing.
fn kind(ty: &Type, enums: &BTreeMap<&Ident, bool>) -> Option<PropertyKind> {
    match ty {
        Type::String => Some(PropertyKind::Text),
        Type::Integer(_) | Type::Float | Type::Decimal => Some(PropertyKind::Number),
        Type::Bool => Some(PropertyKind::Flag),
        Type::Date => Some(PropertyKind::Date),
        Type::DateTime => Some(PropertyKind::Moment),
        Type::Model(name) => {
            enums.get(name).map(|strings| if *strings { PropertyKind::Text } else { PropertyKind::Number })
        }
        Type::Option(ty) | Type::Box(ty) | Type::Update(ty) => kind(ty, enums),
        Type::Base64 | Type::Part | Type::Json | Type::Vec(_) | Type::Map(_) => None,
        Type::When | Type::Attributes | Type::Sort(_) | Type::OData(..) => None,
    }
}
