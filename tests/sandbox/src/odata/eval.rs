//! `$filter` on rows: are the types right, and does the condition hold?

use std::cmp::Ordering;

use sage_codegen::ir::{Kind, SchemaId, Text};

use super::parse::{Comparison, Filter, Function, Literal, Operand};
use crate::dates;
use crate::json::{Node, decimal};
use crate::spec::Spec;

/// What can be compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Null,
    Boolean,
    Number,
    Text,
    Moment,
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Type::Null => "null",
            Type::Boolean => "a boolean",
            Type::Number => "a number",
            Type::Text => "text",
            Type::Moment => "a date",
        }
    }
}

/// Are all properties known, and is like compared with like?
pub(super) fn check(spec: &Spec, item: SchemaId, filter: &Filter) -> Result<(), String> {
    match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().try_for_each(|term| check(spec, item, term)),
        Filter::Not(inner) => check(spec, item, inner),
        Filter::Is(operand) => match type_of(spec, item, operand)? {
            Type::Boolean => Ok(()),
            other => Err(format!("{} stands by itself, and only what is true or false may", other.name())),
        },
        Filter::Text(_, left, right) => match (type_of(spec, item, left)?, type_of(spec, item, right)?) {
            (Type::Text, Type::Text) => Ok(()),
            (Type::Text, other) | (other, _) => Err(format!("a function takes texts, not {}", other.name())),
        },
        Filter::Compare(left, comparison, right) => {
            let (a, b) = (type_of(spec, item, left)?, type_of(spec, item, right)?);
            let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            let ordered = equality || !matches!(a, Type::Boolean);
            match () {
                () if (a == Type::Null || b == Type::Null) && equality => Ok(()),
                () if a == b && ordered => Ok(()),
                () => Err(format!("{} is compared with {}", a.name(), b.name())),
            }
        }
    }
}

fn type_of(spec: &Spec, item: SchemaId, operand: &Operand) -> Result<Type, String> {
    let steps = match operand {
        Operand::Literal(Literal::Null) => return Ok(Type::Null),
        Operand::Literal(Literal::Boolean(_)) => return Ok(Type::Boolean),
        Operand::Literal(Literal::Number(_)) => return Ok(Type::Number),
        Operand::Literal(Literal::Text(_)) => return Ok(Type::Text),
        Operand::Literal(Literal::Moment(_)) => return Ok(Type::Moment),
        Operand::Property(steps) => steps,
    };
    let mut schema = item;
    for step in steps {
        let property = spec.property(schema, step).ok_or_else(|| format!("`{}` is no property", steps.join("/")))?;
        schema = property.schema;
    }
    match spec.ir.schema(schema).kind {
        Kind::Boolean => Ok(Type::Boolean),
        Kind::Integer(_) | Kind::Decimal { .. } | Kind::Float => Ok(Type::Number),
        Kind::String(Text::Date | Text::DateTime) => Ok(Type::Moment),
        Kind::String(_) | Kind::Enum(_) => Ok(Type::Text),
        Kind::Any | Kind::Array(_) | Kind::Map(_) | Kind::Object(_) | Kind::Union(_) => {
            Err(format!("`{}` is no single value", steps.join("/")))
        }
    }
}

/// The paths of the related records that the condition looks into.
pub(super) fn through(filter: &Filter) -> Vec<&[String]> {
    fn of(operand: &Operand) -> Option<&[String]> {
        match operand {
            Operand::Property(steps) => steps.split_last().map(|(_, records)| records).filter(|path| !path.is_empty()),
            Operand::Literal(_) => None,
        }
    }
    match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().flat_map(through).collect(),
        Filter::Not(inner) => through(inner),
        Filter::Is(operand) => of(operand).into_iter().collect(),
        Filter::Compare(left, _, right) | Filter::Text(_, left, right) => {
            [left, right].into_iter().filter_map(of).collect()
        }
    }
}

/// Does the condition hold for this row?
pub(super) fn holds(filter: &Filter, row: &Node) -> bool {
    match filter {
        Filter::And(terms) => terms.iter().all(|term| holds(term, row)),
        Filter::Or(terms) => terms.iter().any(|term| holds(term, row)),
        Filter::Not(inner) => !holds(inner, row),
        Filter::Is(operand) => value(operand, row) == Literal::Boolean(true),
        Filter::Text(function, left, right) => match (value(left, row), value(right, row)) {
            (Literal::Text(text), Literal::Text(part)) => match function {
                Function::Contains => text.contains(&part),
                Function::StartsWith => text.starts_with(&part),
                Function::EndsWith => text.ends_with(&part),
            },
            _ => false,
        },
        Filter::Compare(left, comparison, right) => compare(&value(left, row), *comparison, &value(right, row)),
    }
}

fn compare(left: &Literal, comparison: Comparison, right: &Literal) -> bool {
    let order = match (left, right) {
        (Literal::Number(a), Literal::Number(b)) => Some(a.cmp(b)),
        (Literal::Text(a), Literal::Text(b)) => Some(a.cmp(b)),
        (Literal::Moment(a), Literal::Moment(b)) => Some(a.cmp(b)),
        // Dates of rows are text until they are compared with one.
        (Literal::Text(a), Literal::Moment(b)) => dates::local(a).map(|a| a.cmp(b)),
        (Literal::Moment(a), Literal::Text(b)) => dates::local(b).map(|b| a.cmp(&b)),
        (Literal::Boolean(a), Literal::Boolean(b)) => Some(a.cmp(b)),
        (Literal::Null, Literal::Null) => Some(Ordering::Equal),
        // Nothing is neither more nor less than something.
        _ => None,
    };
    match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
    }
}

fn value(operand: &Operand, row: &Node) -> Literal {
    let steps = match operand {
        Operand::Literal(literal) => return literal.clone(),
        Operand::Property(steps) => steps,
    };
    let found = steps.iter().try_fold(row, |node, step| node.get(step));
    match found {
        Some(Node::Bool(value)) => Literal::Boolean(*value),
        Some(node @ Node::Number(_)) => decimal(node).map_or(Literal::Null, Literal::Number),
        Some(Node::String(text)) => Literal::Text(text.clone()),
        _ => Literal::Null,
    }
}
