//! The workspace on disk: where it is, what goes into a run, and what belongs to the generator.

use std::path::{Path, PathBuf};

use sage_codegen::emit::{Form, Layout};
use sage_codegen::plan::{Owned, Tree};
use sage_codegen::{ApiInput, InputFile, Inputs, Outcome, config, plan, witness};
use sage_codegen_host::{Fault, Root};

/// The command that makes the files.
pub(crate) const COMMAND: &str = "cargo xtask codegen";
/// The generated crate's source, where each API has its folder.
const SRC: &str = "generated/src";
/// Where the calls of every operation are, for the tests of the sandbox.
const CALLS: &str = "tests/sandbox/tests/operations";
const NAMES: &str = "specs/names.lock";
const LOCK: &str = "specs/codegen.lock";
/// The tables of witnesses, in the crate of tests.
const WITNESSES: &str = "tests/tests/witnesses/generated";

/// The workspace around the current folder, or else the one that this program was built from.
pub(crate) fn open() -> Result<Root, Fault> {
    let here = std::env::current_dir().unwrap_or_default();
    let around = here.ancestors().find(|folder| folder.join("specs").is_dir()).map(Path::to_path_buf);
    let built =
        || std::env::var_os("CARGO_MANIFEST_DIR").and_then(|xtask| Some(PathBuf::from(xtask).parent()?.to_path_buf()));
    let root = around.or_else(built).ok_or_else(|| {
        Fault::new("neither this folder nor one above it has a folder `specs`")
            .help("run the command inside the workspace")
    })?;
    Root::open(&root, "generated")
}

/// Reads every folder of `specs/` that has settings.
pub(crate) fn inputs(root: &Root) -> Result<Inputs, Fault> {
    let mut apis = Vec::new();
    for (name, kind) in root.list("specs")? {
        if kind.is_dir()
            && let Some(config) = read(root, format!("specs/{name}/api.toml"))?
        {
            apis.push(api(root, name, config)?);
        }
    }
    let names = read(root, NAMES.to_owned())?;
    let form = Form { command: COMMAND.to_owned(), layout: Layout::Module };
    Ok(Inputs { apis, names, form })
}

/// What the settings name, as far as it exists; the generator reports what does not, and settings that it cannot read.
fn api(root: &Root, name: String, config: InputFile) -> Result<ApiInput, Fault> {
    let mut api = ApiInput { name, config, files: Vec::new() };
    let Ok(settings) = config::read(&api.config) else { return Ok(api) };
    for file in settings.documents.iter().chain(&settings.overlay) {
        let file = read(root, api.path(file))?;
        api.files.extend(file);
    }
    let folder = api.path(witness::FOLDER);
    for (name, kind) in root.list(&folder)? {
        if kind.is_file() && name.ends_with(".json") {
            api.files.extend(read(root, format!("{folder}/{name}"))?);
        }
    }
    Ok(api)
}

fn read(root: &Root, name: String) -> Result<Option<InputFile>, Fault> {
    Ok(root.read(&name)?.map(|bytes| InputFile { name: name.into(), bytes }))
}

/// Every file that should be there, the locks among them. The locks come last in the order of paths, so that a run which
/// is interrupted has not yet declared its work done.
pub(crate) fn wanted(outcome: &mut Outcome) -> Vec<plan::File> {
    let generated = std::mem::take(&mut outcome.files).into_iter();
    let mut files: Vec<_> = generated.map(|file| plan::File { path: format!("{SRC}/{}", file.path), ..file }).collect();
    let calls = std::mem::take(&mut outcome.calls).into_iter();
    files.extend(calls.map(|file| plan::File { path: format!("{CALLS}/{}", file.path), ..file }));
    let tests = std::mem::take(&mut outcome.tests).into_iter();
    files.extend(tests.map(|file| plan::File { path: format!("{WITNESSES}/{}", file.path), ..file }));
    files.push(plan::File { path: NAMES.to_owned(), text: std::mem::take(&mut outcome.names) });
    files.push(plan::File { path: LOCK.to_owned(), text: std::mem::take(&mut outcome.lock) });
    files
}

/// What belongs to the generator.
pub(crate) fn owned(outcome: &Outcome) -> Owned {
    let mut owned = Owned { files: vec![NAMES.to_owned(), LOCK.to_owned()], ..outcome.owned(SRC) };
    owned.folders.push(CALLS.to_owned());
    owned.folders.push(WITNESSES.to_owned());
    owned
}

/// What is there now.
pub(crate) fn tree(root: &Root) -> Result<Tree, Fault> {
    let mut tree = Tree::new();
    for path in [SRC, CALLS, WITNESSES, NAMES, LOCK] {
        root.scan(path, &mut tree)?;
    }
    Ok(tree)
}
