//! Each convention on a small document, and each that applies nowhere.

use super::apply;
use crate::config::Counts;
use crate::diagnostic::{Diagnostic, Diagnostics, Format, render};
use crate::ir::{Content, Decimals, Kind, Paging, Status};
use crate::normalize::tests::{Run, run, settings};

const DOCUMENT: &str = "
openapi: 3.0.3
paths:
  /sites: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/site'}}}}}}}
  /contacts:
    get:
      parameters: [{name: items_per_page, in: query, schema: {type: integer}}]
      responses: {'200': {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/site'}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {contact: {type: object, properties: {name: {type: string}}}}}}}}
      responses: {'201': {description: d}}
    put:
      requestBody: {content: {application/json: {schema: {type: object, properties: {address: {type: object, properties: {line: {type: string}}}}}}}}
      responses: {'204': {description: d}}
  /others/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: number}}]
      responses: {'200': {content: {application/json: {schema: {type: array, items: {type: string}}}}}}
components:
  schemas:
    site: {type: object, properties: {total: {type: number, format: double}, unit: {type: object}, units: {type: array, items: {type: object}}, base: {type: object}, status: {type: object}}}
    unit: {type: object, properties: {name: {type: string}, unit: {type: object}}}
";

fn with(conventions: &str) -> (Run, Counts, Vec<Diagnostic>) {
    let mut run = run(&[DOCUMENT]);
    let mut diagnostics = Diagnostics::new();
    let counts = apply(&mut run.api, &settings(conventions), &mut diagnostics);
    (run, counts, diagnostics.into_vec())
}

fn count(conventions: &str, name: &str) -> usize {
    let (_, counts, _) = with(conventions);
    counts.get(name).copied().unwrap_or_default()
}

#[test]
fn what_pages_is_never_negative() {
    let kinds = |conventions: &str| {
        let (run, ..) = with(conventions);
        let parameters = run.api.operations.iter().flat_map(|operation| &operation.parameters);
        let kinds = parameters.map(|parameter| format!("{} {}", parameter.name, run.used(parameter.schema)));
        kinds.collect::<Vec<_>>()
    };
    let options = "[conventions.query-options]\nlist = ['t:integer', 'n:integer', 's']\nsingle = ['t:integer']\n";
    let envelope = "[conventions.list-envelope]\nparameter = 'items_per_page'\n";
    let offset = "[conventions.offset-paging]\nskip = 's'\ntop = 't'\ndefault = 5\n";
    assert_eq!(kinds(envelope), ["items_per_page U32"]);
    // A list that pages otherwise, and one record, do not page by it.
    let all = ["t I64", "items_per_page U32", "t I64", "n I64", "s Plain", "t U32", "n I64", "s Plain"];
    assert_eq!(kinds(&format!("{envelope}{offset}{options}")), all);
}

#[test]
fn lists_page_by_envelope_or_offset() {
    assert_eq!(count("[conventions.list-envelope]\nparameter = 'items_per_page'\n", "list-envelope"), 1);
    assert_eq!(
        count("[conventions.list-envelope]\nparameter = 'items_per_page'\nalso = ['/others/{id}']\n", "list-envelope"),
        2
    );
    let both = "[conventions.list-envelope]\nparameter = 'items_per_page'\n\
                [conventions.offset-paging]\nskip = 's'\ntop = 't'\ndefault = 5\n";
    let (run, counts, _) = with(both);
    assert_eq!((counts["list-envelope"], counts["offset-paging"]), (1, 1));
    let paging: Vec<bool> =
        run.api.operations.iter().map(|operation| matches!(operation.paging, Some(Paging::Offset { .. }))).collect();
    assert_eq!(paging, [false, false, false, false, true]);
}

/// What is said of settings that do nothing, by place.
fn unused(conventions: &str) -> Vec<String> {
    let (.., diagnostics) = with(conventions);
    let unused = diagnostics.iter().filter(|diagnostic| diagnostic.code.id() == "D341");
    unused.filter_map(|diagnostic| Some(diagnostic.place.as_ref()?.pointer.clone())).collect()
}

