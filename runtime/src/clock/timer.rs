//! Waits that need no runtime: one thread wakes all who wait, and ends when nobody has waited for a while.
//!
//! It is our own because the crates for this keep their thread for ever, or bring a reactor for files and sockets along.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// How long the thread stays when nobody waits.
const IDLE: Duration = Duration::from_secs(10);

static TIMER: Timer = Timer { waits: Mutex::new(Waits::NONE), changed: Condvar::new() };

struct Timer {
    waits: Mutex<Waits>,
    /// Somebody waits for less than all before.
    changed: Condvar,
}

struct Waits {
    /// By moment, and then by number.
    wakers: BTreeMap<(Instant, u64), Waker>,
    count: u64,
    /// The thread is there.
    runs: bool,
}

impl Waits {
    const NONE: Waits = Waits { wakers: BTreeMap::new(), count: 0, runs: false };

    fn next(&self) -> Option<Instant> {
        self.wakers.first_key_value().map(|((until, _), _)| *until)
    }

    fn take_due(&mut self, now: Instant) -> Vec<Waker> {
        let later = self.wakers.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.wakers, later).into_values().collect()
    }
}

impl Timer {
    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread: it wakes those whose moment has come.
    fn run(&self) {
        let mut waits = self.waits();
        loop {
            let now = Instant::now();
            let due = waits.take_due(now);
            if !due.is_empty() {
                drop(waits);
                for waker in due {
                    // One that panics must not keep the others asleep.
                    let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
                }
                waits = self.waits();
                continue;
            }
            let rest = waits.next().map_or(IDLE, |until| until.saturating_duration_since(now)).min(IDLE);
            let (woken, waited) = self.changed.wait_timeout(waits, rest).unwrap_or_else(PoisonError::into_inner);
            waits = woken;
            if waited.timed_out() && waits.wakers.is_empty() {
                waits.runs = false;
                return;
            }
        }
    }
}

/// A wait that ends at a moment, however it is polled. Whoever drops it takes it back.
pub(super) struct Sleep {
    /// Nothing: later than any clock can say.
    until: Option<Instant>,
    number: Option<u64>,
}

impl Sleep {
    pub(super) fn new(time: Duration) -> Self {
        Sleep { until: Instant::now().checked_add(time), number: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(until) = self.until else { return Poll::Pending };
        if Instant::now() >= until {
            return Poll::Ready(());
        }
        let mut waits = TIMER.waits();
        let number = *self.number.get_or_insert_with(|| {
            waits.count += 1;
            waits.count
        });
        let is_first = waits.next().is_none_or(|next| until < next);
        waits.wakers.entry((until, number)).or_insert_with(|| context.waker().clone()).clone_from(context.waker());
        if !waits.runs {
            let thread = thread::Builder::new().name("sage-timer".into()).spawn(|| TIMER.run());
            waits.runs = thread.is_ok();
            if thread.is_err() {
                // None can be had at the moment: then it is asked again and again.
                context.waker().wake_by_ref();
            }
        } else if is_first {
            TIMER.changed.notify_one();
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let (Some(until), Some(number)) = (self.until, self.number) {
            TIMER.waits().wakers.remove(&(until, number));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Poll, Wake, Waker};
    use std::time::{Duration, Instant};

    use super::Sleep;
    use crate::api::{Api, Operation};
    use crate::call::Call;
    use crate::client::ClientBuilder;
    use crate::clock::{Clock, Now, SystemClock};
    use crate::transport::{Body, Bounds, BoxFuture, Transport, TransportFault};

    /// As the system's clock waits without tokio.
    struct WithoutTokio;

    impl Clock for WithoutTokio {
        fn now(&self) -> Now {
            SystemClock.now()
        }

        fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
            Box::pin(Sleep::new(time))
        }
    }

    /// Answers when it is polled for the second time, so that calls wait.
    struct Slow;

    impl Transport for Slow {
        fn send(
            &self,
            _: http::Request<Body>,
            _: Bounds,
        ) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
            let mut polled = false;
            Box::pin(poll_fn(move |context| {
                context.waker().wake_by_ref();
                match std::mem::replace(&mut polled, true) {
                    true => Poll::Ready(Ok(http::Response::default())),
                    false => Poll::Pending,
                }
            }))
        }
    }

    /// The threads of this process that are called so.
    #[cfg(target_os = "linux")]
    fn threads(name: &str) -> usize {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        // One may end while it is looked at.
        tasks.filter(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|is| is.trim() == name)).count()
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn calls_that_are_over_leave_no_thread_behind() {
        const API: Api = Api { base_url: "http://127.0.0.1:1", bearer: false, ..Api::DEFAULT };
        static OPERATION: Operation = Operation { id: "things.list", path: "/things", ..Operation::READ };
        let client = ClientBuilder::new(&API).transport(Slow).clock(WithoutTokio).build().unwrap();
        for _ in 0..500 {
            Call::empty(&client, &OPERATION).await.unwrap();
        }
        assert!(threads("sage-timer") <= 1, "{}", threads("sage-timer"));
        assert!(super::TIMER.waits().wakers.len() < 100, "what is over is still waited for");
    }

    #[tokio::test]
    async fn each_wait_ends_in_its_time() {
        struct Panics;
        impl Wake for Panics {
            fn wake(self: Arc<Self>) {
                panic!("on purpose");
            }
        }

        let began = Instant::now();
        let mut broken = pin!(Sleep::new(Duration::from_millis(5)));
        let waker = Waker::from(Arc::new(Panics));
        assert!(broken.as_mut().poll(&mut std::task::Context::from_waker(&waker)).is_pending());
        let long = Sleep::new(Duration::from_secs(3600));
        let mut long = pin!(long);
        assert!(poll_fn(|context| Poll::Ready(long.as_mut().poll(context).is_pending())).await);
        let times = [40, 20, 30, 10, 10];
        let waits = times.map(|time| tokio::spawn(Sleep::new(Duration::from_millis(time))));
        for (wait, time) in waits.into_iter().zip(times) {
            wait.await.unwrap();
            assert!(began.elapsed() >= Duration::from_millis(time));
        }
    }
}
