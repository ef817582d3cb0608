//! Operations: from a method on a path to a method on a resource.

mod more;

use std::collections::BTreeMap;

use super::models::Models;
use super::paths::{self, Tail};
use super::reach::{self, Base, Walk};
use super::resources::{Plan, Planned, Resource};
use super::types;
use super::usage::{Part, Root};
use super::{availability, docs, odata, replies, sentences};
use crate::ir;
use crate::names::lock::{Entry, Kind};
use crate::names::resolve::{Wish, resolve};
use crate::names::{ApiNames, Ident, Words};
use crate::ordered;
use crate::rust::{self, Argument, Body, Docs, Method, Reply, Role, Setter, Target, Type};

/// Names that a request struct has for itself.
const RESERVED_SETTERS: &[&str] = &[
    "send",
    "send_full",
    "send_blocking",
    "send_full_blocking",
    "query",
    "header",
    "items",
    "pages",
    "into_future",
    "clone",
];

/// Begins the walk at everything that operations send and answer.
pub(super) fn begin(api: &ir::Api, plan: &Plan, walk: &mut Walk<'_>) -> Vec<Root> {
    let mut roots = Vec::new();
    for (number, (operation, planned)) in api.operations.iter().zip(&plan.operations).enumerate() {
        let resource = &plan.resources[planned.resource];
        let mut add = |base: Base, part: Part, schema: ir::SchemaId, role: Role| {
            walk.begin(base, schema, role);
            roots.push(Root { operation: number, part, schema, role });
        };
        for reply in &operation.replies {
            if let Some(ir::Content::Json(schema)) = reply.content {
                add(reply_base(operation, planned, resource), Part::Reply, schema, Role::Reply);
            }
        }
        if let Some((schema, role)) = operation.body.as_ref().and_then(|body| sent(operation, body)) {
            add(body_base(api, operation, planned, resource, schema), Part::Body, schema, role);
        }
        for parameter in operation.path.parameters.iter().chain(&operation.parameters) {
            let base = parameter_base(planned, resource, parameter);
            add(base, Part::Parameter, parameter.schema, Role::Create);
        }
    }
    roots
}

/// The schema of a body, and its role.
fn sent(operation: &ir::Operation, body: &ir::Body) -> Option<(ir::SchemaId, Role)> {
    match body.content {
        ir::Content::Json(schema) if matches!(operation.method, ir::Method::Put | ir::Method::Patch) => {
            Some((schema, Role::Update))
        }
        ir::Content::Json(schema) | ir::Content::Form(schema) | ir::Content::Multipart(schema) => {
            Some((schema, Role::Create))
        }
        ir::Content::Bytes(_) | ir::Content::Text(_) => None,
    }
}

fn reply_base(operation: &ir::Operation, planned: &Planned, resource: &Resource) -> Base {
    let request = Words::of(planned.request.as_str()).then(&Words::of("reply"));
    let words = match (&planned.shape.tail, operation.method) {
        _ if planned.crud => resource.item.clone(),
        (Tail::Action { name, .. }, ir::Method::Get) => resource.item.overlap(name),
        _ => request.clone(),
    };
    Base {
        key: format!("{}/reply", planned.key),
        long: words.clone(),
        words,
        step: None,
        also: Some(request),
        own: false,
        whole: true,
    }
}

fn body_base(
    api: &ir::Api,
    operation: &ir::Operation,
    planned: &Planned,
    resource: &Resource,
    schema: ir::SchemaId,
) -> Base {
    let body = operation.body.as_ref();
    let request = Words::of(planned.request.as_str()).then(&Words::of("request"));
    let name = api.schema(schema).name.as_deref().map(Words::of);
    let json = matches!(body.map(|body| &body.content), Some(ir::Content::Json(_)));
    let own = !json
        || !matches!(operation.method, ir::Method::Post | ir::Method::Put | ir::Method::Patch)
        || (operation.method == ir::Method::Post && !planned.crud)
        || name.is_some_and(|words| words.last() == Some("request"));
    let words = match body.and_then(|body| body.wrapper.as_deref()) {
        Some(wrapper) => Words::of(wrapper),
        None if planned.crud => resource.item.clone(),
        None => request.clone(),
    };
    Base { key: planned.key.clone(), long: words.clone(), words, step: None, also: Some(request), own, whole: true }
}

fn parameter_base(planned: &Planned, resource: &Resource, parameter: &ir::Parameter) -> Base {
    let step = Words::of(&parameter.name);
    Base {
        key: format!("{}?{}", planned.key, parameter.name),
        words: resource.item.overlap(&step),
        long: resource.item.then(&step),
        step: Some(step),
        also: None,
        own: true,
        whole: false,
    }
}

