//! Values that the service has names for, where the documents know text only.

use std::collections::BTreeSet;

use super::Ctx;
use crate::ir::{Kind, Values};
use crate::node::escape;

impl Ctx<'_> {
    /// Each set of values has something that takes them.
    pub(super) fn values(&mut self) {
        let mut known = BTreeSet::new();
        if !self.config.values.is_empty() {
            for schema in &self.api.schemas {
                let Kind::Object(object) = &schema.kind else { continue };
                known.extend(object.properties.iter().map(|property| property.name.clone()));
            }
            let parameters = self.api.operations.iter().flat_map(|operation| &operation.parameters);
            known.extend(parameters.map(|parameter| parameter.name.clone()));
        }
        for (name, setting) in &self.config.values {
            let pointer = format!("/values/{}", escape(name));
            for (at, of) in setting.of.iter().enumerate().filter(|(_, of)| !known.contains(*of)) {
                let message = format!("there is no property and no query parameter `{of}`");
                self.unused(&format!("{pointer}/of/{at}"), message);
            }
            if setting.of.is_empty() || setting.values.is_empty() {
                self.unused(&pointer, format!("`{name}` names no values, or nothing that takes them"));
            }
            let values = Values { name: name.clone(), of: setting.of.clone(), values: setting.values.clone() };
            self.api.values.push(values);
        }
        if !self.api.values.is_empty() {
            let count = self.api.values.iter().map(|values| values.values.len()).sum();
            self.counts.insert("values".to_owned(), count);
        }
    }
}
