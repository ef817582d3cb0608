//! Maps and sets that are sorted by their keys, of what comes in any order.
//!
//! `collect` and `from` do the same, but sort what comes before they build the map: a sorting algorithm is compiled for each
//! type of entry, and there are some seventy. `docs/decisions/0018` says what that cost the first build.

use std::collections::{BTreeMap, BTreeSet};

/// The map of these entries; of several with one key the last counts.
pub(crate) fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}

/// The set of these items.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for item in items {
        set.insert(item);
    }
    set
}