/// Makes the resources.
pub(super) fn lower(
    models: &Models<'_>,
    plan: &Plan,
    availability: Option<&rust::Availability>,
    mut sorts: BTreeMap<usize, Vec<rust::SortKeys>>,
    properties: &rust::Properties,
    names: &mut ApiNames,
) -> Vec<rust::Resource> {
    let known = properties.by_model();
    let mut resources: Vec<rust::Resource> = plan.resources.iter().map(empty).collect();
    for (operation, planned) in models.api.operations.iter().zip(&plan.operations) {
        let resource = &plan.resources[planned.resource];
        let method = Lowering { models, operation, planned, resource, availability, known: &known }.method(names);
        let same_editions = resource.same_editions;
        let resource = &mut resources[planned.resource];
        if same_editions {
            resource.docs = docs::editions(&operation.terms);
        }
        resource.methods.push(method);
        resource.documents.push(operation.place.file.to_string());
    }
    for (number, resource) in resources.iter_mut().enumerate() {
        resource.sorts = sorts.remove(&number).unwrap_or_default();
        more::second_names(&mut resource.methods);
        resource.documents.sort_unstable();
        resource.documents.dedup();
        resource.methods.sort_by(|a, b| order(a).cmp(&order(b)));
        let shortest =
            resource.methods.iter().map(|method| method.operation.path.as_str()).min_by_key(|path| (path.len(), *path));
        resource.path = shortest.unwrap_or_default().to_owned();
    }
    resources.sort_by(|a, b| a.module.cmp(&b.module));
    resources
}

fn empty(resource: &Resource) -> rust::Resource {
    rust::Resource {
        module: resource.module.clone(),
        name: resource.name.clone(),
        words: resource.words.prose(),
        docs: Docs::new(),
        path: String::new(),
        documents: Vec::new(),
        methods: Vec::new(),
        sorts: Vec::new(),
    }
}

/// Reading first, then writing, then what else there is.
fn order(method: &Method) -> (usize, &Ident) {
    let verbs = ["list", "get", "create", "update", "replace", "delete"];
    let first = method.name.as_str().split('_').next().unwrap_or_default();
    (verbs.iter().position(|verb| *verb == first).unwrap_or(verbs.len()), &method.name)
}

/// One operation on its way.
struct Lowering<'a> {
    models: &'a Models<'a>,
    operation: &'a ir::Operation,
    planned: &'a Planned,
    resource: &'a Resource,
    availability: Option<&'a rust::Availability>,
    /// The modules of properties, by model.
    known: &'a BTreeMap<&'a Ident, &'a Ident>,
}

