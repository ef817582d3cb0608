//! Files of resources: methods, request structs, descriptors.

use std::fmt::Write as _;

use super::client::{capital, set};
use super::layout::{self, Expr, function};
use super::{declare, docs, operations, types};
use crate::ir;
use crate::names::Ident;
use crate::rust::{Argument, Body, Method, Replies, Reply, Request, Resource, Shared, SortKeys, Target, Type};

/// The prefix of models in these files.
const MODEL: &str = "model::";

/// The file of a resource.
pub(super) fn print(resource: &Resource) -> String {
    let title = format!("{}: {}.", capital(&resource.words), crate::lower::code(&resource.path));
    let mut body = String::new();
    body.push_str(&structure(resource));
    for method in &resource.methods {
        if let Some(request) = &method.request {
            body.push('\n');
            body.push_str(&request_struct(resource, method, request));
        }
        if let Reply::ByStatus(replies) = &method.reply {
            body.push('\n');
            body.push_str(&by_status(replies));
        }
    }
    for keys in &resource.sorts {
        body.push('\n');
        body.push_str(&sort_keys(keys));
    }
    for method in &resource.methods {
        body.push('\n');
        body.push_str(&descriptor(resource, method));
    }
    let mut out = docs::comment(&[title, contents(resource)], 0, "//!");
    out.push_str("\nuse sage_runtime::codegen as rt;\n");
    if body.contains(MODEL) {
        out.push_str("\nuse super::model;\n");
    }
    out.push('\n');
    out + &body
}

/// What the module is about: its page lists requests and descriptors, and the methods stand on that of the resource.
fn contents(resource: &Resource) -> String {
    let name = &resource.name;
    let methods = resource
        .methods
        .iter()
        .flat_map(|method| std::iter::once(&method.name).chain(method.also.iter().map(|also| &also.name)));
    let links: Vec<String> = methods.map(|method| format!("[`{method}`]({name}::{method})")).collect();
    format!("[`{name}`] has {}.", crate::lower::list(&links))
}

fn structure(resource: &Resource) -> String {
    let name = &resource.name;
    let line =
        format!("Operations on {}; from [`Client::{m}`](super::Client::{m}).", resource.words, m = resource.module);
    let lines: Vec<String> = std::iter::once(line).chain(resource.docs.iter().cloned()).collect();
    let mut out = docs::comment(&lines, 0, "///");
    let _ = write!(
        out,
        "#[derive(Clone, Debug)]\npub struct {name} {{\n    client: rt::Client,\n}}\n\nimpl {name} {{\n    \
         pub(super) fn new(client: &rt::Client) -> Self {{\n        Self {{\n            client: client.clone(),\n        }}\n    }}\n"
    );
    for method in &resource.methods {
        out.push('\n');
        out.push_str(&function_of(method));
    }
    out.push_str("}\n");
    out
}

/// A method of the resource.
fn function_of(method: &Method) -> String {
    let mut out = docs::comment(&method.docs, 4, "///");
    if method.deprecated {
        out.push_str("    #[deprecated]\n");
    }
    if method.arguments.len() > 6 {
        out.push_str("    #[expect(clippy::too_many_arguments, reason = \"the service needs them all\")]\n");
    }
    let mut arguments = vec!["&self".to_owned()];
    let constructor = match &method.reply {
        Reply::Empty => "rt::Call::empty".to_owned(),
        Reply::Json(_) | Reply::Page(_) => "rt::Call::json".to_owned(),
        Reply::Optional(_) => "rt::Call::optional".to_owned(),
        Reply::Bytes => "rt::Call::bytes".to_owned(),
        Reply::Text => "rt::Call::text".to_owned(),
        Reply::ByStatus(_) => "rt::Call::by_status".to_owned(),
    };
    let mut body =
        Expr::call(constructor, vec![Expr::atom("&self.client"), Expr::atom(format!("&{}", method.constant))]);
    for argument in &method.arguments {
        for (field, wire, most) in &method.files {
            if let Some(file) = file_in(argument, field) {
                let wire = Expr::atom(types::literal(wire));
                body = body.method("at_most", vec![wire, file, Expr::atom(thousands(*most))]);
            }
        }
        let (ty, name, values) = given(argument);
        arguments.push(format!("{}: {ty}", argument.name));
        body = body.method(name, values);
    }
    if method.empty_body {
        body = body.method("empty_body", Vec::new());
    }
    let output = match &method.request {
        Some(request) => request.name.to_string(),
        None => format!("rt::Call<{}>", reply_type(&method.reply)),
    };
    if let Some(request) = &method.request {
        let constructor = match request.shared {
            Some(shared) => format!("{}::new", runtime_request(shared)),
            None => request.name.to_string(),
        };
        body = Expr::call(constructor, vec![body]);
    }
    out.push_str(&function(&format!("pub fn {}", method.name), &arguments, &output, &body, 4));
    if let Some(also) = &method.also {
        let accepted = also.with.iter().map(|(argument, setter)| {
            let (ty, _, _) = parameter(&setter.target, argument.as_str());
            (argument.to_string(), ty, setter.name.to_string())
        });
        out.push('\n');
        out.push_str(&operations::also(method, also, &arguments, &output, &accepted.collect::<Vec<_>>()));
    }
    out
}

