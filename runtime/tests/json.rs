//! Models in and out of JSON: what is read is written again, word for word where that matters.

mod sample;

use proptest::prelude::*;
use sage_runtime::codegen::{Extra, Json, Map, Page};
use sage_runtime::{Update, json};
use sample::model::{Base, Contact, ContactUpdate, Level, NewContact, Payee, Rate, Status};
use serde::Deserialize as _;
use serde_json::Value;

const CONTACT: &str = r#"{"id":"b88e","displayed_as":"Ann \"A\" O\u2019Hara\n","$path":"/contacts/b88e","balance":"12345678901234.56789",
  "created_at":"2024-02-29T10:11:12.5Z","deleted_on":"","status":"on hold","level":2,
  "contact_types":[{"id":"CUSTOMER","displayed_as":null},{"id":"VENDOR","new":{"a":[1.50,2e3]}}],
  "parent":{"id":"p","balance":110.00},"payee":{"id":"x","kind":"BASE"},"custom":{"deep": [1, 2.0]},"links":{"b":"2","a":"1"},
  "logo":"AQID","rate":0.1,"lock_version":9007199254740993,"is_active":true,"unknown_number":1.10,"legacy":null}"#;

#[test]
fn typed_values() {
    let contact: Contact = json::from_str(CONTACT).unwrap();
    assert_eq!(contact.displayed_as.as_deref(), Some("Ann \"A\" O\u{2019}Hara\n"));
    assert_eq!(contact.balance.unwrap().to_string(), "12345678901234.56789");
    assert_eq!(contact.deleted_on, None);
    assert_eq!(contact.status, Some(Status::OnHold));
    assert_eq!(contact.level, Some(Level::V2));
    assert_eq!(contact.contact_types.as_ref().map(Vec::len), Some(2));
    assert_eq!(contact.parent.as_ref().and_then(|p| p.balance).unwrap().to_string(), "110.00");
    assert!(matches!(&contact.payee, Some(Payee::Base(base)) if base.id.as_deref() == Some("x")));
    assert_eq!(contact.lock_version, Some(9_007_199_254_740_993));
    assert_eq!(contact.logo.as_ref().unwrap().0, [1, 2, 3]);
    assert_eq!(contact.extra.get("unknown_number").map(Json::as_text), Some("1.10"));
    assert_eq!(contact.extra.len(), 2);
}

