//! Objects of one shape, and their names.
//!
//! Every object of every root is put to those that it is alike with, in the order of places, and remembers its group. Then
//! each group that is worth a name is described once, and the objects that were put to it refer to it. What becomes one
//! object only there, because the objects around it are of one shape, refers to a group if all of it was put to that one.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Evidence, Objects};
use super::{Inferred, Role, Root, Shared, maps, render};
use crate::names::Words;
use crate::node::escape;
use crate::ordered;

/// Objects with the same keys may be of so many shapes; what is alike with none of them stays where it is.
const MOST_SHAPES: usize = 16;

/// What is put to another group may bring objects together in that one; further than this none is followed.
const ROUNDS: usize = 8;

pub(super) fn share(mut roots: Vec<Root>, taken: &BTreeSet<String>) -> Shared {
    let mut groups = Groups::default();
    for index in in_order(&roots) {
        groups.add_root(&mut roots[index]);
    }
    groups.join_same_names();
    groups.settle();
    groups.name(taken);
    let mut shared = Shared::default();
    groups.describe(&mut shared);
    shared.components.sort_unstable_keys();
    shared.roots = roots.into_iter().map(|root| groups.refer(root)).collect();
    shared
}

/// By name and place, so that it makes no difference in which order they were given.
fn in_order(roots: &[Root]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..roots.len()).collect();
    order.sort_by_key(|&index| {
        let root = &roots[index];
        (&root.name, root.role, &root.inferred.evidence.place)
    });
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
    roots: BTreeSet<RootKey>,
    /// The names of the properties in which it stands, and of those with what they stand in before them.
    hints: BTreeSet<(Words, Words)>,
    /// In how many places it stands.
    places: usize,
    /// The group that it was joined to.
    joined: Option<GroupId>,
    name: Option<String>,
}

impl Groups {
    fn add_root(&mut self, root: &mut Root) {
        let name = Words::of(&root.name);
        let whole = whole(&root.inferred.evidence);
        let key = (root.role, root.name.clone());
        self.add_value(&mut root.inferred.evidence, (whole, &key), &name, &name);
    }

    /// Adds the objects that stand in something.
    fn add_inside(&mut self, evidence: &mut Evidence, (whole, root): (Whole, &RootKey), parent: &Words) {
        if let Some(items) = &mut evidence.list {
            let whole = if whole == Whole::Items { Whole::Here } else { Whole::Elsewhere };
            self.add_value(items, (whole, root), parent, &parent.singular());
        }
        let Some(objects) = &mut evidence.objects else { return };
        let map = maps::values(objects).is_some();
        for (key, value) in &mut objects.members {
            // Items of an envelope are called after the list, values of a map after the map.
            let outer = map || matches!(key.as_str(), "$items" | "value");
            let hint = if outer { parent.clone() } else { Words::of(key) };
            let listed = matches!(whole, Whole::ItemsOf(name) if name == key);
            let whole = if listed { Whole::Items } else { Whole::Elsewhere };
            self.add_value(value, (whole, root), parent, &hint);
        }
    }

    /// Adds what stands in a value, and then the value: what is put to a group knows the groups of what is in it.
    fn add_value(&mut self, value: &mut Evidence, (whole, root): (Whole, &RootKey), parent: &Words, hint: &Words) {
        self.add_inside(value, (whole, root), hint);
        if let Some(group) = self.add(value) {
            let group = &mut self.all[group];
            if whole == Whole::Here {
                group.roots.insert(root.clone());
            } else {
                group.places += 1;
                group.hints.insert((hint.clone(), parent.overlap(hint)));
            }
        }
    }

    /// Puts objects to those that they are alike with.
    fn add(&mut self, evidence: &mut Evidence) -> Option<GroupId> {
        let group = self.group_of(evidence);
        if let Some(objects) = &mut evidence.objects {
            objects.put_to(group);
        }
        let group = group?;
        self.all[group].evidence.join(without_null(evidence));
        Some(group)
    }

    /// The group that is alike, or a new one.
    fn group_of(&mut self, evidence: &Evidence) -> Option<GroupId> {
        let objects = evidence.only_objects().filter(|objects| has_shape(objects))?;
        let known = self.by_keys.entry(keys(objects)).or_default();
        if let Some(&group) = known.iter().find(|&&group| alike(&self.all[group].evidence, evidence)) {
            return Some(group);
        }
        if known.len() >= MOST_SHAPES {
            return None;
        }
        let group = self.all.len();
        known.push(group);
        self.all.push(Group {
            evidence: Evidence::default(),
            roots: BTreeSet::new(),
            hints: BTreeSet::new(),
            places: 0,
            joined: None,
            name: None,
        });
        Some(group)
    }

