//! From a request to a record: ids become references, parts get ids of their own, and what is null is cleared.

use sage_codegen::ir::{Kind, SchemaId};

use super::World;
use crate::Api;
use crate::fault::Fault;
use crate::json::{Node, Object, given, object, scalar};
use crate::spec::plural_of;

/// The property of the request that is no property of the record.
const REMEMBERED: &str = "idempotency_id";

impl World {
    /// Takes what the request says into a record of this schema. Nothing is kept if a reference leads nowhere.
    pub(super) fn absorb(&mut self, entity: SchemaId, body: &Object, value: &mut Object) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        self.take(entity, body, value, "", &mut faults);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn take(&mut self, entity: SchemaId, body: &Object, value: &mut Object, at: &str, faults: &mut Vec<Fault>) {
        for (name, given) in body {
            let here = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            if name == REMEMBERED || name == "id" && at.is_empty() && value.contains_key("id") {
                continue;
            }
            if let Some(property) = self.spec.property(entity, name) {
                if property.read_only {
                    continue;
                }
                let (schema, old) = (property.schema, value.get(name).cloned());
                let new = self.taken(schema, given, old.as_ref(), &here, faults);
                if let Err(fault) = self.check_id(name, &new, &here) {
                    faults.push(fault);
                }
                value.insert(name.clone(), new);
            } else if let Some((target, new)) = self.referred(entity, name, given, &here, faults) {
                value.insert(target, new);
            } else {
                value.insert(name.clone(), given.clone());
            }
        }
    }

    /// A value as it is kept.
    fn taken(&mut self, schema: SchemaId, given: &Node, old: Option<&Node>, at: &str, faults: &mut Vec<Fault>) -> Node {
        match (&self.spec.ir.schema(schema).kind, given) {
            (Kind::Object(_), Node::Object(members)) => {
                // A reference is replaced, a part is changed.
                let part = old.and_then(Node::as_object).filter(|old| !is_reference(old)).cloned();
                let mut part = part.unwrap_or_default();
                self.take(schema, members, &mut part, at, faults);
                self.identify(schema, &mut part);
                Node::Object(part)
            }
            (Kind::Array(item), Node::Array(items)) if self.spec.is_object(*item) => {
                let item = *item;
                let olds = old.and_then(Node::as_array).unwrap_or_default();
                let new = items.iter().enumerate().map(|(index, given)| {
                    let id = given.get("id").and_then(scalar);
                    let same = |old: &&Node| id.is_some() && old.get("id").and_then(scalar) == id;
                    self.taken(item, given, olds.iter().find(same), &format!("{at}[{index}]"), faults)
                });
                Node::Array(new.collect())
            }
            _ => given.clone(),
        }
    }

    /// `contact_id` in a request is `contact` in the record, and `contact_type_ids` are `contact_types`.
    fn referred(
        &self,
        entity: SchemaId,
        name: &str,
        given: &Node,
        at: &str,
        faults: &mut Vec<Fault>,
    ) -> Option<(String, Node)> {
        if let Some(one) = name.strip_suffix("_id") {
            let property = self.spec.property(entity, one).filter(|property| self.spec.is_object(property.schema))?;
            return Some((property.name.clone(), self.refer(one, given, at, faults)));
        }
        let one = name.strip_suffix("_ids")?;
        let property = self.spec.properties(entity).iter().find(|property| plural_of(&property.name, one))?;
        let given = given.as_array().unwrap_or_default();
        let references = given.iter().map(|id| self.refer(one, id, at, faults)).collect();
        Some((property.name.clone(), Node::Array(references)))
    }

    fn refer(&self, name: &str, id: &Node, at: &str, faults: &mut Vec<Fault>) -> Node {
        let Some(id) = scalar(id).filter(|id| !id.is_empty()) else { return Node::Null };
        let Some(resource) = self.spec.target(name) else {
            return object([("id", Node::from(id.as_str())), ("displayed_as", Node::from(id)), ("$path", Node::Null)]);
        };
        match self.record(resource, &id) {
            Some(record) => self.reference(resource, record),
            None => {
                faults.push(Fault::unknown_reference(at, resource, &id));
                Node::Null
            }
        }
    }

    /// Sage 200 keeps ids as they are sent; they have to lead somewhere as well.
    fn check_id(&self, name: &str, id: &Node, at: &str) -> Result<(), Fault> {
        if self.spec.service != Api::Sage200 {
            return Ok(());
        }
        let Some(resource) = name.strip_suffix("_id").and_then(|one| self.spec.target(one)) else { return Ok(()) };
        match scalar(id) {
            Some(id) if self.record(resource, &id).is_none() => Err(Fault::unknown_reference(at, resource, &id)),
            _ => Ok(()),
        }
    }

    /// Parts have ids and names too.
    fn identify(&mut self, schema: SchemaId, part: &mut Object) {
        if self.spec.property(schema, "id").is_some() && given(part, "id").is_none() {
            let id = self.new_id();
            part.insert("id".to_owned(), self.id_node(&id));
        }
        if self.spec.property(schema, "displayed_as").is_some() && given(part, "displayed_as").is_none() {
            let shown = shown(part).unwrap_or_else(|| part.get("id").and_then(scalar).unwrap_or_default());
            part.insert("displayed_as".to_owned(), Node::from(shown));
        }
    }
}

/// Is it `id`, `displayed_as` and `$path` of another record?
pub(crate) fn is_reference(object: &Object) -> bool {
    object.len() == 3 && object.contains_key("$path") && object.contains_key("id")
}

/// The property that people know a record by.
pub(super) fn shown(value: &Object) -> Option<String> {
    const NAMES: [&str; 12] = [
        "name",
        "invoice_number",
        "credit_note_number",
        "quote_number",
        "estimate_number",
        "item_code",
        "description",
        "title",
        "file_name",
        "reference",
        "address_line_1",
        "code",
    ];
    NAMES.iter().find_map(|name| given(value, name).and_then(scalar)).filter(|text| !text.is_empty())
}
