//! The same for blocking callers, who wait on their thread and need no runtime.

use super::super::login::Login;
use super::super::pending::Pending;
use super::Grant;
use crate::block;
use crate::error::Result;

impl Grant {
    /// [`is_authorized`](Grant::is_authorized), waiting on this thread.
    ///
    /// # Errors
    /// The store can not be read.
    pub fn is_authorized_blocking(&self) -> Result<bool> {
        block::on(self.is_authorized())
    }

    /// [`finish`](Grant::finish), waiting on this thread.
    ///
    /// # Errors
    /// The same as those of `finish`.
    pub fn finish_blocking(&self, pending: &mut Pending, callback: &str) -> Result<()> {
        block::on(self.finish(pending, callback))
    }

    /// [`login`](Grant::login), waiting on this thread.
    ///
    /// # Errors
    /// The same as those of `login`.
    pub fn login_blocking(&self, login: Login) -> Result<()> {
        block::on(self.login(login))
    }

    /// [`revoke`](Grant::revoke), waiting on this thread.
    ///
    /// # Errors
    /// The same as those of `revoke`.
    pub fn revoke_blocking(&self) -> Result<()> {
        block::on(self.revoke())
    }

    /// [`settled`](Grant::settled), waiting on this thread.
    pub fn settled_blocking(&self) {
        block::on(self.settled());
    }
}
