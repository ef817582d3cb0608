//! T: tokens are refreshed once, in time, and never lost by us.

use std::time::Duration;

use sage_runtime::auth::{Grant, MemoryStore, TokenStore as _};
use sage_runtime::{Cause, Generation, Kind, TokenSource as _};
use tokio::runtime::Builder;

use crate::kit::{at_once, get, name, peek, run, seed, seed_as, timed};
use crate::server::{Act, Server, stored, stored_at};

/// A server, and a grant in memory that was stored so many seconds ago.
fn grant(age: u64) -> (Server, Grant, MemoryStore) {
    let (server, store) = (Server::start(), MemoryStore::lost_on_exit());
    seed(&store, &stored(0, age, ""));
    let grant = Grant::new(server.app(), store.clone()).unwrap();
    (server, grant, store)
}

#[test]
fn t01_a_thousand_callers_refresh_once() {
    let (server, grant, _) = grant(400);
    run(async {
        let callers: Vec<_> = (0..1000)
            .map(|_| {
                let grant = grant.clone();
                tokio::spawn(async move { get(&grant, None).await.map(|token| name(&token).to_owned()) })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap().unwrap(), "access-1");
        }
        grant.settled().await;
    });
    assert_eq!((server.hits(), server.ledger().revoked), (1, false));
}

#[test]
fn t02_late_reports_of_the_same_refusal_refresh_once() {
    let (server, grant, _) = grant(0);
    run(async {
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-0");
        let report = |count: usize| {
            (0..count).map(|_| {
                let grant = grant.clone();
                tokio::spawn(async move { get(&grant, Some(0)).await.unwrap().generation })
            })
        };
        let early: Vec<_> = report(250).collect();
        for caller in early {
            assert_eq!(caller.await.unwrap(), Generation::new(1));
        }
        let late: Vec<_> = report(250).collect();
        for caller in late {
            assert_eq!(caller.await.unwrap(), Generation::new(1));
        }
        grant.settled().await;
    });
    assert_eq!((server.hits(), server.ledger().revoked), (1, false));
}

#[test]
fn t02_what_another_program_has_refreshed_is_not_refreshed_again() {
    let (server, first, store) = grant(0);
    let second = Grant::new(server.app(), store).unwrap();
    run(async {
        assert_eq!(name(&get(&first, None).await.unwrap()), "access-0");
        assert_eq!(name(&get(&second, None).await.unwrap()), "access-0");
        assert_eq!(name(&get(&first, Some(0)).await.unwrap()), "access-1");
        assert_eq!(name(&get(&second, Some(0)).await.unwrap()), "access-1");
        // A refresh may be under way that nobody waits for.
        second.settled().await;
    });
    assert_eq!((server.hits(), server.ledger().revoked), (1, false));
}

#[test]
fn t03_callers_that_go_away_lose_nothing() {
    let (server, grant, store) = grant(400);
    server.ledger().closed = true;
    run(async {
        for _ in 0..20 {
            let waited = tokio::time::timeout(Duration::from_millis(3), get(&grant, None)).await;
            assert!(waited.is_err(), "the server has not answered yet");
        }
        server.wait_for_held(1);
        server.open();
        assert_eq!(get(&grant, None).await.unwrap().generation, Generation::new(1));
    });
    assert_eq!((server.hits(), server.ledger().revoked), (1, false));
    assert!(peek(&store).contains("CANARY-refresh-1"));
}

#[test]
fn t03_the_grant_itself_may_be_dropped() {
    let (server, grant, store) = grant(400);
    server.ledger().closed = true;
    assert!(at_once(&grant, None).is_none());
    server.wait_for_held(1);
    let dropped = std::thread::spawn(move || drop(grant));
    server.open();
    dropped.join().unwrap();
    assert!(peek(&store).contains("CANARY-refresh-1"));
}

#[test]
fn t03_what_cannot_begin_while_its_grant_is_dropped_does_not_begin_later() {
    let (server, grant, store, _) = timed();
    let guard = store.lock(grant.key(), Duration::ZERO).unwrap();
    // It waits for the lock.
    assert!(at_once(&grant, Some(0)).is_none());
    drop(grant);
    drop(guard);
    // The thread ends, and lets go of its store.
    let limit = std::time::Instant::now() + Duration::from_secs(60);
    while std::sync::Arc::strong_count(&store.faults) > 1 && std::time::Instant::now() < limit {
        std::thread::yield_now();
    }
    assert_eq!((std::sync::Arc::strong_count(&store.faults), server.hits()), (1, 0));
}

