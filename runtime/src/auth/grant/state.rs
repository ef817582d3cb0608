//! What a grant knows in memory, and what it answers to those who want a token. No I/O and no clock.
//!
//! At most one *turn* is under way: a visit to the store, with or without a refresh, on a thread of its own. Whoever needs
//! what it brings waits for it; nobody else does.

use std::collections::BTreeMap;
use std::task::Waker;
use std::time::Duration;

use super::super::failure::{Failure, Kind};
use super::super::record::Print;
use super::held::{Held, Phase};
use super::pause::Pause;
use crate::clock::Now;
use crate::error::Cause;
use crate::token::{Generation, Token};

#[derive(Default)]
pub(super) struct State {
    pub(super) held: Option<Held>,
    /// The number of the turn that is under way.
    turn: Option<u64>,
    turns: u64,
    /// The last turn, if it failed.
    failed: Option<(u64, Failure)>,
    failures: u32,
    /// Between a turn that failed and the next one.
    pause: Option<Pause>,
    /// The tokens that can not be refreshed any more: the refresh token is refused for good, or there is none.
    pub(super) dead: Option<(Print, Cause)>,
    /// A generation that replaced a refused one, and how long refusing it again is of no use.
    cured: Option<(Generation, Pause)>,
    /// The service gave tokens that the store did not take.
    pub(super) unsaved: bool,
    /// How many are at work: turns, logins and revocations.
    visits: u32,
    /// Nobody has the grant any more, and nobody has waited to the end.
    abandoned: bool,
    waiting: BTreeMap<u64, Waker>,
    tickets: u64,
}

/// What somebody who wants a token is told.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) told: Told,
    /// The turn that the caller has to begin.
    pub(super) begin: Option<u64>,
}

#[derive(Debug)]
pub(super) enum Told {
    /// Here it is.
    Token(Token),
    /// It comes with this turn.
    Wait(u64),
    /// There is none.
    Failed(Failure),
}

/// A token that is refused so soon after it replaced a refused one is refused for another reason: there may be no
/// subscription. Refreshing again would only spend refresh tokens.
const FUTILE: Duration = Duration::from_secs(30);
/// After failures the next turn waits for up to a second, then up to twice as long each time, and no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often the store is looked at while somebody has to log in: it may be another process that they use.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// A service that asks for more patience gets this much.
const PATIENCE: Duration = Duration::from_secs(300);

impl State {
    /// Answers somebody who wants a token now: to whom the service refused `refused`, and who has waited for `waited`.
    pub(super) fn ask(&mut self, now: Now, refused: Option<Generation>, waited: Option<u64>) -> Answer {
        if let Some(held) = &self.held {
            let token = held.token();
            let refused = refused.is_some_and(|refused| self.is_refused(held, refused, now));
            match held.phase(now) {
                Phase::Fresh if !refused => return told(Told::Token(token)),
                Phase::Ageing if !refused => {
                    let wanted = self.turn.is_none() && self.is_rested(now) && !self.is_risky(held, now);
                    let begin = wanted.then(|| self.begin());
                    return Answer { told: Told::Token(token), begin };
                }
                _ => {}
            }
        }
        if let (Some(waited), Some((turn, failure))) = (waited, &self.failed)
            && *turn >= waited
        {
            return told(Told::Failed(self.waiting_for(failure, now)));
        }
        if let Some(turn) = self.turn {
            return told(Told::Wait(turn));
        }
        match &self.failed {
            Some((_, failure)) if !self.is_rested(now) => told(Told::Failed(self.waiting_for(failure, now))),
            _ => {
                let turn = self.begin();
                Answer { told: Told::Wait(turn), begin: Some(turn) }
            }
        }
    }

    /// Does the service refuse this token, in a way that a refresh can cure?
    fn is_refused(&self, held: &Held, refused: Generation, now: Now) -> bool {
        let futile = self.cured.is_some_and(|(cured, pause)| cured == refused && !pause.is_over(now));
        refused >= held.generation() && !futile
    }

