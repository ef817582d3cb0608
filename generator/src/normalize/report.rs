//! Diagnostics of this stage: each said once, at the place as it is on disk.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::node::Mismatch;
use crate::source::{Place, Source};

pub(super) struct Report<'a> {
    sources: &'a [Source],
    diagnostics: &'a mut Diagnostics,
    said: BTreeSet<(Code, Place)>,
}

impl<'a> Report<'a> {
    pub(super) fn new(sources: &'a [Source], diagnostics: &'a mut Diagnostics) -> Self {
        Self { sources, diagnostics, said: BTreeSet::new() }
    }

    pub(super) fn say(&mut self, code: Code, place: &Place, message: impl Into<String>) {
        self.say_with(code, place, message, None);
    }

    /// With another place that has to do with it.
    pub(super) fn say_also(&mut self, code: Code, place: &Place, message: String, (label, other): (&str, &Place)) {
        let (place, other) = (self.on_disk(place), self.on_disk(other));
        if self.said.insert((code, place.clone())) {
            self.diagnostics.push(Diagnostic::new(code, message).at(&place).also(label, &other));
        }
    }

    fn on_disk(&self, place: &Place) -> Place {
        let source = self.sources.iter().find(|source| source.file == place.file);
        source.map_or_else(|| place.clone(), |source| source.on_disk(place))
    }

    pub(super) fn say_with(&mut self, code: Code, place: &Place, message: impl Into<String>, help: Option<String>) {
        let place = self.on_disk(place);
        if !self.said.insert((code, place.clone())) {
            return;
        }
        let diagnostic = Diagnostic::new(code, message).at(&place);
        self.diagnostics.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }
}

/// What does not suit, in the words of documents rather than of types.
pub(super) fn plain(error: &Mismatch) -> String {
    let words = [
        ("a sequence", "a list"),
        ("sequence", "list"),
        ("a map", "an object"),
        ("map", "object"),
        ("expected usize", "expected a whole number"),
        ("a boolean", "`true` or `false`"),
    ];
    words.iter().fold(error.message.clone(), |text, (from, to)| text.replace(from, to))
}
