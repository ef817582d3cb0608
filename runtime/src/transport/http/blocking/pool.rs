//! Connections that may be used again.
//!
//! Only those come here whose last reply was read to its end. The lock is held for looking only: what touches the network
//! happens outside.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::origin::Origin;
use super::connection::Connection;

/// As many are kept; the oldest goes.
const MOST: usize = 64;

/// Idle connections, the last used at the end.
pub(super) struct Pool {
    idle: Mutex<Vec<Idle>>,
    /// How long one is kept; `None`: as long as the server wants.
    time: Option<Duration>,
}

struct Idle {
    origin: Origin,
    connection: Connection,
    since: Instant,
}

impl Pool {
    pub(super) fn new(time: Option<Duration>) -> Self {
        Pool { idle: Mutex::default(), time }
    }

    /// One to this origin that is still open, and on which nothing came unasked.
    pub(super) fn take(&self, origin: &Origin) -> Option<Connection> {
        loop {
            let late = self.expire();
            let found = {
                let mut idle = self.lock();
                let last = idle.iter().rposition(|one| one.origin == *origin);
                last.map(|index| idle.remove(index).connection)
            };
            drop(late);
            let mut connection = found?;
            if connection.is_quiet() {
                return Some(connection);
            }
        }
    }

    /// Keeps this one.
    pub(super) fn put(&self, origin: Origin, connection: Connection) {
        let late = self.expire();
        let mut idle = self.lock();
        let oldest = (idle.len() >= MOST).then(|| idle.remove(0));
        idle.push(Idle { origin, connection, since: Instant::now() });
        drop(idle);
        drop((late, oldest));
    }

    /// Takes out what was idle for too long, for closing.
    fn expire(&self) -> Vec<Idle> {
        let Some(time) = self.time else { return Vec::new() };
        self.lock().extract_if(.., |one| one.since.elapsed() >= time).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
