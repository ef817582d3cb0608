//! Typed clients of Sage's accounting services, generated from Sage's own API documents.
//!
//! One module an API, behind one feature each: `accounting` ([Sage Accounting v3.1](accounting)), `accounting-v3`
//! ([Sage Business Cloud Accounting v3](accounting_v3)) and `sage-200` ([Sage 200](sage_200)).
#![cfg_attr(
    not(all(
        feature = "accounting",
        feature = "accounting-v3",
        feature = "sage-200"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]

#[cfg(feature = "accounting")]
pub mod accounting;
#[cfg(feature = "accounting-v3")]
pub mod accounting_v3;
#[cfg(feature = "sage-200")]
pub mod sage_200;

pub use sage_runtime::{
    ApiError, Base64, Call, Cause, Clock, Delivery, Error, Extra, Generation, Items, Json, Kind,
    Limits, ManualClock, Page, PageCursor, Pages, Part, Rate, Response, Result, Secret,
    StaticToken, SystemClock, Timeouts, ToText, Token, TokenSource, Unlisted, Update, Value, auth,
    json, transport,
};

// The types of other crates that models and setters are made of, in the versions that they are made of.
pub use sage_runtime::codegen::{Bytes, DateTime, Decimal, FixedOffset, NaiveDate};
