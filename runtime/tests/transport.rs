//! The default transport over a real connection: what it refuses, where it stops, what it keeps.

mod kit;
mod sample;
mod server;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use kit::{Answers, Shared, Tokens, builder, reply};
use proptest::prelude::*;
use sage_runtime::transport::{Body, Http};
use sage_runtime::{Delivery, Error, Kind, Limits, Part, Timeouts, Token, TokenSource};
use sample::model::Upload;
use sample::{Client, Region};
use server::{Act, Server, json};

fn once() -> Limits {
    let mut limits = kit::quick();
    limits.attempts = 1;
    limits
}

async fn failure(act: Act) -> Error {
    let server = Server::start(vec![act]);
    builder(&server.origin).limits(once()).build().unwrap().contacts().get("1").await.unwrap_err()
}

#[tokio::test]
async fn h01_redirects_are_not_followed_and_take_no_secret_along() {
    let other = Server::start(vec![json(200, "{}")]);
    let port = other.origin.rsplit(':').next().unwrap().to_owned();
    let targets = [
        format!("{}/uki/sageone/accounts/v3/contacts/1?canary", other.origin),
        format!("http://canary:canary@127.0.0.1:{port}/canary"),
        format!("//127.0.0.1:{port}/canary"),
        format!("http://localhost:{port}/canary#canary"),
    ];
    for status in [300, 301, 302, 303, 307, 308] {
        for target in &targets {
            let error = failure(Act::Reply(status, vec![("location", target.clone())], Vec::new())).await;
            // 301 to 303 may follow what was processed.
            let delivery = if matches!(status, 301..=303) { Delivery::Unknown } else { Delivery::Refused };
            assert_eq!((error.status(), error.kind(), error.delivery()), (Some(status), Kind::Api, delivery));
            let text = format!("{error} {error:?}");
            assert!(text.contains(&port) && !text.contains("canary"), "{text}");
        }
    }
    let error = failure(Act::Reply(302, vec![("location", "/login?canary".into())], Vec::new())).await;
    assert!(error.to_string().contains("elsewhere") && !error.to_string().contains("canary"), "{error}");
    assert!(other.seen().is_empty() && other.connections() == 0);
}

#[tokio::test]
async fn h02_bodies_are_cut_at_the_limit() {
    let mut limits = once();
    limits.body = 1 << 20;
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        bomb.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let zipped = vec![("content-encoding", "gzip".to_owned())];
    let acts = [
        Act::Endless(b"HTTP/1.1 200 X\r\n\r\n".to_vec(), vec![b' '; 1 << 16]),
        Act::Endless(
            b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
            [b"1000\r\n", &[b' '; 4096][..], b"\r\n"].concat(),
        ),
        Act::Endless(b"HTTP/1.1 200 X\r\ncontent-length: 99999999999\r\n\r\n".to_vec(), vec![b' '; 1 << 16]),
        Act::Reply(200, zipped, bomb.finish().unwrap()),
    ];
    for act in acts {
        let what = format!("{act:.60?}");
        let server = Server::start(vec![act]);
        let client = builder(&server.origin).limits(limits.clone()).build().unwrap();
        let error = client.contacts().get("1").await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Decode, Delivery::Answered), "{what} {error:?}");
        assert!(error.to_string().contains("larger than the limit"), "{error}");
    }
    // Of an error the beginning is enough, and it is still that error.
    let error = failure(Act::Endless(b"HTTP/1.1 500 X\r\n\r\nsorry".to_vec(), vec![b' '; 1 << 16])).await;
    assert_eq!((error.status(), error.kind()), (Some(500), Kind::Api));
    assert!(error.body_snippet().is_some_and(|snippet| snippet.starts_with("sorry") && snippet.len() <= 2048));
}

#[tokio::test]
async fn h03_a_truncated_body_is_no_reply() {
    for raw in [
        "HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n{}",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nnonsense",
    ] {
        let error = failure(Act::Raw(raw.into())).await;
        assert_eq!((error.kind(), error.delivery(), error.status()), (Kind::Transport, Delivery::Answered, Some(200)));
    }
}

