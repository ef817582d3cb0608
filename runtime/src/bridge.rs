//! `serde::Serialize` and `serde::Deserialize` for everything that is a [`Value`].
//!
//! With `serde_json`, values travel as text, so that every digit arrives: reading asks for its raw value, and writing
//! hands numbers over as raw values. Other formats take part as far as they describe themselves.
//! `tests/json.rs` guards both understandings with `serde_json`.

mod emit;
mod take;

use serde::{Deserializer, Serializer};

use crate::json::{Reader, Writer, read_whole};
use crate::value::Value;

/// The name by which `serde_json` knows its raw value.
const RAW: &str = "$serde_json::private::RawValue";

/// The body of `Serialize::serialize`.
#[doc(hidden)]
pub fn serialize<T: Value, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let exact = is_serde_json::<S::Error>();
    let mut writer = if exact { Writer::new() } else { Writer::decimals_as_text() };
    value.write(&mut writer);
    emit::emit(&writer.finish(), exact, serializer)
}

/// Only `serde_json` has this error, and only it knows what a raw value is.
fn is_serde_json<E>() -> bool {
    std::any::type_name::<E>() == std::any::type_name::<serde_json::Error>()
}

/// The body of `Deserialize::deserialize`.
#[doc(hidden)]
pub fn deserialize<'de, T: Value, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = deserializer.deserialize_newtype_struct(RAW, take::Take)?;
    let reader = Reader::new(&text.text);
    let reader = if text.exact { reader } else { reader.inexact() };
    read_whole(reader).map_err(serde::de::Error::custom)
}

/// Implements `Serialize` and `Deserialize` for a type that is a `Value`.
#[doc(hidden)]
#[macro_export]
macro_rules! serde_by_value {
    ($ty:ty) => {
        impl $crate::codegen::serde::Serialize for $ty {
            fn serialize<S: $crate::codegen::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::codegen::serialize(self, serializer)
            }
        }

        impl<'de> $crate::codegen::serde::Deserialize<'de> for $ty {
            fn deserialize<D: $crate::codegen::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::codegen::deserialize(deserializer)
            }
        }
    };
}
