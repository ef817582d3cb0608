//! Lists of Sage Accounting: which records, in what order, on which page, and how much of each.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sage_codegen::ir::SchemaId;

use crate::fault::Fault;
use crate::json::{Node, Object, decimal, given, number, object, scalar};
use crate::query::Query;
use crate::render::{Detail, Names};
use crate::spec::plural_of;
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
        query: &Query,
    ) -> Result<Node, Fault> {
        let mut rows = match moment(query, "deleted_since")? {
            Some(since) => self.deleted_since(resource, since),
            None => rows,
        };
        for (name, value) in &query.0 {
            if !value.is_empty() {
                self.filter(&mut rows, name, value)?;
            }
        }
        if let Some(sort) = query.get("sort") {
            sort_by(&mut rows, sort);
        }
        self.envelope(&rows, item, path, query)
    }

    fn deleted_since(&self, resource: &str, since: DateTime<Utc>) -> Vec<Row<'_>> {
        let deleted = self.collections.get(resource).into_iter().flat_map(|all| &all.deleted);
        let later = deleted.filter(|(_, at)| *at > since);
        later.map(|(record, _)| (record, Cow::Borrowed(&record.value))).collect()
    }

    /// Keeps the rows that a query parameter asks for. Those that choose what is shown choose no rows.
    fn filter(&self, rows: &mut Vec<Row<'_>>, name: &str, text: &str) -> Result<(), Fault> {
        match name {
            "updated_or_created_since" => {
                let since = parse_moment(name, text)?;
                rows.retain(|(record, _)| record.updated >= since);
            }
            "from_date" | "to_date" => {
                let limit = parse_moment(name, text)?.date_naive();
                rows.retain(|(_, value)| match date(value) {
                    Some(date) if name == "from_date" => date >= limit,
                    Some(date) => date <= limit,
                    None => true,
                });
            }
            "search" => {
                let wanted = text.to_lowercase();
                rows.retain(|(_, value)| value.values().any(|value| contains(value, &wanted)));
            }
            "email" => rows.retain(|(_, value)| has_email(value, text)),
            "active" => rows.retain(|(_, value)| {
                let active = given(value, "active").or_else(|| given(value, "is_active")).and_then(Node::as_bool);
                active.is_none_or(|active| active == (text == "true"))
            }),
            "has_attachments" => {
                let attached = self.attached();
                rows.retain(|(record, _)| attached.contains(&record.id) == (text == "true"));
            }
            _ => {
                if let Some(one) = name.strip_suffix("_id") {
                    rows.retain(|(_, value)| leads(value, one, text));
                }
            }
        }
        Ok(())
    }

    /// The ids of the records that have attachments.
    fn attached(&self) -> Vec<String> {
        let attachments = self.collections.get("attachments").into_iter().flat_map(|all| all.records.values());
        let context =
            |record: &Record| record.value.get("attachment_context").and_then(|to| to.get("id")).and_then(scalar);
        attachments.filter_map(context).collect()
    }

    fn envelope(&self, rows: &[Row<'_>], item: SchemaId, path: &str, query: &Query) -> Result<Node, Fault> {
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
pub(crate) fn moment(query: &Query, name: &str) -> Result<Option<DateTime<Utc>>, Fault> {
    query.get(name).map(|text| parse_moment(name, text)).transpose()
}

/// A date-time, or a date: its beginning.
fn parse_moment(name: &str, text: &str) -> Result<DateTime<Utc>, Fault> {
    let day = || text.parse::<NaiveDate>().ok().and_then(|day| day.and_hms_opt(0, 0, 0)).map(|start| start.and_utc());
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc()).or_else(day);
    moment.ok_or_else(|| Fault::invalid(name, "is neither a date nor a date-time"))
}

fn date(value: &Object) -> Option<NaiveDate> {
    let text = given(value, "date").and_then(Node::as_str)?;
    text.get(..10).unwrap_or(text).parse().ok()
}

fn contains(value: &Node, wanted: &str) -> bool {
    value.as_str().is_some_and(|text| text.to_lowercase().contains(wanted))
}

fn has_email(value: &Object, wanted: &str) -> bool {
    let person = value.get("main_contact_person").and_then(|person| person.get("email"));
    [value.get("email"), person].into_iter().flatten().any(|email| email.as_str() == Some(wanted))
}

/// Does this record refer to that one, as `contact` or among `contacts`? One that has no such property is not asked.
fn leads(value: &Object, name: &str, id: &str) -> bool {
    let is = |node: &Node| node.get("id").and_then(scalar).as_deref() == Some(id);
    if let Some(one) = value.get(name) {
        return is(one);
    }
    match value.iter().find(|(key, _)| plural_of(key, name)) {
        Some((_, many)) => many.as_array().unwrap_or_default().iter().any(is),
        None => true,
    }
}

/// `key` or `key:desc`; nothing comes first.
fn sort_by(rows: &mut [Row<'_>], sort: &str) {
    let (key, descending) = match sort.split_once(':') {
        Some((key, order)) => (key, order == "desc"),
        None => (sort, false),
    };
    rows.sort_by(|(_, a), (_, b)| {
        let order = compare(a.get(key), b.get(key));
        if descending { order.reverse() } else { order }
    });
}

/// Amounts by size, all else by text; references by what they are displayed as.
pub(crate) fn compare(a: Option<&Node>, b: Option<&Node>) -> Ordering {
    let text = |node: Option<&Node>| node.and_then(|node| scalar(node.get("displayed_as").unwrap_or(node)));
    let amount = |node: Option<&Node>| -> Option<Decimal> { node.and_then(decimal) };
    match (amount(a), amount(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => text(a).cmp(&text(b)),
    }
}
