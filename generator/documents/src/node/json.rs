//! JSON text to a node: RFC 8259, one value, every digit of a number kept, every key once.
//!
//! `serde_json` would read numbers into floats; so the scanner is here, and `serde_json` unescapes strings.

use std::borrow::Cow;

use super::{MAX_DEPTH, Node, Number, Object};
use crate::diagnostic::Code;
use crate::position::Watch;

/// Why a text could not be read.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// Which kind of fault.
    pub(crate) code: Code,
    /// What is wrong.
    pub(crate) message: String,
    /// Where: bytes in JSON, characters in YAML.
    pub(crate) at: usize,
}

/// Reads the whole of `text`, telling `watch` where things stand, in bytes.
pub(crate) fn parse(text: &str, watch: &mut impl Watch) -> Result<Node, Fault> {
    let mut parser = Parser { text, at: 0, watch };
    let node = parser.value(0)?;
    parser.space();
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.fault("expected the end of the document")),
    }
}

/// Is this a number in JSON's notation?
pub(crate) fn is_number(text: &str) -> bool {
    number_length(text.as_bytes()) == Some(text.len())
}

struct Parser<'a, W> {
    text: &'a str,
    at: usize,
    watch: &'a mut W,
}

impl<'a, W: Watch> Parser<'a, W> {
    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        self.space();
        let start = self.at;
        let node = match self.peek() {
            Some(b'{') => return self.object(depth + 1),
            Some(b'[') => return self.array(depth + 1),
            Some(b'"') => {
                let text = self.string()?;
                if W::TREE { Node::String(text.into_owned()) } else { Node::Null }
            }
            Some(b'-' | b'0'..=b'9') => Node::Number(self.number()?),
            Some(b't') => self.word("true", Node::Bool(true))?,
            Some(b'f') => self.word("false", Node::Bool(false))?,
            Some(b'n') => self.word("null", Node::Null)?,
            _ => return Err(self.fault("expected a value")),
        };
        self.watch.scalar(start..self.at);
        Ok(node)
    }

    fn object(&mut self, depth: usize) -> Result<Node, Fault> {
        self.open(depth)?;
        let mut members = Object::default();
        self.space();
        if self.eat(b'}') {
            return Ok(Node::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("expected a key in quotation marks"));
            }
            let key = self.string()?;
            self.watch.member(&key, start..self.at);
            if members.contains_key(key.as_ref()) {
                return Err(duplicate(&key, start));
            }
            self.space();
            if !self.eat(b':') {
                return Err(self.fault("expected `:` after a key"));
            }
            let value = self.value(depth)?;
            self.watch.leave();
            if W::TREE {
                members.insert(key.into_owned(), value);
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.fault("expected `,` or `}` after a member")),
            }
        }
        self.at += 1;
        Ok(Node::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<Node, Fault> {
        self.open(depth)?;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Node::Array(items));
        }
        loop {
            self.space();
            self.watch.item(self.at..self.at + 1);
            let value = self.value(depth)?;
            if W::TREE {
                items.push(value);
            }
            self.watch.leave();
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.fault("expected `,` or `]` after an item")),
            }
        }
        self.at += 1;
        Ok(Node::Array(items))
    }

    fn open(&mut self, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(too_deep(self.at));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            self.at += plain.unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(_) => return Err(self.fault("a control character in a string must be escaped")),
                None => {
                    self.at = start;
                    return Err(self.fault("this string has no end"));
                }
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or("\"\"");
        if !escaped {
            return Ok(Cow::Borrowed(&quoted[1..quoted.len() - 1]));
        }
        serde_json::from_str(quoted).map(Cow::Owned).map_err(|_| Fault {
            code: Code::Syntax,
            message: "this string holds an escape that JSON does not know".into(),
            at: start,
        })
    }

    fn number(&mut self) -> Result<Number, Fault> {
        let rest = &self.text[self.at..];
        let Some(length) = number_length(rest.as_bytes()) else { return Err(self.fault("this is not a number")) };
        self.at += length;
        Ok(Number(rest[..length].into()))
    }

    fn word(&mut self, word: &str, node: Node) -> Result<Node, Fault> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.fault("expected a value"));
        }
        self.at += word.len();
        Ok(node)
    }

    fn space(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, message: &str) -> Fault {
        Fault { code: Code::Syntax, message: message.into(), at: self.at }
    }
}

pub(super) fn duplicate(key: &str, at: usize) -> Fault {
    let shown: String = key.chars().take(80).collect();
    Fault { code: Code::DuplicateKey, message: format!("the key `{shown}` stands here twice"), at }
}

pub(super) fn too_deep(at: usize) -> Fault {
    Fault { code: Code::Nesting, message: format!("the document nests more than {MAX_DEPTH} levels"), at }
}

/// How many bytes at the start of `text` are a number: `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?`.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = if text.get(at) == Some(&b'0') { 1 } else { digits(at) };
    if whole == 0 {
        return None;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'-' | b'+')));
        let exponent = digits((at + 1 + sign).min(text.len()));
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    Some(at)
}
