//! Requests in which everything is set.

use sage_codegen::ir::{Content, Method, Parameter, Takes};

use super::{Sample, World};
use crate::Api;
use crate::json::{Node, given, scalar};
use crate::spec::{Action, Segment, singular};

/// A request in which everything is set: see [`Sandbox::example`](crate::Sandbox::example).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Example {
    /// The parameters of the path, in their order.
    pub path: Vec<String>,
    /// The other parameters: name and value, as JSON.
    pub parameters: Vec<(String, String)>,
    /// The body without its wrapper, as JSON.
    pub body: Option<String>,
}

impl World {
    /// An example of the operation with this index.
    pub(crate) fn example(&self, index: usize) -> Example {
        let spec = self.spec;
        let (operation, route) = (&spec.ir.operations[index], &spec.routes[index]);
        let value = |parameter: &Parameter| (parameter.name.clone(), self.parameter(index, parameter).to_json());
        let name = match operation.method {
            // A collection is changed by a list of records.
            Method::Put if route.action == Action::UpdateAll => route.resource.clone(),
            _ => singular(&route.resource),
        };
        let sample = Sample { world: self, number: 0, name: &name, request: true };
        let body = operation.body.as_ref().and_then(|body| match body.content {
            Content::Json(schema) => Some(self.with_source(&route.resource, sample.of(schema))),
            _ => None,
        });
        let record = spec.record(index).filter(|_| spec.service != Api::Sage200);
        let body = match (body, record) {
            (Some(body), Some(record)) => Some(super::sample::fitting(spec, record, body)),
            (body, _) => body,
        };
        let body = body.map(|body| body.to_json());
        Example { path: self.ids(index), parameters: operation.parameters.iter().map(value).collect(), body }
    }

    /// What is duplicated has to be there.
    fn with_source(&self, resource: &str, mut body: Node) -> Node {
        let source = resource.strip_suffix("_duplicate").and_then(|source| self.first(source, |_| true));
        if let (Some((id, _)), Node::Object(members)) = (source, &mut body) {
            members.insert("source_id".to_owned(), self.id_node(&id));
        }
        body
    }

    /// Ids for the path, of records that belong together.
    fn ids(&self, index: usize) -> Vec<String> {
        let route = &self.spec.routes[index];
        let count = route.segments.iter().filter(|segment| **segment == Segment::Parameter).count();
        let mut ids = vec!["1".to_owned(); count];
        let mut below = None;
        if route.segments.last() == Some(&Segment::Parameter) {
            below = self.first(&route.resource, |_| true);
            if let (Some((id, _)), Some(last)) = (&below, ids.last_mut()) {
                last.clone_from(id);
            }
        }
        // A draft can be released, and is found by its status.
        let release = self.spec.ir.operations[index].path.template.ends_with("/release");
        for (at, (parent, _)) in route.parents.iter().enumerate().rev() {
            let link = format!("{}_id", singular(parent));
            let named = below.as_ref().and_then(|(_, value)| given(value, &link).and_then(scalar));
            let found = match named {
                Some(id) => self.record(parent, &id).map(|record| (id, record.value.clone())),
                None => self.first(parent, |value| !release || super::books::is_draft(value)),
            };
            if let (Some((id, _)), Some(place)) = (&found, ids.get_mut(at)) {
                place.clone_from(id);
            }
            below = found.or(below);
        }
        ids
    }

    fn first(
        &self,
        resource: &str,
        fits: impl Fn(&crate::json::Object) -> bool,
    ) -> Option<(String, crate::json::Object)> {
        let rows = self.records(resource);
        let found = rows.into_iter().find(|(_, value)| fits(value));
        found.map(|(record, value)| (record.id.clone(), value.into_owned()))
    }

    /// A value for a parameter that is not in the path.
    fn parameter(&self, index: usize, parameter: &Parameter) -> Node {
        let route = &self.spec.routes[index];
        let item = route.reply.map(|schema| self.spec.item(schema).unwrap_or(schema));
        let properties = item.map(|item| self.spec.properties(item)).unwrap_or_default();
        let first = properties.first().map(|property| property.name.as_str()).unwrap_or_default();
        let record = |name: &&sage_codegen::ir::Property| {
            self.spec.is_object(self.spec.item(name.schema).unwrap_or(name.schema))
        };
        let text = match parameter.name.as_str() {
            "$filter" => format!("{first} ne null"),
            "$select" | "$orderby" => first.to_owned(),
            "$expand" => properties.iter().find(record).map_or(first, |property| property.name.as_str()).to_owned(),
            "$top" | "page" | "items_per_page" => return Node::from(1),
            "$skip" => return Node::from(0),
            "attributes" | "nested_attributes" => "all".to_owned(),
            name => match (&parameter.takes, parameter.values.first()) {
                (Takes::Sort { descending }, Some(key)) => format!("{key}{descending}"),
                _ => return Sample { world: self, number: 0, name, request: true }.of(parameter.schema),
            },
        };
        Node::from(text)
    }
}
