//! Small documents with one fault each, beside everything that is said of them.
//!
//! A document is called by the code of its fault; settings (`.toml`) and corrections (`.overlay.yaml`) of the same name go
//! with it. `cargo insta review` takes a new message over, after it was read.

#![expect(clippy::disallowed_methods, reason = "the generator reads no file, its tests do")]

use std::path::{Path, PathBuf};

use sage_codegen::diagnostic::{Format, Severity};
use sage_codegen::emit::{Form, Layout};
use sage_codegen::{ApiInput, InputFile, Inputs, Outcome, generate};

const SETTINGS: &str = "[server]\nurl = 'https://example.com'\n";

/// Runs the document of a code.
fn run(folder: &Path, code: &str) -> Outcome {
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    let more = read(&format!("{code}.toml")).map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
    let settings = format!("module = 'small'\ntitle = 'Small'\ndocuments = ['{code}.yaml']\n");
    // A table ends the settings before it.
    let settings = match more.starts_with('[') {
        true => format!("{settings}{SETTINGS}{more}"),
        false => format!("{settings}{more}{SETTINGS}"),
    };
    let file = |name: String, bytes| InputFile { name: format!("specs/small/{name}").into(), bytes };
    let files = [format!("{code}.yaml"), format!("{code}.overlay.yaml")].map(|name| Some((read(&name)?, name)));
    let inputs = Inputs {
        apis: vec![ApiInput {
            name: "small".into(),
            config: file("api.toml".into(), settings.into_bytes()),
            files: files.into_iter().flatten().map(|(bytes, name)| file(name, bytes)).collect(),
        }],
        names: None,
        form: Form { command: "cargo xtask codegen".into(), layout: Layout::Module },
    };
    generate(&inputs, &|_, _| {})
}

#[test]
fn each_fault_is_told_as_follows() {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut codes: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".yaml").filter(|code| !code.contains('.')).map(str::to_owned))
        .collect();
    codes.sort();
    assert!(codes.len() >= 20, "{codes:?}");
    let mut text = String::new();
    for code in &codes {
        let messages = run(&folder, code).messages(Format::Human, Severity::Note);
        // One fault is told once, by its own code.
        assert_eq!(
            messages.matches("\n  --> ").count() + messages.matches("\n --> ").count(),
            1,
            "{code}:\n{messages}"
        );
        assert!(messages.contains(&format!("[{code}]: ")), "{code}:\n{messages}");
        text.push_str(&messages);
    }
    insta::with_settings!({ snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("expected", text);
    });
}
