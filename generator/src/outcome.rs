//! What comes out of a run, as data.

use crate::config::Counts;
use crate::coverage::Coverage;
use crate::diagnostic::{Diagnostic, Format, Severity, render};
use crate::plan::File;
use crate::plan::Owned;
use crate::rust::{Item, Package};
use crate::source::Source;

/// Everything that a run gives.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The APIs, in the order of the inputs.
    pub apis: Vec<ApiOutcome>,
    /// Every file below the generated crate's `src`: complete only if there are no errors.
    pub files: Vec<File>,
    /// A call of every operation with everything set, one file an API, for tests.
    pub calls: Vec<File>,
    /// The tables of witnesses, file by file, for a crate of tests.
    pub tests: Vec<File>,
    /// The new `names.lock`.
    pub names: String,
    /// The new `codegen.lock`.
    pub lock: String,
    /// What is wrong with the inputs as a whole.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a run gives for one API.
#[derive(Debug, Default)]
pub struct ApiOutcome {
    /// The name of the API, as in the inputs.
    pub name: String,
    /// Its module; empty if its settings cannot be read.
    pub module: String,
    /// How many structs.
    pub models: usize,
    /// How many enumerations.
    pub enums: usize,
    /// How often each correction applied, by its name.
    pub corrections: Counts,
    /// What the documents hold, what of it is emitted, and what is skipped for what reason.
    pub coverage: Coverage,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// The files, for lines and columns of the diagnostics.
    pub sources: Vec<Source>,
}

impl ApiOutcome {
    /// What was made of one API, by the count of what is in it.
    pub(crate) fn of(package: &Package) -> Self {
        let items = || package.models.iter().flat_map(|file| &file.items);
        let enums = items().filter(|item| matches!(item, Item::Enum(_))).count();
        Self { module: package.module.clone(), models: items().count() - enums, enums, ..Self::default() }
    }
}

impl Outcome {
    /// Is there an error? Then nothing is written.
    pub fn has_errors(&self) -> bool {
        let all = self.apis.iter().flat_map(|api| &api.diagnostics).chain(&self.diagnostics);
        all.into_iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The diagnostics that are at least as bad as `least`, as text.
    pub fn messages(&self, format: Format, least: Severity) -> String {
        let wanted = |all: &[Diagnostic]| -> Vec<Diagnostic> {
            all.iter().filter(|diagnostic| diagnostic.severity <= least).cloned().collect()
        };
        let mut text = render(&wanted(&self.diagnostics), [], format);
        for api in &self.apis {
            text.push_str(&render(&wanted(&api.diagnostics), &api.sources, format));
        }
        text
    }

    /// What belongs to the generator below `src`, a folder of the generated crate.
    pub fn owned(&self, src: &str) -> Owned {
        Owned {
            folders: self.apis.iter().map(|api| format!("{src}/{}", api.module)).collect(),
            files: Vec::new(),
            nursery: Some(src.to_owned()),
        }
    }
}
