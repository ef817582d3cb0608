//! Logging a user in with their own browser, on the machine where this program runs (RFC 8252, section 7.3).

mod head;
mod listener;

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::failure::Failure;
use super::pending::Pending;
use super::thread::Job;
use crate::error::Result;
use listener::RedirectUri;

/// A login by the user's own browser, which comes back to a port of this machine.
///
/// The program listens on loopback only, and only while it waits. What is no answer to this login is refused, and the login
/// goes on waiting. Where there is no browser, see [`Grant::authorize`](super::Grant::authorize).
///
/// ```no_run
/// # use sage_runtime::auth::{Grant, Login};
/// # async fn example(grant: Grant) -> Result<(), sage_runtime::Error> {
/// grant.login(Login::loopback(8910).show(|url| println!("Open {url}"))).await?;
/// # Ok(())
/// # }
/// ```
pub struct Login {
    redirect_uri: String,
    show: Box<dyn FnOnce(&str) + Send>,
    #[cfg(feature = "browser")]
    open_browser: bool,
    wait: Duration,
}

impl Login {
    /// A login that comes back to `http://127.0.0.1:{port}/callback`.
    pub fn loopback(port: u16) -> Self {
        Login::at(format!("http://127.0.0.1:{port}/callback"))
    }

    /// A login that comes back to this address: `http`, on 127.0.0.1, `[::1]` or localhost, with a port. It must be
    /// registered with the service to the character.
    pub fn at(redirect_uri: impl Into<String>) -> Self {
        Login {
            redirect_uri: redirect_uri.into(),
            show: Box::new(print),
            #[cfg(feature = "browser")]
            open_browser: false,
            wait: Duration::from_secs(300),
        }
    }

    /// Gives the address that the user must open to this, in place of printing it to the standard error output.
    pub fn show(mut self, show: impl FnOnce(&str) + Send + 'static) -> Self {
        self.show = Box::new(show);
        self
    }

    /// Opens the address in the user's browser: what `$BROWSER` says, or the system's default.
    ///
    /// It is shown all the same, as nobody can tell whether a browser came up. The browser is told the address and nothing
    /// else; the environment that it gets is the program's own, without anything added.
    #[cfg(feature = "browser")]
    pub fn open_browser(mut self) -> Self {
        self.open_browser = true;
        self
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
        let here = RedirectUri::parse(&self.redirect_uri)?;
        let cancelled = Cancel(Arc::default());
        let flag = cancelled.0.clone();
        let job = Job::new(move || {
            let listeners = here.listen().map_err(Failure::from)?;
            (self.show)(pending.url());
            #[cfg(feature = "browser")]
            if self.open_browser {
                open(pending.url());
            }
            let answer = listener::wait(&here, &listeners, &pending, self.wait, &flag)?;
            Ok((pending, answer))
        });
        job.await.map_err(|failure| failure.error())
    }
}

fn print(url: &str) {
    // A program without that output has to show it in its own way.
    let _ = writeln!(io::stderr(), "To log in, open {url}");
}

/// On a thread of its own: browsers in a terminal end when the user leaves them, which is after the answer.
#[cfg(feature = "browser")]
fn open(url: &str) {
    let url = url.to_owned();
    // The user has been shown the address, so a machine without a browser, or without a thread, loses nothing.
    let _ = std::thread::Builder::new().name("sage-browser".into()).spawn(move || webbrowser::open(&url));
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
