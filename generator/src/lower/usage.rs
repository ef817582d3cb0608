//! Who uses a type: for the file that it goes to, and for what its documentation says.

use std::collections::{BTreeMap, BTreeSet};

use super::models::{self, Models};
use super::reach::{self, Found, TypeId};
use super::types::Named;
use super::{docs, resources};
use crate::ir;
use crate::names::{Ident, Words};
use crate::ordered;
use crate::rust::{Docs, Role};

/// What an operation does with a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// It answers it.
    Reply,
    /// It sends it.
    Body,
    /// A parameter is one.
    Parameter,
}

/// A type at the top of an operation.
#[derive(Debug, Clone)]
pub(super) struct Root {
    /// Index of the operation.
    pub operation: usize,
    pub part: Part,
    pub schema: ir::SchemaId,
    pub role: Role,
}

/// Stands for the name of a property, where a type is one of the choices; no property is spelled like this.
const CHOICE: &str = "\u{1}";

/// A field that leads to a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Parent {
    ty: TypeId,
    property: String,
    listed: bool,
}

/// Who uses which type; all lists are parallel to [`Found::types`].
pub(super) struct Usage {
    parents: Vec<BTreeSet<Parent>>,
    roots: Vec<BTreeSet<(Part, usize)>>,
    listed: Vec<bool>,
    /// How operations are called: resource module, resource type, method.
    methods: Vec<(Ident, Ident, Ident)>,
}

impl Usage {
    pub(super) fn new(api: &ir::Api, found: &Found, roots: &[Root], plan: &resources::Plan) -> Self {
        let count = found.types.len();
        let mut usage = Self {
            parents: vec![BTreeSet::new(); count],
            roots: vec![BTreeSet::new(); count],
            listed: vec![false; count],
            methods: plan.methods(),
        };
        for (number, ty) in found.types.iter().enumerate() {
            for (property, schema) in inside(api, ty.schema, ty.role) {
                let (inner, listed) = through(api, schema);
                if let Some(to) = found.of(inner, ty.role.unwrap_or(Role::Reply)) {
                    usage.parents[to.0].insert(Parent { ty: TypeId(number), property, listed });
                    usage.listed[to.0] |= listed;
                }
            }
        }
        for root in roots {
            if let Some(ty) = found.of(through(api, root.schema).0, root.role) {
                usage.roots[ty.0].insert((root.part, root.operation));
            }
        }
        usage
    }

    /// Does it stand in a list somewhere? In updates its items are told apart by their ids.
    pub(super) fn is_listed(&self, id: TypeId) -> bool {
        self.listed[id.0]
    }

    /// The file of each type: that of the only resource that uses it, or of the one with whose name its own begins;
    /// `None` if it belongs to several alike.
    pub(super) fn files(&self, found: &Found, named: &[Named], plan: &resources::Plan) -> Vec<Option<Ident>> {
        let by_words: BTreeMap<Words, &Ident> =
            ordered::map(plan.resources.iter().map(|resource| (resource.words.singular(), &resource.module)));
        let each = self.users(plan).into_iter().enumerate().map(|(number, users)| {
            if let (1, Some(resource)) = (users.len(), users.first()) {
                return Some(plan.resources[*resource].module.clone());
            }
            let words = models::words(&named[number], found.types[number].role);
            let heads = (1..=words.len()).rev().map(|n| words.split_at(n).0.singular());
            heads.into_iter().find_map(|head| by_words.get(&head)).map(|module| (*module).clone())
        });
        each.collect()
    }

