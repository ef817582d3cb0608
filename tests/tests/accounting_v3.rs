//! Sage Business Cloud Accounting v3 over the wire: regions, the site, the subscription key.

use sage_api::accounting_v3::model::{Contact, LedgerAccountVisibleIn, NewContact};
use sage_api::accounting_v3::{Client, Region};
use sage_api::{Delivery, Kind, Page};
use sage_tests::json;
use sage_tests::replies::round_trip;
use sage_tests::server::{Reply, Server};

const CONTACTS: &str = include_str!("../../specs/accounting-v3/witness/contacts.list.json");

fn client(server: &Server) -> Client {
    let builder = Client::builder().region(Region::Uki).site("a-site").subscription_key("a-subscription-key");
    builder.access_token("an access token").origin(server.origin()).build().expect("the client is complete")
}

#[test]
fn replies_are_carried_without_loss() {
    let contacts: Page<Contact> = round_trip(CONTACTS);
    assert_eq!(contacts.items[0].legacy_id, Some(4711));
    assert!(contacts.items[0].extra.get("is_active").is_some(), "v3 does not document it");
    assert_eq!((contacts.total(), contacts.items_per_page(), contacts.next()), (Some(1), Some(20), None));
    // A bare array is a page as well: the document says so.
    let bare: Page<Contact> = round_trip(r#"[{"id":"a"},{"id":"b"}]"#);
    assert_eq!((bare.items.len(), bare.total(), bare.next()), (2, None, None));
    let new: LedgerAccountVisibleIn = round_trip(r#""somewhere_new""#);
    assert_eq!(new.as_str(), "somewhere_new");
}

#[tokio::test]
async fn each_region_has_its_path() {
    let regions = [
        (Region::Uki, "uki"),
        (Region::Us, "us"),
        (Region::Ca, "ca"),
        (Region::De, "de"),
        (Region::Es, "es"),
        (Region::Fr, "fr"),
    ];
    for (region, path) in regions {
        let server = Server::start([Reply::json(200, CONTACTS)]);
        let builder = Client::builder().region(region).site("a-site").subscription_key("a-subscription-key");
        let builder = builder.access_token("an access token").origin(server.origin());
        let client = builder.build().expect("the client is complete");
        let page = client.contacts().list().show_legacy_id(true).await.expect("it decodes");
        assert_eq!(page.items.len(), 1);
        let request = server.last();
        assert_eq!(request.path, format!("/{path}/sageone/accounts/v3/contacts"));
        assert_eq!(request.header("x-site"), Some("a-site"));
        assert_eq!(request.header("ocp-apim-subscription-key"), Some("a-subscription-key"));
        assert_eq!(request.query, [("show_legacy_id".to_owned(), "true".to_owned())]);
        assert!(!format!("{client:?}").contains("a-subscription-key"));
    }
}

#[tokio::test]
async fn core_is_beside_accounts() {
    let server = Server::start([Reply::json(200, r#"{"id":"a","unknown":1.50}"#), Reply::json(200, CONTACTS)]);
    let client = client(&server);
    let me = client.me().get().await.expect("it is any JSON");
    assert_eq!(me.as_text(), r#"{"id":"a","unknown":1.50}"#);
    let request = server.last();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/uki/sageone/core/v3/me"));
    assert_eq!(request.header("x-site"), Some("a-site"));
    assert_eq!(request.header("ocp-apim-subscription-key"), Some("a-subscription-key"));
    client.contacts().list().await.expect("it decodes");
    assert_eq!(server.last().path, "/uki/sageone/accounts/v3/contacts");
}

#[tokio::test]
async fn what_is_missing_is_named_before_anything_is_sent() {
    let builder = Client::builder().subscription_key("k").site("s").access_token("canary-t");
    let error = builder.build().expect_err("no region");
    assert!(error.to_string().contains("region"), "{error}");

    let server = Server::start([]);
    let builder = Client::builder().region(Region::Uki).subscription_key("k").access_token("canary-t");
    let missing = match builder.origin(server.origin()).build() {
        Err(error) => error,
        Ok(client) => client.contacts().list().await.expect_err("no site"),
    };
    assert!(missing.to_string().contains("site"), "{missing}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_list_goes_on_to_its_last_page() {
    let first = r#"{"$total":2,"$page":1,"$next":"/contacts?page=2&items_per_page=1","$back":null,"$itemsPerPage":1,"$items":[{"id":"a"}]}"#;
    let last =
        r#"{"$total":2,"$page":2,"$next":null,"$back":"/contacts?page=1","$itemsPerPage":1,"$items":[{"id":"b"}]}"#;
    let server = Server::start([Reply::json(200, first), Reply::json(200, last), Reply::json(200, r#"[{"id":"c"}]"#)]);
    let client = client(&server);
    for expected in [&["a", "b"][..], &["c"]] {
        let mut contacts = client.contacts().list().items_per_page(1).items();
        let mut ids = Vec::new();
        while let Some(contact) = contacts.next().await {
            ids.extend(contact.expect("every page decodes").id);
        }
        assert_eq!(ids, expected);
    }
    let second = &server.requests()[1];
    assert_eq!(second.path, "/uki/sageone/accounts/v3/contacts");
    assert_eq!(second.query, [("page", "2"), ("items_per_page", "1")].map(|(k, v)| (k.into(), v.into())));
    assert_eq!(second.header("ocp-apim-subscription-key"), Some("a-subscription-key"));
}

#[tokio::test]
async fn creating_wraps_the_body() {
    let server = Server::start([Reply::json(201, r#"{"id":"new","credit_limit":"1500.50"}"#)]);
    let new = NewContact {
        name: "Ann Archer".into(),
        contact_type_ids: vec!["CUSTOMER".into()],
        credit_limit: Some("1500.50".parse().expect("a decimal")),
        ..Default::default()
    };
    let created = client(&server).contacts().create(new).await.expect("it is created");
    assert_eq!(created.id.as_deref(), Some("new"));
    let request = server.last();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/uki/sageone/accounts/v3/contacts"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), Some("Bearer an access token"));
    // Unlike v3.1, v3 knows no idempotency id.
    let expected = r#"{"contact":{"name":"Ann Archer","contact_type_ids":["CUSTOMER"],"credit_limit":"1500.50"}}"#;
    assert_eq!(json::difference(request.text(), expected), None);
}

#[tokio::test]
async fn a_void_answers_with_the_document_and_a_delete_with_nothing() {
    let voided = r#"{"id":"5f1d","void_reason":"typed twice","total_amount":"12345678901234.56789"}"#;
    let server = Server::start([Reply::json(200, voided), Reply::status(204)]);
    let client = client(&server);
    let invoice = client.sales_invoices().delete("5f1d").void_reason("typed twice").await.expect("it is voided");
    assert_eq!(invoice.void_reason.as_deref(), Some("typed twice"));
    assert_eq!(invoice.total_amount.map(|total| total.to_string()).as_deref(), Some("12345678901234.56789"));
    assert_eq!(server.last().query, [("void_reason".to_owned(), "typed twice".to_owned())]);
    let () = client.contacts().delete("c1").await.expect("it is deleted");
    let request = server.last();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("DELETE", "/uki/sageone/accounts/v3/contacts/c1"));
}

#[tokio::test]
async fn a_file_comes_as_bytes() {
    let file: &[u8] = b"%PDF-1.7\n\xff\xfe\x00";
    let server = Server::start([Reply::bytes(200, "application/pdf", file)]);
    let bytes = client(&server).attachments().file("GB/4 7").await.expect("bytes");
    assert_eq!(&bytes[..], file);
    let request = server.last();
    assert_eq!(request.path, "/uki/sageone/accounts/v3/attachments/GB%2F4%207/file");
    assert_eq!(request.header("accept"), Some("application/octet-stream"));
}

#[tokio::test]
async fn a_value_that_is_not_listed_is_sent_as_it_is() {
    let server = Server::start([Reply::json(200, "[]"), Reply::json(200, "[]")]);
    let accounts = client(&server).ledger_accounts();
    for (value, text) in [(LedgerAccountVisibleIn::Sales, "sales"), ("somewhere_new".into(), "somewhere_new")] {
        accounts.list().visible_in(value).await.expect("an empty list");
        assert_eq!(server.last().query, [("visible_in".to_owned(), text.to_owned())]);
    }
}

#[tokio::test]
async fn errors_say_what_the_service_said() {
    let list = r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"is too long","$source":"contact.name"},
        {"$severity":"warning","$dataCode":"Odd","$message":"is odd","$source":"contact.notes"}]"#;
    let gateway = r#"{"statusCode":401,"message":"Access denied due to an invalid subscription key"}"#;
    let server = Server::start([
        Reply::json(422, list).header("X-Request-Id", "r-1"),
        Reply::json(401, gateway),
        Reply::status(401),
    ]);
    let client = client(&server);
    let error = client.contacts().get("c1").await.expect_err("422");
    assert_eq!((error.status(), error.request_id()), (Some(422), Some("r-1")));
    assert_eq!((error.kind(), error.delivery()), (Kind::Api, Delivery::Refused));
    let [first, second] = error.api() else { panic!("two errors") };
    assert_eq!((first.code.as_deref(), first.source.as_deref()), (Some("RecordInvalid"), Some("contact.name")));
    assert_eq!((first.severity.as_deref(), first.message.as_deref()), (Some("error"), Some("is too long")));
    assert_eq!(second.code.as_deref(), Some("Odd"));
    let error = client.contacts().get("c1").await.expect_err("401");
    assert_eq!(error.api()[0].message.as_deref(), Some("Access denied due to an invalid subscription key"));
    assert_eq!((error.kind(), error.api()[0].code.as_deref()), (Kind::Auth, Some("401")));
    let error = client.contacts().get("c1").await.expect_err("an empty 401");
    assert_eq!((error.status(), error.api().len()), (Some(401), 0));
    for text in [format!("{error}"), format!("{error:?}"), format!("{client:?}")] {
        assert!(!text.contains("an access token") && !text.contains("a-subscription-key"), "{text}");
    }
}
