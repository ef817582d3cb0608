//! `cargo xtask specs import`: a vendor's documents to their facts in `specs/`.

use std::path::PathBuf;

use lexopt::ValueExt as _;
use sage_codegen::diagnostic::{Diagnostic, Diagnostics, Format, Severity, render};
use sage_codegen::import::{File, Prose, import};
use sage_codegen::source::Source;
use sage_codegen::{InputFile, config};
use sage_codegen_host::{Changes, Exit, Fault, Fence, Root, read, terminal};

use crate::{Stop, help, options, workspace};

const USAGE: &str = "\
Usage: cargo xtask specs import --api NAME FILE… [--keep-prose] [--message-format human|json|github]

Takes the facts of a vendor's documents, in any dialect, and writes them to the documents
that specs/NAME/api.toml names. Name all documents of the API at once. The vendor's prose
is dropped; --keep-prose keeps it, for a private use that does not publish it.
";

/// What `specs import` is given.
struct Import {
    api: String,
    files: Vec<PathBuf>,
    prose: Prose,
    format: Format,
}

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    match arguments.next()? {
        Some(Value(command)) if command == "import" => {}
        Some(Short('h') | Long("help")) => return Ok(help(USAGE)),
        Some(Value(other)) => return Err(Stop::Usage(format!("there is no command `specs {}`", other.display()))),
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Stop::Usage("which command? There is `specs import`".to_owned())),
    }
    match parse(arguments)? {
        Some(arguments) => Ok(arguments.run()?),
        None => Ok(help(USAGE)),
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Option<Import>, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    let mut import = Import { api: String::new(), files: Vec::new(), prose: Prose::Drop, format: Format::Human };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("api") => import.api = arguments.value()?.string()?,
            Long("keep-prose") => import.prose = Prose::Keep,
            Long("message-format") => import.format = options::format(&mut arguments)?,
            Value(file) => import.files.push(file.into()),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    if import.api.is_empty() || import.files.is_empty() {
        return Err(Stop::Usage("`specs import` needs `--api NAME` and the vendor's documents".to_owned()));
    }
    Ok(Some(import))
}

impl Import {
    fn run(self) -> Result<Exit, Fault> {
        let root = workspace::open()?;
        let targets = self.targets(&root)?;
        let mut diagnostics = Diagnostics::new();
        let sources = self.sources(&mut diagnostics)?;
        let (files, counts) = import(sources.clone(), &targets, self.prose, &mut diagnostics);
        let diagnostics = diagnostics.into_vec();
        options::messages(self.format, |format| render(&diagnostics, &sources, format));
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return Ok(Exit::Errors);
        }
        self.write(&root, &files)?;
        terminal::out(&format!(
            "{} operations, {} schemas; {} with availability, {} with roles; {} repeated\n",
            counts.operations, counts.schemas, counts.availability, counts.roles, counts.repeated
        ));
        Ok(Exit::Ok)
    }

    /// The documents that the settings name.
    fn targets(&self, root: &Root) -> Result<Vec<String>, Fault> {
        let name = format!("specs/{}/api.toml", self.api);
        let missing = || {
            Fault::new(format!("`{name}` does not exist"))
                .help("make it first; specs/accounting/api.toml is an example")
        };
        let bytes = root.read(&name)?.ok_or_else(missing)?;
        let settings = config::read(&InputFile { name: name.as_str().into(), bytes });
        let settings = settings.map_err(|faults| Fault::new(format!("`{name}`: {}", joined(&faults))))?;
        Ok(settings.documents)
    }

    fn sources(&self, diagnostics: &mut Diagnostics) -> Result<Vec<Source>, Fault> {
        let mut sources = Vec::new();
        for path in &self.files {
            let file = InputFile { name: path.display().to_string().into(), bytes: read(path)? };
            match file.text().and_then(|text| Source::read(&file.name, text)) {
                Ok(source) => sources.push(source),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        Ok(sources)
    }

    /// Writes the files that changed.
    fn write(&self, root: &Root, files: &[File]) -> Result<(), Fault> {
        let _lock = root.lock()?;
        let path = |file: &File| format!("specs/{}/{}", self.api, file.name);
        let fence = Fence { folders: Vec::new(), files: files.iter().map(path).collect() };
        let mut changed = Vec::new();
        for (path, file) in fence.files.iter().zip(files) {
            let same = root.read(path)?.is_some_and(|bytes| bytes == file.text.as_bytes());
            terminal::out(&format!("{} {path}\n", if same { "unchanged" } else { "written" }));
            if !same {
                changed.push((path.as_str(), file.text.as_bytes()));
            }
        }
        root.apply(&Changes { delete: Vec::new(), write: changed }, &fence)
    }
}

/// Faults of settings, in one line.
fn joined(faults: &[Diagnostic]) -> String {
    faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
}
