//! Why a piece of JSON could not be read: what was wrong, where, and the path to it.
//!
//! Faults name types and places, never values: a reply may hold what must not reach a log.

use std::borrow::Cow;
use std::fmt;

/// Why JSON could not be read as the type that was asked for.
///
/// It says what was expected, and where; it never repeats the text.
pub struct Fault(Box<Inner>);

struct Inner {
    what: Cow<'static, str>,
    at: usize,
    /// From the inside out, as it is gathered while the error travels up.
    path: Vec<Step>,
}

enum Step {
    Key(Box<str>),
    Index(usize),
}

impl Fault {
    #[cold]
    pub(crate) fn new(what: impl Into<Cow<'static, str>>, at: usize) -> Self {
        Fault(Box::new(Inner { what: what.into(), at, path: Vec::new() }))
    }

    /// The same fault, seen from the object that has this key.
    #[cold]
    pub(crate) fn in_key(mut self, key: &str) -> Self {
        self.0.path.push(Step::Key(key.chars().take(80).filter(|c| !c.is_control()).collect()));
        self
    }

    /// The same fault, seen from the list that has this item.
    #[cold]
    pub(crate) fn in_index(mut self, index: usize) -> Self {
        self.0.path.push(Step::Index(index));
        self
    }

    /// The path to the value, e.g. `$items[3].total_amount`; empty if the whole text is meant.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.0.path.iter().rev() {
            match step {
                Step::Index(index) => path.push_str(&format!("[{index}]")),
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
            }
        }
        path
    }

    /// How many bytes stand before the place.
    pub fn offset(&self) -> usize {
        self.0.at
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(f, "`{path}`: ")?;
        }
        write!(f, "{} (at byte {})", self.0.what, self.0.at)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl std::error::Error for Fault {}
