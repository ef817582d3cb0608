//! Places for `$expand`: objects without properties, whose schema the API defines under the property's name.

use std::collections::{BTreeMap, BTreeSet};

use super::Ctx;
use super::bodies::is_singular;
use crate::config;
use crate::diagnostic::Code;
use crate::ir::{Api, Kind, SchemaId};
use crate::ordered;
use crate::source::Place;

/// An object without properties, at a property.
struct Slot {
    /// The schema that has the property, and which of its properties it is.
    owner: usize,
    property: usize,
    /// The object itself.
    schema: SchemaId,
    /// The array that the slot is the item of, if it is.
    array: Option<SchemaId>,
    /// The keys under which `also` may name it, the narrower first.
    keys: [String; 2],
    /// The owner's name.
    owner_name: String,
    name: String,
    place: Place,
}

impl Ctx<'_> {
    /// Gives each slot the schema of its name, or the one that the settings name.
    pub(super) fn expand_slots(&mut self, setting: &config::ExpandSlots) {
        let named = named(self.api);
        let (mut used, mut needed) = (BTreeSet::new(), BTreeSet::new());
        let mut count = 0;
        for slot in slots(self.api) {
            self.mark(&slot);
            let also = slot.keys.iter().find_map(|key| setting.also.get_key_value(key));
            let target = match also {
                Some((key, name)) => {
                    let target = named.get(name.as_str()).copied();
                    used.insert(key.clone());
                    if target != by_name(&named, &slot) {
                        needed.insert(key.clone());
                    }
                    target
                }
                None => by_name(&named, &slot),
            };
            let Some(target) = target else {
                let message = format!("`{}` is an object without properties, and no schema is called so", slot.keys[0]);
                self.note(Code::OpenSlot, &slot.place, message);
                continue;
            };
            let place = self.api.schema(slot.schema).place.clone();
            self.api.absorbed.push(place);
            self.fill(&slot, target);
            count += 1;
        }
        for (key, name) in &setting.also {
            let pointer = format!("/conventions/expand-slots/also/{key}");
            if !named.contains_key(name.as_str()) {
                self.unused(&pointer, format!("schema `{name}` does not exist, or has no properties"));
            } else if !used.contains(key) {
                self.unused(&pointer, format!("no property `{key}` is an object without properties"));
            } else if !needed.contains(key) {
                self.unused(&pointer, format!("property `{key}` takes the schema `{name}` by its own name"));
            }
        }
        self.applied("expand-slots", count, "no property is an object without properties that a schema is called like");
    }

    /// Whatever its schema is: it is a place for `$expand`.
    fn mark(&mut self, slot: &Slot) {
        if let Kind::Object(object) = &mut self.api.schemas[slot.owner].kind
            && let Some(property) = object.properties.get_mut(slot.property)
        {
            property.expandable = true;
        }
    }

    fn fill(&mut self, slot: &Slot, target: SchemaId) {
        if let Some(array) = slot.array {
            if let Kind::Array(item) = &mut self.api.schemas[array.0 as usize].kind {
                *item = target;
            }
            return;
        }
        if let Kind::Object(object) = &mut self.api.schemas[slot.owner].kind
            && let Some(property) = object.properties.get_mut(slot.property)
        {
            property.schema = target;
        }
    }
}

/// A schema that a slot may take: by its name, which is not that of the slot's own schema. (An `alternative_product`
/// that holds an `alternative_product` holds a product.)
fn by_name(named: &BTreeMap<String, SchemaId>, slot: &Slot) -> Option<SchemaId> {
    if slot.owner_name == slot.name {
        return None;
    }
    if slot.array.is_some() {
        return named.iter().find(|(name, _)| is_singular(name, &slot.name)).map(|(_, id)| *id);
    }
    named.get(&slot.name).copied()
}

/// The named objects that have properties.
fn named(api: &Api) -> BTreeMap<String, SchemaId> {
    let ids = (0..).map(SchemaId);
    let objects = api
        .schemas
        .iter()
        .zip(ids)
        .filter(|(schema, _)| matches!(&schema.kind, Kind::Object(object) if !object.properties.is_empty()));
    ordered::map(objects.filter_map(|(schema, id)| Some((schema.name.clone()?, id))))
}

fn slots(api: &Api) -> Vec<Slot> {
    let mut found = Vec::new();
    for (owner, schema) in api.schemas.iter().enumerate() {
        let Kind::Object(object) = &schema.kind else { continue };
        for (index, property) in object.properties.iter().enumerate() {
            let array = match api.schema(property.schema).kind {
                Kind::Array(item) => Some(item),
                _ => None,
            };
            let id = array.unwrap_or(property.schema);
            let inside = api.schema(id);
            let empty = matches!(&inside.kind, Kind::Object(object) if object.properties.is_empty() && object.additional.is_none());
            if !empty || inside.name.is_some() {
                continue;
            }
            let owner_name = schema.name.clone().unwrap_or_default();
            found.push(Slot {
                owner,
                property: index,
                schema: id,
                array: array.map(|_| property.schema),
                keys: [format!("{owner_name}.{}", property.name), property.name.clone()],
                owner_name,
                name: property.name.clone(),
                place: property.place.clone(),
            });
        }
    }
    found
}
