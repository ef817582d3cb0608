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
