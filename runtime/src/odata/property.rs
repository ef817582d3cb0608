//! Properties of a model: for a choice, an order, or a condition.

use std::fmt;
use std::marker::PhantomData;

use super::literal::{Literal, text_literal};
use super::options::Order;
use super::{Filter, marked};

/// The kind of properties that hold text; also of those whose values are names, such as `AccountStatusActive`.
#[derive(Debug)]
pub enum Text {}

/// The kind of properties that hold a number, whole or decimal.
#[derive(Debug)]
pub enum Number {}

/// The kind of properties that are true or false.
#[derive(Debug)]
pub enum Flag {}

/// The kind of properties that hold a date.
#[derive(Debug)]
pub enum Date {}

/// The kind of properties that hold a date and a time.
#[derive(Debug)]
pub enum Moment {}

/// Kinds of which one value comes before another: all but [`Flag`].
pub trait Ordered {}

impl Ordered for Text {}
impl Ordered for Number {}
impl Ordered for Date {}
impl Ordered for Moment {}

/// A property of the model `M`, to be compared with values of the kind `K`.
pub struct Property<M, K> {
    name: &'static str,
    of: PhantomData<fn() -> (M, K)>,
}

marked!(copy Property<M, K>, name);

impl<M, K> Property<M, K> {
    /// The property of this name over the wire.
    pub const fn new(name: &'static str) -> Self {
        Property { name, of: PhantomData }
    }

    /// Its name over the wire.
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// It has this value: `name eq 'Ann'`.
    pub fn eq(self, value: impl Literal<K>) -> Filter<M> {
        self.compare("eq", &value)
    }

    /// It has another value, or none: `name ne 'Ann'`.
    pub fn ne(self, value: impl Literal<K>) -> Filter<M> {
        self.compare("ne", &value)
    }

    /// It has no value: `name eq null`.
    pub fn is_null(self) -> Filter<M> {
        Filter::comparison(format!("{} eq null", self.name))
    }

    /// It has a value: `name ne null`.
    pub fn is_not_null(self) -> Filter<M> {
        Filter::comparison(format!("{} ne null", self.name))
    }

    fn compare(self, operator: &str, value: &dyn Literal<K>) -> Filter<M> {
        let mut text = format!("{} {operator} ", self.name);
        value.write(&mut text);
        Filter::comparison(text)
    }
}

impl<M, K: Ordered> Property<M, K> {
    /// It is greater: `balance gt 100`.
    pub fn gt(self, value: impl Literal<K>) -> Filter<M> {
        self.compare("gt", &value)
    }

    /// It is greater or equal: `balance ge 100`.
    pub fn ge(self, value: impl Literal<K>) -> Filter<M> {
        self.compare("ge", &value)
    }

    /// It is less: `balance lt 100`.
    pub fn lt(self, value: impl Literal<K>) -> Filter<M> {
        self.compare("lt", &value)
    }

    /// It is less or equal: `balance le 100`.
    pub fn le(self, value: impl Literal<K>) -> Filter<M> {
        self.compare("le", &value)
    }
}

impl<M> Property<M, Text> {
    /// This text is in it: `contains(name,'nn')`.
    pub fn contains(self, text: impl AsRef<str>) -> Filter<M> {
        self.call("contains", text.as_ref())
    }

    /// It starts with this text: `startswith(name,'An')`.
    pub fn starts_with(self, text: impl AsRef<str>) -> Filter<M> {
        self.call("startswith", text.as_ref())
    }

    /// It ends with this text: `endswith(name,'nn')`.
    pub fn ends_with(self, text: impl AsRef<str>) -> Filter<M> {
        self.call("endswith", text.as_ref())
    }

    fn call(self, function: &str, argument: &str) -> Filter<M> {
        let mut text = format!("{function}({},", self.name);
        text_literal(argument, &mut text);
        text.push(')');
        Filter::call(text)
    }
}

/// The name of a property of the model `M`, to be chosen or to sort by.
pub struct Name<M> {
    name: &'static str,
    of: PhantomData<fn() -> M>,
}

marked!(copy Name<M>, name);

impl<M> Name<M> {
    /// The property of this name over the wire.
    pub const fn new(name: &'static str) -> Self {
        Name { name, of: PhantomData }
    }

    /// Its name over the wire.
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// The smallest first: `name asc`.
    pub const fn asc(self) -> Order<M> {
        Order::new(self, false)
    }

    /// The greatest first: `name desc`.
    pub const fn desc(self) -> Order<M> {
        Order::new(self, true)
    }
}

impl<M> fmt::Display for Name<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A property of the model `M` that stands for another record, which the service sends in full only when it is asked to.
pub struct Relation<M> {
    name: &'static str,
    of: PhantomData<fn() -> M>,
}

marked!(copy Relation<M>, name);

impl<M> Relation<M> {
    /// The property of this name over the wire.
    pub const fn new(name: &'static str) -> Self {
        Relation { name, of: PhantomData }
    }

    /// Its name over the wire.
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// The same, to be chosen with others: what is chosen may have to name what is expanded.
    pub const fn name(self) -> Name<M> {
        Name::new(self.name)
    }
}

impl<M> fmt::Display for Relation<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The properties of a model, as constants and functions, in the module where it stands.
///
/// ```text
/// rt::properties!(Customer, {
///     NAME name: Text = "name",
/// }, relations {
///     CURRENCY = "currency",
/// }, parts {
///     CONTACTS = "contacts",
/// });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! properties {
    ($model:ty, {
        $($constant:ident $function:ident: $kind:ident = $name:literal,)*
    }, relations {
        $($relation:ident = $related:literal,)*
    }, parts {
        $($part:ident = $parted:literal,)*
    }) => {
        $(
            /// Its name, for `select` and `orderby`.
            pub const $constant: $crate::odata::Name<$model> = $crate::odata::Name::new($name);

            /// Its value, for `filter`.
            pub const fn $function() -> $crate::odata::Property<$model, $crate::odata::$kind> {
                $crate::odata::Property::new($name)
            }
        )*
        $(
            /// The record that it stands for, for `expand`.
            pub const $relation: $crate::odata::Relation<$model> = $crate::odata::Relation::new($related);
        )*
        $(
            /// Its name, for `select`.
            pub const $part: $crate::odata::Name<$model> = $crate::odata::Name::new($parted);
        )*
    };
}
