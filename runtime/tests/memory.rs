//! What is held in memory at most. Each measurement runs in a process of its own, as others would be measured along.

#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, reason = "it is how a child tells its parent")]

mod kit;
mod sample;
mod server;

use std::io::Write as _;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use kit::{Answers, builder, reply};
use sage_runtime::{Delivery, Kind, Limits, Timeouts};
use server::{Act, Server};

const MIB: usize = 1 << 20;
const ITEMS: usize = 1_000_000;
const PAGE: usize = 1000;

/// The most that this process has ever held, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// Runs a test of this file in a process of its own.
fn apart(test: &str, origin: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let child = child.args(["--exact", test, "--nocapture"]).env("SAGE_TEST_ORIGIN", origin).output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("grown by "), "{said}{}", String::from_utf8_lossy(&child.stderr));
}

/// The origin, if this is such a process.
fn origin() -> Option<String> {
    std::env::var("SAGE_TEST_ORIGIN").ok()
}

fn told(before: usize) -> usize {
    let grown = peak() - before;
    println!("grown by {grown} bytes");
    grown
}

#[test]
fn p06_a_million_items_need_the_memory_of_a_page() {
    apart("p06_child", "http://127.0.0.1:1");
}

#[tokio::test]
async fn p06_child() {
    let Some(origin) = origin() else { return };
    let items = vec![r#"{"id":"0123456789abcdef0123456789abcdef","displayed_as":"Somebody"}"#; PAGE].join(",");
    let transport = Answers(move |request: &http::Request<sage_runtime::transport::Body>, _| {
        let page = request.uri().query().and_then(|query| query.strip_prefix("page=")?.parse().ok()).unwrap_or(1);
        let next = if page * PAGE < ITEMS { format!(r#""/contacts?page={}""#, page + 1) } else { "null".into() };
        Ok(reply(200, &[], &format!(r#"{{"$total":{ITEMS},"$next":{next},"$items":[{items}]}}"#)))
    });
    let mut list = builder(&origin).transport(transport).build().unwrap().contacts().list().items();
    let mut count = 0;
    let mut before = 0;
    while let Some(item) = list.next().await {
        assert!(item.unwrap().id.is_some());
        count += 1;
        if count == PAGE {
            before = peak();
        }
    }
    assert_eq!(count, ITEMS);
    // All of them are some hundred MiB.
    let grown = told(before);
    assert!(grown < 16 * MIB, "{grown}");
}

/// A gibibyte of spaces in a megabyte: what 16 MiB of them become, again and again.
fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.flush().unwrap();
    let head = encoder.get_ref().len();
    encoder.write_all(&vec![b' '; 16 * MIB]).unwrap();
    // From here on nothing refers to what came before.
    encoder.flush().unwrap();
    let bytes = encoder.get_ref();
    let bomb = [&bytes[..head], &bytes[head..].repeat(64)].concat();
    assert!(bomb.len() < 8 * MIB, "{}", bomb.len());
    bomb
}

#[test]
fn h02_what_is_too_large_is_not_held() {
    let chunk = [b"10000\r\n", &[b' '; 1 << 16][..], b"\r\n"].concat();
    let endless = |head: &str, more: Vec<u8>| Act::Endless(head.as_bytes().to_vec(), more);
    let acts = [
        endless("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n", chunk),
        endless("HTTP/1.1 200 X\r\ncontent-length: 99999999999\r\n\r\n", vec![b' '; 1 << 16]),
        // The beginning of an error is kept, and no more of it is read.
        endless("HTTP/1.1 500 X\r\n\r\n", vec![b' '; 1 << 16]),
        Act::Reply(200, vec![("content-encoding", "gzip".to_owned())], bomb()),
    ];
    for act in acts {
        let server = Server::start(vec![act.clone()]);
        apart("h02_child", &server.origin);
        #[cfg(feature = "blocking")]
        apart("h02_child_blocking", &Server::start(vec![act]).origin);
    }
}

/// A client with the limits that users have.
fn usual(origin: &str) -> sample::contacts::Contacts {
    let mut limits = Limits::default();
    limits.attempts = 1;
    builder(origin).limits(limits).timeouts(Timeouts::default()).build().unwrap().contacts()
}

fn held_to_the_limit(before: usize, error: &sage_runtime::Error) {
    let limits = Limits::default();
    let limit = match error.status() {
        Some(500) => limits.error_body,
        _ => {
            assert_eq!((error.kind(), error.delivery()), (Kind::Decode, Delivery::Answered), "{error:?}");
            limits.body
        }
    };
    let grown = told(before);
    assert!(grown < limit + 8 * MIB, "{grown}");
}

#[tokio::test]
async fn h02_child() {
    let Some(origin) = origin() else { return };
    let contacts = usual(&origin);
    let before = peak();
    held_to_the_limit(before, &contacts.get("1").await.unwrap_err());
}

#[cfg(feature = "blocking")]
#[test]
fn h02_child_blocking() {
    let Some(origin) = origin() else { return };
    let contacts = usual(&origin);
    let before = peak();
    held_to_the_limit(before, &contacts.get("1").send_blocking().unwrap_err());
}
