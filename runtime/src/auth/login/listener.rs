//! Listening for the one request that is the answer.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use http::Uri;

use super::super::failure::{Failure, Kind};
use super::super::pending::{Answer, Pending};
use super::head::{Head, Page, Reading, reply};
use crate::error::{Error, Result};

/// Where the answer is awaited.
pub(super) struct RedirectUri {
    /// Host and port as the browser says them.
    authority: String,
    path: String,
    addresses: Vec<SocketAddr>,
}

/// Between two looks at listeners and visitors, as there is no wait for all of them in the standard library.
const STEP: Duration = Duration::from_millis(10);
/// Connections that are read at once.
const MOST: usize = 64;
const REFUSED: &str = "can not be listened on";

impl RedirectUri {
    pub(super) fn parse(redirect_uri: &str) -> Result<Self> {
        let wrong = || {
            Error::config(
                "a login on this machine comes back to `http://`, 127.0.0.1, [::1] or localhost, a port and a path",
            )
        };
        let uri: Uri = redirect_uri.parse().map_err(|_| wrong())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(wrong)?;
        let port = authority.port_u16().filter(|port| *port != 0).ok_or_else(wrong)?;
        let (v4, v6) = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST));
        // Browsers take either address for the name.
        let hosts = match authority.host() {
            "127.0.0.1" => vec![v4],
            "[::1]" => vec![v6],
            "localhost" => vec![v4, v6],
            _ => return Err(wrong()),
        };
        if uri.query().is_some() || authority.as_str().contains('@') {
            return Err(wrong());
        }
        let addresses = hosts.into_iter().map(|host| SocketAddr::new(host, port)).collect();
        Ok(RedirectUri { authority: authority.as_str().to_owned(), path: uri.path().to_owned(), addresses })
    }

    /// Listens on literal loopback: a name may be looked up elsewhere.
    pub(super) fn listen(&self) -> Result<Vec<TcpListener>> {
        let listeners = self.listen_by(TcpListener::bind)?;
        for listener in &listeners {
            listener
                .set_nonblocking(true)
                .map_err(|error| Error::config("the system does not let us listen").because(error))?;
        }
        Ok(listeners)
    }

    /// Listens on each address that the machine has: not every one has both kinds.
    fn listen_by<T>(&self, bind: impl Fn(SocketAddr) -> io::Result<T>) -> Result<Vec<T>> {
        let (mut listeners, mut missing) = (Vec::new(), None);
        for &address in &self.addresses {
            let failed = |error: io::Error, what| Error::config(format!("`{address}` {what}")).because(error);
            match bind(address) {
                Ok(listener) => listeners.push(listener),
                // Who listens there in our place would get the answer.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    return Err(failed(error, "is used by another program"));
                }
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(failed(error, REFUSED)),
                Err(error) => missing = Some(failed(error, REFUSED)),
            }
        }
        match missing {
            Some(error) if listeners.is_empty() => Err(error),
            _ => Ok(listeners),
        }
    }

    /// Is this where the browser was sent? It leaves out the port that is the usual one (RFC 9110, section 4.2.3).
    fn is_own(&self, authority: &str) -> bool {
        let short = self.authority.strip_suffix(":80").unwrap_or(&self.authority);
        [&self.authority, short].iter().any(|own| authority.eq_ignore_ascii_case(own))
    }

    /// What a request is: the query of an answer, or what it is told.
    fn look<'a>(&self, head: &'a Head) -> Result<&'a str, Page> {
        let target = head.target().ok_or(Page::MALFORMED)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut hosts = head.header("host");
        let right_host = hosts.next().is_some_and(|host| self.is_own(host)) && hosts.next().is_none();
        let is_own = |origin: &str| origin.strip_prefix("http://").is_some_and(|host| self.is_own(host));
        let foreign = head.header("origin").any(|origin| !is_own(origin));
        match () {
            () if !right_host || foreign => Err(Page::MALFORMED),
            () if path != self.path => Err(Page::ELSEWHERE),
            () => Ok(query),
        }
    }
}

