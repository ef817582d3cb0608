//! Where access tokens come from.

use std::sync::Arc;

use crate::error::Error;
use crate::secret::Secret;
use crate::transport::BoxFuture;

/// Gives the access token for each request.
///
/// A source is asked for every request, so it answers at once while its token is valid. It refreshes at most once however
/// many requests ask, and its refresh does not end with the request that asked for it: a refresh token that has been
/// spent and not stored is a lost grant.
pub trait TokenSource: Send + Sync + 'static {
    /// The token for a request made now.
    ///
    /// `stale` names the generation that the service has just refused with 401: a newer one is wanted. A source that
    /// has none, and can get none, gives the same token again; the request then ends with the 401.
    ///
    /// # Errors
    /// There is no token: see [`Error::token`], [`Error::reauthorization`] and [`Error::store`].
    fn token(&self, stale: Option<Generation>) -> BoxFuture<'_, Result<Token, Error>>;
}

/// An access token, and which of its grant's it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Token {
    /// The access token.
    pub access: Secret,
    /// How often the grant has been refreshed.
    pub generation: Generation,
    /// Whose it is, if the service has said so (`resource_owner_id`): the `X-Site` of a client that has no other.
    pub owner: Option<Arc<str>>,
}

impl Token {
    /// A token of this generation, without an owner.
    pub fn new(access: impl Into<Secret>, generation: Generation) -> Self {
        Token { access: access.into(), generation, owner: None }
    }

    /// The same, with an owner.
    pub fn owned_by(mut self, owner: impl Into<Arc<str>>) -> Self {
        self.owner = Some(owner.into());
        self
    }
}

/// Counts the refreshes of a grant: each refresh gives the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

impl Generation {
    /// The token that the grant began with.
    pub const FIRST: Generation = Generation(0);

    /// The one after so many refreshes.
    pub const fn new(refreshes: u64) -> Self {
        Generation(refreshes)
    }

    /// How many refreshes there were.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The one after one more refresh.
    #[must_use]
    pub const fn next(self) -> Self {
        Generation(self.0.saturating_add(1))
    }
}

/// One token, for as long as it lasts.
#[derive(Clone, Debug)]
pub struct StaticToken(Secret);

impl StaticToken {
    /// A source of just this token.
    pub fn new(token: impl Into<Secret>) -> Self {
        StaticToken(token.into())
    }
}

impl TokenSource for StaticToken {
    fn token(&self, _: Option<Generation>) -> BoxFuture<'_, Result<Token, Error>> {
        Box::pin(std::future::ready(Ok(Token::new(self.0.clone(), Generation::FIRST))))
    }
}
