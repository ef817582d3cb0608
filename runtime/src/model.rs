//! Models as tables: the one reader and the one writer for all of them.
//!
//! A generated struct says three things: its [`Shape`], which field has which index, and where its
//! [`Extra`] is. Everything else is here, once. See `docs/decisions/0001-table-driven-models.md`.

use std::fmt;

use crate::extra::{Blank, Extra};
use crate::json::{Fault, Reader, Writer};
use crate::slot::{Seen, Slot};

/// What is known of a model before it has a value.
#[derive(Debug)]
pub struct Shape {
    /// The name of the type.
    pub name: &'static str,
    /// The names of the properties over the wire, by index.
    pub properties: &'static [&'static str],
    /// How its decimals are written.
    pub decimals: Decimals,
    /// The indices of the properties that are not sent where [`Api::standard`](crate::codegen::Api::standard) holds.
    pub professional_only: &'static [usize],
}

/// How decimal numbers are written; they are read in both forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Decimals {
    /// As a JSON number.
    #[default]
    Number,
    /// As a JSON string.
    String,
}

/// A struct that stands for a JSON object. Implemented by `model!`.
pub trait Model: Send + Sync + 'static {
    /// Its shape.
    fn shape(&self) -> &'static Shape;
    /// The field with this index.
    fn slot(&self, index: usize) -> Option<&dyn Slot>;
    /// The field with this index.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;
    /// What it has beside its fields.
    fn extra(&self) -> &Extra;
    /// What it has beside its fields.
    fn extra_mut(&mut self) -> &mut Extra;
}

impl<M: Model> Model for Box<M> {
    fn shape(&self) -> &'static Shape {
        (**self).shape()
    }

    fn slot(&self, index: usize) -> Option<&dyn Slot> {
        (**self).slot(index)
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot> {
        (**self).slot_mut(index)
    }

    fn extra(&self) -> &Extra {
        (**self).extra()
    }

    fn extra_mut(&mut self) -> &mut Extra {
        (**self).extra_mut()
    }
}

impl Shape {
    /// The index of a property, looked for from where it probably is.
    fn find(&self, name: &str, from: usize) -> Option<usize> {
        let (before, after) = self.properties.split_at_checked(from)?;
        match after.iter().position(|property| *property == name) {
            Some(index) => Some(from + index),
            None => before.iter().position(|property| *property == name),
        }
    }
}

/// Fills a model from an object.
pub(crate) fn read_model(model: &mut dyn Model, reader: &mut Reader<'_>) -> Result<(), Fault> {
    let around = reader.set_decimals(model.shape().decimals);
    let read = read_members(model, reader);
    reader.set_decimals(around);
    read
}

fn read_members(model: &mut dyn Model, reader: &mut Reader<'_>) -> Result<(), Fault> {
    let shape = model.shape();
    let mut next = 0;
    let mut first = true;
    reader.open(b'{')?;
    while reader.more(b'}', &mut first)? {
        // Services write properties in a steady order: most keys are the one after the last.
        let index = match shape.properties.get(next) {
            Some(property) if reader.key_is(property)? => next,
            _ => {
                let key = reader.key()?;
                match shape.find(&key, next) {
                    Some(index) => index,
                    None => {
                        let text = reader.raw().map_err(|fault| fault.in_key(&key))?;
                        model.extra_mut().push(&key, text);
                        continue;
                    }
                }
            }
        };
        next = index + 1;
        let Some(slot) = model.slot_mut(index) else {
            reader.skip()?;
            continue;
        };
        let start = reader.position();
        match slot.read_slot(reader) {
            Ok(Seen::Value) => {}
            Ok(Seen::Odd) => {
                let text = reader.since(start);
                if let Some(usual) = otherwise(slot, text, shape.decimals) {
                    model.extra_mut().remember_form(shape, index, text, usual);
                }
            }
            Ok(Seen::Null) => model.extra_mut().remember(shape, index, Blank::Null),
            Ok(Seen::Empty) => model.extra_mut().remember(shape, index, Blank::Empty),
            Err(fault) => return Err(fault.in_key(shape.properties[index])),
        }
    }
    model.extra_mut().settle();
    Ok(())
}

/// How a value is written here, if that is not how it came.
#[cold]
fn otherwise(slot: &dyn Slot, text: &str, decimals: Decimals) -> Option<String> {
    let mut writer = Writer::new();
    writer.set_decimals(decimals);
    slot.write_slot(&mut writer);
    Some(writer.finish()).filter(|usual| usual != text)
}

