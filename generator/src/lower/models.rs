//! Models: from schemas that were found and named to structs, enumerations and choices.

use std::collections::{BTreeMap, BTreeSet};

use super::reach::{self, Found, Reached, TypeId};
use super::types::{self, Named};
use super::usage::Usage;
use super::{boxes, docs, sentences};
use crate::ir;
use crate::names::lock::Entry;
use crate::names::resolve::Apart;
use crate::names::{ApiNames, Ident, Words};
use crate::ordered;
use crate::rust::{Enum, Field, FileFields, Item, Role, Struct, Type, Union, Values, Variant};

/// What the types are made from.
pub(super) struct Models<'a> {
    pub api: &'a ir::Api,
    pub found: &'a Found,
    pub named: &'a [Named],
    pub kept: &'a ApiNames,
    pub usage: &'a Usage,
    enums: BTreeSet<Ident>,
    forms: BTreeSet<ir::SchemaId>,
    /// The files in bodies.
    files: BTreeMap<ir::SchemaId, &'a ir::File>,
}

/// Lists of lists of lists … end here.
pub(super) const DEEPEST: usize = 16;

impl<'a> Models<'a> {
    pub(super) fn new(
        api: &'a ir::Api,
        found: &'a Found,
        named: &'a [Named],
        kept: &'a ApiNames,
        usage: &'a Usage,
    ) -> Self {
        let types = found.types.iter().zip(named);
        let enums = types.filter(|(ty, _)| ty.role.is_none()).map(|(_, named)| named.name.clone());
        let forms = api.operations.iter().filter_map(|operation| match operation.body.as_ref()?.content {
            ir::Content::Multipart(schema) => Some(schema),
            _ => None,
        });
        let files = api.operations.iter().filter_map(|operation| match operation.body.as_ref()?.content {
            ir::Content::Json(schema) => Some((schema, operation.files.first()?)),
            _ => None,
        });
        let (enums, forms, files) = (ordered::set(enums), ordered::set(forms), ordered::map(files));
        Self { api, found, named, kept, usage, enums, forms, files }
    }

    /// Is the model of this name an enumeration?
    pub(super) fn is_enum(&self, name: &Ident) -> bool {
        self.enums.contains(name)
    }

    /// Every model, parallel to [`Found::types`]; the names of their members go into `names`.
    pub(super) fn items(&self, names: &mut ApiNames) -> Vec<Item> {
        let each = |(number, ty)| self.item(TypeId(number), ty, names);
        let mut items: Vec<Item> = self.found.types.iter().enumerate().map(each).collect();
        boxes::place(&mut items);
        items
    }

    fn item(&self, id: TypeId, ty: &Reached, names: &mut ApiNames) -> Item {
        let named = &self.named[id.0];
        let kept = self.kept.get(named.kind, &named.key);
        let schema = self.api.schema(ty.schema);
        let (item, members) = match &schema.kind {
            ir::Kind::Object(object) => self.structure(id, schema, object, kept),
            ir::Kind::Enum(values) => self.enumeration(id, schema, values, kept),
            ir::Kind::Union(union) => self.choice(id, schema, union, kept),
            _ => self.structure(id, schema, &ir::Object::default(), kept),
        };
        names.set(named.kind, named.key.clone(), Entry { names: vec![named.name.clone()], members });
        item
    }

    fn structure(
        &self,
        id: TypeId,
        schema: &ir::Schema,
        object: &ir::Object,
        kept: Option<&Entry>,
    ) -> (Item, types::Members) {
        let role = self.found.types[id.0].role.unwrap_or(Role::Reply);
        let listed = self.usage.is_listed(id);
        let stays = |property: &ir::Property| reach::in_role(property, role, listed && property.name == "id");
        let properties: Vec<&ir::Property> = object.properties.iter().filter(|property| stays(property)).collect();
        let names = field_names(&properties, kept);
        let fields =
            properties.iter().filter_map(|property| self.field(id, property, role, names.get(&property.name)?));
        let fields: Vec<Field> = fields.collect();
        let file = self.files.get(&self.found.types[id.0].schema).filter(|_| role == Role::Create);
        let file = file.and_then(|file| file_fields(file, &fields));
        let item = Struct {
            name: self.named[id.0].name.clone(),
            docs: self.usage.docs(self, id, schema),
            role,
            fields,
            file,
            additional: object.additional.map(|schema| self.ty(schema, role)),
        };
        (Item::Struct(item), names)
    }

    /// The names of a struct's fields, by the names of its properties.
    pub(super) fn members(&self, id: TypeId) -> types::Members {
        let named = &self.named[id.0];
        let ty = &self.found.types[id.0];
        let ir::Kind::Object(object) = &self.api.schema(ty.schema).kind else { return types::Members::new() };
        let role = ty.role.unwrap_or(Role::Reply);
        let listed = self.usage.is_listed(id);
        let stays = |property: &&ir::Property| reach::in_role(property, role, listed && property.name == "id");
        let properties: Vec<&ir::Property> = object.properties.iter().filter(stays).collect();
        field_names(&properties, self.kept.get(named.kind, &named.key))
    }

