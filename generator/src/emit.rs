//! From [`crate::rust::Package`] to files: a straight print, no decision about the document is taken here.
//!
//! Enumerations are built with `quote` and printed by `prettyplease`, item by item. Structs, functions, descriptors and
//! tables are laid out by `layout` and its neighbors: rustfmt breaks lines, calls and chains each at a width of its own,
//! where `prettyplease` knows but one, and neither of them touches what stands in a macro.

mod calls;
mod client;
mod declare;
mod docs;
mod layout;
mod manifest;
mod models;
mod operations;
mod properties;
mod resources;
mod types;
mod values;

pub(crate) use types::{literal, text as type_text};

use crate::plan::File;
use crate::rust::Package;

/// How deep the compiler may look into models of models, for a crate by itself. Objects in objects as deep as a document
/// may nest (128 levels) need more than the 128 steps that it takes otherwise: several for each object and each list.
pub const RECURSION_LIMIT: u32 = 1024;

/// How a package is laid out on disk.
#[derive(Debug, Clone)]
pub struct Form {
    /// The command that made it, for the first line of each file.
    pub command: String,
    /// A module of a crate, or a crate by itself.
    pub layout: Layout,
}

/// A module of a crate, or a crate by itself.
#[derive(Debug, Clone)]
pub enum Layout {
    /// A folder named like the module, in a crate that depends on the runtime.
    Module,
    /// A crate.
    Crate {
        /// Its name.
        name: String,
        /// Where the runtime comes from: what stands behind `sage-runtime = ` in its manifest.
        runtime: String,
        /// It has tests of its witnesses.
        tests: bool,
    },
}

/// Prints a package. Paths are relative to the folder of all modules, or to that of the crate.
pub fn emit(package: &Package, form: &Form) -> Vec<File> {
    let folder = match &form.layout {
        Layout::Module => format!("{}/", package.module),
        Layout::Crate { .. } => "src/".to_owned(),
    };
    let first = |documents: &[String]| header(&form.command, documents);
    let all = first(&package.documents);
    let mut files = Vec::new();
    let root = match form.layout {
        Layout::Module => "mod.rs",
        Layout::Crate { .. } => "lib.rs",
    };
    let mut add = |path: String, head: &str, text: String| files.push(File { path, text: format!("{head}{text}") });
    add(format!("{folder}{root}"), &all, client::print(package, &form.layout));
    for resource in &package.resources {
        add(format!("{folder}{}.rs", resource.module), &first(&resource.documents), resources::print(resource));
    }
    if !package.models.is_empty() {
        add(format!("{folder}model/mod.rs"), &all, models::root(package));
    }
    for (path, text) in properties::print(package) {
        add(format!("{folder}{path}"), &all, text);
    }
    if !package.values.is_empty() {
        add(format!("{folder}value.rs"), &all, values::print(package));
    }
    for file in &package.models {
        add(format!("{folder}model/{}.rs", file.module), &all, models::print(package, file));
    }
    if let Layout::Crate { name, runtime, tests } = &form.layout {
        files.push(manifest::print(name, runtime, *tests, package, &form.command));
    }
    files
}

/// A call of every operation with everything set, for the tests of a package that is a module: `MODULE.rs`.
pub fn calls(package: &Package, form: &Form) -> File {
    let text = format!("{}{}", header(&form.command, &package.documents), calls::print(package));
    File { path: format!("{}.rs", package.module), text }
}

/// The first line of a file: what made it, from what, and where to change it.
fn header(command: &str, documents: &[String]) -> String {
    let folder = documents.first().and_then(|file| file.rsplit_once('/')).map_or("", |(folder, _)| folder);
    let same = documents.iter().all(|file| file.rsplit_once('/').map_or("", |(folder, _)| folder) == folder);
    let from = match documents {
        [] => String::new(),
        [one] => format!(" from {}", docs::one_line(one)),
        several if same && !folder.is_empty() => {
            format!(" from {} documents in {}", several.len(), docs::one_line(folder))
        }
        several => format!(" from {} documents", several.len()),
    };
    format!("// {}{command}`{from}. Do not edit.\n", crate::plan::MARKER)
}
