//! Paths as requests have them, turned into templates: which steps are fixed, and which stand for something else.

use super::variables::{self, Piece};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// As it is, encoded for a template.
    Fixed(String),
    /// Something to be given, with its name where it has one.
    Parameter(Option<String>),
    /// Text with something to be given in it: pieces, and the names between them.
    Mixed(Vec<Part>),
}

/// A piece of a mixed step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text, encoded for a template.
    Text(String),
    /// A name.
    Name(String),
}

/// The steps of a path.
pub(super) fn steps(path: &[String]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(path.len());
    for text in path {
        let before = steps.last().and_then(|step| match step {
            Step::Fixed(text) => Some(text.as_str()),
            Step::Parameter(_) | Step::Mixed(_) => None,
        });
        let step = step(text, before);
        steps.push(step);
    }
    steps
}

/// The same, with words in place of what looks like an id.
pub(super) fn literal(path: &[String]) -> Vec<Step> {
    let fixed =
        |(step, text): (Step, &String)| if step == Step::Parameter(None) { Step::Fixed(encoded(text)) } else { step };
    steps(path).into_iter().zip(path).map(fixed).collect()
}

fn step(text: &str, before: Option<&str>) -> Step {
    if let Some(name) = text.strip_prefix(':').filter(|name| is_word(name)) {
        return Step::Parameter(Some(name.to_owned()));
    }
    let inside = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close).map(str::trim);
    if let Some(inside) = inside('{', '}').or_else(|| inside('<', '>')).filter(|name| is_word(name)) {
        return Step::Parameter(Some(inside.to_owned()));
    }
    let mut parts: Vec<Part> = variables::pieces(text).iter().flat_map(part).collect();
    match &parts[..] {
        [Part::Name(name)] => return Step::Parameter(Some(name.clone()).filter(|name| !name.is_empty())),
        parts if parts.iter().all(|part| matches!(part, Part::Text(_))) => {}
        _ => {
            // Two in a row could not be told apart.
            parts.dedup_by(|a, b| matches!((a, b), (Part::Name(_), Part::Name(_))));
            return if let [Part::Name(name)] = &parts[..] {
                Step::Parameter(Some(name.clone()).filter(|name| !name.is_empty()))
            } else {
                Step::Mixed(parts)
            };
        }
    }
    match text {
        _ if is_id(text, before) => Step::Parameter(None),
        // Steps that mean this folder and the one above would change the path.
        "." | ".." => Step::Fixed(text.replace('.', "%2E")),
        _ => Step::Fixed(encoded(text)),
    }
}

/// Pieces of single braces count as well: people copy paths out of OpenAPI documents.
fn part(piece: &Piece<'_>) -> Vec<Part> {
    let mut rest = match piece {
        Piece::Variable(name) => return vec![Part::Name(clean(name))],
        Piece::Text(text) => *text,
    };
    let mut parts = Vec::new();
    while let Some((before, name, after)) = braces(rest) {
        if !before.is_empty() {
            parts.push(Part::Text(encoded(before)));
        }
        parts.push(Part::Name(clean(name)));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(encoded(rest)));
    }
    parts
}

fn braces(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    is_word(name).then_some((before, name, after))
}

fn is_word(text: &str) -> bool {
    let letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ' ' | '$');
    text.chars().any(char::is_alphanumeric) && text.chars().all(letter)
}

/// A name that may stand in braces; dynamic variables have a `$` before theirs.
pub(super) fn clean(name: &str) -> String {
    let name: String = name.chars().filter(|letter| !letter.is_control() && !"{}/?#\"\\".contains(*letter)).collect();
    name.trim().trim_start_matches('$').trim().to_owned()
}

/// Fixed text as it may stand in a path, so that no request is sent elsewhere: what a path cannot hold is encoded.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Is this an id rather than a word? `4d63c5…`, `1047`, a UUID, an address, a date.
fn is_id(text: &str, before: Option<&str>) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let alphanumeric = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if digits > 0 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') {
        // `/api/2/…` is an edition.
        return !before.is_none_or(|before| matches!(before, "api" | "rest" | "v" | "version"));
    }
    let hex =
        text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-' || byte == "…".as_bytes()[0] || byte > 127);
    let is_hex = hex && text.len() >= 6 && digits >= if text.len() >= 8 { 1 } else { 2 };
    let long = alphanumeric && text.len() >= 16 && digits >= 2;
    let date = text.len() == 10 && digits == 8 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let mail = text.contains('@') && !text.starts_with('@');
    is_hex || long || date || mail
}

/// Could this word be an id, where others of its kind are known to stand? `GB_STANDARD`, `INV-1047`.
pub(super) fn may_be_id(text: &str) -> bool {
    let edition =
        text.strip_prefix(['v', 'V']).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let symbol = text.len() >= 2
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    !edition && (digit || symbol)
}

