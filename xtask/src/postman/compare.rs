//! Two descriptions of one API side by side: which properties have the same type in both.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sage_codegen::ir::{Api, Content, Integer, Kind, Operation, SchemaId, Text};

/// What the comparison finds.
#[derive(Default)]
struct Found {
    /// Properties of both.
    both: usize,
    /// Those of them that have the same type.
    same: usize,
    /// Properties of the documents that no sample shows.
    unseen: usize,
    /// What differs: where, in the documents, in the collections.
    differences: Vec<(String, String, String)>,
    /// Pairs of objects that were compared.
    pairs: BTreeSet<(SchemaId, SchemaId)>,
}

/// The comparison, for people.
pub(super) fn report(documents: &Api, collections: &Api) -> String {
    let mut found = Found::default();
    let mut operations = 0;
    for operation in &documents.operations {
        let same =
            |other: &&Operation| other.method == operation.method && other.path.template == operation.path.template;
        let Some(other) = collections.operations.iter().find(same) else { continue };
        operations += 1;
        let name = format!("{} {}", operation.method.name(), operation.path.template);
        let bodies = |operation: &Operation| operation.body.as_ref().and_then(|body| json(&body.content));
        let replies =
            |operation: &Operation| operation.replies.iter().find_map(|reply| reply.content.as_ref().and_then(json));
        for (part, ours, theirs) in
            [("body", bodies(operation), bodies(other)), ("reply", replies(operation), replies(other))]
        {
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                found.schemas(documents, collections, ours, theirs, &format!("{name} {part}"));
            }
        }
    }
    found.text(documents.operations.len(), collections.operations.len(), operations)
}

fn json(content: &Content) -> Option<SchemaId> {
    match content {
        Content::Json(schema) => Some(*schema),
        Content::Form(_) | Content::Multipart(_) | Content::Bytes(_) | Content::Text(_) => None,
    }
}

impl Found {
    fn schemas(&mut self, ours: &Api, theirs: &Api, a: SchemaId, b: SchemaId, path: &str) {
        match (&ours.schema(a).kind, &theirs.schema(b).kind) {
            (Kind::Array(a), Kind::Array(b)) => self.schemas(ours, theirs, *a, *b, &format!("{path}[]")),
            (Kind::Object(one), Kind::Object(other)) if self.pairs.insert((a, b)) => {
                for property in &one.properties {
                    let path = format!("{path}.{}", property.name);
                    let Some(seen) = other.properties.iter().find(|seen| seen.name == property.name) else {
                        self.unseen += 1;
                        continue;
                    };
                    self.both += 1;
                    let (type_a, type_b) = (word(ours, property.schema), word(theirs, seen.schema));
                    if type_a == type_b {
                        self.same += 1;
                    } else {
                        self.differences.push((path.clone(), type_a, type_b));
                    }
                    self.schemas(ours, theirs, property.schema, seen.schema, &path);
                }
            }
            _ => {}
        }
    }

    fn text(&self, documented: usize, collected: usize, both: usize) -> String {
        let mut text = format!("operations: {documented} in documents, {collected} in collections, {both} in both\n");
        let share = if self.both == 0 { 100.0 } else { self.same as f64 * 100.0 / self.both as f64 };
        let _ =
            writeln!(text, "properties: {} in both, {} of them of the same type: {share:.1} %", self.both, self.same);
        let _ = writeln!(text, "            {} in documents alone", self.unseen);
        let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (_, ours, theirs) in &self.differences {
            *kinds.entry((ours, theirs)).or_default() += 1;
        }
        for ((ours, theirs), count) in kinds {
            let _ = writeln!(text, "{count:>6} x {ours} in documents, {theirs} in collections");
        }
        for (path, ours, theirs) in &self.differences {
            let _ = writeln!(text, "{path}: {ours} in documents, {theirs} in collections");
        }
        text
    }
}

/// A type in words, lists and maps with what is in them.
fn word(api: &Api, id: SchemaId) -> String {
    match &api.schema(id).kind {
        Kind::Any => "any JSON".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        // How wide it is no sample can tell.
        Kind::Integer(Integer::I32 | Integer::I64 | Integer::U32 | Integer::U64) => "whole number".to_owned(),
        Kind::Decimal { .. } | Kind::Float => "decimal".to_owned(),
        Kind::String(Text::Plain) => "text".to_owned(),
        Kind::String(Text::Date) => "date".to_owned(),
        Kind::String(Text::DateTime) => "date and time".to_owned(),
        Kind::String(Text::Base64 | Text::Binary) => "bytes".to_owned(),
        Kind::Enum(_) => "enumeration".to_owned(),
        Kind::Array(item) => match &api.schema(*item).kind {
            Kind::Array(_) => "list of lists".to_owned(),
            _ => format!("list of {}", word(api, *item)),
        },
        Kind::Map(_) => "map".to_owned(),
        Kind::Object(_) => "object".to_owned(),
        Kind::Union(_) => "choice".to_owned(),
    }
}