    /// May the next turn begin?
    fn is_rested(&self, now: Now) -> bool {
        self.pause.is_none_or(|pause| pause.is_over(now))
    }

    /// May the refresh token be spent already, while the token that it would cost still works?
    fn is_risky(&self, held: &Held, now: Now) -> bool {
        let is_lost = self.failed.as_ref().is_some_and(|(_, failure)| failure.kind == Kind::Unknown);
        is_lost && !held.until_late(now).is_zero()
    }

    /// The failure as it is told now: of the time that the service has asked for, what is left.
    fn waiting_for(&self, failure: &Failure, now: Now) -> Failure {
        match (failure.kind, self.pause) {
            (Kind::Limited(Some(_)), Some(pause)) => failure.clone().with(Kind::Limited(Some(pause.left(now)))),
            _ => failure.clone(),
        }
    }

    fn begin(&mut self) -> u64 {
        self.turns += 1;
        self.turn = Some(self.turns);
        self.turns
    }

    /// From here on requests use this token.
    pub(super) fn publish(&mut self, held: Held) {
        self.held = Some(held);
        self.dead = None;
    }

    /// The service refused a token, and this generation came in its place.
    pub(super) fn cured(&mut self, generation: Generation, now: Now) {
        self.cured = Some((generation, Pause::new(now, FUTILE)));
    }

    /// A token came otherwise than by a turn: what failed before does not matter any more.
    pub(super) fn forgive(&mut self) {
        self.failed = None;
        self.failures = 0;
        self.pause = None;
    }

    /// The turn is over. `jitter` is from 0 to 1.
    pub(super) fn finish(&mut self, turn: u64, result: Result<(), Failure>, now: Now, jitter: f64) {
        self.turn = None;
        match result {
            Ok(()) => self.forgive(),
            Err(failure) => {
                self.failures = self.failures.saturating_add(1);
                let wait = match failure.kind {
                    Kind::Reauthorize(_) => LOOK_AGAIN,
                    Kind::Limited(Some(wait)) => wait.min(PATIENCE),
                    _ => backoff(self.failures).mul_f64(0.5 + 0.5 * jitter),
                };
                self.pause = Some(Pause::new(now, wait));
                self.failed = Some((turn, failure));
            }
        }
    }

    /// Somebody begins to work.
    pub(super) fn arrive(&mut self) {
        self.visits += 1;
    }

    /// Somebody is done.
    pub(super) fn depart(&mut self) {
        self.visits = self.visits.saturating_sub(1);
    }

    /// Is anybody at work?
    pub(super) fn is_busy(&self) -> bool {
        self.visits > 0
    }

    /// Nobody wants tokens any more.
    pub(super) fn abandon(&mut self) {
        self.abandoned = true;
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned
    }

    /// Wakes this one when something has changed. `ticket` is what was given before.
    pub(super) fn enlist(&mut self, ticket: &mut Option<u64>, waker: &Waker) {
        let ticket = *ticket.get_or_insert_with(|| {
            self.tickets += 1;
            self.tickets
        });
        self.waiting.entry(ticket).or_insert_with(|| waker.clone()).clone_from(waker);
    }

    pub(super) fn leave(&mut self, ticket: u64) {
        self.waiting.remove(&ticket);
    }

    /// Those who wait; they ask again.
    pub(super) fn take_waiting(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.waiting).into_values().collect()
    }
}

fn told(told: Told) -> Answer {
    Answer { told, begin: None }
}

/// 1, 2, 4, … seconds.
fn backoff(failures: u32) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).filter(|doubled| *doubled > 0).unwrap_or(u32::MAX);
    Duration::from_secs(u64::from(doubled)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::backoff;

    #[test]
    fn t11_waits_grow_and_end() {
        let waits = [(1, 1), (2, 2), (5, 16), (6, 30), (32, 30), (33, 30), (u32::MAX, 30)];
        for (failures, seconds) in waits {
            assert_eq!(backoff(failures), Duration::from_secs(seconds), "{failures}");
        }
    }
}
