//! `mod.rs` or `lib.rs`: the client, its builder, and the modules.

use std::fmt::Write as _;

use super::layout::{Expr, function};
use super::{Layout, RECURSION_LIMIT, declare, docs, models, operations, types};
use crate::ir;
use crate::rust::{Header, Ident, Package, Variable};

/// The root of an API.
pub(super) fn print(package: &Package, layout: &Layout) -> String {
    let mut out = docs::comment(&about(package), 0, "//!");
    if let Layout::Crate { .. } = layout {
        out.push_str(&format!("\n#![recursion_limit = \"{RECURSION_LIMIT}\"]\n"));
    }
    out.push_str("\nuse sage_runtime::codegen as rt;\n\n");
    let mut modules: Vec<String> = package.resources.iter().map(|resource| resource.module.to_string()).collect();
    if !package.models.is_empty() {
        modules.push("model".to_owned());
    }
    if !package.properties.is_empty() {
        modules.push(super::properties::MODULE.to_owned());
    }
    if !package.values.is_empty() {
        modules.push("value".to_owned());
    }
    modules.sort_by_key(|module| version(module));
    modules.iter().for_each(|module| out.push_str(&format!("pub mod {module};\n")));
    if !modules.is_empty() {
        out.push('\n');
    }
    out.push_str(&client(package));
    out.push('\n');
    out.push_str(&builder(package));
    for variable in &package.client.variables {
        if let Some(choice) = &variable.choice {
            out.push('\n');
            let line =
                format!("What stands for {} in the base URL.", crate::lower::code(&format!("{{{}}}", variable.wire)));
            out.push_str(&models::string_enum(&choice.name, &[line], &choice.variants));
        }
    }
    out.push_str(&operations::list(package));
    if let Some(availability) = &package.availability {
        out.push_str(&operations::availability(availability));
    }
    out.push('\n');
    out.push_str(&api(package));
    if let Some(oauth) = &package.client.oauth {
        out.push('\n');
        out.push_str(&profile(oauth));
    }
    out
}

/// The order in which rustfmt sorts modules: `_` before anything, numbers by their value.
pub(super) fn version(name: &str) -> Vec<(u8, u128, char)> {
    let mut key = Vec::new();
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(digit) = c.to_digit(10) else {
            key.push((if c == '_' { 0 } else { 2 }, 0, c));
            continue;
        };
        let mut number = u128::from(digit);
        while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(u128::from(digit));
            rest.next();
        }
        key.push((1, number, '0'));
    }
    key
}

fn about(package: &Package) -> Vec<String> {
    let count: usize = package.resources.iter().map(|resource| resource.methods.len()).sum();
    let operations = if count == 1 { "operation" } else { "operations" };
    let resources = if package.resources.len() == 1 { "resource" } else { "resources" };
    let mut out = vec![
        format!("{}.", package.title),
        format!(
            "A [`Client`] has a method for each of the {} {resources}, and these have the {count} {operations}.",
            package.resources.len()
        ),
    ];
    out.extend(modules(package));
    if let Some(property) = &package.client.idempotency {
        let property = crate::lower::code(property);
        out.push(format!("Bodies go with an {property}, so that a request which is sent twice counts once."));
    }
    if let Some(reference) = &package.client.reference {
        out.push(format!("Reference: <{}>.", reference.replace(['<', '>', ' '], "")));
    }
    out
}

/// Where to look: beside the modules of resources, the others are hard to find.
fn modules(package: &Package) -> Option<String> {
    let others = [
        (!package.models.is_empty(), "[`model`] has what is sent and answered"),
        (!package.properties.is_empty(), "[`properties`] the properties that requests name"),
        (!package.values.is_empty(), "[`value`] the values that have names"),
    ];
    let others: Vec<String> = others.iter().filter(|(there, _)| *there).map(|(_, text)| (*text).to_owned()).collect();
    let whose = if package.resources.len() == 1 { "The resource" } else { "Each resource" };
    let is_any = !package.resources.is_empty() && !others.is_empty();
    is_any.then(|| format!("{whose} has a module of its own; beside that, {}.", crate::lower::list(&others)))
}

fn client(package: &Package) -> String {
    let name = client_name();
    let line = format!("A client of {}; cheap to clone.", package.title);
    let mut out = declare::wrapper(&name, &[line], "Clone, Debug", "pub(crate) rt::Client");
    if package.resources.is_empty() {
        let reason = "#[expect(dead_code, reason = \"there are no operations\")]\npub struct";
        out = out.replacen("pub struct", reason, 1);
    }
    out.push_str("\nimpl Client {\n    /// Starts to set a client up.\n");
    let new = Expr::call("ClientBuilder", vec![Expr::call("rt::ClientBuilder::new", vec![Expr::atom("&API")])]);
    out.push_str(&function("pub fn builder", &[], "ClientBuilder", &new, 4));
    if let Some(name) = &package.client.view {
        out.push_str(&view(name, &package.client.headers));
    }
    for resource in &package.resources {
        let line = format!("{}: {}.", capital(&resource.words), crate::lower::code(&resource.path));
        let _ = write!(out, "\n{}", docs::comment(&[line], 4, "///"));
        let ty = format!("{}::{}", resource.module, resource.name);
        let body = Expr::call(format!("{ty}::new"), vec![Expr::atom("&self.0")]);
        out.push_str(&function(&format!("pub fn {}", resource.module), &["&self".to_owned()], &ty, &body, 4));
    }
    out.push_str("}\n");
    out
}

