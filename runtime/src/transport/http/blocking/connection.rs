//! A connection: TCP to any address of a host, through a proxy or not, with TLS or not, and with an end of its time.
//!
//! Nothing of a request is sent here: whatever fails before a connection stands, nothing was.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use http::Method;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::super::origin::Origin;
use super::super::proxy::Proxy;
use super::wire;

/// Between two tries to write what the system does not take, and between two tries at last.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(32)];

/// A connection on which requests can be sent.
pub(super) struct Connection(BufReader<Stream>);

impl Connection {
    /// Resolves, connects, asks the proxy for a tunnel and shakes hands, all before `end`.
    pub(super) fn open(
        origin: &Origin,
        proxy: Option<&Proxy>,
        tls: &Arc<ClientConfig>,
        end: Option<Instant>,
    ) -> io::Result<Self> {
        let first = proxy.map_or(origin, |proxy| &proxy.origin);
        let mut stream = Stream::Plain(Socket::connect(first, end)?);
        if first.https {
            stream = stream.secure(first, tls)?;
        }
        if let Some(proxy) = proxy.filter(|_| origin.https) {
            stream = stream.tunnel(origin, proxy)?.secure(origin, tls)?;
        }
        Ok(Connection(BufReader::new(stream)))
    }

    /// Reading and writing fail when this moment has come; nothing is written yet.
    pub(super) fn begin(&mut self, end: Option<Instant>) {
        let socket = self.0.get_mut().socket();
        socket.end = end;
        socket.written = 0;
    }

    /// Writes all of these. Who stops reading and says something does not want the rest (RFC 9112, section 9.5): then this is an
    /// error, and there may be a reply.
    pub(super) fn write(&mut self, pieces: [&[u8]; 2]) -> io::Result<()> {
        let stream = self.0.get_mut();
        stream.socket().stream.set_nonblocking(true)?;
        let written = pieces.into_iter().try_for_each(|piece| stream.persist(piece));
        // What is read is waited for.
        stream.socket().stream.set_nonblocking(false).and(written)
    }

    /// Has anything been given to the network since it began?
    pub(super) fn has_written(&mut self) -> bool {
        self.0.get_mut().socket().written > 0
    }

    pub(super) fn reader(&mut self) -> &mut impl BufRead {
        &mut self.0
    }

    /// Is it open, and is there nothing that nobody asked for? What TLS says for itself is read here, too.
    pub(super) fn is_quiet(&mut self) -> bool {
        if !self.0.buffer().is_empty() {
            return false;
        }
        self.begin(None);
        let blocks =
            |connection: &mut Self, not: bool| connection.0.get_mut().socket().stream.set_nonblocking(not).is_ok();
        if !blocks(self, true) {
            return false;
        }
        let read = self.0.get_mut().read(&mut [0]);
        blocks(self, false) && read.is_err_and(|error| error.kind() == ErrorKind::TimedOut)
    }
}

/// TLS may be within TLS, if the proxy has it as well.
enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Stream>>),
}

