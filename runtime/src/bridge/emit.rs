//! From JSON text to any serializer.

use std::cell::RefCell;

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use super::RAW;
use crate::json::{Fault, Reader};

/// Gives a JSON text to a serializer, part by part.
pub(super) fn emit<S: Serializer>(text: &str, exact: bool, serializer: S) -> Result<S::Ok, S::Error> {
    Part { reader: &RefCell::new(Reader::new(text)), exact }.serialize(serializer)
}

/// The value that comes next. A serializer sees each part once, in order, so one reader serves them all.
struct Part<'r, 't> {
    reader: &'r RefCell<Reader<'t>>,
    exact: bool,
}

impl<'t> Part<'_, 't> {
    fn read<T, E: Error>(&self, read: impl FnOnce(&mut Reader<'t>) -> Result<T, Fault>) -> Result<T, E> {
        read(&mut self.reader.borrow_mut()).map_err(E::custom)
    }

    fn number<S: Serializer>(&self, text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        if self.exact {
            let mut raw = serializer.serialize_struct(RAW, 1)?;
            raw.serialize_field(RAW, text)?;
            return raw.end();
        }
        if let Ok(number) = text.parse::<i64>() {
            return serializer.serialize_i64(number);
        }
        if let Ok(number) = text.parse::<u64>() {
            return serializer.serialize_u64(number);
        }
        serializer.serialize_f64(text.parse().map_err(S::Error::custom)?)
    }
}

impl Serialize for Part<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.read(Reader::peek)? {
            b'{' => {
                self.read(|r| r.open(b'{'))?;
                let mut map = serializer.serialize_map(None)?;
                let mut first = true;
                while self.read(|r| r.more(b'}', &mut first))? {
                    let key = self.read(Reader::key)?;
                    map.serialize_entry(&key, self)?;
                }
                map.end()
            }
            b'[' => {
                self.read(|r| r.open(b'['))?;
                let mut list = serializer.serialize_seq(None)?;
                let mut first = true;
                while self.read(|r| r.more(b']', &mut first))? {
                    list.serialize_element(self)?;
                }
                list.end()
            }
            b'"' => serializer.serialize_str(&self.read(Reader::string)?),
            b't' | b'f' => serializer.serialize_bool(self.read(Reader::boolean)?),
            b'n' => self.read(Reader::null).and_then(|_| serializer.serialize_unit()),
            _ => self.number(self.read(Reader::number)?, serializer),
        }
    }
}
