//! JSON in and out: the fast path that calls use, open to everyone.
//!
//! Every model also implements `serde::Serialize` and `serde::Deserialize`; these functions do the same without
//! a detour and are several times as fast.

mod fault;
mod reader;
mod scan;
mod writer;

pub use fault::Fault;
pub use reader::Reader;
pub use writer::Writer;

use crate::value::Value;

/// Reads a value from JSON bytes.
///
/// # Errors
/// The text is not JSON, or not of this type.
pub fn from_slice<T: Value>(bytes: &[u8]) -> Result<T, Fault> {
    read_whole(Reader::from_slice(bytes)?)
}

/// Reads a value from JSON text.
///
/// # Errors
/// The text is not JSON, or not of this type.
pub fn from_str<T: Value>(text: &str) -> Result<T, Fault> {
    read_whole(Reader::new(text))
}

pub(crate) fn read_whole<T: Value>(mut reader: Reader<'_>) -> Result<T, Fault> {
    let value = T::read(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Writes a value as JSON bytes.
pub fn to_vec<T: Value>(value: &T) -> Vec<u8> {
    to_string(value).into_bytes()
}

/// Writes a value as JSON text without what its models have no field for: what is left is what they know.
#[doc(hidden)]
pub fn to_known_string<T: Value>(value: &T) -> String {
    let mut writer = Writer::known_only();
    value.write(&mut writer);
    writer.finish()
}

/// Writes a value as JSON text.
pub fn to_string<T: Value>(value: &T) -> String {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish()
}
