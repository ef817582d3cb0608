//! The committed specifications: facts only, in a stable form, and the corrections fit them.

#![expect(clippy::disallowed_methods, reason = "the generator reads no file, its tests do")]

use std::path::{Path, PathBuf};

use sage_codegen::diagnostic::{Diagnostics, Format, render};
use sage_codegen::node::Node;
use sage_codegen::source::{Dialect, Source};
use sage_codegen::{adapt, overlay};

/// The specifications by API, each with its overlay at the end.
fn apis() -> Vec<Vec<Source>> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    ["accounting", "accounting-v3", "sage-200"].map(|api| sources(&specs.join(api))).into()
}

fn sources(folder: &Path) -> Vec<Source> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort_by_key(|file| (file.ends_with("overlay.yaml"), file.clone()));
    let read = |file: &PathBuf| Source::read(&file.to_string_lossy(), &std::fs::read_to_string(file).unwrap()).unwrap();
    files.iter().map(read).collect()
}

#[test]
fn corrections_fit_the_documents() {
    for mut documents in apis() {
        let corrections = documents.pop().unwrap();
        assert_eq!(corrections.dialect(), Dialect::Overlay);
        let mut diagnostics = Diagnostics::new();
        let mut documents: Vec<Source> =
            documents.into_iter().map(|document| adapt::to_openapi_30(document, &mut diagnostics)).collect();
        let counts = overlay::apply(&mut documents, &corrections, &mut diagnostics);
        let printed = render(&diagnostics.into_vec(), documents.iter().chain([&corrections]), Format::Human);
        assert_eq!(printed, "");
        assert_eq!(counts.actions, corrections.tree.get("actions").and_then(Node::as_array).unwrap().len());
    }
}

#[test]
fn no_sentence_of_the_vendor_is_in_them() {
    for source in apis().iter().flatten().filter(|source| source.dialect() == Dialect::OpenApi30) {
        sentences(&source.tree, "", &source.file);
    }
}

/// Names of resources and documents may be long; nothing else has more than four words.
fn sentences(node: &Node, key: &str, file: &str) {
    let most = if ["tags", "name", "title"].contains(&key) { 8 } else { 4 };
    match node {
        Node::String(text) => {
            assert!(text.split_whitespace().count() <= most && !text.ends_with('.'), "{file}: {key}: {text}");
        }
        Node::Array(items) => items.iter().for_each(|item| sentences(item, key, file)),
        Node::Object(members) => members.iter().for_each(|(key, value)| sentences(value, key, file)),
        _ => {}
    }
}

/// A sentence of the settings must not promise what the type of the parameter does not take.
#[test]
fn no_moment_is_said_to_be_a_date() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    for mut documents in apis() {
        let api = Path::new(&*documents[0].file).parent().and_then(Path::file_name).unwrap().to_owned();
        let settings = std::fs::read_to_string(specs.join(&api).join("api.toml")).unwrap();
        let settings: toml::Table = settings.parse().unwrap();
        documents.pop();
        let mut moments = Vec::new();
        documents.iter().for_each(|document| parameters(&document.tree, &mut moments));
        let meanings = settings.get("parameters").and_then(toml::Value::as_table);
        for (key, meaning) in meanings.into_iter().flatten() {
            let name = key.rsplit('?').next().unwrap();
            let promise = meaning.as_str().unwrap().contains("plain date");
            assert!(!promise || !moments.iter().any(|moment| moment == name), "{api:?}: {key}");
        }
    }
}

/// The names of the parameters that are moments.
fn parameters(node: &Node, moments: &mut Vec<String>) {
    match node {
        Node::Array(items) => items.iter().for_each(|item| parameters(item, moments)),
        Node::Object(members) => {
            let is_moment = node.get("schema").and_then(|schema| schema.text("format")) == Some("date-time");
            moments.extend(node.text("name").filter(|_| is_moment).map(str::to_owned));
            members.values().for_each(|value| parameters(value, moments));
        }
        _ => {}
    }
}

#[test]
fn serde_yaml_reads_the_same() {
    for source in apis().iter().flatten() {
        let node: Node = serde_yaml::from_str(&source.text).unwrap();
        assert_eq!(node, source.tree, "{}", source.file);
    }
}
