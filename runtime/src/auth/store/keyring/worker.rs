//! The thread that talks to a keyring: one for each store, since Windows does not keep what two threads ask for in order.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Keyring;

/// Begins with the first job, and ends with the last one of who can give it any.
pub(super) struct Worker {
    keyring: Arc<dyn Keyring>,
    jobs: Mutex<Option<Sender<Job>>>,
}

type Job = Box<dyn FnOnce(&dyn Keyring) + Send>;

impl Worker {
    pub(super) fn new(keyring: Arc<dyn Keyring>) -> Self {
        Worker { keyring, jobs: Mutex::default() }
    }

    /// Bytes that an entry may have.
    pub(super) fn most(&self) -> usize {
        self.keyring.most()
    }

    /// Has this done after what was given before. A job that panics is dropped.
    pub(super) fn give(&self, job: impl FnOnce(&dyn Keyring) + Send + 'static) -> io::Result<()> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match &mut *jobs {
            Some(sender) => sender,
            none => none.insert(self.begin()?),
        };
        sender.send(Box::new(job)).map_err(|_| io::Error::other("the thread has ended"))
    }

    fn begin(&self) -> io::Result<Sender<Job>> {
        let (sender, jobs) = mpsc::channel::<Job>();
        let keyring = self.keyring.clone();
        let work = move || {
            for job in jobs {
                // Who waits for it hears that there is no answer; the others go on.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&*keyring)));
            }
        };
        thread::Builder::new().name("sage-keyring".into()).spawn(work)?;
        Ok(sender)
    }
}
