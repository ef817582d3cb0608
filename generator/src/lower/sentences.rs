//! What operations and their parameters say about themselves.

use super::docs;
use super::paths::Tail;
use super::resources::{Planned, Resource};
use crate::ir;
use crate::names::Words;
use crate::rust::{Docs, Reply};

/// The documentation of a method.
pub(super) fn method(operation: &ir::Operation, planned: &Planned, resource: &Resource, reply: &Reply) -> Docs {
    let line = docs::code(&format!("{} {}", operation.method.name(), operation.path.template));
    let mut out = vec![format!("{}: {line}.", what(operation, planned, resource))];
    out.extend(docs::paragraphs(operation.summary.as_deref()));
    out.extend(docs::paragraphs(operation.description.as_deref()));
    let mut facts = body(operation);
    facts.extend(answer(operation, reply));
    let without: Vec<String> = operation.without_headers.iter().map(|name| docs::code(name)).collect();
    if !without.is_empty() {
        facts.push(format!("Sent without {}.", docs::list(&without)));
    }
    if !facts.is_empty() {
        out.push(facts.join(" "));
    }
    if !operation.atomic {
        out.push(
            "Not atomic: an error may come when a part was changed already. Read it before sending it again."
                .to_owned(),
        );
    }
    if !resource.same_editions {
        out.extend(docs::editions(&operation.terms));
    }
    out.extend(docs::roles(&operation.terms));
    out
}

/// The documentation of a second name for one of the things that an operation does.
pub(super) fn also(operation: &ir::Operation, does: &str, method: &crate::names::Ident) -> Docs {
    let line = docs::code(&format!("{} {}", operation.method.name(), operation.path.template));
    let mut out = vec![format!("{}: {line}; the same as [`{method}`](Self::{method}).", docs::phrase(does))];
    out.extend(docs::roles(&operation.terms));
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
    if let Some(called) = &operation.called {
        return docs::phrase(&called.does);
    }
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
    let of = of(&planned.shape.parents);
    let variant = match &planned.shape.tail {
        Tail::Variant { rest, .. } => format!(" ({})", rest.prose()),
        Tail::Collection | Tail::Item | Tail::Action { .. } | Tail::Elsewhere { .. } => String::new(),
    };
    format!("{text}{of}{variant}")
}

/// " of a customer contact, by way of its customer"; " of a warehouse and a product"
fn of(parents: &[Words]) -> String {
    if let [init @ .., before, last] = parents
        && last.without_prefix(before).is_some_and(|rest| !rest.is_empty())
    {
        let before = format!(" of {}, by way of its {}", docs::thing(last), before.prose());
        return before + &of(init);
    }
    let owners: Vec<String> = parents.iter().map(docs::thing).collect();
    if owners.is_empty() { String::new() } else { format!(" of {}", docs::list(&owners)) }
}

fn body(operation: &ir::Operation) -> Docs {
    let Some(body) = &operation.body else { return Docs::new() };
    let mut out = Docs::new();
    match &body.content {
        ir::Content::Form(_) => out.push("The body goes as a form.".to_owned()),
        ir::Content::Multipart(_) => out.push("The body goes as a form of parts.".to_owned()),
        ir::Content::Bytes(media) | ir::Content::Text(media) => {
            out.push(format!("The body goes as {}.", docs::code(media)))
        }
        ir::Content::Json(_) => {}
    }
    out
}

