use super::*;
use crate::diagnostic::{Format, render};

const DOCUMENT: &str = "\
openapi: 3.0.3
paths: {}
components:
  schemas:
    Contact:
      type: object
      required: [id]
      properties:
        id: {type: string}
        balance: {type: number, format: double}
        total: {type: number, format: double}
";

fn document(file: &str, text: &str) -> Source {
    Source::read(file, text).unwrap()
}

/// Applies the actions to the document; the changed document, or the faults as they are printed.
fn check(actions: &str) -> String {
    let overlay = document("overlay.yaml", &format!("overlay: 1.0.0\nactions:\n{actions}"));
    check_all(&mut [document("specs/a/openapi.yaml", DOCUMENT)], &overlay)
}

fn check_all(documents: &mut [Source], overlay: &Source) -> String {
    let mut diagnostics = Diagnostics::new();
    let counts = apply(documents, overlay, &mut diagnostics);
    let diagnostics = diagnostics.into_vec();
    if diagnostics.is_empty() {
        let schemas = documents[0].tree.pointer("/components/schemas").unwrap();
        return format!("{} actions, {} targets\n{}", counts.actions, counts.targets, schemas.to_yaml());
    }
    let mut sources: Vec<&Source> = documents.iter().collect();
    sources.push(overlay);
    render(&diagnostics, sources, Format::Human)
}

/// An action on the contact that is otherwise in order.
fn action(target: &str, expect: &str, change: &str) -> String {
    format!("- target: {target}\n  x-reason: it is so\n  x-expect: {expect}\n  {change}\n")
}

#[test]
fn updates_are_merged() {
    let actions = [
        action(
            "$.components.schemas.Contact.properties[?@.format == 'double']",
            "{type: number}",
            "update: {format: null, x-new: {a: null, b: [1]}}\n  x-expect-count: 2",
        ),
        action("$.components.schemas.Contact.required", "[id]", "update: balance"),
        action(
            "$.components.schemas.Contact",
            "{required: [id, balance], nullable: null}",
            "update: {required: [total]}",
        ),
        action("$.components.schemas.Contact.properties.id", "{}", "remove: true"),
    ];
    insta::assert_snapshot!(check(&actions.concat()));
    let actions = [
        action("$.components.schemas.Contact.properties['total','id']", "{}", "remove: true"),
        action("$.components.schemas.Contact", "{}", "update: {required: [id]}"),
        action("$.components.schemas.Contact.required[*]", "id", "remove: true\n  x-expect-count: 2"),
    ]
    .concat();
    insta::assert_snapshot!(check(&actions));
}

#[test]
fn d151_malformed_actions() {
    let target = "$.components.schemas.Contact";
    let actions = [
        "- 7\n".to_owned(),
        "- x-reason: none\n".to_owned(),
        format!("- target: {target}\n  update: {{}}\n"),
        format!("- target: {target}\n  x-reason: it is so\n  update: {{}}\n"),
        action(target, "{}", "change: {}"),
        action(target, "{}", "remove: 1"),
        action(target, "{}", "description: neither"),
        action(target, "{}", "update: {}\n  remove: true"),
        action(target, "{}", "update: {}\n  x-expect-count: many"),
        action(target, "{}", "update: {}\n  x-document: other.yaml"),
        action(&format!("{target}.type"), "object", "update: array"),
    ];
    insta::assert_snapshot!(check(&actions.concat()));
}

#[test]
fn d151_an_overlay_says_what_it_is() {
    for (text, expected) in [
        ("overlay: 2.0.0\nactions: []\n", "an overlay says `overlay: 1.0.0`"),
        ("openapi: 3.0.0\nactions: []\n", "an overlay says `overlay: 1.0.0`"),
        ("overlay: 1.0.0\n", "an overlay has `actions`"),
        ("overlay: 1.0.0\nactions: {}\n", "`actions` is a list"),
    ] {
        let printed = check_all(&mut [document("a.yaml", DOCUMENT)], &document("overlay.yaml", text));
        assert!(printed.starts_with(&format!("error[D151]: {expected}\n")), "{printed}");
    }
}

#[test]
fn d152_a_bad_path_is_shown_at_its_column() {
    let actions = action("'$.components.schemas[1:2]'", "{}", "remove: true")
        + &action("$.components..[?length(@) > 1]", "{}", "remove: true");
    insta::assert_snapshot!(check(&actions));
}

#[test]
fn d153_stale_actions() {
    let properties = "$.components.schemas.Contact.properties";
    let actions = [
        action("$.components.schemas.Customer", "{}", "update: {nullable: true}"),
        action(&format!("{properties}.id"), "{type: integer}", "update: {format: int64}"),
        action(&format!("{properties}.id"), "{format: uuid}", "update: {format: null}"),
        action(&format!("{properties}.balance"), "{format: null}", "update: {format: decimal}"),
        action("$.components.schemas.Contact", "{required: [id, name]}", "update: {nullable: true}"),
        action(&format!("{properties}.balance"), "{type: number}", "update: {format: double}"),
        action(&format!("{properties}[?@.format]"), "{}", "update: {nullable: true}\n  x-expect-count: 3"),
    ];
    insta::assert_snapshot!(check(&actions.concat()));
}

#[test]
fn several_documents_need_a_name_where_both_match() {
    let mut documents = [document("specs/a/x.yaml", DOCUMENT), document("specs/a/y.yaml", DOCUMENT)];
    let overlay = |more: &str| {
        let actions = action("$.components.schemas.Contact", "{}", &format!("update: {{nullable: true}}{more}"));
        document("overlay.yaml", &format!("overlay: 1.0.0\nactions:\n{actions}"))
    };
    insta::assert_snapshot!(check_all(&mut documents, &overlay("")));
    let mut diagnostics = Diagnostics::new();
    apply(&mut documents, &overlay("\n  x-document: y.yaml"), &mut diagnostics);
    assert_eq!(diagnostics.into_vec(), []);
    let nullable = |source: &Source| source.tree.pointer("/components/schemas/Contact/nullable").is_some();
    assert_eq!(documents.iter().map(nullable).collect::<Vec<_>>(), [false, true]);
}
