//! The query options of Sage 200: the part of OData that its guide names.
//!
//! `$filter` is read by [`parse`] and answered by [`eval`]; the others are here. What the guide does not name is refused
//! rather than guessed.

mod eval;
mod parse;

use sage_codegen::ir::SchemaId;

use crate::fault::Fault;
use crate::json::{Node, Object, number, object};
use crate::listing::{Order, Row};
use crate::pairs::Pairs;
use crate::render::Detail;
use crate::world::World;

/// How many rows come if nothing is said, and at most.
const TOP: usize = 500;
const LARGEST: usize = 5000;

/// The rows that the options ask for.
pub(crate) fn list(world: &World, item: SchemaId, rows: &[Row<'_>], query: &Pairs) -> Result<Node, Fault> {
    let options = Options::read(world, item, query)?;
    let filter =
        query.get("$filter").map(|text| parse::filter(text).map_err(|message| bad("$filter", message))).transpose()?;
    let order = query.get("$orderby").map(|text| order(world, item, text)).transpose()?;
    let top = match count(query, "$top")? {
        Some(top) if top > LARGEST => return Err(bad("$top", format!("is more than {LARGEST}"))),
        top => top.unwrap_or(TOP),
    };
    let skip = match count(query, "$skip")? {
        Some(_) if order.is_none() => return Err(bad("$skip", "needs `$orderby`")),
        skip => skip.unwrap_or(0),
    };
    let render =
        |(_, value): &Row<'_>, detail: &Detail| world.render(item, &Node::Object(value.clone().into_owned()), detail);
    let mut rows: Vec<&Row<'_>> = rows.iter().collect();
    if let Some(filter) = &filter {
        eval::check(world.spec, item, filter).map_err(|message| bad("$filter", message))?;
        let mut detail = Detail::default();
        eval::through(filter).into_iter().for_each(|path| detail.expand_path(path));
        rows.retain(|row| eval::holds(filter, &render(row, &detail)));
    }
    let mut found: Vec<Node> = rows.into_iter().map(|row| render(row, &options.detail)).collect();
    if let Some(order) = &order {
        found.sort_by(|a, b| {
            let each = order.iter().map(|(name, kind, descending)| {
                let by = kind.compare(a.get(name), b.get(name));
                if *descending { by.reverse() } else { by }
            });
            each.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
    }
    let total = found.len();
    let page = found.into_iter().skip(skip).take(top).map(|row| options.selected(row)).collect();
    if !query.is_true("$count") && !query.is_true("$metadata") {
        return Ok(Node::Array(page));
    }
    let mut reply = Object::default();
    if query.is_true("$metadata") {
        reply.insert("@odata.context".to_owned(), Node::from(context(world, item)));
    }
    if query.is_true("$count") {
        reply.insert("@odata.count".to_owned(), number(total));
    }
    reply.insert("value".to_owned(), Node::Array(page));
    Ok(Node::Object(reply))
}

/// A record, as the options ask for.
pub(crate) fn single(world: &World, schema: SchemaId, record: &Object, query: &Pairs) -> Result<Node, Fault> {
    let options = Options::read(world, schema, query)?;
    let value = options.selected(world.render(schema, &Node::Object(record.clone()), &options.detail));
    match value {
        Node::Object(members) if query.is_true("$metadata") => {
            let context = object([("@odata.context", Node::from(context(world, schema)))]);
            let context = context.as_object().cloned().unwrap_or_default();
            Ok(Node::Object(context.into_iter().chain(members).collect()))
        }
        value => Ok(value),
    }
}

fn context(world: &World, schema: SchemaId) -> String {
    format!("$metadata#{}", world.spec.home(schema).unwrap_or_default())
}

/// `$select` and `$expand`.
struct Options {
    select: Option<Vec<String>>,
    detail: Detail,
    /// What `$expand` names comes even if `$select` leaves it out.
    expanded: Vec<String>,
}

impl Options {
    fn read(world: &World, schema: SchemaId, query: &Pairs) -> Result<Self, Fault> {
        let known = |option: &str, name: &str| match world.spec.property(schema, name) {
            Some(property) => Ok(property),
            None => Err(bad(option, format!("`{name}` is no property"))),
        };
        let names = |text: &str| -> Vec<String> { text.split(',').map(|name| name.trim().to_owned()).collect() };
        let select = query.get("$select").map(names);
        for name in select.iter().flatten() {
            known("$select", name)?;
        }
        let mut detail = Detail::default();
        let mut expanded = Vec::new();
        for path in query.get("$expand").map(names).unwrap_or_default() {
            let path = records(world, schema, &path)?;
            expanded.extend(path.first().cloned());
            detail.expand_path(&path);
        }
        Ok(Self { select, detail, expanded })
    }

    fn selected(&self, row: Node) -> Node {
        let (Some(select), Node::Object(members)) = (&self.select, row.clone()) else { return row };
        let wanted = |name: &String| select.contains(name) || self.expanded.contains(name);
        Node::Object(members.into_iter().filter(|(name, _)| wanted(name)).collect())
    }
}

/// The records that a path of `$expand` goes through. What is no record is there anyway.
fn records(world: &World, schema: SchemaId, path: &str) -> Result<Vec<String>, Fault> {
    if path.split('/').count() > parse::STEPS {
        return Err(bad("$expand", format!("a path goes through more than {} properties", parse::STEPS)));
    }
    let mut owner = schema;
    let mut records = Vec::new();
    for step in path.split('/') {
        let property = world.spec.property(owner, step);
        let property = property.ok_or_else(|| bad("$expand", format!("`{path}`: `{step}` is no property")))?;
        owner = world.spec.item(property.schema).unwrap_or(property.schema);
        if world.spec.is_object(owner) {
            records.push(step.to_owned());
        }
    }
    Ok(records)
}

/// `a asc,b desc`: names, how their values are compared, and whether the last comes first.
fn order(world: &World, item: SchemaId, text: &str) -> Result<Vec<(String, Order, bool)>, Fault> {
    let part = |part: &str| {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default();
        let Some(property) = world.spec.property(item, name) else {
            return Err(bad("$orderby", format!("`{name}` is no property")));
        };
        let kind = Order::of(world.spec, property.schema);
        match (words.next(), words.next()) {
            (None | Some("asc"), None) => Ok((name.to_owned(), kind, false)),
            (Some("desc"), None) => Ok((name.to_owned(), kind, true)),
            _ => Err(bad("$orderby", format!("`{}` is neither `asc` nor `desc`", part.trim()))),
        }
    };
    text.split(',').map(part).collect()
}

fn count(query: &Pairs, name: &str) -> Result<Option<usize>, Fault> {
    let parse = |text: &str| text.parse().map_err(|_| bad(name, format!("`{text}` is no number of rows")));
    query.get(name).map(parse).transpose()
}

fn bad(option: &str, message: impl Into<String>) -> Fault {
    Fault { at: option.to_owned(), ..Fault::new(400, "", message) }
}

#[cfg(test)]
mod tests {
    use sage_tests::odata::{ROWS, cases};

    use super::{eval, parse};
    use crate::json::{self, Node};

    #[test]
    #[expect(clippy::print_stdout, reason = "how many there are is what the test shows")]
    fn conditions_built_from_properties_select_the_right_rows() {
        let Node::Array(rows) = json::parse(ROWS.as_bytes()).unwrap() else { panic!("a list") };
        let id = |row: &Node| row.get("id").and_then(json::scalar)?.parse::<i64>().ok();
        let cases = cases();
        println!("OData: {} conditions select the right rows", cases.len());
        for case in cases {
            let filter = parse::filter(case.filter.as_str()).unwrap();
            let selected: Vec<i64> = rows.iter().filter(|row| eval::holds(&filter, row)).filter_map(id).collect();
            assert_eq!(selected, case.ids, "{}", case.text);
        }
    }
}
