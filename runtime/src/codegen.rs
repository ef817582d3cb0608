//! The one door for generated code. Nothing else of this crate may be named there, and nothing here
//! is for anyone else: it changes with the generator.

pub use ::serde;
pub use bytes::Bytes;
pub use chrono::{DateTime, FixedOffset, NaiveDate};
pub use rust_decimal::Decimal;

pub use crate::bridge::{deserialize, serialize};
pub use crate::enums::{
    IntegerEnum, StringEnum, Unlisted, integer_from, read_integer, read_string, string_as_str, string_from,
    write_integer, write_string,
};
pub use crate::extra::Extra;
pub use crate::json::{Fault, Reader, Writer};
pub use crate::model::{Decimals, Model, Shape, debug_model, same_model};
pub use crate::page::Page;
pub use crate::raw::Json;
pub use crate::slot::{Seen, Slot};
pub use crate::union::{Choice, read_choice, read_union};
pub use crate::update::Update;
pub use crate::value::{Base64, Kinds, Value};
pub use crate::{integer_enum, model, string_enum, union};

/// A JSON object with any keys, each value of one type.
pub type Map<T> = std::collections::BTreeMap<String, T>;
