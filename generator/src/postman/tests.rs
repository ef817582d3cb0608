//! Collections against documents, and what is wrong with them.

use crate::config::{self, ApiConfig};
use crate::coverage::Coverage;
use crate::diagnostic::{Diagnostics, Format, render};
use crate::inputs::InputFile;
use crate::source::Source;
use crate::{correct, ir, normalize};

const DOCUMENT: &str = "
openapi: 3.0.3
paths:
  /contacts/{key}:
    get:
      parameters:
        - { name: key, in: path, required: true, schema: { type: string } }
        - { name: page, in: query, schema: { type: integer } }
        - { name: on, in: query, schema: { type: string, format: date } }
        - { name: all, in: query, schema: { type: boolean } }
        - { name: X-Ratio, in: header, schema: { type: number } }
      responses: { '200': { description: '' } }
";

fn config() -> ApiConfig {
    let text = "module = 'm'\ntitle = 'T'\ndocuments = ['a.yaml', 'b.json']\n[server]\nurl = 'https://example.com/v1'\n\
                [[headers]]\nname = 'X-Site'\nsetter = 'site'\n";
    config::read(&InputFile { name: "api.toml".into(), bytes: text.into() }).unwrap()
}

/// A run over a document, if there is one, and a collection.
fn run(document: &str, collection: &str) -> (ir::Api, Coverage, String) {
    let config = config();
    let files = [("a.yaml", document), ("b.json", collection)].into_iter().filter(|(_, text)| !text.is_empty());
    let sources: Vec<Source> = files.map(|(name, text)| Source::read(name, text).unwrap()).collect();
    let mut diagnostics = Diagnostics::new();
    let (sources, _) = correct(sources, None, &config, &mut diagnostics);
    let (api, coverage) = normalize::normalize(&sources, &config, &mut diagnostics);
    let messages = render(&diagnostics.into_vec(), &sources, Format::Human);
    (api, coverage, messages)
}

