//! Types from samples: what a Postman collection knows of a body is a few saved ones.
//!
//! [`schema`] reads every sample of one place and gives an OpenAPI 3.0 schema that all of them meet; [`share`] gives
//! objects of one shape one name. What was seen is gathered first (`evidence`) and judged afterwards (`render`), so
//! that the order of the samples cannot matter, and neither can a sample that comes twice.
//!
//! A few samples prove little, so the types are wide where they disagree: whole and decimal numbers are decimals, dates
//! and other text are text, a list and an object are any JSON. A property is never required of a reply. Nothing is
//! taken for a number, a date or a map that could not be written back as it came. Placeholders, such as `"string"` or
//! `"<dateTime>"`, say of which kind a value is and nothing else.

mod evidence;
mod maps;
mod number;
mod render;
mod share;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use crate::node::{Node, Object};
use crate::source::Place;

pub use text::is_placeholder;
pub(crate) use text::{StandIn, stand_in};
pub(crate) use text::{is_date, is_midnight, is_moment, is_plain as is_plain_moment};

use evidence::Evidence;

/// In which direction a sample goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It is sent.
    Request,
    /// It is answered.
    Reply,
}

/// A value that was sent or answered.
#[derive(Debug, Clone)]
pub struct Sample<'a> {
    /// The value.
    pub value: &'a Node,
    /// Where it stands.
    pub place: Place,
    /// It is the text of a string in its file, such as a saved body in a collection: no pointer leads into it.
    pub embedded: bool,
    /// Was it sent or answered?
    pub role: Role,
}

/// A schema, and where the samples of its parts stand.
#[derive(Debug, Clone, Default)]
pub struct Inferred {
    /// The schema, in OpenAPI 3.0.
    pub schema: Node,
    /// For each pointer into the schema the first place in which such a value was seen; `""` for the whole.
    pub places: BTreeMap<String, Place>,
    evidence: Evidence,
}

/// The schema that all of these values meet; of none: any value.
///
/// The order of the samples makes no difference, and neither does one that comes again from the same place. From several
/// places it counts each time: a text is a value of an enumeration if it was seen often.
pub fn schema(samples: &[Sample<'_>]) -> Inferred {
    let mut order: Vec<(&Sample<'_>, String)> = samples.iter().map(|sample| (sample, sample.value.to_json())).collect();
    let key = |(sample, text): &(&Sample<'_>, String)| (sample.place.clone(), sample.role, text.clone());
    order.sort_by_cached_key(key);
    order.dedup_by(|a, b| a.0.place == b.0.place && a.0.role == b.0.role && a.1 == b.1);
    let mut evidence = Evidence::default();
    for (sample, _) in order {
        evidence.join(Evidence::of(sample));
    }
    let (schema, places) = render::alone(&evidence);
    Inferred { schema, places, evidence }
}

/// The schema of a parameter that was seen with these texts, which were written as they go over the wire.
///
/// `true`, `false` and whole numbers make a type; what begins with a zero or a sign is text, as an account's number is.
pub fn parameter(texts: &[&str]) -> Node {
    render::parameter(texts)
}

/// What is to be shared: the samples of one body or reply.
#[derive(Debug, Clone)]
pub struct Root {
    /// What one of them is called, in snake case: `contact`, also where the samples are lists of contacts.
    pub name: String,
    /// Was it sent or answered? What is sent has the properties that were sent and no others.
    pub role: Role,
    /// What was seen.
    pub inferred: Inferred,
}

/// Schemas with names for the objects in them.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// The schemas of the roots, in their order, with references to the components.
    pub roots: Vec<Inferred>,
    /// The components, by name.
    pub components: Object,
    /// For each pointer into the components (`/Contact/properties/id`) the first place in which it was seen.
    pub places: BTreeMap<String, Place>,
}

/// Gives objects of one shape one name: those that roots consist of or are lists of, and those that stand in several
/// places. Objects are of one shape if they have the same keys and no two values contradict each other; roots of one name
/// also if one has most of the other's keys, as a list often shows less of its items than is to be had one by one.
///
/// `taken` are names that components of the document have already.
pub fn share(roots: Vec<Root>, taken: &BTreeSet<String>) -> Shared {
    share::share(roots, taken)
}
