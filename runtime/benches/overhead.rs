//! What a call costs above a bare request, on loopback.
//!
//! `cargo bench -p sage-runtime --bench overhead`. Both send the same request over one kept connection and read the same
//! reply, call by call in turns, so that what else the machine does meets both. Told are medians of one call each, and how
//! often each allocates. Aims: less than 15 µs and 12 allocations more; the second is asserted by the test `cost`.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

#[path = "../tests/cost/bare.rs"]
mod bare;
#[path = "../tests/sample/mod.rs"]
mod sample;
#[path = "../tests/server/mod.rs"]
mod server;

use bare::Bare;
use sample::contacts::Contacts;
use sample::{Client, Region};
use server::{Act, Server};

const WARM_UP: usize = 200;
const CALLS: usize = 10_000;
const COUNTED: u64 = 1000;
const BODY: &str = r#"{"id":"1"}"#;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    server::watch::never();
    let server = Server::always(|_| Act::KeepAlive(200, BODY.into()));
    let set = Client::builder().region(Region::Uki).site("s").subscription_key("k").access_token("token");
    let contacts = set.origin(&server.origin).build().unwrap().contacts();
    println!("future of a call: {} bytes", size_of_val(&contacts.get("1").send()));
    let bare = Bare::new(&server.origin, BODY.len());

    runtime.block_on(async {
        for _ in 0..WARM_UP {
            contacts.get("1").await.unwrap();
            bare.get().await;
        }
    });
    let (ours, theirs) = runtime.block_on(times(&contacts, &bare));
    println!("                     time   allocations");
    let (our_count, their_count) = counts(&runtime, &contacts, &bare);
    for (name, time, count) in [
        ("a call", ours, our_count),
        ("a bare request", theirs, their_count),
        ("more", ours - theirs, our_count - their_count),
    ] {
        println!("{name:<16} {time:6.1} µs  {count:12.1}");
    }
}

/// Medians in µs: ours, theirs.
async fn times(contacts: &Contacts, bare: &Bare) -> (f64, f64) {
    let (mut ours, mut theirs) = (Vec::with_capacity(CALLS), Vec::with_capacity(CALLS));
    for _ in 0..CALLS {
        let start = Instant::now();
        contacts.get("1").await.unwrap();
        ours.push(start.elapsed());
        let start = Instant::now();
        bare.get().await;
        theirs.push(start.elapsed());
    }
    (median(ours), median(theirs))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_nanos() as f64 / 1000.0
}

/// Allocations of one call on average: ours, theirs. All happens on this thread, the server's are not counted.
fn counts(runtime: &Runtime, contacts: &Contacts, bare: &Bare) -> (f64, f64) {
    let each = |work: &dyn Fn()| {
        let info = allocation_counter::measure(|| (0..COUNTED).for_each(|_| work()));
        info.count_total as f64 / COUNTED as f64
    };
    let ours = each(&|| drop(runtime.block_on(contacts.get("1").send()).unwrap()));
    let theirs = each(&|| runtime.block_on(bare.get()));
    (ours, theirs)
}
