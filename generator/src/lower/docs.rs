//! Sentences of documentation, made from facts.
//!
//! Whatever comes from a document goes through [`code`] or [`prose`], so that it can be neither markup, nor a link, nor
//! a second line. Everything else is written here.

use crate::ir;
use crate::names::Words;
use crate::names::words::begins_with_vowel;
use crate::node::Node;
use crate::rust::Docs;

/// A piece of a document as code: no markup in it, on one line.
pub(crate) fn code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A piece of a document as prose: all markup in it escaped, on one line.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let word = visible(word);
        for (at, c) in word.char_indices() {
            let link = c == ':' && word[at..].starts_with("://") || c == '.' && word.starts_with("www.");
            let sign = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$');
            let bullet = at == 0 && matches!(c, '-' | '+' | '=');
            let number = matches!(c, '.' | ')') && at > 0 && word[..at].bytes().all(|b| b.is_ascii_digit());
            if link || sign || bullet || number {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// Without line breaks, and with what cannot be seen spelled out.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let unseen = c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if unseen { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// A phrase with a capital at its start and a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// "a contact", "an address", "business settings".
pub(super) fn thing(words: &Words) -> String {
    let text = words.prose();
    if words.singular() != *words || words.last().is_some_and(|last| UNCOUNTED.contains(&last)) {
        return text;
    }
    format!("{} {text}", if begins_with_vowel(&text) { "an" } else { "a" })
}

/// Words of which there are not several.
const UNCOUNTED: &[&str] = &["data", "despatch", "information", "validation"];

/// "a, b and c"
pub(crate) fn list(items: &[String]) -> String {
    joined(items, "and")
}

/// "a, b or c"
pub(super) fn choice(items: &[String]) -> String {
    joined(items, "or")
}

fn joined(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} {word} {last}", init.join(", ")),
    }
}

/// Text of the settings, where backticks hold code.
pub(super) fn phrase(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            out.push_str(&code(part));
            continue;
        }
        let (start, end) = (part.starts_with(' '), part.len() > 1 && part.ends_with(' '));
        out.push_str(if start { " " } else { "" });
        out.push_str(&prose(part));
        out.push_str(if end { " " } else { "" });
    }
    out
}

/// A value of a document, as it would be written there.
pub(super) fn value(node: &Node) -> Option<String> {
    match node {
        Node::Null | Node::Array(_) | Node::Object(_) => None,
        Node::Bool(value) => Some(code(&value.to_string())),
        Node::Number(value) => Some(code(value.as_str())),
        Node::String(value) if value.is_empty() => Some("empty".to_owned()),
        Node::String(value) => Some(code(value)),
    }
}

/// Limits as phrases: "at most 50 characters".
pub(super) fn limits(limits: &ir::Limits) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(range(
        limits.min_length.map(|n| n.to_string()),
        limits.max_length.map(|n| n.to_string()),
        " characters",
    ));
    out.extend(range(limits.minimum.clone(), limits.maximum.clone(), ""));
    out.extend(range(limits.min_items.map(|n| n.to_string()), limits.max_items.map(|n| n.to_string()), " items"));
    out.extend(limits.pattern.iter().map(|pattern| format!("matching {}", code(pattern))));
    out.extend(limits.other.iter().map(|phrase| prose(phrase)));
    out
}

