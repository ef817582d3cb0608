//! What was seen in one place, over all samples: nothing is decided here.
//!
//! Evidence of two samples is joined kind by kind, so that it makes no difference which one came first.

use indexmap::IndexMap;

use super::number::Numbers;
use super::text::{self, Texts};
use super::{Role, Sample};
use crate::node::Node;
use crate::source::Place;

/// What was seen in one place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Evidence {
    /// The first place in the order of places.
    pub(super) place: Option<Place>,
    /// `null`
    pub(super) null: bool,
    /// `true` or `false`, or a placeholder of them.
    pub(super) boolean: bool,
    /// Numbers.
    pub(super) numbers: Numbers,
    /// Texts.
    pub(super) texts: Texts,
    /// Lists: what was in them.
    pub(super) list: Option<Box<Evidence>>,
    /// Objects.
    pub(super) objects: Option<Box<Objects>>,
}

/// What was seen of objects: their members, in the order in which they were first seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Objects {
    pub(super) members: IndexMap<String, Evidence>,
    /// The groups of objects of one shape that these were put to, in order: see [`super::share()`].
    groups: Vec<usize>,
    /// Some of them were put to none.
    apart: bool,
}

impl Evidence {
    /// What one sample is evidence of.
    pub(super) fn of(sample: &Sample<'_>) -> Self {
        Self::of_value(sample.value, &sample.place, sample)
    }

    fn of_value(value: &Node, place: &Place, sample: &Sample<'_>) -> Self {
        let inner = |key: &dyn std::fmt::Display| if sample.embedded { place.clone() } else { place.child(key) };
        let mut seen = Self { place: Some(place.clone()), ..Self::default() };
        match value {
            Node::Null => seen.null = true,
            Node::Bool(_) => seen.boolean = true,
            Node::Number(number) => seen.numbers = Numbers::of(number),
            Node::String(text) => match text::of(text) {
                text::Evidence::Text(texts) if sample.role == Role::Request => seen.texts = texts.sent(),
                text::Evidence::Text(texts) => seen.texts = texts,
                text::Evidence::Number(numbers) => seen.numbers = numbers,
                text::Evidence::Boolean => seen.boolean = true,
                text::Evidence::Nothing => {}
            },
            Node::Array(items) => {
                let mut list = Evidence::default();
                for (index, item) in items.iter().enumerate() {
                    list.join(Self::of_value(item, &inner(&index), sample));
                }
                seen.list = Some(Box::new(list));
            }
            Node::Object(members) => {
                let members =
                    members.iter().map(|(key, value)| (key.clone(), Self::of_value(value, &inner(key), sample)));
                seen.objects = Some(Box::new(Objects { members: members.collect(), ..Objects::default() }));
            }
        }
        seen
    }

    /// Adds what was seen in another sample.
    pub(super) fn join(&mut self, other: Self) {
        let places = self.place.take().into_iter().chain(other.place);
        self.place = places.min();
        self.null |= other.null;
        self.boolean |= other.boolean;
        self.numbers.join(other.numbers);
        self.texts.join(other.texts);
        match (&mut self.list, other.list) {
            (Some(mine), Some(others)) => mine.join(*others),
            (mine @ None, others) => *mine = others,
            (Some(_), None) => {}
        }
        match (&mut self.objects, other.objects) {
            (Some(mine), Some(others)) => mine.join(*others),
            (mine @ None, others) => *mine = others,
            (Some(_), None) => {}
        }
    }

    /// Is it nothing but objects, perhaps missing ones?
    pub(super) fn only_objects(&self) -> Option<&Objects> {
        let others = self.boolean || self.numbers.kind().is_some() || self.texts.is_any() || self.list.is_some();
        self.objects.as_deref().filter(|_| !others)
    }
}

impl Objects {
    /// Adds other objects.
    pub(super) fn join(&mut self, other: Self) {
        for (key, evidence) in other.members {
            self.members.entry(key).or_default().join(evidence);
        }
        self.groups.extend(other.groups);
        self.groups.sort_unstable();
        self.groups.dedup();
        self.apart |= other.apart;
    }

    /// Remembers the group that these were put to.
    pub(super) fn put_to(&mut self, group: Option<usize>) {
        self.groups = group.into_iter().collect();
        // Where nothing was seen, any description is right.
        self.apart = group.is_none() && !self.members.is_empty();
    }

    /// The groups that all of these were put to; of none of them is known that it holds all if some were put to none.
    pub(super) fn groups(&self) -> &[usize] {
        if self.apart { &[] } else { &self.groups }
    }
}
