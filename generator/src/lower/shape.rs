//! Which inline schemas are the same.
//!
//! Two are if everything that a type is made of is equal: names, types, what is required, nullable, read-only, and the
//! limits that its documentation tells. Each distinct shape gets a number, by which they are compared.

use std::collections::BTreeMap;

use crate::ir;

/// The number of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ShapeId(u32);

/// A shape, in terms of the shapes that it is made of.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// A named schema is like itself alone; so is what cannot be looked at any deeper.
    Schema(ir::SchemaId),
    Scalar(String),
    Array(ShapeId),
    Map(ShapeId),
    Object(Vec<(String, String, ShapeId)>, Option<ShapeId>),
    Union(Vec<(ShapeId, Vec<String>)>, Option<String>),
}

/// The shapes of an API.
pub(super) struct Shapes<'a> {
    api: &'a ir::Api,
    numbers: BTreeMap<Shape, ShapeId>,
    known: BTreeMap<ir::SchemaId, ShapeId>,
}

/// Deeper nesting is not looked into; no reader lets it through but by references into the middle of things.
const DEEPEST: usize = 128;

impl<'a> Shapes<'a> {
    pub(super) fn new(api: &'a ir::Api) -> Self {
        Self { api, numbers: BTreeMap::new(), known: BTreeMap::new() }
    }

    /// The shape of a schema.
    pub(super) fn of(&mut self, id: ir::SchemaId) -> ShapeId {
        self.look(id, &mut Vec::new())
    }

    fn look(&mut self, id: ir::SchemaId, above: &mut Vec<ir::SchemaId>) -> ShapeId {
        if let Some(shape) = self.known.get(&id) {
            return *shape;
        }
        let shape = if above.len() > DEEPEST || above.contains(&id) {
            return self.number(Shape::Schema(id));
        } else {
            above.push(id);
            let shape = self.take_apart(id, above);
            above.pop();
            shape
        };
        let shape = self.number(shape);
        self.known.insert(id, shape);
        shape
    }

    fn take_apart(&mut self, id: ir::SchemaId, above: &mut Vec<ir::SchemaId>) -> Shape {
        let schema = self.api.schema(id);
        match &schema.kind {
            ir::Kind::Object(_) | ir::Kind::Union(_) | ir::Kind::Enum(_) if schema.name.is_some() => Shape::Schema(id),
            ir::Kind::Array(item) => Shape::Array(self.look(*item, above)),
            ir::Kind::Map(value) => Shape::Map(self.look(*value, above)),
            ir::Kind::Object(object) => {
                let mut members = Vec::with_capacity(object.properties.len());
                for property in &object.properties {
                    let facts = facts(property, &self.api.schema(property.schema).limits);
                    members.push((property.name.clone(), facts, self.look(property.schema, above)));
                }
                members.sort();
                Shape::Object(members, object.additional.map(|id| self.look(id, above)))
            }
            ir::Kind::Union(union) => {
                let mut variants: Vec<_> =
                    union.variants.iter().map(|v| (self.look(v.schema, above), v.tags.clone())).collect();
                variants.sort();
                Shape::Union(variants, union.tag.clone())
            }
            ir::Kind::Enum(values) => {
                let mut values = values.clone();
                match &mut values {
                    ir::Enumeration::Strings(list) => list.sort(),
                    ir::Enumeration::Integers(list) => list.sort_unstable(),
                }
                Shape::Scalar(format!("{values:?}"))
            }
            kind => Shape::Scalar(format!("{kind:?}")),
        }
    }

    fn number(&mut self, shape: Shape) -> ShapeId {
        let next = ShapeId(u32::try_from(self.numbers.len()).unwrap_or(u32::MAX));
        *self.numbers.entry(shape).or_insert(next)
    }
}

/// Everything about a property but its name, its type and prose.
fn facts(property: &ir::Property, limits: &ir::Limits) -> String {
    let flags = [
        (property.required, 'r'),
        (property.nullable, 'n'),
        (property.read_only, 'o'),
        (property.write_only, 'w'),
        (property.deprecated, 'd'),
    ];
    let mut out: String = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect();
    for limits in [&property.limits, limits] {
        if *limits != ir::Limits::default() {
            out.push_str(&format!("{limits:?}"));
        }
    }
    if let Some(default) = &property.default {
        out.push_str(&format!("{default:?}"));
    }
    out
}
