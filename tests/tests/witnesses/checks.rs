//! The checks: each entry of each table, and all that fail are named.

use crate::generated;
use crate::support::{Carried, File, Request, Table};

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
}

#[test]
fn files_are_those_that_the_tests_were_made_from() {
    all(|table| table.files, File::check);
}

#[test]
fn replies_and_examples_are_carried_without_loss() {
    all(|table| table.carried, Carried::check);
}

#[test]
fn requests_are_rebuilt_by_their_operations() {
    all(|table| table.requests, Request::check);
}
