//! Numbers: exact decimals, and ids that are whole.

use super::Ctx;
use crate::config;
use crate::ir::{Decimals, Integer, Kind, Schema, SchemaId};

impl Ctx<'_> {
    /// `number` is an exact decimal, whatever its format says.
    pub(super) fn decimals(&mut self, setting: &config::Decimals) {
        self.api.client.decimals = match setting.wire {
            config::Wire::Number => Decimals::Number,
            config::Wire::String => Decimals::String,
        };
        let mut count = 0;
        for schema in &mut self.api.schemas {
            match schema.kind {
                Kind::Float => schema.kind = Kind::Decimal { scale: None },
                Kind::Decimal { .. } => {}
                _ => continue,
            }
            count += 1;
        }
        self.applied("decimals", count, "no schema is a number");
    }

    /// Path parameters of type `number` are whole.
    pub(super) fn integer_ids(&mut self, setting: &config::IntegerIds) {
        let width = if setting.format == "int32" { Integer::I32 } else { Integer::I64 };
        let mut count = 0;
        for index in 0..self.api.operations.len() {
            for at in 0..self.api.operations[index].path.parameters.len() {
                let id = self.api.operations[index].path.parameters[at].schema;
                if !matches!(self.api.schema(id).kind, Kind::Decimal { .. } | Kind::Float) {
                    continue;
                }
                let whole = Schema { kind: Kind::Integer(width), name: None, ..self.api.schema(id).clone() };
                self.api.operations[index].path.parameters[at].schema = self.own(id, whole);
                count += 1;
            }
        }
        self.applied("integer-ids", count, "no path parameter is a number");
    }

    /// A changed schema: in place where it is inline, and beside the old one where others may use it by name.
    fn own(&mut self, id: SchemaId, changed: Schema) -> SchemaId {
        if self.api.schema(id).name.is_none() {
            self.api.schemas[id.0 as usize] = changed;
            return id;
        }
        self.add(changed)
    }

    /// One more schema.
    pub(super) fn add(&mut self, schema: Schema) -> SchemaId {
        let id = SchemaId(u32::try_from(self.api.schemas.len()).unwrap_or(u32::MAX));
        self.api.schemas.push(schema);
        id
    }
}
