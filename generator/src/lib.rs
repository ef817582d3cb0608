//! Documents in, a typed Rust client out, as data.
//!
//! ```text
//! read -> adapt -> overlay -> openapiv3, item by item -> normalize -> conventions -> lower -> emit
//! ```
//!
//! [`generate`] is the whole of it. The crate reads no file, knows no clock, and writes nothing: the caller (`xtask`,
//! `sage-codegen`) reads the [`Inputs`]; [`plan`] says what would change on disk, and the caller does it.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::todo, clippy::unimplemented))]

pub mod config;
pub mod conventions;
pub mod coverage;
pub mod documents;
pub mod emit;
mod graph;
pub mod infer;
pub mod inputs;
pub mod ir;
pub mod lower;
pub mod names;
pub mod normalize;
mod ordered;
pub mod outcome;
pub mod plan;
pub mod postman;
pub mod report;
pub mod rust;
mod threads;
pub mod witness;

pub use documents::Documents;
pub use inputs::{ApiInput, InputFile, Inputs};
pub use outcome::{ApiOutcome, Outcome};
pub use sage_codegen_documents::{adapt, diagnostic, import, node, overlay, position, source};

use config::{ApiConfig, Counts};
use coverage::Coverage;
use diagnostic::{Code, Diagnostic, Diagnostics};
use emit::{Form, Layout};
use names::{ApiNames, Lock};
use plan::File;
use source::{Place, Source};

/// Is told when an API, by name, is begun (`true`) and done (`false`): for progress and for the caller's clock.
pub type Watch<'a> = &'a (dyn Fn(&str, bool) + Sync);

/// Generates every API of `inputs`: the same inputs give the same outcome.
pub fn generate(inputs: &Inputs, watch: Watch<'_>) -> Outcome {
    let mut diagnostics = Diagnostics::new();
    let mut names = read_names(inputs, &mut diagnostics);
    let mut outcome = Outcome { lock: inputs::lock(inputs), ..Outcome::default() };
    let runs = threads::each(&inputs.apis, |api| generate_api(api, &names, &inputs.form, watch));
    for (api, run) in inputs.apis.iter().zip(runs) {
        let run = run.unwrap_or_else(|| Run::failed(&api.name));
        names.set(&run.outcome.module, run.names);
        outcome.apis.push(run.outcome);
        outcome.files.extend(run.files);
        outcome.calls.extend(run.calls);
        outcome.tests.extend(run.tests);
    }
    let modules: Vec<&str> = outcome.apis.iter().map(|api| api.module.as_str()).collect();
    outcome.tests.push(witness::modules(&modules, &inputs.form.command));
    names.retain(&modules);
    outcome.names = names.to_text();
    diagnostics.extend(same_modules(inputs, &outcome.apis));
    outcome.diagnostics = diagnostics.into_vec();
    outcome
}

/// What one API adds to the outcome.
#[derive(Default)]
struct Run {
    outcome: ApiOutcome,
    names: ApiNames,
    files: Vec<File>,
    calls: Option<File>,
    /// Its witnesses as a table of tests.
    tests: Option<File>,
}

/// Generates one API, from its files to Rust.
fn generate_api(api: &ApiInput, names: &Lock, form: &Form, watch: Watch<'_>) -> Run {
    watch(&api.name, true);
    let mut diagnostics = Diagnostics::new();
    let mut run = match config::read(&api.config) {
        Ok(config) => stages(api, &config, names, form, &mut diagnostics),
        Err(faults) => {
            diagnostics.extend(faults);
            Run::default()
        }
    };
    run.outcome.name.clone_from(&api.name);
    run.outcome.diagnostics = diagnostics.into_vec();
    watch(&api.name, false);
    run
}

/// The pipeline, one line a stage.
fn stages(api: &ApiInput, config: &ApiConfig, names: &Lock, form: &Form, diagnostics: &mut Diagnostics) -> Run {
    let documents = read(api, config, diagnostics);
    let overlay = read_overlay(api, config, diagnostics);
    if diagnostics.has_errors() {
        // What is missing would be missed by every stage, each in its own words.
        return Run {
            outcome: ApiOutcome { module: config.module.clone(), ..ApiOutcome::default() },
            ..Run::default()
        };
    }
    let (mut documents, mut corrections) = correct(documents, overlay.as_ref(), config, diagnostics);
    let (mut ir, mut coverage) = normalize::normalize(&documents, config, diagnostics);
    let (mut witnesses, texts) = witness::read(api, diagnostics);
    witnesses.extend(postman::witnesses(&mut documents));
    witnesses.extend(witness::examples(&documents, config));
    let mut sources: Vec<Source> = documents.sources.into_iter().map(Source::without_tree).collect();
    corrections.extend(conventions::apply(&mut ir, config, diagnostics));
    let lowered = lower::lower(&ir, names, diagnostics);
    coverage::settle(&mut coverage, &ir, &lowered);
    // The trees are large, and wanted again only where a witness contradicts them.
    let documents = || corrected(api, config, overlay.as_ref());
    let tests = {
        let checked = witness::check(&ir, &lowered.package, &witnesses, &documents, diagnostics);
        Some(witness::table(&lowered.package, &checked, api, form))
    };
    drop(witnesses);
    sources.extend(overlay.map(Source::without_tree).into_iter().chain(texts));
    drop(ir);
    let files = emit::emit(&lowered.package, form);
    let calls = matches!(form.layout, Layout::Module).then(|| emit::calls(&lowered.package, form));
    books(&mut coverage, api, diagnostics);
    let outcome = ApiOutcome { corrections, coverage, sources, ..ApiOutcome::of(&lowered.package) };
    Run { outcome, names: lowered.names, files, calls, tests }
}

