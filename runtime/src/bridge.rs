//! `serde::Serialize` and `serde::Deserialize` for everything that is a [`Value`].
//!
//! With `serde_json`, values travel as text, so that every digit arrives: reading asks for its raw value, and writing
//! hands numbers over as raw values. Other formats take part as far as they describe themselves. So does
//! `serde_json::Value`: it holds floats, so decimals go into it as text, and a fraction that comes out of it is refused.
//! `tests/json.rs` guards these understandings with `serde_json`.

mod emit;
mod take;

use std::any::type_name;
use std::sync::LazyLock;

use serde::{Deserializer, Serializer};

use take::Origin;

use crate::json::{Reader, Writer, read_whole};
use crate::value::Value;

/// The name by which `serde_json` knows its raw value.
const RAW: &str = "$serde_json::private::RawValue";

/// The body of `Serialize::serialize`.
#[doc(hidden)]
pub fn serialize<T: Value, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let exact = is_serde_json::<S::Error>() && (!is_to_value::<S>() || *VALUES_KEEP_DIGITS);
    let mut writer = if exact { Writer::new() } else { Writer::decimals_as_text() };
    value.write(&mut writer);
    emit::emit(&writer.finish(), exact, serializer)
}

/// Only `serde_json` has this error, and only it knows what a raw value is.
fn is_serde_json<E>() -> bool {
    type_name::<E>() == type_name::<serde_json::Error>()
}

/// Does it make a `serde_json::Value`, be it below another serializer?
fn is_to_value<S>() -> bool {
    type_name::<S>().contains(type_name::<serde_json::value::Serializer>())
}

/// May a raw value that is not borrowed be trusted? One that was read from a stream is what came; else it is what a
/// `serde_json::Value` wrote.
fn is_stream<D>() -> bool {
    type_name::<D>().contains("serde_json::read::IoRead<")
}

/// `serde_json` has been built with `arbitrary_precision`, so that its values hold no float.
static VALUES_KEEP_DIGITS: LazyLock<bool> =
    LazyLock::new(|| serde_json::from_str("0.10").is_ok_and(|number: serde_json::Number| number.to_string() == "0.10"));

/// The body of `Deserialize::deserialize`.
#[doc(hidden)]
pub fn deserialize<'de, T: Value, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let taken = deserializer.deserialize_newtype_struct(RAW, take::Take)?;
    let reader = Reader::new(&taken.text);
    let exact = match taken.origin {
        Origin::Made => false,
        Origin::OwnedRaw => is_stream::<D>() || *VALUES_KEEP_DIGITS,
        Origin::BorrowedRaw => true,
    };
    let reader = if exact { reader } else { reader.inexact() };
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
