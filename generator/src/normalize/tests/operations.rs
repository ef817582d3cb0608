//! Operations, parameters, bodies and replies.

use super::{Resend, Run, Status, run};

/// A document with this member of `paths`, and components for it.
fn document(path: &str) -> String {
    format!(
        "openapi: 3.0.3
paths:
  {path}
components:
  schemas:
    A: {{type: object, properties: {{x: {{type: string}}}}}}
  parameters:
    key: {{name: key, in: path, required: true, schema: {{type: integer}}}}
  requestBodies:
    A: {{required: true, content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}
  responses:
    A: {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}
    E: {{description: d, content: {{application/json: {{schema: {{type: object, properties: {{e: {{type: string}}}}}}}}}}}}
"
    )
}

/// An operation in one line.
fn brief(run: &Run) -> String {
    let Some(operation) = run.api.operations.first() else { return "none".to_owned() };
    let all = operation.path.parameters.iter().chain(&operation.parameters);
    let parameters: Vec<String> = all
        .map(|parameter| {
            let mark = if parameter.required { "!" } else { "" };
            format!("{}{mark}: {} {:?}", parameter.name, run.used(parameter.schema), parameter.list)
        })
        .collect();
    let body = operation.body.iter().map(|body| format!(" <- {}", run.content(&body.content))).collect::<String>();
    let replies: Vec<String> = operation
        .replies
        .iter()
        .map(|reply| {
            let status = match reply.status {
                Status::Code(code) => code.to_string(),
                Status::AnySuccess => "2xx".to_owned(),
            };
            let content = reply.content.iter().map(|content| format!(" {}", run.content(content))).collect::<String>();
            format!("{status}{content}")
        })
        .collect();
    format!("({}){body} -> {}", parameters.join(", "), replies.join(", "))
}

fn check(cases: &[(&str, &str)]) {
    for (path, expected) in cases {
        let run = run(&[&document(path)]);
        assert_eq!(&brief(&run), expected, "{path}\n{}", run.rendered());
    }
}

#[test]
fn parameters_go_where_they_belong() {
    check(&[
        ("/a: {get: {responses: {'204': {description: d}}}}", "() -> 204"),
        (
            "'/a/{key}': {parameters: [{$ref: '#/components/parameters/key'}], get: {responses: {'204': {}}}}",
            "(key!: I64 Comma) -> 204",
        ),
        (
            "'/a/{key}': {parameters: [{$ref: '#/components/parameters/key'}, {name: q, in: query, schema: {type: string}}],
              get: {parameters: [{name: q, in: query, required: true, schema: {type: boolean}}], responses: {'204': {}}}}",
            "(key!: I64 Comma, q!: Boolean Repeat) -> 204",
        ),
        ("'/a/{b}/{c}': {get: {parameters: [{name: c, in: path, required: true, schema: {type: string}}], responses: {'204': {}}}}",
            "(b!: Plain Comma, c!: Plain Comma) -> 204"),
        (
            "/a: {get: {parameters: [{name: q, in: query, explode: false, schema: {type: array, items: {type: string}}},
              {name: d, in: query, style: deepObject, schema: {$ref: '#/components/schemas/A'}},
              {name: p, in: query, style: pipeDelimited, schema: {type: array, items: {type: string}}},
              {name: X-H, in: header, schema: {type: string}}], responses: {'204': {}}}}",
            "(q: [Plain] Comma, d: A Deep, p: [Plain] Pipe, X-H: Plain Comma) -> 204",
        ),
        ("/a: {get: {parameters: [{name: q, in: query, content: {application/json: {schema: {type: object}}}}], responses: {'204': {}}}}",
            "(q: Plain Repeat) -> 204"),
        (
            "/a: {get: {parameters: [{name: Accept, in: header, schema: {type: string}}, {name: c, in: cookie, schema: {type: string}},
              {name: x-site, in: header, schema: {type: string}}], responses: {'204': {}}}}",
            "() -> 204",
        ),
    ]);
}