#[tokio::test]
async fn h04_what_is_slow_or_has_too_many_headers() {
    let body = b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n".iter().copied().chain([b' '; 1000]).collect();
    let error = failure(Act::Drip(body, Duration::from_millis(20))).await;
    assert_eq!((error.kind(), error.is_timeout()), (Kind::Timeout, true), "{error:?}");

    for size in [300 << 10, 600 << 10] {
        let head = format!("HTTP/1.1 200 X\r\ncontent-length: 2\r\nx-a: {}\r\n\r\n{{}}", "a".repeat(size));
        let error = failure(Act::Raw(head.into())).await;
        assert!(matches!(error.kind(), Kind::Decode | Kind::Transport), "{error:?}");
    }
}

#[tokio::test]
async fn h06_required_headers_stand_there_once() {
    let server = Server::start(vec![json(200, "{}")]);
    let set = Client::builder().region(Region::Uki).site("first").site("second").access_token("one");
    let client = set.access_token("two").origin(&server.origin).build().unwrap();
    client.contacts().get("1").header("X-Site", "third").header("x-site", "fourth").await.unwrap();
    let seen = &server.seen()[0];
    let expected = [("x-site", "fourth"), ("authorization", "Bearer two"), ("accept", "application/json")];
    for (name, value) in expected {
        assert_eq!(seen.header(name), Some(value));
    }
    assert!(
        seen.header("host").is_some() && seen.header("user-agent").is_some_and(|agent| agent.starts_with("sage-rs/"))
    );
}

#[tokio::test]
async fn h06_the_owner_of_the_token_is_the_site_of_a_client_without_one() {
    struct Owned;
    impl TokenSource for Owned {
        fn token(
            &self,
            _: Option<sage_runtime::Generation>,
        ) -> sage_runtime::transport::BoxFuture<'_, Result<Token, Error>> {
            let token = Token::new("t", sage_runtime::Generation::FIRST).owned_by("the-owner");
            Box::pin(std::future::ready(Ok(token)))
        }
    }
    let server = Server::start(vec![json(200, "{}"), json(200, "{}"), json(200, "[]")]);
    let set = || Client::builder().region(Region::Uki).token_source(Owned).origin(&server.origin);
    set().build().unwrap().contacts().get("1").await.unwrap();
    set().site("own").build().unwrap().contacts().get("1").await.unwrap();
    set().build().unwrap().contacts().sites().await.unwrap();
    let sites: Vec<_> = server.seen().iter().map(|seen| seen.header("x-site").map(str::to_owned)).collect();
    assert_eq!(sites, [Some("the-owner".to_owned()), Some("own".to_owned()), None]);

    // A token that has no owner leaves the header missing, and that is said before anything is sent.
    let nobody = Server::start(vec![]);
    let set = Client::builder().region(Region::Uki).token_source(Shared(Arc::new(Tokens::default())));
    let error = set.origin(&nobody.origin).build().unwrap().contacts().get("1").await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Config, Delivery::NotSent, 0));
    assert!(error.to_string().contains("`X-Site`"), "{error}");
}

#[tokio::test]
async fn s04_secrets_are_marked_for_the_libraries_below() {
    let sent = Arc::new(Mutex::new(http::HeaderMap::new()));
    let log = sent.clone();
    let transport = Answers(move |request: &http::Request<Body>, _| {
        assert!(format!("{request:?}").contains("Body(0 bytes)"));
        log.lock().unwrap().clone_from(request.headers());
        Ok(reply(200, &[], "{}"))
    });
    let set = builder("http://127.0.0.1:1").subscription_key("canary").access_token("canary").transport(transport);
    set.build().unwrap().contacts().get("1").await.unwrap();
    let sent = sent.lock().unwrap();
    let marked: Vec<_> = sent.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.as_str()).collect();
    assert_eq!(marked.len(), 2, "{marked:?}");
    assert!(marked.contains(&"authorization") && marked.contains(&"ocp-apim-subscription-key"));
    assert!(!format!("{sent:?}").contains("canary"));
}