#[test]
fn each_part_of_a_convention_applies_and_is_needed() {
    let envelope = |parameter: &str, also: &str| {
        unused(&format!("[conventions.list-envelope]\nparameter = '{parameter}'\nalso = [{also}]\n"))
    };
    let none: [&str; 0] = [];
    assert_eq!(envelope("items_per_page", "'/others/{id}'"), none);
    // A misspelled parameter is not excused by what is named beside it.
    assert_eq!(envelope("items_per_pag", "'/others/{id}'"), ["/conventions/list-envelope/parameter"]);
    // What has the parameter need not be named, and nothing needs to be named twice.
    assert_eq!(envelope("items_per_page", "'/contacts'"), ["/conventions/list-envelope/also/0"]);
    let twice = envelope("items_per_page", "'/others/{id}', '/others/{id}'");
    assert_eq!(twice, ["/conventions/list-envelope/also/1"]);
    // The slot `unit` is called like the schema.
    let slots = "[conventions.expand-slots.also]\n'site.unit' = 'unit'\nbase = 'unit'\n";
    assert_eq!(unused(slots), ["/conventions/expand-slots/also/site.unit"]);
    let posts = "[conventions.idempotency]\nproperty = 'i'\nmethods = ['POST', 'POST']\n";
    assert_eq!(unused(posts), ["/conventions/idempotency/methods/1"]);
    let bodies = "[conventions.required-bodies]\nmethods = ['POST', 'PATCH']\n";
    assert_eq!(unused(bodies), ["/conventions/required-bodies/methods/1"]);
    assert_eq!(unused("except = ['/sites', '/sites']\n"), ["/headers/0/except/1"]);
}

#[test]
fn wrappers_are_called_after_their_path() {
    let (run, counts, diagnostics) =
        with("[conventions.body-wrapper]\n[conventions.idempotency]\nproperty = 'i'\nmethods = ['POST']\n");
    assert_eq!((counts["body-wrapper"], counts["idempotency"]), (1, 1));
    let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code.id()).collect();
    assert_eq!(codes, ["D342"]);
    let Some(body) = &run.api.operations[2].body else { panic!("a body") };
    let Content::Json(schema) = body.content else { panic!("of JSON") };
    assert_eq!((body.wrapper.as_deref(), run.used(schema).as_str()), (Some("contact"), "{name: Plain}"));
    assert!(run.api.operations[2].idempotent_by_id && !run.api.operations[3].idempotent_by_id);
}

#[test]
fn bodies_that_say_something_must_be_sent() {
    let required = |document: &str, conventions: &str| {
        let mut run = run(&[document]);
        let mut diagnostics = Diagnostics::new();
        let counts = apply(&mut run.api, &settings(conventions), &mut diagnostics);
        let required: Vec<bool> =
            run.api.operations.iter().filter_map(|operation| Some(operation.body.as_ref()?.required)).collect();
        (counts["required-bodies"], required, diagnostics.into_vec().len())
    };
    let convention = |methods: &str| format!("[conventions.required-bodies]\nmethods = [{methods}]\n");
    assert_eq!(required(DOCUMENT, &convention("'POST', 'PUT'")), (2, vec![true, true], 0));
    assert_eq!(required(DOCUMENT, &convention("'PUT'")), (1, vec![false, true], 0));
    // One in which there is nothing to send may stay away, though it is in a wrapper.
    let none = DOCUMENT.replace("{name: {type: string}}}}}}}}", "{name: {type: string, readOnly: true}}}}}}}}");
    assert_eq!(required(&none, &format!("[conventions.body-wrapper]\n{}", convention("'PUT'"))).1, [false, true]);
    let both = format!("[conventions.body-wrapper]\n{}", convention("'POST', 'PUT'"));
    // The note of `body-wrapper`, and the method that finds nothing.
    assert_eq!(required(&none, &both), (1, vec![false, true], 2));
    // What the document says by itself needs no convention.
    let said = DOCUMENT.replace("requestBody: {content", "requestBody: {required: true, content");
    assert_eq!(required(&said, &convention("'POST', 'PUT'")), (0, vec![true, true], 1));
}

