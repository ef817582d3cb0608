//! From a recording to a witness that may be shown to others.
//!
//! A recording is a reply as it came, an HTTP archive (HAR 1.2) as browsers and proxies write it, or a witness that
//! somebody wrote. Of an archive one entry is taken. Headers are left out, but for those of the client that are no secret;
//! the rest goes through [`super::scrub`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::Of;
use super::find::{self, Unknown};
use super::read::{envelope, method_of};
use super::scrub::{Change, Scrubber, Suspect};
use crate::ir::{self, Method};
use crate::node::{Node, Object};
use crate::ordered;
use crate::rust::{Package, Target};

/// What is known of a recording beside itself.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Its operation: `GET /contacts/{key}` or `contacts.get`. An archive and a witness say it themselves.
    pub operation: Option<String>,
    /// The status of a reply that stands alone.
    pub status: Option<u16>,
    /// Which entry of an archive, from 1.
    pub entry: Option<usize>,
    /// Keys whose values are secret, though nobody would know.
    pub secret: Vec<String>,
    /// For people.
    pub note: Option<String>,
}

/// A witness, ready to be written if nothing suspicious is left.
#[derive(Debug, Clone)]
pub struct Filed {
    /// The id of its operation: the beginning of the name of its file.
    pub id: String,
    /// Its text.
    pub text: String,
    /// What was replaced.
    pub changes: Vec<Change>,
    /// What still looks secret or personal.
    pub suspects: Vec<Suspect>,
}

/// Makes a witness of a recording.
///
/// # Errors
/// The recording is of no operation of the API, or of none that can be known; the text says what to do.
pub fn add(tree: &Node, recording: &Recording, package: &Package) -> Result<Filed, String> {
    let said = recording.operation.as_deref().map(|text| operation(text, package)).transpose()?;
    let mut scrubber = Scrubber::new(recording.secret.clone());
    let (found, mut request, mut reply) = if tree.pointer("/log/entries").is_some() {
        archive(tree, recording.entry, said, package)?
    } else if let Some(members) = envelope(tree) {
        let text = members.get("operation").and_then(Node::as_str).unwrap_or_default();
        let found = said.map_or_else(|| operation(text, package), Ok)?;
        let part = |name: &str| members.get(name).and_then(Node::as_object).cloned().unwrap_or_default();
        (found, part("request"), part("reply"))
    } else {
        let found = said.ok_or(
            "of which operation is this? Say it with `--operation`, such as `GET /contacts` or `contacts.list`",
        )?;
        let status = recording.status.map(|status| ("status".to_owned(), Node::from(i64::from(status))));
        let body = ("body".to_owned(), tree.clone());
        (found, Object::default(), status.into_iter().chain([body]).collect())
    };
    keep_headers(&mut request, package);
    reply.shift_remove("headers");
    for (name, part) in [("request", &mut request), ("reply", &mut reply)] {
        for (key, value) in part.iter_mut() {
            let names = matches!(key.as_str(), "path" | "query" | "headers");
            if names || key == "body" {
                scrubber.scrub(value, "", &format!("/{name}/{key}"));
            }
        }
    }
    let mut members = Object::default();
    members.insert("operation".to_owned(), spelled(&found, package).into());
    members.extend(recording.note.clone().map(|note| ("note".to_owned(), note.into())));
    request.retain(|_, value| value.as_object().is_none_or(|members| !members.is_empty()));
    members.extend((!request.is_empty()).then(|| ("request".to_owned(), request.into())));
    members.extend((!reply.is_empty()).then(|| ("reply".to_owned(), reply.into())));
    let witness = Node::Object(members);
    let mut text = String::new();
    print(&witness, 0, &mut text);
    text.push('\n');
    Ok(Filed { id: found.id, text, changes: scrubber.changes().to_vec(), suspects: scrubber.suspects(&witness) })
}

/// An operation of the API.
struct Found {
    id: String,
    method: Method,
    path: String,
}

fn operation(text: &str, package: &Package) -> Result<Found, String> {
    let of = match text.split_once(' ') {
        Some((method, path)) => {
            Of::At(method_of(method).ok_or_else(|| format!("`{method}` is no HTTP method"))?, path.trim().to_owned())
        }
        None => Of::Id(text.to_owned()),
    };
    let (_, method) = find::find(&of, package).map_err(|unknown| match unknown {
        Unknown::None => format!(
            "no operation is `{text}`; operations are spelled as in the document, such as `GET /contacts/{{key}}`"
        ),
        Unknown::Several(names) => format!("`{text}` is an operation at several base URLs: say which, as {names}"),
    })?;
    let found = &method.operation;
    Ok(Found { id: found.id.clone(), method: found.method, path: found.path.clone() })
}

