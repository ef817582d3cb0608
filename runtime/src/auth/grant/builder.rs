//! Setting a grant up.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::super::app::App;
use super::super::store::{GrantKey, TokenStore};
use super::handle::Handle;
use super::{Grant, Inner};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::transport::Transport;

/// Sets a [`Grant`] up.
pub struct GrantBuilder {
    app: App,
    store: Box<dyn TokenStore>,
    name: String,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    lock_wait: Duration,
    deadline: Duration,
}

impl GrantBuilder {
    pub(super) fn new(app: App, store: Box<dyn TokenStore>) -> Self {
        GrantBuilder {
            app,
            store,
            name: "default".to_owned(),
            transport: None,
            clock: Arc::new(SystemClock),
            lock_wait: Duration::from_secs(35),
            deadline: Duration::from_secs(30),
        }
    }

    /// Tells apart the grants of one application: one for each user or company; `default` if not set.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Asks the token endpoint through this: to log in, to refresh and to revoke. Where a proxy or a certificate of one's own is
    /// needed for calls, it is needed here too; a client that makes its grant itself hands on its own transport.
    ///
    /// It is used on threads of the grant, each with a tokio runtime of its own if the feature `reqwest` is on, which ends
    /// with the request. [`Http`](crate::transport::Http) knows of that, and keeps no connection there.
    pub fn transport(self, transport: impl Transport) -> Self {
        self.shared_transport(Arc::new(transport))
    }

    pub(crate) fn shared_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Asks this for the time.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How long to wait for the store's lock while another process refreshes; 35 seconds if not set.
    pub fn lock_wait(mut self, wait: Duration) -> Self {
        self.lock_wait = wait;
        self
    }

    /// How long a refresh may ask the token endpoint, all in all; 30 seconds if not set. It is not the time that callers
    /// wait: they may stop at any time.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Checks everything that can be checked without the service.
    ///
    /// # Errors
    /// The client id is empty, an address is none, or it is neither `https` nor on literal loopback.
    pub fn build(self) -> Result<Grant> {
        if self.app.id().is_empty() {
            return Err(Error::config("the client id is empty"));
        }
        self.app.check()?;
        Ok(Grant(Arc::new(Handle::new(Inner {
            key: GrantKey::new(self.app.id(), self.name),
            app: self.app,
            store: self.store,
            transport: self.transport,
            clock: self.clock,
            lock_wait: self.lock_wait,
            deadline: self.deadline,
            state: Mutex::default(),
            rest: Condvar::new(),
            unsaved: Mutex::default(),
        }))))
    }
}

impl fmt::Debug for GrantBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantBuilder").field("app", &self.app).field("name", &self.name).finish_non_exhaustive()
    }
}
