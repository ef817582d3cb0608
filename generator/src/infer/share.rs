//! Objects of one shape, and their names.
//!
//! Every object of every root is put to those that it is alike with, in the order of places. Then each such group that is
//! worth a name is described once, and whatever is alike with it refers to it.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Evidence, Objects};
use super::{Inferred, Role, Root, Shared, maps, render};
use crate::names::Words;
use crate::node::escape;

/// Objects with the same keys may be of so many shapes; what is alike with none of them stays where it is.
const MOST_SHAPES: usize = 16;

pub(super) fn share(roots: Vec<Root>, taken: &BTreeSet<String>) -> Shared {
    let mut groups = Groups::default();
    for root in in_order(&roots) {
        groups.add_root(root);
    }
    groups.join_same_names();
    groups.name(taken);
    let mut shared = Shared::default();
    groups.describe(&mut shared);
    shared.components.sort_unstable_keys();
    shared.roots = roots.into_iter().map(|root| groups.refer(root)).collect();
    shared
}

/// By name and place, so that it makes no difference in which order they were given.
fn in_order(roots: &[Root]) -> Vec<&Root> {
    let mut order: Vec<&Root> = roots.iter().collect();
    order.sort_by_key(|root| (&root.name, root.role, &root.inferred.evidence.place));
    order
}

/// The keys of objects, in order.
type Keys = Vec<String>;

/// Index of a group.
type GroupId = usize;

#[derive(Default)]
struct Groups {
    all: Vec<Group>,
    by_keys: BTreeMap<Keys, Vec<GroupId>>,
}

/// Objects of one shape.
struct Group {
    evidence: Evidence,
    /// The names of the roots that it is, or is listed by.
    roots: BTreeSet<(Role, String)>,
    /// The names of the properties in which it stands, and of those with what they stand in before them.
    hints: BTreeSet<(Words, Words)>,
    /// In how many places it stands.
    places: usize,
    /// Joined to another.
    is_gone: bool,
    name: Option<String>,
}

impl Groups {
    fn add_root(&mut self, root: &Root) {
        let evidence = &root.inferred.evidence;
        let name = Words::of(&root.name);
        let whole = whole(evidence);
        if let Some(group) = whole.and_then(|whole| self.add(whole)) {
            self.all[group].roots.insert((root.role, root.name.clone()));
        }
        self.add_inside(evidence, whole, &name);
    }

    /// Adds the objects that stand in something, except for `done`.
    fn add_inside(&mut self, evidence: &Evidence, done: Option<&Evidence>, parent: &Words) {
        if let Some(items) = &evidence.list {
            self.add_value(items, done, parent, &parent.singular());
        }
        let Some(objects) = &evidence.objects else { return };
        let map = maps::values(objects).is_some();
        for (key, value) in &objects.members {
            // Items of an envelope are called after the list, values of a map after the map.
            let outer = map || matches!(key.as_str(), "$items" | "value");
            let hint = if outer { parent.clone() } else { Words::of(key) };
            self.add_value(value, done, parent, &hint);
        }
    }

    fn add_value(&mut self, value: &Evidence, done: Option<&Evidence>, parent: &Words, hint: &Words) {
        let again = done.is_some_and(|done| std::ptr::eq(done, value));
        if !again && let Some(group) = self.add(value) {
            let group = &mut self.all[group];
            group.places += 1;
            group.hints.insert((hint.clone(), parent.overlap(hint)));
        }
        self.add_inside(value, done, hint);
    }

    /// Puts objects to those that they are alike with.
    fn add(&mut self, evidence: &Evidence) -> Option<GroupId> {
        let objects = evidence.only_objects().filter(|objects| has_shape(objects))?;
        let keys = keys(objects);
        let known = self.by_keys.entry(keys).or_default();
        if let Some(&group) = known.iter().find(|&&group| alike(&self.all[group].evidence, evidence)) {
            self.all[group].evidence.join(without_null(evidence));
            return Some(group);
        }
        if known.len() >= MOST_SHAPES {
            return None;
        }
        let group = self.all.len();
        known.push(group);
        self.all.push(Group {
            evidence: without_null(evidence),
            roots: BTreeSet::new(),
            hints: BTreeSet::new(),
            places: 0,
            is_gone: false,
            name: None,
        });
        Some(group)
    }

