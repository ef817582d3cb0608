//! No document makes reading, adapting, importing or correcting panic, hang, or eat memory.

use sage_codegen::diagnostic::{Code, Diagnostics, Format, render};
use sage_codegen::import::{self, Prose};
use sage_codegen::node::Node;
use sage_codegen::source::Source;
use sage_codegen::{adapt, overlay};

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
