//! Writes JSON text.

use super::scan::plain_end;
use crate::model::Decimals;

/// Collects JSON text.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    decimals: Decimals,
    /// The text is for another format: decimals must not become numbers there.
    decimals_as_text: bool,
    /// A comma is due before the next member.
    comma: bool,
    /// What models have no field for is left out.
    known_only: bool,
    /// The first property of a model that is professional-only.
    professional: Option<&'static str>,
}

impl Writer {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that writes every decimal number as a string, whatever the model says.
    pub(crate) fn decimals_as_text() -> Self {
        Writer { decimals_as_text: true, ..Self::default() }
    }

    /// One that leaves out what models have no field for.
    pub(crate) fn known_only() -> Self {
        Writer { known_only: true, ..Self::default() }
    }

    /// Is what models have no field for left out?
    pub(crate) fn is_known_only(&self) -> bool {
        self.known_only
    }

    /// How much was written, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.out.len()
    }

    /// Puts `source` in the place of what was written since `position`, if that is `usual`. Where decimals must not
    /// become numbers, nothing is put back.
    pub(crate) fn put_back(&mut self, position: usize, usual: &str, source: &str) {
        if !self.decimals_as_text && self.out.get(position..) == Some(usual) {
            self.out.truncate(position);
            self.out.push_str(source);
        }
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }

    /// How decimals are written from here on; gives back how they were.
    pub(crate) fn set_decimals(&mut self, decimals: Decimals) -> Decimals {
        std::mem::replace(&mut self.decimals, decimals)
    }

    pub(crate) fn decimals_are_strings(&self) -> bool {
        self.decimals_as_text || self.decimals == Decimals::String
    }

    /// A property that is professional-only follows.
    pub(crate) fn note_professional(&mut self, property: &'static str) {
        self.professional.get_or_insert(property);
    }

    /// The first property that is professional-only, of all models that were written.
    pub(crate) fn professional(&self) -> Option<&'static str> {
        self.professional
    }

    pub(crate) fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.comma = false;
    }

    pub(crate) fn close(&mut self, bracket: char) {
        self.out.push(bracket);
        self.comma = true;
    }

    /// Before each item of a list.
    #[inline]
    pub(crate) fn item(&mut self) {
        if std::mem::replace(&mut self.comma, true) {
            self.out.push(',');
        }
    }

    /// A key and its colon; the value must follow.
    #[inline]
    pub(crate) fn key(&mut self, key: &str) {
        self.item();
        self.string(key);
        self.out.push(':');
    }

    /// JSON text as it is.
    #[inline]
    pub(crate) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A string, with the escapes that JSON demands and no others.
    #[inline]
    pub(crate) fn string(&mut self, text: &str) {
        self.out.push('"');
        let end = plain_end(text.as_bytes(), 0);
        self.out.push_str(&text[..end]);
        if end < text.len() {
            self.escaped(&text[end..]);
        }
        self.out.push('"');
    }

    #[cold]
    fn escaped(&mut self, mut text: &str) {
        while let Some(special) = text.bytes().next() {
            match special {
                b'"' => self.out.push_str("\\\""),
                b'\\' => self.out.push_str("\\\\"),
                b'\n' => self.out.push_str("\\n"),
                b'\r' => self.out.push_str("\\r"),
                b'\t' => self.out.push_str("\\t"),
                other => self.out.push_str(&format!("\\u{other:04x}")),
            }
            let end = plain_end(text.as_bytes(), 1);
            self.out.push_str(&text[1..end]);
            text = &text[end..];
        }
    }
}
