//! Lists: which operations page, and how they go on.

use super::Ctx;
use crate::config;
use crate::ir::{Integer, Kind, Location, Method, Operation, Paging, Schema, SchemaId};

/// What lists in an envelope call the number of a page.
const PAGE: &str = "page";

impl Ctx<'_> {
    /// Declared as arrays, sent in an envelope: GETs with the parameter, and those named.
    pub(super) fn list_envelope(&mut self, setting: &config::ListEnvelope) {
        let name = &setting.parameter;
        let by_parameter =
            self.page_by_envelope(|operation| operation.parameters.iter().any(|parameter| parameter.name == *name));
        let mut count = by_parameter;
        for (index, path) in setting.also.iter().enumerate() {
            let added = self.page_by_envelope(|operation| operation.path.template == *path);
            count += added;
            if added == 0 {
                let known = |operation: &Operation| operation.path.template == *path && operation.paging.is_some();
                let message = if self.api.operations.iter().any(known) {
                    format!("the GET on `{path}` need not be named: it has the parameter `{name}`, or is named already")
                } else {
                    format!("no GET on `{path}` answers with an array")
                };
                self.unused(&format!("/conventions/list-envelope/also/{index}"), message);
            }
        }
        let looked_for = format!("no GET with a parameter `{name}` answers with an array");
        if by_parameter == 0 && count > 0 {
            // What is named hides nothing: the parameter has to apply by itself.
            self.unused("/conventions/list-envelope/parameter", looked_for.clone());
        }
        self.applied("list-envelope", count, &looked_for);
    }

    /// Marks the lists that are meant and do not page yet, and says how many they were.
    fn page_by_envelope(&mut self, is_meant: impl Fn(&Operation) -> bool) -> usize {
        let mut count = 0;
        for index in 0..self.api.operations.len() {
            let operation = &self.api.operations[index];
            if operation.paging.is_none() && is_meant(operation) && self.is_list(index) {
                self.api.operations[index].paging = Some(Paging::Envelope);
                count += 1;
            }
        }
        count
    }

    /// Arrays that go on by offset: every GET that answers with one and does not page otherwise.
    pub(super) fn offset_paging(&mut self, setting: &config::OffsetPaging) {
        let mut count = 0;
        for index in 0..self.api.operations.len() {
            if self.api.operations[index].paging.is_none() && self.is_list(index) {
                let order = setting.order.as_ref().map(|(name, property)| (name.clone(), self.order(index, property)));
                self.api.operations[index].paging = Some(Paging::Offset {
                    skip: setting.skip.clone(),
                    top: setting.top.clone(),
                    default: setting.default,
                    order,
                });
                count += 1;
            }
        }
        self.applied("offset-paging", count, "no GET answers with an array");
    }

    /// What a list is sorted by unless the user says otherwise: this property. Where its items have none of this name,
    /// those whose names end like it (`site_id`, `company_id`), else the first that holds a single value.
    fn order(&self, index: usize, property: &str) -> String {
        let reply = self.reply(&self.api.operations[index]);
        let item = reply.and_then(|reply| match self.api.schema(reply).kind {
            Kind::Array(item) => Some(&self.api.schema(item).kind),
            _ => None,
        });
        let Some(Kind::Object(object)) = item else { return property.to_owned() };
        let single = |schema: SchemaId| {
            !matches!(
                self.api.schema(schema).kind,
                Kind::Object(_) | Kind::Array(_) | Kind::Map(_) | Kind::Union(_) | Kind::Any
            )
        };
        let singles = object.properties.iter().filter(|property| single(property.schema));
        let names: Vec<&str> = singles.map(|property| property.name.as_str()).collect();
        if names.is_empty() || names.contains(&property) {
            return property.to_owned();
        }
        let suffix = format!("_{property}");
        let alike: Vec<&str> = names.iter().copied().filter(|name| name.ends_with(&suffix)).collect();
        if alike.is_empty() { names[0].to_owned() } else { alike.join(",") }
    }

    /// What says how many, or which page, is no less than nothing, whether a document says so or not.
    pub(super) fn paging_counts(&mut self) {
        let page_size = self.config.conventions.list_envelope.as_ref().map(|setting| setting.parameter.clone());
        for index in 0..self.api.operations.len() {
            let names = match &self.api.operations[index].paging {
                Some(Paging::Envelope) => page_size.iter().cloned().chain([PAGE.to_owned()]).collect(),
                Some(Paging::Offset { skip, top, .. }) => vec![skip.clone(), top.clone()],
                None => Vec::new(),
            };
            for at in 0..self.api.operations[index].parameters.len() {
                let parameter = &self.api.operations[index].parameters[at];
                let schema = self.api.schema(parameter.schema);
                let counts = parameter.location == Location::Query && names.contains(&parameter.name);
                if counts && matches!(schema.kind, Kind::Integer(_)) {
                    // A copy: others may use the same schema for something else.
                    let count = Schema { kind: Kind::Integer(Integer::U32), name: None, ..schema.clone() };
                    self.api.operations[index].parameters[at].schema = self.add(count);
                }
            }
        }
    }

    /// Does this operation get an array?
    pub(super) fn is_list(&self, index: usize) -> bool {
        let operation = &self.api.operations[index];
        operation.method == Method::Get && self.replies_with(operation, |kind| matches!(kind, Kind::Array(_)))
    }
}
