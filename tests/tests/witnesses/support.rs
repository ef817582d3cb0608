//! What the tables of witnesses consist of, and how an entry is checked.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock};

use sage_runtime::codegen::{Bytes, DateTime, FixedOffset, NaiveDate, When, to_known_string};
use sage_runtime::transport::{Body, Bounds, BoxFuture, Transport, TransportFault};
use sage_runtime::{Limits, Value, json as api_json};
use sha2::{Digest as _, Sha256};

use crate::json::{Tree, difference};

/// The tests of one API.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its module.
    pub(crate) api: &'static str,
    /// Where witnesses stand.
    pub(crate) files: &'static [File],
    /// What was answered, and examples of what is sent.
    pub(crate) carried: &'static [Carried],
    /// What was sent.
    pub(crate) requests: &'static [Request],
}

/// A file, and its checksum when the table was made.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) sha256: &'static str,
}

/// JSON in a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Json {
    /// The name of the witness.
    witness: &'static str,
    file: &'static str,
    /// Where in the file.
    at: &'static str,
    /// It is the text of a string there.
    embedded: bool,
    /// What it says, where the file is no JSON, or none that can be read as it stands.
    text: Option<&'static str>,
    /// It stands in this property.
    inside: Option<&'static str>,
    /// What the documents do not know, and the types keep as it came; `*` stands for every item or value.
    unknown: &'static [&'static str],
    /// Placeholders, which say of which kind a value is and cannot be read as one.
    blanks: &'static [&'static str],
}

pub(crate) const fn json(witness: &'static str, file: &'static str, at: &'static str) -> Json {
    Json { witness, file, at, embedded: false, text: None, inside: None, unknown: &[], blanks: &[] }
}

#[allow(dead_code, reason = "which of them the tables need depends on the witnesses")]
impl Json {
    pub(crate) const fn embedded(self) -> Self {
        Json { embedded: true, ..self }
    }

    pub(crate) const fn text(self, text: &'static str) -> Self {
        Json { text: Some(text), ..self }
    }

    pub(crate) const fn inside(self, property: &'static str) -> Self {
        Json { inside: Some(property), ..self }
    }

    pub(crate) const fn unknown(self, unknown: &'static [&'static str]) -> Self {
        Json { unknown, ..self }
    }

    pub(crate) const fn blanks(self, blanks: &'static [&'static str]) -> Self {
        Json { blanks, ..self }
    }
}

/// Something that goes through a type.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) operation: &'static str,
    pub(crate) body: Json,
    pub(crate) carry: Carry,
}

/// Decodes, and encodes again: everything, and what the types know.
pub(crate) type Carry = fn(&str) -> Result<[String; 2], String>;

/// Something that was sent.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) witness: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    /// The path of the base URL, with its variables in braces.
    pub(crate) base: &'static str,
    /// The path template.
    pub(crate) path: &'static str,
    /// What stands in it.
    pub(crate) values: &'static [&'static str],
    pub(crate) query: &'static [(&'static str, &'static str)],
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: Option<Json>,
    /// The property around the body.
    pub(crate) wrapper: Option<&'static str>,
    /// The client adds an id to the body, unless it has one.
    pub(crate) idempotent: bool,
    /// What was answered.
    pub(crate) answer: Option<Answer>,
    /// Rebuilds it.
    pub(crate) send: fn(&Given<'_>) -> Result<(), String>,
}

/// What was answered, and with which status.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "which of them the tables need depends on the witnesses")]
pub(crate) enum Answer {
    /// The operation reads it.
    Read(u16, Json),
    /// It is an error, and the operation's error says what it understands of it.
    Refused(u16, Json),
}

/// The text of a file; each is read once.
fn text(file: &str) -> Result<Arc<str>, String> {
    static FILES: OnceLock<Mutex<BTreeMap<PathBuf, Arc<str>>>> = OnceLock::new();
    let path = crate::root().join(file);
    let mut files = FILES.get_or_init(Mutex::default).lock().expect("a test panicked");
    if let Some(text) = files.get(&path) {
        return Ok(text.clone());
    }
    let text: Arc<str> = std::fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?.into();
    files.insert(path, text.clone());
    Ok(text)
}

