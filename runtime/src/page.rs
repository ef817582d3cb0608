//! A page of a list, in whichever form the service sends it.

use std::ops::Range;

use crate::json::{Fault, Reader, Writer};
use crate::raw::Json;
use crate::value::{Kinds, Value};

/// A page of a list: its items, and what the service says about the list.
///
/// It is read from Sage's envelope (`{"$items": […], "$next": …}`), from a bare list, and from
/// `{"value": […]}`, and is written as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    envelope: Option<Box<Envelope>>,
}

/// The members beside the items, in their order.
#[derive(Debug, Clone, PartialEq)]
struct Envelope {
    members: Vec<(Box<str>, Json)>,
    /// The name of the items, and how many members come before them.
    items: Option<(&'static str, usize)>,
}

/// The names that the items of an envelope may have.
const ITEMS: [&str; 2] = ["$items", "value"];

impl<T> Page<T> {
    /// How many items the whole list has, if the service says so.
    pub fn total(&self) -> Option<u64> {
        self.number(&["$total", "@odata.count", "odata.count"])
    }

    /// The number of this page; the first is 1.
    pub fn page(&self) -> Option<u64> {
        self.number(&["$page"])
    }

    /// How many items a page has at most. Where a list is not cut into pages, Sage says 2147483647.
    pub fn items_per_page(&self) -> Option<u64> {
        self.number(&["$itemsPerPage", "$items_per_page"])
    }

    /// The path and query of the next page.
    pub fn next(&self) -> Option<String> {
        self.text(&["$next", "@odata.nextLink", "odata.nextLink"])
    }

    /// The path and query of the page before.
    pub fn back(&self) -> Option<String> {
        self.text(&["$back"])
    }

    /// What the service sends beside the items, word for word; nothing if it is a bare list.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.entries().iter().map(|(name, value)| (&**name, value))
    }

    /// Is it a bare list?
    pub fn is_bare(&self) -> bool {
        self.envelope.is_none()
    }

    fn entries(&self) -> &[(Box<str>, Json)] {
        self.envelope.as_ref().map_or(&[], |envelope| &envelope.members)
    }

    fn member(&self, names: &[&str]) -> Option<&Json> {
        self.entries().iter().rev().find(|(name, _)| names.contains(&&**name)).map(|(_, value)| value)
    }

    fn number(&self, names: &[&str]) -> Option<u64> {
        self.member(names).and_then(|value| u64::read(&mut Reader::new(value.as_text())).ok())
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        self.member(names).and_then(Json::as_str).map(String::from).filter(|text| !text.is_empty())
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Page { items: Vec::new(), envelope: None }
    }
}

impl<T> From<Vec<T>> for Page<T> {
    fn from(items: Vec<T>) -> Self {
        Page { items, envelope: None }
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<T: Value> Page<T> {
    fn read_envelope(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut items = Vec::new();
        let mut envelope = Envelope { members: Vec::new(), items: None };
        let mut first = true;
        reader.open(b'{')?;
        while reader.more(b'}', &mut first)? {
            let key = reader.key()?;
            let name = ITEMS.into_iter().find(|name| *name == key);
            match name {
                Some(name) if envelope.items.is_none_or(|(known, _)| known == name) && reader.peek()? == b'[' => {
                    items = Vec::read(reader).map_err(|fault| fault.in_key(name))?;
                    envelope.items = Some((name, envelope.members.len()));
                }
                _ => envelope.members.push((key.as_ref().into(), Json::trusted(reader.raw()?))),
            }
        }
        if envelope.items.is_none() {
            return Err(reader.fault("expected a list, or an object with `$items` or `value`"));
        }
        Ok(Page { items, envelope: Some(Box::new(envelope)) })
    }
}

impl<T: Value> Value for Page<T> {
    const KINDS: Kinds = Kinds::ARRAY.or(Kinds::OBJECT);

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        match reader.peek()? {
            b'{' => Page::read_envelope(reader),
            _ => Vec::read(reader).map(Page::from),
        }
    }

    fn write(&self, writer: &mut Writer) {
        let Some(envelope) = &self.envelope else {
            return Value::write(&self.items, writer);
        };
        let (name, before) = envelope.items.unwrap_or((ITEMS[0], 0));
        writer.open('{');
        write_members(writer, envelope, 0..before);
        writer.key(name);
        Value::write(&self.items, writer);
        write_members(writer, envelope, before..envelope.members.len());
        writer.close('}');
    }
}

fn write_members(writer: &mut Writer, envelope: &Envelope, range: Range<usize>) {
    for (name, value) in envelope.members.get(range).unwrap_or_default() {
        writer.key(name);
        writer.raw(value.as_text());
    }
}

impl<T: Value> serde::Serialize for Page<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::bridge::serialize(self, serializer)
    }
}

impl<'de, T: Value> serde::Deserialize<'de> for Page<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::bridge::deserialize(deserializer)
    }
}
