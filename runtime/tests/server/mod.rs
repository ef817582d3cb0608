//! A server on loopback that acts from a script, goes wrong as servers do, and writes down what it was asked and what it has
//! processed. It speaks HTTP/1.1, and HTTP/2 to who begins with that.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

mod h1;
mod h2;
pub mod watch;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long the server waits for the rest of a request, or for the next one.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running server; it ends with its script.
pub struct Server {
    pub origin: String,
    journal: Arc<Journal>,
}

/// What a server has seen.
#[derive(Default)]
pub struct Journal {
    seen: Mutex<Vec<Seen>>,
    connections: Mutex<usize>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method and target.
    pub line: String,
    pub(self) headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// It had an effect, whatever the client was told.
    pub processed: bool,
    /// Which connection it came on.
    pub connection: usize,
    pub at: Instant,
}

impl Seen {
    fn new(line: String) -> Self {
        let (headers, body) = (Vec::new(), Vec::new());
        Seen { line, headers, body, processed: false, connection: 0, at: Instant::now() }
    }

    /// The only value of a header; `None` if it is missing or stands there twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value.as_str()),
            _ => None,
        }
    }

    /// All that it says, but for the body.
    pub fn head(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("\n{name}: {value}"));
        std::iter::once(self.line.clone()).chain(headers).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What the server does with one request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers.
    Reply(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Answers, and keeps the connection open for the next request, if HTTP/1.1 is spoken.
    KeepAlive(u16, Vec<u8>),
    /// Writes these bytes and closes; HTTP/1.1 only.
    Raw(Vec<u8>),
    /// Writes these bytes, then these again and again, as long as somebody reads; HTTP/1.1 only.
    Endless(Vec<u8>, Vec<u8>),
    /// Writes these bytes, one each time this long has passed; HTTP/1.1 only.
    Drip(Vec<u8>, Duration),
    /// Closes as soon as somebody connects.
    HangUpAtOnce,
    /// Reads a part of the request and resets the connection.
    ResetWhileReading,
    /// Reads the request, processes it, and closes.
    HangUp,
    /// Reads the request, processes it, and begins to answer.
    CutReply,
    /// Reads the request, processes it, waits so long or until the client has enough, and closes.
    Stall(Duration),
    /// Says that it has not looked at the request; HTTP/2 only.
    RefuseStream,
    /// Says that it is leaving, and has not looked at the request; HTTP/2 only.
    GoAway,
    /// Reads the request, processes it, and ends its stream with this code (RFC 9113, section 7); HTTP/2 only.
    Reset(u8),
    /// Reads the request, processes it, and says with this code that it is leaving; HTTP/2 only.
    Leave(u8),
    /// Reads the request, processes it, and never says anything again on this connection, which stays open; HTTP/2 only.
    FallSilent,
}

impl Act {
    /// Has a request that meets this had its effect? Where a client can not know, it had.
    fn processes(&self) -> bool {
        match self {
            Act::Reply(status, ..) | Act::KeepAlive(status, _) => matches!(status, 200..300 | 408 | 500..600),
            Act::HangUpAtOnce | Act::ResetWhileReading | Act::RefuseStream | Act::GoAway => false,
            Act::Raw(_) | Act::Endless(..) | Act::Drip(..) | Act::HangUp | Act::CutReply | Act::Stall(_) => true,
            Act::Reset(_) | Act::Leave(_) | Act::FallSilent => true,
        }
    }
}

pub fn json(status: u16, body: &str) -> Act {
    Act::Reply(status, vec![("content-type", "application/json".into())], body.into())
}

impl Server {
    /// Starts a server that acts once for each step, each on a connection of its own unless that is kept.
    pub fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Server::on(listener, script)
    }

    /// Starts a server on a port that is taken already.
    pub fn on(listener: TcpListener, script: Vec<Act>) -> Self {
        watch::begin();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let journal = Arc::new(Journal::default());
        let log = journal.clone();
        std::thread::spawn(move || {
            let mut script = script.into_iter();
            while let Some(act) = script.next() {
                let Ok((stream, _)) = listener.accept() else { return };
                log.connect();
                serve(stream, act, &mut script, &log);
            }
        });
        Server { origin, journal }
    }

    /// Starts a server that does the same with every request, on as many connections at once as come.
    pub fn always(act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        Server::idling(PATIENCE, act)
    }

    /// The same, but connections without a request for so long are closed.
    pub fn idling(idle: Duration, act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        watch::begin();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (journal, act) = (Arc::new(Journal::default()), Arc::new(act));
        let log = journal.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, act) = (log.clone(), act.clone());
                std::thread::spawn(move || h1::serve_always(stream, idle, &*act, &log));
            }
        });
        Server { origin, journal }
    }

    /// What came so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.journal.seen.lock().unwrap().clone()
    }

    /// The request lines that came so far.
    pub fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// What has been processed so far: the ledger.
    pub fn processed(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| seen.processed).collect()
    }

    /// How often somebody has connected.
    pub fn connections(&self) -> usize {
        *self.journal.connections.lock().unwrap()
    }
}

impl Journal {
    fn connect(&self) -> usize {
        let mut connections = self.connections.lock().unwrap();
        *connections += 1;
        *connections
    }

    fn write(&self, mut seen: Seen, act: &Act) {
        watch::learn(seen.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())), &[]);
        seen.processed = act.processes();
        if seen.connection == 0 {
            seen.connection = *self.connections.lock().unwrap();
        }
        self.seen.lock().unwrap().push(seen);
    }
}

fn serve(mut stream: TcpStream, act: Act, script: &mut impl Iterator<Item = Act>, log: &Journal) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    match act {
        Act::HangUpAtOnce => return,
        Act::ResetWhileReading => {
            // Closing with bytes unread resets the connection.
            let _ = stream.read(&mut [0; 10]);
            return;
        }
        _ => {}
    }
    let mut start = [0; 24];
    match stream.peek(&mut start) {
        Ok(24) if &start == h2::PREFACE => h2::serve(stream, act, script, log),
        _ => h1::serve(stream, act, script, log),
    }
}

/// Writes all that the other side takes.
fn write(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    stream.write_all(bytes).is_ok()
}
