//! What operations may be asked for in a query, read from the documents by another parser than the generator's: the
//! requests of the generated clients hold every name, and no other.

use std::collections::{BTreeMap, BTreeSet};

use sage_sandbox::{Api, Sandbox};
use serde_yaml::Value;

/// The query parameters of operations: `GET /contacts`.
type Queries = BTreeMap<String, BTreeSet<String>>;

/// What Sage's guide to Sage 200 says of every list, and of every record: no document declares it.
const LIST: [&str; 8] = ["$count", "$expand", "$filter", "$metadata", "$orderby", "$select", "$skip", "$top"];
const RECORD: [&str; 3] = ["$expand", "$metadata", "$select"];

/// Those of documents.
fn documented(api: Api, documents: &[&str]) -> Queries {
    let mut all = Queries::new();
    for document in documents {
        // The schemas are left out: they are large.
        let (_, paths) = document.split_once("\npaths:\n").expect("a document has paths");
        let paths: Vec<&str> = paths.lines().take_while(|line| line.is_empty() || line.starts_with(' ')).collect();
        let paths: Value = serde_yaml::from_str(&paths.join("\n")).expect("YAML");
        for (path, item) in paths.as_mapping().expect("an object") {
            for method in ["get", "post", "put", "delete"] {
                let Some(operation) = item.get(method) else { continue };
                let parameters = [item.get("parameters"), operation.get("parameters")];
                let parameters = parameters.into_iter().flatten().filter_map(Value::as_sequence).flatten();
                let query = parameters.filter(|parameter| parameter["in"] == "query");
                let mut names: BTreeSet<String> =
                    query.map(|parameter| parameter["name"].as_str().expect("a name").to_owned()).collect();
                if api == Api::Sage200 && method == "get" {
                    let reply = &operation["responses"]["200"]["content"]["application/json"]["schema"];
                    let options = if reply["type"] == "array" { &LIST[..] } else { &RECORD[..] };
                    names.extend(options.iter().map(|name| (*name).to_owned()));
                }
                all.insert(format!("{} {}", method.to_uppercase(), path.as_str().expect("a path")), names);
            }
        }
    }
    all
}

/// Those that the sandbox was asked for.
fn sent(sage: &Sandbox) -> Queries {
    let mut sent = Queries::new();
    for entry in sage.requests() {
        let query = entry.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned());
        sent.entry(entry.operation).or_default().extend(names);
    }
    sent
}

/// Compares what was sent with the documents; gives how many names that were. Operations that no document has
/// (`undocumented`: a collection is their only source) are asked nothing.
pub(crate) fn compare(sage: &Sandbox, api: Api, documents: &[&str], undocumented: usize) -> usize {
    let (documented, sent) = (documented(api, documents), sent(sage));
    let none = BTreeSet::new();
    for (operation, names) in &sent {
        assert_eq!(names, documented.get(operation).unwrap_or(&none), "{operation}");
    }
    let missing: Vec<_> = documented.keys().filter(|operation| !sent.contains_key(*operation)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(sent.len(), documented.len() + undocumented);
    sent.values().map(BTreeSet::len).sum()
}
