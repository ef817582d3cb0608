//! Logging a user in with their own browser, on the machine where this program runs (RFC 8252, section 7.3).

mod head;
mod listener;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::failure::Failure;
use super::pending::Pending;
use super::thread::Job;
use crate::error::Result;
use listener::Place;

/// A login by the user's own browser, which comes back to a port of this machine.
///
/// The program listens on loopback only, and only while it waits. What is no answer to this login is refused, and the login
/// goes on waiting. Where there is no browser, see [`Grant::authorize`](super::Grant::authorize).
pub struct Login {
    redirect_uri: String,
    show: Box<dyn FnOnce(&str) + Send>,
    wait: Duration,
}

impl Login {
    /// A login that comes back to `http://127.0.0.1:{port}/callback`. `show` gets the address that the user must open: it
    /// prints it, or opens a browser.
    pub fn loopback(port: u16, show: impl FnOnce(&str) + Send + 'static) -> Self {
        Login::at(format!("http://127.0.0.1:{port}/callback"), show)
    }

    /// A login that comes back to this address: `http`, on 127.0.0.1, `[::1]` or localhost, with a port. It must be
    /// registered with the service to the character.
    pub fn at(redirect_uri: impl Into<String>, show: impl FnOnce(&str) + Send + 'static) -> Self {
        Login { redirect_uri: redirect_uri.into(), show: Box::new(show), wait: Duration::from_secs(300) }
    }

    /// How long to wait for the user; 5 minutes if not set.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    pub(super) fn redirect_uri(&self) -> String {
        self.redirect_uri.clone()
    }

    /// Waits for the answer to this login. Whoever stops waiting frees the port.
    pub(super) async fn answer(self, pending: Pending) -> Result<(Pending, String)> {
        let place = Place::parse(&self.redirect_uri)?;
        let cancelled = Cancel(Arc::default());
        let flag = cancelled.0.clone();
        let job = Job::new(move || {
            let listeners = place.listen().map_err(Failure::from)?;
            (self.show)(pending.url());
            let answer = listener::wait(&place, &listeners, &pending, self.wait, &flag)?;
            Ok((pending, answer))
        });
        job.await.map_err(|failure| failure.error())
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("redirect_uri", &self.redirect_uri)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

/// Set when nobody waits any more.
struct Cancel(Arc<AtomicBool>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
