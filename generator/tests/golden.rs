//! Small documents, one feature each, beside the files that they must give; and all of those files compiled.
//!
//! `cargo insta review` (or `INSTA_UPDATE=always`) takes a new output over, after it was read.

#![expect(clippy::disallowed_methods, reason = "the generator reads no file, its tests do")]

use std::path::{Path, PathBuf};
use std::process::Command;

use sage_codegen::diagnostic::{Format, Severity};
use sage_codegen::emit::{Form, Layout, RECURSION_LIMIT};
use sage_codegen::plan::File;
use sage_codegen::{ApiInput, InputFile, Inputs, Outcome, generate};

/// The folders of the goldens.
fn goldens() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_string_lossy().into_owned()
}

/// The inputs of a golden; `document` changes the text of its document.
fn inputs(folder: &Path, document: impl Fn(String) -> String, names: Option<String>) -> Inputs {
    let name = name(folder);
    let document = document(std::fs::read_to_string(folder.join("openapi.yaml")).unwrap());
    let settings = std::fs::read_to_string(folder.join("api.toml")).unwrap_or_else(|_| {
        format!(
            "module = {name:?}\ntitle = {name:?}\ndocuments = [\"openapi.yaml\"]\n\n[server]\nurl = \"https://example.com\"\n"
        )
    });
    let file = |file: &str, text: String| InputFile { name: file.into(), bytes: text.into_bytes() };
    let mut files = vec![file(&format!("specs/{name}/openapi.yaml"), document)];
    let mut collections: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    collections.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    collections.sort();
    for path in collections {
        let text = std::fs::read_to_string(&path).unwrap();
        files.push(file(&format!("specs/{name}/{}", self::name(&path)), text));
    }
    Inputs {
        apis: vec![ApiInput { config: file(&format!("specs/{name}/api.toml"), settings), files, name }],
        names: names.map(|text| file("specs/names.lock", text)),
        form: Form { command: "cargo xtask codegen".into(), layout: Layout::Module },
    }
}

fn run(inputs: &Inputs) -> Outcome {
    let outcome = generate(inputs, &|_, _| {});
    assert!(!outcome.has_errors(), "{}", outcome.messages(Format::Human, Severity::Error));
    outcome
}

fn plain(folder: &Path) -> Outcome {
    run(&inputs(folder, |text| text, None))
}

/// All files as one text.
fn text(files: &[File], names: &str) -> String {
    let files = files.iter().map(|file| format!("//// {}\n{}\n", file.path, file.text));
    format!("{}//// names.lock\n{names}", files.collect::<String>())
}

#[test]
fn output_is_as_expected() {
    for folder in goldens() {
        let outcome = plain(&folder);
        insta::with_settings!({ snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("expected", text(&outcome.files, &outcome.names));
        });
    }
}

#[test]
fn twice_is_the_same() {
    for folder in goldens() {
        let (a, b) = (plain(&folder), plain(&folder));
        assert_eq!(text(&a.files, &a.names), text(&b.files, &b.names));
    }
}

/// Every map the other way round.
fn reversed(text: String) -> String {
    fn turn(value: serde_yaml::Value) -> serde_yaml::Value {
        match value {
            serde_yaml::Value::Mapping(map) => {
                let pairs: Vec<_> = map.into_iter().map(|(key, value)| (key, turn(value))).collect();
                serde_yaml::Value::Mapping(pairs.into_iter().rev().collect())
            }
            serde_yaml::Value::Sequence(list) => list.into_iter().map(turn).collect(),
            other => other,
        }
    }
    serde_yaml::to_string(&turn(serde_yaml::from_str(&text).unwrap())).unwrap()
}

#[test]
fn the_order_of_the_document_names_nothing() {
    for folder in goldens() {
        let turned = run(&inputs(&folder, reversed, None));
        assert_eq!(turned.names, plain(&folder).names, "{}", folder.display());
    }
}

