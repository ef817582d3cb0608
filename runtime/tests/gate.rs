//! The gate of a business, through the client.

mod kit;
mod sample;
mod server;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use kit::{Answers, builder, in_manual_time, reply};
use sage_runtime::transport::{Body, Bounds, BoxFuture, Transport, TransportFault};
use sage_runtime::{Clock, Delivery, Kind, ManualClock, Timeouts};
use sample::model::NewContact;
use server::{Act, Server};

const SECOND: Duration = Duration::from_secs(1);

/// Sites, and when they were asked.
type Asked = Arc<Mutex<Vec<(String, Duration)>>>;

/// A client in manual time, whose service answers so to the first request of the site `busy`.
fn busy(clock: &ManualClock, status: u16, wait: &'static str) -> (sample::ClientBuilder, Asked) {
    let journal = Arc::new(Mutex::new(Vec::new()));
    let (log, time) = (journal.clone(), clock.clone());
    let transport = Answers(move |request: &http::Request<Body>, _| {
        let site = request.headers()["x-site"].to_str().unwrap().to_owned();
        let mut log = log.lock().unwrap();
        let first = site == "busy" && !log.iter().any(|(known, _)| *known == site);
        log.push((site, time.now().monotonic));
        Ok(if first { reply(status, &[("retry-after", wait)], "") } else { reply(200, &[], "{}") })
    });
    let set = builder("http://127.0.0.1:1").timeouts(Timeouts::default()).clock(clock.clone()).transport(transport);
    (set, journal)
}

#[tokio::test]
async fn l01_a_pause_is_kept_by_everybody_of_that_business() {
    for status in [429, 503] {
        let clock = ManualClock::new();
        let (set, journal) = busy(&clock, status, "2");
        let contacts = set.build().unwrap().contacts();
        let calls: Vec<_> = (0..200)
            .map(|number| {
                let site = if number % 2 == 0 { "busy" } else { "calm" };
                tokio::spawn(contacts.get("1").header("X-Site", site).send())
            })
            .collect();
        in_manual_time(&clock, async {
            for call in calls {
                call.await.unwrap().unwrap();
            }
        })
        .await;
        let journal = journal.lock().unwrap();
        let times =
            |site: &str| journal.iter().filter(|(known, _)| known == site).map(|(_, time)| *time).collect::<Vec<_>>();
        let (busy, calm) = (times("busy"), times("calm"));
        assert_eq!((busy.len(), calm.len()), (101, 100), "{status}");
        assert!(calm.iter().all(|time| *time == calm[0]), "{calm:?}");
        assert!(busy[1..].iter().all(|time| *time >= busy[0] + 2 * SECOND), "{status} {busy:?}");
    }
}

/// Answers when so much time has passed, to the first so many with 429 and "a second", and says when it was asked.
struct Burst {
    clock: ManualClock,
    limited: usize,
    asked: Asked,
}

