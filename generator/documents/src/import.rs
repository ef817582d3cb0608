//! A vendor's documents to their facts: OpenAPI 3.0 YAML in a stable order, without a sentence of prose.
//!
//! Documents come in any dialect and are adapted first. `terms` reads availability and roles out of the prose before
//! `facts` drops it. Paths and components are sorted by name and methods have a fixed order, so that a vendor's newer
//! version gives a small difference; properties, parameters and statuses keep the document's order. Documents that go
//! into one file are joined; what several documents of one API repeat is written once, or reported if they disagree.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::adapt;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::node::{Node, Object, escape};
use crate::source::{Origins, Place, Source};

mod facts;
mod phrase;
mod terms;

/// What to keep of the documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prose {
    /// Nothing: for specifications that are published.
    #[default]
    Drop,
    /// Everything: for a user's private use.
    Keep,
}

/// The facts of one or several documents, as a file of `specs/<api>/`.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// How much was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Operations that are in the files.
    pub operations: usize,
    /// Schemas with a name that are in the files, one for each name and file.
    pub schemas: usize,
    /// Operations, schemas and properties whose availability was found in prose.
    pub availability: usize,
    /// Operations and schemas whose roles were found in prose.
    pub roles: usize,
    /// Paths that an earlier document has too, with the same content.
    pub repeated: usize,
}

/// Imports the documents of one API.
///
/// `targets` are the documents that `api.toml` names. Is there one, all go into it, in the order given; else each goes into the one of its
/// name (`cash-book.json` into `cash-book.openapi.yaml`).
pub fn import(
    documents: Vec<Source>,
    targets: &[String],
    prose: Prose,
    diagnostics: &mut Diagnostics,
) -> (Vec<File>, Counts) {
    let mut counts = Counts::default();
    let mut documents = documents;
    if targets.len() != 1 {
        documents.sort_by(|a, b| a.file.cmp(&b.file));
    }
    let mut files: IndexMap<String, Document> = IndexMap::new();
    for source in documents {
        let name = target(&source.file, targets);
        let document = document(source, prose, &mut counts, diagnostics);
        match files.get_mut(&name) {
            Some(first) => first.join(document, diagnostics),
            None => drop(files.insert(name, document)),
        }
    }
    counts.repeated = reconcile(&mut files, diagnostics);
    let write = |(name, document): (String, Document)| {
        counts.operations += document.operations();
        counts.schemas += document.tree.pointer("/components/schemas").and_then(Node::as_object).map_or(0, Object::len);
        File { name, text: format!("{HEADER}{}", document.tree.to_yaml()) }
    };
    let files = files.into_iter().map(write).collect();
    (files, counts)
}

const HEADER: &str = "\
# The facts of the vendor's document, without its prose. Written by `cargo xtask specs import`: corrections belong in
# `overlay.yaml`.
";

