//! No document makes reading, adapting, importing or correcting panic, hang, or eat memory, and no collection the rest.

use sage_codegen::diagnostic::{Code, Diagnostics, Format, Severity, render};
use sage_codegen::emit::{Form, Layout};
use sage_codegen::import::{self, Prose};
use sage_codegen::node::Node;
use sage_codegen::source::Source;
use sage_codegen::{ApiInput, InputFile, Inputs, Outcome, adapt, generate, overlay};

const JSON: &str = r##"{"openapi": "3.1.0", "info": {"title": "A\u00e9", "version": "1"}, "paths": {"/a/{b}": {"parameters":
 [{"name": "b", "in": "path", "required": true, "schema": {"type": ["string", "null"], "maxLength": 1e1}}], "get": {"responses":
 {"200": {"description": "", "content": {"*/*": {"schema": {"$ref": "#/components/schemas/A", "x": -0.5}}}}}}}}, "components":
 {"schemas": {"A": {"type": "object", "properties": {"c": {"anyOf": [{"type": "null"}, {"const": true}]}}}}}}"##;

const SWAGGER: &str = "\
swagger: '2.0'
host: a
schemes: [https]
x-a: &a {type: string}
parameters: {P: {name: p, in: body, schema: *a}}
paths:
  /a:
    post:
      description: |
        ### Endpoint Availability
        * Accounting Plus: \u{1f1ec}\u{1f1e7}
      parameters:
        - {<<: *a, name: q, in: query, collectionFormat: tsv}
        - $ref: '#/parameters/P'
        - {name: f, in: formData, type: file}
      responses: {200: {description: ok, schema: {type: array, items: {$ref: '#/definitions/A', description: d}}}}
definitions: {A: {type: object, discriminator: t, properties: {t: *a}}}
";

const OVERLAY: &str = "\
overlay: 1.0.0
actions:
  - {target: \"$..[?(@.type == 'string' && !@.x)]\", x-reason: r, x-expect: {type: string}, update: {x: [1]}}
  - {target: $.paths['/a'].post, x-reason: r, x-expect: {}, remove: true}
";

const COLLECTION: &str = r#"{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "variable":
 [{"key": "v", "value": "{{w}}"}], "item": [{"name": "F", "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "{{v}}"}]},
 "item": [{"name": "R", "request": {"method": "POST", "url": {"raw": "{{v}}/a/:b?c=1", "host": ["{{v}}"], "path": ["a", ":b"],
 "query": [{"key": "c%20", "value": "1"}]}, "header": "A: b\nC: d", "body": {"mode": "raw", "raw": "{\"a\": {{v}}, // b\n}"}},
 "response": [{"code": 200, "body": "[{\"x\": 1.50}]", "originalRequest": {"url": "/a/7"}}]}]}]}"#;

/// A run over a collection, from its text to Rust.
fn collection(text: String) -> Outcome {
    let file = |name: &str, text: String| InputFile { name: name.into(), bytes: text.into_bytes() };
    let settings = "module = 'm'\ntitle = 'M'\ndocuments = ['a.json']\n[server]\nurl = 'https://example.com'\n";
    let api = ApiInput {
        name: "m".into(),
        config: file("specs/m/api.toml", settings.into()),
        files: vec![file("specs/m/a.json", text)],
    };
    let form = Form { command: "cargo xtask codegen".into(), layout: Layout::Module };
    generate(&Inputs { apis: vec![api], names: None, form }, &|_, _| {})
}

/// A run over a collection that is sound JSON: nothing of it is lost without a word.
fn accounted(text: String) -> Outcome {
    let outcome = collection(text);
    assert!(!outcome.has_errors(), "{}", outcome.messages(Format::Human, Severity::Error));
    assert!(outcome.apis[0].coverage.balances());
    outcome
}

