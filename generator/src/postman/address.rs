//! Where requests go, and what of it is the base URL.

use std::collections::BTreeMap;

use super::collection::{Collection, Scope};
use super::template;
use super::url::Url;
use super::variables::{self, Piece};
use crate::config::Variable;
use crate::node::Node;
use crate::source::Place;

/// Where one request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// `https://api.example.com`, perhaps with variables in it; `None` where only a variable stands that nothing sets.
    pub(super) origin: Option<String>,
    /// The steps of the path.
    pub(super) path: Vec<String>,
    /// How many of them come from the variable that holds the base URL.
    pub(super) given: usize,
}

/// The address of a request, with the variables of its beginning put in.
pub(super) fn of(url: &Url, scope: &Scope) -> Address {
    let host = variables::expand(&url.host, scope);
    let (scheme, rest) = match host.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, host.as_str()),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, steps) = match rest.split_once('/') {
        Some((authority, steps)) => (authority, steps),
        None => (rest, ""),
    };
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let mut path: Vec<String> = Vec::new();
    let known = is_known(authority, scheme.is_some());
    if !known && !authority.starts_with("{{") && !authority.is_empty() {
        path.push(authority.to_owned());
    }
    path.extend(steps.split('/').filter(|step| !step.is_empty()).map(str::to_owned));
    let given = path.len();
    path.extend(url.path.iter().cloned());
    let scheme = scheme.filter(|scheme| !scheme.contains("{{")).unwrap_or("https").to_ascii_lowercase();
    Address { origin: known.then(|| format!("{scheme}://{authority}")), path, given }
}

/// Is it the name of a host? A word without a dot is the first step of a path, unless there is a scheme before it.
fn is_known(authority: &str, scheme: bool) -> bool {
    let fixed = variables::pieces(authority).iter().any(|piece| match piece {
        Piece::Text(text) => text.bytes().any(|byte| byte.is_ascii_alphanumeric()) && text.contains(['.', ':']),
        Piece::Variable(_) => false,
    });
    let whole = !authority.contains("{{") && !authority.is_empty() && (scheme || authority == "localhost");
    (fixed && !authority.starts_with(':')) || whole
}

/// Scheme and host of an address, with variables in single braces.
pub(super) fn origin(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    url[..end].replace("{{", "{").replace("}}", "}")
}

/// The path of a base URL.
#[derive(Debug, Default)]
pub(super) struct Prefix(Vec<Base>);

/// A step of it.
#[derive(Debug)]
enum Base {
    /// As it is.
    Fixed(String),
    /// A variable, and what is known of its values.
    Variable(Vec<String>),
}

/// The steps of a base URL; those in braces are variables.
pub(super) fn prefix(base_url: &str, variables: &[Variable]) -> Prefix {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let step = |step: &str| match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
        Some(name) => {
            let known = variables.iter().filter(|variable| variable.name == name);
            let values = known
                .flat_map(|variable| variable.values.iter().map(|(_, text)| text).chain(&variable.default).cloned());
            Base::Variable(values.collect())
        }
        None => Base::Fixed(step.to_owned()),
    };
    Prefix(rest.split('/').skip(1).filter(|step| !step.is_empty()).map(step).collect())
}

/// What of a path comes after the base URL; all of it if it does not start like that.
pub(super) fn behind<'p>(path: &'p [String], prefix: &Prefix, scope: &Scope) -> &'p [String] {
    let Some(start) = path.get(..prefix.0.len()) else { return path };
    // A variable may be anything where a fixed step after it shows that this is the base URL.
    let shown = prefix.0.iter().rposition(|base| matches!(base, Base::Fixed(_))).unwrap_or(0);
    let same = |(at, (step, base)): (usize, (&String, &Base))| match base {
        Base::Fixed(text) => step == text || variables::expand(step, scope) == *text,
        Base::Variable(values) => {
            at < shown
                || matches!(template::steps(std::slice::from_ref(step))[..], [template::Step::Parameter(_)])
                || values.contains(step)
        }
    };
    if start.iter().zip(&prefix.0).enumerate().all(same) { &path[prefix.0.len()..] } else { path }
}

