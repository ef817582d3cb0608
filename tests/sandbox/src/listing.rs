//! Lists of Sage Accounting: which records, in what order, on which page, and how much of each.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use sage_codegen::ir::{Kind, SchemaId};

use crate::dates;
use crate::fault::Fault;
use crate::filters::Filter;
use crate::json::{Node, Object, decimal, number, object, scalar};
use crate::pairs::Pairs;
use crate::render::{Detail, Names};
use crate::spec::Spec;
use crate::world::{Record, World};

/// How many records a page holds if nothing is said, and at most.
const PAGE: usize = 20;
const LARGEST: usize = 200;

pub(crate) type Row<'a> = (&'a Record, Cow<'a, Object>);

impl World {
    /// A page of a collection, in its envelope.
    pub(crate) fn page(
        &self,
        resource: &str,
        rows: Vec<Row<'_>>,
        item: SchemaId,
        path: &str,
        query: &Pairs,
    ) -> Result<Node, Fault> {
        let mut rows = match moment(query, "deleted_since")? {
            Some(since) => self.deleted_since(resource, since),
            None => rows,
        };
        for (name, value) in &query.0 {
            if let Some(filter) = Filter::of(self.spec, item, name).filter(|_| !value.is_empty()) {
                filter.keep(self, &mut rows, name, value)?;
            }
        }
        if let Some(sort) = query.get("sort") {
            self.sort(&mut rows, item, sort);
        }
        self.envelope(&rows, item, path, query)
    }

    fn deleted_since(&self, resource: &str, since: DateTime<Utc>) -> Vec<Row<'_>> {
        let deleted = self.collections.get(resource).into_iter().flat_map(|all| &all.deleted);
        let later = deleted.filter(|(_, at)| *at > since);
        later.map(|(record, _)| (record, Cow::Borrowed(&record.value))).collect()
    }

    /// `key` or `key:desc`; nothing comes first.
    fn sort(&self, rows: &mut [Row<'_>], item: SchemaId, sort: &str) {
        let (key, descending) = match sort.split_once(':') {
            Some((key, order)) => (key, order == "desc"),
            None => (sort, false),
        };
        let kind = self.spec.property(item, key).map_or(Order::Text, |known| Order::of(self.spec, known.schema));
        rows.sort_by(|(_, a), (_, b)| {
            let order = kind.compare(a.get(key), b.get(key));
            if descending { order.reverse() } else { order }
        });
    }

    fn envelope(&self, rows: &[Row<'_>], item: SchemaId, path: &str, query: &Pairs) -> Result<Node, Fault> {
        let businesses = path == "/businesses";
        let size = match query.number("items_per_page") {
            None if businesses => i32::MAX as usize,
            None => PAGE,
            Some(size) if (1..=LARGEST).contains(&size) => size,
            Some(_) => return Err(Fault::invalid("items_per_page", format!("is not between 1 and {LARGEST}"))),
        };
        let last = rows.len().div_ceil(size).max(1);
        // A page past the end is the last page.
        let page = query.number("page").unwrap_or(1).clamp(1, last);
        let names = query.get("attributes").map_or(Names::Short, Names::parse);
        let detail =
            Detail { nested: query.get("nested_attributes").map_or(Names::Short, Names::parse), ..Detail::default() };
        let shown = rows.iter().skip((page - 1) * size).take(size);
        let items =
            shown.map(|(_, value)| names.of(self.render(item, &Node::Object(value.clone().into_owned()), &detail)));
        let link = |page: usize| {
            let query = query.with(&[("page", page.to_string()), ("items_per_page", size.to_string())]);
            Node::from(format!("{path}?{query}"))
        };
        let per_page = if businesses { "$items_per_page" } else { "$itemsPerPage" };
        Ok(object([
            ("$total", number(rows.len())),
            ("$page", number(page)),
            ("$next", if page < last { link(page + 1) } else { Node::Null }),
            ("$back", if page > 1 { link(page - 1) } else { Node::Null }),
            (per_page, number(size)),
            ("$items", Node::Array(items.collect())),
        ]))
    }
}

/// The moment that a parameter names.
pub(crate) fn moment(query: &Pairs, name: &str) -> Result<Option<DateTime<Utc>>, Fault> {
    query.get(name).map(|text| parse_moment(name, text)).transpose()
}

/// A date-time, or a date: its beginning.
pub(crate) fn parse_moment(name: &str, text: &str) -> Result<DateTime<Utc>, Fault> {
    dates::moment(text).ok_or_else(|| Fault::invalid(name, "is neither a date nor a date-time"))
}

/// How the values of a property follow each other. Its schema decides, not the values, so that it is one order for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// By size.
    Amount,
    /// By text; references by what they are displayed as.
    Text,
}

impl Order {
    /// That of values of this schema.
    pub(crate) fn of(spec: &Spec, schema: SchemaId) -> Self {
        match spec.ir.schema(schema).kind {
            Kind::Integer(_) | Kind::Decimal { .. } | Kind::Float => Self::Amount,
            _ => Self::Text,
        }
    }

    /// Which comes first; nothing comes before something.
    pub(crate) fn compare(self, a: Option<&Node>, b: Option<&Node>) -> Ordering {
        let text = |node: Option<&Node>| node.and_then(|node| scalar(node.get("displayed_as").unwrap_or(node)));
        let amount = |node: Option<&Node>| node.and_then(decimal);
        match self {
            Self::Amount => amount(a).cmp(&amount(b)),
            Self::Text => text(a).cmp(&text(b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Order;
    use crate::json::Node;

    #[test]
    fn texts_that_look_like_numbers_have_one_order() {
        let mut values: Vec<Option<Node>> =
            ["9", "10", "1a", "", "x"].into_iter().map(|text| Some(text.into())).collect();
        values.push(None);
        let sorted = |order: Order| {
            let mut values = values.clone();
            values.sort_by(|a, b| order.compare(a.as_ref(), b.as_ref()));
            values
                .iter()
                .map(|value| value.as_ref().and_then(Node::as_str).unwrap_or("-").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(sorted(Order::Text), ["-", "", "10", "1a", "9", "x"]);
        assert_eq!(sorted(Order::Amount), ["1a", "", "x", "-", "9", "10"]);
    }
}
