//! Whole numbers and binary fractions.

use super::{Kinds, Value};
use crate::json::{Fault, Reader, Writer};
use crate::model::Decimals;

/// Whole numbers are read from numbers and, as some services write them so, from strings of digits.
macro_rules! whole {
    ($($ty:ident $bits:literal $what:literal),*) => {$(
        impl Value for $ty {
            const KINDS: Kinds = Kinds::NUMBER.or(Kinds::STRING);
            const HAS_FORMS: bool = true;

            fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
                match whole(reader)?.and_then(|number| $ty::try_from(number).ok()) {
                    Some(number) => Ok(number),
                    None => Err(reader.fault(concat!("expected a whole number of ", $bits, " bits, ", $what))),
                }
            }

            fn write(&self, writer: &mut Writer) {
                writer.raw(&self.to_string());
            }

            fn is_plain(&self, text: &str, _: Decimals) -> bool {
                !text.starts_with('"') && text != "-0"
            }
        }
    )*};
}

whole!(i32 32 "signed", i64 64 "signed", u32 32 "unsigned", u64 64 "unsigned");

/// A whole number, if it is one; `5.0` and `5e0` are not, as they would be written differently.
fn whole(reader: &mut Reader<'_>) -> Result<Option<i128>, Fault> {
    if reader.peek()? == b'"' {
        return Ok(reader.string()?.parse().ok());
    }
    Ok(reader.number()?.parse().ok())
}

impl Value for f64 {
    const KINDS: Kinds = Kinds::NUMBER;
    const HAS_FORMS: bool = true;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let text = reader.number()?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(reader.fault("the number is too large")),
        }
    }

    /// JSON has no word for what is not finite: `null`.
    fn write(&self, writer: &mut Writer) {
        match self.is_finite() {
            true => writer.raw(&format!("{self:?}")),
            false => writer.raw("null"),
        }
    }

    fn is_plain(&self, _: &str, _: Decimals) -> bool {
        false
    }
}
