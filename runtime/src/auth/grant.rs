//! A grant in use: its tokens, refreshed in time and once, and never lost by us.

#[cfg(feature = "blocking")]
mod blocking;
mod builder;
mod handle;
mod held;
mod pause;
mod state;
mod turn;
mod waiting;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Response;

use super::app::App;
use super::failure::{Failure, Kind};
use super::login::Login;
use super::pending::{NoAnswer, Pending};
use super::request::Asked;
use super::store::{GrantKey, TokenStore};
use super::thread::{self, Job};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
#[cfg(any(feature = "blocking", feature = "reqwest"))]
use crate::limits::Timeouts;
use crate::token::{Generation, Token, TokenSource};
use crate::transport::{Body, Bounds, BoxFuture, Transport};
use handle::Handle;
use state::State;
use turn::{Finishing, NotFinished, Unsaved};
use waiting::{Settled, Waiting};

pub use builder::GrantBuilder;

/// Bytes of an answer of the token endpoint: its tokens have at most a few kilobytes.
const MOST: usize = 64 << 10;

/// What a user has allowed an application to do: a source of tokens for clients. Cheap to clone; clones are the same grant.
///
/// However many requests want a token, one refresh is under way at a time, in this process and in all that share the
/// store, and no request uses a token that is not stored yet. A refresh is nobody's: it runs on a thread of its own, and
/// goes on when those who wait for it stop waiting. A token that ends soon is refreshed while it is still used. Dropping the
/// last handle of a grant waits on its thread for a refresh that is under way, for up to 5 seconds; see
/// [`settled`](Grant::settled). Make one grant for each user, and keep it: it is not for a request.
///
/// What no client can mend: if the machine fails after the service has replaced the refresh token and before the new one
/// arrived, a service that takes each refresh token only once wants the user to log in again. The error says so then:
/// [`Cause::RotationMayBeLost`](crate::Cause::RotationMayBeLost).
///
/// ```no_run
/// # use sage_runtime::auth::{App, FileStore, Grant, Login, OAuth};
/// # static OAUTH: OAuth = OAuth::DEFAULT;
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let app = App::new(&OAUTH, "client id").secret("client secret");
/// let grant = Grant::new(app, FileStore::for_app("my-app")?)?;
/// if !grant.is_authorized().await? {
///     grant.login(Login::loopback(8910)).await?;
/// }
/// // let client = Client::builder().token_source(grant.clone()).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Grant(Arc<Handle>);

struct Inner {
    app: App,
    key: GrantKey,
    store: Box<dyn TokenStore>,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    lock_wait: Duration,
    deadline: Duration,
    state: Mutex<State>,
    /// Nobody is at work any more.
    rest: Condvar,
    /// Held by whoever visits the store.
    unsaved: Mutex<Option<Unsaved>>,
}

impl Grant {
    /// A grant with the usual settings, under the name `default`.
    ///
    /// # Errors
    /// See [`GrantBuilder::build`].
    pub fn new(app: App, store: impl TokenStore) -> Result<Self> {
        Grant::builder(app, store).build()
    }

    /// Starts to set a grant up.
    pub fn builder(app: App, store: impl TokenStore) -> GrantBuilder {
        Grant::boxed(app, Box::new(store))
    }

    pub(crate) fn boxed(app: App, store: Box<dyn TokenStore>) -> GrantBuilder {
        GrantBuilder::new(app, store)
    }

    /// Under which key the store keeps it.
    pub fn key(&self) -> &GrantKey {
        &self.0.inner().key
    }

    /// Does the store hold a grant that can be used, as far as this process knows? It may have been revoked elsewhere: only using
    /// it tells. Once it has told, and somebody has to log in, the answer is no.
    ///
    /// # Errors
    /// The store can not be read.
    pub async fn is_authorized(&self) -> Result<bool> {
        let inner = self.0.inner().clone();
        Job::new(move || turn::is_authorized(&inner)).await.map_err(|failure| failure.error())
    }

