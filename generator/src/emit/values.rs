//! Values that the service has names for: `value.rs`.

use std::fmt::Write as _;

use super::layout::{self, Expr};
use super::{docs, types};
use crate::rust::Package;

/// The file.
pub(super) fn print(package: &Package) -> String {
    let line = format!("Values that {} has names for, where its documents know text only.", package.title);
    let mut out = docs::comment(&[line], 0, "//!");
    for module in &package.values {
        out.push('\n');
        out.push_str(&docs::comment(&module.docs, 0, "///"));
        let _ = writeln!(out, "pub mod {} {{", module.module);
        for (name, value) in &module.values {
            out.push_str(&docs::comment(&[format!("{}.", crate::lower::code(value))], 4, "///"));
            out.push_str(&layout::constant(name.as_str(), "&str", &Expr::atom(types::literal(value)), 4));
        }
        out.push_str("}\n");
    }
    out
}
