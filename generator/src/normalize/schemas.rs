//! Ids for schemas, and the way from a place in a document to one.
//!
//! [`Ctx::schema`] follows references and wrappers and gives an id at once; what the schema describes is found later,
//! from a queue. So forward and circular references are unremarkable, and no depth of the API makes the reader recurse.

use std::collections::{BTreeMap, VecDeque};

use indexmap::IndexSet;
use openapiv3 as oa;

use super::at::{At, Key, LONGEST_CHAIN};
use super::beside::Beside;
use super::report::plain;
use super::{Code, Ctx, Reason, shallow};
use crate::ir::{self, SchemaId};
use crate::source::Place;

/// For so many references that lead nowhere a name is looked for that they may have meant.
const ADVISED: usize = 100;

/// Every schema so far.
#[derive(Default)]
pub(super) struct Schemas<'a> {
    /// As far as it is known.
    pub(super) done: Vec<ir::Schema>,
    /// What stands on each schema itself, for its uses.
    pub(super) beside: Vec<Beside>,
    /// Still to be described; in boxes, since thousands of large ones wait at a time.
    pub(super) queue: VecDeque<(SchemaId, At<'a>, Box<oa::Schema>)>,
    /// By node.
    known: BTreeMap<Key, Result<SchemaId, Reason>>,
    /// Nodes from which references lead too far.
    hopeless: BTreeMap<Key, Reason>,
    /// How many references led nowhere.
    lost: usize,
    /// Components, by node.
    pub(super) names: BTreeMap<Key, Named<'a>>,
    /// Schemas that are part of another, or another name of it.
    pub(super) absorbed: IndexSet<Place>,
}

/// A component.
#[derive(Clone)]
pub(super) struct Named<'a> {
    /// `None` where its name is taken by another schema.
    pub(super) name: Option<String>,
    /// The first of several that are the same.
    pub(super) first: At<'a>,
}

/// A schema as one place uses it.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// The schema.
    pub(super) id: SchemaId,
    /// What stands beside the reference, or on the schema.
    pub(super) beside: Beside,
}

impl<'a> Ctx<'a> {
    /// The schema that stands at `at`, or that it leads to.
    pub(super) fn schema(&mut self, at: &At<'a>) -> Result<Use, Reason> {
        let (target, mut beside) = self.follow(at)?;
        let id = self.id(&target)?;
        let own = &self.schemas.beside[id.0 as usize];
        // Limits, prose and terms of the schema are the schema's; where it stands in place they are the place's too.
        if target.place == at.place {
            beside.join(own)
        } else {
            beside.join_flags(own)
        }
        Ok(Use { id, beside })
    }

    /// The id of a schema that stands for itself.
    fn id(&mut self, at: &At<'a>) -> Result<SchemaId, Reason> {
        let key = at.key();
        if let Some(known) = self.schemas.known.get(&key) {
            return known.clone();
        }
        let result = self.allocate(at, key);
        self.schemas.known.insert(key, result.clone());
        result
    }

    fn allocate(&mut self, at: &At<'a>, key: Key) -> Result<SchemaId, Reason> {
        let parsed = self.parse_schema(at)?;
        let name = self.schemas.names.get(&key).and_then(|named| named.name.clone());
        let beside = Beside::read(&parsed.schema_data, at.node);
        let id = SchemaId(u32::try_from(self.schemas.done.len()).map_err(|_| "there are too many schemas".to_owned())?);
        self.schemas.done.push(ir::Schema {
            place: at.place.clone(),
            name,
            kind: ir::Kind::Any,
            nullable: beside.nullable,
            limits: ir::Limits::default(),
            terms: beside.terms.clone(),
            description: beside.description.clone(),
        });
        self.schemas.beside.push(beside);
        self.schemas.queue.push_back((id, at.clone(), Box::new(parsed)));
        Ok(id)
    }

    /// A schema that no document holds: of a parameter that was not declared, say.
    pub(super) fn invent(&mut self, place: &Place, kind: ir::Kind, phrase: Option<&str>) -> SchemaId {
        let id = SchemaId(u32::try_from(self.schemas.done.len()).unwrap_or(u32::MAX));
        self.schemas.done.push(ir::Schema {
            place: place.clone(),
            name: None,
            kind,
            nullable: false,
            limits: ir::Limits { other: phrase.map(str::to_owned).into_iter().collect(), ..ir::Limits::default() },
            terms: ir::Terms::default(),
            description: None,
        });
        self.schemas.beside.push(Beside::default());
        id
    }

    /// Describes every schema that has an id, and those that come up on the way.
    pub(super) fn describe_all(&mut self) {
        while let Some((id, at, parsed)) = self.schemas.queue.pop_front() {
            let described = self.describe(&at, &parsed);
            let schema = &mut self.schemas.done[id.0 as usize];
            schema.kind = described.kind;
            schema.nullable |= described.nullable;
            schema.limits = described.limits;
        }
    }

    /// Parses one schema, reporting what is wrong with it.
    pub(super) fn parse_schema(&mut self, at: &At<'a>) -> Result<oa::Schema, Reason> {
        let parsed = shallow::schema(at.node).map_err(|error| {
            let place =
                Place { file: at.place.file.clone(), pointer: format!("{}{}", at.place.pointer, error.pointer) };
            let reason = format!("schema cannot be read: {}", plain(&error));
            self.report.say(Code::Schema, &place, reason.clone());
            reason
        })?;
        self.unknown_keys(at);
        Ok(parsed)
    }

