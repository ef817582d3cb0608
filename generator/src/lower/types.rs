//! Names of types: candidates from every place where a type was reached, resolved all together.
//!
//! A named schema has its own name. What stands inside of something is called by its parents and itself, overlaps said
//! once: `SalesInvoice` + `invoice_lines` = `SalesInvoiceLine`. What is the same in several places is called by what the
//! places have in common: their last word if it is the same everywhere, else the beginning and the end that they share,
//! else the shortest of the names that it would have in one place alone. The role comes on top: `New…`, `…Update`.

use std::collections::{BTreeMap, BTreeSet};

use super::reach::{Found, Origin, Reached};
use crate::ir;
use crate::names::ident::RESERVED_TYPES;
use crate::names::lock::{Entry, Kind};
use crate::names::resolve::{Apart, Wish, resolve};
use crate::names::{ApiNames, Ident, Words};
use crate::ordered;
use crate::rust::Role;

/// The name of a type, and the key under which it is kept.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub name: Ident,
    pub kind: Kind,
    pub key: String,
}

/// Which list of `names.lock` a type stands in.
fn kind(role: Option<Role>) -> Kind {
    match role {
        None => Kind::Enum,
        Some(Role::Reply) => Kind::Reply,
        Some(Role::Create) => Kind::Create,
        Some(Role::Update) => Kind::Update,
    }
}

/// Names every type; the answer is parallel to [`Found::types`].
pub(super) fn name(api: &ir::Api, found: &Found, kept: &ApiNames) -> Vec<Named> {
    let keys = keys(found, kept);
    let wishes: Vec<Wish> = found
        .types
        .iter()
        .zip(&keys)
        .map(|(ty, (kind, key))| {
            let mut wish = Wish::new(id(*kind, key), candidates(found, ty));
            wish.rank = rank(api, ty);
            wish.firm = api.schema(ty.schema).name.is_some();
            wish.pinned = kept.name(*kind, key, 0).cloned();
            wish
        })
        .collect();
    let names = resolve(&wishes, &|name| RESERVED_TYPES.contains(&name));
    let named = keys.into_iter().map(|(kind, key)| {
        // Every wish is fulfilled; the fallback only keeps the types free of a panic.
        let name = names.get(&id(kind, &key)).cloned().unwrap_or_else(|| Ident::camel(&Words::of(&key)));
        Named { name, kind, key }
    });
    named.collect()
}

fn id(kind: Kind, key: &str) -> String {
    format!("{kind:?} {key}")
}

/// The key of each type: the one under which it was kept, else the smallest of its places.
fn keys(found: &Found, kept: &ApiNames) -> Vec<(Kind, String)> {
    // Only two choices of one union that nothing tells apart have the same key.
    let mut apart: BTreeMap<Kind, Apart> = BTreeMap::new();
    let mut keys = Vec::with_capacity(found.types.len());
    for ty in &found.types {
        let kind = kind(ty.role);
        let smallest = ty.origins.keys().min_by_key(|key| (key.len(), key.as_str()));
        let before = ty.origins.keys().filter(|key| kept.get(kind, key).is_some());
        let key = before.min_by_key(|key| (key.len(), key.as_str())).or(smallest).cloned().unwrap_or_default();
        keys.push((kind, apart.entry(kind).or_default().key(key)));
    }
    keys
}

/// Who has the stronger claim to a name.
fn rank(api: &ir::Api, ty: &Reached) -> u8 {
    match &api.schema(ty.schema).name {
        Some(name) if ty.origins.values().any(|origin| origin.words.camel() == *name) => 0,
        Some(_) => 1,
        // A whole body or reply before what is only a part of one.
        None if ty.origins.values().all(|origin| origin.also.is_some()) => 2,
        None if ty.origins.len() == 1 => 3,
        None => 4,
    }
}

fn candidates(found: &Found, ty: &Reached) -> Vec<Ident> {
    let own = ty.role == Some(Role::Create) && ty.origins.values().all(|origin| origin.own) && !answered(found, ty);
    let mut names = Vec::new();
    let mut add = |words: &Words| {
        let name = Ident::camel(&affixed(words, ty.role, own));
        if !words.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    };
    let origins: Vec<&Origin> = ty.origins.values().collect();
    if let [_, _, ..] = origins.as_slice() {
        shared(&origins).iter().for_each(&mut add);
        siblings(ty).iter().flat_map(|siblings| shared(siblings)).for_each(|words| add(&words));
    }
    let mut alone: Vec<&Words> = origins.iter().map(|origin| &origin.words).collect();
    alone.sort_by_key(|words| (words.camel().len(), words.camel()));
    alone.iter().take(4).for_each(|words| add(words));
    // Where the short name is another's, what tells a part from the whole comes before a name that stutters.
    for (key, origin) in ty.origins.iter().filter(|(_, origin)| origin.step.is_some() && origin.long != origin.words) {
        add(&origin.words.then(&Words::of(if key.ends_with("[]") { "item" } else { "part" })));
    }
    let mut long: Vec<&Words> = origins.iter().map(|origin| &origin.long).collect();
    long.sort_by_key(|words| (words.camel().len(), words.camel()));
    long.iter().take(2).for_each(|words| add(words));
    if let Some(words) = alone.first() {
        add(&words.then(&Words::of("model")));
    }
    let also = origins.iter().filter_map(|origin| origin.also.as_ref()).map(Ident::camel);
    names.extend(also);
    names
}

/// Is the same schema in replies, too? Then the name without anything is taken.
fn answered(found: &Found, ty: &Reached) -> bool {
    found.of(ty.schema, Role::Reply).is_some() || found.of(ty.schema, Role::Update).is_some()
}