/// Writes a model as an object: its fields by index, then what it has beside them.
pub(crate) fn write_model(model: &dyn Model, writer: &mut Writer) {
    let shape = model.shape();
    let extra = model.extra();
    let outer = writer.set_decimals(shape.decimals);
    writer.open('{');
    for (index, property) in shape.properties.iter().enumerate() {
        match model.slot(index) {
            Some(slot) if !slot.is_absent() => {
                writer.key(property);
                if shape.professional_only.contains(&index) {
                    writer.note_professional(property);
                }
                let start = writer.position();
                slot.write_slot(writer);
                if let Some((source, usual)) = extra.form(shape, index) {
                    writer.put_back(start, usual, source);
                }
            }
            _ => {
                if let Some(blank) = extra.blank(shape, index) {
                    writer.key(property);
                    writer.raw(blank.text());
                }
            }
        }
    }
    for (name, value) in extra.iter() {
        if !writer.is_known_only() && !is_set(model, name) {
            writer.key(name);
            writer.raw(value.as_text());
        }
    }
    writer.close('}');
    writer.set_decimals(outer);
}

/// Is this a property of the model, and one that has been written already?
fn is_set(model: &dyn Model, name: &str) -> bool {
    let shape = model.shape();
    shape.find(name, 0).is_some_and(|index| {
        model.slot(index).is_some_and(|slot| !slot.is_absent()) || model.extra().blank(shape, index).is_some()
    })
}

/// `Debug` of a model: what is there, by its names over the wire.
#[doc(hidden)]
pub fn debug_model(model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shape = model.shape();
    let mut out = f.debug_struct(shape.name);
    for (index, property) in shape.properties.iter().enumerate() {
        if let Some(slot) = model.slot(index)
            && !slot.is_absent()
        {
            out.field(property, slot.as_debug());
        }
    }
    for (name, value) in model.extra().iter() {
        out.field(name, value);
    }
    out.finish()
}

/// `PartialEq` of two models of one type.
#[doc(hidden)]
pub fn same_model(left: &dyn Model, right: &dyn Model) -> bool {
    let fields = 0..left.shape().properties.len();
    left.extra() == right.extra()
        && fields.into_iter().all(|index| match (left.slot(index), right.slot(index)) {
            (Some(left), Some(right)) => left.same(right),
            (left, right) => left.is_none() && right.is_none(),
        })
}

/// Makes a struct a model: gives its fields their indices and names over the wire.
///
/// ```text
/// rt::model!(Contact, String, { 0 id: "id", 1 path: "$path" });
/// ```
///
/// The second word says how decimals are written ([`Decimals`]). Behind the properties may stand the indices of those that
/// Standard does not have: `professional_only: [1]`. The struct has each of the fields,
/// each a [`Value`](crate::value::Value), and `extra: Extra`; it derives `Clone` and `Default`.
#[doc(hidden)]
#[macro_export]
macro_rules! model {
    (
        $model:ident, $decimals:ident, { $($index:literal $field:ident: $name:literal),* $(,)? }
        $(, professional_only: [$($only:literal),* $(,)?])?
    ) => {
        impl $crate::codegen::Model for $model {
            fn shape(&self) -> &'static $crate::codegen::Shape {
                static SHAPE: $crate::codegen::Shape = $crate::codegen::Shape {
                    name: ::core::stringify!($model),
                    properties: &[$($name),*],
                    decimals: $crate::codegen::Decimals::$decimals,
                    professional_only: &[$($($only),*)?],
                };
                &SHAPE
            }

            fn slot(&self, index: usize) -> ::core::option::Option<&dyn $crate::codegen::Slot> {
                match index {
                    $($index => ::core::option::Option::Some(&self.$field),)*
                    _ => ::core::option::Option::None,
                }
            }

            fn slot_mut(&mut self, index: usize) -> ::core::option::Option<&mut dyn $crate::codegen::Slot> {
                match index {
                    $($index => ::core::option::Option::Some(&mut self.$field),)*
                    _ => ::core::option::Option::None,
                }
            }

            fn extra(&self) -> &$crate::codegen::Extra {
                &self.extra
            }

            fn extra_mut(&mut self) -> &mut $crate::codegen::Extra {
                &mut self.extra
            }
        }

        impl ::core::cmp::PartialEq for $model {
            fn eq(&self, other: &Self) -> bool {
                $crate::codegen::same_model(self, other)
            }
        }

        impl ::core::fmt::Debug for $model {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::codegen::debug_model(self, f)
            }
        }

        $crate::serde_by_value!($model);
    };
}
