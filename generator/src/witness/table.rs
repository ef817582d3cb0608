//! Witnesses as a table of tests: a file of Rust for each API.
//!
//! The table holds types and pointers, not the JSON: the tests read that from `specs/`, and compare its checksum with the
//! one that stands here. So a witness that was changed is found out even where the types would carry it as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::check::{Answer, Checked, How, Rebuilt, parameter, separator};
use super::fit::Fit;
use super::{Body, Origin};
use crate::emit::{Form, Layout, literal, type_text};
use crate::inputs::{ApiInput, InputFile, sha256};
use crate::ir;
use crate::plan::{self, MARKER};
use crate::rust::{self, Package, Target, Type};

/// The prefix of models.
const MODEL: &str = "model::";

/// The file of one API.
pub fn table(package: &Package, checked: &[Checked<'_>], api: &ApiInput, form: &Form) -> plan::File {
    let mut used: BTreeMap<&str, String> = BTreeMap::new();
    for witness in checked {
        let name = &*witness.witness.place.file;
        let file = api.files.iter().find(|file| *file.name == *name);
        used.entry(name).or_insert_with(|| file.map(|file| sha256(&file.bytes)).unwrap_or_default());
    }
    let table = Writer { files: used.keys().copied().collect(), base_url: &package.client.base_url };
    let (mut carried, mut requests) = (String::new(), String::new());
    for witness in checked {
        carried.extend(table.reply(witness));
        carried.extend(table.example(witness));
        requests.extend(table.request(witness));
    }
    let list: String = used
        .iter()
        .map(|(name, sha256)| format!("    File {{ name: {}, sha256: \"{sha256}\" }},\n", literal(name)))
        .collect();
    let mut tables = format!(
        "pub(crate) static TABLE: Table = Table {{ api: {}, files: FILES, carried: CARRIED, requests: REQUESTS }};\n\n\
         static FILES: &[File] = &[\n{list}];\n\nstatic CARRIED: &[Carried] = &[\n{carried}];\n\n\
         static REQUESTS: &[Request] = &[\n{requests}];\n",
        literal(&package.module),
    );
    if !requests.is_empty() {
        let _ = write!(tables, "\n{}", client(package));
    }
    let title: Vec<&str> = package.title.split_whitespace().collect();
    let text = format!(
        "{}//! Witnesses of {}.\n\n{}\n{tables}",
        header(&form.command),
        title.join(" "),
        imports(package, &form.layout, &carried, &requests),
    );
    plan::File { path: format!("{}.rs", package.module), text }
}

/// What the tables use: an API may have no models, and few witnesses.
fn imports(package: &Package, layout: &Layout, carried: &str, requests: &str) -> String {
    let uses = |word: &str| carried.contains(word) || requests.contains(word);
    let mut text = String::new();
    if uses("rt::") {
        text.push_str("use sage_runtime::codegen as rt;\n\n");
    }
    let support = [
        ("Answer", uses("Answer::")),
        ("Carried", true),
        ("File", true),
        ("Given", !requests.is_empty()),
        ("Request", true),
        ("Table", true),
        ("carry", !carried.is_empty()),
        ("json", uses("json(\"")),
    ];
    let support: Vec<&str> = support.into_iter().filter(|(_, used)| *used).map(|(name, _)| name).collect();
    let _ = writeln!(text, "use crate::support::{{{}}};", support.join(", "));
    let module = &package.module;
    let (api, own) = match layout {
        Layout::Module => (format!("sage_api::{module}"), "self".to_owned()),
        Layout::Crate { name, .. } => (format!("::{}", name.replace('-', "_")), format!("self as {module}")),
    };
    let used: Vec<&str> = [(own.as_str(), !requests.is_empty()), ("model", uses(MODEL))]
        .into_iter()
        .filter_map(|(name, used)| used.then_some(name))
        .collect();
    if !used.is_empty() {
        let _ = writeln!(text, "use {api}::{{{}}};", used.join(", "));
    }
    text
}

/// The file that names those of the APIs.
pub fn modules(modules: &[&str], command: &str) -> plan::File {
    let mut text = header(command);
    text.push_str("//! Witnesses, API by API.\n\n");
    for module in modules {
        let _ = writeln!(text, "mod {module};");
    }
    let tables: Vec<String> = modules.iter().map(|module| format!("&{module}::TABLE")).collect();
    let _ = writeln!(text, "\npub(crate) static TABLES: &[&crate::support::Table] = &[{}];", tables.join(", "));
    plan::File { path: "mod.rs".to_owned(), text }
}

fn header(command: &str) -> String {
    format!("// {MARKER}{command}` from witnesses in specs/. Do not edit.\n")
}

/// The tests of a crate by itself, as files of its folder `tests`: the tables, what they are checked by, and the documents,
/// which the checks read.
pub fn target(tables: &[plan::File], documents: &[InputFile], command: &str) -> Vec<plan::File> {
    let file = |path: &str, text: String| plan::File { path: format!("{TARGET}/{path}"), text };
    let shared = [
        ("json.rs", include_str!("../../../tests/src/json.rs")),
        ("checks.rs", include_str!("../../../tests/tests/witnesses/checks.rs")),
        ("support.rs", include_str!("../../../tests/tests/witnesses/support.rs")),
    ];
    let mut files = vec![file("main.rs", format!("{}{MAIN}", header(command)))];
    // Without their own tests.
    let code = |text: &'static str| text.split_once("\n#[cfg(test)]").map_or(text, |(code, _)| code);
    files.extend(shared.map(|(path, text)| file(path, format!("{}{}", header(command), code(text)))));
    files.extend(tables.iter().map(|table| file(&format!("generated/{}", table.path), table.text.clone())));
    let read = documents.iter().filter_map(|document| Some((document, std::str::from_utf8(&document.bytes).ok()?)));
    files.extend(read.map(|(document, text)| file(&format!("documents/{}", document.name), text.to_owned())));
    files
}

/// The folder of the tests of a crate by itself.
pub const TARGET: &str = "tests/witnesses";

/// What stands in it first.
const MAIN: &str =
    "//! What the documents hold as examples, and collections as requests and replies, is carried without loss.

#![allow(dead_code, reason = \"which of it is needed depends on what there is\")]

mod checks;
#[rustfmt::skip]
mod generated;
mod json;
mod support;

use std::path::Path;

/// The folder that the names of files in the tables are relative to.
fn root() -> &'static Path {
    Path::new(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/tests/witnesses/documents\"))
}
";

/// What the lines of a table have in common.
struct Writer<'a> {
    /// The names of the files, in their order.
    files: Vec<&'a str>,
    base_url: &'a str,
}

