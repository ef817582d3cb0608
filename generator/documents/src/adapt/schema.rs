//! One schema of any dialect to a schema of OpenAPI 3.0, and all that are in it.
//!
//! All dialects go the same way: documents that call themselves 3.0 and use `type: [string, "null"]` are common.

use super::Ctx;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::node::{Node, Number, Object};

/// Keywords that say something about the place rather than the value: they may stand beside `allOf: [{$ref}]`.
const NOTES: [&str; 10] = [
    "title",
    "description",
    "default",
    "example",
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "externalDocs",
    "xml",
];

/// Keywords of JSON Schema that have no like in OpenAPI 3.0 and narrow what a value may be: types do not need them.
const DROPPED: [&str; 14] = [
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
    "patternProperties",
    "$dynamicRef",
    "$dynamicAnchor",
    "contentSchema",
];

/// Keywords that say nothing about values.
const SILENT: [&str; 5] = ["$schema", "$id", "$anchor", "$comment", "$vocabulary"];

pub(super) fn adapt(schema: &mut Node, ctx: &mut Ctx<'_>) {
    match schema {
        Node::Bool(true) => *schema = Node::Object(Object::default()),
        Node::Bool(false) => {
            ctx.push(Diagnostic::new(Code::Keyword, "the schema `false` allows no value: it is read as any value"));
            *schema = Node::Object(Object::default());
        }
        Node::Object(members) => object(members, ctx),
        _ => {
            ctx.expected("a schema", schema);
            *schema = Node::Object(Object::default());
        }
    }
}

fn object(members: &mut Object, ctx: &mut Ctx<'_>) {
    if ctx.swagger {
        swagger(members);
    }
    if reference(members, ctx) {
        return;
    }
    // Most schemas have a handful of plain keywords: they are not searched for all the others.
    if members.iter().any(|(key, value)| is_later(key, value)) {
        drop_keywords(members, ctx);
        constant(members);
        bounds(members);
        content_keywords(members);
        prefix_items(members, ctx);
        additional(members);
    }
    inner(members, ctx);
    // After `inner`: what is null must have been read in the members of `anyOf` first.
    null_choice(members);
    types(members, ctx);
    if let Some(Node::Array(examples)) = members.shift_remove("examples")
        && let Some(example) = examples.into_iter().next()
    {
        members.entry("example".into()).or_insert(example);
    }
}

/// Is this a keyword, or a use of one, that OpenAPI 3.0 does not know?
fn is_later(key: &str, value: &Node) -> bool {
    match key {
        "type" | "format" | "maxLength" | "readOnly" | "properties" | "required" | "description" | "$ref" => false,
        "enum" | "exclusiveMinimum" | "exclusiveMaximum" | "additionalProperties" => true,
        "items" => value.as_array().is_some(),
        "const" | "contentEncoding" | "contentMediaType" | "prefixItems" | "unevaluatedProperties" => true,
        key => DROPPED.contains(&key) || SILENT.contains(&key),
    }
}

/// Everything in this schema that is a schema.
fn inner(members: &mut Object, ctx: &mut Ctx<'_>) {
    for (key, value) in members.iter_mut() {
        match key.as_str() {
            "properties" | "$defs" | "definitions" => ctx.inside(key, |ctx| ctx.each(value, adapt)),
            "items" if value.as_array().is_none() => ctx.inside(key, |ctx| adapt(value, ctx)),
            "not" => ctx.inside(key, |ctx| adapt(value, ctx)),
            "additionalProperties" if value.as_bool().is_none() => ctx.inside(key, |ctx| adapt(value, ctx)),
            "allOf" | "anyOf" | "oneOf" | "items" => ctx.inside(key, |ctx| match value {
                Node::Array(choices) => {
                    for (index, choice) in choices.iter_mut().enumerate() {
                        ctx.item(index, |ctx| adapt(choice, ctx));
                    }
                }
                other => ctx.expected("a list of schemas", other),
            }),
            _ => {}
        }
    }
}

/// What Swagger 2.0 spells differently.
fn swagger(members: &mut Object) {
    if let Some(Node::String(target)) = members.get_mut("$ref")
        && let Some(name) = target.strip_prefix("#/definitions/")
    {
        *target = format!("#/components/schemas/{name}");
    }
    if members.get("type").and_then(Node::as_str) == Some("file") {
        members.insert("type".into(), Node::from("string"));
        members.insert("format".into(), Node::from("binary"));
    }
    if let Some(tag @ Node::String(_)) = members.get_mut("discriminator") {
        *tag = Node::from([("propertyName", std::mem::take(tag))]);
    }
    if let Some(nullable) = members.shift_remove("x-nullable") {
        members.insert("nullable".into(), nullable);
    }
}

