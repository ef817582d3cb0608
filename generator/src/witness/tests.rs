//! Witnesses against small documents, and recordings freed of what is secret or personal.

use super::scrub::{Class, Scrubber};
use crate::diagnostic::{Format, Severity};
use crate::emit::{Form, Layout};
use crate::node::Node;
use crate::{ApiInput, InputFile, Inputs, Outcome, generate};

const DOCUMENT: &str = r"
openapi: 3.0.3
info: {title: Small, version: '1'}
paths:
  /things/{key}:
    parameters: [{name: key, in: path, required: true, schema: {type: integer}}]
    get:
      parameters: [{name: since, in: query, schema: {type: string, format: date}}]
      responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
components:
  schemas:
    Thing:
      type: object
      required: [id]
      properties:
        id: {type: integer}
        name: {type: string}
        day: {type: string, format: date}
        at: {type: string, format: date-time}
        price: {type: number}
        prices: {type: array, items: {type: number}}
        kind: {type: string, enum: [A, B]}
        rates: {type: object, additionalProperties: {type: number}}
        parts: {type: array, items: {$ref: '#/components/schemas/Thing'}}
        either: {oneOf: [{type: string}, {$ref: '#/components/schemas/Thing'}]}
";

fn run(name: &str, text: &str) -> Outcome {
    run_with(DOCUMENT, &format!("witness/{name}"), text)
}

fn run_with(document: &str, name: &str, text: &str) -> Outcome {
    let file = |name: &str, text: &str| InputFile { name: format!("specs/small/{name}").into(), bytes: text.into() };
    let settings = "module = 'small'\ntitle = 'Small'\ndocuments = ['a.yaml']\n[server]\nurl = 'https://example.com'\n";
    let inputs = Inputs {
        apis: vec![ApiInput {
            name: "small".into(),
            config: file("api.toml", settings),
            files: vec![file("a.yaml", document), file(name, text)],
        }],
        names: None,
        form: Form { command: "cargo xtask codegen".into(), layout: Layout::Module },
    };
    generate(&inputs, &|_, _| {})
}

/// What is said of a reply of `GET /things/{key}`.
fn said(text: &str) -> String {
    run("things.get.json", text).messages(Format::Human, Severity::Note)
}

#[test]
fn what_the_types_carry_is_no_contradiction() {
    for text in [
        r#"{"id": 1}"#,
        r#"{"id": "1", "name": null, "day": "", "at": null, "price": "1.50", "kind": "C"}"#,
        r#"{"id": 1, "day": "2024-02-29T00:00:00", "at": "2024-02-29 10:00", "price": 1e2, "prices": [1.50], "new": {"a": []}}"#,
        r#"{"id": 1, "rates": {"GBP": 1.0}, "parts": [{"id": 2, "new": 1}], "either": "x"}"#,
        r#"{"id": 1, "either": {"id": 2, "new": 1}}"#,
        r#"{"id": "<integer>", "name": "string", "day": "<date>", "price": "<number>", "parts": [{"id": "<long>"}]}"#,
    ] {
        assert_eq!(said(text), "", "{text}");
    }
}

