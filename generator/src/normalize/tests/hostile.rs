//! Documents that mean harm: every one is refused or read, in bounded time and memory.

use std::fmt::Write as _;

use super::run;

fn schemas(all: &str) -> String {
    format!("{{\"openapi\": \"3.0.3\", \"components\": {{\"schemas\": {{{}}}}}}}", all.trim_end_matches(','))
}

#[test]
fn all_of_doubling_at_each_level_stays_linear() {
    let mut all = String::new();
    for level in 0..60 {
        let next = level + 1;
        let _ = write!(
            all,
            "\"S{level}\": {{\"allOf\": [{{\"$ref\": \"#/components/schemas/S{next}\"}}, {{\"$ref\": \"#/components/schemas/S{next}\"}}]}},"
        );
    }
    all.push_str("\"S60\": {\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}}}");
    assert_eq!(run(&[&schemas(&all)]).schema("S0"), "{a: Plain}");
}

#[test]
fn long_chains_are_refused() {
    for form in
        ["{\"$ref\": \"#/components/schemas/S@\"}", "{\"allOf\": [{\"$ref\": \"#/components/schemas/S@\"}, {}]}"]
    {
        let mut all = String::new();
        for level in 0..2000 {
            let _ = write!(all, "\"S{level}\": {},", form.replace('@', &(level + 1).to_string()));
        }
        all.push_str("\"S2000\": {\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}}}");
        let run = run(&[&schemas(&all)]);
        assert!(run.codes().contains(&"U302"));
    }
}

#[test]
fn too_many_members_of_all_of_are_said_once() {
    let members = "{\"$ref\": \"#/components/schemas/X\"},".repeat(1000);
    let all: String =
        (0..120).map(|n| format!("\"S{n}\": {{\"allOf\": [{}]}},", members.trim_end_matches(','))).collect();
    let run = run(&[&schemas(&format!("{all}\"X\": {{\"type\": \"object\"}}"))]);
    assert_eq!(run.codes(), ["U302"]);
    assert!(run.diagnostics[0].help.is_some());
}

/// Each of these is a second's work, and was hours of it where everything was compared with everything.
#[test]
fn many_choices_are_looked_at_once() {
    const MANY: usize = 8_000;
    let next = |n: usize| (n + 1) % MANY;
    let choice = |n: usize, to: usize| {
        format!("\"A{n}\": {{\"oneOf\": [{{\"$ref\": \"#/components/schemas/A{to}\"}}, {{\"type\": \"integer\"}}]}},")
    };
    let ring: String = (0..MANY).map(|n| choice(n, next(n))).collect();
    let circular = run(&[&schemas(&ring)]);
    assert_eq!(circular.codes(), vec!["U303"; MANY]);
    assert_eq!(circular.schema("A0"), "(I64)");
    let chain: String = (1..MANY).map(|n| choice(n - 1, n)).collect();
    let chain = run(&[&schemas(&format!("{chain}\"A{}\": {{\"type\": \"object\"}}", MANY - 1))]);
    assert_eq!((chain.codes().len(), chain.schema("A0")), (0, "(A1 or I64)".to_owned()));
    let alike = "{\"type\": \"object\", \"required\": [\"a\"], \"properties\": {\"a\": {}}},".repeat(MANY);
    let wide = run(&[&schemas(&format!("\"W\": {{\"oneOf\": [{}]}}", alike.trim_end_matches(',')))]);
    assert_eq!(wide.schema("W").matches(" or ").count(), MANY - 1);
}

#[test]
fn only_choices_on_a_circle_lose_a_member() {
    let of = |names: &[&str]| {
        let refs: Vec<String> =
            names.iter().map(|name| format!("{{\"$ref\": \"#/components/schemas/{name}\"}}")).collect();
        format!("{{\"oneOf\": [{}]}}", refs.join(","))
    };
    let plain = "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}}}";
    let all = [
        // Round through another, with something beside it.
        ("A", of(&["B", "X"])),
        ("B", of(&["A", "X"])),
        // To itself, and to a circle that it is no part of.
        ("C", of(&["C", "X", "Y"])),
        ("D", of(&["A", "Y"])),
        // Nothing but a circle.
        ("E", of(&["E", "F"])),
        ("F", of(&["E", "F"])),
        // Through a list it is a value of its own.
        ("L", "{\"oneOf\": [{\"type\": \"array\", \"items\": {\"$ref\": \"#/components/schemas/L\"}}, {\"type\": \"boolean\"}]}".to_owned()),
        ("X", plain.to_owned()),
        ("Y", plain.replace("\"a\"", "\"b\"")),
    ];
    let all: Vec<String> = all.iter().map(|(name, schema)| format!("\"{name}\": {schema}")).collect();
    let run = run(&[&schemas(&all.join(","))]);
    let expected = [
        ("A", "(X)"),
        ("B", "(X)"),
        ("C", "(X or Y)"),
        ("D", "(A or Y)"),
        ("E", "Any"),
        ("F", "Any"),
        ("L", "([L] or Boolean)"),
    ];
    assert_eq!(
        expected.map(|(name, _)| (name, run.schema(name))),
        expected.map(|(name, text)| (name, text.to_owned()))
    );
    let places: Vec<&str> =
        run.diagnostics.iter().filter_map(|diagnostic| Some(diagnostic.place.as_ref()?.pointer.as_str())).collect();
    assert_eq!(places, ["A", "B", "C", "E", "F"].map(|name| format!("/components/schemas/{name}")));
}

