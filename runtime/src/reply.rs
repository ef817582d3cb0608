//! What came back, and how it becomes what was asked for.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, StatusCode};

use crate::api::Operation;
use crate::call::Run;
use crate::error::{Error, Result};
use crate::json::{self, Fault};
use crate::secret::Secrets;
use crate::value::Value;

/// A reply, as it came.
pub(crate) struct Raw {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What must not be shown of the body, if it can not be read.
    pub(crate) secrets: Secrets,
    /// How often the request was sent.
    pub(crate) attempts: u32,
    /// The id in its request by which the service knows that again.
    pub(crate) id: Option<Arc<str>>,
    /// What is left of the call, if it may go on should the reply make no sense.
    pub(crate) again: Option<Box<Run>>,
}

impl Raw {
    pub(crate) fn new(operation: &'static Operation, head: Parts, body: Bytes, secrets: Secrets) -> Self {
        Raw { operation, status: head.status, headers: head.headers, body, secrets, attempts: 1, id: None, again: None }
    }
}

/// A reply with all that came with it; from `send_full()`.
#[non_exhaustive]
pub struct Response<T> {
    /// What was asked for.
    pub value: T,
    raw: Raw,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, mut raw: Raw) -> Self {
        raw.secrets = Secrets::default();
        raw.again = None;
        Response { value, raw }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.raw.status.as_u16()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// One header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.raw.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body, byte for byte.
    pub fn body(&self) -> &Bytes {
        &self.raw.body
    }

    /// How often the request was sent, the successful time included.
    pub fn attempts(&self) -> u32 {
        self.raw.attempts
    }

    /// What was asked for, alone.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("body", &format_args!("{} bytes", self.raw.body.len()))
            .field("value", &self.value)
            .finish()
    }
}

/// How a reply is read.
pub(crate) type Read<T> = fn(&Raw) -> Result<T>;

pub(crate) fn json<T: Value>(raw: &Raw) -> Result<T> {
    from_body(&raw.body).map_err(|fault| unreadable(raw, fault))
}

pub(crate) fn nothing(_: &Raw) -> Result<()> {
    Ok(())
}

pub(crate) fn bytes(raw: &Raw) -> Result<Bytes> {
    Ok(raw.body.clone())
}

pub(crate) fn text(raw: &Raw) -> Result<String> {
    let text = std::str::from_utf8(&raw.body).map(str::to_owned);
    text.map_err(|error| unreadable(raw, Fault::new("the text is not UTF-8", error.valid_up_to())))
}

pub(crate) fn by_status<T: Replies>(raw: &Raw) -> Result<T> {
    T::read(raw.status.as_u16(), &raw.body).map_err(|fault| unreadable(raw, fault))
}

fn unreadable(raw: &Raw, fault: Fault) -> Error {
    Error::decode(raw, fault).in_operation(raw.operation)
}

/// No body is `null`, so that optional values and `()` can be read from it.
fn from_body<T: Value>(body: &[u8]) -> std::result::Result<T, Fault> {
    match body.trim_ascii() {
        [] => json::from_str("null"),
        _ => json::from_slice(body),
    }
}

/// Replies of several kinds, told apart by status. Implemented by `replies!`.
pub trait Replies: Sized + Send + 'static {
    /// Reads the kind that goes with the status.
    #[doc(hidden)]
    fn read(status: u16, body: &[u8]) -> std::result::Result<Self, Fault>;
}

/// Reads one kind and wraps it.
#[doc(hidden)]
pub fn read_kind<T: Value, R>(body: &[u8], wrap: fn(T) -> R) -> std::result::Result<R, Fault> {
    from_body(body).map(wrap)
}

/// Makes an enum the reply of an operation with several kinds of success.
///
/// ```text
/// rt::replies!(VoidReply, { Contact(Box<Contact>) = [200]; NoContent(()) = [204]; });
/// ```
///
/// The first kind is also that of every other success.
#[doc(hidden)]
#[macro_export]
macro_rules! replies {
    ($name:ident, { $first:ident($first_ty:ty) = [$($first_status:literal),*]; $($variant:ident($ty:ty) = [$($status:literal),*];)* }) => {
        impl $crate::codegen::Replies for $name {
            fn read(status: u16, body: &[u8]) -> ::core::result::Result<Self, $crate::codegen::Fault> {
                match status {
                    $($($status)|* => $crate::codegen::read_kind::<$ty, Self>(body, Self::$variant),)*
                    _ => $crate::codegen::read_kind::<$first_ty, Self>(body, Self::$first),
                }
            }
        }
    };
}
