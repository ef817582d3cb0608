//! Recorded corrections: OpenAPI Overlay 1.0, with reasons and expectations.
//!
//! ```yaml
//! overlay: 1.0.0
//! info: {title: Corrections, version: 1.0.0}
//! actions:
//!   - target: $.components.schemas.Attachment.properties.file   # JSONPath, see `path`
//!     x-document: openapi.yaml        # needed where the API has several documents and the target is in more than one
//!     x-reason: It travels as Base64  # why the document is wrong
//!     x-expect: {type: string, format: null}   # a part of what must be found; null: must not be there
//!     x-expect-count: 1               # how many targets, if it matters
//!     update: {format: byte}          # or `remove: true`
//! ```
//!
//! `update` is merged: objects member by member, lists are appended to, anything else is replaced, and null takes a
//! member away (OpenAPI 3.0 has no use for a null). A list as the target gets the update as a new item, or as new items.
//! Actions apply in order, to the adapted tree: targets are written in the form of OpenAPI 3.0, whatever the document is.
//! Documents come before collections, which are joined with the corrected ones: an action for a collection has a target
//! that is in no document, or names it in `x-document`.
//!
//! An action must do something: one without a target, one whose expectation does not hold, and one after which a target
//! is as before are errors, so that no correction outlives the fault that it corrects.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::node::{Node, parent};
use crate::position::Index;
use crate::source::{Dialect, Place, Source};

mod merge;
mod path;

/// How much was corrected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Actions that were applied.
    pub actions: usize,
    /// Places that they changed.
    pub targets: usize,
}

/// Applies the actions of `overlay` to the adapted `documents` of one API.
pub fn apply(documents: &mut [Source], overlay: &Source, diagnostics: &mut Diagnostics) -> Counts {
    Actions::read(overlay, diagnostics).apply(documents, diagnostics)
}

/// The actions of an overlay that are still to be applied.
pub struct Actions<'a> {
    waiting: Vec<Action<'a>>,
    counts: Counts,
}

