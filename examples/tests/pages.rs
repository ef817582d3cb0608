//! Pages are what they say they are: their code is tested, and what they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// README.md and its fellows, and all that is in docs/.
fn pages() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let all = inside(root().to_owned()).chain(inside(root().join("docs"))).chain(inside(root().join("docs/decisions")));
    let pages: Vec<PathBuf> = all.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    assert!(pages.len() > 15, "{pages:?}");
    pages
}

/// The words behind the fences that open blocks of code.
fn fences(text: &str) -> Vec<&str> {
    let marks = text.lines().filter_map(|line| line.trim_start().strip_prefix("```"));
    marks.step_by(2).collect()
}

#[test]
fn every_page_with_rust_in_it_is_tested() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("a file");
    let tested = [read("examples/src/lib.rs"), read("generated/src/lib.rs"), read("runtime/src/lib.rs")].concat();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        // Rustdoc takes blocks without a language for Rust.
        let is_rust = |fence: &&str| fence.is_empty() || fence.split(',').any(|word| RUST.contains(&word));
        if fences(&text).iter().any(is_rust) {
            let path = page.strip_prefix(root()).expect("below the root").display().to_string();
            assert!(
                tested.contains(&format!("{path}\"")),
                "`{path}` holds Rust that no `page!` of sage-examples tests"
            );
        }
    }
}

const RUST: [&str; 5] = ["rust", "no_run", "ignore", "compile_fail", "should_panic"];

#[test]
fn blocks_of_rust_say_so() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for fence in fences(&text).into_iter().filter(|fence| !fence.is_empty()) {
            let words: Vec<&str> = fence.split(',').collect();
            // Readers of the page see colors by the first word alone.
            let is_rust = words.iter().any(|word| RUST.contains(word));
            assert!(!is_rust || words[0] == "rust", "{}: ```{fence}", page.display());
        }
    }
}

#[test]
fn nothing_is_excused_from_compiling() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        assert!(!fences(&text).iter().any(|fence| fence.contains("ignore")), "{}", page.display());
    }
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let named = text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: ").map(|(_, target)| target));
        for target in inline.chain(named).filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let path = target.split('#').next().unwrap_or_default();
            let there = page.parent().expect("a folder").join(path);
            assert!(there.exists(), "{}: `{target}` leads nowhere", page.display());
        }
    }
}

#[test]
fn examples_that_pages_name_exist_and_each_is_named() {
    let manifest = fs::read_to_string(root().join("examples/Cargo.toml")).expect("a manifest");
    let names = manifest.split("[[example]]\nname = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let names: BTreeSet<&str> = names.collect();
    let readme = fs::read_to_string(root().join("README.md")).expect("the readme");
    for name in &names {
        let there = readme.contains(&format!("`{name}`")) || readme.contains(&format!("`{name} --features"));
        assert!(there, "README.md does not name `{name}`");
    }
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for rest in text.split("--example ").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            assert!(name.is_empty() || names.contains(name.as_str()), "{}: no example `{name}`", page.display());
        }
    }
}
