//! Choices: `oneOf` and `anyOf`. A null among the members makes the choice nullable.

use openapiv3::{Discriminator, Schema};

use super::at::At;
use super::kinds::Described;
use super::{Code, Ctx, limits};
use crate::ir::{Enumeration, Kind, SchemaId, Text, Union, Variant};
use crate::node::Node;

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
        let mut nullable = null;
        let mut variants: Vec<Variant> = Vec::new();
        for member in members(at).filter(|member| !is_null(member.node)) {
            match self.schema(&member) {
                Ok(used) => {
                    nullable |= used.beside.nullable;
                    if variants.iter().all(|variant| variant.schema != used.id) {
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
        for (tag, target) in &discriminator.mapping {
            let variant =
                self.mapped(at, target).and_then(|id| variants.iter_mut().find(|variant| variant.schema == id));
            match variant {
                Some(variant) => variant.tags.push(tag.clone()),
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

    /// A choice between texts is a text: with the values that are known, if any are.
    pub(super) fn join_texts(&mut self) {
        for index in 0..self.schemas.done.len() {
            let Kind::Union(union) = &self.schemas.done[index].kind else { continue };
            let kinds: Vec<&Kind> =
                union.variants.iter().map(|variant| &self.schemas.done[variant.schema.0 as usize].kind).collect();
            let joined = joined_text(&kinds);
            if let Some(kind) = joined {
                self.schemas.done[index].kind = kind;
            }
        }
    }
}

fn joined_text(kinds: &[&Kind]) -> Option<Kind> {
    let mut values: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
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
