//! What is stored for one business, site or company: records of every collection, and what is remembered about them.

mod absorb;
mod books;
mod example;
mod records;
mod sample;
mod seed;

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use indexmap::IndexMap;
use sage_codegen::ir::SchemaId;
use sha2::{Digest as _, Sha256};

use crate::Api;
use crate::fault::Fault;
use crate::idempotency::Remembered;
use crate::json::{Node, Object, given, number, object, scalar};
use crate::oauth::Company;
use crate::spec::Spec;

pub(crate) use absorb::is_reference;
pub use example::Example;
pub(crate) use sample::Sample;

/// The books of one tenant.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) spec: &'static Spec,
    /// Which one it is: a part of every id.
    name: String,
    counter: u64,
    pub(crate) collections: IndexMap<String, Collection>,
    /// The settings and others of which there is one.
    pub(crate) only: IndexMap<String, Object>,
    /// Replies to requests that came with an idempotency id.
    pub(crate) remembered: HashMap<String, Remembered>,
}

/// The records of a collection.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    pub(crate) records: IndexMap<String, Record>,
    pub(crate) deleted: Vec<(Record, DateTime<Utc>)>,
}

/// A record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) value: Object,
    pub(crate) updated: DateTime<Utc>,
    /// The records that it was made below: collection and id.
    pub(crate) parents: Vec<(String, String)>,
}

impl World {
    /// The books of a small company, the same for the same seed and name.
    pub(crate) fn new(spec: &'static Spec, seed: u64, name: &str, companies: &[Company], now: DateTime<Utc>) -> Self {
        let mut world = Self {
            spec,
            name: format!("{seed}/{}/{name}", spec.service.folder()),
            counter: 0,
            collections: IndexMap::new(),
            only: IndexMap::new(),
            remembered: HashMap::new(),
        };
        world.fill(companies, now);
        world
    }

    /// A new id: 32 hexadecimal digits, or a whole number in Sage 200.
    pub(crate) fn new_id(&mut self) -> String {
        self.counter += 1;
        match self.spec.service {
            Api::Sage200 => (10_000 + self.counter).to_string(),
            Api::Accounting | Api::AccountingV3 => self.hex(self.counter),
        }
    }

