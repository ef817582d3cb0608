//! Every witness in `specs/` is carried by the generated types and operations without loss.
//!
//! The tables in `generated/` are made by `cargo xtask codegen`, one an API: for each reply its type, for each request the
//! call that rebuilds it, and what the documents do not know of either. Here they are put to the proof.

mod checks;
#[rustfmt::skip]
mod generated;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use sage_tests::json;

/// The folder that the names of files in the tables are relative to.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

#[test]
fn there_is_something_to_be_tested() {
    let tables = generated::TABLES;
    assert!(
        tables.iter().any(|table| !table.carried.is_empty()) && tables.iter().any(|table| !table.requests.is_empty())
    );
}

#[test]
fn every_file_makes_a_test() {
    let tested: BTreeSet<&str> = generated::TABLES.iter().flat_map(|table| table.files).map(|file| file.name).collect();
    let folders = std::fs::read_dir(root().join("specs")).expect("specs").flatten();
    let mut found = BTreeSet::new();
    for folder in folders {
        let Ok(files) = std::fs::read_dir(folder.path().join("witness")) else { continue };
        let api = folder.file_name().into_string().expect("a name");
        for file in files.flatten() {
            found.insert(format!("specs/{api}/witness/{}", Path::new(&file.file_name()).display()));
        }
    }
    let missing: Vec<&String> = found.iter().filter(|file| !tested.contains(file.as_str())).collect();
    assert!(missing.is_empty(), "run `cargo xtask codegen`: {missing:?}");
}
