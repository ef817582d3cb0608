//! The gate by itself, in manual time.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use proptest::prelude::*;

use super::{Entering, Gate, Gates, MANY, Patience, Permit, Rules, Shut};
use crate::clock::{Clock, ManualClock};
use crate::limits::Rate;

const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);

fn gate(concurrency: Option<u32>, rate: Option<Rate>) -> Arc<Gate> {
    Gates::new(Rules { concurrency, in_all: None, rate }).of("a business", Duration::ZERO)
}

/// A task that is polled when it has been woken, as an executor does: a lost wake-up is a task that never goes on.
struct Task<'a> {
    entering: Pin<Box<Entering<'a>>>,
    woken: Arc<Flag>,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'a> Task<'a> {
    fn new(gate: &Arc<Gate>, clock: &'a ManualClock, longest: Duration) -> Self {
        let patience = Patience { pause: longest, until: Duration::MAX };
        Task { entering: Box::pin(gate.enter(clock, patience)), woken: Arc::new(Flag(AtomicBool::new(true))) }
    }

    fn poll(&mut self) -> Option<Result<Permit, Shut>> {
        if !self.woken.0.swap(false, Ordering::Relaxed) {
            return None;
        }
        let waker = Waker::from(self.woken.clone());
        match self.entering.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }
}

fn enter(gate: &Arc<Gate>, clock: &ManualClock) -> Permit {
    Task::new(gate, clock, LONG).poll().expect("the gate is open").expect("it is not closed")
}

#[test]
fn l01_after_a_pause_one_tries_and_the_rest_follow() {
    let (clock, gate) = (ManualClock::new(), gate(None, None));
    enter(&gate, &clock).pause(clock.now().monotonic + 2 * SECOND);
    let mut tasks: Vec<_> = (0..100).map(|_| Task::new(&gate, &clock, LONG)).collect();
    let through = |tasks: &mut Vec<Task<'_>>| {
        tasks.iter_mut().filter_map(|task| task.poll()).map(Result::unwrap).collect::<Vec<_>>()
    };
    assert!(through(&mut tasks).is_empty());
    clock.advance(2 * SECOND - Duration::from_nanos(1));
    assert!(through(&mut tasks).is_empty(), "too early");
    clock.advance(Duration::from_nanos(1));
    let mut permits = through(&mut tasks);
    assert_eq!(permits.len(), 1, "one tries whether the pause is over");
    permits.remove(0).answered();
    assert_eq!(through(&mut tasks).len(), 99);
}

#[test]
fn l01_a_new_pause_and_a_try_that_was_given_up() {
    let (clock, gate) = (ManualClock::new(), gate(None, None));
    enter(&gate, &clock).pause(clock.now().monotonic + SECOND);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::new(&gate, &clock, LONG)).collect();
    let poll = |tasks: &mut Vec<Task<'_>>| tasks.iter_mut().find_map(|task| task.poll()).map(Result::unwrap);
    assert!(poll(&mut tasks).is_none());
    clock.advance(SECOND);
    let first = poll(&mut tasks).expect("the first tries");
    first.pause(clock.now().monotonic + SECOND);
    assert!(poll(&mut tasks).is_none());
    clock.advance(SECOND);
    let second = poll(&mut tasks).expect("the second tries");
    drop(second);
    let third = poll(&mut tasks).expect("given up: the third tries");
    third.answered();
    drop(tasks);
    assert!(gate.state().is_plain(gate.rules, clock.now().monotonic), "{gate:?}");
    drop(enter(&gate, &clock));
}

#[test]
fn l01_businesses_do_not_wait_for_each_other() {
    let clock = ManualClock::new();
    let gates = Gates::new(Rules::default());
    let of = |business: &str| gates.of(business, clock.now().monotonic);
    enter(&of("a"), &clock).pause(clock.now().monotonic + SECOND);
    assert!(Task::new(&of("a"), &clock, LONG).poll().is_none());
    enter(&of("b"), &clock).answered();
}

