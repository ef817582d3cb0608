//! T9: three programs and one store, in any order of events.

use std::time::Duration;

use proptest::prelude::*;
use sage_runtime::auth::Grant;

use crate::kit::{FaultStore, ManualClock, get, seed};
use crate::server::{Act, Server, stored_at};

#[derive(Clone, Debug)]
enum Event {
    /// This program wants a token.
    Ask(usize),
    /// This program's token is refused.
    Refuse(usize),
    /// This program starts anew.
    Restart(usize),
    /// So many seconds pass.
    Wait(u16),
    /// So many saves fail.
    Fail(u32),
    /// The next reply is lost.
    Lose,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..3_usize).prop_map(Event::Ask),
        3 => (0..3_usize).prop_map(Event::Refuse),
        1 => (0..3_usize).prop_map(Event::Restart),
        3 => (0..400_u16).prop_map(Event::Wait),
        1 => (1..9_u32).prop_map(Event::Fail),
        1 => Just(Event::Lose),
    ]
}

fn generation(text: &str) -> u64 {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    value["generation"].as_u64().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn t09_generations_in_the_store_only_grow(events in proptest::collection::vec(event(), 1..40)) {
        let (server, store, clock) = (Server::start(), FaultStore::new(), ManualClock::new());
        server.ledger().grace = true;
        seed(&store, &stored_at(0, 1_000_000, ""));
        let program = || {
            let builder = Grant::builder(server.app(), store.clone()).clock(clock.clone());
            builder.lock_wait(Duration::from_millis(5)).build().unwrap()
        };
        let mut programs = [program(), program(), program()];
        let mut seen = [0; 3];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            for event in events {
                match event {
                    Event::Ask(at) => {
                        if let Ok(token) = get(&programs[at], None).await {
                            assert!(token.generation.get() >= seen[at]);
                            seen[at] = token.generation.get();
                        }
                    }
                    Event::Refuse(at) => {
                        if let Ok(token) = get(&programs[at], Some(seen[at])).await {
                            assert!(token.generation.get() >= seen[at]);
                            seen[at] = token.generation.get();
                        }
                    }
                    Event::Restart(at) => (programs[at], seen[at]) = (program(), 0),
                    Event::Wait(seconds) => clock.advance(f64::from(seconds)),
                    Event::Fail(saves) => store.faults.lock().unwrap().saves = saves,
                    Event::Lose => server.script([Act::Drop]),
                }
                for program in &programs {
                    program.settled().await;
                }
            }
        });
        let faults = store.faults.lock().unwrap();
        let generations: Vec<u64> = faults.saved.iter().map(|text| generation(text)).collect();
        prop_assert!(generations.is_sorted(), "{generations:?}");
        // A generation is of one refresh: what is saved under its number never changes but for the note.
        let tokens = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["tokens"].clone();
        for pair in faults.saved.windows(2) {
            if generation(&pair[0]) == generation(&pair[1]) {
                prop_assert_eq!(tokens(&pair[0]), tokens(&pair[1]));
            }
        }
    }
}
