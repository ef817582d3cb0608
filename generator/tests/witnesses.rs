//! Witnesses of a small API, as generated tests that are compiled and run; and what happens when one digit, one key or one
//! type is another.
//!
//! The tests are those of `tests/tests/witnesses`, with their support, in a workspace of their own. Each change is made to
//! what they read or to what they are compiled from, and has to make the one fail that it was made to.

#![expect(clippy::disallowed_methods, reason = "the generator reads no file, its tests do")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sage_codegen::diagnostic::{Format, Severity};
use sage_codegen::emit::{Form, Layout, RECURSION_LIMIT};
use sage_codegen::node::Node;
use sage_codegen::plan::File;
use sage_codegen::{ApiInput, InputFile, Inputs, Outcome, generate};

/// The folder of the API, and its files in `specs/`.
fn files() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/witnesses/shop");
    let list = |folder: &Path| -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.retain(|path| path.is_file());
        all.sort();
        all
    };
    let all = list(&folder).into_iter().chain(list(&folder.join("witness")));
    all.map(|path| {
        let inside = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
        (format!("specs/shop/{inside}"), path)
    })
    .collect()
}

fn inputs(files: &[(String, String)]) -> Inputs {
    let file = |(name, text): &(String, String)| InputFile { name: name.as_str().into(), bytes: text.clone().into() };
    let (config, files): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| name.ends_with("api.toml"));
    Inputs {
        apis: vec![ApiInput {
            name: "shop".into(),
            config: file(config[0]),
            files: files.into_iter().map(file).collect(),
        }],
        names: None,
        form: Form { command: "cargo xtask codegen".into(), layout: Layout::Module },
    }
}

fn texts() -> Vec<(String, String)> {
    files().into_iter().map(|(name, path)| (name, std::fs::read_to_string(path).unwrap())).collect()
}

fn plain() -> Outcome {
    let outcome = generate(&inputs(&texts()), &|_, _| {});
    assert!(!outcome.has_errors(), "{}", outcome.messages(Format::Human, Severity::Error));
    outcome
}

/// A workspace of the generated client and its witnesses.
struct Workspace(PathBuf);

impl Workspace {
    fn new(outcome: &Outcome) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("witnesses");
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for old in ["generated", "tests", "specs"] {
            let _ = std::fs::remove_dir_all(root.join(old));
        }
        let it = Workspace(root);
        let runtime = ours.join("runtime");
        it.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = [\"generated\", \"tests\"]\n\n[workspace.dependencies]\n\
                 sage-runtime = {{ path = {runtime:?}, default-features = false }}\n\n[profile.dev]\ndebug = false\n"
            ),
        );
        it.write(
            "generated/Cargo.toml",
            "[package]\nname = \"sage-api\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             sage-runtime.workspace = true\n",
        );
        it.write(
            "generated/src/lib.rs",
            &format!(
                "#![recursion_limit = \"{RECURSION_LIMIT}\"]\npub mod shop;\n\
                 pub use sage_runtime::codegen::Bytes;\npub use sage_runtime::{{Result, Value, json, transport}};\n"
            ),
        );
        it.write(
            "tests/Cargo.toml",
            "[package]\nname = \"sage-tests\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             sage-api.path = \"../generated\"\nsage-runtime.workspace = true\n\
             form_urlencoded = \"1\"\nhttp = \"1\"\nserde_json = { version = \"1\", features = [\"raw_value\"] }\nsha2 = \"*\"\n\
             tokio = { version = \"1\", features = [\"rt\", \"time\"] }\n",
        );
        it.write("tests/src/lib.rs", "pub mod json;\n");
        let _ = std::fs::copy(ours.join("Cargo.lock"), it.0.join("Cargo.lock")).unwrap();
        for (from, to) in [
            ("tests/src/json.rs", "tests/src/json.rs"),
            ("tests/tests/witnesses/main.rs", "tests/tests/witnesses/main.rs"),
            ("tests/tests/witnesses/checks.rs", "tests/tests/witnesses/checks.rs"),
            ("tests/tests/witnesses/support.rs", "tests/tests/witnesses/support.rs"),
        ] {
            it.write(to, &std::fs::read_to_string(ours.join(from)).unwrap());
        }
        let write = |folder: &str, files: &[File]| {
            files.iter().for_each(|file| it.write(&format!("{folder}/{}", file.path), &file.text));
        };
        write("generated/src", &outcome.files);
        write("tests/tests/witnesses/generated", &outcome.tests);
        texts().iter().for_each(|(name, text)| it.write(name, text));
        it
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Compiles the tests, and gives the program.
    fn build(&self) -> PathBuf {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "test",
            "--offline",
            "-p",
            "sage-tests",
            "--test",
            "witnesses",
            "--no-run",
            "--message-format=json",
        ]);
        let output = cargo.current_dir(&self.0).env("CARGO_TARGET_DIR", self.0.join("target")).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let messages = String::from_utf8(output.stdout).unwrap();
        let program = messages
            .lines()
            .filter_map(|line| Node::from_json(line).ok())
            .find_map(|message| Some(PathBuf::from(message.text("executable")?)));
        program.expect("cargo names the program")
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).join("\n")
}

fn run(program: &Path) -> Output {
    Command::new(program).env("RUST_BACKTRACE", "0").output().unwrap()
}