/// Is this a reference? Then what stands beside it finds its place, and nothing else is to do.
fn reference(members: &mut Object, ctx: &mut Ctx<'_>) -> bool {
    if !matches!(members.get("$ref"), Some(Node::String(_))) {
        return false;
    }
    if members.len() == 1 {
        return true;
    }
    let mut beside = Object::default();
    let mut notes = Object::default();
    let mut target = Node::Null;
    for (key, value) in std::mem::take(members) {
        if key == "$ref" {
            target = value;
        } else if NOTES.contains(&key.as_str()) || key.starts_with("x-") {
            notes.insert(key, value);
        } else if !SILENT.contains(&key.as_str()) {
            beside.insert(key, value);
        }
    }
    if beside.is_empty() && notes.is_empty() {
        members.insert("$ref".into(), target);
        return true;
    }
    let mut all = vec![Node::from([("$ref", target)])];
    if !beside.is_empty() {
        let mut beside = Node::Object(beside);
        adapt(&mut beside, ctx);
        all.push(beside);
    }
    members.insert("allOf".into(), Node::Array(all));
    members.extend(notes);
    true
}

fn drop_keywords(members: &mut Object, ctx: &mut Ctx<'_>) {
    for keyword in SILENT {
        members.shift_remove(keyword);
    }
    for keyword in DROPPED {
        if members.contains_key(keyword) {
            let message = format!("`{keyword}` is left out: OpenAPI 3.0 has nothing like it");
            ctx.inside(keyword, |ctx| ctx.push(Diagnostic::new(Code::Keyword, message)));
        }
        if members.shift_remove(keyword).is_some() && keyword == "patternProperties" {
            members.entry("additionalProperties".into()).or_insert(Node::Bool(true));
        }
    }
    if let Some(unevaluated) = members.shift_remove("unevaluatedProperties") {
        members.entry("additionalProperties".into()).or_insert(unevaluated);
    }
}

/// `const`, and null among the values of an `enum`.
fn constant(members: &mut Object) {
    if let Some(value) = members.shift_remove("const") {
        members.insert("enum".into(), Node::Array(vec![value]));
    }
    let Some(Node::Array(values)) = members.get_mut("enum") else { return };
    let count = values.len();
    values.retain(|value| !value.is_null());
    if values.len() == count {
        return;
    }
    if values.is_empty() {
        members.shift_remove("enum");
    }
    members.insert("nullable".into(), Node::Bool(true));
}

/// `exclusiveMinimum: 3` to `minimum: 3, exclusiveMinimum: true`; the narrower bound, if both are there.
fn bounds(members: &mut Object) {
    for (exclusive, inclusive, lower) in [("exclusiveMinimum", "minimum", true), ("exclusiveMaximum", "maximum", false)]
    {
        let Some(Node::Number(bound)) = members.get(exclusive) else { continue };
        let narrower = match members.get(inclusive) {
            Some(Node::Number(other)) if lower => bound.as_f64() >= other.as_f64(),
            Some(Node::Number(other)) => bound.as_f64() <= other.as_f64(),
            _ => true,
        };
        let bound: Number = bound.clone();
        if narrower {
            members.insert(inclusive.into(), Node::Number(bound));
            members.insert(exclusive.into(), Node::Bool(true));
        } else {
            members.shift_remove(exclusive);
        }
    }
}

/// `contentEncoding` and `contentMediaType` to formats.
fn content_keywords(members: &mut Object) {
    let encoding = members.shift_remove("contentEncoding");
    let media = members.shift_remove("contentMediaType");
    let format = match (encoding.as_ref().and_then(Node::as_str), media.as_ref().and_then(Node::as_str)) {
        (Some("base64" | "base64url"), _) => "byte",
        (None, Some("application/octet-stream")) => "binary",
        _ => return,
    };
    members.entry("type".into()).or_insert(Node::from("string"));
    members.entry("format".into()).or_insert(Node::from(format));
}