/// The statuses that mean success, where there are several.
fn answer(operation: &ir::Operation, reply: &Reply) -> Option<String> {
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
    let statuses = (codes.len() > 1).then(|| format!("Success is {}.", docs::choice(&codes)));
    let body = matches!(reply, Reply::Optional(_)).then(|| "The reply may have no body.".to_owned());
    let sentences: Vec<String> = statuses.into_iter().chain(body).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The documentation of a setter; `constants` is the module of those that it takes.
pub(super) fn parameter(
    api: &ir::Api,
    parameter: &ir::Parameter,
    resource: &Resource,
    constants: Option<&str>,
) -> Docs {
    let schema = api.schema(parameter.schema);
    let mut facts = Vec::new();
    if parameter.location == ir::Location::Header {
        facts.push("a header".to_owned());
    }
    facts.extend(docs::limits(&schema.limits));
    let values: Vec<String> = parameter.values.iter().map(|value| docs::code(value)).collect();
    if !values.is_empty() {
        facts.push(docs::choice(&values));
    }
    if let Some(default) = parameter.default.as_ref().and_then(docs::value) {
        facts.push(format!("{default} if not given"));
    }
    let plain = facts.is_empty() && Words::of(&parameter.name).snake() == parameter.name;
    let name = docs::code(&parameter.name);
    let facts = if facts.is_empty() { name } else { format!("{name}: {}", facts.join(", ")) };
    let line = match &parameter.meaning {
        Some(meaning) => {
            let (item, items) = (docs::thing(&resource.item), resource.words.prose());
            let meaning = docs::phrase(meaning).replace("{item}", &item).replace("{items}", &items);
            let meaning = docs::sentence(&meaning);
            if plain { meaning } else { format!("{} ({facts}).", meaning.trim_end_matches('.')) }
        }
        None => format!("Sets {facts}."),
    };
    let mut out = vec![line];
    out.extend(constants.map(|module| format!("Constants: [`{module}`](super::{module}).")));
    out.extend(docs::paragraphs(parameter.description.as_deref()));
    out
}

/// What a field is, as its name says it; and that name, where it is no plain words.
pub(super) fn field(wire: &str, kind: &ir::Kind) -> String {
    let words = Words::of(wire);
    let all: Vec<&str> = words.iter().collect();
    let rest = |n: usize| Words::of(&all[n..].join("_")).prose();
    let moment = matches!(kind, ir::Kind::String(ir::Text::DateTime));
    let text = match (kind, all.as_slice()) {
        (ir::Kind::Boolean, ["is", one]) => format!("whether it is {one}"),
        (ir::Kind::Boolean, ["has", _, ..]) => format!("whether it has {}", rest(1)),
        (_, [done, "at"] | ["date", "time", done]) if moment && done.ends_with("ed") => format!("when it was {done}"),
        (_, [one, "id"]) if ["combined", "external", "internal", "legacy", "parent"].contains(one) => words.prose(),
        (_, [init @ .., "id"]) if !init.is_empty() => format!("ID of the {}", Words::of(&init.join("_")).prose()),
        _ => words.prose(),
    };
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$');
    if words.snake() == wire {
        docs::prose(&text)
    } else if wire.chars().all(sign) && wire.trim_start_matches('$').starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{} ({})", docs::prose(&text), docs::code(wire))
    } else {
        docs::code(wire)
    }
}

#[cfg(test)]
mod tests {
    use super::field;
    use crate::ir::{Kind, Text};

    #[test]
    fn fields_are_called_by_their_words() {
        for (wire, kind, text) in [
            ("credit_limit", Kind::Float, "credit limit"),
            ("is_active", Kind::Boolean, "whether it is active"),
            ("is_active", Kind::String(Text::Plain), "is active"),
            ("is_to_split_line", Kind::Boolean, "is to split line"),
            ("date_time_created", Kind::String(Text::DateTime), "when it was created"),
            ("legacy_id", Kind::String(Text::Plain), "legacy ID"),
            ("vat_number", Kind::String(Text::Plain), "VAT number"),
            ("contact_type_id", Kind::String(Text::Plain), "ID of the contact type"),
            ("id", Kind::String(Text::Plain), "ID"),
            ("$path", Kind::String(Text::Plain), "path (`$path`)"),
            ("box_T1", Kind::Float, "box T1 (`box_T1`)"),
            ("a+b", Kind::Float, "`a+b`"),
        ] {
            assert_eq!(field(wire, &kind), text);
        }
    }
}
