//! What operations and their parameters say about themselves.

use super::docs;
use super::paths::Tail;
use super::resources::{Planned, Resource};
use crate::ir;
use crate::names::Words;
use crate::rust::{Docs, Reply};

/// The documentation of a method.
pub(super) fn method(
    api: &ir::Api,
    operation: &ir::Operation,
    planned: &Planned,
    resource: &Resource,
    reply: &Reply,
) -> Docs {
    let line = docs::code(&format!("{} {}", operation.method.name(), operation.path.template));
    let mut out = vec![format!("{}: {line}.", what(operation, planned, resource))];
    out.extend(docs::paragraphs(operation.summary.as_deref()));
    out.extend(docs::paragraphs(operation.description.as_deref()));
    let mut facts = body(api, operation);
    facts.push(answer(operation, reply));
    let without: Vec<String> = operation.without_headers.iter().map(|name| docs::code(name)).collect();
    if !without.is_empty() {
        facts.push(format!("Sent without {}.", docs::list(&without)));
    }
    out.push(facts.join(" "));
    out.extend(docs::terms(&operation.terms));
    out
}

/// "Releases" for the action `release`; "Notes on" for a word that is no verb, or for several words.
fn does(action: &str) -> String {
    let verb = docs::sentence(action);
    let verb = verb.trim_end_matches('.');
    match verb.chars().last() {
        Some('s') => format!("{verb} on"),
        _ if verb.contains(' ') => format!("{verb} on"),
        Some('x' | 'h') => format!("{verb}es"),
        _ => format!("{verb}s"),
    }
}

/// "Lists customer contacts of a customer"
fn what(operation: &ir::Operation, planned: &Planned, resource: &Resource) -> String {
    let item = docs::thing(&resource.item);
    let many = docs::prose(&resource.words.prose());
    let name = planned.method.as_str();
    let verb = name.split('_').next().unwrap_or_default();
    let text = match (&planned.shape.tail, verb) {
        (Tail::Action { name, .. }, _) if operation.method == ir::Method::Get => {
            format!("Gets the {} of {item}", name.prose())
        }
        (Tail::Action { name, .. }, _) => format!("{} {item}", does(&name.prose())),
        (_, "list") => format!("Lists {many}"),
        (_, "get") => format!("Gets {item}"),
        (_, "create") => format!("Creates {item}"),
        (_, "update") if name == "update_all" => format!("Changes {many}"),
        (_, "update") => format!("Changes {item}"),
        (_, "replace") => format!("Replaces {item}"),
        (_, "delete") if name == "delete_all" => format!("Deletes all {many}"),
        (_, "delete") => format!("Deletes {item}"),
        _ => docs::sentence(&Words::of(name).prose()).trim_end_matches('.').to_owned(),
    };
    let owners: Vec<String> = planned.shape.parents.iter().map(docs::thing).collect();
    let of = if owners.is_empty() { String::new() } else { format!(" of {}", docs::list(&owners)) };
    let variant = match &planned.shape.tail {
        Tail::Variant { rest, .. } => format!(" ({})", rest.prose()),
        Tail::Collection | Tail::Item | Tail::Action { .. } | Tail::Elsewhere { .. } => String::new(),
    };
    format!("{text}{of}{variant}")
}

fn body(api: &ir::Api, operation: &ir::Operation) -> Docs {
    let Some(body) = &operation.body else { return Docs::new() };
    let mut out = Docs::new();
    if let Some(wrapper) = &body.wrapper {
        let json = format!("{{\"{wrapper}\": …}}");
        out.push(format!("The body goes as {}.", docs::code(&json)));
    }
    match &body.content {
        ir::Content::Form(_) => out.push("The body goes as a form.".to_owned()),
        ir::Content::Multipart(_) => out.push("The body goes as a form of parts.".to_owned()),
        ir::Content::Bytes(media) | ir::Content::Text(media) => {
            out.push(format!("The body goes as {}.", docs::code(media)))
        }
        ir::Content::Json(_) => {}
    }
    if let (true, Some(idempotency)) = (operation.idempotent_by_id, &api.client.idempotency) {
        let property = docs::code(&idempotency.property);
        out.push(format!("With {property} in it, a request that is sent twice counts once."));
    }
    out
}

fn answer(operation: &ir::Operation, reply: &Reply) -> String {
    let mut codes: Vec<String> = operation
        .replies
        .iter()
        .filter_map(|reply| match reply.status {
            ir::Status::Code(code) => Some(code.to_string()),
            ir::Status::AnySuccess => None,
        })
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let statuses = if codes.is_empty() { "any 2xx".to_owned() } else { codes.join(" or ") };
    let what = match reply {
        Reply::Optional(_) => ", with or without a body",
        Reply::Bytes => ", with bytes",
        Reply::Text => ", with text",
        Reply::Empty | Reply::Json(_) | Reply::Page(_) | Reply::ByStatus(_) => "",
    };
    format!("Success is {statuses}{what}.")
}

/// The documentation of a setter.
pub(super) fn parameter(api: &ir::Api, parameter: &ir::Parameter) -> Docs {
    let schema = api.schema(parameter.schema);
    let mut facts = vec![format!("Sets {}", docs::code(&parameter.name))];
    if parameter.location == ir::Location::Header {
        facts.push("a header".to_owned());
    }
    facts.extend(docs::limits(&schema.limits));
    let mut out = vec![format!("{}.", facts.join(", "))];
    out.extend(docs::paragraphs(parameter.description.as_deref()));
    out
}
