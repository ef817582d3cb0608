//! T: what goes wrong passes, and leaves nobody waiting longer than it must, and nothing lost.

use std::sync::Arc;
use std::time::Duration;

use sage_runtime::auth::{Grant, GrantKey, MemoryStore, Record, StoreError, StoreGuard, TokenStore};
use sage_runtime::{Cause, Generation, Kind};
use tokio::runtime::{Builder, Handle};

use crate::kit::{at_once, get, name, peek, run, seed, timed};
use crate::server::{Act, Server, stored, stored_at};

const HOUR: f64 = 3600.0;

fn hiccup() -> [Act; 2] {
    [Act::Say(503, "text/plain", String::new()), Act::Say(503, "text/plain", String::new())]
}

#[test]
fn t11_a_hiccup_after_a_refusal_passes() {
    for life in ["300", "3600"] {
        let (server, grant, store, clock) = timed();
        seed(&store, &stored_at(0, 1_000_000, "").replace("300", life));
        server.script(hiccup());
        run(async {
            get(&grant, None).await.unwrap();
            clock.advance(5.0);
            // The service refuses the token before its time, so there is nothing to save it for.
            assert_eq!(get(&grant, Some(0)).await.unwrap_err().reauthorize(), None);
            assert_eq!(server.hits(), 2);
            clock.advance(31.0);
            assert_eq!(name(&get(&grant, Some(0)).await.unwrap()), "access-1", "{life}");
        });
    }
}

