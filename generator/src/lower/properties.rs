//! The properties of models that requests name: a module for each model.

use super::models::Models;
use super::resources::Plan;
use super::{attributes, odata};
use crate::names::resolve::Wish;
use crate::names::{Ident, Words};
use crate::rust::{Item, Properties};

/// Those that there are: with names and values for OData, else with names alone. An API has only one of them, as
/// [`crate::conventions`] sees to.
pub(super) fn modules(models: &Models<'_>, plan: &Plan, items: &[Item]) -> Properties {
    let typed = odata::modules(models, plan, items);
    if typed.is_empty() { Properties::Named(attributes::modules(models)) } else { Properties::Typed(typed) }
}

/// The module of a model.
pub(super) fn wish(model: &Ident) -> Wish {
    let words = Words::of(model.as_str());
    Wish::new(model.as_str(), vec![Ident::snake(&words), Ident::snake(&words.then(&Words::of("properties")))])
}
