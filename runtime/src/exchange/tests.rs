//! Every way that a call can go: all events that each action can lead to, followed to the end.

use std::sync::Arc;
use std::time::Duration;

use super::UNSAID;
use super::{Action, Budget, Class, End, Event, Exchange, Outcome, Plan};
use crate::error::Delivery;
use crate::limits::{Limits, Timeouts};
use crate::token::Generation;
use crate::transport::Phase;

const SECOND: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 3;

fn plan(class: Class) -> Plan {
    let limits = Limits { attempts: ATTEMPTS, ..Limits::default() };
    let deadline = Some(120 * SECOND);
    Plan { class, deletes: false, atomic: true, bearer: true, deadline, limits, timeouts: Timeouts::default() }
}

fn exchange(plan: Plan) -> Exchange {
    Exchange::new(plan, Arc::new(Budget::new()), 7)
}

fn reply(status: u16) -> Event {
    Event::Reply { status, retry_after: None }
}

fn reply_after(status: u16, seconds: u32) -> Event {
    Event::Reply { status, retry_after: Some(seconds * SECOND) }
}

fn fault(phase: Phase, status: Option<u16>) -> Event {
    Event::Failed { phase, status }
}

fn answers() -> Vec<Event> {
    let statuses = [200, 204, 302, 400, 401, 404, 408, 422, 429, 500, 501, 502, 503, 504, 599].map(reply);
    let waits = [reply_after(429, 0), reply_after(429, 2), reply_after(429, 3600), reply_after(503, 2)];
    let faults = [
        fault(Phase::NotSent, None),
        fault(Phase::TimedOut, None),
        fault(Phase::Unknown, None),
        fault(Phase::Unknown, Some(200)),
        fault(Phase::Unknown, Some(401)),
        fault(Phase::TimedOut, Some(404)),
        fault(Phase::Unknown, Some(429)),
        fault(Phase::Unknown, Some(503)),
        fault(Phase::TooLarge, Some(200)),
    ];
    statuses.into_iter().chain(waits).chain(faults).collect()
}

/// All that can follow from an action.
fn events(action: Action, generation: Generation) -> Vec<Event> {
    match action {
        Action::Token { .. } => {
            vec![Event::Token(generation), Event::Token(generation.next()), Event::NoToken, Event::Deadline]
        }
        Action::Enter => {
            let entered = |futile| Event::Entered { futile };
            vec![entered(None), entered(Some(generation)), Event::Barred, Event::Deadline]
        }
        Action::Renew => {
            vec![Event::Token(generation), Event::Token(generation.next()), Event::NoToken, Event::Deadline]
        }
        Action::Send { .. } => answers().into_iter().chain([Event::Deadline]).collect(),
        Action::Close(_) => vec![Event::Closed],
        Action::Sleep(_) => vec![Event::Woke, Event::Deadline],
        Action::Done(End::Last) => vec![Event::Unreadable],
        Action::Done(_) => vec![],
    }
}

/// What has come to pass on one way.
#[derive(Clone)]
struct Way {
    exchange: Exchange,
    now: Duration,
    generation: Generation,
    /// How long it waits at the gate.
    waits: Duration,
    sends: u32,
    stale: u32,
    /// It may have been processed.
    doubt: bool,
    last: Option<Event>,
    steps: Vec<(Event, Action)>,
}

fn outcome(event: Event) -> Option<Outcome> {
    match event {
        Event::Reply { status, .. } => Some(Outcome::of_status(status)),
        Event::Failed { phase, status } => Some(Outcome::of_fault(phase, status)),
        _ => None,
    }
}

