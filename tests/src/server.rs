//! An HTTP/1.1 server on loopback that answers from a script and keeps what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

#[path = "../../runtime/tests/server/watch.rs"]
#[allow(unreachable_pub, dead_code, reason = "each test uses its part")]
mod watch;

/// No request of a test is larger.
const MAX_BODY: usize = 16 << 20;

/// What the server answers to one request.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    /// An empty reply.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A JSON reply.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::bytes(status, "application/json", body.into())
    }

    /// A reply of any media type.
    pub fn bytes(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("Content-Type".into(), media_type.into())], body: body.into() }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 {} Scripted\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        if self.status != 204 {
            write!(stream, "Content-Length: {}\r\n", self.body.len())?;
        }
        stream.write_all(b"\r\n")?;
        if self.status != 204 {
            stream.write_all(&self.body)?;
        }
        stream.flush()
    }
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET` …
    pub method: String,
    /// Path and query as they came.
    pub target: String,
    /// The path, without the query.
    pub path: String,
    /// The query parameters, decoded, in the order in which they came.
    pub query: Vec<(String, String)>,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The only value of a header; `None` if it is missing or stands there twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is not text")
    }

    fn read(reader: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&n| n > 0)?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|&n| n > 0)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        assert!(length <= MAX_BODY, "a request of {length} bytes");
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        watch::learn(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())), &body);
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let path = path.to_owned();
        Some(Self { method, target, path, query, headers, body })
    }
}

/// The server. It stops answering when its script is at an end.
#[derive(Debug)]
pub struct Server {
    origin: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server that gives these replies, one for each request, and 599 after that.
    pub fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("no port on loopback");
        let origin = format!("http://{}", listener.local_addr().expect("no address"));
        watch::begin();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(script.into_iter().collect::<std::collections::VecDeque<_>>()));
        let journal = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, journal) = (script.clone(), journal.clone());
                thread::spawn(move || serve(stream, &script, &journal));
            }
        });
        Self { origin, seen }
    }

    /// `http://127.0.0.1:port`
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().expect("a connection panicked").clone()
    }

    /// The last request.
    pub fn last(&self) -> Request {
        self.requests().pop().expect("no request has come")
    }
}

fn serve(stream: TcpStream, script: &Mutex<std::collections::VecDeque<Reply>>, journal: &Mutex<Vec<Request>>) {
    // Keeps an idle connection from outliving the test by long.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader) {
        journal.lock().expect("a connection panicked").push(request);
        let reply = script.lock().expect("a connection panicked").pop_front();
        let reply = reply.unwrap_or_else(|| Reply::status(599));
        if reply.write(&mut writer).is_err() {
            return;
        }
    }
}
