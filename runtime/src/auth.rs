//! OAuth 2.0: how a user allows an application to use an API, and how that stays so.
//!
//! An [`App`] is registered with the service. When a user logs in ([`Grant::login`], or [`Grant::authorize`] and
//! [`Grant::finish`]), the application has a [`Grant`]. A grant gives tokens to clients, refreshes them in time, and keeps
//! them in a [`TokenStore`]. Generated modules say where an API's users log in and where its tokens come from: [`OAuth`].
//!
//! Nothing here needs an async runtime: what waits is a plain future, and what works is a thread.

mod answer;
mod app;
mod failure;
mod grant;
mod login;
mod pending;
mod pkce;
mod profile;
mod record;
mod request;
mod store;
mod thread;
mod tokens;

#[cfg(feature = "reqwest")]
pub(crate) use thread::is_own as is_grant_thread;

pub use app::App;
pub use grant::{Grant, GrantBuilder};
pub use login::Login;
pub use pending::Pending;
pub use profile::{ClientAuth, Endpoints, OAuth};
pub use record::Record;
#[cfg(feature = "keyring")]
pub use store::KeyringStore;
pub use store::{FileStore, GrantKey, MemoryStore, StoreError, StoreGuard, TokenStore};
