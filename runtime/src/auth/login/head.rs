//! As much of HTTP/1.1 as a browser that was sent here speaks.

use std::io::{ErrorKind, Read, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The head of a request.
pub(super) struct Head {
    text: String,
}

const MOST: usize = 16 << 10;
const PATIENCE: Duration = Duration::from_secs(5);

/// A head that arrives bit by bit.
pub(super) struct Reading {
    bytes: Vec<u8>,
    until: Instant,
}

impl Reading {
    pub(super) fn new() -> Self {
        Reading { bytes: Vec::new(), until: Instant::now() + PATIENCE }
    }

    /// Reads what is there, without waiting: the head once it is whole; `Some(None)` if none comes, or not in time, or it is too
    /// large.
    pub(super) fn go_on(&mut self, stream: &mut impl Read) -> Option<Option<Head>> {
        let mut chunk = [0; 2048];
        loop {
            match stream.read(&mut chunk) {
                Ok(0) => return Some(None),
                Ok(more) => self.bytes.extend_from_slice(&chunk[..more]),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return (Instant::now() >= self.until).then_some(None);
                }
                Err(_) => return Some(None),
            }
            if self.bytes.windows(4).any(|four| four == b"\r\n\r\n") {
                let text = String::from_utf8(std::mem::take(&mut self.bytes));
                return Some(text.ok().map(|text| Head { text }));
            }
            if self.bytes.len() > MOST {
                return Some(None);
            }
        }
    }
}

impl Head {
    /// What is asked for, if it is asked for by `GET`.
    pub(super) fn target(&self) -> Option<&str> {
        let mut words = self.text.lines().next()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        (method == "GET" && version.starts_with("HTTP/1.") && words.next().is_none()).then_some(target)
    }

    /// All values of a header.
    pub(super) fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.text.lines().skip(1).take_while(|line| !line.is_empty()).filter_map(move |line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A page, in words of ours: nothing of a request is in it.
pub(super) struct Page {
    pub(super) status: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

impl Page {
    pub(super) const ALLOWED: Page = Page {
        status: "200 OK",
        title: "Access to Sage was given",
        text: "The program is finishing the login. You can close this window and go back to it.",
    };
    pub(super) const REFUSED: Page = Page {
        status: "200 OK",
        title: "Access to Sage was not given",
        text: "The program has been told. You can close this window and go back to it.",
    };
    pub(super) const OTHER_LOGIN: Page = Page {
        status: "400 Bad Request",
        title: "This is another login",
        text: "The program is waiting for a different one. Close this window, and use the page that the program has opened.",
    };
    pub(super) const MALFORMED: Page = Page {
        status: "400 Bad Request",
        title: "There is nothing here",
        text: "A program on this computer is waiting for a login, and this address is not part of it.",
    };
    pub(super) const ELSEWHERE: Page = Page { status: "404 Not Found", ..Page::MALFORMED };
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;padding:12vh 1.25rem 2rem;\
background:#f3f5f4;color:#1b1f1d;font:1rem/1.5 system-ui,sans-serif}\
main{max-width:30rem;margin:0 auto;padding:1.75rem;box-sizing:border-box;background:#fff;border:1px solid #cfd6d2;border-radius:.75rem}\
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}\
p{margin:0}\
p+p{margin-top:1rem;font-size:.9rem;opacity:.75}\
@media(prefers-color-scheme:dark){body{background:#111513;color:#edf1ef}main{background:#1b201d;border-color:#3a433e}}";

/// Answers with a page, and closes. The policy lets the page do nothing but look as it should.
pub(super) fn reply(mut stream: TcpStream, page: &Page) {
    let Page { status, title, text } = page;
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1><p>{text}</p>\
         <p>This page comes from the program, on this computer.</p></main></body></html>\n"
    );
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'\r\n\r\n",
        html.len()
    );
    // Whether the page arrives changes nothing.
    let _ = stream.set_nonblocking(false);
    let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
    let _ = stream.write_all(format!("{head}{html}").as_bytes());
    let _ = stream.shutdown(Shutdown::Write);
}
