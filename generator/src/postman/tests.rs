//! Collections against documents, and what is wrong with them.

use crate::config::{self, ApiConfig};
use crate::coverage::Coverage;
use crate::diagnostic::{Diagnostics, Format, render};
use crate::inputs::InputFile;
use crate::node::Node;
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

fn config(more: &str) -> ApiConfig {
    let text = format!(
        "module = 'm'\ntitle = 'T'\ndocuments = ['a.yaml', 'b.json', 'c.json']\n[server]\nurl = 'https://example.com/v1'\n\
         {more}\n[[headers]]\nname = 'X-Site'\nsetter = 'site'\n"
    );
    config::read(&InputFile { name: "api.toml".into(), bytes: text.into() }).unwrap()
}

/// A run over a document, if there is one, and a collection.
fn run(document: &str, collection: &str) -> (ir::Api, Coverage, String) {
    run_all(&[("a.yaml", document), ("b.json", collection)], "", "")
}

/// A run over files, with settings of the server, and corrections.
fn run_all(files: &[(&str, &str)], server: &str, overlay: &str) -> (ir::Api, Coverage, String) {
    let config = config(server);
    let files = files.iter().filter(|(_, text)| !text.is_empty());
    let sources: Vec<Source> = files.map(|(name, text)| Source::read(name, text).unwrap()).collect();
    let overlay = Some(overlay).filter(|text| !text.is_empty()).map(|text| Source::read("overlay.yaml", text).unwrap());
    let mut diagnostics = Diagnostics::new();
    let (documents, _) = correct(sources, overlay.as_ref(), &config, &mut diagnostics);
    let (api, coverage) = normalize::normalize(&documents, &config, &mut diagnostics);
    let messages = render(&diagnostics.into_vec(), &documents.sources, Format::Human);
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
fn what_stands_in_a_document_word_for_word_is_no_id() {
    let document = "
openapi: 3.0.3
paths:
  /rates/{key}: { get: { responses: { '200': { description: '' } } } }
  /rates/GB_STANDARD: { get: { responses: { '200': { description: '' } } } }
  /reports/1099: { get: { responses: { '200': { description: '' } } } }
  /reports/{id}: { get: { responses: { '200': { description: '' } } } }
";
    let requests = [
        r#""{{base}}/rates/GB_STANDARD?a=1""#,
        r#""{{base}}/rates/GB_REDUCED?b=1""#,
        r#""{{base}}/reports/1099?c=1""#,
        r#""{{base}}/reports/1098?d=1""#,
    ];
    let (api, coverage, messages) = run(document, &collection(&requests));
    let expected = ["GET /rates/{key} b", "GET /rates/GB_STANDARD a", "GET /reports/1099 c", "GET /reports/{id} d"];
    assert_eq!(operations(&api), expected);
    assert!(coverage.balances());
    assert_eq!(messages.matches("[D135]").count(), 1, "{messages}");
    assert!(messages.contains("`GB_REDUCED` is taken for an id") && messages.contains("`GET /rates/{key}`"));
}

#[test]
fn an_operation_of_two_collections_has_the_types_of_both() {
    let one = |query: &str, body: &str| {
        format!(
            r#"{{"info": {{"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}}, "item": [
            {{"name": "n", "request": {{"url": "{{{{base}}}}/contacts/:id?{query}=1", "method": "PUT",
               "body": {{"mode": "raw", "raw": "{{\"name\": \"A\"}}"}}}},
              "response": [{{"code": 200, "body": "{body}"}}]}}]}}"#
        )
    };
    let (first, second) = (one("a", r#"{\"x\": 1, \"y\": null}"#), one("b", r#"{\"x\": 1.5, \"z\": true}"#));
    let (api, coverage, messages) = run_all(&[("b.json", &first), ("c.json", &second)], "", "");
    assert_eq!(operations(&api), ["PUT /contacts/{id} a,b"]);
    assert_eq!(messages, "");
    assert!(coverage.balances() && coverage.parts().all(|(_, part)| part.unaccounted.is_empty()));
    assert_eq!((coverage.requests.emitted, coverage.saved_replies.emitted, coverage.request_bodies.emitted), (2, 2, 2));
    let Some(ir::Content::Json(schema)) = &api.operations[0].replies[0].content else { panic!() };
    let ir::Kind::Object(object) = &api.schema(*schema).kind else { panic!() };
    let kinds: Vec<String> = object
        .properties
        .iter()
        .map(|property| format!("{} {:?}", property.name, api.schema(property.schema).kind))
        .collect();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    assert!(kinds[0].starts_with("x Decimal"), "{kinds:?}");
}

#[test]
fn operations_at_different_base_urls_are_different() {
    let requests = [r#""https://example.com/v1/me?a=1""#];
    let others = [r#""https://example.com/core/me?b=1""#, r#""https://example.com/core/you?b=1""#];
    let document = DOCUMENT
        .replace("/contacts/{key}", "/me")
        .replace("        - { name: key, in: path, required: true, schema: { type: string } }\n", "");
    let beside = "beside = { 'c.json' = '../core' }";
    let files = [("a.yaml", &*document), ("b.json", &collection(&requests)), ("c.json", &collection(&others))];
    let (api, coverage, messages) = run_all(&files, beside, "");
    assert_eq!(operations(&api), ["GET /me page,on,all,X-Ratio,a", "GET /me b", "GET /you b"]);
    let of = |operation: &ir::Operation| operation.beside.clone();
    assert_eq!(
        api.operations.iter().map(of).collect::<Vec<_>>(),
        [None, Some("../core".into()), Some("../core".into())]
    );
    assert_eq!(messages, "");
    assert!(coverage.balances() && coverage.parts().all(|(_, part)| part.unaccounted.is_empty()), "{coverage:#?}");
    assert_eq!((coverage.operations.documented, coverage.operations.emitted), (3, 3));
    // Their methods have names that tell them apart.
    let mut coverage = coverage;
    let mut diagnostics = Diagnostics::new();
    let lowered = crate::lower::lower(&api, &crate::names::Lock::default(), &mut diagnostics);
    diagnostics.into_vec();
    crate::coverage::settle(&mut coverage, &api, &lowered);
    assert!(coverage.balances() && coverage.parts().all(|(_, part)| part.unaccounted.is_empty()), "{coverage:#?}");
    for resource in &lowered.package.resources {
        let names: std::collections::BTreeSet<_> = resource.methods.iter().map(|method| &method.name).collect();
        assert_eq!(names.len(), resource.methods.len());
    }
}

#[test]
fn other_ways_to_log_in_are_told_wherever_they_stand() {
    let said = |name: &str, value: &str| {
        let request = format!(r#"{{"url": "/a", "header": [{{"key": "{name}", "value": "{value}"}}]}}"#);
        let (api, _, messages) = run("", &collection(&[&request, &request]));
        assert_eq!(operations(&api), ["GET /a"]);
        messages
    };
    for (name, value, way) in [
        ("authorization", "Basic {{x}}", "basic"),
        ("Authorization", " ApiKey abc", "apikey"),
        ("Cookie", "a=b", "cookie"),
    ] {
        let messages = said(name, value);
        assert_eq!(messages.matches(&format!("how to log in by `{way}`")).count(), 1, "{messages}");
    }
    for value in ["Bearer {{token}}", "bearer x", "{{authorization}}", "{{scheme}} {{token}}", "", "abc"] {
        assert_eq!(said("Authorization", value), "", "{value}");
    }
}

/// A collection of these requests, each with the body of its reply.
fn answered(requests: &[(&str, &str)]) -> String {
    let items: Vec<String> = requests
        .iter()
        .map(|(url, body)| {
            let body = Node::from(*body).to_json();
            format!(r#"{{"name": "n", "request": "{url}", "response": [{{"code": 200, "body": {body}}}]}}"#)
        })
        .collect();
    format!(
        r#"{{"info": {{"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}}, "item": [{}]}}"#,
        items.join(", ")
    )
}

#[test]
fn objects_of_one_shape_are_one_type_whichever_collection_has_seen_them() {
    let first = answered(&[("{{base}}/contacts/1", r#"{"id": 1, "address": {"street": "a", "town": "b"}}"#)]);
    let second = answered(&[
        ("{{base}}/contacts", r#"[{"id": 2, "address": {"street": "c", "town": null}}]"#),
        ("{{base}}/suppliers/1", r#"{"name": "x", "address": {"street": "c", "town": "d"}}"#),
        ("{{base}}/makers/1", r#"{"name": "x", "address": {"street": 5, "town": "d"}}"#),
    ]);
    let named = |files: &[(&str, &str)]| {
        let (api, coverage, messages) = run_all(files, "", "");
        assert_eq!(messages, "");
        assert!(coverage.balances() && coverage.parts().all(|(_, part)| part.unaccounted.is_empty()), "{coverage:#?}");
        let mut names: Vec<String> = api.schemas.iter().filter_map(|schema| schema.name.clone()).collect();
        names.sort();
        let mut diagnostics = Diagnostics::new();
        let lowered = crate::lower::lower(&api, &crate::names::Lock::default(), &mut diagnostics);
        diagnostics.into_vec();
        let models = lowered.package.models.iter().flat_map(|file| &file.items);
        let mut models: Vec<String> = models.map(|item| item.name().as_str().to_owned()).collect();
        models.sort();
        (names, models)
    };
    let (names, models) = named(&[("b.json", &first), ("c.json", &second)]);
    assert_eq!(names, ["address", "contact", "maker", "supplier"]);
    // What contradicts the others is a type of its own.
    assert_eq!(models, ["Address", "Contact", "Maker", "MakerAddress", "Supplier"]);
    // In whichever order they are named.
    assert_eq!(named(&[("b.json", &second), ("c.json", &first)]), (names, models));
}

#[test]
fn settings_tell_operations_at_different_base_urls_apart() {
    let (first, second) = (collection(&[r#""/me?a=1""#]), collection(&[r#""/me?b=1""#, r#""/you""#]));
    let files = [("b.json", &*first), ("c.json", &*second)];
    let with = |settings: &str| {
        let config = config(&format!("beside = {{ 'c.json' = '../core' }}\n{settings}"));
        let sources: Vec<Source> = files.iter().map(|(name, text)| Source::read(name, text).unwrap()).collect();
        let mut diagnostics = Diagnostics::new();
        let (sources, _) = correct(sources, None, &config, &mut diagnostics);
        let (mut api, _) = normalize::normalize(&sources, &config, &mut diagnostics);
        crate::conventions::apply(&mut api, &config, &mut diagnostics);
        let called = |operation: &ir::Operation| {
            let beside = operation.beside.as_deref().unwrap_or("here");
            Some(format!("{} {beside}", operation.called.as_ref()?.action))
        };
        let called: Vec<String> = api.operations.iter().filter_map(called).collect();
        (called, render(&diagnostics.into_vec(), &sources.sources, Format::Human))
    };
    let me = |key: &str, name: &str| format!("'{key}' = {{ method = '{name}', does = 'Gets it' }}\n");
    let both = format!("[operations]\n{}{}", me("GET ./me", "own"), me("GET ../core/me", "other"));
    assert_eq!(with(&both), (vec!["own here".to_owned(), "other ../core".to_owned()], String::new()));
    // Where there is one, its path is enough.
    let you = format!("[operations]\n{}", me("GET /you", "you"));
    assert_eq!(with(&you), (vec!["you ../core".to_owned()], String::new()));
    for settings in [
        format!("[operations]\n{}", me("GET /me", "own")),
        "[tries]\n'GET /me' = { property = 'a', is = 'b' }\n".to_owned(),
    ] {
        let (called, said) = with(&settings);
        assert_eq!(called, Vec::<String>::new());
        let expected = "`GET /me` is an operation at several base URLs: say which, as `GET ./me` or `GET ../core/me`";
        assert!(said.contains(expected), "{said}");
    }
    let (_, said) = with(&format!("[operations]\n{}", me("GET ../other/me", "own")));
    assert!(said.contains("there is no operation `GET ../other/me`"), "{said}");
}

#[test]
fn of_long_paths_so_many_words_are_tried_by_themselves() {
    // Each may be an id; only one of them is, in another request. Further than that none is looked for.
    let path = |words: usize, id: Option<usize>| {
        let word = |at: usize| if id == Some(at) { "{{x}}".to_owned() } else { format!("A{at}") };
        format!("/a/{}", (0..words).map(word).collect::<Vec<_>>().join("/"))
    };
    for (words, id, expected) in [(17, 15, 1), (17, 16, 2), (40, 3, 1)] {
        let requests = [path(words, None), path(words, Some(id))].map(|path| format!("\"{path}\""));
        let (api, coverage, messages) = run("", &collection(&requests.each_ref().map(String::as_str)));
        assert_eq!(api.operations.len(), expected, "{words} {id}: {messages}");
        assert_eq!(messages.contains("is taken for an id"), expected == 1, "{messages}");
        assert!(coverage.balances());
    }
}

#[test]
fn collections_are_joined_with_the_corrected_document() {
    let overlay = "
overlay: 1.0.0
info: { title: A, version: '1' }
actions:
  - target: $.paths
    x-document: a.yaml
    x-reason: The path was misspelled
    x-expect: { '/people/{key}': null }
    update: { '/people/{key}': { get: { parameters: [{ name: key, in: path, required: true, schema: { type: string } }, { name: page, in: query, schema: { type: integer } }], responses: { '200': { description: '' } } } } }
  - target: $.paths['/more'].get.parameters[0]
    x-reason: It is no number
    x-expect: { name: since }
    update: { schema: { type: string, format: date, x-a: 1 } }
";
    let files = [
        ("a.yaml", DOCUMENT),
        ("b.json", &*collection(&[r#""{{base}}/people/:id?page=2&x=1""#, r#""{{base}}/more?since=2""#])),
    ];
    let (api, coverage, messages) = run_all(&files, "", overlay);
    assert_eq!(messages, "");
    assert_eq!(operations(&api)[1..], ["GET /people/{key} page,x", "GET /more since"]);
    assert!(coverage.balances());
    let since = &api.operations[2].parameters[0];
    assert!(format!("{:?}", api.schema(since.schema).kind).contains("Date"));
}

#[test]
fn what_is_sent_is_accounted_for() {
    let schema = r#""info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}"#;
    let request = |method: &str, url: &str, more: &str, body: &str| {
        format!(
            r#"{{"name": "n", "item": null, "request": {{"method": "{method}", "url": "{url}"{more}, "body": {body}}}}}"#
        )
    };
    let json = r#", "header": [{"key": "Content-Type", "value": "application/json"}]"#;
    let items = [
        request("GET", "/a", "", r#"{"mode": "raw", "raw": "{}"}"#),
        request("POST", "/b", "", r#"{"mode": "telepathy", "telepathy": []}"#),
        request("POST", "/b", "", r#"{"mode": "raw", "raw": "x", "disabled": true}"#),
        request("POST", "/b", "", r#"{"mode": "raw", "raw": ""}"#),
        request("POST", "/b", "", "{}"),
        request(
            "POST",
            "/c",
            "",
            r#"{"mode": "urlencoded", "urlencoded": [{"key": "a"}, {"key": ""}, {"key": "{{x}}"}, {"key": "{{k}}", "value": "1"}]}"#,
        ),
        request("POST", "/d", json, r#"{"mode": "graphql", "graphql": {"query": "q"}}"#),
        request("POST", "/d", "", r#"{"mode": "graphql", "graphql": {"query": "p"}}"#),
        request("POST", "/e", json, r#"{"mode": "raw", "raw": "{\"a\": 1"}"#),
        request("POST", "/f", json, r#"{"mode": "raw", "raw": "{\"a\": {{k}}, \"{{k}}_2\": 1, \"{{x}}\": 1}"}"#),
        request("POST", "/g", "", r#"{"mode": "formdata", "formdata": [{"key": "a"}]}"#),
        request(
            "POST",
            "/g",
            r#", "header": [{"key": "Content-Type", "value": "multipart/form-data"}]"#,
            r#"{"mode": "raw", "raw": "x"}"#,
        ),
    ];
    let text =
        format!(r#"{{{schema}, "variable": [{{"key": "k", "value": "known"}}], "item": [{}]}}"#, items.join(", "));
    let (api, coverage, messages) = run("", &text);
    assert!(coverage.balances() && coverage.parts().all(|(_, part)| part.unaccounted.is_empty()), "{coverage:#?}");
    let counts = |part: &crate::coverage::Part| (part.documented, part.emitted);
    assert_eq!(counts(&coverage.requests), (12, 12));
    assert_eq!(counts(&coverage.request_bodies), (11, 6), "{:#?}", coverage.request_bodies);
    assert_eq!(counts(&coverage.form_fields), (5, 3), "{:#?}", coverage.form_fields);
    for reason in ["without a body", "`telepathy`", "switched off", "empty", "another body of the same media type"] {
        assert!(coverage.request_bodies.skipped.iter().any(|skipped| skipped.reason.contains(reason)), "{reason}");
    }
    assert_eq!(messages.matches("[D134]").count(), 3, "{messages}");
    let body = |path: &str| {
        let operation = api.operations.iter().find(|operation| operation.path.template == path).unwrap();
        let Some(ir::Content::Json(schema)) = operation.body.as_ref().map(|body| &body.content) else {
            panic!("{path}")
        };
        &api.schema(*schema).kind
    };
    assert!(matches!(body("/e"), ir::Kind::Any), "{:?}", body("/e"));
    let ir::Kind::Object(object) = body("/f") else { panic!() };
    assert_eq!(object.properties.iter().map(|property| &*property.name).collect::<Vec<_>>(), ["a", "known_2"]);
}

#[test]
fn replies_that_are_cut_short_are_json_all_the_same() {
    let item = r#"{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [
        {"request": "/a", "response": [{"code": 200, "header": [{"key": "Content-Type", "value": "application/json"}],
          "body": "{\"a\": [1, 2, ..."}]}]}"#;
    let (api, _, messages) = run("", item);
    assert_eq!(messages.matches("[D134]").count(), 1, "{messages}");
    assert!(messages.contains("is declared as JSON"), "{messages}");
    let Some(ir::Content::Json(schema)) = &api.operations[0].replies[0].content else { panic!() };
    assert!(matches!(api.schema(*schema).kind, ir::Kind::Any));
}

#[test]
fn names_are_found_behind_variables() {
    let text = collection(&[r#"{"url": "/a?{{k}}=1", "header": [{"key": "X-{{k}}", "value": "1"}],
            "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "{{k}}-key"}, {"key": "in", "value": "header"}]}}"#]);
    let text = text.replacen('{', r#"{"variable": [{"key": "k", "value": "known"}], "#, 1);
    let (api, coverage, _) = run("", &text);
    assert_eq!(operations(&api), ["GET /a known,X-known,known-key"]);
    assert!(coverage.balances());
}

#[test]
fn thousands_of_steps_and_variables_are_no_burden() {
    let path: String = (0..3_000).map(|_| "/{{x}}").collect();
    let words: String = (0..3_000).map(|at| format!("/W{at}")).collect();
    let requests = [format!(r#""{path}""#), format!(r#""{}""#, path.replace("{{x}}", ":x")), format!(r#""{words}""#)];
    let found = alone(&requests.each_ref().map(String::as_str));
    assert_eq!(found.len(), 2);
    let variables: Vec<String> = (0..20_000).map(|at| format!(r#"{{"key": "v{at}", "value": "{at}"}}"#)).collect();
    let items: Vec<String> = (0..2_000)
        .map(|at| format!(r#"{{"name": "n", "variable": [{{"key": "own", "value": "{at}"}}], "request": "/a/{{{{own}}}}?v={{{{v{at}}}}}"}}"#))
        .collect();
    let schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
    let text = format!(
        r#"{{"info": {{"schema": "{schema}"}}, "variable": [{}], "item": [{}]}}"#,
        variables.join(", "),
        items.join(", ")
    );
    let (api, coverage, _) = run("", &text);
    assert_eq!(operations(&api), ["GET /a/{own} v"]);
    assert_eq!((coverage.variables.documented, coverage.variables.emitted), (22_000, 4_000));
}

/// What is written for Postman is read as the API that it was written from.
#[test]
fn what_is_written_is_read_again() {
    let document = "
openapi: 3.0.3
paths:
  /contacts:
    get: { parameters: [{ name: page, in: query, schema: { type: integer } }], responses: { '200': { description: '' } } }
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string }, id: { type: string } } } } } }
      responses: { '201': { description: '' } }
  /contacts/{id2}/ideas/{id}/of/{id2}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
      - { name: id2, in: path, required: true, schema: { type: string } }
    put:
      parameters: [{ name: X-More, in: header, schema: { type: string } }]
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: string } } } } } }
      responses: { '200': { description: '' } }
";
    let (api, _, _) = run(document, "");
    let written = super::write(&api, &super::Tries::new());
    let values: Vec<&str> =
        ["id", "id2"].into_iter().filter(|name| written.collection.contains(&format!(r#""key": "{name}""#))).collect();
    assert_eq!(values, ["id", "id2"], "{}", written.collection);
    let (again, coverage, messages) =
        run_all(&[("b.json", &written.collection), ("c.json", &written.environment)], "", "");
    let sorted = |api: &ir::Api| {
        let mut all = operations(api);
        all.sort();
        all
    };
    assert_eq!(sorted(&again), sorted(&api), "{messages}");
    assert!(coverage.balances() && coverage.requests.skipped.is_empty(), "{coverage:#?}");
    let names = |api: &ir::Api| {
        let path = |operation: &ir::Operation| {
            let names = operation.path.parameters.iter().map(|parameter| parameter.name.clone());
            (operation.body.is_some(), names.collect::<Vec<_>>())
        };
        let mut all: Vec<_> = api.operations.iter().map(path).collect();
        all.sort();
        all
    };
    assert_eq!(names(&again), names(&api));
}

#[test]
fn what_is_filled_has_an_end() {
    // Each of twelve has all twelve in it: three million values, six objects deep. A text is as long as a book.
    let names = || (0..12).map(|at| format!("n{at}"));
    let members: String = names().map(|name| format!("{name}: {{ $ref: '#/components/schemas/{name}' }}, ")).collect();
    let schemas: String =
        names().map(|name| format!("    {name}: {{ type: object, properties: {{ {members} }} }}\n")).collect();
    let document = format!(
        "
openapi: 3.0.3
paths:
  /a:
    post:
      requestBody: {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/n0' }} }} }} }}
      responses: {{ '200': {{ description: '' }} }}
    put:
      requestBody: {{ content: {{ application/json: {{ schema: {{ type: object, properties: {{ t: {{ type: string, minLength: 1000000000 }} }} }} }} }} }}
      responses: {{ '200': {{ description: '' }} }}
components:
  schemas:
{schemas}"
    );
    let (api, _, messages) = run(&document, "");
    let written = super::write(&api, &super::Tries::new());
    let collection = Node::from_json(&written.collection).unwrap();
    let bodies: Vec<String> = (0..2)
        .filter_map(|at| Some(collection.pointer(&format!("/item/0/item/{at}/request/body/raw"))?.as_str()?.to_owned()))
        .collect();
    let [wide, long] = &bodies[..] else { panic!("{messages} {}", written.collection) };
    assert!(wide.matches('{').count() < 5000, "{} objects", wide.matches('{').count());
    assert!(wide.matches('{').count() > 1000);
    let text = Node::from_json(long).unwrap().text("t").unwrap().len();
    assert_eq!(text, 10_000);
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
