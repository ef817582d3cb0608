//! The folder of a stand-alone crate: what is in it, and whether it is ours.

use std::path::Path;

use sage_codegen::plan::{File, MARKER, Owned, Tree};
use sage_codegen::witness::{self, TARGET};
use sage_codegen::{Inputs, Outcome};
use sage_codegen_host::{Fault, Root};

pub(crate) const LOCK: &str = "codegen.lock";
pub(crate) const NAMES: &str = "names.lock";
const MANIFEST: &str = "Cargo.toml";
const SRC: &str = "src";

/// Opens a folder that is empty, or that a former run has written; `None` if there is none yet.
pub(crate) fn find(path: &Path) -> Result<Option<Root>, Fault> {
    let Some(root) = Root::find(path, "")? else { return Ok(None) };
    let ours = root.read(LOCK)?.is_some_and(|lock| lock.starts_with(format!("# {MARKER}").as_bytes()));
    // A folder that only a repository was made in is as good as empty.
    let foreign = root
        .list("")?
        .into_iter()
        .map(|(name, _)| name)
        .find(|name| !matches!(name.as_str(), ".git" | ".codegen-staging"));
    match foreign {
        Some(name) if !ours => Err(Fault::new(format!(
            "`{}` is neither empty nor a crate of this generator: it holds `{name}`",
            path.display()
        ))
        .help("choose another folder with `--out`")),
        _ => Ok(Some(root)),
    }
}

/// What belongs to the generator there.
pub(crate) fn owned(tests: bool) -> Owned {
    let folders = [SRC].into_iter().chain(tests.then_some(TARGET)).map(str::to_owned).collect();
    Owned { folders, files: vec![MANIFEST.into(), NAMES.into(), LOCK.into()], nursery: None }
}

/// What is there of it.
pub(crate) fn tree(root: &Root, tests: bool) -> Result<Tree, Fault> {
    let mut tree = Tree::new();
    for path in [SRC, MANIFEST, NAMES, LOCK].into_iter().chain(tests.then_some(TARGET)) {
        root.scan(path, &mut tree)?;
    }
    Ok(tree)
}

/// Every file that should be there, with the tests of what the documents hold if they are asked for.
pub(crate) fn files(mut outcome: Outcome, inputs: &Inputs, tests: bool) -> Vec<File> {
    let mut files = std::mem::take(&mut outcome.files);
    if tests {
        let documents = inputs.apis.iter().flat_map(|api| &api.files).cloned().collect::<Vec<_>>();
        files.extend(witness::target(&outcome.tests, &documents, &inputs.form.command));
    }
    files.push(File { path: NAMES.to_owned(), text: outcome.names });
    files.push(File { path: LOCK.to_owned(), text: outcome.lock });
    files
}
