//! The default transport: reqwest with rustls, without redirects, retries and default waiting for ever.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{redirect, retry};
use rustls::crypto::{CryptoProvider, ring};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::{BoxError, BoxFuture, Limits, Phase, Transport, TransportFault};

const CONNECT: Duration = Duration::from_secs(10);
/// Below the idle time of usual servers, so that we close first.
const IDLE: Duration = Duration::from_secs(20);

/// The default transport, for HTTPS or for HTTP on loopback.
pub(crate) fn default_transport(https: bool) -> Result<Arc<dyn Transport>, BoxError> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls(https)?)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .gzip(true)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(reqwest::Error::without_url)?;
    Ok(Arc::new(Reqwest(client)))
}

/// With the provider that the program has chosen, or ring; the trust is that of the platform.
fn tls(https: bool) -> Result<rustls::ClientConfig, BoxError> {
    let provider = CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    // A client of a loopback server must come up where no certificates are installed, as in small containers.
    let builder = match https {
        true => builder.with_platform_verifier()?,
        false => builder.with_root_certificates(rustls::RootCertStore::empty()),
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

struct Reqwest(reqwest::Client);

impl Transport for Reqwest {
    fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportFault>> {
        Box::pin(async move {
            let mut request = reqwest::Request::try_from(request).map_err(fault)?;
            *request.timeout_mut() = Some(limits.attempt);
            let mut reply = self.0.execute(request).await.map_err(fault)?;
            let mut body = BytesMut::new();
            while let Some(chunk) = reply.chunk().await.map_err(fault_in_reply)? {
                if body.len() + chunk.len() > limits.body {
                    return Err(TransportFault::new(Phase::TooLarge, format!("more than {} bytes", limits.body)));
                }
                body.extend_from_slice(&chunk);
            }
            let mut out = http::Response::new(body.freeze());
            *out.status_mut() = reply.status();
            *out.version_mut() = reply.version();
            *out.headers_mut() = std::mem::take(reply.headers_mut());
            Ok(out)
        })
    }
}

fn fault(error: reqwest::Error) -> TransportFault {
    let phase = match () {
        () if error.is_connect() || error.is_builder() => Phase::NotSent,
        () if error.is_timeout() => Phase::TimedOut,
        () => Phase::Unknown,
    };
    TransportFault::new(phase, error.without_url())
}

fn fault_in_reply(error: reqwest::Error) -> TransportFault {
    let phase = if error.is_timeout() { Phase::TimedOut } else { Phase::Unknown };
    TransportFault::new(phase, error.without_url())
}
