//! One call of every operation, with every setter: what the tests send to the sandbox. The values come from the test.

use std::fmt::Write as _;

use super::types;
use crate::rust::{Argument, Body, Method, Package, Reply, Target, Type};

/// The module of the tests for this package. It is not laid out: the test crate keeps rustfmt away from it.
pub(super) fn print(package: &Package) -> String {
    let mut rows = String::new();
    for resource in &package.resources {
        for method in &resource.methods {
            let operation = &method.operation;
            let name = types::literal(&format!("{} {}", operation.method.name(), operation.path));
            let call = call(resource.module.as_str(), method);
            let _ = writeln!(rows, "    ({name}, |c, f| {call}),");
        }
    }
    let module = &package.module;
    let mut out = format!("//! A call of every operation of {}, with everything set.\n\n", package.title);
    // Not every API has parameters of each kind.
    let _ = writeln!(out, "#[allow(unused_imports)]\nuse sage_api as rt;");
    let _ =
        writeln!(out, "#[allow(unused_imports)]\nuse sage_api::{module}::model;\nuse sage_api::{module}::Client;\n");
    let _ = writeln!(out, "use crate::Calls;\n\npub(crate) static CALLS: Calls<Client> = &[\n{rows}];");
    out
}

/// The call, with everything set; a list is asked for as it is, too, since so much at once finds nothing.
fn call(resource: &str, method: &Method) -> String {
    let arguments: Vec<String> = paths(method).collect();
    let plain = format!("c.{resource}().{}({})", method.name, arguments.join(", "));
    let setters = method.request.iter().flat_map(|request| &request.setters);
    let all = setters.fold(plain.clone(), |call, setter| format!("{call}.{}({})", setter.name, value(&setter.target)));
    match method.reply {
        Reply::Page(_) => format!("f.both({plain}, {all})"),
        _ => format!("f.one({all})"),
    }
}

/// The arguments; those of the path are counted.
fn paths(method: &Method) -> impl Iterator<Item = String> {
    let mut index = 0;
    method.arguments.iter().map(move |Argument { target, .. }| match target {
        Target::Path(ty) => {
            let value = format!("f.path({index})");
            index += 1;
            match ty {
                Type::String => format!("&{}", value.replace("path", "path::<String>")),
                _ => value,
            }
        }
        target => value(target),
    })
}

fn value(target: &Target) -> String {
    let of = |wire: &str, ty: &Type| {
        // What these setters take is made from text, or from a moment.
        let ty = match ty {
            Type::When => &Type::DateTime,
            Type::Attributes | Type::Sort(_) | Type::OData(..) => &Type::String,
            ty => ty,
        };
        format!("f.of::<{}>({})", types::text(ty, "model::"), types::literal(wire))
    };
    match target {
        Target::Query { wire, ty, list: Some(_) } => format!("[{}]", of(wire, ty)),
        Target::Query { wire, ty, list: None }
        | Target::Deep { wire, ty }
        | Target::Header { wire, ty }
        | Target::Cookie { wire, ty } => of(wire, ty),
        Target::Path(ty) => format!("f.path::<{}>(0)", types::text(ty, "model::")),
        Target::Body(Body::Json(Type::Option(_))) => "Some(f.body())".to_owned(),
        Target::Body(_) => "f.body()".to_owned(),
    }
}
