//! YAML 1.2 text to a node, by the core schema: `yes` and `2026-01-31` are text, `true` and `200` are not.
//!
//! Keys become text whatever they were (`200:`), merge keys (`<<`) are merged, aliases are copied within a budget, so
//! that a few lines cannot grow into gigabytes. Numbers with leading zeros stay text: nobody means a number by `007`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::json::{Fault, duplicate, is_number, too_deep};
use super::{MAX_DEPTH, Node, Number, Object};
use crate::diagnostic::Code;
use crate::position::Watch;

/// How many bytes copies of anchored nodes may take, roughly: so many in any text, and so many for each byte of it, so that
/// what comes out stays in proportion to what went in.
const COPIES: usize = 2 << 20;
const COPIES_PER_BYTE: usize = 16;

/// What one node costs, beside its text.
const NODE: usize = 64;

/// Reads the whole of `text`, which must be one document, telling `watch` where things stand, in characters.
pub(crate) fn parse(text: &str, watch: &mut impl Watch) -> Result<Node, Fault> {
    let budget = COPIES.saturating_add(text.len().saturating_mul(COPIES_PER_BYTE));
    let mut builder = Builder { parser: Parser::new_from_str(text), watch, anchors: BTreeMap::new(), budget };
    let mut node = None;
    loop {
        let (event, span) = builder.next()?;
        match event {
            Event::StreamEnd => return Ok(node.unwrap_or_default()),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            _ if node.is_some() => {
                let message = "a second document starts here: one file holds one".into();
                return Err(Fault { code: Code::SeveralDocuments, message, at: span.start.index() });
            }
            event => node = Some(builder.value(event, span, 0)?),
        }
    }
}

struct Builder<'a, W> {
    parser: Parser<'a, StrInput<'a>>,
    watch: &'a mut W,
    anchors: BTreeMap<usize, Anchor>,
    budget: usize,
}

/// An anchored node, with what a copy of it costs and how deep it is.
struct Anchor {
    node: Node,
    cost: usize,
    depth: usize,
}

