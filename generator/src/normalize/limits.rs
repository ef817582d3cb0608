//! Limits on values: facts for documentation, never enforced, because documents are often wrong about them.

use crate::ir::Limits;
use crate::node::Node;

/// The limits that stand on a schema, as they are written.
pub(super) fn read(node: &Node) -> Limits {
    let mut limits = Limits::default();
    let (mut above, mut below) = (false, false);
    let count = |value: &Node| value.as_number()?.as_u64();
    let number = |value: &Node| Some(value.as_number()?.as_str().to_owned());
    // One pass over the members: most schemas have two or three, and no limit at all.
    for (key, value) in node.as_object().into_iter().flatten() {
        match key.as_str() {
            "minLength" => limits.min_length = count(value),
            "maxLength" => limits.max_length = count(value),
            "pattern" => limits.pattern = value.as_str().map(str::to_owned),
            "minimum" => limits.minimum = number(value),
            "maximum" => limits.maximum = number(value),
            "minItems" => limits.min_items = count(value),
            "maxItems" => limits.max_items = count(value),
            "exclusiveMinimum" => above = value.as_bool() == Some(true),
            "exclusiveMaximum" => below = value.as_bool() == Some(true),
            "multipleOf" => limits.other.extend(number(value).map(|step| format!("a multiple of {step}"))),
            "uniqueItems" if value.as_bool() == Some(true) => limits.other.push("no two items are the same".to_owned()),
            "minProperties" => limits.other.extend(count(value).map(|least| format!("at least {least} properties"))),
            "maxProperties" => limits.other.extend(count(value).map(|most| format!("at most {most} properties"))),
            _ => {}
        }
    }
    if above {
        limits.other.extend(limits.minimum.take().map(|least| format!("greater than {least}")));
    }
    if below {
        limits.other.extend(limits.maximum.take().map(|most| format!("less than {most}")));
    }
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
