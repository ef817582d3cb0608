//! Listening for the one request that is the answer.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use http::Uri;

use super::super::failure::{Failure, Kind};
use super::super::pending::{Answer, Pending};
use super::head::{Head, Page, reply};
use crate::error::{Error, Result};

/// Where the answer is awaited.
pub(super) struct Place {
    /// Host and port as the browser says them.
    authority: String,
    path: String,
    addresses: Vec<SocketAddr>,
}

/// Between two looks at the listeners, which have no wait with a time limit.
const STEP: Duration = Duration::from_millis(10);
/// Connections that are read at once; further ones are closed.
const MOST: usize = 64;

impl Place {
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
        Ok(Place { authority: authority.as_str().to_owned(), path: uri.path().to_owned(), addresses })
    }

    /// Listens on literal loopback: a name may be looked up elsewhere.
    pub(super) fn listen(&self) -> Result<Vec<TcpListener>> {
        let mut listeners = Vec::new();
        for address in &self.addresses {
            match TcpListener::bind(address) {
                Ok(listener) => listeners.push(listener),
                // Not every machine has both kinds of addresses.
                Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && !listeners.is_empty() => {}
                Err(error) => {
                    let what = match error.kind() {
                        io::ErrorKind::AddrInUse => "is used by another program",
                        _ => "can not be listened on",
                    };
                    return Err(Error::config(format!("`{address}` {what}")).because(error));
                }
            }
        }
        for listener in &listeners {
            listener
                .set_nonblocking(true)
                .map_err(|error| Error::config("the system does not let us listen").because(error))?;
        }
        Ok(listeners)
    }

    /// What a request is: the query of an answer, or what it is told.
    fn look<'a>(&self, head: &'a Head) -> Result<&'a str, Page> {
        let target = head.target().ok_or(Page::MALFORMED)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let own = |value: &str| value.eq_ignore_ascii_case(&self.authority);
        let mut hosts = head.header("host");
        let right_host = hosts.next().is_some_and(own) && hosts.next().is_none();
        let foreign = head.header("origin").any(|origin| !origin.strip_prefix("http://").is_some_and(own));
        match () {
            () if !right_host || foreign => Err(Page::MALFORMED),
            () if path != self.path => Err(Page::ELSEWHERE),
            () => Ok(query),
        }
    }
}

/// Waits for the answer, and gives its query.
pub(super) fn wait(
    place: &Place,
    listeners: &[TcpListener],
    pending: &Pending,
    wait: Duration,
    cancelled: &AtomicBool,
) -> Result<String, Failure> {
    let began = Instant::now();
    let (sender, heads) = mpsc::channel();
    let reading = Arc::new(AtomicUsize::new(0));
    while !cancelled.load(Ordering::Relaxed) {
        for listener in listeners {
            while let Ok((stream, _)) = listener.accept() {
                read(stream, sender.clone(), &reading);
            }
        }
        while let Ok((head, stream)) = heads.try_recv() {
            let (page, answer) = match place.look(&head) {
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

/// Reads a head on a thread of its own, so that a connection which says nothing holds nobody up.
fn read(mut stream: TcpStream, sender: Sender<(Head, TcpStream)>, reading: &Arc<AtomicUsize>) {
    if stream.set_nonblocking(false).is_err() || reading.fetch_add(1, Ordering::Relaxed) >= MOST {
        reading.fetch_sub(1, Ordering::Relaxed);
        return;
    }
    let read = reading.clone();
    let spawned = thread::Builder::new().name("sage-login".into()).spawn(move || {
        let head = Head::read(&mut stream);
        read.fetch_sub(1, Ordering::Relaxed);
        match head {
            // Nobody listens any more once the answer is there.
            Some(head) => drop(sender.send((head, stream))),
            None => reply(stream, &Page::MALFORMED),
        }
    });
    if spawned.is_err() {
        reading.fetch_sub(1, Ordering::Relaxed);
    }
}
