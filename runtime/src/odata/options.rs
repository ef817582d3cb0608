//! Lists of properties: what is chosen, sorted by, expanded.

use std::fmt;
use std::marker::PhantomData;

use super::{Name, Relation, marked};
use crate::text::ToText;

/// A property to sort by, and in which direction; from [`Name::asc`] and [`Name::desc`].
pub struct Order<M> {
    name: Name<M>,
    descending: bool,
    of: PhantomData<fn() -> M>,
}

marked!(copy Order<M>, name, descending);

impl<M> Order<M> {
    pub(super) const fn new(name: Name<M>, descending: bool) -> Self {
        Order { name, descending, of: PhantomData }
    }
}

impl<M> fmt::Display for Order<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, if self.descending { "desc" } else { "asc" })
    }
}

/// The smallest first.
impl<M> From<Name<M>> for OrderBy<M> {
    fn from(name: Name<M>) -> Self {
        OrderBy::from(name.asc())
    }
}

macro_rules! options {
    ($($(#[$about:meta])* $name:ident of $item:ident;)*) => {$(
        $(#[$about])*
        pub struct $name<M> {
            text: String,
            of: PhantomData<fn() -> M>,
        }

        marked!($name<M>, text);

        impl<M> $name<M> {
            /// As it stands in the URL, before it is encoded there.
            pub fn as_str(&self) -> &str {
                &self.text
            }
        }

        impl<M> From<String> for $name<M> {
            fn from(text: String) -> Self {
                $name { text, of: PhantomData }
            }
        }

        impl<M> From<&str> for $name<M> {
            fn from(text: &str) -> Self {
                $name::from(text.to_owned())
            }
        }

        impl<M> From<$item<M>> for $name<M> {
            fn from(item: $item<M>) -> Self {
                $name::from(item.to_string())
            }
        }

        impl<M> FromIterator<$item<M>> for $name<M> {
            fn from_iter<I: IntoIterator<Item = $item<M>>>(items: I) -> Self {
                $name::from(items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(","))
            }
        }

        impl<M, const N: usize> From<[$item<M>; N]> for $name<M> {
            fn from(items: [$item<M>; N]) -> Self {
                items.into_iter().collect()
            }
        }

        impl<M> From<Vec<$item<M>>> for $name<M> {
            fn from(items: Vec<$item<M>>) -> Self {
                items.into_iter().collect()
            }
        }

        impl<M> From<&[$item<M>]> for $name<M> {
            fn from(items: &[$item<M>]) -> Self {
                items.iter().copied().collect()
            }
        }

        impl<M> fmt::Display for $name<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl<M> ToText for $name<M> {
            fn to_text(&self) -> String {
                self.text.clone()
            }
        }
    )*};
}

options! {
    /// Which properties of the model `M` are returned: the value of `$select`. From names, or from text with commas.
    Select of Name;
    /// What records of the model `M` are sorted by: the value of `$orderby`. From orders, from a name
    /// (the smallest first), or from text with commas.
    OrderBy of Order;
    /// Which related records come in full with those of the model `M`: the value of `$expand`. From relations, or from
    /// text with commas.
    Expand of Relation;
}