impl Way {
    fn go(mut self, event: Event) -> (Self, Action) {
        let class = self.exchange.plan.class;
        if let Event::Token(generation) = event {
            self.generation = generation;
        }
        if let Some(outcome) = outcome(event) {
            self.doubt |= outcome.leaves_doubt();
            self.last = Some(event);
        }
        if event == Event::Unreadable {
            self.doubt = true;
        }
        let action = self.exchange.step(self.now, event);
        self.steps.push((event, action));
        let way = format!("{class:?}: {:?}", self.steps);
        match action {
            Action::Send { time } => {
                self.sends += 1;
                assert!(time > Duration::ZERO && time <= 60 * SECOND, "{way}");
                assert!(self.sends <= ATTEMPTS, "sent too often\n{way}");
                assert!(class != Class::Never || !self.doubt, "sent twice\n{way}");
                self.now += SECOND;
            }
            Action::Token { stale: Some(_) } => {
                self.stale += 1;
                let refused =
                    matches!(event, Event::Reply { status: 401, .. } | Event::Failed { status: Some(401), .. });
                assert!(refused, "{way}");
                assert!(self.stale <= 1, "two refreshes for one call\n{way}");
            }
            Action::Token { stale: None } => assert!(matches!(event, Event::Begin | Event::Woke), "{way}"),
            Action::Close(wait) => {
                let limited =
                    matches!(event, Event::Reply { status: 429 | 503, .. } | Event::Failed { status: Some(429), .. });
                assert!(limited && wait > Duration::ZERO, "{way}");
            }
            Action::Sleep(wait) => {
                assert!(wait <= 60 * SECOND && self.now + wait < 120 * SECOND, "{way}");
                if let Some(Event::Reply { retry_after: Some(asked), .. }) = self.last {
                    assert!(wait >= asked || self.steps.len() < 2, "too early\n{way}");
                }
                self.now += wait;
            }
            Action::Enter => self.now += self.waits,
            Action::Renew => {
                assert!(matches!(event, Event::Entered { .. }) && self.waits > SECOND, "{way}");
            }
            Action::Done(_) => {}
        }
        assert_eq!(self.exchange.attempts(), self.sends, "{way}");
        if action == Action::Done(End::Last) && self.last.and_then(outcome) == Some(Outcome::Answer) && self.doubt {
            // Nothing that may have been processed is ever called refused.
            let earlier =
                self.steps.iter().rev().skip(1).any(|(event, _)| {
                    *event == Event::Unreadable || outcome(*event).is_some_and(Outcome::leaves_doubt)
                });
            assert_eq!(self.exchange.delivery(Delivery::Refused) == Delivery::Unknown, earlier, "{way}");
        }
        assert!(self.steps.len() < 40, "no end\n{way}");
        (self, action)
    }
}

fn follow(way: Way, event: Event, ends: &mut usize, sends: &mut usize) {
    let (way, action) = way.go(event);
    *sends += usize::from(matches!(action, Action::Send { .. }));
    let next = events(action, way.generation);
    *ends += usize::from(matches!(action, Action::Done(_)));
    for event in next {
        // Only a success can be unreadable.
        let success = matches!(way.steps.last(), Some((Event::Reply { status: 200 | 204, .. }, _)));
        if event == Event::Unreadable && !success {
            continue;
        }
        follow(way.clone(), event, ends, sends);
    }
}

#[test]
fn r01_r08_r10_every_way_that_a_call_can_go() {
    for class in [Class::Safe, Class::ById, Class::Idempotent, Class::Never] {
        for (bearer, waits, attempts) in [(true, 0, ATTEMPTS), (true, 2, 2), (false, 0, ATTEMPTS)] {
            let mut plan = Plan { bearer, ..plan(class) };
            plan.limits.attempts = attempts;
            let way = Way {
                exchange: exchange(plan),
                now: Duration::ZERO,
                generation: Generation::FIRST,
                waits: waits * SECOND,
                sends: 0,
                stale: 0,
                doubt: false,
                last: None,
                steps: Vec::new(),
            };
            let (mut ends, mut sends) = (0, 0);
            follow(way, Event::Begin, &mut ends, &mut sends);
            assert!(ends > 500 && sends > 50, "{class:?}: {ends} ends, {sends} sends");
        }
    }
}

