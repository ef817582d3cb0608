//! A piece of JSON, kept word for word.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::json::{Fault, Reader, Writer};
use crate::value::{Kinds, Value};

/// Any JSON value, kept as the text that it came as: numbers keep their digits, objects their order.
#[derive(Clone)]
pub struct Json(Box<str>);

impl Json {
    /// The value that serde makes of `value`.
    ///
    /// # Errors
    /// It can not be written as JSON.
    pub fn of(value: &impl serde::Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(|text| Json(text.into()))
    }

    /// Text that the reader has passed over, so that it is known to be one JSON value.
    pub(crate) fn trusted(text: &str) -> Self {
        Json(text.into())
    }

    /// The text.
    pub fn as_text(&self) -> &str {
        &self.0
    }

    /// Reads it as another type: a model, or anything that serde can read.
    ///
    /// # Errors
    /// It is no such value.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }

    /// Is it `null`?
    pub fn is_null(&self) -> bool {
        &*self.0 == "null"
    }

    /// Its text, if it is a string.
    pub fn as_str(&self) -> Option<Cow<'_, str>> {
        Reader::new(&self.0).string().ok()
    }

    /// Its value, if it is `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        self.as_value()
    }

    /// Its value, if it is a whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// Its exact value, if it is a number, or a string that holds one.
    pub fn as_decimal(&self) -> Option<rust_decimal::Decimal> {
        self.as_value()
    }

    /// The member of an object with this name; the last one, if there are several.
    pub fn get(&self, name: &str) -> Option<Json> {
        let mut found = None;
        let _ = members(&self.0, |key, value| {
            if key == name {
                found = Some(Json::trusted(value));
            }
        });
        found
    }

    fn as_value<T: Value>(&self) -> Option<T> {
        T::read(&mut Reader::new(&self.0)).ok()
    }
}

/// Shows each member of an object, as text.
pub(crate) fn members(text: &str, mut each: impl FnMut(&str, &str)) -> Result<(), Fault> {
    let mut reader = Reader::new(text);
    let mut first = true;
    reader.open(b'{')?;
    while reader.more(b'}', &mut first)? {
        let key = reader.key()?;
        each(&key, reader.raw()?);
    }
    Ok(())
}

impl Value for Json {
    const KINDS: Kinds = Kinds::ANY;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        reader.raw().map(Json::trusted)
    }

    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }
}

/// `null`.
impl Default for Json {
    fn default() -> Self {
        Json("null".into())
    }
}

/// Equal but for white space between the parts.
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || compact(&self.0) == compact(&other.0)
    }
}

/// The text without white space outside of strings.
fn compact(text: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    text.chars()
        .filter(|&c| {
            let keep = in_string || !c.is_ascii_whitespace();
            match c {
                '"' if !escaped => in_string = !in_string,
                _ => {}
            }
            escaped = in_string && c == '\\' && !escaped;
            keep
        })
        .collect()
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// From JSON text, which is checked.
impl FromStr for Json {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        crate::json::from_str(text)
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        Json(value.to_string().into())
    }
}

/// A JSON string with this text.
impl From<&str> for Json {
    fn from(text: &str) -> Self {
        let mut writer = Writer::new();
        writer.string(text);
        Json(writer.finish().into())
    }
}

macro_rules! from_value {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Json {
            fn from(value: $ty) -> Self {
                Json(crate::json::to_string(&value).into())
            }
        }
    )*};
}

from_value!(String, bool, i32, i64, u32, u64, rust_decimal::Decimal);

crate::serde_by_value!(Json);
