//! What still looks as if it were not for others to see: asked of the outcome, without a thought of how it came about.

use super::class::{digits, is_card, is_email, is_hexadecimal_id, is_iban, is_secret_key, is_token};
use super::disguise::Disguise;
use crate::names::Words;
use crate::node::{Node, escape};

/// Something that looks secret or personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Where it stands.
    pub pointer: String,
    /// What it looks like.
    pub looks: &'static str,
}

/// As long as this without a space, with digits, capitals and small letters: a token.
const TOKEN: usize = 20;

pub(super) fn of(value: &Node, disguise: &Disguise) -> Vec<Suspect> {
    let mut found = Vec::new();
    look(value, "", "", disguise, &mut found);
    found
}

fn look(value: &Node, key: &str, at: &str, disguise: &Disguise, found: &mut Vec<Suspect>) {
    match value {
        Node::Object(members) => {
            for (key, value) in members {
                let inner = format!("{at}/{}", escape(key));
                if let Some(looks) = text(key, "", disguise) {
                    found.push(Suspect { pointer: inner.clone(), looks });
                }
                look(value, key, &inner, disguise, found);
            }
        }
        Node::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                look(item, key, &format!("{at}/{index}"), disguise, found);
            }
        }
        Node::String(value) => {
            if let Some(looks) = text(value, key, disguise) {
                found.push(Suspect { pointer: at.to_owned(), looks });
            }
        }
        Node::Number(number) => {
            let text = number.as_str();
            if (is_card(text) || is_secret_key(&Words::of(key))) && !disguise.has_made(text) {
                found.push(Suspect { pointer: at.to_owned(), looks: "the number of a card, or a secret" });
            }
        }
        Node::Null | Node::Bool(_) => {}
    }
}

fn text(text: &str, key: &str, disguise: &Disguise) -> Option<&'static str> {
    let hosts = text.split('@').skip(1).all(|host| host.starts_with("example.invalid"));
    if is_email(text) && !hosts {
        return Some("an e-mail address");
    }
    if is_token(text) {
        return Some("a token");
    }
    if disguise.has_made(text) || text.is_empty() {
        return None;
    }
    if is_secret_key(&Words::of(key)) && !crate::infer::is_placeholder(text) {
        return Some("a secret");
    }
    if is_iban(text) || is_card(text) {
        return Some("the number of an account or a card");
    }
    if is_hexadecimal_id(text) {
        return Some("an id");
    }
    let long = |word: &str| {
        let has = |kind: fn(&u8) -> bool| word.bytes().any(|byte| kind(&byte));
        let kinds = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && digits(word) > 1;
        word.len() >= TOKEN && kinds
    };
    let between = |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '+' | '=' | '_' | '-'));
    if text.split(between).any(long) {
        return Some("a token");
    }
    None
}
