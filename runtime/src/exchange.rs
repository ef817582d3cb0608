//! The life of a call as a state machine: events in, actions out, with no I/O and no clock.
//!
//! A driver does what it is told and tells what came of it; that is all that async and blocking code differ in. Everything
//! that decides whether and when a request is sent again is here.

mod backoff;
mod budget;
mod resend;
#[cfg(test)]
mod tests;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use crate::error::Delivery;
use crate::limits::{Limits, Timeouts};
use crate::token::Generation;
use crate::transport::Phase;

use backoff::Dice;
pub(crate) use budget::Budget;
pub(crate) use resend::{Class, Outcome};
use resend::{Verdict, verdict};
pub(crate) use wait::retry_after;

/// How long a service that says 429 and no more wants to be left alone.
const UNSAID: Duration = Duration::from_secs(60);

/// No gate is closed for longer, whatever the service says: after that a single call tries whether the pause is over. A
/// clock that is wrong, or a number that is a mistake, must not end all calls for ever.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// A token that was given so long ago is asked for once more before it is sent: a wait at the gate may outlast it.
const FRESH: Duration = Duration::from_secs(1);

/// What the driver has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Ask for a token, one that is newer than this.
    Token { stale: Option<Generation> },
    /// Wait for a place at the gate of the business.
    Enter,
    /// Ask for the token once more, as that of before the gate may be over.
    Renew,
    /// Send the request; this attempt may take so long.
    Send { time: Duration },
    /// Close the gate of the business for so long.
    Close(Duration),
    /// Wait.
    Sleep(Duration),
    /// Give this to the caller.
    Done(End),
}

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The call begins.
    Begin,
    /// There is a token.
    Token(Generation),
    /// There is none, or none that can be sent.
    NoToken,
    /// There is a place at the gate. `futile`: this generation was refused for this business as soon as it was new.
    Entered { futile: Option<Generation> },
    /// The gate stays closed for longer than a call waits.
    Barred,
    /// A reply.
    Reply { status: u16, retry_after: Option<Duration> },
    /// No reply, or only the beginning of one, which had this status.
    Failed { phase: Phase, status: Option<u16> },
    /// The gate is closed.
    Closed,
    /// The wait is over.
    Woke,
    /// The success that ended the exchange makes no sense.
    Unreadable,
    /// The time of the whole call is up.
    Deadline,
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With what the last attempt gave.
    Last,
    /// With 404 for something that an earlier attempt may have deleted.
    Gone,
    /// With what the source of tokens said.
    NoToken,
    /// At the gate.
    Barred,
    /// With the time of the call.
    Deadline,
}

/// What is settled before a call begins.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// May it be sent again?
    pub(crate) class: Class,
    /// Does it delete?
    pub(crate) deletes: bool,
    /// Is it done as a whole or not at all?
    pub(crate) atomic: bool,
    /// Does it need a token?
    pub(crate) bearer: bool,
    /// The moment by which it has to end.
    pub(crate) deadline: Option<Duration>,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
}

/// A call between its beginning and its end.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    plan: Plan,
    budget: Arc<Budget>,
    dice: Dice,
    state: State,
    attempts: u32,
    failures: u32,
    /// The token of the last attempt.
    generation: Option<Generation>,
    /// When it was given.
    told: Duration,
    futile: Option<Generation>,
    /// A token was refused before.
    replayed: bool,
    /// An earlier attempt may have been processed, or a part of the last one.
    doubt: bool,
}

/// What the exchange waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Token {
        stale: Option<Generation>,
    },
    Gate,
    /// The token once more, at the gate.
    Renew,
    Reply,
    /// The gate is being closed; then another attempt after so long, or none.
    Closing {
        again: Option<Duration>,
    },
    Sleep,
    Done,
}

