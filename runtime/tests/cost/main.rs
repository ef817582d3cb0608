//! What a call costs beside a bare request: how often it allocates. Time is measured by the benchmark `overhead`.

mod bare;
#[path = "../sample/mod.rs"]
mod sample;
#[path = "../server/mod.rs"]
mod server;

use bare::Bare;
use sample::{Client, Region};
use server::{Act, Server};
use tokio::runtime::Runtime;

const BODY: &str = r#"{"id":"1"}"#;
const CALLS: u64 = 100;

/// Allocations of one call, on average. All happens on this thread; the server's are not counted.
fn allocations(mut call: impl FnMut()) -> u64 {
    (0..10).for_each(|_| call());
    allocation_counter::measure(|| (0..CALLS).for_each(|_| call())).count_total.div_ceil(CALLS)
}

#[test]
fn c02_a_call_allocates_less_than_twelve_times_more() {
    server::watch::never();
    let server = Server::always(|_| Act::KeepAlive(200, BODY.into()));
    let set = Client::builder().region(Region::Uki).site("s").subscription_key("k").access_token("token");
    let contacts = set.origin(&server.origin).build().unwrap().contacts();
    let bare = Bare::new(&server.origin, BODY.len());
    let runtime: Runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();

    let ours = allocations(|| drop(runtime.block_on(contacts.get("1").send()).unwrap()));
    let theirs = allocations(|| runtime.block_on(bare.get()));
    assert!(ours < theirs + 12, "a call allocates {ours} times, a bare request {theirs} times");
}
