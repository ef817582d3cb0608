//! Where grants are kept from one run of a program to the next.

mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

pub use file::FileStore;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;

use super::record::Record;
use crate::transport::BoxError;

/// Keeps grants, and lets one at a time change each of them.
///
/// A refresh token works once: two processes that use the same one may cost the grant. So the lock must hold across
/// everything that shares the store, and what was saved must survive a crash of the machine once [`StoreGuard::save`]
/// has returned.
///
/// All methods may block: they are called on a thread that does nothing else, outside any async runtime. A store in a
/// database is a row for each key. [`save`](StoreGuard::save) is called at least twice under one lock, with the request
/// to the token endpoint between the two, and each save commits: so the lock must be one that outlives a commit. A lock of the
/// session will do (PostgreSQL's `pg_advisory_lock`), or a row locked by a transaction of a second connection that ends with
/// the guard; `SELECT … FOR UPDATE` in the transaction that saves will not.
///
/// An async driver is called with the `block_on` of the handle of the runtime that the connections belong to. That has to be a
/// runtime that others drive: one with worker threads, or with a thread of its own. A current-thread runtime goes on only
/// while its thread is in it, and whoever drops the last handle of a [`Grant`](super::Grant) there holds that thread up: the
/// save does not come to its end, and the grant may be lost. Await [`Grant::settled`](super::Grant::settled) before a grant
/// is dropped, on any runtime, and keep one grant for each user rather than one for each request.
pub trait TokenStore: Send + Sync + 'static {
    /// Locks a grant, whether it exists or not; the guard unlocks it when it is dropped.
    ///
    /// # Errors
    /// [`StoreError::busy`] if someone else held the lock for all of `wait`, any other if the store does not work.
    fn lock(&self, key: &GrantKey, wait: Duration) -> Result<Box<dyn StoreGuard>, StoreError>;
}

/// A grant that is locked.
pub trait StoreGuard: Send {
    /// What is stored; `None` if nothing is.
    ///
    /// # Errors
    /// The store does not work, or what it holds can not be read.
    fn load(&mut self) -> Result<Option<Record>, StoreError>;

    /// Replaces what is stored, wholly or not at all. It is durable when this returns. Called more than once while the
    /// lock is held, it replaces each time.
    ///
    /// # Errors
    /// The store does not work. The old record must still be there.
    fn save(&mut self, record: &Record) -> Result<(), StoreError>;
}

/// Which grant: of which application, under which name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GrantKey {
    client_id: String,
    name: String,
}

impl GrantKey {
    /// The key of a grant.
    pub fn new(client_id: impl Into<String>, name: impl Into<String>) -> Self {
        GrantKey { client_id: client_id.into(), name: name.into() }
    }

    /// The application.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The name of the grant, as the program calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A text of letters, digits and hyphens that no other key has: the beginning of the name, and a hash of all.
    pub fn to_file_name(&self) -> String {
        let mut hash = Sha256::new();
        hash.update((self.client_id.len() as u64).to_le_bytes());
        hash.update(&self.client_id);
        hash.update(&self.name);
        let hash: String = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let name: String = self.name.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        if name.is_empty() { hash } else { format!("{}-{hash}", name.to_ascii_lowercase()) }
    }
}

/// Why a store did not do its work. It holds no secret.
#[derive(Debug)]
pub struct StoreError {
    what: Cow<'static, str>,
    busy: bool,
    source: Option<BoxError>,
}

impl StoreError {
    /// The store does not work. `what` is shown, and must hold no secret.
    pub fn new(what: impl Into<Cow<'static, str>>) -> Self {
        StoreError { what: what.into(), busy: false, source: None }
    }

    /// Someone else held the lock for too long.
    pub fn busy() -> Self {
        StoreError { busy: true, ..StoreError::new("another process or thread has held the grant's lock for too long") }
    }

    /// The same, and what led to it.
    #[must_use]
    pub fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Did someone else hold the lock for too long?
    pub fn is_busy(&self) -> bool {
        self.busy
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Nobody waits longer for a lock: times are added to.
const LONGEST: Duration = Duration::from_secs(86_400);

/// An older generation never replaces a newer one, whatever the locks are worth.
fn not_older(stored: Option<&Record>, record: &Record) -> Result<(), StoreError> {
    match stored {
        Some(stored) if stored.generation() > record.generation() => {
            Err(StoreError::new("a newer generation of the grant is stored already"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::GrantKey;

    #[test]
    fn t17_keys_have_file_names_of_their_own() {
        let name = |id: &str, name: &str| GrantKey::new(id, name).to_file_name();
        assert!(name("id", "Company A/../x").starts_with("companyax-"));
        let names = [name("a", "b"), name("ab", ""), name("", "ab"), name("a", "B"), name("b", "a"), name("a", "b ")];
        for (at, one) in names.iter().enumerate() {
            assert!(!names[..at].contains(one), "{one}");
        }
    }
}
