//! Types as they are written.

use crate::ir;
use crate::rust::Type;

/// A type; models with `prefix` before their names.
pub(crate) fn text(ty: &Type, prefix: &str) -> String {
    let inner = |ty: &Type| text(ty, prefix);
    match ty {
        Type::Bool => "bool".into(),
        Type::Integer(ir::Integer::I32) => "i32".into(),
        Type::Integer(ir::Integer::I64) => "i64".into(),
        Type::Integer(ir::Integer::U32) => "u32".into(),
        Type::Integer(ir::Integer::U64) => "u64".into(),
        Type::Float => "f64".into(),
        Type::Decimal => "rt::Decimal".into(),
        Type::String => "String".into(),
        Type::Date => "rt::NaiveDate".into(),
        Type::DateTime => "rt::DateTime<rt::FixedOffset>".into(),
        Type::When => "rt::When".into(),
        Type::Attributes => "rt::Attributes".into(),
        Type::Sort(request) => format!("rt::Sort<{request}>"),
        Type::OData(option, model) => {
            let name = match option {
                ir::OData::Select => "Select",
                ir::OData::Filter => "Filter",
                ir::OData::OrderBy => "OrderBy",
                ir::OData::Expand => "Expand",
            };
            format!("rt::odata::{name}<{prefix}{model}>")
        }
        Type::Base64 => "rt::Base64".into(),
        Type::Part => "rt::Part".into(),
        Type::Json => "rt::Json".into(),
        Type::Model(name) => format!("{prefix}{name}"),
        Type::Vec(ty) => format!("Vec<{}>", inner(ty)),
        Type::Map(ty) => format!("rt::Map<{}>", inner(ty)),
        Type::Box(ty) => format!("Box<{}>", inner(ty)),
        Type::Option(ty) => format!("Option<{}>", inner(ty)),
        Type::Update(ty) => format!("rt::Update<{}>", inner(ty)),
    }
}

/// The model in a type, if there is one.
pub(super) fn model(ty: &Type) -> Option<&crate::names::Ident> {
    match ty {
        Type::Model(name) => Some(name),
        Type::Vec(ty) | Type::Map(ty) | Type::Box(ty) | Type::Option(ty) | Type::Update(ty) => model(ty),
        _ => None,
    }
}

/// A string literal.
pub(crate) fn literal(text: &str) -> String {
    proc_macro2::Literal::string(text).to_string()
}
