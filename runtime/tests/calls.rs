//! Calls over a real connection: what goes out, what comes back, and what is refused before anything is sent.

mod sample;
mod server;

use std::time::Duration;

use sage_runtime::{Delivery, Error, Kind, Limits, Part, Update};
use sample::contacts::{Contacts, VoidReply};
use sample::model::{ContactUpdate, NewContact, Status, Upload};
use sample::{Client, Region};
use server::{Act, Server, json};

const TOKEN: &str = "canary-token";
const KEY: &str = "canary-key";

/// Each call is sent once here; `resends.rs` is about sending again.
fn contacts(server: &Server) -> Contacts {
    let client = Client::builder()
        .limits(once())
        .region(Region::Uki)
        .site("s1")
        .subscription_key(KEY)
        .access_token(TOKEN)
        .origin(&server.origin);
    client.build().unwrap().contacts()
}

fn once() -> Limits {
    let mut limits = Limits::default();
    limits.attempts = 1;
    limits
}

fn ann() -> NewContact {
    NewContact {
        name: "Ann".into(),
        contact_type_ids: vec!["CUSTOMER".into()],
        credit_limit: Some("12345678901234.56789".parse().unwrap()),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_create_is_wrapped_and_has_an_id() {
    let server = Server::start(vec![json(201, r#"{"id":"1"}"#), json(201, "{}")]);
    let contact = contacts(&server).create(ann()).await.unwrap();
    assert_eq!(contact.id.as_deref(), Some("1"));
    let mut own = ann();
    own.extra.insert("idempotency_id", "mine");
    contacts(&server).create(own).await.unwrap();

    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /uki/sageone/accounts/v3/contacts");
    assert_eq!(seen.header("authorization"), Some("Bearer canary-token"));
    assert_eq!((seen.header("x-site"), seen.header("ocp-apim-subscription-key")), (Some("s1"), Some(KEY)));
    assert_eq!(
        (seen.header("content-type"), seen.header("accept")),
        (Some("application/json"), Some("application/json"))
    );
    let text = seen.text();
    let id = text.strip_prefix(r#"{"contact":{"idempotency_id":""#).unwrap().split('"').next().unwrap().to_owned();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{text}");
    let rest = r#""name":"Ann","contact_type_ids":["CUSTOMER"],"credit_limit":"12345678901234.56789""#;
    assert_eq!(text, format!(r#"{{"contact":{{"idempotency_id":"{id}",{rest}}}}}"#));
    assert_eq!(server.seen()[1].text(), format!(r#"{{"contact":{{{rest},"idempotency_id":"mine"}}}}"#));
}

#[tokio::test]
async fn an_update_clears_one_and_leaves_the_rest() {
    let server = Server::start(vec![json(200, "{}")]);
    let update = ContactUpdate { credit_limit: Update::Clear, ..Default::default() };
    contacts(&server).update("a/b", update).await.unwrap();
    assert_eq!(server.seen()[0].line, "PUT /uki/sageone/accounts/v3/contacts/a%2Fb");
    assert_eq!(server.seen()[0].text(), r#"{"contact":{"credit_limit":null}}"#);
}

#[tokio::test]
async fn queries_by_their_wire_names() {
    let server = Server::start(vec![json(200, "[]"), json(200, "{}")]);
    let since = chrono::DateTime::parse_from_rfc3339("2024-01-01T10:00:00+01:00").unwrap();
    let list = contacts(&server).list().items_per_page(7).search("a&b c").status(Status::OnHold).ids(["1", "2,3"]);
    list.updated_or_created_since(since).query("new", true).header("X-Company", 5).await.unwrap();
    contacts(&server).get("1").attributes(["a", "b"]).await.unwrap();
    assert_eq!(
        server.seen()[0].line,
        "GET /uki/sageone/accounts/v3/contacts?items_per_page=7&search=a%26b%20c&status=on%20hold&ids=1,2%2C3\
         &updated_or_created_since=2024-01-01T10:00:00%2B01:00&new=true"
    );
    assert_eq!(server.seen()[0].header("x-company"), Some("5"));
    assert_eq!(server.seen()[1].line, "GET /uki/sageone/accounts/v3/contacts/1?attributes=a&attributes=b");
}

#[tokio::test]
async fn h08_every_region_and_origin() {
    let server = Server::start(vec![json(200, "{}"), json(200, "[]")]);
    let client = Client::builder()
        .region(Region::from("x/y"))
        .site("s")
        .access_token("t")
        .origin(&server.origin)
        .build()
        .unwrap();
    client.contacts().get("1").await.unwrap();
    // Without the headers that the operation goes without.
    let client =
        Client::builder().region(Region::Us).company(7).access_token("t").origin(&server.origin).build().unwrap();
    client.contacts().sites().await.unwrap();
    assert_eq!(server.lines(), ["GET /x%2Fy/sageone/accounts/v3/contacts/1", "GET /us/sageone/accounts/v3/sites"]);
    assert_eq!(server.seen()[1].header("x-company"), None);
}

#[tokio::test]
async fn replies_of_every_kind() {
    let bytes = Act::Reply(200, vec![("content-type", "application/octet-stream".into())], vec![0, 255, 1]);
    let server = Server::start(vec![
        json(204, ""),
        json(200, r#"{"id":"1"}"#),
        json(200, r#"{"id":"2"}"#),
        json(204, ""),
        json(202, r#"{"id":"3"}"#),
        json(204, ""),
        json(200, r#"{"id":"4"}"#),
        bytes,
    ]);
    let contacts = contacts(&server);
    contacts.delete("1").await.unwrap();
    contacts.delete("1").await.unwrap();
    assert!(
        matches!(contacts.void("1", "x").await.unwrap(), VoidReply::Contact(contact) if contact.id.as_deref() == Some("2"))
    );
    assert_eq!(contacts.void("1", "x").await.unwrap(), VoidReply::NoContent(()));
    assert!(
        matches!(contacts.void("1", "x").await.unwrap(), VoidReply::Contact(contact) if contact.id.as_deref() == Some("3"))
    );
    assert_eq!(contacts.parent("1").await.unwrap(), None);
    assert!(contacts.parent("1").await.unwrap().is_some());
    assert_eq!(*contacts.file(7).await.unwrap(), [0, 255, 1]);
    let seen = server.seen();
    assert_eq!(seen[2].line, "DELETE /uki/sageone/accounts/v3/contacts/1/void?void_reason=x");
    assert_eq!(seen[7].line, "GET /uki/sageone/accounts/v3/contacts/7/file");
    assert_eq!(seen[7].header("accept"), Some("application/octet-stream"));
}

#[tokio::test]
async fn full_responses() {
    let reply = Act::Reply(200, vec![("x-request-id", "r1".into())], br#"{"id":"1"}"#.to_vec());
    let server = Server::start(vec![reply]);
    let response = contacts(&server).get("1").send_full().await.unwrap();
    assert_eq!((response.status(), response.header("X-Request-Id")), (200, Some("r1")));
    assert_eq!(&response.body()[..], br#"{"id":"1"}"#);
    assert!(!format!("{response:?}").contains(TOKEN));
    assert_eq!(response.into_value().id.as_deref(), Some("1"));
}

#[tokio::test]
async fn forms() {
    let server = Server::start(vec![json(204, ""), json(204, "")]);
    let contacts = contacts(&server);
    let mut form = ann();
    form.contact_type_ids.push("a b".into());
    contacts.form(form).await.unwrap();
    let file = Part::new(vec![0, 1, 2]).file_name("a\"b.pdf").media_type("application/pdf");
    contacts.upload(Upload { title: "Täst".into(), file: Some(file), ..Default::default() }).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        seen[0].text(),
        "name=Ann&contact_type_ids=CUSTOMER&contact_type_ids=a%20b&credit_limit=12345678901234.56789"
    );
    let boundary =
        seen[1].header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap().to_owned();
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nTäst\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a%22b.pdf\"\r\nContent-Type: application/pdf\r\n\r\n\0\u{1}\u{2}\r\n--{boundary}--\r\n"
    );
    assert_eq!(seen[1].text(), expected);
}

/// One call against one answer, which must fail.
async fn failure(act: Act) -> Error {
    let server = Server::start(vec![act]);
    let error = contacts(&server).get("1").await.unwrap_err();
    assert_eq!(server.seen().len(), 1);
    assert_eq!(error.operation(), Some("contacts.get"));
    for text in [error.to_string(), format!("{error:?}"), error.body_snippet().unwrap_or_default().to_owned()] {
        assert!(!text.contains("canary"), "{text}");
    }
    error
}

#[tokio::test]
async fn the_service_says_no() {
    let list = r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"is blank","$source":"contact.name"}]"#;
    let error = failure(json(422, list)).await;
    assert_eq!((error.kind(), error.delivery(), error.status()), (Kind::Api, Delivery::Refused, Some(422)));
    assert_eq!(error.api()[0].code.as_deref(), Some("RecordInvalid"));
    assert_eq!(error.to_string(), "contacts.get: the service answered 422: RecordInvalid: is blank (contact.name)");

    let error = failure(Act::Reply(401, vec![("x-request-id", "r9".into())], Vec::new())).await;
    assert_eq!((error.kind(), error.api().len(), error.request_id()), (Kind::Auth, 0, Some("r9")));

    let error = failure(Act::Reply(429, vec![("retry-after", "2".into())], Vec::new())).await;
    assert_eq!((error.kind(), error.retry_after()), (Kind::Limited, Some(Duration::from_secs(2))));

    let error = failure(json(500, &format!(r#"{{"message":"you sent {TOKEN} and {KEY}","access_token":"x"}}"#))).await;
    assert_eq!((error.kind(), error.delivery()), (Kind::Api, Delivery::Unknown));
    assert_eq!(
        error.body_snippet(),
        Some(r#"{"message":"you sent [redacted] and [redacted]","access_token":"[redacted]"}"#)
    );

    let error = failure(Act::Reply(302, vec![("location", "http://127.0.0.1:1/canary".into())], Vec::new())).await;
    assert_eq!((error.kind(), error.status()), (Kind::Api, Some(302)));
}

#[tokio::test]
async fn s04_a_short_secret_garbles_no_member_name() {
    let body = r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"you sent q\/7 as t","$source":"contact.name"}]"#;
    for (token, key) in [("t", "k"), ("$", "e"), ("q/7", "k")] {
        let server = Server::start(vec![json(422, body)]);
        let builder = Client::builder().region(Region::Uki).site("s").subscription_key(key).access_token(token);
        let client = builder.origin(&server.origin).build().unwrap();
        let error = client.contacts().get("1").await.unwrap_err();
        let [first] = error.api() else { panic!("{error}") };
        let values = [&first.severity, &first.code, &first.message, &first.source];
        assert!(values.iter().all(|value| value.is_some()), "{first:?}");
        if token == "t" {
            assert_eq!(first.code.as_deref(), Some("RecordInvalid"));
            assert_eq!(first.message.as_deref(), Some("you sen[redacted] q/7 as [redacted]"));
        }
        for shown in values.into_iter().flatten().map(String::as_str).chain(error.body_snippet()) {
            let shown = shown.replace("[redacted]", "");
            for secret in [token, key, &token.replace('/', "\\/")] {
                assert!(!shown.contains(secret), "{secret}: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn e01_e05_the_reply_makes_no_sense() {
    for (body, path) in [
        (r#"{"id":5}"#.to_owned(), "id"),
        (r#"{"contact_types":[{"id":"1"},{"id":{}}]}"#.to_owned(), "contact_types[1].id"),
        (format!(r#"{{"balance":"{TOKEN}"}}"#), "balance"),
        ("<html>".into(), ""),
        (String::new(), ""),
        (r#"{"id":"#.into(), "id"),
    ] {
        let error = failure(json(200, &body)).await;
        assert_eq!(
            (error.kind(), error.delivery(), error.json_path()),
            (Kind::Decode, Delivery::Answered, Some(path)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_connection_fails() {
    let error = failure(Act::HangUp).await;
    assert_eq!((error.kind(), error.delivery()), (Kind::Transport, Delivery::Unknown));
    let error = failure(Act::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}".to_vec())).await;
    assert_eq!((error.kind(), error.delivery(), error.status()), (Kind::Transport, Delivery::Answered, Some(200)));

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let set = || Client::builder().limits(once()).region(Region::Uki).site("s").access_token(TOKEN);
    let builder = set().origin(format!("http://{closed}"));
    let error = builder.build().unwrap().contacts().get("1").await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Transport, Delivery::NotSent));

    let server = Server::start(vec![Act::Stall(Duration::from_secs(2))]);
    let client = set().origin(&server.origin).timeout(Duration::from_millis(100)).build().unwrap();
    let error = client.contacts().get("1").await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Timeout, Delivery::Unknown));
}

#[tokio::test]
async fn a_body_without_end_is_cut() {
    let error = failure(Act::Reply(200, vec![], vec![b' '; (32 << 20) + 1])).await;
    assert_eq!((error.kind(), error.delivery()), (Kind::Decode, Delivery::Answered));
    assert!(error.to_string().contains("limit"), "{error}");
}

#[tokio::test]
async fn h06_what_is_refused_before_it_is_sent() {
    let server = Server::start(vec![]);
    let set = || Client::builder().region(Region::Uki).origin(&server.origin);
    let refused = async |contacts: Contacts, key: &str| {
        let error = contacts.get(key).header("x", "y").await.unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        error.to_string()
    };
    let complete = set().site("s").access_token("t").build().unwrap().contacts();
    for key in ["", ".", ".."] {
        assert!(refused(complete.clone(), key).await.contains("`key`"));
    }
    let error = refused(set().access_token("t").build().unwrap().contacts(), "1").await;
    assert!(error.contains("`X-Site`") && error.contains("`site`"), "{error}");
    let error = refused(set().site("s").build().unwrap().contacts(), "1").await;
    assert!(error.contains("`access_token`"), "{error}");
    let error = refused(set().site("s").access_token("a\nb").build().unwrap().contacts(), "1").await;
    assert!(error.contains("token"), "{error}");
    for (name, value) in [("X-A", "a\r\nb: c"), ("Authorization", "x"), ("host", "x"), ("a b", "x")] {
        let error = complete.get("1").header(name, value).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Config, Delivery::NotSent));
    }
    assert!(server.seen().is_empty());

    let error = Client::builder().build().unwrap_err();
    assert!(error.to_string().contains("`region`"), "{error}");
    assert!(set().base_url("http://example.com").build().is_err());
    assert!(set().site("a\nb").build().is_err());
    assert!(set().origin("https://example.com/path").build().is_err());
}

#[test]
fn s04_secrets_do_not_show() {
    let builder = Client::builder().region(Region::Uki).site("s").subscription_key(KEY).access_token(TOKEN);
    assert!(!format!("{builder:?}").contains("canary"));
    // On loopback no certificates need to be installed.
    let client = builder.origin("http://127.0.0.1:1").build().unwrap();
    let call = client.contacts().create(ann());
    assert!(!format!("{client:?} {call:?}").contains("canary"));
}

#[test]
fn c01_calls_are_small() {
    assert_eq!(size_of::<sage_runtime::Call<()>>(), 16);
    assert_eq!(size_of::<sage_runtime::Sending<sample::model::Contact>>(), 24);
    // `.await` keeps the `Sending` and nothing else.
    let future = async |contacts: &Contacts| contacts.get("1").await.map(drop);
    let builder = Client::builder().region(Region::Uki).site("s").access_token("t").origin("http://127.0.0.1:1");
    assert!(size_of_val(&future(&builder.build().unwrap().contacts())) <= 256);
    fn is_send<T: Send>() {}
    is_send::<sage_runtime::Sending<sample::model::Contact>>();
    is_send::<sage_runtime::Items<sample::model::Contact>>();
    is_send::<Error>();
}