#[test]
fn l04_who_would_wait_for_too_long_hears_at_once() {
    let (clock, gate) = (ManualClock::new(), gate(Some(1), None));
    let permit = enter(&gate, &clock);
    let mut waiting = Task::new(&gate, &clock, LONG);
    assert!(waiting.poll().is_none());
    permit.pause(clock.now().monotonic + 3600 * SECOND);
    assert_eq!(waiting.poll().map(Result::err), Some(Some(Shut::Pause(3600 * SECOND))), "those in line hear too");
    clock.advance(3540 * SECOND - Duration::from_nanos(1));
    assert_eq!(Task::new(&gate, &clock, LONG).poll().map(|done| done.is_err()), Some(true));
    clock.advance(Duration::from_nanos(1));
    assert!(Task::new(&gate, &clock, LONG).poll().is_none());
}

#[test]
fn l04_who_has_no_time_for_a_pause_hears_at_once() {
    let (clock, gate) = (ManualClock::new(), gate(Some(1), None));
    let permit = enter(&gate, &clock);
    let patience = Patience { pause: LONG, until: clock.now().monotonic + 30 * SECOND };
    let mut task = Task { entering: Box::pin(gate.enter(&clock, patience)), ..Task::new(&gate, &clock, LONG) };
    assert!(task.poll().is_none());
    permit.pause(clock.now().monotonic + 30 * SECOND);
    assert_eq!(task.poll().map(Result::err), Some(Some(Shut::Pause(30 * SECOND))));
    // A nanosecond more is enough.
    let patience = Patience { until: patience.until + Duration::from_nanos(1), ..patience };
    let mut task = Task { entering: Box::pin(gate.enter(&clock, patience)), ..Task::new(&gate, &clock, LONG) };
    assert!(task.poll().is_none());
}

#[test]
fn l04_our_own_rate_is_waited_for_as_long_as_the_call_may_take() {
    let (clock, gate) = (ManualClock::new(), gate(None, Some(Rate { calls: 1, window: 3600 * SECOND })));
    drop(enter(&gate, &clock));
    // A pause of the service would be too long; that of our own choice is not.
    let mut patient = Task::new(&gate, &clock, LONG);
    assert!(patient.poll().is_none());
    let until = clock.now().monotonic + 120 * SECOND;
    let mut entering = gate.enter(&clock, Patience { pause: LONG, until });
    let polled = Pin::new(&mut entering).poll(&mut Context::from_waker(Waker::noop()));
    let wait = 3600 * SECOND + Duration::from_nanos(1);
    assert!(matches!(polled, Poll::Ready(Err(Shut::Rate(said))) if said == wait), "{:?}", polled.map(Result::err));
    clock.advance(wait);
    drop(patient.poll().expect("it is open").expect("it is not too late"));
}

#[test]
fn l05_in_order_and_without_those_who_gave_up() {
    let (clock, gate) = (ManualClock::new(), gate(Some(1), None));
    let mut current = Some(enter(&gate, &clock));
    let mut tasks: Vec<_> = (0..200).map(|number| (number, Task::new(&gate, &clock, LONG))).collect();
    for (_, task) in &mut tasks {
        assert!(task.poll().is_none());
    }
    // Every other one, the first in line among them, and one while it is first and woken.
    tasks.retain(|(number, _)| number % 2 == 1);
    let mut order = Vec::new();
    while !tasks.is_empty() {
        drop(current.take());
        if order.len() == 50 {
            tasks.remove(0);
        }
        let through: Vec<_> =
            tasks.iter_mut().filter_map(|(number, task)| Some((*number, task.poll()?.unwrap()))).collect();
        assert_eq!(through.len(), 1);
        for (number, permit) in through {
            order.push(number);
            current = Some(permit);
        }
        tasks.retain(|(number, _)| !order.contains(number));
    }
    let expected: Vec<_> = (0..200).filter(|number| number % 2 == 1 && *number != 101).collect();
    assert_eq!(order, expected);
}

#[test]
fn l05_nobody_overtakes_the_line() {
    let (clock, gate) = (ManualClock::new(), gate(Some(1), None));
    let permit = enter(&gate, &clock);
    let mut first = Task::new(&gate, &clock, LONG);
    assert!(first.poll().is_none());
    drop(permit);
    assert!(Task::new(&gate, &clock, LONG).poll().is_none(), "there is a line");
    assert!(first.poll().is_some());
}

