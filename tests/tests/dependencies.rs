//! What the crates stand on is said, and nothing is built twice for users.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).args(["--locked", "--offline"]).current_dir(root()).output();
    let output = output.expect("cargo runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Crates and what they say they depend on, without tests and without each other.
fn manifests() -> BTreeMap<String, BTreeSet<String>> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let dependencies = |package: &Value| {
        let all = package["dependencies"].as_array().expect("dependencies").iter();
        all.filter(|one| one["kind"].is_null() && one["path"].is_null()).map(|one| text(&one["name"])).collect()
    };
    packages.iter().map(|package| (text(&package["name"]), dependencies(package))).collect()
}

/// Crates and what the page gives a reason for: headings, and the first cells of the tables below them.
fn page() -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(root().join("docs/dependencies.md")).expect("the page");
    let mut all = BTreeMap::new();
    for section in page.split("\n### ").skip(1) {
        let (name, section) = section.split_once('\n').expect("a heading");
        let rows = section.lines().filter_map(|line| line.strip_prefix("| ")).filter(|row| !row.starts_with("crate |"));
        let reasons = rows.map(|row| row.split_once(" | ").expect("two cells"));
        let given = reasons.filter(|(_, reason)| reason.trim_end_matches([' ', '|']).len() > 3);
        all.insert(name.to_owned(), given.map(|(name, _)| name.to_owned()).collect());
    }
    all
}

#[test]
fn each_dependency_has_a_reason_and_each_reason_a_dependency() {
    let mut manifests = manifests();
    assert_eq!(manifests.remove("sage-api"), Some(BTreeSet::new()), "users get `sage-runtime` and nothing else");
    assert_eq!(page(), manifests, "left: docs/dependencies.md, right: the manifests");
}

#[test]
fn no_crate_is_in_the_default_tree_twice() {
    let tree = cargo(&["tree", "--package", "sage-api", "--edges", "normal", "--prefix", "none"]);
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (name, version) = (words.next().expect("a name"), words.next().expect("a version"));
        versions.entry(name).or_default().insert(major(version.trim_start_matches('v')));
    }
    assert!(versions.len() > 30, "the tree is there: {tree}");
    versions.retain(|_, majors| majors.len() > 1);
    assert_eq!(versions, BTreeMap::new(), "crates in two versions that do not go together");
}

/// What must differ for two versions not to go together.
fn major(version: &str) -> String {
    let mut parts = version.split('.');
    let leading = parts.clone().take_while(|part| *part == "0").count();
    parts.by_ref().take(leading + 1).collect::<Vec<_>>().join(".")
}

#[test]
fn versions_that_go_together_are_one() {
    let table = [("1.2.3", "1"), ("0.22.1", "0.22"), ("0.0.3", "0.0.3"), ("10.0.1+wasi", "10")];
    for (version, expected) in table {
        assert_eq!(major(version), expected);
    }
}