#[test]
fn nothing_is_lost() {
    let contact: Contact = json::from_str(CONTACT).unwrap();
    let written = json::to_string(&contact);
    // As text: numbers keep their digits, `""` and null stay what they were, unknown properties keep their place.
    let expected: String = CONTACT.lines().map(str::trim_start).collect();
    let expected =
        expected.replace("\\u2019", "\u{2019}").replace(r#""links":{"b":"2","a":"1"}"#, r#""links":{"a":"1","b":"2"}"#);
    assert_eq!(written, expected);
    assert_eq!(json::from_str::<Contact>(&written).unwrap(), contact);
}

#[test]
fn serde_takes_the_same_way() {
    let contact: Contact = json::from_str(CONTACT).unwrap();
    assert_eq!(serde_json::from_str::<Contact>(CONTACT).unwrap(), contact);
    assert_eq!(serde_json::from_slice::<Contact>(CONTACT.as_bytes()).unwrap(), contact);
    assert_eq!(serde_json::from_reader::<_, Contact>(CONTACT.as_bytes()).unwrap(), contact);
    assert_eq!(serde_json::to_string(&contact).unwrap(), json::to_string(&contact).replace(": [1, 2.0]", ":[1,2.0]"));
    let pretty = serde_json::to_string_pretty(&contact).unwrap();
    assert!(pretty.contains("\n  \"balance\": \"12345678901234.56789\""), "{pretty}");
    assert!(pretty.contains("\n  \"unknown_number\": 1.10"), "{pretty}");
    let value = serde_json::to_value(&contact).unwrap();
    // A decimal that came as a number goes into a value as text.
    let text = json::to_string(&contact).replace("\"balance\":110.00", "\"balance\":\"110.00\"");
    assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Outer {
    name: String,
    inner: Rate,
    list: Vec<Rate>,
}

#[test]
fn numbers_keep_their_digits_inside_other_types() {
    let text = r#"{"name":"n","inner":{"amount":12345678901234.56789},"list":[{"amount":110.00},{"amount":null,"by_currency":{"EUR":0.10}}]}"#;
    let outer: Outer = serde_json::from_str(text).unwrap();
    assert_eq!(outer.inner.amount.unwrap().to_string(), "12345678901234.56789");
    assert_eq!(serde_json::to_string(&outer).unwrap(), text);
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Either {
    Rate(Rate),
}

#[test]
fn no_decimal_comes_through_a_float() {
    // `untagged` buffers, and its buffer holds floats: the digits are lost before we see them.
    assert!(serde_json::from_str::<Either>(r#"{"amount":12345678901234.56789}"#).is_err());
    let Either::Rate(rate) = serde_json::from_str(r#"{"amount":"110.00"}"#).unwrap();
    assert_eq!(rate.amount.unwrap().to_string(), "110.00");
    let Either::Rate(rate) = serde_json::from_str(r#"{"amount":7}"#).unwrap();
    assert_eq!(rate.amount.unwrap().to_string(), "7");
}

#[test]
fn no_decimal_comes_through_the_float_of_a_value() {
    for text in [
        r#"{"amount":12345678901234.56789}"#,
        r#"{"amount":0.1}"#,
        r#"{"amount":1e2}"#,
        r#"{"by_currency":{"EUR":1.5}}"#,
    ] {
        let value: Value = serde_json::from_str(text).unwrap();
        for result in [Rate::deserialize(&value), serde_json::from_value(value)] {
            let error = result.expect_err("the digits may be lost").to_string();
            assert!(error.contains("binary fraction"), "{error}");
        }
        // As text, it is what came, by every way in.
        let rate: Rate = json::from_str(text).unwrap();
        assert_eq!(serde_json::from_str::<Rate>(text).unwrap(), rate);
        assert_eq!(serde_json::from_slice::<Rate>(text.as_bytes()).unwrap(), rate);
        assert_eq!(serde_json::from_reader::<_, Rate>(text.as_bytes()).unwrap(), rate);
    }
    let nested = r#"{"name":"n","inner":{"amount":12345678901234.56789},"list":[]}"#;
    let value: Value = serde_json::from_str(nested).unwrap();
    assert!(serde_json::from_value::<Outer>(value).is_err());
    let outer: Outer = serde_json::from_reader(nested.as_bytes()).unwrap();
    assert_eq!(outer.inner.amount.unwrap().to_string(), "12345678901234.56789");
}

#[test]
fn whole_numbers_and_text_come_through_a_value() {
    let text = r#"{"id":"b88e","balance":"12345678901234.56789","created_at":"2024-02-29T10:11:12.5Z","level":2,"rate":0.1,
      "lock_version":9007199254740993,"is_active":true,"parent":{"balance":7},"status":"on hold","legacy":null}"#;
    let contact: Contact = json::from_str(text).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(Contact::deserialize(&value).unwrap(), contact);
    assert_eq!(serde_json::from_value::<Contact>(value).unwrap(), contact);
}

#[test]
fn decimals_go_into_a_value_as_text() {
    let rate: Rate = json::from_str(r#"{"amount":12345678901234.56789,"by_currency":{"EUR":0.10}}"#).unwrap();
    let value = serde_json::to_value(&rate).unwrap();
    assert_eq!(value.to_string(), r#"{"amount":"12345678901234.56789","by_currency":{"EUR":"0.10"}}"#);
    assert_eq!(serde_json::from_value::<Rate>(value).unwrap(), rate);
    let outer = Outer { name: "n".into(), inner: rate.clone(), list: vec![rate.clone()] };
    let outer: Outer = serde_json::from_value(serde_json::to_value(outer).unwrap()).unwrap();
    assert_eq!((&outer.inner, &outer.list[0]), (&rate, &rate));
}

#[test]
fn requests() {
    let mut new = NewContact { name: "Ann".into(), contact_type_ids: vec!["CUSTOMER".into()], ..Default::default() };
    assert_eq!(json::to_string(&new), r#"{"name":"Ann","contact_type_ids":["CUSTOMER"]}"#);
    new.credit_limit = Some("100.50".parse().unwrap());
    new.extra.insert("later", true);
    new.extra.insert("name", "ignored, as the field is set");
    assert_eq!(
        json::to_string(&new),
        r#"{"name":"Ann","contact_type_ids":["CUSTOMER"],"credit_limit":"100.50","later":true}"#
    );

    let update = ContactUpdate { name: "Bo".into(), credit_limit: Update::Clear, ..Default::default() };
    assert_eq!(json::to_string(&update), r#"{"name":"Bo","credit_limit":null}"#);
    assert_eq!(json::from_str::<ContactUpdate>(&json::to_string(&update)).unwrap(), update);
}

#[test]
fn a_set_field_wins_over_the_memory_of_null() {
    let mut base: Base = json::from_str(r#"{"id":null,"displayed_as":"x"}"#).unwrap();
    assert_eq!(json::to_string(&base), r#"{"id":null,"displayed_as":"x"}"#);
    assert_eq!(base, json::from_str(r#"{"displayed_as":"x"}"#).unwrap());
    base.id = Some("1".into());
    assert_eq!(json::to_string(&base), r#"{"id":"1","displayed_as":"x"}"#);
    base.id = None;
    base.extra.forget_blanks();
    assert_eq!(json::to_string(&base), r#"{"displayed_as":"x"}"#);
}

#[test]
fn numbers_and_dates_are_written_back_as_they_came() {
    for text in [
        r#"{"balance":110.0}"#,
        r#"{"balance":"00110.50"}"#,
        r#"{"balance":"-0.00","rate":1e2,"lock_version":"007"}"#,
        r#"{"balance":"1.5e3","parent":{"balance":-0.05}}"#,
        r#"{"created_at":"2024-02-29T10:11:12.500Z","deleted_on":"2024-02-29T00:00:00"}"#,
        r#"{"created_at":"2024-02-29 10:11","parent":{"created_at":"2024-02-29"}}"#,
        r#"{"logo":"AQI","rate":1.50,"lock_version":"5"}"#,
    ] {
        let contact: Contact = json::from_str(text).unwrap();
        assert_eq!(json::to_string(&contact), text);
        assert_eq!(serde_json::to_string(&contact).unwrap(), text);
        let again: Contact = serde_json::from_str(text).unwrap();
        assert_eq!((json::to_string(&again), &again), (text.to_owned(), &contact));
    }
    let update: ContactUpdate = json::from_str(r#"{"credit_limit":1.0,"deleted_on":""}"#).unwrap();
    assert_eq!(json::to_string(&update), r#"{"credit_limit":1.0,"deleted_on":""}"#);
    let rate: Rate = json::from_str(r#"{"amount":"1.0"}"#).unwrap();
    assert_eq!(json::to_string(&rate), r#"{"amount":"1.0"}"#);
}

#[test]
fn a_set_field_wins_over_the_memory_of_how_it_was_written() {
    let mut contact: Contact = json::from_str(r#"{"balance":110.0,"created_at":"2024-02-29 10:11"}"#).unwrap();
    assert_eq!(contact, json::from_str(r#"{"balance":"110.0","created_at":"2024-02-29T10:11:00Z"}"#).unwrap());
    contact.balance = Some("7.5".parse().unwrap());
    assert_eq!(json::to_string(&contact), r#"{"balance":"7.5","created_at":"2024-02-29 10:11"}"#);
    contact.extra.forget_blanks();
    assert_eq!(json::to_string(&contact), r#"{"balance":"7.5","created_at":"2024-02-29T10:11:00Z"}"#);
    contact.created_at = None;
    assert_eq!(json::to_string(&contact), r#"{"balance":"7.5"}"#);
    // A `serde_json::Value` holds floats: decimals go into it as text, however they came.
    let contact: Contact = json::from_str(r#"{"balance":110.0}"#).unwrap();
    assert_eq!(serde_json::to_value(&contact).unwrap().to_string(), r#"{"balance":"110.0"}"#);
}

#[test]
fn memories_do_not_travel_to_another_type() {
    let base: Base = json::from_str(r#"{"id":null,"displayed_as":null,"other":1}"#).unwrap();
    let update = ContactUpdate { extra: base.extra, ..Default::default() };
    assert_eq!(json::to_string(&update), r#"{"other":1}"#);
}

#[test]
fn of_two_equal_keys_the_last_counts() {
    let base: Base = json::from_str(r#"{"id":"1","z":1,"y":0,"id":"2","z":2}"#).unwrap();
    assert_eq!(json::to_string(&base), r#"{"id":"2","y":0,"z":2}"#);
    let base: Base = json::from_str(r#"{"id":null,"id":"2"}"#).unwrap();
    assert_eq!(json::to_string(&base), r#"{"id":"2"}"#);
    let base: Base = json::from_str(r#"{"id":"2","id":null}"#).unwrap();
    assert_eq!(json::to_string(&base), r#"{"id":null}"#);
}

#[test]
fn unlisted_values_are_kept() {
    let contact: Contact = json::from_str(r#"{"status":"NEW \u00e9","level":7}"#).unwrap();
    assert_eq!(contact.status.as_ref().map(Status::as_str), Some("NEW é"));
    assert_eq!(contact.level.as_ref().and_then(Level::as_i64), Some(7));
    assert_eq!(json::to_string(&contact), r#"{"status":"NEW é","level":7}"#);
    for text in [
        r#"{"status":5,"level":1.5}"#,
        r#"{"status":"","level":"x"}"#,
        r#"{"status":true,"level":99999999999999999999}"#,
    ] {
        assert_eq!(json::to_string(&json::from_str::<Contact>(text).unwrap()), text);
    }
    assert_eq!(Status::from("ACTIVE"), Status::Active);
    assert_eq!("on hold".parse::<Status>().unwrap().to_string(), "on hold");
    assert_eq!(Level::from(1), Level::V1);
}

#[test]
fn unions_choose_by_tag_kind_and_required_properties() {
    let payee = |text: &str| {
        let payee: Payee = json::from_str(text).unwrap();
        assert_eq!(json::to_string(&payee), text);
        match payee {
            Payee::Contact(_) => "contact",
            Payee::Base(_) => "base",
            Payee::Text(_) => "text",
            Payee::Unknown(_) => "unknown",
        }
    };
    assert_eq!(payee(r#"{"kind":"CONTACT"}"#).to_owned(), "contact");
    assert_eq!(payee(r#"{"id":"1","balance":"2"}"#), "contact");
    assert_eq!(payee(r#"{"id":"1"}"#), "base");
    assert_eq!(payee(r#"{"id":1}"#), "unknown");
    assert_eq!(payee(r#""Ann""#), "text");
    assert_eq!(payee("[1,2.50]"), "unknown");
}

/// A choice whose first choice is another one.
#[derive(Clone, Debug, PartialEq)]
enum Choice {
    Payee(Box<Payee>),
    Flag(bool),
    Unknown(Json),
}

sage_runtime::union!(Choice, Unknown, None, {
    Payee(Box<Payee>): tags [], required [];
    Flag(bool): tags [], required [];
});

#[test]
fn what_a_choice_within_does_not_know_is_left_to_the_others() {
    let choice = |text: &str| {
        let choice: Choice = json::from_str(text).unwrap();
        assert_eq!(json::to_string(&choice), text);
        choice
    };
    assert!(matches!(choice(r#"{"id":"1"}"#), Choice::Payee(payee) if matches!(*payee, Payee::Base(_))));
    assert_eq!(choice("true"), Choice::Flag(true));
    assert!(matches!(choice("[1]"), Choice::Unknown(_)));
}

#[test]
fn pages_of_every_form() {
    for text in [
        r#"{"$total":56,"$page":1,"$next":"/products?page=2","$back":null,"$itemsPerPage":50,"$items":[{"id":"1"}]}"#,
        r#"{"$total":1,"$items":[{"id":"1"}],"$items_per_page":2147483647,"more":1.0}"#,
        r#"[{"id":"1"}]"#,
        r#"{"@odata.context":"x","value":[{"id":"1"}]}"#,
        r#"{"value":[]}"#,
        "[]",
    ] {
        let page: Page<Base> = json::from_str(text).unwrap();
        assert_eq!(json::to_string(&page), text);
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Page<Base>>(text).unwrap()).unwrap(), text);
    }
    let page: Page<Base> =
        json::from_str(r#"{"$total":"56","$next":"/p?page=2","$back":null,"$items_per_page":2147483647,"$items":[]}"#)
            .unwrap();
    assert_eq!((page.total(), page.items_per_page()), (Some(56), Some(2_147_483_647)));
    assert_eq!((page.next().as_deref(), page.back(), page.page()), (Some("/p?page=2"), None, None));
    assert!(json::from_str::<Page<Base>>(r#"{"$message":"no"}"#).is_err());
}

#[test]
fn errors_say_where() {
    let table = [
        (r#"{"$items":[{},{"balance":"abc"}]}"#, "$items[1].balance"),
        (r#"{"$items":[{"contact_types":[{},{},{"id":5}]}]}"#, "$items[0].contact_types[2].id"),
        (r#"{"$items":[{"links":{"a":1}}]}"#, "$items[0].links.a"),
        (r#"[{"parent":{"created_at":"soon"}}]"#, "[0].parent.created_at"),
        (r#"[{"new":nul}]"#, "[0].new"),
    ];
    for (text, path) in table {
        let fault = json::from_str::<Page<Contact>>(text).unwrap_err();
        assert_eq!(fault.path(), path, "{fault}");
        assert!(!fault.to_string().contains("abc") && !fault.to_string().contains("soon"), "{fault}");
    }
}

#[test]
fn hostile_text_is_refused() {
    let deep = |n: usize| format!("{{\"x\":{}{}}}", "[".repeat(n), "]".repeat(n));
    assert!(json::from_str::<Base>(&deep(100)).is_ok());
    assert!(json::from_str::<Base>(&deep(1_000_000)).is_err());
    let nested = |n: usize| format!("{}{{}}{}", "{\"parent\":".repeat(n), "}".repeat(n));
    assert!(json::from_str::<Contact>(&nested(100)).is_ok());
    assert!(json::from_str::<Contact>(&nested(100_000)).is_err());
    assert!(json::from_slice::<Base>(b"{\"id\":\"\xff\"}").is_err());
    assert!(json::from_slice::<Base>(b"\xef\xbb\xbf{}").is_ok());
    let many: String = (0..50_000).map(|n| format!("\"k{n}\":{n},")).collect();
    let base: Base = json::from_str(&format!("{{{many}\"k0\":\"last\"}}")).unwrap();
    assert_eq!(base.extra.len(), 50_000);
}

#[test]
fn an_extra_is_one_word_and_collects() {
    assert_eq!(size_of::<Extra>(), 8);
    let extra: Extra = [("a", 1_i64), ("b", 2), ("a", 3)].into_iter().collect();
    assert_eq!(format!("{extra:?}"), r#"{"a": 3, "b": 2}"#);
}

#[test]
fn debug_shows_what_is_there() {
    let contact: Contact = json::from_str(r#"{"id":"1","status":"ACTIVE","z":[1]}"#).unwrap();
    assert_eq!(format!("{contact:?}"), r#"Contact { id: Some("1"), status: Some(ACTIVE), z: [1] }"#);
}

/// Do we agree with `serde_json` on what is JSON, and on what it says?
fn agree(text: &str) {
    let ours = json::from_str::<Json>(text);
    // Its values have a range for numbers; the text has none.
    let theirs = match serde_json::from_str::<Value>(text) {
        Err(error) if error.to_string().contains("out of range") => return,
        theirs => theirs,
    };
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{text:?}: {ours:?}, {theirs:?}");
    let (Ok(ours), Ok(theirs)) = (json::from_str::<Map<Json>>(text), serde_json::from_str::<Map<Value>>(text)) else {
        return;
    };
    let ours: Map<Value> = ours.into_iter().map(|(key, value)| (key, value.parse().unwrap())).collect();
    assert_eq!(ours, theirs, "{text:?}");
}

proptest! {
    #[test]
    fn the_reader_agrees_with_serde_json(text in "\\PC*", json in r#"([{}\[\],:"\\/bfnrtu0-9a-f.eE+ -]|true|false|null|\\u[0-9a-fA-F]{4}|"[a-z]*"|: ?-?[0-9]+(\.[0-9]+)?|\{"|\}|\x01){0,12}"#) {
        agree(&text);
        agree(&json);
        agree(&format!("[{json}]"));
        agree(&format!("{{\"a\":{json}}}"));
        agree(&format!("{{\"a\":\"{json}\"}}"));
    }

    #[test]
    fn strings_come_back(text in any::<String>(), key in any::<String>()) {
        let map: Map<String> = [(key, text)].into();
        let written = json::to_string(&map);
        prop_assert_eq!(&serde_json::from_str::<Map<String>>(&written).unwrap(), &map);
        prop_assert_eq!(&json::from_str::<Map<String>>(&written).unwrap(), &map);
        prop_assert_eq!(&json::from_str::<Map<String>>(&serde_json::to_string(&map).unwrap()).unwrap(), &map);
    }
}