/// The name of the file that a document goes into.
fn target(file: &str, targets: &[String]) -> String {
    if let [only] = targets {
        return only.clone();
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.split('.').next().unwrap_or(name);
    targets
        .iter()
        .find(|target| target.split('.').next() == Some(stem))
        .cloned()
        .unwrap_or_else(|| format!("{stem}.openapi.yaml"))
}

/// The facts of a document, and where it came from.
struct Document {
    tree: Node,
    file: Arc<str>,
    origins: Origins,
    /// Where what was joined to it stands on disk, by pointer.
    joined: IndexMap<String, Place>,
}

fn document(source: Source, prose: Prose, counts: &mut Counts, diagnostics: &mut Diagnostics) -> Document {
    let known = diagnostics.as_slice().len();
    let mut source = adapt::to_openapi_30(source, diagnostics);
    terms::extract(&mut source, counts, diagnostics);
    diagnostics.on_disk(known, &source);
    let tree = facts::keep(std::mem::take(&mut source.tree), prose);
    Document { tree, file: source.file, origins: source.origins, joined: IndexMap::new() }
}

/// The parts of a document that hold named things, each of which may stand in one place only.
const PARTS: [&str; 7] = [
    "/paths",
    "/components/schemas",
    "/components/parameters",
    "/components/requestBodies",
    "/components/responses",
    "/components/headers",
    "/components/securitySchemes",
];

impl Document {
    fn operations(&self) -> usize {
        let paths = self.tree.get("paths").and_then(Node::as_object);
        let methods = paths.into_iter().flat_map(Object::values).filter_map(Node::as_object).flat_map(Object::keys);
        methods.filter(|method| facts::METHODS.contains(&method.as_str())).count()
    }

    fn place(&self, part: &str, name: &str) -> Place {
        let pointer = format!("{part}/{}", escape(name));
        let own = || Place { file: self.file.clone(), pointer: self.origins.on_disk(&pointer) };
        self.joined.get(&pointer).cloned().unwrap_or_else(own)
    }

    /// Adds another document to this one; operations of one path may come from both.
    fn join(&mut self, other: Document, diagnostics: &mut Diagnostics) {
        for part in PARTS {
            for (name, value) in other.tree.pointer(part).and_then(Node::as_object).into_iter().flatten() {
                self.add(part, name, value, &other, diagnostics);
            }
        }
        if let Some(Node::Array(tags)) = other.tree.get("tags")
            && let Some(Node::Array(mine)) = self.tree.get_mut("tags")
        {
            let new: Vec<_> = tags.iter().filter(|tag| !mine.contains(tag)).cloned().collect();
            mine.extend(new);
        }
        facts::sort(&mut self.tree);
    }

    fn add(&mut self, part: &str, name: &str, value: &Node, other: &Document, diagnostics: &mut Diagnostics) {
        let here = self.place(part, name);
        let Some(members) = part_mut(&mut self.tree, part) else { return };
        match members.get_mut(name) {
            None => {
                members.insert(name.to_owned(), value.clone());
                self.joined.insert(format!("{part}/{}", escape(name)), other.place(part, name));
            }
            Some(mine) if mine == value => {}
            Some(Node::Object(mine)) if part == "/paths" && disjoint(mine, value) => {
                mine.extend(value.as_object().cloned().unwrap_or_default());
            }
            Some(_) => diagnostics.push(conflict(name, &other.place(part, name), &here)),
        }
    }
}

/// The members of a part, made if it is missing.
fn part_mut<'a>(tree: &'a mut Node, part: &str) -> Option<&'a mut Object> {
    let mut node = tree;
    for step in part.split('/').skip(1) {
        let members = node.as_object_mut()?;
        node = members.entry(step.to_owned()).or_insert_with(|| Node::Object(Object::default()));
    }
    node.as_object_mut()
}

fn disjoint(mine: &Object, other: &Node) -> bool {
    other
        .as_object()
        .is_some_and(|other| other.iter().all(|(key, value)| mine.get(key).is_none_or(|same| same == value)))
}

/// What several files of one API say: a path belongs to the first of them, a schema stays wherever it is referred to,
/// and both must be the same everywhere. Returns how many paths were repeated.
fn reconcile(files: &mut IndexMap<String, Document>, diagnostics: &mut Diagnostics) -> usize {
    let mut first: IndexMap<(&str, String), (Node, Place)> = IndexMap::new();
    let mut repeated = 0;
    for document in files.values_mut() {
        for part in PARTS {
            let names: Vec<String> = document
                .tree
                .pointer(part)
                .and_then(Node::as_object)
                .into_iter()
                .flat_map(Object::keys)
                .cloned()
                .collect();
            for name in names {
                let place = document.place(part, &name);
                let Some(members) = part_mut(&mut document.tree, part) else { continue };
                let Some(value) = members.get(&name) else { continue };
                match first.get(&(part, name.clone())) {
                    None => drop(first.insert((part, name), (value.clone(), place))),
                    Some((same, _)) if same == value => {
                        if part == "/paths" {
                            members.shift_remove(&name);
                            repeated += 1;
                        }
                    }
                    Some((_, earlier)) => diagnostics.push(conflict(&name, &place, earlier)),
                }
            }
        }
    }
    repeated
}

fn conflict(name: &str, place: &Place, earlier: &Place) -> Diagnostic {
    Diagnostic::new(Code::ImportConflict, format!("`{name}` is described differently in two documents of this API"))
        .at(place)
        .also("the other", earlier)
}

#[cfg(test)]
mod tests;
