//! What a call costs above a bare request, on loopback.
//!
//! `cargo bench -p sage-runtime --bench overhead`. Both send the same request over one kept connection and read the same
//! reply, in turns, so that what else the machine does meets both. Aim: less than 15 µs more.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::time::{Duration, Instant};

#[path = "../tests/sample/mod.rs"]
mod sample;
#[path = "../tests/server/mod.rs"]
mod server;

use sample::{Client, Region};
use server::{Act, Server};

const ROUNDS: usize = 20;
const CALLS: u32 = 500;
const BODY: &str = r#"{"id":"1"}"#;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let server = Server::always(|_| Act::KeepAlive(200, BODY.into()));
    let set = Client::builder().region(Region::Uki).site("s").subscription_key("k").access_token("token");
    let contacts = set.origin(&server.origin).build().unwrap().contacts();
    let call = contacts.get("1").send();
    println!("future of a call: {} bytes", size_of_val(&call));
    call.await.unwrap();

    let bare = reqwest::Client::new();
    let url = format!("{}/uki/sageone/accounts/v3/contacts/1", server.origin);
    let mut headers = reqwest::header::HeaderMap::new();
    for (name, value) in
        [("authorization", "Bearer token"), ("x-site", "s"), ("ocp-apim-subscription-key", "k"), ("accept", "*/*")]
    {
        headers.insert(name, value.parse().unwrap());
    }

    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            contacts.get("1").await.unwrap();
        }
        ours = ours.min(start.elapsed());
        let start = Instant::now();
        for _ in 0..CALLS {
            let reply = bare.get(&url).headers(headers.clone()).send().await.unwrap();
            assert_eq!(reply.bytes().await.unwrap().len(), BODY.len());
        }
        theirs = theirs.min(start.elapsed());
    }
    let micros = |time: Duration| time.as_nanos() as f64 / 1000.0 / f64::from(CALLS);
    println!("a call:          {:6.1} µs", micros(ours));
    println!("a bare request:  {:6.1} µs", micros(theirs));
    println!("more:            {:6.1} µs", micros(ours) - micros(theirs));
}