/// Steps through events, and gives the actions.
fn run(exchange: &mut Exchange, events: &[Event]) -> Vec<Action> {
    let mut now = Duration::ZERO;
    let mut actions = Vec::new();
    for event in events {
        let action = exchange.step(now, *event);
        if let Action::Sleep(wait) = action {
            now += wait;
        }
        actions.push(action);
    }
    actions
}

const ENTERED: Event = Event::Entered { futile: None };

/// A call up to its first reply.
fn sent(plan: Plan) -> Exchange {
    let mut exchange = exchange(plan);
    let actions = run(&mut exchange, &[Event::Begin, Event::Token(Generation::FIRST), ENTERED]);
    assert_eq!(actions, [Action::Token { stale: None }, Action::Enter, Action::Send { time: 60 * SECOND }]);
    exchange
}

#[test]
fn r08_one_replay_and_only_with_a_newer_token() {
    let second = Generation::FIRST.next();
    let mut exchange = sent(plan(Class::Never));
    let actions = run(&mut exchange, &[reply(401), Event::Token(second), ENTERED, reply(401)]);
    let stale = Action::Token { stale: Some(Generation::FIRST) };
    assert_eq!(actions[..2], [stale, Action::Enter]);
    assert_eq!(actions[3], Action::Done(End::Last));
    assert_eq!((exchange.attempts(), exchange.futile()), (2, Some(second)));

    let mut exchange = sent(plan(Class::Never));
    assert_eq!(run(&mut exchange, &[reply(401), Event::Token(Generation::FIRST)]), [stale, Action::Done(End::Last)]);

    // Where a new token did not help before, no newer one is asked for.
    let mut exchange = exchange_at_gate();
    assert!(matches!(exchange.step(SECOND, Event::Entered { futile: Some(Generation::FIRST) }), Action::Send { .. }));
    assert_eq!(exchange.step(SECOND, reply(401)), Action::Done(End::Last));
}

fn exchange_at_gate() -> Exchange {
    let mut exchange = exchange(plan(Class::Safe));
    run(&mut exchange, &[Event::Begin, Event::Token(Generation::FIRST)]);
    exchange
}

#[test]
fn t12_a_token_that_may_be_over_after_the_gate_is_asked_for_again() {
    let mut exchange = exchange_at_gate();
    assert_eq!(exchange.step(2 * SECOND, ENTERED), Action::Renew);
    let newer = Generation::FIRST.next();
    assert_eq!(exchange.step(2 * SECOND, Event::Token(newer)), Action::Send { time: 60 * SECOND });
    // What is refused is the newer one.
    assert_eq!(exchange.step(3 * SECOND, reply(401)), Action::Token { stale: Some(newer) });
    let mut exchange = exchange_at_gate();
    exchange.step(2 * SECOND, ENTERED);
    assert_eq!(exchange.step(2 * SECOND, Event::NoToken), Action::Done(End::NoToken));
}

#[test]
fn l01_a_limit_whose_reply_is_cut_holds_like_any_other() {
    for class in [Class::Safe, Class::Never] {
        let mut exchange = exchange(plan(class));
        run(&mut exchange, &[Event::Begin, Event::Token(Generation::FIRST), ENTERED]);
        assert_eq!(exchange.step(SECOND, fault(Phase::Unknown, Some(429))), Action::Close(UNSAID));
    }
}

#[test]
fn r08_a_replay_counts_as_an_attempt() {
    let mut once = plan(Class::Safe);
    once.limits.attempts = 1;
    let mut exchange = sent(once);
    // The source hears of the stale token all the same.
    let actions = run(&mut exchange, &[reply(401), Event::Token(Generation::FIRST.next())]);
    assert_eq!(actions, [Action::Token { stale: Some(Generation::FIRST) }, Action::Done(End::Last)]);
}

