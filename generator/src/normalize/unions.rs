//! Choices: `oneOf` and `anyOf`. A null among the members makes the choice nullable.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{Discriminator, Schema};

use super::at::At;
use super::kinds::Described;
use super::{Code, Ctx, limits};
use crate::graph::components;
use crate::ir::{Enumeration, Integer, Kind, SchemaId, Text, Union, Variant};
use crate::node::Node;
use crate::ordered;

/// Is there a `oneOf` or `anyOf` with members?
pub(super) fn is_choice(at: &At<'_>) -> bool {
    members(at).next().is_some()
}

/// Is one of the members null?
pub(super) fn has_null_member(at: &At<'_>) -> bool {
    members(at).any(|member| is_null(member.node))
}

/// The only member that is not null, if it is a reference.
pub(super) fn only_choice<'a>(at: &At<'a>) -> Option<At<'a>> {
    only(at).filter(|member| member.node.reference().is_some())
}

fn only<'a>(at: &At<'a>) -> Option<At<'a>> {
    let mut values = members(at).filter(|member| !is_null(member.node));
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

fn members<'a>(at: &At<'a>) -> impl Iterator<Item = At<'a>> + use<'a> {
    let lists = [at.child("oneOf"), at.child("anyOf")];
    lists.into_iter().flatten().flat_map(|list| list.items())
}

fn is_null(node: &Node) -> bool {
    let only_null = |values: &[Node]| !values.is_empty() && values.iter().all(Node::is_null);
    node.text("type") == Some("null") || node.get("enum").and_then(Node::as_array).is_some_and(only_null)
}

/// A choice that says no more than its members do, so that they may as well stand in the choice around it. Choices
/// between texts stay: they become one text.
fn is_transparent(at: &At<'_>) -> bool {
    const OWN: [&str; 9] =
        ["$ref", "discriminator", "allOf", "not", "properties", "items", "additionalProperties", "enum", "required"];
    let is_text = |node: &Node| node.text("type") == Some("string") && node.get("format").is_none();
    is_choice(at)
        && OWN.iter().all(|key| at.node.get(key).is_none())
        && !members(at).all(|member| is_null(member.node) || is_text(member.node))
}

impl<'a> Ctx<'a> {
    /// A schema with `oneOf` or `anyOf`.
    pub(super) fn describe_choice(&mut self, at: &At<'a>, parsed: &Schema) -> Described {
        let named = at.node.get("properties").and_then(Node::as_object).is_some_and(|members| !members.is_empty());
        if named {
            let message = "choice beside properties: what its variants add is not typed";
            self.report.say(Code::ChoiceBesideProperties, &at.place, message);
            self.skip_choice(at);
            return self.describe_plain(at, parsed);
        }
        let null = has_null_member(at);
        if let Some(only) = only(at).filter(|only| only.node.reference().is_none())
            && let Ok(parsed) = self.parse_schema(&only)
        {
            self.schemas.absorbed.insert(only.place.clone());
            let described = self.describe(&only, &parsed);
            return Described { nullable: described.nullable || null || parsed.schema_data.nullable, ..described };
        }
        let (choices, mut nullable) = self.flattened(at);
        let mut variants: Vec<Variant> = Vec::new();
        let mut seen = BTreeSet::new();
        for member in choices {
            match self.schema(&member) {
                Ok(used) => {
                    nullable |= used.beside.nullable;
                    if seen.insert(used.id) {
                        variants.push(Variant { schema: used.id, tags: Vec::new() });
                    }
                }
                Err(reason) => self.skip(&member.place, reason),
            }
        }
        let tag = parsed.schema_data.discriminator.as_ref();
        if let Some(discriminator) = tag {
            self.tags(at, discriminator, &mut variants);
        }
        let kind = if variants.is_empty() {
            Kind::Any
        } else {
            Kind::Union(Union { variants, tag: tag.map(|tag| tag.property_name.clone()) })
        };
        Described { kind, nullable, limits: limits::read(at.node) }
    }