/// Names of headers that matter, in any case, and of others.
fn header_name() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "X-Site",
        "x-site",
        "authorization",
        "Authorization",
        "HOST",
        "content-length",
        "Content-Type",
        "accept",
        "transfer-encoding",
        "Connection",
        "upgrade",
        "content-encoding",
        "user-agent",
    ];
    prop_oneof![prop::sample::select(KNOWN).prop_map(str::to_owned), "[A-Za-z-]{1,9}", "[ -~\r\n]{0,4}"]
}

/// What a header may be set to, and what it may not.
fn header_value() -> impl Strategy<Value = String> {
    prop_oneof!["[!-~]{1,9}", "[ -~\r\n\0é]{0,9}"]
}

proptest! {
    #[test]
    fn h06_nothing_malformed_is_sent_and_nothing_reserved_is_replaced(
        site in header_value(),
        set in prop::collection::vec((header_name(), header_value()), 0..4),
    ) {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = sent.clone();
        let transport = Answers(move |request: &http::Request<sage_runtime::transport::Body>, _| {
            log.lock().unwrap().push(request.headers().clone());
            Ok(reply(200, &[], "{}"))
        });
        let legal = |value: &str| value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 127));
        let set_client = builder("http://127.0.0.1:1").site(site.clone()).transport(transport).build();
        let Ok(client) = set_client else {
            prop_assert!(!legal(&site));
            return Ok(());
        };
        let mut call = client.contacts().get("1");
        for (name, value) in &set {
            call = call.header(name, value.clone());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let result = runtime.block_on(call.send());
        const OURS: [&str; 8] = [
            "authorization", "connection", "content-encoding", "content-length", "content-type", "host",
            "transfer-encoding", "upgrade",
        ];
        let name_is_legal =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
        let refused = set.iter().any(|(name, value)| {
            !legal(value) || !name_is_legal(name) || OURS.contains(&name.to_ascii_lowercase().as_str())
        });
        let sent = sent.lock().unwrap();
        if refused {
            let error = result.unwrap_err();
            prop_assert_eq!((error.kind(), error.delivery(), sent.len()), (Kind::Config, Delivery::NotSent, 0));
            return Ok(());
        }
        prop_assert!(result.is_ok(), "{:?}", result);
        let last = |name: &str| set.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name));
        for (name, value) in [
            ("authorization", "Bearer a-token"),
            ("x-site", last("x-site").map_or(site.as_str(), |(_, value)| value.as_str())),
            ("accept", last("accept").map_or("application/json", |(_, value)| value.as_str())),
        ] {
            let all: Vec<_> = sent[0].get_all(name).iter().map(|value| value.as_bytes()).collect();
            prop_assert_eq!(all, [value.as_bytes()]);
        }
        for value in sent[0].values() {
            prop_assert!(!value.as_bytes().iter().any(|byte| b"\r\n\0".contains(byte)));
        }
    }
}

