//! Where things stand in a text: line and column of a JSON pointer, found when a diagnostic is printed.

use std::ops::Range;

use indexmap::IndexMap;

use crate::node::{json, plain, steps, yaml};

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
    /// Is the tree wanted, too? Without it, what the parser gives is empty.
    const TREE: bool;
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
    const TREE: bool = true;
    fn member(&mut self, _: &str, _: Range<usize>) {}
    fn item(&mut self, _: Range<usize>) {}
    fn scalar(&mut self, _: Range<usize>) {}
    fn leave(&mut self) {}
}

/// The places of some pointers in one text: objects and lists are at their key, scalars at their value.
#[derive(Debug)]
pub struct Index<'a> {
    lines: Lines<'a>,
    /// Are the places counted in characters rather than in bytes?
    characters: bool,
    steps: Vec<Step>,
}

impl<'a> Index<'a> {
    /// Finds what `pointers` point at; what stands before a fault in the syntax is found too. Nothing is kept of the
    /// rest of the text, which may be large.
    pub fn new<'p>(text: &'a str, pointers: impl IntoIterator<Item = &'p str>) -> Self {
        let mut search = Search { steps: vec![Step::default()], way: vec![(0, 0)], off: 0 };
        pointers.into_iter().for_each(|pointer| search.want(pointer));
        Self::found(text, search)
    }

    fn found(text: &'a str, mut search: Search) -> Self {
        // A fault was reported when the source was read: what was seen until then is what can be pointed at.
        let characters = if is_json(text) {
            let _ = json::parse(text, &mut search);
            false
        } else if plain::parse(text, &mut search).is_some() {
            false
        } else {
            search.restart();
            let _ = yaml::parse(text, &mut search);
            true
        };
        Self { lines: Lines::new(text), characters, steps: search.steps }
    }

    /// The text of a line, from 1.
    pub fn line(&self, number: usize) -> Option<&'a str> {
        self.lines.line(number)
    }

    /// Where `pointer`, one of those that were looked for, stands, or else the nearest thing around it that is there.
    pub fn find(&self, pointer: &str) -> Position {
        let mut at = &(0..1);
        let mut step = 0;
        for key in steps(pointer).into_iter().flatten() {
            let inside = self.steps[step].inside.get(key.as_ref());
            let Some((inside, found)) = inside.and_then(|&inside| Some((inside, self.steps[inside].at.as_ref()?)))
            else {
                break;
            };
            (step, at) = (inside, found);
        }
        if self.characters { self.lines.at_characters(at) } else { self.lines.at_bytes(at) }
    }
}

/// The way through a text to the places that are looked for. The pointers make a tree of steps; what leads to none of
/// them is passed over.
struct Search {
    steps: Vec<Step>,
    /// The steps from the root to where the parser is, each with the number of items seen in it.
    way: Vec<(usize, usize)>,
    /// How many levels the parser is off the way.
    off: usize,
}

/// A member or an item on the way.
#[derive(Debug, Default)]
struct Step {
    /// Where it stands, once it is found.
    at: Option<Range<usize>>,
    /// The steps that are looked for inside of it.
    inside: IndexMap<String, usize>,
}

impl Search {
    /// Looks for what this pointer points at, too.
    fn want(&mut self, pointer: &str) {
        let mut step = 0;
        for key in steps(pointer).into_iter().flatten() {
            let next = self.steps.len();
            step = *self.steps[step].inside.entry(key.into_owned()).or_insert(next);
            if step == next {
                self.steps.push(Step::default());
            }
        }
    }

    /// Forgets what was found.
    fn restart(&mut self) {
        self.steps.iter_mut().for_each(|step| step.at = None);
        (self.way, self.off) = (vec![(0, 0)], 0);
    }

    /// Goes to what has this key, if it is on the way; the first of two with the same key is.
    fn enter(&mut self, key: &str, at: Range<usize>) {
        let here = self.way.last().filter(|_| self.off == 0);
        let next = here.and_then(|(step, _)| self.steps[*step].inside.get(key).copied());
        match next.filter(|next| self.steps[*next].at.is_none()) {
            Some(next) => {
                self.steps[next].at = Some(at);
                self.way.push((next, 0));
            }
            None => self.off += 1,
        }
    }
}

impl Watch for Search {
    const TREE: bool = false;

    fn member(&mut self, key: &str, at: Range<usize>) {
        self.enter(key, at);
    }

    fn item(&mut self, at: Range<usize>) {
        let Some((step, seen)) = self.way.last_mut().filter(|_| self.off == 0) else { return self.off += 1 };
        let number = *seen;
        *seen += 1;
        if self.steps[*step].inside.is_empty() { self.off += 1 } else { self.enter(&number.to_string(), at) }
    }

    fn scalar(&mut self, at: Range<usize>) {
        if let Some((step @ 1.., _)) = self.way.last().filter(|_| self.off == 0) {
            self.steps[*step].at = Some(at);
        }
    }

    fn leave(&mut self) {
        if self.off > 0 {
            self.off -= 1;
        } else {
            self.way.pop();
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
        let column = characters(&self.text[self.starts[line].0..start]) + 1;
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
pub fn at_byte(text: &str, at: &Range<usize>) -> Position {
    Lines::new(text).at_bytes(at)
}

/// How many characters a text has. Nearly all texts are ASCII, and that is found out many bytes at a time: a document may
/// be one line of a megabyte, with thousands of diagnostics in it.
fn characters(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// A text from its character `skip` on.
pub(crate) fn from_character(text: &str, skip: usize) -> &str {
    let start = match text.is_ascii() {
        true => Some(skip),
        false => text.char_indices().nth(skip).map(|(at, _)| at),
    };
    start.and_then(|start| text.get(start..)).unwrap_or_default()
}

/// In characters, of the first line.
fn length(text: &str) -> usize {
    text.lines().next().map_or(0, |line| line.chars().count()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, pointer: &str) -> (usize, usize, usize) {
        let position = Index::new(text, [pointer]).find(pointer);
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
    fn texts_are_cut_by_characters() {
        for (text, skip, rest) in
            [("abc", 1, "bc"), ("äbc", 1, "bc"), ("aäc", 2, "c"), ("abc", 3, ""), ("ä", 9, ""), ("a", 9, "")]
        {
            assert_eq!(from_character(text, skip), rest, "{text} {skip}");
            assert_eq!(characters(text), text.chars().count());
        }
    }

    #[test]
    fn what_stands_before_a_fault_is_found() {
        assert_eq!(at("{\"a\": 1,\n \"b\": {\"c\": oops", "/b/c"), (2, 8, 3));
        assert_eq!(at("a: 1\nb:\n  c: [", "/b/c"), (3, 3, 1));
    }
}