/// What tells one operation from another: the steps, with `{}` for whatever is to be given.
pub(super) fn shape(steps: &[Step]) -> String {
    let mut shape = String::new();
    for step in steps {
        shape.push('/');
        match step {
            Step::Fixed(text) => shape.push_str(text),
            Step::Parameter(_) => shape.push_str("{}"),
            Step::Mixed(parts) => {
                for part in parts {
                    shape.push_str(match part {
                        Part::Text(text) => text,
                        Part::Name(_) => "{}",
                    });
                }
            }
        }
    }
    if shape.is_empty() { "/".to_owned() } else { shape }
}

/// The shape of a template of a document, and the names in it.
pub(super) fn of_template(template: &str) -> (String, Vec<String>) {
    let (mut shape, mut names) = (String::new(), Vec::new());
    let mut rest = template;
    while let Some((before, name, after)) =
        rest.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)))
    {
        shape.push_str(before);
        shape.push_str("{}");
        names.push(name.to_owned());
        rest = after;
    }
    shape.push_str(rest);
    let trimmed = shape.trim_end_matches('/');
    (if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }, names)
}

/// The names of what is to be given, in order; `None` for one without.
pub(super) fn names(steps: &[Step]) -> Vec<Option<&str>> {
    let mut names = Vec::new();
    for step in steps {
        match step {
            Step::Fixed(_) => {}
            Step::Parameter(name) => names.push(name.as_deref()),
            Step::Mixed(parts) => names.extend(parts.iter().filter_map(|part| match part {
                Part::Name(name) => Some(Some(name.as_str()).filter(|name| !name.is_empty())),
                Part::Text(_) => None,
            })),
        }
    }
    names
}

/// A shape with names put in.
pub(super) fn named(shape: &str, names: &[String]) -> String {
    let mut names = names.iter();
    let mut template = String::with_capacity(shape.len());
    let mut rest = shape;
    while let Some((before, after)) = rest.split_once("{}") {
        template.push_str(before);
        template.push('{');
        template.push_str(names.next().map_or("id", String::as_str));
        template.push('}');
        rest = after;
    }
    template + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> String {
        let path: Vec<String> = path.split('/').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let steps = steps(&path);
        let names: Vec<String> = names(&steps).into_iter().map(|name| name.unwrap_or("?").to_owned()).collect();
        named(&shape(&steps), &names)
    }

    #[test]
    fn steps_are_fixed_or_to_be_given() {
        let cases = [
            ("/contacts/{{contact_id}}", "/contacts/{contact_id}"),
            ("/contacts/:key", "/contacts/{key}"),
            ("/contacts/{id}", "/contacts/{id}"),
            ("/contacts/<id>", "/contacts/{id}"),
            ("/contacts/4d63c5a1", "/contacts/{?}"),
            ("/contacts/4d63c5…", "/contacts/{?}"),
            ("/contacts/1047/lines/3", "/contacts/{?}/lines/{?}"),
            ("/contacts/5f9c1d3e-0000-4a2b-8c1d-2e3f4a5b6c7d", "/contacts/{?}"),
            ("/users/ann@example.com", "/users/{?}"),
            ("/on/2024-02-29", "/on/{?}"),
            ("/contacts/search", "/contacts/search"),
            ("/api/2/issue", "/api/2/issue"),
            ("/v1/oauth2/facade", "/v1/oauth2/facade"),
            ("/files/{{name}}.{{$ext}}", "/files/{name}.{ext}"),
            ("/files/{name}.pdf", "/files/{name}.pdf"),
            ("/a/{{x}}{{y}}/", "/a/{x}"),
            ("/a/{{}}", "/a/{?}"),
            ("/a b/é/{/}/..", "/a%20b/%C3%A9/%7B/%7D/%2E%2E"),
            ("/:", "/:"),
            ("", "/"),
        ];
        for (path, expected) in cases {
            assert_eq!(of(path), expected, "{path}");
        }
    }

    #[test]
    fn templates_have_shapes() {
        assert_eq!(of_template("/a/{b}/c.{d}/"), ("/a/{}/c.{}".to_owned(), vec!["b".to_owned(), "d".to_owned()]));
        assert_eq!(of_template("/").0, "/");
        assert_eq!(of_template("/a{").0, "/a{");
    }

    #[test]
    fn words_are_ids_only_beside_ids() {
        for id in ["GB_STANDARD", "INV-1047", "GBP", "a1"] {
            assert!(may_be_id(id), "{id}");
        }
        for word in ["search", "v2", "V3.1", "Search", "A"] {
            assert!(!may_be_id(word), "{word}");
        }
    }
}
