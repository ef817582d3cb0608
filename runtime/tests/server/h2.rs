//! As much of HTTP/2 as it takes to answer one request, or to fail it (RFC 9113).

use std::io::Read;
use std::net::{Shutdown, TcpStream};

use super::{Act, Journal, Seen, write};

/// What a client begins with.
pub(super) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;
const REFUSED_STREAM: u8 = 7;

/// Acts once for each request, as long as the connection lasts, and hangs up so that what was said is heard.
pub(super) fn serve(mut stream: TcpStream, act: Act, script: &mut impl Iterator<Item = Act>, log: &Journal) {
    if converse(&mut stream, act, script, log) == Then::FallSilent {
        // Until the client has had enough; others may connect meanwhile.
        stream.set_read_timeout(None).unwrap();
        std::thread::spawn(move || while read_frame(&mut stream).is_some() {});
        return;
    }
    // To close with frames unread would reset the connection, and with it a reply that the client has not read yet.
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(super::PATIENCE));
    while read_frame(&mut stream).is_some() {}
}

/// What becomes of a connection.
#[derive(PartialEq)]
enum Then {
    Close,
    FallSilent,
}

fn converse(stream: &mut TcpStream, mut act: Act, script: &mut impl Iterator<Item = Act>, log: &Journal) -> Then {
    let mut preface = [0; 24];
    if stream.read_exact(&mut preface).is_err() || !write(stream, &frame(SETTINGS, 0, 0, &[])) {
        return Then::Close;
    }
    while let Some((id, body)) = read(stream) {
        let mut seen = Seen::new("HTTP/2".to_owned());
        seen.body = body;
        log.write(seen, &act);
        if matches!(act, Act::FallSilent) {
            return Then::FallSilent;
        }
        if !perform(stream, id, act) {
            break;
        }
        match script.next() {
            Some(next) => act = next,
            None => break,
        }
    }
    Then::Close
}

/// Does it, and says whether the connection stays.
fn perform(stream: &mut TcpStream, id: u32, act: Act) -> bool {
    match act {
        Act::Reply(status, headers, body) => {
            let head = frame(HEADERS, END_HEADERS, id, &block(status, &headers));
            write(stream, &[head, frame(DATA, END_STREAM, id, &body)].concat())
        }
        Act::RefuseStream => write(stream, &frame(RST_STREAM, 0, id, &[0, 0, 0, REFUSED_STREAM])),
        Act::GoAway => {
            // The last stream that it has looked at: none. Then the client leaves.
            write(stream, &frame(GOAWAY, 0, 0, &[0; 8]));
            while read_frame(stream).is_some() {}
            false
        }
        Act::Reset(code) => write(stream, &frame(RST_STREAM, 0, id, &[0, 0, 0, code])),
        Act::Leave(code) => {
            // The last stream that it has looked at. Who leaves because something is wrong may not know.
            let last = if code == 0 { id } else { 0 };
            write(stream, &frame(GOAWAY, 0, 0, &[&last.to_be_bytes()[..], &[0, 0, 0, code]].concat()));
            false
        }
        Act::CutReply => {
            let head = frame(HEADERS, END_HEADERS, id, &block(200, &[]));
            write(stream, &[head, frame(DATA, 0, id, b"{\"id\":")].concat());
            false
        }
        Act::Stall(time) => {
            let _ = stream.set_read_timeout(Some(time));
            while read_frame(stream).is_some_and(|(kind, ..)| kind != RST_STREAM) {}
            false
        }
        Act::HangUp => false,
        other => panic!("{other:?} is for HTTP/1.1"),
    }
}

/// The stream and the body of a request.
fn read(stream: &mut TcpStream) -> Option<(u32, Vec<u8>)> {
    let mut body = Vec::new();
    loop {
        let (kind, flags, id, payload) = read_frame(stream)?;
        match kind {
            SETTINGS if flags & ACK == 0 => drop(write(stream, &frame(SETTINGS, ACK, 0, &[]))),
            DATA => body.extend(payload),
            _ => {}
        }
        if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
            return Some((id, body));
        }
    }
}

fn read_frame(stream: &mut TcpStream) -> Option<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
    let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).ok()?;
    Some((head[3], head[4], id, payload))
}

fn frame(kind: u8, flags: u8, id: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    [&length[1..], &[kind, flags], &id.to_be_bytes(), payload].concat()
}

/// Headers as literals that nobody has to remember (RFC 7541, section 6.2.2).
fn block(status: u16, headers: &[(&'static str, String)]) -> Vec<u8> {
    // The name with index 8 is `:status`.
    let mut block = vec![8, 3];
    block.extend(status.to_string().bytes());
    for (name, value) in headers {
        block.push(0);
        for text in [*name, value] {
            block.push(text.len() as u8);
            block.extend(text.bytes());
        }
    }
    block
}
