//! The optional properties of a partial update.

use crate::json::{Fault, Reader, Writer};
use crate::slot::Seen;
use crate::value::{Kinds, Value};

/// What an update does to a property.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Update<T> {
    /// Leaves it as it is: the property is not sent.
    #[default]
    Unchanged,
    /// Clears it: `null` is sent.
    Clear,
    /// Sets it.
    Set(T),
}

impl<T> Update<T> {
    /// The value that is set, if one is.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Update::Set(value) => Some(value),
            Update::Unchanged | Update::Clear => None,
        }
    }

    /// `Some` sets, `None` clears.
    pub fn set_or_clear(value: Option<T>) -> Self {
        value.map_or(Update::Clear, Update::Set)
    }

    /// `Some` sets, `None` leaves as it is.
    pub fn set_or_unchanged(value: Option<T>) -> Self {
        value.map_or(Update::Unchanged, Update::Set)
    }
}

impl<T> From<T> for Update<T> {
    fn from(value: T) -> Self {
        Update::Set(value)
    }
}

impl From<&str> for Update<String> {
    fn from(text: &str) -> Self {
        Update::Set(text.into())
    }
}

impl<T: Value> Value for Update<T> {
    const KINDS: Kinds = T::KINDS.or(Kinds::NULL);

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut update = Update::Unchanged;
        update.read_over(reader)?;
        Ok(update)
    }

    fn read_over(&mut self, reader: &mut Reader<'_>) -> Result<Seen, Fault> {
        let mut value = None;
        let seen = value.read_over(reader)?;
        *self = Update::set_or_clear(value);
        Ok(match seen {
            Seen::Null => Seen::Value,
            // It will be written as `null`.
            Seen::Empty => Seen::Odd,
            seen => seen,
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Update::Set(value) => value.write(writer),
            Update::Clear | Update::Unchanged => writer.raw("null"),
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Update::Unchanged)
    }
}
