//! All operations of an API, and where they are to be had; second names of methods.

use std::fmt::Write as _;

use super::layout::{Expr, function};
use super::{docs, models};
use crate::rust::{Also, Availability, Choice, Method, Package};

/// The list of all operations: `rt::operations! { contacts: LIST GET; }`.
pub(super) fn list(package: &Package) -> String {
    if package.resources.is_empty() {
        return String::new();
    }
    let mut out = String::from("\nrt::operations! {\n");
    for resource in &package.resources {
        let _ = write!(out, "    {}:", resource.module);
        for method in &resource.methods {
            let _ = write!(out, " {}", method.constant);
        }
        out.push_str(";\n");
    }
    out.push_str("}\n");
    out
}

/// The countries and the tiers, and in which of them operations are to be had.
pub(super) fn availability(availability: &Availability) -> String {
    let (country, tier) = (&availability.countries, &availability.tiers);
    let mut out = String::from("\n");
    let about = |what: &str| format!("{what}: see [`Operation::available_in`](rt::Operation::available_in).");
    let countries = about("A country in which the service is to be had");
    out.push_str(&models::string_enum(&country.name, &[countries], &country.variants));
    out.push('\n');
    out.push_str(&models::string_enum(&tier.name, &[about("A tier of the product")], &tier.variants));
    let numbered = |choice: &Choice, step: usize| {
        let each = choice.variants.iter().enumerate().map(|(index, (name, _))| format!("{name} = {}", index * step));
        format!("    {}: {};\n", choice.name, each.collect::<Vec<_>>().join(", "))
    };
    let (countries, tiers) = (numbered(country, 1), numbered(tier, country.variants.len()));
    out + &format!("\nrt::availability! {{\n{countries}{tiers}}}\n")
}

/// A method that calls another one: `given` are the arguments of that, as they are declared.
pub(super) fn also(
    method: &Method,
    also: &Also,
    given: &[String],
    output: &str,
    accepted: &[(String, String, String)],
) -> String {
    let mut arguments = given.to_vec();
    let passed = method.arguments.iter().map(|argument| Expr::atom(argument.name.as_str())).collect();
    let mut body = Expr::atom("self").method(method.name.as_str(), passed);
    for (argument, ty, setter) in accepted {
        arguments.push(format!("{argument}: {ty}"));
        body = body.method(setter, vec![Expr::atom(argument)]);
    }
    let mut out = docs::comment(&also.docs, 4, "///");
    if method.deprecated {
        out.push_str("    #[deprecated]\n");
    }
    out + &function(&format!("pub fn {}", also.name), &arguments, output, &body, 4)
}