impl Writer<'_> {
    fn reply(&self, checked: &Checked<'_>) -> Option<String> {
        let (body, answer, fit) = checked.reply.as_ref()?;
        let ty = match answer {
            Answer::Value(ty) => type_text(ty, MODEL),
            Answer::Page(item) => format!("rt::Page<{}>", type_text(item, MODEL)),
            Answer::Refused(_) => type_text(&Type::Json, MODEL),
        };
        Some(carried(checked, &self.json(checked, body, fit), &ty))
    }

    /// The body of an example. What wraps bodies is no part of their types.
    fn example(&self, checked: &Checked<'_>) -> Option<String> {
        let (body, fit) = checked.example.as_ref()?;
        let ty = checked.method.arguments.iter().find_map(|argument| match &argument.target {
            Target::Body(rust::Body::Json(Type::Option(ty))) => Some(&**ty),
            Target::Body(rust::Body::Json(ty)) => Some(ty),
            _ => None,
        })?;
        let mut json = self.json(checked, body, fit);
        if let Some(wrapper) = &checked.method.operation.wrapper {
            let _ = write!(json, ".inside({})", literal(wrapper));
        }
        Some(carried(checked, &json, &type_text(ty, MODEL)))
    }

    /// Where JSON is, and what of it is to be left out.
    fn json(&self, checked: &Checked<'_>, body: &Body, fit: &Fit) -> String {
        let file = self.files.iter().position(|name| **name == *body.place.file).unwrap_or_default();
        let mut text =
            format!("json({}, FILES[{file}].name, {})", literal(&checked.witness.name), literal(&body.place.pointer));
        if checked.witness.origin == Origin::Example || !body.as_written {
            let value = body.value().map(|value| value.to_json()).unwrap_or_default();
            let _ = write!(text, ".text({})", literal(&value));
        } else if body.embedded {
            text.push_str(".embedded()");
        }
        if !fit.unknown.is_empty() {
            let _ = write!(text, ".unknown({})", texts(fit.unknown.iter().map(String::as_str)));
        }
        if !fit.blanks.is_empty() {
            let _ = write!(text, ".blanks({})", texts(fit.blanks.iter().map(String::as_str)));
        }
        text
    }

    fn request(&self, checked: &Checked<'_>) -> Option<String> {
        let request = checked.request.as_ref()?;
        let operation = &checked.method.operation;
        let call = call(checked, request)?;
        let base = ir::base_url(self.base_url, operation.beside.as_deref());
        // The path behind scheme and host.
        let base = base.split_once("://").map_or(&*base, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        let mut text = format!(
            "    Request {{\n        witness: {}, operation: {}, method: {}, base: {}, path: {}, values: {},\n        query: {}, headers: {},\n",
            literal(&checked.witness.name),
            literal(&operation.id),
            literal(operation.method.name()),
            literal(base),
            literal(&operation.path),
            texts(request.path.iter().copied()),
            pairs(&request.query),
            pairs(&request.headers),
        );
        let body = match &request.body {
            Some((body, fit)) => format!("Some({})", self.json(checked, body, fit)),
            None => "None".to_owned(),
        };
        let option = |text: Option<&String>| text.map_or("None".to_owned(), |text| format!("Some({})", literal(text)));
        let status = checked.witness.reply.as_ref().and_then(|reply| reply.status);
        let success = status.or(checked.success.first().copied()).unwrap_or(200);
        let answer = checked.reply.as_ref().map(|(body, answer, fit)| {
            let json = self.json(checked, body, fit);
            match answer {
                Answer::Value(_) | Answer::Page(_) => format!("Answer::Read({success}, {json})"),
                Answer::Refused(status) => format!("Answer::Refused({status}, {json})"),
            }
        });
        let _ = writeln!(text, "        body: {body}, wrapper: {},", option(operation.wrapper.as_ref()));
        let _ = writeln!(
            text,
            "        idempotent: {}, answer: {},",
            operation.idempotent_by_id,
            answer.map_or("None".to_owned(), |answer| format!("Some({answer})")),
        );
        let _ = writeln!(text, "        send: |given| {call},\n    }},");
        Some(text)
    }
}

