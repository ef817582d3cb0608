//! TLS on loopback: whom the default transport trusts, and what a connection that fails before it stands means for a POST.

#[path = "tls/front.rs"]
mod front;
mod kit;
mod sample;
mod server;

use std::sync::atomic::Ordering;
use std::time::Duration;

use front::Tls;
use kit::builder;
#[cfg(feature = "blocking")]
use sage_runtime::Part;
use sage_runtime::transport::Http;
use sage_runtime::{Delivery, Kind, Timeouts};
use sample::model::NewContact;
#[cfg(feature = "blocking")]
use sample::model::Upload;
use server::{Act, Server, json};
#[cfg(feature = "blocking")]
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
#[cfg(feature = "blocking")]
use tokio::net::TcpStream;

fn trusting(tls: &Tls) -> sample::contacts::Contacts {
    let http = Http::builder().no_proxy().root_certificate(tls.certificate.clone()).build().unwrap();
    builder(&tls.origin).transport(http).build().unwrap().contacts()
}

fn ann() -> NewContact {
    NewContact { name: "Ann".into(), ..Default::default() }
}

#[tokio::test]
async fn r01_r02_a_connection_that_breaks_during_tls_is_tried_again() {
    for protocol in ["http/1.1", "h2"] {
        let server = Server::start(vec![Act::Reply(204, Vec::new(), Vec::new())]);
        let tls = Tls::before(&server.origin, 2, &[protocol]).await;
        trusting(&tls).form(ann()).await.unwrap();
        assert_eq!((tls.connections.load(Ordering::SeqCst), server.processed().len()), (3, 1), "{protocol}");

        let nobody = Server::start(vec![]);
        let tls = Tls::before(&nobody.origin, usize::MAX, &[protocol]).await;
        let error = trusting(&tls).form(ann()).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Transport, Delivery::NotSent, 3));
        assert_eq!((tls.connections.load(Ordering::SeqCst), nobody.seen().len()), (3, 0));
    }
}

#[tokio::test]
async fn r02_who_is_not_trusted_gets_nothing() {
    let server = Server::start(vec![json(200, "{}")]);
    let tls = Tls::before(&server.origin, 0, &["h2", "http/1.1"]).await;
    // Another certificate of the same name.
    let other = Tls::before(&server.origin, 0, &[]).await;
    let http = Http::builder().no_proxy().root_certificate(other.certificate).build().unwrap();
    let contacts = builder(&tls.origin).transport(http).build().unwrap().contacts();
    let error = contacts.form(ann()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Transport, Delivery::NotSent));
    assert!(server.seen().is_empty() && server.connections() == 0);
    assert_eq!(Http::builder().root_certificate(*b"none").build().unwrap_err().kind(), Kind::Config);
}

#[tokio::test]
async fn r02_who_connects_and_says_nothing_gets_nothing() {
    // Somebody takes the connection, and never begins with TLS.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // A certificate to trust, as the machine may have none.
    let tls = Tls::before("http://127.0.0.1:9", 0, &[]).await;
    let mut timeouts = Timeouts::default();
    (timeouts.connect, timeouts.operation) = (Duration::from_millis(100), Duration::from_secs(30));
    let http = Http::builder().no_proxy().root_certificate(tls.certificate).timeouts(timeouts.clone()).build().unwrap();
    let origin = format!("https://{}", mute.local_addr().unwrap());
    let contacts = builder(&origin).transport(http).timeouts(timeouts).build().unwrap().contacts();
    let error = contacts.form(ann()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Transport, Delivery::NotSent, 3));
}

