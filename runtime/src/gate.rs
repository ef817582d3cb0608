//! One gate for each business: everybody waits in line while the service wants a pause, and nobody calls more often, or
//! more at once, than is allowed.
//!
//! Places are given in the order in which they were asked for. Whoever gives up waiting, or gives up a call, makes room.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::clock::Clock;
use crate::limits::Rate;
use crate::token::Generation;
use crate::transport::BoxFuture;

/// From so many businesses on, gates that nobody needs any more are taken down.
const MANY: usize = 1024;

/// The gates of a client.
#[derive(Debug)]
pub(crate) struct Gates {
    rules: Rules,
    gates: Mutex<HashMap<Box<str>, Arc<Gate>>>,
}

/// What holds at every gate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) concurrency: Option<u32>,
    pub(crate) rate: Option<Rate>,
}

impl Gates {
    pub(crate) fn new(rules: Rules) -> Self {
        Gates { rules, gates: Mutex::default() }
    }

    /// The gate of this business.
    pub(crate) fn of(&self, business: &str) -> Arc<Gate> {
        let mut gates = lock(&self.gates);
        if let Some(gate) = gates.get(business) {
            return gate.clone();
        }
        if gates.len() >= MANY {
            gates.retain(|_, gate| Arc::strong_count(gate) > 1 || !gate.state().is_plain());
        }
        let gate = Arc::new(Gate { rules: self.rules, state: Mutex::default() });
        gates.insert(business.into(), gate.clone());
        gate
    }
}

/// The gate of a business.
#[derive(Debug)]
pub(crate) struct Gate {
    rules: Rules,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    pause: Pause,
    in_flight: u32,
    /// When calls went through, within the window of the rate.
    log: VecDeque<Duration>,
    line: VecDeque<Waiter>,
    numbers: u64,
    futile: Option<Generation>,
}

/// What the service has asked for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Pause {
    #[default]
    None,
    /// Nobody goes through until then; after that a single call tries whether it is over.
    Until(Duration),
    /// That call is on its way.
    Probed,
}

/// Somebody in the line.
#[derive(Debug)]
struct Waiter {
    number: u64,
    waker: Waker,
}

/// May the first in line go through?
#[derive(Debug, PartialEq, Eq)]
enum Opening {
    Now,
    /// Not before then: the service wants a pause.
    Paused(Duration),
    /// Not before then: there were as many calls as our own rate allows.
    At(Duration),
    /// Not before a call comes back.
    Full,
}

/// For how long somebody waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a pause that the service wants.
    pub(crate) pause: Duration,
    /// Until when at all, on the monotonic hand.
    pub(crate) until: Duration,
}

impl Patience {
    pub(crate) const ENDLESS: Patience = Patience { pause: Duration::MAX, until: Duration::MAX };
}

/// Why it makes no sense to wait: for how much longer nobody gets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shut {
    /// The service wants a pause.
    Pause(Duration),
    /// Our own rate is used up.
    Rate(Duration),
}

impl Opening {
    /// Does it come too late for who is so patient?
    fn too_late(&self, now: Duration, patience: Patience) -> Option<Shut> {
        match *self {
            Opening::Paused(then) => {
                Some(then.saturating_sub(now)).filter(|wait| *wait > patience.pause).map(Shut::Pause)
            }
            Opening::At(then) if then >= patience.until => Some(Shut::Rate(then.saturating_sub(now))),
            Opening::At(_) | Opening::Now | Opening::Full => None,
        }
    }
}

impl State {
    fn opening(&mut self, rules: Rules, now: Duration) -> Opening {
        match self.pause {
            Pause::Until(then) if now < then => return Opening::Paused(then),
            Pause::Probed => return Opening::Full,
            Pause::None | Pause::Until(_) => {}
        }
        if rules.concurrency.is_some_and(|most| self.in_flight >= most.max(1)) {
            return Opening::Full;
        }
        let Some(Rate { calls, window }) = rules.rate else { return Opening::Now };
        // A window includes both its ends.
        while self.log.front().is_some_and(|then| then.saturating_add(window) < now) {
            self.log.pop_front();
        }
        match self.log.front() {
            Some(then) if self.log.len() >= calls.max(1) as usize => {
                Opening::At(then.saturating_add(window).saturating_add(Duration::from_nanos(1)))
            }
            _ => Opening::Now,
        }
    }

    /// Lets a call through.
    fn admit(&mut self, rules: Rules, now: Duration) -> bool {
        self.in_flight += 1;
        if rules.rate.is_some() {
            self.log.push_back(now);
        }
        let probes = matches!(self.pause, Pause::Until(_));
        if probes {
            self.pause = Pause::Probed;
        }
        probes
    }