/// The base URL that most requests share, as a server of OpenAPI, and the first request with it; `None` if no host is
/// known.
pub(super) fn server(collections: &[Collection]) -> Option<(Node, Place)> {
    let requests = || collections.iter().flat_map(|collection| &collection.requests);
    let addresses: Vec<Address> = requests().map(|request| of(&request.url, &request.scope)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for origin in addresses.iter().filter_map(|address| address.origin.as_deref()) {
        *counts.entry(origin).or_default() += 1;
    }
    // Tokens go to safe places only, so that such an address is better than one which is named more often.
    let best = |(origin, count): &(&&str, &usize)| (origin.starts_with("https://"), **count);
    let (origin, _) = counts.iter().rev().max_by_key(best)?;
    let same = || addresses.iter().filter(|address| address.origin.as_deref() == Some(origin));
    let given = common(same().map(|address| &address.path[..address.given]));
    let all = common(addresses.iter().map(|address| address.path.as_slice()));
    let mut steps = given.to_vec();
    // A variable after which something comes in every request is said once for all of them.
    let shortest = addresses.iter().map(|address| address.path.len()).min().unwrap_or(0);
    if addresses.len() > 1 && all.len() > given.len() {
        let last = all.len().min(shortest.saturating_sub(1)).max(given.len());
        let tail = all[given.len()..last].iter().take_while(|step| step.starts_with("{{") && step.ends_with("}}"));
        steps.extend(tail.cloned());
    }
    let first = requests().zip(&addresses).find(|(_, address)| address.origin.as_deref() == Some(*origin));
    let url = format!("{origin}{}", steps.iter().map(|step| format!("/{step}")).collect::<String>());
    let mut variables = crate::node::Object::default();
    let mut template = String::new();
    for piece in variables::pieces(&url) {
        match piece {
            Piece::Text(text) => template.push_str(text),
            Piece::Variable(name) => {
                let clean = template::clean(name);
                let value = requests().find_map(|request| variables::value(name, &request.scope));
                let default = value.map_or_else(Node::default, Node::from);
                template.push_str(&format!("{{{clean}}}"));
                variables.insert(clean, Node::from([("default", default)]));
            }
        }
    }
    let server = Node::from([("url", Node::from(template)), ("variables", Node::from(variables))]);
    first.map(|(request, _)| (server, request.place.clone()))
}

/// What all paths begin with.
fn common<'p>(mut paths: impl Iterator<Item = &'p [String]>) -> &'p [String] {
    let Some(mut start) = paths.next() else { return &[] };
    for path in paths {
        let length = start.iter().zip(path).take_while(|(a, b)| a == b).count();
        start = &start[..length];
    }
    start
}

#[cfg(test)]
mod tests {
    use super::super::url;
    use super::*;

    fn address(text: &str) -> String {
        let set = [("base", "https://a.b/v1/"), ("host", "a.b"), ("plain", "a.b/v2")];
        let scope: Scope = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let found = of(&url::parse(text, &Place::root(&"a".into())), &scope);
        format!("{} {} {}", found.origin.as_deref().unwrap_or("?"), found.given, found.path.join("/"))
    }

    #[test]
    fn addresses_are_found_behind_variables() {
        let cases = [
            ("{{base}}/c/{{id}}", "https://a.b 1 v1/c/{{id}}"),
            ("https://{{host}}/c", "https://a.b 0 c"),
            ("{{plain}}/c", "https://a.b 1 v2/c"),
            ("{{unknown}}/c", "? 0 c"),
            ("{{unknown}}.a.b/c", "https://{{unknown}}.a.b 0 c"),
            ("http://localhost:3000/c", "http://localhost:3000 0 c"),
            ("http://localhost/c", "http://localhost 0 c"),
            ("localhost:3000/c", "https://localhost:3000 0 c"),
            ("{{scheme}}://{{unknown}}/c", "? 0 c"),
            ("https://u:p@a.b/c", "https://a.b 0 c"),
            ("api/c", "? 1 api/c"),
            ("/c", "? 0 c"),
            ("", "? 0 "),
        ];
        for (text, expected) in cases {
            assert_eq!(address(text), expected, "{text}");
        }
    }

    #[test]
    fn base_urls_are_taken_off() {
        let path: Vec<String> = ["uki", "core", "{{edition}}", "me"].map(str::to_owned).into();
        let scope: Scope = [("edition".to_owned(), "v3".to_owned())].into_iter().collect();
        assert_eq!(behind(&path, &prefix("https://a.b/{region}/core/v3", &[]), &scope), ["me"]);
        assert_eq!(behind(&path, &prefix("https://a.b/{region}/accounts/v3", &[]), &scope), path);
        assert_eq!(behind(&path, &prefix("https://a.b", &[]), &scope), path);
        assert_eq!(behind(&path[3..], &prefix("https://a.b/{region}/core/v3", &[]), &scope), ["me"]);
    }

    #[test]
    fn a_variable_of_the_base_url_is_no_word_of_a_path() {
        let region = Variable { name: "region".into(), values: vec![("Uki".into(), "uki".into())], default: None };
        for (base, path, expected) in [
            ("https://a.b/{region}", "contacts", "contacts"),
            ("https://a.b/{region}", "contacts/4711", "contacts/4711"),
            ("https://a.b/{region}", "{{region}}/contacts", "contacts"),
            ("https://a.b/{region}", "uki/contacts", "contacts"),
            ("https://a.b/v1/{region}", "v1/contacts/7", "v1/contacts/7"),
            ("https://a.b/v1/{region}", "v1/4d63c5f0a1/contacts", "contacts"),
        ] {
            let path: Vec<String> = path.split('/').map(str::to_owned).collect();
            let prefix = prefix(base, std::slice::from_ref(&region));
            assert_eq!(behind(&path, &prefix, &Scope::default()).join("/"), expected, "{base} {path:?}");
        }
    }
}
