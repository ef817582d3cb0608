//! From what was seen to a schema: here it is judged.

use std::collections::BTreeMap;

use super::evidence::{Evidence, Objects};
use super::number::Kind;
use super::text::{self, Texts};
use super::{maps, number::Numbers};
use crate::node::{Node, Number, Object, escape};
use crate::source::Place;

/// What may stand for objects in place of their description.
pub(super) trait Names {
    /// The name of the component that describes these objects, if there is one.
    fn name(&self, objects: &Objects) -> Option<&str>;
}

/// Everything is described where it stands.
struct Inline;

impl Names for Inline {
    fn name(&self, _: &Objects) -> Option<&str> {
        None
    }
}

/// The schema of what was seen, inline, and the places of its parts.
pub(super) fn alone(evidence: &Evidence) -> (Node, BTreeMap<String, Place>) {
    with(evidence, &Inline)
}

/// The schema of what was seen, with references to the components that describe parts of it.
pub(super) fn with(evidence: &Evidence, names: &dyn Names) -> (Node, BTreeMap<String, Place>) {
    let mut render = Render { places: BTreeMap::new(), names };
    let schema = render.value(evidence, Slot::Loose, "");
    (schema, render.places)
}

/// A component: objects described, with references to other components.
pub(super) fn component(evidence: &Evidence, names: &dyn Names) -> (Node, BTreeMap<String, Place>) {
    let mut render = Render { places: BTreeMap::new(), names };
    let schema = match evidence.only_objects() {
        Some(objects) => render.described(objects, ""),
        None => render.value(evidence, Slot::Loose, ""),
    };
    render.places.extend(evidence.place.clone().map(|place| (String::new(), place)));
    (schema, render.places)
}

/// The schema of a parameter.
pub(super) fn parameter(texts: &[&str]) -> Node {
    let (mut booleans, mut numbers, mut seen) = (false, Numbers::default(), Texts::default());
    for text in texts {
        match text::of(text) {
            text::Evidence::Boolean => booleans = true,
            text::Evidence::Nothing => {}
            text::Evidence::Number(said) => numbers.join(said),
            text::Evidence::Text(_) if matches!(*text, "true" | "false") => booleans = true,
            text::Evidence::Text(texts) if texts.is_number() => {
                Number::parse(text).iter().for_each(|number| numbers.join(Numbers::of(number)));
            }
            text::Evidence::Text(texts) => seen.join(texts),
        }
    }
    // What is not known to be one thing or the other can be written as text in any case.
    match (booleans, numbers.kind(), seen.is_seen()) {
        (true, None, false) => typed("boolean"),
        (false, Some(kind), false) if kind != Kind::Any => number(kind),
        (false, None, _) => texts_of(&seen, Slot::Loose),
        _ => typed("string"),
    }
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// It is a property of an object, and the model that holds it remembers in which of several ways it was written.
    Property,
    /// The same, and it says by its name that it is no number.
    Version,
    /// It stands in a list, in a map, or alone.
    Loose,
}

struct Render<'a> {
    places: BTreeMap<String, Place>,
    names: &'a dyn Names,
}

