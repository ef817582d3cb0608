//! Values to begin with: for every parameter and property one that its type allows.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::write::About;
use crate::ir::{Api, Decimals, Enumeration, Kind, Limits, Object, Parameter, Property, SchemaId, Text};

/// Objects in objects are filled so far: further in stands what contains itself as often as not.
const DEPTH: usize = 6;

/// A body has so many values; where there are more, the rest is filled no further than it must be.
const MOST: usize = 4000;

/// No text is longer, whatever its limits say.
const LONGEST: usize = 10_000;

/// Stands around a variable that is a number; no JSON is written with it.
const NUMBER: &str = "#number#";

/// A parameter, as text.
pub(super) fn text(api: &Api, parameter: &Parameter, about: &About<'_>) -> String {
    let known = parameter.default.as_ref().and_then(|default| super::pairs::scalar(Some(default)));
    if let Some(known) = known.or_else(|| parameter.values.first().cloned()) {
        return known;
    }
    plain(&Sampler::new(api, about).named(&parameter.name, parameter.schema, DEPTH))
}

/// A body.
pub(super) fn value(api: &Api, schema: SchemaId, about: &About<'_>) -> Value {
    Sampler::new(api, about).value(schema, DEPTH)
}

/// The fields of a form.
pub(super) fn fields(api: &Api, schema: SchemaId, about: &About<'_>) -> Vec<(String, String)> {
    match value(api, schema, about) {
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, plain(&value))).collect(),
        _ => Vec::new(),
    }
}

/// JSON in which the variables that stand for numbers have no quotation marks.
pub(super) fn with_numbers(json: &str) -> String {
    json.replace(&format!("\"{NUMBER}{{{{"), "{{").replace(&format!("}}}}{NUMBER}\""), "}}")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.replace(NUMBER, ""),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The number that is nearest to this one and legal.
fn within(limits: &Limits, number: f64) -> f64 {
    let limit = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<f64>().ok());
    let least = limit(&limits.minimum).map_or(number, |least| number.max(least));
    limit(&limits.maximum).map_or(least, |most| least.min(most))
}

/// The text as often as its least length wants it, and no longer than its greatest.
fn as_long(text: &str, limits: &Limits) -> String {
    let length =
        |limit: Option<u64>| limit.and_then(|limit| usize::try_from(limit).ok()).map(|limit| limit.min(LONGEST));
    let least = length(limits.min_length).unwrap_or(0).max(text.len());
    text.chars().cycle().take(length(limits.max_length).map_or(least, |most| least.min(most))).collect()
}

struct Sampler<'a> {
    api: &'a Api,
    about: &'a About<'a>,
    /// How many values may still come.
    rest: Cell<usize>,
}

impl<'a> Sampler<'a> {
    fn new(api: &'a Api, about: &'a About<'a>) -> Self {
        Self { api, about, rest: Cell::new(MOST) }
    }

    fn value(&self, schema: SchemaId, depth: usize) -> Value {
        let rest = self.rest.get();
        self.rest.set(rest.saturating_sub(1));
        let depth = if rest == 0 { 0 } else { depth };
        let limits = &self.api.schema(schema).limits;
        match &self.api.schema(schema).kind {
            Kind::Any | Kind::Map(_) => json!({}),
            Kind::Boolean => json!(true),
            Kind::Integer(_) => json!(within(limits, 1.0) as i64),
            Kind::Decimal { .. } if self.api.client.decimals == Decimals::String => {
                json!(format!("{:.1}", within(limits, 1.0)))
            }
            Kind::Decimal { .. } | Kind::Float => json!(within(limits, 1.5)),
            Kind::String(Text::Plain) => json!(as_long("text", limits)),
            Kind::String(Text::Date) => json!("2025-01-31"),
            Kind::String(Text::DateTime) => json!("2025-01-31T12:00:00Z"),
            Kind::String(Text::Base64 | Text::Binary) => json!("dGV4dA=="),
            Kind::Enum(Enumeration::Strings(values)) => values.first().map_or(Value::Null, |value| json!(value)),
            Kind::Enum(Enumeration::Integers(values)) => values.first().map_or(Value::Null, |value| json!(value)),
            Kind::Array(_) if depth == 0 => json!([]),
            Kind::Array(item) => json!([self.value(*item, depth - 1)]),
            Kind::Object(object) => self.object(object, depth),
            Kind::Union(union) => match union.variants.first() {
                Some(variant) if depth > 0 => self.value(variant.schema, depth - 1),
                _ => Value::Null,
            },
        }
    }

    fn object(&self, object: &Object, depth: usize) -> Value {
        let wanted = |property: &&Property| !property.read_only && (depth > 0 || property.required);
        let filled = object.properties.iter().filter(wanted).map(|property| {
            (property.name.clone(), self.named(&property.name, property.schema, depth.saturating_sub(1)))
        });
        // Where nothing may be left out and nothing has an end, there is no value at all.
        Value::Object(if depth == 0 { Map::new() } else { filled.collect() })
    }

    /// Ids are of things that a request before has found.
    fn named(&self, name: &str, schema: SchemaId, depth: usize) -> Value {
        let variable = |ending: &str| {
            let thing = name.strip_suffix(ending)?;
            self.about.variable(thing).map(|variable| format!("{{{{{variable}}}}}"))
        };
        match &self.api.schema(schema).kind {
            Kind::Integer(_) => variable("_id")
                .map_or_else(|| self.value(schema, depth), |id| Value::String(format!("{NUMBER}{id}{NUMBER}"))),
            Kind::String(Text::Plain) => variable("_id").map_or_else(|| self.value(schema, depth), Value::String),
            Kind::Array(item) if matches!(self.api.schema(*item).kind, Kind::String(Text::Plain)) => {
                variable("_ids").map_or_else(|| self.value(schema, depth), |id| json!([id]))
            }
            _ => self.value(schema, depth),
        }
    }
}
