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

use crate::node::{Node, Number, escape};

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

/// Reads a path.
pub(super) fn parse(text: &str) -> Result<Path, Fault> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    if !parser.eat("$") {
        return parser.fault("a path starts with `$`");
    }
    let mut segments = Vec::new();
    loop {
        parser.space();
        if parser.rest().is_empty() {
            return Ok(Path(segments));
        }
        segments.push(parser.segment()?);
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Of parentheses.
    depth: usize,
}

impl<'a> Parser<'a> {
    fn segment(&mut self) -> Result<Segment, Fault> {
        let descendants = self.eat("..");
        let dotted = !descendants && self.eat(".");
        let selectors = if (descendants || dotted) && self.eat("*") {
            vec![Selector::All]
        } else if !dotted && self.eat("[") {
            self.selectors()?
        } else if descendants || dotted {
            vec![Selector::Name(self.name()?)]
        } else {
            return self.fault("expected `.`, `..` or `[`");
        };
        Ok(Segment { descendants, selectors })
    }

    fn name(&mut self) -> Result<String, Fault> {
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || !c.is_ascii();
        let rest = self.rest();
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if length == 0 || rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return self.fault("expected a name; write others in brackets: `['…']`");
        }
        self.at += length;
        Ok(rest[..length].to_owned())
    }

    fn selectors(&mut self) -> Result<Vec<Selector>, Fault> {
        let mut selectors = Vec::new();
        loop {
            self.space();
            selectors.push(self.selector()?);
            self.space();
            if self.eat("]") {
                return Ok(selectors);
            }
            if !self.eat(",") {
                let message =
                    if self.rest().starts_with(':') { "slices are not supported" } else { "expected `,` or `]`" };
                return self.fault(message);
            }
        }
    }

    fn selector(&mut self) -> Result<Selector, Fault> {
        match self.rest().chars().next() {
            Some('\'' | '"') => Ok(Selector::Name(self.quoted()?)),
            Some('*') => {
                self.at += 1;
                Ok(Selector::All)
            }
            Some('?') => {
                self.at += 1;
                Ok(Selector::Filter(self.condition()?))
            }
            Some(':') => self.fault("slices are not supported"),
            Some(c) if c == '-' || c.is_ascii_digit() => Ok(Selector::Index(self.integer()?)),
            _ => self.fault("expected a name in quotation marks, an index, `*` or `?`"),
        }
    }

    fn integer(&mut self) -> Result<i64, Fault> {
        let rest = self.rest();
        let length = rest.char_indices().find(|(at, c)| !(c.is_ascii_digit() || (*at == 0 && *c == '-')));
        let length = length.map_or(rest.len(), |(at, _)| at);
        match rest[..length].parse() {
            Ok(integer) => {
                self.at += length;
                Ok(integer)
            }
            Err(_) => self.fault("this is not an index"),
        }
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let mut text = String::new();
        let mut rest = self.rest().char_indices();
        let Some((_, quote)) = rest.next() else { return self.fault("expected a text") };
        while let Some((at, c)) = rest.next() {
            match c {
                c if c == quote => {
                    self.at = start + at + c.len_utf8();
                    return Ok(text);
                }
                '\\' => match rest.next() {
                    Some((_, c @ ('\'' | '"' | '\\' | '/'))) => text.push(c),
                    _ => {
                        self.at = start + at;
                        return self.fault("only quotation marks, `\\` and `/` are escaped here");
                    }
                },
                c => text.push(c),
            }
        }
        self.fault("this text has no end")
    }

    fn condition(&mut self) -> Result<Condition, Fault> {
        self.depth += 1;
        if self.depth > 32 {
            return self.fault("this condition nests too deeply");
        }
        let mut any = vec![self.all()?];
        while self.eat_spaced("||") {
            any.push(self.all()?);
        }
        self.depth -= 1;
        Ok(if any.len() == 1 { any.remove(0) } else { Condition::Any(any) })
    }

    fn all(&mut self) -> Result<Condition, Fault> {
        let mut all = vec![self.basic()?];
        while self.eat_spaced("&&") {
            all.push(self.basic()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn basic(&mut self) -> Result<Condition, Fault> {
        if self.eat_spaced("!") {
            let inner = self.negated()?;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.eat("(") {
            return self.parenthesis();
        }
        let left = self.operand()?;
        self.space();
        match (self.operator(), left) {
            (Some(operator), left) => Ok(Condition::Compare(left, operator, self.operand()?)),
            (None, Operand::Here(steps)) => Ok(Condition::Exists(steps)),
            (None, Operand::Literal(_)) => self.fault("expected a comparison"),
        }
    }

    fn negated(&mut self) -> Result<Condition, Fault> {
        self.space();
        if self.eat("(") {
            return self.parenthesis();
        }
        match self.operand()? {
            Operand::Here(steps) => Ok(Condition::Exists(steps)),
            Operand::Literal(_) => self.fault("`!` stands before `@` or a parenthesis"),
        }
    }

    fn parenthesis(&mut self) -> Result<Condition, Fault> {
        let condition = self.condition()?;
        if self.eat_spaced(")") { Ok(condition) } else { self.fault("expected `)`") }
    }

    fn operator(&mut self) -> Option<Operator> {
        const OPERATORS: [(&str, Operator); 6] = [
            ("==", Operator::Equal),
            ("!=", Operator::Unequal),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        OPERATORS.into_iter().find(|(sign, _)| self.eat(sign)).map(|(_, operator)| operator)
    }

    fn operand(&mut self) -> Result<Operand, Fault> {
        self.space();
        if self.eat("@") {
            return Ok(Operand::Here(self.steps()?));
        }
        if self.rest().starts_with(['\'', '"']) {
            return Ok(Operand::Literal(Node::String(self.quoted()?)));
        }
        let rest = self.rest();
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(rest.len());
        let literal = match &rest[..length] {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            "null" => Node::Null,
            word => match Number::parse(word) {
                Some(number) => Node::Number(number),
                None => return self.fault("expected `@`, a text, a number, `true`, `false` or `null`"),
            },
        };
        self.at += length;
        Ok(Operand::Literal(literal))
    }

    /// Steps after `@`, each to at most one node.
    fn steps(&mut self) -> Result<Vec<Selector>, Fault> {
        let mut steps = Vec::new();
        loop {
            if self.rest().starts_with("..") || self.rest().starts_with(".*") {
                return self.fault("a path in a condition leads to one value");
            }
            if self.eat(".") {
                steps.push(Selector::Name(self.name()?));
            } else if self.eat("[") {
                self.space();
                let step = match self.selector()? {
                    step @ (Selector::Name(_) | Selector::Index(_)) => step,
                    _ => return self.fault("a path in a condition leads to one value"),
                };
                steps.push(step);
                if !self.eat_spaced("]") {
                    return self.fault("expected `]`");
                }
            } else {
                return Ok(steps);
            }
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn eat_spaced(&mut self, token: &str) -> bool {
        self.space();
        self.eat(token)
    }

    fn fault<T>(&self, message: &str) -> Result<T, Fault> {
        Err(Fault { message: message.to_owned(), at: self.at.min(self.text.len()) })
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
