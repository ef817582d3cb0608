//! What few operations have: files in their bodies, a second name, parameters for which there are constants.

use super::{Lowering, sent};
use crate::ir;
use crate::lower::{attributes, odata, sentences};
use crate::names::resolve::{Wish, resolve};
use crate::names::{Ident, Words};
use crate::rust::{self, Argument, Method, Reply, Setter, Target, Type};

impl Lowering<'_> {
    /// Fields of the body that are files.
    pub(super) fn files(&self) -> Vec<(Ident, String, u64)> {
        let Some(ir::Content::Json(schema)) = self.operation.body.as_ref().map(|body| &body.content) else {
            return Vec::new();
        };
        let role = self.operation.body.as_ref().and_then(|body| sent(self.operation, body)).map(|(_, role)| role);
        let fields = role.and_then(|role| self.models.found.of(*schema, role)).map(|ty| self.models.members(ty));
        let fields = fields.unwrap_or_default();
        let each = self
            .operation
            .files
            .iter()
            .filter_map(|file| Some((fields.get(&file.property)?.clone(), file.property.clone(), file.most)));
        each.collect()
    }

    /// The second name that the settings give it, if its request can be told what that needs.
    pub(super) fn also(&self, setters: &[(String, Setter)], arguments: &[Argument]) -> Option<rust::Also> {
        let also = self.operation.called.as_ref()?.also.as_ref()?;
        let with: Option<Vec<&Setter>> = also
            .with
            .iter()
            .map(|name| setters.iter().find(|(key, _)| key == name).map(|(_, setter)| setter))
            .collect();
        let with = with?;
        // What the method itself takes may be called like what can be set.
        let wish = |setter: &&Setter| {
            let longer = Ident::snake(&Words::of(setter.name.as_str()).then(&Words::of("parameter")));
            Wish::new(setter.name.as_str(), vec![setter.name.clone(), longer])
        };
        let wishes: Vec<Wish> = with.iter().map(wish).collect();
        let names = resolve(&wishes, &|name| arguments.iter().any(|argument| argument.name.as_str() == name));
        let with =
            with.into_iter().filter_map(|setter| Some((names.get(setter.name.as_str())?.clone(), setter.clone())));
        let name = Ident::snake(&Words::of(&also.action));
        let docs = sentences::also(self.operation, &also.does, &self.planned.method);
        Some(rust::Also { name, docs, with: with.collect() })
    }

    /// The module of the properties that setters of OData name.
    pub(super) fn typed(&self, reply: &Reply, setters: &[(String, Setter)]) -> Option<Ident> {
        let speaks =
            setters.iter().any(|(_, setter)| matches!(setter.target, Target::Query { ty: Type::OData(..), .. }));
        self.known.get(odata::model(reply, self.models)?).filter(|_| speaks).map(|module| (*module).clone())
    }

    /// The module with the constants that a parameter takes, from the module of the API.
    pub(super) fn constants(&self, parameter: &ir::Parameter, reply: &Reply) -> Option<String> {
        match parameter.takes {
            ir::Takes::Attributes { .. } => {
                let mut answered = attributes::answered(self.models, self.operation).into_iter();
                let module = answered.find_map(|(_, ty)| self.known.get(&self.models.named[ty.0].name))?;
                Some(format!("properties::{module}"))
            }
            ir::Takes::OData(_) => {
                let module = self.known.get(odata::model(reply, self.models)?)?;
                Some(format!("properties::{module}"))
            }
            ir::Takes::NestedAttributes if !self.known.is_empty() => Some("properties".to_owned()),
            _ => None,
        }
    }
}

/// Second names of methods are as free as first ones.
pub(super) fn second_names(methods: &mut [Method]) {
    let mut used: Vec<Ident> = methods.iter().map(|method| method.name.clone()).collect();
    used.push(Ident::snake(&Words::of("new")));
    for also in methods.iter_mut().filter_map(|method| method.also.as_mut()) {
        let wish = Wish::new(also.name.as_str(), vec![also.name.clone(), also.name.with_suffix("also")]);
        let given = resolve(&[wish], &|name| used.iter().any(|known| known.as_str() == name));
        also.name = given.into_values().next().unwrap_or_else(|| also.name.clone());
        used.push(also.name.clone());
    }
}
