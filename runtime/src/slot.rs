//! A place in a model, behind a pointer: what lets one reader and one writer drive all models.

use std::any::Any;
use std::fmt::Debug;

use crate::json::{Fault, Reader, Writer};
use crate::value::Value;

/// What stood in the text for a property that a model knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// A value.
    Value,
    /// A value that may have been written otherwise than it is written here.
    Odd,
    /// `null`, where the model now holds nothing.
    Null,
    /// `""`, where the model now holds nothing.
    Empty,
}

/// A property of a model, whatever its type.
pub trait Slot: Any {
    /// Reads it in place of what was there.
    fn read_slot(&mut self, reader: &mut Reader<'_>) -> Result<Seen, Fault>;
    /// Writes it.
    fn write_slot(&self, writer: &mut Writer);
    /// Is it left out?
    fn is_absent(&self) -> bool;
    /// For `Debug`.
    fn as_debug(&self) -> &dyn Debug;
    /// For `PartialEq`: is it of the same type and equal?
    fn same(&self, other: &dyn Slot) -> bool;
}

impl<T: Value> Slot for T {
    fn read_slot(&mut self, reader: &mut Reader<'_>) -> Result<Seen, Fault> {
        self.read_over(reader)
    }

    fn write_slot(&self, writer: &mut Writer) {
        Value::write(self, writer);
    }

    fn is_absent(&self) -> bool {
        Value::is_absent(self)
    }

    fn as_debug(&self) -> &dyn Debug {
        self
    }

    fn same(&self, other: &dyn Slot) -> bool {
        (other as &dyn Any).downcast_ref::<T>() == Some(self)
    }
}
