//! Variables, `{{name}}`: of the collection, its folders and environments.

use std::collections::BTreeSet;

use super::collection::Scope;
use crate::ordered;

/// Variables may name variables; further than this none goes.
const DEPTH: usize = 8;

/// Nothing that variables are put into becomes longer than this.
const LONGEST: usize = 4096;

/// A piece of a text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text as it is.
    Text(&'t str),
    /// The name of a variable.
    Variable(&'t str),
}

/// The pieces of `text`; braces that are never closed are text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start + 2..].find("}}") else { break };
        // Of `{{{a}}` the inner two are meant.
        let inside = &rest[start + 2..start + 2 + length];
        let skip = inside.rfind('{').map_or(0, |at| at + 1);
        if start + skip > 0 {
            pieces.push(Piece::Text(&rest[..start + skip]));
        }
        pieces.push(Piece::Variable(inside[skip..].trim()));
        rest = &rest[start + length + 4..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// What a variable is set to, if it is to anything.
pub(super) fn value<'s>(name: &str, scope: &'s Scope) -> Option<&'s str> {
    scope.get(name).map(str::trim).filter(|value| !value.is_empty())
}

/// `text` with the variables that are known put in.
pub(super) fn expand(text: &str, scope: &Scope) -> String {
    let mut text = text.to_owned();
    for _ in 0..DEPTH {
        let known = |piece: &Piece<'_>| matches!(piece, Piece::Variable(name) if value(name, scope).is_some());
        let pieces = pieces(&text);
        if !pieces.iter().any(known) {
            break;
        }
        match put_in(&pieces, scope) {
            Some(next) => text = next,
            None => break,
        }
    }
    text
}

/// The pieces with the values of their variables; `None` if that is too long.
fn put_in(pieces: &[Piece<'_>], scope: &Scope) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Variable(name) => match value(name, scope) {
                Some(value) => text.push_str(value),
                None => text.extend(["{{", name, "}}"]),
            },
        }
        if text.len() > LONGEST {
            return None;
        }
    }
    Some(text)
}

/// The names of all variables in a text.
pub(super) fn names(text: &str) -> BTreeSet<&str> {
    let variables = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable(name) => Some(name),
        Piece::Text(_) => None,
    });
    ordered::set(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_and_put_in() {
        let set = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let scope: Scope = set(&[("base", "https://{{host}}/v1"), ("host", "a.b"), ("loop", "{{loop}}x"), ("no", "")]);
        let cases = [
            ("{{base}}/c", "https://a.b/v1/c"),
            ("{{ base }}/{{id}}", "https://a.b/v1/{{id}}"),
            ("{{no}}{{{host}}}", "{{no}}{a.b}"),
            ("{{open", "{{open"),
            ("{{}}", "{{}}"),
        ];
        for (text, expected) in cases {
            assert_eq!(expand(text, &scope), expected, "{text}");
        }
        assert!(expand("{{loop}}", &scope).len() < 100);
        let large: Scope = [("large".to_owned(), "x".repeat(LONGEST / 2))].into_iter().collect();
        assert_eq!(expand("{{large}}{{large}}{{large}}", &large), "{{large}}{{large}}{{large}}");
        assert_eq!(names("{{ a }}/{{b}}{{{c}}}{{a}}{{d").into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
