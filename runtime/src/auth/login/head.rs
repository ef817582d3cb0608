//! As much of HTTP/1.1 as a browser that was sent here speaks.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// The head of a request.
pub(super) struct Head {
    text: String,
}

const MOST: usize = 16 << 10;
const PATIENCE: Duration = Duration::from_secs(5);

impl Head {
    /// Reads a head; `None` if none comes, or not in time, or it is too large.
    pub(super) fn read(stream: &mut TcpStream) -> Option<Self> {
        let until = Instant::now() + PATIENCE;
        let mut bytes = Vec::new();
        let mut chunk = [0; 2048];
        while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || bytes.len() > MOST {
                return None;
            }
            stream.set_read_timeout(Some(left)).ok()?;
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => return None,
                Ok(more) => bytes.extend_from_slice(&chunk[..more]),
            }
        }
        String::from_utf8(bytes).ok().map(|text| Head { text })
    }

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

/// Answers with a page, and closes. `text` is ours: nothing of the request is in it.
pub(super) fn reply(mut stream: TcpStream, status: &str, text: &str) {
    let page =
        format!("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sage</title><p>{text}</p></html>\n");
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'\r\n\r\n",
        page.len()
    );
    // Whether the page arrives changes nothing.
    let _ = stream.set_write_timeout(Some(Duration::from_secs(1)));
    let _ = stream.write_all(format!("{head}{page}").as_bytes());
    let _ = stream.shutdown(Shutdown::Write);
}
