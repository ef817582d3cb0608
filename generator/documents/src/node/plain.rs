//! The plain part of YAML, fast: what [`Node::to_yaml`] writes, and what people write like it.
//!
//! Two megabytes of specifications are read on every run, and a full YAML parser takes most of the run for them. This
//! reader knows block mappings and lists, words, numbers, single quotes, lists of them in brackets, and comments on lines
//! of their own. At anything else it gives up, and the full parser reads the document from the start: so it never
//! decides that a document is wrong, and where it reads one, it reads the same.

use std::borrow::Cow;

use super::yaml::resolve;
use super::{MAX_DEPTH, Node, Object};
use crate::position::Watch;

/// The document, if it is plain; `watch` is told where things stand, in bytes, as far as it is.
pub(crate) fn parse(text: &str, watch: &mut impl Watch) -> Option<Node> {
    let mut reader = Reader { text: text.as_bytes(), source: text, at: 0, line: 0, watch };
    reader.blank_lines()?;
    let node = reader.block(0)?;
    (reader.at == text.len()).then_some(node)
}

struct Reader<'a, W> {
    text: &'a [u8],
    source: &'a str,
    /// The next byte.
    at: usize,
    /// Where its line starts.
    line: usize,
    watch: &'a mut W,
}

impl<'a, W: Watch> Reader<'a, W> {
    /// A list or mapping, indented as what stands here.
    fn block(&mut self, depth: usize) -> Option<Node> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let indent = self.at - self.line;
        if self.is_dash() { self.list(indent, depth) } else { self.mapping(indent, depth) }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Option<Node> {
        let mut items = Vec::new();
        while self.is_here(indent) && self.is_dash() {
            self.at += 2;
            self.watch.item(self.at..self.at + 1);
            let item = self.item(depth)?;
            if W::TREE {
                items.push(item);
            }
            self.watch.leave();
        }
        Some(Node::Array(items))
    }

    /// What stands behind a dash: a value that ends with the line, or the first line of a block.
    fn item(&mut self, depth: usize) -> Option<Node> {
        if self.is_dash() {
            return self.block(depth + 1);
        }
        let start = self.at;
        if self.peek()? == b' ' {
            return None;
        }
        let value = self.inline()?;
        if self.peek() == Some(b':') {
            self.at = start;
            return self.block(depth + 1);
        }
        self.scalar(&value, start);
        self.end_of_line()?;
        Some(value)
    }

    fn mapping(&mut self, indent: usize, depth: usize) -> Option<Node> {
        let mut members = Object::default();
        while self.is_here(indent) && !self.is_dash() {
            let start = self.at;
            let key = self.word()?.0;
            self.watch.member(&key, start..self.at);
            if self.next()? != b':' || key == "<<" {
                return None;
            }
            let value = self.value(indent, depth)?;
            self.watch.leave();
            if W::TREE && members.insert(key.into_owned(), value).is_some() {
                return None;
            }
        }
        (!members.is_empty() || !W::TREE).then_some(Node::Object(members))
    }

    fn value(&mut self, indent: usize, depth: usize) -> Option<Node> {
        if self.peek() == Some(b' ') {
            self.at += 1;
            let start = self.at;
            let value = self.inline()?;
            self.scalar(&value, start);
            self.end_of_line()?;
            return Some(value);
        }
        self.end_of_line()?;
        let next = self.at - self.line;
        let inside = self.at < self.text.len() && (next > indent || (next == indent && self.is_dash()));
        if inside { self.block(depth + 1) } else { Some(Node::Null) }
    }

    /// Tells where a value on one line stands, unless it is a list or a mapping in brackets: those stand at their key.
    fn scalar(&mut self, value: &Node, start: usize) {
        if !matches!(value, Node::Array(_) | Node::Object(_)) {
            self.watch.scalar(start..self.at);
        }
    }

    /// A value on one line.
    fn inline(&mut self) -> Option<Node> {
        match self.peek()? {
            b'{' => {
                self.at += 1;
                (self.next()? == b'}').then(|| Node::Object(Object::default()))
            }
            b'[' => {
                self.at += 1;
                self.words()
            }
            _ => {
                let (word, quoted) = self.word()?;
                Some(if quoted { Node::String(word.into_owned()) } else { resolve(word) })
            }
        }
    }

