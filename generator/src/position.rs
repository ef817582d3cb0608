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
    text: &'a str,
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
        Self { text, json, root: marks.root() }
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
        if self.json { at_byte(self.text, &mark.at) } else { at_character(self.text, &mark.at) }
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

/// The position of a range of bytes.
pub(crate) fn at_byte(text: &str, at: &Range<usize>) -> Position {
    let start = text.floor_char_boundary(at.start.min(text.len()));
    let end = text.floor_char_boundary(at.end.min(text.len())).max(start);
    let before = &text[..start];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: text[line_start..start].chars().count() + 1,
        length: text[start..end].lines().next().map_or(0, |line| line.chars().count()).max(1),
    }
}

/// The position of a range of characters.
pub(crate) fn at_character(text: &str, at: &Range<usize>) -> Position {
    at_byte(text, &(byte_of(text, at.start)..byte_of(text, at.end)))
}

fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
}
