//! The transport of blocking calls: ureq with rustls. It does its work when it is polled, on the calling thread.

use std::fmt;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use rustls::crypto::{CryptoProvider, ring};
use ureq::config::AutoHeaderValue;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Timeout};

use super::{Bounds, BoxFuture, Phase, Transport, TransportFault};
use crate::exchange::unless_zero;
use crate::limits::Timeouts;

/// The transport of blocking calls, unless the client is given another.
pub(crate) fn blocking_transport(timeouts: &Timeouts) -> Arc<dyn Transport> {
    let provider = CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .user_agent(AutoHeaderValue::None)
        .accept(AutoHeaderValue::None)
        .timeout_connect(unless_zero(timeouts.connect))
        .max_idle_age(unless_zero(timeouts.idle).unwrap_or(Duration::MAX))
        .build();
    Arc::new(Ureq(Agent::new_with_config(config)))
}

struct Ureq(Agent);

impl Transport for Ureq {
    fn send(&self, request: Request<Bytes>, bounds: Bounds) -> BoxFuture<'_, Result<Response<Bytes>, TransportFault>> {
        Box::pin(async move { self.send_now(&request, bounds) })
    }
}

impl Ureq {
    fn send_now(&self, request: &Request<Bytes>, bounds: Bounds) -> Result<Response<Bytes>, TransportFault> {
        let body = request.body();
        let reply = match body.is_empty() && !matches!(*request.method(), http::Method::POST | http::Method::PUT) {
            true => self.run(request, (), bounds),
            false => self.run(request, &body[..], bounds),
        };
        let (head, body) = reply.map_err(|error| TransportFault::new(phase(&error), Told::new(&error)))?.into_parts();
        super::check_head(&head)?;
        let body = read(body, head.status, bounds)?;
        Ok(Response::from_parts(head, body))
    }

    fn run(
        &self,
        request: &Request<Bytes>,
        body: impl ureq::AsSendBody,
        bounds: Bounds,
    ) -> Result<Response<Body>, ureq::Error> {
        let mut sent = Request::new(body);
        *sent.method_mut() = request.method().clone();
        *sent.uri_mut() = request.uri().clone();
        *sent.headers_mut() = request.headers().clone();
        let sent = self.0.configure_request(sent).timeout_global(Some(bounds.time)).build();
        self.0.run(sent)
    }
}

fn read(body: Body, status: StatusCode, bounds: Bounds) -> Result<Bytes, TransportFault> {
    let most = if status.is_success() { bounds.body } else { bounds.error_body };
    let mut bytes = Vec::new();
    let read = body.into_reader().take(most as u64 + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
        let timed_out = matches!(inner, Some(ureq::Error::Timeout(_))) || error.kind() == io::ErrorKind::TimedOut;
        let phase = if timed_out { Phase::TimedOut } else { Phase::Unknown };
        return Err(TransportFault::new(phase, Told(error.kind().to_string())).after(status));
    }
    if bytes.len() > most {
        if status.is_success() {
            return Err(super::too_large(most, status));
        }
        bytes.truncate(most);
    }
    Ok(bytes.into())
}

/// Was the request processed? Only what can happen before anything is written is called not sent.
fn phase(error: &ureq::Error) -> Phase {
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::BadUri(_)
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::TlsRequired
        | ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => Phase::NotSent,
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => Phase::NotSent,
        ureq::Error::Timeout(_) => Phase::TimedOut,
        _ => Phase::Unknown,
    }
}

/// What ureq says, without what may hold a URL.
#[derive(Debug)]
struct Told(String);

impl Told {
    fn new(error: &ureq::Error) -> Self {
        Told(match error {
            ureq::Error::BadUri(_) | ureq::Error::ConnectProxyFailed(_) | ureq::Error::RequireHttpsOnly(_) => {
                "the URL or the proxy is not usable".to_owned()
            }
            other => other.to_string(),
        })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Told {}
