//! Single values: are they of their kind, and within their limits?

use base64::Engine as _;
use rust_decimal::Decimal;
use sage_codegen::ir::{self, Enumeration, Integer, Text};

use crate::Api;
use crate::dates;
use crate::json::{Node, decimal};

pub(super) fn in_range(kind: Integer, text: &str) -> bool {
    match kind {
        Integer::I32 => text.parse::<i32>().is_ok(),
        Integer::I64 => text.parse::<i64>().is_ok(),
        Integer::U32 => text.parse::<u32>().is_ok(),
        Integer::U64 => text.parse::<u64>().is_ok(),
    }
}

pub(super) fn text_kind(kind: Text, text: &str, service: Api) -> Result<(), String> {
    let (sound, what) = match kind {
        Text::Plain | Text::Binary => (true, "text"),
        Text::Date => (text.is_empty() || dates::day(text).is_some(), "date"),
        Text::DateTime => {
            // Sage 200 sends times without an offset, and takes them back.
            let read = if service == Api::Sage200 { dates::local } else { dates::moment };
            (text.is_empty() || read(text).is_some(), "date-time")
        }
        Text::Base64 => (base64::engine::general_purpose::STANDARD.decode(text).is_ok(), "Base64"),
    };
    if sound { Ok(()) } else { Err(format!("`{text}` is no {what}")) }
}

/// Is it one of the keys, with or without what stands behind one to begin with the first or the last?
pub(super) fn sorts(keys: &[String], descending: &str, text: &str) -> bool {
    let key = text.strip_suffix(descending).or_else(|| text.strip_suffix(":asc")).unwrap_or(text);
    text.is_empty() || keys.iter().any(|known| known == key)
}

/// What is wrong with a value's length, size or number of items.
pub(super) fn beyond(limits: &ir::Limits, value: &Node) -> Option<String> {
    let sizes = |least: Option<u64>, most: Option<u64>, count: usize, what: &str| {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let short = least.filter(|least| count < *least).map(|least| format!("has less than {least} {what}"));
        short.or_else(|| most.filter(|most| count > *most).map(|most| format!("has more than {most} {what}")))
    };
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    match value {
        Node::String(text) => sizes(limits.min_length, limits.max_length, text.chars().count(), "characters"),
        Node::Array(items) => sizes(limits.min_items, limits.max_items, items.len(), "items"),
        Node::Number(_) => {
            let value = decimal(value)?;
            let small =
                number(&limits.minimum).filter(|least| value < *least).map(|least| format!("is less than {least}"));
            small.or_else(|| {
                number(&limits.maximum).filter(|most| value > *most).map(|most| format!("is more than {most}"))
            })
        }
        Node::Null | Node::Bool(_) | Node::Object(_) => None,
    }
}

pub(super) fn listed(values: &Enumeration, text: &str) -> Result<(), String> {
    let known = match values {
        Enumeration::Strings(values) => values.iter().any(|value| value == text),
        Enumeration::Integers(values) => text.parse().is_ok_and(|number: i64| values.contains(&number)),
    };
    if known { Ok(()) } else { Err(format!("`{text}` is not one of its values")) }
}
