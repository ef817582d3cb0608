//! Values as text, for paths, queries, headers and forms.

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use crate::value::date::{date_text, moment_text};

/// A value that goes into a path, a query or a header.
pub trait ToText {
    /// The text that it has there.
    fn to_text(&self) -> String;
}

impl<T: ToText + ?Sized> ToText for &T {
    fn to_text(&self) -> String {
        (**self).to_text()
    }
}

impl ToText for NaiveDate {
    fn to_text(&self) -> String {
        date_text(*self)
    }
}

impl ToText for DateTime<FixedOffset> {
    fn to_text(&self) -> String {
        moment_text(self)
    }
}

macro_rules! by_display {
    ($($ty:ty),*) => {$(
        impl ToText for $ty {
            fn to_text(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

by_display!(str, String, bool, i32, i64, u32, u64, f64, Decimal);