fn carried(checked: &Checked<'_>, json: &str, ty: &str) -> String {
    format!(
        "    Carried {{ operation: {}, body: {json}, carry: carry::<{ty}> }},\n",
        literal(&checked.method.operation.id)
    )
}

/// The call of the client's method with everything that was sent.
fn call(checked: &Checked<'_>, request: &Rebuilt<'_>) -> Option<String> {
    let method = checked.method;
    let mut arguments = Vec::new();
    let mut paths = 0..;
    for argument in &method.arguments {
        arguments.push(match &argument.target {
            Target::Path(Type::String) => format!("given.path({})", paths.next()?),
            Target::Path(ty) => format!("given.path_as::<{}>({})?", type_text(ty, MODEL), paths.next()?),
            Target::Query { wire, ty, list } => value(wire, ty, *list),
            Target::Header { wire, ty } => format!("given.header_as::<{}>({})?", type_text(ty, MODEL), literal(wire)),
            Target::Body(rust::Body::Json(Type::Option(ty))) => {
                format!("given.body_if_any::<{}>()?", type_text(ty, MODEL))
            }
            Target::Body(rust::Body::Json(ty)) => format!("given.body::<{}>()?", type_text(ty, MODEL)),
            Target::Body(_) | Target::Deep { .. } | Target::Cookie { .. } => return None,
        });
    }
    let mut call = format!("client(given)?.{}().{}({})", checked.resource.module, method.name, arguments.join(", "));
    let is_argument = |name: &str| {
        let mut targets = method.arguments.iter().map(|argument| &argument.target);
        targets.any(|target| matches!(target, Target::Query { wire, .. } if wire == name))
    };
    for (name, how) in &request.parameters {
        if is_argument(name) {
            continue;
        }
        let setters = method.request.iter().flat_map(|request| &request.setters);
        let setter = setters.filter(|_| *how == How::Typed).find(|setter| match &setter.target {
            Target::Query { wire, .. } => wire == name,
            _ => false,
        });
        let known = setter.and_then(|setter| Some((setter, parameter(method, name)?)));
        let _ = match known {
            Some((setter, (ty, list))) => write!(call, ".{}({})", setter.name, value(name, ty, list)),
            None => write!(call, ".query({}, given.query::<String>({})?)", literal(name), literal(name)),
        };
    }
    let setters = method.request.iter().flat_map(|request| &request.setters);
    for setter in setters {
        if let Target::Header { wire, ty } = &setter.target
            && request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wire))
        {
            let _ = write!(call, ".{}(given.header_as::<{}>({})?)", setter.name, type_text(ty, MODEL), literal(wire));
        }
    }
    Some(format!("given.send({call})"))
}

