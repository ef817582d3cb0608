//! How many calls of a client are on their way, whatever their business: some services count them for each application.

use std::sync::Mutex;
use std::task::Waker;

use super::line::Line;
use super::lock;

/// The places that all businesses share. Of each only the first in its line waits here, so none of them takes all places
/// because it has more callers.
#[derive(Debug)]
pub(super) struct InFlight {
    most: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    count: u32,
    line: Line,
}

impl InFlight {
    pub(super) fn new(most: u32) -> Self {
        InFlight { most: most.max(1), state: Mutex::default() }
    }

    /// Takes a place, or stands in line for one.
    pub(super) fn take(&self, number: &mut Option<u64>, waker: &Waker) -> bool {
        let mut state = lock(&self.state);
        if state.count >= self.most || !state.line.is_turn_of(*number) {
            state.line.stay(number, waker);
            return false;
        }
        state.count += 1;
        state.line.leave(number);
        true
    }

    /// Leaves the line.
    pub(super) fn leave(&self, number: &mut Option<u64>) {
        lock(&self.state).line.leave(number);
    }

    /// Gives a place back.
    pub(super) fn give_back(&self) {
        let mut state = lock(&self.state);
        state.count = state.count.saturating_sub(1);
        state.line.wake_first();
    }
}
