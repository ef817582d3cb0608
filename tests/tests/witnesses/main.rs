//! Every witness in `specs/` is carried by the generated types and operations without loss.
//!
//! The tables in `generated/` are made by `cargo xtask codegen`, one an API: for each reply its type, for each request the
//! call that rebuilds it, and what the documents do not know of either. Here they are put to the proof.

#[rustfmt::skip]
mod generated;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use support::{Table, root};

/// Runs a check on every entry, and names all that fail.
fn all<'a, T: 'a>(entries: impl Fn(&'a Table) -> &'a [T], check: impl Fn(&T) -> Result<(), String>) {
    let mut count = 0;
    let mut faults = Vec::new();
    for table in generated::TABLES {
        for entry in entries(table) {
            count += 1;
            faults.extend(check(entry).err().map(|fault| format!("{}: {fault}", table.api)));
        }
    }
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 0, "there is nothing to be tested");
}

#[test]
fn files_are_those_that_the_tests_were_made_from() {
    all(|table| table.files, support::File::check);
}

#[test]
fn replies_and_examples_are_carried_without_loss() {
    all(|table| table.carried, support::Carried::check);
}

#[test]
fn requests_are_rebuilt_by_their_operations() {
    all(|table| table.requests, support::Request::check);
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
