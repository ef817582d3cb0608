//! One gate for each business: everybody waits in line while the service wants a pause, and nobody calls more often, or
//! more at once, than is allowed.
//!
//! Places are given in the order in which they were asked for. Whoever gives up waiting, or gives up a call, makes room.

mod in_flight;
mod line;
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

use in_flight::InFlight;
use line::Line;

/// From so many businesses on, gates that nobody needs any more are taken down.
const MANY: usize = 1024;

/// The gates of a client.
#[derive(Debug)]
pub(crate) struct Gates {
    rules: Rules,
    in_flight: Option<Arc<InFlight>>,
    known: Mutex<Known>,
}

/// The gates by business.
#[derive(Debug)]
struct Known {
    gates: HashMap<Box<str>, Arc<Gate>>,
    /// When there are so many, those that nobody needs are looked for.
    many: usize,
}

/// What holds at every gate.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rules {
    /// Calls at once of a business.
    pub(crate) concurrency: Option<u32>,
    /// Calls at once of all businesses together.
    pub(crate) in_all: Option<u32>,
    /// Calls in a window of time, of a business.
    pub(crate) rate: Option<Rate>,
}

impl Gates {
    pub(crate) fn new(rules: Rules) -> Self {
        let known = Known { gates: HashMap::new(), many: MANY };
        let in_flight = rules.in_all.map(|most| Arc::new(InFlight::new(most)));
        Gates { rules, in_flight, known: Mutex::new(known) }
    }

    /// The gate of this business.
    pub(crate) fn of(&self, business: &str, now: Duration) -> Arc<Gate> {
        let mut known = lock(&self.known);
        if let Some(gate) = known.gates.get(business) {
            return gate.clone();
        }
        if known.gates.len() >= known.many {
            known.gates.retain(|_, gate| Arc::strong_count(gate) > 1 || !gate.state().is_plain(self.rules, now));
            // Not again before as many have come as are needed: else each new one would look at all.
            known.many = MANY.max(2 * known.gates.len());
        }
        let gate = Gate { rules: self.rules, in_flight: self.in_flight.clone(), state: Mutex::default() };
        let gate = Arc::new(gate);
        known.gates.insert(business.into(), gate.clone());
        gate
    }
}

/// The gate of a business.
#[derive(Debug)]
pub(crate) struct Gate {
    rules: Rules,
    /// Shared by all gates of the client.
    in_flight: Option<Arc<InFlight>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    pause: Pause,
    in_flight: u32,
    /// When calls went through, within the window of the rate.
    log: VecDeque<Duration>,
    line: Line,
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
                let wait = then.saturating_sub(now);
                (wait > patience.pause || then >= patience.until).then_some(Shut::Pause(wait))
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
        self.forget(window, now);
        match self.log.front() {
            Some(then) if self.log.len() >= calls.max(1) as usize => {
                Opening::At(then.saturating_add(window).saturating_add(Duration::from_nanos(1)))
            }
            _ => Opening::Now,
        }
    }

    /// Forgets the calls of which no window has to know any more; a window includes both its ends.
    fn forget(&mut self, window: Duration, now: Duration) {
        while self.log.front().is_some_and(|then| then.saturating_add(window) < now) {
            self.log.pop_front();
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

    /// Is it like a new one?
    fn is_plain(&mut self, rules: Rules, now: Duration) -> bool {
        if let Some(rate) = rules.rate {
            self.forget(rate.window, now);
        }
        self.pause == Pause::None && self.log.is_empty() && self.in_flight == 0
    }
}

impl Gate {
    /// Waits for a place, unless it is known that none comes in time.
    pub(crate) fn enter<'a>(self: &Arc<Self>, clock: &'a dyn Clock, patience: Patience) -> Entering<'a> {
        Entering { gate: self.clone(), clock, patience, number: None, shared: None, timer: None }
    }

    /// The generation of the token that was refused here as soon as it was new.
    pub(crate) fn futile(&self) -> Option<Generation> {
        self.state().futile
    }

    pub(crate) fn set_futile(&self, generation: Generation) {
        self.state().futile = Some(generation);
    }

    /// Takes one of the places that all businesses share, or stands in line for it.
    fn take_shared(&self, number: &mut Option<u64>, waker: &Waker) -> bool {
        self.in_flight.as_ref().is_none_or(|in_flight| in_flight.take(number, waker))
    }

    fn leave_shared(&self, number: &mut Option<u64>) {
        if let Some(in_flight) = self.in_flight.as_ref().filter(|_| number.is_some()) {
            in_flight.leave(number);
        }
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
    /// The place in the line of the gate.
    number: Option<u64>,
    /// The place in the line for what all businesses share.
    shared: Option<u64>,
    timer: Option<(Duration, BoxFuture<'static, ()>)>,
}

impl Future for Entering<'_> {
    type Output = Result<Permit, Shut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let now = this.clock.now().monotonic;
            let mut state = lock(&this.gate.state);
            let opening = state.opening(this.gate.rules, now);
            if let Some(shut) = opening.too_late(now, this.patience) {
                return Poll::Ready(Err(shut));
            }
            let first = state.line.is_turn_of(this.number);
            if first && opening == Opening::Now && this.gate.take_shared(&mut this.shared, context.waker()) {
                let probes = state.admit(this.gate.rules, now);
                state.line.leave(&mut this.number);
                return Poll::Ready(Ok(Permit { gate: this.gate.clone(), probes }));
            }
            state.line.stay(&mut this.number, context.waker());
            drop(state);
            if opening != Opening::Now {
                this.gate.leave_shared(&mut this.shared);
            }
            let then = match opening {
                Opening::Paused(then) | Opening::At(then) if first => then,
                // Who is not the first, or waits for a call that comes back, is woken.
                _ => return Poll::Pending,
            };
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
        self.gate.leave_shared(&mut self.shared);
        if self.number.is_some() {
            lock(&self.gate.state).line.leave(&mut self.number);
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
        state.line.wake_all();
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
        state.line.wake_first();
        drop(state);
        if let Some(in_flight) = &self.gate.in_flight {
            in_flight.give_back();
        }
    }
}

/// What a panic left behind is whole: no panic can happen between two changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