impl<'a> Actions<'a> {
    /// Reads the actions. One that is malformed is reported and left out.
    pub fn read(overlay: &'a Source, diagnostics: &mut Diagnostics) -> Self {
        let mut waiting = Vec::new();
        for (index, action) in actions(overlay, diagnostics).into_iter().enumerate() {
            let place = overlay.root().child("actions").child(index);
            match Action::read(action, place, overlay) {
                Ok(action) => waiting.push(action),
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        Self { waiting, counts: Counts::default() }
    }

    /// Applies those that find something in these documents; the others wait.
    pub fn apply_found(&mut self, documents: &mut [Source], diagnostics: &mut Diagnostics) {
        for action in std::mem::take(&mut self.waiting) {
            match action.is_for(documents) {
                true => self.one(&action, documents, diagnostics),
                false => self.waiting.push(action),
            }
        }
    }

    /// Applies those that wait. Now one that finds nothing is an error.
    pub fn apply(mut self, documents: &mut [Source], diagnostics: &mut Diagnostics) -> Counts {
        for action in std::mem::take(&mut self.waiting) {
            self.one(&action, documents, diagnostics);
        }
        self.counts
    }

    fn one(&mut self, action: &Action<'_>, documents: &mut [Source], diagnostics: &mut Diagnostics) {
        match action.apply(documents) {
            Ok(targets) => {
                self.counts.actions += 1;
                self.counts.targets += targets;
            }
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
}

/// The actions of an overlay.
fn actions<'a>(overlay: &'a Source, diagnostics: &mut Diagnostics) -> Vec<&'a Node> {
    let mut malformed = |message: &str, place: &Place| {
        diagnostics.push(Diagnostic::new(Code::OverlayForm, message).at(place));
        Vec::new()
    };
    let root = overlay.root();
    let version = overlay.tree.text("overlay").unwrap_or_default();
    if overlay.dialect() != Dialect::Overlay || !version.starts_with("1.0") {
        return malformed("an overlay says `overlay: 1.0.0`", &root);
    }
    match overlay.tree.get("actions") {
        Some(Node::Array(actions)) => actions.iter().collect(),
        Some(_) => malformed("`actions` is a list", &root.child("actions")),
        None => malformed("an overlay has `actions`", &root),
    }
}

/// Boxed, because it is large and rare.
type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// One action, as it should be.
struct Action<'a> {
    place: Place,
    target: &'a str,
    path: path::Path,
    document: Option<&'a str>,
    expect: &'a Node,
    count: Option<u64>,
    change: Change<'a>,
}

enum Change<'a> {
    Update(&'a Node),
    Remove,
}

impl<'a> Action<'a> {
    fn read(action: &'a Node, place: Place, overlay: &Source) -> Result<Self> {
        let malformed = |message: String| Box::new(Diagnostic::new(Code::OverlayForm, message).at(&place));
        let members = action.as_object().ok_or_else(|| malformed("an action is an object".into()))?;
        const KNOWN: [&str; 4] = ["target", "description", "update", "remove"];
        if let Some(unknown) = members.keys().find(|key| !KNOWN.contains(&key.as_str()) && !key.starts_with("x-")) {
            return Err(malformed(format!("an action has no `{unknown}`")));
        }
        let target = action.text("target").ok_or_else(|| malformed("an action names its `target`".into()))?;
        let path = path::parse(target).map_err(|fault| bad_target(&fault, target, &place, overlay))?;
        if action.text("x-reason").is_none_or(|reason| reason.trim().is_empty()) {
            return Err(malformed("an action gives its reason in `x-reason`".into()));
        }
        let expect =
            action.get("x-expect").ok_or_else(|| malformed("an action says in `x-expect` what it finds".into()))?;
        let count = match action.get("x-expect-count") {
            None => None,
            Some(count) => match count.as_number().and_then(|count| count.as_u64()) {
                Some(count) => Some(count),
                None => return Err(malformed("`x-expect-count` is a whole number".into())),
            },
        };
        let removes = match action.get("remove") {
            None => false,
            Some(remove) => remove.as_bool().ok_or_else(|| malformed("`remove` is true or false".into()))?,
        };
        let change = match (action.get("update"), removes) {
            (Some(update), false) => Change::Update(update),
            (None, true) => Change::Remove,
            _ => return Err(malformed("an action has either `update` or `remove: true`".into())),
        };
        let document = action.text("x-document");
        Ok(Self { target, path, document, expect, count, change, place })
    }

    /// Does it find something in these?
    fn is_for(&self, documents: &[Source]) -> bool {
        let mut named = documents.iter().filter(|document| self.document.is_none_or(|name| is_called(document, name)));
        named.any(|document| !self.path.find(&document.tree).is_empty())
    }

    fn apply(&self, documents: &mut [Source]) -> Result<usize> {
        let (document, targets) = self.find(documents)?;
        if let Some(count) = self.count.filter(|count| *count != targets.len() as u64) {
            let message = format!("expected {count} targets, found {}", targets.len());
            return Err(Box::new(self.fault(message).also("document", &document.root())));
        }
        for target in &targets {
            let place = document.root().join(target);
            let found = document.tree.pointer(target).unwrap_or(&Node::Null);
            merge::expect(found, self.expect)
                .map_err(|miss| Box::new(self.fault(miss.message).also("document", &place.join(&miss.pointer))))?;
        }
        let mut targets = targets;
        if matches!(self.change, Change::Remove) {
            // From the end, so that taking an item out of a list moves none that is still to come.
            targets.sort_by(|a, b| in_order(b).cmp(&in_order(a)));
        }
        targets.iter().try_for_each(|target| self.change(document, target))?;
        Ok(targets.len())
    }

