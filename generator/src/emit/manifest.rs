//! The manifest of a crate by itself.

use crate::plan::{File, MARKER};
use crate::rust::Package;

/// `Cargo.toml`
pub(super) fn print(name: &str, runtime: &str, package: &Package, command: &str) -> File {
    // A TOML string takes Rust's escapes but for the form of `\u{…}`.
    let quoted = |text: &str| {
        let plain: String = text.chars().filter(|c| !c.is_control()).collect();
        format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
    };
    let text = format!(
        "# {MARKER}{command}`. Do not edit.\n\n[package]\nname = {}\ndescription = {}\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         rust-version = \"1.95\"\npublish = false\n\n[dependencies]\nsage-runtime = {runtime}\n\n# This crate stands by itself.\n[workspace]\n",
        quoted(name),
        quoted(&format!("A client of {}", package.title)),
    );
    File { path: "Cargo.toml".to_owned(), text }
}
