//! Closed lists of values.

use std::collections::BTreeSet;

use super::at::At;
use super::kinds::Described;
use super::{Code, Ctx};
use crate::ir::{Enumeration, Kind};
use crate::node::Node;

/// How many values a phrase lists.
const LISTED: usize = 12;

impl<'a> Ctx<'a> {
    /// Reads `enum` into `described`; `false` if the list adds nothing to the type, which then rules.
    pub(super) fn describe_enum(&mut self, at: &At<'a>, ty: Option<&str>, described: &mut Described) -> bool {
        let Some(values) = at.node.get("enum").and_then(Node::as_array) else { return false };
        described.nullable |= values.iter().any(Node::is_null);
        let values: Vec<&Node> = values.iter().filter(|value| !value.is_null()).collect();
        if values.is_empty() {
            if !described.nullable {
                self.report.say(Code::EnumValues, &at.place, "`enum` lists no value and is left out");
            }
            return false;
        }
        let Some(enumeration) = self.enumeration(at, ty, &values) else {
            described.limits.other.push(phrase(&values));
            return false;
        };
        described.kind = Kind::Enum(enumeration);
        true
    }

    fn enumeration(&mut self, at: &At<'a>, ty: Option<&str>, values: &[&Node]) -> Option<Enumeration> {
        let texts: Option<Vec<&str>> = values.iter().map(|value| value.as_str()).collect();
        let numbers: Option<Vec<i64>> = values.iter().map(|value| value.as_number()?.as_i64()).collect();
        match (ty, texts, numbers) {
            (Some("string") | None, Some(texts), _) => {
                Some(Enumeration::Strings(self.distinct(at, texts.into_iter().map(str::to_owned))))
            }
            (Some("integer" | "number") | None, _, Some(numbers)) => {
                Some(Enumeration::Integers(self.distinct(at, numbers.into_iter())))
            }
            (Some("string"), None, _) => self.texts_of_scalars(at, values),
            (Some("boolean"), ..) => None,
            _ => {
                let message = "`enum` holds values of other types than the schema's, and is left out";
                self.report.say(Code::EnumValues, &at.place, message);
                None
            }
        }
    }

    /// YAML turns `1` and `true` into other types; where the schema says `string` they are sent as text.
    fn texts_of_scalars(&mut self, at: &At<'a>, values: &[&Node]) -> Option<Enumeration> {
        let texts: Option<Vec<String>> = values.iter().map(|value| scalar_text(value)).collect();
        let message = "`enum` of a string holds values that are not text; they are taken as they are written";
        self.report.say(Code::EnumValues, &at.place, message);
        Some(Enumeration::Strings(self.distinct(at, texts?.into_iter())))
    }

    fn distinct<T: Ord + Clone>(&mut self, at: &At<'a>, values: impl ExactSizeIterator<Item = T>) -> Vec<T> {
        let count = values.len();
        let mut seen = BTreeSet::new();
        let distinct: Vec<T> = values.filter(|value| seen.insert(value.clone())).collect();
        if distinct.len() < count {
            self.report.say(Code::EnumValues, &at.place, "`enum` lists a value twice");
        }
        distinct
    }
}

fn scalar_text(node: &Node) -> Option<String> {
    match node {
        Node::String(text) => Some(text.clone()),
        Node::Number(number) => Some(number.as_str().to_owned()),
        Node::Bool(value) => Some(value.to_string()),
        Node::Null | Node::Array(_) | Node::Object(_) => None,
    }
}

/// The values as a limit, where they make no enumeration.
fn phrase(values: &[&Node]) -> String {
    let texts: Vec<String> = values.iter().take(LISTED).filter_map(|value| scalar_text(value)).collect();
    let rest = if values.len() > LISTED { ", …" } else { "" };
    match texts.as_slice() {
        [only] if values.len() == 1 => format!("always `{only}`"),
        [] => "one of several values".to_owned(),
        texts => format!("one of `{}`{rest}", texts.join("`, `")),
    }
}
