//! A call: an operation with its arguments, on its way to a reply.

mod draft;
mod execute;
mod newtypes;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

pub(crate) use draft::Draft;
pub(crate) use execute::{Run, goes_without};

use crate::api::{ListStyle, Operation};
use crate::client::Client;
use crate::error::Result;
use crate::model::Model;
use crate::page::Page;
use crate::pages::{Items, Pages};
use crate::reply::{self, Raw, Read, Replies, Response};
use crate::text::ToText;
use crate::transport::BoxFuture;
use crate::value::{File, Value};

/// A request that has not been sent yet: `.await` it, or [`send`](Call::send) it.
///
/// Setters never fail: the first thing that is wrong is kept, and sending returns it instead of sending.
#[must_use = "nothing is sent before the call is awaited"]
pub struct Call<T> {
    draft: Box<Draft>,
    read: Read<T>,
}

impl<T: Value> Call<T> {
    /// A call whose reply is JSON.
    pub fn json(client: &Client, operation: &'static Operation) -> Self {
        Call::new(client, operation, reply::json)
    }
}

impl<T: Value> Call<Option<T>> {
    /// A call whose reply is JSON or nothing.
    pub fn optional(client: &Client, operation: &'static Operation) -> Self {
        Call::new(client, operation, reply::json)
    }
}

impl Call<()> {
    /// A call whose reply has nothing to say.
    pub fn empty(client: &Client, operation: &'static Operation) -> Self {
        Call::new(client, operation, reply::nothing)
    }
}

impl Call<Bytes> {
    /// A call whose reply is a file.
    pub fn bytes(client: &Client, operation: &'static Operation) -> Self {
        Call::new(client, operation, reply::bytes)
    }
}

impl Call<String> {
    /// A call whose reply is text.
    pub fn text(client: &Client, operation: &'static Operation) -> Self {
        Call::new(client, operation, reply::text)
    }
}

impl<T: Replies> Call<T> {
    /// A call whose reply is of a kind that its status tells.
    pub fn by_status(client: &Client, operation: &'static Operation) -> Self {
        Call::new(client, operation, reply::by_status)
    }
}

impl<T> Call<T> {
    fn new(client: &Client, operation: &'static Operation, read: Read<T>) -> Self {
        Call { draft: Box::new(Draft::new(client.clone(), operation)), read }
    }

    /// The next parameter of the path.
    pub fn path(mut self, value: impl ToText) -> Self {
        self.draft.path.push(value.to_text());
        self
    }

    /// Sets a query parameter, in place of what it was.
    pub fn query(mut self, name: &str, value: impl ToText) -> Self {
        self.draft.set_query(name.to_owned(), &value.to_text());
        self
    }

    /// Sets a query parameter to several values; to none: it is left out.
    pub fn query_list<V: ToText>(mut self, name: &str, style: ListStyle, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<_> = values.into_iter().map(|value| value.to_text()).collect();
        self.draft.set_query_list(name.to_owned(), style, &values);
        self
    }

    /// Sets a query parameter to an object: each property in brackets.
    pub fn query_deep<M: Model>(mut self, name: &str, value: &M) -> Self {
        self.draft.set_query_deep(name, value);
        self
    }

    /// Sets a header, in place of what the client says.
    pub fn header(mut self, name: &str, value: impl ToText) -> Self {
        self.draft.set_header(name, &value.to_text());
        self
    }

    /// Adds a cookie.
    pub fn cookie(mut self, name: &str, value: impl ToText) -> Self {
        self.draft.add_cookie(name, &value.to_text());
        self
    }

    /// Sets the body: JSON, wrapped as the operation wants it.
    pub fn body<B: Value>(mut self, body: &B) -> Self {
        self.draft.set_json(body);
        self
    }

    /// Refuses the call if this file is larger than the service takes it: before it is sent, and before it is encoded.
    pub fn at_most(mut self, name: &str, file: impl File, most: usize) -> Self {
        self.draft.check_size(name, file.size(), most);
        self
    }

    /// Sets the body: an object with nothing in it.
    pub fn empty_body(mut self) -> Self {
        self.draft.set_json(&std::collections::BTreeMap::<String, crate::raw::Json>::new());
        self
    }

