//! What the generated Sage clients stand on: models that lose nothing, calls, pages, errors.
//!
//! Applications use `sage-api`, whose modules re-export what they need from here. What a model is made of stands in
//! [`Value`]; JSON without a client in [`json`]; what may be replaced in [`transport::Transport`] and [`TokenSource`].
//!
//! # The way of a call
//!
//! Generated code says what an operation is, as a `static`. A [`Call`] takes arguments, and sends nothing before it is awaited,
//! or waited for. Then, for each attempt: the limits of the business are kept ([`Limits`]), a token is asked for
//! ([`TokenSource`]; a [`Grant`](auth::Grant) is one), the [`Transport`](transport::Transport) sends, and what came back is a
//! value, an [`Error`], or a reason to try again. When that is safe stands in one table; an error says whether the request was
//! processed ([`Error::delivery`]).
//!
//! # Limits and times
//!
//! Both are set on a client's builder, and have defaults that suit Sage's services:
//!
//! ```
//! use std::time::Duration;
//! use sage_runtime::{Limits, Rate, Timeouts};
//!
//! let mut limits = Limits::default();
//! limits.rate = Some(Rate::per_minute(200)); // for each business
//! let mut timeouts = Timeouts::default();
//! timeouts.operation = Duration::from_secs(20); // a call with all its attempts and all waiting
//! ```
//!
//! # Values
//!
//! Decimals are read from text or numbers without a float, and unknown properties are kept:
//!
//! ```
//! # use sage_runtime::codegen::Decimal;
//! use sage_runtime::json;
//!
//! let amount: Decimal = json::from_str(r#""12345678901234.56789""#)?;
//! assert_eq!(amount.to_string(), "12345678901234.56789");
//! # Ok::<(), json::Fault>(())
//! ```
//!
//! # What may be replaced
//!
//! | trait | for |
//! |---|---|
//! | [`transport::Transport`] | another HTTP client, a proxy of one's own, a fake in tests |
//! | [`TokenSource`] | tokens that come from elsewhere, such as a service of one's own |
//! | [`auth::TokenStore`] | where grants are kept: a database, a secret manager |
//! | [`Clock`] | the time, in tests: [`ManualClock`] |

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::todo, clippy::unimplemented))]

mod api;
mod attributes;
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
pub mod odata;
mod page;
mod pages;
mod path;
mod raw;
mod reply;
mod secret;
mod slot;
mod terms;
mod text;
mod token;
mod trace;
pub mod transport;
mod union;
mod update;
mod value;
mod when;

pub use crate::api::Operation;
pub use crate::attributes::{All, Attributes, Sort, SortKey};
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
pub use crate::terms::{Country, Tier};
pub use crate::text::ToText;
pub use crate::token::{Generation, StaticToken, Token, TokenSource};
pub use crate::update::Update;
pub use crate::value::{Base64, Value};
pub use crate::when::When;
