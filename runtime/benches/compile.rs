//! How long `cargo check` takes for generated models and operations, by the form in which they are written.
//!
//! `cargo bench -p sage-runtime --no-default-features --bench compile [-- ROUNDS]`
//!
//! Writes a crate of 384 models with 4,224 fields (and one with 290 operations) for each form, and checks each again
//! and again after a touch; the best round counts. The dependencies are checked before and do not count.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    reason = "a benchmark prints, and nobody imports it"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, io};

const MODELS: usize = 384;
const FIELDS: usize = 11;
const OPERATIONS: usize = 290;

/// How models are written.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `model!`, with `Debug` and `PartialEq` by table.
    Macro,
    /// What `model!` expands to, written out.
    Written,
    /// The same with `Debug` and `PartialEq` derived.
    Derived,
    /// Only the structs, with the four usual derives.
    Bare,
    /// The structs with serde's derives beside the usual ones.
    Serde,
}

fn main() -> io::Result<()> {
    let rounds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(5);
    let forms = [
        ("models: `model!`, Debug and PartialEq by table", Form::Macro, false),
        ("models: the same, written out", Form::Written, false),
        ("models: written out, Debug and PartialEq derived", Form::Derived, false),
        ("models: bare structs with the usual derives", Form::Bare, false),
        ("models: serde derives", Form::Serde, false),
        ("models: `model!`, and 290 operations", Form::Macro, true),
    ];
    let mut crates = Vec::new();
    for (index, (name, form, operations)) in forms.into_iter().enumerate() {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("compile-{index}"));
        write(&folder, form, operations)?;
        check(&folder)?;
        crates.push((name, folder, Duration::MAX));
    }
    for _ in 0..rounds {
        for (_, folder, best) in &mut crates {
            touch(folder)?;
            let start = Instant::now();
            check(folder)?;
            *best = start.elapsed().min(*best);
        }
    }
    for (name, _, best) in crates {
        println!("{name:55} {:5.2} s", best.as_secs_f64());
    }
    Ok(())
}

fn source(folder: &Path) -> PathBuf {
    folder.join("src/lib.rs")
}

fn touch(folder: &Path) -> io::Result<()> {
    let text = fs::read(source(folder))?;
    fs::write(source(folder), text)
}

fn check(folder: &Path) -> io::Result<()> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile-target");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return Err(io::Error::other("the probe does not compile"));
    }
    Ok(())
}

fn write(folder: &Path, form: Form, operations: bool) -> io::Result<()> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         sage-runtime = {{ path = {:?}, default-features = false }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n",
        env!("CARGO_MANIFEST_DIR")
    );
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut text = String::from("#![allow(dead_code)]\nuse sage_runtime::codegen as rt;\n");
    (0..MODELS).for_each(|index| model(&mut text, form, index));
    if operations {
        (0..OPERATIONS).for_each(|index| operation(&mut text, index));
    }
    fs::write(source(folder), text)
}

/// The type of a field. Without our types where serde must derive for them.
fn ty(form: Form, model: usize, field: usize) -> String {
    let serde = form == Form::Serde;
    match field % FIELDS {
        0..=3 => "String".into(),
        4 | 5 if serde => "String".into(),
        4 | 5 => "rt::Decimal".into(),
        6 => "bool".into(),
        7 => "i64".into(),
        8 if serde => "String".into(),
        8 => "rt::DateTime<rt::FixedOffset>".into(),
        _ if model == 0 => "f64".into(),
        9 => format!("M{}", model / 2),
        _ => format!("Vec<M{}>", model / 3),
    }
}

