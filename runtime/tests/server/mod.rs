//! A server on loopback that answers from a script and writes down what it was asked.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A running server; it ends with its script.
pub struct Server {
    pub origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Method and target.
    pub line: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
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
    /// Writes these bytes and closes.
    Raw(Vec<u8>),
    /// Reads the request and closes.
    HangUp,
    /// Waits, then closes.
    Stall(Duration),
}

pub fn json(status: u16, body: &str) -> Act {
    Act::Reply(status, vec![("content-type", "application/json".into())], body.into())
}

impl Server {
    /// Starts a server that acts once for each step.
    pub fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        std::thread::spawn(move || {
            for act in script {
                let Ok((stream, _)) = listener.accept() else { return };
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                serve(stream, act, &log);
            }
        });
        Server { origin, seen }
    }

    /// What came so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The request lines that came so far.
    pub fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}

fn serve(mut stream: TcpStream, act: Act, log: &Mutex<Vec<Seen>>) {
    let Some(seen) = read(&stream) else { return };
    log.lock().unwrap().push(seen);
    let bytes = match act {
        Act::Reply(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
            if status != 204 {
                head.push_str(&format!("content-length: {}\r\n", body.len()));
            }
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            [head.into_bytes(), body].concat()
        }
        Act::Raw(bytes) => bytes,
        Act::HangUp => return,
        Act::Stall(time) => return std::thread::sleep(time),
    };
    let _ = stream.write_all(&bytes);
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut seen = Seen { line: line.trim_end().trim_end_matches(" HTTP/1.1").to_owned(), ..Seen::default() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        seen.headers.push((name.to_owned(), value.to_owned()));
    }
    let length = seen.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    seen.body.resize(length, 0);
    reader.read_exact(&mut seen.body).ok()?;
    Some(seen)
}
