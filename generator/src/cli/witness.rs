//! `sage-codegen witness add`: a recording becomes a witness beside the documents, without what is secret or personal.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use lexopt::ValueExt as _;
use sage_codegen::diagnostic::{self, Diagnostics, Format, Severity};
use sage_codegen::names::Lock;
use sage_codegen::rust::Package;
use sage_codegen::source::Source;
use sage_codegen::witness::scrub::{Change, Class};
use sage_codegen::witness::{self, FOLDER, Filed, Recording};
use sage_codegen::{ApiInput, InputFile, config, conventions, ir, lower, normalize};
use sage_codegen_host::{Changes, Exit, Fault, Fence, Root, read, terminal};

use super::arguments::{Arguments, format};
use super::{Stop, messages};

const USAGE: &str = "\
Usage: sage-codegen witness add --config FILE [FILE]

Files what a service really sent or answered beside the documents of its API, in the folder
`witness`, after taking out what is secret or personal. FILE is a reply as it came, an HTTP
archive (HAR), or a witness; without FILE, standard input is read.

Options:
  --config FILE          the settings of the API: specs/accounting/api.toml
  --operation OPERATION  `GET /contacts/{key}` or `contacts.get`; an archive says it itself
  --entry N              which entry of an archive
  --status N             the status of a reply
  --name WORDS           what this witness shows: the end of the name of its file
  --note TEXT            for people
  --secret KEY           the values of this property are secret; may be repeated
  --dry-run              print the witness, write nothing
  --message-format FORMAT    human, json or github
  -h, --help             this text

Exit status: 0 it is filed and the types carry it, 1 it cannot be read or still looks secret,
and is not filed, or it is filed and contradicts the documents, 2 usage.
";

/// What the command is given.
#[derive(Default)]
struct Add {
    config: Option<PathBuf>,
    file: Option<PathBuf>,
    name: Option<String>,
    dry_run: bool,
    format: Format,
    recording: Recording,
}

/// The command.
pub(crate) fn run(mut parser: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    match parser.next()? {
        Some(Value(command)) if command == "add" => {}
        Some(Short('h') | Long("help")) => return Ok(help()),
        Some(Value(other)) => return Err(Stop::Usage(format!("there is no command `witness {}`", other.display()))),
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Stop::Usage("which command? There is `witness add`".to_owned())),
    }
    match parse(parser)? {
        Some(add) => add.run(),
        None => Ok(help()),
    }
}

fn help() -> Exit {
    terminal::out(USAGE);
    Exit::Ok
}

fn parse(mut parser: lexopt::Parser) -> Result<Option<Add>, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    let mut add = Add::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("config") => add.config = Some(parser.value()?.into()),
            Long("operation") => add.recording.operation = Some(parser.value()?.string()?),
            Long("entry") => add.recording.entry = Some(parser.value()?.parse()?),
            Long("status") => add.recording.status = Some(parser.value()?.parse()?),
            Long("name") => add.name = Some(file_words(&parser.value()?.string()?)?),
            Long("note") => add.recording.note = Some(parser.value()?.string()?),
            Long("secret") => add.recording.secret.push(parser.value()?.string()?),
            Long("dry-run") => add.dry_run = true,
            Long("message-format") => add.format = format(&parser.value()?.string()?)?,
            Value(file) if add.file.is_none() => add.file = Some(file.into()),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    if add.config.is_none() {
        return Err(Stop::Usage("`witness add` needs the settings of the API: `--config FILE`".to_owned()));
    }
    Ok(Some(add))
}

/// Words that may stand in the name of a file.
fn file_words(name: &str) -> Result<String, Stop> {
    let legal =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if legal {
        Ok(name.to_owned())
    } else {
        Err(Stop::Usage(format!("`{name}` is no name: letters, digits, `-` and `_`")))
    }
}

impl Add {
    fn run(&self) -> Result<Exit, Stop> {
        let config = self.config.as_deref().unwrap_or(Path::new("api.toml"));
        let arguments = Arguments { config: Some(config.to_path_buf()), ..Arguments::default() };
        let (api, _) = arguments.read()?;
        let mut diagnostics = Diagnostics::new();
        let made = make(&api, &mut diagnostics);
        let diagnostics = diagnostics.into_vec();
        let Some(Made { ir, package, sources }) =
            made.filter(|_| diagnostics.iter().all(|one| one.severity != Severity::Error))
        else {
            messages(self.format, |format| diagnostic::render(&diagnostics, [], format));
            return Ok(Exit::Errors);
        };
        let (name, text) = self.recorded()?;
        let source = match Source::read(&name, &text) {
            Ok(source) => source,
            Err(fault) => {
                messages(self.format, |format| diagnostic::render(&[fault], [], format));
                return Ok(Exit::Errors);
            }
        };
        let filed = witness::add(&source.tree, &self.recording, &package).map_err(Stop::Usage)?;
        terminal::err(&report(filed.changes.as_slice()));
        if !filed.suspects.is_empty() {
            return Err(refuse(&filed).into());
        }
        if self.dry_run {
            terminal::out(&filed.text);
            return Ok(Exit::Ok);
        }
        self.write(config, &filed)?;
        Ok(self.compare(&api, &filed, &ir, &package, &sources))
    }

