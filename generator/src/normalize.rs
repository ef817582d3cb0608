//! Documents in, [`ir::Api`] out: the one place where the shape of OpenAPI is known.
//!
//! Every named schema has an id before any is described. Each schema, parameter, body, reply and operation is parsed
//! by `openapiv3` alone, so that a fault costs no more than the item that it is in. What is lost is reported, and
//! recorded with its reason for [`crate::coverage`].
//!
//! Nothing here knows Rust, and nothing after it may ask how a document was written.

use std::collections::BTreeMap;

use crate::config::ApiConfig;
use crate::coverage::{self, Coverage};
use crate::diagnostic::{Code, Diagnostics};
use crate::documents::Documents;
use crate::ir;
use crate::ordered;
use crate::postman::Ledgers;
use crate::source::{Place, Source};

mod at;
mod beside;
mod bodies;
mod client;
mod enums;
mod join;
mod kinds;
mod limits;
mod objects;
mod operations;
mod parameters;
mod path;
mod report;
mod schemas;
mod shallow;
mod terms;
mod unions;

pub(crate) use at::{At, Key, LONGEST_CHAIN, resolve};
pub(crate) use operations::METHODS;
pub(crate) use path::parameters as path_parameters;

use report::Report;
use schemas::{Named, Schemas};

/// Why something was left out, as a user reads it.
pub(crate) type Reason = String;

/// What a run over the documents works with.
struct Ctx<'a> {
    sources: &'a [Source],
    ledgers: &'a Ledgers,
    config: &'a ApiConfig,
    report: Report<'a>,
    schemas: Schemas<'a>,
    /// What was left out, by place; everything inside it is left out with it.
    skipped: BTreeMap<Place, Reason>,
    /// Parameters that were left out of one operation.
    skipped_parameters: BTreeMap<coverage::ParameterKey, Reason>,
    /// Parameters that a document and a collection both have.
    twice: Vec<join::Twice<'a>>,
    /// Properties of joined schemas so far.
    merged: usize,
    /// Members of `allOf` so far.
    members: usize,
    /// There were too many, and it was said.
    exhausted: bool,
}

/// Turns documents of one API into what the API is.
pub fn normalize(documents: &Documents, config: &ApiConfig, diagnostics: &mut Diagnostics) -> (ir::Api, Coverage) {
    let sources = &documents.sources;
    let mut ctx = Ctx {
        sources,
        ledgers: &documents.ledgers,
        config,
        report: Report::new(sources, diagnostics),
        schemas: Schemas::default(),
        skipped: BTreeMap::new(),
        skipped_parameters: BTreeMap::new(),
        twice: Vec::new(),
        merged: 0,
        members: 0,
        exhausted: false,
    };
    ctx.name_schemas();
    let joined = ctx.in_collections();
    let operations = ctx.operations(&joined);
    ctx.describe_all();
    ctx.join_texts();
    ctx.break_circles();
    ctx.spread_nullability();
    ctx.contradictions(&operations, &joined);
    let api = ir::Api {
        module: config.module.clone(),
        title: config.title.clone(),
        client: client::client(config),
        operations,
        schemas: std::mem::take(&mut ctx.schemas.done),
        values: Vec::new(),
        absorbed: Vec::new(),
    };
    let losses = coverage::Losses {
        skipped: ctx.skipped,
        skipped_parameters: ctx.skipped_parameters,
        absorbed: ctx.schemas.absorbed,
    };
    let coverage = coverage::count(documents, config, &api, &losses);
    (on_disk(api, sources), coverage)
}

impl<'a> Ctx<'a> {
    /// Gives each component an id, in the order of the documents.
    fn name_schemas(&mut self) {
        let mut firsts: BTreeMap<&'a str, At<'a>> = BTreeMap::new();
        let mut components = Vec::new();
        for (document, source) in self.sources.iter().enumerate() {
            let root = At::root(document, source);
            let schemas = root.child("components").and_then(|components| components.child("schemas"));
            for (name, at) in schemas.iter().flat_map(At::members) {
                let first = firsts.entry(name).or_insert_with(|| at.clone()).clone();
                let same = first.node == at.node;
                if !same {
                    let message = format!("schema `{name}` differs from that of the same name in {}", first.place);
                    self.report.say(Code::NameTaken, &at.place, message);
                }
                let named = Named { name: same.then(|| name.to_owned()), first: if same { first } else { at.clone() } };
                self.schemas.names.insert(at.key(), named);
                components.push(at);
            }
        }
        for at in components {
            if let Err(reason) = self.schema(&at) {
                self.skip(&at.place, reason);
            }
        }
    }

    /// Records that what stands at `place` is left out.
    fn skip(&mut self, place: &Place, reason: Reason) {
        self.skipped.entry(place.clone()).or_insert(reason);
    }

    /// A property is nullable where its schema is.
    fn spread_nullability(&mut self) {
        let nullable: Vec<bool> = self.schemas.done.iter().map(|schema| schema.nullable).collect();
        for schema in &mut self.schemas.done {
            if let ir::Kind::Object(object) = &mut schema.kind {
                for property in &mut object.properties {
                    property.nullable |= nullable[property.schema.0 as usize];
                }
            }
        }
    }

    /// Names members of a schema that OpenAPI does not know.
    fn unknown_keys(&mut self, at: &At<'a>) {
        let unknown = |key: &&str| !key.starts_with("x-") && KNOWN_KEYS.binary_search(key).is_err();
        let keys: Vec<&str> =
            at.node.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).filter(unknown).collect();
        for key in keys {
            self.report.say(
                Code::UnknownKey,
                &at.place.child(key),
                format!("schema has a member `{key}` that OpenAPI does not know"),
            );
        }
    }
}

/// The members of a schema in OpenAPI 3.0, in order.
const KNOWN_KEYS: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
    "xml",
];

/// Places in the files as they are on disk, for those that were adapted.
fn on_disk(mut api: ir::Api, sources: &[Source]) -> ir::Api {
    let moved: BTreeMap<&str, &Source> = ordered::map(
        sources.iter().filter(|source| !source.origins.is_empty()).map(|source| (source.file.as_ref(), source)),
    );
    if moved.is_empty() {
        return api;
    }
    ir::each_place(&mut api, &mut |place| {
        if let Some(source) = moved.get(place.file.as_ref()) {
            *place = source.on_disk(place);
        }
    });
    api
}

#[cfg(test)]
pub(crate) mod tests;
