//! TLS on loopback, in front of a server that has none.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// TLS in front of a server that has none.
pub struct Tls {
    pub origin: String,
    /// The certificate, which has signed itself.
    pub certificate: Vec<u8>,
    /// How often somebody has connected.
    pub connections: Arc<AtomicUsize>,
}

impl Tls {
    /// Closes the first connections before they stand, and talks these protocols on the others.
    pub async fn before(origin: &str, broken: usize, protocols: &[&str]) -> Self {
        let (acceptor, certificate) = acceptor(protocols);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let behind = origin.trim_start_matches("http://").to_owned();
        let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
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

    /// Reads a request without a body, writes these bytes and closes without a word of TLS, as who cuts a connection does.
    pub async fn cutting(reply: &'static str) -> Self {
        let (acceptor, certificate) = acceptor(&["http/1.1"]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let Ok(mut front) = acceptor.accept(stream).await else { continue };
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(front.read_u8().await.unwrap());
                }
                front.write_all(reply.as_bytes()).await.unwrap();
                front.flush().await.unwrap();
            }
        });
        Tls { origin, certificate, connections }
    }
}

/// TLS for these protocols with a certificate that has signed itself.
fn acceptor(protocols: &[&str]) -> (TlsAcceptor, Vec<u8>) {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = signed.cert.der().to_vec();
    let key = PrivateKeyDer::Pkcs8(signed.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let mut config = config.with_single_cert(vec![signed.cert.der().clone()], key).unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    (TlsAcceptor::from(Arc::new(config)), certificate)
}

/// Carries bytes to and fro until one side has enough.
async fn relay(stream: TcpStream, acceptor: TlsAcceptor, behind: String) {
    let Ok(mut front) = acceptor.accept(stream).await else { return };
    let Ok(mut back) = TcpStream::connect(behind).await else { return };
    let _ = tokio::io::copy_bidirectional(&mut front, &mut back).await;
}