/// Waits for the answer, and gives its query.
pub(super) fn wait(
    here: &RedirectUri,
    listeners: &[TcpListener],
    pending: &Pending,
    wait: Duration,
    cancelled: &AtomicBool,
) -> Result<String, Failure> {
    let began = Instant::now();
    let mut visitors = VecDeque::new();
    while !cancelled.load(Ordering::Relaxed) {
        for listener in listeners {
            accept(listener, &mut visitors);
        }
        for at in (0..visitors.len()).rev() {
            let Some(head) = visitors[at].look() else { continue };
            let Some(Visitor { stream, .. }) = visitors.remove(at) else { continue };
            let (page, answer) = match head.as_ref().ok_or(Page::MALFORMED).and_then(|head| here.look(head)) {
                Err(page) => (page, None),
                Ok(query) => match pending.look(query) {
                    Answer::Allowed => (Page::ALLOWED, Some(query)),
                    Answer::Refused => (Page::REFUSED, Some(query)),
                    Answer::NotOurs => (Page::OTHER_LOGIN, None),
                },
            };
            reply(stream, &page);
            if let Some(query) = answer {
                return Ok(query.to_owned());
            }
        }
        if began.elapsed() >= wait {
            return Err(Failure::new(Kind::Refused, format!("nobody has logged in within {} seconds", wait.as_secs())));
        }
        thread::sleep(STEP);
    }
    Err(Failure::new(Kind::Refused, "nobody waits for the login any more"))
}

/// Takes who has come. Where too many say nothing, the one who has done so for longest has to go: browsers speak at once.
fn accept(listener: &TcpListener, visitors: &mut VecDeque<Visitor>) {
    for _ in 0..MOST {
        let Ok((stream, _)) = listener.accept() else { return };
        if stream.set_nonblocking(true).is_ok() {
            visitors.push_back(Visitor::new(stream));
        }
        if visitors.len() > MOST {
            visitors.pop_front();
        }
    }
}

/// Somebody who has connected.
struct Visitor {
    stream: TcpStream,
    head: Reading,
}

impl Visitor {
    fn new(stream: TcpStream) -> Self {
        Visitor { stream, head: Reading::new() }
    }

    /// The head of the request once it is there, or nothing once it is clear that none comes.
    fn look(&mut self) -> Option<Option<Head>> {
        self.head.go_on(&mut self.stream)
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::RedirectUri;

    #[test]
    fn a01_browsers_leave_out_the_usual_port() {
        let here = RedirectUri::parse("http://localhost:80/callback").unwrap();
        let own = ["localhost:80", "LocalHost"];
        let other = ["localhost:81", "localhost:", "evil.example", "evil.example:80", "", "127.0.0.1"];
        assert!(own.iter().all(|host| here.is_own(host)) && !other.iter().any(|host| here.is_own(host)));
        let here = RedirectUri::parse("http://127.0.0.1:8080/callback").unwrap();
        assert!(here.is_own("127.0.0.1:8080") && !here.is_own("127.0.0.1") && !here.is_own("127.0.0.1:80"));
    }

    #[test]
    fn a04_a_machine_without_one_kind_of_addresses() {
        let here = RedirectUri::parse("http://localhost:8910/callback").unwrap();
        let listen = |v4: Option<ErrorKind>, v6: Option<ErrorKind>| {
            let bound = here.listen_by(|address| {
                let wrong = if address.is_ipv4() { v4 } else { v6 };
                wrong.map_or(Ok(()), |kind| Err(kind.into()))
            });
            bound.map(|listeners| listeners.len()).map_err(|error| error.to_string())
        };
        for missing in [ErrorKind::AddrNotAvailable, ErrorKind::Unsupported, ErrorKind::Other] {
            assert_eq!((listen(None, Some(missing)), listen(Some(missing), None)), (Ok(1), Ok(1)), "{missing}");
            assert!(listen(Some(missing), Some(missing)).unwrap_err().contains("can not be listened on"));
        }
        for fatal in [ErrorKind::AddrInUse, ErrorKind::PermissionDenied] {
            assert!(listen(None, Some(fatal)).is_err() && listen(Some(fatal), None).is_err(), "{fatal}");
        }
        assert_eq!(listen(None, None), Ok(2));
    }
}
