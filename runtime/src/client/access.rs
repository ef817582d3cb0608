//! What a client says who it is with: a token, something that gives tokens, or a grant of its own.

use std::sync::Arc;

use super::{Client, ClientBuilder};
use crate::auth::{App, Grant, Login, TokenStore};
use crate::error::{Error, Result};
use crate::token::TokenSource;
use crate::transport::Transport;

/// Where tokens come from.
type Source = Arc<dyn TokenSource>;

/// What was said of it; nothing is checked before `resolve`.
#[derive(Default)]
pub(super) struct Access {
    pub(super) source: Option<Source>,
    app: Option<App>,
    store: Option<Box<dyn TokenStore>>,
    grant: Option<Grant>,
}

impl Access {
    /// Where tokens come from, and the grant that they are of, if it is ours.
    ///
    /// A grant that is made here asks for its tokens as the client sends its calls.
    pub(super) fn resolve(self, transport: Option<&Arc<dyn Transport>>) -> Result<(Option<Source>, Option<Grant>)> {
        let grant = match (self.grant, self.app, self.store) {
            (Some(grant), None, None) => grant,
            (None, Some(app), Some(store)) => match transport {
                Some(transport) => Grant::boxed(app, store).shared_transport(transport.clone()).build()?,
                None => Grant::boxed(app, store).build()?,
            },
            (None, None, None) => return Ok((self.source, None)),
            (None, Some(_), None) => {
                return Err(Error::config("a place for tokens is missing: set it with `token_store` of the builder"));
            }
            (None, None, Some(_)) => {
                return Err(Error::config("the application is missing: set it with `credentials` of the builder"));
            }
            (Some(_), ..) => {
                return Err(Error::config(
                    "a grant has an application and a store: leave out `credentials` and `token_store`",
                ));
            }
        };
        match self.source {
            None => Ok((Some(Arc::new(grant.clone())), Some(grant))),
            Some(_) => Err(Error::config("there are two sources of tokens: give a grant, or a token source")),
        }
    }
}

impl ClientBuilder {
    /// The application that requests are made for. Its grant is kept in the token store.
    pub fn app(mut self, app: App) -> Self {
        self.access.app = Some(app);
        self
    }

    /// Where the application's grant is kept from one run to the next.
    pub fn token_store(mut self, store: impl TokenStore) -> Self {
        self.access.store = Some(Box::new(store));
        self
    }

    /// Makes requests with this grant, which other clients may use as well. It asks for its tokens through a transport of its
    /// own: [`GrantBuilder::transport`](crate::auth::GrantBuilder::transport).
    pub fn grant(mut self, grant: Grant) -> Self {
        self.access.grant = Some(grant);
        self
    }
}

impl Client {
    /// The grant that requests are made with.
    ///
    /// # Errors
    /// The client's tokens come from somewhere else.
    pub fn grant(&self) -> Result<&Grant> {
        self.0.grant.as_ref().ok_or_else(|| {
            Error::config("the client has no grant of its own: give `credentials` and `token_store` to its builder")
        })
    }

    /// Logs a user in, unless the store holds a grant already.
    ///
    /// # Errors
    /// As for [`grant`](Client::grant), [`Grant::is_authorized`] and [`Grant::login`].
    pub async fn login(&self, login: Login) -> Result<()> {
        let grant = self.grant()?;
        match grant.is_authorized().await? {
            true => Ok(()),
            false => grant.login(login).await,
        }
    }
}

#[cfg(feature = "blocking")]
impl Client {
    /// [`login`](Client::login), waiting on this thread.
    ///
    /// # Errors
    /// The same as those of `login`.
    pub fn login_blocking(&self, login: Login) -> Result<()> {
        crate::block::on(self.login(login))
    }
}

/// What a client has for blocking callers; it depends on this crate's features, not on those of the user's.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! blocking_login {
    ($client:ident) => {
        impl $client {
            /// [`login`](Self::login), waiting on this thread, which needs no runtime.
            ///
            /// # Errors
            /// The same as those of `login`.
            pub fn login_blocking(&self, login: $crate::codegen::Login) -> $crate::codegen::Result<()> {
                self.0.login_blocking(login)
            }
        }
    };
}

/// Nothing: blocking calls are off.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! blocking_login {
    ($client:ident) => {};
}

/// Gives a client and its builder what APIs have whose users log in: `rt::client_login!(ClientBuilder, Client, OAUTH);`.
#[doc(hidden)]
#[macro_export]
macro_rules! client_login {
    ($builder:ident, $client:ident, $oauth:ident) => {
        $crate::blocking_login!($client);

        impl $builder {
            /// The client id and the client secret of the application. Its grant is kept in the `token_store`.
            ///
            /// An application without a secret, and one that asks for something else than usual, is set with `app`.
            pub fn credentials(
                self,
                id: impl ::core::convert::Into<::std::string::String>,
                secret: impl ::core::convert::Into<$crate::codegen::Secret>,
            ) -> Self {
                Self(self.0.app($crate::codegen::App::new(&$oauth, id).secret(secret)))
            }

            /// The application that requests are made for, as the client's `app` makes it. Its grant is kept in the
            /// `token_store`.
            pub fn app(self, app: $crate::codegen::App) -> Self {
                Self(self.0.app(app))
            }

            /// Where the application's grant is kept from one run to the next.
            pub fn token_store(self, store: impl $crate::codegen::TokenStore) -> Self {
                Self(self.0.token_store(store))
            }

            /// Makes requests with this grant, which other clients may use as well. It asks for its tokens through a
            /// transport of its own: that of its builder.
            pub fn grant(self, grant: $crate::codegen::Grant) -> Self {
                Self(self.0.grant(grant))
            }
        }

        impl $client {
            /// The application that is registered for this API under this client id.
            pub fn app(id: impl ::core::convert::Into<::std::string::String>) -> $crate::codegen::App {
                $crate::codegen::App::new(&$oauth, id)
            }

            /// The grant that requests are made with: to log in, and to revoke it.
            ///
            /// # Errors
            /// The client's tokens come from somewhere else.
            pub fn grant(&self) -> $crate::codegen::Result<&$crate::codegen::Grant> {
                self.0.grant()
            }

            /// Logs a user in, unless the store holds a grant already. Another user takes the place of the first with
            /// `grant()?.login(…)`.
            ///
            /// # Errors
            /// The client's tokens come from somewhere else, the store can not be read, the address to listen on is taken,
            /// the user or the service refused, or nobody answered in time.
            pub async fn login(&self, login: $crate::codegen::Login) -> $crate::codegen::Result<()> {
                self.0.login(login).await
            }
        }
    };
}