    /// Begins a login by hand: send the user to [`Pending::url`], and give [`finish`](Grant::finish) the address that the
    /// service sends them back to. So do web servers, and programs without a browser whose user pastes that address.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn authorize(&self, redirect_uri: impl Into<String>) -> Result<Pending> {
        self.0.inner().app.authorize(redirect_uri)
    }

    /// Ends a login: `callback` is the address that the user was sent back to, or its query.
    ///
    /// A code is exchanged once, even if the caller stops waiting meanwhile; the new tokens are stored when this is ready.
    ///
    /// # Errors
    /// The address does not belong to this login, which can be finished with another one then; this login is finished
    /// already, also if it was [restored](Pending::restore) twice; the user or the service refused; the code could not be
    /// exchanged; or the store failed. As long as the code has not been sent, as with a store that is busy, the login can be
    /// finished with the same address later.
    pub async fn finish(&self, pending: &mut Pending, callback: &str) -> Result<()> {
        let code = match pending.take(callback) {
            Ok(code) => code,
            Err(NoAnswer::NotOurs(what)) => return Err(Error::config(what)),
            Err(NoAnswer::Refused(error)) => return Err(error),
        };
        let login = Finishing {
            code,
            redirect_uri: pending.redirect_uri().to_owned(),
            verifier: pending.verifier().cloned(),
            mark: pending.mark(),
        };
        let visit = self.0.inner().visit();
        let done = Job::new(move || Ok(visit.end_with(|inner| turn::exchange(inner, &login)))).await;
        done.map_err(|failure| failure.error())?.map_err(|NotFinished { failure, sent }| {
            if !sent {
                pending.give_back();
            }
            failure.error()
        })
    }

    /// Logs a user in, in place of whoever was before.
    ///
    /// # Errors
    /// The address to listen on is taken, nobody answered in time, or as for [`finish`](Grant::finish).
    pub async fn login(&self, login: Login) -> Result<()> {
        let pending = self.authorize(login.redirect_uri())?;
        let (mut pending, callback) = login.answer(pending).await?;
        self.finish(&mut pending, &callback).await
    }

    /// Gives the grant back to the service, and forgets its tokens once the service has agreed (RFC 7009).
    ///
    /// # Errors
    /// The service could not be asked or refused, and the tokens are still there; the API has no address for this; or
    /// the store failed.
    pub async fn revoke(&self) -> Result<()> {
        let visit = self.0.inner().visit();
        Job::new(move || visit.end_with(turn::revoke)).await.map_err(|failure| failure.error())
    }

    /// Is ready when nothing is under way that the grant could be lost with: no refresh, no login, no revocation. If the
    /// service has given tokens that the store did not take, they are given to the store once more.
    ///
    /// Tokens are refreshed early and beside the calls that use them, so a refresh may be under way when a program is done. Who
    /// drops the last handle of a grant, as by returning from `main`, waits for it anyway, for up to 5 seconds, and holds
    /// their thread up. Wait for this before `std::process::exit`, which drops nothing; where a grant is in a `static`;
    /// where a service may take longer than that; and before a grant is dropped in async code, above all where the thread
    /// that drops it is one that the store waits for, as with a [store in a database](TokenStore).
    ///
    /// What it can not mend: tokens that the store does not take this time either are lost with the program, and the user has
    /// to log in again.
    pub async fn settled(&self) {
        Settled::new(self.0.inner().clone()).await;
    }
}

impl TokenSource for Grant {
    fn token(&self, stale: Option<Generation>) -> BoxFuture<'_, Result<Token>> {
        Box::pin(Waiting::new(self.0.inner(), stale))
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("key", self.key()).finish_non_exhaustive()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of it is whole, so a panic of a clock or a waker does no harm.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        let waiting = self.state().take_waiting();
        for waker in waiting {
            // One that panics must not keep the others asleep.
            let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        }
    }

    /// Begins a turn that the state has asked for.
    fn begin(self: &Arc<Self>, turn: u64, refused: Option<Generation>) {
        let (inner, visit) = (self.clone(), self.visit());
        thread::begin(
            move || turn::run(&inner, refused),
            move |result| {
                visit.end_with(|inner| {
                    // A clock that panics must not leave everybody waiting for this turn.
                    let now = catch_unwind(AssertUnwindSafe(|| inner.clock.now()));
                    let now = now.unwrap_or_else(|_| SystemClock.now());
                    inner.state().finish(turn, result, now, jitter());
                });
            },
        );
    }

    /// Asks the token endpoint once. Nothing is repeated here, and no answer leads to another request.
    fn send(&self, asked: Asked) -> Result<Response<Body>, Failure> {
        let https = asked.request.uri().scheme_str() == Some("https");
        let bounds = Bounds::new(self.deadline / 2, MOST, MOST);
        let sent = thread::run(async {
            // A connection lives no longer than the runtime that it was made on, so each refresh makes its own.
            let transport = match &self.transport {
                Some(transport) => transport.clone(),
                None => default_transport(https)?,
            };
            transport.send(asked.request, bounds).await.map_err(Failure::from)
        });
        sent.map_err(|error| Failure::new(Kind::NotSent, "there is no runtime for the refresh").because(error))?
    }
}

#[cfg(any(feature = "blocking", feature = "reqwest"))]
fn default_transport(https: bool) -> Result<Arc<dyn Transport>, Failure> {
    crate::transport::default_transport(https, &Timeouts::default())
        .map_err(|error| Failure::new(Kind::Config, format!("the default transport can not be set up: {error}")))
}

#[cfg(not(any(feature = "blocking", feature = "reqwest")))]
fn default_transport(_: bool) -> Result<Arc<dyn Transport>, Failure> {
    let missing = "there is no transport: give one to the grant, or switch on the feature `reqwest` or `blocking`";
    Err(Failure::new(Kind::Config, missing))
}

/// From 0 to 1. It only keeps processes out of step, so no randomness is as good as bad randomness.
fn jitter() -> f64 {
    let mut bytes = [0; 2];
    let _ = getrandom::getrandom(&mut bytes);
    f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
}
