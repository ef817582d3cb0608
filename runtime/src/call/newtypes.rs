//! What generated requests and builders have in common, as macros: newtypes of [`Call`](super::Call) and of the client's builder.

/// What a newtype of [`Call`] has for blocking callers; it depends on this crate's features, not on those of the user's.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! blocking_request {
    ($name:ident, $reply:ty) => {
        impl $name {
            /// Sends it and waits for the reply on this thread, which needs no runtime.
            ///
            /// # Errors
            /// The same as with `.await`.
            pub fn send_blocking(self) -> $crate::codegen::Result<$reply> {
                self.0.send_blocking()
            }

            /// The same, with status, headers and the raw body beside the value.
            ///
            /// # Errors
            /// The same as with `.await`.
            pub fn send_full_blocking(self) -> $crate::codegen::Result<$crate::codegen::Response<$reply>> {
                self.0.send_full_blocking()
            }
        }
    };
}

/// Nothing: blocking calls are off.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! blocking_request {
    ($name:ident, $reply:ty) => {};
}

/// Gives a newtype of [`Call`] what every request has: `rt::request!(GetContact, Contact);`.
#[doc(hidden)]
#[macro_export]
macro_rules! request {
    ($name:ident, $reply:ty) => {
        $crate::blocking_request!($name, $reply);

        impl $name {
            /// Sends it; the same as `.await`.
            pub fn send(self) -> $crate::codegen::Sending<$reply> {
                self.0.send()
            }

            /// Sends it, and gives status, headers and the raw body beside the value.
            pub fn send_full(self) -> $crate::codegen::SendingFull<$reply> {
                self.0.send_full()
            }

            /// Sets a query parameter that this version does not know.
            pub fn query(self, name: &str, value: impl $crate::codegen::ToText) -> Self {
                Self(self.0.query(name, value))
            }

            /// Sets a header of this request.
            pub fn header(self, name: &str, value: impl $crate::codegen::ToText) -> Self {
                Self(self.0.header(name, value))
            }
        }

        impl ::core::future::IntoFuture for $name {
            type Output = $crate::codegen::Result<$reply>;
            type IntoFuture = $crate::codegen::Sending<$reply>;

            fn into_future(self) -> $crate::codegen::Sending<$reply> {
                self.0.send()
            }
        }
    };
}

/// The same for a list: `rt::page_request!(ListContacts, Contact);`.
#[doc(hidden)]
#[macro_export]
macro_rules! page_request {
    ($name:ident, $item:ty) => {
        $crate::request!($name, $crate::codegen::Page<$item>);

        impl $name {
            /// All items of the list, page by page.
            pub fn items(self) -> $crate::codegen::Items<$item> {
                self.0.items()
            }

            /// All pages of the list.
            pub fn pages(self) -> $crate::codegen::Pages<$item> {
                self.0.pages()
            }
        }
    };
}

/// Gives a newtype of `rt::ClientBuilder` what every builder has: `rt::client_builder!(ClientBuilder, Client);`.
#[doc(hidden)]
#[macro_export]
macro_rules! client_builder {
    ($builder:ident, $client:ident) => {
        impl $builder {
            /// Uses one access token, for as long as it lasts.
            pub fn access_token(self, token: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self(self.0.access_token(token))
            }

            /// Asks this for the access token of each request.
            pub fn token_source(self, source: impl $crate::codegen::TokenSource) -> Self {
                Self(self.0.token_source(source))
            }

            /// Sends requests through this: calls, and where the client has a `token_store`, logins, refreshes and revocations too.
            /// A grant that is given to the client has its own transport: that of its builder.
            pub fn transport(self, transport: impl $crate::codegen::Transport) -> Self {
                Self(self.0.transport(transport))
            }

            /// Replaces the base URL; it may have the same variables.
            pub fn base_url(self, url: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self(self.0.base_url(url))
            }

            /// Replaces scheme, host and port of the base URL, and keeps its path; for tests.
            pub fn origin(self, origin: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self(self.0.origin(origin))
            }

            /// How long one attempt may take, the body included; 60 seconds if not set.
            pub fn timeout(self, timeout: ::core::time::Duration) -> Self {
                Self(self.0.timeout(timeout))
            }

            /// How long everything may take, from connecting to the whole call.
            pub fn timeouts(self, timeouts: $crate::codegen::Timeouts) -> Self {
                Self(self.0.timeouts(timeouts))
            }

            /// How often a call is sent, how many there are at once, and how much is read.
            pub fn limits(self, limits: $crate::codegen::Limits) -> Self {
                Self(self.0.limits(limits))
            }

            /// Tells the time by this; for tests.
            pub fn clock(self, clock: impl $crate::codegen::Clock) -> Self {
                Self(self.0.clock(clock))
            }

            /// Checks everything that can be checked without the service.
            ///
            /// # Errors
            /// Something that every request needs is missing or malformed.
            pub fn build(self) -> $crate::codegen::Result<$client> {
                self.0.build().map($client)
            }
        }
    };
}
