//! One thread for each API.

use std::thread::{Builder, ScopedJoinHandle, scope};

/// Documents nest up to a limit, and so do the types that are made of them; the stack is only reserved, not taken.
const STACK: usize = 64 << 20;

/// Does `work` for each item, at the same time, and gives the answers in the order of the items; `None` where it panicked,
/// which is our bug and no reason to lose the others.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<Option<R>> {
    let work = &work;
    scope(|scope| {
        let spawn = |item| Builder::new().stack_size(STACK).spawn_scoped(scope, move || work(item));
        let running: Vec<std::io::Result<ScopedJoinHandle<'_, R>>> = items.iter().map(spawn).collect();
        let answer = |(run, item): (std::io::Result<ScopedJoinHandle<'_, R>>, &T)| match run {
            Ok(thread) => thread.join().ok(),
            // No more threads are to be had: one after the other, then.
            Err(_) => Some(work(item)),
        };
        running.into_iter().zip(items).map(answer).collect()
    })
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