fn range(least: Option<String>, most: Option<String>, unit: &str) -> Option<String> {
    let unit_of = |number: &str| if number == "1" { unit.trim_end_matches('s').to_owned() } else { unit.to_owned() };
    match (least.map(|text| prose(&text)), most.map(|text| prose(&text))) {
        (Some(least), Some(most)) if least == most && !unit.is_empty() => Some(format!("{most}{}", unit_of(&most))),
        (Some(least), Some(most)) if least == "0" && !unit.is_empty() => {
            Some(format!("at most {most}{}", unit_of(&most)))
        }
        (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
        (Some(least), None) if least == "0" && !unit.is_empty() => None,
        (Some(least), None) => Some(format!("at least {least}{}", unit_of(&least))),
        (None, Some(most)) => Some(format!("at most {most}{}", unit_of(&most))),
        (None, None) => None,
    }
}

/// Where something is to be had and who may use it, a paragraph each.
pub(super) fn terms(terms: &ir::Terms) -> Docs {
    editions(terms).into_iter().chain(roles(terms)).collect()
}

/// Where something is to be had, a paragraph each.
pub(super) fn editions(terms: &ir::Terms) -> Docs {
    let mut out = Docs::new();
    out.extend(availability(&terms.availability));
    if terms.professional_only {
        out.push("Only in Professional, not in Standard.".to_owned());
    }
    out
}

/// "Needs the role Read Only or Full Access in Bank or Sales, or Full Access in Settings."
pub(super) fn roles(terms: &ir::Terms) -> Option<String> {
    let mut groups: Vec<(&[String], Vec<String>)> = Vec::new();
    for (area, levels) in &terms.roles {
        match groups.iter_mut().find(|(known, _)| known == levels) {
            Some((_, areas)) => areas.push(prose(area)),
            None => groups.push((levels, vec![prose(area)])),
        }
    }
    let word = if terms.roles_everywhere { "and" } else { "or" };
    let each = groups.iter().map(|(levels, areas)| {
        let levels: Vec<String> = levels.iter().map(|level| prose(level)).collect();
        format!("{} in {}", choice(&levels), joined(areas, word))
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| format!("Needs the role {}.", each.join(&format!(", {word} "))))
}

/// "Available with Plus and Start in CA and GB, and with Standard in GB. Not with Extra.": a tier without countries has
/// none of it, and the tier `all` stands for every one.
pub(super) fn availability(tiers: &[(String, Vec<String>)]) -> Option<String> {
    let mut groups: Vec<(&[String], Vec<String>)> = Vec::new();
    for (tier, countries) in tiers {
        let name = prose(sentence(&Words::of(tier).prose()).trim_end_matches('.'));
        match groups.iter_mut().find(|(known, _)| known == countries) {
            Some((_, names)) => names.push(name),
            None => groups.push((countries, vec![name])),
        }
    }
    let (without, with): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(countries, _)| countries.is_empty());
    let countries = |group: &(&[String], Vec<String>)| {
        let each: Vec<String> = group.0.iter().map(|country| prose(country)).collect();
        list(&each)
    };
    let each = with.iter().map(|group| format!("with {} in {}", list(&group.1), countries(group)));
    let available = match tiers {
        [(tier, _)] if tier == "all" => with.first().map(|group| format!("Only in {}.", countries(group))),
        _ if with.is_empty() => None,
        _ => Some(format!("Available {}.", each.collect::<Vec<_>>().join(", and "))),
    };
    let missing = without.first().map(|(_, names)| format!("Not with {}.", list(names)));
    let sentences: Vec<String> = available.into_iter().chain(missing).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// Prose of the document, a paragraph for each of its own; only there if the document was kept with its prose.
pub(super) fn paragraphs(text: Option<&str>) -> Docs {
    let blocks = text.unwrap_or_default().split("\n\n").map(prose);
    blocks.filter(|block| !block.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{code, limits, phrase, prose, terms, thing};
    use crate::ir::{Limits, Terms};
    use crate::names::Words;

    #[test]
    fn nothing_gets_out_of_code() {
        for (text, shown) in [("a", "`a`"), ("", "`  `"), ("`", "`` ` ``"), ("a``b", "```a``b```"), ("*/\n", "`*/\\n`")]
        {
            assert_eq!(code(text), shown);
        }
    }

    #[test]
    fn prose_has_no_markup() {
        for (text, shown) in [
            ("see [x](http://y)\n\n    code", "see \\[x\\](http\\://y) code"),
            ("- a <b>&amp;", "\\- a \\<b\\>\\&amp;"),
            ("1. first", "1\\. first"),
            ("\u{202e}x", "\\\\u{202e}x"),
        ] {
            assert_eq!(prose(text), shown);
        }
    }

    #[test]
    fn ranges() {
        let text = |limits_: Limits| limits(&limits_).join(", ");
        assert_eq!(text(Limits { max_length: Some(50), ..Limits::default() }), "at most 50 characters");
        let days = Limits { minimum: Some("0".into()), maximum: Some("365".into()), ..Limits::default() };
        assert_eq!(text(days), "0 to 365");
        assert_eq!(text(Limits { min_items: Some(1), ..Limits::default() }), "at least 1 item");
    }

    #[test]
    fn articles() {
        for (name, text) in [
            ("Address", "an address"),
            ("EuSalesDescription", "an EU sales description"),
            ("SopOrder", "an SOP order"),
            ("PopOrder", "a POP order"),
            ("SofaCategory", "a SOFA category"),
            ("Unit", "a unit"),
            ("BusinessSettings", "business settings"),
        ] {
            assert_eq!(thing(&Words::of(name)), text);
        }
    }

    #[test]
    fn terms_are_said_once() {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect::<Vec<String>>();
        let any = words(&["Read Only", "Full Access"]);
        let mut facts = Terms {
            availability: vec![
                ("plus".into(), words(&["CA", "GB"])),
                ("standard".into(), words(&["GB"])),
                ("start".into(), words(&["CA", "GB"])),
            ],
            roles: vec![("Bank".into(), any.clone()), ("Sales".into(), any), ("Tax".into(), words(&["Full Access"]))],
            ..Terms::default()
        };
        let available = "Available with Plus and Start in CA and GB, and with Standard in GB.";
        let needs = "Needs the role Read Only or Full Access in Bank or Sales, or Full Access in Tax.";
        assert_eq!(terms(&facts), [available, needs]);
        facts =
            Terms { roles: vec![facts.roles.remove(2), ("User".into(), words(&["Full Access"]))], ..Terms::default() };
        facts.roles_everywhere = true;
        assert_eq!(terms(&facts), ["Needs the role Full Access in Tax and User."]);
    }

    #[test]
    fn settings_may_hold_code() {
        assert_eq!(phrase("names, or `all`; <b>"), "names, or `all`; \\<b\\>");
    }
}
