//! Every diagnostic of this stage, as it is printed.

use super::{Code, run};

/// A document for each code, and the documents beside it.
const CASES: &[(Code, &[&str])] = &[
    (Code::Schema, &["components: {schemas: {A: {type: string, maxLength: long}}}"]),
    (Code::DanglingReference, &["components: {schemas: {Contact: {}, A: {$ref: '#/components/schemas/Contacts'}}}"]),
    (Code::ReferenceCycle, &["components: {schemas: {A: {$ref: '#/components/schemas/A'}}}"]),
    (Code::AllOfConflict, &["components: {schemas: {A: {allOf: [{type: string}, {type: integer}]}}}"]),
    (Code::EnumValues, &["components: {schemas: {A: {type: string, enum: [a, 1]}}}"]),
    (Code::UnknownType, &["components: {schemas: {A: {type: text}}}"]),
    (Code::Format, &["components: {schemas: {A: {type: integer, format: decimal 2dp}}}"]),
    (Code::NoItems, &["components: {schemas: {A: {type: array}}}"]),
    (
        Code::PropertyOverridden,
        &[
            "components: {schemas: {A: {allOf: [{properties: {a: {type: string}}}, {properties: {a: {type: integer}}}]}}}",
        ],
    ),
    (
        Code::Discriminator,
        &[
            "components: {schemas: {A: {oneOf: [{type: string}, {type: integer}], discriminator: {propertyName: t, mapping: {b: B}}}, B: {}}}",
        ],
    ),
    (Code::UnknownKey, &["components: {schemas: {A: {type: string, maxlength: 3}}}"]),
    (Code::NameTaken, &["components: {schemas: {A: {type: string}}}", "components: {schemas: {A: {type: integer}}}"]),
    (Code::ExternalReference, &["components: {schemas: {A: {$ref: 'other.yaml#/A'}}}"]),
    (Code::Ignored, &["components: {schemas: {A: {not: {type: string}}}}"]),
    (Code::ChoiceBesideProperties, &["components: {schemas: {A: {properties: {a: {}}, oneOf: [{required: [a]}]}}}"]),
    (Code::Operation, &["paths: {/a: {get: {tags: all, responses: {'204': {}}}}}"]),
    (Code::Parameter, &["paths: {/a: {get: {parameters: [{name: a, in: body}], responses: {'204': {}}}}}"]),
    (Code::PathTemplate, &["paths: {'/a/{b': {get: {responses: {'204': {}}}}}"]),
    (Code::UndeclaredParameter, &["paths: {'/a/{b}': {get: {responses: {'204': {}}}}}"]),
    (
        Code::StrayParameter,
        &[
            "paths: {/a: {get: {parameters: [{name: b, in: path, required: true, schema: {}}], responses: {'204': {}}}}}",
        ],
    ),
    (
        Code::DuplicateParameter,
        &[
            "paths: {/a: {get: {parameters: [{name: b, in: query, schema: {}}, {name: b, in: query, schema: {}}], responses: {'204': {}}}}}",
        ],
    ),
    (
        Code::DuplicateOperationId,
        &[
            "paths: {/a: {get: {operationId: a, responses: {'204': {}}}, put: {operationId: a, responses: {'204': {}}}}}",
        ],
    ),
    (Code::Reply, &["paths: {/a: {get: {responses: {'404': {}}}}}"]),
    (Code::PathItem, &["paths: {/a: {fetch: {}}}"]),
    (
        Code::ParameterStyle,
        &[
            "paths: {'/a/{b}': {get: {parameters: [{name: b, in: path, required: true, style: matrix, schema: {}}], responses: {'204': {}}}}}",
        ],
    ),
    (
        Code::SkippedParameter,
        &["paths: {/a: {get: {parameters: [{name: b, in: cookie, schema: {}}], responses: {'204': {}}}}}"],
    ),
    (
        Code::MediaTypes,
        &["paths: {/a: {get: {responses: {'200': {content: {application/json: {}, application/xml: {}}}}}}}"],
    ),
    (
        Code::ParameterContent,
        &[
            "paths: {/a: {get: {parameters: [{name: b, in: query, content: {application/json: {}}}], responses: {'204': {}}}}}",
        ],
    ),
];

#[test]
fn each_fault_is_told_as_follows() {
    let mut text = String::new();
    for (code, documents) in CASES {
        let run = run(documents);
        assert!(run.codes().contains(&code.id()), "{code}: {:?}", run.codes());
        text.push_str(&run.rendered());
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

#[test]
fn each_code_of_this_stage_has_a_document() {
    let ours = |code: &&Code| {
        let number: u16 = code.id()[1..].parse().unwrap_or_default();
        matches!((&code.id()[..1], number), ("D", 301..=340) | ("U", 301..=340))
    };
    // Long chains have tests of their own.
    let missing: Vec<&Code> = Code::ALL
        .iter()
        .filter(ours)
        .filter(|code| **code != Code::TooLarge && CASES.iter().all(|(case, _)| case != *code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
