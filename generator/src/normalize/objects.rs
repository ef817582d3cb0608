//! Objects, alone or merged from the members of `allOf`.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use openapiv3::Schema;

use super::at::{At, Key};
use super::kinds::{Described, inferred_type, type_of};
use super::{Code, Ctx, Reason, limits};
use crate::ir::{Kind, Limits, Object, Property, SchemaId};
use crate::node::Node;
use crate::ordered;

/// How deep `allOf` may nest, through references.
const DEEPEST: usize = 64;

/// How many properties all joined schemas may have together.
const BUDGET: usize = 2_000_000;

/// How many members all `allOf` may have together, through references.
const MEMBERS: usize = 100_000;

/// What to do about an `allOf` that is too large.
const FLATTEN: &str = "write the properties into the schemas that have them, in place of `allOf`";

/// A member of `allOf`, at any depth.
struct Part<'a> {
    at: At<'a>,
    parsed: Schema,
}

/// What a part brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Attributes and limits only.
    Nothing,
    Object,
    Choice,
    Plain,
}

impl<'a> Ctx<'a> {
    /// `allOf`: objects are joined, later ones win; of other types there can be only one.
    pub(super) fn describe_all_of(&mut self, at: &At<'a>, parsed: &Schema) -> Described {
        let mut parts = Vec::new();
        let mut seen = ordered::set([at.key()]);
        self.collect(at, parsed, &mut parts, &mut seen, &mut vec![at.key()]);
        let mut joined = Limits::default();
        for part in &parts {
            limits::join(&mut joined, limits::read(part.at.node));
        }
        let of = |sort: Sort| parts.iter().filter(move |part| sort_of(part) == sort);
        let objects: Vec<At<'a>> = of(Sort::Object).map(|part| part.at.clone()).collect();
        let choices: Vec<&Part<'a>> = of(Sort::Choice).collect();
        let plain: Vec<&Part<'a>> = of(Sort::Plain).collect();
        let described = match (objects.as_slice(), choices.as_slice(), plain.as_slice()) {
            ([_, ..], choices, plain) => {
                if !choices.is_empty() {
                    self.report.say(
                        Code::ChoiceBesideProperties,
                        &at.place,
                        "choice inside `allOf` beside properties: what its variants add is not typed",
                    );
                }
                choices.iter().for_each(|choice| self.skip_choice(&choice.at));
                if !plain.is_empty() {
                    self.conflict(at, plain.iter().copied(), "objects and other types");
                }
                Described { kind: self.object(&objects), nullable: false, limits: Limits::default() }
            }
            ([], [choice, rest @ ..], plain) => {
                if !rest.is_empty() || !plain.is_empty() {
                    self.conflict(
                        at,
                        rest.iter().chain(plain).copied(),
                        "several choices, or a choice and another type",
                    );
                }
                self.describe_choice(&choice.at, &choice.parsed)
            }
            ([], [], plain) => self.join_plain(at, plain),
        };
        let kept = described.limits.other;
        joined.other.extend(kept.into_iter().filter(|phrase| !joined.other.contains(phrase)).collect::<Vec<_>>());
        Described { limits: joined, ..described }
    }