impl Render<'_> {
    fn value(&mut self, seen: &Evidence, slot: Slot, at: &str) -> Node {
        if let Some(place) = &seen.place {
            self.places.insert(at.to_owned(), place.clone());
        }
        let numbers = seen.numbers.kind();
        let kinds = [seen.boolean, numbers.is_some(), seen.texts.is_any(), seen.list.is_some(), seen.objects.is_some()];
        let schema = match kinds {
            [true, false, false, false, false] => typed("boolean"),
            [false, true, false, false, false] => numbers.map_or_else(any, number),
            [false, false, true, false, false] => texts_of(&seen.texts, slot),
            // `12` and `"12.50"` of one property: it is a number, and sometimes sent as text.
            [false, true, true, false, false]
                if slot == Slot::Property && numbers != Some(Kind::Any) && seen.texts.are_numbers() =>
            {
                number(Kind::Decimal)
            }
            [false, false, false, true, false] => self.list(seen.list.as_deref(), at),
            [false, false, false, false, true] => self.objects(seen, slot, at),
            _ => any(),
        };
        if seen.null { nullable(schema) } else { schema }
    }

    fn list(&mut self, items: Option<&Evidence>, at: &str) -> Node {
        let items = match items {
            Some(items) => self.value(items, Slot::Loose, &format!("{at}/items")),
            None => any(),
        };
        Node::from([("type", Node::from("array")), ("items", items)])
    }

    fn objects(&mut self, seen: &Evidence, slot: Slot, at: &str) -> Node {
        let Some(objects) = seen.only_objects() else { return any() };
        if let Some(values) = maps::values(objects) {
            let values = self.value(&values, Slot::Loose, &format!("{at}/additionalProperties"));
            return Node::from([("type", Node::from("object")), ("additionalProperties", values)]);
        }
        // Beside a reference `null` counts for properties only.
        match self.names.name(objects).filter(|_| slot != Slot::Loose || !seen.null) {
            Some(name) => Node::from([("$ref", Node::from(format!("#/components/schemas/{}", escape(name))))]),
            None => self.described(objects, at),
        }
    }

    fn described(&mut self, objects: &Objects, at: &str) -> Node {
        let properties: Object = objects
            .members
            .iter()
            .map(|(key, seen)| {
                let slot = if is_version(key) { Slot::Version } else { Slot::Property };
                (key.clone(), self.value(seen, slot, &format!("{at}/properties/{}", escape(key))))
            })
            .collect();
        let mut schema = Object::from_iter([("type".to_owned(), Node::from("object"))]);
        if !properties.is_empty() {
            schema.insert("properties".to_owned(), properties.into());
        }
        schema.into()
    }
}

/// `1.10` is a number, unless it is a version.
fn is_version(key: &str) -> bool {
    key.to_ascii_lowercase().ends_with("version")
}

/// What texts are.
fn texts_of(texts: &Texts, slot: Slot) -> Node {
    if let Some(values) = texts.enumeration() {
        let values: Vec<Node> = values.into_iter().map(Node::from).collect();
        return Node::from([("type", Node::from("string")), ("enum", values.into())]);
    }
    // In a list there is no place for a date that is missing, and nothing that remembers how one was written.
    let loose = slot == Slot::Loose;
    let Texts { empty, digits, decimal, date, moment, other, said_text, said_date, said_moment, .. } = *texts;
    match (date || said_date, moment || said_moment, digits || decimal, other) {
        (true, false, false, false) if !(loose && empty) && (date || !said_text) => formatted("date"),
        (false, true, false, false)
            if !(loose && (empty || !texts.are_plain())) && (moment || !said_text) && !texts.are_sent_as_text() =>
        {
            formatted("date-time")
        }
        (false, false, true, false) if decimal && !empty && slot == Slot::Property && !texts.are_sent_as_text() => {
            number(Kind::Decimal)
        }
        _ => typed("string"),
    }
}

fn number(kind: Kind) -> Node {
    match kind {
        Kind::Whole => typed_formatted("integer", "int64"),
        Kind::Wide => typed_formatted("integer", "uint64"),
        Kind::Decimal => typed("number"),
        Kind::Any => any(),
    }
}

fn any() -> Node {
    Node::Object(Object::default())
}

fn typed(ty: &str) -> Node {
    Node::from([("type", Node::from(ty))])
}

fn formatted(format: &str) -> Node {
    typed_formatted("string", format)
}

fn typed_formatted(ty: &str, format: &str) -> Node {
    Node::from([("type", Node::from(ty)), ("format", Node::from(format))])
}

fn nullable(mut schema: Node) -> Node {
    if let Some(members) = schema.as_object_mut() {
        members.insert("nullable".to_owned(), true.into());
    }
    schema
}