    /// Sets the body, if there is one.
    pub fn body_opt<B: Value>(self, body: Option<&B>) -> Self {
        match body {
            Some(body) => self.body(body),
            None => self,
        }
    }

    /// Sets the body: a form.
    pub fn form<M: Model>(mut self, body: &M) -> Self {
        self.draft.set_body("application/x-www-form-urlencoded", crate::body::form(body));
        self
    }

    /// Sets the body: a form with files.
    pub fn multipart<M: Model>(mut self, body: &M) -> Self {
        self.draft.set_multipart(body);
        self
    }

    /// Sets the body: bytes of this media type.
    pub fn bytes_body(mut self, body: impl Into<Bytes>, media_type: &str) -> Self {
        self.draft.set_body(media_type, body.into());
        self
    }

    /// Sets the body: text of this media type.
    pub fn text_body(mut self, body: impl Into<String>, media_type: &str) -> Self {
        self.draft.set_body(media_type, body.into());
        self
    }

    /// Sends it; the same as `.await`.
    pub fn send(self) -> Sending<T> {
        Sending { run: self.draft.execute(), read: self.read }
    }

    /// Sends it, and gives status, headers and the raw body beside the value.
    pub fn send_full(self) -> SendingFull<T> {
        SendingFull(self.send())
    }

    /// Sends it and waits for the reply on this thread, which needs no runtime.
    ///
    /// # Errors
    /// The same as with `.await`.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<T> {
        crate::block::on(self.send())
    }

    /// The same, with status, headers and the raw body beside the value.
    ///
    /// # Errors
    /// The same as with `.await`.
    #[cfg(feature = "blocking")]
    pub fn send_full_blocking(self) -> Result<Response<T>> {
        crate::block::on(self.send_full())
    }
}

impl<T: Value> Call<Page<T>> {
    /// The same as [`json`](Call::json).
    pub fn page(client: &Client, operation: &'static Operation) -> Self {
        Call::json(client, operation)
    }

    /// All items of the list, page by page.
    pub fn items(self) -> Items<T> {
        Items::new(self.pages())
    }

    /// All pages of the list.
    pub fn pages(self) -> Pages<T> {
        Pages::new(*self.draft)
    }
}

impl<T> IntoFuture for Call<T> {
    type Output = Result<T>;
    type IntoFuture = Sending<T>;

    fn into_future(self) -> Sending<T> {
        self.send()
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.draft.operation.id).finish_non_exhaustive()
    }
}

/// A call that has been sent, or is about to be: the future of its reply.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Sending<T> {
    run: BoxFuture<'static, Result<Raw>>,
    read: Read<T>,
}

impl<T> Sending<T> {
    pub(crate) fn of(run: BoxFuture<'static, Result<Raw>>, read: Read<T>) -> Self {
        Sending { run, read }
    }
}

impl<T> Sending<T> {
    /// The reply, read and raw. One that makes no sense may be asked for again.
    fn poll_both(&mut self, context: &mut Context<'_>) -> Poll<Result<(T, Raw)>> {
        loop {
            let mut raw = ready!(self.run.as_mut().poll(context))?;
            match ((self.read)(&raw), raw.again.take()) {
                (Ok(value), _) => return Poll::Ready(Ok((value, raw))),
                (Err(error), Some(again)) => self.run = again.unreadable(error),
                (Err(error), None) => return Poll::Ready(Err(error.of_request(raw.id))),
            }
        }
    }
}

impl<T> Future for Sending<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        self.poll_both(context).map_ok(|(value, _)| value)
    }
}

impl<T> fmt::Debug for Sending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").field("reply", &PhantomData::<T>).finish_non_exhaustive()
    }
}

// Whoever awaits a call holds it: it has to stay small.
const _: () = assert!(size_of::<Sending<()>>() <= 256 && size_of::<SendingFull<()>>() <= 256);

/// The same, with all that came with the reply; from `send_full()`.
#[must_use = "futures do nothing unless they are awaited"]
#[derive(Debug)]
pub struct SendingFull<T>(Sending<T>);

impl<T> Future for SendingFull<T> {
    type Output = Result<Response<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_both(context).map_ok(|(value, raw)| Response::new(value, raw))
    }
}