    /// Roots of one name are of one shape if one has most keys of the other, and nothing contradicts it.
    fn join_same_names(&mut self) {
        let mut named: BTreeMap<(Role, String), Vec<GroupId>> = BTreeMap::new();
        for (id, group) in self.all.iter().enumerate() {
            for root in &group.roots {
                named.entry(root.clone()).or_default().push(id);
            }
        }
        for mut ids in named.into_values() {
            // The one with the most keys takes the others in.
            ids.sort_by_key(|&id| (std::cmp::Reverse(self.keys_of(id).len()), self.keys_of(id)));
            let Some((&into, others)) = ids.split_first() else { continue };
            for &id in others {
                let same = !self.all[id].is_gone
                    && !self.all[into].is_gone
                    && overlap(&self.keys_of(into), &self.keys_of(id))
                    && alike(&self.all[into].evidence, &self.all[id].evidence);
                if same {
                    self.join(into, id);
                }
            }
        }
    }

    fn keys_of(&self, id: GroupId) -> Keys {
        let group = &self.all[id];
        group.evidence.only_objects().map_or_else(Vec::new, keys)
    }

    fn join(&mut self, into: GroupId, id: GroupId) {
        let evidence = std::mem::take(&mut self.all[id].evidence);
        let roots = std::mem::take(&mut self.all[id].roots);
        let hints = std::mem::take(&mut self.all[id].hints);
        let places = self.all[id].places;
        self.all[id].is_gone = true;
        let group = &mut self.all[into];
        group.evidence.join(evidence);
        group.roots.extend(roots);
        group.hints.extend(hints);
        group.places += places;
        for known in self.by_keys.values_mut() {
            known.iter_mut().filter(|known| **known == id).for_each(|known| *known = into);
        }
        let keys = self.keys_of(into);
        let known = self.by_keys.entry(keys).or_default();
        if !known.contains(&into) {
            known.push(into);
        }
    }

    /// Names the groups that are worth it: roots first, then what stands in several places.
    fn name(&mut self, taken: &BTreeSet<String>) {
        let mut used: BTreeSet<Words> = taken.iter().map(|name| Words::of(name)).collect();
        let mut order: Vec<GroupId> = (0..self.all.len()).collect();
        order.retain(|&id| !self.all[id].is_gone && (!self.all[id].roots.is_empty() || self.all[id].places > 1));
        // What is answered keeps its name before what is sent.
        let sent = |id: GroupId| self.all[id].roots.iter().all(|(role, _)| *role == Role::Request);
        let rank = |id: GroupId| (self.all[id].roots.is_empty(), sent(id));
        order.sort_by_cached_key(|&id| (rank(id), self.candidates(id), self.keys_of(id)));
        for id in order {
            let candidates = self.candidates(id);
            let free = candidates.iter().find(|name| !name.is_empty() && !used.contains(name)).cloned();
            let name = free.unwrap_or_else(|| {
                let first = candidates.last().cloned().unwrap_or_default();
                let numbered = (2..).map(|number: u32| first.then(&Words::of(&number.to_string())));
                numbered.into_iter().find(|name| !used.contains(name)).unwrap_or(first)
            });
            self.all[id].name = Some(name.snake());
            used.insert(name);
        }
    }

    /// What a group may be called, the best first.
    fn candidates(&self, id: GroupId) -> Vec<Words> {
        let group = &self.all[id];
        let mut names: Vec<Words> = group.roots.iter().map(|(_, name)| Words::of(name)).collect();
        // Where the name is another's, the direction tells them apart.
        names.extend(group.roots.iter().map(|(role, name)| {
            let direction = if *role == Role::Request { "request" } else { "reply" };
            Words::of(name).then(&Words::of(direction))
        }));
        let short: BTreeSet<&Words> = group.hints.iter().map(|(hint, _)| hint).collect();
        match short.iter().collect::<Vec<_>>().as_slice() {
            [] => {}
            [one] => names.push((**one).clone()),
            several => {
                names.push(Words::common_tail(several.iter().map(|words| **words)));
                let keys = self.keys_of(id);
                if keys.len() <= 3 {
                    names.push(Words::of(&keys.join("_")));
                }
            }
        }
        let mut long: Vec<&Words> = group.hints.iter().flat_map(|(hint, long)| [hint, long]).collect();
        long.sort_by_key(|words| (words.snake().len(), words.snake()));
        names.extend(long.into_iter().cloned());
        names.retain(|name| !name.is_empty());
        names.push(Words::of(&self.keys_of(id).join("_")));
        names
    }