/// A field of the body.
fn file_in(argument: &Argument, field: &Ident) -> Option<Expr> {
    match argument.target {
        Target::Body(Body::Json(Type::Option(_))) => {
            let closure = Expr::atom(format!("|body| &body.{field}"));
            Some(Expr::atom(argument.name.as_str()).method("as_ref", Vec::new()).method("map", vec![closure]))
        }
        Target::Body(_) => Some(Expr::atom(format!("&{}.{field}", argument.name))),
        _ => None,
    }
}

/// `2_621_440`
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// What the lists of a request can be sorted by.
fn sort_keys(keys: &SortKeys) -> String {
    let descending = types::literal(&keys.descending);
    let mut out = docs::comment(&keys.docs, 0, "///");
    let _ = writeln!(out, "pub mod {} {{", keys.module);
    for (name, wire) in &keys.keys {
        out.push_str(&docs::comment(&[format!("{}.", crate::lower::code(wire))], 4, "///"));
        let value =
            Expr::call("super::rt::SortKey::new", vec![Expr::atom(types::literal(wire)), Expr::atom(&descending)]);
        out.push_str(&layout::constant(
            name.as_str(),
            &format!("super::rt::SortKey<super::{}>", keys.request),
            &value,
            4,
        ));
    }
    out.push_str("}\n");
    out
}

/// An argument's type, and the method of the call that takes it.
fn given(argument: &Argument) -> (String, &'static str, Vec<Expr>) {
    let name = Expr::atom(argument.name.as_str());
    let reference = || Expr::atom(format!("&{}", argument.name));
    match &argument.target {
        Target::Path(Type::String) => ("&str".to_owned(), "path", vec![name]),
        Target::Path(ty) => (types::text(ty, MODEL), "path", vec![name]),
        Target::Body(Body::Json(Type::Option(ty))) => {
            let value = name.method("as_ref", Vec::new());
            (format!("Option<{}>", types::text(ty, MODEL)), "body_opt", vec![value])
        }
        Target::Body(Body::Json(ty)) => (types::text(ty, MODEL), "body", vec![reference()]),
        Target::Body(Body::Form(ty)) => (types::text(ty, MODEL), "form", vec![reference()]),
        Target::Body(Body::Multipart(ty)) => (types::text(ty, MODEL), "multipart", vec![reference()]),
        Target::Body(Body::Bytes(media)) => {
            ("impl Into<rt::Bytes>".to_owned(), "bytes_body", vec![name, Expr::atom(types::literal(media))])
        }
        Target::Body(Body::Text(media)) => {
            ("impl Into<String>".to_owned(), "text_body", vec![name, Expr::atom(types::literal(media))])
        }
        target => parameter(target, argument.name.as_str()),
    }
}

/// A parameter's type, and the method of the call that takes it.
fn parameter(target: &Target, name: &str) -> (String, &'static str, Vec<Expr>) {
    let value = Expr::atom(name);
    let wire = |wire: &str| Expr::atom(types::literal(wire));
    match target {
        Target::Query { wire: key, ty, list: Some(style) } => {
            let style = match style {
                ir::ListStyle::Repeat | ir::ListStyle::Deep => "rt::ListStyle::Repeat",
                ir::ListStyle::Comma => "rt::ListStyle::Comma",
                ir::ListStyle::Space => "rt::ListStyle::Space",
                ir::ListStyle::Pipe => "rt::ListStyle::Pipe",
            };
            let (ty, converted) = accepted(ty);
            let values = if converted {
                value.method("into_iter", Vec::new()).method("map", vec![Expr::atom("Into::into")])
            } else {
                value
            };
            let ty = format!("impl IntoIterator<Item = {ty}>");
            (ty, "query_list", vec![wire(key), Expr::atom(style), values])
        }
        Target::Query { wire: key, ty, list: None } => single("query", key, ty, value),
        Target::Header { wire: key, ty } => single("header", key, ty, value),
        Target::Cookie { wire: key, ty } => single("cookie", key, ty, value),
        Target::Deep { wire: key, ty } => {
            (types::text(ty, MODEL), "query_deep", vec![wire(key), Expr::atom(format!("&{name}"))])
        }
        // `given` has seen to these.
        Target::Path(ty) => (types::text(ty, MODEL), "path", vec![value]),
        Target::Body(_) => ("rt::Json".to_owned(), "body", vec![value]),
    }
}