#[test]
fn t07_a_lost_reply_is_asked_for_again() {
    let (server, grant, _) = grant(400);
    server.ledger().grace = true;
    server.script([Act::Drop]);
    assert_eq!(name(&run(get(&grant, None)).unwrap()), "access-2");
    assert_eq!(server.hits(), 2);
}

#[test]
fn t07_a_strict_service_makes_it_a_lost_grant() {
    let (server, grant, store) = grant(400);
    server.script([Act::Drop]);
    let error = run(get(&grant, None)).unwrap_err();
    assert_eq!((error.kind(), error.reauthorize()), (Kind::Auth, Some(Cause::RotationMayBeLost)));
    assert_eq!(server.hits(), 2);
    // Whoever comes later learns the same.
    let other = Grant::new(server.app(), store).unwrap();
    assert_eq!(run(get(&other, None)).unwrap_err().reauthorize(), Some(Cause::RotationMayBeLost));
}

#[test]
fn t07_a_token_that_still_works_is_not_put_at_risk() {
    let (server, grant, _, clock) = timed();
    server.script([Act::Drop]);
    run(async {
        get(&grant, None).await.unwrap();
        // In the first half of the window the reply is lost, and the access token goes on working.
        clock.advance(246.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-0");
        grant.settled().await;
        assert_eq!(server.hits(), 1);
        clock.advance(5.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-0");
        grant.settled().await;
        assert_eq!(server.hits(), 1);
        // In the last half there is little to lose.
        server.ledger().grace = true;
        clock.advance(30.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-0");
        grant.settled().await;
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-2");
    });
    assert_eq!(server.hits(), 2);
}

#[test]
fn t08_nobody_sees_a_token_that_is_not_stored() {
    let (server, grant, store, clock) = timed();
    run(async {
        get(&grant, None).await.unwrap();
        clock.advance(400.0);
        // The note that a refresh begins is saved; the new tokens are not, however often it is tried.
        {
            let mut faults = store.faults.lock().unwrap();
            (faults.skip, faults.saves) = (1, 4);
        }
        let error = get(&grant, None).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Store);
        assert_eq!(get(&grant, None).await.unwrap_err().kind(), Kind::Store);
        assert_eq!(server.hits(), 1);
        // The save is tried again, not the refresh.
        clock.advance(2.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1");
    });
    assert_eq!(server.hits(), 1);
    assert!(peek(&store).contains("CANARY-refresh-1"));
}

#[test]
fn t08_a_save_that_fails_for_a_moment_is_nobodys_trouble() {
    let (server, grant, store, clock) = timed();
    run(async {
        get(&grant, None).await.unwrap();
        clock.advance(400.0);
        {
            let mut faults = store.faults.lock().unwrap();
            (faults.skip, faults.saves) = (1, 2);
        }
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1");
    });
    assert_eq!(server.hits(), 1);
}

#[test]
fn t08_the_lock_is_kept_until_the_new_tokens_are_stored() {
    let (server, first, store, clock) = timed();
    let second = Grant::builder(server.app(), store.clone())
        .clock(clock.clone())
        .lock_wait(Duration::from_millis(20))
        .build()
        .unwrap();
    run(async {
        get(&first, None).await.unwrap();
        clock.advance(400.0);
        {
            let mut faults = store.faults.lock().unwrap();
            (faults.skip, faults.saves) = (1, 3);
        }
        assert_eq!(get(&first, None).await.unwrap_err().kind(), Kind::Store);
        // The refresh token in the store is spent, so nobody else may get at it.
        let error = get(&second, None).await.unwrap_err();
        assert_eq!((error.kind(), server.hits()), (Kind::Store, 1));
        clock.advance(2.0);
        assert_eq!(name(&get(&first, None).await.unwrap()), "access-1");
        clock.advance(2.0);
        assert_eq!(name(&get(&second, None).await.unwrap()), "access-1");
    });
    assert_eq!((server.hits(), server.ledger().revoked), (1, false));
}

#[test]
fn t08_no_refresh_without_a_note_that_it_begins() {
    let (server, grant, store, clock) = timed();
    run(async {
        get(&grant, None).await.unwrap();
        clock.advance(400.0);
        store.faults.lock().unwrap().saves = 1;
        assert_eq!(get(&grant, None).await.unwrap_err().kind(), Kind::Store);
        assert_eq!(server.hits(), 0);
        for fault in 0..2 {
            clock.advance(40.0);
            {
                let mut faults = store.faults.lock().unwrap();
                (faults.locks, faults.loads) = if fault == 0 { (1, 0) } else { (0, 1) };
            }
            assert_eq!(get(&grant, None).await.unwrap_err().kind(), Kind::Store);
        }
        assert_eq!(server.hits(), 0);
        clock.advance(40.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1");
    });
}

#[test]
fn t10_a_refused_token_is_looked_up_once_more() {
    let (server, grant, store, clock) = timed();
    run(async {
        get(&grant, None).await.unwrap();
        clock.advance(400.0);
        // Somebody who does not respect the lock has refreshed meanwhile.
        server.script([Act::Say(400, "application/json", r#"{"error":"invalid_grant"}"#.into())]);
        store.faults.lock().unwrap().second_load = Some(stored_at(7, 1_000_400, ""));
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-7");
    });
    assert_eq!(server.hits(), 1);
}

#[test]
fn t10_a_refused_token_is_the_end_until_somebody_logs_in() {
    let (server, grant, store, clock) = timed();
    server.ledger().revoked = true;
    run(async {
        clock.advance(400.0);
        for _ in 0..3 {
            let error = get(&grant, None).await.unwrap_err();
            assert_eq!((error.kind(), error.reauthorize()), (Kind::Auth, Some(Cause::Refused)));
            clock.advance(60.0);
        }
        assert_eq!(server.hits(), 1, "a token that is refused for good is not tried again");
        assert!(!grant.is_authorized().await.unwrap(), "a login has to be offered");
        // Another process has logged in.
        seed(&store, &stored_at(1, 1_000_580, ""));
        assert!(grant.is_authorized().await.unwrap());
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1");
    });
    let text = peek(&store);
    assert!(!text.contains("refreshing_since"), "{text}");
}

#[test]
fn t10_a_token_that_can_not_be_refreshed_is_a_grant_while_it_lasts() {
    let (server, grant, store, clock) = timed();
    let spent = r#""refresh_token":"CANARY-refresh-0","#;
    seed(&store, &stored_at(0, 1_000_000, "").replace(spent, ""));
    run(async {
        assert!(grant.is_authorized().await.unwrap());
        // The service refuses it before its time.
        let error = get(&grant, Some(0)).await.unwrap_err();
        assert_eq!(error.reauthorize(), Some(Cause::NoRefreshToken));
        assert!(!grant.is_authorized().await.unwrap());
        clock.advance(100.0);
        seed(
            &store,
            &stored_at(1, 1_000_100, "").replace("CANARY-refresh-1", "").replace(r#""refresh_token":"","#, ""),
        );
        assert!(grant.is_authorized().await.unwrap());
        // Nobody had to try it to know that it is over.
        clock.advance(299.0);
        assert!(!grant.is_authorized().await.unwrap());
    });
    assert_eq!(server.hits(), 0);
}

#[test]
fn t10_what_passes_leaves_the_tokens_alone() {
    let acts = [
        Act::Say(500, "text/plain", String::new()),
        Act::Say(503, "text/html", "<html>".into()),
        Act::Say(200, "text/html", "<html>".into()),
        Act::Say(429, "text/plain", String::new()),
        Act::Say(400, "application/json", r#"{"error":"invalid_client"}"#.into()),
        Act::Say(302, "text/plain", String::new()),
    ];
    for act in acts {
        let (server, grant, store, clock) = timed();
        server.script([act.clone(), act.clone()]);
        run(async {
            clock.advance(400.0);
            let error = get(&grant, None).await.unwrap_err();
            assert_eq!((error.kind(), error.reauthorize()), (Kind::Auth, None), "{act:?}");
            assert!(peek(&store).contains("CANARY-refresh-0"));
            server.ledger().script.clear();
            clock.advance(60.0);
            assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1", "{act:?}");
        });
    }
}

#[test]
fn t11_an_early_refresh_that_fails_is_nobodys_trouble() {
    let (server, grant, _, clock) = timed();
    server.script(vec![Act::Say(503, "text/plain", String::new()); 40]);
    run(async {
        get(&grant, None).await.unwrap();
        clock.advance(270.0);
        // Every tenth of a second for 20 seconds: requests go on, and the service is asked less and less.
        for _ in 0..200 {
            assert_eq!(name(&get(&grant, None).await.unwrap()), "access-0");
            grant.settled().await;
            clock.advance(0.1);
        }
        let hits = server.hits();
        assert!((6..=14).contains(&hits), "{hits}");
    });
}

#[test]
fn t12_an_hour_of_requests() {
    let (server, grant, _, clock) = timed();
    run(async {
        for _ in 0..36_000 {
            get(&grant, None).await.unwrap();
            grant.settled().await;
            clock.advance(0.1);
        }
    });
    let hits = server.hits();
    assert!((13..=16).contains(&hits), "{hits}");
}

#[test]
fn t12_short_lives_do_not_spin() {
    for (life, most) in [("10", 15), ("1", 101), ("0", 101), ("-5", 101), ("\"10\"", 15), ("1e18", 1), ("\"soon\"", 1)]
    {
        let (server, grant, _, clock) = timed();
        server.ledger().expires_in = Some(life);
        run(async {
            clock.advance(300.0);
            for _ in 0..1000 {
                get(&grant, None).await.unwrap();
                grant.settled().await;
                clock.advance(0.1);
            }
        });
        let hits = server.hits();
        assert!((1..=most).contains(&hits), "{life}: {hits}");
    }
}

#[test]
fn t13_nobody_waits_for_an_early_refresh() {
    let (server, grant, _, clock) = timed();
    run(get(&grant, None)).unwrap();
    clock.advance(250.0);
    server.ledger().closed = true;
    for _ in 0..100 {
        assert_eq!(name(&at_once(&grant, None).unwrap().unwrap()), "access-0");
    }
    server.wait_for_held(1);
    assert_eq!(name(&at_once(&grant, None).unwrap().unwrap()), "access-0");
    server.open();
    run(grant.settled());
    assert_eq!(name(&at_once(&grant, None).unwrap().unwrap()), "access-1");
    assert_eq!(server.hits(), 1);
}

#[test]
fn t14_a_token_that_is_refused_again_at_once_is_not_refreshed_again() {
    let (server, grant, _, clock) = timed();
    run(async {
        get(&grant, None).await.unwrap();
        assert_eq!(get(&grant, Some(0)).await.unwrap().generation, Generation::new(1));
        for _ in 0..10 {
            // There is no subscription: every token is refused.
            assert_eq!(get(&grant, Some(1)).await.unwrap().generation, Generation::new(1));
            clock.advance(1.0);
        }
        assert_eq!(server.hits(), 1);
        clock.advance(30.0);
        assert_eq!(get(&grant, Some(1)).await.unwrap().generation, Generation::new(2));
    });
}

#[test]
fn t15_a_refresh_keeps_what_the_reply_does_not_say() {
    let (server, grant, store, clock) = timed();
    server.ledger().extra = r#","resource_owner_id":"owner-1","scope":"a b","requested_by_id":1.10"#;
    run(async {
        clock.advance(400.0);
        assert_eq!(get(&grant, None).await.unwrap().owner.as_deref(), Some("owner-1"));
        let bare = r#"{"access_token":"CANARY-access-x","expires_in":300}"#.to_owned();
        server.script([Act::Say(200, "application/json", bare)]);
        clock.advance(400.0);
        assert_eq!(get(&grant, None).await.unwrap().owner.as_deref(), Some("owner-1"));
    });
    let text = peek(&store);
    for part in ["CANARY-refresh-1", "CANARY-access-x", "owner-1", "a b", "1.10"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn t17_grants_do_not_mix() {
    let (server, store) = (Server::start(), MemoryStore::lost_on_exit());
    server.ledger().grace = true;
    let names = ["company-a", "company-b"];
    let grants = names.map(|name| {
        let text = stored(0, 400, "").replace("CANARY-access-0", &format!("CANARY-{name}"));
        seed_as(&store, name, &text.replace("\"expires_in\":300", "\"expires_in\":3000"));
        Grant::builder(server.app(), store.clone()).name(name).build().unwrap()
    });
    run(async {
        for round in 0..50 {
            let at = (round * 7 + round / 3) % 2;
            assert_eq!(name(&get(&grants[at], None).await.unwrap()), names[at]);
        }
        assert_eq!(name(&get(&grants[0], Some(0)).await.unwrap()), "access-1");
        assert_eq!(name(&get(&grants[1], None).await.unwrap()), "company-b");
    });
    assert_eq!(server.hits(), 1);
}

#[test]
fn t18_a_refusal_by_the_token_endpoint_leads_to_nothing_else() {
    let refusal = || vec![Act::Say(401, "application/json", r#"{"error":"invalid_client"}"#.into()); 9];
    let message = "the token endpoint answered 401: invalid_client";
    let (server, grant, _) = grant(400);
    server.script(refusal());
    assert_eq!(run(get(&grant, None)).unwrap_err().to_string(), message);
    assert_eq!(server.hits(), 1);

    let (server, grant, _) = self::grant(0);
    server.script(refusal());
    assert_eq!(run(grant.revoke()).unwrap_err().to_string(), message);
    assert_eq!(server.hits(), 1);
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let state =
        form_urlencoded::parse(pending.url().as_bytes()).find(|(name, _)| name == "state").unwrap().1.into_owned();
    let error = run(grant.finish(&mut pending, &format!("?code=c&state={state}"))).unwrap_err();
    assert_eq!((error.to_string().as_str(), server.hits()), (message, 2));
}

#[test]
fn h02_the_token_endpoint_may_not_say_much() {
    // What is cut off is no answer, whatever it begins with. After a success it is asked for once more.
    for (status, hits) in [(200, 2), (400, 1)] {
        let (server, grant, store) = grant(400);
        let long = format!(r#"{{"access_token":"CANARY-{}","error":"invalid_grant"}}"#, "x".repeat(65 << 10));
        let long = Act::Say(status, "application/json", long);
        server.script([long.clone(), long]);
        let error = run(get(&grant, None)).unwrap_err();
        assert_eq!((error.kind(), error.reauthorize()), (Kind::Auth, None), "{error:?}");
        assert!(peek(&store).contains("CANARY-refresh-0"));
        assert_eq!(server.hits(), hits);
    }
}

#[test]
fn t19_the_time_of_a_caller_is_not_that_of_the_refresh() {
    let (server, grant, _) = grant(400);
    server.ledger().closed = true;
    run(async {
        assert!(tokio::time::timeout(Duration::from_millis(50), get(&grant, None)).await.is_err());
        server.wait_for_held(1);
        server.open();
        grant.settled().await;
    });
    assert_eq!(name(&at_once(&grant, None).unwrap().unwrap()), "access-1");
    assert_eq!(server.hits(), 1);
}

#[test]
fn t19_a_refresh_has_a_deadline_of_its_own() {
    let (server, store) = (Server::start(), MemoryStore::lost_on_exit());
    seed(&store, &stored(0, 400, ""));
    let grant = Grant::builder(server.app(), store).deadline(Duration::from_secs(1)).build().unwrap();
    server.ledger().closed = true;
    let error = run(get(&grant, None)).unwrap_err();
    assert_eq!(error.to_string(), "the token endpoint did not answer in time");
    server.wait_for_held(2);
    assert_eq!(server.hits(), 2);
    server.open();
}

#[test]
fn t20_a_runtime_that_ends_takes_nothing_with_it() {
    let (server, grant, _) = grant(400);
    server.ledger().closed = true;
    let first = Builder::new_current_thread().enable_all().build().unwrap();
    let own = grant.clone();
    let task = first.spawn(async move { get(&own, None).await.map(drop) });
    first.block_on(tokio::task::yield_now());
    server.wait_for_held(1);
    drop((task, first));
    let second = Builder::new_current_thread().enable_all().build().unwrap();
    let waiting = grant.token(None);
    server.open();
    assert_eq!(name(&second.block_on(waiting).unwrap()), "access-1");
    assert_eq!(server.hits(), 1);
}

#[test]
fn t20_a_store_that_panics_wedges_nobody() {
    let (server, grant, store, clock) = timed();
    run(async {
        clock.advance(400.0);
        store.faults.lock().unwrap().panic = true;
        assert_eq!(get(&grant, None).await.unwrap_err().kind(), Kind::Auth);
        clock.advance(60.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-1");
        // In the middle of the save of new tokens: they are not lost either.
        clock.advance(400.0);
        {
            let mut faults = store.faults.lock().unwrap();
            (faults.skip, faults.panic) = (1, true);
        }
        assert!(get(&grant, None).await.is_err());
        clock.advance(60.0);
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-2");
    });
    assert_eq!((server.hits(), server.ledger().revoked), (2, false));
}

#[test]
fn t20_nobody_has_logged_in() {
    let (server, store) = (Server::start(), MemoryStore::lost_on_exit());
    let grant = Grant::new(server.app(), store.clone()).unwrap();
    run(async {
        assert!(!grant.is_authorized().await.unwrap());
        assert_eq!(get(&grant, None).await.unwrap_err().reauthorize(), Some(Cause::NoGrant));
        seed(&store, &stored(0, 0, ""));
        assert!(grant.is_authorized().await.unwrap());
    });
    assert_eq!(server.hits(), 0);
}