impl Lowering<'_> {
    fn method(&self, names: &mut ApiNames) -> Method {
        let reply = replies::lower(self.models, self.operation, &self.planned.request);
        let paged = matches!(reply, Reply::Page(_));
        let setters = self.setters(&reply);
        let arguments = self.arguments(&reply);
        let also = self.also(&setters, &arguments);
        let request = (paged || !setters.is_empty()).then(|| rust::Request {
            name: self.planned.request.clone(),
            shared: odata::shared(&reply, &setters),
            properties: self.typed(&reply, &setters),
            setters: setters.iter().map(|(_, setter)| setter.clone()).collect(),
        });
        let mut entry =
            Entry { names: vec![self.resource.module.clone(), self.planned.method.clone()], ..Entry::default() };
        if request.is_some() || matches!(reply, Reply::ByStatus(_)) {
            entry.names.push(self.planned.request.clone());
        }
        entry.members = ordered::map(setters.into_iter().map(|(wire, setter)| (wire, setter.name)));
        names.set(Kind::Method, self.planned.key.clone(), entry);
        Method {
            name: self.planned.method.clone(),
            constant: Ident::screaming(&Words::of(self.planned.method.as_str())),
            docs: sentences::method(self.operation, self.planned, self.resource, &reply),
            deprecated: self.operation.deprecated,
            operation: self.descriptor(&reply),
            arguments,
            empty_body: self.operation.body.as_ref().is_some_and(|body| self.is_empty(body)),
            request,
            reply,
            files: self.files(),
            also,
        }
    }

    fn descriptor(&self, reply: &Reply) -> rust::Operation {
        let operation = self.operation;
        rust::Operation {
            id: format!("{}.{}", self.resource.module, self.planned.method),
            method: operation.method,
            beside: operation.beside.clone(),
            path: operation.path.template.clone(),
            resend: operation.resend,
            without_headers: operation.without_headers.clone(),
            paging: operation.paging.clone().filter(|_| matches!(reply, Reply::Page(_))),
            wrapper: operation.body.as_ref().and_then(|body| body.wrapper.clone()),
            idempotent_by_id: operation.idempotent_by_id,
            sequential: operation.sequential,
            atomic: operation.atomic,
            professional_only: operation.terms.professional_only && self.models.api.client.standard.is_some(),
            accept: replies::accept(operation, reply),
            availability: availability::of(self.availability, operation),
            place: operation.place.to_string(),
        }
    }

    /// What must be given: parts of the path, required parameters, the body.
    fn arguments(&self, reply: &Reply) -> Vec<Argument> {
        let mut wanted: Vec<(Wish, Target)> = Vec::new();
        let owners = paths::owners(&self.operation.path.template);
        for (index, parameter) in self.operation.path.parameters.iter().enumerate() {
            let mut names = types::value_names(&parameter.name);
            if let Some(owner) = owners.get(index).filter(|_| owners.len() == self.operation.path.parameters.len()) {
                names.insert(1, Ident::snake(&owner.overlap(&Words::of(&parameter.name))));
            }
            let wish = Wish::new(format!("1 {}", parameter.name), names);
            wanted.push((wish, Target::Path(self.scalar(parameter.schema))));
        }
        for parameter in self.operation.parameters.iter().filter(|parameter| parameter.required) {
            let mut wish = Wish::new(
                format!("2 {:?} {}", parameter.location, parameter.name),
                types::value_names(&parameter.name),
            );
            wish.rank = 1;
            wanted.push((wish, self.target(parameter, reply)));
        }
        if let Some(body) = self.operation.body.as_ref().filter(|body| !self.is_empty(body)) {
            let (name, body) = self.body(body);
            let mut wish = Wish::new("3", vec![name, Ident::snake(&Words::of("body"))]);
            wish.rank = 2;
            wanted.push((wish, Target::Body(body)));
        }
        let wishes: Vec<Wish> = wanted.iter().map(|(wish, _)| wish.clone()).collect();
        let names = resolve(&wishes, &|_| false);
        let named = wanted
            .into_iter()
            .filter_map(|(wish, target)| Some(Argument { name: names.get(&wish.key)?.clone(), target }));
        named.collect()
    }

    /// Can nothing be in it?
    fn is_empty(&self, body: &ir::Body) -> bool {
        let ir::Content::Json(schema) = body.content else { return false };
        match &self.models.api.schema(schema).kind {
            ir::Kind::Object(object) => object.closed && !reach::is_struct(object) && object.additional.is_none(),
            _ => false,
        }
    }

    fn body(&self, body: &ir::Body) -> (Ident, Body) {
        let ty = |schema, role| {
            let ty = self.models.ty(schema, role);
            if body.required { ty } else { Type::Option(Box::new(ty)) }
        };
        let name = |schema, role| self.body_name(body, schema, role);
        let role = if matches!(self.operation.method, ir::Method::Put | ir::Method::Patch) {
            Role::Update
        } else {
            Role::Create
        };
        match &body.content {
            ir::Content::Json(schema) => (name(*schema, role), Body::Json(ty(*schema, role))),
            ir::Content::Form(schema) if self.is_struct(*schema) => {
                (name(*schema, Role::Create), Body::Form(self.models.ty(*schema, Role::Create)))
            }
            ir::Content::Multipart(schema) if self.is_struct(*schema) => {
                (name(*schema, Role::Create), Body::Multipart(self.models.ty(*schema, Role::Create)))
            }
            // A form of which nothing is known is given as it goes over the wire.
            ir::Content::Form(_) => {
                (Ident::snake(&Words::of("form")), Body::Text("application/x-www-form-urlencoded".into()))
            }
            ir::Content::Multipart(_) => (Ident::snake(&Words::of("form")), Body::Bytes("multipart/form-data".into())),
            ir::Content::Bytes(media) => (Ident::snake(&Words::of("bytes")), Body::Bytes(media.clone())),
            ir::Content::Text(media) => (Ident::snake(&Words::of("text")), Body::Text(media.clone())),
        }
    }

    /// What a body is called: by its wrapper, by its type, or for a list by the resource.
    fn body_name(&self, body: &ir::Body, schema: ir::SchemaId, role: Role) -> Ident {
        if let Some(wrapper) = &body.wrapper {
            return Ident::snake(&Words::of(wrapper));
        }
        let words = match self.models.found.of(schema, role) {
            Some(ty) => super::models::words(&self.models.named[ty.0], Some(role)),
            None if matches!(self.models.ty(schema, role), Type::Vec(_)) => self.resource.words.clone(),
            None => Words::of("body"),
        };
        if words.last() == Some("request") { Ident::snake(&Words::of("request")) } else { Ident::snake(&words) }
    }

    /// What may be set.
    fn setters(&self, reply: &Reply) -> Vec<(String, Setter)> {
        let optional = || self.operation.parameters.iter().filter(|parameter| !parameter.required);
        let key = |parameter: &ir::Parameter| match parameter.location {
            ir::Location::Query | ir::Location::Path => parameter.name.clone(),
            ir::Location::Header => format!("header:{}", parameter.name),
            ir::Location::Cookie => format!("cookie:{}", parameter.name),
        };
        let kept = self.models.kept.get(Kind::Method, &self.planned.key);
        let keys: Vec<String> = optional().map(key).collect();
        let candidates = |key: &str| {
            let name = key
                .split_once(':')
                .filter(|(place, _)| matches!(*place, "header" | "cookie"))
                .map_or(key, |(_, name)| name);
            let mut names = types::value_names(name);
            names.insert(1, names[0].with_suffix("parameter"));
            names
        };
        let names = types::members(
            keys.iter().map(String::as_str),
            kept,
            |key| candidates(key).swap_remove(0),
            candidates,
            &|name| RESERVED_SETTERS.contains(&name),
        );
        let setters = optional().zip(keys).filter_map(|(parameter, key)| {
            let setter = Setter {
                name: names.get(&key)?.clone(),
                target: self.target(parameter, reply),
                docs: sentences::parameter(
                    self.models.api,
                    parameter,
                    self.resource,
                    self.constants(parameter, reply).as_deref(),
                ),
                deprecated: parameter.deprecated,
            };
            Some((key, setter))
        });
        let mut seen = std::collections::BTreeSet::new();
        setters.filter(|(key, _)| seen.insert(key.clone())).collect()
    }

    fn target(&self, parameter: &ir::Parameter, reply: &Reply) -> Target {
        let wire = parameter.name.clone();
        let whole = self.models.ty(parameter.schema, Role::Create);
        let named = match &parameter.takes {
            ir::Takes::When => Some(Type::When),
            ir::Takes::Attributes { .. } | ir::Takes::NestedAttributes => Some(Type::Attributes),
            ir::Takes::Sort { .. } => Some(Type::Sort(self.planned.request.clone())),
            ir::Takes::OData(option) => {
                odata::model(reply, self.models).map(|model| Type::OData(*option, model.clone()))
            }
            ir::Takes::Schema => None,
        };
        if let Some(ty) = named {
            return Target::Query { wire, ty, list: None };
        }
        match parameter.location {
            ir::Location::Header => Target::Header { wire, ty: self.scalar(parameter.schema) },
            ir::Location::Cookie => Target::Cookie { wire, ty: self.scalar(parameter.schema) },
            ir::Location::Query | ir::Location::Path => match whole {
                Type::Vec(item) => {
                    let style =
                        if parameter.list == ir::ListStyle::Deep { ir::ListStyle::Repeat } else { parameter.list };
                    Target::Query { wire, ty: text(*item, self.models), list: Some(style) }
                }
                ty @ Type::Model(_) if self.is_struct(parameter.schema) => Target::Deep { wire, ty },
                ty => {
                    let least = self.models.api.schema(parameter.schema).limits.minimum.as_deref();
                    Target::Query { wire, ty: unsigned(text(ty, self.models), least), list: None }
                }
            },
        }
    }

    fn is_struct(&self, schema: ir::SchemaId) -> bool {
        matches!(&self.models.api.schema(schema).kind, ir::Kind::Object(object) if reach::is_struct(object))
    }

    fn scalar(&self, schema: ir::SchemaId) -> Type {
        text(self.models.ty(schema, Role::Create), self.models)
    }
}

/// A whole number that is never negative has a type that cannot be.
fn unsigned(ty: Type, least: Option<&str>) -> Type {
    let never_negative = least.and_then(|least| least.parse::<f64>().ok()).is_some_and(|least| least >= 0.0);
    match ty {
        Type::Integer(ir::Integer::I32) if never_negative => Type::Integer(ir::Integer::U32),
        Type::Integer(ir::Integer::I64) if never_negative => Type::Integer(ir::Integer::U64),
        ty => ty,
    }
}

/// The type of a single value in a path, a query or a header; what cannot be one is text that the user writes.
fn text(ty: Type, models: &Models<'_>) -> Type {
    match ty {
        Type::Option(inner) => text(*inner, models),
        Type::Model(name) if models.is_enum(&name) => Type::Model(name),
        Type::Bool | Type::Integer(_) | Type::Float | Type::Decimal | Type::Date | Type::DateTime => ty,
        _ => Type::String,
    }
}
