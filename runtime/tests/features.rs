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
    assert!(blocking.iter().any(|name| name == "httparse"), "{blocking:?}");
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
        let (named, allowed) = (text.matches("sage_runtime::"), text.matches("use sage_runtime::codegen"));
        assert_eq!(named.count(), allowed.count(), "{}", file.display());
        for descriptor in ["rt::Operation = rt::Operation {", "rt::Api = rt::Api {"] {
            let ty = &descriptor[..descriptor.find(' ').unwrap()];
            let rest = ["DEFAULT", "READ"].map(|rest| text.matches(&format!("..{ty}::{rest}")).count());
            assert_eq!(text.matches(descriptor).count(), rest.iter().sum(), "{}", file.display());
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
    // What a collection alone describes has the place of its first request.
    let core = "specs/accounting-v3/core.postman_collection.json";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(core)).unwrap();
    let requests = text.matches("\"request\": {").count();
    all.extend((0..requests).map(|folder| format!("{core}#/item/{folder}/item/0/request")));
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
            for member in ["id:", "path:"] {
                assert!(descriptor.contains(member), "{descriptor}");
            }
            let reads = descriptor.contains("..rt::Operation::READ");
            assert!(descriptor.contains("method:") != reads, "{descriptor}");
            // The requests that only a collection describes are all reads.
            let get = descriptor.contains("/get\"") || descriptor.contains(".postman_collection.json#");
            assert!(!reads || get, "{descriptor}");
            let place = descriptor.split("place:").nth(1).and_then(|rest| rest.split('"').nth(1)).unwrap();
            assert!(described.insert(place.to_owned()), "{place} is described twice");
        }
    }
    assert_eq!(documented, described);
}

/// The bars, and how many there are of each kind.
const BARS: [(char, u32); 12] = [
    ('A', 10),
    ('C', 3),
    ('E', 5),
    ('G', 3),
    ('H', 11),
    ('L', 7),
    ('O', 2),
    ('P', 7),
    ('R', 11),
    ('S', 7),
    ('T', 20),
    ('X', 3),
];

/// `t07_a_lost_reply` for T7, and for nothing else.
fn names_a_bar(name: &str) -> bool {
    let mut parts = name.chars();
    let kind = parts.next().is_some_and(|kind| BARS.iter().any(|(known, _)| known.to_ascii_lowercase() == kind));
    kind && name
        .get(1..4)
        .is_some_and(|rest| rest.ends_with('_') && rest[..2].bytes().all(|digit| digit.is_ascii_digit()))
}

#[test]
fn each_bar_has_its_row_and_each_row_its_tests() {
    let table = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("BARS.md")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    let mut listed = BTreeSet::new();
    for row in rows.iter().filter(|row| row.len() == 5 && row[1] != "bar" && !row[1].starts_with('-')) {
        assert!(listed.insert(row[1].to_owned()), "{} has two rows", row[1]);
        assert!(!row[2].is_empty() && !row[3].is_empty(), "{} says nothing", row[1]);
    }
    let known = BARS.iter().flat_map(|(kind, count)| (1..=*count).map(move |number| format!("{kind}{number}")));
    assert_eq!(listed, known.collect());

    let tests = tests_of_bars();
    let mut named = BTreeSet::new();
    for part in rows.iter().filter(|row| row.len() == 5).flat_map(|row| row[3].split(';')) {
        let (place, names) = part.split_once(':').unwrap_or(("", part));
        let within = if place.contains("unit") { "runtime/src/" } else { "runtime/tests/" };
        let places: Vec<String> = quoted(place).map(|place| format!("/{place}")).collect();
        // Where no file is named, it is the one of the bars of A, S and T.
        let auth = ["/auth/".to_owned()];
        let places = if places.is_empty() && within == "runtime/tests/" { &auth[..] } else { &places[..] };
        for name in quoted(names).filter(|name| names_a_bar(name)) {
            let matching: Vec<_> = tests
                .iter()
                .filter(|(file, test)| {
                    let place = places.is_empty() || places.iter().any(|place| file.contains(place.as_str()));
                    file.contains(within) && place && covers(name, test)
                })
                .collect();
            assert!(!matching.is_empty(), "`{name}` is no test of{part}");
            named.extend(matching);
        }
    }
    let missing: Vec<_> = tests.iter().filter(|test| !named.contains(test)).collect();
    assert!(missing.is_empty(), "in no row: {missing:?}");
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// `r05_…` stands for all that begin so.
fn covers(name: &str, test: &str) -> bool {
    name.strip_suffix('…').map_or(name == test, |start| test.starts_with(start))
}

/// The files and names of the tests that are named after a bar.
fn tests_of_bars() -> BTreeSet<(String, String)> {
    let mut tests = BTreeSet::new();
    for path in [files("runtime/src", ".rs"), files("runtime/tests", ".rs")].concat() {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = path.to_string_lossy().replace(".rs", "");
        // What a child process runs is no test by itself.
        let names = text.lines().filter_map(|line| line.trim().trim_start_matches("async ").strip_prefix("fn "));
        let names = names.filter_map(|rest| rest.split('(').next()).filter(|name| names_a_bar(name));
        tests.extend(names.filter(|name| !name.contains("_child")).map(|name| (file.clone(), name.to_owned())));
    }
    tests
}
