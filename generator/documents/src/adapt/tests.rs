use super::*;
use crate::diagnostic::{Format, render};

fn adapted(text: &str) -> (Source, String) {
    let mut diagnostics = Diagnostics::new();
    let source = to_openapi_30(Source::read("api.yaml", text).unwrap(), &mut diagnostics);
    let printed = render(&diagnostics.into_vec(), [&source], Format::Human);
    (source, printed)
}

/// The adapted document, and what was said about it.
fn check(text: &str) -> String {
    let (source, printed) = adapted(text);
    format!("{}{printed}", source.tree.to_yaml())
}

/// A schema of OpenAPI 3.1, adapted, on one line.
fn schema(schema: &str) -> String {
    let (source, printed) = adapted(&format!("openapi: 3.1.0\ncomponents: {{schemas: {{A: {schema}}}}}"));
    let codes: Vec<_> = printed.lines().filter_map(|line| line.split_once('[')?.1.split_once(']')).collect();
    let codes: String = codes.iter().filter(|(code, _)| code.len() == 4).map(|(code, _)| format!(" {code}")).collect();
    source.tree.pointer("/components/schemas/A").unwrap().to_json() + &codes
}

#[test]
fn schemas_of_3_1_become_schemas_of_3_0() {
    let table = [
        ("true", "{}"),
        ("false", "{} U121"),
        ("7", "{} D121"),
        ("{type: [string, 'null']}", r#"{"type":"string","nullable":true}"#),
        ("{type: 'null'}", r#"{"nullable":true}"#),
        ("{type: 7}", "{} D121"),
        (
            "{type: [string, integer, 'null'], maxLength: 3, minimum: 1, description: x}",
            r#"{"description":"x","nullable":true,"anyOf":[{"type":"string","maxLength":3},{"type":"integer","minimum":1}]}"#,
        ),
        ("{const: a}", r#"{"enum":["a"]}"#),
        ("{const: null}", r#"{"nullable":true}"#),
        ("{enum: [a, null]}", r#"{"enum":["a"],"nullable":true}"#),
        ("{exclusiveMinimum: 3}", r#"{"exclusiveMinimum":true,"minimum":3}"#),
        ("{exclusiveMaximum: 3, maximum: 2}", r#"{"maximum":2}"#),
        ("{exclusiveMaximum: true, maximum: 2}", r#"{"exclusiveMaximum":true,"maximum":2}"#),
        ("{type: string, examples: [a, b]}", r#"{"type":"string","example":"a"}"#),
        ("{type: string, contentEncoding: base64}", r#"{"type":"string","format":"byte"}"#),
        ("{contentMediaType: application/octet-stream}", r#"{"type":"string","format":"binary"}"#),
        ("{prefixItems: [{type: string}, {type: string}]}", r#"{"type":"array","items":{"type":"string"}} U121"#),
        (
            "{prefixItems: [{type: string}, true], items: {type: number}}",
            r#"{"type":"array","items":{"anyOf":[{"type":"string"},{},{"type":"number"}]}} U121"#,
        ),
        ("{anyOf: [{type: string}, {type: 'null'}]}", r#"{"nullable":true,"allOf":[{"type":"string"}]}"#),
        ("{oneOf: [{type: 'null'}]}", r#"{"nullable":true}"#),
        ("{$ref: '#/x'}", r##"{"$ref":"#/x"}"##),
        ("{$ref: '#/x', $comment: why}", r##"{"$ref":"#/x"}"##),
        ("{$ref: '#/x', description: d}", r##"{"allOf":[{"$ref":"#/x"}],"description":"d"}"##),
        (
            "{$ref: '#/x', nullable: true, type: [string, 'null']}",
            r##"{"allOf":[{"$ref":"#/x"},{"type":"string","nullable":true}],"nullable":true}"##,
        ),
        ("{properties: {a: {type: ['null', boolean]}}}", r#"{"properties":{"a":{"type":"boolean","nullable":true}}}"#),
        ("{additionalProperties: {}}", r#"{"additionalProperties":true}"#),
        ("{unevaluatedProperties: false}", r#"{"additionalProperties":false}"#),
        ("{patternProperties: {}, if: {}, then: {}}", r#"{"additionalProperties":true} U121 U121 U121"#),
        ("{$defs: {b: true}, not: {const: 1}}", r#"{"$defs":{"b":{}},"not":{"enum":[1]}}"#),
        (
            "{allOf: 7, properties: [], items: [{type: string}]}",
            r#"{"allOf":7,"properties":[],"type":"array","items":{"type":"string"}} U121 D121 D121"#,
        ),
    ];
    for (from, to) in table {
        assert_eq!(schema(from), to, "{from}");
    }
}

#[test]
fn documents_of_3_1() {
    insta::assert_snapshot!(check(
        "\
openapi: 3.1.0
info: {title: A, version: '1'}
webhooks: {new: {post: {}}}
components:
  pathItems:
    Shared: {get: {responses: {'200': {description: '', content: {'*/*': {schema: true}}}}}}
paths:
  /a: {$ref: '#/components/pathItems/Shared', parameters: [{name: x, in: query, schema: {type: [integer, 'null']}}]}
  /b: 7
  x-note: 7
"
    ));
}

#[test]
fn swagger_becomes_openapi() {
    insta::assert_snapshot!(check("\
swagger: '2.0'
info: {title: A, version: '1'}
host: example.com
basePath: /v1
schemes: [https, http]
consumes: [application/json]
produces: [application/json]
tags: [{name: a}]
parameters:
  Page: {name: page, in: query, type: integer, format: int32, minimum: 1, default: 1}
  Body: {name: body, in: body, schema: {$ref: '#/definitions/A'}}
  File: {name: file, in: formData, type: file, required: true}
responses:
  Gone: {description: gone, schema: {$ref: '#/definitions/A'}}
securityDefinitions:
  basic: {type: basic}
  key: {type: apiKey, in: header, name: X-Key}
  oauth: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a', tokenUrl: 'https://b', scopes: {r: read}}
paths:
  /a/{id}:
    x-title: kept
    parameters: [{name: id, in: path, type: string, required: true, x-example: e}]
    put:
      operationId: putA
      parameters:
        - {name: body, in: body, required: true, schema: {$ref: '#/definitions/A'}}
        - {$ref: '#/parameters/Page'}
        - {name: many, in: query, type: array, items: {type: string, enum: [a, b]}, collectionFormat: multi}
        - {name: few, in: query, type: array, items: {type: array, collectionFormat: pipes, items: {type: string}}}
      responses:
        '200': {description: ok, schema: {$ref: '#/definitions/A'}, examples: {application/json: {id: '1'}}, headers: {X-Rate: {type: integer}}}
        '410': {$ref: '#/responses/Gone'}
    post:
      consumes: [application/xml, '*/*']
      parameters: [{$ref: '#/parameters/Body'}]
      responses: {'204': {description: none}}
  /file:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {$ref: '#/parameters/File'}
        - {name: note, in: formData, type: string, maxLength: 3}
      produces: []
      responses: {'200': {description: bytes, schema: {type: file}}}
    put:
      parameters: [{name: note, in: formData, type: string}]
      responses: {default: {description: any}}
definitions:
  A:
    type: object
    discriminator: kind
    properties:
      kind: {type: string, x-nullable: true}
      b: {$ref: '#/definitions/A', description: another, readOnly: true}
      c: {type: object, additionalProperties: {$ref: '#/definitions/A'}}
"));
}

#[test]
fn places_are_those_on_disk() {
    let (source, printed) = adapted(
        "\
swagger: '2.0'
parameters: {P: {name: p, in: query, type: string}}
responses: {R: {description: r, schema: {type: string}}}
paths:
  /a:
    post:
      parameters:
        - {name: body, in: body, schema: {type: object, properties: {a: {type: string}}}}
        - {name: q, in: query, type: string}
      responses: {'200': {description: ok, schema: {type: string}}}
    put:
      parameters: [{name: f, in: formData, type: string}]
definitions: {A: {type: object}}
",
    );
    assert_eq!(printed, "");
    let table = [
        ("", ""),
        ("/components/schemas/A/type", "/definitions/A/type"),
        ("/components/parameters/P/schema/type", "/parameters/P/type"),
        ("/components/responses/R/content/application~1json/schema", "/responses/R/schema"),
        ("/paths/~1a/post/requestBody", "/paths/~1a/post/parameters/0"),
        (
            "/paths/~1a/post/requestBody/content/application~1json/schema/properties/a",
            "/paths/~1a/post/parameters/0/schema/properties/a",
        ),
        ("/paths/~1a/post/parameters/0/schema", "/paths/~1a/post/parameters/1"),
        ("/paths/~1a/post/responses/200/content/application~1json/schema", "/paths/~1a/post/responses/200/schema"),
        (
            "/paths/~1a/put/requestBody/content/application~1x-www-form-urlencoded/schema/properties/f",
            "/paths/~1a/put/parameters/0",
        ),
    ];
    for (adapted, disk) in table {
        assert_eq!(source.origins.on_disk(adapted), disk, "{adapted}");
    }
}

#[test]
fn d106_other_formats() {
    insta::assert_snapshot!(check("openapi: 4.0.0\n"));
}

#[test]
fn d121_to_d123_and_u123() {
    insta::assert_snapshot!(check(
        "\
swagger: '2.0'
paths:
  /a:
    get:
      parameters: {name: x}
      responses: [ok]
    post:
      parameters:
        - {name: a, in: body, schema: {}}
        - {name: b, in: body, schema: {}}
        - {name: c, in: formData, type: string}
        - {name: d, in: query, type: file}
        - {name: e, in: query, type: array, items: {type: string}, collectionFormat: tsv}
securityDefinitions: {x: {type: magic}}
"
    ));
}
