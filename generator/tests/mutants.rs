//! Documents that were damaged at random: whatever is accepted gives Rust, and nothing panics.

#![expect(clippy::disallowed_methods, reason = "the generator reads no file, its tests do")]

use std::path::{Path, PathBuf};

use sage_codegen::emit::{Form, Layout};
use sage_codegen::{ApiInput, InputFile, Inputs, generate};

/// Spellings that a name, a type or a value may turn into.
const HOSTILE: &[&str] = &[
    "type",
    "Self",
    "\"\"",
    "'*/ \"# } fn main() {'",
    "\"a\\nb\"",
    "\"\\u202e\"",
    "'`'",
    "[]",
    "{}",
    "null",
    "-1",
    "object",
    "array",
    "string",
    "Vec",
    "model",
    "get",
    "\"\\\\\"",
    "'{key}'",
    "'[link](x)'",
    "extra",
    "Unknown",
];

/// A small generator of numbers, so that every run sees the same mutants.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Drops a line, repeats one elsewhere, or puts something hostile in the place of a word.
fn damage(text: &str, numbers: &mut Numbers) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(lines.len());
        match numbers.below(4) {
            0 => drop(lines.remove(at)),
            1 => {
                let line = lines[numbers.below(lines.len())].clone();
                lines.insert(at, line);
            }
            _ => {
                let words: Vec<&str> = lines[at]
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .filter(|word| !word.is_empty())
                    .collect();
                if let Some(word) = words.get(numbers.below(words.len())) {
                    lines[at] = lines[at].replacen(*word, HOSTILE[numbers.below(HOSTILE.len())], 1);
                }
            }
        }
    }
    lines.join("\n")
}

fn inputs(document: String) -> Inputs {
    let settings = "module = 'm'\ntitle = 'T'\ndocuments = ['a.yaml']\n[server]\nurl = 'https://example.com'\n";
    let file = |name: &str, text: String| InputFile { name: name.into(), bytes: text.into_bytes() };
    Inputs {
        apis: vec![ApiInput {
            name: "m".into(),
            config: file("specs/m/api.toml", settings.into()),
            files: vec![file("specs/m/a.yaml", document)],
        }],
        names: None,
        form: Form { command: "cargo xtask codegen".into(), layout: Layout::Module },
    }
}

#[test]
fn whatever_is_accepted_gives_rust() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut documents: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    documents.sort();
    let mut numbers = Numbers(7);
    let mut accepted = 0;
    for folder in documents {
        let text = std::fs::read_to_string(folder.join("openapi.yaml")).unwrap();
        for _ in 0..60 {
            let mutant = damage(&text, &mut numbers);
            let outcome = generate(&inputs(mutant.clone()), &|_, _| {});
            assert!(
                outcome.apis.iter().all(|api| api.diagnostics.iter().all(|fault| fault.code.id() != "B901")),
                "{mutant}"
            );
            for file in &outcome.files {
                if let Err(fault) = syn::parse_file(&file.text) {
                    panic!("{fault} in {}\n{}\n{mutant}", file.path, file.text);
                }
            }
            accepted += usize::from(!outcome.files.is_empty());
        }
    }
    assert!(accepted > 300, "only {accepted} mutants were accepted");
}
