//! Availability and roles, which the Accounting documents tell in prose only, to facts.
//!
//! Two sections stand in descriptions of operations and schemas:
//!
//! ```text
//! ### Endpoint Availability
//! * Accounting Plus: <flag>, <flag>
//! ### Access Control Restrictions
//! <words> in the area `A`: Role, Role
//! <words> in the areas `A`, `B`, and `C`: Role
//! <words> areas:                            followed by lines
//! * Area: `A`: Role, Role
//! ```
//!
//! They become `x-sage-availability: {plus: [CA, …]}` and `x-sage-roles: {A: [Role, …]}`; where a role is needed in all of
//! several areas, `x-sage-roles-everywhere: true` beside them. Descriptions of properties say some of it in a few words:
//! see `phrase`. Those of parameters name values: `x-sage-values`. A line of a section that is not understood is reported.

use std::collections::BTreeMap;

use super::{Counts, phrase};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::node::{Node, Object};
use crate::source::{Place, Source};

/// Adds the facts to every operation, schema and property.
pub(super) fn extract(source: &mut Source, counts: &mut Counts, diagnostics: &mut Diagnostics) {
    let root = source.root();
    let mut ctx = Ctx { counts, diagnostics };
    if let Some(paths) = source.tree.get_mut("paths").and_then(Node::as_object_mut) {
        for (template, item) in paths {
            let place = root.child("paths").child(template);
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                let place = place.child(method);
                ctx.sections(operation, &place);
                parameters(operation);
                ctx.bodies(operation, &place);
            }
        }
    }
    if let Some(schemas) = source.tree.pointer_mut("/components/schemas").and_then(Node::as_object_mut) {
        for (name, schema) in schemas {
            let place = root.child("components").child("schemas").child(name);
            ctx.sections(schema, &place);
            ctx.properties(schema, &place);
        }
    }
}

struct Ctx<'a> {
    counts: &'a mut Counts,
    diagnostics: &'a mut Diagnostics,
}

impl Ctx<'_> {
    fn sections(&mut self, node: &mut Node, place: &Place) {
        let Some(description) = node.text("description") else { return };
        let terms = Terms::read(description);
        for line in &terms.unread {
            let diagnostic = Diagnostic::new(Code::UnreadTerms, "a line on availability or roles is not understood");
            self.diagnostics.push(diagnostic.at(&place.child("description")).fact("line", format_args!("`{line}`")));
        }
        let Some(members) = node.as_object_mut() else { return };
        self.counts.availability += usize::from(!terms.availability.is_empty());
        self.counts.roles += usize::from(!terms.roles.is_empty());
        put(members, "x-sage-availability", terms.availability);
        put(members, "x-sage-roles", terms.roles);
        if terms.everywhere {
            members.insert("x-sage-roles-everywhere".into(), Node::Bool(true));
        }
    }

    /// Inline schemas of an operation.
    fn bodies(&mut self, operation: &mut Node, place: &Place) {
        let responses = operation.get_mut("responses").and_then(Node::as_object_mut).into_iter().flatten();
        let contents: Vec<&mut Node> = responses.filter_map(|(_, response)| response.get_mut("content")).collect();
        for content in contents {
            self.contents(content, place);
        }
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            self.contents(content, place);
        }
    }

    fn contents(&mut self, content: &mut Node, place: &Place) {
        for (_, media) in content.as_object_mut().into_iter().flatten() {
            if let Some(schema) = media.get_mut("schema") {
                self.properties(schema, place);
            }
        }
    }

    /// The properties of a schema, and of those in it.
    fn properties(&mut self, schema: &mut Node, place: &Place) {
        let Some(members) = schema.as_object_mut() else { return };
        for (key, value) in members {
            match (key.as_str(), value) {
                ("properties", Node::Object(properties)) => {
                    for (name, property) in properties {
                        let place = place.child("properties").child(name);
                        self.phrases(property);
                        self.properties(property, &place);
                    }
                }
                ("items" | "additionalProperties", inner @ Node::Object(_)) => self.properties(inner, place),
                ("allOf" | "anyOf" | "oneOf", Node::Array(choices)) => {
                    choices.iter_mut().for_each(|choice| self.properties(choice, place));
                }
                _ => {}
            }
        }
    }

    fn phrases(&mut self, property: &mut Node) {
        let Some(description) = property.text("description") else { return };
        let availability = phrase::read(description);
        if availability.is_empty() {
            return;
        }
        self.counts.availability += 1;
        let Some(members) = property.as_object_mut() else { return };
        put(members, "x-sage-availability", availability);
        // A reference stands alone: see `adapt`.
        if let Some(reference) = members.shift_remove("$ref") {
            members.insert("allOf".into(), Node::Array(vec![Node::from([("$ref", reference)])]));
        }
    }
}

/// The values that a parameter may have, behind "Available attributes are:".
fn parameters(operation: &mut Node) {
    let Some(Node::Array(parameters)) = operation.get_mut("parameters") else { return };
    for parameter in parameters {
        let Some((_, rest)) =
            parameter.text("description").and_then(|text| text.split_once("Available attributes are:"))
        else {
            continue;
        };
        let line = rest.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let values: Vec<&str> = line.split(',').map(str::trim).collect();
        let word = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if values.iter().all(word) {
            let values = values.into_iter().map(Node::from).collect();
            parameter.as_object_mut().map(|members| members.insert("x-sage-values".into(), Node::Array(values)));
        }
    }
}

fn put(members: &mut Object, key: &str, facts: Facts) {
    if facts.is_empty() {
        return;
    }
    let list = |values: Vec<String>| Node::Array(values.into_iter().map(Node::String).collect());
    members
        .insert(key.to_owned(), Node::Object(facts.into_iter().map(|(name, values)| (name, list(values))).collect()));
}

