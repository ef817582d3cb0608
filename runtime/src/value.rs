//! The types of values that models are made of, and how each is read and written.

mod base64;
pub(crate) mod date;
mod decimal;
mod number;

pub use base64::Base64;
pub use base64::File;

use std::collections::BTreeMap;
use std::fmt;

use crate::json::{Fault, Reader, Writer};
use crate::model::{Decimals, Model, read_model, write_model};
use crate::slot::Seen;

/// A value that JSON can be read into and written from.
///
/// Implemented for everything that a property of a model may be; users do not implement it.
pub trait Value: Sized + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// The kinds of JSON that it is read from.
    const KINDS: Kinds;
    /// Is `""` on the wire the same as nothing? True for dates.
    const EMPTY_IS_ABSENT: bool = false;
    /// Can one value be written in several ways, as `1.0` and `"1.0"`? Then models remember in which it came.
    const HAS_FORMS: bool = false;

    /// Reads it.
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault>;

    /// Writes it.
    fn write(&self, writer: &mut Writer);

    /// Reads it in place of what was there, and says what stood in the text.
    #[doc(hidden)]
    #[inline]
    fn read_over(&mut self, reader: &mut Reader<'_>) -> Result<Seen, Fault> {
        let start = reader.position();
        *self = Self::read(reader)?;
        Ok(seen(self, reader, start))
    }

    /// Reads it into an option. Models are filled in place, without a move.
    #[doc(hidden)]
    #[inline]
    fn fill(slot: &mut Option<Self>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        *slot = Some(Self::read(reader)?);
        Ok(())
    }

    /// Reads it as one more item of a list.
    #[doc(hidden)]
    #[inline]
    fn push(list: &mut Vec<Self>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        list.push(Self::read(reader)?);
        Ok(())
    }

    /// Is it left out when its model is written?
    #[doc(hidden)]
    #[inline]
    fn is_absent(&self) -> bool {
        false
    }

    /// Was this text surely written as it is written here? For types with several forms. A `false` costs time, and nothing
    /// else.
    #[doc(hidden)]
    #[inline]
    fn is_plain(&self, text: &str, decimals: Decimals) -> bool {
        let _ = (text, decimals);
        true
    }

    /// Is it a union, and none of its choices fitted?
    #[doc(hidden)]
    #[inline]
    fn is_unknown(&self) -> bool {
        false
    }
}

/// What was seen of a value that was read from there on.
#[inline]
fn seen<T: Value>(value: &T, reader: &Reader<'_>, start: usize) -> Seen {
    let plain = !T::HAS_FORMS || value.is_plain(reader.since(start), reader.decimals());
    if plain { Seen::Value } else { Seen::Odd }
}

/// A set of kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// `true` and `false`.
    pub const BOOLEAN: Kinds = Kinds(1);
    /// Numbers.
    pub const NUMBER: Kinds = Kinds(2);
    /// Strings.
    pub const STRING: Kinds = Kinds(4);
    /// Lists.
    pub const ARRAY: Kinds = Kinds(8);
    /// Objects.
    pub const OBJECT: Kinds = Kinds(16);
    /// `null`.
    pub const NULL: Kinds = Kinds(32);
    /// All of them.
    pub const ANY: Kinds = Kinds(63);

    /// Those of both sets.
    pub const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// The kind of a value that begins with this byte.
    pub(crate) fn of(first: u8) -> Kinds {
        match first {
            b'{' => Kinds::OBJECT,
            b'[' => Kinds::ARRAY,
            b'"' => Kinds::STRING,
            b't' | b'f' => Kinds::BOOLEAN,
            b'n' => Kinds::NULL,
            _ => Kinds::NUMBER,
        }
    }

    pub(crate) fn contains(self, other: Kinds) -> bool {
        self.0 & other.0 == other.0
    }
}

impl<M: Model + Default + PartialEq + fmt::Debug> Value for M {
    const KINDS: Kinds = Kinds::OBJECT;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut model = M::default();
        read_model(&mut model, reader)?;
        Ok(model)
    }

    fn write(&self, writer: &mut Writer) {
        write_model(self, writer);
    }

    fn read_over(&mut self, reader: &mut Reader<'_>) -> Result<Seen, Fault> {
        *self = M::default();
        read_model(self, reader)?;
        Ok(Seen::Value)
    }

    fn fill(slot: &mut Option<Self>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        read_model(slot.insert(M::default()), reader)
    }

    fn push(list: &mut Vec<Self>, reader: &mut Reader<'_>) -> Result<(), Fault> {
        list.push(M::default());
        match list.last_mut() {
            Some(model) => read_model(model, reader),
            None => Ok(()),
        }
    }
}

impl<T: Value> Value for Option<T> {
    const KINDS: Kinds = T::KINDS.or(Kinds::NULL);

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut slot = None;
        slot.read_over(reader)?;
        Ok(slot)
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Some(value) => value.write(writer),
            None => writer.raw("null"),
        }
    }

    #[inline]
    fn read_over(&mut self, reader: &mut Reader<'_>) -> Result<Seen, Fault> {
        if reader.null()? {
            *self = None;
            return Ok(Seen::Null);
        }
        if T::EMPTY_IS_ABSENT && reader.empty_string()? {
            *self = None;
            return Ok(Seen::Empty);
        }
        let start = reader.position();
        T::fill(self, reader)?;
        Ok(self.as_ref().map_or(Seen::Value, |value| seen(value, reader, start)))
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Value> Value for Vec<T> {
    const KINDS: Kinds = Kinds::ARRAY;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut list = Vec::new();
        reader.open(b'[')?;
        let mut first = true;
        while reader.more(b']', &mut first)? {
            if let Err(fault) = T::push(&mut list, reader) {
                // A model that was being filled stands in the list already.
                let index = list.len().saturating_sub(usize::from(T::KINDS == Kinds::OBJECT));
                return Err(fault.in_index(index));
            }
        }
        Ok(list)
    }

    fn write(&self, writer: &mut Writer) {
        writer.open('[');
        for value in self {
            writer.item();
            value.write(writer);
        }
        writer.close(']');
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    const KINDS: Kinds = Kinds::OBJECT;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut map = BTreeMap::new();
        reader.open(b'{')?;
        let mut first = true;
        while reader.more(b'}', &mut first)? {
            let key = reader.key()?.into_owned();
            match T::read(reader) {
                Ok(value) => drop(map.insert(key, value)),
                Err(fault) => return Err(fault.in_key(&key)),
            }
        }
        Ok(map)
    }

    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        for (key, value) in self {
            writer.key(key);
            value.write(writer);
        }
        writer.close('}');
    }
}

impl Value for String {
    const KINDS: Kinds = Kinds::STRING;

    #[inline]
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.string().map(std::borrow::Cow::into_owned)
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl Value for bool {
    const KINDS: Kinds = Kinds::BOOLEAN;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.boolean()
    }

    fn write(&self, writer: &mut Writer) {
        writer.raw(if *self { "true" } else { "false" });
    }
}

/// Nothing: `null`, or whatever is there, which is passed over.
impl Value for () {
    const KINDS: Kinds = Kinds::ANY;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.skip()
    }

    fn write(&self, writer: &mut Writer) {
        writer.raw("null");
    }
}
