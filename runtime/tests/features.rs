//! What a build with some features brings along, and what generated code stands on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The names of all crates that a build of the runtime with just these features depends on.
fn tree(features: &str) -> Vec<String> {
    let arguments =
        "tree --offline --package sage-runtime --no-default-features --edges normal --prefix none --format {p}";
    let output = Command::new(env!("CARGO"))
        .args(arguments.split(' '))
        .args(["--features", features])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn x01_no_tokio_in_a_blocking_build() {
    let blocking = tree("blocking");
    assert!(blocking.iter().any(|name| name == "ureq"), "{blocking:?}");
    for name in ["tokio", "hyper", "reqwest"] {
        assert!(!blocking.iter().any(|known| known == name), "{name} in {blocking:?}");
        assert!(tree("reqwest").iter().any(|known| known == name), "the test would not notice {name}");
    }
}

/// All files below a folder of the workspace that end so.
fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false if entry.path().to_string_lossy().ends_with(end) => files.push(entry.path()),
                false => {}
            }
        }
    }
    files
}

#[test]
fn g01_generated_code_stands_on_codegen_alone() {
    let files = files("generated/src", ".rs");
    assert!(files.len() > 500, "{}", files.len());
    for file in files.iter().filter(|file| !file.ends_with("generated/src/lib.rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        let named = text.matches("sage_runtime::").count();
        assert_eq!(
            named,
            text.matches("use sage_runtime::codegen as rt;").count()
                + text.matches("use sage_runtime::codegen::{").count(),
            "{}",
            file.display()
        );
        for descriptor in ["rt::Operation = rt::Operation {", "rt::Api = rt::Api {"] {
            let default = format!("..{}::DEFAULT", &descriptor[..descriptor.find(' ').unwrap()]);
            assert_eq!(text.matches(descriptor).count(), text.matches(&default).count(), "{}", file.display());
        }
    }
}

/// `file#/paths/~1contacts/get` for each operation of the documents, which are written in blocks.
fn documented() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for file in files("specs", "openapi.yaml") {
        let name = file.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>();
        let (mut within, mut path) = (false, String::new());
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let depth = line.len() - line.trim_start().len();
            match (depth, line.trim().strip_suffix(':')) {
                (0, key) => within = key == Some("paths"),
                (2, Some(key)) if within => {
                    path = key.trim_matches(['"', '\'']).replace('~', "~0").replace('/', "~1");
                }
                (4, Some(verb @ ("get" | "put" | "post" | "delete" | "patch" | "head" | "options"))) if within => {
                    all.insert(format!("specs/{}/{}#/paths/{path}/{verb}", name[1], name[0]));
                }
                _ => {}
            }
        }
    }
    all
}

#[test]
fn g02_each_operation_has_its_descriptor() {
    let documented = documented();
    assert!(documented.len() > 1000, "{}", documented.len());
    let mut described = BTreeSet::new();
    for file in files("generated/src", ".rs") {
        let text = std::fs::read_to_string(file).unwrap();
        for descriptor in text.split("rt::Operation = rt::Operation {").skip(1) {
            let descriptor = descriptor.split("\n};").next().unwrap();
            for member in ["id:", "method:", "path:"] {
                assert!(descriptor.contains(member), "{descriptor}");
            }
            let place = descriptor.split("place:").nth(1).and_then(|rest| rest.split('"').nth(1)).unwrap();
            assert!(described.insert(place.to_owned()), "{place} is described twice");
        }
    }
    assert_eq!(documented, described);
}
