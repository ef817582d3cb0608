//! What the commands are given, read and brought into the form of [`Inputs`].

use std::path::{Path, PathBuf};

use lexopt::ValueExt as _;
use sage_codegen::config;
use sage_codegen::diagnostic::{Diagnostic, Format};
use sage_codegen::inputs::VERSION;
use sage_codegen::names::ident::is_device;
use sage_codegen::names::{Ident, Words};
use sage_codegen::{ApiInput, InputFile};
use sage_codegen_host::{Fault, read};

use super::{Stop, server};

/// The options of `generate`, `check` and `inspect`.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) documents: Vec<PathBuf>,
    pub(crate) overlay: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) name: Option<String>,
    pub(crate) server: Option<String>,
    pub(crate) out: Option<PathBuf>,
    pub(crate) runtime: Option<String>,
    pub(crate) stage: Option<String>,
    pub(crate) tests: bool,
    pub(crate) format: Format,
    pub(crate) help: bool,
}

impl Arguments {
    /// Reads the options; those that a command does not have are refused.
    pub(crate) fn parse(mut parser: lexopt::Parser, known: &[&str]) -> Result<Self, Stop> {
        use lexopt::prelude::{Long, Short};
        let mut arguments = Self::default();
        while let Some(argument) = parser.next()? {
            let option = match argument {
                Short('h') | Long("help") => {
                    arguments.help = true;
                    return Ok(arguments);
                }
                Long(option) if known.contains(&option) || option == "message-format" => option.to_owned(),
                other => return Err(other.unexpected().into()),
            };
            arguments.option(&option, &mut parser)?;
        }
        if arguments.documents.is_empty() && arguments.config.is_none() {
            return Err(Stop::Usage("name a document, with `--document FILE`".to_owned()));
        }
        if arguments.server.is_some() && arguments.config.is_some() {
            return Err(Stop::Usage("the settings name the server; leave out `--server` or `--config`".to_owned()));
        }
        Ok(arguments)
    }

    fn option(&mut self, option: &str, parser: &mut lexopt::Parser) -> Result<(), Stop> {
        match option {
            "document" => self.documents.extend(parser.values()?.map(PathBuf::from)),
            "overlay" => self.overlay = Some(parser.value()?.into()),
            "config" => self.config = Some(parser.value()?.into()),
            "name" => self.name = Some(parser.value()?.string()?),
            "server" => self.server = Some(parser.value()?.string()?),
            "out" => self.out = Some(parser.value()?.into()),
            "runtime" => self.runtime = Some(parser.value()?.string()?),
            "stage" => self.stage = Some(parser.value()?.string()?),
            "tests" => self.tests = true,
            _ => self.format = format(&parser.value()?.string()?)?,
        }
        Ok(())
    }

    /// The name of the API; without one, that of the first document will do for looking at it.
    pub(crate) fn name(&self) -> String {
        let first = self.documents.first().or(self.config.as_ref());
        let stem = || first.and_then(|path| path.file_name()?.to_str()?.split('.').next()).unwrap_or("api").to_owned();
        self.name.clone().unwrap_or_else(stem)
    }

    /// Where the runtime comes from, for the manifest: the registry, unless it is said to be in a folder.
    pub(crate) fn runtime(&self) -> String {
        match &self.runtime {
            Some(path) => format!("{{ path = {} }}", quoted(path)),
            None => quoted(VERSION),
        }
    }

    /// Reads the files. Without settings, such are made from what the documents say of themselves, with a warning
    /// where they do not say enough.
    pub(crate) fn read(&self) -> Result<(ApiInput, Option<Diagnostic>), Stop> {
        let mut files = Vec::new();
        for path in self.documents.iter().chain(&self.overlay) {
            files.push(named(path)?);
        }
        let (config, warning) = match &self.config {
            Some(path) => (named(path)?, None),
            None => self.settings(&files)?,
        };
        let mut api = ApiInput { name: self.name(), config, files };
        if let Some(path) = &self.config {
            beside(path, &mut api)?;
        }
        Ok((api, warning))
    }

    /// The least that `api.toml` must say, for documents that come without one. It is sound whatever they hold: what
    /// is wrong with them is to be reported of them, not of settings that nobody wrote.
    fn settings(&self, files: &[InputFile]) -> Result<(InputFile, Option<Diagnostic>), Stop> {
        let (documents, overlay) = files.split_at(self.documents.len());
        let names = |files: &[InputFile]| files.iter().map(|file| quoted(&file.name)).collect::<Vec<_>>().join(", ");
        let (server, warning) = match &self.server {
            Some(address) => (server::given(address)?, None),
            None => server::settings(documents),
        };
        let module = Ident::snake(&Words::of(&self.name()));
        let module = if is_device(module.as_str()) { module.with_suffix("api") } else { module };
        let overlay = overlay.iter().map(|file| format!("overlay = {}\n", quoted(&file.name))).collect::<String>();
        let text = format!(
            "module = {}\ntitle = {}\ndocuments = [{}]\n{overlay}\n[server]\n{server}",
            quoted(module.as_str()),
            quoted(&self.name()),
            names(documents),
        );
        Ok((InputFile { name: "api.toml".into(), bytes: text.into() }, warning))
    }
}

pub(crate) fn format(name: &str) -> Result<Format, Stop> {
    match name {
        "human" => Ok(Format::Human),
        "json" => Ok(Format::Json),
        "github" => Ok(Format::Github),
        other => Err(Stop::Usage(format!("`{other}` is no message format; `human`, `json` and `github` are"))),
    }
}

/// A file under its own name: what is generated must not depend on the folder.
fn named(path: &Path) -> Result<InputFile, Fault> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(InputFile { name: name.into(), bytes: read(path)? })
}

/// The files that the settings name and that were not given, from the folder of the settings. What is not there either
/// is reported with the settings; what was given and is not named would be left out without a word, so it is refused.
fn beside(config: &Path, api: &mut ApiInput) -> Result<(), Stop> {
    let Ok(settings) = config::read(&api.config) else { return Ok(()) };
    let names: Vec<&String> = settings.documents.iter().chain(&settings.overlay).collect();
    if let Some(file) = api.files.iter().find(|file| names.iter().all(|name| **name != *file.name)) {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let (file, config) = (&file.name, config.display());
        return Err(Stop::Usage(format!("`{config}` does not name `{file}`, but {}", names.join(", "))));
    }
    let folder = config.parent().unwrap_or(Path::new(""));
    for name in names {
        let path = folder.join(name);
        if api.file(name).is_none() && path.exists() {
            api.files.push(InputFile { name: name.as_str().into(), bytes: read(&path)? });
        }
    }
    Ok(())
}

/// A string of TOML.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}