#[test]
fn r02_a_post_waits_for_the_gate_unless_told_otherwise() {
    let actions = run(&mut sent(plan(Class::Never)), &[reply_after(429, 5), Event::Closed]);
    assert_eq!(actions, [Action::Close(5 * SECOND), Action::Sleep(5 * SECOND)]);

    let mut careful = plan(Class::Never);
    careful.limits.resend_when_limited = false;
    let actions = run(&mut sent(careful.clone()), &[reply_after(429, 5), Event::Closed]);
    assert_eq!(actions, [Action::Close(5 * SECOND), Action::Done(End::Last)]);
    careful.class = Class::Idempotent;
    assert_eq!(run(&mut sent(careful), &[reply_after(429, 5), Event::Closed])[1], Action::Sleep(5 * SECOND));
}

#[test]
fn l01_waits_that_are_asked_for() {
    // Without `Retry-After` a 429 is a minute, a 503 closes nothing.
    assert_eq!(run(&mut sent(plan(Class::Safe)), &[reply(429)]), [Action::Close(60 * SECOND)]);
    assert!(matches!(run(&mut sent(plan(Class::Safe)), &[reply(503)])[..], [Action::Sleep(_)]));
    // A 503 closes the gate for others even if this call ends.
    let actions = run(&mut sent(plan(Class::Never)), &[reply_after(503, 2), Event::Closed]);
    assert_eq!(actions, [Action::Close(2 * SECOND), Action::Done(End::Last)]);
}

#[test]
fn l04_a_wait_that_is_too_long_is_an_error_at_once() {
    let actions = run(&mut sent(plan(Class::Safe)), &[reply_after(429, 3600), Event::Closed]);
    assert_eq!(actions, [Action::Close(3600 * SECOND), Action::Done(End::Last)]);
    assert_eq!(exchange_at_gate().step(SECOND, Event::Barred), Action::Done(End::Barred));
}

#[test]
fn l03_no_pause_is_longer_than_an_hour() {
    let mut patient = plan(Class::Safe);
    (patient.timeouts.longest_wait, patient.deadline) = (Duration::ZERO, None);
    // Others try after an hour; whoever was told to wait for a day waits for a day.
    let actions = run(&mut sent(patient), &[reply_after(429, 86_400), Event::Closed]);
    assert_eq!(actions, [Action::Close(3600 * SECOND), Action::Sleep(86_400 * SECOND)]);
}

#[test]
fn r05_gone_is_said_only_where_it_may_be_our_doing() {
    let delete = || Plan { deletes: true, ..plan(Class::Idempotent) };
    let again = [Event::Woke, Event::Token(Generation::FIRST), ENTERED, reply(404)];
    for (first, end) in [(fault(Phase::TimedOut, None), End::Gone), (fault(Phase::NotSent, None), End::Last)] {
        let mut exchange = sent(delete());
        exchange.step(SECOND, first);
        assert_eq!(run(&mut exchange, &again).last(), Some(&Action::Done(end)), "{first:?}");
    }
    assert_eq!(run(&mut sent(delete()), &[reply(404)]), [Action::Done(End::Last)]);
}

#[test]
fn r11_nothing_begins_that_can_not_end_in_time() {
    let tight = Plan { deadline: Some(3 * SECOND), ..plan(Class::Safe) };
    let mut exchange = exchange(tight.clone());
    run(&mut exchange, &[Event::Begin, Event::Token(Generation::FIRST)]);
    assert_eq!(exchange.step(SECOND, ENTERED), Action::Send { time: 2 * SECOND });
    // A wait of 5 seconds would end too late: the answer is given at once.
    assert_eq!(exchange.step(SECOND, reply_after(503, 5)), Action::Close(5 * SECOND));
    assert_eq!(exchange.step(SECOND, Event::Closed), Action::Done(End::Last));

    let mut exchange = Exchange::new(tight, Arc::new(Budget::new()), 1);
    run(&mut exchange, &[Event::Begin, Event::Token(Generation::FIRST)]);
    assert_eq!(exchange.step(3 * SECOND, ENTERED), Action::Done(End::Deadline));
}

