//! Blocking calls over a real connection.

mod kit;
mod sample;
mod server;

use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use kit::builder;
use sage_runtime::transport::Http;
use sage_runtime::{Delivery, Error, Kind, Limits, Part};
use sample::contacts::Contacts;
use sample::model::{NewContact, Upload};
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

fn once() -> Limits {
    let mut limits = kit::quick();
    limits.attempts = 1;
    limits
}

fn failure(act: Act) -> Error {
    let server = Server::start(vec![act]);
    builder(&server.origin).limits(once()).build().unwrap().contacts().get("1").send_blocking().unwrap_err()
}

fn zipped(bytes: &[u8]) -> Act {
    let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
    zipped.write_all(bytes).unwrap();
    Act::Reply(200, vec![("content-encoding", "gzip".to_owned())], zipped.finish().unwrap())
}

#[test]
fn h02_blocking_calls_read_gzip_up_to_the_limit() {
    let server = Server::start(vec![zipped(br#"{"id":"1"}"#), zipped(&vec![b' '; 64 << 20])]);
    let mut limits = once();
    limits.body = 1 << 20;
    let contacts = builder(&server.origin).limits(limits).build().unwrap().contacts();
    let reply = contacts.get("1").send_full_blocking().unwrap();
    assert_eq!((reply.header("content-encoding"), reply.header("content-length")), (None, None));
    assert_eq!(reply.value.id.as_deref(), Some("1"));
    assert_eq!(server.seen()[0].header("accept-encoding"), Some("gzip"));
    let error = contacts.get("2").send_blocking().unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Decode, Delivery::Answered));
    assert!(error.to_string().contains("larger than the limit"), "{error}");
    // Of an error the beginning is enough, and it is still that error.
    let error = failure(Act::Endless(b"HTTP/1.1 500 X\r\n\r\nsorry".to_vec(), vec![b' '; 1 << 16]));
    assert_eq!((error.status(), error.kind()), (Some(500), Kind::Api));
}

#[test]
fn h03_h04_what_is_cut_or_slow_or_has_too_many_headers() {
    for raw in [
        "HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n{}",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nnonsense",
    ] {
        let error = failure(Act::Raw(raw.into()));
        assert_eq!((error.kind(), error.delivery(), error.status()), (Kind::Transport, Delivery::Answered, Some(200)));
    }
    let body = b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n".iter().copied().chain([b' '; 1000]).collect();
    let error = failure(Act::Drip(body, Duration::from_millis(20)));
    assert_eq!((error.kind(), error.is_timeout()), (Kind::Timeout, true), "{error:?}");
    // What the status says holds all the same.
    for (status, kind, delivery) in [
        (200, Kind::Decode, Delivery::Answered),
        (401, Kind::Auth, Delivery::Refused),
        (422, Kind::Api, Delivery::Refused),
        (429, Kind::Limited, Delivery::Refused),
        (502, Kind::Api, Delivery::Unknown),
    ] {
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\nx-a: {}\r\n\r\n{{}}", "a".repeat(300 << 10));
        let error = failure(Act::Raw(head.into()));
        assert_eq!((error.kind(), error.delivery(), error.status()), (kind, delivery, Some(status)), "{error:?}");
    }
}

#[test]
fn h09_a_proxy_that_is_named_for_blocking_calls() {
    let proxy = Server::start(vec![json(200, r#"{"id":"through"}"#)]);
    let named = |proxy: &Server| {
        let http = Http::builder().proxy(proxy.origin.replace("http://", "http://user:canary@"));
        builder("http://127.0.0.1:1").limits(once()).transport(http.build().unwrap()).build().unwrap().contacts()
    };
    assert_eq!(named(&proxy).get("1").send_blocking().unwrap().id.as_deref(), Some("through"));
    let seen = &proxy.seen()[0];
    assert_eq!(seen.line, "GET http://127.0.0.1:1/uki/sageone/accounts/v3/contacts/1");
    assert_eq!(seen.header("proxy-authorization"), Some("Basic dXNlcjpjYW5hcnk="));

    let error = named(&Server::start(vec![Act::HangUpAtOnce])).get("1").send_blocking().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
}

/// What `h09_the_proxy_of_the_environment_for_blocking_calls` runs in a process of its own.
#[test]
fn h09_child() {
    let Ok(origin) = std::env::var("SAGE_TEST_ORIGIN") else { return };
    match builder(&origin).limits(once()).build() {
        Ok(client) => drop(client.contacts().get("1").send_blocking()),
        Err(error) => writeln!(std::io::stdout(), "refused: {error:?}").unwrap(),
    }
}

#[test]
fn h09_the_proxy_of_the_environment_for_blocking_calls() {
    // What the child said, and what the proxy was asked.
    let run = |origin: &str, variables: &[(&str, &str)]| {
        let proxy = Server::start(vec![json(403, "")]);
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "h09_child", "--nocapture"])
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .envs(
                ["ALL_PROXY", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"]
                    .map(|name| (name, &proxy.origin)),
            )
            .env("SAGE_TEST_ORIGIN", origin)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        assert!(child.status.success(), "{said}");
        (said, proxy.lines())
    };
    let asked = |origin: &str, variables: &[(&str, &str)]| run(origin, variables).1;
    assert_eq!(asked("https://sage.invalid", &[]), ["CONNECT sage.invalid:443"]);
    assert_eq!(asked("https://sage.invalid", &[("NO_PROXY", "sage.invalid"), ("no_proxy", "sage.invalid")]), [""; 0]);
    // Nobody who asks a CGI program has named that one.
    assert_eq!(asked("https://sage.invalid", &[("REQUEST_METHOD", "GET")]), ["CONNECT sage.invalid:443"]);
    // What is no proxy is not passed over, and its password not shown.
    for wrong in ["http://user:canary@", "socks5://user:canary@127.0.0.1:1", "canary canary"] {
        let (said, lines) = run("https://sage.invalid", &[("HTTPS_PROXY", wrong)]);
        assert!(said.contains("refused: ") && said.contains("HTTPS_PROXY"), "{said}");
        assert!(!said.contains("canary") && lines.is_empty(), "{said}");
    }
    // To a proxy that is elsewhere, this machine is another.
    let service = Server::start(vec![json(200, "{}")]);
    assert_eq!(asked(&service.origin, &[]), [""; 0]);
    assert_eq!(service.seen().len(), 1);
    assert_eq!(asked("https://localhost:1", &[]), [""; 0]);
}

/// Answers as soon as it has the head of a request, and reads no more, until the sender is dropped.
fn deaf(reply: &'static str) -> (String, mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (end, ended) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_head(&mut stream);
        stream.write_all(reply.as_bytes()).unwrap();
        let _ = ended.recv();
    });
    (origin, end)
}

#[test]
fn r04_who_answers_a_blocking_upload_before_its_end_is_heard() {
    for (status, reply) in [
        (401, "HTTP/1.1 401 X\r\ncontent-length: 2\r\n\r\nno"),
        (413, "HTTP/1.1 413 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno"),
    ] {
        let (origin, _end) = deaf(reply);
        let mut timeouts = kit::short();
        timeouts.attempt = Duration::from_secs(10);
        let contacts = builder(&origin).limits(once()).timeouts(timeouts).build().unwrap().contacts();
        let file = Part::new(vec![7; 32 << 20]);
        let upload = Upload { title: "t".into(), file: Some(file), ..Default::default() };
        let error = contacts.upload(upload).send_blocking().unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Some(status), Delivery::Refused), "{error:?}");
        assert_eq!(error.body_snippet(), Some("no"));
    }
}