impl Transport for kit::Shared<Burst> {
    fn send(
        &self,
        request: http::Request<Body>,
        _: Bounds,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        let site = request.headers()["x-site"].to_str().unwrap().to_owned();
        let count = {
            let mut asked = self.0.asked.lock().unwrap();
            asked.push((site, self.0.clock.now().monotonic));
            asked.len()
        };
        Box::pin(async move {
            self.0.clock.sleep(SECOND / 20).await;
            Ok(if count <= self.0.limited {
                reply(429, &[("retry-after", "1")], "")
            } else {
                reply(200, &[], r#"{"id":"1"}"#)
            })
        })
    }
}

#[tokio::test]
async fn l01_a_burst_that_meets_the_limit_all_at_once_goes_on() {
    const CALLS: usize = 300;
    let clock = ManualClock::new();
    let burst = Arc::new(Burst { clock: clock.clone(), limited: CALLS, asked: Asked::default() });
    let set = builder("http://127.0.0.1:1").limits(sage_runtime::Limits::default()).timeouts(Timeouts::default());
    let client = set.clock(clock.clone()).transport(kit::Shared(burst.clone())).build().unwrap();
    // All of them are on their way before the first one is answered, reads and writes.
    let calls: Vec<_> = (0..CALLS)
        .map(|number| {
            let contacts = client.contacts();
            tokio::spawn(async move {
                match number % 2 {
                    0 => contacts.get("1").await.map(drop),
                    _ => contacts.form(NewContact::default()).await.map(drop),
                }
            })
        })
        .collect();
    in_manual_time(&clock, async {
        for call in calls {
            call.await.unwrap().unwrap();
        }
    })
    .await;
    let asked = burst.asked.lock().unwrap();
    assert_eq!(asked.len(), 2 * CALLS, "each met the limit once");
    assert!(asked[..CALLS].iter().all(|(_, time)| *time == asked[0].1), "not all at once");
    assert!(asked[CALLS..].iter().all(|(_, time)| *time >= asked[0].1 + SECOND + SECOND / 20), "too early");
}

#[tokio::test]
async fn r02_what_a_limit_cost_is_not_missing_elsewhere() {
    // One business meets the limit again and again; what is not sent for another is sent again all the same.
    let clock = ManualClock::new();
    let calm = AtomicUsize::new(0);
    let transport = Answers(move |request: &http::Request<Body>, _: Bounds| match request.headers()["x-site"] {
        ref site if site == "busy" => Ok(reply(429, &[("retry-after", "1")], "")),
        // Two of three are not sent.
        _ if calm.fetch_add(1, Ordering::SeqCst) % 3 < 2 => {
            Err(TransportFault::new(sage_runtime::transport::Phase::NotSent, "refused"))
        }
        _ => Ok(reply(201, &[], "{}")),
    });
    let set = builder("http://127.0.0.1:1").timeouts(Timeouts::default()).clock(clock.clone()).transport(transport);
    let contacts = set.build().unwrap().contacts();
    in_manual_time(&clock, async {
        for _ in 0..200 {
            let error = contacts.get("1").header("X-Site", "busy").await.unwrap_err();
            assert_eq!((error.status(), error.attempts()), (Some(429), 3));
        }
        for _ in 0..200 {
            contacts.form(NewContact::default()).header("X-Site", "calm").await.unwrap();
        }
    })
    .await;
}

/// Tokens that last for a second.
struct Brief(ManualClock);

impl sage_runtime::TokenSource for Brief {
    fn token(
        &self,
        _: Option<sage_runtime::Generation>,
    ) -> BoxFuture<'_, Result<sage_runtime::Token, sage_runtime::Error>> {
        let second = self.0.now().monotonic.as_secs();
        let token = sage_runtime::Token::new(second.to_string(), sage_runtime::Generation::new(second));
        Box::pin(std::future::ready(Ok(token)))
    }
}

#[tokio::test]
async fn t12_no_token_is_sent_that_ended_at_the_gate() {
    let clock = ManualClock::new();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let (log, time) = (sent.clone(), clock.clone());
    let transport = Answers(move |request: &http::Request<Body>, _| {
        let token = request.headers()["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
        log.lock().unwrap().push((token, time.now().monotonic.as_secs().to_string()));
        Ok(reply(200, &[], "{}"))
    });
    let mut limits = kit::quick();
    limits.rate = Some(sage_runtime::Rate { calls: 1, window: 10 * SECOND });
    let set = builder("http://127.0.0.1:1").limits(limits).timeouts(Timeouts::default()).clock(clock.clone());
    // `access_token` is set above it, and the last word counts.
    let contacts = set.token_source(Brief(clock.clone())).transport(transport).build().unwrap().contacts();
    let calls: Vec<_> = (0..5).map(|_| tokio::spawn(contacts.get("1").send())).collect();
    in_manual_time(&clock, async {
        for call in calls {
            call.await.unwrap().unwrap();
        }
    })
    .await;
    let sent = sent.lock().unwrap();
    assert_eq!(sent.len(), 5);
    assert!(sent.iter().all(|(token, now)| token == now), "{sent:?}");
}

#[tokio::test]
async fn l04_a_rate_that_leaves_no_place_in_time_says_so() {
    let clock = ManualClock::new();
    let mut limits = kit::quick();
    limits.rate = Some(sage_runtime::Rate { calls: 1, window: 3600 * SECOND });
    let transport = Answers(|_: &http::Request<Body>, _: Bounds| Ok(reply(200, &[], "{}")));
    let set = builder("http://127.0.0.1:1").limits(limits).timeouts(Timeouts::default()).clock(clock.clone());
    let contacts = set.transport(transport).build().unwrap().contacts();
    contacts.get("1").await.unwrap();
    clock.advance(600 * SECOND);
    let error = contacts.get("1").await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Limited, Delivery::NotSent, 0));
    assert_eq!(error.retry_after(), Some(3000 * SECOND + Duration::from_nanos(1)));
    assert!(error.to_string().contains("the client's own rate"), "{error}");
    // What comes within the time of a call is waited for.
    clock.advance(2900 * SECOND);
    in_manual_time(&clock, contacts.get("1").send()).await.unwrap();
}

