//! Where access tokens come from.

use crate::secret::Secret;
use crate::transport::{BoxError, BoxFuture};

/// Gives the access token for each request.
pub trait TokenSource: Send + Sync + 'static {
    /// A token that is valid now.
    fn access_token(&self) -> BoxFuture<'_, Result<Secret, BoxError>>;
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
    fn access_token(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
        let token = self.0.clone();
        Box::pin(async move { Ok(token) })
    }
}