/// The method that gives the same client for another business.
fn view(name: &Ident, headers: &[Header]) -> String {
    let of: Vec<&Header> = headers.iter().filter(|header| !header.secret).collect();
    let names: Vec<String> = of.iter().map(|header| crate::lower::code(&header.wire)).collect();
    let line = format!(
        "The same client for another {}: a light view with {} of its own. It shares the grant, the connections and the \
         limits.",
        of.iter().map(|header| header.setter.as_str().replace('_', " ")).collect::<Vec<_>>().join(" and "),
        names.join(" and ")
    );
    let arguments = of.iter().map(|header| {
        let ty = if header.integer { "i64" } else { "impl Into<String>" };
        format!("{}: {ty}", header.setter)
    });
    let arguments: Vec<String> = std::iter::once("&self".to_owned()).chain(arguments).collect();
    let pairs = of.iter().map(|header| {
        let convert = if header.integer { "to_string" } else { "into" };
        format!("            ({}, Some({}.{convert}())),\n", types::literal(&header.wire), header.setter)
    });
    let pairs: String = pairs.collect();
    let head = format!("    pub fn {name}({}) -> Self {{\n", arguments.join(", "));
    let head = if head.len() <= 101 {
        head
    } else {
        let lines: String = arguments.iter().map(|argument| format!("        {argument},\n")).collect();
        format!("    pub fn {name}(\n{lines}    ) -> Self {{\n")
    };
    let body = match of.as_slice() {
        [_] => format!("        Self(self.0.with_headers([{}]))\n", pairs.trim().trim_end_matches(',')),
        _ => format!("        Self(self.0.with_headers([\n{pairs}        ]))\n"),
    };
    format!("\n{}{head}{body}    }}\n", docs::comment(&[line], 4, "///"))
}

fn client_name() -> Ident {
    Ident::camel(&crate::names::Words::of("client"))
}

/// With a capital at its start.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

fn builder(package: &Package) -> String {
    let name = Ident::camel(&crate::names::Words::of("client builder"));
    let mut out = declare::wrapper(&name, &["Sets a [`Client`] up.".to_owned()], "Debug", "rt::ClientBuilder");
    out.push_str("rt::client_builder!(ClientBuilder, Client);\n");
    if package.client.oauth.is_some() {
        out.push_str("rt::client_login!(ClientBuilder, Client, OAUTH);\n");
    }
    let client = &package.client;
    if client.variables.is_empty() && client.headers.is_empty() {
        return out;
    }
    let setters: Vec<String> = client.variables.iter().map(variable).chain(client.headers.iter().map(header)).collect();
    let _ = write!(out, "\nimpl ClientBuilder {{\n{}}}\n", setters.join("\n"));
    out
}

fn variable(variable: &Variable) -> String {
    let setter = &variable.setter;
    let base = crate::lower::code(&format!("{{{}}}", variable.wire));
    let default = match &variable.default {
        Some(text) => format!("{} if not given", crate::lower::code(text)),
        None => "must be given".to_owned(),
    };
    let (ty, value) = match &variable.choice {
        Some(choice) => (choice.name.to_string(), Expr::atom(setter.as_str()).method("as_str", Vec::new())),
        None => ("impl Into<String>".to_owned(), Expr::atom(setter.as_str()).method("into", Vec::new())),
    };
    let body = Expr::inner().method("variable", vec![Expr::atom(types::literal(&variable.wire)), value]);
    let line = format!("{base} in the base URL; {default}.");
    set(&[line], setter, &ty, body)
}

fn header(header: &Header) -> String {
    let setter = &header.setter;
    let mut facts = format!("The header {}", crate::lower::code(&header.wire));
    if header.required {
        facts.push_str("; must be given");
    }
    if header.secret {
        facts.push_str("; appears in no log");
    }
    let mut lines = vec![format!("{facts}.")];
    if !header.except.is_empty() {
        let paths: Vec<String> = header.except.iter().map(|path| crate::lower::code(path)).collect();
        lines.push(format!("Not sent to {}.", paths.join(", ")));
    }
    let (ty, value) = if header.integer {
        ("i64", Expr::atom(setter.as_str()))
    } else {
        ("impl Into<String>", Expr::atom(setter.as_str()).method("into", Vec::new()))
    };
    let body = Expr::inner().method("header", vec![Expr::atom(types::literal(&header.wire)), value]);
    set(&lines, setter, ty, body)
}