impl Exchange {
    pub(crate) fn new(plan: Plan, budget: Arc<Budget>, seed: u64) -> Self {
        Exchange {
            plan,
            budget,
            dice: Dice::new(seed),
            state: State::Begin,
            attempts: 0,
            failures: 0,
            generation: None,
            told: Duration::ZERO,
            futile: None,
            replayed: false,
            doubt: false,
        }
    }

    /// How often the request has been sent.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Of what the last attempt says of itself, what holds for the whole call: what was refused at last may have been
    /// processed before.
    pub(crate) fn delivery(&self, last: Delivery) -> Delivery {
        match last {
            Delivery::NotSent | Delivery::Refused if self.doubt => Delivery::Unknown,
            last => last,
        }
    }

    /// The generation that was refused though it was new: refreshing does not help this business.
    pub(crate) fn futile(&self) -> Option<Generation> {
        self.futile
    }

    /// Could this exchange go on if its success can not be read?
    pub(crate) fn may_go_on(&self) -> bool {
        self.plan.class == Class::Safe && self.attempts < self.plan.limits.attempts
    }

    /// Takes what has happened, and says what to do.
    ///
    /// An event that the last action does not lead to ends the exchange, as a driver that is wrong must not send.
    pub(crate) fn step(&mut self, now: Duration, event: Event) -> Action {
        match (self.state, event) {
            (State::Begin, Event::Begin) | (State::Sleep, Event::Woke) => self.fetch(None),
            (State::Token { stale: Some(old) }, Event::Token(new)) if new <= old => self.done(End::Last),
            (State::Token { stale }, Event::Token(new)) => {
                self.generation = Some(new);
                self.told = now;
                if stale.is_some() && self.attempts >= self.plan.limits.attempts {
                    return self.done(End::Last);
                }
                self.wait_at_gate()
            }
            (State::Token { .. } | State::Gate | State::Renew, Event::NoToken) => self.done(End::NoToken),
            (State::Gate, Event::Entered { futile }) => {
                self.futile = futile;
                let waited = now.saturating_sub(self.told) > FRESH;
                match self.plan.bearer && waited && self.plan.deadline.is_none_or(|deadline| now < deadline) {
                    true => self.renew(),
                    false => self.send(now),
                }
            }
            (State::Renew, Event::Token(generation)) => {
                self.generation = Some(generation);
                self.send(now)
            }
            (State::Gate, Event::Barred) => self.done(if self.attempts > 0 { End::Last } else { End::Barred }),
            (State::Reply, Event::Reply { status, retry_after }) => {
                self.after(now, Outcome::of_status(status), Some(status), retry_after)
            }
            (State::Reply, Event::Failed { phase, status }) => {
                // A cut 429 says how long as little as a silent one, and closes the gate all the same.
                self.after(now, Outcome::of_fault(phase, status), status, None)
            }
            (State::Closing { again: Some(wait) }, Event::Closed) => self.sleep(wait),
            (State::Closing { again: None }, Event::Closed) => self.done(End::Last),
            (State::Done, Event::Unreadable) => self.after(now, Outcome::Unreadable, None, None),
            (State::Reply, Event::Deadline) => {
                self.doubt = true;
                self.done(End::Deadline)
            }
            (
                State::Gate | State::Renew | State::Sleep | State::Closing { .. } | State::Token { .. },
                Event::Deadline,
            ) => self.done(if self.attempts > 0 { End::Last } else { End::Deadline }),
            (_, _) => self.done(End::Last),
        }
    }