/// A collection of these items.
fn items(items: &[String]) -> String {
    let schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
    format!(r#"{{"info": {{"schema": "{schema}"}}, "item": [{}]}}"#, items.join(", "))
}

fn request(request: &str) -> String {
    format!(r#"{{"name": "n", "request": {request}}}"#)
}

#[test]
fn damaged_collections() {
    for (end, _) in COLLECTION.char_indices() {
        collection(COLLECTION[..end].to_owned());
    }
    for (at, c) in COLLECTION.char_indices() {
        for with in ["", "{", "}}", "\\\""] {
            collection(format!("{}{with}{}", &COLLECTION[..at], &COLLECTION[at + c.len_utf8()..]));
        }
    }
}

#[test]
fn collections_that_are_large_in_one_way() {
    const MANY: usize = 2_000;
    let list = |item: &dyn Fn(usize) -> String| (0..MANY).map(item).collect::<Vec<_>>().join(", ");
    let pairs = |key: &str| list(&|at| format!(r#"{{"key": "{key}{at}", "value": "{{{{v}}}}{at}"}}"#));
    let raw = |text: &str| {
        let text = serde_json::Value::from(text);
        request(&format!(r#"{{"method": "POST", "url": "/a", "body": {{"mode": "raw", "raw": {text}}}}}"#))
    };
    accounted(items(&[request(&format!(r#"{{"url": {{"path": ["a"], "query": [{}]}}}}"#, pairs("q")))]));
    accounted(items(&[request(&format!(r#"{{"url": "/a", "header": [{}]}}"#, pairs("H")))]));
    let fields = format!(r#""body": {{"mode": "urlencoded", "urlencoded": [{}]}}"#, pairs("f"));
    accounted(items(&[request(&format!(r#"{{"method": "POST", "url": "/a", {fields}}}"#))]));
    for text in ["{{", "{{a}}", "{{a/", "/{{a}}", "?{{", "[{{a}},", "{\"a\":", "/*", "//\n", "\"", "}}"] {
        let text = text.repeat(50 * MANY);
        accounted(items(&[raw(&text), request(&serde_json::Value::from(text.as_str()).to_string())]));
    }
    let folder = |inside: String| format!(r#"{{"name": "{}", "item": [{inside}]}}"#, "f".repeat(1_000));
    let deep = (0..40).fold(list(&|at| request(&format!(r#""/a/{at}/b{at}""#))), |inside, _| folder(inside));
    accounted(items(&[deep]));
    // Bodies of many shapes that overlap.
    let body = |at: usize| {
        let members: Vec<String> =
            (0..12).filter(|bit| at >> bit & 1 == 1).map(|bit| format!(r#""k{bit}": {{"a{bit}": 1}}"#)).collect();
        raw(&format!("{{{}}}", members.join(", "))).replace("/a\"", &format!("/a{at}\""))
    };
    accounted(items(&(0..600).map(body).collect::<Vec<_>>()));
    // A variable that grows beyond measure.
    let grows: Vec<String> =
        (1..60).map(|at| format!(r#"{{"key": "v{at}", "value": "{{{{v{0}}}}}{{{{v{0}}}}}"}}"#, at - 1)).collect();
    let variables = format!(r#""variable": [{{"key": "v0", "value": "x"}}, {}], "item""#, grows.join(", "));
    let uses = request(
        r#"{"method": "POST", "url": "{{v59}}/a/{{v30}}", "body": {"mode": "raw", "raw": "{\"a\": {{v59}}, \"{{v59}}\": 1}"}}"#,
    );
    accounted(items(&[uses]).replacen("\"item\"", &variables, 1));
}

/// Everything that is done with a document, and what is said about it.
fn run(text: &str) -> String {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Vec::new();
    for (file, text) in [("document", text), ("overlay", text), ("base", SWAGGER), ("corrections", OVERLAY)] {
        match Source::read(file, text) {
            Ok(source) => sources.push(source),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    if let [document, text, base, corrections] = &sources[..] {
        let adapted = adapt::to_openapi_30(document.clone(), &mut diagnostics);
        overlay::apply(&mut [adapted], corrections, &mut diagnostics);
        let mut base = [adapt::to_openapi_30(base.clone(), &mut diagnostics)];
        overlay::apply(&mut base, text, &mut diagnostics);
        for prose in [Prose::Drop, Prose::Keep] {
            let (files, _) = import::import(vec![document.clone()], &[], prose, &mut diagnostics);
            for file in files {
                let again = Source::read(&file.name, &file.text);
                assert!(again.is_ok(), "what was imported cannot be read: {}", file.text);
            }
        }
    }
    let diagnostics = diagnostics.into_vec();
    render(&diagnostics, &sources, Format::Json);
    render(&diagnostics, &sources, Format::Github);
    render(&diagnostics, &sources, Format::Human)
}

#[test]
fn truncated_documents() {
    for text in [JSON, SWAGGER, OVERLAY] {
        for (end, _) in text.char_indices() {
            run(&text[..end]);
        }
    }
}

#[test]
fn every_byte_replaced() {
    for text in [JSON, SWAGGER, OVERLAY] {
        for (at, c) in text.char_indices() {
            for with in ["", "{", "\"", "\\", "&a ", "\u{0}"] {
                run(&format!("{}{with}{}", &text[..at], &text[at + c.len_utf8()..]));
            }
        }
    }
}

/// Reads a document that must be refused for this reason.
fn refused(text: &str, code: Code) {
    let diagnostic = Source::read("hostile", text).map(|source| source.tree.kind()).expect_err("it was read");
    assert_eq!(diagnostic.code, code, "{}", diagnostic.message);
}

#[test]
fn deep_documents_are_refused() {
    const DEEP: usize = 100_000;
    refused(&"[".repeat(DEEP), Code::Nesting);
    refused(&"{\"a\":".repeat(DEEP), Code::Nesting);
    refused(&format!("a: {}", "[".repeat(DEEP)), Code::Nesting);
    refused(&format!("a: {}", "{a: ".repeat(DEEP)), Code::Nesting);
    refused(&"- ".repeat(DEEP), Code::Nesting);
    let indented: String = (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    refused(&indented, Code::Nesting);
    let anchored: String = (1..200).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect();
    refused(&format!("a0: &a0 []\n{anchored}"), Code::Nesting);
}

#[test]
fn aliases_are_bounded() {
    let laughs: String =
        (1..30).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))).collect();
    refused(&format!("a0: &a0 [lol]\n{laughs}"), Code::Alias);
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 100_000].join(", "));
    refused(&long, Code::Alias);
    refused("a: &a [*a]\n", Code::Alias);
    let keys = format!("a: &a {}\n{}", "x".repeat(100_000), "? *a\n: {}\n".repeat(3));
    refused(&keys, Code::DuplicateKey);
}

/// How many nodes a tree has.
fn size(node: &Node) -> usize {
    let inside: usize = match node {
        Node::Array(items) => items.iter().map(size).sum(),
        Node::Object(members) => members.values().map(size).sum(),
        _ => 0,
    };
    inside + 1
}

#[test]
fn what_aliases_stand_for_is_in_proportion_to_the_text() {
    let wide = |width: usize| format!("a: &a [{}]\nb:\n{}", vec!["x"; 500].join(", "), "- *a\n".repeat(width));
    let read = |text: &str| Source::read("aliases", text).map(|source| size(&source.tree));
    // What people write is read: here fifty times the text.
    assert_eq!(read(&wide(50)).ok(), Some(51 * 501 + 2));
    // Beyond two megabytes at once, a text must be long to become large.
    let text = wide(1_000);
    let largest = (1..20).rev().find_map(|times| read(&wide(times * 50)).ok());
    let nodes = largest.expect("one of them is read");
    assert!(nodes * 64 < (2 << 20) + text.len() * 64, "{nodes}");
    let refused = Source::read("aliases", &text).map(|source| size(&source.tree)).expect_err("it is too large");
    assert!(refused.code == Code::Alias && refused.position.is_some() && refused.help.is_some());
}

#[test]
fn long_lines_and_many_faults_are_printed_quickly() {
    let members: Vec<String> = (0..2_000).map(|n| format!(r#""a{n}":7"#)).collect();
    let text = format!(r#"{{"openapi":"3.0.0","components":{{"schemas":{{{}}}}}}}"#, members.join(","));
    let mut diagnostics = Diagnostics::new();
    let source = adapt::to_openapi_30(Source::read("long", &text).expect("it is JSON"), &mut diagnostics);
    let diagnostics = diagnostics.into_vec();
    assert_eq!(diagnostics.len(), 2_000);
    let printed = render(&diagnostics, [&source], Format::Human);
    assert!(printed.len() < 2_000 * 600, "{}", printed.len());
}
