//! Typed clients of Sage's accounting services, generated from Sage's own API documents.
//!
//! One module an API, behind one feature each: `accounting` ([Sage Accounting v3.1](accounting)), `accounting-v3`
//! ([Sage Business Cloud Accounting v3](accounting_v3)) and `sage-200` ([Sage 200](sage_200)). They are made alike: a `Client`
//! has a method for each resource, that has a method for each operation, and the types of bodies and replies are in `model`.
//! To find something, search this page for what Sage's documents call it: `sales_invoices`, `contact_payments`.
//!
//! # First steps
//!
//! ```no_run
//! use sage_api::accounting::Client;
//! use sage_api::auth::{FileStore, Login};
//!
//! # async fn run(id: String, secret: String) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder().credentials(id, secret).token_store(FileStore::for_app("my-app")?).build()?;
//! client.login(Login::loopback(8910)).await?; // only if nobody has logged in before
//!
//! let contact = client.contacts().get("b88e…").await?;
//! println!("{:?} has a credit limit of {:?}", contact.name, contact.credit_limit);
//! # Ok(())
//! # }
//! ```
//!
//! Who has a token already gives it to the builder's `access_token`; see [`auth`] for all else about logins. A client is cheap
//! to clone, and calls own what they need, so both go to other tasks and threads.
//!
//! # Calls and lists
//!
//! A method such as `list()` gives a request: set its options, then `.await` it. Nothing is sent before. A list is awaited for
//! one [`Page`], or read to its end by [`Items`], which asks for the next page when it is needed:
//!
//! ```no_run
//! # async fn run(client: sage_api::accounting::Client) -> Result<(), sage_api::Error> {
//! let page = client.sales_invoices().list().status_id("UNPAID").items_per_page(200).await?;
//! println!("{} of {:?}", page.items.len(), page.total());
//!
//! let mut invoices = client.sales_invoices().list().status_id("UNPAID").items();
//! while let Some(invoice) = invoices.next().await {
//!     println!("{:?}", invoice?.displayed_as);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Items::cursor`] says where a list was left; it is data, and another process can go on from there.
//!
//! # Writing
//!
//! What is created is a struct with what must be said in it, and `Default` for the rest. What is changed is one whose properties
//! are [`Update`]s: what is not named stays as it is.
//!
//! ```no_run
//! use sage_api::Update;
//! use sage_api::accounting::model::{ContactUpdate, NewContact};
//!
//! # async fn run(client: sage_api::accounting::Client) -> Result<(), sage_api::Error> {
//! let new = NewContact { name: "Ann".into(), contact_type_ids: vec!["CUSTOMER".into()], ..Default::default() };
//! let contact = client.contacts().create(new).await?;
//!
//! let update = ContactUpdate { reference: Update::Set("ANN01".into()), notes: Update::Clear, ..Default::default() };
//! client.contacts().update(&contact.id.unwrap_or_default(), update).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Amounts are [`Decimal`]s and never pass through a float. What this version does not know of a reply is in its `extra`
//! ([`Extra`]), and is written back.
//!
//! # Errors
//!
//! There is one [`Error`]. Its [`kind`](Error::kind) says what went wrong, and its [`delivery`](Error::delivery) whether the
//! request was processed, which is what matters after a write:
//!
//! ```
//! use sage_api::{Delivery, Error};
//!
//! fn may_be_sent_again(error: &Error) -> bool {
//!     matches!(error.delivery(), Delivery::NotSent | Delivery::Refused)
//! }
//! ```
//!
//! By then the client has sent the request again where that is safe, has waited where the service asked for it
//! ([`Limits`], [`Timeouts`]), and has refreshed the token.
//!
//! # Features
//!
//! | feature | gives |
//! |---|---|
//! | `accounting`, `accounting-v3`, `sage-200` | an API; all are on by default |
//! | `reqwest` | calls that are awaited, on tokio; on by default |
//! | `blocking` | `send_blocking()` and `items().blocking()`, without tokio |
//! | `stream` | lists are `futures_core::Stream`s |
//! | `tracing` | a span for each call and each attempt |
//! | `keyring` | `auth::KeyringStore` |
//! | `browser` | `auth::Login::open_browser` |
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
#[cfg(feature = "sage-200")]
mod sites;

pub use sage_runtime::{
    All, ApiError, Attributes, Base64, Call, Cause, Clock, Delivery, Error, Extra, Generation,
    Items, Json, Kind, Limits, ManualClock, Operation, Page, PageCursor, Pages, Part, Rate,
    Response, Result, Secret, Sort, SortKey, StaticToken, SystemClock, Timeouts, ToText, Token,
    TokenSource, Unlisted, Update, Value, When, auth, json, odata, transport,
};

// The types of other crates that models and setters are made of, in the versions that they are made of.
pub use sage_runtime::codegen::{Bytes, DateTime, Decimal, FixedOffset, NaiveDate};
