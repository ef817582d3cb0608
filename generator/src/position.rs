//! Where things stand in a text: line and column of a JSON pointer, found when a diagnostic is printed.

use std::ops::Range;

use indexmap::IndexMap;

use crate::node::{json, steps, yaml};

/// A line and a column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// How many characters from there are meant.
    pub length: usize,
}

impl Position {
    /// The first character.
    pub const START: Position = Position { line: 1, column: 1, length: 1 };
}

/// Is this text JSON rather than YAML? Its first character says it, and nothing after it is a comment of YAML.
pub fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let inside = text.get(1..).unwrap_or_default().trim_start();
    match text.as_bytes().first() {
        Some(b'{') => inside.is_empty() || inside.starts_with(['"', '}']),
        Some(b'[') => true,
        _ => false,
    }
}

/// What a parser tells about places; offsets are bytes in JSON, characters in YAML.
pub(crate) trait Watch {
    /// The key of a member, before its value.
    fn member(&mut self, key: &str, at: Range<usize>);
    /// An item, before it is read.
    fn item(&mut self, at: Range<usize>);
    /// The value of the innermost member or item, where it is a scalar.
    fn scalar(&mut self, at: Range<usize>);
    /// The innermost member or item is complete.
    fn leave(&mut self);
}

/// Nobody looks.
impl Watch for () {
    fn member(&mut self, _: &str, _: Range<usize>) {}
    fn item(&mut self, _: Range<usize>) {}
    fn scalar(&mut self, _: Range<usize>) {}
    fn leave(&mut self) {}
}

/// The places of one text: objects and lists are at their key, scalars at their value.
#[derive(Debug)]
pub struct Index<'a> {
    lines: Lines<'a>,
    json: bool,
    root: Mark,
}

#[derive(Debug)]
struct Mark {
    at: Range<usize>,
    inside: IndexMap<String, Mark>,
}

impl Mark {
    fn new(at: Range<usize>) -> Self {
        Self { at, inside: IndexMap::new() }
    }
}

impl<'a> Index<'a> {
    /// Reads the places; those before a fault in the syntax are known too.
    pub fn new(text: &'a str) -> Self {
        let json = is_json(text);
        let mut marks = Marks { open: vec![(String::new(), Mark::new(0..1))] };
        // A fault was reported when the source was read: what was seen until then is what can be pointed at.
        let _ = if json { json::parse(text, &mut marks) } else { yaml::parse(text, &mut marks) };
        Self { lines: Lines::new(text), json, root: marks.root() }
    }

    /// The text of a line, from 1.
    pub fn line(&self, number: usize) -> Option<&'a str> {
        self.lines.line(number)
    }

    /// Where `pointer` stands, or else the nearest thing around it that is there.
    pub fn find(&self, pointer: &str) -> Position {
        let mut mark = &self.root;
        for step in steps(pointer).into_iter().flatten() {
            match mark.inside.get(step.as_ref()) {
                Some(inside) => mark = inside,
                None => break,
            }
        }
        if self.json { self.lines.at_bytes(&mark.at) } else { self.lines.at_characters(&mark.at) }
    }
}

/// The marks of everything that is still open, from the root inward.
struct Marks {
    open: Vec<(String, Mark)>,
}

impl Marks {
    fn root(mut self) -> Mark {
        while self.open.len() > 1 {
            self.leave();
        }
        self.open.pop().map_or_else(|| Mark::new(0..1), |(_, root)| root)
    }
}

impl Watch for Marks {
    fn member(&mut self, key: &str, at: Range<usize>) {
        self.open.push((key.to_owned(), Mark::new(at)));
    }

    fn item(&mut self, at: Range<usize>) {
        let index = self.open.last().map_or(0, |(_, mark)| mark.inside.len());
        self.open.push((index.to_string(), Mark::new(at)));
    }

    fn scalar(&mut self, at: Range<usize>) {
        if let Some((_, mark)) = self.open.last_mut() {
            mark.at = at;
        }
    }

