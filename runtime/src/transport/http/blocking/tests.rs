use std::io::{BufRead, Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, Request, StatusCode};
use proptest::prelude::*;

use super::super::origin::Origin;
use super::super::proxy::Proxies;
use super::body::Framing;
use super::read_body;
use super::wire::{self, HeadFault};
use super::{Body, HEAD};

/// More than any body here.
const MOST: usize = 1 << 20;

/// Status and body of a reply, and whether its connection may stay.
type Reply = (u16, Vec<u8>, bool);

fn reply(from: &mut impl BufRead, method: &Method) -> Result<Reply, String> {
    let head = wire::read_head(from, method).map_err(|failed| failed.into_io().to_string())?;
    let (mut parts, framing) = (head.parts, head.framing);
    let (body, whole) = read_body(from, framing, &mut parts.headers, MOST).map_err(|error| error.to_string())?;
    assert!(whole);
    Ok((parts.status.as_u16(), body, head.stays && framing != Framing::Close))
}

fn get(raw: &[u8]) -> Result<Reply, String> {
    reply(&mut &*raw, &Method::GET)
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
    zipped.write_all(bytes).unwrap();
    zipped.finish().unwrap()
}

fn zipped(head: &str, body: &[u8]) -> Vec<u8> {
    [head.as_bytes(), &zip(body)].concat()
}

