//! Which types there are: every schema that an operation reaches, in the roles in which it is reached.
//!
//! A schema in a reply, in a new body and in an update makes three types, because what may be left out differs. Each
//! type collects the [`Origin`]s from which it was reached; names are chosen from them later, all together. The walk
//! always goes on with the smallest key that is left, so it finds the same whatever the order of the document.

use std::collections::{BTreeMap, BTreeSet};

use super::shape::{ShapeId, Shapes};
use super::types::Named;
use crate::ir;
use crate::names::{Ident, Words};
use crate::rust::Role;

/// Index of a type in [`Found::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TypeId(pub usize);

/// What makes two occurrences one type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// The same named schema.
    Named(ir::SchemaId, Option<Role>),
    /// The same shape inside of something.
    Inline(ShapeId, Option<Role>, Words),
}

/// A type that needs a name.
#[derive(Debug)]
pub(super) struct Reached {
    /// One of its schemas; all are alike.
    pub schema: ir::SchemaId,
    /// Its role; enumerations have none.
    pub role: Option<Role>,
    /// From where it was reached.
    pub origins: BTreeMap<String, Origin>,
}

/// A place from which a type was reached.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// The words of its parents and itself.
    pub words: Words,
    /// The same, without collapsing overlaps.
    pub long: Words,
    /// The last of those alone; none if the type has a name of its own.
    pub step: Option<Words>,
    /// What else a whole body or reply may be called.
    pub also: Option<Words>,
    /// The body that it is in keeps its own name, without `New` before it.
    pub own: bool,
}

/// Where the walk is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Base {
    /// From names of the document only.
    pub key: String,
    /// The words so far.
    pub words: Words,
    /// The same, without collapsing overlaps.
    pub long: Words,
    /// The last step.
    pub step: Option<Words>,
    /// See [`Origin::also`].
    pub also: Option<Words>,
    /// See [`Origin::own`].
    pub own: bool,
    /// A whole body or reply: never one type with another of another name.
    pub whole: bool,
}

impl Base {
    fn child(&self, key: &str, words: &Words) -> Self {
        Self {
            key: format!("{}/{}", self.key, key.replace('~', "~0").replace('/', "~1")),
            words: self.words.overlap(words),
            long: self.words.then(words),
            step: Some(words.clone()),
            also: None,
            own: self.own,
            whole: false,
        }
    }

    fn item(&self) -> Self {
        Self {
            words: self.words.singular(),
            long: self.long.singular(),
            step: self.step.as_ref().map(Words::singular),
            ..self.clone()
        }
    }
}

/// Everything that was found.
pub(super) struct Found {
    /// The types.
    pub types: Vec<Reached>,
    /// Every schema on the way, those without a name of their own included.
    pub reached: BTreeSet<ir::SchemaId>,
    index: BTreeMap<(ir::SchemaId, Option<Role>), TypeId>,
}

impl Found {
    /// What each schema is called, in each of its roles; `named` is parallel to [`Found::types`].
    pub(super) fn called(&self, named: &[Named]) -> BTreeMap<ir::SchemaId, Vec<Ident>> {
        let mut called: BTreeMap<ir::SchemaId, Vec<Ident>> = BTreeMap::new();
        for ((schema, _), ty) in &self.index {
            called.entry(*schema).or_default().push(named[ty.0].name.clone());
        }
        called
    }

    /// The type of a schema in a role, if it is one that has a name.
    pub(super) fn of(&self, schema: ir::SchemaId, role: Role) -> Option<TypeId> {
        self.index.get(&(schema, Some(role))).or_else(|| self.index.get(&(schema, None))).copied()
    }
}

/// Something left to visit; what has the shortest key comes first.
type Task = (usize, Base, ir::SchemaId, Role);

