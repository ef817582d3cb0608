//! Collections that were damaged at random: what is odd costs itself alone, and everything is accounted for.

#![expect(clippy::disallowed_methods, reason = "the generator reads no file, its tests do")]

use std::path::Path;

use sage_codegen::diagnostic::{Format, Severity};
use sage_codegen::emit::{Form, Layout};
use sage_codegen::{ApiInput, InputFile, Inputs, generate};
use serde_json::{Value, json};

/// A small generator of numbers, so that every run sees the same collections.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// What stands where something else should.
fn hostile() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!(" "),
        json!("{{x}}"),
        json!("{{"),
        json!("}}{{/:{"),
        json!("../.."),
        json!("a\nb\u{0}\u{202e}"),
        json!("*/ \"# } fn main() {"),
        json!("http://[::1"),
        json!("{\"a\": {{x}}, // b\n}"),
        json!("self"),
        json!([]),
        json!([null, [null]]),
        json!({}),
        json!({"item": [], "request": {}, "key": {}, "value": []}),
    ]
}

/// The pointers of everything in a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                pointers(member, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

fn inputs(folder: &Path, name: &str, text: String) -> Inputs {
    let file =
        |name: &str, text: String| InputFile { name: format!("specs/m/{name}").into(), bytes: text.into_bytes() };
    let document = std::fs::read_to_string(folder.join("openapi.yaml")).unwrap();
    let settings = format!(
        "module = 'm'\ntitle = 'T'\ndocuments = ['openapi.yaml', '{name}']\n[server]\nurl = 'https://api.example.com/uki/accounts/v3'\n"
    );
    Inputs {
        apis: vec![ApiInput {
            name: "m".into(),
            config: file("api.toml", settings),
            files: vec![file("openapi.yaml", document), file(name, text)],
        }],
        names: None,
        form: Form { command: "cargo xtask codegen".into(), layout: Layout::Module },
    }
}

#[test]
fn what_is_damaged_costs_itself_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/postman");
    let hostile = hostile();
    let mut numbers = Numbers(11);
    let mut whole = 0;
    for name in ["joined.postman_collection.json", "alone.postman_collection.json", "old.postman_collection.json"] {
        let sound: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap();
        for _ in 0..200 {
            let mut mutant = sound.clone();
            for _ in 0..=numbers.below(3) {
                let mut all = Vec::new();
                pointers(&mutant, "", &mut all);
                // Without these it is no collection at all.
                all.retain(|pointer| !["", "/item", "/info", "/info/schema"].contains(&pointer.as_str()));
                let Some(pointer) = all.get(numbers.below(all.len())) else { break };
                *mutant.pointer_mut(pointer).unwrap() = hostile[numbers.below(hostile.len())].clone();
            }
            let text = mutant.to_string();
            let outcome = generate(&inputs(&folder, name, text.clone()), &|_, _| {});
            assert!(!outcome.has_errors(), "{}\n{text}", outcome.messages(Format::Human, Severity::Error));
            let coverage = &outcome.apis[0].coverage;
            assert!(coverage.balances(), "{text}");
            whole += coverage.requests.documented;
            for file in &outcome.files {
                if let Err(fault) = syn::parse_file(&file.text) {
                    panic!("{fault} in {}\n{}\n{text}", file.path, file.text);
                }
            }
        }
    }
    assert!(whole > 2000, "{whole} requests");
}

/// What stands in `collections/` was written to be hard: every kind of JSON and of what is none, odd addresses, bodies,
/// methods, names and replies.
#[test]
fn what_is_hard_is_carried_or_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collections");
    let mut replies = 0;
    for name in ["hard.postman_collection.json", "old.postman_collection.json"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let mut inputs = inputs(&folder.join("../golden/postman"), name, text.clone());
        let settings = format!(
            "module = 'm'\ntitle = 'T'\ndocuments = ['{name}']\n[server]\nurl = 'https://api.example.com/v1'\n"
        );
        inputs.apis[0].config.bytes = settings.into_bytes();
        let outcome = generate(&inputs, &|_, _| {});
        assert!(!outcome.has_errors(), "{}", outcome.messages(Format::Human, Severity::Error));
        let coverage = &outcome.apis[0].coverage;
        assert!(coverage.balances() && coverage.parts().all(|(_, part)| part.unaccounted.is_empty()), "{coverage:#?}");
        for file in outcome.files.iter().chain(&outcome.tests) {
            assert!(syn::parse_file(&file.text).is_ok(), "{}\n{}", file.path, file.text);
        }
        // Each saved reply that is JSON is a test, or its place is told.
        let said = outcome.messages(Format::Human, Severity::Note);
        let skipped = coverage.parts().flat_map(|(_, part)| &part.skipped);
        let skipped: Vec<&str> = skipped
            .filter(|skipped| !skipped.reason.contains("no success"))
            .map(|skipped| skipped.place.pointer.as_str())
            .collect();
        let tree: Value = serde_json::from_str(&text).unwrap();
        let mut all = Vec::new();
        pointers(&tree, "", &mut all);
        let is_json = |pointer: &&String| {
            let body = tree.pointer(pointer).and_then(Value::as_str);
            pointer.ends_with("/body")
                && pointer.contains("/response/")
                && !pointer.contains("/originalRequest/")
                && body.is_some_and(|body| {
                    serde_json::from_str::<Value>(body).is_ok_and(|v| v.is_object() || v.is_array())
                })
        };
        for pointer in all.iter().filter(is_json) {
            replies += 1;
            let tested = outcome.tests[0].text.contains(&format!("{pointer}\""));
            let told = said.contains(&format!("#{pointer}`"))
                || skipped.iter().any(|place| pointer.starts_with(place) && !place.is_empty());
            assert!(tested || told, "nothing is said of {pointer}\n{said}");
        }
    }
    assert!(replies > 150, "{replies}");
}