    /// The members that are not null, those of choices within among them, and whether null is one of them.
    fn flattened(&mut self, at: &At<'a>) -> (Vec<At<'a>>, bool) {
        let mut flat = Vec::new();
        let mut nullable = false;
        // A stack of its own, because choices may be nested as deep as one likes.
        let mut rest: Vec<At<'a>> = members(at).collect();
        rest.reverse();
        while let Some(member) = rest.pop() {
            if is_null(member.node) {
                nullable = true;
                continue;
            }
            if !is_transparent(&member) || self.schemas.names.contains_key(&member.key()) {
                flat.push(member);
                continue;
            }
            match self.parse_schema(&member) {
                Ok(parsed) => {
                    nullable |= parsed.schema_data.nullable;
                    self.schemas.absorbed.insert(member.place.clone());
                    let inner: Vec<At<'a>> = members(&member).collect();
                    rest.extend(inner.into_iter().rev());
                }
                Err(reason) => self.skip(&member.place, reason),
            }
        }
        (flat, nullable)
    }

    /// Leaves out the members of a choice that cannot be typed.
    pub(super) fn skip_choice(&mut self, at: &At<'a>) {
        for key in ["oneOf", "anyOf"] {
            if let Some(list) = at.child(key) {
                self.skip(&list.place, "a choice beside properties is not typed".to_owned());
            }
        }
    }

    /// Which values of the discriminator stand for which variant: those of the mapping, else the schema's name.
    fn tags(&mut self, at: &At<'a>, discriminator: &Discriminator, variants: &mut [Variant]) {
        let numbers: BTreeMap<SchemaId, usize> =
            ordered::map(variants.iter().enumerate().map(|(number, variant)| (variant.schema, number)));
        for (tag, target) in &discriminator.mapping {
            match self.mapped(at, target).and_then(|id| numbers.get(&id)) {
                Some(&number) => variants[number].tags.push(tag.clone()),
                None => {
                    let place = at.place.child("discriminator").child("mapping").child(tag);
                    let message =
                        format!("discriminator value `{tag}` stands for `{target}`, which is not one of the choices");
                    self.report.say(Code::Discriminator, &place, message);
                }
            }
        }
        for variant in variants.iter_mut().filter(|variant| variant.tags.is_empty()) {
            let name = self.schemas.done[variant.schema.0 as usize].name.clone();
            variant.tags.extend(name);
        }
    }

    /// The schema that a mapping means, by reference or by name.
    fn mapped(&mut self, at: &At<'a>, target: &str) -> Option<SchemaId> {
        let reference = match target.starts_with('#') {
            true => target.to_owned(),
            false => format!("#/components/schemas/{}", target.replace('~', "~0").replace('/', "~1")),
        };
        let target = super::at::resolve(self.sources, at.document, &reference).ok()?;
        self.schema(&target).ok().map(|used| used.id)
    }

    /// A choice between texts is a text: with the values that are known, if any are. In any other choice a simple type
    /// stands once.
    pub(super) fn join_texts(&mut self) {
        for index in 0..self.schemas.done.len() {
            let Kind::Union(union) = &self.schemas.done[index].kind else { continue };
            let kinds: Vec<&Kind> =
                union.variants.iter().map(|variant| &self.schemas.done[variant.schema.0 as usize].kind).collect();
            let joined = joined_text(&kinds);
            let kept = distinct(&kinds, &union.variants);
            if let Some(kind) = joined {
                self.schemas.done[index].kind = kind;
            } else if let Kind::Union(union) = &mut self.schemas.done[index].kind {
                union.variants = kept;
            }
        }
    }
}

impl Ctx<'_> {
    /// A choice that leads through choices alone back to itself says nothing new there, and to read it would never end.
    pub(super) fn break_circles(&mut self) {
        let choices: Vec<Vec<usize>> = self.schemas.done.iter().map(|schema| inside(&schema.kind)).collect();
        let circle = components(&choices);
        for (index, choices) in choices.iter().enumerate() {
            // Only a choice leads anywhere, so whoever shares a circle with another leads back to it.
            if choices.iter().all(|&inner| circle[inner] != circle[index]) {
                continue;
            }
            let schema = &mut self.schemas.done[index];
            self.report.say(Code::Ignored, &schema.place, "choice leads back to itself; it is left out there");
            if let Kind::Union(union) = &mut schema.kind {
                union.variants.retain(|variant| circle[variant.schema.0 as usize] != circle[index]);
                if union.variants.is_empty() {
                    schema.kind = Kind::Any;
                }
            }
        }
    }
}

