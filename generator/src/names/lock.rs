//! `specs/names.lock`: every public name and where it came from, so that a regeneration renames nothing.
//!
//! ```text
//! [accounting]
//! create POST:/contacts = NewContact: contact_type_ids name
//! method GET:/contacts = contacts.list ListContacts: attributes items_per_page
//! reply Contact = Contact: $path=path balance displayed_as
//! ```
//!
//! One line a name, sorted; behind the colon the members, by their wire names, with `=identifier` where the identifier is
//! not the plain conversion. A key says where the name came from by names of the document, never by position, and is the
//! same whether the document is Swagger or OpenAPI.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{Ident, Words};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::position::Position;
use crate::source::Place;

/// The names of all APIs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    apis: BTreeMap<String, ApiNames>,
}

/// The names of one API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiNames {
    entries: BTreeMap<(Kind, String), Entry>,
}

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A model in request bodies, other than updates.
    Create,
    /// An enumeration.
    Enum,
    /// An operation: resource, method, and the request struct if it has one.
    Method,
    /// A model in replies.
    Reply,
    /// A resource: its module and its type.
    Resource,
    /// A model in the bodies of updates.
    Update,
    /// A variable of the base URL.
    Variable,
}

const KINDS: [(&str, Kind); 7] = [
    ("create", Kind::Create),
    ("enum", Kind::Enum),
    ("method", Kind::Method),
    ("reply", Kind::Reply),
    ("resource", Kind::Resource),
    ("update", Kind::Update),
    ("variable", Kind::Variable),
];

/// The names at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The names, in the order that the kind asks for.
    pub names: Vec<Ident>,
    /// Fields, variants or setters: wire name and identifier.
    pub members: BTreeMap<String, Ident>,
}

/// How members of a kind are spelled if nothing stands in the way.
fn plain(kind: Kind, wire: &str) -> Ident {
    let words = Words::of(wire);
    match kind {
        Kind::Enum | Kind::Variable => Ident::camel(&words),
        Kind::Create | Kind::Method | Kind::Reply | Kind::Resource | Kind::Update => Ident::snake(&words),
    }
}

impl ApiNames {
    /// What was named here, if it was.
    pub fn get(&self, kind: Kind, key: &str) -> Option<&Entry> {
        // A key is short; the copy is cheaper than a second map.
        self.entries.get(&(kind, key.to_owned()))
    }

    /// The `n`th name of what is here.
    pub fn name(&self, kind: Kind, key: &str, n: usize) -> Option<&Ident> {
        self.get(kind, key)?.names.get(n)
    }

    /// The name of a member of what is here.
    pub fn member(&self, kind: Kind, key: &str, wire: &str) -> Option<&Ident> {
        self.get(kind, key)?.members.get(wire)
    }

    /// Keeps the names of a place.
    pub fn set(&mut self, kind: Kind, key: impl Into<String>, entry: Entry) {
        self.entries.insert((kind, key.into()), entry);
    }

    /// Every name, with its kind and key.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &str, &Entry)> {
        self.entries.iter().map(|((kind, key), entry)| (*kind, key.as_str(), entry))
    }
}

impl Lock {
    /// The names of an API; none if it is new.
    pub fn api(&self, module: &str) -> ApiNames {
        self.apis.get(module).cloned().unwrap_or_default()
    }

    /// Replaces the names of an API.
    pub fn set(&mut self, module: &str, names: ApiNames) {
        self.apis.insert(module.to_owned(), names);
    }

    /// Forgets every API but these.
    pub fn retain(&mut self, modules: &[&str]) {
        self.apis.retain(|module, _| modules.contains(&module.as_str()));
    }

    /// Reads `names.lock`. A line that cannot be read is reported, and the others still hold.
    pub fn parse(file: &Arc<str>, text: &str, diagnostics: &mut Diagnostics) -> Self {
        let mut lock = Self::default();
        let mut module = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
            } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                module = Some(lock.apis.entry(name.to_owned()).or_default());
            } else {
                let read = parse_line(line).and_then(|(kind, key, entry)| {
                    let names = module.as_mut().ok_or("there is no `[api]` above this line")?;
                    names.set(kind, key, entry);
                    Ok(())
                });
                if let Err(fault) = read {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::NamesLock,
                            format!("a line of the names that are kept cannot be read: {fault}"),
                        )
                        .at(&Place::root(file))
                        .position(Position { line: index + 1, column: 1, length: line.chars().count().max(1) })
                        .snippet(text),
                    );
                }
            }
        }
        lock
    }

    /// The text of `names.lock`.
    pub fn to_text(&self) -> String {
        let mut out = String::from(
            "# Every public name and where it came from, written by `cargo xtask codegen`.\n\
             # A name that stands here is kept; delete a line to have the name chosen again.\n",
        );
        for (module, names) in &self.apis {
            let _ = writeln!(out, "\n[{module}]");
            for (kind, key, entry) in names.iter() {
                print_line(&mut out, kind, key, entry);
            }
        }
        out
    }
}

