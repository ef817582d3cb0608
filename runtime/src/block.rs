//! Running a future to its end on the calling thread, without a runtime.
//!
//! The same code sends requests for async and for blocking callers: here its waits become a parked thread. What it waits
//! for is a waker, as elsewhere, or a moment, which is the thread's own business.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::transport::BoxFuture;

thread_local! {
    /// How many futures this thread is running here, one within the other.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// The next moment that the running future waits for.
    static NEXT: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Runs the future to its end.
pub(crate) fn on<F: Future>(future: F) -> F::Output {
    let _running = Running::begin();
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        NEXT.set(None);
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
        match NEXT.get() {
            Some(moment) => thread::park_timeout(moment.saturating_duration_since(Instant::now())),
            None => thread::park(),
        }
    }
}

/// Is this thread running a future here?
pub(crate) fn is_running() -> bool {
    DEPTH.get() > 0
}

/// Waits within [`on`].
pub(crate) fn sleep(time: Duration) -> BoxFuture<'static, ()> {
    Box::pin(Sleep { until: Instant::now().checked_add(time) })
}

struct Running;

impl Running {
    fn begin() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

struct Sleep {
    /// Nothing: later than any clock can say.
    until: Option<Instant>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let Some(until) = self.until else { return Poll::Pending };
        if Instant::now() >= until {
            return Poll::Ready(());
        }
        NEXT.set(Some(NEXT.get().map_or(until, |next| next.min(until))));
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;
    use std::time::{Duration, Instant};

    use super::{is_running, on, sleep};

    #[test]
    fn it_waits_for_wakers_and_for_moments() {
        let start = Instant::now();
        on(sleep(Duration::from_millis(5)));
        assert!(start.elapsed() >= Duration::from_millis(5));
        let mut woken = false;
        on(poll_fn(|context| {
            if woken {
                return Poll::Ready(());
            }
            woken = true;
            let waker = context.waker().clone();
            std::thread::spawn(move || waker.wake());
            Poll::Pending
        }));
    }

    #[test]
    fn it_is_known_to_run_also_after_a_panic() {
        assert!(!is_running());
        assert!(on(async { is_running() && on(async { is_running() }) && is_running() }));
        let _ = std::panic::catch_unwind(|| on(async { panic!("on purpose") }));
        assert!(!is_running());
    }
}