/// The choices of a choice; nothing else leads anywhere.
fn inside(kind: &Kind) -> Vec<usize> {
    match kind {
        Kind::Union(union) => union.variants.iter().map(|variant| variant.schema.0 as usize).collect(),
        _ => Vec::new(),
    }
}

/// The variants without those of a simple type that another before has too.
fn distinct(kinds: &[&Kind], variants: &[Variant]) -> Vec<Variant> {
    // There are some ten simple types, so this is a short list however many variants there are.
    let mut simple: Vec<&Kind> = Vec::new();
    let same = |a: &Kind, b: &Kind| match (a, b) {
        (Kind::Boolean, Kind::Boolean) | (Kind::Float, Kind::Float) | (Kind::Decimal { .. }, Kind::Decimal { .. }) => {
            true
        }
        (Kind::Integer(a), Kind::Integer(b)) => a == b,
        (Kind::String(a), Kind::String(b)) => a == b,
        _ => false,
    };
    let kept = variants.iter().zip(kinds).filter(|(_, kind)| match kind {
        Kind::Boolean | Kind::Float | Kind::Decimal { .. } | Kind::Integer(_) | Kind::String(_) => {
            let new = !simple.iter().any(|before| same(before, kind));
            if new {
                simple.push(kind);
            }
            new
        }
        _ => true,
    });
    let kept: Vec<(Variant, Option<(Json, u8)>)> =
        kept.map(|(variant, kind)| (variant.clone(), precedence(kind))).collect();
    specific_first(kept)
}

/// What a value is in JSON, as far as several simple types share it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Json {
    Text,
    Number,
}

/// Which of the simple types of one kind of JSON has to be tried before others, because they take all that it takes.
fn precedence(kind: &Kind) -> Option<(Json, u8)> {
    Some(match kind {
        Kind::String(Text::Date | Text::DateTime) => (Json::Text, 0),
        Kind::Enum(Enumeration::Strings(_)) => (Json::Text, 1),
        Kind::String(Text::Base64 | Text::Binary) => (Json::Text, 2),
        Kind::String(Text::Plain) => (Json::Text, 3),
        Kind::Enum(Enumeration::Integers(_)) => (Json::Number, 0),
        Kind::Integer(Integer::I32) => (Json::Number, 1),
        Kind::Integer(Integer::U32) => (Json::Number, 2),
        Kind::Integer(Integer::I64) => (Json::Number, 3),
        Kind::Integer(Integer::U64) => (Json::Number, 4),
        Kind::Decimal { .. } | Kind::Float => (Json::Number, 5),
        Kind::Any | Kind::Boolean | Kind::Array(_) | Kind::Map(_) | Kind::Object(_) | Kind::Union(_) => return None,
    })
}

/// The first choice that can be read is taken, so the special stands before the general; what shares its kind of JSON
/// with no other stays where it is.
fn specific_first(mut variants: Vec<(Variant, Option<(Json, u8)>)>) -> Vec<Variant> {
    for json in [Json::Text, Json::Number] {
        let rank = |precedence: &Option<(Json, u8)>| precedence.filter(|(kind, _)| *kind == json).map(|(_, rank)| rank);
        let places: Vec<usize> = (0..variants.len()).filter(|at| rank(&variants[*at].1).is_some()).collect();
        let mut sorted: Vec<_> = places.iter().map(|at| variants[*at].clone()).collect();
        sorted.sort_by_key(|(_, precedence)| rank(precedence));
        places.into_iter().zip(sorted).for_each(|(at, variant)| variants[at] = variant);
    }
    variants.into_iter().map(|(variant, _)| variant).collect()
}

fn joined_text(kinds: &[&Kind]) -> Option<Kind> {
    let mut values: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for kind in kinds {
        match kind {
            Kind::String(Text::Plain) => {}
            Kind::Enum(Enumeration::Strings(more)) => {
                values.extend(more.iter().filter(|value| seen.insert((*value).clone())).cloned());
            }
            _ => return None,
        }
    }
    Some(if values.is_empty() { Kind::String(Text::Plain) } else { Kind::Enum(Enumeration::Strings(values)) })
}
