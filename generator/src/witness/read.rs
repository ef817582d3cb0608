//! From files to witnesses.

use super::{Body, Json, Of, Origin, Reply, Request, Witness};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::inputs::{ApiInput, InputFile};
use crate::ir::Method;
use crate::node::{Node, Object};
use crate::source::{Place, Source};

/// The folder of witnesses, beside the documents of an API.
pub const FOLDER: &str = "witness";

/// Reads every witness among the files of an API, in the order of their names, and their texts for positions.
pub fn read(api: &ApiInput, diagnostics: &mut Diagnostics) -> (Vec<Witness>, Vec<Source>) {
    let folder = api.path(FOLDER) + "/";
    let mut files: Vec<&InputFile> = api.files.iter().filter(|file| file.name.starts_with(&folder)).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let (mut witnesses, mut sources) = (Vec::new(), Vec::new());
    for file in files {
        match file.text().and_then(|text| Source::read(&file.name, text)) {
            Ok(source) => {
                match witness(&source, &file.name[folder.len()..]) {
                    Ok(witness) => witnesses.push(witness),
                    Err(diagnostic) => diagnostics.push(diagnostic),
                }
                sources.push(source.without_tree());
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    (witnesses, sources)
}

fn witness(source: &Source, name: &str) -> Result<Witness, Diagnostic> {
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let bare = |operation: Of| Witness {
        name: stem.to_owned(),
        place: source.root(),
        origin: Origin::Recording,
        operation,
        request: None,
        reply: None,
    };
    let Some(members) = envelope(&source.tree) else {
        let body = body(source.root(), &source.tree);
        let reply = Reply { body: Some(body), ..Reply::default() };
        return Ok(Witness { reply: Some(reply), ..bare(id(stem, &source.root())?) });
    };
    let mut witness = bare(Of::Id(String::new()));
    for (key, value) in members {
        let place = source.root().child(key);
        match (key.as_str(), value) {
            ("operation", Node::String(text)) => witness.operation = operation(text, &place)?,
            ("note", Node::String(_)) => {}
            ("request", Node::Object(members)) => witness.request = Some(request(members, &place)?),
            ("reply", Node::Object(members)) => witness.reply = Some(reply(members, &place)?),
            _ => return Err(unknown(key, &place, "`operation`, `note`, `request` and `reply`")),
        }
    }
    Ok(witness)
}

fn body(place: Place, value: &Node) -> Body {
    Body { place, embedded: false, as_written: true, json: Json::Value(value.clone()) }
}

/// The members of a witness that says more than what was answered.
pub(super) fn envelope(tree: &Node) -> Option<&Object> {
    let members = tree.as_object()?;
    let parts =
        ["request", "reply"].iter().any(|part| members.get(*part).is_some_and(|part| part.as_object().is_some()));
    (parts && tree.text("operation").is_some()).then_some(members)
}

/// `contacts.list.empty` is of the operation `contacts.list`.
fn id(stem: &str, place: &Place) -> Result<Of, Diagnostic> {
    let mut words = stem.split('.');
    match (words.next(), words.next()) {
        (Some(resource), Some(method)) if !resource.is_empty() && !method.is_empty() => {
            Ok(Of::Id(format!("{resource}.{method}")))
        }
        _ => Err(Diagnostic::new(Code::WitnessForm, "the name of the file does not say of which operation this is")
            .at(place)
            .help("call it after resource and method, such as `contacts.list.json`, or give it a member `operation`")),
    }
}

/// `GET /contacts/{key}` or `contacts.get`.
fn operation(text: &str, place: &Place) -> Result<Of, Diagnostic> {
    let Some((method, path)) = text.split_once(' ') else {
        return id(text, place).map_err(|_| malformed("an operation is `GET /contacts` or `contacts.list`", place));
    };
    let method = method_of(method).ok_or_else(|| malformed(&format!("`{method}` is no HTTP method"), place))?;
    Ok(Of::At(method, path.trim().to_owned()))
}

/// The method of this name, in capitals or not.
pub(crate) fn method_of(name: &str) -> Option<Method> {
    use Method::{Delete, Get, Head, Options, Patch, Post, Put, Trace};
    [Get, Put, Post, Delete, Options, Head, Patch, Trace]
        .into_iter()
        .find(|method| method.name().eq_ignore_ascii_case(name))
}

fn request(members: &Object, place: &Place) -> Result<Request, Diagnostic> {
    let mut request = Request::default();
    for (key, value) in members {
        let place = place.child(key);
        match key.as_str() {
            "path" => request.path = pairs(value, &place)?,
            "query" => request.query = pairs(value, &place)?,
            "headers" => request.headers = pairs(value, &place)?,
            "body" => request.body = Some(body(place, value)),
            _ => return Err(unknown(key, &place, "`path`, `query`, `headers` and `body`")),
        }
    }
    Ok(request)
}

fn reply(members: &Object, place: &Place) -> Result<Reply, Diagnostic> {
    let mut reply = Reply::default();
    for (key, value) in members {
        let place = place.child(key);
        match key.as_str() {
            "status" => {
                let status = value.as_number().and_then(|number| number.as_u64()).and_then(|n| u16::try_from(n).ok());
                let status = status.filter(|status| (100..600).contains(status));
                reply.status = Some(status.ok_or_else(|| malformed("a status is a number from 100 to 599", &place))?);
            }
            "headers" => reply.headers = pairs(value, &place)?,
            "body" => reply.body = Some(body(place, value)),
            _ => return Err(unknown(key, &place, "`status`, `headers` and `body`")),
        }
    }
    Ok(reply)
}

/// Names and texts; a name with several texts has a list of them.
fn pairs(value: &Node, place: &Place) -> Result<Vec<(String, String)>, Diagnostic> {
    let wrong = |place: &Place| malformed("names and texts are expected here, such as `{\"page\": \"2\"}`", place);
    let mut pairs = Vec::new();
    for (key, value) in value.as_object().ok_or_else(|| wrong(place))? {
        let place = place.child(key);
        let texts = match value {
            Node::Array(texts) => texts.as_slice(),
            one => std::slice::from_ref(one),
        };
        for text in texts {
            pairs.push((key.clone(), text.as_str().ok_or_else(|| wrong(&place))?.to_owned()));
        }
    }
    Ok(pairs)
}

fn unknown(key: &str, place: &Place, known: &str) -> Diagnostic {
    malformed(&format!("`{key}` is not known here"), place).help(format!("there are {known}"))
}

fn malformed(message: &str, place: &Place) -> Diagnostic {
    Diagnostic::new(Code::WitnessForm, message).at(place)
}