pub(super) struct Walk<'a> {
    api: &'a ir::Api,
    shapes: Shapes<'a>,
    found: Found,
    identities: BTreeMap<Identity, TypeId>,
    tasks: BTreeSet<Task>,
    entered: BTreeSet<(ir::SchemaId, Role, bool)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(api: &'a ir::Api) -> Self {
        Self {
            api,
            shapes: Shapes::new(api),
            found: Found { types: Vec::new(), reached: BTreeSet::new(), index: BTreeMap::new() },
            identities: BTreeMap::new(),
            tasks: BTreeSet::new(),
            entered: BTreeSet::new(),
        }
    }

    /// Begins at a body, a reply or a parameter.
    pub(super) fn begin(&mut self, base: Base, schema: ir::SchemaId, role: Role) {
        self.tasks.insert((base.key.len(), base, schema, role));
    }

    /// Goes wherever it leads.
    pub(super) fn finish(mut self) -> Found {
        while let Some((_, base, schema, role)) = self.tasks.pop_first() {
            self.visit(base, schema, role);
        }
        self.found
    }

    fn visit(&mut self, base: Base, id: ir::SchemaId, role: Role) {
        self.found.reached.insert(id);
        let schema = self.api.schema(id);
        let base = match &schema.name {
            Some(name) => self.named(name, &base),
            None => base,
        };
        match &schema.kind {
            // A list that holds itself is entered once, too.
            ir::Kind::Array(item) | ir::Kind::Map(item) if self.entered.insert((id, role, base.own)) => {
                self.begin(Base { key: format!("{}[]", base.key), ..base.item() }, *item, role);
            }
            ir::Kind::Enum(_) => self.register(&base, id, None),
            ir::Kind::Object(object) if is_struct(object) => {
                self.register(&base, id, Some(role));
                if self.entered.insert((id, role, base.own)) {
                    self.enter(&base, object, role);
                }
            }
            ir::Kind::Union(union) => {
                self.register(&base, id, Some(role));
                if self.entered.insert((id, role, base.own)) {
                    self.choose(&base, union, role);
                }
            }
            _ => {}
        }
    }

    /// A named schema begins anew, wherever it was reached from.
    fn named(&self, name: &str, from: &Base) -> Base {
        Base {
            key: name.replace('~', "~0").replace('/', "~1"),
            words: Words::of(name),
            long: Words::of(name),
            step: None,
            also: None,
            own: from.own,
            whole: false,
        }
    }

    fn enter(&mut self, base: &Base, object: &ir::Object, role: Role) {
        for property in object.properties.iter().filter(|property| in_role(property, role, false)) {
            if is_plain(self.api, property.schema) {
                self.found.reached.insert(property.schema);
                continue;
            }
            self.begin(base.child(&property.name, &Words::of(&property.name)), property.schema, role);
        }
        if let Some(schema) = object.additional {
            self.begin(base.child("*", &Words::of("additional")), schema, role);
        }
    }

    fn choose(&mut self, base: &Base, union: &ir::Union, role: Role) {
        for variant in &union.variants {
            let words = variant_words(self.api, variant);
            self.begin(base.child(&format!("|{}", words.snake()), &words), variant.schema, role);
        }
    }

    fn register(&mut self, base: &Base, id: ir::SchemaId, role: Option<Role>) {
        let identity = match &self.api.schema(id).name {
            Some(_) => Identity::Named(id, role),
            None => {
                let words = match (role, base.whole) {
                    (Some(_), true) => base.words.clone(),
                    (Some(_), false) => Words::default(),
                    // Enumerations are alike if they have the same values under the same name.
                    (None, _) => base.step.clone().unwrap_or_default(),
                };
                Identity::Inline(self.shapes.of(id), role, words)
            }
        };
        let types = &mut self.found.types;
        let ty = *self.identities.entry(identity).or_insert_with(|| {
            types.push(Reached { schema: id, role, origins: BTreeMap::new() });
            TypeId(types.len() - 1)
        });
        self.found.index.entry((id, role)).or_insert(ty);
        let origin = Origin {
            words: base.words.clone(),
            long: base.long.clone(),
            step: base.step.clone(),
            also: base.also.clone(),
            own: base.own,
        };
        let known = self.found.types[ty.0].origins.entry(base.key.clone()).or_insert_with(|| origin.clone());
        known.own &= origin.own;
    }
}

/// A value without parts and without a name.
fn is_plain(api: &ir::Api, schema: ir::SchemaId) -> bool {
    match &api.schema(schema).kind {
        ir::Kind::Any | ir::Kind::Boolean | ir::Kind::Integer(_) | ir::Kind::Decimal { .. } | ir::Kind::Float => true,
        ir::Kind::String(_) => true,
        ir::Kind::Enum(_) | ir::Kind::Array(_) | ir::Kind::Map(_) | ir::Kind::Object(_) | ir::Kind::Union(_) => false,
    }
}

/// An object with properties; one without is any JSON.
pub(super) fn is_struct(object: &ir::Object) -> bool {
    !object.properties.is_empty()
}

/// Is a property there in this role? `kept` are those that stay in updates although they are only answered.
pub(super) fn in_role(property: &ir::Property, role: Role, kept: bool) -> bool {
    match role {
        Role::Reply => !property.write_only,
        Role::Create => !property.read_only,
        Role::Update => !property.read_only || kept,
    }
}

/// What a choice is called: by its schema, by its tag, or by what it is.
pub(super) fn variant_words(api: &ir::Api, variant: &ir::Variant) -> Words {
    let schema = api.schema(variant.schema);
    if let Some(name) = schema.name.as_ref().or(variant.tags.iter().min()) {
        return Words::of(name);
    }
    match &schema.kind {
        ir::Kind::Any => Words::of("any"),
        ir::Kind::Boolean => Words::of("boolean"),
        ir::Kind::Integer(_) => Words::of("integer"),
        ir::Kind::Decimal { .. } | ir::Kind::Float => Words::of("number"),
        ir::Kind::String(ir::Text::Plain) => Words::of("text"),
        ir::Kind::String(ir::Text::Date) => Words::of("date"),
        ir::Kind::String(ir::Text::DateTime) => Words::of("date time"),
        ir::Kind::String(ir::Text::Base64 | ir::Text::Binary) => Words::of("bytes"),
        ir::Kind::Enum(_) => Words::of("choice"),
        ir::Kind::Array(item) => list_words(api, *item),
        ir::Kind::Map(_) => Words::of("map"),
        ir::Kind::Object(object) => {
            let required = object.properties.iter().filter(|property| property.required).map(|p| &p.name).min();
            let any = || object.properties.iter().map(|property| &property.name).min();
            required.or_else(any).map_or_else(|| Words::of("object"), |name| Words::of(name))
        }
        ir::Kind::Union(_) => Words::of("other"),
    }
}

fn list_words(api: &ir::Api, item: ir::SchemaId) -> Words {
    let words = Words::of("list");
    match &api.schema(item).name {
        Some(name) => Words::of(name).then(&words),
        None => words,
    }
}
