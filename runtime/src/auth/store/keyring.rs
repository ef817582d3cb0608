//! A store in the keyring of the operating system.
//!
//! A keyring has no locks, keeps little on some systems, and may wait for a person, or for ever, before it answers. So the
//! lock is a file, sizes are known before anything is written, and each operation has a thread and a time.

mod system;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::{FileStore, GrantKey, Record, StoreError, StoreGuard, TokenStore, not_older};
use crate::secret::Secret;
use system::System;

/// Keeps each grant in the keyring of the user: Keychain on macOS, Credential Manager on Windows, Secret Service elsewhere.
///
/// There is one entry for each grant, and it is as durable as the keyring makes it. A lock is a file without content that
/// all processes on the machine respect. Windows keeps 2,560 bytes in an entry: a grant that is larger is refused.
///
/// Nothing is ever kept elsewhere instead. Where there is no keyring, as on servers and in containers, where it is locked,
/// or where it does not answer within 3 seconds, each operation is an error, and [`FileStore`] is the alternative. An
/// operation that is late keeps the grant's lock until it ends, so that it can not undo what came after it.
#[derive(Clone)]
pub struct KeyringStore {
    keyring: Arc<dyn Keyring>,
    /// Nothing but its locks is used.
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
        KeyringStore { keyring: Arc::new(System::new(service.into())), locks, patience: PATIENCE }
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
        let (keyring, patience) = (self.keyring.clone(), self.patience);
        Ok(Box::new(Guard { keyring, name: key.to_file_name(), patience, lock, late: None }))
    }
}

/// Asks for one thing at a time.
struct Guard {
    keyring: Arc<dyn Keyring>,
    name: String,
    patience: Duration,
    /// Shared with what is under way, which holds it for as long as it takes.
    lock: Arc<File>,
    /// An operation that was not waited for; the channel closes when it ends.
    late: Option<Receiver<()>>,
}

impl StoreGuard for Guard {
    fn load(&mut self) -> Result<Option<Record>, StoreError> {
        let text = self.ask(|keyring, name| keyring.read(name))?;
        text.map(|text| Record::from_text(&text)).transpose()
    }

    fn save(&mut self, record: &Record) -> Result<(), StoreError> {
        let (text, most) = (record.to_text(), self.keyring.most());
        let size = text.expose().len();
        if size > most {
            return Err(trouble(format_args!("the grant has {size} bytes, and the keyring keeps {most}")));
        }
        // What can not be read is not replaced either: it may be a newer version's.
        not_older(self.load()?.as_ref(), record)?;
        self.ask(move |keyring, name| keyring.write(name, &text))
    }
}

impl Guard {
    /// Asks on a thread of its own, and waits for so long.
    fn ask<T: Send + 'static>(
        &mut self,
        operation: impl FnOnce(&dyn Keyring, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // Nothing overtakes what is late: a write that ends at last must not undo a newer one.
        if let Some(late) = self.late.take()
            && late.recv_timeout(self.patience) == Err(RecvTimeoutError::Timeout)
        {
            self.late = Some(late);
            return Err(self.no_answer());
        }
        let (keyring, name, lock) = (self.keyring.clone(), self.name.clone(), self.lock.clone());
        let (answered, answer) = mpsc::channel();
        let (under_way, late) = mpsc::channel();
        let work = move || {
            let answer = operation(&*keyring, &name);
            // In this order: who has the answer finds the lock and the keyring free.
            drop((lock, under_way));
            let _ = answered.send(answer);
        };
        let spawned = thread::Builder::new().name("sage-keyring".into()).spawn(work);
        spawned.map_err(|error| StoreError::new("there is no thread for the keyring").because(error))?;
        match answer.recv_timeout(self.patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                self.late = Some(late);
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