/// A tuple is a list of anything that may stand in it; a list of items under `items` was the old spelling.
fn prefix_items(members: &mut Object, ctx: &mut Ctx<'_>) {
    let prefix = match members.shift_remove("prefixItems") {
        Some(prefix) => prefix,
        None if matches!(members.get("items"), Some(Node::Array(_))) => {
            members.shift_remove("items").unwrap_or_default()
        }
        None => return,
    };
    let note = Diagnostic::new(Code::Keyword, "a tuple is read as a list of any of its items");
    ctx.push(note.severity(Severity::Note));
    let mut choices = prefix.as_array().map(<[Node]>::to_vec).unwrap_or_default();
    if let Some(rest @ Node::Object(_)) = members.shift_remove("items") {
        choices.push(rest);
    }
    let mut distinct: Vec<Node> = Vec::new();
    for choice in choices {
        if !distinct.contains(&choice) {
            distinct.push(choice);
        }
    }
    let items = match distinct.len() {
        0 => Node::Object(Object::default()),
        1 => distinct.swap_remove(0),
        _ => Node::from([("anyOf", Node::Array(distinct))]),
    };
    members.entry("type".into()).or_insert(Node::from("array"));
    members.insert("items".into(), items);
}

/// `additionalProperties: {}` says the same as `true`.
fn additional(members: &mut Object) {
    if let Some(additional @ Node::Object(_)) = members.get_mut("additionalProperties")
        && additional.as_object().is_some_and(Object::is_empty)
    {
        *additional = Node::Bool(true);
    }
}

/// A `{type: null}` among the choices becomes `nullable`; a choice that is left alone becomes `allOf`.
fn null_choice(members: &mut Object) {
    for keyword in ["anyOf", "oneOf"] {
        let Some(Node::Array(choices)) = members.get_mut(keyword) else { continue };
        let count = choices.len();
        choices.retain(|choice| !is_null_only(choice));
        if choices.len() == count {
            continue;
        }
        let left = choices.len();
        members.insert("nullable".into(), Node::Bool(true));
        if left <= 1
            && let Some(choices) = members.shift_remove(keyword)
            && left == 1
        {
            match members.get_mut("allOf") {
                Some(Node::Array(all)) => all.extend(choices.as_array().unwrap_or_default().iter().cloned()),
                _ => drop(members.insert("allOf".into(), choices)),
            }
        }
    }
}

/// What `{type: "null"}` has become.
fn is_null_only(choice: &Node) -> bool {
    choice.as_object().is_some_and(|members| members.len() == 1 && members.get("nullable") == Some(&Node::Bool(true)))
}

/// `type: [string, "null"]`.
fn types(members: &mut Object, ctx: &mut Ctx<'_>) {
    let mut words: Vec<Node> = match members.get("type") {
        None => return,
        Some(Node::String(word)) if word != "null" => return,
        Some(Node::Array(words)) => words.clone(),
        Some(word @ Node::String(_)) => vec![word.clone()],
        Some(other) => {
            let other = other.clone();
            ctx.inside("type", |ctx| ctx.expected("the name of a type", &other));
            members.shift_remove("type");
            return;
        }
    };
    let count = words.len();
    words.retain(|word| word.as_str() != Some("null"));
    if words.len() < count {
        members.insert("nullable".into(), Node::Bool(true));
    }
    match words.len() {
        0 => drop(members.shift_remove("type")),
        1 => drop(members.insert("type".into(), words.swap_remove(0))),
        _ => several(members, words),
    }
}

/// Keywords that go with one type, when a schema of several types is split.
fn belongs(keyword: &str, ty: &str) -> bool {
    match keyword {
        "items" | "minItems" | "maxItems" | "uniqueItems" => ty == "array",
        "properties" | "required" | "additionalProperties" | "minProperties" | "maxProperties" => ty == "object",
        "minLength" | "maxLength" | "pattern" => ty == "string",
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            ty == "integer" || ty == "number"
        }
        "format" => ty != "object" && ty != "array" && ty != "boolean",
        "enum" => true,
        _ => false,
    }
}

fn several(members: &mut Object, words: Vec<Node>) {
    let choice = |word: Node| {
        let ty = word.as_str().unwrap_or_default().to_owned();
        let mut choice = Object::from_iter([("type".to_owned(), word)]);
        choice.extend(
            members.iter().filter(|(key, _)| belongs(key, &ty)).map(|(key, value)| (key.clone(), value.clone())),
        );
        Node::Object(choice)
    };
    let choices = words.into_iter().map(choice).collect();
    members.retain(|key, _| key != "type" && !belongs_to_any(key));
    members.insert("anyOf".into(), Node::Array(choices));
}

fn belongs_to_any(keyword: &str) -> bool {
    ["array", "object", "string", "number"].iter().any(|ty| belongs(keyword, ty))
}