#[tokio::test]
async fn l04_a_pause_that_is_too_long_is_an_error_without_a_request() {
    let clock = ManualClock::new();
    let (set, journal) = busy(&clock, 429, "3600");
    let contacts = set.site("busy").build().unwrap().contacts();
    let error = contacts.get("1").await.unwrap_err();
    assert_eq!((error.status(), error.retry_after()), (Some(429), Some(3600 * SECOND)));
    clock.advance(3000 * SECOND);
    let error = contacts.get("1").await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Limited, Delivery::NotSent, 0));
    assert_eq!((error.status(), error.retry_after()), (None, Some(600 * SECOND)));
    assert_eq!(journal.lock().unwrap().len(), 1);
    clock.advance(600 * SECOND);
    contacts.get("1").await.unwrap();
}

#[tokio::test]
async fn l04_a_pause_that_outlasts_the_call_is_told_at_once() {
    let clock = ManualClock::new();
    let (set, journal) = busy(&clock, 429, "50");
    // Such a pause would be waited for, if the call had the time.
    let mut timeouts = Timeouts::default();
    timeouts.operation = 30 * SECOND;
    let contacts = set.site("busy").timeouts(timeouts).build().unwrap().contacts();
    contacts.get("1").await.unwrap_err();
    clock.advance(10 * SECOND);
    let error = in_manual_time(&clock, contacts.get("1").send()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Limited, Delivery::NotSent, 0));
    assert_eq!((error.retry_after(), error.elapsed()), (Some(40 * SECOND), Duration::ZERO));
    clock.advance(10 * SECOND + SECOND / 1000);
    in_manual_time(&clock, contacts.get("1").send()).await.unwrap();
    assert_eq!(journal.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn l03_no_pause_bars_for_ever() {
    let clock = ManualClock::new();
    let (set, journal) = busy(&clock, 429, "99999999999999999999");
    let contacts = set.site("busy").build().unwrap().contacts();
    let error = contacts.get("1").await.unwrap_err();
    // The error tells what the service said.
    assert_eq!(error.retry_after(), Some(Duration::from_secs(u32::MAX.into())));
    clock.advance(3600 * SECOND - Duration::from_nanos(1) - 60 * SECOND);
    assert_eq!(contacts.get("1").await.unwrap_err().retry_after(), Some(60 * SECOND + Duration::from_nanos(1)));
    clock.advance(60 * SECOND + Duration::from_nanos(1));
    contacts.get("1").await.unwrap();
    assert_eq!(journal.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn l03_a_date_is_measured_by_the_clock_of_the_service() {
    // The time of day here is wrong, an hour early or late.
    let noon = httpdate::parse_http_date("Fri, 06 Feb 2026 12:00:00 GMT").unwrap();
    for wall in [noon - 3600 * SECOND, noon + 3600 * SECOND] {
        let clock = ManualClock::new();
        clock.set_wall(wall);
        let journal = Arc::new(Mutex::new(Vec::new()));
        let (log, time) = (journal.clone(), clock.clone());
        let transport = Answers(move |_: &http::Request<Body>, _: Bounds| {
            let mut log = log.lock().unwrap();
            log.push(time.now().monotonic);
            let until = [("date", "Fri, 06 Feb 2026 12:00:00 GMT"), ("retry-after", "Fri, 06 Feb 2026 12:00:05 GMT")];
            Ok(if log.len() == 1 { reply(429, &until, "") } else { reply(200, &[], "{}") })
        });
        let set = builder("http://127.0.0.1:1").timeouts(Timeouts::default()).clock(clock.clone());
        let contacts = set.transport(transport).build().unwrap().contacts();
        in_manual_time(&clock, contacts.get("1").send()).await.unwrap();
        let journal = journal.lock().unwrap();
        assert_eq!((journal.len(), journal[1] - journal[0]), (2, 5 * SECOND));
    }
}

/// Counts how many requests are on their way at once.
#[derive(Default)]
struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

struct Leaves<'a>(&'a Gauge);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Transport for kit::Shared<Gauge> {
    fn send(&self, _: http::Request<Body>, _: Bounds) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        Box::pin(async {
            let now = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.0.most.fetch_max(now, Ordering::SeqCst);
            let _leaves = Leaves(&self.0);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            Ok(reply(200, &[], "{}"))
        })
    }
}

#[tokio::test]
async fn l06_no_more_calls_at_once_than_are_allowed() {
    let gauge = Arc::new(Gauge::default());
    let mut limits = kit::quick();
    limits.concurrency = Some(7);
    let set = builder("http://127.0.0.1:1").limits(limits).transport(kit::Shared(gauge.clone()));
    let contacts = set.build().unwrap().contacts();
    let calls: Vec<_> = (0..200).map(|_| tokio::spawn(contacts.get("1").send())).collect();
    // L5: who gives up makes room.
    for call in calls.iter().step_by(3) {
        tokio::task::yield_now().await;
        call.abort();
    }
    let mut done = 0;
    for call in calls {
        done += usize::from(call.await.is_ok_and(|result| result.is_ok()));
    }
    assert!((130..200).contains(&done), "{done}");
    assert_eq!(gauge.most.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn l06_no_more_calls_at_once_of_all_businesses_than_are_allowed() {
    let gauge = Arc::new(Gauge::default());
    let mut limits = kit::quick();
    (limits.client_concurrency, limits.concurrency) = (Some(7), Some(3));
    let set = builder("http://127.0.0.1:1").limits(limits).transport(kit::Shared(gauge.clone()));
    let contacts = set.build().unwrap().contacts();
    let site = |number: usize| format!("site {}", number % 5);
    let calls: Vec<_> =
        (0..200).map(|number| tokio::spawn(contacts.get("1").header("X-Site", site(number)).send())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(gauge.most.load(Ordering::SeqCst), 7);
}

/// Never answers.
struct Silent;

impl Transport for Silent {
    fn send(&self, _: http::Request<Body>, _: Bounds) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn r11_the_time_of_a_call_holds_whatever_it_waits_for() {
    let clock = ManualClock::new();
    let mut timeouts = Timeouts::default();
    timeouts.operation = 30 * SECOND;
    let set = || builder("http://127.0.0.1:1").timeouts(timeouts.clone()).clock(clock.clone());

    // A reply that does not come, from a transport that does not keep its time.
    let client = set().transport(Silent).build().unwrap();
    let error = in_manual_time(&clock, client.contacts().get("1").send()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.elapsed()), (Kind::Timeout, Delivery::Unknown, 30 * SECOND));

    // A place at the gate.
    let mut limits = kit::quick();
    limits.concurrency = Some(1);
    let contacts = set().limits(limits).transport(Silent).build().unwrap().contacts();
    let both = async { tokio::join!(contacts.get("1").send(), contacts.get("2").send()) };
    let (first, second) = in_manual_time(&clock, both).await;
    assert_eq!(first.unwrap_err().attempts(), 1);
    let error = second.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.elapsed()), (Kind::Timeout, Delivery::NotSent, 30 * SECOND));

    // A token.
    struct Never;
    impl sage_runtime::TokenSource for Never {
        fn token(
            &self,
            _: Option<sage_runtime::Generation>,
        ) -> BoxFuture<'_, Result<sage_runtime::Token, sage_runtime::Error>> {
            Box::pin(std::future::pending())
        }
    }
    let client = set().token_source(Never).transport(Silent).build().unwrap();
    let error = in_manual_time(&clock, client.contacts().get("1").send()).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts(), error.elapsed()), (Delivery::NotSent, 0, 30 * SECOND));
}