#[test]
fn writes_go_one_after_the_other_at_and_below_their_paths() {
    let sequential = |conventions: &str| -> Vec<bool> {
        let (run, ..) = with(conventions);
        run.api.operations.iter().map(|operation| operation.sequential).collect()
    };
    assert_eq!(
        sequential("[conventions.sequential-writes]\npaths = ['/contacts']\n"),
        [false, false, true, false, false]
    );
    // `/contact` is no path above `/contacts`.
    let (_, counts, diagnostics) = with("[conventions.sequential-writes]\npaths = ['/contacts', '/contact']\n");
    assert_eq!(counts["sequential-writes"], 1);
    assert!(diagnostics.iter().any(|diagnostic| diagnostic.message.contains("at or below `/contact`")));
}

#[test]
fn updates_that_may_be_done_in_part_are_named() {
    let setting = |paths: &str| with(&format!("[conventions.non-atomic-updates]\npaths = {paths}\n"));
    let (run, counts, diagnostics) = setting("['/contacts']");
    let atomic: Vec<bool> = run.api.operations.iter().map(|operation| operation.atomic).collect();
    assert_eq!((atomic, counts["non-atomic-updates"]), (vec![true, true, true, false, true], 1));
    assert!(!diagnostics.iter().any(|diagnostic| diagnostic.code.id() == "D341"));
    // There is no PUT of others.
    let (_, counts, diagnostics) = setting("['/contacts', '/others']");
    assert_eq!(counts["non-atomic-updates"], 1);
    assert!(diagnostics.iter().any(|diagnostic| diagnostic.message == "there is no PUT at or below `/others`"));
}

#[test]
fn numbers_are_exact_and_ids_whole() {
    let (run, counts, _) =
        with("[conventions.decimals]\nwire = 'string'\n[conventions.integer-ids]\nformat = 'int64'\n");
    assert_eq!((counts["decimals"], counts["integer-ids"]), (1, 1));
    assert_eq!(run.api.client.decimals, Decimals::String);
    assert!(run.api.schemas.iter().all(|schema| !matches!(schema.kind, Kind::Float)));
    assert_eq!(run.used(run.api.operations[4].path.parameters[0].schema), "I64");
}

#[test]
fn options_are_added_where_they_fit() {
    let (run, counts, _) =
        with("[conventions.query-options]\nlist = ['$top:integer', 'items_per_page']\nsingle = ['$select']\n");
    assert_eq!(counts["query-options"], 2 + 1 + 1);
    let names: Vec<Vec<&str>> = run
        .api
        .operations
        .iter()
        .map(|operation| operation.parameters.iter().map(|parameter| parameter.name.as_str()).collect())
        .collect();
    assert_eq!(
        names,
        [vec!["$select"], vec!["items_per_page", "$top"], vec![], vec![], vec!["$top", "items_per_page"]]
    );
    assert_eq!(
        run.api.operations[1].parameters[1].place.to_string(),
        "specs/small/api.toml#/conventions/query-options/list/0"
    );
}

#[test]
fn slots_take_the_schema_of_their_name() {
    let (run, counts, diagnostics) = with("[conventions.expand-slots.also]\nbase = 'unit'\n");
    assert_eq!(counts["expand-slots"], 3);
    assert_eq!(run.schema("site"), "{total: Float, unit: unit, units: [unit], base: unit, status: {}}");
    // A schema's own name is not the name of what it holds.
    assert_eq!(run.schema("unit"), "{name: Plain, unit: {}}");
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
}

#[test]
fn any_success_brings_what_the_declared_one_does() {
    let (run, counts, _) = with("[conventions.any-success]\n[conventions.optional-replies]\n");
    assert_eq!((counts["any-success"], counts["optional-replies"]), (5, 3));
    assert!(run.api.operations.iter().all(|operation| operation.replies[0].status == Status::AnySuccess));
}

