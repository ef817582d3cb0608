//! What the generated Sage clients stand on: models that lose nothing, calls, pages, errors.
//!
//! Applications use `sage-api`, whose modules re-export what they need from here. What a model is made of stands in
//! [`Value`]; JSON without a client in [`json`]; what may be replaced in [`transport::Transport`] and [`TokenSource`].

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::todo, clippy::unimplemented))]

mod api;
pub mod auth;
mod base;
#[cfg_attr(not(any(feature = "blocking", test)), expect(dead_code, reason = "blocking calls are off"))]
mod block;
mod body;
mod bridge;
mod call;
mod client;
mod clock;
#[doc(hidden)]
pub mod codegen;
mod enums;
pub mod error;
mod exchange;
mod extra;
mod gate;
pub mod json;
mod limits;
mod model;
mod page;
mod pages;
mod path;
mod raw;
mod reply;
mod secret;
mod slot;
mod text;
mod token;
mod trace;
pub mod transport;
mod union;
mod update;
mod value;

pub use crate::body::Part;
pub use crate::call::{Call, Sending, SendingFull};
pub use crate::client::{Client, ClientBuilder};
pub use crate::clock::{Clock, ManualClock, Now, SystemClock};
pub use crate::enums::Unlisted;
pub use crate::error::{ApiError, Cause, Delivery, Error, Kind, Result};
pub use crate::extra::Extra;
pub use crate::limits::{Limits, Rate, Timeouts};
pub use crate::page::Page;
#[cfg(feature = "blocking")]
pub use crate::pages::{BlockingItems, BlockingPages};
pub use crate::pages::{Items, PageCursor, Pages};
pub use crate::raw::Json;
pub use crate::reply::Response;
pub use crate::secret::Secret;
pub use crate::text::ToText;
pub use crate::token::{Generation, StaticToken, Token, TokenSource};
pub use crate::update::Update;
pub use crate::value::{Base64, Value};
