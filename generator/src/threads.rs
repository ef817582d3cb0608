//! The APIs side by side, as many at once as there are processors.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, ScopedJoinHandle, available_parallelism, scope};

/// Documents nest up to a limit, and so do the types that are made of them; the stack is only reserved, not taken.
const STACK: usize = 64 << 20;

/// Does `work` for each item and gives the answers in the order of the items; `None` where it panicked, which is our bug
/// and no reason to lose the others. More threads than processors would only hold more in memory.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<Option<R>> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut answers = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return answers };
            answers.push((index, catch_unwind(AssertUnwindSafe(|| work(item))).ok()));
        }
    };
    let threads = available_parallelism().map_or(1, NonZero::get).min(items.len());
    let mut answers: Vec<(usize, Option<R>)> = scope(|scope| {
        let spawn = |_| Builder::new().stack_size(STACK).spawn_scoped(scope, take);
        let running: Vec<ScopedJoinHandle<'_, _>> = (0..threads).map_while(|n| spawn(n).ok()).collect();
        // Where no thread is to be had, this one does the work.
        let own = if running.is_empty() { take() } else { Vec::new() };
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().chain(own).collect()
    });
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_keep_their_order_and_a_panic_costs_itself_alone() {
        let answers = each(&[1, 2, 3], |&item| if item == 2 { panic!("on purpose") } else { item * 10 });
        assert_eq!(answers, [Some(10), None, Some(30)]);
    }
}