/// A file as a tree; each is read once, as a collection holds hundreds of witnesses.
fn whole(file: &str) -> Result<Arc<Tree>, String> {
    static TREES: OnceLock<Mutex<BTreeMap<String, Arc<Tree>>>> = OnceLock::new();
    let mut trees = TREES.get_or_init(Mutex::default).lock().expect("a test panicked");
    if let Some(tree) = trees.get(file) {
        return Ok(tree.clone());
    }
    let tree = Arc::new(Tree::parse(&text(file)?).map_err(|error| format!("{file}: {error}"))?);
    trees.insert(file.to_owned(), tree.clone());
    Ok(tree)
}

impl File {
    pub(crate) fn check(&self) -> Result<(), String> {
        let sum = Sha256::digest(text(self.name)?.as_bytes());
        let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        match sum == self.sha256 {
            true => Ok(()),
            false => Err(format!("`{}` has changed: read the difference, then run `cargo xtask codegen`", self.name)),
        }
    }
}

impl Json {
    /// What it says, without placeholders.
    fn tree(&self) -> Result<Tree, String> {
        let fault = |error| format!("{}{}: {error}", self.file, self.at);
        let mut tree = match self.text {
            Some(text) => Tree::parse(text).map_err(fault)?,
            None => {
                let whole = whole(self.file)?;
                let found = whole.at(self.at).ok_or_else(|| format!("{}: nothing is at `{}`", self.file, self.at))?;
                match (self.embedded, found) {
                    (false, tree) => tree.clone(),
                    (true, Tree::Text(text)) => Tree::parse(text).map_err(fault)?,
                    (true, _) => return Err(format!("{}: no text is at `{}`", self.file, self.at)),
                }
            }
        };
        for pointer in self.blanks.iter().rev() {
            taken(&mut tree, pointer)?;
        }
        stand_in(&mut tree);
        Ok(tree)
    }

    /// Without what the documents do not know.
    fn known(&self, mut tree: Tree) -> Result<Tree, String> {
        for pointer in self.unknown.iter().rev() {
            taken(&mut tree, pointer)?;
        }
        Ok(tree)
    }
}

/// Takes out what is named; it has to be there.
fn taken(tree: &mut Tree, pointer: &str) -> Result<(), String> {
    if tree.remove(pointer) == 0 { Err(format!("nothing is at `{pointer}`")) } else { Ok(()) }
}

/// Puts a value of its kind in the place of each placeholder, as people and converters leave them in collections; those
/// that do not say of which kind they are go.
fn stand_in(tree: &mut Tree) {
    let gone = |tree: &Tree| matches!(tree, Tree::Text(text) if text == "<any>" || text.starts_with("<Error"));
    match tree {
        Tree::Object(members) => {
            members.retain(|_, value| !gone(value));
            members.values_mut().for_each(stand_in);
        }
        Tree::Array(items) => {
            items.retain(|item| !gone(item));
            items.iter_mut().for_each(stand_in);
        }
        Tree::Text(text) => {
            let Some(name) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) else { return };
            let name = name.to_ascii_lowercase().replace(['-', '_', ' '], "");
            let scalar = |text: &str| Tree::Scalar(text.to_owned());
            *tree = match name.as_str() {
                "datetime" | "timestamp" => Tree::Text("2000-01-01T00:00:00Z".to_owned()),
                "date" => Tree::Text("2000-01-01".to_owned()),
                "integer" | "int" | "int32" | "int64" | "long" => scalar("1"),
                "number" | "float" | "double" | "decimal" => scalar("1.5"),
                "boolean" | "bool" => scalar("true"),
                _ => return,
            };
        }
        Tree::Scalar(_) => {}
    }
}