    fn field(&self, parent: TypeId, property: &ir::Property, role: Role, name: &Ident) -> Option<Field> {
        let schema = self.api.schema(property.schema);
        let parent = self.found.types[parent.0].schema;
        let ty = self.ty(property.schema, role);
        let part = part(self.api, property.schema).filter(|_| self.forms.contains(&parent));
        let ty = part.unwrap_or(ty);
        let parent = self.api.schema(parent);
        let always = property.required && !property.nullable && !schema.nullable;
        let ty = match role {
            Role::Reply if always && !self.api.client.optional_replies => ty,
            Role::Create | Role::Update if always => ty,
            Role::Reply | Role::Create => Type::Option(Box::new(ty)),
            Role::Update => Type::Update(Box::new(ty)),
        };
        let docs = field_docs(parent, property, schema, role);
        Some(Field {
            name: name.clone(),
            wire: property.name.clone(),
            docs,
            ty,
            deprecated: property.deprecated,
            expandable: property.expandable,
            professional_only: self.api.client.standard.is_some()
                && (property.terms.professional_only || self.is_professional(property.schema)),
        })
    }

    /// Is what stands there, alone or in a list, professional-only as a whole?
    fn is_professional(&self, id: ir::SchemaId) -> bool {
        let schema = self.api.schema(id);
        let item = match schema.kind {
            ir::Kind::Array(item) => self.api.schema(item),
            _ => schema,
        };
        schema.terms.professional_only || item.terms.professional_only
    }

    fn enumeration(
        &self,
        id: TypeId,
        schema: &ir::Schema,
        values: &ir::Enumeration,
        kept: Option<&Entry>,
    ) -> (Item, types::Members) {
        let taken = |name: &str| name == "Unknown";
        let (values, names) = match values {
            ir::Enumeration::Strings(list) => {
                let names = types::members(
                    list.iter().map(String::as_str),
                    kept,
                    types::plain_variant,
                    types::variant_names,
                    &taken,
                );
                let mut seen = std::collections::BTreeSet::new();
                let unique = list.iter().filter(|value| seen.insert(*value));
                let variants = unique.filter_map(|value| Some((names.get(value)?.clone(), value.clone())));
                (Values::Strings(variants.collect()), names)
            }
            ir::Enumeration::Integers(list) => {
                let texts: BTreeMap<i64, String> = ordered::map(list.iter().map(|value| (*value, value.to_string())));
                let names = types::members(
                    texts.values().map(String::as_str),
                    kept,
                    types::plain_variant,
                    types::variant_names,
                    &taken,
                );
                let variants = texts.iter().filter_map(|(value, text)| Some((names.get(text)?.clone(), *value)));
                (Values::Integers(variants.collect()), names)
            }
        };
        let docs = self.usage.docs(self, id, schema);
        (Item::Enum(Enum { name: self.named[id.0].name.clone(), docs, values }), names)
    }

    fn choice(
        &self,
        id: TypeId,
        schema: &ir::Schema,
        union: &ir::Union,
        kept: Option<&Entry>,
    ) -> (Item, types::Members) {
        let role = self.found.types[id.0].role.unwrap_or(Role::Reply);
        let keys = variant_keys(self.api, union);
        let names = types::members(
            keys.iter().map(String::as_str),
            kept,
            types::plain_variant,
            types::variant_names,
            &|name| name == "Unknown",
        );
        let variants = union.variants.iter().zip(&keys).filter_map(|(variant, key)| {
            Some(Variant {
                name: names.get(key)?.clone(),
                ty: self.held(variant.schema, role),
                tags: variant.tags.clone(),
                required: required(self.api.schema(variant.schema), role),
            })
        });
        let item = Union {
            name: self.named[id.0].name.clone(),
            docs: self.usage.docs(self, id, schema),
            tag: union.tag.clone(),
            variants: variants.collect(),
        };
        (Item::Union(item), names)
    }

    /// What a choice holds: on the heap what is large or may hold the choice itself.
    fn held(&self, schema: ir::SchemaId, role: Role) -> Type {
        self.boxed(self.ty(schema, role))
    }

    /// On the heap, if it is a model that may be large.
    pub(super) fn boxed(&self, ty: Type) -> Type {
        match ty {
            Type::Model(name) if !self.is_enum(&name) => Type::Box(Box::new(Type::Model(name))),
            ty => ty,
        }
    }

    /// The type of a value of this schema.
    pub(super) fn ty(&self, schema: ir::SchemaId, role: Role) -> Type {
        self.nested(schema, role, &mut Vec::new())
    }

