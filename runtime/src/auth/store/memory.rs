//! A store that ends with the process.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{GrantKey, LONGEST, Record, StoreError, StoreGuard, TokenStore, not_older};

/// Keeps grants for as long as the process lives; clones share them.
///
/// The service's newest refresh token is lost with the process, so its user has to log in again. For tests, and for
/// programs that log in each time they start.
#[derive(Clone, Debug)]
pub struct MemoryStore(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    grants: Mutex<HashMap<GrantKey, Slot>>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Slot {
    locked: bool,
    record: Option<Record>,
}

impl MemoryStore {
    /// A store whose grants are lost when the process ends.
    pub fn lost_on_exit() -> Self {
        MemoryStore(Arc::default())
    }
}

impl Shared {
    fn grants(&self) -> MutexGuard<'_, HashMap<GrantKey, Slot>> {
        // Nothing panics while it is held.
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryStore {
    fn lock(&self, key: &GrantKey, wait: Duration) -> Result<Box<dyn StoreGuard>, StoreError> {
        let until = Instant::now() + wait.min(LONGEST);
        let mut grants = self.0.grants();
        loop {
            let slot = grants.entry(key.clone()).or_default();
            if !slot.locked {
                slot.locked = true;
                return Ok(Box::new(Guard { shared: self.0.clone(), key: key.clone() }));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::busy());
            }
            grants = self.0.freed.wait_timeout(grants, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

struct Guard {
    shared: Arc<Shared>,
    key: GrantKey,
}

impl StoreGuard for Guard {
    fn load(&mut self) -> Result<Option<Record>, StoreError> {
        Ok(self.shared.grants().get(&self.key).and_then(|slot| slot.record.clone()))
    }

    fn save(&mut self, record: &Record) -> Result<(), StoreError> {
        let mut grants = self.shared.grants();
        let slot = grants.entry(self.key.clone()).or_default();
        not_older(slot.record.as_ref(), record)?;
        slot.record = Some(record.clone());
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(slot) = self.shared.grants().get_mut(&self.key) {
            slot.locked = false;
        }
        self.shared.freed.notify_all();
    }
}
