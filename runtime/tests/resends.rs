//! Sending again over a real connection: every fault, HTTP/1.1 and HTTP/2, against a server that keeps a ledger.

mod kit;
mod sample;
mod server;

use std::collections::HashSet;
use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit::{AfterFault, Shared, Tokens, builder};
use sage_runtime::transport::{BoxFuture, Http};
use sage_runtime::{Delivery, Error, Generation, Kind, Token, TokenSource};
use sample::Client;
use sample::model::{ContactUpdate, NewContact};
use server::{Act, Seen, Server, json};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Protocol {
    Http1,
    Http2,
}

const PROTOCOLS: [Protocol; 2] = [Protocol::Http1, Protocol::Http2];

fn client(server: &Server, protocol: Protocol) -> Client {
    let http = Http::builder().no_proxy();
    let http = if protocol == Protocol::Http2 { http.http2_only() } else { http };
    let limit = |builder: sample::ClientBuilder| builder.build().unwrap();
    limit(builder(&server.origin).transport(http.build().unwrap()))
}

fn ann() -> NewContact {
    NewContact { name: "Ann".into(), ..Default::default() }
}

fn status(status: u16) -> Act {
    Act::Reply(status, vec![("retry-after", "0".into())], Vec::new())
}

/// What goes wrong, what is said of a request that may not be sent twice (nothing: it is sent again), and whether both
/// protocols know it.
fn faults() -> Vec<(Act, Option<Delivery>, &'static [Protocol])> {
    let both = &PROTOCOLS[..];
    let (http1, http2) = (&PROTOCOLS[..1], &PROTOCOLS[1..]);
    vec![
        (Act::HangUpAtOnce, Some(Delivery::Unknown), both),
        (Act::ResetWhileReading, Some(Delivery::Unknown), both),
        (Act::Raw(b"HTTP/1.1 20".to_vec()), Some(Delivery::Unknown), http1),
        (Act::Raw(b"HTTP/1.1 103 X\r\n\r\n".to_vec()), Some(Delivery::Unknown), http1),
        (Act::HangUp, Some(Delivery::Unknown), both),
        (Act::CutReply, Some(Delivery::Answered), both),
        (Act::Stall(Duration::from_secs(30)), Some(Delivery::Unknown), both),
        (status(408), Some(Delivery::Unknown), both),
        (status(429), None, both),
        (status(500), Some(Delivery::Unknown), both),
        (status(502), Some(Delivery::Unknown), both),
        (status(503), Some(Delivery::Unknown), both),
        (status(504), Some(Delivery::Unknown), both),
        (Act::RefuseStream, None, http2),
        (Act::GoAway, None, http2),
        // NO_ERROR, INTERNAL_ERROR, CANCEL.
        (Act::Reset(0), Some(Delivery::Unknown), http2),
        (Act::Reset(2), Some(Delivery::Unknown), http2),
        (Act::Reset(8), Some(Delivery::Unknown), http2),
        (Act::Leave(0), Some(Delivery::Unknown), http2),
        (Act::Leave(2), Some(Delivery::Unknown), http2),
    ]
}

fn matrix() -> impl Iterator<Item = (Protocol, Act, Option<Delivery>)> {
    faults()
        .into_iter()
        .flat_map(|(act, delivery, protocols)| protocols.iter().map(move |protocol| (*protocol, act.clone(), delivery)))
}

/// What an error says must be what the ledger says.
fn agrees(error: &Error, processed: usize) -> bool {
    match error.delivery() {
        Delivery::NotSent | Delivery::Refused => processed == 0,
        Delivery::Answered => processed > 0,
        _ => true,
    }
}