proptest! {
    #[test]
    fn l06_never_more_at_once(most in 1_u32..5, script in prop::collection::vec(0_u8..3, 0..200)) {
        let (clock, gate) = (ManualClock::new(), gate(Some(most), None));
        let (mut tasks, mut permits) = (Vec::new(), Vec::new());
        for step in script {
            match step {
                0 => tasks.push(Task::new(&gate, &clock, LONG)),
                1 if !permits.is_empty() => drop(permits.remove(0)),
                2 if !tasks.is_empty() => drop(tasks.remove(0)),
                _ => {}
            }
            let mut waiting = Vec::new();
            for mut task in tasks.drain(..) {
                match task.poll() {
                    Some(done) => permits.push(done.unwrap()),
                    None => waiting.push(task),
                }
            }
            tasks = waiting;
            prop_assert!(permits.len() <= most as usize);
            prop_assert!(tasks.is_empty() || permits.len() == most as usize, "a place is free, and somebody waits");
        }
    }

}

#[test]
fn l06_a_business_with_many_callers_leaves_room_for_others() {
    let clock = ManualClock::new();
    let gates = Gates::new(Rules { in_all: Some(2), ..Rules::default() });
    let [busy, calm] = ["busy", "calm"].map(|business| gates.of(business, Duration::ZERO));
    let mut permits = vec![enter(&busy, &clock), enter(&busy, &clock)];
    let mut many: Vec<_> = (0..100).map(|_| Task::new(&busy, &clock, LONG)).collect();
    assert!(many.iter_mut().all(|task| task.poll().is_none()));
    let mut other = Task::new(&calm, &clock, LONG);
    assert!(other.poll().is_none());
    // The first of the many came before it; the second has to wait.
    permits.remove(0);
    assert!(other.poll().is_none());
    permits.push(many[0].poll().expect("its turn").unwrap());
    assert!(many[1].poll().is_none());
    permits.remove(0);
    assert!(many[1].poll().is_none());
    assert!(other.poll().is_some());
}

#[test]
fn l01_who_waits_for_a_place_in_a_pause_keeps_nobody_waiting() {
    let clock = ManualClock::new();
    let gates = Gates::new(Rules { in_all: Some(2), ..Rules::default() });
    let [busy, calm] = ["busy", "calm"].map(|business| gates.of(business, Duration::ZERO));
    let (first, second) = (enter(&busy, &clock), enter(&busy, &clock));
    let mut waiting = Task::new(&busy, &clock, LONG);
    assert!(waiting.poll().is_none());
    let mut other = Task::new(&calm, &clock, LONG);
    assert!(other.poll().is_none());
    // It was the first in line for a place, and now has to wait for its business.
    first.pause(clock.now().monotonic + SECOND);
    assert!(waiting.poll().is_none(), "not in the pause");
    let other = other.poll().expect("there is a place").unwrap();
    drop((second, other));
    clock.advance(SECOND);
    assert!(waiting.poll().is_some());
}