impl<'a, W: Watch> Builder<'a, W> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Fault> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            // The parser has a limit of its own for lists and mappings in brackets.
            Some(Err(error)) if error.info().starts_with("recursion limit") => Err(too_deep(error.marker().index())),
            Some(Err(error)) => {
                Err(Fault { code: Code::Syntax, message: error.info().to_owned(), at: error.marker().index() })
            }
            None => Err(Fault { code: Code::Syntax, message: "the document stops in the middle".into(), at: 0 }),
        }
    }

    fn value(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.watch.scalar(range(span));
                let node = scalar(text, style, tag.as_deref());
                self.anchored(anchor, node, span)
            }
            Event::SequenceStart(anchor, _) => {
                let node = self.sequence(span, depth + 1)?;
                self.anchored(anchor, node, span)
            }
            Event::MappingStart(anchor, _) => {
                let node = self.mapping(span, depth + 1)?;
                self.anchored(anchor, node, span)
            }
            Event::Alias(anchor) => self.alias(anchor, span, depth),
            _ => Err(fault(Code::Syntax, "expected a value", span)),
        }
    }

    fn sequence(&mut self, span: Span, depth: usize) -> Result<Node, Fault> {
        check_depth(depth, span)?;
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Node::Array(items));
            }
            self.watch.item(range(span));
            items.push(self.value(event, span, depth)?);
            self.watch.leave();
        }
    }

    fn mapping(&mut self, span: Span, depth: usize) -> Result<Node, Fault> {
        check_depth(depth, span)?;
        let mut members = Object::default();
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let merges = match &event {
                Event::MappingEnd => break,
                Event::Scalar(text, ScalarStyle::Plain, ..) => text == "<<",
                _ => false,
            };
            let key = self.key(event, span)?;
            self.watch.member(&key, range(span));
            let (event, value_span) = self.next()?;
            let value = self.value(event, value_span, depth)?;
            self.watch.leave();
            if merges {
                merged.push((value, value_span));
            } else if members.contains_key(key.as_ref()) {
                return Err(duplicate(&key, span.start.index()));
            } else {
                members.insert(key.into_owned(), value);
            }
        }
        for (value, span) in merged {
            merge(&mut members, value, span)?;
        }
        Ok(Node::Object(members))
    }

    fn key(&mut self, event: Event<'a>, span: Span) -> Result<Cow<'a, str>, Fault> {
        match event {
            Event::Scalar(text, _, 0, _) => Ok(text),
            Event::Scalar(text, _, anchor, _) => {
                self.anchored(anchor, Node::String(text.to_string()), span)?;
                Ok(text)
            }
            Event::Alias(anchor) => match self.alias(anchor, span, 0)? {
                Node::String(text) => Ok(text.into()),
                Node::Number(number) => Ok(number.as_str().to_owned().into()),
                _ => Err(fault(Code::Syntax, "a key must be text", span)),
            },
            _ => Err(fault(Code::Syntax, "a key must be text, not a list or a mapping", span)),
        }
    }

    fn anchored(&mut self, anchor: usize, node: Node, span: Span) -> Result<Node, Fault> {
        if anchor != 0 {
            let (cost, depth) = measure(&node);
            self.spend(cost, span)?;
            self.anchors.insert(anchor, Anchor { node: node.clone(), cost, depth });
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Result<Node, Fault> {
        self.watch.scalar(range(span));
        let Some(Anchor { node, cost, depth: below }) = self.anchors.get(&anchor) else {
            return Err(fault(Code::Alias, "this alias stands inside of its own anchor", span));
        };
        check_depth(depth + below, span)?;
        let (node, cost) = (node.clone(), *cost);
        self.spend(cost, span)?;
        Ok(node)
    }

    fn spend(&mut self, cost: usize, span: Span) -> Result<(), Fault> {
        self.budget = self
            .budget
            .checked_sub(cost)
            .ok_or_else(|| fault(Code::Alias, "the aliases of this document grow beyond all measure", span))?;
        Ok(())
    }
}

fn check_depth(depth: usize, span: Span) -> Result<(), Fault> {
    if depth > MAX_DEPTH { Err(too_deep(span.start.index())) } else { Ok(()) }
}

/// What a copy costs, and how many levels it has.
fn measure(node: &Node) -> (usize, usize) {
    let inside = |(cost, depth): (usize, usize), (key, value): (&str, &Node)| {
        let (more, below) = measure(value);
        (cost + key.len() + more, depth.max(below))
    };
    let (cost, depth) = match node {
        Node::String(text) => return (NODE + text.len(), 0),
        Node::Array(items) => items.iter().map(|item| ("", item)).fold((0, 0), inside),
        Node::Object(members) => members.iter().map(|(key, value)| (key.as_str(), value)).fold((0, 0), inside),
        _ => return (NODE, 0),
    };
    (NODE + cost, depth + 1)
}

/// Adds what `<<` brings; what stands here itself wins, then what comes first.
fn merge(members: &mut Object, value: Node, span: Span) -> Result<(), Fault> {
    match value {
        Node::Object(merged) => {
            for (key, value) in merged {
                members.entry(key).or_insert(value);
            }
            Ok(())
        }
        Node::Array(several) => several.into_iter().try_for_each(|one| merge(members, one, span)),
        _ => Err(fault(Code::Syntax, "`<<` takes a mapping or a list of mappings", span)),
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Node {
    let text_only = tag.is_some_and(|tag| tag.suffix == "str" || tag.suffix == "binary" || tag.suffix == "!");
    let typed = tag.is_some() && !text_only;
    if text_only || (style != ScalarStyle::Plain && !typed) {
        return Node::String(text.into_owned());
    }
    resolve(text)
}

/// A plain scalar by the core schema.
pub(super) fn resolve(text: Cow<'_, str>) -> Node {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Node::Null,
        "true" | "True" | "TRUE" => Node::Bool(true),
        "false" | "False" | "FALSE" => Node::Bool(false),
        _ => match number(&text) {
            Some(number) => Node::Number(number),
            None => Node::String(text.into_owned()),
        },
    }
}

/// A number of YAML's core schema, in JSON's notation.
fn number(text: &str) -> Option<Number> {
    if !text.starts_with(['-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
        return None;
    }
    if is_number(text) {
        return Number::parse(text);
    }
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'));
    if let Some(value) = text.strip_prefix("0x").and_then(|digits| radix(digits, 16)) {
        return Number::parse(&value.to_string());
    }
    if let Some(value) = text.strip_prefix("0o").and_then(|digits| radix(digits, 8)) {
        return Number::parse(&value.to_string());
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let (sign, digits) = unsigned.split_at(usize::from(unsigned.starts_with('-') && unsigned.len() == text.len()));
    let whole = if digits.starts_with('.') { "0" } else { "" };
    let exponent = digits.find(['e', 'E']).unwrap_or(digits.len());
    let (mantissa, exponent) = digits.split_at(exponent);
    let mantissa = mantissa.strip_suffix('.').filter(|rest| !rest.is_empty()).unwrap_or(mantissa);
    Number::parse(&format!("{sign}{whole}{mantissa}{exponent}"))
}

fn range(span: Span) -> Range<usize> {
    span.start.index()..span.end.index()
}

fn fault(code: Code, message: &str, span: Span) -> Fault {
    Fault { code, message: message.into(), at: span.start.index() }
}
