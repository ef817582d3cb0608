//! What a reply holds beside the properties that its model knows, so that nothing is lost on the way back.

use std::collections::HashSet;
use std::fmt;

use crate::model::Shape;
use crate::raw::Json;

/// Properties that a model has no field for, in their order, each word for word.
///
/// It also remembers which known properties were an explicit `null` (or `""`, for dates), and how a number or a date was
/// written where that is not how it would be written here (`1.0` for `"1.0"`), so that a reply which is read and written
/// again says the same; a field that has been set since wins over that memory, and comparisons ignore it. One word when
/// there is nothing to keep.
#[derive(Clone, Default)]
pub struct Extra(Option<Box<Inner>>);

#[derive(Clone, Default)]
struct Inner {
    unknown: Vec<(Box<str>, Json)>,
    /// Whose indices stand in the two sets: memories of another type mean nothing.
    shape: Option<&'static Shape>,
    nulls: Bits,
    empties: Bits,
    forms: Vec<Form>,
}

/// How a known property was written.
#[derive(Clone)]
struct Form {
    index: usize,
    /// As it came.
    source: Box<str>,
    /// As it would have been written.
    usual: Box<str>,
}

/// What a known property was when it was not a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blank {
    Null,
    Empty,
}

impl Blank {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Blank::Null => "null",
            Blank::Empty => "\"\"",
        }
    }
}

impl Extra {
    /// The property with this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.entries().iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    /// Sets a property that the model has no field for; gives back what it was.
    pub fn insert(&mut self, name: impl Into<Box<str>>, value: impl Into<Json>) -> Option<Json> {
        let (name, value) = (name.into(), value.into());
        let unknown = &mut self.0.get_or_insert_default().unknown;
        match unknown.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                unknown.push((name, value));
                None
            }
        }
    }

    /// Takes a property out.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let unknown = &mut self.0.as_mut()?.unknown;
        let index = unknown.iter().position(|(known, _)| **known == *name)?;
        Some(unknown.remove(index).1)
    }

    /// All properties, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json)> {
        self.entries().iter().map(|(name, value)| (&**name, value))
    }

    /// How many properties there are.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets which known properties were explicitly `null` or `""`: they will be left out. Numbers and dates will be
    /// written as usual.
    pub fn forget_blanks(&mut self) {
        if let Some(inner) = &mut self.0 {
            inner.shape = None;
            inner.nulls = Bits::default();
            inner.empties = Bits::default();
            inner.forms = Vec::new();
        }
    }

    fn entries(&self) -> &[(Box<str>, Json)] {
        match &self.0 {
            Some(inner) => &inner.unknown,
            None => &[],
        }
    }

    /// One more property, while an object is read; [`Extra::settle`] follows.
    pub(crate) fn push(&mut self, name: &str, text: &str) {
        self.0.get_or_insert_default().unknown.push((name.into(), Json::trusted(text)));
    }

    /// Of properties that came twice, the last stays, as everywhere in JSON.
    pub(crate) fn settle(&mut self) {
        let Some(inner) = &mut self.0 else { return };
        let unknown = &mut inner.unknown;
        if !has_repeats(unknown) {
            return;
        }
        let mut seen = HashSet::new();
        unknown.reverse();
        unknown.retain(|(name, _)| seen.insert(name.clone()));
        unknown.reverse();
    }

    pub(crate) fn remember(&mut self, shape: &'static Shape, index: usize, blank: Blank) {
        let inner = self.0.get_or_insert_default();
        inner.shape = Some(shape);
        inner.nulls.set(index, blank == Blank::Null);
        inner.empties.set(index, blank == Blank::Empty);
    }

    /// Remembers how a property was written.
    pub(crate) fn remember_form(&mut self, shape: &'static Shape, index: usize, source: &str, usual: String) {
        let inner = self.0.get_or_insert_default();
        inner.shape = Some(shape);
        inner.forms.retain(|form| form.index != index);
        inner.forms.push(Form { index, source: source.into(), usual: usual.into() });
    }

    /// How a property was written, and how it would have been, if the two differ.
    pub(crate) fn form(&self, shape: &'static Shape, index: usize) -> Option<(&str, &str)> {
        let inner = self.0.as_ref()?;
        let form = inner.forms.iter().find(|form| form.index == index)?;
        let same = inner.shape.is_some_and(|known| std::ptr::eq(known, shape));
        same.then_some((&form.source, &form.usual))
    }

    pub(crate) fn blank(&self, shape: &'static Shape, index: usize) -> Option<Blank> {
        let inner = self.0.as_ref()?;
        if !inner.shape.is_some_and(|known| std::ptr::eq(known, shape)) {
            return None;
        }
        match (inner.nulls.get(index), inner.empties.get(index)) {
            (true, _) => Some(Blank::Null),
            (_, true) => Some(Blank::Empty),
            _ => None,
        }
    }
}

fn has_repeats(entries: &[(Box<str>, Json)]) -> bool {
    // A few names are compared with each other; many, as a hostile reply may have, go through a set.
    if entries.len() <= 16 {
        return entries
            .iter()
            .enumerate()
            .any(|(index, (name, _))| entries[..index].iter().any(|(other, _)| other == name));
    }
    let mut seen = HashSet::with_capacity(entries.len());
    entries.iter().any(|(name, _)| !seen.insert(&**name))
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.entries() == other.entries()
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<Box<str>>, J: Into<Json>> FromIterator<(N, J)> for Extra {
    fn from_iter<I: IntoIterator<Item = (N, J)>>(entries: I) -> Self {
        let mut extra = Extra::default();
        for (name, value) in entries {
            extra.insert(name, value);
        }
        extra
    }
}

/// A set of small numbers: those below 64 without an allocation of their own.
#[derive(Clone, Default)]
struct Bits {
    low: u64,
    high: Vec<u64>,
}

impl Bits {
    fn get(&self, index: usize) -> bool {
        let word = match index / 64 {
            0 => self.low,
            word => self.high.get(word - 1).copied().unwrap_or(0),
        };
        word >> (index % 64) & 1 == 1
    }

    fn set(&mut self, index: usize, on: bool) {
        let word = match index / 64 {
            0 => &mut self.low,
            word if !on && word > self.high.len() => return,
            word => {
                self.high.resize(self.high.len().max(word), 0);
                &mut self.high[word - 1]
            }
        };
        let bit = 1 << (index % 64);
        *word = if on { *word | bit } else { *word & !bit };
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, Extra};

    #[test]
    fn empty_is_one_word() {
        assert_eq!(size_of::<Extra>(), 8);
        assert_eq!(size_of::<Option<Extra>>(), 16);
    }

    #[test]
    fn bits_beyond_the_first_word() {
        let mut bits = Bits::default();
        for index in [0, 63, 64, 200] {
            bits.set(index, true);
        }
        bits.set(63, false);
        bits.set(999, false);
        let set: Vec<_> = (0..300).filter(|index| bits.get(*index)).collect();
        assert_eq!(set, [0, 64, 200]);
    }
}