fn print_line(out: &mut String, kind: Kind, key: &str, entry: &Entry) {
    let word = KINDS.iter().find(|(_, k)| *k == kind).map_or("", |(word, _)| word);
    let names: Vec<&str> = entry.names.iter().map(Ident::as_str).collect();
    let _ = write!(out, "{word} {} = {}", escape(key), names.join(" "));
    if !entry.members.is_empty() {
        out.push(':');
    }
    for (wire, ident) in &entry.members {
        let _ = write!(out, " {}", escape(wire));
        if plain(kind, wire) != *ident {
            let _ = write!(out, "={ident}");
        }
    }
    out.push('\n');
}

fn parse_line(line: &str) -> Result<(Kind, String, Entry), &'static str> {
    let mut tokens = line.split_ascii_whitespace();
    let word = tokens.next().unwrap_or_default();
    let (_, kind) = KINDS.iter().find(|(name, _)| *name == word).ok_or("it begins with no known word")?;
    let key = unescape(tokens.next().ok_or("its key is missing")?).ok_or("its key is not escaped as it should be")?;
    if tokens.next() != Some("=") {
        return Err("there is no `=` behind its key");
    }
    let mut entry = Entry::default();
    for token in tokens.by_ref() {
        let (name, last) = token.strip_suffix(':').map_or((token, false), |name| (name, true));
        entry.names.push(Ident::parse(name).ok_or("its name is not an identifier")?);
        if last {
            break;
        }
    }
    for token in tokens {
        let (wire, ident) = token.split_once('=').map_or((token, None), |(wire, ident)| (wire, Some(ident)));
        let wire = unescape(wire).ok_or("a member is not escaped as it should be")?;
        let ident = match ident {
            Some(text) => Ident::parse(text).ok_or("a member's name is not an identifier")?,
            None => plain(*kind, &wire),
        };
        entry.members.insert(wire, ident);
    }
    if entry.names.is_empty() { Err("it has no name") } else { Ok((*kind, key, entry)) }
}

/// One token without spaces: what would part or end it is written as `%` and two digits; nothing at all is a lone `%`.
fn escape(text: &str) -> String {
    if text.is_empty() {
        return "%".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() || matches!(c, '%' | '=') {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                let _ = write!(out, "%{byte:02x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn unescape(token: &str) -> Option<String> {
    if token == "%" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{Entry, Ident, Kind, Lock};
    use crate::diagnostic::Diagnostics;

    fn ident(text: &str) -> Ident {
        Ident::parse(text).expect("a legal identifier")
    }

    fn read(text: &str) -> (Lock, usize) {
        let mut diagnostics = Diagnostics::new();
        let lock = Lock::parse(&"specs/names.lock".into(), text, &mut diagnostics);
        (lock, diagnostics.into_vec().len())
    }

    #[test]
    fn what_is_written_is_read() {
        let mut lock = Lock::default();
        let mut names = lock.api("a");
        let members = [("$path", "path"), ("type", "kind"), ("a b=%\u{85}", "odd"), ("", "nothing")];
        let members = members.into_iter().map(|(wire, name)| (wire.to_owned(), ident(name))).collect();
        names.set(Kind::Reply, "Contact/main address", Entry { names: vec![ident("Contact")], members });
        let method = Entry { names: vec![ident("contacts"), ident("list"), ident("ListContacts")], ..Entry::default() };
        names.set(Kind::Method, "GET:/contacts", method);
        lock.set("a", names);
        assert_eq!(read(&lock.to_text()), (lock, 0));
    }

    #[test]
    fn a_bad_line_costs_itself_alone() {
        let text =
            "reply A = A\n[x]\nreply A = A: b\nnonsense\nreply B = 1B\nreply C\nreply D% = D\nreply E = E: f=type\n";
        let (lock, faults) = read(text);
        assert_eq!(faults, 6);
        assert_eq!(lock.api("x").iter().count(), 1);
    }
}