/// Replies that are whole: the body, and whether the connection stays.
fn whole() -> Vec<(Vec<u8>, &'static str, bool)> {
    let zip_close = zipped("HTTP/1.1 200 X\r\nContent-Encoding: GZIP\r\n\r\n", b"body");
    let two = [&zipped("HTTP/1.1 200 X\r\ncontent-encoding: x-gzip\r\n\r\n", b"bo")[..], &zip(b"dy")].concat();
    let texts = [
        ("HTTP/1.1 200 X\r\ncontent-length: 4\r\n\r\nbody", "body", true),
        ("HTTP/1.1 200\r\ncontent-length: 4, 4\r\ncontent-length: 4\r\n\r\nbody", "body", true),
        ("HTTP/1.1 200 X\ncontent-length: 4\n\nbody", "body", true),
        ("HTTP/1.1 200 X\r\ncontent-length: 4\r\nconnection: a, Close\r\n\r\nbody", "body", false),
        ("HTTP/1.0 200 X\r\ncontent-length: 4\r\n\r\nbody", "body", false),
        ("HTTP/1.1 200 X\r\n\r\nbody", "body", false),
        ("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "body", true),
        (
            "HTTP/1.1 200 X\r\ntransfer-encoding: Chunked\r\n\r\n1;a=\"b\"\r\nb\r\n03\r\nody\r\n00\r\na: b\r\n\r\n",
            "body",
            true,
        ),
        (
            "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\ncontent-length: 9\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            "body",
            false,
        ),
        ("HTTP/1.1 100 X\r\n\r\nHTTP/1.1 103 X\r\nlink: a\r\n\r\nHTTP/1.1 204 X\r\n\r\n", "", true),
        ("HTTP/1.1 304 X\r\ncontent-length: 9\r\n\r\n", "", true),
        ("HTTP/1.1 101 X\r\n\r\n", "", false),
        ("HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n", "", true),
        ("HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", "", true),
    ];
    let texts = texts.into_iter().map(|(raw, body, stays)| (raw.as_bytes().to_vec(), body, stays));
    texts.chain([(zip_close, "body", false), (two, "body", false)]).collect()
}

#[test]
fn h03_a_reply_is_the_same_wherever_it_is_split() {
    for (raw, body, stays) in whole() {
        let text = String::from_utf8_lossy(&raw);
        let read = get(&raw).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!((String::from_utf8_lossy(&read.1).as_ref(), read.2), (body, stays), "{text}");
        for split in 0..=raw.len() {
            let (one, other) = raw.split_at(split);
            assert_eq!(reply(&mut one.chain(other), &Method::GET).as_ref(), Ok(&read), "{text}");
        }
    }
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 4\r\ncontent-encoding: gzip\r\n\r\n";
    assert_eq!(reply(&mut &head[..], &Method::HEAD), Ok((200, Vec::new(), true)));
}

#[test]
fn h03_a_reply_that_is_cut_or_makes_no_sense_is_an_error() {
    for (raw, _, _) in whole().into_iter().filter(|(_, _, stays)| *stays) {
        for cut in 0..raw.len() {
            assert!(get(&raw[..cut]).is_err(), "{cut} of {}", String::from_utf8_lossy(&raw));
        }
    }
    let chunked = |rest: &str| format!("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n{rest}");
    let endless = chunked(&format!("1;{}\r\n", "a".repeat(1 << 17)));
    let trailers = chunked(&format!("0\r\n{}\r\n", "a: b\r\n".repeat(1000)));
    for raw in [
        "\r\nHTTP/1.1 200 X\r\n\r\n",
        "HTTP/2 200 X\r\n\r\n",
        "HTTP/1.1 20 X\r\n\r\n",
        "HTTP/1.1 200 X\r\nno header\r\n\r\n",
        "HTTP/1.1 200 X\r\na: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 X\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nbody",
        "HTTP/1.1 200 X\r\ncontent-length: 4, 5\r\n\r\nbody",
        "HTTP/1.1 200 X\r\ncontent-length: +4\r\n\r\nbody",
        "HTTP/1.1 200 X\r\ncontent-length: \r\n\r\n",
        "HTTP/1.1 200 X\r\ncontent-length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 X\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nbody",
        &chunked("4\r\nbodyx\r\n0\r\n\r\n"),
        &chunked("4\nbody\r\n0\r\n\r\n"),
        &chunked("-4\r\nbody\r\n0\r\n\r\n"),
        &chunked("fffffffffffffffff\r\n"),
        &chunked("\r\n"),
        &endless,
        &trailers,
    ] {
        assert!(get(raw.as_bytes()).is_err(), "{raw:.90}");
    }
}

#[test]
fn h04_heads_have_a_limit() {
    let large = format!("HTTP/1.1 418 X\r\na: {}\r\n\r\n", "a".repeat(HEAD));
    let many = format!("HTTP/1.1 418 X\r\n{}\r\n", "a: b\r\n".repeat(HEAD / 6));
    for raw in [large, many] {
        let read = wire::read_head(&mut raw.as_bytes(), &Method::GET);
        assert!(matches!(read, Err(HeadFault::TooLarge(StatusCode::IM_A_TEAPOT))));
    }
    // Those that go before it have it together.
    let mut early = b"HTTP/1.1 103 X\r\na: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n".repeat(HEAD / 16);
    early.extend_from_slice(b"HTTP/1.1 200 X\r\n\r\n");
    assert!(wire::read_head(&mut &early[..], &Method::GET).is_err());
}

#[test]
fn h02_a_bomb_is_not_unpacked() {
    let bomb = zip(&vec![b' '; 64 << 20]);
    let mut headers = http::HeaderMap::new();
    headers.insert("content-encoding", "gzip".parse().unwrap());
    let mut left = &bomb[..];
    let (body, whole) = read_body(&mut left, Framing::Length(bomb.len() as u64), &mut headers, 1000).unwrap();
    assert_eq!((body.len(), whole), (1001, false));
    assert!(body.capacity() < 1 << 16 && left.len() > bomb.len() / 2, "{} {}", body.capacity(), left.len());
}

fn head(method: &str, url: &str, headers: &[(&str, &str)], body: &'static str, proxy: Option<&str>) -> String {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let origin = Origin::of(request.uri()).unwrap();
    let proxies = proxy.map(|url| Proxies::all(url, true).unwrap()).unwrap_or_default();
    String::from_utf8(wire::head(&request, &origin, proxies.before(&origin).unwrap())).unwrap()
}

#[test]
fn h06_heads_as_they_are_written() {
    let get = "GET /?a=b HTTP/1.1\r\nhost: a.example\r\naccept-encoding: gzip\r\nx-a: b\r\n\r\n";
    assert_eq!(head("GET", "https://user:canary@A.example:443?a=b", &[("X-A", "b")], "", None), get);
    let post = "POST /a HTTP/1.1\r\nhost: [::1]:80\r\naccept-encoding: gzip\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(head("POST", "https://[::1]:80/a", &[], "", None), post);
    // Only one says how long the body is.
    let wrong = [("content-length", "9"), ("transfer-encoding", "chunked"), ("host", "b"), ("accept-encoding", "br")];
    let put = "PUT / HTTP/1.1\r\nhost: b\r\naccept-encoding: br\r\ncontent-length: 4\r\n\r\n";
    assert_eq!(head("PUT", "http://a", &wrong, "body", None), put);
    let through = "GET http://a.example:81/b HTTP/1.1\r\nhost: a.example:81\r\naccept-encoding: gzip\r\n\
                   Proxy-Authorization: Basic dTpw\r\n\r\n";
    assert_eq!(head("GET", "http://a.example:81/b", &[], "", Some("http://u:p@proxy")), through);
    for url in ["/a", "ftp://a/", "http://a:99999/", "a:80"] {
        assert!(Origin::of(&url.parse().unwrap()).is_none(), "{url}");
    }
}

/// What chunks are made of, and lines.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece =
        prop::sample::select(vec!["\r\n", "\n", "0", "1", "a", "F", ";", ": ", "\r\n\r\n", "ffffffffffffffff", "\0"]);
    let text = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![text, prop::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #[test]
    fn h03_nothing_that_a_server_says_ends_in_a_panic(rest in pieces(), begin in 0..6_usize) {
        let begins: [&[u8]; 6] = [
            b"",
            b"HTTP/1.1 200 X\r\n",
            b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 X\r\ncontent-length: 12\r\n\r\n",
            b"HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\n\r\n",
            b"HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x00",
        ];
        let _ = get(&[begins[begin], &rest].concat());
    }

    #[test]
    fn h03_chunks_are_put_together_and_nothing_else_is_read(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 0..6),
        next in pieces(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut raw = b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for chunk in &chunks {
            raw.extend(format!("{:X}\r\n", chunk.len()).into_bytes());
            raw.extend(chunk);
            raw.extend(b"\r\n");
        }
        raw.extend(b"0\r\n\r\n");
        let all = [&raw[..], &next].concat();
        let mut left = &all[..];
        prop_assert_eq!(reply(&mut left, &Method::GET), Ok((200, chunks.concat(), true)));
        prop_assert_eq!(left, &next[..]);
        prop_assert!(get(&raw[..cut.index(raw.len())]).is_err());
    }
}