#[tokio::test]
async fn h09_a_proxy_that_is_named() {
    let proxy = Server::start(vec![json(200, r#"{"id":"through"}"#)]);
    let url = proxy.origin.replace("http://", "http://user:canary@");
    let http = Http::builder().proxy(&url);
    assert!(!format!("{http:?}").contains("canary"));
    let client = builder("http://127.0.0.1:1").transport(http.build().unwrap()).build().unwrap();
    assert_eq!(client.contacts().get("1").await.unwrap().id.as_deref(), Some("through"));
    let seen = &proxy.seen()[0];
    assert_eq!(seen.line, "GET http://127.0.0.1:1/uki/sageone/accounts/v3/contacts/1");
    assert_eq!(seen.header("proxy-authorization"), Some("Basic dXNlcjpjYW5hcnk="));

    let refusing = Server::start(vec![Act::HangUpAtOnce]);
    let http = Http::builder().proxy(refusing.origin.replace("http://", "http://user:canary@")).build().unwrap();
    let client = builder("http://127.0.0.1:1").limits(once()).transport(http).build().unwrap();
    let error = client.contacts().get("1").await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
    let error = Http::builder().proxy("no url canary").build().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
}

/// What `h09_the_proxy_of_the_environment` runs in a process of its own.
#[tokio::test]
async fn h09_child() {
    let Ok(origin) = std::env::var("SAGE_TEST_ORIGIN") else { return };
    let http = Http::builder();
    let http = if std::env::var("SAGE_TEST_NO_PROXY").is_ok() { http.no_proxy() } else { http };
    match http.build() {
        Ok(http) => drop(builder(&origin).limits(once()).transport(http).build().unwrap().contacts().get("1").await),
        Err(error) => writeln!(std::io::stdout(), "refused: {error:?}").unwrap(),
    }
}

#[test]
fn h09_the_proxy_of_the_environment() {
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
    assert_eq!(asked("https://sage.invalid", &[("SAGE_TEST_NO_PROXY", "1")]), [""; 0]);
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

#[tokio::test]
async fn h10_connections_are_used_again_unless_something_went_wrong() {
    let server = Server::start(vec![Act::KeepAlive(200, b"{}".to_vec()), Act::KeepAlive(200, b"{}".to_vec())]);
    let contacts = builder(&server.origin).build().unwrap().contacts();
    contacts.get("1").await.unwrap();
    contacts.get("2").await.unwrap();
    assert_eq!((server.seen().len(), server.connections()), (2, 1));

    for act in [Act::Stall(Duration::from_secs(30)), Act::CutReply] {
        let server = Server::start(vec![act, Act::KeepAlive(200, b"{}".to_vec())]);
        let contacts = builder(&server.origin).limits(once()).build().unwrap().contacts();
        contacts.get("1").await.unwrap_err();
        contacts.get("2").await.unwrap();
        assert_eq!((server.seen().len(), server.connections()), (2, 2));
    }
}

/// A client that speaks HTTP/2, with so long for an attempt and for all of them.
fn http2(server: &Server, attempt: Duration, operation: Duration) -> sample::ClientBuilder {
    let http = Http::builder().no_proxy().http2_only().build().unwrap();
    let mut timeouts = Timeouts::default();
    (timeouts.attempt, timeouts.operation) = (attempt, operation);
    builder(&server.origin).transport(http).timeouts(timeouts)
}

#[tokio::test]
async fn h10_after_a_timeout_nobody_takes_the_connection_again() {
    let server = Server::start(vec![json(200, "{}"), Act::FallSilent, json(200, "{}"), json(200, "{}")]);
    let client = http2(&server, Duration::from_millis(300), Duration::from_secs(30)).limits(once()).build().unwrap();
    client.contacts().get("1").await.unwrap();
    assert_eq!(client.contacts().get("2").await.unwrap_err().kind(), Kind::Timeout);
    client.contacts().get("3").await.unwrap();
    client.contacts().get("4").await.unwrap();
    assert_eq!((server.seen().len(), server.connections()), (4, 2));
}

#[tokio::test]
async fn h10_a_connection_that_is_dead_is_noticed_before_the_time_is_up() {
    let server = Server::start(vec![json(200, "{}"), Act::FallSilent, json(200, "{}")]);
    let client = http2(&server, Duration::from_secs(300), Duration::from_secs(40)).build().unwrap();
    client.contacts().get("1").await.unwrap();
    // Sent again, as the first one came to nothing.
    client.contacts().get("2").await.unwrap();
    assert_eq!((server.seen().len(), server.connections()), (3, 2));
}

#[tokio::test]
async fn h10_connections_are_not_idle_for_long() {
    // The second is what the first connection waits for in vain.
    let server = Server::start((0..3).map(|_| Act::KeepAlive(200, b"{}".to_vec())).collect());
    let mut timeouts = Timeouts::default();
    timeouts.idle = Duration::from_millis(50);
    let contacts = builder(&server.origin).timeouts(timeouts).build().unwrap().contacts();
    contacts.get("1").await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    contacts.get("2").await.unwrap();
    assert_eq!((server.seen().len(), server.connections()), (2, 2));
}

/// Polls until it is done, and knows no tokio.
fn run<F: std::future::IntoFuture>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future.into_future());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return done;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn without_tokio_there_is_an_error_and_no_panic() {
    let server = Server::start(vec![]);
    let error = run(builder(&server.origin).build().unwrap().contacts().get("1")).unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Config, Delivery::NotSent));
    assert!(error.to_string().contains("outside of tokio"), "{error}");
    // A transport of the user's may need none, and neither do the waits between its attempts.
    let asked = AtomicUsize::new(0);
    let own = Answers(move |_: &http::Request<Body>, _| {
        Ok(reply(if asked.fetch_add(1, Ordering::SeqCst) == 0 { 503 } else { 200 }, &[], "{}"))
    });
    run(builder(&server.origin).transport(own).build().unwrap().contacts().get("1")).unwrap();
}

#[test]
fn h10_a_runtime_that_stands_still_is_nobody_elses_trouble() {
    let server = Server::always(|_| Act::KeepAlive(200, b"{}".to_vec()));
    let mut timeouts = Timeouts::default();
    timeouts.attempt = Duration::from_secs(5);
    let contacts = builder(&server.origin).limits(once()).timeouts(timeouts).build().unwrap().contacts();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Each has made a connection, and is not polled any more, as in a program with an event loop of its own.
    let still: Vec<_> = (0..10).map(|_| runtime()).collect();
    for (number, runtime) in still.iter().enumerate() {
        runtime.block_on(contacts.get(&number.to_string()).send()).unwrap();
    }
    runtime().block_on(contacts.get("last").send()).unwrap();
}

#[tokio::test]
async fn h11_an_upload_that_is_given_up_leaves_no_task() {
    // It reads slowly, and never answers.
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = deaf.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = deaf.accept().unwrap();
        let mut buffer = vec![0; 1 << 20];
        while stream.read(&mut buffer).is_ok_and(|length| length > 0) {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let metrics = tokio::runtime::Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    let client = builder(&format!("http://{address}")).limits(once()).build().unwrap();
    let file = Part::new(vec![7; 64 << 20]);
    let call = client.contacts().upload(Upload { title: "t".into(), file: Some(file), ..Default::default() }).send();
    let given_up = tokio::time::timeout(Duration::from_millis(100), call).await;
    assert!(given_up.is_err(), "{given_up:?}");
    for _ in 0..3000 {
        if metrics.num_alive_tasks() <= before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} tasks are left", metrics.num_alive_tasks() - before);
}

#[tokio::test]
async fn l07_what_is_left_of_a_quota_can_be_read() {
    let headers = vec![("x-ratelimit-remaining", "17".to_owned())];
    let server = Server::start(vec![Act::Reply(200, headers, b"{}".to_vec())]);
    let response = builder(&server.origin).build().unwrap().contacts().get("1").send_full().await.unwrap();
    assert_eq!(response.header("X-RateLimit-Remaining"), Some("17"));
}

#[tokio::test]
async fn l07_what_is_left_of_a_quota_can_be_read_where_it_is_used_up() {
    for (status, body) in [(429, "[]"), (422, "[]"), (200, "no JSON")] {
        let headers = vec![("x-ratelimit-remaining", "0".to_owned()), ("retry-after", "3600".to_owned())];
        let error = failure(Act::Reply(status, headers, body.as_bytes().to_vec())).await;
        assert_eq!(error.status(), Some(status));
        assert_eq!((error.header("X-RateLimit-Remaining"), error.header("x-none")), (Some("0"), None), "{status}");
    }
}