#[test]
fn r04_the_time_is_up() {
    let mut exchange = sent(plan(Class::Safe));
    assert_eq!(exchange.step(SECOND, Event::Deadline), Action::Done(End::Deadline));
    assert_eq!(exchange.delivery(Delivery::NotSent), Delivery::Unknown);
    let mut exchange = exchange_at_gate();
    assert_eq!(exchange.step(SECOND, Event::Deadline), Action::Done(End::Deadline));
    assert_eq!(exchange.delivery(Delivery::NotSent), Delivery::NotSent);
}

#[test]
fn r04_what_may_be_done_in_part_is_not_called_refused() {
    let table = [
        (reply(400), Delivery::Unknown),
        (reply(404), Delivery::Unknown),
        (reply(422), Delivery::Unknown),
        (fault(Phase::Unknown, Some(400)), Delivery::Unknown),
        // These are about the request as a whole; the first is sent again for that reason.
        (reply(401), Delivery::Refused),
        (reply_after(429, 3600), Delivery::Refused),
    ];
    for (event, delivery) in table {
        for atomic in [true, false] {
            let mut exchange = sent(Plan { atomic, ..plan(Class::Never) });
            run(&mut exchange, &[event, Event::Token(Generation::FIRST), Event::Closed]);
            let expected = if atomic { Delivery::Refused } else { delivery };
            assert_eq!(exchange.delivery(Delivery::Refused), expected, "{event:?}, atomic: {atomic}");
        }
    }
}

#[test]
fn r07_a_budget_bounds_what_all_calls_resend() {
    let budget = Arc::new(Budget::new());
    let mut sends = 0;
    for seed in 0..1000 {
        let mut exchange = Exchange::new(plan(Class::Safe), budget.clone(), seed);
        let mut action = exchange.step(Duration::ZERO, Event::Begin);
        while action != Action::Done(End::Last) {
            let event = match action {
                Action::Token { .. } => Event::Token(Generation::FIRST),
                Action::Enter => ENTERED,
                Action::Send { .. } => {
                    sends += 1;
                    reply(503)
                }
                _ => Event::Woke,
            };
            action = exchange.step(Duration::ZERO, event);
        }
    }
    assert!((1001..=1300).contains(&sends), "{sends}");
}

#[test]
fn r07_only_what_leaves_doubt_is_charged() {
    for (event, charged) in [
        (reply_after(429, 1), false),
        (reply_after(429, 0), false),
        (fault(Phase::NotSent, None), false),
        (reply(503), true),
        (fault(Phase::TimedOut, None), true),
        (fault(Phase::Unknown, Some(200)), true),
    ] {
        let budget = Arc::new(Budget::new());
        let again = (0..1000).filter(|seed| {
            let mut exchange = Exchange::new(plan(Class::Safe), budget.clone(), *seed);
            let actions =
                run(&mut exchange, &[Event::Begin, Event::Token(Generation::FIRST), ENTERED, event, Event::Closed]);
            actions[3..].iter().any(|action| matches!(action, Action::Sleep(_)))
        });
        assert_eq!(again.count() < 1000, charged, "{event:?}");
    }
}

#[test]
fn an_event_out_of_place_sends_nothing() {
    let all = answers().into_iter().chain([
        Event::Begin,
        Event::Token(Generation::FIRST),
        Event::NoToken,
        ENTERED,
        Event::Barred,
        Event::Closed,
        Event::Woke,
        Event::Unreadable,
    ]);
    for event in all {
        let mut new = exchange(plan(Class::Safe));
        assert_eq!(matches!(new.step(SECOND, event), Action::Done(_)), event != Event::Begin, "{event:?}");
        let mut at_gate = exchange_at_gate();
        assert_eq!(matches!(at_gate.step(SECOND, event), Action::Send { .. }), event == ENTERED, "{event:?}");
        let mut done = exchange_at_gate();
        done.step(SECOND, Event::Barred);
        assert!(matches!(done.step(SECOND, event), Action::Done(_) | Action::Sleep(_)), "{event:?}");
    }
}
