//! A local Sage: the OAuth servers and every operation of the three APIs, on loopback, from the same specs as the clients.

pub mod clock;
pub mod oauth;

/// One of the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Api {
    /// Sage Accounting v3.1.
    Accounting,
    /// Sage Business Cloud Accounting v3, Accounts and Core.
    AccountingV3,
    /// Sage 200, Standard and Professional.
    Sage200,
}