/// Is the second the same as the first?
fn same(what: &str, expected: &str, found: &str) -> Result<(), String> {
    difference(expected, found).map_or(Ok(()), |difference| Err(format!("{what}: {difference}")))
}

/// The way of a value through its type.
pub(crate) fn carry<T: Value>(text: &str) -> Result<[String; 2], String> {
    let value: T = api_json::from_slice(text.as_bytes()).map_err(|fault| fault.to_string())?;
    let whole = String::from_utf8(api_json::to_vec(&value)).map_err(|error| error.to_string())?;
    Ok([whole, to_known_string(&value)])
}

impl Carried {
    pub(crate) fn check(&self) -> Result<(), String> {
        let check = || {
            let tree = self.body.tree()?;
            let text = inside(tree.clone(), self.body.inside)?.to_text();
            let [whole, known] = (self.carry)(&text)?;
            same("decoded and encoded", &text, &whole)?;
            same("what the types know of it", &inside(self.body.known(tree)?, self.body.inside)?.to_text(), &known)
        };
        check().map_err(|fault| format!("`{}` of {}: {fault}", self.body.witness, self.operation))
    }
}

/// What was sent, for the call that rebuilds it, and the transport that sees what comes of it.
#[derive(Debug)]
pub(crate) struct Given<'a> {
    request: &'a Request,
    seen: Arc<Seen>,
    /// The inside of the body as its type encodes it, and what the type knows of it.
    carried: Mutex<Option<[String; 2]>>,
}

/// Answers the one request that it sees.
#[derive(Debug, Default)]
struct Seen {
    request: Mutex<Option<http::Request<Body>>>,
    status: u16,
    body: Bytes,
}

#[derive(Debug)]
pub(crate) struct Mirror(Arc<Seen>);

impl Transport for Mirror {
    fn send(
        &self,
        request: http::Request<Body>,
        _: Bounds,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        *self.0.request.lock().expect("a test panicked") = Some(request);
        let response = http::Response::builder().status(self.0.status).header("content-type", "application/json");
        let response = response.body(self.0.body.clone().into()).expect("a reply");
        Box::pin(std::future::ready(Ok(response)))
    }
}

#[allow(dead_code, reason = "which of them the tables need depends on what was sent")]
impl Given<'_> {
    pub(crate) fn transport(&self) -> Mirror {
        Mirror(self.seen.clone())
    }

    pub(crate) fn path(&self, index: usize) -> &str {
        self.request.values[index]
    }

    pub(crate) fn path_as<T: FromStr<Err: Debug>>(&self, index: usize) -> Result<T, String> {
        read(self.request.path, self.request.values[index])
    }

    pub(crate) fn query<T: FromStr<Err: Debug>>(&self, name: &str) -> Result<T, String> {
        let found = self.request.query.iter().find(|(known, _)| *known == name);
        read(name, found.ok_or_else(|| format!("`{name}` is not in the query"))?.1)
    }

    /// A date, or a date and time.
    pub(crate) fn when(&self, name: &str) -> Result<When, String> {
        let moment = self.query::<DateTime<FixedOffset>>(name).map(When::from);
        moment.or_else(|_| self.query::<NaiveDate>(name).map(When::from))
    }

    pub(crate) fn queries<T: FromStr<Err: Debug>>(
        &self,
        name: &str,
        separator: Option<char>,
    ) -> Result<Vec<T>, String> {
        let found = self.request.query.iter().filter(|(known, _)| *known == name);
        let texts = found.flat_map(|(_, text)| match separator {
            Some(separator) => text.split(separator).collect(),
            None => vec![*text],
        });
        texts.map(|text| read(name, text)).collect()
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    pub(crate) fn header_as<T: FromStr<Err: Debug>>(&self, name: &str) -> Result<T, String> {
        let found = self.request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        read(name, found.ok_or_else(|| format!("the header `{name}` was not sent"))?.1)
    }

    pub(crate) fn header_or<T: FromStr<Err: Debug>>(&self, name: &str, other: T) -> Result<T, String> {
        if self.has_header(name) { self.header_as(name) } else { Ok(other) }
    }

    /// The body as its type.
    pub(crate) fn body<T: Value>(&self) -> Result<T, String> {
        self.body_if_any()?.ok_or_else(|| "there is no body".to_owned())
    }

    pub(crate) fn body_if_any<T: Value>(&self) -> Result<Option<T>, String> {
        let Some(body) = &self.request.body else { return Ok(None) };
        let text = inside(body.tree()?, self.request.wrapper)?.to_text();
        *self.carried.lock().expect("a test panicked") = Some(carry::<T>(&text)?);
        api_json::from_str(&text).map(Some).map_err(|fault| fault.to_string())
    }

    /// Each call is sent once: what was answered is answered again.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.attempts = 1;
        limits
    }

    /// Sends the call; if something was answered, it has to be read.
    pub(crate) fn send<T, C: IntoFuture<Output = sage_runtime::Result<T>>>(&self, call: C) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let answer = runtime.map_err(|error| error.to_string())?.block_on(async { call.await });
        match (answer, &self.request.answer) {
            (Err(error), Some(Answer::Read(..))) => Err(format!("the operation does not read the reply: {error}")),
            (Err(error), Some(Answer::Refused(status, body))) => refused(&error, *status, &body.tree()?),
            (Ok(_), Some(Answer::Refused(status, _))) => Err(format!("the operation takes {status} for a success")),
            _ => Ok(()),
        }
    }
}

