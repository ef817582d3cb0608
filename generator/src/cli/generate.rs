//! `sage-codegen generate` and `check`: documents in, a crate out or compared.

use sage_codegen::diagnostic::{Diagnostic, Severity};
use sage_codegen::emit::{Form, Layout};
use sage_codegen::names::ident;
use sage_codegen::plan::{Plan, plan};
use sage_codegen::report::{self, Row};
use sage_codegen::{InputFile, Inputs, Outcome, generate};
use sage_codegen_host::terminal::{self, Progress};
use sage_codegen_host::{Changes, Exit, Fault, Fence, Root};

use super::arguments::Arguments;
use super::{Stop, help, messages, target};

/// Libraries that a client could not tell from itself.
const TAKEN: [&str; 6] = ["std", "core", "alloc", "test", "proc_macro", "sage_runtime"];

const COMMAND: &str = "sage-codegen generate";

/// `generate`.
pub(crate) fn run(parser: lexopt::Parser) -> Result<Exit, Stop> {
    let known = ["document", "overlay", "config", "name", "server", "out", "runtime", "tests"];
    let arguments = Arguments::parse(parser, &known)?;
    if arguments.help {
        return Ok(help());
    }
    let (Some(name), Some(out)) = (&arguments.name, &arguments.out) else {
        return Err(Stop::Usage("`generate` needs `--name NAME` and `--out DIR`".to_owned()));
    };
    crate_name(name)?;
    let found = target::find(out)?;
    let _lock = found.as_ref().map(Root::lock).transpose()?;
    let Some((plan, row)) = prepare(&arguments, found.as_ref())? else { return Ok(Exit::Errors) };
    // Only now: a run that fails leaves nothing behind.
    let root = match found {
        Some(root) => root,
        None => Root::create(out, "")?,
    };
    let owned = target::owned(arguments.tests);
    let write = plan.writes().map(|(path, text)| (path, text.as_bytes())).collect();
    let changes = Changes { delete: plan.deletions().collect(), write };
    root.apply(&changes, &Fence { folders: owned.folders, files: owned.files })?;
    terminal::out(&report::table(&[row], arguments.format));
    terminal::out(&report::written(&plan, arguments.format));
    Ok(Exit::Ok)
}

/// `check`: of documents alone, or of a crate that was made from them.
pub(crate) fn check(parser: lexopt::Parser) -> Result<Exit, Stop> {
    let known = ["document", "overlay", "config", "name", "server", "out", "runtime", "tests"];
    let arguments = Arguments::parse(parser, &known)?;
    if arguments.help {
        return Ok(help());
    }
    let Some(out) = &arguments.out else {
        let (inputs, warning) = inputs(&arguments, None)?;
        let (outcome, _) = timed(&inputs, warning);
        messages(arguments.format, |format| outcome.messages(format, Severity::Note));
        return Ok(if outcome.has_errors() { Exit::Errors } else { Exit::Ok });
    };
    crate_name(&arguments.name())?;
    let root = Root::open(out, "")?;
    let Some((plan, _)) = prepare(&arguments, Some(&root))? else { return Ok(Exit::Errors) };
    terminal::out(&report::check(&plan, &command(&arguments), arguments.format));
    Ok(if plan.is_empty() { Exit::Ok } else { Exit::Stale })
}

/// A name that Cargo takes and that makes a module.
fn crate_name(name: &str) -> Result<(), Stop> {
    let mut letters = name.chars();
    let first = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic());
    let rest = letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_');
    if !(first && rest) {
        return Err(Stop::Usage(format!(
            "`{name}` is no name for a crate: letters, digits, `-` and `_`, a letter first"
        )));
    }
    let library = name.replace('-', "_");
    if ident::is_keyword(&library) || TAKEN.contains(&library.as_str()) {
        return Err(Stop::Usage(format!(
            "`{name}` is no name for a crate: it is a word of Rust, or a crate that every client uses"
        )));
    }
    Ok(())
}

/// Everything that writing and comparing have in common; `None` if there were errors.
fn prepare(arguments: &Arguments, root: Option<&Root>) -> Result<Option<(Plan, Row)>, Stop> {
    let names = root.map(|root| root.read(target::NAMES)).transpose()?.flatten();
    let names = names.map(|bytes| InputFile { name: target::NAMES.into(), bytes });
    let (inputs, warning) = inputs(arguments, names)?;
    let (outcome, row) = timed(&inputs, warning);
    messages(arguments.format, |format| outcome.messages(format, Severity::Note));
    if outcome.has_errors() {
        return Ok(None);
    }
    let files = target::files(outcome, &inputs, arguments.tests);
    let disk = root.map(|root| target::tree(root, arguments.tests)).transpose()?.unwrap_or_default();
    let plan = plan(files, &disk, &target::owned(arguments.tests));
    if let Some(obstacle) = plan.obstacles.first() {
        return Err(Fault::new(obstacle.message()).help(obstacle.help()).into());
    }
    Ok(Some((plan, row)))
}

fn inputs(arguments: &Arguments, names: Option<InputFile>) -> Result<(Inputs, Option<Diagnostic>), Stop> {
    let (api, warning) = arguments.read()?;
    let layout = Layout::Crate { name: arguments.name(), runtime: arguments.runtime(), tests: arguments.tests };
    Ok((Inputs { apis: vec![api], names, form: Form { command: COMMAND.to_owned(), layout } }, warning))
}

/// Generates, with the clock that the generator does not have, and with the warning of the settings before all others.
#[expect(clippy::disallowed_types, reason = "the program may know the time, the library may not")]
fn timed(inputs: &Inputs, warning: Option<Diagnostic>) -> (Outcome, Row) {
    let progress = Progress::new();
    let start = std::time::Instant::now();
    let mut outcome = generate(inputs, &|api, begun| if begun { progress.begin(api) } else { progress.end(api) });
    let seconds = start.elapsed().as_secs_f64();
    outcome.apis[0].diagnostics.splice(0..0, warning);
    let row = Row::new(&outcome.apis[0], seconds);
    (outcome, row)
}

/// The command that mends what is stale.
fn command(arguments: &Arguments) -> String {
    let mut words = vec![COMMAND.to_owned()];
    let mut option = |option: &str, values: Vec<String>| {
        if !values.is_empty() {
            words.push(format!("--{option}"));
            words.extend(values.iter().map(|value| shell(value)));
        }
    };
    let path = |path: &std::path::PathBuf| path.display().to_string();
    option("document", arguments.documents.iter().map(path).collect());
    option("overlay", arguments.overlay.iter().map(path).collect());
    option("config", arguments.config.iter().map(path).collect());
    option("name", vec![arguments.name()]);
    option("server", arguments.server.iter().cloned().collect());
    option("runtime", arguments.runtime.iter().cloned().collect());
    option("out", arguments.out.iter().map(path).collect());
    words.extend(arguments.tests.then(|| "--tests".to_owned()));
    words.join(" ")
}

/// A word that a shell takes for one.
fn shell(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+:@%,=".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