#[tokio::test]
async fn r02_http2_over_tls() {
    for (protocols, line) in [(&["h2", "http/1.1"][..], "HTTP/2"), (&["http/1.1"], "POST"), (&[], "POST")] {
        // A stream that is refused is sent again, on the same connection.
        let first = if line == "HTTP/2" { Act::RefuseStream } else { Act::Reply(429, retry_now(), Vec::new()) };
        let server = Server::start(vec![first, json(201, r#"{"id":"1"}"#)]);
        let tls = Tls::before(&server.origin, 0, protocols).await;
        let contact = trusting(&tls).create(ann()).await.unwrap();
        assert_eq!(contact.id.as_deref(), Some("1"));
        assert_eq!(server.processed().len(), 1);
        assert!(server.lines().iter().all(|seen| seen.starts_with(line)), "{:?}", server.lines());
    }
}

/// Runs a blocking call beside the server, which needs this thread.
#[cfg(feature = "blocking")]
async fn apart<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(call).await.unwrap()
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn r04_who_answers_a_blocking_upload_before_its_end_is_heard() {
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tls = Tls::before(&format!("http://{}", deaf.local_addr().unwrap()), 0, &["http/1.1"]).await;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(async move {
        let (mut stream, _) = deaf.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"HTTP/1.1 413 X\r\ncontent-length: 2\r\n\r\nno").await.unwrap();
        let _ = ended.await;
    });
    let mut timeouts = kit::short();
    timeouts.attempt = Duration::from_secs(10);
    let http = Http::builder().no_proxy().root_certificate(tls.certificate.clone()).build().unwrap();
    let contacts = builder(&tls.origin).timeouts(timeouts).transport(http).build().unwrap().contacts();
    let upload = Upload { title: "t".into(), file: Some(Part::new(vec![7; 32 << 20])), ..Default::default() };
    let error = apart(move || contacts.upload(upload).send_blocking()).await.unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Some(413), Delivery::Refused), "{error:?}");
    assert_eq!(error.body_snippet(), Some("no"));
    drop(end);
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn r01_r02_a_blocking_call_that_breaks_during_tls_is_tried_again() {
    let server = Server::start(vec![Act::Reply(204, Vec::new(), Vec::new())]);
    let tls = Tls::before(&server.origin, 2, &["h2", "http/1.1"]).await;
    let contacts = trusting(&tls);
    apart(move || contacts.form(ann()).send_blocking()).await.unwrap();
    assert_eq!((tls.connections.load(Ordering::SeqCst), server.processed().len()), (3, 1));
    assert!(server.lines().iter().all(|seen| seen.starts_with("POST")), "{:?}", server.lines());

    let nobody = Server::start(vec![]);
    let tls = Tls::before(&nobody.origin, usize::MAX, &["http/1.1"]).await;
    let contacts = trusting(&tls);
    let error = apart(move || contacts.form(ann()).send_blocking()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Transport, Delivery::NotSent, 3));
    assert_eq!((tls.connections.load(Ordering::SeqCst), nobody.seen().len()), (3, 0));
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn r02_blocking_calls_trust_nobody_else_either() {
    let server = Server::start(vec![json(200, "{}")]);
    let tls = Tls::before(&server.origin, 0, &["http/1.1"]).await;
    let other = Tls::before(&server.origin, 0, &[]).await;
    let foreign = Http::builder().no_proxy().root_certificate(other.certificate).build().unwrap();
    for http in [foreign, Http::builder().no_proxy().build().unwrap()] {
        let contacts = builder(&tls.origin).transport(http).build().unwrap().contacts();
        let error = apart(move || contacts.form(ann()).send_blocking()).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Transport, Delivery::NotSent));
        assert!(server.seen().is_empty() && server.connections() == 0);
    }
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn h09_blocking_calls_through_a_proxy_that_is_named() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let server = Server::start(vec![json(201, r#"{"id":"1"}"#)]);
    let tls = Tls::before(&server.origin, 0, &["http/1.1"]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://user:canary@{}", listener.local_addr().unwrap());
    let told = tokio::spawn(async move {
        let (mut front, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(front.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let target = head.split(' ').nth(1).unwrap().to_owned();
        let mut back = TcpStream::connect(target).await.unwrap();
        front.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut front, &mut back).await });
        head
    });
    let http = Http::builder().proxy(proxy).root_certificate(tls.certificate.clone()).build().unwrap();
    let contacts = builder(&tls.origin).transport(http).build().unwrap().contacts();
    let created = apart(move || contacts.create(ann()).send_blocking()).await.unwrap();
    assert_eq!(created.id.as_deref(), Some("1"));
    let head = told.await.unwrap();
    assert!(head.starts_with(&format!("CONNECT {} ", tls.origin.trim_start_matches("https://"))), "{head}");
    assert!(head.contains("Proxy-Authorization: Basic dXNlcjpjYW5hcnk="), "{head}");
    for wrong in ["no url canary", "socks5://user:canary@127.0.0.1:1"] {
        let error = Http::builder().proxy(wrong).build().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn h10_blocking_calls_use_connections_with_tls_again() {
    let kept = || Act::KeepAlive(200, br#"{"id":"1"}"#.to_vec());
    let server = Server::start(vec![kept(), kept(), kept()]);
    let tls = Tls::before(&server.origin, 0, &["http/1.1"]).await;
    let contacts = trusting(&tls);
    apart(move || {
        for id in ["1", "2", "3"] {
            contacts.get(id).send_blocking().unwrap();
        }
    })
    .await;
    assert_eq!((tls.connections.load(Ordering::SeqCst), server.processed().len()), (1, 3));
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn h03_a_blocking_reply_that_ends_without_a_word_of_tls() {
    for (reply, whole) in [
        ("HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}", true),
        ("HTTP/1.1 200 X\r\n\r\n{\"id\":\"1\"}", false),
    ] {
        let tls = Tls::cutting(reply).await;
        let contacts = trusting(&tls);
        let result = apart(move || contacts.get("1").send_blocking()).await;
        assert_eq!(result.is_ok(), whole, "{result:?}");
        if let Err(error) = result {
            assert_eq!((error.kind(), error.delivery()), (Kind::Transport, Delivery::Answered));
        }
    }
}

fn retry_now() -> Vec<(&'static str, String)> {
    vec![("retry-after", "0".to_owned())]
}
