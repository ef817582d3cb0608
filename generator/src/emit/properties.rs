//! The properties that requests name: a module for each model.

mod named;
mod typed;

use super::docs;
use crate::rust::{Package, Properties};

/// The module of all of them.
pub(super) const MODULE: &str = "properties";

/// The files, by their paths below the package.
pub(super) fn print(package: &Package) -> Vec<(String, String)> {
    if package.properties.is_empty() {
        return Vec::new();
    }
    let root = |second: &str| {
        let how = match package.properties {
            Properties::Named(_) => "for requests that ask for some of them",
            Properties::Typed(_) => "for requests that choose, filter, sort or expand by them",
        };
        let first = format!("Properties of {} by name, {how}.", package.title);
        docs::comment(&[first, second.to_owned()], 0, "//!")
    };
    match &package.properties {
        Properties::Named(attributes) => {
            let about = root("A module for each model that can be asked for in parts.");
            vec![(format!("{MODULE}.rs"), about + &named::print(attributes))]
        }
        Properties::Typed(modules) => {
            let about = root(
                "A module for each model that is answered. In it, a constant is the name of a property, for `select`, \
                 `orderby` or `expand`; a function is its value, for `filter`.",
            );
            let mut files = vec![(format!("{MODULE}/mod.rs"), about + &typed::root(modules))];
            files.extend(modules.iter().map(|item| (format!("{MODULE}/{}.rs", item.module), typed::print(item))));
            files
        }
    }
}

/// What the module of a model says about itself, given a link to the model.
fn about(link: &str) -> String {
    format!("Properties of {link}.")
}
