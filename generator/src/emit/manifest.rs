//! The manifest of a crate by itself.

use crate::plan::{File, MARKER};
use crate::rust::Package;

/// What tests of witnesses need.
const TESTS: &str = "
[dev-dependencies]
form_urlencoded = \"1.2\"
http = \"1.5\"
serde_json = { version = \"1\", features = [\"raw_value\"] }
sha2 = { version = \"0.11\", default-features = false }
tokio = { version = \"1.54\", default-features = false, features = [\"rt\", \"time\"] }
";

/// `Cargo.toml`
pub(super) fn print(name: &str, runtime: &str, tests: bool, package: &Package, command: &str) -> File {
    // A TOML string takes Rust's escapes but for the form of `\u{…}`.
    let quoted = |text: &str| {
        let plain: String = text.chars().filter(|c| !c.is_control()).collect();
        format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
    };
    let text = format!(
        "# {MARKER}{command}`. Do not edit.\n\n[package]\nname = {}\ndescription = {}\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         rust-version = \"1.95\"\npublish = false\n\n[dependencies]\nsage-runtime = {runtime}\n{}\n# This crate stands by itself.\n[workspace]\n",
        quoted(name),
        quoted(&format!("A client of {}", package.title)),
        if tests { TESTS } else { "" },
    );
    File { path: "Cargo.toml".to_owned(), text }
}
