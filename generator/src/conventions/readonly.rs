//! Parts of which a request could say nothing.

use super::Ctx;
use crate::ir::{Api, Kind, SchemaId};

impl Ctx<'_> {
    /// A property whose object, alone or in a list, has read-only properties alone is read-only, too: there would be
    /// nothing to send in it.
    pub(super) fn read_only_parts(&mut self) {
        loop {
            let mut found = Vec::new();
            for (owner, schema) in self.api.schemas.iter().enumerate() {
                let Kind::Object(object) = &schema.kind else { continue };
                for (index, property) in object.properties.iter().enumerate() {
                    if !property.read_only && nothing_to_send(self.api, property.schema) {
                        found.push((owner, index));
                    }
                }
            }
            if found.is_empty() {
                return;
            }
            for (owner, index) in found {
                if let Kind::Object(object) = &mut self.api.schemas[owner].kind
                    && let Some(property) = object.properties.get_mut(index)
                {
                    property.read_only = true;
                }
            }
        }
    }
}

fn nothing_to_send(api: &Api, schema: SchemaId) -> bool {
    let schema = match api.schema(schema).kind {
        Kind::Array(item) => item,
        _ => schema,
    };
    match &api.schema(schema).kind {
        Kind::Object(object) => {
            !object.properties.is_empty()
                && object.additional.is_none()
                && object.properties.iter().all(|property| property.read_only)
        }
        _ => false,
    }
}