/// Does the error say with which status it was answered, and of the body nothing that is not there?
fn refused(error: &sage_runtime::Error, status: u16, body: &Tree) -> Result<(), String> {
    if error.status() != Some(status) {
        return Err(format!("the error has the status {:?}, not {status}: {error}", error.status()));
    }
    let parts = error.api().iter().flat_map(|error| [&error.severity, &error.code, &error.message, &error.source]);
    // What looks like a secret is taken out of errors.
    let mut parts = parts.flatten().filter(|text| !text.contains("[redacted]"));
    match parts.find(|text| !says(body, text)) {
        Some(text) => Err(format!("the error says `{text}`, which was not answered")),
        None => Ok(()),
    }
}

/// Is this one of the texts or numbers in there?
fn says(tree: &Tree, text: &str) -> bool {
    match tree {
        Tree::Object(members) => members.values().any(|value| says(value, text)),
        Tree::Array(items) => items.iter().any(|item| says(item, text)),
        Tree::Text(known) | Tree::Scalar(known) => known == text,
    }
}

fn read<T: FromStr<Err: Debug>>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("`{name}` is `{text}`: {error:?}"))
}

/// `{region}`, of the base URL: the client says what it is.
fn is_variable(step: &str) -> bool {
    step.starts_with('{') && step.ends_with('}')
}

fn inside(tree: Tree, wrapper: Option<&str>) -> Result<Tree, String> {
    match wrapper {
        Some(wrapper) => tree.at(&format!("/{wrapper}")).cloned().ok_or_else(|| format!("the body has no `{wrapper}`")),
        None => Ok(tree),
    }
}

impl Request {
    pub(crate) fn check(&self) -> Result<(), String> {
        self.rebuild().map_err(|fault| format!("request `{}` of {}: {fault}", self.witness, self.operation))
    }

    fn rebuild(&self) -> Result<(), String> {
        let (status, body) = match &self.answer {
            Some(Answer::Read(status, reply) | Answer::Refused(status, reply)) => (*status, reply.tree()?.to_text()),
            // What was answered is not known; an error is not asked for again.
            None => (400, String::new()),
        };
        let seen = Arc::new(Seen { request: Mutex::default(), status, body: body.into() });
        let given = Given { request: self, seen: seen.clone(), carried: Mutex::default() };
        (self.send)(&given)?;
        let sent = seen.request.lock().expect("a test panicked").take().ok_or("nothing was sent")?;
        self.same_head(&sent)?;
        self.same_body(&sent, given.carried.into_inner().expect("a test panicked"))
    }

