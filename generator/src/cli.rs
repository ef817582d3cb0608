//! The command line: dispatch, usage, and what the commands have in common.

mod arguments;
mod explain;
mod generate;
mod inspect;
mod server;
mod target;
mod witness;

use sage_codegen::diagnostic::Format;
use sage_codegen_host::{Exit, Fault, terminal};

const USAGE: &str = "\
Usage: sage-codegen COMMAND

Commands:
  generate --document FILE… --name NAME --out DIR    write a crate
  check    --document FILE…                          report what is wrong with documents
  check    --document FILE… --name NAME --out DIR    compare a crate; exit status 3 if it is stale
  inspect  --document FILE… --stage STAGE            print what a stage gives
  explain  CODE                                      explain a diagnostic
  witness  add --config FILE FILE                    file a recorded reply, without what is secret

Options:
  --document FILE…       OpenAPI 2.0, 3.0 or 3.1, as JSON or YAML; Postman collections
                         (v2.0, v2.1) and environments
  --overlay FILE         corrections, in the format OpenAPI Overlay 1.0
  --config FILE          settings: an `api.toml`
  --name NAME            the name of the API: the crate and its module
  --server URL           where the service is, if its documents do not say so, or not rightly
  --out DIR              the folder of the crate
  --tests                the crate has tests of what its documents hold: examples, and the requests
                         and saved replies of collections
  --runtime DIR          where `sage-runtime` is, if it is not to come from the registry
  --stage STAGE          source, adapted, ir, rust or files
  --message-format FORMAT    human, json or github
  -h, --help             this text

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

/// Runs the command that the command line names.
pub(crate) fn main() -> Exit {
    run(lexopt::Parser::from_env()).unwrap_or_else(report)
}

fn run(mut parser: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    let command = match parser.next()? {
        None => return Err(Stop::Usage("which command?".to_owned())),
        Some(Short('h') | Long("help")) => String::from("help"),
        Some(Value(command)) => command.to_string_lossy().into_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "generate" => generate::run(parser),
        "check" => generate::check(parser),
        "inspect" => inspect::run(parser),
        "explain" => explain::run(parser),
        "witness" => witness::run(parser),
        "help" => Ok(help()),
        other => Err(Stop::Usage(format!("there is no command `{other}`"))),
    }
}

fn help() -> Exit {
    terminal::out(USAGE);
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

/// Prints diagnostics: for people to standard error, in color if that can be; for machines to standard output.
fn messages(format: Format, render: impl FnOnce(Format) -> String) {
    match format {
        Format::Human | Format::Color if terminal::color() => terminal::err(&render(Format::Color)),
        Format::Human | Format::Color => terminal::err(&render(Format::Human)),
        Format::Json | Format::Github => terminal::out(&render(format)),
    }
}
