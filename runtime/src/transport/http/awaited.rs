//! Calls that are awaited: reqwest, without redirects, retries and waiting for ever.

use std::error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode, Uri};
use tokio::time::{Instant, timeout_at};

use super::super::{Body, Bounds, BoxError, BoxFuture, Phase, TransportFault, check_head, too_large};
use super::HttpBuilder;
use super::origin::Origin;
use super::pools::{Pool, Pools};
use super::proxy::Proxies;
use super::trust::Trust;
use crate::auth::is_grant_thread;

/// Room for most URLs.
const URL: usize = 256;
/// Longer than any attempt: 30 years.
const ENDLESS: Duration = Duration::from_secs(30 * 365 * 86_400);

/// What awaited calls are sent by.
#[derive(Clone)]
pub(super) struct Awaited(Arc<Shared>);

struct Shared {
    proxies: Arc<Proxies>,
    pools: Pools,
}

/// What one request is sent by.
struct Way {
    client: reqwest::Client,
    /// Where its connection comes from, unless it is for this request alone.
    pool: Option<Arc<Pool>>,
}

impl Awaited {
    pub(super) fn new(set: &HttpBuilder, trust: &Trust, proxies: Arc<Proxies>) -> Result<Self, BoxError> {
        let pools = Pools::new(set, trust.config(&[b"h2", b"http/1.1"])?, proxies.clone())?;
        Ok(Awaited(Arc::new(Shared { proxies, pools })))
    }

    /// How a request goes to this address from this thread.
    fn way(&self, uri: &Uri) -> Result<Way, BoxError> {
        let Shared { proxies, pools } = &*self.0;
        let origin = if proxies.are_none() { None } else { Origin::of(uri) };
        let is_direct = match &origin {
            Some(origin) => proxies.before(origin)?.is_none(),
            None => true,
        };
        if is_grant_thread() {
            // Its runtime ends with the request: a connection that is kept would be dead.
            return Ok(Way { client: pools.single(is_direct)?, pool: None });
        }
        let pool = pools.here()?;
        let client = if is_direct { &pool.direct } else { &pool.usual }.clone();
        Ok(Way { client, pool: Some(pool) })
    }

    pub(super) fn send(
        &self,
        request: Request<Body>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportFault>> {
        Box::pin(async move {
            let way = self.way(request.uri()).map_err(|error| TransportFault::new(Phase::NotSent, error))?;
            let reply = way.send(request, bounds).await;
            if let (Err(TransportFault { phase: Phase::TimedOut, .. }), Some(pool)) = (&reply, &way.pool) {
                self.0.pools.abandon(pool);
            }
            reply
        })
    }
}

impl Way {
    async fn send(&self, request: Request<Body>, bounds: Bounds) -> Result<Response<Body>, TransportFault> {
        let request = to_reqwest(request)?;
        // Not reqwest's own limit of time, which costs several allocations a request.
        let now = Instant::now();
        let end = now.checked_add(bounds.time).unwrap_or(now + ENDLESS);
        let sent = timeout_at(end, self.client.execute(request)).await;
        let mut reply = sent.map_err(|late| TransportFault::new(Phase::TimedOut, late))?.map_err(unanswered)?;
        let mut out = Response::new(Bytes::new());
        *out.status_mut() = reply.status();
        *out.version_mut() = reply.version();
        *out.headers_mut() = std::mem::take(reply.headers_mut());
        let (head, _) = out.into_parts();
        check_head(&head)?;
        let body = timeout_at(end, read(reply, head.status, bounds)).await;
        let body = body.map_err(|late| TransportFault::new(Phase::TimedOut, late).after(head.status))??;
        Ok(Response::from_parts(head, body.into()))
    }
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
fn to_reqwest(request: Request<Body>) -> Result<reqwest::Request, TransportFault> {
    let (head, body) = request.into_parts();
    let mut url = String::with_capacity(URL);
    // Writing to a string does not fail.
    let _ = write!(url, "{}", head.uri);
    let url = url.parse().map_err(|error| TransportFault::new(Phase::NotSent, error))?;
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    *request.body_mut() = Some(body.into_bytes().into());
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
