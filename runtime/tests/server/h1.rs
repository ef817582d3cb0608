//! HTTP/1.1.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::time::Duration;

use super::{Act, Journal, PATIENCE, Seen, write};

/// Acts once, or more often while the acts keep the connection.
pub(super) fn serve(stream: TcpStream, mut act: Act, script: &mut impl Iterator<Item = Act>, log: &Journal) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(seen) = read(&mut reader, PATIENCE) {
        log.write(seen, &act);
        if !perform(&mut writer, &act) {
            return;
        }
        match script.next() {
            Some(next) => act = next,
            None => return,
        }
    }
}

pub(super) fn serve_always(stream: TcpStream, idle: Duration, act: &dyn Fn(&Seen) -> Act, log: &Journal) {
    let connection = log.connect();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(mut seen) = read(&mut reader, idle) {
        seen.connection = connection;
        let act = act(&seen);
        log.write(seen, &act);
        if !perform(&mut writer, &act) {
            return;
        }
    }
}

/// Does it, and says whether the connection stays.
fn perform(stream: &mut TcpStream, act: &Act) -> bool {
    match act {
        Act::Reply(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
            if *status != 204 {
                head.push_str(&format!("content-length: {}\r\n", body.len()));
            }
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            write(stream, &[head.as_bytes(), body].concat());
        }
        Act::KeepAlive(status, body) => {
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", body.len());
            return write(stream, &[head.as_bytes(), body].concat());
        }
        Act::Raw(bytes) => drop(write(stream, bytes)),
        Act::Endless(start, rest) => {
            let mut more = write(stream, start);
            while more {
                more = write(stream, rest);
            }
        }
        Act::Drip(bytes, pause) => {
            for byte in bytes {
                if !write(stream, &[*byte]) {
                    break;
                }
                std::thread::sleep(*pause);
            }
        }
        Act::CutReply => drop(write(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":")),
        Act::Stall(time) => {
            let _ = stream.set_read_timeout(Some(*time));
            let _ = stream.read(&mut [0]);
        }
        Act::HangUp | Act::HangUpAtOnce | Act::ResetWhileReading => {}
        Act::RefuseStream | Act::GoAway | Act::Reset(_) | Act::Leave(_) | Act::FallSilent => {
            panic!("{act:?} is for HTTP/2")
        }
    }
    false
}

/// The next request, if it begins within the time.
fn read(reader: &mut BufReader<TcpStream>, idle: Duration) -> Option<Seen> {
    reader.get_ref().set_read_timeout(Some(idle)).ok()?;
    reader.fill_buf().ok()?;
    reader.get_ref().set_read_timeout(Some(PATIENCE)).ok()?;
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut seen = Seen::new(line.trim_end().trim_end_matches(" HTTP/1.1").to_owned());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        seen.headers.push((name.to_owned(), value.to_owned()));
    }
    let length = seen.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    seen.body.resize(length, 0);
    reader.read_exact(&mut seen.body).ok()?;
    Some(seen)
}