/// Method and path, with the base URL before it where other operations have the same.
fn spelled(found: &Found, package: &Package) -> String {
    let all = package.resources.iter().flat_map(|resource| &resource.methods).map(|method| &method.operation);
    let same = all.filter(|operation| operation.method == found.method && operation.path == found.path);
    let besides: BTreeMap<Option<&str>, bool> =
        ordered::map(same.map(|operation| (operation.beside.as_deref(), operation.id == found.id)));
    match besides.iter().find(|(_, own)| **own).filter(|_| besides.len() > 1) {
        Some((beside, _)) => ir::spell_operation(found.method, *beside, &found.path),
        None => format!("{} {}", found.method.name(), found.path),
    }
}

/// The parts of one entry of an archive.
fn archive(
    tree: &Node,
    entry: Option<usize>,
    said: Option<Found>,
    package: &Package,
) -> Result<(Found, Object, Object), String> {
    let entries = tree.pointer("/log/entries").and_then(Node::as_array).unwrap_or_default();
    let entry = match (entry, entries) {
        (Some(number), _) => number
            .checked_sub(1)
            .and_then(|index| entries.get(index))
            .ok_or_else(|| format!("the archive has no entry {number}; it has {}", entries.len()))?,
        (None, [one]) => one,
        (None, several) => {
            let list = several.iter().enumerate().map(|(index, entry)| {
                let text = |pointer: &str| entry.pointer(pointer).and_then(Node::as_str).unwrap_or("?");
                // The query may hold secrets.
                let url = text("/request/url").split('?').next().unwrap_or_default().to_owned();
                format!("\n  {}  {} {url}", index + 1, text("/request/method"))
            });
            return Err(format!("which entry of the archive? Say it with `--entry`:{}", list.collect::<String>()));
        }
    };
    let text = |pointer: &str| entry.pointer(pointer).and_then(Node::as_str).unwrap_or_default();
    let (method, url) = (text("/request/method"), text("/request/url"));
    let path = path_of(url);
    let (found, values) = match said {
        Some(found) => {
            let values = values_in(&found.path, &path)
                .ok_or_else(|| format!("`{}` is not the path of the request", found.path))?;
            (found, values)
        }
        None => find(method, &path, package)?,
    };
    let mut request =
        Object::from_iter([("path".to_owned(), values.into()), ("query".to_owned(), query(entry).into())]);
    request.insert("headers".to_owned(), named(entry.pointer("/request/headers")).into());
    request.extend(json(text("/request/postData/text")).map(|body| ("body".to_owned(), body)));
    let mut reply = Object::default();
    reply.extend(entry.pointer("/response/status").cloned().map(|status| ("status".to_owned(), status)));
    let content = text("/response/content/text");
    let decoded =
        if text("/response/content/encoding") == "base64" { from_base64(content) } else { Some(content.to_owned()) };
    reply.extend(decoded.and_then(|text| json(&text)).map(|body| ("body".to_owned(), body)));
    Ok((found, request, reply))
}

/// The path of an address, decoded.
fn path_of(url: &str) -> Vec<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    path.trim_matches('/').split('/').map(decoded).collect()
}

/// The operation whose template the end of the path fits, the one with most words of its own.
fn find(method: &str, path: &[String], package: &Package) -> Result<(Found, Object), String> {
    let all = package.resources.iter().flat_map(|resource| &resource.methods).map(|method| &method.operation);
    let fitting = all.filter(|operation| operation.method.name().eq_ignore_ascii_case(method));
    let fitting = fitting.filter_map(|operation| Some((operation, values_in(&operation.path, path)?)));
    let best = fitting
        .max_by_key(|(operation, values)| (operation.path.matches('/').count() - values.len(), operation.path.len()));
    let (operation, values) =
        best.ok_or_else(|| format!("no operation of the API fits `{method}` of this path; say it with `--operation`"))?;
    Ok((Found { id: operation.id.clone(), method: operation.method, path: operation.path.clone() }, values))
}

