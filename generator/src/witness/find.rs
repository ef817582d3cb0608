//! The operation that a witness is of.

use super::Of;
use crate::ir;
use crate::rust::{Method, Package, Resource};

/// Why it is not known.
pub(super) enum Unknown {
    /// There is none.
    None,
    /// There are several, at several base URLs; in words.
    Several(String),
}

/// The operation that is meant, with the resource that it stands in.
pub(super) fn find<'a>(of: &Of, package: &'a Package) -> Result<(&'a Resource, &'a Method), Unknown> {
    let methods = package.resources.iter().flat_map(|resource| resource.methods.iter().map(move |m| (resource, m)));
    let is_meant = |(_, method): &(&Resource, &Method)| {
        let operation = &method.operation;
        match of {
            Of::Id(id) => operation.id == *id,
            Of::At(verb, path) => {
                operation.method == *verb && ir::names_operation(path, operation.beside.as_deref(), &operation.path)
            }
        }
    };
    let mut found: Vec<(&Resource, &Method)> = Vec::new();
    for one in methods.filter(is_meant) {
        // A method may have a second name.
        if found.iter().all(|(_, known)| known.operation.beside != one.1.operation.beside) {
            found.push(one);
        }
    }
    match found.as_slice() {
        [] => Err(Unknown::None),
        [one] => Ok(*one),
        several => {
            let spelled = several.iter().map(|(_, method)| {
                let operation = &method.operation;
                format!("`{}`", ir::spell_operation(operation.method, operation.beside.as_deref(), &operation.path))
            });
            Err(Unknown::Several(spelled.collect::<Vec<_>>().join(" or ")))
        }
    }
}
