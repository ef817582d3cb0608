//! Takes out of a recording what is secret or personal, and keeps the shape of it.
//!
//! What a value is, its key and its form say (`class`). Secrets go. What belongs to a person or a company is replaced by
//! something of the same shape (`disguise`): letters stay letters, digits digits, and what was the same stays the same.
//! A replacement depends on how many came before it, never on what it replaces, so it cannot be traced back. At last
//! `suspects` looks at the outcome afresh, and names what still looks as if it were not for others to see.

mod class;
mod disguise;
mod suspects;

use crate::infer::is_placeholder;
use crate::node::{Node, Number, Object, escape};

pub use class::Class;
#[cfg(test)]
pub(crate) use class::is_iban;
pub use suspects::Suspect;

use class::classify;
use disguise::Disguise;

/// A value that was replaced. What it was is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it stands.
    pub pointer: String,
    /// What it was.
    pub class: Class,
}

/// Replaces values, over all parts of one recording in the same way.
#[derive(Debug, Default)]
pub struct Scrubber {
    disguise: Disguise,
    /// Keys whose values are secret here.
    secret: Vec<String>,
    changes: Vec<Change>,
}

impl Scrubber {
    /// One that also takes the values of these keys for secrets.
    pub fn new(secret: Vec<String>) -> Self {
        Self { secret, ..Self::default() }
    }

    /// Replaces what stands in `value`, which is found at `at`; `key` is what it is called.
    pub fn scrub(&mut self, value: &mut Node, key: &str, at: &str) {
        self.value(value, &Names { parent: "", key }, at);
    }

    /// What was replaced so far.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What in `value` still looks secret or personal.
    pub fn suspects(&self, value: &Node) -> Vec<Suspect> {
        suspects::of(value, &self.disguise)
    }

    fn value(&mut self, value: &mut Node, names: &Names<'_>, at: &str) {
        match value {
            Node::Object(members) => self.object(members, names, at),
            Node::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.value(item, names, &format!("{at}/{index}"));
                }
            }
            Node::String(text) if !text.is_empty() && !is_placeholder(text) => {
                let class = if self.is_secret(names) { Some(Class::Secret) } else { classify(names, text) };
                let Some(class) = class else { return };
                let new = self.disguise.text(text, class);
                self.replace(value, Node::String(new), class, at);
            }
            Node::Number(number) => {
                let class =
                    if self.is_secret(names) { Some(Class::Secret) } else { class::of_number(names, number.as_str()) };
                let Some(class) = class else { return };
                let new = self.disguise.digits(number.as_str());
                let Some(new) = Number::parse(&new) else { return };
                self.replace(value, Node::Number(new), class, at);
            }
            Node::String(_) | Node::Null | Node::Bool(_) => {}
        }
    }

    fn object(&mut self, members: &mut Object, names: &Names<'_>, at: &str) {
        for (key, mut value) in std::mem::take(members) {
            // The keys of a map may be ids or addresses themselves.
            let new = match class::of_key(&key) {
                Some(class) => {
                    let new = self.disguise.text(&key, class);
                    self.changes.push(Change { pointer: format!("{at}/{}", escape(&new)), class });
                    new
                }
                None => key,
            };
            let inner = format!("{at}/{}", escape(&new));
            self.value(&mut value, &Names { parent: names.key, key: &new }, &inner);
            members.insert(new, value);
        }
    }

    fn replace(&mut self, value: &mut Node, new: Node, class: Class, at: &str) {
        if *value != new {
            *value = new;
            self.changes.push(Change { pointer: at.to_owned(), class });
        }
    }

    fn is_secret(&self, names: &Names<'_>) -> bool {
        self.secret.iter().any(|key| key == names.key)
    }
}

/// What a value is called, and what it stands in.
#[derive(Debug, Clone, Copy)]
struct Names<'a> {
    parent: &'a str,
    key: &'a str,
}