fn single(method: &'static str, key: &str, ty: &Type, value: Expr) -> (String, &'static str, Vec<Expr>) {
    let (ty, converted) = accepted(ty);
    let value = if converted { value.method("into", Vec::new()) } else { value };
    (ty, method, vec![Expr::atom(types::literal(key)), value])
}

/// What is accepted for a value, and whether it is converted.
fn accepted(ty: &Type) -> (String, bool) {
    match ty {
        Type::String
        | Type::Decimal
        | Type::DateTime
        | Type::When
        | Type::Attributes
        | Type::Sort(_)
        | Type::OData(..) => (format!("impl Into<{}>", types::text(ty, MODEL)), true),
        ty => (types::text(ty, MODEL), false),
    }
}

fn reply_type(reply: &Reply) -> String {
    match reply {
        Reply::Empty => "()".to_owned(),
        Reply::Json(ty) => types::text(ty, MODEL),
        Reply::Optional(ty) => format!("Option<{}>", types::text(ty, MODEL)),
        Reply::Page(ty) => format!("rt::Page<{}>", types::text(ty, MODEL)),
        Reply::Bytes => "rt::Bytes".to_owned(),
        Reply::Text => "String".to_owned(),
        Reply::ByStatus(replies) => replies.name.to_string(),
    }
}

fn request_struct(resource: &Resource, method: &Method, request: &Request) -> String {
    let paged = match &method.reply {
        Reply::Page(ty) => Some(types::text(ty, MODEL)),
        _ => None,
    };
    let how = if paged.is_some() { "`.await` it, or take its `.items()` or `.pages()`" } else { "`.await` it" };
    let line = format!("The request of [`{}::{}`]: set what it needs, then {how}.", resource.name, method.name);
    if let Some(shared) = request.shared {
        let model = paged.unwrap_or_else(|| reply_type(&method.reply));
        let (head, ty) = (format!("pub type {} =", request.name), runtime_request(shared));
        let flat = format!("{head} {ty}<{model}>;\n");
        let text = if flat.len() <= 101 { flat } else { format!("{head}\n    {ty}<{model}>;\n") };
        let more = match &method.operation.paging {
            Some(ir::Paging::Offset { default, .. }) => {
                format!("{line} A page holds {default} unless `top` says otherwise.")
            }
            Some(ir::Paging::Envelope) | None => line,
        };
        let properties = request.properties.iter();
        let properties =
            properties.map(|name| format!("Its properties: [`properties::{name}`](super::properties::{name})."));
        let lines: Vec<String> = std::iter::once(more).chain(properties).collect();
        return docs::comment(&lines, 0, "///") + &text;
    }
    let inner = format!("rt::Call<{}>", reply_type(&method.reply));
    let mut out = declare::wrapper(&request.name, &[line], "Debug", &inner);
    let name = request.name.as_str();
    match &paged {
        Some(item) => out.push_str(&layout::macro_call("rt::page_request!", &[name, item])),
        None => out.push_str(&layout::macro_call("rt::request!", &[name, &reply_type(&method.reply)])),
    }
    if request.setters.is_empty() {
        return out;
    }
    let setters: Vec<String> = request
        .setters
        .iter()
        .map(|setter| {
            let (ty, name, values) = parameter(&setter.target, setter.name.as_str());
            let text = set(&setter.docs, &setter.name, &ty, Expr::inner().method(name, values));
            if setter.deprecated { text.replacen("    pub fn", "    #[deprecated]\n    pub fn", 1) } else { text }
        })
        .collect();
    let _ = write!(out, "\nimpl {name} {{\n{}}}\n", setters.join("\n"));
    out
}

/// The request of the runtime, without its model.
fn runtime_request(shared: Shared) -> &'static str {
    match shared {
        Shared::List => "rt::odata::List",
        Shared::Single => "rt::odata::Single",
    }
}

