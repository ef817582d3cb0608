//! Values made from schemas: what stands in records that nobody wrote, and bodies in which everything is set.

use rust_decimal::Decimal;
use sage_codegen::ir::{Enumeration, Kind, Limits, SchemaId, Text};

use super::World;
use crate::Api;
use crate::json::{Node, Object, decimal, number};
use crate::spec::{Spec, plural_of, words};

/// How deep samples go into themselves.
const DEPTH: usize = 8;

/// Makes values of schemas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample<'a> {
    pub(crate) world: &'a World,
    /// Which one: others differ in names and amounts.
    pub(crate) number: usize,
    /// What it will be called.
    pub(crate) name: &'a str,
    /// For a request: ids lead somewhere, and what is only read is left out.
    pub(crate) request: bool,
}

impl Sample<'_> {
    /// A value of this schema.
    pub(crate) fn of(&self, schema: SchemaId) -> Node {
        self.value(schema, self.name, &mut Vec::new())
    }

    fn value(&self, schema: SchemaId, name: &str, above: &mut Vec<SchemaId>) -> Node {
        match &self.world.spec.ir.schema(schema).kind {
            Kind::Any => Node::from("any"),
            Kind::Union(union) => {
                union.variants.first().map_or(Node::Null, |first| self.value(first.schema, name, above))
            }
            Kind::Boolean => Node::Bool(false),
            Kind::Integer(_) => self.integer(name),
            Kind::Decimal { .. } | Kind::Float => self.decimal(),
            Kind::String(text) => self.text(*text, name),
            Kind::Enum(Enumeration::Strings(values)) => {
                values.first().map_or(Node::Null, |value| Node::from(value.as_str()))
            }
            Kind::Enum(Enumeration::Integers(values)) => values.first().map_or(Node::Null, |value| Node::from(*value)),
            Kind::Array(item) => self.list(*item, name, above),
            Kind::Map(item) => {
                let value = self.value(*item, name, above);
                Node::from([("key", value)])
            }
            // A schema inside itself ends here.
            Kind::Object(_) if above.contains(&schema) || above.len() >= DEPTH => Node::Null,
            Kind::Object(_) => {
                above.push(schema);
                let members = self.object(schema, above);
                above.pop();
                Node::Object(members)
            }
        }
    }

    fn object(&self, schema: SchemaId, above: &mut Vec<SchemaId>) -> Object {
        let mut members = Object::default();
        for property in self.world.spec.properties(schema) {
            if self.request && property.read_only || !self.request && property.write_only {
                continue;
            }
            if !self.request && self.world.spec.is_slot(schema, &property.name) {
                continue;
            }
            if !self.request && matches!(property.name.as_str(), "id" | "displayed_as" | "$path" | "deleted_at") {
                continue;
            }
            let value = self.property(property.schema, &property.name, above);
            let limits = [&property.limits, &self.world.spec.ir.schema(property.schema).limits];
            let kept = limits.into_iter().filter(|_| self.world.spec.service != Api::Sage200);
            let value = kept.fold(value, within);
            // Where the sample ends, nothing is better than null.
            if !value.is_null() || !self.request {
                members.insert(property.name.clone(), value);
            }
        }
        members
    }

    fn property(&self, schema: SchemaId, name: &str, above: &mut Vec<SchemaId>) -> Node {
        // In records of Accounting, what is a record of its own is a reference.
        if !self.request
            && self.world.spec.service != Api::Sage200
            && self.world.spec.is_object(schema)
            && let Some(resource) = self.world.spec.target(name)
            && self.world.spec.property(schema, "$path").is_some()
        {
            return self.some(resource).map_or(Node::Null, |(resource, record)| self.world.reference(resource, record));
        }
        self.value(schema, name, above)
    }

    /// A record of a collection, if there is one.
    fn some(&self, resource: &str) -> Option<(&str, &super::Record)> {
        let (name, collection) = self.world.collections.get_key_value(resource)?;
        let count = collection.records.len();
        let (_, record) = collection.records.get_index(self.number.checked_rem(count)?)?;
        Some((name, record))
    }

    fn list(&self, item: SchemaId, name: &str, above: &mut Vec<SchemaId>) -> Node {
        if let Some(one) = name.strip_suffix("_ids") {
            return Node::Array(self.leads_to(one).into_iter().collect());
        }
        let references =
            || self.world.spec.resources.keys().find(|resource| plural_of(resource, &crate::spec::singular(name)));
        if !self.request
            && self.world.spec.service != Api::Sage200
            && let Some((resource, record)) = references().and_then(|resource| self.some(resource))
        {
            return Node::Array(vec![self.world.reference(resource, record)]);
        }
        match self.value(item, name, above) {
            Node::Null => Node::Array(Vec::new()),
            value => Node::Array(vec![value]),
        }
    }

    /// The id of a record that a property of this name leads to.
    fn leads_to(&self, name: &str) -> Option<Node> {
        let resource = self.world.spec.target(name)?;
        self.some(resource).map(|(_, record)| self.world.id_node(&record.id))
    }

    fn integer(&self, name: &str) -> Node {
        let led = name.strip_suffix("_id").and_then(|name| self.leads_to(name));
        led.unwrap_or_else(|| number(self.number + 1))
    }

    fn decimal(&self) -> Node {
        let cents = i64::try_from(self.number + 1).unwrap_or(1) * 1250;
        number(Decimal::new(cents, 2))
    }

    fn text(&self, text: Text, name: &str) -> Node {
        let day = self.number % 28 + 1;
        match text {
            Text::Date => Node::from(format!("2026-01-{day:02}")),
            Text::DateTime => Node::from(format!("2026-01-{day:02}T09:30:00Z")),
            Text::Base64 => Node::from("SGVsbG8sIFNhZ2UK"),
            Text::Plain | Text::Binary => self.plain(name),
        }
    }

    fn plain(&self, name: &str) -> Node {
        if let Some(id) = name.strip_suffix("_id").and_then(|name| self.leads_to(name)) {
            return id;
        }
        let letter = char::from(b'A' + u8::try_from(self.number % 26).unwrap_or(0));
        Node::from(match name {
            "email" => format!("{}@example.invalid", letter.to_ascii_lowercase()),
            _ if name.ends_with("_id") => {
                format!("{}_{}", name.trim_end_matches("_id").to_uppercase(), self.number + 1)
            }
            _ if name.ends_with("date") => "2026-01-01".to_owned(),
            _ => format!("{} {letter}", words(name)),
        })
    }
}