    fn recorded(&self) -> Result<(String, String), Stop> {
        let (name, bytes) = match self.file.as_deref().filter(|file| *file != Path::new("-")) {
            Some(file) => (file.display().to_string(), read(file)?),
            None => {
                let mut bytes = Vec::new();
                let all = std::io::stdin().read_to_end(&mut bytes);
                all.map_err(|error| Fault::new(format!("standard input cannot be read: {error}")))?;
                ("standard input".to_owned(), bytes)
            }
        };
        let text = String::from_utf8(bytes).map_err(|_| Fault::new(format!("`{name}` is not UTF-8 text")))?;
        Ok((name, text))
    }

    fn file_name(&self, filed: &Filed) -> String {
        let name = self.name.iter().map(|name| format!(".{name}")).collect::<String>();
        format!("{FOLDER}/{}{name}.json", filed.id)
    }

    fn write(&self, config: &Path, filed: &Filed) -> Result<(), Stop> {
        let folder = config.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let root = Root::open(folder, "")?;
        let _lock = root.lock()?;
        let file = self.file_name(filed);
        if root.read(&file)?.is_some() {
            let fault = Fault::new(format!("`{}` exists", folder.join(&file).display()));
            return Err(fault.help("say what this one shows, with `--name WORDS`").into());
        }
        let changes = Changes { delete: Vec::new(), write: vec![(file.as_str(), filed.text.as_bytes())] };
        root.apply(&changes, &Fence { folders: Vec::new(), files: vec![file.clone()] })?;
        terminal::out(&format!("written {}\n", folder.join(&file).display()));
        Ok(())
    }

    /// Says at once what the types make of it.
    fn compare(&self, api: &ApiInput, filed: &Filed, ir: &ir::Api, package: &Package, sources: &[Source]) -> Exit {
        let name = self.file_name(filed);
        let file = InputFile { name: api.path(&name).into(), bytes: filed.text.clone().into_bytes() };
        let alone = ApiInput { name: api.name.clone(), config: api.config.clone(), files: vec![file] };
        let mut diagnostics = Diagnostics::new();
        let (witnesses, texts) = witness::read(&alone, &mut diagnostics);
        witness::check(ir, package, &witnesses, &|| sources.to_vec(), &mut diagnostics);
        let diagnostics = diagnostics.into_vec();
        let sources: Vec<Source> = sources.iter().cloned().chain(texts).collect();
        messages(self.format, |format| diagnostic::render(&diagnostics, &sources, format));
        let errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if errors { Exit::Errors } else { Exit::Ok }
    }
}

/// What the documents say, and what will be made of it.
struct Made {
    ir: ir::Api,
    package: Package,
    sources: Vec<Source>,
}

fn make(api: &ApiInput, diagnostics: &mut Diagnostics) -> Option<Made> {
    let config = config::read(&api.config).map_err(|faults| diagnostics.extend(faults)).ok()?;
    let sources = sage_codegen::read(api, &config, diagnostics);
    let overlay = sage_codegen::read_overlay(api, &config, diagnostics);
    let (documents, _) = sage_codegen::correct(sources, overlay.as_ref(), &config, diagnostics);
    let (mut ir, _) = normalize::normalize(&documents, &config, diagnostics);
    conventions::apply(&mut ir, &config, diagnostics);
    let package = lower::lower(&ir, &Lock::default(), diagnostics).package;
    Some(Made { ir, package, sources: documents.sources })
}

/// What was replaced, by kind and place; never what it was.
fn report(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "nothing was replaced\n".to_owned();
    }
    let mut by_class: BTreeMap<Class, Vec<&str>> = BTreeMap::new();
    for change in changes {
        by_class.entry(change.class).or_default().push(&change.pointer);
    }
    let mut text = format!("replaced {} value{}:\n", changes.len(), if changes.len() == 1 { "" } else { "s" });
    for (class, places) in by_class {
        let (one, several) = class.words();
        let what = if places.len() == 1 { one } else { several };
        text.push_str(&format!("  {} {what}: {}\n", places.len(), places.join(", ")));
    }
    text
}

/// Why nothing is written.
fn refuse(filed: &Filed) -> Fault {
    let places = filed.suspects.iter().map(|suspect| format!("\n  `{}` looks like {}", suspect.pointer, suspect.looks));
    let fault = Fault::new(format!("something in it still looks secret or personal:{}", places.collect::<String>()));
    fault.help("name the properties with `--secret KEY`, or take them out of the recording; nothing was written")
}
