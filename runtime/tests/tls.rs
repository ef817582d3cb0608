//! TLS on loopback: whom the default transport trusts, and what a connection that fails before it stands means for a POST.

mod kit;
mod sample;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kit::builder;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use sage_runtime::transport::Http;
use sage_runtime::{Delivery, Kind};
use sample::model::NewContact;
use server::{Act, Server, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// TLS in front of a server that has none.
struct Tls {
    origin: String,
    /// The certificate, which has signed itself.
    certificate: Vec<u8>,
    /// How often somebody has connected.
    connections: Arc<AtomicUsize>,
}

impl Tls {
    /// Closes the first connections before they stand, and talks these protocols on the others.
    async fn before(server: &Server, broken: usize, protocols: &[&str]) -> Self {
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = signed.cert.der().to_vec();
        let key = PrivateKeyDer::Pkcs8(signed.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let mut config = config.with_single_cert(vec![signed.cert.der().clone()], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let behind = server.origin.trim_start_matches("http://").to_owned();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                if number >= broken {
                    tokio::spawn(relay(stream, acceptor, behind));
                }
            }
        });
        Tls { origin, certificate, connections }
    }
}

/// Carries bytes to and fro until one side has enough.
async fn relay(stream: TcpStream, acceptor: TlsAcceptor, behind: String) {
    let Ok(mut front) = acceptor.accept(stream).await else { return };
    let Ok(mut back) = TcpStream::connect(behind).await else { return };
    let _ = tokio::io::copy_bidirectional(&mut front, &mut back).await;
}

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
        let tls = Tls::before(&server, 2, &[protocol]).await;
        trusting(&tls).form(ann()).await.unwrap();
        assert_eq!((tls.connections.load(Ordering::SeqCst), server.processed().len()), (3, 1), "{protocol}");

        let nobody = Server::start(vec![]);
        let tls = Tls::before(&nobody, usize::MAX, &[protocol]).await;
        let error = trusting(&tls).form(ann()).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Transport, Delivery::NotSent, 3));
        assert_eq!((tls.connections.load(Ordering::SeqCst), nobody.seen().len()), (3, 0));
    }
}

#[tokio::test]
async fn r02_who_is_not_trusted_gets_nothing() {
    let server = Server::start(vec![json(200, "{}")]);
    let tls = Tls::before(&server, 0, &["h2", "http/1.1"]).await;
    // Another certificate of the same name.
    let other = Tls::before(&server, 0, &[]).await;
    let http = Http::builder().no_proxy().root_certificate(other.certificate).build().unwrap();
    let contacts = builder(&tls.origin).transport(http).build().unwrap().contacts();
    let error = contacts.form(ann()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Transport, Delivery::NotSent));
    assert!(server.seen().is_empty() && server.connections() == 0);
    assert_eq!(Http::builder().root_certificate(*b"none").build().unwrap_err().kind(), Kind::Config);
}

#[tokio::test]
async fn r02_http2_over_tls() {
    for (protocols, line) in [(&["h2", "http/1.1"][..], "HTTP/2"), (&["http/1.1"], "POST"), (&[], "POST")] {
        // A stream that is refused is sent again, on the same connection.
        let first = if line == "HTTP/2" { Act::RefuseStream } else { Act::Reply(429, retry_now(), Vec::new()) };
        let server = Server::start(vec![first, json(201, r#"{"id":"1"}"#)]);
        let tls = Tls::before(&server, 0, protocols).await;
        let contact = trusting(&tls).create(ann()).await.unwrap();
        assert_eq!(contact.id.as_deref(), Some("1"));
        assert_eq!(server.processed().len(), 1);
        assert!(server.lines().iter().all(|seen| seen.starts_with(line)), "{:?}", server.lines());
    }
}

fn retry_now() -> Vec<(&'static str, String)> {
    vec![("retry-after", "0".to_owned())]
}