    /// `above` are the lists and maps that it stands in; one that holds itself is any JSON inside.
    fn nested(&self, id: ir::SchemaId, role: Role, above: &mut Vec<ir::SchemaId>) -> Type {
        if above.len() > DEEPEST || above.contains(&id) {
            return Type::Json;
        }
        let mut inner = |item| {
            above.push(id);
            let ty = self.element(item, role, above);
            above.pop();
            Box::new(ty)
        };
        match &self.api.schema(id).kind {
            ir::Kind::Any => Type::Json,
            ir::Kind::Boolean => Type::Bool,
            ir::Kind::Integer(width) => Type::Integer(*width),
            ir::Kind::Decimal { .. } => Type::Decimal,
            ir::Kind::Float => Type::Float,
            ir::Kind::String(ir::Text::Plain) => Type::String,
            ir::Kind::String(ir::Text::Date) => Type::Date,
            ir::Kind::String(ir::Text::DateTime) => Type::DateTime,
            // Only a form of parts has a place for bytes as they are: see `part`.
            ir::Kind::String(ir::Text::Base64 | ir::Text::Binary) => Type::Base64,
            ir::Kind::Array(item) => Type::Vec(inner(*item)),
            ir::Kind::Map(value) => Type::Map(inner(*value)),
            ir::Kind::Object(object) if !reach::is_struct(object) => match object.additional {
                Some(value) => Type::Map(inner(value)),
                None => Type::Json,
            },
            ir::Kind::Object(_) | ir::Kind::Union(_) | ir::Kind::Enum(_) => match self.found.of(id, role) {
                Some(ty) => Type::Model(self.named[ty.0].name.clone()),
                None => Type::Json,
            },
        }
    }

    /// A value in a list or a map, which may be null if the schema says so.
    fn element(&self, id: ir::SchemaId, role: Role, above: &mut Vec<ir::SchemaId>) -> Type {
        let ty = self.nested(id, role, above);
        if self.api.schema(id).nullable && ty != Type::Json { Type::Option(Box::new(ty)) } else { ty }
    }
}

fn field_names(properties: &[&ir::Property], kept: Option<&Entry>) -> types::Members {
    types::members(properties.iter().map(|p| p.name.as_str()), kept, types::plain_value, types::value_names, &|name| {
        name == "extra"
    })
}

/// The fields that a file fills, if all of them can be filled.
fn file_fields(file: &ir::File, fields: &[Field]) -> Option<FileFields> {
    let field = |wire: &str, ty: &Type| fields.iter().find(|field| field.wire == wire && field.ty == *ty);
    Some(FileFields {
        bytes: field(&file.property, &Type::Base64)?.name.clone(),
        name: field(&file.name, &Type::String)?.name.clone(),
        media_type: field(&file.media_type, &Type::String)?.name.clone(),
        most: file.most,
    })
}

/// Bytes as they are, alone or in a list, are parts of a form.
fn part(api: &ir::Api, id: ir::SchemaId) -> Option<Type> {
    match &api.schema(id).kind {
        ir::Kind::String(ir::Text::Binary) => Some(Type::Part),
        ir::Kind::Array(item) if matches!(api.schema(*item).kind, ir::Kind::String(ir::Text::Binary)) => {
            Some(Type::Vec(Box::new(Type::Part)))
        }
        _ => None,
    }
}

/// What tells the choices of a union apart: their words.
fn variant_keys(api: &ir::Api, union: &ir::Union) -> Vec<String> {
    let mut apart = Apart::default();
    union.variants.iter().map(|variant| apart.key(reach::variant_words(api, variant).snake())).collect()
}

/// Properties without which a value is something else.
fn required(schema: &ir::Schema, role: Role) -> Vec<String> {
    let ir::Kind::Object(object) = &schema.kind else { return Vec::new() };
    let needed = object.properties.iter().filter(|property| property.required && reach::in_role(property, role, false));
    needed.map(|property| property.name.clone()).collect()
}

/// "Credit days, 0 to 365."
fn field_docs(parent: &ir::Schema, property: &ir::Property, schema: &ir::Schema, role: Role) -> Vec<String> {
    let mut facts = vec![sentences::field(&property.name, &schema.kind)];
    if let ir::Kind::Decimal { scale: Some(scale) } = &schema.kind {
        facts.push(format!("{scale} decimal place{}", if *scale == 1 { "" } else { "s" }));
    }
    let mut limits = docs::limits(&property.limits);
    if schema.name.is_none() {
        let more = docs::limits(&schema.limits);
        limits.extend(more.into_iter().filter(|phrase| !docs::limits(&property.limits).contains(phrase)));
    }
    facts.extend(limits);
    if property.read_only && role == Role::Reply {
        facts.push("read-only".to_owned());
    }
    if role != Role::Reply
        && let Some(default) = property.default.as_ref().and_then(docs::value)
    {
        facts.push(format!("{default} if not given"));
    }
    let mut out = docs::paragraphs(property.description.as_deref());
    out.push(docs::sentence(&facts.join(", ")));
    if property.terms != parent.terms {
        out.extend(docs::terms(&property.terms));
    }
    out
}

/// What a type is called in a sentence: its name without its role.
pub(super) fn words(named: &Named, role: Option<Role>) -> Words {
    let all = Words::of(named.name.as_str());
    let words: Vec<&str> = all.iter().collect();
    let slice = match (role, words.as_slice()) {
        (Some(Role::Create), ["new", rest @ ..]) if !rest.is_empty() => rest,
        (Some(Role::Update), [rest @ .., "update"]) if !rest.is_empty() => rest,
        (_, all) => all,
    };
    Words::of(&slice.join("_"))
}
