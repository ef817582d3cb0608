//! What users hold of a grant, and the work that must not be cut off when they let it go.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::super::thread;
use super::{Inner, turn};

/// How long dropping a grant waits for what is under way.
const LONGEST: Duration = Duration::from_secs(5);

/// All clones of a grant share one; the threads that work for it have none.
///
/// A program that returns from `main` ends its threads wherever they are, also between the service's answer and the save. So
/// whoever drops the last handle waits until the work is done, and what the store did not take is tried once more.
pub(super) struct Handle(Arc<Inner>);

impl Handle {
    pub(super) fn new(inner: Inner) -> Self {
        Handle(Arc::new(inner))
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.0
    }

    /// Waits until nobody is at work. Is it so in time?
    fn rests(&self, until: Instant) -> bool {
        let state = self.0.state();
        let left = until.saturating_duration_since(Instant::now());
        let waited = self.0.rest.wait_timeout_while(state, left, |state| state.is_busy());
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.is_busy()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // A thread of the grant would wait for itself.
        if thread::is_own() {
            return;
        }
        let until = Instant::now() + LONGEST;
        let mut rests = self.rests(until);
        if rests && self.0.state().unsaved {
            self.0.begin_saving();
            rests = self.rests(until);
        }
        if !rests {
            // What has not been sent yet is wanted by nobody, and would be cut off.
            self.0.state().abandon();
        }
    }
}

/// Work for a grant that is under way: from before its thread begins until everything is stored.
pub(super) struct Visit(Arc<Inner>);

impl Inner {
    pub(super) fn visit(self: &Arc<Self>) -> Visit {
        self.state().arrive();
        Visit(self.clone())
    }

    /// Begins to save what the store did not take before.
    pub(super) fn begin_saving(self: &Arc<Self>) {
        let (inner, visit) = (self.clone(), self.visit());
        // If it fails again there is nobody to tell: the note in the store tells the next who comes.
        thread::begin(move || turn::save_again(&inner), move |_| visit.end_with(|_| ()));
    }
}

impl Visit {
    /// Does the work, and tells everybody that it is done.
    pub(super) fn end_with<T>(self, work: impl FnOnce(&Inner) -> T) -> T {
        let inner = self.0.clone();
        let done = work(&inner);
        drop(self);
        inner.wake();
        done
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.depart();
        if !state.is_busy() {
            self.0.rest.notify_all();
        }
    }
}