/// The enumeration of what different statuses bring.
fn by_status(replies: &Replies) -> String {
    let held = |ty: Option<&Type>| ty.map_or_else(|| "()".to_owned(), |ty| types::text(ty, MODEL));
    let variants: Vec<_> = replies
        .kinds
        .iter()
        .map(|kind| {
            let codes: Vec<String> = kind.statuses.iter().map(u16::to_string).collect();
            let line =
                if codes.is_empty() { "Any other success.".to_owned() } else { format!("{}.", codes.join(" or ")) };
            (kind.name.clone(), line, Some(held(kind.ty.as_ref())))
        })
        .collect();
    let line = "What a success brings, by its status.".to_owned();
    let mut out = declare::enumeration(&replies.name, &[line], "Clone, Debug, PartialEq", &variants);
    let _ = writeln!(out, "rt::replies!({}, {{", replies.name);
    for kind in &replies.kinds {
        let codes: Vec<String> = kind.statuses.iter().map(u16::to_string).collect();
        let _ = writeln!(out, "    {}({}) = [{}];", kind.name, held(kind.ty.as_ref()), codes.join(", "));
    }
    out.push_str("});\n");
    out
}

/// The descriptor of an operation: what differs from the usual.
fn descriptor(resource: &Resource, method: &Method) -> String {
    let operation = &method.operation;
    let mut out = docs::comment(&[format!("The operation of [`{}::{}`].", resource.name, method.name)], 0, "///");
    let _ = writeln!(out, "pub static {}: rt::Operation = rt::Operation {{", method.constant);
    let method = format!("{:?}", operation.method);
    // Most are reads: they have a default of their own.
    let reads = operation.method == ir::Method::Get && operation.resend == ir::Resend::Safe;
    let mut member = |name: &str, value: String| {
        let _ = writeln!(out, "    {name}: {value},");
    };
    member("id", types::literal(&operation.id));
    if !reads {
        member("method", format!("rt::Method::{method}"));
    }
    if let Some(beside) = &operation.beside {
        member("beside", types::literal(beside));
    }
    member("path", types::literal(&operation.path));
    match operation.resend {
        ir::Resend::Safe if reads => {}
        ir::Resend::Safe => member("resend", "rt::Resend::Safe".to_owned()),
        ir::Resend::Idempotent => member("resend", "rt::Resend::Idempotent".to_owned()),
        ir::Resend::Never => {}
    }
    match &operation.paging {
        Some(ir::Paging::Envelope) => member("paging", "rt::Paging::Envelope".to_owned()),
        Some(ir::Paging::Offset { skip, top, default, order }) => {
            let order = order.as_ref().map_or("None".to_owned(), |(name, value)| {
                layout::some_pair(&types::literal(name), &types::literal(value), 8)
            });
            let (skip, top) = (types::literal(skip), types::literal(top));
            member(
                "paging",
                format!(
                    "rt::Paging::Offset {{\n        skip: {skip},\n        top: {top},\n        default: {default},\n        order: {order},\n    }}"
                ),
            );
        }
        None => {}
    }
    if !operation.without_headers.is_empty() {
        let names: Vec<String> = operation.without_headers.iter().map(|name| types::literal(name)).collect();
        member("without_headers", layout::array(&names, 4));
    }
    if let Some(wrapper) = &operation.wrapper {
        member("wrapper", format!("Some({})", types::literal(wrapper)));
    }
    if operation.idempotent_by_id {
        member("idempotent_by_id", "true".to_owned());
    }
    if operation.sequential {
        member("sequential", "true".to_owned());
    }
    if !operation.atomic {
        member("atomic", "false".to_owned());
    }
    if operation.professional_only {
        member("professional_only", "true".to_owned());
    }
    if let Some(accept) = &operation.accept {
        member("accept", types::literal(accept));
    }
    if let Some(available) = &operation.availability {
        // A comment costs the compiler nothing; a table to refer to did: `docs/decisions/0013-properties-by-name.md`.
        out.push_str(&docs::comment(std::slice::from_ref(&available.words), 4, "//"));
        let _ = writeln!(out, "    availability: 0x{:x},", available.bits);
    }
    let _ = writeln!(out, "    place: {},", types::literal(&operation.place));
    let _ = writeln!(out, "    ..rt::Operation::{}\n}};", if reads { "READ" } else { "DEFAULT" });
    out
}
