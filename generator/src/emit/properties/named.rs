//! Properties that are asked for by name.
//!
//! Each name is one constant, whatever models have it, and an import costs the compiler nearly as much as a constant. So
//! what one model alone has stands in its own module, what the same several have in a group that they import as a whole,
//! and only the rest is imported by name: `docs/decisions/0013-properties-by-name.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::emit::client::version;
use crate::emit::layout::{self, Expr};
use crate::emit::{docs, types};
use crate::names::Ident;
use crate::ordered;
use crate::rust::{AttributeModule, Attributes};

/// The file, below what it says about itself.
pub(super) fn print(attributes: &Attributes) -> String {
    let places = Places::new(attributes);
    let mut out = String::from("\npub use sage_runtime::codegen::All;\n");
    for module in &attributes.modules {
        out.push('\n');
        let link = format!("[`{model}`](super::model::{model})", model = module.model);
        out.push_str(&docs::comment(&[super::about(&link)], 0, "///"));
        let _ = writeln!(out, "pub mod {} {{\n{}}}", module.module, places.module(module));
    }
    out.push_str(&places.shared());
    out.push_str(&places.inside());
    out
}

/// The models that have a name, by number.
type Owners = BTreeSet<usize>;

/// Where each name stands.
struct Places<'a> {
    attributes: &'a Attributes,
    /// The names of the same models: a name, and what it is over the wire.
    groups: BTreeMap<Owners, Vec<(&'a Ident, &'a str)>>,
}

impl<'a> Places<'a> {
    fn new(attributes: &'a Attributes) -> Self {
        let mut owners: BTreeMap<&Ident, Owners> = BTreeMap::new();
        for (number, module) in attributes.modules.iter().enumerate() {
            for name in &module.constants {
                owners.entry(name).or_default().insert(number);
            }
        }
        let mut groups: BTreeMap<Owners, Vec<_>> = BTreeMap::new();
        for (name, wire) in &attributes.names {
            groups.entry(owners.remove(name).unwrap_or_default()).or_default().push((name, wire.as_str()));
        }
        Self { attributes, groups }
    }

    /// What several models share, of one name or of many.
    fn of_several(&self, many: bool) -> impl Iterator<Item = (&Owners, &Vec<(&'a Ident, &'a str)>)> {
        self.groups.iter().filter(move |(owners, names)| owners.len() > 1 && (names.len() > 1) == many)
    }

    /// The inside of a model's module.
    fn module(&self, module: &AttributeModule) -> String {
        let number = self.attributes.modules.iter().position(|other| other.module == module.module);
        let has = |owners: &Owners| number.is_some_and(|number| owners.contains(&number));
        let mut paths: Vec<String> =
            self.of_several(true).filter(|(owners, _)| has(owners)).map(|(_, names)| group(names)).collect();
        paths.sort_by_key(|path| version(path));
        let mut out: String = paths.iter().map(|path| format!("    pub use super::groups::{path}::*;\n")).collect();
        let alone = self.of_several(false).filter(|(owners, _)| has(owners));
        out.push_str(&imports(alone.flat_map(|(_, names)| names.iter().map(|(name, _)| name.as_str())).collect()));
        let own = number.and_then(|number| self.groups.get(&ordered::set([number])));
        let own = constants(own.map_or(&[], Vec::as_slice), 4);
        if !out.is_empty() && !own.is_empty() {
            out.push('\n');
        }
        out + &own
    }

    /// What several models have.
    fn shared(&self) -> String {
        let mut out = String::new();
        let mut alone: Vec<(&Ident, &str)> = self.of_several(false).flat_map(|(_, names)| names.clone()).collect();
        alone.sort_unstable();
        if !alone.is_empty() {
            let _ = write!(out, "\nmod shared {{\n{}}}\n", constants(&alone, 4));
        }
        let mut groups: Vec<&Vec<(&Ident, &str)>> = self.of_several(true).map(|(_, names)| names).collect();
        groups.sort_unstable();
        let each = groups
            .into_iter()
            .map(|names| format!("    pub(super) mod {} {{\n{}    }}\n", group(names), constants(names, 8)));
        let each: Vec<String> = each.collect();
        if !each.is_empty() {
            let _ = write!(out, "\nmod groups {{\n{}}}\n", each.join("\n"));
        }
        out
    }

    /// What none of the models has, but records inside of them.
    fn inside(&self) -> String {
        let inside = constants(self.groups.get(&Owners::new()).map_or(&[], Vec::as_slice), 4);
        if inside.is_empty() {
            return inside;
        }
        let line = "Properties that none of these models has, but records inside of them.".to_owned();
        format!("\n{}pub mod inside {{\n{inside}}}\n", docs::comment(&[line], 0, "///"))
    }
}

/// What a group is called, `with_balance`: no two have the same first name, and none is a word of the language.
fn group(names: &[(&Ident, &str)]) -> String {
    let first = names.iter().map(|(name, _)| name.as_str()).min().unwrap_or_default();
    format!("with_{}", first.to_ascii_lowercase())
}

fn constants(names: &[(&Ident, &str)], indent: usize) -> String {
    let each = names.iter().map(|(name, wire)| {
        let comment = docs::comment(&[format!("{}.", crate::lower::code(wire))], indent, "///");
        comment + &layout::constant(name.as_str(), "&str", &Expr::atom(types::literal(wire)), indent)
    });
    each.collect()
}

/// The names, as rustfmt lays such a list out: sorted, and as many on a line as there is place for.
fn imports(mut names: Vec<&str>) -> String {
    names.sort_by_key(|name| version(name));
    match names.as_slice() {
        [] => return String::new(),
        [one] => return format!("    pub use super::shared::{one};\n"),
        _ => {}
    }
    let flat = format!("    pub use super::shared::{{{}}};\n", names.join(", "));
    // One column less than there is: rustfmt counts the line break.
    if flat.len() < 100 {
        return flat;
    }
    let mut out = String::from("    pub use super::shared::{\n");
    let mut line = String::new();
    for name in names {
        if !line.is_empty() && 8 + line.len() + 1 + name.len() + 1 > 99 {
            let _ = writeln!(out, "        {line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let _ = write!(line, "{name},");
    }
    let _ = writeln!(out, "        {line}");
    out + "    };\n"
}
