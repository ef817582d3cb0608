use super::*;
use crate::diagnostic::{Format, render};

const SWAGGER: &str = "\
swagger: '2.0'
info: {title: Contacts, version: '3', description: Words that stay at home.}
host: example.com
tags: [{name: Contacts, description: All about them}]
x-vendor: something
paths:
  /b:
    x-title: Words
    put:
      description: |-
        ### Endpoint Availability

        * Accounting Plus: 🇬🇧, 🇮🇪

        ### Access Control Restrictions

        Any of the following roles in the area `Contacts`: Full Access, Read Only
      parameters:
        - {name: body, in: body, description: The body, schema: {$ref: '#/definitions/B'}}
        - {name: q, in: query, type: string, required: false, example: e, default: one two three four five}
      responses:
        '200': {description: It went well, schema: {$ref: '#/definitions/B'}, examples: {application/json: {}}}
        '299': {description: Odd}
      summary: Puts
      operationId: putB
    get: {operationId: getB, responses: {'404': {description: No}}}
  /a: {get: {responses: {default: {description: Any}}}}
definitions:
  B:
    title: The B
    required: [z]
    example: {}
    properties:
      z: {type: string, description: 'A code (Canada only)', maxLength: 3}
      a: {$ref: '#/definitions/A', description: Not here}
      r: {$ref: '#/definitions/A', description: Spain only}
    type: object
  A: {type: string, enum: [this is a value with many words]}
";

fn source(file: &str, text: &str) -> Source {
    Source::read(file, text).unwrap()
}

/// The files, the counts, and what was said.
fn check(documents: Vec<Source>, targets: &[&str], prose: Prose) -> String {
    let targets: Vec<String> = targets.iter().map(|target| (*target).to_owned()).collect();
    let mut diagnostics = Diagnostics::new();
    let (files, counts) = import(documents.clone(), &targets, prose, &mut diagnostics);
    let printed = render(&diagnostics.into_vec(), &documents, Format::Human);
    let files: String = files.iter().map(|file| format!("=== {}\n{}", file.name, file.text)).collect();
    format!("{files}{counts:?}\n{printed}")
}

#[test]
fn facts_without_prose() {
    insta::assert_snapshot!(check(vec![source("a.json", SWAGGER)], &["openapi.yaml"], Prose::Drop));
}

#[test]
fn prose_is_kept_where_it_is_asked_for() {
    let kept = check(vec![source("a.json", SWAGGER)], &["openapi.yaml"], Prose::Keep);
    for words in ["Words that stay at home.", "All about them", "It went well", "one two three", "example: e", "The B"]
    {
        assert!(kept.contains(words), "{words}");
    }
}

#[test]
fn d141_documents_of_one_api_agree_or_are_refused() {
    let document = |schema: &str, path: &str| {
        format!(
            "openapi: 3.0.1\npaths: {{/p: {{{path}: {{responses: {{}}}}}}}}\ncomponents: {{schemas: {{S: {{type: {schema}}}}}}}"
        )
    };
    let x = source("vendor/x.json", &document("string", "get"));
    let y = source("vendor/y.json", &document("string", "get"));
    let z = source("vendor/z.json", &document("object", "post"));
    insta::assert_snapshot!("same", check(vec![y, x.clone()], &["x.openapi.yaml", "w.openapi.yaml"], Prose::Drop));
    insta::assert_snapshot!("joined", check(vec![x.clone(), z.clone()], &["openapi.yaml"], Prose::Drop));
    insta::assert_snapshot!("apart", check(vec![x, z], &[], Prose::Drop));
}

#[test]
fn d142_terms_that_are_not_understood() {
    let text = "\
swagger: '2.0'
paths: {/a: {get: {description: \"### Endpoint Availability\\n* Accounting Plus: everywhere\"}}}
definitions: {A: {description: \"### Access Control Restrictions\\nAsk your administrator\"}}
";
    insta::assert_snapshot!(check(vec![source("a.yaml", text)], &["a"], Prose::Drop));
}
