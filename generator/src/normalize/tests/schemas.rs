//! Schemas to kinds.

use super::run;

/// Others that the cases refer to.
const OTHERS: &str = "
    A: {type: object, properties: {x: {type: string}}}
    B: {type: object, required: [y], properties: {y: {type: integer}}}
    Color: {type: string, enum: [red, green]}
    Null: {type: string, nullable: true}
    Loop: {type: object, properties: {next: {$ref: '#/components/schemas/Loop'}}}
    Deep: {type: object, properties: {'a/b': {type: array, items: {type: object, properties: {'c~{d}': {type: boolean}}}}}}
";

fn check(cases: &[(&str, &str)]) {
    for (schema, expected) in cases {
        let text = format!("openapi: 3.0.3\ncomponents:\n  schemas:\n    T: {schema}{OTHERS}");
        let run = run(&[&text]);
        assert_eq!(&run.schema("T"), expected, "{schema}\n{}", run.rendered());
    }
}

#[test]
fn scalars_follow_type_and_format() {
    check(&[
        ("{}", "Any"),
        ("{type: string}", "Plain"),
        ("{type: string, format: date}", "Date"),
        ("{type: string, format: date-time}", "DateTime"),
        ("{type: string, format: byte}", "Base64"),
        ("{type: string, format: binary}", "Binary"),
        ("{type: string, format: uuid}", "Plain"),
        ("{type: string, format: '20'}", "Plain"),
        ("{type: string, format: int16}", "Plain"),
        ("{type: integer}", "I64"),
        ("{type: integer, format: int16}", "I32"),
        ("{type: integer, format: int32}", "I32"),
        ("{type: integer, format: int64}", "I64"),
        ("{type: integer, format: uint32}", "U32"),
        ("{type: integer, format: uint64}", "U64"),
        ("{type: integer, format: decimal 2dp}", "Decimal/2"),
        ("{type: number}", "Decimal"),
        ("{type: number, format: double}", "Float"),
        ("{type: number, format: float}", "Float"),
        ("{type: number, format: decimal 9dp}", "Decimal/9"),
        ("{type: number, format: int64}", "I64"),
        ("{type: boolean}", "Boolean"),
        ("{type: object, format: boolean}", "Boolean"),
        ("{type: string, nullable: true}", "Plain?"),
        ("{type: file}", "Binary"),
        ("{type: strange}", "Any"),
        ("{pattern: '^a'}", "Plain"),
        ("{minimum: 1}", "Decimal"),
        ("{format: date}", "Date"),
    ]);
}

#[test]
fn lists_of_values_become_enumerations_where_they_can() {
    check(&[
        ("{type: string, enum: [a, b]}", "a|b"),
        ("{type: string, enum: [only]}", "only"),
        ("{type: string, enum: [a, b, a]}", "a|b"),
        ("{type: string, enum: [a, null]}", "a?"),
        ("{type: string, enum: ['']}", ""),
        ("{type: string, enum: [1, true]}", "1|true"),
        ("{type: string, enum: []}", "Plain"),
        ("{enum: [a, b]}", "a|b"),
        ("{type: integer, enum: [1, 2]}", "[1, 2]"),
        ("{enum: [1, 2]}", "[1, 2]"),
        ("{type: number, enum: [0.5, 2]}", "Decimal"),
        ("{type: integer, enum: ['1']}", "I64"),
        ("{enum: [1, a]}", "Any"),
        ("{type: boolean, enum: [true]}", "Boolean"),
        ("{enum: [null]}", "Any?"),
    ]);
}

#[test]
fn objects_keep_order_and_what_stands_beside_references() {
    check(&[
        ("{type: object}", "{}"),
        ("{properties: {b: {type: string}, a: {type: string}}}", "{b: Plain, a: Plain}"),
        ("{type: object, required: [a], properties: {a: {type: string, readOnly: true}}}", "{a!r: Plain}"),
        ("{type: object, properties: {a: {type: string, nullable: true, writeOnly: true}}}", "{aw: Plain?}"),
        ("{type: object, properties: {a: {$ref: '#/components/schemas/A'}}}", "{a: A}"),
        ("{type: object, properties: {a: {$ref: '#/components/schemas/Null'}}}", "{a: Null?}"),
        (
            "{type: object, properties: {a: {allOf: [{$ref: '#/components/schemas/A'}], nullable: true, readOnly: true}}}",
            "{ar: A?}",
        ),
        ("{type: object, properties: {a: {$ref: '#/components/schemas/A', readOnly: true}}}", "{ar: A}"),
        ("{type: object, additionalProperties: true}", "map of Any"),
        ("{type: object, additionalProperties: {}}", "map of Any"),
        ("{type: object, additionalProperties: false}", "{}"),
        ("{type: object, additionalProperties: {type: string}}", "map of Plain"),
        ("{properties: {a: {type: string}}, additionalProperties: true}", "{a: Plain}"),
        ("{properties: {a: {type: string}}, additionalProperties: {type: integer}}", "{a: Plain, *: I64}"),
        ("{type: array, items: {type: object, properties: {a: {type: array}}}}", "[{a: [Any]}]"),
        (
            "{type: object, properties: {l: {$ref: '#/components/schemas/Loop'}, t: {$ref: '#/components/schemas/T'}}}",
            "{l: Loop, t: T}",
        ),
    ]);
}

