//! Any dialect to the form of OpenAPI 3.0, on the tree.
//!
//! What later stages may count on, whatever the document was:
//!
//! - The root is an OpenAPI 3.0 document; `paths` and `components` exist if the document had their like.
//! - A `$ref` stands alone. What stood beside it comes after it: notes on the place (`description`, `readOnly`,
//!   `nullable`, `default`, extensions …) stay where they were, and anything that describes the value becomes a second
//!   member: `{allOf: [{$ref: …}, {maxLength: 3}], description: …}`.
//! - `type` is one word; null is `nullable: true`; several types are `anyOf`; `const` is an `enum` of one.
//! - `exclusiveMinimum` and `exclusiveMaximum` are booleans beside `minimum` and `maximum`.
//! - A schema is an object, never a boolean, except as `additionalProperties`.
//! - A file of Swagger 2.0 is `type: string, format: binary`; contents in Base64 have the format `byte`.
//! - Media types, `*/*` too, are as written; a Swagger document that names none means `application/json`.
//!
//! Places: diagnostics and later stages point into the adapted tree. [`Source::origins`] says where the moved parts
//! stand on disk, and printing a diagnostic looks there.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::node::{Node, Object, escape};
use crate::position::Index;
use crate::source::{Dialect, Origins, Place, Source};

mod document;
mod parameter;
mod schema;
mod swagger;

/// Brings a document into the form of OpenAPI 3.0. What cannot be brought is reported and left out; a document of
/// another format is reported and comes back as it is.
pub fn to_openapi_30(mut source: Source, diagnostics: &mut Diagnostics) -> Source {
    let dialect = source.dialect();
    let text = source.text.clone();
    let mut ctx = Ctx { place: source.root(), text: &text, diagnostics, origins: Origins::default(), swagger: false };
    match dialect {
        Dialect::Swagger20 => {
            ctx.swagger = true;
            source.tree = swagger::root(std::mem::take(&mut source.tree), &mut ctx);
            document::adapt(&mut source.tree, &mut ctx);
        }
        Dialect::OpenApi31 | Dialect::OpenApi30 => document::adapt(&mut source.tree, &mut ctx),
        Dialect::Overlay | Dialect::Postman | Dialect::PostmanV1 | Dialect::PostmanEnvironment | Dialect::Unknown => {
            let message = "this is neither OpenAPI 3.0 or 3.1 nor Swagger 2.0".to_owned();
            ctx.push(Diagnostic::new(Code::UnknownDialect, message));
        }
    }
    source.origins = ctx.origins;
    source
}

/// Where the walk is, and what it has found.
struct Ctx<'a> {
    /// In the adapted tree.
    place: Place,
    text: &'a str,
    diagnostics: &'a mut Diagnostics,
    origins: Origins,
    /// The document was Swagger 2.0: its references must follow what was moved.
    swagger: bool,
}

impl Ctx<'_> {
    /// Goes on inside of the member or item `step`.
    fn inside<T>(&mut self, step: &str, go: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.place.pointer.len();
        self.place.pointer.push('/');
        self.place.pointer.push_str(&escape(step));
        let result = go(self);
        self.place.pointer.truncate(length);
        result
    }

    /// Goes on inside of the item `index`.
    fn item<T>(&mut self, index: usize, go: impl FnOnce(&mut Self) -> T) -> T {
        self.inside(&index.to_string(), go)
    }

    /// Reports something that is wrong here.
    fn push(&mut self, diagnostic: Diagnostic) {
        let place = self.place.clone();
        self.diagnostics.push(diagnostic.at(&place));
    }

    /// Reports something that stands at `pointer` on disk and nowhere in the adapted tree.
    fn push_on_disk(&mut self, pointer: &str, diagnostic: Diagnostic) {
        let place = Place { file: self.place.file.clone(), pointer: pointer.to_owned() };
        // An exact position is printed as it is, so that the pointer is not taken for one of the adapted tree.
        let position = Index::new(self.text, [pointer]).find(pointer);
        self.diagnostics.push(diagnostic.at(&place).position(position));
    }

    /// Reports that something else was expected here; it is left out.
    fn expected(&mut self, what: &str, found: &Node) {
        let message = format!("expected {what}, found {}", found.kind());
        self.push(Diagnostic::new(Code::WrongKind, message));
    }

    /// The members of what should be an object; none, and a report, if it is not.
    fn members<'n>(&mut self, node: &'n mut Node) -> Option<&'n mut Object> {
        if node.as_object().is_none() {
            self.expected("an object", node);
        }
        node.as_object_mut()
    }

    /// Does something with each member of an object.
    fn each(&mut self, node: &mut Node, mut go: impl FnMut(&mut Node, &mut Self)) {
        for (key, value) in self.members(node).into_iter().flatten() {
            self.inside(key, |ctx| go(value, ctx));
        }
    }

    /// The same in a member, if it is there.
    fn each_in(&mut self, around: &mut Node, key: &str, go: impl FnMut(&mut Node, &mut Self)) {
        if let Some(node) = around.get_mut(key) {
            self.inside(key, |ctx| ctx.each(node, go));
        }
    }

    /// Does something with each item of a list in a member, if it is there.
    fn each_item(&mut self, around: &mut Node, key: &str, mut go: impl FnMut(&mut Node, &mut Self)) {
        let Some(node) = around.get_mut(key) else { return };
        self.inside(key, |ctx| match node {
            Node::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    ctx.item(index, |ctx| go(item, ctx));
                }
            }
            other => ctx.expected("a list", other),
        });
    }
}

#[cfg(test)]
mod tests;
