//! What is wrong, where, and what would mend it: values that every stage collects and that are printed at the end.
//!
//! A code never changes its meaning; its letter names the family: `D` the document is wrong, `U` it asks for something
//! that is not supported, `N` two names collide, `B` the fault is ours. The table of codes is in `codes`.

use std::fmt;

use crate::position::Position;
use crate::source::{Place, Source};

mod codes;
mod render;

pub use codes::Code;
pub use render::{Format, render};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Something was left out, or guessed.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Which kind of thing.
    pub code: Code,
    /// How bad it is; the code's own severity unless said otherwise.
    pub severity: Severity,
    /// What is wrong, in the document's terms; no capital at the start, no full stop at the end.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// The exact position, where the place's pointer cannot tell it: faults of syntax.
    pub position: Option<Position>,
    /// The line at the position, kept for a file that could not be read.
    pub line: Option<String>,
    /// Labeled facts: (`reference`, `` `#/components/schemas/ContactList` ``).
    pub facts: Vec<(String, String)>,
    /// Other places that have to do with it.
    pub related: Vec<(String, Place)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of this kind, without a place yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            place: None,
            position: None,
            line: None,
            facts: Vec::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// It is at this place.
    pub fn at(mut self, place: &Place) -> Self {
        self.place = Some(place.clone());
        self
    }

    /// It is at exactly this position in the place's file.
    pub fn position(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// Keeps the line of its position, for a file that no [`crate::source::Source`] holds.
    pub fn snippet(mut self, text: &str) -> Self {
        self.line = self.position.and_then(|position| text.lines().nth(position.line - 1)).map(str::to_owned);
        self
    }

    /// Adds a fact.
    pub fn fact(mut self, label: impl Into<String>, text: impl fmt::Display) -> Self {
        self.facts.push((label.into(), text.to_string()));
        self
    }

    /// Adds another place that has to do with it.
    pub fn also(mut self, label: impl Into<String>, place: &Place) -> Self {
        self.related.push((label.into(), place.clone()));
        self
    }

    /// Says what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Makes it more or less bad than its code says.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// All that is wrong, collected over one run.
///
/// It must be asked for what it holds ([`Diagnostics::into_vec`]): dropping it full and unread is our own bug, and
/// fails in debug builds.
#[derive(Debug, Default)]
#[must_use]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Several more.
    pub fn extend(&mut self, several: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(several);
    }

    /// What there is so far.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Rewrites the places in `source` of all but the first `known` to those on disk: for a stage that adapts sources
    /// and does not hand them on.
    pub fn on_disk(&mut self, known: usize, source: &Source) {
        for diagnostic in self.list.iter_mut().skip(known).filter(|diagnostic| diagnostic.position.is_none()) {
            let places = diagnostic.place.iter_mut().chain(diagnostic.related.iter_mut().map(|(_, place)| place));
            for place in places.filter(|place| place.file == source.file) {
                *place = source.on_disk(place);
            }
        }
    }

    /// Is there an error among them?
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Everything, in the order in which it was found.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.list)
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        let unread = !self.list.is_empty() && !std::thread::panicking();
        debug_assert!(!unread, "diagnostics were dropped unread: {:?}", self.list);
    }
}
