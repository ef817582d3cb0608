//! What a path template says: which part names the resource, what it is nested in, and what follows.

use crate::names::Words;

/// A part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Fixed(Words),
    Parameter,
}

/// A path as the resource sees it.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// What it is nested in: `customer` in `/customers/{customerId}/customer_contacts`.
    pub parents: Vec<Words>,
    /// Fixed parts before the resource that are followed by no parameter.
    pub lead: Vec<Words>,
    /// What follows the resource's own part.
    pub tail: Tail,
}

/// What follows the resource's own part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing.
    Collection,
    /// One parameter.
    Item,
    /// A further part, such as `release`; those between; and whether a parameter follows it.
    Action { name: Words, between: Vec<Words>, item: bool },
    /// The resource's part goes on: `new` in `/customers_new`; and whether a parameter follows.
    Variant { rest: Words, item: bool },
    /// The resource's part does not occur; the last fixed part instead, and whether a parameter follows.
    Elsewhere { name: Words, item: bool },
}

/// The fixed parts of a template, and its parameters between them.
fn parts(template: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for text in template.split('/').filter(|text| !text.is_empty()) {
        let mut fixed = String::new();
        let mut depth = 0_usize;
        for c in text.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ if depth == 0 => fixed.push(c),
                _ => {}
            }
        }
        let words = Words::of_step(&fixed);
        parts.push(match words {
            words if !words.is_empty() => Part::Fixed(words),
            _ if text.contains('{') => Part::Parameter,
            // A sign alone is a step as well.
            _ => Part::Fixed(Words::of(text)),
        });
    }
    parts
}

/// The fixed parts of a template.
pub(super) fn fixed(template: &str) -> Vec<Words> {
    let fixed = |part| match part {
        Part::Fixed(words) => Some(words),
        Part::Parameter => None,
    };
    parts(template).into_iter().filter_map(fixed).collect()
}

/// What stands before each parameter of a template, in singular.
pub(super) fn owners(template: &str) -> Vec<Words> {
    let mut owner = Words::default();
    let mut owners = Vec::new();
    for part in parts(template) {
        match part {
            Part::Fixed(words) => owner = words.singular(),
            Part::Parameter => owners.push(owner.clone()),
        }
    }
    owners
}

/// How many parts all of these templates begin with; those say nothing about any of them.
pub(super) fn common_lead<'a>(templates: impl IntoIterator<Item = &'a str>) -> usize {
    let mut templates = templates.into_iter();
    let Some(first) = templates.next().map(parts) else { return 0 };
    let mut several = false;
    let mut shared = first.len();
    for template in templates {
        let other = parts(template);
        several |= other != first;
        shared = shared.min(first.iter().zip(&other).take_while(|(a, b)| a == b).count());
    }
    // The last part is never lead, and one path alone has none.
    let longest_fixed = first.iter().take(shared).filter(|part| matches!(part, Part::Fixed(_))).count();
    if several && longest_fixed > 0 { shared } else { 0 }
}

/// Looks at a path from a resource whose own part is `noun`, past the first `lead` parts.
pub(super) fn shape(template: &str, noun: &Words, lead: usize) -> Shape {
    let all = parts(template);
    let same = |part: &Part| matches!(part, Part::Fixed(words) if words.singular() == noun.singular());
    let longer = |part: &Part| match part {
        Part::Fixed(words) => words.without_prefix(noun).filter(|rest| !rest.is_empty()),
        Part::Parameter => None,
    };
    if let Some(at) = all.iter().rposition(same) {
        let (parents, before) = nesting(all.get(lead..at).unwrap_or_default());
        return Shape { parents, lead: before, tail: tail(&all[at + 1..]) };
    }
    if let Some((at, rest)) = all.iter().enumerate().rev().find_map(|(at, part)| Some((at, longer(part)?))) {
        let (parents, before) = nesting(all.get(lead..at).unwrap_or_default());
        let tail = match tail(&all[at + 1..]) {
            Tail::Collection => Tail::Variant { rest, item: false },
            Tail::Item => Tail::Variant { rest, item: true },
            other => other,
        };
        return Shape { parents, lead: before, tail };
    }
    let at = all.iter().rposition(|part| matches!(part, Part::Fixed(_)));
    let (parents, before) = nesting(all.get(lead..at.unwrap_or(0)).unwrap_or_default());
    let name = match at.and_then(|at| all.get(at)) {
        Some(Part::Fixed(words)) => words.clone(),
        _ => Words::default(),
    };
    let item = at.is_some_and(|at| at + 1 < all.len());
    Shape { parents, lead: before, tail: Tail::Elsewhere { name, item } }
}

/// Fixed parts that a parameter follows, in singular, and those that none follows.
fn nesting(parts: &[Part]) -> (Vec<Words>, Vec<Words>) {
    let (mut parents, mut others) = (Vec::new(), Vec::new());
    for (index, part) in parts.iter().enumerate() {
        if let Part::Fixed(words) = part {
            match parts.get(index + 1) {
                Some(Part::Fixed(_)) => others.push(words.clone()),
                Some(Part::Parameter) => parents.push(words.singular()),
                None => others.push(words.clone()),
            }
        }
    }
    (parents, others)
}

fn tail(rest: &[Part]) -> Tail {
    let fixed: Vec<&Words> = rest
        .iter()
        .filter_map(|part| match part {
            Part::Fixed(words) => Some(words),
            Part::Parameter => None,
        })
        .collect();
    match fixed.split_last() {
        None if rest.is_empty() => Tail::Collection,
        None => Tail::Item,
        Some((name, between)) => Tail::Action {
            name: (*name).clone(),
            between: between.iter().map(|words| (*words).clone()).collect(),
            item: matches!(rest.last(), Some(Part::Parameter)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Tail, common_lead, shape};
    use crate::names::Words;

    #[test]
    fn shapes() {
        let release = Tail::Action { name: Words::of("release"), between: vec![], item: false };
        let new = Tail::Variant { rest: Words::of("new"), item: true };
        for (template, noun, parents, tail) in [
            ("/contacts", "contacts", "", Tail::Collection),
            ("/contacts/{key}", "contacts", "", Tail::Item),
            ("/sales_invoices/{key}/release", "sales_invoices", "", release),
            ("/customers/{customerId}/customer_contacts/{Id}", "Customer Contacts", "customer", Tail::Item),
            ("/a/{x}/bees/{y}/cs", "cs", "a bee", Tail::Collection),
            ("/pop_orders_new/{Id}", "POP Orders", "", new),
        ] {
            let shape = shape(template, &Words::of(noun), 0);
            let names: Vec<String> = shape.parents.iter().map(Words::snake).collect();
            assert_eq!((names.join(" ").as_str(), shape.tail), (parents, tail), "{template}");
        }
    }

    #[test]
    fn encoded_steps_are_read() {
        for (step, words) in
            [("Search%20Results", "search_results"), ("caf%C3%A9", "cafe"), ("100%", "100"), ("%ff%2", "2")]
        {
            assert_eq!(super::fixed(&format!("/{step}"))[0].snake(), words, "{step}");
        }
        assert_eq!(super::fixed("/%20/-/{id}"), [Words::of("20"), Words::of("minus")]);
    }

    #[test]
    fn what_all_paths_share_says_nothing() {
        assert_eq!(common_lead(["/v1/pets", "/v1/pets/{id}"]), 2);
        assert_eq!(common_lead(["/v1/pets", "/v1/owners"]), 1);
        assert_eq!(common_lead(["/pets", "/owners"]), 0);
    }
}
