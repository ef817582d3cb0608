//! `cargo xtask postman …`: what collections are worth, and how to make them.

use std::path::{Path, PathBuf};

use sage_codegen::diagnostic::{Diagnostics, Format, Severity, render};
use sage_codegen::source::Source;
use sage_codegen::{ApiInput, InputFile, config, correct, ir, model, normalize, postman, read, read_overlay};
use sage_codegen_host::{Exit, Fault, Root, terminal};

use crate::{Stop, help, workspace};

mod compare;

const USAGE: &str = "\
Usage: cargo xtask postman [write] [--api NAME] [--out DIR]
       cargo xtask postman compare [--api NAME]

write     write a collection and an environment of each API, or of one, into a folder
          (target/postman), with the corrections in them, to try the API by hand
compare   make types from the collections of an API alone (accounting-v3), and compare
          them with those that its documents give: how many properties have the same
          type, and each that has not
";

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let (mut what, mut api, mut out) = (None, None, PathBuf::from("target/postman"));
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("api") => api = Some(arguments.value()?.string()?),
            Long("out") => out = arguments.value()?.into(),
            Short('h') | Long("help") => return Ok(help(USAGE)),
            Value(word) if what.is_none() => what = Some(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::open()?;
    match what.as_deref() {
        None | Some("write") => write(&root, api.as_deref(), &out),
        Some("compare") => {
            let api = find(&root, api.as_deref().unwrap_or("accounting-v3"))?;
            terminal::out(&compare::report(&documents(&api, false)?, &documents(&api, true)?));
            Ok(Exit::Ok)
        }
        Some(other) => Err(Stop::Usage(format!("`postman` has no `{other}`"))),
    }
}

/// Writes the collections and environments.
fn write(root: &Root, api: Option<&str>, out: &Path) -> Result<Exit, Stop> {
    let apis = match api {
        Some(api) => vec![find(root, api)?],
        None => workspace::inputs(root)?.apis,
    };
    std::fs::create_dir_all(out).map_err(|error| Fault::new(format!("`{}`: {error}", out.display())))?;
    for api in &apis {
        let config = config::read(&api.config).map_err(|faults| told(&faults, &[]))?;
        let ir = model(api).map_err(|faults| told(&faults, &[]))?;
        let written = postman::write(&ir, &config.tries);
        let files = [("collection", written.collection), ("environment", written.environment)];
        for (kind, text) in files {
            let path = out.join(format!("{}.postman_{kind}.json", api.name));
            std::fs::write(&path, text).map_err(|error| Fault::new(format!("`{}`: {error}", path.display())))?;
            terminal::out(&format!("{}\n", path.display()));
        }
    }
    Ok(Exit::Ok)
}

/// Errors, if there are any.
fn sound(diagnostics: Diagnostics, sources: &[Source]) -> Result<(), Fault> {
    let found: Vec<_> =
        diagnostics.into_vec().into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    if found.is_empty() { Ok(()) } else { Err(told(&found, sources)) }
}

fn find(root: &Root, name: &str) -> Result<ApiInput, Fault> {
    let inputs = workspace::inputs(root)?;
    let known = inputs.apis.iter().map(|api| format!("`{}`", api.name)).collect::<Vec<_>>().join(", ");
    let found = inputs.apis.into_iter().find(|api| api.name == name);
    found.ok_or_else(|| Fault::new(format!("there is no API `{name}`")).help(format!("there are {known}")))
}

/// The API as its collections alone describe it, or as its documents alone do, before conventions.
fn documents(api: &ApiInput, collections: bool) -> Result<ir::Api, Fault> {
    let settings = |file: &InputFile| config::read(file).map_err(|faults| told(&faults, &[]));
    let mut config = settings(&api.config)?;
    let is_collection = |name: &String| {
        let source = api.file(name).and_then(|file| Source::read(&file.name, file.text().ok()?).ok());
        source.is_some_and(|source| source.dialect().is_postman())
    };
    config.documents.retain(|name| is_collection(name) == collections);
    let mut diagnostics = Diagnostics::new();
    let sources = read(api, &config, &mut diagnostics);
    let overlay = if collections { None } else { read_overlay(api, &config, &mut diagnostics) };
    let (documents, _) = correct(sources, overlay.as_ref(), &config, &mut diagnostics);
    let (ir, _) = normalize::normalize(&documents, &config, &mut diagnostics);
    sound(diagnostics, &documents.sources).map(|()| ir)
}

fn told(faults: &[sage_codegen::diagnostic::Diagnostic], sources: &[Source]) -> Fault {
    Fault::new(render(faults, sources, Format::Human).trim_end().to_owned())
}