/// A query parameter as a setter takes it.
fn value(name: &str, ty: &Type, list: Option<crate::ir::ListStyle>) -> String {
    let (kind, ty, name) = (ty, query_type(ty), literal(name));
    match (list, separator(list)) {
        (None, _) if *kind == Type::When => format!("given.when({name})?"),
        (None, _) => format!("given.query::<{ty}>({name})?"),
        (Some(_), None) => format!("given.queries::<{ty}>({name}, None)?"),
        (Some(_), Some(separator)) => format!("given.queries::<{ty}>({name}, Some({separator:?}))?"),
    }
}

/// A type that a query parameter is read as.
fn query_type(ty: &Type) -> String {
    match ty {
        // Text of any kind makes one.
        Type::Attributes | Type::Sort(_) | Type::OData(..) => "String".to_owned(),
        ty => type_text(ty, MODEL),
    }
}

/// The function that makes the API's client.
fn client(package: &Package) -> String {
    let module = &package.module;
    let mut text = format!(
        "fn client(given: &Given<'_>) -> Result<{module}::Client, String> {{\n    let builder = {module}::Client::builder().transport(given.transport());\n    \
         let builder = builder.origin(\"https://witness.invalid\").access_token(\"token-of-witnesses\").limits(given.limits());\n"
    );
    for variable in package.client.variables.iter().filter(|variable| variable.default.is_none()) {
        let value = match &variable.choice {
            Some(choice) => choice.variants.first().map(|(name, _)| format!("{module}::{}::{name}", choice.name)),
            None => Some("\"witness\"".to_owned()),
        };
        if let Some(value) = value {
            let _ = writeln!(text, "    let builder = builder.{}({value});", variable.setter);
        }
    }
    for header in &package.client.headers {
        let wire = literal(&header.wire);
        let value = if header.integer {
            format!("given.header_or({wire}, 1)?")
        } else {
            format!("given.header_or({wire}, String::from(\"witness\"))?")
        };
        let _ = match header.required {
            true => writeln!(text, "    let builder = builder.{}({value});", header.setter),
            false => writeln!(
                text,
                "    let builder = if given.has_header({wire}) {{ builder.{}({value}) }} else {{ builder }};",
                header.setter
            ),
        };
    }
    text.push_str("    builder.build().map_err(|error| error.to_string())\n}\n");
    text
}

fn texts<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<String> = all.map(literal).collect();
    format!("&[{}]", all.join(", "))
}

fn pairs(all: &[(&str, &str)]) -> String {
    let all: Vec<String> = all.iter().map(|(name, text)| format!("({}, {})", literal(name), literal(text))).collect();
    format!("&[{}]", all.join(", "))
}
