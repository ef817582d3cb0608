//! The books: what stands in the documents, what became of it, and why the rest was left out.
//!
//! What is documented is counted by a walk of its own over the corrected trees, which shares nothing with
//! [`crate::normalize`] but the following of references. It is balanced twice: against the IR, where what normalizing
//! left out has its reasons, and against the package that is printed ([`settle`]), where what no operation reaches is
//! left out. So the sides can disagree, and then something was dropped without a word: that is a fault of ours, and is
//! reported as one.

use std::collections::BTreeMap;

use indexmap::IndexSet;
use serde::Serialize;

use crate::config::ApiConfig;
use crate::documents::Documents;
use crate::ir::{self, Kind};
use crate::source::Place;

mod emitted;
mod requests;
mod walk;

pub use emitted::settle;

/// A parameter of one operation: the operation's place, the location, the name.
pub(crate) type ParameterKey = (Place, &'static str, String);

/// The books of one API.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Coverage {
    /// The module name of the API.
    pub name: String,
    /// Methods on paths.
    pub operations: Part,
    /// Parameters of operations, those of their paths included.
    pub parameters: Part,
    /// Named schemas, and inline schemas of objects.
    pub schemas: Part,
    /// Properties of these.
    pub properties: Part,
    /// Requests of collections.
    #[serde(skip_serializing_if = "Part::is_empty")]
    pub requests: Part,
    /// Their parameters: of query, path and headers.
    #[serde(skip_serializing_if = "Part::is_empty")]
    pub request_parameters: Part,
    /// Their bodies.
    #[serde(skip_serializing_if = "Part::is_empty")]
    pub request_bodies: Part,
    /// The fields of forms among these.
    #[serde(skip_serializing_if = "Part::is_empty")]
    pub form_fields: Part,
    /// Replies that were saved in collections.
    #[serde(skip_serializing_if = "Part::is_empty")]
    pub saved_replies: Part,
    /// Variables of collections.
    #[serde(skip_serializing_if = "Part::is_empty")]
    pub variables: Part,
    /// What of it is in the IR, for [`settle`].
    #[serde(skip)]
    held: Held,
}

/// What stands in the documents and in the IR, each by its place on disk.
#[derive(Debug, Clone, Default)]
struct Held {
    operations: Vec<Place>,
    /// The operation, the location, the name; and where it stands.
    parameters: Vec<(ParameterKey, Place)>,
    schemas: Vec<Place>,
    properties: Vec<Place>,
    /// Of collections.
    kept: Vec<requests::KeptAt>,
}

/// One side of the books.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Part {
    /// How many stand in the documents; what is the same in several counts once.
    pub documented: usize,
    /// How many of them are in the client.
    pub emitted: usize,
    /// The others.
    pub skipped: Vec<Skipped>,
    /// Those that are neither; always empty, unless the fault is ours.
    #[serde(skip)]
    pub unaccounted: Vec<Place>,
}

/// Something that was left out.
#[derive(Debug, Clone, Serialize)]
pub struct Skipped {
    /// Where it stands.
    pub place: Place,
    /// Why.
    pub reason: String,
}

impl Coverage {
    /// The parts of documents, with their names.
    pub fn documents(&self) -> [(&'static str, &Part); 4] {
        [
            ("operations", &self.operations),
            ("parameters", &self.parameters),
            ("schemas", &self.schemas),
            ("properties", &self.properties),
        ]
    }

    /// The parts of collections, with their names.
    fn collections(&self) -> [(&'static str, &Part); 6] {
        [
            ("requests", &self.requests),
            ("request parameters", &self.request_parameters),
            ("request bodies", &self.request_bodies),
            ("form fields", &self.form_fields),
            ("saved replies", &self.saved_replies),
            ("variables", &self.variables),
        ]
    }

    fn collections_mut(&mut self) -> [&mut Part; 6] {
        [
            &mut self.requests,
            &mut self.request_parameters,
            &mut self.request_bodies,
            &mut self.form_fields,
            &mut self.saved_replies,
            &mut self.variables,
        ]
    }

    /// All parts, with their names: those of collections where there is one.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &Part)> {
        let collections = self.collections().into_iter().filter(|(_, part)| !part.is_empty());
        self.documents().into_iter().chain(collections)
    }

    /// Do the books balance?
    pub fn balances(&self) -> bool {
        self.parts().all(|(_, part)| part.documented == part.emitted + part.skipped.len())
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        self.documented == 0
    }
}

/// Several APIs, as `coverage --json` prints them.
pub fn to_json(apis: &[Coverage]) -> String {
    #[derive(Serialize)]
    struct Apis<'a> {
        apis: &'a [Coverage],
    }
    serde_json::to_string(&Apis { apis }).unwrap_or_default()
}

/// What normalizing left out, and what it made a part of something else.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    pub(crate) skipped: BTreeMap<Place, String>,
    pub(crate) skipped_parameters: BTreeMap<ParameterKey, String>,
    pub(crate) absorbed: IndexSet<Place>,
}

