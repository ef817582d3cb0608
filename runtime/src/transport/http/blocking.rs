//! Blocking calls: a small client for HTTP/1.1 with rustls. It does its work when it is polled, on the calling thread.
//!
//! It is our own because no crate does this without a word of what is secret in the log, and without tokio:
//! docs/decisions/0016. It logs nothing, follows no redirect, and sends nothing twice: a connection that was kept may turn
//! out to be closed before anything is written to it, and only then is there another.

mod body;
mod connection;
mod pool;
#[cfg(test)]
mod tests;
mod wire;

use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use rustls::ClientConfig;

use super::super::{Body, Bounds, BoxError, BoxFuture, HEAD, Phase, TransportFault, check_head, too_large};
use super::HttpBuilder;
use super::origin::Origin;
use super::proxy::{Proxies, Proxy};
use super::trust::Trust;
use crate::exchange::unless_zero;
use body::{Framing, Incoming};
use connection::Connection;
use pool::Pool;
use wire::{Head, HeadFault};

/// What blocking calls are sent by.
#[derive(Clone)]
pub(super) struct Blocking(Arc<Shared>);

struct Shared {
    tls: Arc<ClientConfig>,
    proxies: Arc<Proxies>,
    pool: Pool,
    /// How long connecting may take.
    connect: Option<Duration>,
}

impl Blocking {
    pub(super) fn new(set: &HttpBuilder, trust: &Trust, proxies: Arc<Proxies>) -> Result<Self, BoxError> {
        Ok(Blocking(Arc::new(Shared {
            tls: Arc::new(trust.config(&[b"http/1.1"])?),
            proxies,
            pool: Pool::new(unless_zero(set.timeouts.idle)),
            connect: unless_zero(set.timeouts.connect),
        })))
    }

    pub(super) fn send(
        &self,
        request: Request<Body>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportFault>> {
        Box::pin(async move { self.0.send_now(&request, bounds) })
    }
}

impl Shared {
    fn send_now(&self, request: &Request<Body>, bounds: Bounds) -> Result<Response<Body>, TransportFault> {
        let end = Instant::now().checked_add(bounds.time);
        let origin = Origin::of(request.uri()).ok_or_else(|| not_sent("the URL is none for HTTP"))?;
        let proxy = self.proxies.before(&origin).map_err(not_sent)?;
        let head = wire::head(request, &origin, proxy.filter(|_| !origin.https));
        let (mut connection, sent) = self.write(&origin, proxy, [&head, request.body()], end)?;
        let head = answer(&mut connection, request.method(), sent.as_ref())?;
        check_head(&head.parts)?;
        let Head { mut parts, framing, stays } = head;
        let most = if parts.status.is_success() { bounds.body } else { bounds.error_body };
        let read = read_body(connection.reader(), framing, &mut parts.headers, most);
        let (body, whole) = read.map_err(|error| fault(error).after(parts.status))?;
        let body = cut(body, most, parts.status)?;
        if whole && stays && sent.is_ok() && framing != Framing::Close && !wire::closes(request.headers()) {
            self.pool.put(origin, connection);
        }
        Ok(Response::from_parts(parts, body.into()))
    }

    /// Writes the request to a connection that was kept, or to a new one. If that fails half-way, there may be a reply.
    fn write(
        &self,
        origin: &Origin,
        proxy: Option<&Proxy>,
        request: [&[u8]; 2],
        end: Option<Instant>,
    ) -> Result<(Connection, io::Result<()>), TransportFault> {
        loop {
            let kept = self.pool.take(origin);
            let is_new = kept.is_none();
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.open(origin, proxy, end).map_err(not_sent)?,
            };
            connection.begin(end);
            match connection.write(request) {
                Err(error) if connection.has_written() && error.kind() == ErrorKind::TimedOut => {
                    return Err(fault(error));
                }
                Err(error) if !connection.has_written() && is_new => return Err(not_sent(error)),
                // It was closed in the very moment.
                Err(_) if !connection.has_written() => {}
                sent => return Ok((connection, sent)),
            }
        }
    }

    fn open(&self, origin: &Origin, proxy: Option<&Proxy>, end: Option<Instant>) -> io::Result<Connection> {
        let own = self.connect.and_then(|time| Instant::now().checked_add(time));
        let end = own.into_iter().chain(end).min();
        Connection::open(origin, proxy, &self.tls, end)
    }
}

/// The head of the reply. A server that did not want the whole request may have answered all the same.
fn answer(connection: &mut Connection, method: &Method, sent: Result<&(), &io::Error>) -> Result<Head, TransportFault> {
    wire::read_head(connection.reader(), method).map_err(|failed| match (sent, failed) {
        (_, HeadFault::TooLarge(status)) => too_large(HEAD, status),
        (Err(error), HeadFault::Io(_)) => fault(io::Error::new(error.kind(), error.to_string())),
        (Ok(()), HeadFault::Io(error)) => fault(error),
    })
}

/// The body, decompressed, and whether this is all of it; no more than a byte above the limit is read.
fn read_body(
    from: &mut impl BufRead,
    framing: Framing,
    headers: &mut HeaderMap,
    most: usize,
) -> io::Result<(Vec<u8>, bool)> {
    let mut body = Incoming::new(from, framing);
    let mut bytes = Vec::new();
    let most = (most as u64).saturating_add(1);
    let zipped = headers.get(CONTENT_ENCODING).is_some_and(|coding| {
        ["gzip", "x-gzip"].iter().any(|name| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    });
    if zipped && !body.is_complete() {
        let mut buffered = BufReader::new(&mut body);
        if !buffered.fill_buf()?.is_empty() {
            MultiGzDecoder::new(buffered).take(most).read_to_end(&mut bytes)?;
        }
        // They are about what is no longer there.
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
    } else {
        (&mut body).take(most).read_to_end(&mut bytes)?;
    }
    Ok((bytes, body.is_complete()))
}

fn cut(mut body: Vec<u8>, most: usize, status: StatusCode) -> Result<Bytes, TransportFault> {
    if body.len() > most {
        if status.is_success() {
            return Err(too_large(most, status));
        }
        body.truncate(most);
    }
    Ok(body.into())
}

/// Nothing was written.
fn not_sent(error: impl Into<BoxError>) -> TransportFault {
    TransportFault::new(Phase::NotSent, error)
}

/// Something was, so it may have been processed.
fn fault(error: io::Error) -> TransportFault {
    let phase = if error.kind() == ErrorKind::TimedOut { Phase::TimedOut } else { Phase::Unknown };
    TransportFault::new(phase, error)
}