#[test]
fn t11_a_refusal_after_a_hiccup_is_not_held_up_by_it() {
    let (server, grant, _, clock) = timed();
    server.script(hiccup());
    run(async {
        get(&grant, None).await.unwrap();
        // An early refresh fails. It is not tried again before the token is nearly over, unless that is refused.
        clock.advance(246.0);
        get(&grant, None).await.unwrap();
        grant.settled().await;
        clock.advance(2.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-0");
        grant.settled().await;
        assert_eq!(server.hits(), 1);
        server.script([]);
        assert_eq!(name(&get(&grant, Some(0)).await.unwrap()), "access-1");
    });
    assert_eq!(server.hits(), 2);
}

#[test]
fn t11_a_service_that_asks_for_time_gets_it() {
    // The clock begins at 13:46:40; the request comes 400 seconds later.
    for wait in ["90", "Mon, 12 Jan 1970 13:54:50 GMT"] {
        let (server, grant, _, clock) = timed();
        server.script([Act::Limit(wait)]);
        run(async {
            clock.advance(400.0);
            let error = get(&grant, None).await.unwrap_err();
            assert_eq!((error.kind(), error.retry_after()), (Kind::Auth, Some(Duration::from_secs(90))), "{wait}");
            clock.advance(89.0);
            let error = get(&grant, None).await.unwrap_err();
            assert_eq!((error.retry_after(), server.hits()), (Some(Duration::from_secs(1)), 1), "{wait}");
            clock.advance(1.0);
            assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1", "{wait}");
        });
    }
}

#[test]
fn t14_what_failed_before_a_machine_slept_is_over_when_it_wakes() {
    let (server, grant, _, clock) = timed();
    run(async {
        clock.advance(400.0);
        server.script([Act::Limit("200")]);
        get(&grant, None).await.unwrap_err();
        clock.jump(8.0 * HOUR);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1");
        // A refresh that was of no use may be of use after the night.
        assert_eq!(get(&grant, Some(1)).await.unwrap().generation, Generation::new(2));
        assert_eq!(get(&grant, Some(2)).await.unwrap().generation, Generation::new(2));
        clock.jump(60.0);
        assert_eq!(get(&grant, Some(2)).await.unwrap().generation, Generation::new(3));
    });
    assert_eq!(server.hits(), 4);
}

#[test]
fn t08_what_the_store_did_not_take_is_saved_before_the_end() {
    for waits in [true, false] {
        let (server, grant, store, clock) = timed();
        run(async {
            get(&grant, None).await.unwrap();
            clock.advance(400.0);
            store.fail(1, 3);
            assert_eq!(get(&grant, None).await.unwrap_err().kind(), Kind::Store);
            // The disk works again, and nobody asks for a token any more.
            if waits {
                grant.settled().await;
                assert!(peek(&store).contains("CANARY-refresh-1"));
                assert_eq!(name(&at_once(&grant, None).unwrap().unwrap()), "access-1");
            }
        });
        drop(grant);
        assert!(peek(&store).contains("CANARY-refresh-1"), "{waits}");
        assert_eq!(server.hits(), 1);
    }
}

#[test]
fn t08_a_store_that_stays_broken_keeps_nobody() {
    let (server, grant, store, clock) = timed();
    run(async {
        get(&grant, None).await.unwrap();
        clock.advance(400.0);
        store.fail(1, 1000);
        assert_eq!(get(&grant, None).await.unwrap_err().kind(), Kind::Store);
        grant.settled().await;
        grant.settled().await;
    });
    drop(grant);
    // The note in it tells the next who comes.
    assert!(peek(&store).contains("refreshing_since"));
    assert_eq!(server.hits(), 1);
}

#[test]
fn t09_a_refresh_over_an_older_store_is_newer_than_what_was_used() {
    let (server, grant, store, clock) = timed();
    server.ledger().grace = true;
    run(async {
        assert_eq!(get(&grant, Some(0)).await.unwrap().generation, Generation::new(1));
        clock.advance(40.0);
        assert_eq!(get(&grant, Some(1)).await.unwrap().generation, Generation::new(2));
        // Somebody puts a backup in place.
        store.replace(&stored_at(0, 1_000_000, ""));
        clock.advance(400.0);
        let token = get(&grant, None).await.unwrap();
        assert_eq!((name(&token), token.generation), ("access-3", Generation::new(3)));
    });
    assert!(peek(&store).contains(r#""generation":3"#));
}

#[test]
fn t10_a_grant_of_the_same_generation_may_be_another_one() {
    let (server, grant, store, clock) = timed();
    server.ledger().revoked = true;
    run(async {
        clock.advance(400.0);
        assert_eq!(get(&grant, None).await.unwrap_err().reauthorize(), Some(Cause::Refused));
        assert!(!grant.is_authorized().await.unwrap());
        // The store is removed, and somebody logs in with another process: generations begin anew.
        (server.ledger().revoked, server.ledger().current) = (false, 7);
        let text = stored_at(0, 1_000_400, "").replace("access-0", "access-7").replace("refresh-0", "refresh-7");
        store.replace(&text);
        assert!(grant.is_authorized().await.unwrap());
        clock.advance(60.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-8");
    });
    assert_eq!(server.hits(), 2);
}

/// A store whose driver needs a runtime, as those of databases do.
#[derive(Clone)]
struct Driven(MemoryStore, Handle);

struct DrivenGuard(Box<dyn StoreGuard>, Handle);

/// Done when the runtime's driver has run.
fn drive(runtime: &Handle) {
    runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
}

impl TokenStore for Driven {
    fn lock(&self, key: &GrantKey, wait: Duration) -> Result<Box<dyn StoreGuard>, StoreError> {
        Ok(Box::new(DrivenGuard(self.0.lock(key, wait)?, self.1.clone())))
    }
}

impl StoreGuard for DrivenGuard {
    fn load(&mut self) -> Result<Option<Record>, StoreError> {
        drive(&self.1);
        self.0.load()
    }

    fn save(&mut self, record: &Record) -> Result<(), StoreError> {
        drive(&self.1);
        self.0.save(record)
    }
}

#[test]
fn t20_a_store_with_a_driver_is_used_as_its_documentation_says() {
    let driver = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for own in [true, false] {
        let (server, store) = (Arc::new(Server::start()), MemoryStore::lost_on_exit());
        seed(&store, &stored(0, 270, ""));
        server.ledger().closed = true;
        let one = Builder::new_current_thread().enable_all().build().unwrap();
        one.block_on(async {
            let runtime = if own { driver.handle() } else { one.handle() };
            let grant = Grant::new(server.app(), Driven(store.clone(), runtime.clone())).unwrap();
            assert_eq!(name(&get(&grant, None).await.unwrap()), "access-0");
            let shared = server.clone();
            tokio::task::spawn_blocking(move || shared.wait_for_held(1)).await.unwrap();
            server.open();
            // A runtime that this thread drives stands still while the thread waits in `drop`.
            if !own {
                grant.settled().await;
            }
            drop(grant);
        });
        assert!(peek(&store).contains("CANARY-refresh-1"), "{own}");
    }
}
