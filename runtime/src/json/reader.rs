//! A pull parser over JSON text: strict, without recursion on hostile input, and able to hand out
//! the text of any value word for word.
//!
//! It is ours since models need three things at once that no parser at hand gives: the text of numbers and
//! of unknown values, a test for "the next key is this one" that costs a comparison, and speed.
//! See `docs/decisions/0001-table-driven-models.md`. It is checked against `serde_json` in `tests/json.rs`.

use std::borrow::Cow;

use super::fault::Fault;
use super::scan::plain_end;
use crate::model::Decimals;

type Result<T> = std::result::Result<T, Fault>;

/// Objects and lists may be this deep in each other.
const MAX_DEPTH: u32 = 128;

/// Reads JSON text from front to back.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    /// The text was made from another format, whose fractions have passed through a float.
    inexact: bool,
    /// How the model that is read writes decimals.
    decimals: Decimals,
}

impl<'a> Reader<'a> {
    /// A reader at the start of this text.
    pub fn new(text: &'a str) -> Self {
        Reader { text, at: 0, depth: 0, inexact: false, decimals: Decimals::String }
    }

    /// A reader at the start of this text, which must be UTF-8; a byte order mark is passed over.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Reader::new(text)),
            Err(error) => Err(Fault::new("the text is not UTF-8", error.valid_up_to())),
        }
    }

    pub(crate) fn inexact(mut self) -> Self {
        self.inexact = true;
        self
    }

    /// Sets how decimals are written, and gives back how they were until now.
    pub(crate) fn set_decimals(&mut self, decimals: Decimals) -> Decimals {
        std::mem::replace(&mut self.decimals, decimals)
    }

    pub(crate) fn decimals(&self) -> Decimals {
        self.decimals
    }

    /// How far it has read, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// What was read since then, without the white space before it.
    pub(crate) fn since(&self, position: usize) -> &'a str {
        self.text.get(position..self.at).unwrap_or_default().trim_ascii_start()
    }

    pub(crate) fn is_inexact(&self) -> bool {
        self.inexact
    }

    /// A fault at this place.
    #[cold]
    pub(crate) fn fault(&self, what: impl Into<Cow<'static, str>>) -> Fault {
        Fault::new(what, self.at)
    }

    /// "expected X, found Y", where Y is the kind of the value that stands here.
    #[cold]
    pub(crate) fn expected(&self, what: &str) -> Fault {
        let found = match self.text.as_bytes().get(self.at) {
            None => "the end of the text",
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a string",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(_) => "something that is not JSON",
        };
        self.fault(format!("expected {what}, found {found}"))
    }

    /// The first byte of what comes next, which is left in place.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(&byte) => return Ok(byte),
                None => return Err(self.fault("the text ends too early")),
            }
        }
    }

    /// Nothing but white space may be left.
    pub(crate) fn end(&mut self) -> Result<()> {
        match self.text.as_bytes()[self.at..].trim_ascii_start() {
            [] => Ok(()),
            _ => Err(self.fault("there is more text after the value")),
        }
    }

    fn literal(&mut self, word: &str) -> Result<()> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.fault("this is not JSON"));
        }
        self.at += word.len();
        Ok(())
    }

    /// Takes `null` if it is next.
    #[inline]
    pub(crate) fn null(&mut self) -> Result<bool> {
        if self.peek()? != b'n' {
            return Ok(false);
        }
        self.literal("null").map(|()| true)
    }

    /// Takes `""` if it is next.
    #[inline]
    pub(crate) fn empty_string(&mut self) -> Result<bool> {
        let empty = self.peek()? == b'"' && self.text.as_bytes().get(self.at + 1) == Some(&b'"');
        if empty {
            self.at += 2;
        }
        Ok(empty)
    }

    pub(crate) fn boolean(&mut self) -> Result<bool> {
        match self.peek()? {
            b't' => self.literal("true").map(|()| true),
            b'f' => self.literal("false").map(|()| false),
            _ => Err(self.expected("a boolean")),
        }
    }

    /// A number, as it is written.
    pub(crate) fn number(&mut self) -> Result<&'a str> {
        if !matches!(self.peek()?, b'-' | b'0'..=b'9') {
            return Err(self.expected("a number"));
        }
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.fault("this is not a JSON number")),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault("this is not a JSON number")) } else { Ok(()) }
    }

    /// A string; borrowed unless it holds escapes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>> {
        if self.peek()? != b'"' {
            return Err(self.expected("a string"));
        }
        let start = self.at + 1;
        let end = plain_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped(start, end).map(Cow::Owned)
    }

    /// The rest of a string whose plain beginning stands at `start..end`.
    #[cold]
    fn escaped(&mut self, start: usize, end: usize) -> Result<String> {
        let mut out = String::from(&self.text[start..end]);
        self.at = end;
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(_) => return Err(self.fault("a control character stands in a string")),
                None => return Err(self.fault("the text ends in a string")),
            }
            let end = plain_end(self.text.as_bytes(), self.at);
            out.push_str(&self.text[self.at..end]);
            self.at = end;
        }
    }

    fn escape(&mut self) -> Result<char> {
        let byte = self.byte().ok_or_else(|| self.fault("the text ends in a string"))?;
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.fault("there is no such escape in JSON")),
        })
    }

    /// What follows `\u`, with the second half of a surrogate pair.
    fn unicode(&mut self) -> Result<char> {
        let first = self.hex()?;
        let code = match first {
            0xd800..0xdc00 if self.text.as_bytes()[self.at..].starts_with(b"\\u") => {
                self.at += 2;
                let second = self.hex()?;
                if !(0xdc00..0xe000).contains(&second) {
                    return Err(self.fault("half a surrogate pair stands in a string"));
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.fault("half a surrogate pair stands in a string"))
    }

    fn hex(&mut self) -> Result<u32> {
        let bytes = self.text.as_bytes();
        let digits = bytes.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return Err(self.fault("four hexadecimal digits were expected"));
        };
        let code = digits.iter().fold(0, |code, digit| code * 16 + (*digit as char).to_digit(16).unwrap_or(0));
        self.at += 4;
        Ok(code)
    }

    /// Enters an object or a list.
    #[inline]
    pub(crate) fn open(&mut self, bracket: u8) -> Result<()> {
        if self.peek()? != bracket {
            return Err(self.expected(if bracket == b'{' { "an object" } else { "a list" }));
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fault("the text is nested too deeply"));
        }
        Ok(())
    }

    /// Is there another member? Takes the comma before it, or the closing bracket and leaves.
    #[inline]
    pub(crate) fn more(&mut self, close: u8, first: &mut bool) -> Result<bool> {
        let byte = self.peek()?;
        if byte == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if std::mem::take(first) {
            return Ok(true);
        }
        if byte != b',' {
            return Err(self.fault("a comma was expected"));
        }
        self.at += 1;
        if self.peek()? == close {
            return Err(self.fault("there is nothing after the comma"));
        }
        Ok(true)
    }

    /// Takes the key and its colon if the key is this one and written without escapes.
    #[inline]
    pub(crate) fn key_is(&mut self, name: &str) -> Result<bool> {
        self.peek()?;
        let rest = &self.text.as_bytes()[self.at..];
        let is = rest.len() > name.len() + 1
            && rest[0] == b'"'
            && rest[name.len() + 1] == b'"'
            && &rest[1..=name.len()] == name.as_bytes();
        if is {
            self.at += name.len() + 2;
            self.colon()?;
        }
        Ok(is)
    }

    /// Any key, and its colon.
    pub(crate) fn key(&mut self) -> Result<Cow<'a, str>> {
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    #[inline]
    fn colon(&mut self) -> Result<()> {
        if self.peek()? != b':' {
            return Err(self.fault("a colon was expected"));
        }
        self.at += 1;
        Ok(())
    }

    /// The next value word for word.
    pub(crate) fn raw(&mut self) -> Result<&'a str> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    /// Passes over one value; the depth is limited, so the recursion is too.
    pub(crate) fn skip(&mut self) -> Result<()> {
        match self.peek()? {
            b'"' => self.skip_string(),
            b'{' => {
                self.open(b'{')?;
                let mut first = true;
                while self.more(b'}', &mut first)? {
                    self.peek()?;
                    self.skip_string()?;
                    self.colon()?;
                    self.skip()?;
                }
                Ok(())
            }
            b'[' => {
                self.open(b'[')?;
                let mut first = true;
                while self.more(b']', &mut first)? {
                    self.skip()?;
                }
                Ok(())
            }
            b't' | b'f' => self.boolean().map(drop),
            b'n' => self.null().map(drop),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            _ => Err(self.fault("this is not JSON")),
        }
    }

    fn skip_string(&mut self) -> Result<()> {
        self.string().map(drop)
    }
}
