//! Values as OData writes them.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Offset as _, TimeZone, Utc};
use rust_decimal::Decimal;

use super::property::{Date, Flag, Moment, Number, Text};
use crate::value::date::{date_text, moment_text};

/// A value that properties of the kind `K` are compared with.
///
/// Text is quoted, with each `'` in it doubled. Numbers and dates are not; there are none that go through a float. A date
/// with a time is written in UTC and ends in `Z`, whatever its offset was.
#[diagnostic::on_unimplemented(
    message = "a property of the kind `{K}` is not compared with `{Self}`",
    label = "not a value of the kind `{K}`",
    note = "text is compared with text, numbers with whole numbers and `Decimal`, dates with `NaiveDate` and `DateTime`"
)]
pub trait Literal<K> {
    /// Writes it at the end of a condition.
    #[doc(hidden)]
    fn write(&self, out: &mut String);
}

impl<K, T: Literal<K> + ?Sized> Literal<K> for &T {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }
}

pub(super) fn text_literal(text: &str, out: &mut String) {
    out.push('\'');
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

macro_rules! texts {
    ($($ty:ty),*) => {$(
        impl Literal<Text> for $ty {
            fn write(&self, out: &mut String) {
                text_literal(self, out);
            }
        }
    )*};
}

texts!(str, String, Cow<'_, str>);

macro_rules! by_display {
    ($kind:ident: $($ty:ty),*) => {$(
        impl Literal<$kind> for $ty {
            fn write(&self, out: &mut String) {
                out.push_str(&self.to_string());
            }
        }
    )*};
}

by_display!(Number: i8, i16, i32, i64, u8, u16, u32, u64, Decimal);
by_display!(Flag: bool);

impl Literal<Date> for NaiveDate {
    fn write(&self, out: &mut String) {
        out.push_str(&date_text(*self));
    }
}

/// Midnight at its beginning.
impl Literal<Moment> for NaiveDate {
    fn write(&self, out: &mut String) {
        out.push_str(&date_text(*self));
    }
}

impl<Z: TimeZone> Literal<Moment> for DateTime<Z> {
    fn write(&self, out: &mut String) {
        out.push_str(&moment_text(&self.with_timezone(&Utc.fix())));
    }
}
