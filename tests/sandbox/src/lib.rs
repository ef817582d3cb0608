//! A local Sage: the OAuth servers and every operation of the three APIs, on loopback, from the same specs as the clients.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use sage_sandbox::{Api, Sandbox};
//!
//! let sage = Sandbox::builder().seed(7).start().await?;
//! // Point a client here: `.origin(sage.origin()).access_token(sage.access_token(Api::Accounting))`.
//! assert!(sage.findings().is_empty());
//! # Ok(()) }
//! ```
//!
//! One origin serves everything: `/v3.1/…`, `/{region}/sageone/accounts/v3/…`, `/uk/sage200extra/accounts/v1/…`,
//! `/uk/sage200/accounts/v1/…`, the [OAuth servers](oauth), and `/_sandbox` for those who test: see [`control`]. All is
//! kept in memory and follows from the seed; [`Sandbox`] stops when it is dropped.
//!
//! It keeps to the documents and to what Sage says of its services. It does no bookkeeping beyond the amounts of
//! invoices and what is paid of them.

mod act;
mod check;
pub mod clock;
pub mod control;
mod dates;
mod engine;
mod fault;
mod faults;
mod filters;
mod idempotency;
mod journal;
mod json;
mod limits;
mod listing;
pub mod oauth;
mod odata;
mod pairs;

mod render;
mod reply;
mod sandbox;
mod server;
mod service;
mod spec;
mod visitor;
mod world;

pub use check::Finding;
pub use faults::{Effect, Injected, When};
pub use journal::Entry;
pub use limits::Limits;
pub use sandbox::{Builder, Sandbox};
pub use visitor::{agree, free_port};
pub use world::Example;

/// One of the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// Sage Accounting v3.1.
    Accounting,
    /// Sage Business Cloud Accounting v3, Accounts and Core.
    AccountingV3,
    /// Sage 200, Standard and Professional.
    #[serde(rename = "sage-200")]
    Sage200,
}

impl Api {
    /// All of them.
    pub const ALL: [Api; 3] = [Api::Accounting, Api::AccountingV3, Api::Sage200];

    /// Its folder in `specs/`, and its name in the control endpoint.
    pub fn folder(self) -> &'static str {
        match self {
            Api::Accounting => "accounting",
            Api::AccountingV3 => "accounting-v3",
            Api::Sage200 => "sage-200",
        }
    }
}