    fn leave(&mut self) {
        if let Some((key, mark)) = self.open.pop()
            && let Some((_, around)) = self.open.last_mut()
        {
            around.inside.entry(key).or_insert(mark);
        }
    }
}

/// A text by lines.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    /// Where each line starts, in bytes and in characters.
    starts: Vec<(usize, usize)>,
}

impl<'a> Lines<'a> {
    /// Finds the lines.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut starts = vec![(0, 0)];
        let mut characters = 0;
        for line in text.split_inclusive('\n') {
            characters += line.chars().count();
            let (start, _) = starts.last().copied().unwrap_or_default();
            starts.push((start + line.len(), characters));
        }
        Self { text, starts }
    }

    /// The position of a range of bytes.
    pub(crate) fn at_bytes(&self, at: &Range<usize>) -> Position {
        let start = self.text.floor_char_boundary(at.start.min(self.text.len()));
        let end = self.text.floor_char_boundary(at.end.min(self.text.len())).max(start);
        let line = self.line_of(|(byte, _)| byte <= start);
        let column = self.text[self.starts[line].0..start].chars().count() + 1;
        Position { line: line + 1, column, length: length(&self.text[start..end]) }
    }

    /// The position of a range of characters.
    pub(crate) fn at_characters(&self, at: &Range<usize>) -> Position {
        self.at_bytes(&(self.byte(at.start)..self.byte(at.end)))
    }

    fn byte(&self, character: usize) -> usize {
        let (byte, first) = self.starts[self.line_of(|(_, first)| first <= character)];
        let line = &self.text[byte..];
        line.char_indices().nth(character - first).map_or(self.text.len(), |(offset, _)| byte + offset)
    }

    fn line_of(&self, starts_before: impl Fn((usize, usize)) -> bool) -> usize {
        self.starts.partition_point(|start| starts_before(*start)).saturating_sub(1)
    }

    /// The text of a line, without its end.
    pub(crate) fn line(&self, number: usize) -> Option<&'a str> {
        let (start, _) = self.starts.get(number.checked_sub(1)?)?;
        self.text[*start..].lines().next()
    }
}

/// The position of a range of bytes, for who needs only one.
pub(crate) fn at_byte(text: &str, at: &Range<usize>) -> Position {
    Lines::new(text).at_bytes(at)
}

/// In characters, of the first line.
fn length(text: &str) -> usize {
    text.lines().next().map_or(0, |line| line.chars().count()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, pointer: &str) -> (usize, usize, usize) {
        let position = Index::new(text).find(pointer);
        (position.line, position.column, position.length)
    }

    #[test]
    fn positions_are_the_same_in_json_and_yaml() {
        let json = "{\r\n  \"é\": {\"a\": [1,\n {\"b\": \"x\\\"y\"}]}}";
        let yaml = "\u{e9}:\r\n  a:\r\n  - 1\r\n  - b: \"x\"\r\n";
        let table = [
            ("", (1, 1, 1), (1, 1, 1)),
            ("/é", (2, 3, 3), (1, 1, 1)),
            ("/é/a", (2, 9, 3), (2, 3, 1)),
            ("/é/a/0", (2, 15, 1), (3, 5, 1)),
            ("/é/a/1", (3, 2, 1), (4, 5, 1)),
            ("/é/a/1/b", (3, 8, 6), (4, 8, 3)),
            ("/é/a/1/c/d", (3, 2, 1), (4, 5, 1)),
            ("/x", (1, 1, 1), (1, 1, 1)),
        ];
        for (pointer, in_json, in_yaml) in table {
            assert_eq!((at(json, pointer), at(yaml, pointer)), (in_json, in_yaml), "{pointer}");
        }
    }

    #[test]
    fn what_stands_before_a_fault_is_found() {
        assert_eq!(at("{\"a\": 1,\n \"b\": {\"c\": oops", "/b/c"), (2, 8, 3));
        assert_eq!(at("a: 1\nb:\n  c: [", "/b/c"), (3, 3, 1));
    }
}
