//! Work on a thread of its own: whoever waits for it may go away, with or without their runtime, and it goes on.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use super::failure::{Failure, Kind};

thread_local! {
    static OWN: Cell<bool> = const { Cell::new(false) };
}

/// Is this a thread of a grant? Then a runtime on it ends with the request for which it was made.
pub(crate) fn is_own() -> bool {
    OWN.get()
}

/// Begins the work, and calls `end` with what came of it, whatever happens: also if the work panics, or no thread can be
/// had.
pub(super) fn begin<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    end: impl FnOnce(Result<T, Failure>) + Send + 'static,
) {
    // A thread that can not be had takes what it was to run with it.
    let end = Arc::new(Mutex::new(Some(end)));
    let own = end.clone();
    let run = move || {
        OWN.set(true);
        let result = catch_unwind(AssertUnwindSafe(work));
        finish(&own, result.unwrap_or_else(|_| Err(Failure::panicked())));
    };
    if let Err(error) = thread::Builder::new().name("sage-grant".into()).spawn(run) {
        finish(&end, Err(Failure::new(Kind::NotSent, "there is no thread for the refresh").because(error)));
    }
}

fn finish<T>(end: &Mutex<Option<impl FnOnce(Result<T, Failure>)>>, result: Result<T, Failure>) {
    let end = end.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(end) = end {
        end(result);
    }
}

/// Begins the work when it is first polled.
pub(super) struct Job<T, W> {
    work: Option<W>,
    desk: Arc<Mutex<Desk<T>>>,
}

struct Desk<T> {
    result: Option<Result<T, Failure>>,
    waker: Option<Waker>,
}

impl<T, W> Job<T, W>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, Failure> + Send + Unpin + 'static,
{
    pub(super) fn new(work: W) -> Self {
        Job { work: Some(work), desk: Arc::new(Mutex::new(Desk { result: None, waker: None })) }
    }
}

impl<T, W> Future for Job<T, W>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, Failure> + Send + Unpin + 'static,
{
    type Output = Result<T, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(work) = self.work.take() {
            let desk = self.desk.clone();
            begin(work, move |result| {
                let waker = {
                    let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
                    desk.result = Some(result);
                    desk.waker.take()
                };
                if let Some(waker) = waker {
                    waker.wake();
                }
            });
        }
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        match desk.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                desk.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Runs a transport's future to its end on this thread, which belongs to no runtime.
#[cfg(feature = "reqwest")]
pub(super) fn run<F: Future>(future: F) -> std::io::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}

/// Runs a transport's future to its end on this thread.
#[cfg(not(feature = "reqwest"))]
pub(super) fn run<F: Future>(future: F) -> std::io::Result<F::Output> {
    struct Unpark(thread::Thread);

    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return Ok(output),
            Poll::Pending => thread::park(),
        }
    }
}
