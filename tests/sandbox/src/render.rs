//! From what is stored to what is sent: every property that the schema names, null where nothing is known, decimals as
//! the service writes them.

use std::collections::BTreeMap;

use sage_codegen::ir::{Decimals, Kind, SchemaId};

use crate::Api;
use crate::json::{Node, Object, given, number, scalar};
use crate::spec::singular;
use crate::world::{World, is_reference};

/// What a reply holds beyond the ordinary.
#[derive(Debug, Clone, Default)]
pub(crate) struct Detail {
    /// Related records that are sent in full, and what of them is: Sage 200's `$expand`.
    pub(crate) expand: BTreeMap<String, Detail>,
    /// References are sent as full records: `nested_attributes`.
    pub(crate) nested: Names,
}

impl Detail {
    /// Sends the records of a path in full: that of the first name, in it that of the second, and so on.
    pub(crate) fn expand_path(&mut self, path: &[String]) {
        if let Some((first, rest)) = path.split_first() {
            self.expand.entry(first.clone()).or_default().expand_path(rest);
        }
    }
}

/// Which properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Names {
    /// Only what identifies a record.
    #[default]
    Short,
    All,
    /// These, and what identifies it.
    These(Vec<String>),
}

/// What identifies a record in a list.
const SHORT: [&str; 3] = ["id", "displayed_as", "$path"];

impl Names {
    /// From the text of a query parameter.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "all" => Self::All,
            text => Self::These(text.split(',').map(|name| name.trim().to_owned()).collect()),
        }
    }

    /// Only these of an object. One that nothing identifies stays as it is.
    pub(crate) fn of(&self, value: Node) -> Node {
        let Node::Object(members) = value else { return value };
        if *self == Self::All || !members.contains_key("id") && *self == Self::Short {
            return Node::Object(members);
        }
        let wanted = |name: &String| {
            SHORT.contains(&name.as_str()) || matches!(self, Self::These(names) if names.contains(name))
        };
        Node::Object(members.into_iter().filter(|(name, _)| wanted(name)).collect())
    }
}

impl World {
    /// A value of this schema, as it is sent.
    pub(crate) fn render(&self, schema: SchemaId, value: &Node, detail: &Detail) -> Node {
        let decimals = self.spec.ir.client.decimals;
        match (&self.spec.ir.schema(schema).kind, value) {
            (_, Node::Null) => Node::Null,
            (Kind::Object(_), Node::Object(members)) => self.render_object(schema, members, detail),
            (Kind::Object(_), _) | (Kind::Array(_), Node::Object(_)) => Node::Null,
            (Kind::Array(item), Node::Array(items)) => {
                let items = items.iter().map(|value| self.render(*item, value, detail));
                Node::Array(items.filter(|value| !value.is_null()).collect())
            }
            (Kind::Decimal { .. }, Node::Number(text)) if decimals == Decimals::String => Node::from(text.as_str()),
            (Kind::Decimal { .. } | Kind::Float | Kind::Integer(_), Node::String(text))
                if decimals == Decimals::Number =>
            {
                number(text)
            }
            (Kind::Integer(_), Node::String(text)) => number(text),
            (Kind::Boolean, Node::String(text)) => Node::Bool(text == "true"),
            (Kind::String(_) | Kind::Enum(_), Node::Number(number)) => Node::from(number.as_str()),
            (_, value) => value.clone(),
        }
    }

    fn render_object(&self, schema: SchemaId, members: &Object, detail: &Detail) -> Node {
        let mut out = Object::default();
        for property in self.spec.properties(schema).iter().filter(|property| !property.write_only) {
            let name = &property.name;
            let deeper = detail.expand.get(name);
            let value = match self.spec.service {
                Api::Sage200 if deeper.is_some() => self.expanded(schema, members, property.schema, name, deeper),
                Api::Sage200 if self.spec.is_slot(schema, name) => Node::Null,
                _ => match given(members, name) {
                    Some(Node::Object(inner)) if is_reference(inner) => self.referenced(property.schema, inner, detail),
                    Some(Node::Array(items)) => self.list(property.schema, items, detail),
                    Some(value) => self.render(property.schema, value, detail),
                    None if self.spec.item(property.schema).is_some() => Node::Array(Vec::new()),
                    None => Node::Null,
                },
            };
            out.insert(name.clone(), value);
        }
        Node::Object(out)
    }

    fn list(&self, schema: SchemaId, items: &[Node], detail: &Detail) -> Node {
        let Some(item) = self.spec.item(schema) else { return Node::Null };
        let of = |value: &Node| match value.as_object().filter(|inner| is_reference(inner)) {
            Some(inner) => self.referenced(item, inner, detail),
            None => self.render(item, value, detail),
        };
        Node::Array(items.iter().map(of).filter(|value| !value.is_null()).collect())
    }

    /// A reference: what identifies the record, or more of it.
    fn referenced(&self, schema: SchemaId, reference: &Object, detail: &Detail) -> Node {
        if !self.spec.is_object(schema) {
            return Node::Null;
        }
        let path = reference.get("$path").and_then(Node::as_str).unwrap_or_default();
        let record = path
            .strip_prefix('/')
            .and_then(|path| path.split_once('/'))
            .and_then(|(resource, id)| self.record(resource, id));
        match record {
            Some(record) if detail.nested != Names::Short => {
                let full = self.render(schema, &Node::Object(record.value.clone()), &Detail::default());
                detail.nested.of(full)
            }
            _ => {
                let known = |name: &String| self.spec.property(schema, name).is_some();
                Node::Object(
                    reference
                        .iter()
                        .filter(|(name, _)| known(name))
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect(),
                )
            }
        }
    }

    /// What `$expand` fetches: a record that an id leads to, or those that belong to this one.
    fn expanded(
        &self,
        owner: SchemaId,
        members: &Object,
        schema: SchemaId,
        name: &str,
        detail: Option<&Detail>,
    ) -> Node {
        let none = Detail::default();
        let detail = detail.unwrap_or(&none);
        if let Some(value) = given(members, name) {
            return self.render(schema, value, detail);
        }
        if let Some(item) = self.spec.item(schema) {
            return Node::Array(self.belonging(owner, members, item, detail));
        }
        let id = given(members, &format!("{name}_id")).and_then(scalar);
        let home = self.spec.home(schema).or_else(|| self.spec.target(name));
        let record = id.and_then(|id| self.record(home?, &id));
        record.map_or(Node::Null, |record| self.render(schema, &Node::Object(record.value.clone()), detail))
    }

    fn belonging(&self, owner: SchemaId, members: &Object, item: SchemaId, detail: &Detail) -> Vec<Node> {
        let (Some(home), Some(id)) = (self.spec.home(owner), given(members, "id").and_then(scalar)) else {
            return Vec::new();
        };
        let Some(resource) = self.spec.home(item) else { return Vec::new() };
        let link = format!("{}_id", singular(home));
        let of_this = |value: &Object| given(value, &link).and_then(scalar).as_ref() == Some(&id);
        let records = self.collections.get(resource).into_iter().flat_map(|all| all.records.values());
        let of_this = records.filter(|record| of_this(&record.value));
        of_this.map(|record| self.render(item, &Node::Object(record.value.clone()), detail)).collect()
    }
}