#[test]
fn nothing_is_required_but_what_is_named() {
    let document = DOCUMENT.replace(
        "unit: {type: object, properties: {name:",
        "unit: {type: object, required: [name, unit], properties: {name:",
    );
    let mut run = run(&[&document]);
    let mut diagnostics = Diagnostics::new();
    let setting = settings("[conventions.optional-requests]\nexcept = ['unit.name', 'unit.none']\n");
    let counts = apply(&mut run.api, &setting, &mut diagnostics);
    assert_eq!(counts["optional-requests"], 1);
    let [unused] = &diagnostics.into_vec()[..] else { panic!("one exception is unused") };
    assert!(unused.message.contains("unit.none"), "{}", unused.message);
    let required = |schema: &crate::ir::Schema| match &schema.kind {
        Kind::Object(object) => object.properties.iter().filter(|property| property.required).count(),
        _ => 0,
    };
    assert_eq!(run.api.schemas.iter().map(required).sum::<usize>(), 1);
}

#[test]
fn headers_have_exceptions() {
    let (run, _, diagnostics) = with("except = ['/sites', '/none']\n");
    assert_eq!(run.api.operations[0].without_headers, ["X-Site"]);
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn settings_name_what_the_document_names_badly() {
    let (run, _, diagnostics) = with(
        "[operations.'POST /contacts']\nresource = 'People'\nmethod = 'invite'\ndoes = 'Invites someone'\n\
         [types]\nsite = 'place'\n'site.base' = 'place_base'\n\
         [parameters]\nitems_per_page = 'how many {items}'\n",
    );
    assert_eq!(diagnostics.len(), 0, "{diagnostics:?}");
    let operation = &run.api.operations[2];
    let called = operation.called.as_ref().map(|called| called.action.as_str());
    assert_eq!((operation.tag.as_deref(), called), (Some("People"), Some("invite")));
    assert_eq!(run.schema("place"), "{total: Float, unit: {}, units: [{}], base: place_base, status: {}}");
    let meaning = run.api.operations[1].parameters[0].meaning.as_deref();
    assert_eq!(meaning, Some("how many {items}"));
}

#[test]
fn a_second_name_takes_what_can_be_set() {
    let also = |with: &str| {
        with_also(&format!(
            "[operations.'GET /contacts']\nmethod = 'list'\ndoes = 'Lists'\n\
             also = {{ method = 'few', does = 'Lists few', with = [{with}] }}\n"
        ))
    };
    assert_eq!(also("'items_per_page'"), (vec!["items_per_page".to_owned()], String::new()));
    for (with, said) in [
        ("'none'", "`GET /contacts` has no optional query parameter `none`"),
        ("'items_per_page', 'items_per_page'", "`GET /contacts` is given `items_per_page` twice"),
    ] {
        let (_, messages) = also(with);
        assert!(messages.contains(said), "{messages}");
    }
}

fn with_also(settings: &str) -> (Vec<String>, String) {
    let (run, _, diagnostics) = with(settings);
    let called = run.api.operations.iter().find_map(|operation| operation.called.as_ref());
    let with = called.and_then(|called| called.also.as_ref()).map(|also| also.with.clone()).unwrap_or_default();
    (with, render(&diagnostics, [], Format::Human))
}

#[test]
fn files_are_where_the_settings_say() {
    let document = DOCUMENT.replace(
        "schema: {type: object, properties: {contact: {type: object, properties: {name: {type: string}}}}}",
        "schema: {type: object, properties: {file: {type: string, format: byte}, size: {type: integer, maximum: 5}, \
         name: {type: string}, kind: {type: string}, long: {type: integer}}}",
    );
    assert_ne!(document, DOCUMENT);
    let said = |key: &str, [property, size, name, kind]: [&str; 4]| {
        let settings = format!(
            "[[files]]\noperations = ['{key}']\nproperty = '{property}'\nsize = '{size}'\nname = '{name}'\nmedia-type = '{kind}'\n"
        );
        let mut run = run(&[&document]);
        let mut diagnostics = Diagnostics::new();
        let counts = apply(&mut run.api, &self::settings(&settings), &mut diagnostics);
        let files: Vec<u64> =
            run.api.operations.iter().flat_map(|operation| &operation.files).map(|f| f.most).collect();
        assert_eq!(counts.get("files").copied().unwrap_or_default(), files.len());
        (files, render(&diagnostics.into_vec(), [], Format::Human))
    };
    assert_eq!(said("POST /contacts", ["file", "size", "name", "kind"]), (vec![5], String::new()));
    for (key, told, expected) in [
        ("POST /none", ["file", "size", "name", "kind"], "there is no operation `POST /none`"),
        (
            "POST /contacts",
            ["file", "size", "name", "name"],
            "one property of `POST /contacts`, `name`, cannot say two",
        ),
        ("GET /contacts", ["file", "size", "name", "kind"], "the body of `GET /contacts` is no object"),
        ("POST /contacts", ["none", "size", "name", "kind"], "the body of `POST /contacts` has no property `none`"),
        ("POST /contacts", ["name", "size", "file", "kind"], "`name` of `POST /contacts` has not the format `byte`"),
        ("POST /contacts", ["file", "long", "name", "kind"], "`long` of `POST /contacts` has no maximum"),
        ("POST /contacts", ["file", "size", "none", "kind"], "the body of `POST /contacts` has no property `none`"),
        ("POST /contacts", ["file", "size", "name", "none"], "the body of `POST /contacts` has no property `none`"),
    ] {
        let (files, messages) = said(key, told);
        assert_eq!(files, Vec::<u64>::new(), "{expected}");
        assert!(messages.contains(expected), "{expected}: {messages}");
    }
}

#[test]
fn a_meaning_for_one_path_rules_over_that_for_all() {
    let (run, _, diagnostics) = with("[parameters]\n'/contacts?items_per_page' = 'b'\nitems_per_page = 'a'\n");
    assert_eq!(run.api.operations[1].parameters[0].meaning.as_deref(), Some("b"));
    // For all there is nothing left.
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn there_is_nothing_to_send_in_read_only_parts() {
    let document = DOCUMENT.replace(
        "unit: {type: object, properties: {name: {type: string}, unit: {type: object}}}",
        "unit: {type: object, properties: {name: {type: string, readOnly: true}}}
    pair: {type: object, properties: {units: {type: array, items: {$ref: '#/components/schemas/unit'}}}}
    whole: {type: object, properties: {pair: {$ref: '#/components/schemas/pair'}, name: {type: string}}}
    open: {type: object, properties: {any: {type: object}}}",
    );
    let mut run = run(&[&document]);
    apply(&mut run.api, &settings(""), &mut Diagnostics::new());
    let mut read_only = Vec::new();
    for schema in &run.api.schemas {
        let Kind::Object(object) = &schema.kind else { continue };
        let names = object.properties.iter().filter(|property| property.read_only);
        read_only.extend(names.map(|property| format!("{}.{}", schema.name.as_deref().unwrap_or("?"), property.name)));
    }
    read_only.sort();
    assert_eq!(read_only, ["pair.units", "unit.name", "whole.pair"]);
}

#[test]
fn what_applies_nowhere_is_told_as_follows() {
    let nowhere = "except = ['/none']\n\
        [conventions.list-envelope]\nparameter = 'page'\nalso = ['/nowhere']\n\
        [conventions.required-bodies]\nmethods = ['PATCH']\n\
        [conventions.idempotency]\nproperty = 'i'\nmethods = ['PATCH']\n\
        [conventions.sequential-writes]\npaths = ['/none']\n\
        [conventions.non-atomic-updates]\npaths = ['/sites']\n\
        [conventions.integer-ids]\nformat = 'int32'\n\
        [conventions.expand-slots.also]\nbase = 'none'\nunused = 'unit'\n\
        [conventions.query-options]\nlist = ['items_per_page', '$top']\n\
        [operations.'GET /none']\nmethod = 'm'\ndoes = 'Does nothing'\n\
        [types]\nnone = 'some'\nsite = 'unit'\n\
        [parameters]\nnone = 'nothing'\n";
    let mut run = run(&[&DOCUMENT.replace("type: number}", "type: string}").replace("{id}", "{id}/x")]);
    let mut diagnostics = Diagnostics::new();
    apply(&mut run.api, &settings(nowhere), &mut diagnostics);
    insta::assert_snapshot!(render(&diagnostics.into_vec(), [], Format::Human));
}
