//! Where the reader stands in a document, and where a reference leads from there.
//!
//! Schemas are known by their place: an inline schema, a component and the inside of another schema are all the same
//! to a reference, so that `#/paths/…` and `#/components/schemas/A/properties/b` need no rule of their own.

use crate::node::{Node, escape};
use crate::source::{Place, Source};

/// How many references one reference may lead through.
pub(crate) const LONGEST_CHAIN: usize = 256;

/// A node and its place.
#[derive(Debug, Clone)]
pub(crate) struct At<'a> {
    /// Index of the document.
    pub(crate) document: usize,
    /// What stands there.
    pub(crate) node: &'a Node,
    /// Where.
    pub(crate) place: Place,
}

impl<'a> At<'a> {
    /// The whole of a document.
    pub(crate) fn root(document: usize, source: &'a Source) -> Self {
        Self { document, node: &source.tree, place: Place::root(&source.file) }
    }

    /// The member `key` of an object.
    pub(crate) fn child(&self, key: &str) -> Option<Self> {
        let node = self.node.get(key)?;
        Some(Self { document: self.document, node, place: below(&self.place, key) })
    }

    /// The members of an object, with their keys; none for anything else.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        let (document, place) = (self.document, self.place.clone());
        let members = self.node.as_object().into_iter().flatten();
        members.map(move |(key, node)| (key.as_str(), Self { document, node, place: below(&place, key) }))
    }

    /// The items of a list; none for anything else.
    pub(crate) fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (document, place) = (self.document, self.place.clone());
        let items = self.node.as_array().into_iter().flatten().enumerate();
        items.map(move |(index, node)| Self { document, node, place: place.child(index) })
    }

    /// What tells its node from every other in the documents. Only ever compared, so that nothing depends on where
    /// a node happens to lie in memory.
    pub(crate) fn key(&self) -> Key {
        Key(std::ptr::from_ref(self.node).addr())
    }
}

/// As [`Place::child`], which this stage asks for some ten thousand times, without the machinery of formatting.
fn below(place: &Place, key: &str) -> Place {
    let mut pointer = String::with_capacity(place.pointer.len() + 1 + key.len());
    pointer.push_str(&place.pointer);
    pointer.push('/');
    pointer.push_str(&escape(key));
    Place { file: place.file.clone(), pointer }
}

/// The identity of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(usize);

/// Why a reference leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It leads out of the document.
    External,
    /// It is no JSON pointer.
    Malformed,
    /// Nothing stands at its target.
    Dangling,
}

/// What a `$ref` in `document` leads to. One step only: the target may be a reference itself.
pub(crate) fn resolve<'a>(sources: &'a [Source], document: usize, reference: &str) -> Result<At<'a>, Lost> {
    let source = sources.get(document).ok_or(Lost::Dangling)?;
    let Some(fragment) = reference.strip_prefix('#') else { return Err(Lost::External) };
    let fragment = percent_decoded(fragment).ok_or(Lost::Malformed)?;
    let mut at = At::root(document, source);
    if fragment.is_empty() {
        return Ok(at);
    }
    let steps = fragment.strip_prefix('/').ok_or(Lost::Malformed)?;
    for step in steps.split('/') {
        at = descend(&at, &step.replace("~1", "/").replace("~0", "~"))?;
    }
    Ok(at)
}

fn descend<'a>(at: &At<'a>, step: &str) -> Result<At<'a>, Lost> {
    if let Some(items) = at.node.as_array() {
        let node = step.parse::<usize>().ok().and_then(|index| items.get(index)).ok_or(Lost::Dangling)?;
        return Ok(At { document: at.document, node, place: at.place.child(step) });
    }
    at.child(step).ok_or(Lost::Dangling)
}

/// `%7B` as `{`; `None` if what results is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (rest.next()?, rest.next()?);
        let digit = |byte: u8| (byte as char).to_digit(16);
        bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
    }
    String::from_utf8(bytes).ok()
}