    /// The resources from which each type is reached.
    fn users(&self, plan: &resources::Plan) -> Vec<BTreeSet<usize>> {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.parents.len()];
        for (number, parents) in self.parents.iter().enumerate() {
            parents.iter().for_each(|parent| children[parent.ty.0].push(number));
        }
        let mut users = vec![BTreeSet::new(); self.parents.len()];
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (number, roots) in self.roots.iter().enumerate() {
            open.extend(roots.iter().map(|(_, operation)| (number, plan.resource_of(*operation))));
        }
        while let Some((number, resource)) = open.pop() {
            if users[number].insert(resource) {
                open.extend(children[number].iter().map(|child| (*child, resource)));
            }
        }
        users
    }

    /// What a type says about itself.
    pub(super) fn docs(&self, models: &Models<'_>, id: TypeId, schema: &ir::Schema) -> Docs {
        let role = models.found.types[id.0].role;
        let words = models::words(&models.named[id.0], role);
        let own = words == Words::of(models.named[id.0].name.as_str());
        let first = match role {
            Some(Role::Create) if !own => docs::thing(&Words::of("new").then(&words)),
            Some(Role::Update) => format!("changes to {}", docs::thing(&words)),
            _ => docs::thing(&words),
        };
        let mut out = vec![docs::sentence(&first)];
        out.extend(docs::paragraphs(schema.description.as_deref()));
        out.extend(self.used_by(models, id));
        // Operations say for themselves where they are to be had and who may use them.
        if self.roots[id.0].is_empty() {
            out.extend(docs::editions(&schema.terms));
        }
        out
    }

    /// "Answered by …", "Sent by …", "… of …".
    fn used_by(&self, models: &Models<'_>, id: TypeId) -> Docs {
        let mut out = Docs::new();
        for (part, verb) in [(Part::Reply, "Answered by"), (Part::Body, "Sent by"), (Part::Parameter, "A parameter of")]
        {
            let of_part = self.roots[id.0].iter().filter(|(p, _)| *p == part);
            let links: BTreeSet<String> = ordered::set(of_part.map(|(_, operation)| self.method_link(*operation)));
            if !links.is_empty() {
                out.push(format!("{verb} {}.", some(&links)));
            }
        }
        if out.is_empty() {
            let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for parent in &self.parents[id.0] {
                let name = &models.named[parent.ty.0].name;
                let part = if parent.property == CHOICE { "a choice".to_owned() } else { docs::code(&parent.property) };
                places.entry(part).or_default().insert(format!("\u{1}{name}\u{2}"));
            }
            let places: BTreeSet<String> =
                ordered::set(places.iter().map(|(part, owners)| format!("{part} of {}", some(owners))));
            if !places.is_empty() {
                out.push(docs::sentence(&some(&places)));
            }
        }
        out
    }

    fn method_link(&self, operation: usize) -> String {
        let (module, resource, method) = &self.methods[operation];
        format!("[`{resource}::{method}`](super::super::{module}::{resource}::{method})")
    }
}

/// The first three, and how many there are beside them.
fn some(items: &BTreeSet<String>) -> String {
    let mut first: Vec<String> = items.iter().take(3).cloned().collect();
    if items.len() > 3 {
        first.push(format!("{} more", items.len() - 3));
    }
    docs::list(&first)
}

/// What is directly inside of a type: names and schemas.
fn inside(api: &ir::Api, schema: ir::SchemaId, role: Option<Role>) -> Vec<(String, ir::SchemaId)> {
    let Some(role) = role else { return Vec::new() };
    match &api.schema(schema).kind {
        ir::Kind::Object(object) => {
            let properties = object.properties.iter().filter(|property| reach::in_role(property, role, false));
            let additional = object.additional.map(|schema| ("*".to_owned(), schema));
            properties.map(|property| (property.name.clone(), property.schema)).chain(additional).collect()
        }
        ir::Kind::Union(union) => union.variants.iter().map(|variant| (CHOICE.to_owned(), variant.schema)).collect(),
        _ => Vec::new(),
    }
}

/// What is in the lists and maps that a schema is; and whether it is a list. Deeper ones than a type may be made of lead
/// nowhere.
pub(super) fn through(api: &ir::Api, mut schema: ir::SchemaId) -> (ir::SchemaId, bool) {
    let mut listed = false;
    for _ in 0..=models::DEEPEST {
        match &api.schema(schema).kind {
            ir::Kind::Array(item) => {
                listed = true;
                schema = *item;
            }
            ir::Kind::Map(value) => schema = *value,
            ir::Kind::Object(object) if !reach::is_struct(object) => match object.additional {
                Some(value) => schema = value,
                None => break,
            },
            _ => break,
        }
    }
    (schema, listed)
}