    fn join_plain(&mut self, at: &At<'a>, parts: &[&Part<'a>]) -> Described {
        let mut joined: Option<Described> = None;
        for part in parts {
            let next = self.describe_plain(&part.at, &part.parsed);
            let agree = joined.as_ref().is_none_or(|first| agree(&first.kind, &next.kind));
            if !agree {
                self.conflict(at, parts.iter().copied(), "types that exclude each other");
                return Described { kind: Kind::Any, nullable: false, limits: Limits::default() };
            }
            // A list of values says more than the bare type, wherever it stands.
            if joined.as_ref().is_none_or(|first| !matches!(first.kind, Kind::Enum(_))) {
                joined = Some(next);
            }
        }
        joined.unwrap_or(Described { kind: Kind::Any, nullable: false, limits: Limits::default() })
    }

    /// Reports what `allOf` cannot join, and leaves out the inside of the parts that lose.
    fn conflict<'p>(&mut self, at: &At<'a>, losers: impl Iterator<Item = &'p Part<'a>>, what: &str)
    where
        'a: 'p,
    {
        self.report.say(Code::AllOfConflict, &at.place, format!("`allOf` joins {what}"));
        for loser in losers {
            for (key, member) in loser.at.members().filter(|(key, _)| *key != "allOf") {
                if member.node.as_object().is_some() || member.node.as_array().is_some() {
                    self.skip(&loser.at.place.child(key), format!("`allOf` joins {what}"));
                }
            }
        }
    }

    /// Gathers the members of `allOf`, those further in first, and the schema itself last. A member that was met
    /// before adds nothing, so that the work is linear in the schemas that take part.
    fn collect(
        &mut self,
        at: &At<'a>,
        parsed: &Schema,
        parts: &mut Vec<Part<'a>>,
        seen: &mut BTreeSet<Key>,
        path: &mut Vec<Key>,
    ) {
        for member in at.child("allOf").iter().flat_map(At::items) {
            let Ok((target, parsed)) = self.member(&member) else { continue };
            let key = target.key();
            if path.contains(&key) {
                self.report.say(Code::ReferenceCycle, &member.place, "schema is a part of itself");
                continue;
            }
            self.members += 1;
            if self.members > MEMBERS {
                if !self.exhausted {
                    self.exhausted = true;
                    let message = format!("`allOf` have more than {MEMBERS} members together");
                    self.report.say_with(Code::TooLarge, &member.place, message, Some(FLATTEN.to_owned()));
                }
                return;
            }
            if path.len() >= DEEPEST {
                let message = format!("`allOf` nests deeper than {DEEPEST}");
                self.report.say_with(Code::TooLarge, &member.place, message, Some(FLATTEN.to_owned()));
                return;
            }
            if !seen.insert(key) {
                continue;
            }
            path.push(key);
            self.collect(&target, &parsed, parts, seen, path);
            path.pop();
        }
        parts.push(Part { at: at.clone(), parsed: parsed.clone() });
    }

    fn member(&mut self, member: &At<'a>) -> Result<(At<'a>, Schema), Reason> {
        let (target, _) = self.follow(member)?;
        let parsed = self.parse_schema(&target)?;
        if target.place == member.place {
            self.schemas.absorbed.insert(target.place.clone());
        }
        Ok((target, parsed))
    }

    /// The object that these schemas describe together.
    pub(super) fn object(&mut self, parts: &[At<'a>]) -> Kind {
        let mut required = BTreeSet::new();
        let mut properties: IndexMap<&'a str, At<'a>> = IndexMap::new();
        for part in parts {
            let names = part.node.get("required").and_then(Node::as_array).unwrap_or_default();
            required.extend(names.iter().filter_map(Node::as_str));
            for (name, property) in part.child("properties").iter().flat_map(At::members) {
                self.overridden(properties.get(name), &property, name);
                properties.insert(name, property);
            }
        }
        self.merged += if parts.len() > 1 { properties.len() } else { 0 };
        if self.merged > BUDGET
            && let Some(first) = parts.first()
        {
            let message = format!("schemas with `allOf` have more than {BUDGET} properties together");
            self.report.say_with(Code::TooLarge, &first.place, message, Some(FLATTEN.to_owned()));
            return Kind::Object(Object::default());
        }
        let mut object = Object::default();
        for (name, at) in &properties {
            match self.property(name, at, required.contains(name)) {
                Ok(property) => object.properties.push(property),
                Err(reason) => self.skip(&at.place, reason),
            }
        }
        match self.additional(parts) {
            Some(values) if properties.is_empty() => Kind::Map(values),
            additional => Kind::Object(Object { additional, closed: closed(parts), ..object }),
        }
    }

    fn overridden(&mut self, before: Option<&At<'a>>, property: &At<'a>, name: &str) {
        let Some(before) = before else { return };
        self.schemas.absorbed.insert(before.place.clone());
        if before.node != property.node {
            let message = format!("property `{name}` is described again in `allOf`; this description rules");
            self.report.say(Code::PropertyOverridden, &property.place, message);
        }
    }

    fn property(&mut self, name: &str, at: &At<'a>, required: bool) -> Result<Property, Reason> {
        let used = self.schema(at)?;
        let beside = used.beside;
        Ok(Property {
            name: name.to_owned(),
            place: at.place.clone(),
            schema: used.id,
            required,
            nullable: beside.nullable,
            read_only: beside.read_only,
            write_only: beside.write_only,
            expandable: false,
            deprecated: beside.deprecated,
            default: beside.default,
            limits: beside.limits,
            terms: beside.terms,
            description: beside.description,
        })
    }

    /// `additionalProperties`: a schema, or any value where there is nothing else. Beside named properties `true` says
    /// nothing that is not so anyway: what is not known is kept.
    fn additional(&mut self, parts: &[At<'a>]) -> Option<SchemaId> {
        let (part, node) = parts.iter().rev().find_map(|part| Some((part, part.node.get("additionalProperties")?)))?;
        let empty = node.as_object().is_some_and(|members| members.is_empty());
        let named = parts.iter().any(|part| {
            part.node.get("properties").is_some_and(|node| node.as_object().is_some_and(|members| !members.is_empty()))
        });
        if node.as_bool() == Some(true) || empty {
            return (!named).then(|| self.invent(&part.place, Kind::Any, None));
        }
        let schema = part.child("additionalProperties").filter(|at| at.node.as_object().is_some())?;
        match self.schema(&schema) {
            Ok(used) => Some(used.id),
            Err(reason) => {
                self.skip(&schema.place, reason);
                Some(self.invent(&part.place, Kind::Any, None))
            }
        }
    }
}

/// Is nothing allowed beside the properties?
fn closed(parts: &[At<'_>]) -> bool {
    let last = parts.iter().rev().find_map(|part| part.node.get("additionalProperties"));
    last.and_then(Node::as_bool) == Some(false)
}

fn sort_of(part: &Part<'_>) -> Sort {
    let node = part.at.node;
    let ty = type_of(&part.parsed.schema_kind).or_else(|| inferred_type(node));
    if node.get("properties").is_some() || ty == Some("object") {
        Sort::Object
    } else if super::unions::is_choice(&part.at) {
        Sort::Choice
    } else if node.get("enum").is_some() || node.get("type").is_some() || ty == Some("array") {
        Sort::Plain
    } else {
        Sort::Nothing
    }
}

/// Can one value be of both kinds?
fn agree(a: &Kind, b: &Kind) -> bool {
    let text = |kind: &Kind| matches!(kind, Kind::String(_) | Kind::Enum(crate::ir::Enumeration::Strings(_)));
    let number = |kind: &Kind| {
        matches!(
            kind,
            Kind::Integer(_) | Kind::Decimal { .. } | Kind::Float | Kind::Enum(crate::ir::Enumeration::Integers(_))
        )
    };
    std::mem::discriminant(a) == std::mem::discriminant(b) || (text(a) && text(b)) || (number(a) && number(b))
}
