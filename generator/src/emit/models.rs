//! Files of models.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{declare, docs, types};
use crate::ir::Decimals;
use crate::names::Ident;
use crate::ordered;
use crate::rust::{Enum, FileFields, Item, ModelFile, Package, Role, Struct, Type, Union, Values};

/// `model/mod.rs`
pub(super) fn root(package: &Package) -> String {
    let mut modules: Vec<&Ident> = package.models.iter().map(|file| &file.module).collect();
    modules.sort_by_key(|module| super::client::version(module.as_str()));
    let mut out = format!("//! Models of {}: what is sent and what is answered.\n\n", package.title);
    modules.iter().for_each(|module| out.push_str(&format!("mod {module};\n")));
    out.push('\n');
    modules.iter().for_each(|module| out.push_str(&format!("pub use {module}::*;\n")));
    out
}

/// A file of models.
pub(super) fn print(package: &Package, file: &ModelFile) -> String {
    let own: BTreeSet<&str> = ordered::set(file.items.iter().map(|item| item.name().as_str()));
    let foreign = file.items.iter().flat_map(models_in).any(|name| !own.contains(name.as_str()));
    let scope = Scope { own: &own, foreign };
    let title = if file.module.as_str() == crate::lower::SHARED {
        "Models that several resources share.".to_owned()
    } else {
        format!("Models of {}.", docs::one_line(&file.words))
    };
    let mut out = format!("//! {title}\n\nuse sage_runtime::codegen as rt;\n");
    if foreign {
        out.push_str("\nuse super::*;\n");
    }
    for item in &file.items {
        out.push('\n');
        out.push_str(&match item {
            Item::Struct(item) => structure(item, package.client.decimals, &scope),
            Item::Enum(item) => enumeration(item, &scope),
            Item::Union(item) => union(item, &scope),
        });
    }
    out
}

/// Which names can be linked to as they are.
struct Scope<'a> {
    own: &'a BTreeSet<&'a str>,
    foreign: bool,
}

impl Scope<'_> {
    /// Links to models, as far as the file knows them.
    fn link(&self, paragraphs: &[String]) -> Vec<String> {
        paragraphs.iter().map(|text| self.link_one(text)).collect()
    }

    fn link_one(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, link)) = rest.split_once('\u{1}') {
            let (name, after) = link.split_once('\u{2}').unwrap_or((link, ""));
            let known = self.foreign || self.own.contains(name);
            let target = if known { String::new() } else { format!("(super::{name})") };
            let _ = write!(out, "{before}[`{name}`]{target}");
            rest = after;
        }
        out + rest
    }
}

fn models_in(item: &Item) -> Vec<&Ident> {
    match item {
        Item::Struct(item) => {
            let fields = item.fields.iter().filter_map(|field| types::model(&field.ty));
            fields.collect()
        }
        Item::Union(item) => item.variants.iter().filter_map(|variant| types::model(&variant.ty)).collect(),
        Item::Enum(_) => Vec::new(),
    }
}

fn structure(item: &Struct, decimals: Decimals, scope: &Scope<'_>) -> String {
    let mut out = declare::structure(item, &scope.link(&item.docs));
    let decimals = match decimals {
        Decimals::Number => "Number",
        Decimals::String => "String",
    };
    if item.fields.is_empty() {
        let _ = writeln!(out, "rt::model!({}, {decimals}, {{}});", item.name);
        return out;
    }
    let _ = writeln!(out, "rt::model!({}, {decimals}, {{", item.name);
    for (index, field) in item.fields.iter().enumerate() {
        let _ = writeln!(out, "    {index} {}: {},", field.name, types::literal(&field.wire));
    }
    let fields = item.fields.iter().enumerate();
    // What is answered is never refused.
    let only = fields.filter(|(_, field)| field.professional_only && item.role != Role::Reply);
    let only: Vec<String> = only.map(|(index, _)| index.to_string()).collect();
    if only.is_empty() {
        out.push_str("});\n");
    } else {
        let _ = writeln!(out, "}}, professional_only: [{}]);", only.join(", "));
    }
    if let Some(file) = &item.file {
        out.push('\n');
        out.push_str(&from_file(item, file));
    }
    out
}