    /// The document that is meant, and the pointers of the targets in it.
    fn find<'d>(&self, documents: &'d mut [Source]) -> Result<(&'d mut Source, Vec<String>)> {
        let mut found: Vec<(usize, Vec<String>)> = Vec::new();
        let mut named = false;
        for (index, document) in documents.iter().enumerate() {
            if self.document.is_some_and(|name| !is_called(document, name)) {
                continue;
            }
            named = true;
            let targets = self.path.find(&document.tree);
            if !targets.is_empty() {
                found.push((index, targets));
            }
        }
        if let (Some(name), false) = (self.document, named) {
            let message = format!("the API has no document `{name}`");
            return Err(Box::new(Diagnostic::new(Code::OverlayForm, message).at(&self.place.child("x-document"))));
        }
        if found.len() > 1 {
            let files: Vec<_> = found.iter().map(|(index, _)| format!("`{}`", documents[*index].file)).collect();
            let message = format!("the target is in several documents: {}", files.join(", "));
            let help = "name the document in `x-document`";
            return Err(Box::new(Diagnostic::new(Code::OverlayForm, message).at(&self.place).help(help)));
        }
        match found.pop() {
            Some((index, targets)) => Ok((&mut documents[index], targets)),
            None => {
                let fault = self.fault("the target is not in the document".to_owned());
                Err(Box::new(fault.fact("target", format_args!("`{}`", self.target))))
            }
        }
    }

    fn change(&self, document: &mut Source, target: &str) -> Result<()> {
        let place = document.root().join(target);
        let changed = match self.change {
            Change::Remove => remove(&mut document.tree, target),
            Change::Update(update) => match document.tree.pointer_mut(target) {
                Some(Node::Array(items)) => {
                    match update {
                        Node::Array(more) => items.extend(more.iter().cloned()),
                        one => items.push(one.clone()),
                    }
                    true
                }
                Some(node @ Node::Object(_)) if update.as_object().is_some() => merge::merge(node, update),
                _ => {
                    let message =
                        "`update` is an object for a target that is an object, and a target is an object or a list";
                    let fault = Diagnostic::new(Code::OverlayForm, message).at(&self.place);
                    return Err(Box::new(fault.also("document", &place)));
                }
            },
        };
        if changed {
            return Ok(());
        }
        let fault = self.fault("the document is already as this action would make it".to_owned());
        Err(Box::new(fault.also("document", &place).help("remove the action")))
    }

    fn fault(&self, message: String) -> Diagnostic {
        Diagnostic::new(Code::OverlayStale, message).at(&self.place)
    }
}

/// The steps of a pointer, comparable as they stand in lists.
fn in_order(pointer: &str) -> Vec<(usize, &str)> {
    pointer.split('/').map(|step| (step.parse().unwrap_or_default(), step)).collect()
}

/// `openapi.yaml` is the name of `specs/accounting/openapi.yaml`.
fn is_called(document: &Source, name: &str) -> bool {
    document.file.strip_suffix(name).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}

/// Takes something out of what holds it.
fn remove(tree: &mut Node, target: &str) -> bool {
    let Some((around, step)) = parent(target) else { return false };
    match tree.pointer_mut(around) {
        Some(Node::Object(members)) => members.shift_remove(&step.replace("~1", "/").replace("~0", "~")).is_some(),
        Some(Node::Array(items)) => match step.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The fault of a JSONPath, at its column.
fn bad_target(fault: &path::Fault, target: &str, action: &Place, overlay: &Source) -> Box<Diagnostic> {
    let place = action.child("target");
    let mut position = Index::new(&overlay.text, [place.pointer.as_str()]).find(&place.pointer);
    let line = overlay.text.lines().nth(position.line - 1).unwrap_or_default();
    let quoted = line.chars().nth(position.column - 1).is_some_and(|c| c == '\'' || c == '"');
    position.column += usize::from(quoted) + target[..fault.at].chars().count();
    position.length = 1;
    let diagnostic = Diagnostic::new(Code::OverlayTarget, fault.message.clone()).at(&place).position(position);
    Box::new(diagnostic.fact("target", format_args!("`{target}`")))
}

#[cfg(test)]
mod tests;
