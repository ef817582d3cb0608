//! Heads of requests and replies in HTTP/1.1 (RFC 9112), as bytes.

use std::io::{self, BufRead, ErrorKind, Read as _};

use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version};

use super::super::super::{Body, HEAD};
use super::super::origin::Origin;
use super::super::proxy::Proxy;
use super::body::Framing;

/// Room for most heads.
const ROOM: usize = 1024;

/// The head of a request. `proxy` is one that reads it, which is the case where there is no TLS.
pub(super) fn head(request: &Request<Body>, origin: &Origin, proxy: Option<&Proxy>) -> Vec<u8> {
    let target = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let mut out = Vec::with_capacity(ROOM);
    put(&mut out, &[request.method().as_str(), " "]);
    if proxy.is_some() {
        put(&mut out, &["http://", &origin.authority()]);
    }
    // A query without a path needs its slash.
    put(&mut out, &[if target.starts_with('?') { "/" } else { "" }, target, " HTTP/1.1\r\n"]);
    let headers = request.headers();
    if !headers.contains_key(HOST) {
        put(&mut out, &["host: ", &origin.authority(), "\r\n"]);
    }
    if !headers.contains_key(ACCEPT_ENCODING) {
        put(&mut out, &["accept-encoding: gzip\r\n"]);
    }
    // What says how long the body is, is said here and nowhere else.
    for (name, value) in headers.iter().filter(|(name, _)| **name != CONTENT_LENGTH && **name != TRANSFER_ENCODING) {
        put_header(&mut out, name.as_str(), value);
    }
    let length = request.body().len();
    if length > 0 || matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH) {
        put(&mut out, &["content-length: ", &length.to_string(), "\r\n"]);
    }
    end(out, proxy)
}

/// The head that asks a proxy for a tunnel.
pub(super) fn connect(origin: &Origin, proxy: &Proxy) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROOM);
    let target = origin.full();
    put(&mut out, &["CONNECT ", &target, " HTTP/1.1\r\nhost: ", &target, "\r\n"]);
    end(out, Some(proxy))
}

fn end(mut out: Vec<u8>, proxy: Option<&Proxy>) -> Vec<u8> {
    if let Some(value) = proxy.and_then(|proxy| proxy.authorization.as_ref()) {
        put_header(&mut out, "Proxy-Authorization", value);
    }
    out.extend_from_slice(b"\r\n");
    out
}

/// Neither a name nor a value can have the end of a line in it: their types see to that.
fn put_header(out: &mut Vec<u8>, name: &str, value: &HeaderValue) {
    put(out, &[name, ": "]);
    out.extend_from_slice(value.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn put(out: &mut Vec<u8>, pieces: &[&str]) {
    pieces.iter().for_each(|piece| out.extend_from_slice(piece.as_bytes()));
}

/// The head of a reply.
pub(super) struct Head {
    pub(super) parts: Parts,
    /// How its body ends.
    pub(super) framing: Framing,
    /// May the connection be used again?
    pub(super) stays: bool,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum HeadFault {
    Io(io::Error),
    /// It is larger than [`HEAD`], and began with this status.
    TooLarge(StatusCode),
}

impl HeadFault {
    pub(super) fn into_io(self) -> io::Error {
        match self {
            HeadFault::Io(error) => error,
            HeadFault::TooLarge(_) => malformed("the head of the reply is too large"),
        }
    }
}

impl From<io::Error> for HeadFault {
    fn from(error: io::Error) -> Self {
        HeadFault::Io(error)
    }
}

/// Reads the head of the reply, and passes over those that only say that it will come (RFC 9110, section 15.2).
pub(super) fn read_head(from: &mut impl BufRead, method: &Method) -> Result<Head, HeadFault> {
    let mut room = HEAD;
    loop {
        let parts = parse(&lines(from, room)?)?;
        if parts.status.is_informational() && parts.status != StatusCode::SWITCHING_PROTOCOLS {
            // Together they may not be larger than one.
            room = room.saturating_sub(1 + size(&parts.headers));
            continue;
        }
        let framing = Framing::of(method, &parts)?;
        let stays = parts.version == Version::HTTP_11
            && parts.status != StatusCode::SWITCHING_PROTOCOLS
            && !closes(&parts.headers)
            // Who says both is not to be trusted with the next reply (RFC 9112, section 6.1).
            && !(parts.headers.contains_key(TRANSFER_ENCODING) && parts.headers.contains_key(CONTENT_LENGTH));
        return Ok(Head { parts, framing, stays });
    }
}

/// Does this head, of a request or a reply, say that the connection ends with it?
pub(super) fn closes(headers: &HeaderMap) -> bool {
    let said = headers.get_all(CONNECTION);
    said.iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// All lines until the empty one.
fn lines(from: &mut impl BufRead, room: usize) -> Result<Vec<u8>, HeadFault> {
    let mut lines = Vec::with_capacity(ROOM);
    loop {
        let start = lines.len();
        from.take((room - start) as u64).read_until(b'\n', &mut lines)?;
        match &lines[start..] {
            b"\r\n" | b"\n" => return Ok(lines),
            [.., b'\n'] => {}
            _ if lines.len() >= room => return Err(too_large(&lines)),
            _ => return Err(HeadFault::Io(ErrorKind::UnexpectedEof.into())),
        }
    }
}

fn too_large(lines: &[u8]) -> HeadFault {
    let mut none = [];
    let mut reply = httparse::Response::new(&mut none);
    // It is not whole, or has more headers than none; the status is read before.
    let _ = reply.parse(lines);
    match reply.code.map(StatusCode::from_u16) {
        Some(Ok(status)) => HeadFault::TooLarge(status),
        _ => HeadFault::Io(malformed("this is no reply in HTTP/1.1")),
    }
}

fn parse(lines: &[u8]) -> io::Result<Parts> {
    let mut slots = vec![httparse::EMPTY_HEADER; lines.iter().filter(|byte| **byte == b'\n').count()];
    let mut read = httparse::Response::new(&mut slots);
    let (Ok(httparse::Status::Complete(_)), Some(code)) = (read.parse(lines), read.code) else {
        return Err(malformed("this is no reply in HTTP/1.1"));
    };
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = StatusCode::from_u16(code).map_err(|_| malformed("the reply has no status"))?;
    parts.version = if read.version == Some(0) { Version::HTTP_10 } else { Version::HTTP_11 };
    for header in read.headers.iter() {
        let (name, value) = (HeaderName::from_bytes(header.name.as_bytes()), HeaderValue::from_bytes(header.value));
        let (Ok(name), Ok(value)) = (name, value) else { return Err(malformed("the reply has a header that is none")) };
        parts.headers.try_append(name, value).map_err(|_| malformed("the reply has too many headers"))?;
    }
    Ok(parts)
}

/// A reply that makes no sense. What it says is not shown.
pub(super) fn malformed(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