/// Names to words, both sorted.
pub(super) type Facts = BTreeMap<String, Vec<String>>;

/// What the sections of a description say.
#[derive(Debug, Default, PartialEq)]
struct Terms {
    availability: Facts,
    roles: Facts,
    /// A role is needed in each of the areas.
    everywhere: bool,
    /// Lines of the sections that were not understood.
    unread: Vec<String>,
}

enum Section {
    Other,
    Availability,
    Roles,
}

impl Terms {
    fn read(description: &str) -> Self {
        let mut terms = Terms::default();
        let mut section = Section::Other;
        for line in description.lines().map(str::trim) {
            if let Some(heading) = line.strip_prefix('#') {
                let heading = heading.trim_start_matches('#').trim().to_lowercase();
                section = match heading.as_str() {
                    heading if heading.ends_with("availability") => Section::Availability,
                    heading if heading.starts_with("access control") => Section::Roles,
                    _ => Section::Other,
                };
                continue;
            }
            if line.trim_matches(['*', '-', ' ']).is_empty() {
                continue;
            }
            let understood = match section {
                Section::Other => Some(()),
                Section::Availability => terms.tier(line),
                Section::Roles => terms.role(line),
            };
            if understood.is_none() {
                terms.unread.push(line.to_owned());
            }
        }
        terms
    }

    /// `* Accounting Plus: <flags>`
    fn tier(&mut self, line: &str) -> Option<()> {
        let (name, flags) = line.trim_start_matches(['*', '-', ' ']).split_once(':')?;
        let tier = name.trim().strip_prefix("Accounting ")?.trim().to_lowercase();
        let countries: Option<Vec<_>> =
            flags.split(',').map(str::trim).filter(|flag| !flag.is_empty()).map(flag).collect();
        add(&mut self.availability, tier, countries?);
        Some(())
    }

    /// Areas in backticks, then a colon and roles; or an introduction to such lines.
    fn role(&mut self, line: &str) -> Option<()> {
        let (before, roles) = line.rsplit_once(':')?;
        let areas: Vec<&str> = before.split('`').skip(1).step_by(2).collect();
        let roles: Vec<String> =
            roles.split(',').map(str::trim).filter(|role| !role.is_empty()).map(str::to_owned).collect();
        match (areas.is_empty(), roles.is_empty()) {
            (true, true) => return before.to_lowercase().ends_with("areas").then_some(()),
            (false, false) => {}
            _ => return None,
        }
        self.everywhere |= areas.len() > 1;
        for area in areas {
            add(&mut self.roles, area.to_owned(), roles.clone());
        }
        Some(())
    }
}

fn add(facts: &mut Facts, name: String, values: Vec<String>) {
    let list = facts.entry(name).or_default();
    list.extend(values);
    list.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    list.dedup();
}

/// Roles in the order of what they allow.
fn rank(word: &str) -> usize {
    ["Read Only", "Restricted Access", "Full Access"].iter().position(|role| *role == word).map_or(0, |at| at + 1)
}

/// The country of a flag: two regional indicators.
fn flag(flag: &str) -> Option<String> {
    let letter = |c: char| match c {
        '\u{1f1e6}'..='\u{1f1ff}' => char::from_u32(u32::from(c) - 0x1f1e6 + u32::from('A')),
        _ => None,
    };
    let letters: Option<String> = flag.chars().map(letter).collect();
    letters.filter(|letters| letters.len() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(facts: &Facts) -> String {
        facts.iter().map(|(name, values)| format!("{name}={}", values.join("+"))).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn sections_become_facts() {
        let table = [
            ("Some words.\n\nMore: words", "", "", 0),
            (
                "### Endpoint Availability\n\n* Accounting Plus:  🇬🇧, \n* Accounting Standard: 🇮🇪, 🇬🇧\n*\n",
                "plus=GB; standard=GB+IE",
                "",
                0,
            ),
            ("### Endpoint Availability\n* Accounting Start: everywhere", "", "", 1),
            (
                "### Access Control Restrictions\n\nRoles in the area `Bank`: Full Access, Read Only",
                "",
                "Bank=Read Only+Full Access",
                0,
            ),
            (
                "### Access Control Restrictions\nAny in the areas `A`, `B`, and `C`: Full Access",
                "",
                "A=Full Access; B=Full Access; C=Full Access",
                0,
            ),
            (
                "### Access Control Restrictions\nOne of the listed areas:\n* Area: `A`: X\n* Area: `B`: Y, X",
                "",
                "A=X; B=X+Y",
                0,
            ),
            ("### Access Control Restrictions\nNobody knows", "", "", 1),
            ("### Access Control Restrictions\n* Area: `A`:", "", "", 1),
        ];
        for (text, availability, roles, unread) in table {
            let terms = Terms::read(text);
            assert_eq!(terms.everywhere, text.contains("areas `A`, `B`"), "{text}");
            assert_eq!(
                (show(&terms.availability), show(&terms.roles), terms.unread.len()),
                (availability.into(), roles.into(), unread),
                "{text}"
            );
        }
    }

    #[test]
    fn values_of_parameters_become_facts() {
        for (text, values) in [
            ("Order by:\nAvailable attributes are:\nage, due_date\n\nExample: age", Some("[\"age\",\"due_date\"]")),
            ("Available attributes are: many", Some("[\"many\"]")),
            ("Available attributes are: all of them", None),
            ("Order by age", None),
        ] {
            let parameter = Node::from([("description", Node::from(text))]);
            let mut operation = Node::from([("parameters", Node::Array(vec![parameter]))]);
            parameters(&mut operation);
            let found = operation.pointer("/parameters/0/x-sage-values").map(Node::to_json);
            assert_eq!(found.as_deref(), values, "{text}");
        }
    }
}