#[test]
fn what_the_types_do_not_carry_is_named_with_both_places() {
    let table = [
        (
            r#"{"id": "x"}"#,
            "`/id` of the reply is text; the types expect a whole number",
            "update: `{\"type\":\"string\"}",
        ),
        (
            r#"{"id": 1.5}"#,
            "`/id` of the reply is a decimal number; the types expect a whole number",
            "update: `{\"type\":\"number\"}",
        ),
        (
            r#"{}"#,
            "`/id` of the reply is missing; the types expect a property that is always there",
            "update: `{\"required\":null}",
        ),
        (
            r#"{"id": null}"#,
            "`/id` of the reply is `null`; the types expect a whole number",
            "update: `{\"nullable\":true}",
        ),
        (
            r#"{"id": 1, "name": 5}"#,
            "`/name` of the reply is a whole number; the types expect text",
            "target: `$.components.schemas.Thing.properties.name",
        ),
        (
            r#"{"id": 1, "day": "31.05.2024"}"#,
            "`/day` of the reply is text; the types expect a date",
            "update: `{\"format\":null}",
        ),
        (
            r#"{"id": 1, "at": "soon"}"#,
            "`/at` of the reply is text; the types expect a date and time",
            "x-expect: `{\"format\":\"date-time\"}",
        ),
        (
            r#"{"id": 1, "price": "a lot"}"#,
            "`/price` of the reply is text; the types expect a decimal number",
            "update: `{\"type\":\"string\"}",
        ),
        (
            r#"{"id": 1, "kind": []}"#,
            "`/kind` of the reply is a list; the types expect a value of an enumeration",
            "\"enum\":null",
        ),
        (
            r#"{"id": 1, "rates": {"GBP": true}}"#,
            "`/rates/GBP` of the reply is `true` or `false`",
            "properties.rates.additionalProperties",
        ),
        (r#"{"id": 1, "parts": {}}"#, "`/parts` of the reply is an object; the types expect a list", "\"items\":null"),
        (
            r#"{"id": 1, "parts": [{"id": 2, "name": true}]}"#,
            "`/parts/0/name` of the reply is `true` or `false`",
            "Thing.properties.name",
        ),
        (r#"[]"#, "the reply is a list; the types expect an object", "target: `$.components.schemas.Thing"),
    ];
    for (text, message, help) in table {
        let said = said(text);
        assert!(said.contains(&format!("error[D163]: {message}")), "{text}:\n{said}");
        assert!(
            said.contains("specs/small/witness/things.get.json:1:") && said.contains("specs/small/a.yaml:"),
            "{said}"
        );
        assert!(said.contains(help), "{text}:\n{said}");
    }
    // In a list nothing remembers how a number was written.
    let said = said(r#"{"id": 1, "prices": ["1.50"]}"#);
    assert!(said.contains("`/prices/0` of the reply is written in a way that would be lost"), "{said}");
}

#[test]
fn what_the_document_does_not_know_is_on_the_record() {
    let outcome = run("things.get.json", r#"{"id": 1, "new": 1, "parts": [{"id": 2, "a/b": null}]}"#);
    let table = outcome.tests.iter().find(|file| file.path == "small.rs").unwrap();
    assert!(table.text.contains(r#".unknown(&["/new", "/parts/*/a~1b"])"#), "{}", table.text);
    assert!(table.text.contains("carry: carry::<model::Thing>"), "{}", table.text);
}

#[test]
fn requests_are_rebuilt_by_their_methods() {
    let text = r#"{"operation": "GET /things/{key}", "request": {"path": {"key": "7"}, "query": {"since": "2024-05-31", "odd": "x"}}}"#;
    let outcome = run("any.json", text);
    let table = &outcome.tests.iter().find(|file| file.path == "small.rs").unwrap().text;
    let call = r#"things().get(given.path_as::<i64>(0)?).query("odd", given.query::<String>("odd")?).since(given.query::<rt::NaiveDate>("since")?)"#;
    assert!(table.contains(call), "{table}");
    let messages = outcome.messages(Format::Human, Severity::Note);
    assert!(messages.contains("warning[D163]: no document declares the query parameter `odd`"), "{messages}");
    let wrong = text.replace("2024-05-31", "yesterday");
    assert!(
        run("any.json", &wrong).messages(Format::Human, Severity::Error).contains("error[D163]: `since` in the query")
    );
    let body = r#"{"operation": "things.update", "request": {"path": {"key": "7"}, "body": {"id": 1, "price": true}}}"#;
    assert!(run("any.json", body).messages(Format::Human, Severity::Error).contains("`/price` of the request"));
}

#[test]
fn malformed_witnesses_are_told() {
    for (name, text, code) in [
        ("reply.json", "{}", "D161"),
        ("things.json", "{}", "D161"),
        ("nothing.get.json", "{}", "D162"),
        ("a.b.json", r#"{"operation": "GET /nothing", "reply": {}}"#, "D162"),
        ("a.b.json", r#"{"operation": "FETCH /things/{key}", "reply": {}}"#, "D161"),
        ("a.b.json", r#"{"operation": "things.get", "reply": {"status": 7}}"#, "D161"),
        ("a.b.json", r#"{"operation": "things.get", "reply": {}, "more": 1}"#, "D161"),
        ("a.b.json", r#"{"operation": "things.get", "request": {"query": {"a": 1}}}"#, "D161"),
        ("things.get.json", "{", "D101"),
    ] {
        let messages = run(name, text).messages(Format::Human, Severity::Note);
        assert!(messages.contains(&format!("error[{code}]")), "{name} {text}: {messages}");
    }
    let failed = run("a.json", r#"{"operation": "things.get", "reply": {"status": 404, "body": {"message": "no"}}}"#);
    // What was refused is compared as JSON: documents have no types for errors.
    assert_eq!(failed.messages(Format::Human, Severity::Note), "");
    assert!(failed.tests[0].text.contains("carry: carry::<rt::Json>"), "{}", failed.tests[0].text);
}

fn node(json: &str) -> Node {
    Node::from_json(json).unwrap()
}

fn scrubbed(json: &str) -> (Node, Scrubber) {
    let mut value = node(json);
    let mut scrubber = Scrubber::default();
    scrubber.scrub(&mut value, "", "");
    (value, scrubber)
}

/// What must not be in what is filed.
const CANARIES: &[&str] = &[
    "Ann",
    "Archer",
    "ann.archer@shop.example.com",
    "Müller",
    "07700 900123",
    "+44 7700 900123",
    "1 Long Row",
    "Durham",
    "DH1 3AA",
    "GB82 WEST 1234 5698 7654 32",
    "GB82WEST12345698765432",
    "12-34-56",
    "31926819",
    "GB123456789",
    "QQ123456C",
    "4111 1111 1111 1111",
    "hunter2",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "4d63c5a1b2c3d4e5f60718293a4b5c6d",
    "b88e0000-1234-4abc-8def-0123456789ab",
    "1971-03-04",
    "owes me a pint",
    "JVBERi0xLjcKJcTl8uXrp",
    "471199",
];

const RECORDING: &str = r#"{
  "id": "4d63c5a1b2c3d4e5f60718293a4b5c6d", "$path": "/contacts/4d63c5a1b2c3d4e5f60718293a4b5c6d", "displayed_as": "Ann Archer (A-17)",
  "legacy_id": 471199, "customer_id": "471199", "contact_type": {"id": "CUSTOMER"}, "tax_rate": {"id": "GB_STANDARD"}, "currency": {"id": "GBP"},
  "name": "Ann Archer", "email": "ann.archer@shop.example.com", "owner": {"first_name": "ANN", "mail": "Ann Archer <ann.archer@shop.example.com>"},
  "telephone": "+44 7700 900123", "fax": null, "mobile": "07700 900123", "main_address": {"address_line_1": "1 Long Row", "city": "Durham", "postal_code": "DH1 3AA", "country": {"id": "GB"}},
  "bank_account_details": {"iban": "GB82 WEST 1234 5698 7654 32", "number": "31926819", "sort_code": "12-34-56", "bic": "WESTGB22"},
  "odd": "GB82WEST12345698765432", "card": "4111 1111 1111 1111", "tax_number": "GB123456789", "ni": "QQ123456C", "date_of_birth": "1971-03-04",
  "notes": "owes me a pint, Müller", "password": "hunter2", "auth": {"access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "expires_in": 300},
  "business": "b88e0000-1234-4abc-8def-0123456789ab", "attachment": {"file": "JVBERi0xLjcKJcTl8uXrp"},
  "balance": "110.00", "credit_days": 30, "rate": 1.50, "created_at": "2024-02-29T09:30:00Z", "due_date": "", "status": "draft", "deleted": false,
  "by_id": {"4d63c5a1b2c3d4e5f60718293a4b5c6d": 1, "ann.archer@shop.example.com": 2}, "lines": [{"id": "4d63c5a1b2c3d4e5f60718293a4b5c6d"}],
  "link": "https://ann:hunter2@shop.example.com/contacts/4d63c5a1b2c3d4e5f60718293a4b5c6d?key=hunter2"
}"#;

#[test]
fn nothing_secret_or_personal_is_left() {
    let (value, scrubber) = scrubbed(RECORDING);
    let text = value.to_json();
    for canary in CANARIES {
        assert!(!text.to_lowercase().contains(&canary.to_lowercase()), "{canary}: {text}");
    }
    assert_eq!(scrubber.suspects(&value), [], "{text}");
    // The change report does not say what it was.
    let report = format!("{:?}", scrubber.changes());
    assert!(CANARIES.iter().all(|canary| !report.contains(canary)), "{report}");
}

#[test]
fn shapes_stay_and_the_same_stays_the_same() {
    let (value, scrubber) = scrubbed(RECORDING);
    let text = |pointer: &str| value.pointer(pointer).and_then(Node::as_str).unwrap_or_else(|| panic!("{pointer}"));
    let shape = |text: &str| -> String {
        text.chars()
            .map(|letter| match letter {
                letter if letter.is_ascii_digit() => '0',
                letter if letter.is_uppercase() => 'A',
                letter if letter.is_alphabetic() => 'a',
                letter => letter,
            })
            .collect()
    };
    let before = node(RECORDING);
    let all = [
        "/displayed_as",
        "/name",
        "/telephone",
        "/mobile",
        "/main_address/postal_code",
        "/bank_account_details/iban",
        "/bank_account_details/sort_code",
        "/tax_number",
        "/card",
        "/notes",
        "/customer_id",
    ];
    for pointer in all {
        assert_eq!(shape(text(pointer)), shape(before.pointer(pointer).unwrap().as_str().unwrap()), "{pointer}");
        assert_ne!(text(pointer), before.pointer(pointer).unwrap().as_str().unwrap(), "{pointer}");
    }
    assert!(text("/displayed_as").starts_with(text("/name")));
    assert_eq!(text("/owner/first_name").to_lowercase(), text("/name").split(' ').next().unwrap().to_lowercase());
    assert_eq!(text("/$path"), format!("/contacts/{}", text("/id")));
    assert_eq!(text("/lines/0/id"), text("/id"));
    assert!(value.pointer("/by_id").unwrap().get(text("/id")).is_some());
    assert_eq!(value.get("legacy_id").unwrap().as_number().unwrap().as_str(), text("/customer_id"));
    assert!(
        super::scrub::is_iban(text("/bank_account_details/iban"))
            && text("/bank_account_details/iban").starts_with("GB")
    );
    assert!(text("/email").ends_with("@example.invalid") && text("/owner/mail").contains("@example.invalid>"));
    assert_eq!((text("/business").len(), text("/business").as_bytes()[14]), (36, b'4'));
    assert_eq!(text("/date_of_birth"), "1980-01-01");
    // What tells nothing of anybody stays.
    let kept = [
        "/contact_type/id",
        "/tax_rate/id",
        "/currency/id",
        "/main_address/country/id",
        "/balance",
        "/credit_days",
        "/rate",
        "/created_at",
        "/due_date",
        "/status",
        "/deleted",
        "/auth/expires_in",
        "/fax",
    ];
    for pointer in kept {
        assert_eq!(value.pointer(pointer), before.pointer(pointer), "{pointer}");
    }
    // Twice the same, and again.
    let again = scrubbed(RECORDING);
    assert_eq!(again.0, value);
    assert!(scrubber.changes().iter().any(|change| change.class == Class::Secret && change.pointer == "/password"));
}

#[test]
fn what_nobody_expects_is_refused() {
    for (json, pointer) in [
        (r#"{"x": "9aF3kLmQ27xZpR5tYb8w"}"#, "/x"),
        (r#"{"x": ["Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg=="]}"#, "/x/0"),
        (r#"{"9aF3kLmQ27xZpR5tYb8w": 1}"#, "/9aF3kLmQ27xZpR5tYb8w"),
        (r#"{"x": 4111111111111111}"#, "/x"),
    ] {
        let (value, scrubber) = scrubbed(json);
        let suspects = scrubber.suspects(&value);
        assert_eq!(suspects.iter().map(|suspect| suspect.pointer.as_str()).collect::<Vec<_>>(), [pointer], "{json}");
    }
    let mut value = node(r#"{"x": "9aF3kLmQ27xZpR5tYb8w"}"#);
    let mut scrubber = Scrubber::new(vec!["x".to_owned()]);
    scrubber.scrub(&mut value, "", "");
    assert_eq!((value.text("x"), scrubber.suspects(&value).len()), (Some("removed"), 0));
}

#[test]
fn an_example_that_contradicts_its_type_is_told_with_both_places() {
    let document = DOCUMENT.replace("name: {type: string}", "name: {type: string, example: 5}").replace(
        "responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}\n    put:",
        "responses: {'200': {description: '', content: {application/json: {example: {id: 1, kind: [A]}, schema: {$ref: '#/components/schemas/Thing'}}}}}\n    put:",
    );
    let outcome = run_with(&document, "none.yaml", "");
    let said = outcome.messages(Format::Human, Severity::Warning);
    for expected in [
        "warning[D163]: `/kind` of the reply is a list; the types expect a value of an enumeration",
        "`#/paths/~1things~1{key}/get/responses/200/content/application~1json/example",
        "expected here: specs/small/a.yaml:25:9 (`#/components/schemas/Thing/properties/kind`)",
        "warning[D163]: `/name` of the request is a whole number; the types expect text",
        "pointer: `#/components/schemas/Thing`",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn a_path_that_leads_elsewhere_makes_no_test() {
    let document = DOCUMENT.replace(
        "name: key, in: path, required: true, schema: {type: integer}",
        "name: key, in: path, required: true, schema: {type: string}",
    );
    for (key, tested) in [("", false), ("..", false), ("a b", true)] {
        let witness = format!(r#"{{"operation": "GET /things/{{key}}", "request": {{"path": {{"key": "{key}"}}}}}}"#);
        let outcome = run_with(&document, "witness/a.b.json", &witness);
        assert_eq!(outcome.tests[0].text.contains("    Request {"), tested, "{key}");
        let said = outcome.messages(Format::Human, Severity::Note);
        assert_eq!(said.contains(&format!("makes no test: `key` in the path is `{key}`")), !tested, "{said}");
    }
}