impl Stream {
    fn socket(&mut self) -> &mut Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(tls) => tls.sock.socket(),
        }
    }

    /// Writes all of this to a socket that does not wait, and looks whether there is an answer each time that it is full.
    fn persist(&mut self, mut rest: &[u8]) -> io::Result<()> {
        let [first, longest] = PAUSES;
        let mut pause = first;
        loop {
            let written = if rest.is_empty() { self.flush().map(|()| None) } else { self.write(rest).map(Some) };
            match written {
                Ok(None) => return Ok(()),
                Ok(Some(0)) => return Err(ErrorKind::WriteZero.into()),
                Ok(Some(written)) => (rest, pause) = (&rest[written..], first),
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    let left = left(self.socket().end)?;
                    if self.has_news() {
                        return Err(io::Error::other("the server answered before it had the whole request"));
                    }
                    thread::sleep(left.map_or(pause, |left| left.min(pause)));
                    pause = (pause * 2).min(longest);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Has the other side said something, or closed? The socket does not wait, and nothing is written.
    fn has_news(&mut self) -> bool {
        let tls = match self {
            Stream::Plain(socket) => {
                let peeked = socket.stream.peek(&mut [0]);
                return !peeked
                    .is_err_and(|error| [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&error.kind()));
            }
            Stream::Tls(tls) => tls,
        };
        // TLS also says things for itself.
        loop {
            match tls.conn.process_new_packets() {
                Ok(state) if state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed() => {}
                Ok(_) | Err(_) => return true,
            }
            match tls.conn.read_tls(&mut tls.sock) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != ErrorKind::TimedOut,
            }
        }
    }

    /// Puts TLS around it.
    fn secure(mut self, origin: &Origin, tls: &Arc<ClientConfig>) -> io::Result<Self> {
        let name =
            ServerName::try_from(origin.name().to_owned()).map_err(|_| io::Error::other("the host has no name"))?;
        let told =
            |kind, error: &dyn std::fmt::Display| io::Error::new(kind, format!("the TLS handshake failed: {error}"));
        let mut connection =
            ClientConnection::new(tls.clone(), name).map_err(|error| told(ErrorKind::InvalidInput, &error))?;
        connection.complete_io(&mut self).map_err(|error| told(error.kind(), &error))?;
        Ok(Stream::Tls(Box::new(StreamOwned::new(connection, self))))
    }

    /// Asks the proxy for a way to the origin.
    fn tunnel(mut self, origin: &Origin, proxy: &Proxy) -> io::Result<Self> {
        self.write_all(&wire::connect(origin, proxy))?;
        self.flush()?;
        let mut reader = BufReader::new(self);
        let head = wire::read_head(&mut reader, &Method::CONNECT).map_err(wire::HeadFault::into_io)?;
        if !head.parts.status.is_success() {
            return Err(io::Error::other(format!("the proxy answered {}", head.parts.status.as_u16())));
        }
        // Who is behind it does not speak first.
        match reader.buffer() {
            [] => Ok(reader.into_inner()),
            _ => Err(io::Error::new(ErrorKind::InvalidData, "the proxy said more than it should")),
        }
    }
}

impl Read for Stream {
    /// Writes nothing, unlike rustls' own: the other side may have stopped reading. What TLS has to say waits for the next
    /// request.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let tls = match self {
            Stream::Plain(socket) => return socket.read(buffer),
            Stream::Tls(tls) => tls,
        };
        loop {
            match tls.conn.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // If it was closed without a word of TLS, it may have been cut off: that is an error.
                done => return done,
            }
            tls.conn.read_tls(&mut tls.sock)?;
            let read = tls.conn.process_new_packets();
            read.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(buffer),
            Stream::Tls(tls) => tls.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(_) => Ok(()),
            Stream::Tls(tls) => tls.flush(),
        }
    }
}

/// TCP, with the moment when reading and writing end.
struct Socket {
    stream: TcpStream,
    end: Option<Instant>,
    /// Bytes that the system has taken.
    written: u64,
}

impl Socket {
    /// Tries one address after the other, each for its share of the time.
    fn connect(origin: &Origin, end: Option<Instant>) -> io::Result<Self> {
        let addresses = resolve(origin, end)?;
        let mut failed = io::Error::new(ErrorKind::NotFound, "the host has no address");
        for (address, tried_later) in addresses.iter().zip((0..addresses.len() as u32).rev()) {
            let connected = match left(end)? {
                Some(left) => TcpStream::connect_timeout(address, left / (tried_later + 1)),
                None => TcpStream::connect(address),
            };
            match connected {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Socket { stream, end, written: 0 });
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn wait<T>(&mut self, mut act: impl FnMut(&mut TcpStream, Option<Duration>) -> io::Result<T>) -> io::Result<T> {
        loop {
            match act(&mut self.stream, left(self.end)?) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Which of them it is depends on the system.
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::TimedOut.into()),
                done => return done,
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait(|stream, left| {
            stream.set_read_timeout(left)?;
            stream.read(buffer)
        })
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.wait(|stream, left| {
            stream.set_write_timeout(left)?;
            stream.write(buffer)
        })?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The addresses of a host. The system's resolver knows no end, so it is asked on a thread that can be left behind.
fn resolve(origin: &Origin, end: Option<Instant>) -> io::Result<Vec<SocketAddr>> {
    let port = origin.port;
    if let Ok(ip) = origin.name().parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let name = origin.name().to_owned();
    let look_up = move || Ok((name.as_str(), port).to_socket_addrs()?.collect());
    let Some(left) = left(end)? else { return look_up() };
    let (tell, told) = mpsc::sync_channel(1);
    thread::Builder::new().name("sage-resolve".to_owned()).spawn(move || tell.send(look_up()))?;
    told.recv_timeout(left).map_err(|_| io::Error::from(ErrorKind::TimedOut))?
}

/// The time that is left until then, more than none; `None`: without end.
fn left(end: Option<Instant>) -> io::Result<Option<Duration>> {
    let left = end.map(|end| end.saturating_duration_since(Instant::now()));
    if left == Some(Duration::ZERO) {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left)
}
