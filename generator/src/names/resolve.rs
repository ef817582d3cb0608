//! All names of one namespace at once.
//!
//! What needs a name brings its candidates, the mildest first. Pinned names are given first and are untouchable. Then,
//! round by round, each that has none yet asks for its next candidate; who asks alone gets it, and of several the one
//! with the strongest claim. Where claims are equal nobody gets it, as long as each has something better to tell it
//! apart; otherwise the smallest key does. Nobody's place in the document plays a part, so a re-ordered document changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::Ident;
use super::ident::mark;

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
    let mut open: BTreeMap<&str, &Wish> = wishes.iter().map(|wish| (wish.key.as_str(), wish)).collect();
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

/// The candidate of a round; once they are used up, the last one with a mark of the key, longer each time.
fn candidate(wish: &Wish, level: usize) -> Option<Ident> {
    if let Some(name) = wish.candidates.get(level) {
        return Some(name.clone());
    }
    let salt = level - wish.candidates.len();
    let text = format!("{}{}", wish.key, "+".repeat(salt));
    wish.candidates.last().map(|name| name.with_suffix(&mark(&text)))
}

#[cfg(test)]
mod tests {
    use super::{Wish, resolve};
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
    fn the_last_resort_depends_on_the_key_alone() {
        let alone = names(&[wish("a", &["x"]), wish("b", &["x"])]);
        assert!(alone[0] == "x" && alone[1].starts_with("x_x"));
        assert_eq!(names(&[wish("b", &["x"]), wish("a", &["x"])]), alone);
        assert!(names(&[wish("a", &["extra"])])[0].starts_with("extra_x"));
    }
}