    /// Roots of one name are of one shape if one has most keys of the other, and nothing contradicts it.
    fn join_same_names(&mut self) {
        let mut named: BTreeMap<RootKey, Vec<GroupId>> = BTreeMap::new();
        for (id, group) in self.all.iter().enumerate() {
            for root in &group.roots {
                named.entry(root.clone()).or_default().push(id);
            }
        }
        for mut ids in named.into_values() {
            // The one with the most keys takes the others in.
            ids.sort_by_cached_key(|&id| {
                let keys = self.keys_of(id);
                (std::cmp::Reverse(keys.len()), keys)
            });
            let Some((&into, others)) = ids.split_first() else { continue };
            for &id in others {
                let same = self.all[id].joined.is_none()
                    && self.all[into].joined.is_none()
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
        self.all[id].joined = Some(into);
        let group = &mut self.all[into];
        group.evidence.join(evidence);
        group.roots.extend(roots);
        group.hints.extend(hints);
        group.places += places;
    }

    /// Puts what became one object in a group, of objects of several, to the one of these that has all its keys.
    fn settle(&mut self) {
        for _ in 0..ROUNDS {
            let mut moved: Vec<(GroupId, Evidence)> = Vec::new();
            for id in 0..self.all.len() {
                let mut evidence = std::mem::take(&mut self.all[id].evidence);
                each_inside(&mut evidence, &mut |inside| {
                    let target = self.settled(inside).filter(|&target| target != id);
                    if let (Some(target), Some(objects)) = (target, &mut inside.objects) {
                        objects.put_to(Some(target));
                        moved.push((target, without_null(inside)));
                    }
                });
                self.all[id].evidence = evidence;
            }
            if moved.is_empty() {
                break;
            }
            for (target, evidence) in moved {
                self.all[target].evidence.join(evidence);
            }
        }
    }

    /// The group that has all keys of these objects, of several that they were put to.
    fn settled(&self, evidence: &Evidence) -> Option<GroupId> {
        let objects = evidence.only_objects().filter(|objects| self.holding(objects).is_none())?;
        let keys = keys(objects);
        let mut groups = objects.groups().iter().map(|&group| self.joined(group));
        groups.find(|&group| self.keys_of(group) == keys && alike(&self.all[group].evidence, evidence))
    }

    /// The group that holds all of these objects, if there is one.
    fn holding(&self, objects: &Objects) -> Option<GroupId> {
        let mut groups = objects.groups().iter().map(|&group| self.joined(group));
        let first = groups.next()?;
        groups.all(|other| other == first).then_some(first)
    }

    /// The group, or the one that it was joined to.
    fn joined(&self, mut id: GroupId) -> GroupId {
        while let Some(into) = self.all[id].joined {
            id = into;
        }
        id
    }

    /// Names the groups that are worth it: roots first, then what stands in several places.
    fn name(&mut self, taken: &BTreeSet<String>) {
        let mut used: BTreeSet<Words> = ordered::set(taken.iter().map(|name| Words::of(name)));
        let mut order: Vec<GroupId> = (0..self.all.len()).collect();
        order
            .retain(|&id| self.all[id].joined.is_none() && (!self.all[id].roots.is_empty() || self.all[id].places > 1));
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
        let short: BTreeSet<&Words> = ordered::set(group.hints.iter().map(|(hint, _)| hint));
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
        let group = self.groups.holding(objects)?;
        // What is answered may leave properties out; what may be sent is what was sent.
        let fits = self.role == Role::Reply || self.groups.keys_of(group) == keys(objects);
        self.groups.all[group].name.as_deref().filter(|_| fits)
    }
}

/// The direction and the name of a root.
type RootKey = (Role, String);

/// Where, in a value, stands what its root consists of or is a list of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    /// It is the value.
    Here,
    /// It is what the value lists.
    Items,
    /// It is what the list in this member lists.
    ItemsOf(&'static str),
    /// It is not in there.
    Elsewhere,
}

/// What a root consists of or is a list of, through an envelope.
fn whole(evidence: &Evidence) -> Whole {
    if evidence.list.is_some() {
        return Whole::Items;
    }
    let envelope = evidence.objects.as_deref().filter(|objects| is_envelope(objects));
    let list = |objects: &Objects| {
        ["$items", "value"].into_iter().find(|key| objects.members.get(*key).is_some_and(|value| value.list.is_some()))
    };
    envelope.and_then(list).map_or(Whole::Here, Whole::ItemsOf)
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

/// What stands in a value, from the inside to the outside.
fn each_inside(evidence: &mut Evidence, f: &mut impl FnMut(&mut Evidence)) {
    let list = evidence.list.as_deref_mut().into_iter();
    let members = evidence.objects.as_deref_mut().into_iter().flat_map(|objects| objects.members.values_mut());
    for inside in list.chain(members) {
        each_inside(inside, f);
        f(inside);
    }
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