/// What makes a new record from a file.
fn from_file(item: &Struct, file: &FileFields) -> String {
    let line = format!(
        "Of a file: its name, its media type (such as `application/pdf`), and its bytes, of which the service takes at \
         most {}.",
        super::resources::thousands(file.most).replace('_', ",")
    );
    let mut out = format!("impl {} {{\n", item.name);
    out.push_str(&docs::comment(&[line], 4, "///"));
    let text = "impl Into<String>";
    let arguments = [&file.name, &file.media_type].map(|field| format!("        {field}: {text},\n")).concat();
    let _ = write!(
        out,
        "    pub fn from_file(\n{arguments}        {bytes}: impl Into<Vec<u8>>,\n    ) -> Self {{\n        Self {{\n",
        bytes = file.bytes
    );
    for field in [&file.name, &file.media_type] {
        let _ = writeln!(out, "            {field}: {field}.into(),");
    }
    let _ = writeln!(out, "            {bytes}: rt::Base64({bytes}.into()),", bytes = file.bytes);
    out.push_str("            ..Self::default()\n        }\n    }\n}\n");
    out
}

fn enumeration(item: &Enum, scope: &Scope<'_>) -> String {
    let paragraphs = scope.link(&item.docs);
    match &item.values {
        Values::Strings(values) => string_enum(&item.name, &paragraphs, values),
        Values::Integers(values) => {
            let pairs = values.iter().map(|(name, value)| (name.clone(), value.to_string(), value.to_string()));
            open_enum(
                &item.name,
                &paragraphs,
                "Clone, Debug, PartialEq, Eq, Hash",
                "rt::integer_enum!",
                pairs.collect(),
            )
        }
    }
}

/// An enumeration of strings.
pub(super) fn string_enum(name: &Ident, paragraphs: &[String], values: &[(Ident, String)]) -> String {
    let triples = values.iter().map(|(name, value)| (name.clone(), value.clone(), types::literal(value)));
    open_enum(name, paragraphs, "Clone, PartialEq, Eq, Hash", "rt::string_enum!", triples.collect())
}

/// Variants, and behind them one for what is not listed: (name, as shown, literal).
fn open_enum(
    name: &Ident,
    paragraphs: &[String],
    derives: &str,
    table: &str,
    values: Vec<(Ident, String, String)>,
) -> String {
    let rest = unlisted();
    let mut variants: Vec<(Ident, String, Option<String>)> =
        values.iter().map(|(name, shown, _)| (name.clone(), format!("{}.", crate::lower::code(shown)), None)).collect();
    variants.push((rest.clone(), "A value that is not listed.".to_owned(), Some("rt::Unlisted".to_owned())));
    let mut out = declare::enumeration(name, paragraphs, derives, &variants);
    let _ = writeln!(out, "{table}({name}, {rest}, {{");
    for (name, _, literal) in &values {
        let _ = writeln!(out, "    {name} = {literal},");
    }
    out.push_str("});\n");
    out
}

/// What the variant for everything else is called; no other variant has this name.
fn unlisted() -> Ident {
    Ident::camel(&crate::names::Words::of("unknown"))
}

fn unboxed(ty: &Type) -> &Type {
    match ty {
        Type::Box(inner) => inner,
        ty => ty,
    }
}

fn union(item: &Union, scope: &Scope<'_>) -> String {
    let held = |ty: &Type| types::text(ty, "");
    let rest = unlisted();
    let mut variants: Vec<(Ident, String, Option<String>)> = item
        .variants
        .iter()
        .map(|variant| {
            let line = match &variant.ty {
                ty @ (Type::Model(_) | Type::Box(_)) => {
                    let name = types::text(unboxed(ty), "");
                    scope.link_one(&format!("\u{1}{name}\u{2}."))
                }
                // As it is called for users, who know nothing of `rt`.
                ty => format!("`{}`.", held(ty).replace("rt::", "")),
            };
            (variant.name.clone(), line, Some(held(&variant.ty)))
        })
        .collect();
    variants.push((rest.clone(), "Anything else.".to_owned(), Some("rt::Json".to_owned())));
    let mut out = declare::enumeration(&item.name, &scope.link(&item.docs), "Clone, Debug, PartialEq", &variants);
    let tag = item.tag.as_ref().map_or("None".to_owned(), |tag| format!("Some({})", types::literal(tag)));
    let _ = writeln!(out, "rt::union!({}, {rest}, {tag}, {{", item.name);
    for variant in &item.variants {
        let list = |items: &[String]| items.iter().map(|item| types::literal(item)).collect::<Vec<_>>().join(", ");
        let (tags, required) = (list(&variant.tags), list(&variant.required));
        let _ = writeln!(out, "    {}({}): tags [{tags}], required [{required}];", variant.name, held(&variant.ty));
    }
    out.push_str("});\n");
    out
}
