//! `cargo xtask postman …`: what collections are worth, and how to make them.

use sage_codegen::diagnostic::{Diagnostics, Format, Severity, render};
use sage_codegen::source::Source;
use sage_codegen::{ApiInput, InputFile, config, correct, ir, normalize, read, read_overlay};
use sage_codegen_host::{Exit, Fault, Root, terminal};

use crate::{Stop, help, workspace};

mod compare;

const USAGE: &str = "\
Usage: cargo xtask postman compare [--api NAME]

compare   make types from the collections of an API alone (accounting-v3), and compare
          them with those that its documents give: how many properties have the same
          type, and each that has not
";

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let (mut what, mut api) = (None, "accounting-v3".to_owned());
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("api") => api = arguments.value()?.string()?,
            Short('h') | Long("help") => return Ok(help(USAGE)),
            Value(word) if what.is_none() => what = Some(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::open()?;
    let api = find(&root, &api)?;
    match what.as_deref() {
        Some("compare") => {
            terminal::out(&compare::report(&documents(&api, false)?, &documents(&api, true)?));
            Ok(Exit::Ok)
        }
        Some(other) => Err(Stop::Usage(format!("`postman` has no `{other}`"))),
        None => Err(Stop::Usage("`postman` wants to know what: `compare`".to_owned())),
    }
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
    let (sources, _) = correct(sources, overlay.as_ref(), &config, &mut diagnostics);
    let (ir, _) = normalize::normalize(&sources, &config, &mut diagnostics);
    let found: Vec<_> =
        diagnostics.into_vec().into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    if found.is_empty() { Ok(ir) } else { Err(told(&found, &sources)) }
}

fn told(faults: &[sage_codegen::diagnostic::Diagnostic], sources: &[Source]) -> Fault {
    Fault::new(render(faults, sources, Format::Human).trim_end().to_owned())
}