/// A collection of these requests.
fn collection(requests: &[&str]) -> String {
    let items: Vec<String> =
        requests.iter().map(|request| format!(r#"{{"name": "n", "request": {request}}}"#)).collect();
    format!(
        r#"{{"info": {{"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}}, "item": [{}]}}"#,
        items.join(", ")
    )
}

/// The operations, with their parameters.
fn operations(api: &ir::Api) -> Vec<String> {
    let parameters = |operation: &ir::Operation| {
        let names: Vec<String> = operation.parameters.iter().map(|parameter| parameter.name.clone()).collect();
        names.join(",")
    };
    api.operations
        .iter()
        .map(|operation| {
            format!("{} {} {}", operation.method.name(), operation.path.template, parameters(operation))
                .trim()
                .to_owned()
        })
        .collect()
}

fn alone(requests: &[&str]) -> Vec<String> {
    let (api, coverage, _) = run("", &collection(requests));
    assert!(coverage.balances());
    assert_eq!(coverage.requests.documented, requests.len());
    operations(&api)
}

#[test]
fn requests_of_one_path_are_one_operation() {
    let cases: &[(&[&str], &[&str])] = &[
        (
            &[
                r#""https://example.com/v1/contacts/{{contact_id}}""#,
                r#""{{base}}/contacts/:key?a=1""#,
                r#""{{base}}/v1/contacts/4d63c5f0?b=2""#,
                r#""{{base}}/contacts/GB_STANDARD/""#,
                r#""{{base}}/contacts/search""#,
            ],
            &["GET /contacts/{contact_id} a,b", "GET /contacts/search"],
        ),
        (&[r#""/a/{{x}}/b/{{x}}""#, r#""/a/1/b/2""#], &["GET /a/{x}/b/{x_2}"]),
        (&[r#""/a/{{x}}/b/{{x}}""#], &["GET /a/{x}/b/{x}"]),
        (&[r#""/orders/17/lines/3""#], &["GET /orders/{order_id}/lines/{line_id}"]),
        (&[r#"{"method": "post", "url": "/a"}"#, r#"{"url": "/a"}"#], &["POST /a", "GET /a"]),
        (&[r#"{"url": "https://example.com"}"#], &["GET /"]),
        // Words that look like ids are fixed where nothing says that they are.
        (&[r#""/taxes/GB_STANDARD""#, r#""/taxes/v2""#], &["GET /taxes/GB_STANDARD", "GET /taxes/v2"]),
    ];
    for (requests, expected) in cases {
        assert_eq!(alone(requests), *expected, "{requests:?}");
    }
}

#[test]
fn the_document_rules_and_the_collection_adds() {
    let requests = [
        r#"{"url": {"raw": "{{base}}/contacts/{{id}}?page=2&more=x", "host": ["{{base}}"], "path": ["contacts", "{{id}}"],
            "query": [{"key": "page", "value": "2"}, {"key": "more", "value": "x"}, {"key": "", "value": "1"}]},
            "header": [{"key": "x-ratio", "value": "1.5"}, {"key": "X-Site", "value": "s"}, {"key": "X-More", "value": "y"}]}"#,
    ];
    let (api, coverage, messages) = run(DOCUMENT, &collection(&requests));
    assert_eq!(operations(&api), ["GET /contacts/{key} page,on,all,X-Ratio,more,X-More"]);
    assert_eq!(messages, "");
    let counts =
        |part: &crate::coverage::Part| (part.documented, part.emitted, part.skipped.len(), part.unaccounted.len());
    assert_eq!(counts(&coverage.operations), (1, 1, 0, 0));
    assert_eq!(counts(&coverage.parameters), (7, 7, 0, 0));
    assert_eq!(counts(&coverage.requests), (1, 1, 0, 0));
    assert_eq!(counts(&coverage.request_parameters), (6, 4, 2, 0));
}

#[test]
fn contradictions_are_told_with_both_places() {
    let cases = [
        ("?page=two", "value `two` of parameter `page` is not a whole number"),
        ("?on=soon", "value `soon` of parameter `on` is not a date"),
        ("?all=1", "value `1` of parameter `all` is not `true` or `false`"),
    ];
    for (query, expected) in cases {
        let (_, _, messages) = run(DOCUMENT, &collection(&[&format!(r#""{{{{base}}}}/contacts/7{query}""#)]));
        assert!(messages.contains(expected) && messages.contains("[D133]"), "{messages}");
        assert!(messages.contains("b.json:1:") && messages.contains("a.yaml:"), "{messages}");
    }
    for query in ["?page=2&on=2024-02-29&all=true", "?page=<integer>&on=<date>&all={{all}}", "?page=&on&all=", ""] {
        let (_, _, messages) = run(DOCUMENT, &collection(&[&format!(r#""{{{{base}}}}/contacts/7{query}""#)]));
        assert_eq!(messages, "", "{query}");
    }
    let body = r#"{"url": "/contacts/7", "method": "GET", "header": [{"key": "X-Ratio", "value": "a secret"}]}"#;
    let (_, _, messages) = run(DOCUMENT, &collection(&[body]));
    assert!(messages.contains("`X-Ratio` is not a number") && !messages.contains("value `a secret`"), "{messages}");
}

#[test]
fn replies_and_bodies_that_the_document_does_not_know_are_told() {
    let document = DOCUMENT.replace("    get:", "    post:");
    let item = r#"{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [
        {"request": {"method": "POST", "url": "/contacts/7", "body": {"mode": "raw", "raw": "{}"}},
         "response": [{"code": 200}, {"code": 201, "body": "{}"}, {"code": 404}]}]}"#;
    let (_, coverage, messages) = run(&document, item);
    assert!(messages.contains("request has a body, and the document describes none"), "{messages}");
    assert!(messages.contains("saved reply has status 201"), "{messages}");
    assert_eq!(messages.matches("[D133]").count(), 2, "{messages}");
    assert_eq!((coverage.saved_replies.documented, coverage.saved_replies.emitted), (3, 2));
}

#[test]
fn what_is_odd_costs_itself_alone() {
    let odd = [
        "null",
        "3",
        "[]",
        "\"\"",
        "{}",
        r#"{"method": null, "url": null}"#,
        r#"{"url": {"raw": null}}"#,
        r#"{"url": 7, "header": 7, "body": 7, "auth": 7, "description": 7}"#,
        r#"{"url": "{{", "header": [null, 1, {}], "body": {"mode": "raw"}}"#,
        r#"{"url": "http://", "body": {"mode": "raw", "raw": null}}"#,
        r#"{"url": "/a?{{q}}=1&&=&%ff", "body": {"mode": "x"}}"#,
        r#"{"url": "/ /%2e%2e/../\u0000/{/}/{{}}/{{a}}{{b}}/é?x=\u0000", "method": "GET "}"#,
        r#"{"method": "POST", "url": "/b", "body": {"mode": "raw", "raw": "{\"a\": 1, \"a\": 2}", "options": {"raw": {"language": "json"}}}}"#,
        r#"{"method": "POST", "url": "/c", "header": [{"key": "Content-Type", "value": "{{type}}"}], "body": {"mode": "urlencoded", "urlencoded": [{"key": null}, {"key": "{{x}}"}]}}"#,
        r#"{"method": "{{method}}", "url": "/d"}"#,
        r#"{"method": "GET", "url": {"host": {}, "path": {}, "query": 3, "variable": "x"}}"#,
    ];
    let mut requests = odd.to_vec();
    requests.push(r#""/sound""#);
    let (api, coverage, _) = run("", &collection(&requests));
    assert!(operations(&api).contains(&"GET /sound".to_owned()));
    assert!(coverage.balances());
    assert_eq!(coverage.requests.documented, requests.len());
    assert!(coverage.parts().all(|(_, part)| part.unaccounted.is_empty()));
}
