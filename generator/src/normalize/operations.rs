//! Operations: every method on every path, each a transaction. What cannot be read costs the operation that needs it.

use std::collections::BTreeMap;

use super::at::At;
use super::join::{self, Joined};
use super::{Code, Ctx, Reason, shallow, terms};
use crate::ir::{Method, Operation, Resend, Terms};
use crate::node::Node;
use crate::source::Place;

/// The members of a path item that are methods.
pub(crate) const METHODS: [(&str, Method); 8] = [
    ("get", Method::Get),
    ("put", Method::Put),
    ("post", Method::Post),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("head", Method::Head),
    ("patch", Method::Patch),
    ("trace", Method::Trace),
];

impl<'a> Ctx<'a> {
    /// Every operation that can be read, in the order of the documents.
    pub(super) fn operations(&mut self, joined: &Joined<'a>) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut firsts: BTreeMap<join::Key<'a>, (At<'a>, At<'a>)> = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for (document, source) in self.sources.iter().enumerate() {
            let paths = At::root(document, source).child("paths");
            let beside = self.config.beside(&source.file);
            for (template, item) in paths.iter().flat_map(At::members) {
                if template.starts_with("x-") {
                    continue;
                }
                let Some(item) = self.path_item(&item) else { continue };
                for (method, operation) in self.methods(&item) {
                    let key = (beside, template, method);
                    if let Some(first) = firsts.get(&key) {
                        // Of a collection nothing more is wanted than what is joined to the first.
                        if !self.ledgers.has(source) {
                            self.compare(first, &(item.clone(), operation));
                        }
                        continue;
                    }
                    firsts.insert(key, (item.clone(), operation.clone()));
                    let others = joined.get(&key).map(Vec::as_slice).unwrap_or_default();
                    match self.operation((template, method), &item, &operation, others) {
                        Ok(operation) => {
                            self.note_id(&operation, &mut ids);
                            operations.push(operation);
                        }
                        Err(reason) => self.skip_operation(&item, &operation, reason),
                    }
                }
            }
        }
        operations
    }

    /// Records that an operation is left out, and what it alone may have used.
    fn skip_operation(&mut self, item: &At<'a>, operation: &At<'a>, reason: Reason) {
        self.skip(&operation.place, reason);
        let parameters = [item, operation].into_iter().filter_map(|holder| holder.child("parameters"));
        let replies = operation.child("responses").into_iter().flat_map(|replies| replies.members()).map(|(_, at)| at);
        let parts: Vec<At<'a>> =
            parameters.flat_map(|list| list.items()).chain(operation.child("requestBody")).chain(replies).collect();
        for part in parts {
            if let Ok(target) = self.target(&part) {
                self.skip(&target.place, "only operations that are left out use it".to_owned());
            }
        }
    }

    fn path_item(&mut self, item: &At<'a>) -> Option<At<'a>> {
        match self.target(item) {
            Ok(target) if target.node.as_object().is_some() => Some(target),
            Ok(target) => {
                let message = format!("path is {} in place of an object", target.node.kind());
                self.report.say(Code::Operation, &target.place, message.clone());
                self.skip(&item.place, message);
                None
            }
            Err(reason) => {
                self.skip(&item.place, reason);
                None
            }
        }
    }

    fn methods(&mut self, item: &At<'a>) -> Vec<(Method, At<'a>)> {
        let mut found = Vec::new();
        for (key, at) in item.members() {
            match METHODS.iter().find(|(word, _)| *word == key) {
                Some((_, method)) => found.push((*method, at)),
                None if matches!(key, "parameters" | "summary" | "description") || key.starts_with("x-") => {}
                None if key == "servers" => self.report.say(
                    Code::Ignored,
                    &at.place,
                    "servers of a single path are left out: the client has one base URL",
                ),
                None => {
                    let message = format!("path has a member `{key}`, which is no HTTP method");
                    self.report.say(Code::PathItem, &at.place, message);
                }
            }
        }
        found
    }

    /// An operation that stands in several documents must be the same in each.
    fn compare(&mut self, first: &(At<'a>, At<'a>), second: &(At<'a>, At<'a>)) {
        let parameters = |(item, _): &(At<'a>, At<'a>)| item.node.get("parameters");
        if first.1.node == second.1.node && parameters(first) == parameters(second) {
            return;
        }
        let reason = format!("operation differs from the one with the same method and path in {}", first.1.place);
        self.report.say(Code::NameTaken, &second.1.place, reason.clone());
        self.skip(&second.1.place, reason);
    }

    fn note_id(&mut self, operation: &Operation, ids: &mut BTreeMap<String, Place>) {
        let Some(id) = &operation.id else { return };
        match ids.get(id) {
            Some(first) => {
                let message = format!("`operationId` `{id}` stands in {first} as well");
                self.report.say(Code::DuplicateOperationId, &operation.place, message);
            }
            None => {
                ids.insert(id.clone(), operation.place.clone());
            }
        }
    }

    /// `others` is what collections say of the same operation.
    fn operation(
        &mut self,
        (template, method): (&str, Method),
        item: &At<'a>,
        at: &At<'a>,
        others: &[At<'a>],
    ) -> Result<Operation, Reason> {
        let parsed = shallow::operation(at.node).map_err(|error| {
            let reason = format!("operation cannot be read: {}", super::report::plain(&error));
            self.report.say(Code::Operation, &at.place, reason.clone());
            reason
        })?;
        if let Err(reason) = super::path::parameters(template) {
            self.report.say(Code::PathTemplate, &at.place, reason.clone());
            return Err(reason);
        }
        for key in ["callbacks", "servers"] {
            if at.node.get(key).is_some() {
                let message = format!("`{key}` of an operation are left out");
                self.report.say(Code::Ignored, &at.place.child(key), message);
            }
        }
        let parameters = self.parameters(template, item, at, others)?;
        Ok(Operation {
            id: parsed.operation_id,
            place: at.place.clone(),
            method,
            beside: self.config.beside(&at.place.file).map(str::to_owned),
            path: parameters.path,
            tag: parsed.tags.into_iter().next(),
            called: None,
            parameters: parameters.others,
            body: self.body(at)?,
            replies: self.replies(at)?,
            files: Vec::new(),
            paging: None,
            without_headers: Vec::new(),
            resend: resend(method, at.node),
            idempotent_by_id: false,
            sequential: false,
            atomic: true,
            deprecated: parsed.deprecated,
            terms: joined_terms(item.node, at.node),
            summary: parsed.summary,
            description: parsed.description,
        })
    }
}

/// Methods that change nothing may be sent again; others only by a recorded correction.
fn resend(method: Method, node: &Node) -> Resend {
    match method {
        Method::Get | Method::Head | Method::Options | Method::Trace => Resend::Safe,
        Method::Put | Method::Post | Method::Delete | Method::Patch => match node.text("x-resend") {
            Some("idempotent") => Resend::Idempotent,
            Some("safe") => Resend::Safe,
            _ => Resend::Never,
        },
    }
}

/// The operation's terms, and those of its path where it has none.
fn joined_terms(item: &Node, operation: &Node) -> Terms {
    let (outer, mut own) = (terms::read(item), terms::read(operation));
    if own.availability.is_empty() {
        own.availability = outer.availability;
    }
    if own.roles.is_empty() {
        own.roles = outer.roles;
        own.roles_everywhere = outer.roles_everywhere;
    }
    own.professional_only |= outer.professional_only;
    own
}
