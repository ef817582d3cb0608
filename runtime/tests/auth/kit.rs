//! A clock that is set by hand, a store that fails when it is told to, and short words for common steps.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use sage_runtime::auth::{Grant, GrantKey, MemoryStore, Record, StoreError, StoreGuard, TokenStore};
use sage_runtime::transport::BoxFuture;
use sage_runtime::{Clock, Error, Generation, Now, Token, TokenSource as _};
use tokio::runtime::Builder;

use crate::server::{Server, stored_at};

/// Both hands move when they are told to.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Now>>);

impl ManualClock {
    /// Begins at second 1,000,000 of 1970.
    pub fn new() -> Self {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        ManualClock(Arc::new(Mutex::new(Now { monotonic: Duration::from_secs(50), wall })))
    }

    pub fn advance(&self, seconds: f64) {
        self.0.lock().unwrap().monotonic += Duration::from_secs_f64(seconds);
        self.jump(seconds);
    }

    /// Sets the wall clock only, as people and suspend do.
    pub fn jump(&self, seconds: f64) {
        let mut now = self.0.lock().unwrap();
        let by = Duration::from_secs_f64(seconds.abs());
        now.wall = if seconds < 0.0 { now.wall - by } else { now.wall + by };
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Now {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        // Grants never sleep.
        Box::pin(std::future::pending())
    }
}

/// A store in memory that fails on demand and knows what was saved.
#[derive(Clone)]
pub struct FaultStore {
    store: Arc<Mutex<MemoryStore>>,
    pub faults: Arc<Mutex<Faults>>,
}

#[derive(Default)]
pub struct Faults {
    pub locks: u32,
    pub loads: u32,
    pub saves: u32,
    /// Saves that work, before `saves` fail.
    pub skip: u32,
    pub panic: bool,
    /// The texts that were saved.
    pub saved: Vec<String>,
    /// A text that is there once somebody loads for the second time.
    pub second_load: Option<String>,
}

impl FaultStore {
    pub fn new() -> Self {
        FaultStore { store: Arc::new(Mutex::new(MemoryStore::lost_on_exit())), faults: Arc::default() }
    }

    /// Somebody puts this in the place of all that is there, as with a backup.
    pub fn replace(&self, text: &str) {
        let store = MemoryStore::lost_on_exit();
        seed(&store, text);
        *self.store.lock().unwrap() = store;
    }

    /// So many of the next saves work, and so many after them do not.
    pub fn fail(&self, skip: u32, saves: u32) {
        let mut faults = self.faults.lock().unwrap();
        (faults.skip, faults.saves) = (skip, saves);
    }
}

struct FaultGuard {
    guard: Box<dyn StoreGuard>,
    faults: Arc<Mutex<Faults>>,
    loads: u32,
}

fn fails(count: &mut u32) -> Result<(), StoreError> {
    match count.checked_sub(1) {
        None => Ok(()),
        Some(left) => {
            *count = left;
            Err(StoreError::new("the disk is full"))
        }
    }
}

impl TokenStore for FaultStore {
    fn lock(&self, key: &GrantKey, wait: Duration) -> Result<Box<dyn StoreGuard>, StoreError> {
        fails(&mut self.faults.lock().unwrap().locks)?;
        let store = self.store.lock().unwrap().clone();
        let guard = store.lock(key, wait)?;
        Ok(Box::new(FaultGuard { guard, faults: self.faults.clone(), loads: 0 }))
    }
}

impl StoreGuard for FaultGuard {
    fn load(&mut self) -> Result<Option<Record>, StoreError> {
        self.loads += 1;
        let mut faults = self.faults.lock().unwrap();
        fails(&mut faults.loads)?;
        if self.loads > 1
            && let Some(text) = faults.second_load.take()
        {
            return Record::from_text(&text.into()).map(Some);
        }
        self.guard.load()
    }

    fn save(&mut self, record: &Record) -> Result<(), StoreError> {
        let mut faults = self.faults.lock().unwrap();
        match faults.skip.checked_sub(1) {
            Some(left) => faults.skip = left,
            None => {
                if std::mem::take(&mut faults.panic) {
                    drop(faults);
                    panic!("a store with a fault");
                }
                fails(&mut faults.saves)?;
            }
        }
        self.guard.save(record)?;
        faults.saved.push(record.to_text().expose().to_owned());
        Ok(())
    }
}

pub fn run<T>(future: impl Future<Output = T>) -> T {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future)
}

/// A server, and a grant with a clock that is set by hand and a token that was issued just now.
pub fn timed() -> (Server, Grant, FaultStore, ManualClock) {
    let (server, store, clock) = (Server::start(), FaultStore::new(), ManualClock::new());
    seed(&store, &stored_at(0, 1_000_000, ""));
    let grant = Grant::builder(server.app(), store.clone()).clock(clock.clone()).build().unwrap();
    (server, grant, store, clock)
}

/// Puts a text into a store.
pub fn seed(store: &impl TokenStore, text: &str) {
    seed_as(store, "default", text);
}

pub fn seed_as(store: &impl TokenStore, name: &str, text: &str) {
    let key = GrantKey::new("client-id", name);
    store.lock(&key, Duration::ZERO).unwrap().save(&Record::from_text(&text.into()).unwrap()).unwrap();
}

/// What is in a store.
pub fn peek(store: &impl TokenStore) -> String {
    let record = store.lock(&GrantKey::new("client-id", "default"), Duration::from_secs(10)).unwrap().load().unwrap();
    record.unwrap().to_text().expose().to_owned()
}

/// The access token, without waiting; `None` if it would have to be waited for.
pub fn at_once(grant: &Grant, stale: Option<u64>) -> Option<Result<Token, Error>> {
    let mut future = grant.token(stale.map(Generation::new));
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

/// The token's name, without the canary.
pub fn name(token: &Token) -> &str {
    token.access.expose().strip_prefix("CANARY-").unwrap()
}

pub async fn get(grant: &Grant, stale: Option<u64>) -> Result<Token, Error> {
    grant.token(stale.map(Generation::new)).await
}