    /// The rest of a list in brackets.
    fn words(&mut self) -> Option<Node> {
        let mut items = Vec::new();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(Node::Array(items));
        }
        loop {
            let start = self.at;
            let (word, quoted) = self.word()?;
            self.watch.item(start..self.at);
            self.watch.leave();
            items.push(if quoted { Node::String(word.into_owned()) } else { resolve(word) });
            match self.next()? {
                b']' => return Some(Node::Array(items)),
                b',' if self.next()? == b' ' => {}
                _ => return None,
            }
        }
    }

    /// A word or number, or a text in single quotes; and whether it is quoted.
    fn word(&mut self) -> Option<(Cow<'a, str>, bool)> {
        if self.peek()? == b'\'' {
            return self.quoted().map(|text| (text, true));
        }
        let start = self.at;
        let first = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'$' | b'_');
        let minus = self.text[start] == b'-' && self.text.get(start + 1).is_some_and(u8::is_ascii_digit);
        if !first(self.text[start]) && !minus {
            return None;
        }
        let rest = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'$' | b'_' | b'-' | b'.' | b' ');
        self.at += self.text[start..].iter().take_while(|byte| rest(byte)).count();
        let word = &self.source[start..self.at];
        // A space at the end belongs to something else: a comment, perhaps. Parsers differ on lone dashes.
        (!word.ends_with(' ') && !word.as_bytes().windows(2).any(|pair| pair == b" -"))
            .then_some((Cow::Borrowed(word), false))
    }

    fn quoted(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at + 1;
        let mut doubled = false;
        self.at = start;
        loop {
            match self.next()? {
                b'\'' if self.peek() == Some(b'\'') => {
                    doubled = true;
                    self.at += 1;
                }
                b'\'' => break,
                // Lines are folded, and control characters are refused: not here.
                byte if byte < b' ' || byte == 0x7f => return None,
                _ => {}
            }
        }
        let text = &self.source[start..self.at - 1];
        if text.contains(|c: char| {
            c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
        }) {
            return None;
        }
        Some(if doubled { Cow::Owned(text.replace("''", "'")) } else { Cow::Borrowed(text) })
    }

    /// Goes to the first word of the next line that has one; gives up where this line goes on.
    fn end_of_line(&mut self) -> Option<()> {
        match self.peek() {
            None => Some(()),
            Some(b'\n') => {
                self.at += 1;
                self.blank_lines()
            }
            Some(_) => None,
        }
    }

    /// Skips empty lines and comments, then the indent.
    fn blank_lines(&mut self) -> Option<()> {
        loop {
            self.line = self.at;
            self.at += self.text[self.at..].iter().take_while(|byte| **byte == b' ').count();
            match self.peek() {
                Some(b'\n') => self.at += 1,
                Some(b'#') => {
                    let comment = &self.text[self.at..];
                    let length = comment.iter().position(|byte| *byte == b'\n').unwrap_or(comment.len());
                    if !comment[..length].iter().all(|byte| matches!(byte, b' '..=b'~')) {
                        return None;
                    }
                    self.at = (self.at + length + 1).min(self.text.len());
                }
                // Markers of documents stand at the start of a line.
                Some(b'-' | b'.') if self.at == self.line && self.text[self.at..].starts_with(b"--") => return None,
                _ => return Some(()),
            }
        }
    }

    fn is_here(&self, indent: usize) -> bool {
        self.at < self.text.len() && self.at - self.line == indent
    }

    fn is_dash(&self) -> bool {
        self.text[self.at..].starts_with(b"- ")
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::yaml;

    const TEXT: &str = "\
# A comment
openapi: '3.0.3'
info: {}
paths:
  '/a/{b}':
    get:
      tags: [A b, 'c''d', 7, null]
      list:
      - - x: 1
          y: -2.50
        - z
      # Another
      - 'a: b': true

      - $ref: '#/c'
      empty:
last: é
";

    /// The plain reader's result, which must be the full parser's.
    fn check(text: &str) -> Option<Node> {
        let plain = parse(text, &mut ())?;
        match yaml::parse(text, &mut ()) {
            Ok(full) => assert_eq!(plain, full, "{text}"),
            Err(fault) => panic!("the full parser says `{}` of: {text}", fault.message),
        }
        Some(plain)
    }

    #[test]
    fn what_is_read_is_what_the_full_parser_reads() {
        assert_eq!(check(TEXT), None, "the last line is not plain");
        let text = TEXT.replace("last: é", "last: 'é'");
        let node = check(&text).unwrap();
        assert_eq!(check(&node.to_yaml()), Some(node));
    }

    #[test]
    fn changed_texts_are_read_alike_or_not_at_all() {
        let text = TEXT.replace("last: é", "last: 'é'");
        let mut read = 0;
        for (at, c) in text.char_indices() {
            read += usize::from(check(&text[..at]).is_some());
            for with in [
                "", " ", "  ", "\n", "\n ", "- ", ": ", ":", "#", " #", "'", "''", "[", "]", ",", "{", "}", "a", "0",
                ".", "-", "\t", "\r", "|", ">", "&a ", "*a", "!", "?", "%", "---", "...", "<<", "~", "\"", "\u{85}",
                "\u{2028}", "\u{feff}",
            ] {
                read += usize::from(check(&format!("{}{with}{}", &text[..at], &text[at + c.len_utf8()..])).is_some());
                read += usize::from(check(&format!("{}{with}{}", &text[..at], &text[at..])).is_some());
            }
        }
        assert!(read > 3000, "{read}");
    }
}