    fn same_head(&self, sent: &http::Request<Body>) -> Result<(), String> {
        if sent.method().as_str() != self.method {
            return Err(format!("it was sent by {}, not by {}", sent.method(), self.method));
        }
        let decode = |text: &str| {
            form_urlencoded::parse(text.replace('+', "%2B").as_bytes()).next().map(|(text, _)| text.into_owned())
        };
        let path: Vec<String> = sent.uri().path().split('/').map(|step| decode(step).unwrap_or_default()).collect();
        let base = self.base.split('/').map(str::to_owned);
        let expected: Vec<String> = base.chain(self.steps(decode)?.into_iter().skip(1)).collect();
        let fits =
            |(found, expected): (&String, &String)| found == expected || is_variable(expected) && !found.is_empty();
        if path.len() != expected.len() || !path.iter().zip(&expected).all(fits) {
            return Err(format!("it went to `{}`, not to `{}`", path.join("/"), expected.join("/")));
        }
        let mut query: Vec<(String, String)> =
            form_urlencoded::parse(sent.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut expected: Vec<(String, String)> =
            self.query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        query.sort();
        expected.sort();
        if query != expected {
            return Err(format!("the query is {query:?}, not {expected:?}"));
        }
        for (name, text) in self.headers {
            let found = sent.headers().get(*name).and_then(|value| value.to_str().ok());
            if found != Some(*text) {
                return Err(format!("the header `{name}` is {found:?}, not `{text}`"));
            }
        }
        Ok(())
    }

    /// The steps of the path, decoded, with the values in them. What stands there twice is given once.
    fn steps(&self, decode: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, String> {
        let mut given = self.values.iter();
        let mut values: BTreeMap<&str, &str> = BTreeMap::new();
        let mut filled = |step: &'static str| -> Result<String, String> {
            let (mut text, mut rest) = (String::new(), step);
            while let Some((before, (name, after))) =
                rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
            {
                text.extend(decode(before));
                let value = match values.get(name).copied() {
                    Some(value) => value,
                    None => given.next().ok_or_else(|| format!("nothing is said of `{name}` in the path"))?,
                };
                values.insert(name, value);
                text.push_str(value);
                rest = after;
            }
            text.extend(decode(rest));
            Ok(text)
        };
        self.path.split('/').map(&mut filled).collect()
    }

    fn same_body(&self, sent: &http::Request<Body>, carried: Option<[String; 2]>) -> Result<(), String> {
        let Some(body) = &self.body else {
            // An operation that needs a body and has nothing to say sends an empty object.
            let empty = matches!(&sent.body()[..], b"" | b"{}") || sent.body().ends_with(b":{}}");
            return if empty { Ok(()) } else { Err("it was sent with a body".to_owned()) };
        };
        let media = sent.headers().get("content-type").and_then(|value| value.to_str().ok());
        if !media.is_some_and(|media| media.starts_with("application/json")) {
            return Err(format!("the media type is {media:?}"));
        }
        let mut found = Tree::parse(std::str::from_utf8(sent.body()).map_err(|error| error.to_string())?)
            .map_err(|error| error.to_string())?;
        let expected = body.tree()?;
        let id = match self.wrapper {
            Some(wrapper) => format!("/{wrapper}/idempotency_id"),
            None => "/idempotency_id".to_owned(),
        };
        if self.idempotent && expected.at(&id).is_none() {
            taken(&mut found, &id).map_err(|_| "it was sent without an idempotency id")?;
        }
        same("the body", &expected.to_text(), &found.to_text())?;
        let Some([whole, known]) = carried else { return Err("the body went through no type".to_owned()) };
        same("decoded and encoded", &inside(expected.clone(), self.wrapper)?.to_text(), &whole)?;
        let expected = body.known(expected)?;
        same("what the types know of it", &inside(expected, self.wrapper)?.to_text(), &known)
    }
}