fn affixed(words: &Words, role: Option<Role>, own: bool) -> Words {
    let first = words.iter().next();
    match role {
        Some(Role::Create) if !own && words.last() != Some("request") && first != Some("new") => {
            Words::of("new").then(words)
        }
        Some(Role::Update) if words.last() != Some("update") => words.then(&Words::of("update")),
        _ => words.clone(),
    }
}

/// Names for what is the same in several places.
fn shared(origins: &[&Origin]) -> Vec<Words> {
    let steps: BTreeSet<Option<&Words>> = ordered::set(origins.iter().map(|origin| origin.step.as_ref()));
    let steps: Option<Vec<&Words>> = steps.into_iter().collect();
    let Some(steps) = steps else { return Vec::new() };
    if let [step] = steps.as_slice() {
        return vec![(*step).clone()];
    }
    let chains: Vec<&Words> = origins.iter().map(|origin| &origin.words).collect();
    let (head, tail) = (common_head(&chains), Words::common_tail(chains.iter().copied()));
    let shortest = chains.iter().map(|words| words.len()).min().unwrap_or(0);
    if !head.is_empty() && !tail.is_empty() && head.len() + tail.len() <= shortest {
        vec![head.then(&tail)]
    } else if tail.len() > 1 {
        vec![tail]
    } else {
        Vec::new()
    }
}

/// Places side by side in one parent, where the other places have nothing in common with them: the main and the delivery
/// address of a contact are a contact's addresses, whatever else has such an address.
fn siblings(ty: &Reached) -> Option<Vec<&Origin>> {
    let mut groups: BTreeMap<&str, Vec<&Origin>> = BTreeMap::new();
    for (key, origin) in ty.origins.iter().filter(|(_, origin)| origin.step.is_some()) {
        let parent = key.rsplit_once('/').map_or("", |(parent, _)| parent);
        groups.entry(parent).or_default().push(origin);
    }
    let mut groups: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
    // Of several such parents none has a better claim.
    if groups.len() == 1 { groups.pop() } else { None }
}

fn common_head(lists: &[&Words]) -> Words {
    let reversed: Vec<Words> = lists.iter().map(|words| words.reversed()).collect();
    Words::common_tail(&reversed).reversed()
}

/// The names inside one type: `wire` name to identifier.
pub(super) type Members = BTreeMap<String, Ident>;

/// Names what is inside a type. `plain` converts a spelling; `taken` are names that are used otherwise.
pub(super) fn members<'a>(
    wires: impl IntoIterator<Item = &'a str>,
    kept: Option<&Entry>,
    plain: impl Fn(&str) -> Ident,
    candidates: impl Fn(&str) -> Vec<Ident>,
    taken: &dyn Fn(&str) -> bool,
) -> Members {
    let wires: Vec<&str> = wires.into_iter().collect();
    if let Some(members) = plain_members(&wires, kept, &plain, taken) {
        return members;
    }
    let wishes: Vec<Wish> = wires
        .into_iter()
        .map(|wire| {
            let mut wish = Wish::new(wire, candidates(wire));
            // A name that is spelled as it would be in Rust comes before those that have to be changed.
            wish.rank = u8::from(wish.candidates.first().is_none_or(|name| name.as_str() != wire));
            wish.pinned = kept.and_then(|entry| entry.members.get(wire)).cloned();
            wish
        })
        .collect();
    resolve(&wishes, taken)
}

/// The names if nothing stands in the way of any of them, as is nearly always so.
fn plain_members(
    wires: &[&str],
    kept: Option<&Entry>,
    plain: &dyn Fn(&str) -> Ident,
    taken: &dyn Fn(&str) -> bool,
) -> Option<Members> {
    let mut used = BTreeSet::new();
    let mut members = Members::new();
    for wire in wires {
        let name = plain(wire);
        let pinned = kept.and_then(|entry| entry.members.get(*wire));
        let free = !taken(name.as_str()) && pinned.is_none_or(|pinned| *pinned == name);
        if !free || members.insert((*wire).to_owned(), name.clone()).is_some() || !used.insert(name) {
            return None;
        }
    }
    Some(members)
}

/// How a field is called if nothing stands in the way.
pub(super) fn plain_value(wire: &str) -> Ident {
    Ident::snake(&Words::of(wire))
}

/// How a variant is called if nothing stands in the way.
pub(super) fn plain_variant(value: &str) -> Ident {
    variant_names(value).swap_remove(0)
}

/// Candidates for a field, an argument or a setter.
pub(super) fn value_names(wire: &str) -> Vec<Ident> {
    let words = Words::of(wire);
    let plain = Ident::snake(&words);
    let spelled = Ident::snake(&Words::spelled(wire));
    let value = plain.with_suffix("value");
    if spelled == plain { vec![plain, value] } else { vec![plain, spelled, value] }
}

/// Candidates for a variant.
pub(super) fn variant_names(value: &str) -> Vec<Ident> {
    let words = Words::of(value);
    let plain = Ident::camel(&words);
    let mut names = Vec::new();
    // Sort orders put a minus before what is descending.
    if value.starts_with('-') && !Words::new(value).is_empty() && value[1..].starts_with(|c: char| c.is_alphabetic()) {
        names.push(Ident::camel(&words.then(&Words::of("descending"))));
    } else if value.starts_with('-') && value[1..].starts_with(|c: char| c.is_ascii_digit()) {
        names.push(Ident::camel(&Words::of("minus").then(&words)));
    }
    names.extend([plain.clone(), Ident::camel(&Words::spelled(value)), plain.with_suffix("Value")]);
    names.dedup();
    names
}
