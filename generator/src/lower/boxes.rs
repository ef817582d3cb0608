//! Where boxes go.
//!
//! In replies every model within a model is boxed: most of what may be there is not, and models in place of pointers add
//! up (43 kB for an order line of Sage 200). It is all of them, whatever their size, so that a model which grows changes
//! no other one's type. Requests are written as literals and hold few models, so there only cycles are boxed: they are
//! found on the finished graph, and inside of one an edge is boxed if it leads to a name that is not greater than the one
//! it comes from. Every cycle has such an edge, and the order of the document plays no part.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::components;
use crate::names::Ident;
use crate::ordered;
use crate::rust::{Item, Role, Type};

/// Boxes what is to be boxed.
pub(super) fn place(items: &mut [Item]) {
    let numbers: BTreeMap<Ident, usize> =
        ordered::map(items.iter().enumerate().map(|(number, item)| (item.name().clone(), number)));
    let structs: BTreeSet<Ident> =
        ordered::set(items.iter().filter(|item| matches!(item, Item::Struct(_))).map(|item| item.name().clone()));
    let edges: Vec<Vec<usize>> =
        items.iter().map(|item| held(item).filter_map(|name| numbers.get(name).copied()).collect()).collect();
    let component = components(&edges);
    for (number, item) in items.iter_mut().enumerate() {
        let Item::Struct(item) = item else { continue };
        let from = item.name.clone();
        // A component of one type is a cycle only if the type holds itself, and then the edge leads to it.
        let cyclic =
            |name: &Ident| numbers.get(name).is_some_and(|&to| component[to] == component[number]) && *name <= from;
        for field in &mut item.fields {
            box_cycle(&mut field.ty, &cyclic);
            if item.role == Role::Reply {
                box_type(&mut field.ty, &|name| structs.contains(name));
            }
        }
    }
}

/// The models that a type holds in place. A choice boxes what it holds anyway.
fn held(item: &Item) -> impl Iterator<Item = &Ident> {
    let fields = match item {
        Item::Struct(item) => item.fields.as_slice(),
        Item::Union(_) | Item::Enum(_) => &[],
    };
    fields.iter().filter_map(|field| in_place(&field.ty))
}

fn in_place(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Model(name) => Some(name),
        Type::Option(inner) | Type::Update(inner) => in_place(inner),
        _ => None,
    }
}

/// A value that must hold another of its own type could never be made, so what is required becomes optional here.
fn box_cycle(ty: &mut Type, cyclic: &dyn Fn(&Ident) -> bool) {
    let plain = matches!(ty, Type::Model(_));
    box_type(ty, cyclic);
    if plain && matches!(ty, Type::Box(_)) {
        *ty = Type::Option(Box::new(ty.clone()));
    }
}

fn box_type(ty: &mut Type, cyclic: &dyn Fn(&Ident) -> bool) {
    match ty {
        Type::Option(inner) | Type::Update(inner) => box_type(inner, cyclic),
        Type::Model(name) if cyclic(name) => {
            *ty = Type::Box(Box::new(Type::Model(name.clone())));
        }
        _ => {}
    }
}
