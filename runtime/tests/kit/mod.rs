//! What the tests of sending again share: clients, a token source that counts, and a clock that moves by itself.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use sage_runtime::transport::{Body, Bounds, BoxFuture, Transport, TransportFault};
use sage_runtime::{Clock, Error, Generation, Limits, ManualClock, Now, Timeouts, Token, TokenSource};

use crate::sample::{Client, ClientBuilder, Region};

/// A client that waits for next to nothing between attempts.
pub fn builder(origin: &str) -> ClientBuilder {
    let set = Client::builder().region(Region::Uki).site("s").access_token("a-token").origin(origin);
    set.limits(quick()).timeouts(short())
}

pub fn quick() -> Limits {
    let mut limits = Limits::default();
    limits.backoff = Duration::from_millis(1);
    limits.longest_backoff = Duration::from_millis(5);
    limits
}

pub fn short() -> Timeouts {
    let mut timeouts = Timeouts::default();
    timeouts.attempt = Duration::from_millis(500);
    timeouts
}

/// Gives a newer token each time one is refused, and counts.
#[derive(Default)]
pub struct Tokens {
    pub generation: AtomicU64,
    pub refreshes: AtomicU64,
}

/// Shares what it gives with the test.
pub struct Shared<T>(pub std::sync::Arc<T>);

impl TokenSource for Shared<Tokens> {
    fn token(&self, stale: Option<Generation>) -> BoxFuture<'_, Result<Token, Error>> {
        if stale == Some(Generation::new(self.0.generation.load(Ordering::SeqCst))) {
            self.0.refreshes.fetch_add(1, Ordering::SeqCst);
            self.0.generation.fetch_add(1, Ordering::SeqCst);
        }
        let generation = self.0.generation.load(Ordering::SeqCst);
        let token = Token::new(format!("token-{generation}"), Generation::new(generation));
        Box::pin(std::future::ready(Ok(token)))
    }
}

/// Does something once, after the first attempt that fails.
pub struct AfterFault<T, F> {
    pub inner: T,
    pub then: Mutex<Option<F>>,
}

impl<T: Transport, F: FnOnce() + Send + 'static> Transport for AfterFault<T, F> {
    fn send(
        &self,
        request: http::Request<Body>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        Box::pin(async move {
            let reply = self.inner.send(request, bounds).await;
            if reply.is_err()
                && let Some(then) = self.then.lock().unwrap().take()
            {
                then();
            }
            reply
        })
    }
}

/// A transport that answers by a function, at once.
pub struct Answers<F>(pub F);

impl<F> Transport for Answers<F>
where
    F: Fn(&http::Request<Body>, Bounds) -> Result<http::Response<Body>, TransportFault> + Send + Sync + 'static,
{
    fn send(
        &self,
        request: http::Request<Body>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        Box::pin(std::future::ready((self.0)(&request, bounds)))
    }
}

/// A reply with a body and no headers but these.
pub fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> http::Response<Body> {
    let mut builder = http::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.to_owned().into()).unwrap()
}

/// Runs a future in manual time: whenever nobody can go on, the clock moves to the next moment that somebody waits for. All that
/// is on its way must be a task of this thread, and wait for nothing but the clock and one another.
pub async fn in_manual_time<T>(clock: &ManualClock, work: impl Future<Output = T>) -> T {
    /// Tasks that wake each other one by one: no chain of them is longer.
    const ROUNDS: usize = 1000;
    let mut work = pin!(work);
    loop {
        for _ in 0..ROUNDS {
            if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
                return done;
            }
            tokio::task::yield_now().await;
        }
        clock.advance(clock.until_next().expect("nobody waits for anything"));
    }
}

/// A clock for one call alone: whoever waits for the next moment makes it come, on whatever thread it is.
pub struct Hurried(pub ManualClock);

impl Clock for Hurried {
    fn now(&self) -> Now {
        self.0.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let clock = self.0.clone();
        let until = clock.now().monotonic.saturating_add(time);
        let mut sleep = self.0.sleep(time);
        Box::pin(poll_fn(move |context| {
            if sleep.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            match clock.until_next() {
                Some(next) if clock.now().monotonic + next == until => {
                    clock.advance(next);
                    sleep.as_mut().poll(context)
                }
                _ => Poll::Pending,
            }
        }))
    }
}
