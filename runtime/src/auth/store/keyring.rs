//! A store in the keyring of the operating system.
//!
//! A keyring has no locks, keeps little on some systems, and may wait for a person, or for ever, before it answers. So the
//! lock is a file, sizes are known before anything is written, and each operation has a time, on a thread that is not the caller's.

mod system;
#[cfg(test)]
mod tests;
mod worker;

use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, SystemTime};

use super::{FileStore, GrantKey, Record, StoreError, StoreGuard, TokenStore, not_older};
use crate::secret::Secret;
use system::System;
use worker::Worker;

/// Keeps each grant in the keyring of the user: Keychain on macOS, Credential Manager on Windows, Secret Service elsewhere.
///
/// There is one entry for each grant, and it is as durable as the keyring makes it. A lock is a file without content that
/// all processes on the machine respect. The name of the entry has an id in it that stands beside the locks: whoever has other locks has
/// other entries, and never the same grant without its lock. Who removes the folder of the locks has to log in again.
///
/// Windows keeps 2,560 bytes in an entry: a grant that is larger is refused. How large it is is known when the service has given it, so
/// a login may end there; what is refused is never cut. On Windows entries stay on the machine and do not roam.
///
/// Nothing is ever kept elsewhere instead. Where there is no keyring, as on servers and in containers, where it is locked,
/// or where it does not answer within 3 seconds, each operation is an error, and [`FileStore`] is the alternative. An
/// operation that is late keeps the grant's lock until it ends, so that it can not undo what came after it.
#[derive(Clone)]
pub struct KeyringStore {
    worker: Arc<Worker>,
    /// Nothing but its locks and its id is used.
    locks: FileStore,
    patience: Duration,
}

/// How long a keyring may take for one operation.
const PATIENCE: Duration = Duration::from_secs(3);

impl KeyringStore {
    /// A store under the name of the program; the locks are beside what a [`FileStore::for_app`] would keep.
    ///
    /// # Errors
    /// There is no place for the locks, or the name is none. The keyring is not asked.
    pub fn for_app(name: &str) -> Result<Self, StoreError> {
        Ok(KeyringStore::with(name, FileStore::below(name, "locks")?))
    }

    /// A store under a name of yours, which keyrings show to the user as the service; the locks are in this folder, which
    /// is made if there is none. Whoever shares the grants must name the same folder.
    ///
    /// # Errors
    /// The folder can not be made, is something else, or can be entered by others. The keyring is not asked.
    pub fn new(service: impl Into<String>, locks: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Ok(KeyringStore::with(service, FileStore::new(locks)?))
    }

    fn with(service: impl Into<String>, locks: FileStore) -> Self {
        KeyringStore::on(Arc::new(System::new(service.into())), locks, PATIENCE)
    }

    fn on(keyring: Arc<dyn Keyring>, locks: FileStore, patience: Duration) -> Self {
        KeyringStore { worker: Arc::new(Worker::new(keyring)), locks, patience }
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringStore").field("locks", &self.locks).finish_non_exhaustive()
    }
}

/// What this module needs of a keyring. Both operations may take as long as they like.
trait Keyring: Send + Sync + 'static {
    /// Bytes that an entry may have.
    fn most(&self) -> usize;

    /// What is kept under this name; `None` if nothing is.
    fn read(&self, name: &str) -> Result<Option<Secret>, StoreError>;

    /// Replaces what is kept under this name.
    fn write(&self, name: &str, text: &Secret) -> Result<(), StoreError>;
}

/// Something that is in the keyring's way, and what to do about it.
fn trouble(what: impl fmt::Display) -> StoreError {
    StoreError::new(format!("{what}; nothing was kept elsewhere instead: `FileStore` works without a keyring"))
}

impl TokenStore for KeyringStore {
    fn lock(&self, key: &GrantKey, wait: Duration) -> Result<Box<dyn StoreGuard>, StoreError> {
        let lock = Arc::new(self.locks.hold(key, wait)?);
        let name = format!("{}-{}", key.to_file_name(), self.locks.id()?);
        Ok(Box::new(Guard { worker: self.worker.clone(), name, patience: self.patience, lock }))
    }
}

/// Asks for one thing at a time.
struct Guard {
    worker: Arc<Worker>,
    name: String,
    patience: Duration,
    /// Shared with what is under way, which holds it for as long as it takes.
    lock: Arc<File>,
}

impl StoreGuard for Guard {
    fn load(&mut self) -> Result<Option<Record>, StoreError> {
        let text = self.ask(|keyring, name| keyring.read(name))?;
        text.map(|text| Record::from_text(&text)).transpose()
    }

    fn save(&mut self, record: &Record) -> Result<(), StoreError> {
        let (text, most) = (record.to_text(), self.worker.most());
        // With the note that stands there while it is refreshed, which must not be what it is too large with.
        let size = record.noted(SystemTime::now()).to_text().expose().len();
        if size > most {
            return Err(trouble(format_args!("the grant has {size} bytes, and the keyring keeps {most}")));
        }
        // What can not be read is not replaced either: it may be a newer version's.
        not_older(self.load()?.as_ref(), record)?;
        self.ask(move |keyring, name| keyring.write(name, &text))
    }
}

impl Guard {
    /// Has the worker ask, and waits for so long.
    fn ask<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&dyn Keyring, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (name, lock) = (self.name.clone(), self.lock.clone());
        let (answered, answer) = mpsc::channel();
        let wanted = Arc::new(AtomicBool::new(true));
        let still_wanted = wanted.clone();
        let work = move |keyring: &dyn Keyring| {
            // What came before may have taken all of the time. Nothing overtakes that: a write that ends at last must not undo a
            // newer one.
            let answer = still_wanted.load(Ordering::Relaxed).then(|| operation(keyring, &name));
            // In this order: who has the answer finds the lock free.
            drop(lock);
            let _ = answer.map(|answer| answered.send(answer));
        };
        let given = self.worker.give(work);
        given.map_err(|error| StoreError::new("there is no thread for the keyring").because(error))?;
        match answer.recv_timeout(self.patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                wanted.store(false, Ordering::Relaxed);
                Err(self.no_answer())
            }
            Err(RecvTimeoutError::Disconnected) => Err(StoreError::new("the keyring panicked")),
        }
    }

    fn no_answer(&self) -> StoreError {
        let seconds = self.patience.as_secs_f32();
        trouble(format_args!("the keyring has not answered within {seconds} seconds; it may wait for a person"))
    }
}
