//! The commands of this workspace: `cargo xtask …`.
//!
//! Thin on purpose: it reads the files, calls the generator, and writes or compares what that gives.

mod ci;
mod codegen;
mod coverage;
mod faults;
mod options;
mod postman;
mod sandbox;
mod specs;
mod workspace;

use std::process::ExitCode;

use sage_codegen_host::{Exit, Fault, terminal};

/// Trees of many small parts are all that this program makes: a third of its time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

Commands:
  codegen                 generate every API of specs/ into generated/
  codegen --check         compare instead of writing; exit status 3 if something is stale
  coverage                count what the documents hold and what is emitted
  faults                  plant faults in the runtime, and see that the tests catch each
  postman                 write APIs as Postman collections, to try them by hand
  postman compare         types from collections alone beside those of the documents
  specs import            take the facts of a vendor's documents
  sandbox                 run a local Sage: OAuth and every operation of the three APIs
  ci                      everything that CI runs

Options:
  --message-format human|json|github    how messages are printed (human)
  -h, --help                            this text, or that of a command

Exit status: 0 all is well, 1 errors, 2 usage, 3 stale.
";

/// Why a command came to no end of its own.
pub(crate) enum Stop {
    /// The command line was not understood.
    Usage(String),
    /// A file could not be read or written.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<lexopt::Error> for Stop {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

fn main() -> ExitCode {
    run(lexopt::Parser::from_env()).unwrap_or_else(report).into()
}

fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    let command = match arguments.next()? {
        None => return Err(Stop::Usage("which command?".to_owned())),
        Some(Short('h') | Long("help")) => String::from("help"),
        Some(Value(command)) => command.to_string_lossy().into_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "codegen" => codegen::run(arguments),
        "sandbox" => sandbox::run(arguments),
        "specs" => specs::run(arguments),
        "coverage" => coverage::run(arguments),
        "ci" => ci::run(arguments),
        "faults" => faults::run(arguments),
        "postman" => postman::run(arguments),
        "help" => Ok(help(USAGE)),
        other => Err(Stop::Usage(format!("there is no command `{other}`"))),
    }
}

/// Prints a command's usage, as asked for.
fn help(usage: &str) -> Exit {
    terminal::out(usage);
    Exit::Ok
}

fn report(stop: Stop) -> Exit {
    match stop {
        Stop::Usage(message) => {
            terminal::err(&format!("error: {message}\n\n{USAGE}"));
            Exit::Usage
        }
        Stop::Fault(fault) => {
            terminal::fault(&fault);
            Exit::Errors
        }
    }
}