/// A body that the record which is made of it has room for.
pub(super) fn fitting(spec: &Spec, record: SchemaId, value: Node) -> Node {
    let value = within(value, &spec.ir.schema(record).limits);
    match (&spec.ir.schema(record).kind, value) {
        (Kind::Object(_), Node::Object(members)) => {
            let fit = |(name, value): (String, Node)| {
                let value = match spec.property(record, &name) {
                    Some(property) => fitting(spec, property.schema, within(value, &property.limits)),
                    None => value,
                };
                (name, value)
            };
            Node::Object(members.into_iter().map(fit).collect())
        }
        (Kind::Array(item), Node::Array(items)) => {
            Node::Array(items.into_iter().map(|value| fitting(spec, *item, value)).collect())
        }
        (_, value) => value,
    }
}

/// A value that is not too long, too small or too large.
fn within(value: Node, limits: &Limits) -> Node {
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    match &value {
        Node::String(text) => match limits.max_length.and_then(|most| usize::try_from(most).ok()) {
            Some(most) if text.chars().count() > most => Node::from(text.chars().take(most).collect::<String>()),
            _ => value,
        },
        Node::Number(_) => {
            let Some(amount) = decimal(&value) else { return value };
            let least = bound(&limits.minimum).filter(|least| amount < *least);
            least.or_else(|| bound(&limits.maximum).filter(|most| amount > *most)).map_or(value, number)
        }
        _ => value,
    }
}