    fn describe(&self, shared: &mut Shared) {
        for group in &self.all {
            // What was answered somewhere is described as it is answered.
            let sent = !group.roots.is_empty() && group.roots.iter().all(|(role, _)| *role == Role::Request);
            let named = Named { groups: self, role: if sent { Role::Request } else { Role::Reply } };
            let Some(name) = &group.name else { continue };
            let (schema, places) = render::component(&group.evidence, &named);
            shared.components.insert(name.clone(), schema);
            let places = places.into_iter().map(|(at, place)| (format!("/{}{at}", escape(name)), place));
            shared.places.extend(places);
        }
    }

    fn refer(&self, root: Root) -> Inferred {
        let evidence = root.inferred.evidence;
        let (schema, places) = render::with(&evidence, &Named { groups: self, role: root.role });
        Inferred { schema, places, evidence }
    }
}

/// The groups, for what goes in this direction.
struct Named<'a> {
    groups: &'a Groups,
    role: Role,
}

impl render::Names for Named<'_> {
    fn name(&self, objects: &Objects) -> Option<&str> {
        let keys = keys(objects);
        let known = self.groups.by_keys.get(&keys)?.iter().copied().find(|&id| {
            let known = self.groups.all[id].evidence.only_objects();
            known.is_some_and(|known| alike_objects(known, objects))
        })?;
        // What is answered may leave properties out; what may be sent is what was sent.
        let fits = self.role == Role::Reply || self.groups.keys_of(known) == keys;
        self.groups.all[known].name.as_deref().filter(|_| fits)
    }
}

/// What a root consists of or is a list of, through an envelope.
fn whole(evidence: &Evidence) -> Option<&Evidence> {
    if let Some(items) = &evidence.list {
        return Some(items);
    }
    let objects = evidence.objects.as_deref()?;
    match ["$items", "value"].iter().find_map(|key| objects.members.get(*key)?.list.as_deref()) {
        Some(items) if is_envelope(objects) => Some(items),
        _ => Some(evidence),
    }
}

fn is_envelope(objects: &Objects) -> bool {
    let items =
        ["$items", "value"].iter().any(|key| objects.members.get(*key).is_some_and(|value| value.list.is_some()));
    let beside = |key: &String| key.starts_with(['$', '@']) || key == "value" || key.starts_with("odata.");
    items && objects.members.keys().all(beside)
}

/// Maps, envelopes and objects in which nothing was ever seen have no shape to be known by.
fn has_shape(objects: &Objects) -> bool {
    !objects.members.is_empty() && maps::values(objects).is_none() && !is_envelope(objects)
}

fn keys(objects: &Objects) -> Keys {
    let mut keys: Vec<String> = objects.members.keys().cloned().collect();
    keys.sort_unstable();
    keys
}

/// Has one most of the other's keys? Both are sorted.
fn overlap(large: &[String], small: &[String]) -> bool {
    let common = small.iter().filter(|key| large.binary_search(key).is_ok()).count();
    common == small.len() || common * 2 >= large.len()
}

/// A component is an object; that one is missing in some place belongs to the place.
fn without_null(evidence: &Evidence) -> Evidence {
    Evidence { null: false, ..evidence.clone() }
}

/// Does nothing in one contradict the other?
fn alike(a: &Evidence, b: &Evidence) -> bool {
    let kinds = |evidence: &Evidence| {
        [
            evidence.boolean,
            evidence.numbers.kind().is_some(),
            evidence.texts.is_any(),
            evidence.list.is_some(),
            evidence.objects.is_some(),
        ]
    };
    let (left, right) = (kinds(a), kinds(b));
    let nothing = |kinds: [bool; 5]| kinds == [false; 5];
    if nothing(left) || nothing(right) {
        return true;
    }
    let same = left == right;
    let lists = match (&a.list, &b.list) {
        (Some(a), Some(b)) => alike(a, b),
        _ => true,
    };
    let objects = match (&a.objects, &b.objects) {
        (Some(a), Some(b)) => alike_objects(a, b),
        _ => true,
    };
    same && lists && objects
}

/// Objects inside of objects of one shape are alike if one has all keys of the other.
fn alike_objects(a: &Objects, b: &Objects) -> bool {
    match (maps::values(a), maps::values(b)) {
        (Some(a), Some(b)) => return alike(&a, &b),
        (None, None) => {}
        _ => return a.members.is_empty() || b.members.is_empty(),
    }
    let (large, small) = if a.members.len() >= b.members.len() { (a, b) } else { (b, a) };
    let known = small.members.iter().filter_map(|(key, value)| Some((large.members.get(key)?, value)));
    let pairs: Vec<_> = known.collect();
    let enough = pairs.len() == small.members.len() || pairs.len() * 2 >= large.members.len();
    enough && pairs.into_iter().all(|(a, b)| alike(a, b))
}
