//! What a schema says about the place where it is used, rather than about its values.

use openapiv3::SchemaData;

use super::terms;
use crate::ir::{Limits, Terms};
use crate::node::Node;

/// The attributes of a use.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    pub(super) nullable: bool,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
    pub(super) default: Option<Node>,
    pub(super) limits: Limits,
    pub(super) terms: Terms,
    pub(super) description: Option<String>,
}

impl Beside {
    /// Without limits: they belong to the schema itself.
    pub(super) fn read(data: &SchemaData, node: &Node) -> Self {
        Self {
            nullable: data.nullable,
            read_only: data.read_only,
            write_only: data.write_only,
            deprecated: data.deprecated,
            default: node.get("default").filter(|default| !default.is_null()).cloned(),
            limits: Limits::default(),
            terms: terms::read(node),
            description: data.description.clone(),
        }
    }

    /// With limits: of a reference, which leads to a schema with limits of its own.
    pub(super) fn read_with_limits(data: &SchemaData, node: &Node) -> Self {
        Self { limits: super::limits::read(node), ..Self::read(data, node) }
    }

    /// Adds what stands further in: what stands further out wins.
    pub(super) fn join(&mut self, inner: &Self) {
        self.join_flags(inner);
        if self.limits == Limits::default() {
            self.limits = inner.limits.clone();
        }
        if self.terms == Terms::default() {
            self.terms = inner.terms.clone();
        }
        if self.description.is_none() {
            self.description.clone_from(&inner.description);
        }
    }

    /// Adds what a named schema says of all its uses.
    pub(super) fn join_flags(&mut self, inner: &Self) {
        self.nullable |= inner.nullable;
        self.read_only |= inner.read_only;
        self.write_only |= inner.write_only;
        self.deprecated |= inner.deprecated;
        if self.default.is_none() {
            self.default.clone_from(&inner.default);
        }
    }
}
