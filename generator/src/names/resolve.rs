//! All names of one namespace at once.
//!
//! What needs a name brings its candidates, the mildest first. Pinned names are given first and are untouchable. Then,
//! round by round, each that has none yet asks for its next candidate; who asks alone gets it, and of several the one
//! with the strongest claim. Where claims are equal nobody gets it, as long as each has something better to tell it
//! apart; otherwise the smallest key does. Nobody's place in the document plays a part, so a re-ordered document changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::Ident;
use super::ident::{long_mark, mark};
use crate::ordered;

/// Something that needs a name.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What it is, told apart from everything else in this namespace, and the same whatever the order of the document.
    pub key: String,
    /// Names that would do, the mildest first; never empty.
    pub candidates: Vec<Ident>,
    /// Whoever has the lower number gets a name that several ask for in the same round.
    pub rank: u8,
    /// It has nothing better than its first candidate: among equals one of them gets it.
    pub firm: bool,
    /// The name that it has had before.
    pub pinned: Option<Ident>,
}

impl Wish {
    /// A wish for one of these names.
    pub fn new(key: impl Into<String>, candidates: Vec<Ident>) -> Self {
        Self { key: key.into(), candidates, rank: 0, firm: false, pinned: None }
    }
}

/// Gives each wish a name, none of them twice and none that is `taken`.
pub fn resolve(wishes: &[Wish], taken: &dyn Fn(&str) -> bool) -> BTreeMap<String, Ident> {
    let mut round = Round { given: BTreeMap::new(), used: BTreeSet::new(), taken };
    let mut open: BTreeMap<&str, &Wish> = ordered::map(wishes.iter().map(|wish| (wish.key.as_str(), wish)));
    for wish in open.values() {
        if let Some(name) = &wish.pinned {
            round.give(&wish.key, name.clone());
        }
    }
    let mut level = 0;
    loop {
        open.retain(|key, _| !round.given.contains_key(*key));
        if open.is_empty() {
            return round.given;
        }
        round.run(&open, level);
        level += 1;
    }
}

/// Keys that are told apart: the first of several that are the same stays as it is, those after it get a stroke each, and
/// from the fourth on a number, so that thousands of them stay short.
#[derive(Debug, Default)]
pub struct Apart {
    given: BTreeSet<String>,
    counts: BTreeMap<String, usize>,
}

impl Apart {
    /// `key`, or what it becomes because it was given before.
    pub fn key(&mut self, key: String) -> String {
        if self.given.insert(key.clone()) {
            return key;
        }
        let count = self.counts.entry(key.clone()).or_default();
        loop {
            *count += 1;
            let strokes = if *count <= 3 { "'".repeat(*count) } else { format!("'{count}") };
            let other = format!("{key}{strokes}");
            if self.given.insert(other.clone()) {
                return other;
            }
        }
    }
}

struct Round<'a> {
    given: BTreeMap<String, Ident>,
    used: BTreeSet<Ident>,
    taken: &'a dyn Fn(&str) -> bool,
}

impl Round<'_> {
    fn give(&mut self, key: &str, name: Ident) {
        if self.used.insert(name.clone()) {
            self.given.insert(key.to_owned(), name);
        }
    }

    fn run(&mut self, open: &BTreeMap<&str, &Wish>, level: usize) {
        let mut asked: BTreeMap<Ident, Vec<&Wish>> = BTreeMap::new();
        for wish in open.values() {
            if let Some(name) = candidate(wish, level) {
                asked.entry(name).or_default().push(wish);
            }
        }
        for (name, wishes) in asked {
            if self.used.contains(&name) || (self.taken)(name.as_str()) {
                continue;
            }
            let best = wishes.iter().map(|wish| wish.rank).min();
            let equals: Vec<&&Wish> = wishes.iter().filter(|wish| Some(wish.rank) == best).collect();
            let last = |wish: &&&Wish| wish.firm || level + 1 >= wish.candidates.len();
            // They come in the order of their keys.
            if let Some(wish) = equals.first().filter(|_| equals.len() == 1 || equals.iter().all(last)) {
                self.give(&wish.key, name);
            }
        }
    }
}

/// The candidate of a round; once they are used up, the last one with a mark of the key, another each time. There are
/// 65,536 short marks, so when a few did not help there are too many wishes for them.
fn candidate(wish: &Wish, level: usize) -> Option<Ident> {
    if let Some(name) = wish.candidates.get(level) {
        return Some(name.clone());
    }
    let salt = level - wish.candidates.len();
    let text = format!("{}{}", wish.key, "+".repeat(salt));
    let mark = if salt < SHORT_MARKS { mark(&text) } else { long_mark(&text) };
    wish.candidates.last().map(|name| name.with_suffix(&mark))
}

/// So many rounds try a short mark.
const SHORT_MARKS: usize = 4;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Apart, Wish, resolve};
    use crate::names::{Ident, Words};

    fn wish(key: &str, candidates: &[&str]) -> Wish {
        Wish::new(key, candidates.iter().map(|text| Ident::snake(&Words::of(text))).collect())
    }

    fn names(wishes: &[Wish]) -> Vec<String> {
        resolve(wishes, &|name| name == "extra").values().map(ToString::to_string).collect()
    }

    #[test]
    fn who_asks_alone_gets_it() {
        assert_eq!(
            names(&[wish("a", &["x", "a_x"]), wish("b", &["x", "b_x"]), wish("c", &["y"])]),
            ["a_x", "b_x", "y"]
        );
    }

    #[test]
    fn a_stronger_claim_wins() {
        let mut strong = wish("b", &["x"]);
        strong.rank = 0;
        let mut weak = wish("a", &["x", "a_x"]);
        weak.rank = 1;
        assert_eq!(names(&[weak, strong]), ["a_x", "x"]);
    }

    #[test]
    fn pinned_names_are_untouchable() {
        let mut old = wish("z", &["z"]);
        old.pinned = Ident::parse("x");
        assert_eq!(names(&[wish("a", &["x", "a_x"]), old]), ["a_x", "x"]);
    }

    #[test]
    fn more_wishes_than_short_marks_are_all_fulfilled() {
        let wishes: Vec<Wish> = (0..70_000).map(|n| wish(&n.to_string(), &["x"])).collect();
        let names = resolve(&wishes, &|_| false);
        let different: BTreeSet<&Ident> = names.values().collect();
        assert_eq!((names.len(), different.len()), (70_000, 70_000));
    }

    #[test]
    fn equal_keys_are_told_apart_and_stay_short() {
        let mut apart = Apart::default();
        let keys = ["a", "a", "a'", "b", "a", "a", "a"].map(|key| apart.key(key.to_owned()));
        assert_eq!(keys, ["a", "a'", "a''", "b", "a'''", "a'4", "a'5"]);
        let longest = (0..10_000).map(|_| apart.key("a".to_owned()).len()).max();
        assert_eq!(longest, Some("a'10005".len()));
    }

    #[test]
    fn the_last_resort_depends_on_the_key_alone() {
        let alone = names(&[wish("a", &["x"]), wish("b", &["x"])]);
        assert!(alone[0] == "x" && alone[1].starts_with("x_x"));
        assert_eq!(names(&[wish("b", &["x"]), wish("a", &["x"])]), alone);
        assert!(names(&[wish("a", &["extra"])])[0].starts_with("extra_x"));
    }
}