#[test]
fn references_lead_anywhere_in_the_document() {
    check(&[
        ("{type: array, items: {$ref: '#/components/schemas/Deep/properties/a~1b'}}", "[[{c~{d}: Boolean}]]"),
        (
            "{type: array, items: {$ref: '#/components/schemas/Deep/properties/a~1b/items/properties/c~0%7Bd%7D'}}",
            "[Boolean]",
        ),
        ("{type: array, items: {$ref: '#/components/schemas/T'}}", "[T]"),
        // Another name of a schema is no schema of its own.
        ("{$ref: '#/components/schemas/A'}", "none"),
        ("{allOf: [{$ref: '#/components/schemas/A'}], description: d}", "none"),
    ]);
}

#[test]
fn all_of_joins_objects() {
    check(&[
        ("{allOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}", "{x: Plain, y!: I64}"),
        (
            "{allOf: [{$ref: '#/components/schemas/A'}], properties: {z: {type: boolean}}, required: [x]}",
            "{x!: Plain, z: Boolean}",
        ),
        ("{allOf: [{$ref: '#/components/schemas/A'}, {properties: {x: {type: integer}}}]}", "{x: I64}"),
        ("{allOf: [{type: object, properties: {a: {type: string}}}]}", "{a: Plain}"),
        ("{allOf: [{type: string}, {maxLength: 5}]}", "Plain"),
        ("{allOf: [{$ref: '#/components/schemas/Color'}, {type: string}]}", "red|green"),
        ("{allOf: [{type: string}, {type: integer}]}", "Any"),
        ("{allOf: [{$ref: '#/components/schemas/A'}, {type: string}]}", "{x: Plain}"),
        ("{allOf: [{$ref: '#/components/schemas/A'}, {oneOf: [{properties: {q: {type: string}}}]}]}", "{x: Plain}"),
        ("{allOf: []}", "Any"),
    ]);
}

#[test]
fn choices_have_variants_null_and_tags() {
    check(&[
        ("{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}", "(A or B)"),
        ("{anyOf: [{type: string}, {type: integer}]}", "(Plain or I64)"),
        ("{anyOf: [{type: string}, {type: integer}, {type: 'null'}]}", "(Plain or I64)?"),
        ("{anyOf: [{type: string, enum: [a]}, {type: string}]}", "a"),
        ("{anyOf: [{type: string}, {enum: [null]}]}", "Plain?"),
        ("{oneOf: [{type: object, properties: {a: {type: string}}}]}", "{a: Plain}"),
        ("{type: object, properties: {a: {oneOf: [{$ref: '#/components/schemas/A'}, {type: 'null'}]}}}", "{a: A?}"),
        (
            "{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: t}}",
            "(A = A or B = B) by t",
        ),
        (
            "{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}],
              discriminator: {propertyName: t, mapping: {a: A, aa: '#/components/schemas/A', b: '#/components/schemas/B'}}}",
            "(a|aa = A or b = B) by t",
        ),
        ("{properties: {a: {type: string}}, oneOf: [{required: [a]}]}", "{a: Plain}"),
        ("{not: {type: string}, type: integer}", "I64"),
    ]);
}

#[test]
fn limits_are_kept_as_they_are_written() {
    let text = "openapi: 3.0.3\ncomponents:\n  schemas:\n    T: {type: number, minimum: 0.10, maximum: 5, exclusiveMaximum: true, multipleOf: 0.1}\n";
    let run = run(&[text]);
    let limits = &run.api.schemas[0].limits;
    assert_eq!((limits.minimum.as_deref(), limits.maximum.as_deref()), (Some("0.10"), None));
    assert_eq!(limits.other, ["a multiple of 0.1", "less than 5"]);
}

#[test]
fn several_documents_are_one_api() {
    let a = "openapi: 3.0.3\ncomponents: {schemas: {A: {type: string}, B: {type: array, items: {$ref: '#/components/schemas/A'}}}}\n";
    let b = "openapi: 3.0.3\ncomponents: {schemas: {A: {type: string}, C: {type: array, items: {$ref: '#/components/schemas/A'}}}}\n";
    let both = run(&[a, b]);
    assert_eq!(both.codes(), <[&str; 0]>::default());
    assert_eq!((both.schema("C").as_str(), both.api.schemas.len(), both.coverage.schemas.documented), ("[A]", 3, 3));
}
