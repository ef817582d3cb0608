//! `sage-codegen inspect`: what each stage gives, as text.

use std::fmt::Write as _;

use sage_codegen::diagnostic::{self, Diagnostics, Severity};
use sage_codegen::emit::{self, Form, Layout};
use sage_codegen::names::Lock;
use sage_codegen::source::Source;
use sage_codegen::{ApiInput, config, conventions, lower, normalize};
use sage_codegen_host::{Exit, terminal};

use super::arguments::Arguments;
use super::{Stop, help, messages};

/// The command.
pub(crate) fn run(parser: lexopt::Parser) -> Result<Exit, Stop> {
    let known = ["document", "overlay", "config", "name", "server", "stage"];
    let arguments = Arguments::parse(parser, &known)?;
    if arguments.help {
        return Ok(help());
    }
    let stage = Stage::parse(arguments.stage.as_deref())?;
    let mut diagnostics = Diagnostics::new();
    let (api, warning) = arguments.read()?;
    diagnostics.extend(warning);
    let (text, sources) = dump(&api, stage, &mut diagnostics);
    let diagnostics = diagnostics.into_vec();
    messages(arguments.format, |format| diagnostic::render(&diagnostics, &sources, format));
    terminal::out(&text);
    let errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Ok(if errors { Exit::Errors } else { Exit::Ok })
}

/// The stages, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Source,
    Adapted,
    Ir,
    Rust,
    Files,
}

impl Stage {
    fn parse(name: Option<&str>) -> Result<Self, Stop> {
        match name {
            Some("source") => Ok(Self::Source),
            Some("adapted") => Ok(Self::Adapted),
            Some("ir") => Ok(Self::Ir),
            Some("rust") => Ok(Self::Rust),
            Some("files") => Ok(Self::Files),
            Some(other) => {
                Err(Stop::Usage(format!("`{other}` is no stage; `source`, `adapted`, `ir`, `rust` and `files` are")))
            }
            None => Err(Stop::Usage("name a stage, with `--stage`".to_owned())),
        }
    }
}

/// Runs the stages up to this one, and prints what it gives.
fn dump(api: &ApiInput, stage: Stage, diagnostics: &mut Diagnostics) -> (String, Vec<Source>) {
    let config = match config::read(&api.config) {
        Ok(config) => config,
        Err(faults) => {
            diagnostics.extend(faults);
            return Default::default();
        }
    };
    let sources = sage_codegen::read(api, &config, diagnostics);
    if stage == Stage::Source {
        return (trees(&sources), sources);
    }
    let overlay = sage_codegen::read_overlay(api, &config, diagnostics);
    let (documents, _) = sage_codegen::correct(sources, overlay.as_ref(), &config, diagnostics);
    if stage == Stage::Adapted {
        return (trees(&documents.sources), documents.sources);
    }
    let (mut ir, _) = normalize::normalize(&documents, &config, diagnostics);
    let sources = documents.sources;
    conventions::apply(&mut ir, &config, diagnostics);
    if stage == Stage::Ir {
        let text = serde_json::to_string_pretty(&ir).unwrap_or_else(|error| error.to_string());
        return (text + "\n", sources);
    }
    let package = lower::lower(&ir, &Lock::default(), diagnostics).package;
    if stage == Stage::Rust {
        return (format!("{package:#?}\n"), sources);
    }
    let form = Form { command: "sage-codegen inspect".to_owned(), layout: Layout::Module };
    let mut text = String::new();
    for file in emit::emit(&package, &form) {
        let _ = writeln!(text, "==> {} <==\n{}", file.path, file.text);
    }
    (text, sources)
}

/// The documents as YAML, one after the other.
fn trees(sources: &[Source]) -> String {
    sources
        .iter()
        .map(|source| format!("# {}\n{}", source.file, source.tree.to_yaml()))
        .collect::<Vec<_>>()
        .join("---\n")
}
