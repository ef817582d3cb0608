//! What the settings say of single operations, schemas and parameters: what they are called, and what they mean.

use super::Ctx;
use crate::ir::{self, Also, Called, Kind, Location, Operation, Parameter, SchemaId};
use crate::node::escape;

impl Ctx<'_> {
    /// Operations that their paths do not name well.
    pub(super) fn named_operations(&mut self) {
        for (key, setting) in &self.config.operations {
            let operation = match self.operation_called(key) {
                Ok(at) => &mut self.api.operations[at],
                Err(message) => {
                    self.unused(&format!("/operations/{}", escape(key)), message);
                    continue;
                }
            };
            if let Some(resource) = &setting.resource {
                operation.tag = Some(resource.clone());
            }
            let also = setting.also.as_ref().map(|also| Also {
                action: also.method.clone(),
                does: also.does.clone(),
                with: also.with.clone(),
            });
            let can_be_set = |parameter: &&Parameter| !parameter.required && parameter.location == Location::Query;
            let optional = operation.parameters.iter().filter(can_be_set);
            let optional: Vec<&String> = optional.map(|parameter| &parameter.name).collect();
            let known = |name: &&String| optional.contains(name);
            let with: Vec<&String> = also.iter().flat_map(|also| &also.with).collect();
            let missing = with.iter().find(|name| !known(name)).map(|name| (*name).clone());
            let twice = (1..with.len()).find(|&at| with[..at].contains(&with[at])).map(|at| with[at].clone());
            operation.called = Some(Called { action: setting.method.clone(), does: setting.does.clone(), also });
            if let Some(name) = missing {
                let message = format!("`{key}` has no optional query parameter `{name}`");
                self.unused(&format!("/operations/{}/also/with", escape(key)), message);
            }
            if let Some(name) = twice {
                let message = format!("`{key}` is given `{name}` twice");
                self.unused(&format!("/operations/{}/also/with", escape(key)), message);
            }
        }
    }

    /// Operations that are tried on certain records only.
    pub(super) fn tried_operations(&mut self) {
        for key in self.config.tries.keys() {
            if let Err(message) = self.operation_called(key) {
                self.unused(&format!("/tries/{}", escape(key)), message);
            }
        }
    }

    /// The index of the operation that a key of the settings names, or what is wrong with the key.
    pub(super) fn operation_called(&self, key: &str) -> Result<usize, String> {
        let (method, path) = key.split_once(' ').unwrap_or_default();
        let is_meant = |operation: &Operation| {
            operation.method.name() == method
                && ir::names_operation(path, operation.beside.as_deref(), &operation.path.template)
        };
        let operations = self.api.operations.iter().enumerate();
        let found: Vec<(usize, &Operation)> = operations.filter(|(_, operation)| is_meant(operation)).collect();
        match found.as_slice() {
            [] => Err(format!("there is no operation `{key}`")),
            [(at, _)] => Ok(*at),
            several => {
                let whole = |(_, operation): &(usize, &Operation)| {
                    let key =
                        ir::spell_operation(operation.method, operation.beside.as_deref(), &operation.path.template);
                    format!("`{key}`")
                };
                let names: Vec<String> = several.iter().map(whole).collect();
                Err(format!("`{key}` is an operation at several base URLs: say which, as {}", names.join(" or ")))
            }
        }
    }

    /// Schemas that are called otherwise in Rust.
    pub(super) fn named_types(&mut self) {
        // By the names of the document, whatever is renamed before.
        let found: Vec<Option<SchemaId>> = self.config.types.keys().map(|key| self.schema_called(key)).collect();
        for ((key, name), id) in self.config.types.iter().zip(found) {
            let pointer = format!("/types/{}", escape(key));
            if self.api.schemas.iter().any(|schema| schema.name.as_ref() == Some(name)) {
                self.unused(&pointer, format!("a schema is called `{name}` already"));
            } else if let Some(id) = id {
                self.api.schemas[id.0 as usize].name = Some(name.clone());
            } else {
                self.unused(&pointer, format!("there is no schema `{key}`"));
            }
        }
    }

    /// `schema`, or the object at `schema.property`, alone or in a list.
    fn schema_called(&self, key: &str) -> Option<SchemaId> {
        let named = |name: &str| {
            let index = self.api.schemas.iter().position(|schema| schema.name.as_deref() == Some(name))?;
            u32::try_from(index).ok().map(SchemaId)
        };
        if let Some(id) = named(key) {
            return Some(id);
        }
        let mut steps = key.split('.');
        let mut at = named(steps.next()?)?;
        for step in steps {
            let Kind::Object(object) = &self.api.schema(at).kind else { return None };
            let property = object.properties.iter().find(|property| property.name == step)?;
            at = match self.api.schema(property.schema).kind {
                Kind::Array(item) => item,
                _ => property.schema,
            };
        }
        self.api.schema(at).name.is_none().then_some(at)
    }

    /// What query parameters mean: of one operation before those of the same name everywhere.
    pub(super) fn meanings(&mut self) {
        for (key, text) in &self.config.parameters {
            let (path, name) = key.split_once('?').map_or((None, key.as_str()), |(path, name)| (Some(path), name));
            let mut found = false;
            for operation in &mut self.api.operations {
                if path.is_some_and(|path| path != operation.path.template) {
                    continue;
                }
                let fits = |name_: &str, location| name_ == name && location == Location::Query;
                for parameter in &mut operation.parameters {
                    if fits(&parameter.name, parameter.location) && (path.is_some() || parameter.meaning.is_none()) {
                        parameter.meaning = Some(text.clone());
                        found = true;
                    }
                }
            }
            if !found {
                let message = format!("no operation has a query parameter `{key}` that is not explained already");
                self.unused(&format!("/parameters/{}", escape(key)), message);
            }
        }
    }
}