fn kept() -> Act {
    Act::KeepAlive(200, b"{}".to_vec())
}

#[test]
fn h10_blocking_calls_use_connections_again_unless_something_went_wrong() {
    let server = Server::start(vec![kept(), kept(), kept()]);
    let contacts = contacts(&server);
    for id in ["1", "2", "3"] {
        contacts.get(id).send_blocking().unwrap();
    }
    assert_eq!((server.seen().len(), server.connections()), (3, 1));

    let cut = |act: &Act| !matches!(act, Act::Reply(..));
    for act in [
        Act::Stall(Duration::from_secs(30)),
        Act::CutReply,
        Act::HangUp,
        Act::Raw(b"HTTP/1.1 200 X\r\ncontent-length: 9\r\ncontent-length: 2\r\n\r\n{}".to_vec()),
        // It closes, and says so.
        json(200, "{}"),
    ] {
        let server = Server::start(vec![act.clone(), kept()]);
        let contacts = builder(&server.origin).limits(once()).build().unwrap().contacts();
        assert_eq!(contacts.get("1").send_blocking().is_err(), cut(&act), "{act:?}");
        contacts.get("2").send_blocking().unwrap();
        assert_eq!((server.seen().len(), server.connections()), (2, 2), "{act:?}");
    }
}

/// Reads the head of a request that has no body.
fn read_head(stream: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
}

/// A reply, after which the connection stays.
fn contact(id: &str) -> String {
    format!("HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n{{\"id\":\"{id}\"}}")
}

#[test]
fn h10_what_is_said_unasked_is_no_answer() {
    // A reply that nobody asked for comes with the first one, or after it.
    for (first, later) in [(contact("1") + &contact("x"), String::new()), (contact("1"), contact("x"))] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (go, on) = mpsc::channel();
        let (done, said) = mpsc::channel();
        thread::spawn(move || {
            let (mut kept, _) = listener.accept().unwrap();
            read_head(&mut kept);
            kept.write_all(first.as_bytes()).unwrap();
            on.recv().unwrap();
            kept.write_all(later.as_bytes()).unwrap();
            done.send(()).unwrap();
            let (mut other, _) = listener.accept().unwrap();
            read_head(&mut other);
            other.write_all(contact("2").as_bytes()).unwrap();
            // Both are open until the test is over.
            let _ = on.recv();
        });
        let contacts = builder(&origin).limits(once()).build().unwrap().contacts();
        assert_eq!(contacts.get("1").send_blocking().unwrap().id.as_deref(), Some("1"));
        go.send(()).unwrap();
        said.recv().unwrap();
        assert_eq!(contacts.get("2").send_blocking().unwrap().id.as_deref(), Some("2"));
    }
}

#[test]
fn r03_a_blocking_post_does_not_meet_a_connection_that_was_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let again = listener.try_clone().unwrap();
    let first = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n{}").unwrap();
    });
    let contacts = builder(&origin).build().unwrap().contacts();
    contacts.get("1").send_blocking().unwrap();
    // It has closed, and has not said that it would.
    first.join().unwrap();
    let server = Server::on(again, vec![json(204, "")]);
    contacts.form(ann()).send_blocking().unwrap();
    assert_eq!((server.processed().len(), server.connections()), (1, 1));
}
