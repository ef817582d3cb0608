//! The JSONPath of targets: the part of RFC 9535 that corrections need.
//!
//! ```text
//! path     = "$" segment*
//! segment  = "." name | ".*" | "[" selectors "]" | ".." name | "..*" | "..[" selectors "]"
//! selectors= selector ("," selector)*
//! selector = 'name' | "name" | integer | "*" | "?" condition
//! condition= and ("||" and)*        and = basic ("&&" basic)*
//! basic    = "!"? "(" condition ")" | "!"? "@" step* | operand ("==" | "!=" | "<" | "<=" | ">" | ">=") operand
//! operand  = "@" step* | 'text' | "text" | number | true | false | null
//! step     = "." name | "['name']" | "[" integer "]"
//! ```
//!
//! Slices, functions, and paths that start at the root inside of a filter are refused.

use crate::node::{Node, escape};

mod parse;

pub(super) use parse::parse;

/// A parsed JSONPath.
#[derive(Debug)]
pub(super) struct Path(Vec<Segment>);

/// Why a text is none, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) at: usize,
}

#[derive(Debug)]
struct Segment {
    descendants: bool,
    selectors: Vec<Selector>,
}

#[derive(Debug)]
enum Selector {
    Name(String),
    Index(i64),
    All,
    Filter(Condition),
}

#[derive(Debug)]
enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Exists(Vec<Selector>),
    Compare(Operand, Operator, Operand),
}

#[derive(Debug)]
enum Operand {
    Here(Vec<Selector>),
    Literal(Node),
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Path {
    /// The pointers of everything that is meant, in the document's order, each once.
    pub(super) fn find(&self, root: &Node) -> Vec<String> {
        let mut found: Vec<(String, &Node)> = vec![(String::new(), root)];
        for segment in &self.0 {
            let mut next = Vec::new();
            for (pointer, node) in found {
                if segment.descendants {
                    descend(&pointer, node, &mut |pointer, node| select(pointer, node, &segment.selectors, &mut next));
                } else {
                    select(&pointer, node, &segment.selectors, &mut next);
                }
            }
            found = next;
        }
        let mut pointers: Vec<String> = found.into_iter().map(|(pointer, _)| pointer).collect();
        let mut seen = std::collections::BTreeSet::new();
        pointers.retain(|pointer| seen.insert(pointer.clone()));
        pointers
    }
}

fn children(node: &Node) -> Vec<(String, &Node)> {
    match node {
        Node::Object(members) => members.iter().map(|(key, value)| (escape(key).into_owned(), value)).collect(),
        Node::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        _ => Vec::new(),
    }
}

fn descend<'n>(pointer: &str, node: &'n Node, visit: &mut impl FnMut(&str, &'n Node)) {
    visit(pointer, node);
    for (step, child) in children(node) {
        descend(&format!("{pointer}/{step}"), child, visit);
    }
}

fn select<'n>(pointer: &str, node: &'n Node, selectors: &[Selector], found: &mut Vec<(String, &'n Node)>) {
    for selector in selectors {
        for (step, child) in children(node) {
            if selector.takes(&step, child, node) {
                found.push((format!("{pointer}/{step}"), child));
            }
        }
    }
}

impl Selector {
    /// Does it mean this child, which stands at `step` (escaped) of `around`?
    fn takes(&self, step: &str, child: &Node, around: &Node) -> bool {
        match (self, around) {
            (Selector::All, _) => true,
            (Selector::Filter(condition), _) => condition.holds(child),
            (Selector::Name(name), Node::Object(_)) => escape(name) == step,
            (Selector::Index(index), Node::Array(items)) => {
                at(*index, items.len()).is_some_and(|index| index.to_string() == step)
            }
            _ => false,
        }
    }
}

/// An index from the start, or from the end where it is negative.
fn at(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    usize::try_from(if index < 0 { index + length } else { index }).ok()
}

impl Condition {
    fn holds(&self, here: &Node) -> bool {
        match self {
            Condition::Any(several) => several.iter().any(|one| one.holds(here)),
            Condition::All(several) => several.iter().all(|one| one.holds(here)),
            Condition::Not(one) => !one.holds(here),
            Condition::Exists(steps) => walk(here, steps).is_some(),
            Condition::Compare(left, operator, right) => operator.compare(left.value(here), right.value(here)),
        }
    }
}

fn walk<'n>(here: &'n Node, steps: &[Selector]) -> Option<&'n Node> {
    steps.iter().try_fold(here, |node, step| match step {
        Selector::Name(name) => node.get(name),
        Selector::Index(index) => node.as_array().and_then(|items| items.get(at(*index, items.len())?)),
        _ => None,
    })
}

