//! Where operations are to be had: the countries and tiers of an API, and which operation is where.

use std::collections::BTreeSet;

use super::{docs, types};
use crate::ir;
use crate::names::{Ident, Words};
use crate::ordered;
use crate::rust::{Availability, Available, Choice};

/// Stands for every tier.
const ANY: &str = "all";

/// What is said of operations fits into so many bits; where it does not, it stands in the documentation alone.
const MOST: usize = 63;

/// The countries and the tiers of an API; `None`: no operation says where it is to be had.
pub(super) fn lower(api: &ir::Api) -> Option<Availability> {
    let terms = || api.operations.iter().flat_map(|operation| &operation.terms.availability);
    let tiers: BTreeSet<&str> = ordered::set(terms().map(|(tier, _)| tier.as_str()).filter(|tier| *tier != ANY));
    let countries: BTreeSet<&str> = ordered::set(terms().flat_map(|(_, list)| list).map(String::as_str));
    if tiers.is_empty() || countries.is_empty() || tiers.len() * countries.len() > MOST {
        return None;
    }
    let variables = api.client.variables.iter();
    let taken: Vec<Ident> = variables.map(|variable| Ident::camel(&Words::of(&variable.name))).collect();
    Some(Availability { countries: choice("country", &countries, &taken), tiers: choice("tier", &tiers, &taken) })
}

/// Where an operation is to be had, for the program and for its readers.
pub(super) fn of(availability: Option<&Availability>, operation: &ir::Operation) -> Option<Available> {
    let words = docs::availability(&operation.terms.availability)?;
    Some(Available { bits: bits(availability, operation)?, words })
}

/// A bit for each tier in each country where an operation is to be had, and one that says that it is known. One that says only with which tiers it is not is to be had with the others.
fn bits(availability: Option<&Availability>, operation: &ir::Operation) -> Option<u64> {
    let (availability, listed) = (availability?, &operation.terms.availability);
    if listed.is_empty() {
        return None;
    }
    let only_denied = listed.iter().all(|(_, countries)| countries.is_empty());
    let mut bits = 1 << 63;
    let mut bit = 1;
    for (_, tier) in &availability.tiers.variants {
        let said: Vec<&Vec<String>> =
            listed.iter().filter(|(name, _)| name == tier || name == ANY).map(|(_, countries)| countries).collect();
        for (_, country) in &availability.countries.variants {
            if said.iter().any(|countries| countries.contains(country)) || (only_denied && said.is_empty()) {
                bits |= bit;
            }
            bit <<= 1;
        }
    }
    Some(bits)
}

fn choice(name: &str, values: &BTreeSet<&str>, taken: &[Ident]) -> Choice {
    let plain = Ident::camel(&Words::of(name));
    let name = if taken.contains(&plain) { plain.with_suffix("Choice") } else { plain };
    let names = types::members(values.iter().copied(), None, plain_value, candidates, &|name| name == "Unknown");
    let variants = values.iter().filter_map(|value| Some((names.get(*value)?.clone(), (*value).to_owned())));
    Choice { name, variants: variants.collect() }
}

/// Codes of two letters stay as everyone writes them: `GB`.
fn candidates(value: &str) -> Vec<Ident> {
    let code = Ident::parse(value).filter(|_| value.len() == 2 && value.bytes().all(|b| b.is_ascii_uppercase()));
    code.into_iter().chain(types::variant_names(value)).collect()
}

fn plain_value(value: &str) -> Ident {
    candidates(value).swap_remove(0)
}

#[cfg(test)]
mod tests {
    use super::{bits, lower};
    use crate::normalize::tests::run;

    #[test]
    fn tiers_and_countries_are_bits() {
        let operation = |path: &str, terms: &str| {
            format!("  /{path}: {{get: {{{terms}responses: {{'204': {{description: d}}}}}}}}\n")
        };
        let said = |path: &str, terms: &str| operation(path, &format!("x-sage-availability: {{{terms}}}, "));
        let paths = [
            said("a", "plus: [FR, GB], start: [GB]"),
            said("b", "all: [FR]"),
            said("c", "start: []"),
            said("d", "plus: [], start: []"),
            operation("e", ""),
        ];
        let run = run(&[&format!("openapi: 3.0.3\npaths:\n{}", paths.concat())]);
        let availability = lower(&run.api).unwrap();
        let known = 1 << 63;
        // FR and GB with Plus, then with Start.
        let found: Vec<Option<u64>> =
            run.api.operations.iter().map(|operation| bits(Some(&availability), operation)).collect();
        assert_eq!(found, [Some(known | 0b1011), Some(known | 0b0101), Some(known | 0b0011), Some(known), None]);
    }
}
