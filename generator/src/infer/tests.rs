//! What samples are evidence of, and that neither their order nor their number changes it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Inferred, Role, Root, Sample, Shared, parameter, schema, share};
use crate::node::Node;
use crate::source::Place;

fn node(json: &str) -> Node {
    Node::from_json(json).unwrap()
}

fn place(pointer: &str) -> Place {
    Place { file: "a.json".into(), pointer: pointer.to_owned() }
}

fn infer_all(values: &[Node]) -> Inferred {
    let samples: Vec<Sample<'_>> = values
        .iter()
        .enumerate()
        .map(|(n, value)| Sample { value, place: place(&format!("/{n}")), embedded: false, role: Role::Reply })
        .collect();
    schema(&samples)
}

/// The schema of samples, as JSON, without the `{"type":"object","properties":{"a":…}}` around that of `a`.
fn of_a(samples: &[&str]) -> String {
    let values: Vec<Node> = samples.iter().map(|json| node(&format!(r#"{{"a":{json}}}"#))).collect();
    infer_all(&values).schema.pointer("/properties/a").unwrap().to_json()
}

fn of(samples: &[&str]) -> String {
    let values: Vec<Node> = samples.iter().map(|json| node(json)).collect();
    infer_all(&values).schema.to_json()
}

#[test]
fn values_of_a_property() {
    let (text, date, moment) =
        (r#"{"type":"string"}"#, r#"{"type":"string","format":"date"}"#, r#"{"type":"string","format":"date-time"}"#);
    let (whole, decimal, boolean, any) =
        (r#"{"type":"integer","format":"int64"}"#, r#"{"type":"number"}"#, r#"{"type":"boolean"}"#, "{}");
    let table: &[(&[&str], &str)] = &[
        (&["true", "false"], boolean),
        (&["1"], whole),
        (&["0"], whole),
        (&["0.0"], decimal),
        (&["1", "1.5"], decimal),
        (&["7.0"], decimal),
        (&["9223372036854775807"], whole),
        (&["18446744073709551615"], r#"{"type":"integer","format":"uint64"}"#),
        (&["18446744073709551615", "-1"], decimal),
        (&["100000000000000000000"], decimal),
        // Would be written otherwise.
        (&["1e3"], any),
        (&["-0"], any),
        (&["12345678901234567890.1234567890123"], any),
        (&[r#""hello""#], text),
        (&[r#""""#], text),
        (&[r#""4000""#], text),
        (&[r#""007""#], text),
        (&[r#""07.50""#], text),
        (&[r#""110.0""#], decimal),
        (&[r#""110.0""#, r#""-12""#], decimal),
        (&[r#""110.0""#, "12"], decimal),
        (&[r#""110.0""#, r#""""#], text),
        (&[r#""110.0""#, r#""n/a""#], text),
        (&[r#""12""#, "12"], decimal),
        (&[r#""2024-02-29""#], date),
        (&[r#""2023-02-29""#], text),
        (&[r#""2024-02-29""#, r#""""#, "null"], r#"{"type":"string","format":"date","nullable":true}"#),
        (&[r#""2024-02-29""#, r#""soon""#], text),
        (&[r#""2024-02-29T10:11:12Z""#], moment),
        (&[r#""2024-02-29T10:11:12.500+01:00""#], moment),
        (&[r#""2024-02-29T24:11:12Z""#], text),
        (&[r#""2024-02-29T10:11:12Z""#, r#""2024-02-29""#], text),
        (&["null"], r#"{"nullable":true}"#),
        (&["null", "1"], r#"{"type":"integer","format":"int64","nullable":true}"#),
        (&["true", "1"], any),
        (&["true", r#""yes""#], any),
        (&[r#"{"b":1}"#, "[]"], any),
        (
            &[r#"{"b":1}"#, "null"],
            r#"{"type":"object","properties":{"b":{"type":"integer","format":"int64"}},"nullable":true}"#,
        ),
        (&["[]"], r#"{"type":"array","items":{}}"#),
        (&["[]", "[1]"], r#"{"type":"array","items":{"type":"integer","format":"int64"}}"#),
        (&["[1, null]"], r#"{"type":"array","items":{"type":"integer","format":"int64","nullable":true}}"#),
        // In a list nothing remembers how a number or a moment was written.
        (&[r#"["110.0"]"#], r#"{"type":"array","items":{"type":"string"}}"#),
        (&[r#"["2024-02-29T10:11:12Z"]"#], r#"{"type":"array","items":{"type":"string","format":"date-time"}}"#),
        (&[r#"["2024-02-29T10:11:12.50Z"]"#], r#"{"type":"array","items":{"type":"string"}}"#),
        (&["{}"], r#"{"type":"object"}"#),
    ];
    for (samples, expected) in table {
        assert_eq!(of_a(samples), *expected, "{samples:?}");
        let mut backwards = samples.to_vec();
        backwards.reverse();
        assert_eq!(of_a(&backwards), *expected, "{backwards:?}");
    }
}

#[test]
fn placeholders_say_of_which_kind_a_value_is() {
    let text = r#"{"type":"string"}"#;
    let table: &[(&[&str], &str)] = &[
        (&[r#""string""#], text),
        (&[r#""<string>""#], text),
        (&[r#""<uuid>""#], text),
        (&[r#""<email>""#], text),
        (&[r#""{{contact_id}}""#], text),
        (&[r#""dolore ex""#], text),
        (&[r#""<dateTime>""#], r#"{"type":"string","format":"date-time"}"#),
        (&[r#""<date>""#], r#"{"type":"string","format":"date"}"#),
        (&[r#""<integer>""#], r#"{"type":"integer","format":"int64"}"#),
        (&[r#""<long>""#, "5"], r#"{"type":"integer","format":"int64"}"#),
        (&[r#""<number>""#], r#"{"type":"number"}"#),
        (&[r#""<double>""#, "5"], r#"{"type":"number"}"#),
        (&[r#""<boolean>""#], r#"{"type":"boolean"}"#),
        (&[r#""<boolean>""#, "true"], r#"{"type":"boolean"}"#),
        (&[r#""<any>""#], "{}"),
        (&[r#""<any>""#, "5"], r#"{"type":"integer","format":"int64"}"#),
        // What was seen says more than what stands for it.
        (&[r#""string""#, r#""2024-02-29""#], r#"{"type":"string","format":"date"}"#),
        (&[r#""string""#, r#""12.50""#], r#"{"type":"number"}"#),
        (&[r#""<dateTime>""#, r#""soon""#], text),
        (&[r#""<dateTime>""#, r#""<string>""#], text),
        // No placeholder.
        (&[r#""<b>bold</b>""#], text),
    ];
    for (samples, expected) in table {
        assert_eq!(of_a(samples), *expected, "{samples:?}");
    }
    assert!(super::is_placeholder("<b>") && !super::is_placeholder("<b>bold</b>") && !super::is_placeholder("in"));
}

#[test]
fn what_is_sent_as_text_stays_text() {
    let sent = |samples: &[&str]| {
        let values: Vec<Node> = samples.iter().map(|json| node(&format!(r#"{{"a":{json}}}"#))).collect();
        let all: Vec<Sample<'_>> = values
            .iter()
            .enumerate()
            .map(|(n, value)| Sample { value, place: place(&format!("/{n}")), embedded: false, role: Role::Request })
            .collect();
        schema(&all).schema.pointer("/properties/a").unwrap().to_json()
    };
    let (text, moment) = (r#"{"type":"string"}"#, r#"{"type":"string","format":"date-time"}"#);
    for (samples, expected) in [
        (&[r#""12.50""#][..], text),
        (&[r#""12.50""#, r#""<number>""#], r#"{"type":"number"}"#),
        (&[r#""12.50""#, "12"], r#"{"type":"number"}"#),
        (&[r#""2024-02-29T10:11:12Z""#], moment),
        (&[r#""<dateTime>""#], moment),
        (&[r#""2024-02-29T10:11:12.50Z""#], text),
        (&[r#""2024-02-29 10:11""#, r#""2024-02-29T10:11:12Z""#], text),
        (&[r#""2024-02-29""#], r#"{"type":"string","format":"date"}"#),
    ] {
        assert_eq!(sent(samples), expected, "{samples:?}");
    }
}

#[test]
fn a_version_is_no_number() {
    assert!(of(&[r#"{"api_version":"1.10","rate":"1.10"}"#]).contains(r#""api_version":{"type":"string"}"#));
    assert!(of(&[r#"{"api_version":"1.10","rate":"1.10"}"#]).contains(r#""rate":{"type":"number"}"#));
}

#[test]
fn few_texts_are_no_enumeration_and_many_are_one() {
    let few: Vec<String> =
        (0..20).map(|n| format!(r#"{{"a":"{}"}}"#, if n % 2 == 0 { "DRAFT" } else { "VOID" })).collect();
    let few: Vec<Node> = few.iter().map(|json| node(json)).collect();
    assert_eq!(infer_all(&few).schema.pointer("/properties/a").unwrap().to_json(), r#"{"type":"string"}"#);
    let many: Vec<Node> = few.iter().chain(&few).cloned().collect();
    let expected = r#"{"type":"string","enum":["DRAFT","VOID"]}"#;
    assert_eq!(infer_all(&many).schema.pointer("/properties/a").unwrap().to_json(), expected);
    let ids: Vec<Node> = (0..60).map(|n| node(&format!(r#"{{"a":"C{n}"}}"#))).collect();
    assert_eq!(infer_all(&ids).schema.pointer("/properties/a").unwrap().to_json(), r#"{"type":"string"}"#);
}

#[test]
fn keys_that_are_no_names_make_a_map() {
    let map = r#"{"type":"object","additionalProperties":{"type":"integer","format":"int64"}}"#;
    for keys in [["4711", "12"], ["2024-05-31", "2024-06-01"], ["GBP", "EUR"], ["en-GB", "de-DE"]] {
        assert_eq!(of(&[&format!(r#"{{"{}":1,"{}":2}}"#, keys[0], keys[1])]), map, "{keys:?}");
    }
    assert_eq!(of(&[r#"{"b88e0000000000000000000000000001":1}"#]), map);
    for keys in [["id", "GBP"], ["line1", "line2"], ["defaced", "feedface"], ["VAT", "Net"]] {
        let schema = of(&[&format!(r#"{{"{}":1,"{}":2}}"#, keys[0], keys[1])]);
        assert!(schema.contains("properties\":{"), "{keys:?}: {schema}");
    }
}

#[test]
fn places_are_those_of_the_first_samples() {
    let values = [node(r#"{"b":1}"#), node(r#"{"a":[{"c":1}],"b":2}"#)];
    let samples: Vec<Sample<'_>> = values
        .iter()
        .zip([("/x", false), ("/y", true)])
        .map(|(value, (pointer, embedded))| Sample { value, place: place(pointer), embedded, role: Role::Reply })
        .collect();
    let inferred = schema(&samples);
    let at = |pointer: &str| inferred.places[pointer].pointer.as_str();
    assert_eq!((at(""), at("/properties/b"), at("/properties/a")), ("/x", "/x/b", "/y"));
    assert_eq!(at("/properties/a/items/properties/c"), "/y");
    assert!(inferred.places.keys().all(|pointer| inferred.schema.pointer(pointer).is_some()));
}

#[test]
fn parameters_are_what_their_texts_are() {
    for (texts, expected) in [
        (&["20"][..], r#"{"type":"integer","format":"int64"}"#),
        (&["true"], r#"{"type":"boolean"}"#),
        (&["<boolean>"], r#"{"type":"boolean"}"#),
        (&["<integer>"], r#"{"type":"integer","format":"int64"}"#),
        (&["1.5", "2"], r#"{"type":"number"}"#),
        (&["007"], r#"{"type":"string"}"#),
        (&["20", "all"], r#"{"type":"string"}"#),
        (&["20", "true"], r#"{"type":"string"}"#),
        (&["20", ""], r#"{"type":"string"}"#),
        (&["2024-05-31"], r#"{"type":"string","format":"date"}"#),
        (&["<dateTime>"], r#"{"type":"string","format":"date-time"}"#),
        (&["{{since}}"], r#"{"type":"string"}"#),
        (&[], r#"{"type":"string"}"#),
    ] {
        assert_eq!(parameter(texts).to_json(), expected, "{texts:?}");
    }
}

fn roots(all: &[(&str, Role, &str)]) -> Vec<Root> {
    let root = |(n, (name, role, json)): (usize, &(&str, Role, &str))| {
        let value = node(json);
        let sample = Sample { value: &value, place: place(&format!("/{n}")), embedded: false, role: *role };
        Root { name: (*name).to_owned(), role: *role, inferred: schema(&[sample]) }
    };
    all.iter().enumerate().map(root).collect()
}

#[test]
fn objects_of_one_shape_are_one_type() {
    let shared = share(
        roots(&[
            ("contact", Role::Reply, r#"{"$items":[{"id":"a","name":"A"}],"$total":1}"#),
            (
                "contact",
                Role::Reply,
                r#"{"id":"a","name":"A","main_address":{"city":"x","zip":"1"},"type":{"id":"C","displayed_as":"c"}}"#,
            ),
            ("contact", Role::Request, r#"{"name":"A","delivery_address":{"city":"y","zip":null}}"#),
            (
                "invoice",
                Role::Reply,
                r#"{"id":"i","delivery_address":{"city":"y","zip":null},"lines":[{"rate":{"id":"S","displayed_as":"s"}}]}"#,
            ),
            ("count", Role::Reply, r#"{"id":5,"name":"A"}"#),
        ]),
        &BTreeSet::from(["invoice".to_owned()]),
    );
    let reference = |pointer: &str, root: usize| shared.roots[root].schema.pointer(pointer).and_then(Node::as_str);
    assert_eq!(reference("/properties/$items/items/$ref", 0), Some("#/components/schemas/contact"));
    assert_eq!(reference("/$ref", 1), Some("#/components/schemas/contact"));
    let component = |pointer: &str| {
        shared
            .components
            .get(pointer.split('/').nth(1).unwrap())
            .and_then(|node| node.pointer(&pointer[pointer[1..].find('/').unwrap() + 1..]))
    };
    let target = |pointer: &str| component(pointer).and_then(Node::as_str);
    // Two addresses, of which one has no postcode: what they have in common names them.
    assert_eq!(target("/contact/properties/main_address/$ref"), Some("#/components/schemas/address"));
    let names: Vec<&str> = shared.components.keys().map(String::as_str).collect();
    // `invoice` is a schema of the document; what is sent has no id; and a number is no text.
    assert_eq!(names, ["address", "contact", "contact_request", "count", "displayed_as_id", "invoice_reply"]);
    assert!(shared.places.contains_key("/contact/properties/name"));
}

#[test]
fn wrappers_of_different_things_stay_apart() {
    let shared = share(
        roots(&[
            ("contact", Role::Reply, r#"{"data":{"name":"A","city":"x"},"ok":true}"#),
            ("invoice", Role::Reply, r#"{"data":{"total":1,"lines":[]},"ok":true}"#),
        ]),
        &BTreeSet::new(),
    );
    assert_ne!(shared.roots[0].schema, shared.roots[1].schema);
}

#[test]
fn what_is_not_of_a_group_does_not_refer_to_it() {
    let all = [
        ("account", Role::Reply, r#"{"x":{"a":1,"b":1}}"#),
        ("bank", Role::Reply, r#"{"x":{"c":1.5}}"#),
        ("contact", Role::Reply, r#"{"x":{"a":1,"b":1,"c":1,"d":1}}"#),
    ];
    let shared = share(roots(&all), &BTreeSet::new());
    for (root, (_, _, json)) in shared.roots.iter().zip(all) {
        assert!(meets(&node(json), &root.schema, false, Some(&shared)), "{json}: {:#?}", shared.components);
    }
    // What is of one shape is one type all the same, with the larger of two objects in it.
    assert_eq!(shared.roots[0].schema, shared.roots[2].schema);
}

/// Any JSON, with few keys, so that samples have them in common, and texts of every kind.
fn value() -> impl Strategy<Value = Node> {
    let texts = prop_oneof![
        Just("hello"),
        Just(""),
        Just("110.0"),
        Just("12"),
        Just("007"),
        Just("2024-02-29"),
        Just("2024-02-29T10:11:12Z"),
        Just("2024-02-29T10:11:12.50Z"),
        Just("string"),
        Just("<dateTime>"),
        Just("<integer>"),
        Just("<number>"),
        Just("<boolean>"),
        Just("<any>"),
        Just("DRAFT"),
    ];
    let numbers = prop_oneof![
        Just("0"),
        Just("7"),
        Just("-3"),
        Just("1.50"),
        Just("18446744073709551615"),
        Just("1e3"),
        Just("-0"),
        Just("123456789012345678901234567890"),
    ];
    let leaf = prop_oneof![
        Just(Node::Null),
        any::<bool>().prop_map(Node::Bool),
        numbers.prop_map(node),
        texts.prop_map(Node::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let keys = prop_oneof![Just("id"), Just("name"), Just("a"), Just("4711"), Just("12"), Just("$items")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Node::from),
            prop::collection::vec((keys, inner), 0..4)
                .prop_map(|members| Node::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

/// Does the value meet the schema? Written anew, from what a client can decode and write back as it was.
fn meets(value: &Node, schema: &Node, property: bool, shared: Option<&Shared>) -> bool {
    if value.as_str() == Some("<any>") {
        return true;
    }
    if let Some(name) = schema.reference() {
        let shared = shared.expect("a reference without components");
        let target = &shared.components[name.rsplit('/').next().unwrap()];
        return (value.is_null() && schema.get("nullable").is_some()) || meets(value, target, property, Some(shared));
    }
    let (Some(ty), false) = (schema.text("type"), value.is_null()) else {
        return schema.text("type").is_none() || schema.get("nullable").is_some();
    };
    match (ty, schema.text("format"), value) {
        ("boolean", _, Node::Bool(_)) => true,
        ("boolean", _, Node::String(text)) => text == "<boolean>",
        ("integer", _, Node::String(text)) => text == "<integer>",
        ("integer", Some("uint64"), Node::Number(number)) => number.as_str().parse::<u64>().is_ok(),
        ("integer", _, Node::Number(number)) => number.as_str().parse::<i64>().is_ok() && number.as_str() != "-0",
        ("number", _, Node::Number(number)) => {
            let text = number.as_str();
            !text.contains('e') && text.len() < 29 && text != "-0"
        }
        ("number", _, Node::String(text)) => {
            (property && text.parse::<f64>().is_ok()) || matches!(text.as_str(), "string" | "<number>" | "<integer>")
        }
        ("string", Some("date"), Node::String(text)) => {
            text == "2024-02-29" || text == "string" || (property && text.is_empty())
        }
        ("string", Some("date-time"), Node::String(text)) => {
            let odd = property && (text.is_empty() || text == "2024-02-29T10:11:12.50Z");
            odd || matches!(text.as_str(), "2024-02-29T10:11:12Z" | "<dateTime>" | "string")
        }
        ("string", None, Node::String(_)) => true,
        ("array", _, Node::Array(items)) => {
            items.iter().all(|item| meets(item, schema.get("items").unwrap(), false, shared))
        }
        ("object", _, Node::Object(members)) => members.iter().all(|(key, value)| {
            let property = schema.get("properties").and_then(|properties| properties.get(key));
            match (property, schema.get("additionalProperties")) {
                (Some(property), _) => meets(value, property, true, shared),
                (None, Some(values)) => meets(value, values, false, shared),
                (None, None) => false,
            }
        }),
        _ => false,
    }
}

/// Objects in objects whose keys overlap, so that what is alike with several is common.
fn wrapped() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![Just("1"), Just("1.5"), Just("18446744073709551615"), Just("true"), Just(r#""x""#)];
    let inner = prop::collection::vec((0..6_usize, leaf.prop_map(node)), 0..6);
    let object = |keys: [&'static str; 6]| {
        move |members: Vec<(usize, Node)>| {
            Node::Object(members.into_iter().map(|(key, value)| (keys[key].to_owned(), value)).collect())
        }
    };
    let inner = inner.prop_map(object(["a", "b", "c", "d", "e", "f"]));
    let middle = prop::collection::vec((0..6_usize, inner), 0..3).prop_map(object(["x", "x", "y", "x", "y", "z"]));
    prop::collection::vec((0..6_usize, middle), 1..3).prop_map(object(["x", "u", "v", "u", "u", "w"]))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn neither_order_nor_repetition_matters(values in prop::collection::vec(value(), 1..6), seed in any::<u64>()) {
        let samples: Vec<Sample<'_>> = values
            .iter()
            .enumerate()
            .map(|(n, value)| Sample { value, place: place(&format!("/{n}")), embedded: n % 2 == 0, role: Role::Reply })
            .collect();
        let expected = schema(&samples);
        let mut other = samples.clone();
        let turn = seed as usize % other.len();
        other.rotate_left(turn);
        other.push(samples[0].clone());
        other.reverse();
        let found = schema(&other);
        prop_assert_eq!(expected.schema.to_json(), found.schema.to_json());
        prop_assert_eq!(expected.places, found.places);
    }

    #[test]
    fn every_sample_meets_the_schema(values in prop::collection::vec(value(), 1..6)) {
        let inferred = infer_all(&values);
        for value in &values {
            prop_assert!(meets(value, &inferred.schema, false, None), "{} and {}", value.to_json(), inferred.schema.to_json());
        }
        prop_assert!(inferred.places.keys().all(|pointer| inferred.schema.pointer(pointer).is_some()));
    }

    #[test]
    fn every_sample_meets_what_is_shared(
        values in prop_oneof![prop::collection::vec(value(), 1..6), prop::collection::vec(wrapped(), 1..12)],
        sorts in 1..5_usize,
        sent in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let names = ["contact", "invoice", "account", "bank", "payment"];
        let root = |(n, value): (usize, &Node)| {
            let role = if sent && n % 3 == 0 { Role::Request } else { Role::Reply };
            let sample = Sample { value, place: place(&format!("/{n}")), embedded: false, role };
            Root { name: names[n % sorts].to_owned(), role, inferred: schema(&[sample]) }
        };
        let roots: Vec<Root> = values.iter().enumerate().map(root).collect();
        let shared = share(roots.clone(), &BTreeSet::new());
        for (value, root) in values.iter().zip(&shared.roots) {
            prop_assert!(meets(value, &root.schema, false, Some(&shared)), "{}", value.to_json());
        }
        let mut other: Vec<(usize, Root)> = roots.into_iter().enumerate().collect();
        let turn = seed as usize % other.len();
        other.rotate_left(turn);
        let (order, roots): (Vec<usize>, Vec<Root>) = other.into_iter().unzip();
        let again = share(roots, &BTreeSet::new());
        prop_assert_eq!(&shared.components, &again.components);
        for (index, root) in order.into_iter().zip(&again.roots) {
            prop_assert_eq!(&shared.roots[index].schema, &root.schema);
        }
    }
}
