//! `cargo xtask coverage`: what the documents hold, what is emitted, what is skipped and why.

use sage_codegen::coverage::{Coverage, to_json};
use sage_codegen::diagnostic::{Format, Severity};
use sage_codegen::report;
use sage_codegen_host::{Exit, terminal};

use crate::{Stop, codegen, help, options, workspace};

const USAGE: &str = "\
Usage: cargo xtask coverage [--json] [--message-format human|json|github]

Counts, for each API, the operations, parameters, schemas and properties of its
documents: how many are emitted, and which are skipped for what reason.
";

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short};
    let (mut json, mut format) = (false, Format::Human);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("json") => json = true,
            Long("message-format") => format = options::format(&mut arguments)?,
            Short('h') | Long("help") => return Ok(help(USAGE)),
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::open()?;
    let (outcome, _) = codegen::timed(&workspace::inputs(&root)?);
    // With `--json` the counts alone are on standard output, so that a program can read them.
    if !json || format == Format::Human {
        options::messages(format, |format| outcome.messages(format, Severity::Error));
    }
    let apis: Vec<Coverage> = outcome.apis.iter().map(|api| api.coverage.clone()).collect();
    terminal::out(&if json { to_json(&apis) + "\n" } else { report::coverage(&apis) });
    Ok(if outcome.has_errors() { Exit::Errors } else { Exit::Ok })
}
