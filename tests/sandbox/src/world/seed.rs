//! The sample company: what `company/*.json` says, and a few records made from the schemas where it says nothing.

use chrono::{DateTime, TimeDelta, Utc};
use sage_codegen::ir::SchemaId;

use super::{Sample, World};
use crate::Api;
use crate::json::{Node, Object, object, scalar};
use crate::oauth::Company;
use crate::spec::{singular, words};

/// How many records are made from the schema.
const SAMPLES: usize = 3;

impl World {
    /// Fills new books.
    pub(super) fn fill(&mut self, companies: &[Company], now: DateTime<Utc>) {
        // The company is a month old, so that what is made from now on is newer.
        let mut moment = now - TimeDelta::days(30);
        let company = match self.spec.service {
            Api::Accounting | Api::AccountingV3 => include_str!("../../company/accounting.json"),
            Api::Sage200 => include_str!("../../company/sage-200.json"),
        };
        for company in companies {
            self.company(company, moment);
        }
        let company = Node::from_json(company).unwrap_or_default();
        for row in company.as_array().unwrap_or_default() {
            let Some([resource, value]) = row.as_array() else { continue };
            let (Some(resource), Some(value)) = (resource.as_str(), value.as_object()) else { continue };
            moment += TimeDelta::minutes(1);
            self.row(resource, value, moment);
        }
        self.rest(moment);
    }

    /// A company in the list of businesses, or of sites.
    fn company(&mut self, company: &Company, now: DateTime<Utc>) {
        let text = |text: &str| Node::from(text);
        let (resource, id, value) = match self.spec.service {
            Api::Accounting => {
                let value = object([("id", text(&company.business)), ("name", text(&company.name))]);
                ("businesses", company.business.clone(), value)
            }
            Api::AccountingV3 => return,
            Api::Sage200 => {
                let value = object([
                    ("company_id", Node::from(company.number)),
                    ("company_name", text(&company.name)),
                    ("site_id", text(&company.site)),
                    ("site_name", text(&format!("Sage 200 in {}", company.country))),
                    ("site_short_name", text(&company.country)),
                ]);
                ("sites", company.key(), value)
            }
        };
        let Some(entity) = self.spec.resources.get(resource).map(|known| known.entity) else { return };
        let mut value = value.as_object().cloned().unwrap_or_default();
        value.insert("id".to_owned(), Node::from(id));
        self.made_by(resource, entity, value, now);
    }

    /// Keeps what is written here; amounts that nobody can count with would be a fault of the table.
    fn made_by(&mut self, resource: &str, entity: SchemaId, value: Object, now: DateTime<Utc>) {
        let made = self.insert(resource, entity, value, Vec::new(), now);
        debug_assert!(made.is_ok(), "{resource}: {made:?}");
    }

    /// A row of the table: a body, in which `@contacts/0` is the id of the first contact.
    fn row(&mut self, resource: &str, value: &Object, now: DateTime<Utc>) {
        let Some(known) = self.spec.resources.get(resource) else { return };
        let only = known.only;
        let body: Object = value.iter().map(|(name, value)| (name.clone(), self.resolved(value))).collect();
        let written =
            if only { self.update_only(resource, &body, now) } else { self.write(resource, &body, now).map(drop) };
        debug_assert!(written.is_ok(), "{resource}: {written:?}");
    }

    fn resolved(&self, value: &Node) -> Node {
        match value {
            Node::String(text) if text.starts_with('@') => self.row_id(&text[1..]).unwrap_or_default(),
            Node::Array(items) => Node::Array(items.iter().map(|item| self.resolved(item)).collect()),
            Node::Object(members) => {
                Node::Object(members.iter().map(|(name, value)| (name.clone(), self.resolved(value))).collect())
            }
            other => other.clone(),
        }
    }

    fn row_id(&self, path: &str) -> Option<Node> {
        let (resource, index) = path.split_once('/')?;
        let (id, _) = self.collections.get(resource)?.records.get_index(index.parse().ok()?)?;
        Some(self.id_node(id))
    }

    /// Records of the collections that the table leaves out: what others are below comes before those, and what no list
    /// shows comes last.
    fn rest(&mut self, now: DateTime<Utc>) {
        let spec = self.spec;
        let mut resources: Vec<_> = spec.resources.iter().collect();
        resources.sort_by_key(|(name, _)| spec.level(name).unwrap_or(usize::MAX));
        for (name, resource) in resources {
            if resource.only {
                if !self.only.contains_key(name) {
                    let sample = Sample { world: self, number: 0, name: &singular(name), request: false };
                    let mut value = sample.of(resource.entity).as_object().cloned().unwrap_or_default();
                    let id = self.new_id();
                    value.insert("id".to_owned(), self.id_node(&id));
                    self.stamp(resource.entity, &mut value, now, true);
                    let finished = self.finish(name, resource.entity, &id, &mut value, now);
                    debug_assert!(finished.is_ok(), "{name}: {finished:?}");
                    self.only.insert(name.clone(), value);
                }
            } else if !self.collections.contains_key(name) && self.shown_by(name).is_none() {
                for number in 0..SAMPLES {
                    self.made(name, number, now);
                }
            }
        }
    }

    /// A record that is made from its schema.
    fn made(&mut self, name: &str, number: usize, now: DateTime<Utc>) {
        let Some(resource) = self.spec.resources.get(name) else { return };
        let (entity, creation) = (resource.entity, resource.creation);
        let one = singular(name);
        let sample = Sample { world: self, number, name: &one, request: false };
        let mut value = sample.of(entity).as_object().cloned().unwrap_or_default();
        value.insert("displayed_as".to_owned(), Node::from(format!("{} {}", words(&one), number + 1)));
        // One document of each kind has not been sent out yet.
        if number + 1 == SAMPLES && self.spec.property(entity, "status").is_some() {
            self.set_status(&mut value, "DRAFT");
        }
        // What the vendor made has an id that can be read.
        if creation.is_none() && self.spec.service != Api::Sage200 {
            value.insert("id".to_owned(), Node::from(format!("{}_{}", one.to_uppercase(), number + 1)));
        }
        if self.spec.service == Api::Sage200 {
            for part in ["value", "name", "description"] {
                if value.get(part).and_then(scalar).is_some() && one.ends_with("_type") {
                    value.insert(part.to_owned(), Node::from(format!("{} {}", words(&one), number + 1)));
                }
            }
        }
        if self.spec.service == Api::Sage200 && self.spec.level(name).is_none() {
            value.insert("id".to_owned(), self.id_unlisted(name, number));
        }
        self.made_by(name, entity, value, now);
    }

    /// An id that can be known without a list: that of what the record is about (`product_sales_figures` are of `products`),
    /// or 1, 2, 3.
    fn id_unlisted(&self, name: &str, number: usize) -> Node {
        let heads = name.match_indices('_').map(|(at, _)| &name[..at]);
        let about =
            heads.filter_map(|head| self.spec.resources.keys().find(|known| singular(known) == head)).next_back();
        let records = about.and_then(|about| self.collections.get(about)).map(|about| &about.records);
        match records.and_then(|records| records.get_index(number)) {
            Some((id, _)) => self.id_node(id),
            None => crate::json::number(number + 1),
        }
    }
}
