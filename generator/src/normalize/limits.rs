//! Limits on values: facts for documentation, never enforced, because documents are often wrong about them.

use crate::ir::Limits;
use crate::node::Node;

/// The limits that stand on a schema, as they are written.
pub(super) fn read(node: &Node) -> Limits {
    let count = |key: &str| node.get(key)?.as_number()?.as_u64();
    let number = |key: &str| Some(node.get(key)?.as_number()?.as_str().to_owned());
    let is = |key: &str| node.get(key).and_then(Node::as_bool).unwrap_or(false);
    let mut limits = Limits {
        min_length: count("minLength"),
        max_length: count("maxLength"),
        pattern: node.text("pattern").map(str::to_owned),
        minimum: number("minimum"),
        maximum: number("maximum"),
        min_items: count("minItems"),
        max_items: count("maxItems"),
        other: Vec::new(),
    };
    if is("exclusiveMinimum") {
        limits.other.extend(limits.minimum.take().map(|least| format!("greater than {least}")));
    }
    if is("exclusiveMaximum") {
        limits.other.extend(limits.maximum.take().map(|most| format!("less than {most}")));
    }
    limits.other.extend(number("multipleOf").map(|step| format!("a multiple of {step}")));
    if is("uniqueItems") {
        limits.other.push("no two items are the same".to_owned());
    }
    limits.other.extend(count("minProperties").map(|least| format!("at least {least} properties")));
    limits.other.extend(count("maxProperties").map(|most| format!("at most {most} properties")));
    limits
}

/// Adds the limits of a further schema that the same value must meet.
pub(super) fn join(limits: &mut Limits, further: Limits) {
    fn later<T>(slot: &mut Option<T>, value: Option<T>) {
        if value.is_some() {
            *slot = value;
        }
    }
    later(&mut limits.min_length, further.min_length);
    later(&mut limits.max_length, further.max_length);
    later(&mut limits.pattern, further.pattern);
    later(&mut limits.minimum, further.minimum);
    later(&mut limits.maximum, further.maximum);
    later(&mut limits.min_items, further.min_items);
    later(&mut limits.max_items, further.max_items);
    for phrase in further.other {
        if !limits.other.contains(&phrase) {
            limits.other.push(phrase);
        }
    }
}
