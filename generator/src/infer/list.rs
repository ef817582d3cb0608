//! Lists, in the forms in which services send them.

use crate::node::Node;

/// A list that a schema describes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum List<'a> {
    /// A bare array of this.
    Bare(&'a Node),
    /// An object around the array.
    Envelope {
        /// The property that holds the items: `$items` or `value`.
        property: &'static str,
        /// The schema of an item.
        items: &'a Node,
    },
}

/// Members beside the items by which Sage's envelope is known.
const SAGE: &[&str] = &["$total", "$page", "$next", "$back", "$itemsPerPage", "$items_per_page"];

/// The list in this schema, if it is an array or one of the envelopes that clients unwrap: `{"$items": […]}` with what
/// Sage sends beside it, and OData's `{"value": […]}`.
pub fn list(schema: &Node) -> Option<List<'_>> {
    if schema.text("type") == Some("array") {
        return schema.get("items").map(List::Bare);
    }
    let properties = schema.get("properties")?.as_object()?;
    let items = |name: &str| {
        let property = properties.get(name)?;
        (property.text("type") == Some("array")).then(|| property.get("items"))?
    };
    if let Some(items) = items("$items") {
        let beside = properties.keys().all(|key| key == "$items" || SAGE.contains(&key.as_str()));
        return beside.then_some(List::Envelope { property: "$items", items });
    }
    let items = items("value")?;
    let beside = |key: &String| key == "value" || key.starts_with("@odata.") || key.starts_with("odata.");
    properties.keys().all(beside).then_some(List::Envelope { property: "value", items })
}
