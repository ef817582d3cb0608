//! `cargo xtask codegen`: generates, and writes or compares.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use sage_codegen::diagnostic::{Format, Severity};
use sage_codegen::plan::{Owned, Plan, plan};
use sage_codegen::report::{self, Row};
use sage_codegen::{Inputs, Outcome, generate};
use sage_codegen_host::terminal::{self, Progress};
use sage_codegen_host::{Changes, Exit, Fault, Fence, Root};

use crate::workspace::{self, COMMAND};
use crate::{Stop, help, options};

const USAGE: &str = "\
Usage: cargo xtask codegen [--check] [--message-format human|json|github]

Generates every API of specs/ into generated/, and prints a table. With --check it
writes nothing: it lists the files that are stale, missing or extra.
";

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short};
    let (mut check, mut format) = (false, Format::Human);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("check") => check = true,
            Long("message-format") => format = options::format(&mut arguments)?,
            Short('h') | Long("help") => return Ok(help(USAGE)),
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::open()?;
    Ok(if check { compare(&root, format)? } else { write(&root, format)? })
}

fn compare(root: &Root, format: Format) -> Result<Exit, Fault> {
    // Notes were read when the files were written.
    let Some((plan, _, _)) = prepare(root, format, Severity::Warning)? else { return Ok(Exit::Errors) };
    terminal::out(&report::check(&plan, COMMAND, format));
    Ok(if plan.is_empty() { Exit::Ok } else { Exit::Stale })
}

fn write(root: &Root, format: Format) -> Result<Exit, Fault> {
    let _lock = root.lock()?;
    let Some((plan, owned, rows)) = prepare(root, format, Severity::Note)? else { return Ok(Exit::Errors) };
    apply(root, &plan, owned)?;
    terminal::out(&report::table(&rows, format));
    terminal::out(&report::written(&plan, format));
    Ok(Exit::Ok)
}

/// Everything that writing and checking have in common; `None` if there were errors. Prints diagnostics that are at least
/// as bad as `least`.
fn prepare(root: &Root, format: Format, least: Severity) -> Result<Option<(Plan, Owned, Vec<Row>)>, Fault> {
    let inputs = workspace::inputs(root)?;
    let (mut outcome, rows) = timed(&inputs);
    options::messages(format, |format| outcome.messages(format, least));
    if outcome.has_errors() {
        return Ok(None);
    }
    let owned = workspace::owned(&outcome);
    let plan = plan(workspace::wanted(&mut outcome), &workspace::tree(root)?, &owned);
    if let Some(obstacle) = plan.obstacles.first() {
        return Err(Fault::new(obstacle.message()).help(obstacle.help()));
    }
    Ok(Some((plan, owned, rows)))
}

/// Generates, with the clock that the generator does not have.
pub(crate) fn timed(inputs: &Inputs) -> (Outcome, Vec<Row>) {
    let progress = Progress::new();
    let clocks: Mutex<BTreeMap<String, (Instant, f64)>> = Mutex::default();
    let outcome = generate(inputs, &|api, begun| {
        let mut clocks = clocks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if begun {
            progress.begin(api);
            clocks.insert(api.to_owned(), (Instant::now(), 0.0));
        } else {
            progress.end(api);
            clocks.entry(api.to_owned()).and_modify(|(start, seconds)| *seconds = start.elapsed().as_secs_f64());
        }
    });
    let clocks = clocks.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = |api: &str| clocks.get(api).map_or(0.0, |(_, seconds)| *seconds);
    let rows = outcome.apis.iter().map(|api| Row::new(api, seconds(&api.name))).collect();
    (outcome, rows)
}

/// Writes what the plan says, inside what is owned.
fn apply(root: &Root, plan: &Plan, owned: Owned) -> Result<(), Fault> {
    let fence = Fence { folders: plan.folders(&owned), files: owned.files };
    let changes = Changes {
        delete: plan.deletions().collect(),
        write: plan.writes().map(|(path, text)| (path, text.as_bytes())).collect(),
    };
    root.apply(&changes, &fence)
}
