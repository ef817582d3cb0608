//! Blocking calls over a real connection.

mod kit;
mod sample;
mod server;

use std::collections::HashSet;
use std::time::Duration;

use kit::builder;
use sage_runtime::{Delivery, Error, Kind};
use sample::contacts::Contacts;
use sample::model::NewContact;
use server::{Act, Seen, Server, json};

fn contacts(server: &Server) -> Contacts {
    builder(&server.origin).build().unwrap().contacts()
}

fn ann() -> NewContact {
    NewContact { name: "Ann".into(), ..Default::default() }
}

#[test]
fn x01_calls_and_lists_without_a_runtime() {
    let server = Server::start(vec![
        json(201, r#"{"id":"1"}"#),
        json(503, ""),
        json(200, r#"{"$items":[{"id":"1"},{"id":"2"}],"$next":"/contacts?page=2"}"#),
        json(200, r#"{"$items":[{"id":"3"}],"$next":null}"#),
        json(204, ""),
    ]);
    let contacts = contacts(&server);
    assert_eq!(contacts.create(ann()).send_blocking().unwrap().id.as_deref(), Some("1"));
    let ids: Result<Vec<_>, Error> =
        contacts.list().items_per_page(2).items().blocking().map(|item| Ok(item?.id.unwrap_or_default())).collect();
    assert_eq!(ids.unwrap(), ["1", "2", "3"]);
    contacts.delete("1").send_blocking().unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].header("authorization"), Some("Bearer a-token"));
    assert_eq!((seen[0].header("x-site"), seen[0].header("content-type")), (Some("s"), Some("application/json")));
    assert_eq!(seen[4].line, "DELETE /uki/sageone/accounts/v3/contacts/1");
}

#[tokio::test]
async fn x01_within_a_runtime_too() {
    let server = Server::start(vec![json(429, ""), json(200, r#"{"id":"1"}"#)]);
    let mut timeouts = kit::short();
    timeouts.longest_wait = Duration::from_millis(1);
    let contacts = builder(&server.origin).timeouts(timeouts).build().unwrap().contacts();
    assert_eq!(contacts.get("1").send_blocking().unwrap_err().kind(), Kind::Limited);
}

/// What goes wrong, and what is said of a request that may not be sent twice.
fn faults() -> [(Act, Option<Delivery>); 10] {
    let status = |status| Act::Reply(status, vec![("retry-after", "0".into())], Vec::new());
    [
        (Act::HangUpAtOnce, Some(Delivery::Unknown)),
        (Act::ResetWhileReading, Some(Delivery::Unknown)),
        (Act::HangUp, Some(Delivery::Unknown)),
        (Act::CutReply, Some(Delivery::Answered)),
        (Act::Stall(Duration::from_secs(30)), Some(Delivery::Unknown)),
        (status(408), Some(Delivery::Unknown)),
        (status(429), None),
        (status(500), Some(Delivery::Unknown)),
        (status(503), Some(Delivery::Unknown)),
        (status(504), Some(Delivery::Unknown)),
    ]
}

#[test]
fn r01_r04_a_blocking_post_is_never_processed_twice() {
    for (act, delivery) in faults() {
        let server = Server::start(vec![act.clone(), json(204, ""), json(204, "")]);
        let result = contacts(&server).form(ann()).send_blocking();
        let cell = format!("{act:?}: {result:?}");
        assert!(server.processed().len() <= 1, "{cell}");
        assert_eq!(result.err().map(|error| error.delivery()), delivery, "{cell}");

        let server = Server::start(vec![act, json(201, r#"{"id":"1"}"#)]);
        let created = contacts(&server).create(ann()).send_blocking();
        assert!(created.is_ok(), "{cell}: {created:?}");
        let ids: HashSet<_> = server.processed().iter().map(Seen::text).collect();
        assert_eq!(ids.len(), 1, "{cell}");
    }
}

#[test]
fn h01_h02_h03_what_is_refused() {
    let redirect = Act::Reply(307, vec![("location", "http://127.0.0.1:1/canary".into())], Vec::new());
    let error = contacts(&Server::start(vec![redirect])).get("1").send_blocking().unwrap_err();
    assert_eq!(error.status(), Some(307));
    assert!(!error.to_string().contains("canary"), "{error}");

    let mut limits = kit::quick();
    limits.body = 1000;
    let endless = Act::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 4096]);
    let large = Server::start(vec![endless]);
    let client = builder(&large.origin).limits(limits).build().unwrap();
    let error = client.contacts().get("1").send_blocking().unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Decode, Delivery::Answered, 1));

    let refused = builder("http://127.0.0.1:1").build().unwrap().contacts().form(ann()).send_blocking().unwrap_err();
    assert_eq!((refused.delivery(), refused.attempts()), (Delivery::NotSent, 3), "{refused:?}");
}
