//! Those who wait for one thing, in the order in which they came.

use std::collections::VecDeque;
use std::task::Waker;

/// A line. Whoever stands in it has a number, and gives it back.
#[derive(Debug, Default)]
pub(super) struct Line {
    waiters: VecDeque<Waiter>,
    numbers: u64,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    waker: Waker,
}

impl Line {
    /// May who has this number, or none yet, go next?
    pub(super) fn is_turn_of(&self, number: Option<u64>) -> bool {
        self.waiters.front().is_none_or(|first| Some(first.number) == number)
    }

    /// Takes a place in the line, or keeps it.
    pub(super) fn stay(&mut self, number: &mut Option<u64>, waker: &Waker) {
        match *number {
            Some(number) => {
                if let Some(waiter) = self.waiters.iter_mut().find(|waiter| waiter.number == number) {
                    waiter.waker.clone_from(waker);
                }
            }
            None => {
                self.numbers += 1;
                *number = Some(self.numbers);
                self.waiters.push_back(Waiter { number: self.numbers, waker: waker.clone() });
            }
        }
    }

    /// Gives a place back, if there is one; somebody else may be the first now.
    pub(super) fn leave(&mut self, number: &mut Option<u64>) {
        if let Some(number) = number.take() {
            self.waiters.retain(|waiter| waiter.number != number);
            self.wake_first();
        }
    }

    pub(super) fn wake_first(&self) {
        if let Some(first) = self.waiters.front() {
            first.waker.wake_by_ref();
        }
    }

    pub(super) fn wake_all(&self) {
        self.waiters.iter().for_each(|waiter| waiter.waker.wake_by_ref());
    }
}
