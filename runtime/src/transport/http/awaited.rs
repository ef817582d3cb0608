//! Calls that are awaited: reqwest, without redirects, retries and waiting for ever.

use std::error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode, Uri};
use reqwest::{ClientBuilder, Proxy, redirect, retry};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use super::super::{Bounds, BoxError, BoxFuture, Phase, TransportFault, check_head, too_large};
use super::HttpBuilder;
use super::origin::Origin;
use super::proxy::Proxies;
use super::trust::Trust;
use crate::auth::is_grant_thread;
use crate::exchange::unless_zero;

/// Room for most URLs.
const URL: usize = 256;
/// Longer than any attempt: 30 years.
const ENDLESS: Duration = Duration::from_secs(30 * 365 * 86_400);

/// What awaited calls are sent by.
#[derive(Clone)]
pub(super) struct Awaited(Arc<Shared>);

struct Shared {
    set: HttpBuilder,
    tls: ClientConfig,
    proxies: Arc<Proxies>,
    usual: reqwest::Client,
    /// Without a proxy, for what none stands before.
    direct: reqwest::Client,
}

impl Awaited {
    pub(super) fn new(set: &HttpBuilder, trust: &Trust, proxies: Arc<Proxies>) -> Result<Self, BoxError> {
        let tls = trust.config(&[b"h2", b"http/1.1"])?;
        let direct = build(client(set, &tls))?;
        let usual = if proxies.are_none() { direct.clone() } else { build(through(client(set, &tls), &proxies)?)? };
        Ok(Awaited(Arc::new(Shared { set: set.clone(), tls, proxies, usual, direct })))
    }

    /// What sends a request to this address from this thread.
    fn client(&self, uri: &Uri) -> Result<reqwest::Client, BoxError> {
        let Shared { set, tls, proxies, usual, direct } = &*self.0;
        let origin = if proxies.are_none() { None } else { Origin::of(uri) };
        let is_direct = match &origin {
            Some(origin) => proxies.before(origin)?.is_none(),
            None => true,
        };
        if !is_grant_thread() {
            return Ok(if is_direct { direct } else { usual }.clone());
        }
        // The runtime ends with the request: a connection that is kept would be dead, and one that others keep may belong to
        // a runtime that stands still.
        let builder = client(set, tls).pool_max_idle_per_host(0);
        build(if is_direct { builder } else { through(builder, proxies)? })
    }

    pub(super) fn send(
        &self,
        request: Request<Bytes>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportFault>> {
        Box::pin(async move {
            let client = self.client(request.uri()).map_err(|error| TransportFault::new(Phase::NotSent, error))?;
            let request = to_reqwest(request)?;
            // Not reqwest's own limit of time, which costs several allocations a request.
            let now = Instant::now();
            let end = now.checked_add(bounds.time).unwrap_or(now + ENDLESS);
            let sent = timeout_at(end, client.execute(request)).await;
            let mut reply = sent.map_err(|late| TransportFault::new(Phase::TimedOut, late))?.map_err(unanswered)?;
            let mut out = Response::new(Bytes::new());
            *out.status_mut() = reply.status();
            *out.version_mut() = reply.version();
            *out.headers_mut() = std::mem::take(reply.headers_mut());
            let (head, _) = out.into_parts();
            check_head(&head)?;
            let body = timeout_at(end, read(reply, head.status, bounds)).await;
            let body = body.map_err(|late| TransportFault::new(Phase::TimedOut, late).after(head.status))??;
            Ok(Response::from_parts(head, body))
        })
    }
}

/// A client without a proxy. reqwest reads the environment in its own way, and the system's settings if another crate wants that.
fn client(set: &HttpBuilder, tls: &ClientConfig) -> ClientBuilder {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .gzip(true)
        .no_proxy()
        .pool_idle_timeout(unless_zero(set.timeouts.idle));
    if let Some(connect) = unless_zero(set.timeouts.connect) {
        builder = builder.connect_timeout(connect);
    }
    if set.http2_only {
        builder = builder.http2_prior_knowledge();
    }
    builder
}

/// The same with these proxies, for what they stand before.
fn through(mut builder: ClientBuilder, proxies: &Proxies) -> Result<ClientBuilder, BoxError> {
    // The reason could hold the password.
    let wrong = |_| "the URL of the proxy is none";
    if let Some(proxy) = proxies.usual(false) {
        builder = builder.proxy(Proxy::http(proxy.url.expose()).map_err(wrong)?);
    }
    if let Some(proxy) = proxies.usual(true) {
        builder = builder.proxy(Proxy::https(proxy.url.expose()).map_err(wrong)?);
    }
    Ok(builder)
}

fn build(builder: ClientBuilder) -> Result<reqwest::Client, BoxError> {
    Ok(builder.build().map_err(reqwest::Error::without_url)?)
}

async fn read(mut reply: reqwest::Response, status: StatusCode, bounds: Bounds) -> Result<Bytes, TransportFault> {
    let most = if status.is_success() { bounds.body } else { bounds.error_body };
    // Most bodies come in one piece, and stay it.
    let (mut body, mut joined) = (Bytes::new(), BytesMut::new());
    while let Some(mut chunk) = reply.chunk().await.map_err(|error| cut(error, status))? {
        let room = most - body.len() - joined.len();
        let full = chunk.len() > room;
        if full && status.is_success() {
            return Err(too_large(most, status));
        }
        chunk.truncate(room);
        if body.is_empty() && joined.is_empty() {
            body = chunk;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut body));
            joined.extend_from_slice(&chunk);
        }
        if full {
            break;
        }
    }
    Ok(if joined.is_empty() { body } else { joined.freeze() })
}

/// The same request, as reqwest has it.
fn to_reqwest(request: Request<Bytes>) -> Result<reqwest::Request, TransportFault> {
    let (head, body) = request.into_parts();
    let mut url = String::with_capacity(URL);
    // Writing to a string does not fail.
    let _ = write!(url, "{}", head.uri);
    let url = url.parse().map_err(|error| TransportFault::new(Phase::NotSent, error))?;
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

/// There is no reply: was the request processed?
fn unanswered(error: reqwest::Error) -> TransportFault {
    let phase = match () {
        // Resolving, connecting, the proxy, TLS.
        () if error.is_connect() || error.is_builder() => Phase::NotSent,
        () if causes(&error).any(handed_back) => Phase::NotSent,
        () if error.is_timeout() => Phase::TimedOut,
        () => Phase::Unknown,
    };
    TransportFault::new(phase, error.without_url())
}

/// The reply began, and was cut off.
fn cut(error: reqwest::Error, status: StatusCode) -> TransportFault {
    let phase = if error.is_timeout() { Phase::TimedOut } else { Phase::Unknown };
    TransportFault::new(phase, error.without_url()).after(status)
}

fn causes<'a>(error: &'a (dyn error::Error + 'static)) -> impl Iterator<Item = &'a (dyn error::Error + 'static)> {
    std::iter::successors(error.source(), |error: &&'a (dyn error::Error + 'static)| (*error).source())
}

/// Does this say that nobody processed the request? The connection went away before the request was written to it, or the
/// server says in HTTP/2 that it did not look at it (RFC 9113, sections 6.8 and 8.7).
fn handed_back(error: &(dyn error::Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return error.is_canceled();
    }
    let Some(error) = error.downcast_ref::<h2::Error>() else { return false };
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    let leaving = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    error.is_remote() && (refused || leaving)
}
