//! Properties for the options of OData: a file for each model, with a constant for each name and a function for each value.

use std::fmt::Write as _;

use crate::emit::{client, docs, types};
use crate::rust::{PropertyKind, TypedModule};

/// The modules, below what the root says about itself.
pub(super) fn root(modules: &[TypedModule]) -> String {
    let mut names: Vec<&str> = modules.iter().map(|item| item.module.as_str()).collect();
    names.sort_by_key(|name| client::version(name));
    let lines = names.iter().map(|name| format!("pub mod {name};\n"));
    format!("\n{}", lines.collect::<String>())
}

/// The file of a model.
pub(super) fn print(item: &TypedModule) -> String {
    let model = &item.model;
    let mut out = docs::comment(&[super::about(&format!("[`{model}`]"))], 0, "//!");
    out.push_str("\nuse sage_runtime::codegen as rt;\n\n");
    let _ = writeln!(out, "use super::super::model::{model};\n\nrt::properties!({model}, {{");
    for (constant, function, kind, wire) in &item.values {
        let kind = match kind {
            PropertyKind::Text => "Text",
            PropertyKind::Number => "Number",
            PropertyKind::Flag => "Flag",
            PropertyKind::Date => "Date",
            PropertyKind::Moment => "Moment",
        };
        let _ = writeln!(out, "    {constant} {function}: {kind} = {},", types::literal(wire));
    }
    for (name, list) in [("relations", &item.relations), ("parts", &item.parts)] {
        let _ = writeln!(out, "}}, {name} {{");
        for (constant, wire) in list {
            let _ = writeln!(out, "    {constant} = {},", types::literal(wire));
        }
    }
    out.push_str("});\n");
    out
}