    fn hex(&self, number: u64) -> String {
        let digest = Sha256::digest(format!("{}/{number}", self.name));
        digest.iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// An id as the service writes it in JSON.
    pub(crate) fn id_node(&self, id: &str) -> Node {
        match self.spec.service {
            Api::Sage200 if id.bytes().all(|byte| byte.is_ascii_digit()) => number(id),
            _ => Node::from(id),
        }
    }

    /// The record, if there is one.
    pub(crate) fn record(&self, resource: &str, id: &str) -> Option<&Record> {
        self.collections.get(resource)?.records.get(id)
    }

    /// The record, or a fault that names it.
    pub(crate) fn found(&self, resource: &str, id: &str) -> Result<&Record, Fault> {
        self.record(resource, id).ok_or_else(|| Fault::not_found(resource, id))
    }

    /// `id`, `displayed_as` and `$path` of a record.
    pub(crate) fn reference(&self, resource: &str, record: &Record) -> Node {
        let shown = given(&record.value, "displayed_as").cloned().unwrap_or_else(|| Node::from(record.id.as_str()));
        object([
            ("id", self.id_node(&record.id)),
            ("displayed_as", shown),
            ("$path", Node::from(format!("/{resource}/{}", record.id))),
        ])
    }

    /// Makes a record from a request.
    pub(crate) fn create(
        &mut self,
        resource: &str,
        body: &Object,
        parents: Vec<(String, String)>,
        now: DateTime<Utc>,
    ) -> Result<String, Vec<Fault>> {
        let Some(entity) = self.spec.resources.get(resource).map(|resource| resource.entity) else {
            return Err(vec![Fault::not_found(resource, "")]);
        };
        let mut value = self.defaults(entity);
        // Ids are the service's.
        let body: Object =
            body.iter().filter(|(name, _)| *name != "id").map(|(name, value)| (name.clone(), value.clone())).collect();
        self.absorb(entity, &body, &mut value)?;
        self.insert(resource, entity, value, parents, now).map_err(|fault| vec![fault])
    }

    /// Keeps what has been checked as a new record.
    fn insert(
        &mut self,
        resource: &str,
        entity: SchemaId,
        mut value: Object,
        parents: Vec<(String, String)>,
        now: DateTime<Utc>,
    ) -> Result<String, Fault> {
        let id = given(&value, "id").and_then(scalar).unwrap_or_else(|| self.new_id());
        for (parent, parent_id) in &parents {
            let name = format!("{}_id", crate::spec::singular(parent));
            if self.spec.property(entity, &name).is_some() {
                value.insert(name, self.id_node(parent_id));
            }
        }
        self.stamp(entity, &mut value, now, true);
        value.insert("id".to_owned(), self.id_node(&id));
        self.finish(resource, entity, &id, &mut value, now)?;
        let record = Record { id: id.clone(), value, updated: now, parents };
        self.collections.entry(resource.to_owned()).or_default().records.insert(id.clone(), record);
        Ok(id)
    }

    /// Takes back what was made a moment ago: nobody has seen it.
    pub(crate) fn forget(&mut self, resource: &str, id: &str) {
        if let Some(collection) = self.collections.get_mut(resource) {
            collection.records.shift_remove(id);
        }
    }

    /// A record as it was before a change that failed.
    pub(crate) fn restore(&mut self, resource: &str, record: Record) {
        if let Some(collection) = self.collections.get_mut(resource) {
            collection.records.insert(record.id.clone(), record);
        }
    }

    /// Changes the properties that the request names.
    pub(crate) fn update(
        &mut self,
        resource: &str,
        id: &str,
        body: &Object,
        now: DateTime<Utc>,
    ) -> Result<(), Vec<Fault>> {
        let record = self.found(resource, id).map_err(|fault| vec![fault])?.clone();
        let Some(entity) = self.spec.resources.get(resource).map(|resource| resource.entity) else {
            return Err(vec![Fault::not_found(resource, id)]);
        };
        let mut value = record.value;
        self.absorb(entity, body, &mut value)?;
        // It is the name of the contact, unless the request gives it another.
        if body.contains_key("contact_id") && !body.contains_key("contact_name") {
            value.shift_remove("contact_name");
        }
        self.stamp(entity, &mut value, now, false);
        self.finish(resource, entity, id, &mut value, now).map_err(|fault| vec![fault])?;
        if let Some(record) = self.collections.get_mut(resource).and_then(|all| all.records.get_mut(id)) {
            record.value = value;
            record.updated = now;
        }
        Ok(())
    }

    /// Changes what there is one of.
    pub(crate) fn update_only(&mut self, name: &str, body: &Object, now: DateTime<Utc>) -> Result<(), Vec<Fault>> {
        let Some(entity) = self.spec.resources.get(name).map(|resource| resource.entity) else {
            return Err(vec![Fault::not_found(name, "")]);
        };
        let mut value = self.only.get(name).cloned().unwrap_or_default();
        self.absorb(entity, body, &mut value)?;
        self.stamp(entity, &mut value, now, false);
        self.only.insert(name.to_owned(), value);
        Ok(())
    }

    /// Takes what a request says into a value that is not kept.
    pub(crate) fn take_in(&mut self, schema: SchemaId, body: &Object, value: &mut Object) -> Result<(), Vec<Fault>> {
        self.absorb(schema, body, value)
    }

    /// The same record once more, as a new one with these changes.
    pub(crate) fn copy(
        &mut self,
        resource: &str,
        id: &str,
        changes: &[(&str, Node)],
        now: DateTime<Utc>,
    ) -> Result<String, Fault> {
        let record = self.found(resource, id)?;
        let (mut value, parents) = (record.value.clone(), record.parents.clone());
        value.shift_remove("id");
        value.extend(changes.iter().map(|(name, new)| ((*name).to_owned(), new.clone())));
        let entity = self.spec.resources.get(resource).map(|resource| resource.entity);
        let entity = entity.ok_or_else(|| Fault::not_found(resource, id))?;
        self.insert(resource, entity, value, parents, now)
    }

    /// Keeps an entry that the service writes itself: what clients may only read is said here.
    pub(crate) fn write(&mut self, resource: &str, entry: &Object, now: DateTime<Utc>) -> Result<String, Vec<Fault>> {
        let Some(entity) = self.spec.resources.get(resource).map(|resource| resource.entity) else {
            return Err(vec![Fault::not_found(resource, "")]);
        };
        let mut value = self.defaults(entity);
        self.absorb(entity, entry, &mut value)?;
        for (name, given) in entry {
            if self.spec.property(entity, name).is_some_and(|property| property.read_only) || name == "id" {
                value.insert(name.clone(), given.clone());
            }
        }
        self.insert(resource, entity, value, Vec::new(), now).map_err(|fault| vec![fault])
    }

    /// Deletes a record, and remembers it.
    pub(crate) fn delete(&mut self, resource: &str, id: &str, now: DateTime<Utc>) -> Result<(), Fault> {
        let fault = || Fault::not_found(resource, id);
        let collection = self.collections.get_mut(resource).ok_or_else(fault)?;
        let mut record = collection.records.shift_remove(id).ok_or_else(fault)?;
        record.value.insert("deleted_at".to_owned(), Node::from(time(now)));
        collection.deleted.push((record, now));
        Ok(())
    }

    /// When it was made and changed.
    fn stamp(&self, entity: SchemaId, value: &mut Object, now: DateTime<Utc>, new: bool) {
        for (name, only_new) in
            [("created_at", true), ("updated_at", false), ("date_time_created", true), ("date_time_updated", false)]
        {
            if (new || !only_new) && self.spec.property(entity, name).is_some() {
                value.insert(name.to_owned(), Node::from(time(now)));
            }
        }
    }

    /// What the document says is assumed.
    pub(crate) fn defaults(&self, entity: SchemaId) -> Object {
        let properties = self.spec.properties(entity).iter();
        properties.filter_map(|property| Some((property.name.clone(), property.default.clone()?))).collect()
    }
}

/// A moment as the services write it.
pub(crate) fn time(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}