proptest! {
    #[test]
    fn l06_never_more_at_once_in_all(
        most in 1_u32..5,
        each in prop::option::of(1_u32..3),
        script in prop::collection::vec((0_u8..4, 0_usize..3), 0..200),
    ) {
        let clock = ManualClock::new();
        let gates = Gates::new(Rules { concurrency: each, in_all: Some(most), rate: None });
        let gates = ["a", "b", "c"].map(|business| gates.of(business, Duration::ZERO));
        let (mut tasks, mut permits) = (Vec::new(), Vec::<(usize, Permit)>::new());
        for (step, business) in script {
            match step {
                0 | 1 => tasks.push((business, Task::new(&gates[business], &clock, LONG))),
                2 if !permits.is_empty() => drop(permits.remove(0)),
                3 if !tasks.is_empty() => drop(tasks.remove(business % tasks.len())),
                _ => {}
            }
            // Who is woken may wake others.
            for _ in 0..=tasks.len() {
                tasks.retain_mut(|(business, task)| match task.poll() {
                    Some(done) => {
                        permits.push((*business, done.unwrap()));
                        false
                    }
                    None => true,
                });
            }
            prop_assert!(permits.len() <= most as usize);
            for (business, _) in &tasks {
                let own = permits.iter().filter(|(other, _)| other == business).count();
                let full = permits.len() == most as usize || each.is_some_and(|each| own == each as usize);
                prop_assert!(full, "a place is free, and somebody waits");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Callers come when they come, up to twice as fast as they may go on, and wait in line. Each goes on as soon as the
    /// rate allows it and those before have gone on, and not a nanosecond earlier.
    #[test]
    fn l02_never_more_in_any_window(
        gaps in prop::collection::vec(0_u64..1_000_000, 10_000),
        calls in 1_u32..60,
        load in 0.5_f64..2.0,
    ) {
        const WINDOW: Duration = Duration::from_secs(60);
        let rate = Rate { calls, window: WINDOW };
        let (clock, gate) = (ManualClock::new(), gate(None, Some(rate)));
        let begun = clock.now().monotonic;
        let mut next = begun;
        let mut times: Vec<Duration> = Vec::new();
        let mut line = std::collections::VecDeque::new();
        let mut arrivals = Vec::new();
        let mut gaps = gaps.into_iter().map(|gap| {
            // On average half of a million.
            WINDOW.mul_f64(gap as f64 / 500_000.0 / f64::from(calls) / load)
        });
        let mut coming = gaps.next();
        while coming.is_some() || !line.is_empty() {
            // What comes first: somebody new, or the moment for which the first in line waits.
            let now = clock.now().monotonic;
            let arrival = coming.map(|gap| (next + gap).saturating_sub(now));
            let wait = clock.until_next();
            let step = arrival.into_iter().chain(wait).min();
            clock.advance(step.expect("somebody waits for the clock"));
            if arrival.is_some() && arrival == step {
                next = clock.now().monotonic;
                arrivals.push(next);
                line.push_back(Task::new(&gate, &clock, Duration::MAX));
                coming = gaps.next();
                if line.len() > 1 {
                    prop_assert!(line.back_mut().and_then(Task::poll).is_none(), "somebody has overtaken the line");
                }
            }
            while let Some(done) = line.front_mut().and_then(Task::poll) {
                done.unwrap().answered();
                times.push(clock.now().monotonic);
                line.pop_front();
            }
        }
        let calls = calls as usize;
        for (at, time) in times.iter().enumerate() {
            let earliest = at.checked_sub(calls).map(|before| times[before] + WINDOW + Duration::from_nanos(1));
            prop_assert_eq!(*time, arrivals[at].max(earliest.unwrap_or_default()), "call {}", at);
        }
        prop_assert_eq!(times.len(), 10_000);
    }
}

#[test]
fn gates_that_nobody_needs_are_taken_down() {
    let rate = Rate { calls: 2, window: 60 * SECOND };
    for rate in [None, Some(rate)] {
        let clock = ManualClock::new();
        let gates = Gates::new(Rules { rate, ..Rules::default() });
        let of = |business: &str| gates.of(business, clock.now().monotonic);
        let names = || gates.known.lock().unwrap().gates.keys().cloned().collect::<HashSet<_>>();
        enter(&of("paused"), &clock).pause(clock.now().monotonic + 60 * SECOND);
        let kept = of("held");
        for number in 0..2 * MANY {
            drop(enter(&of(&number.to_string()), &clock));
        }
        // What was called in this minute counts for the rate.
        assert_eq!(names().len() > MANY + 1, rate.is_some(), "{}", names().len());
        clock.advance(30 * SECOND);
        drop(enter(&of("counted"), &clock));
        clock.advance(30 * SECOND + Duration::from_nanos(1));
        let now = names().len();
        for number in 0..2 * now + MANY {
            of(&format!("new {number}"));
        }
        assert!(!names().contains("0"), "{rate:?}: nobody needs it");
        assert!(names().contains("paused"));
        assert_eq!(names().contains("counted"), rate.is_some());
        assert!(Arc::ptr_eq(&kept, &of("held")));
    }
}

#[test]
fn many_gates_that_are_needed_are_not_all_looked_at_for_each_new_one() {
    let clock = ManualClock::new();
    let gates = Gates::new(Rules::default());
    let of = |business: usize| gates.of(&business.to_string(), clock.now().monotonic);
    let mut kept: Vec<_> = (0..=MANY).map(of).collect();
    assert_eq!(gates.known.lock().unwrap().many, 2 * MANY, "not before there are twice as many");
    kept.extend((MANY + 1..=2 * MANY).map(of));
    assert_eq!(gates.known.lock().unwrap().many, 4 * MANY);
    // And less often no more when they are not needed any longer.
    kept.clear();
    (2 * MANY..=4 * MANY).for_each(|number| drop(of(number)));
    assert_eq!(gates.known.lock().unwrap().many, MANY);
}