/// What one API is, after all corrections and conventions, for programs that work with it rather than generate from it;
/// or what is wrong with its files.
pub fn model(api: &ApiInput) -> Result<ir::Api, Vec<Diagnostic>> {
    let config = config::read(&api.config)?;
    let mut diagnostics = Diagnostics::new();
    let documents = read(api, &config, &mut diagnostics);
    let overlay = read_overlay(api, &config, &mut diagnostics);
    let (documents, _) = correct(documents, overlay.as_ref(), &config, &mut diagnostics);
    let (mut ir, _) = normalize::normalize(&documents, &config, &mut diagnostics);
    conventions::apply(&mut ir, &config, &mut diagnostics);
    let failed = diagnostics.has_errors();
    let diagnostics = diagnostics.into_vec();
    if failed { Err(diagnostics) } else { Ok(ir) }
}

/// The documents with the corrections, once more; what is wrong with them was said the first time.
fn corrected(api: &ApiInput, config: &ApiConfig, overlay: Option<&Source>) -> Vec<Source> {
    let mut said = Diagnostics::new();
    let documents = read(api, config, &mut said);
    let (documents, _) = correct(documents, overlay, config, &mut said);
    said.into_vec();
    documents.sources
}

/// Reads the documents that the settings name. A fault costs the document, not the run.
pub fn read(api: &ApiInput, config: &ApiConfig, diagnostics: &mut Diagnostics) -> Vec<Source> {
    config.documents.iter().filter_map(|name| read_file(api, name, false, diagnostics)).collect()
}

/// Reads the corrections, if the settings name some.
pub fn read_overlay(api: &ApiInput, config: &ApiConfig, diagnostics: &mut Diagnostics) -> Option<Source> {
    config.overlay.as_ref().and_then(|name| read_file(api, name, true, diagnostics))
}

/// Brings the documents into one form, and applies the recorded corrections.
pub fn correct(
    documents: Vec<Source>,
    overlay: Option<&Source>,
    config: &ApiConfig,
    diagnostics: &mut Diagnostics,
) -> (Documents, Counts) {
    let (collections, documents): (Vec<_>, Vec<_>) =
        documents.into_iter().partition(|source| source.dialect().is_postman());
    let adapted = documents.into_iter().map(|source| adapt::to_openapi_30(source, diagnostics));
    let mut documents: Vec<Source> = adapted.collect();
    let mut actions = overlay.map(|overlay| overlay::Actions::read(overlay, diagnostics));
    if let Some(actions) = &mut actions {
        actions.apply_found(&mut documents, diagnostics);
    }
    let Documents { sources, ledgers } = postman::to_openapi_30(collections, &documents, config, diagnostics);
    documents.extend(sources);
    let counts = actions.map(|actions| ("overlay".to_owned(), actions.apply(&mut documents, diagnostics).actions));
    (Documents { sources: documents, ledgers }, counts.into_iter().collect())
}

fn read_file(api: &ApiInput, name: &str, is_overlay: bool, diagnostics: &mut Diagnostics) -> Option<Source> {
    let source = match api.file(name) {
        Some(file) => file.text().and_then(|text| Source::read(&file.name, text)),
        None => Err(missing(api, name, is_overlay)),
    };
    source.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()
}

fn missing(api: &ApiInput, name: &str, is_overlay: bool) -> Diagnostic {
    // Files of the workspace have their folder in their names, those of one's own do not.
    let help = match (is_overlay, api.folder()) {
        (true, _) => "put it beside the settings, or take `overlay` out of them".to_owned(),
        (false, "") => "put it beside the settings, or correct `documents` in them".to_owned(),
        (false, _) => {
            format!("`cargo xtask specs import --api {} FILE…` makes it from the vendor's documents", api.name)
        }
    };
    let message = format!("`{}` does not exist", api.path(name));
    Diagnostic::new(Code::MissingFile, message).at(&Place::root(&api.config.name)).help(help)
}

fn read_names(inputs: &Inputs, diagnostics: &mut Diagnostics) -> Lock {
    let Some(file) = &inputs.names else { return Lock::default() };
    match file.text() {
        Ok(text) => Lock::parse(&file.name, text, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            Lock::default()
        }
    }
}

/// Nothing may disappear without a word.
fn books(coverage: &mut Coverage, api: &ApiInput, diagnostics: &mut Diagnostics) {
    coverage.name.clone_from(&api.name);
    for (part, counts) in coverage.parts() {
        for place in &counts.unaccounted {
            let message = format!("one of the {part} is neither emitted nor skipped with a reason");
            diagnostics.push(Diagnostic::new(Code::Unaccounted, message).at(place));
        }
    }
}

impl Run {
    fn failed(api: &str) -> Self {
        let diagnostic = Diagnostic::new(Code::Failed, "the generator failed; this is our fault").fact("API", api);
        let outcome = ApiOutcome { name: api.to_owned(), diagnostics: vec![diagnostic], ..ApiOutcome::default() };
        Self { outcome, ..Self::default() }
    }
}

/// Two APIs in one folder would overwrite each other.
fn same_modules(inputs: &Inputs, apis: &[ApiOutcome]) -> Vec<Diagnostic> {
    let clash = |(index, api): (usize, &ApiOutcome)| {
        let other = apis[..index].iter().find(|other| !api.module.is_empty() && other.module == api.module)?;
        let message = format!("`{}` and `{}` have the same module `{}`", other.name, api.name, api.module);
        let place = Place::root(&inputs.apis[index].config.name);
        Some(Diagnostic::new(Code::SameModule, message).at(&place))
    };
    apis.iter().enumerate().filter_map(clash).collect()
}
