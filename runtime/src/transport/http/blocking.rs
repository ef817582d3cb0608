//! Blocking calls: ureq with rustls. It does its work when it is polled, on the calling thread.

use std::fmt;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use ureq::config::AutoHeaderValue;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector as _, TcpConnector};
use ureq::{Agent, Body, Proxy, ProxyProtocol, Timeout};

use super::super::{Bounds, BoxError, BoxFuture, Phase, TransportFault, check_head, too_large};
use super::HttpBuilder;
use super::connect::{Handshake, Tls};
use super::trust::Trust;
use crate::exchange::unless_zero;

/// What blocking calls are sent by.
#[derive(Clone)]
pub(super) struct Blocking(Agent);

impl Blocking {
    pub(super) fn new(set: &HttpBuilder, trust: &Trust) -> Result<Self, BoxError> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .timeout_connect(unless_zero(set.timeouts.connect))
            .max_idle_age(unless_zero(set.timeouts.idle).unwrap_or(Duration::MAX));
        // If nothing is said, it is the proxy of the environment.
        if set.no_proxy || set.proxy.is_some() {
            config = config.proxy(set.proxy.as_deref().map(proxy).transpose()?);
        }
        let tls = Tls(Arc::new(trust.config(&[b"http/1.1"])?));
        let connector = ().chain(ConnectProxyConnector::default()).chain(TcpConnector::default()).chain(tls);
        Ok(Blocking(Agent::with_parts(config.build(), connector, DefaultResolver::default())))
    }

    pub(super) fn send(
        &self,
        request: Request<Bytes>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportFault>> {
        Box::pin(async move { self.send_now(&request, bounds) })
    }

    fn send_now(&self, request: &Request<Bytes>, bounds: Bounds) -> Result<Response<Bytes>, TransportFault> {
        let body = request.body();
        let reply = match body.is_empty() && !matches!(*request.method(), http::Method::POST | http::Method::PUT) {
            true => self.run(request, (), bounds),
            false => self.run(request, &body[..], bounds),
        };
        let (head, body) = reply.map_err(|error| TransportFault::new(phase(&error), Told::new(&error)))?.into_parts();
        check_head(&head)?;
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

/// A proxy for HTTP; what is said of a wrong one could hold its password.
fn proxy(url: &str) -> Result<Proxy, BoxError> {
    let proxy = Proxy::new(url).map_err(|_| "the URL of the proxy is none")?;
    match proxy.protocol() {
        ProxyProtocol::Http | ProxyProtocol::Https => Ok(proxy),
        _ => Err("the proxy is none for HTTP".into()),
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
            return Err(too_large(most, status));
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
        ureq::Error::Other(error) if error.is::<Handshake>() => Phase::NotSent,
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
