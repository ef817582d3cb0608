//! From any self-describing format to JSON text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::RAW;
use crate::json::Writer;

/// Text, and where it is from.
pub(super) struct Taken<'de> {
    pub(super) text: Cow<'de, str>,
    pub(super) origin: Origin,
}

/// Where the text of a value is from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// From `serde_json`, a part of the text that is being read.
    BorrowedRaw,
    /// From `serde_json`, a copy of what is being read, or made of a `serde_json::Value`.
    OwnedRaw,
    /// Made here, of the values of another format.
    Made,
}

/// Takes the whole value: `serde_json` answers with a raw value, others with themselves.
pub(super) struct Take;

impl Take {
    fn made<'de, E: Error>(write: impl FnOnce(Build<'_>) -> Result<(), E>) -> Result<Taken<'de>, E> {
        let mut writer = Writer::new();
        write(Build(&mut writer))?;
        Ok(Taken { text: Cow::Owned(writer.finish()), origin: Origin::Made })
    }
}

impl<'de> Visitor<'de> for Take {
    type Value = Taken<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Take::made(|build| deserializer.deserialize_any(build))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some(key) = map.next_key::<String>()? else {
            return Ok(Taken { text: Cow::Borrowed("{}"), origin: Origin::Made });
        };
        if key == RAW {
            let text = map.next_value_seed(Text)?;
            let origin = if matches!(text, Cow::Borrowed(_)) { Origin::BorrowedRaw } else { Origin::OwnedRaw };
            return Ok(Taken { text, origin });
        }
        Take::made(|build| build.object(Some(key), map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Take::made(|build| build.visit_seq(seq))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Take::made(|build| build.visit_bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Take::made(|build| build.visit_i64(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Take::made(|build| build.visit_u64(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Take::made(|build| build.visit_f64(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Take::made(|build| build.visit_str(value))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Take::made(|build| build.visit_unit())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Take::made(|build| build.visit_unit())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Take::made(|build| deserializer.deserialize_any(build))
    }
}

/// A string, borrowed where that is possible.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_string(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.into()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}

/// Writes a value of another format as JSON.
struct Build<'w>(&'w mut Writer);

impl Build<'_> {
    /// The members of an object; the first key may have been taken already.
    fn object<'de, A: MapAccess<'de>>(self, mut key: Option<String>, mut map: A) -> Result<(), A::Error> {
        self.0.open('{');
        loop {
            let name = match key.take() {
                Some(name) => name,
                None => match map.next_key::<String>()? {
                    Some(name) => name,
                    None => break,
                },
            };
            self.0.key(&name);
            map.next_value_seed(Build(self.0))?;
        }
        self.0.close('}');
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can express")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.object(None, map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.open('[');
        loop {
            // The comma is only written if there is an item, so it goes before the seed's value.
            if seq.next_element_seed(Item(self.0))?.is_none() {
                break;
            }
        }
        self.0.close(']');
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.0.raw(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.0.raw(&value.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.0.raw(&value.to_string());
        Ok(())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        self.0.raw(&value.to_string());
        Ok(())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        self.0.raw(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom("JSON has no number that is not finite"));
        }
        self.0.raw(&format!("{value:?}"));
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.0.string(value);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.raw("null");
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// An item of a list, with the comma before it.
struct Item<'w>(&'w mut Writer);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.item();
        deserializer.deserialize_any(Build(self.0))
    }
}