#[test]
fn bodies_prefer_json() {
    let with = |content: &str| {
        let path = format!("/a: {{post: {{requestBody: {{content: {content}}}, responses: {{'204': {{}}}}}}}}");
        brief(&run(&[&document(&path)]))
    };
    let cases = [
        (
            "{application/xml: {schema: {type: string}}, application/json: {schema: {$ref: '#/components/schemas/A'}}}",
            "json A",
        ),
        ("{'application/vnd.x+json; charset=utf-8': {schema: {$ref: '#/components/schemas/A'}}}", "json A"),
        ("{text/json: {}}", "json Any"),
        ("{'*/*': {schema: {$ref: '#/components/schemas/A'}}}", "json A"),
        ("{'*/*': {schema: {type: string, format: binary}}}", "bytes */*"),
        ("{'*/*': {}}", "bytes */*"),
        ("{application/json: {schema: {type: string, format: binary}}}", "bytes */*"),
        ("{application/octet-stream: {schema: {type: string, format: binary}}}", "bytes application/octet-stream"),
        ("{application/pdf: {}}", "bytes application/pdf"),
        ("{image/svg+xml: {}}", "bytes image/svg+xml"),
        ("{text/csv: {schema: {type: string}}}", "text text/csv"),
        ("{application/xml: {schema: {type: object, properties: {a: {type: string}}}}}", "text application/xml"),
        ("{application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/A'}}}", "form A"),
        (
            "{multipart/form-data: {schema: {type: object, properties: {f: {type: string, format: binary}}}}}",
            "multipart {f: Binary}",
        ),
    ];
    for (content, expected) in cases {
        assert_eq!(with(content), format!("() <- {expected} -> 204"), "{content}");
    }
    assert_eq!(with("{}"), "() -> 204");
}

#[test]
fn replies_are_successes() {
    check(&[
        (
            "/a: {post: {requestBody: {$ref: '#/components/requestBodies/A'}, responses: {'201': {$ref: '#/components/responses/A'}, '200': {description: d}}}}",
            "() <- json A -> 200, 201 json A",
        ),
        (
            "/a: {get: {responses: {2XX: {$ref: '#/components/responses/A'}, '404': {$ref: '#/components/responses/E'}}}}",
            "() -> 2xx json A",
        ),
        ("/a: {get: {responses: {default: {$ref: '#/components/responses/A'}}}}", "() -> 2xx json A"),
        ("/a: {get: {responses: {'200': {description: d}, default: {$ref: '#/components/responses/E'}}}}", "() -> 200"),
        ("/a: {get: {responses: {'404': {description: d}}}}", "() -> 2xx"),
        ("/a: {get: {}}", "() -> 2xx"),
    ]);
}

#[test]
fn members_beside_the_verbs_are_read_or_named() {
    let text = document(
        "/a: {x-sage-professional-only: true, summary: s, head: {operationId: h, responses: {'204': {}}}, put: {x-resend: idempotent, x-sage-availability: {plus: [GB]}, responses: {'204': {}}}}",
    );
    let run = run(&[&text]);
    assert_eq!(run.codes(), <[&str; 0]>::default());
    let [head, put] = run.api.operations.as_slice() else { panic!("two operations") };
    assert_eq!((head.resend, put.resend), (Resend::Safe, Resend::Idempotent));
    assert!(head.terms.professional_only && put.terms.professional_only);
    assert_eq!(put.terms.availability, [("plus".to_owned(), vec!["GB".to_owned()])]);
}

#[test]
fn one_bad_item_costs_itself_alone() {
    let text = document(
        "/a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/None'}}}}}},
           put: {responses: {'204': {}}}, post: {parameters: [{name: q, in: query, schema: {type: [1]}}], responses: {'204': {}}}}",
    );
    let run = run(&[&text]);
    assert_eq!(run.codes(), ["D302", "D301"]);
    assert_eq!(run.api.operations.len(), 2);
    assert_eq!(run.skipped().len(), 2, "{:?}", run.skipped());
}
