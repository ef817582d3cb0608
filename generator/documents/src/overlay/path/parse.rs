//! The text of a JSONPath to its segments.

use super::{Condition, Fault, Operand, Operator, Path, Segment, Selector};
use crate::node::{Node, Number};

/// Reads a path.
pub(in crate::overlay) fn parse(text: &str) -> Result<Path, Fault> {
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