#[test]
fn advice_on_references_that_lead_nowhere_is_given_a_hundred_times() {
    let lost = |n: usize| {
        format!("\"S{n}x\": {{\"items\": {{\"$ref\": \"#/components/schemas/S{n}\"}}, \"type\": \"array\"}},")
    };
    let all: String = (0..300).map(lost).collect();
    let run = run(&[&schemas(&all)]);
    let helped = run.diagnostics.iter().filter(|diagnostic| diagnostic.help.is_some()).count();
    assert_eq!((run.diagnostics.len(), helped), (300, 100));
}

#[test]
fn circles_of_every_kind_end() {
    let circle = |form: &str| {
        let text = schemas(&format!(
            "\"A\": {}, \"B\": {}",
            form.replace('@', "#/components/schemas/B"),
            form.replace('@', "#/components/schemas/A")
        ));
        run(&[&text]).codes().contains(&"D303")
    };
    assert!(circle("{\"$ref\": \"@\"}"));
    assert!(circle("{\"allOf\": [{\"$ref\": \"@\"}]}"));
    assert!(circle("{\"allOf\": [{\"$ref\": \"@\"}, {\"properties\": {}}]}"));
    assert!(circle("{\"oneOf\": [{\"$ref\": \"@\"}]}"));
    // These describe something, if only themselves.
    assert!(!circle("{\"type\": \"array\", \"items\": {\"$ref\": \"@\"}}"));
    assert!(!circle("{\"oneOf\": [{\"$ref\": \"@\"}, {\"type\": \"string\"}]}"));
}

#[test]
fn large_and_deep_documents_are_read() {
    let values: Vec<String> = (0..100_000).map(|value| format!("\"v{value}\"")).collect();
    let text = schemas(&format!("\"E\": {{\"type\": \"string\", \"enum\": [{}]}}", values.join(",")));
    assert!(run(&[&text]).schema("E").starts_with("v0|v1|"));
    let depth = 50;
    let deep = format!("\"D\": {}{{}}{}", "{\"items\": ".repeat(depth), "}".repeat(depth));
    assert!(run(&[&schemas(&deep)]).schema("D").starts_with("[[["));
}

#[test]
fn items_of_the_wrong_kind_are_faults_and_nothing_worse() {
    for odd in ["null", "1", "\"x\"", "[]", "[[]]", "{\"a\": null}", "{\"get\": 1}", "true"] {
        for document in [
            format!("{{\"paths\": {odd}}}"),
            format!("{{\"paths\": {{\"/a\": {odd}}}}}"),
            format!("{{\"paths\": {{\"/a\": {{\"get\": {odd}}}}}}}"),
            format!("{{\"paths\": {{\"/a\": {{\"parameters\": {odd}, \"get\": {{\"responses\": {{}}}}}}}}}}"),
            format!("{{\"paths\": {{\"/a\": {{\"get\": {{\"parameters\": [{odd}], \"responses\": {odd}}}}}}}}}"),
            format!(
                "{{\"paths\": {{\"/a\": {{\"get\": {{\"requestBody\": {odd}, \"responses\": {{\"200\": {odd}}}}}}}}}}}"
            ),
            format!(
                "{{\"paths\": {{\"/a\": {{\"get\": {{\"responses\": {{\"200\": {{\"content\": {{\"application/json\": {odd}}}}}}}}}}}}}}}"
            ),
            format!("{{\"components\": {odd}}}"),
            format!("{{\"components\": {{\"schemas\": {odd}}}}}"),
            format!("{{\"components\": {{\"schemas\": {{\"A\": {odd}}}}}}}"),
        ] {
            run(&[&document]);
        }
        for key in [
            "type",
            "properties",
            "items",
            "allOf",
            "oneOf",
            "enum",
            "required",
            "additionalProperties",
            "discriminator",
            "$ref",
            "default",
            "format",
            "nullable",
            "maxLength",
            "minimum",
        ] {
            run(&[&schemas(&format!(
                "\"A\": {{\"{key}\": {odd}}}, \"B\": {{\"type\": \"object\", \"properties\": {{\"x\": {{\"{key}\": {odd}}}}}}}"
            ))]);
        }
    }
}
