//! The books of Postman collections: every request, parameter, saved reply and variable is in an operation, or left out
//! for a reason. What there is was counted by [`crate::postman::Ledger`] in the file as it is on disk.

use std::collections::BTreeMap;

use super::{Books, Coverage, Emitted, Held, ParameterKey, Part, Skipped, location, location_word};
use crate::ir::{self, Method};
use crate::ordered;
use crate::postman::{Fate, Ledger};
use crate::source::Place;

/// What of a collection is in the IR, to be balanced against the package.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// A part of this operation.
    Operation(Place),
    /// This parameter.
    Parameter(ParameterKey),
    /// In the body of this operation.
    Body(Place),
}

/// Which part of the books, as an index into [`Coverage::collections_mut`].
type Which = usize;

/// What of a collection is in the IR: the part of the books, where it stands, and what it is there.
pub(super) type KeptAt = (Which, Place, Kept);

/// Adds the books of the collections among the documents.
pub(super) fn count<'a>(
    books: &Books<'_>,
    api: &'a ir::Api,
    emitted: &Emitted<'_>,
    coverage: &mut Coverage,
    held: &mut Held,
) {
    let key = |operation: &'a ir::Operation| {
        (operation.beside.as_deref(), operation.method, operation.path.template.as_str())
    };
    let operations: Operations<'_> = ordered::map(api.operations.iter().map(|operation| (key(operation), operation)));
    let mut parameters: BTreeMap<&Place, Vec<(&'static str, &str)>> = BTreeMap::new();
    for (operation, word, name) in &emitted.parameters {
        parameters.entry(operation).or_default().push((word, name));
    }
    for source in &books.documents.sources {
        let Some(ledger) = books.documents.ledgers.of(source) else { continue };
        let page = Page { books, operations: &operations, parameters: &parameters, ledger };
        let parts =
            [&ledger.requests, &ledger.parameters, &ledger.bodies, &ledger.fields, &ledger.replies, &ledger.variables];
        for (which, (pointers, part)) in parts.into_iter().zip(coverage.collections_mut()).enumerate() {
            for pointer in pointers {
                page.line(which, source.root().join(pointer), part, held);
            }
        }
    }
}

/// Operations by what is beside the base URL, method and template.
type Operations<'a> = BTreeMap<(Option<&'a str>, Method, &'a str), &'a ir::Operation>;

struct Page<'a> {
    books: &'a Books<'a>,
    operations: &'a Operations<'a>,
    parameters: &'a BTreeMap<&'a Place, Vec<(&'static str, &'a str)>>,
    ledger: &'a Ledger,
}

impl Page<'_> {
    fn line(&self, which: Which, place: Place, part: &mut Part, held: &mut Held) {
        part.documented += 1;
        match self.kept(&place) {
            Ok(kept) => {
                part.emitted += 1;
                held.kept.extend(kept.map(|kept| (which, place, kept)));
            }
            Err(Some(reason)) => part.skipped.push(Skipped { place, reason }),
            Err(None) => part.unaccounted.push(place),
        }
    }

    /// What became of it; an error is why it was left out, or that nobody knows.
    fn kept(&self, place: &Place) -> Result<Option<Kept>, Option<String>> {
        match self.ledger.fates.get(&place.pointer) {
            None => Err(self.around(&place.pointer)),
            Some(Fate::Used) => Ok(None),
            Some(Fate::Left(reason)) => Err(Some(reason.clone())),
            Some(Fate::Operation(method, template)) => {
                let operation = &self.operation(*method, template)?.place;
                Ok(Some(Kept::Operation(self.books.on_disk(operation.clone()))))
            }
            Some(Fate::Body(method, template)) => {
                let operation = self.operation(*method, template)?;
                if operation.body.is_none() {
                    return Err(Some("the document describes no body of its operation".to_owned()));
                }
                Ok(Some(Kept::Body(self.books.on_disk(operation.place.clone()))))
            }
            Some(Fate::Parameter(method, template, word, name)) => {
                let operation = &self.operation(*method, template)?.place;
                let word = location_word(word);
                let headers = location(ir::Location::Header);
                let own = self.parameters.get(operation).map(Vec::as_slice).unwrap_or_default();
                let known = own.iter().find(|(place, known)| {
                    *place == word && (known == name || (word == headers && known.eq_ignore_ascii_case(name)))
                });
                if let Some((_, name)) = known {
                    let key = (self.books.on_disk(operation.clone()), word, (*name).to_owned());
                    return Ok(Some(Kept::Parameter(key)));
                }
                let key = (operation.clone(), word, name.clone());
                Err(self.books.losses.skipped_parameters.get(&key).cloned())
            }
        }
    }

    /// Why what is around it was left out.
    fn around(&self, pointer: &str) -> Option<String> {
        let mut pointer = pointer;
        while let Some((around, _)) = crate::node::parent(pointer) {
            if let Some(Fate::Left(reason)) = self.ledger.fates.get(around) {
                return Some(reason.clone());
            }
            pointer = around;
        }
        None
    }

    fn operation(&self, method: Method, template: &str) -> Result<&ir::Operation, Option<String>> {
        let known = self.operations.get(&(self.ledger.beside.as_deref(), method, template)).copied();
        known.ok_or_else(|| Some(format!("its operation `{} {template}` is left out", method.name())))
    }
}
