//! Variables, `{{name}}`: of the collection, its folders and environments.

use super::collection::Scope;

/// Variables may name variables; further than this none goes.
const DEPTH: usize = 8;

/// No address is longer than this.
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
    scope.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
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
        let next: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => (*text).to_owned(),
                Piece::Variable(name) => match value(name, scope) {
                    Some(value) => value.to_owned(),
                    None => format!("{{{{{name}}}}}"),
                },
            })
            .collect();
        if next.len() > LONGEST {
            break;
        }
        text = next;
    }
    text
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
    }
}
