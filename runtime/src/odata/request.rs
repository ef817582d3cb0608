//! The requests of services that speak OData: one type for all lists and one for all records, whatever their model.

use std::future::IntoFuture;

use super::{Expand, Filter, OrderBy, Select};
use crate::call::{Call, Sending, SendingFull};
use crate::error::Result;
use crate::page::Page;
use crate::pages::{Items, Pages};
#[cfg(feature = "blocking")]
use crate::reply::Response;
use crate::text::ToText;
use crate::value::Value;

/// What both have.
macro_rules! request {
    ($(#[$about:meta])* $name:ident, $reply:ty) => {
        $(#[$about])*
        #[must_use = "nothing is sent before the request is awaited"]
        #[derive(Debug)]
        pub struct $name<M>(Call<$reply>);

        impl<M: Value> $name<M> {
            /// The request that this call is.
            #[doc(hidden)]
            pub fn new(call: Call<$reply>) -> Self {
                $name(call)
            }

            /// Which properties to return (`$select`): names of properties, or text with commas.
            pub fn select(self, select: impl Into<Select<M>>) -> Self {
                self.query("$select", select.into())
            }

            /// Which related records to return in full (`$expand`): relations, or text with commas.
            pub fn expand(self, expand: impl Into<Expand<M>>) -> Self {
                self.query("$expand", expand.into())
            }

            /// Whether the reply has metadata (`$metadata`).
            pub fn metadata(self, metadata: bool) -> Self {
                self.query("$metadata", metadata)
            }

            /// Sends it; the same as `.await`.
            pub fn send(self) -> Sending<$reply> {
                self.0.send()
            }

            /// Sends it, and gives status, headers and the raw body beside the value.
            pub fn send_full(self) -> SendingFull<$reply> {
                self.0.send_full()
            }

            /// Sends it and waits for the reply on this thread, which needs no runtime.
            ///
            /// # Errors
            /// The same as with `.await`.
            #[cfg(feature = "blocking")]
            pub fn send_blocking(self) -> Result<$reply> {
                self.0.send_blocking()
            }

            /// The same, with status, headers and the raw body beside the value.
            ///
            /// # Errors
            /// The same as with `.await`.
            #[cfg(feature = "blocking")]
            pub fn send_full_blocking(self) -> Result<Response<$reply>> {
                self.0.send_full_blocking()
            }

            /// Sets a query parameter that this version does not know.
            pub fn query(self, name: &str, value: impl ToText) -> Self {
                $name(self.0.query(name, value))
            }

            /// Sets a header of this request.
            pub fn header(self, name: &str, value: impl ToText) -> Self {
                $name(self.0.header(name, value))
            }
        }

        impl<M: Value> IntoFuture for $name<M> {
            type Output = Result<$reply>;
            type IntoFuture = Sending<$reply>;

            fn into_future(self) -> Sending<$reply> {
                self.0.send()
            }
        }
    };
}

request! {
    /// The request of a list of records of the model `M`: set what it needs, then `.await` it, or take its `.items()` or
    /// `.pages()`.
    List, Page<M>
}

request! {
    /// The request of a record of the model `M`: set what it needs, then `.await` it.
    Single, M
}

impl<M: Value> List<M> {
    /// Only records that meet a condition (`$filter`): one built from properties, or text with `eq`, `ne`, `gt`, `ge`,
    /// `lt`, `le`, joined by `and` and `or`, or `contains`, `startswith` and `endswith`, where text stands in single
    /// quotes, dates do not, and a time ends in `Z`.
    pub fn filter(self, filter: impl Into<Filter<M>>) -> Self {
        self.query("$filter", filter.into())
    }

    /// What to sort by (`$orderby`): orders, or text with names, each followed by `asc` or `desc`, and commas.
    pub fn orderby(self, orderby: impl Into<OrderBy<M>>) -> Self {
        self.query("$orderby", orderby.into())
    }

    /// How many records a page holds (`$top`).
    pub fn top(self, top: u32) -> Self {
        self.query("$top", top)
    }

    /// How many records to leave out first (`$skip`). It needs an order: without one, that of the list is sent.
    pub fn skip(self, skip: u32) -> Self {
        self.query("$skip", skip)
    }

    /// Whether the reply says how many records there are (`$count`): see [`Page::total`].
    pub fn count(self, count: bool) -> Self {
        self.query("$count", count)
    }

    /// All items of the list, page by page.
    pub fn items(self) -> Items<M> {
        self.0.items()
    }

    /// All pages of the list.
    pub fn pages(self) -> Pages<M> {
        self.0.pages()
    }
}