/// Answers so, once so much time has passed.
struct Slow(ManualClock, Duration, u16);

impl Transport for Slow {
    fn send(&self, _: http::Request<Body>, _: Bounds) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        Box::pin(async {
            self.0.sleep(self.1).await;
            Ok(reply(self.2, &[("retry-after", "5")], ""))
        })
    }
}

#[tokio::test]
async fn r11_the_time_of_a_call_holds_over_all_its_attempts() {
    let clock = ManualClock::new();
    let mut timeouts = Timeouts::default();
    timeouts.operation = 30 * SECOND;
    let get = async |time: Duration, status: u16| {
        let set = builder("http://127.0.0.1:1").timeouts(timeouts.clone()).clock(clock.clone());
        let contacts = set.transport(Slow(clock.clone(), time, status)).build().unwrap().contacts();
        in_manual_time(&clock, contacts.get("1").send()).await.unwrap_err()
    };
    for status in [429, 503] {
        // 11 seconds, 5 of waiting, 11 again; there is no time for 5 more and another attempt.
        let error = get(11 * SECOND, status).await;
        assert_eq!((error.status(), error.attempts(), error.elapsed()), (Some(status), 2, 27 * SECOND));
        // The second attempt is cut off at the end of the call.
        let error = get(15 * SECOND, status).await;
        assert_eq!((error.kind(), error.attempts(), error.elapsed()), (Kind::Timeout, 2, 30 * SECOND));
    }
}

