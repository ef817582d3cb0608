//! T14: a world in which time passes as it does, and a machine whose clock has two hands: one that stands still while the
//! machine sleeps, and one that people set.

use proptest::prelude::*;
use sage_runtime::auth::Grant;

use crate::kit::{FaultStore, ManualClock, get, seed};
use crate::server::{Server, stored_at};

const LIFE: f64 = 300.0;
/// No token of that life is refreshed earlier: a fifth of it, a tenth more against steps, and what is kept for the way.
const SOONEST: f64 = 232.0;
/// Seconds between two requests.
const PACE: f64 = 10.0;

#[derive(Clone, Copy, Debug)]
enum Event {
    /// The machine sleeps for so many seconds. When it wakes the wall clock knows.
    Sleep(f64),
    /// The same, but the wall clock knows nothing of it: a virtual machine that was paused.
    Pause(f64),
    /// Somebody sets the wall clock by so many seconds.
    Set(f64),
    /// The program starts anew: it knows of the past what the store and the wall clock say.
    Restart,
}

struct World {
    server: Server,
    store: FaultStore,
    clock: ManualClock,
    grant: Grant,
    /// What time it really is.
    time: f64,
    /// When the service issued each generation, really.
    issued: Vec<f64>,
    jumps: usize,
    /// Requests that the service refused.
    wasted: usize,
    /// When it refused the last one.
    refused: f64,
}

impl World {
    fn new() -> Self {
        let (server, store, clock) = (Server::start(), FaultStore::new(), ManualClock::new());
        seed(&store, &stored_at(0, 1_000_000, ""));
        let grant = Grant::builder(server.app(), store.clone()).clock(clock.clone()).build().unwrap();
        World { server, store, clock, grant, time: 0.0, issued: vec![0.0], jumps: 0, wasted: 0, refused: 0.0 }
    }

    fn refreshes(&self) -> usize {
        self.server.hits()
    }

    /// Does the service take the token of this generation?
    fn takes(&mut self, generation: u64) -> bool {
        // Time stands still while somebody refreshes, so those that are new were issued now.
        self.issued.resize(self.refreshes() + 1, self.time);
        self.time < self.issued[generation as usize] + LIFE
    }

    /// One request, as a client makes it: after a 401 it asks for a newer token and sends it again, once.
    async fn request(&mut self) {
        let token = get(&self.grant, None).await.unwrap();
        if !self.takes(token.generation.get()) {
            self.wasted += 1;
            self.refused = self.time;
            let again = get(&self.grant, Some(token.generation.get())).await.unwrap();
            assert!(self.takes(again.generation.get()), "a request failed");
        }
        self.grant.settled().await;
        assert!(self.wasted <= self.jumps, "{} wasted after {} jumps", self.wasted, self.jumps);
        let most = (self.time / SOONEST) as usize + self.jumps + 1;
        assert!(
            self.refreshes() <= most,
            "{} refreshes in {} seconds, {} jumps",
            self.refreshes(),
            self.time,
            self.jumps
        );
    }

    async fn work(&mut self, requests: u32) {
        for _ in 0..requests {
            self.request().await;
            self.clock.advance(PACE);
            self.time += PACE;
        }
    }

    fn happen(&mut self, event: Event) {
        self.jumps += usize::from(!matches!(event, Event::Restart));
        match event {
            Event::Sleep(seconds) => {
                self.clock.jump(seconds);
                self.time += seconds;
            }
            Event::Pause(seconds) => self.time += seconds,
            Event::Set(seconds) => self.clock.jump(seconds),
            Event::Restart => {
                let builder = Grant::builder(self.server.app(), self.store.clone());
                self.grant = builder.clock(self.clock.clone()).build().unwrap();
            }
        }
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn t14_what_each_jump_costs() {
    const HOUR: f64 = 3600.0;
    // What happens, the requests that are wasted on it, and the refreshes within the next 100 seconds.
    let table: [(&[Event], usize, usize); 8] = [
        (&[Event::Sleep(HOUR)], 0, 1),
        (&[Event::Pause(HOUR)], 1, 1),
        (&[Event::Set(HOUR)], 0, 1),
        (&[Event::Set(-HOUR)], 0, 0),
        (&[Event::Set(HOUR), Event::Restart], 0, 1),
        (&[Event::Set(-HOUR), Event::Restart], 0, 0),
        (&[Event::Sleep(HOUR), Event::Set(-HOUR)], 1, 1),
        (&[Event::Restart], 0, 0),
    ];
    for (events, wasted, refreshes) in table {
        let mut world = World::new();
        run(async {
            world.work(5).await;
            events.iter().for_each(|event| world.happen(*event));
            world.work(10).await;
        });
        assert_eq!((world.wasted, world.refreshes()), (wasted, refreshes), "{events:?}");
    }
}

#[test]
fn t14_a_clock_that_is_set_back() {
    // A program that goes on has its other hand. To one that starts afterwards the token is from the future, so nobody
    // knows how old it is until the service says so.
    for (restarts, wasted) in [(false, 0), (true, 1)] {
        let mut world = World::new();
        run(async {
            world.work(20).await;
            world.happen(Event::Set(-3600.0));
            if restarts {
                world.happen(Event::Restart);
            }
            world.work(60).await;
        });
        assert_eq!(world.wasted, wasted);
        assert!((2..=3).contains(&world.refreshes()), "{}", world.refreshes());
    }
}

fn event() -> impl Strategy<Value = Event> {
    let seconds = || prop_oneof![0.0..LIFE, LIFE..10_000.0];
    prop_oneof![
        seconds().prop_map(Event::Sleep),
        seconds().prop_map(Event::Pause),
        prop_oneof![Just(3600.0), Just(-3600.0), -4000.0..4000.0].prop_map(Event::Set),
        Just(Event::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// No event comes within forty seconds of a refusal: whoever is refused again so soon after a refresh is taken to have
    /// no subscription, and does not refresh again for half a minute. A machine that is paused just then without a trace
    /// on either hand loses that time.
    #[test]
    fn t14_at_most_one_wasted_request_a_jump_and_no_storm(
        events in proptest::collection::vec((event(), 4_u32..40), 1..14),
    ) {
        let mut world = World::new();
        run(async {
            world.work(4).await;
            for (event, requests) in events {
                while world.wasted > 0 && world.time < world.refused + 40.0 {
                    world.work(1).await;
                }
                world.happen(event);
                world.work(requests).await;
            }
        });
        prop_assert!(!world.server.ledger().revoked);
    }
}
