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

/// JSON as a tree, in which numbers are what they were written as.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// An object.
    Object(BTreeMap<String, Tree>),
    /// A list.
    Array(Vec<Tree>),
    /// A string, without escapes.
    Text(String),
    /// Anything else, as it is written.
    Scalar(String),
}

impl Tree {
    /// Reads a text.
    ///
    /// # Errors
    /// It is not JSON.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self::of(serde_json::from_str::<&RawValue>(text)?.get())
    }

    fn of(text: &str) -> Result<Self, serde_json::Error> {
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
                let members = members.into_iter().map(|(key, value)| Ok((key, Self::of(value.get())?)));
                Tree::Object(members.collect::<Result<_, serde_json::Error>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                Tree::Array(items.into_iter().map(|item| Self::of(item.get())).collect::<Result<_, _>>()?)
            }
            Some(b'"') => Tree::Text(serde_json::from_str(text)?),
            _ => Tree::Scalar(text.to_owned()),
        })
    }

    /// What a JSON pointer points at.
    pub fn at(&self, pointer: &str) -> Option<&Tree> {
        pointer.split('/').skip(1).try_fold(self, |tree, step| match tree {
            Tree::Object(members) => members.get(&unescape(step)),
            Tree::Array(items) => items.get(step.parse::<usize>().ok()?),
            Tree::Text(_) | Tree::Scalar(_) => None,
        })
    }

    /// Takes out what a JSON pointer points at, of which `*` is every item or value; says how much that was.
    pub fn remove(&mut self, pointer: &str) -> usize {
        let mut steps = pointer.split('/').skip(1);
        let Some(step) = steps.next() else { return 0 };
        let rest = pointer.get(step.len() + 1..).unwrap_or_default();
        let last = rest.is_empty();
        match self {
            Tree::Object(members) if step == "*" && last => std::mem::take(members).len(),
            Tree::Array(items) if step == "*" && last => std::mem::take(items).len(),
            Tree::Object(members) if step == "*" => members.values_mut().map(|value| value.remove(rest)).sum(),
            Tree::Array(items) if step == "*" => items.iter_mut().map(|item| item.remove(rest)).sum(),
            Tree::Object(members) if last => members.remove(&unescape(step)).iter().count(),
            Tree::Object(members) => members.get_mut(&unescape(step)).map_or(0, |value| value.remove(rest)),
            Tree::Array(items) => match step.parse::<usize>().ok().filter(|index| *index < items.len()) {
                Some(index) if last => std::iter::once(items.remove(index)).count(),
                Some(index) => items[index].remove(rest),
                None => 0,
            },
            Tree::Text(_) | Tree::Scalar(_) => 0,
        }
    }

    /// As JSON.
    pub fn to_text(&self) -> String {
        match self {
            Tree::Object(members) => {
                let members = members.iter().map(|(key, value)| format!("{}:{}", quoted(key), value.to_text()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
            Tree::Array(items) => format!("[{}]", items.iter().map(Tree::to_text).collect::<Vec<_>>().join(",")),
            Tree::Text(text) => quoted(text),
            Tree::Scalar(text) => text.clone(),
        }
    }
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text is JSON")
}

#[cfg(test)]
mod tests {
    use super::{Tree, difference};

    #[test]
    fn pointers_take_out_one_or_all() {
        let text = r#"{"a":[{"b":1,"c/d":2},{"c/d":3},4],"e":{"x":{"f":5}}}"#;
        for (pointer, count, left) in [
            ("/a/*/c~1d", 2, r#"{"a":[{"b":1},{},4],"e":{"x":{"f":5}}}"#),
            ("/a/1", 1, r#"{"a":[{"b":1,"c/d":2},4],"e":{"x":{"f":5}}}"#),
            ("/e/*/f", 1, r#"{"a":[{"b":1,"c/d":2},{"c/d":3},4],"e":{"x":{}}}"#),
            ("/a/7", 0, text),
            ("/a/*/z", 0, text),
        ] {
            let mut tree = Tree::parse(text).unwrap();
            assert_eq!(tree.remove(pointer), count, "{pointer}");
            assert_eq!(tree.to_text(), left, "{pointer}");
        }
    }

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
