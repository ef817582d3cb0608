//! Those who wait for a token, and those who wait for rest.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Inner;
use super::state::Told;
use crate::error::Result;
use crate::token::{Generation, Token};

/// Somebody who wants a token.
pub(super) struct Waiting<'a> {
    inner: &'a Arc<Inner>,
    stale: Option<Generation>,
    waited: Option<u64>,
    ticket: Option<u64>,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(inner: &'a Arc<Inner>, stale: Option<Generation>) -> Self {
        Waiting { inner, stale, waited: None, ticket: None }
    }
}

impl Future for Waiting<'_> {
    type Output = Result<Token>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let now = this.inner.clock.now();
        let mut state = this.inner.state();
        let answer = state.ask(now, this.stale, this.waited);
        let ready = match answer.told {
            Told::Token(token) => Poll::Ready(Ok(token)),
            Told::Failed(failure) => Poll::Ready(Err(failure.error())),
            Told::Wait(turn) => {
                this.waited = Some(turn);
                state.enlist(&mut this.ticket, context.waker());
                Poll::Pending
            }
        };
        drop(state);
        if let Some(turn) = answer.begin {
            this.inner.begin(turn, this.stale);
        }
        ready
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.inner.state().leave(ticket);
        }
    }
}

/// Somebody who waits until nothing is under way. What the store did not take is tried once more for them.
pub(super) struct Settled {
    inner: Arc<Inner>,
    tried: bool,
    ticket: Option<u64>,
}

impl Settled {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Settled { inner, tried: false, ticket: None }
    }
}

impl Future for Settled {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut state = this.inner.state();
        if !state.is_busy() && state.unsaved && !this.tried {
            this.tried = true;
            drop(state);
            this.inner.begin_saving();
            state = this.inner.state();
        }
        if !state.is_busy() {
            return Poll::Ready(());
        }
        state.enlist(&mut this.ticket, context.waker());
        Poll::Pending
    }
}

impl Drop for Settled {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.inner.state().leave(ticket);
        }
    }
}