fn model(out: &mut String, form: Form, index: usize) {
    let derives = match form {
        Form::Macro | Form::Written => "Clone, Default",
        Form::Derived | Form::Bare => "Clone, Debug, Default, PartialEq",
        Form::Serde => "Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize",
    };
    let _ = writeln!(out, "/// A model.\n#[derive({derives})]\npub struct M{index} {{");
    for field in 0..FIELDS {
        let _ =
            writeln!(out, "    /// `property_{field}`.\n    pub property_{field}: Option<{}>,", ty(form, index, field));
    }
    if matches!(form, Form::Bare | Form::Serde) {
        return out.push_str("}\n");
    }
    out.push_str("    /// More.\n    pub extra: rt::Extra,\n}\n");
    let fields = |line: &dyn Fn(usize) -> String| (0..FIELDS).map(line).collect::<String>();
    if form == Form::Macro {
        let lines = fields(&|field| format!("    {field} property_{field}: \"property_{field}\",\n"));
        let _ = writeln!(out, "rt::model!(M{index}, String, {{\n{lines}}});");
        return;
    }
    let names = fields(&|field| format!("\"property_{field}\", "));
    let shared = fields(&|field| format!("            {field} => &self.property_{field},\n"));
    let unique = fields(&|field| format!("            {field} => &mut self.property_{field},\n"));
    let _ = writeln!(
        out,
        "impl rt::Model for M{index} {{
    fn shape(&self) -> &'static rt::Shape {{
        static SHAPE: rt::Shape = rt::Shape {{ name: \"M{index}\", properties: &[{names}], decimals: rt::Decimals::String, professional_only: &[] }};
        &SHAPE
    }}
    fn slot(&self, index: usize) -> Option<&dyn rt::Slot> {{
        Some(match index {{\n{shared}            _ => return None,\n        }})
    }}
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {{
        Some(match index {{\n{unique}            _ => return None,\n        }})
    }}
    fn extra(&self) -> &rt::Extra {{ &self.extra }}
    fn extra_mut(&mut self) -> &mut rt::Extra {{ &mut self.extra }}
}}
impl rt::serde::Serialize for M{index} {{
    fn serialize<S: rt::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{ rt::serialize(self, serializer) }}
}}
impl<'de> rt::serde::Deserialize<'de> for M{index} {{
    fn deserialize<D: rt::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {{ rt::deserialize(deserializer) }}
}}"
    );
    if form == Form::Written {
        let _ = writeln!(
            out,
            "impl PartialEq for M{index} {{ fn eq(&self, other: &Self) -> bool {{ rt::same_model(self, other) }} }}
impl std::fmt::Debug for M{index} {{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{ rt::debug_model(self, f) }}
}}"
        );
    }
}

/// A list with four setters, a creation, and their descriptors; three operations in five are plain calls.
fn operation(out: &mut String, index: usize) {
    let model = index % MODELS;
    let _ = writeln!(
        out,
        "/// Operations.\n#[derive(Clone, Debug)]\npub struct R{index} {{ client: rt::Client }}
static O{index}: rt::Operation = rt::Operation {{ id: \"r.{index}\", path: \"/r{index}/{{key}}\", ..rt::Operation::DEFAULT }};
impl R{index} {{"
    );
    if index % 5 < 2 {
        let _ = writeln!(
            out,
            "    /// Lists.\n    pub fn list(&self, key: &str) -> List{index} {{ List{index}(rt::Call::json(&self.client, &O{index}).path(key)) }}
}}
/// A request.\n#[derive(Debug)]\npub struct List{index}(rt::Call<rt::Page<M{model}>>);
rt::page_request!(List{index}, M{model});
impl List{index} {{
    /// `a`.\n    pub fn a(self, a: i32) -> Self {{ Self(self.0.query(\"a\", a)) }}
    /// `b`.\n    pub fn b(self, b: impl Into<String>) -> Self {{ Self(self.0.query(\"b\", b.into())) }}
    /// `c`.\n    pub fn c(self, c: rt::NaiveDate) -> Self {{ Self(self.0.query(\"c\", c)) }}
    /// `d`.\n    pub fn d(self, d: impl IntoIterator<Item = impl rt::ToText>) -> Self {{
        Self(self.0.query_list(\"d\", rt::ListStyle::Comma, d))
    }}
}}"
        );
    } else {
        let _ = writeln!(
            out,
            "    /// Creates.\n    pub fn create(&self, key: &str, body: M{model}) -> rt::Call<M{model}> {{
        rt::Call::json(&self.client, &O{index}).path(key).body(&body)
    }}\n}}"
        );
    }
}