    /// What follows from an attempt.
    fn after(&mut self, now: Duration, outcome: Outcome, status: Option<u16>, retry_after: Option<Duration>) -> Action {
        let gone = self.plan.deletes && self.doubt && status == Some(404);
        let verdict = match verdict(self.plan.class, outcome) {
            Verdict::WhenOpen if self.plan.class == Class::Never && !self.plan.limits.resend_when_limited => {
                Verdict::End
            }
            verdict => verdict,
        };
        if outcome == Outcome::Success {
            self.budget.earn();
        }
        match verdict {
            Verdict::WithNewToken => return self.replay(),
            Verdict::End | Verdict::Again | Verdict::WhenOpen => {}
        }
        let close = match (status, retry_after) {
            (Some(429), wait) => Some(wait.unwrap_or(UNSAID)),
            (Some(503), wait) => wait,
            _ => None,
        };
        let again = match verdict {
            Verdict::Again | Verdict::WhenOpen => self.next_wait(now, outcome, close),
            Verdict::End | Verdict::WithNewToken => None,
        };
        // What ends here speaks for itself, unless it is about a part; what goes on leaves something behind.
        let in_part = !self.plan.atomic && outcome == Outcome::Answer;
        self.doubt |= in_part || (outcome.leaves_doubt() && again.is_some());
        match (close, again) {
            (Some(wait), again) if wait > Duration::ZERO => {
                self.state = State::Closing { again };
                Action::Close(wait.min(LONGEST_PAUSE))
            }
            (_, Some(wait)) => self.sleep(wait),
            (_, None) => self.done(if gone { End::Gone } else { End::Last }),
        }
    }

    /// How long until the next attempt; `None`: there is none.
    ///
    /// Only what leaves doubt is charged to the budget. What was not sent asks nothing of the service, and after 429 its gate
    /// lets a single call through first: a burst of them says nothing of how the service does.
    fn next_wait(&mut self, now: Duration, outcome: Outcome, asked: Option<Duration>) -> Option<Duration> {
        if self.attempts >= self.plan.limits.attempts || asked.is_some_and(|wait| wait > self.longest_wait()) {
            return None;
        }
        let ceiling = backoff::ceiling(self.plan.limits.backoff, self.plan.limits.longest_backoff, self.failures);
        let wait = self.dice.up_to(ceiling).max(asked.unwrap_or_default());
        let in_time = self.plan.deadline.is_none_or(|deadline| now.saturating_add(wait) < deadline);
        if !in_time || (outcome.leaves_doubt() && !self.budget.pay()) {
            return None;
        }
        self.failures = self.failures.saturating_add(1);
        Some(wait)
    }

    fn longest_wait(&self) -> Duration {
        unless_zero(self.plan.timeouts.longest_wait).unwrap_or(Duration::MAX)
    }

    /// Once per call, and not for a token that was refused for this business when it was new.
    fn replay(&mut self) -> Action {
        let Some(generation) = self.generation.filter(|_| self.plan.bearer) else {
            return self.done(End::Last);
        };
        if self.replayed || self.futile == Some(generation) {
            self.futile = Some(generation);
            return self.done(End::Last);
        }
        self.replayed = true;
        self.fetch(Some(generation))
    }

    fn fetch(&mut self, stale: Option<Generation>) -> Action {
        if !self.plan.bearer {
            return self.wait_at_gate();
        }
        self.state = State::Token { stale };
        Action::Token { stale }
    }

    fn wait_at_gate(&mut self) -> Action {
        self.state = State::Gate;
        Action::Enter
    }

    fn renew(&mut self) -> Action {
        self.state = State::Renew;
        Action::Renew
    }

    fn send(&mut self, now: Duration) -> Action {
        let left = self.plan.deadline.map(|deadline| deadline.saturating_sub(now));
        if left == Some(Duration::ZERO) {
            return self.done(if self.attempts > 0 { End::Last } else { End::Deadline });
        }
        self.state = State::Reply;
        self.attempts += 1;
        let attempt = unless_zero(self.plan.timeouts.attempt).unwrap_or(Duration::MAX);
        Action::Send { time: left.map_or(attempt, |left| left.min(attempt)) }
    }

    fn sleep(&mut self, wait: Duration) -> Action {
        self.state = State::Sleep;
        Action::Sleep(wait)
    }

    fn done(&mut self, end: End) -> Action {
        self.state = State::Done;
        Action::Done(end)
    }
}

/// A setting for which zero means: without end.
pub(crate) fn unless_zero(time: Duration) -> Option<Duration> {
    (time > Duration::ZERO).then_some(time)
}