/// The same JSON text with one scalar or key changed, everything that there is one after the other.
fn changes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut add = |what: String, from: usize, to: usize, new: &str| {
        found.push((what, format!("{}{new}{}", &text[..from], &text[to..])));
    };
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                let is_key = text[at..].trim_start().starts_with(':');
                let (word, before) = (&text[start..at], at - 1);
                if is_key {
                    add(format!("the key {word}"), before, before, "x");
                } else {
                    add(format!("the type of {word}"), start, at, "[true]");
                    add(format!("a letter of {word}"), before, before, "7");
                }
            }
            b'0'..=b'9' | b'-' => {
                at += bytes[at..].iter().take_while(|byte| b"+-.eE0123456789".contains(byte)).count();
                let number = &text[start..at];
                add(format!("the type of {number}"), start, at, "[true]");
                let last = if number.ends_with('1') { "2" } else { "1" };
                add(format!("a digit of {number}"), at - 1, at, last);
            }
            b't' | b'f' | b'n' => {
                at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                add(format!("the type of {}", &text[start..at]), start, at, "{\"x\": 1}");
            }
            _ => at += 1,
        }
    }
    found
}

#[test]
fn a_change_makes_a_witness_fail() {
    let outcome = plain();
    let workspace = Workspace::new(&outcome);
    let program = workspace.build();
    let output = run(&program);
    assert!(output.status.success(), "{}", said(&output));

    // In a witness: a digit, a key, a type.
    let mut count = 0;
    for (name, text) in texts().iter().filter(|(name, _)| name.contains("/witness/")) {
        for (what, changed) in changes(text) {
            workspace.write(name, &changed);
            let output = run(&program);
            assert!(!output.status.success(), "{what} in {name}: {}", said(&output));
            count += 1;
        }
        workspace.write(name, text);
    }
    assert!(count > 50, "{count} changes");
    assert!(run(&program).status.success());

    // In what was generated. All at once, as each makes another witness fail and compiling takes longest.
    for (file, after, find, replace, _) in PLANTS {
        let text = workspace.read(file);
        let from = text.find(after).unwrap_or_else(|| panic!("no `{after}` in {file}:\n{text}"));
        let at = text[from..].find(find).unwrap_or_else(|| panic!("no `{find}` in {file}:\n{text}")) + from;
        workspace.write(file, &format!("{}{replace}{}", &text[..at], &text[at + find.len()..]));
    }
    let said = said(&run(&workspace.build()));
    for (.., fault) in PLANTS {
        assert!(said.lines().any(|line| line.contains(fault)), "nothing of `{fault}` in {said}");
    }
    assert!(!said.contains("`articles_one` of"), "what was not changed still passes: {said}");
}

#[test]
fn what_makes_no_test_is_reported_with_the_reason() {
    let outcome = plain();
    let said = outcome.messages(Format::Human, Severity::Note);
    let table = &outcome.tests[0].text;
    // The replies of `GET /articles/{key}` in the collection, in their order.
    for (reply, reason) in [
        (0, None),
        (1, None),
        (2, None),
        (3, Some("warning[D163]: `/count` of the reply is text; the types expect a whole number")),
        (4, Some("of the requests and replies in collections make no test: it is no JSON")),
        (5, None),
    ] {
        let tested = table.contains(&format!(
            "Carried {{ operation: \"articles.get\", body: json(\"articles_one{}\"",
            match reply {
                0 => String::new(),
                reply => format!("_{}", reply + 1),
            }
        ));
        assert_eq!(tested, reason.is_none(), "{reply}: {table}");
        assert!(reason.is_none_or(|reason| said.contains(reason)), "{reply}: {said}");
    }
    // Errors are compared as JSON, and the operation answers with them.
    assert!(table.contains("/response/5/body\").embedded(), carry: carry::<rt::Json>"), "{table}");
    assert!(table.contains("answer: Some(Answer::Refused(404, json(\"articles_one_6\""), "{table}");
    assert!(table.contains(".text(\"{\\\"message\\\":\\\"gone\\\"}\"), carry: carry::<rt::Json>"), "{table}");
    // Each part that makes no test is named.
    assert!(said.contains("2 of the requests and replies in collections make no test: it is no JSON"), "{said}");
    for pointer in ["4", "6"] {
        assert!(said.contains(&format!("#/item/0/item/0/response/{pointer}/body")), "{said}");
    }
    // What the client sets in every request was sent as well.
    assert!(table.contains(r#"headers: &[("X-Shop", "s2")]"#), "{table}");
    // Comments are taken out.
    assert!(table.contains(r#".text("{\"id\":\"a2\",\"count\":1}")"#), "{table}");
}

/// A change: in which file, after which text, what, what else; and who has to see it.
const PLANTS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "generated/src/shop/model/articles.rs",
        "rt::model!(Article,",
        "\"in_stock\"",
        "\"in_stocks\"",
        "shop: `articles.get` of articles.get",
    ),
    ("generated/src/shop/model/makers.rs", "rt::model!(Maker,", "2 rating", "9 rating", "shop: `maker` of makers.get"),
    (
        "generated/src/shop/model/articles.rs",
        "pub struct NewArticle",
        "price: Option<rt::Decimal>",
        "price: Option<bool>",
        "shop: request `articles_new` of articles.create",
    ),
    (
        "generated/src/shop/articles.rs",
        "pub fn since",
        "\"since\"",
        "\"from\"",
        "shop: request `articles.list` of articles.list",
    ),
    (
        "generated/src/shop/articles.rs",
        "pub static DELETE",
        "\"/articles/{key}\"",
        "\"/article/{key}\"",
        "shop: request `articles.delete` of articles.delete",
    ),
];