impl Operand {
    fn value<'n>(&'n self, here: &'n Node) -> Option<&'n Node> {
        match self {
            Operand::Here(steps) => walk(here, steps),
            Operand::Literal(node) => Some(node),
        }
    }
}

impl Operator {
    fn compare(self, left: Option<&Node>, right: Option<&Node>) -> bool {
        let equal = match (left, right) {
            (Some(Node::Number(left)), Some(Node::Number(right))) => left.as_f64() == right.as_f64(),
            (left, right) => left == right,
        };
        let less = |left: Option<&Node>, right: Option<&Node>| match (left, right) {
            (Some(Node::Number(left)), Some(Node::Number(right))) => left.as_f64() < right.as_f64(),
            (Some(Node::String(left)), Some(Node::String(right))) => left < right,
            _ => false,
        };
        match self {
            Operator::Equal => equal,
            Operator::Unequal => !equal,
            Operator::Less => less(left, right),
            Operator::LessOrEqual => equal || less(left, right),
            Operator::Greater => less(right, left),
            Operator::GreaterOrEqual => equal || less(right, left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_what_they_mean() {
        let node: Node = serde_json::from_str(
            r#"{"a": {"b": [{"t": "x", "n": 1}, {"t": "y"}, 3]}, "c/d": {"t": "x"}, "e": {"b": {"t": null}}}"#,
        )
        .unwrap();
        let table = [
            ("$", ""),
            ("$.a.b", "/a/b"),
            ("$['a'][\"b\"][0]", "/a/b/0"),
            ("$.a.b[-1]", "/a/b/2"),
            ("$.a.b[7]", "none"),
            ("$.a.b[*].t", "/a/b/0/t /a/b/1/t"),
            ("$['c/d','a'].t", "/c~1d/t"),
            ("$.*.b", "/a/b /e/b"),
            ("$..b", "/a/b /e/b"),
            ("$..['t']", "/a/b/0/t /a/b/1/t /c~1d/t /e/b/t"),
            ("$.a..*", "/a/b /a/b/0 /a/b/1 /a/b/2 /a/b/0/t /a/b/0/n /a/b/1/t"),
            ("$..[?(@.t=='x')]", "/c~1d /a/b/0"),
            ("$.a.b[?@.n]", "/a/b/0"),
            ("$.a.b[?!@.n]", "/a/b/1 /a/b/2"),
            ("$.a.b[? @.n < 2 && @['t'] != 'y' ]", "/a/b/0"),
            ("$.a.b[?@ == 3 || (@.t == \"y\")]", "/a/b/1 /a/b/2"),
            ("$.e[?@.t == null]", "/e/b"),
            ("$.x.y", "none"),
        ];
        for (path, expected) in table {
            let found = parse(path).map_err(|fault| fault.message).unwrap().find(&node);
            let found = if found.is_empty() { "none".to_owned() } else { found.join(" ") };
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_at_its_column() {
        let table = [
            ("a", 0, "a path starts with `$`"),
            ("$a", 1, "expected `.`, `..` or `[`"),
            ("$.1", 2, "expected a name; write others in brackets: `['…']`"),
            ("$[1:2]", 3, "slices are not supported"),
            ("$[:2]", 2, "slices are not supported"),
            ("$['a", 2, "this text has no end"),
            ("$['a'", 5, "expected `,` or `]`"),
            ("$[a]", 2, "expected a name in quotation marks, an index, `*` or `?`"),
            ("$[99999999999999999999]", 2, "this is not an index"),
            ("$[?length(@.a) > 1]", 3, "expected `@`, a text, a number, `true`, `false` or `null`"),
            ("$[?@..a]", 4, "a path in a condition leads to one value"),
            ("$[?(@.a]", 7, "expected `)`"),
            ("$[?1]", 4, "expected a comparison"),
            ("$['\\u0041']", 3, "only quotation marks, `\\` and `/` are escaped here"),
        ];
        for (path, at, message) in table {
            let fault = parse(path).map(drop).unwrap_err();
            assert_eq!((fault.at, fault.message.as_str()), (at, message), "{path}");
        }
        let deep = format!("$[?{}", "(".repeat(100_000));
        assert_eq!(parse(&deep).map(drop).unwrap_err().message, "this condition nests too deeply");
    }
}