#[tokio::test]
async fn r11_the_time_of_a_call_holds_over_a_body_that_drips() {
    // At this pace the body takes an hour. Nothing but the end of the call ends it: the attempt may take longer.
    let body: Vec<u8> =
        b"HTTP/1.1 200 X\r\ncontent-length: 36000\r\n\r\n".iter().copied().chain([b' '; 36_000]).collect();
    let server = Server::start(vec![Act::Drip(body, SECOND / 10)]);
    let mut timeouts = Timeouts::default();
    (timeouts.operation, timeouts.attempt) = (SECOND, Duration::ZERO);
    let client = builder(&server.origin).timeouts(timeouts).build().unwrap();
    let error = client.contacts().get("1").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (Kind::Timeout, 1), "{error:?}");
    assert!(error.elapsed() >= SECOND && server.processed().len() == 1);
}

#[tokio::test]
async fn r07_a_service_that_is_down_is_not_asked_thrice_by_everybody() {
    let server = Server::always(|_| Act::KeepAlive(503, Vec::new()));
    let contacts = builder(&server.origin).timeouts(Timeouts::default()).build().unwrap().contacts();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let contacts = contacts.clone();
            tokio::spawn(async move {
                for _ in 0..50 {
                    assert_eq!(contacts.get("1").await.unwrap_err().status(), Some(503));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let count = server.seen().len();
    assert!((1001..=1300).contains(&count), "{count}");
}

#[tokio::test]
async fn o02_a_transport_that_panics_wedges_nobody() {
    let calls = AtomicUsize::new(0);
    let transport = Answers(move |_: &http::Request<Body>, _: Bounds| {
        assert!(calls.fetch_add(1, Ordering::SeqCst) != 0, "a transport with a fault");
        Ok(reply(201, &[], "{}"))
    });
    let mut limits = kit::quick();
    limits.concurrency = Some(1);
    let mut timeouts = Timeouts::default();
    timeouts.operation = 10 * SECOND;
    let set = builder("http://127.0.0.1:1").limits(limits).timeouts(timeouts).transport(transport);
    let contacts = set.build().unwrap().contacts();
    // One place at the gate, and one turn to write: whoever comes next needs both.
    let create = || contacts.create(NewContact { name: "Ann".into(), ..Default::default() }).send();
    assert!(tokio::spawn(create()).await.is_err_and(|error| error.is_panic()));
    create().await.unwrap();
}

/// What a server has to do at this moment.
#[derive(Default)]
struct Inside {
    /// The sites whose writes it is processing.
    writing: Vec<String>,
    /// Two writes of one site met.
    collided: bool,
    /// Sites that have written.
    writers: HashSet<String>,
    reading: usize,
    most_reading: usize,
}

#[tokio::test]
async fn l06_writes_go_in_sequence_where_the_service_wants_it_and_nothing_else_does() {
    const PATIENCE: Duration = Duration::from_secs(20);
    let inside = Arc::new((Mutex::new(Inside::default()), Condvar::new()));
    let kept = inside.clone();
    let server = Server::always(move |seen| {
        let (inside, changed) = &*kept;
        let mut now = inside.lock().unwrap();
        if seen.line.starts_with("GET") {
            now.reading += 1;
            now.most_reading = now.most_reading.max(now.reading);
            changed.notify_all();
            // The first ones wait for one another: reads do overlap.
            now = changed.wait_timeout_while(now, PATIENCE, |now| now.most_reading < 4).unwrap().0;
            now.reading -= 1;
            return Act::KeepAlive(200, b"{}".to_vec());
        }
        let site = seen.header("x-site").unwrap().to_owned();
        now.collided |= now.writing.contains(&site);
        now.writing.push(site.clone());
        now.writers.insert(site.clone());
        changed.notify_all();
        // The first ones wait for the other site: only those of one business go in sequence.
        now = changed.wait_timeout_while(now, PATIENCE, |now| now.writers.len() < 2).unwrap().0;
        drop(now);
        // Time enough for somebody to collide.
        std::thread::sleep(Duration::from_millis(3));
        inside.lock().unwrap().writing.retain(|other| *other != site);
        Act::KeepAlive(201, b"{}".to_vec())
    });
    let mut timeouts = Timeouts::default();
    timeouts.attempt = PATIENCE;
    let contacts = builder(&server.origin).timeouts(timeouts).build().unwrap().contacts();
    let mut calls = Vec::new();
    for number in 0..40 {
        let site = if number % 2 == 0 { "one" } else { "other" };
        let contact = NewContact { name: number.to_string(), ..Default::default() };
        calls.push(tokio::spawn(contacts.create(contact).header("X-Site", site).send()));
        calls.push(tokio::spawn(contacts.get("1").header("X-Site", site).send()));
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let inside = inside.0.lock().unwrap();
    assert!(!inside.collided, "two writes of one business met");
    assert_eq!((inside.writers.len(), server.seen().len()), (2, 80));
    assert!(inside.most_reading >= 4, "reads waited for one another");
}

#[tokio::test]
async fn l06_a_write_keeps_its_turn_until_it_is_done() {
    let tries = AtomicUsize::new(0);
    let server = Server::always(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Act::KeepAlive(500, Vec::new()),
        _ => Act::KeepAlive(201, b"{}".to_vec()),
    });
    let contacts = builder(&server.origin).build().unwrap().contacts();
    let create = |name: &str| contacts.create(NewContact { name: name.into(), ..Default::default() });
    let (first, second, given_up) = (create("first").send(), create("second").send(), create("given up").send());
    let given_up = tokio::time::timeout(Duration::ZERO, given_up);
    let (first, given_up, second) = tokio::join!(first, given_up, second);
    first.unwrap();
    second.unwrap();
    assert!(given_up.is_err(), "its turn had not come");
    let names: Vec<_> = server.seen().iter().map(|seen| seen.text().contains("first")).collect();
    assert_eq!(names, [true, true, true, false]);
}