/// Balances the documents against the IR.
pub(crate) fn count(documents: &Documents, config: &ApiConfig, api: &ir::Api, losses: &Losses) -> Coverage {
    let documented = walk::walk(documents, config);
    let emitted = Emitted::of(api);
    let books = Books { documents, losses };
    let schemas = |place: &Place| emitted.schemas.contains(place) || losses.absorbed.contains(place);
    let properties = |place: &Place| emitted.properties.contains(place) || losses.absorbed.contains(place);
    let mut held = Held::default();
    let mut coverage = Coverage {
        name: api.module.clone(),
        operations: books.part(documented.operations, |place| emitted.operations.contains(place), &mut held.operations),
        parameters: books.parameters(documented.parameters, &emitted, &mut held.parameters),
        schemas: books.part(documented.schemas, schemas, &mut held.schemas),
        properties: books.part(documented.properties, properties, &mut held.properties),
        ..Coverage::default()
    };
    requests::count(&books, api, &emitted, &mut coverage, &mut held);
    coverage.held = held;
    coverage
}

/// What the IR holds, by place.
struct Emitted<'a> {
    operations: IndexSet<&'a Place>,
    parameters: IndexSet<(&'a Place, &'static str, &'a str)>,
    schemas: IndexSet<&'a Place>,
    properties: IndexSet<&'a Place>,
}

impl<'a> Emitted<'a> {
    fn of(api: &'a ir::Api) -> Self {
        let parameters = api.operations.iter().flat_map(|operation| {
            let all = operation.path.parameters.iter().chain(&operation.parameters);
            all.map(|parameter| (&operation.place, location(parameter.location), parameter.name.as_str()))
        });
        let properties = api.schemas.iter().filter_map(|schema| match &schema.kind {
            Kind::Object(object) => Some(object.properties.iter().map(|property| &property.place)),
            _ => None,
        });
        Self {
            operations: api.operations.iter().map(|operation| &operation.place).collect(),
            parameters: parameters.collect(),
            schemas: api.schemas.iter().map(|schema| &schema.place).collect(),
            properties: properties.flatten().collect(),
        }
    }
}

struct Books<'a> {
    documents: &'a Documents,
    losses: &'a Losses,
}

impl Books<'_> {
    fn part(&self, documented: Vec<Place>, emitted: impl Fn(&Place) -> bool, held: &mut Vec<Place>) -> Part {
        let mut part = Part { documented: documented.len(), ..Part::default() };
        for place in documented {
            if emitted(&place) {
                part.emitted += 1;
                held.push(self.on_disk(place));
            } else {
                self.leave_out(&mut part, &place, self.reason(&place));
            }
        }
        part
    }

    fn parameters(
        &self,
        documented: BTreeMap<ParameterKey, Place>,
        emitted: &Emitted<'_>,
        held: &mut Vec<(ParameterKey, Place)>,
    ) -> Part {
        let mut part = Part { documented: documented.len(), ..Part::default() };
        for (key, place) in documented {
            if emitted.parameters.contains(&(&key.0, key.1, key.2.as_str())) {
                part.emitted += 1;
                let (operation, location, name) = key;
                held.push(((self.on_disk(operation), location, name), self.on_disk(place)));
            } else {
                let own = self.losses.skipped_parameters.get(&key).map(String::as_str);
                self.leave_out(&mut part, &place, own.or_else(|| self.reason(&key.0)));
            }
        }
        part
    }

    /// The same place in the file as it is on disk.
    fn on_disk(&self, place: Place) -> Place {
        let moved =
            self.documents.sources.iter().find(|source| source.file == place.file && !source.origins.is_empty());
        moved.map(|source| source.on_disk(&place)).unwrap_or(place)
    }

    fn leave_out(&self, part: &mut Part, place: &Place, reason: Option<&str>) {
        let place = self.on_disk(place.clone());
        match reason {
            Some(reason) => part.skipped.push(Skipped { place, reason: reason.to_owned() }),
            None => part.unaccounted.push(place),
        }
    }

    /// Why what stands at `place`, or something around it, was left out.
    fn reason(&self, place: &Place) -> Option<&str> {
        let mut around = place.clone();
        loop {
            if let Some(reason) = self.losses.skipped.get(&around) {
                return Some(reason);
            }
            let slash = around.pointer.rfind('/')?;
            around.pointer.truncate(slash);
        }
    }
}

/// A location as documents spell it.
pub(crate) fn location(location: ir::Location) -> &'static str {
    match location {
        ir::Location::Path => "path",
        ir::Location::Query => "query",
        ir::Location::Header => "header",
        ir::Location::Cookie => "cookie",
    }
}

/// The spelling of a location in a document, if it is one.
pub(crate) fn location_word(word: &str) -> &'static str {
    ["path", "query", "header", "cookie"].into_iter().find(|known| *known == word).unwrap_or("unknown")
}