/// A setter of the builder or of a request.
pub(super) fn set(paragraphs: &[String], setter: &Ident, ty: &str, body: Expr) -> String {
    let arguments = ["self".to_owned(), format!("{setter}: {ty}")];
    let comment = docs::comment(paragraphs, 4, "///");
    comment + &function(&format!("pub fn {setter}"), &arguments, "Self", &Expr::call("Self", vec![body]), 4)
}

/// The descriptor of the API.
fn api(package: &Package) -> String {
    let client = &package.client;
    let errors = match client.errors {
        ir::Errors::Unknown => None,
        ir::Errors::SageList => Some("rt::Errors::SageList"),
        ir::Errors::Message => Some("rt::Errors::Message"),
    };
    let mut out = String::from("static API: rt::Api = rt::Api {\n");
    let _ = writeln!(out, "    module: {},", types::literal(&package.module));
    let _ = writeln!(out, "    base_url: {},", types::literal(&client.base_url));
    list(
        &mut out,
        "variables",
        "rt::Variable",
        client.variables.iter().map(|variable| {
            let default =
                variable.default.as_ref().map_or("None".to_owned(), |text| format!("Some({})", types::literal(text)));
            vec![
                ("name", types::literal(&variable.wire)),
                ("setter", types::literal(variable.setter.as_str())),
                ("default", default),
            ]
        }),
    );
    list(
        &mut out,
        "headers",
        "rt::Header",
        client.headers.iter().map(|header| {
            vec![
                ("name", types::literal(&header.wire)),
                ("setter", types::literal(header.setter.as_str())),
                ("required", header.required.to_string()),
                ("secret", header.secret.to_string()),
            ]
        }),
    );
    if let Some(property) = &client.idempotency {
        let _ = writeln!(out, "    idempotency: Some({}),", types::literal(property));
    }
    if let Some(concurrency) = client.concurrency {
        let _ = writeln!(out, "    concurrency: Some({concurrency}),");
    }
    if let Some((variable, text)) = &client.standard {
        let _ = writeln!(out, "    standard: Some(({}, {})),", types::literal(variable), types::literal(text));
    }
    if let Some(errors) = errors {
        let _ = writeln!(out, "    errors: {errors},");
    }
    if client.oauth.is_some() {
        out.push_str("    oauth: Some(&OAUTH),\n");
    }
    out.push_str("    ..rt::Api::DEFAULT\n};\n");
    out
}

/// How users log in.
fn profile(oauth: &ir::OAuth) -> String {
    let mut out = String::from("static OAUTH: rt::OAuth = rt::OAuth {\n");
    let _ = writeln!(out, "    authorize_url: {},", types::literal(&oauth.authorize_url));
    list(
        &mut out,
        "endpoints",
        "rt::Endpoints",
        oauth.endpoints.iter().map(|endpoints| {
            let countries: Vec<String> = endpoints.countries.iter().map(|country| types::literal(country)).collect();
            let mut members = Vec::new();
            if !countries.is_empty() {
                members.push(("countries", format!("&[{}]", countries.join(", "))));
            }
            members.push(("token_url", types::literal(&endpoints.token_url)));
            if let Some(url) = &endpoints.revoke_url {
                members.push(("revoke_url", format!("Some({})", types::literal(url))));
            }
            members.push(("..rt::Endpoints::DEFAULT", String::new()));
            members
        }),
    );
    if oauth.basic {
        out.push_str("    client_auth: rt::ClientAuth::Basic,\n");
    }
    let parameters =
        oauth.parameters.iter().map(|(name, value)| format!("({}, {})", types::literal(name), types::literal(value)));
    let parameters: Vec<String> = parameters.collect();
    if !parameters.is_empty() {
        let _ = writeln!(out, "    parameters: &[{}],", parameters.join(", "));
    }
    if !oauth.scope.is_empty() {
        let _ = writeln!(out, "    scope: {},", types::literal(&oauth.scope));
    }
    let _ = writeln!(out, "    pkce: {},", oauth.pkce);
    out.push_str("    ..rt::OAuth::DEFAULT\n};\n");
    out
}

/// A list of struct literals, one member a line.
fn list(out: &mut String, member: &str, ty: &str, items: impl Iterator<Item = Vec<(&'static str, String)>>) {
    let items: Vec<_> = items.collect();
    if items.is_empty() {
        return;
    }
    // A single one stays with the brackets.
    let (open, pad, close) = match items.as_slice() {
        [_] => ("&[", "    ", "],\n"),
        _ => ("&[\n        ", "        ", ",\n    ],\n"),
    };
    let text = items.iter().map(|item| {
        // What the struct has beside them stands last, with a name alone.
        let members = item.iter().map(|(name, value)| match value.as_str() {
            "" => format!("{pad}    {name}\n"),
            value => format!("{pad}    {name}: {value},\n"),
        });
        let members: String = members.collect();
        format!("{ty} {{\n{members}{pad}}}")
    });
    let text = text.collect::<Vec<_>>().join(&format!(",\n{pad}"));
    let _ = write!(out, "    {member}: {open}{text}{close}");
}
