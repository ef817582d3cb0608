//! An operation that stands in a document and in a Postman collection is one operation: the document rules the types, the
//! collection adds parameters. Where the two contradict each other, both places are named.

use std::collections::BTreeMap;

use super::at::At;
use super::{Code, Ctx};
use crate::ir::{Kind, Location, Method, Operation, Status, Text};
use crate::node::Node;
use crate::postman::SEEN;
use crate::source::Place;

/// What tells one operation from another: what its base URL is beside the one of the API, template and method.
pub(super) type Key<'a> = (Option<&'a str>, &'a str, Method);

/// What collections say of operations that stand in other documents, too.
pub(super) type Joined<'a> = BTreeMap<Key<'a>, Vec<At<'a>>>;

/// A parameter that a document and a collection both have.
pub(super) struct Twice<'a> {
    /// The operation.
    pub(super) operation: Place,
    /// Where it goes.
    pub(super) location: Location,
    /// Its name in the document.
    pub(super) name: String,
    /// The parameter in the collection.
    pub(super) seen: At<'a>,
}

impl<'a> Ctx<'a> {
    /// The operations of the collections.
    pub(super) fn in_collections(&self) -> Joined<'a> {
        let mut joined = Joined::new();
        for (document, source) in self.sources.iter().enumerate().filter(|(_, source)| self.ledgers.has(source)) {
            let paths = At::root(document, source).child("paths");
            let beside = self.config.beside(&source.file);
            for (template, item) in paths.iter().flat_map(At::members) {
                for (key, operation) in item.members() {
                    if let Some((_, method)) = super::METHODS.iter().find(|(word, _)| *word == key) {
                        joined.entry((beside, template, *method)).or_default().push(operation);
                    }
                }
            }
        }
        joined
    }

    /// Compares what was seen in collections with what the documents say.
    pub(super) fn contradictions(&mut self, operations: &[Operation], joined: &Joined<'a>) {
        for twice in std::mem::take(&mut self.twice) {
            self.values(operations, &twice);
        }
        for operation in operations {
            let others = joined.get(&(operation.beside.as_deref(), operation.path.template.as_str(), operation.method));
            for other in others.into_iter().flatten().filter(|other| other.place != operation.place) {
                self.body_and_replies(operation, other);
            }
        }
    }

    fn values(&mut self, operations: &[Operation], twice: &Twice<'a>) {
        let parameter = operations.iter().find(|operation| operation.place == twice.operation).and_then(|operation| {
            let all = operation.path.parameters.iter().chain(&operation.parameters);
            all.into_iter().find(|parameter| parameter.location == twice.location && parameter.name == twice.name)
        });
        let Some(parameter) = parameter else { return };
        let kind = &self.schemas.done[parameter.schema.0 as usize].kind;
        let seen = twice.seen.node.get(SEEN).and_then(Node::as_array).unwrap_or_default();
        let odd = seen.iter().filter_map(Node::as_str).find(|value| !fits(kind, value));
        let Some(value) = odd else { return };
        // What goes in headers may be secret.
        let value = if twice.location == Location::Header { String::new() } else { format!(" `{value}`") };
        let message = format!("value{value} of parameter `{}` is not {}", twice.name, expected(kind));
        self.report.say_also(Code::Contradiction, &twice.seen.place, message, ("document", &parameter.place));
    }

    fn body_and_replies(&mut self, operation: &Operation, seen: &At<'a>) {
        if operation.body.is_none()
            && let Some(body) = seen.child(SEEN).and_then(|seen| seen.child("body"))
        {
            let message = "request has a body, and the document describes none".to_owned();
            self.report.say_also(Code::Contradiction, &body.place, message, ("document", &operation.place));
        }
        let any = operation.replies.iter().any(|reply| reply.status == Status::AnySuccess);
        let replies = seen.child(SEEN).and_then(|seen| seen.child("replies"));
        for (status, reply) in replies.iter().flat_map(At::members).filter(|_| !any) {
            let known = operation
                .replies
                .iter()
                .any(|known| matches!(known.status, Status::Code(code) if status.parse() == Ok(code)));
            if !known {
                let message = format!("saved reply has status {status}, which the document does not describe");
                self.report.say_also(Code::Contradiction, &reply.place, message, ("document", &operation.place));
            }
        }
    }
}

/// Can this text be a value of this kind? Placeholders can.
fn fits(kind: &Kind, value: &str) -> bool {
    if crate::infer::is_placeholder(value) || value.contains("{{") {
        return true;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| crate::node::Number::parse(text).is_some();
    match kind {
        Kind::Boolean => matches!(value, "true" | "false"),
        Kind::Integer(_) => digits(value.strip_prefix('-').unwrap_or(value)),
        Kind::Decimal { .. } | Kind::Float => number(value),
        Kind::String(Text::Date) => is_date(value),
        Kind::String(Text::DateTime) => value.get(..10).is_some_and(is_date),
        // Enumerations are open in the types: another value is no contradiction.
        Kind::String(_) | Kind::Any | Kind::Enum(_) => true,
        Kind::Array(_) | Kind::Map(_) | Kind::Object(_) | Kind::Union(_) => true,
    }
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "`true` or `false`",
        Kind::Integer(_) => "a whole number",
        Kind::Decimal { .. } | Kind::Float => "a number",
        Kind::String(Text::Date) => "a date",
        Kind::String(_) => "a date and time",
        Kind::Any | Kind::Enum(_) | Kind::Array(_) | Kind::Map(_) | Kind::Object(_) | Kind::Union(_) => {
            "what the document says"
        }
    }
}