    /// Follows references, and wrappers of a single schema, to a schema that stands for itself.
    pub(super) fn follow(&mut self, at: &At<'a>) -> Result<(At<'a>, Beside), Reason> {
        let mut at = at.clone();
        let mut beside = Beside::default();
        let mut seen = Vec::new();
        loop {
            if let Some(named) = self.schemas.names.get(&at.key()) {
                at = named.first.clone();
            }
            if let Some(reason) = self.schemas.hopeless.get(&at.key()) {
                return Err(reason.clone());
            }
            if seen.contains(&at.key()) {
                return Err(self.refuse_cycle(&at));
            }
            seen.push(at.key());
            if seen.len() > LONGEST_CHAIN {
                let reason = format!("reference leads through more than {LONGEST_CHAIN} others");
                let help = "let it point at what the last of them stands for".to_owned();
                self.report.say_with(Code::TooLarge, &at.place, reason.clone(), Some(help));
                // Said once: none of them needs to be followed again.
                self.schemas.hopeless.extend(seen.into_iter().map(|key| (key, reason.clone())));
                return Err(reason);
            }
            let Some(next) = self.step(&at, &mut beside)? else { return Ok((at, beside)) };
            at = next;
        }
    }

    /// Where `at` leads, if it is no more than a way to another schema; what it adds goes into `beside`.
    fn step(&mut self, at: &At<'a>, beside: &mut Beside) -> Result<Option<At<'a>>, Reason> {
        let next = if let Some(reference) = at.node.reference() {
            Some(self.resolve(at, reference)?)
        } else {
            self.only_member(at)
        };
        let Some(next) = next else { return Ok(None) };
        let bare = at.node.as_object().is_some_and(|members| members.len() == 1);
        if !bare {
            let parsed = self.parse_schema(at)?;
            beside.join(&Beside::read_with_limits(&parsed.schema_data, at.node));
        }
        beside.nullable |= super::unions::has_null_member(at);
        self.schemas.absorbed.insert(at.place.clone());
        Ok(Some(next))
    }

    /// The single schema that this one is made of: a reference as the only member of `allOf`, or the only member of a
    /// choice that is not null.
    fn only_member(&mut self, at: &At<'a>) -> Option<At<'a>> {
        if has_structure(at) {
            return None;
        }
        if let Some(list) = at.child("allOf") {
            let mut items = list.items();
            let first = items.next()?;
            return (items.next().is_none() && first.node.reference().is_some()).then_some(first);
        }
        super::unions::only_choice(at)
    }

    /// One step of a reference, reporting where it leads nowhere.
    pub(super) fn resolve(&mut self, at: &At<'a>, reference: &str) -> Result<At<'a>, Reason> {
        super::at::resolve(self.sources, at.document, reference).map_err(|lost| {
            use super::at::Lost;
            let (code, what) = match lost {
                Lost::External => (Code::ExternalReference, "leads out of the document, which is not supported"),
                Lost::Malformed => (Code::DanglingReference, "is no JSON pointer"),
                Lost::Dangling => (Code::DanglingReference, "points at nothing"),
            };
            let message = format!("reference `{reference}` {what}");
            let help = if code == Code::DanglingReference { self.nearby(at, reference) } else { None };
            self.schemas.lost += 1;
            self.report.say_with(code, &at.place, message.clone(), help);
            message
        })
    }

    /// A component whose name is close to the one that was looked for.
    fn nearby(&self, at: &At<'a>, reference: &str) -> Option<String> {
        // Whoever has so many has another fault, and to look through all names for each would take its time.
        if self.schemas.lost >= ADVISED {
            return None;
        }
        let wanted = reference.rsplit('/').next()?.to_lowercase();
        let names = self.sources.get(at.document)?.tree.get("components")?.get("schemas")?.as_object()?;
        let close = |name: &&String| {
            let name = name.to_lowercase();
            name.starts_with(&wanted) || wanted.starts_with(&name)
        };
        names.keys().find(close).map(|name| format!("`{name}` is defined"))
    }

    fn refuse_cycle(&mut self, at: &At<'a>) -> Reason {
        let reason = "references lead round in a circle and describe nothing".to_owned();
        self.report.say(Code::ReferenceCycle, &at.place, reason.clone());
        reason
    }
}

/// Does the schema say more than attributes: members of its own beside `allOf`, `oneOf` or `anyOf`?
fn has_structure(at: &At<'_>) -> bool {
    let mut choices = 0;
    let members = at.node.as_object().into_iter().flatten();
    let structure = members.filter(|(key, value)| match key.as_str() {
        "allOf" | "oneOf" | "anyOf" => {
            choices += 1;
            false
        }
        "properties" | "items" | "additionalProperties" | "enum" | "required" => {
            value.as_object().is_none_or(|members| !members.is_empty())
        }
        _ => false,
    });
    let structure = structure.count() > 0;
    // Of a plain schema, which has no choices at all, there is nothing to follow either.
    structure || choices != 1
}