/// What stands for the names of a template at the end of a path.
fn values_in(template: &str, path: &[String]) -> Option<Object> {
    let steps: Vec<&str> = template.trim_matches('/').split('/').collect();
    let path = path.get(path.len().checked_sub(steps.len())?..)?;
    let mut values = Object::default();
    for (step, text) in steps.into_iter().zip(path) {
        match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
            Some(name) if !text.is_empty() => drop(values.insert(name.to_owned(), text.as_str().into())),
            _ if step == text => {}
            _ => return None,
        }
    }
    Some(values)
}

/// The query of an entry; a name that comes several times has a list.
fn query(entry: &Node) -> Object {
    named(entry.pointer("/request/queryString"))
}

/// A list of names and values.
fn named(list: Option<&Node>) -> Object {
    let mut members = Object::default();
    for pair in list.and_then(Node::as_array).unwrap_or_default() {
        let (Some(name), Some(value)) = (pair.text("name"), pair.text("value")) else { continue };
        match members.get_mut(name) {
            Some(Node::Array(several)) => several.push(value.into()),
            Some(one) => *one = Node::Array(vec![std::mem::take(one), value.into()]),
            None => drop(members.insert(name.to_owned(), value.into())),
        }
    }
    members
}

/// Of the headers those that the client sets and that are no secret, spelled as it spells them.
fn keep_headers(request: &mut Object, package: &Package) {
    let client = package.client.headers.iter().filter(|header| !header.secret).map(|header| header.wire.as_str());
    let methods = package.resources.iter().flat_map(|resource| &resource.methods);
    let own = methods.flat_map(|method| {
        let setters = method.request.iter().flat_map(|request| request.setters.iter().map(|setter| &setter.target));
        method.arguments.iter().map(|argument| &argument.target).chain(setters).filter_map(|target| match target {
            Target::Header { wire, .. } => Some(wire.as_str()),
            _ => None,
        })
    });
    let known: Vec<&str> = client.chain(own).collect();
    let Some(headers) = request.get_mut("headers").and_then(Node::as_object_mut) else { return };
    let kept = std::mem::take(headers).into_iter().filter_map(|(name, value)| {
        let spelled = known.iter().find(|known| known.eq_ignore_ascii_case(&name))?;
        Some(((*spelled).to_owned(), value))
    });
    *headers = kept.collect();
}

/// A text as JSON, if it is.
fn json(text: &str) -> Option<Node> {
    Node::from_json(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()
}

/// `%2F` as `/`.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// Text in Base64; `None` if it is none.
fn from_base64(text: &str) -> Option<String> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let letters = text.bytes().filter(|byte| !matches!(byte, b'=' | b'\n' | b'\r'));
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for letter in letters {
        bits = bits << 6 | u32::from(value(letter)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

/// JSON for people: two spaces a level, small lists and objects inside on one line, every digit of a number.
fn print(node: &Node, indent: usize, out: &mut String) {
    let flat = flat(node);
    let nested = match node {
        Node::Object(members) => indent < 2 || members.values().any(|value| matches!(value, Node::Object(_))),
        _ => false,
    };
    let margin = "  ".repeat(indent + 1);
    match node {
        Node::Object(members) if !members.is_empty() && (nested || flat.len() > SHORT) => {
            out.push_str("{\n");
            for (index, (key, value)) in members.iter().enumerate() {
                let comma = if index == 0 { "" } else { ",\n" };
                out.push_str(&format!("{comma}{margin}{}: ", quoted(key)));
                print(value, indent + 1, out);
            }
            out.push_str(&format!("\n{}}}", "  ".repeat(indent)));
        }
        Node::Array(items) if flat.len() > SHORT => {
            out.push_str("[\n");
            for (index, item) in items.iter().enumerate() {
                out.push_str(&format!("{}{margin}", if index == 0 { "" } else { ",\n" }));
                print(item, indent + 1, out);
            }
            out.push_str(&format!("\n{}]", "  ".repeat(indent)));
        }
        _ => out.push_str(&flat),
    }
}

/// Longer lists and objects are broken.
const SHORT: usize = 100;

/// JSON on one line.
fn flat(node: &Node) -> String {
    match node {
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Number(number) => number.as_str().to_owned(),
        Node::String(text) => quoted(text),
        Node::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Node::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{}: {}", quoted(key), flat(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    Node::from(text).to_json()
}
