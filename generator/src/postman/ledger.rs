//! What a collection holds, and what became of it, for [`crate::coverage`].
//!
//! [`count`] walks the tree as it is on disk and shares nothing with the reader, so that the two can disagree.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::read::{is_body, is_folder, list_key};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Method;
use crate::node::Node;
use crate::source::{Place, Source};
use crate::witness::Witness;

/// The books of one collection, by pointers into its file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    /// Where its requests stand.
    pub(crate) requests: Vec<String>,
    /// Where their parameters stand: of query, path and headers.
    pub(crate) parameters: Vec<String>,
    /// Where the bodies of its requests stand.
    pub(crate) bodies: Vec<String>,
    /// Where the fields of forms among them stand.
    pub(crate) fields: Vec<String>,
    /// Where the replies that were saved stand.
    pub(crate) replies: Vec<String>,
    /// Where its variables stand.
    pub(crate) variables: Vec<String>,
    /// What it has seen.
    pub(crate) witnesses: Vec<Witness>,
    /// What became of each.
    pub(crate) fates: BTreeMap<String, Fate>,
    /// Where its operations are, relative to the base URL, if they are not there.
    pub(crate) beside: Option<String>,
}

/// What became of a part of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is a part of this operation.
    Operation(Method, String),
    /// It is this parameter of this operation: the location and the name.
    Parameter(Method, String, &'static str, String),
    /// It is in the body of this operation.
    Body(Method, String),
    /// It is in what others became, such as a variable.
    Used,
    /// It was left out, for this reason.
    Left(String),
}

impl Ledger {
    /// Says what became of what stands at `place`. Where several have one place, what was made counts.
    fn note(&mut self, place: &Place, fate: Fate) {
        match self.fates.get(&place.pointer) {
            Some(known) if !matches!(known, Fate::Left(_)) => {}
            _ => {
                self.fates.insert(place.pointer.clone(), fate);
            }
        }
    }
}

/// The books of several collections, by their files and in their order.
#[derive(Debug, Default)]
pub(crate) struct Ledgers {
    files: IndexMap<Arc<str>, Ledger>,
    /// What is lost with what was left out, by reason: nothing else has said so yet.
    lost: BTreeMap<(Arc<str>, String), Vec<Place>>,
}

impl Ledgers {
    /// Opens the books of a collection.
    pub(super) fn open(&mut self, source: &Source, beside: Option<&str>) {
        let ledger = Ledger { beside: beside.map(str::to_owned), ..count(source) };
        self.files.insert(source.file.clone(), ledger);
    }

    /// Adds what a collection has seen.
    pub(super) fn keep(&mut self, source: &Source, witnesses: Vec<Witness>) {
        if let Some(ledger) = self.files.get_mut(&source.file) {
            ledger.witnesses.extend(witnesses);
        }
    }

    /// The books of a document, if it was a collection.
    pub(crate) fn of(&self, source: &Source) -> Option<&Ledger> {
        self.files.get(&source.file)
    }

    /// Was this document a collection?
    pub(crate) fn has(&self, source: &Source) -> bool {
        self.files.contains_key(&source.file)
    }

    /// Hands out what the collections have seen.
    pub(super) fn take_witnesses(&mut self) -> impl Iterator<Item = Witness> {
        self.files.values_mut().flat_map(|ledger| std::mem::take(&mut ledger.witnesses))
    }

    /// Says what became of what stands at `place`.
    pub(super) fn note(&mut self, place: &Place, fate: Fate) {
        if let Some(ledger) = self.files.get_mut(&place.file) {
            ledger.note(place, fate);
        }
    }

    /// Says why what stands at `place` is left out, where something is lost with it: see [`Ledgers::losses`].
    pub(super) fn lose(&mut self, place: &Place, reason: impl Into<String>) {
        let reason = reason.into();
        self.lost.entry((place.file.clone(), reason.clone())).or_default().push(place.clone());
        self.leave(place, reason);
    }

    /// What was lost, once for each reason and collection.
    pub(super) fn losses(&mut self, diagnostics: &mut Diagnostics) {
        for ((_, reason), places) in std::mem::take(&mut self.lost) {
            let [first, others @ ..] = places.as_slice() else { continue };
            let parts = if others.is_empty() { "a part".to_owned() } else { format!("{} parts", places.len()) };
            let diagnostic = Diagnostic::new(Code::LeftOut, format!("{parts} of the collection left out: {reason}"));
            let diagnostic =
                others.iter().fold(diagnostic.at(first), |diagnostic, place| diagnostic.also("the same", place));
            diagnostics.push(diagnostic);
        }
    }

    /// Says why what stands at `place` is left out; nothing is lost, or it was said.
    pub(super) fn leave(&mut self, place: &Place, reason: impl Into<String>) {
        self.note(place, Fate::Left(reason.into()));
    }
}

/// Counts what stands in a collection.
fn count(source: &Source) -> Ledger {
    let mut ledger = Ledger::default();
    let (tree, place) = source.collection();
    walk(tree, &place.pointer, &mut ledger);
    ledger
}

fn walk(node: &Node, pointer: &str, ledger: &mut Ledger) {
    list(node, pointer, list_key(node, "variable"), &mut ledger.variables);
    let key = list_key(node, "item");
    for (at, item) in node.get(key).and_then(Node::as_array).unwrap_or_default().iter().enumerate() {
        let pointer = format!("{pointer}/{key}/{at}");
        if is_folder(item) {
            walk(item, &pointer, ledger);
            continue;
        }
        list(item, &pointer, list_key(item, "variable"), &mut ledger.variables);
        let Some(request) = item.get("request").filter(|request| !request.is_null()) else {
            ledger.requests.push(pointer);
            continue;
        };
        list(item, &pointer, list_key(item, "response"), &mut ledger.replies);
        let pointer = format!("{pointer}/request");
        list(request, &pointer, "header", &mut ledger.parameters);
        if let Some(url) = request.get("url") {
            let pointer = format!("{pointer}/url");
            list(url, &pointer, "query", &mut ledger.parameters);
            list(url, &pointer, "variable", &mut ledger.parameters);
        }
        if let Some(body) = request.get("body").filter(|body| is_body(body)) {
            let pointer = format!("{pointer}/body");
            for mode in ["urlencoded", "formdata"].into_iter().filter(|mode| body.text("mode") == Some(mode)) {
                list(body, &pointer, mode, &mut ledger.fields);
            }
            ledger.bodies.push(pointer);
        }
        ledger.requests.push(pointer);
    }
}

/// The objects of a list; of texts in its place one cannot be told from another by a pointer.
fn list(node: &Node, pointer: &str, key: &str, found: &mut Vec<String>) {
    let items = node.get(key).and_then(Node::as_array).unwrap_or_default();
    let objects = items.iter().enumerate().filter(|(_, item)| item.as_object().is_some());
    found.extend(objects.map(|(at, _)| format!("{pointer}/{key}/{at}")));
}
