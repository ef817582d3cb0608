//! The same input gives the same bytes, the order of a document's keys gives no name, and names that were given stay.

#![expect(clippy::disallowed_methods, reason = "the generator reads no file, its tests do")]

use std::path::Path;

use sage_codegen::emit::{Form, Layout};
use sage_codegen::node::Node;
use sage_codegen::source::Source;
use sage_codegen::{ApiInput, InputFile, Inputs, Outcome, generate};

const APIS: [&str; 3] = ["accounting", "accounting-v3", "sage-200"];

/// The committed specifications without their `names.lock`.
fn inputs() -> Inputs {
    let form = Form { command: "cargo xtask codegen".into(), layout: Layout::Module };
    Inputs { apis: APIS.map(api).into(), names: None, form }
}

fn api(name: &str) -> ApiInput {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs").join(name);
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let file = |file: &std::ffi::OsString| InputFile {
        name: format!("specs/{name}/{}", file.to_string_lossy()).into(),
        bytes: std::fs::read(folder.join(file)).unwrap(),
    };
    let (config, files) = names.iter().filter(|name| folder.join(name).is_file()).map(file).partition(is_config);
    let config: Vec<InputFile> = config;
    ApiInput { name: name.into(), config: config.into_iter().next().unwrap(), files }
}

fn is_config(file: &InputFile) -> bool {
    file.name.ends_with("api.toml")
}

fn run(inputs: &Inputs) -> Outcome {
    let outcome = generate(inputs, &|_, _| ());
    assert!(!outcome.has_errors());
    outcome
}

/// Rewrites every document (not the overlay) of every API.
fn rewrite(inputs: &mut Inputs, change: impl Fn(&mut Node)) {
    for file in inputs.apis.iter_mut().flat_map(|api| &mut api.files).filter(|file| file.name.ends_with("openapi.yaml"))
    {
        let mut tree = Source::read(&file.name, file.text().unwrap()).unwrap().tree;
        change(&mut tree);
        file.bytes = tree.to_yaml().into_bytes();
    }
}

/// Turns the members of every object around, and the arrays whose order says nothing.
fn turn(node: &mut Node) {
    match node {
        Node::Object(members) => {
            for (key, value) in members.iter_mut() {
                if let (true, Node::Array(items)) = (["required", "tags"].contains(&key.as_str()), &mut *value) {
                    // The tags at the top are objects; those of an operation say which resource comes first.
                    if items.iter().all(|item| item.as_object().is_some()) || key == "required" {
                        items.reverse();
                    }
                }
                turn(value);
            }
            let turned: Vec<_> = std::mem::take(members).into_iter().rev().collect();
            members.extend(turned);
        }
        Node::Array(items) => items.iter_mut().for_each(turn),
        _ => {}
    }
}

#[test]
fn twice_is_the_same() {
    let (first, second) = (run(&inputs()), run(&inputs()));
    assert_eq!(first.names, second.names);
    assert_eq!(first.lock, second.lock);
    for (first, second) in first.files.iter().zip(&second.files) {
        assert_eq!((&first.path, &first.text), (&second.path, &second.text));
    }
    assert_eq!(first.files.len(), second.files.len());
    assert!(first.files.len() > 500);
}

#[test]
fn order_gives_no_name() {
    let plain = run(&inputs());
    let mut turned = inputs();
    rewrite(&mut turned, turn);
    let turned = run(&turned);
    let difference = plain.names.lines().zip(turned.names.lines()).find(|(plain, turned)| plain != turned);
    assert_eq!(difference, None);
    assert_eq!(plain.names, turned.names);
}

#[test]
fn what_is_new_takes_no_name_that_was_given() {
    let plain = run(&inputs());
    let lock = |text: &str| Some(InputFile { name: "specs/names.lock".into(), bytes: text.as_bytes().to_vec() });
    let mut grown = inputs();
    grown.names = lock(&plain.names);
    rewrite(&mut grown, |tree| grow(tree, "contact", "contactName"));
    rewrite(&mut grown, turn);
    let grown = run(&grown);
    for line in plain.names.lines() {
        let kept = grown.names.lines().any(|new| keeps(new, line));
        assert!(kept, "lost or changed: {line}");
    }
    assert!(grown.names.len() > plain.names.len(), "the new schema has names of its own");
}

/// Adds a schema whose type would like the name of another's, a property that would like another's, and a use of it.
fn grow(tree: &mut Node, schema: &str, property: &str) {
    let object = r##"{"type": "object", "properties": {"name": {"type": "string"}, "Name": {"type": "string"}}}"##;
    let path = r##"{"get": {"tags": ["Contacts"], "responses": {"200": {"description": "OK", "content":
        {"application/json": {"schema": {"$ref": "#/components/schemas/contact"}}}}}}}"##;
    let node = |text: &str| Source::read("new", text).unwrap().tree;
    let Some(Node::Object(schemas)) = tree.pointer_mut("/components/schemas") else { panic!("no schemas") };
    if let Some(Node::Object(known)) = schemas.get_mut("Contact").and_then(|contact| contact.get_mut("properties")) {
        known.insert("Name".into(), node(r#"{"type": "string"}"#));
        known.insert(property.into(), node(r#"{"type": "string"}"#));
        schemas.insert(schema.into(), node(object));
        let Some(Node::Object(paths)) = tree.get_mut("paths") else { panic!("no paths") };
        paths.insert("/contact_copies".into(), node(path));
    }
}

/// Does the new line say of its place what the old one said, and perhaps more?
fn keeps(new: &str, old: &str) -> bool {
    match (new.split_once(": "), old.split_once(": ")) {
        (Some((new, more)), Some((old, fields))) => {
            new == old && fields.split(' ').all(|field| more.split(' ').any(|new| new == field))
        }
        _ => new == old,
    }
}