    fn leave_line(&mut self, number: u64) {
        self.line.retain(|waiter| waiter.number != number);
        self.wake_first();
    }

    fn wake_first(&self) {
        if let Some(first) = self.line.front() {
            first.waker.wake_by_ref();
        }
    }

    fn wake_all(&self) {
        self.line.iter().for_each(|waiter| waiter.waker.wake_by_ref());
    }

    /// Does it differ from a new one?
    fn is_plain(&self) -> bool {
        self.pause == Pause::None && self.log.is_empty() && self.in_flight == 0
    }
}

impl Gate {
    /// Waits for a place, unless it is known that none comes in time.
    pub(crate) fn enter<'a>(self: &Arc<Self>, clock: &'a dyn Clock, patience: Patience) -> Entering<'a> {
        Entering { gate: self.clone(), clock, patience, number: None, timer: None }
    }

    /// The generation of the token that was refused here as soon as it was new.
    pub(crate) fn futile(&self) -> Option<Generation> {
        self.state().futile
    }

    pub(crate) fn set_futile(&self, generation: Generation) {
        self.state().futile = Some(generation);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// A place in the line, and then the right to go through.
pub(crate) struct Entering<'a> {
    gate: Arc<Gate>,
    clock: &'a dyn Clock,
    patience: Patience,
    number: Option<u64>,
    timer: Option<(Duration, BoxFuture<'static, ()>)>,
}

impl Entering<'_> {
    /// Takes a place in the line, or keeps it.
    fn stay(number: &mut Option<u64>, state: &mut State, waker: &Waker) {
        match *number {
            Some(number) => {
                if let Some(waiter) = state.line.iter_mut().find(|waiter| waiter.number == number) {
                    waiter.waker.clone_from(waker);
                }
            }
            None => {
                state.numbers += 1;
                *number = Some(state.numbers);
                state.line.push_back(Waiter { number: state.numbers, waker: waker.clone() });
            }
        }
    }
}

impl Future for Entering<'_> {
    type Output = Result<Permit, Shut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let now = this.clock.now().monotonic;
            let mut state = lock(&this.gate.state);
            let first = state.line.front().map(|waiter| waiter.number);
            let opening = state.opening(this.gate.rules, now);
            if let Some(shut) = opening.too_late(now, this.patience) {
                return Poll::Ready(Err(shut));
            }
            if first.is_some() && first != this.number {
                Entering::stay(&mut this.number, &mut state, context.waker());
                return Poll::Pending;
            }
            let then = match opening {
                Opening::Now => {
                    let probes = state.admit(this.gate.rules, now);
                    if let Some(number) = this.number.take() {
                        state.leave_line(number);
                    }
                    return Poll::Ready(Ok(Permit { gate: this.gate.clone(), probes }));
                }
                Opening::Full => {
                    Entering::stay(&mut this.number, &mut state, context.waker());
                    return Poll::Pending;
                }
                Opening::Paused(then) | Opening::At(then) => then,
            };
            Entering::stay(&mut this.number, &mut state, context.waker());
            drop(state);
            if this.timer.as_ref().is_none_or(|(set, _)| *set != then) {
                this.timer = Some((then, this.clock.sleep(then.saturating_sub(now))));
            }
            if let Some((_, timer)) = &mut this.timer
                && timer.as_mut().poll(context).is_pending()
            {
                return Poll::Pending;
            }
            // Whether it is late enough is for the clock to say.
            this.timer = None;
        }
    }
}

impl Drop for Entering<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.gate.state().leave_line(number);
        }
    }
}

/// The right to have a call on its way; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Permit {
    gate: Arc<Gate>,
    /// It tries whether a pause is over.
    probes: bool,
}

impl Permit {
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The service has answered, and wants no pause.
    pub(crate) fn answered(mut self) {
        if self.probes {
            self.probes = false;
            let mut state = self.gate.state();
            if state.pause == Pause::Probed {
                state.pause = Pause::None;
            }
        }
    }

    /// The service wants a pause until then.
    pub(crate) fn pause(mut self, until: Duration) {
        self.probes = false;
        let mut state = self.gate.state();
        state.pause = match state.pause {
            Pause::Until(before) => Pause::Until(before.max(until)),
            Pause::None | Pause::Probed => Pause::Until(until),
        };
        // Some will not wait for so long.
        state.wake_all();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        if self.probes && state.pause == Pause::Probed {
            // Given up: the next one tries.
            state.pause = Pause::Until(Duration::ZERO);
        }
        state.wake_first();
    }
}

/// What a panic left behind is whole: no panic can happen between two changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
