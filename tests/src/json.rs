//! JSON compared by meaning: keys in any order, numbers by their text, strings after unescaping.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Where two texts differ, as a JSON path and both sides; `None` if they say the same.
///
/// # Panics
/// If one of them is not JSON.
pub fn difference(left: &str, right: &str) -> Option<String> {
    compare("$", raw(left), raw(right))
}

fn raw(text: &str) -> &RawValue {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn compare(path: &str, left: &RawValue, right: &RawValue) -> Option<String> {
    let (l, r) = (left.get(), right.get());
    let first = |text: &str| text.bytes().next().unwrap_or(b' ');
    match (first(l), first(r)) {
        (b'{', b'{') => objects(path, l, r),
        (b'[', b'[') => arrays(path, l, r),
        (b'"', b'"') => {
            let text = |json| serde_json::from_str::<String>(json).expect("a string is a string");
            (text(l) != text(r)).then(|| format!("{path}: {l} is not {r}"))
        }
        _ => (l != r).then(|| format!("{path}: {l} is not {r}")),
    }
}

fn objects(path: &str, left: &str, right: &str) -> Option<String> {
    let members = |text| -> BTreeMap<String, &RawValue> { serde_json::from_str(text).expect("an object is one") };
    let (left, right) = (members(left), members(right));
    let missing = |key: &String, side| Some(format!("{path}.{key}: missing on the {side}"));
    for (key, value) in &left {
        let difference = match right.get(key) {
            Some(other) => compare(&format!("{path}.{key}"), value, other),
            None => missing(key, "right"),
        };
        if difference.is_some() {
            return difference;
        }
    }
    right.keys().find(|key| !left.contains_key(*key)).and_then(|key| missing(key, "left"))
}

fn arrays(path: &str, left: &str, right: &str) -> Option<String> {
    let items = |text| -> Vec<&RawValue> { serde_json::from_str(text).expect("an array is one") };
    let (left, right) = (items(left), items(right));
    if left.len() != right.len() {
        return Some(format!("{path}: {} items are not {}", left.len(), right.len()));
    }
    left.iter().zip(&right).enumerate().find_map(|(i, (l, r))| compare(&format!("{path}[{i}]"), l, r))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn forgives_order_and_escapes_only() {
        for (left, right, same) in [
            (r#"{"a":1,"b":[2]}"#, r#"{ "b": [2], "a": 1 }"#, true),
            (r#""\u0041""#, r#""A""#, true),
            ("1.0", "1.00", false),
            ("12345678901234.56789", "12345678901234.567", false),
            (r#"{"a":null}"#, "{}", false),
            (r#"{"a":"1"}"#, r#"{"a":1}"#, false),
            ("[1,2]", "[2,1]", false),
        ] {
            assert_eq!(difference(left, right).is_none(), same, "{left} and {right}");
        }
    }
}