#[tokio::test]
async fn r01_r02_r04_a_post_is_never_processed_twice() {
    let mut cells = 0;
    for (protocol, act, delivery) in matrix() {
        let server = Server::start(vec![act.clone(), status(204), status(204)]);
        let result = client(&server, protocol).contacts().form(ann()).await;
        let processed = server.processed().len();
        let cell = format!("{protocol:?} {act:?}: {result:?}");
        assert!(processed <= 1, "processed {processed} times\n{cell}");
        match (&result, delivery) {
            (Ok(()), None) => assert_eq!(processed, 1, "{cell}"),
            // The end came before the request was written.
            (Ok(()), _) if matches!(act, Act::HangUpAtOnce | Act::ResetWhileReading) => {
                assert_eq!(processed, 1, "{cell}")
            }
            (Err(error), Some(delivery)) => {
                assert_eq!((error.delivery(), error.attempts()), (delivery, 1), "{cell}");
                assert!(agrees(error, processed), "{cell}");
            }
            _ => panic!("{cell}"),
        }
        cells += 1;
    }
    assert_eq!(cells, 31);
}

#[tokio::test]
async fn r01_with_an_id_a_post_succeeds_and_is_known_again() {
    for (protocol, act, _) in matrix() {
        let server = Server::start(vec![act.clone(), json(201, r#"{"id":"1"}"#)]);
        let result = client(&server, protocol).contacts().create(ann()).send_full().await;
        let cell = format!("{protocol:?} {act:?}: {result:?}");
        let response = result.unwrap_or_else(|_| panic!("{cell}"));
        assert_eq!(response.value.id.as_deref(), Some("1"), "{cell}");
        // A third time where the second one met the end of the first one's connection.
        assert!((2..=3).contains(&response.attempts()), "{cell}");
        let ids: HashSet<_> = server.processed().iter().map(Seen::text).collect();
        assert_eq!(ids.len(), 1, "one body, one id\n{cell}");
        assert!(ids.iter().all(|body| body.contains("idempotency_id")), "{cell}");
    }
}

#[tokio::test]
async fn r01_an_id_that_the_caller_takes_away_is_missed() {
    let mut own = ann();
    own.extra.insert("idempotency_id", sage_runtime::Json::default());
    let server = Server::start(vec![status(500), json(201, "{}")]);
    let error = client(&server, Protocol::Http1).contacts().create(own).await.unwrap_err();
    assert_eq!((error.delivery(), server.processed().len()), (Delivery::Unknown, 1));
}

#[tokio::test]
async fn r05_a_get_is_tried_until_it_succeeds() {
    for (protocol, act, _) in matrix() {
        let server = Server::start(vec![act.clone(), act.clone(), json(200, r#"{"id":"1"}"#)]);
        let result = client(&server, protocol).contacts().get("1").send_full().await;
        assert!(result.as_ref().is_ok_and(|response| response.attempts() == 3), "{protocol:?} {act:?}: {result:?}");
    }
    // A reply that makes no sense is asked for again, too.
    let server = Server::start(vec![json(200, "<html>"), json(200, r#"{"id":"#), json(200, r#"{"id":"1"}"#)]);
    let response = client(&server, Protocol::Http1).contacts().get("1").send_full().await.unwrap();
    assert_eq!((response.attempts(), response.value.id.as_deref()), (3, Some("1")));
}

#[tokio::test]
async fn r05_put_and_delete_only_where_the_descriptor_allows_it() {
    let server = Server::start(vec![status(500), status(204)]);
    let error = client(&server, Protocol::Http1).contacts().delete("1").await.unwrap_err();
    assert_eq!((error.delivery(), server.seen().len()), (Delivery::Unknown, 1));

    let server = Server::start(vec![Act::HangUp, status(204)]);
    client(&server, Protocol::Http1).contacts().delete_for_good("1").await.unwrap();
    assert_eq!(server.processed().len(), 2);

    let server = Server::start(vec![Act::HangUp, status(404)]);
    let error = client(&server, Protocol::Http1).contacts().delete_for_good("1").await.unwrap_err();
    assert!(error.is_gone_after_retry(), "{error}");
    assert_eq!((error.status(), error.delivery(), error.attempts()), (Some(404), Delivery::Unknown, 2));
    assert!(error.to_string().contains("404 after a retry"), "{error}");

    let server = Server::start(vec![status(404)]);
    let error = client(&server, Protocol::Http1).contacts().delete_for_good("1").await.unwrap_err();
    assert_eq!((error.is_gone_after_retry(), error.delivery()), (false, Delivery::Refused));
}

#[tokio::test]
async fn r02_a_refused_connection_is_tried_again() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let started = Arc::new(Mutex::new(None));
    let slot = started.clone();
    let then = move || {
        *slot.lock().unwrap() = Some(Server::on(TcpListener::bind(closed).unwrap(), vec![status(204)]));
    };
    let transport = AfterFault { inner: Http::builder().no_proxy().build().unwrap(), then: Mutex::new(Some(then)) };
    let client = builder(&format!("http://{closed}")).transport(transport).build().unwrap();
    client.contacts().form(ann()).await.unwrap();
    assert_eq!(started.lock().unwrap().as_ref().map(|server| server.processed().len()), Some(1));
}

#[tokio::test]
async fn r02_r08_a_refused_token_is_replaced_once() {
    let tokens = Arc::new(Tokens::default());
    let client =
        |server: &Server| builder(&server.origin).token_source(Shared(tokens.clone())).build().unwrap().contacts();
    let server = Server::start(vec![status(401), status(204)]);
    client(&server).form(ann()).await.unwrap();
    let sent: Vec<_> = server.seen().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(sent, ["Bearer token-0", "Bearer token-1"]);

    // No active subscription: a new token does not help, neither this call nor the next one.
    let server = Server::start(vec![status(401), status(401), status(401), status(204)]);
    let contacts = client(&server);
    let error = contacts.form(ann()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Auth, Delivery::Refused, 2));
    assert_eq!(contacts.form(ann()).await.unwrap_err().attempts(), 1);
    assert_eq!(tokens.refreshes.load(Ordering::SeqCst), 2);
    assert_eq!(server.processed().len(), 0);
}

#[tokio::test]
async fn r04_a_store_that_fails_after_a_refusal_keeps_what_the_service_said() {
    struct Locked;
    impl TokenSource for Locked {
        fn token(&self, stale: Option<Generation>) -> BoxFuture<'_, Result<Token, Error>> {
            Box::pin(std::future::ready(match stale {
                None => Ok(Token::new("t", Generation::FIRST)),
                Some(_) => Err(Error::store("the store is locked")),
            }))
        }
    }
    let headers = [("content-type", "text/strange"), ("retry-after", "7"), ("x-request-id", "r-1")];
    let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
    let server = Server::start(vec![Act::Reply(401, headers, b"no".to_vec())]);
    let client = builder(&server.origin).token_source(Locked).build().unwrap();
    let error = client.contacts().form(ann()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.status()), (Kind::Store, Delivery::Refused, Some(401)));
    assert_eq!((error.request_id(), error.media_type()), (Some("r-1"), Some("text/strange")));
    assert_eq!(error.header("X-Request-Id"), Some("r-1"));
    assert_eq!((error.retry_after(), error.body_snippet()), (Some(Duration::from_secs(7)), Some("no")));
}

#[tokio::test]
async fn r03_idle_connections_that_close_under_a_post() {
    // Each connection is closed a moment after its reply, just when the next request may be on it.
    let server = Server::always(|_| Act::Raw(b"HTTP/1.1 204 X\r\n\r\n".to_vec()));
    let client = client(&server, Protocol::Http1);
    let mut failed = 0;
    for number in 0..3000 {
        let contact = NewContact { name: number.to_string(), ..Default::default() };
        if let Err(error) = client.contacts().form(contact).await {
            assert_eq!(error.delivery(), Delivery::Unknown, "{error:?}");
            failed += 1;
        }
    }
    let processed = server.processed();
    let names: HashSet<_> = processed.iter().map(Seen::text).collect();
    assert_eq!(names.len(), processed.len(), "one was processed twice");
    assert!(processed.len() + failed >= 3000, "{} processed, {failed} failed", processed.len());
}

#[tokio::test]
async fn r03_three_thousand_posts_when_the_server_has_just_had_enough() {
    // Connections are closed after 5 ms without a request, which is when the next one comes.
    let server = Server::idling(Duration::from_millis(5), |_| Act::KeepAlive(204, Vec::new()));
    let tasks: Vec<_> = (0..30)
        .map(|task| {
            let client = client(&server, Protocol::Http1);
            tokio::spawn(async move {
                let mut results = Vec::new();
                for number in 0..100 {
                    let name = format!("name={task}-{number}");
                    let contact = NewContact { name: name[5..].to_owned(), ..Default::default() };
                    results.push((name, client.contacts().form(contact).await));
                    tokio::time::sleep(Duration::from_micros(4000 + 20 * number)).await;
                }
                results
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.extend(task.await.unwrap());
    }
    let processed = server.processed();
    let ledger: HashSet<_> = processed.iter().map(Seen::text).collect();
    assert_eq!((ledger.len(), results.len()), (processed.len(), 3000), "one was processed twice");
    for (name, result) in results {
        match result {
            Ok(()) => assert!(ledger.contains(&name), "{name} is lost"),
            // A connection may end thrice before anything is written to it; otherwise nobody knows.
            Err(error) if error.delivery() == Delivery::NotSent => assert!(!ledger.contains(&name), "{name} {error:?}"),
            Err(error) => assert_eq!(error.delivery(), Delivery::Unknown, "{name} {error:?}"),
        }
    }
    // The connections were used again, and closed in between, or nothing was shown.
    let seen = server.seen();
    let used: HashSet<_> = seen.iter().map(|seen| seen.connection).collect();
    assert!(server.connections() > 30 && used.len() < seen.len(), "{} {}", server.connections(), used.len());
}

#[tokio::test]
async fn r09_bodies_are_sent_whole_each_time() {
    let server = Server::start(vec![status(429), status(204)]);
    let file = sage_runtime::Part::new(vec![7; 300_000]).file_name("a.pdf");
    let upload = sample::model::Upload { title: "t".into(), file: Some(file), ..Default::default() };
    client(&server, Protocol::Http1).contacts().upload(upload).await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.len(), seen[0].body.len() > 300_000), (2, true));
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn r10_the_last_real_error_with_its_history() {
    let reply = |body: &str| Act::Reply(503, vec![("x-request-id", body.to_owned())], body.into());
    let server = Server::start(vec![reply("one"), Act::HangUp, reply("three")]);
    let error = client(&server, Protocol::Http1).contacts().get("1").await.unwrap_err();
    assert_eq!((error.status(), error.request_id(), error.attempts()), (Some(503), Some("three"), 3));
    assert!(error.elapsed() > Duration::ZERO);
    assert!(error.to_string().starts_with("contacts.get: the service answered 503, after 3 attempts in "), "{error}");
}

/// Gives one token, and can get no other.
struct Last;

impl TokenSource for Last {
    fn token(&self, stale: Option<Generation>) -> BoxFuture<'_, Result<Token, Error>> {
        let token = match stale {
            None => Ok(Token::new("canary-token", Generation::FIRST)),
            Some(_) => Err(Error::token("the grant is lost")),
        };
        Box::pin(std::future::ready(token))
    }
}

#[tokio::test]
async fn r10_a_refusal_keeps_its_answer_when_there_is_no_other_token() {
    let answer = r#"[{"$severity":"error","$dataCode":"AuthorizationFailure","$message":"No active subscription"}]"#;
    let server = Server::start(vec![Act::Reply(401, vec![("x-request-id", "r".into())], answer.into())]);
    let client = builder(&server.origin).token_source(Last).build().unwrap();
    let error = client.contacts().get("1").await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.request_id()), (Kind::Auth, Some(401), Some("r")));
    assert_eq!((error.delivery(), error.attempts(), error.api().len()), (Delivery::Refused, 1, 1));
    assert!(error.to_string().contains("the grant is lost"), "{error}");
}

#[tokio::test]
async fn r04_a_redirect_may_follow_what_was_processed() {
    for status in [301, 302, 303] {
        let server = Server::start(vec![Act::Reply(status, vec![("location", "/elsewhere".into())], Vec::new())]);
        let error = client(&server, Protocol::Http1).contacts().create(ann()).await.unwrap_err();
        assert_eq!((error.status(), error.delivery(), error.attempts()), (Some(status), Delivery::Unknown, 1));
    }
}

#[tokio::test]
async fn r04_what_may_have_been_processed_is_not_called_refused() {
    let server = Server::start(vec![Act::HangUp, json(422, "[]")]);
    let error = client(&server, Protocol::Http1).contacts().create(ann()).await.unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Some(422), Delivery::Unknown));
}

#[tokio::test]
async fn r04_what_may_be_done_in_part_is_not_called_refused() {
    for status in [400, 404, 422] {
        // The second reply breaks off.
        let cut = format!("HTTP/1.1 {status} X\r\ncontent-length: 9\r\n\r\nno").into_bytes();
        for act in [json(status, "[]"), Act::Raw(cut)] {
            let server = Server::always(move |_| act.clone());
            let contacts = client(&server, Protocol::Http1).contacts();
            let error = contacts.update_lines("1", ContactUpdate::default()).await.unwrap_err();
            assert_eq!((error.status(), error.delivery(), error.attempts()), (Some(status), Delivery::Unknown, 1));
            let error = contacts.update("1", ContactUpdate::default()).await.unwrap_err();
            assert_eq!((error.status(), error.delivery()), (Some(status), Delivery::Refused));
        }
    }
}

#[tokio::test]
async fn r04_an_error_has_the_id_with_which_it_can_be_sent_again() {
    // What was not sent, was refused, was lost, and can not be read.
    let acts = [json(422, "[]"), Act::HangUp, json(201, r#"{"id":7}"#)];
    for (at, act) in acts.into_iter().enumerate() {
        let server = Server::always(move |_| act.clone());
        let error = client_of(&server).contacts().create(ann()).await.unwrap_err();
        let id = error.idempotency_id().expect("it was sent with one").to_owned();
        assert!(server.seen().iter().all(|seen| seen.text().contains(&format!(r#""idempotency_id":"{id}""#))), "{at}");
        assert!(format!("{error:?}").contains(&id));

        // Later, by hand.
        let mut again = ann();
        again.extra.insert("idempotency_id", id.as_str());
        let error = client_of(&server).contacts().create(again).await.unwrap_err();
        assert_eq!(error.idempotency_id(), Some(id.as_str()), "{at}");
        let bodies: HashSet<_> = server.seen().iter().map(|seen| seen.text().matches(&id).count()).collect();
        assert_eq!(bodies, [1].into(), "{at}");
    }
    let error = builder("http://127.0.0.1:1").build().unwrap().contacts().create(ann()).await.unwrap_err();
    assert!(error.delivery() == Delivery::NotSent && error.idempotency_id().is_some(), "{error:?}");
    let mut without = ann();
    without.extra.insert("idempotency_id", "");
    let server = Server::always(|_| json(422, "[]"));
    assert_eq!(client_of(&server).contacts().create(without).await.unwrap_err().idempotency_id(), None);
    assert_eq!(client_of(&server).contacts().form(ann()).await.unwrap_err().idempotency_id(), None);
}

fn client_of(server: &Server) -> sample::Client {
    builder(&server.origin).build().unwrap()
}