/// The committed specifications, each by itself; `document` changes their texts.
fn specifications(document: impl Fn(String) -> String) -> Vec<Inputs> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let each = ["accounting", "accounting-v3", "sage-200"].map(|api| {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(specs.join(api)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "json"));
        files.sort();
        let read = |path: &Path| {
            let text = std::fs::read_to_string(path).unwrap();
            let is_document = path.to_string_lossy().ends_with("openapi.yaml");
            let text = if is_document { document(text) } else { text };
            InputFile { name: format!("specs/{api}/{}", name(path)).into(), bytes: text.into_bytes() }
        };
        Inputs {
            apis: vec![ApiInput {
                name: api.into(),
                config: read(&specs.join(api).join("api.toml")),
                files: files.iter().map(|path| read(path)).collect(),
            }],
            names: None,
            form: Form { command: "cargo xtask codegen".into(), layout: Layout::Module },
        }
    });
    each.into()
}

#[test]
fn the_order_of_the_specifications_names_nothing() {
    let plain = specifications(|text| text);
    for (plain, turned) in plain.iter().zip(specifications(reversed)) {
        let (plain, turned) = (run(plain).names, run(&turned).names);
        let differs = plain.lines().zip(turned.lines()).find(|(a, b)| a != b);
        assert!(plain == turned, "{differs:?}");
    }
}

#[test]
fn names_are_kept() {
    for folder in goldens() {
        let first = plain(&folder);
        let again = run(&inputs(&folder, |text| text, Some(first.names.clone())));
        assert_eq!(text(&again.files, &again.names), text(&first.files, &first.names), "{}", folder.display());
    }
}

#[test]
fn a_kept_name_is_untouchable() {
    let folder = goldens().into_iter().find(|folder| name(folder) == "inline").unwrap();
    let kept =
        plain(&folder).names.replace("= SalesInvoiceLine:", "= Kept:").replace("sales_quotes list", "sales_quotes all");
    let outcome = run(&inputs(&folder, |text| text, Some(kept.clone())));
    assert_eq!(outcome.names, kept);
    let all = text(&outcome.files, "");
    assert!(all.contains("pub struct Kept {") && all.contains("pub fn all(&self)"));
}

#[test]
fn what_is_new_renames_nothing() {
    let folder = goldens().into_iter().find(|folder| name(folder) == "inline").unwrap();
    let first = plain(&folder);
    // It would have a better claim to the name than the inline object that has it.
    let grown = |text: String| {
        let more = "    SalesInvoiceLine: { type: object, properties: { new: { type: string } } }\n";
        let used = "        new_line: { $ref: '#/components/schemas/SalesInvoiceLine' }\n        prices:";
        format!("{}{more}", text.replace("        prices:", used))
    };
    let outcome = run(&inputs(&folder, grown, Some(first.names.clone())));
    let words = |line: &str| line.split(": ").next().unwrap_or_default().to_owned();
    let after: Vec<String> = outcome.names.lines().map(words).collect();
    for line in first.names.lines().map(words) {
        assert!(after.contains(&line), "{line}");
    }
    assert!(outcome.names.contains("reply SalesInvoiceLine = SalesInvoiceLineModel: new"), "{}", outcome.names);
}

/// Writes all goldens as one crate.
fn write_crate() -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("goldens");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let _ = std::fs::remove_dir_all(root.join("src"));
    let mut lib = format!(
        "//! Goldens.\n#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms, clippy::all)]\n\
         #![recursion_limit = \"{RECURSION_LIMIT}\"]\n",
    );
    for folder in goldens() {
        for file in plain(&folder).files {
            let path = root.join("src").join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &file.text).unwrap();
        }
        lib.push_str(&format!("pub mod {};\n", name(&folder)));
    }
    std::fs::write(root.join("src/lib.rs"), lib).unwrap();
    let runtime = workspace.join("runtime");
    let manifest = format!(
        "[package]\nname = \"goldens\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         sage-runtime = {{ path = {runtime:?}, default-features = false }}\n\n[workspace]\n"
    );
    std::fs::write(root.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    // Generated code has rustfmt's own settings, wherever the target folder is.
    std::fs::copy(workspace.join("generated/rustfmt.toml"), root.join("rustfmt.toml")).unwrap();
    root
}

fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn output_compiles_without_warnings_and_is_formatted() {
    let root = write_crate();
    succeed(Command::new("rustfmt").args(["--check", "--edition", "2024", "src/lib.rs"]).current_dir(&root));
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&root).env("CARGO_TARGET_DIR", root.join("target"));
        succeed(command.env("RUSTDOCFLAGS", "-D warnings"));
    };
    cargo(&["clippy"]);
    cargo(&["doc", "--no-deps"]);
}
