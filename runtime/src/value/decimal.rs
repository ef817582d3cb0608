//! Exact decimal numbers: read from strings and from numbers, never through a float.

use rust_decimal::Decimal;

use super::{Kinds, Value};
use crate::json::{Fault, Reader, Writer};
use crate::model::Decimals;

impl Value for Decimal {
    const KINDS: Kinds = Kinds::NUMBER.or(Kinds::STRING);
    const HAS_FORMS: bool = true;

    #[inline]
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let parsed = if reader.peek()? == b'"' {
            parse(&reader.string()?)
        } else {
            let text = reader.number().map_err(|_| reader.expected("a decimal number"))?;
            if reader.is_inexact() && text.contains(['.', 'e', 'E']) {
                return Err(reader.fault("a decimal number has come through a binary fraction: give it as a string"));
            }
            parse(text)
        };
        parsed.map_err(|what| reader.fault(what))
    }

    fn write(&self, writer: &mut Writer) {
        if writer.decimals_are_strings() {
            writer.raw("\"");
            write_digits(*self, writer);
            writer.raw("\"");
        } else {
            write_digits(*self, writer);
        }
    }

    fn is_plain(&self, text: &str, decimals: Decimals) -> bool {
        let digits = match decimals {
            Decimals::Number => Some(text),
            Decimals::String => text.strip_prefix('"').and_then(|text| text.strip_suffix('"')),
        };
        digits.is_some_and(|digits| is_plain(digits.as_bytes()))
    }
}

/// Digits, perhaps with a point between them: no sign of a zero, no zero in front, no exponent, and not too many.
fn is_plain(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    // Minus zero, also as the beginning of a fraction, may not be written back as it came.
    let signed_zero = unsigned.len() < text.len() && unsigned.starts_with(b"0");
    let no_zero = !matches!(unsigned, [b'0', b'0'..=b'9', ..]) && !signed_zero;
    let ends = unsigned.last().is_some_and(u8::is_ascii_digit);
    ends && no_zero && unsigned.len() <= 28 && unsigned.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.'))
}

const NO_DECIMAL: &str = "expected a decimal number";
const TOO_LONG: &str = "the decimal number has more digits than can be kept exactly";

/// The number that this text stands for, with its scale; an error rather than a rounded one.
pub(crate) fn parse(text: &str) -> Result<Decimal, &'static str> {
    match short(text.as_bytes()) {
        Some(number) => Ok(number),
        None => long(text),
    }
}

/// Up to 18 digits and a point, which is nearly every number there is.
#[inline]
fn short(text: &[u8]) -> Option<Decimal> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if digits.len() > 19 {
        return None;
    }
    let mut number = 0i64;
    let mut count = 0u32;
    let mut point = None;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                // Of 19 digits nothing is kept: what they wrap to is thrown away below.
                number = number.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
                count += 1;
            }
            b'.' if point.is_none() && count > 0 => point = Some(count),
            _ => return None,
        }
    }
    // No digit at all, or none behind the point, or too many for an i64: `long` decides.
    if count == 0 || count > 18 || point == Some(count) {
        return None;
    }
    let scale = count - point.unwrap_or(count);
    Some(Decimal::new(if negative { -number } else { number }, scale))
}

/// Any number in the notation of JSON, with leading `+` and zeros tolerated.
fn long(text: &str) -> Result<Decimal, &'static str> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| NO_DECIMAL)?),
        None => (text, 0),
    };
    let (negative, unsigned) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || !digits().all(|b| b.is_ascii_digit()) {
        return Err(NO_DECIMAL);
    }
    let mut number = 0i128;
    for digit in digits() {
        let next = number.checked_mul(10).and_then(|n| n.checked_add(i128::from(digit - b'0')));
        number = next.ok_or(TOO_LONG)?;
    }
    let scale = i64::try_from(fraction.len()).map_err(|_| TOO_LONG)? - i64::from(exponent);
    let (number, scale) = settle(number, scale)?;
    Decimal::try_from_i128_with_scale(if negative { -number } else { number }, scale).map_err(|_| TOO_LONG)
}

/// A scale between 0 and 28 for the same value, by moving zeros.
fn settle(mut number: i128, mut scale: i64) -> Result<(i128, u32), &'static str> {
    if number == 0 {
        return Ok((0, scale.clamp(0, 28) as u32));
    }
    while scale < 0 {
        number = number.checked_mul(10).ok_or(TOO_LONG)?;
        scale += 1;
    }
    while scale > 28 {
        if number % 10 != 0 {
            return Err(TOO_LONG);
        }
        number /= 10;
        scale -= 1;
    }
    Ok((number, scale as u32))
}

/// The digits, point and sign, without the formatting machinery for numbers of ordinary length.
fn write_digits(number: Decimal, writer: &mut Writer) {
    let scale = number.scale() as usize;
    let Ok(mut rest) = u64::try_from(number.mantissa().unsigned_abs()) else {
        writer.raw(&number.to_string());
        return;
    };
    // 20 digits of a u64, or 28 behind the point and one before it; and the point and the sign.
    let mut text = [b'0'; 32];
    let mut at = text.len();
    let mut count = 0;
    while rest > 0 || count <= scale {
        if count == scale && scale > 0 {
            at -= 1;
            text[at] = b'.';
        }
        at -= 1;
        text[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
    }
    if number.is_sign_negative() {
        at -= 1;
        text[at] = b'-';
    }
    // Only ASCII was put there.
    writer.raw(std::str::from_utf8(&text[at..]).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{NO_DECIMAL, TOO_LONG, parse, write_digits};
    use crate::json::Writer;

    fn written(number: Decimal) -> String {
        let mut writer = Writer::new();
        write_digits(number, &mut writer);
        writer.finish()
    }

    #[test]
    fn value_and_scale_are_kept() {
        let table = [
            ("0", "0"),
            ("110.0", "110.0"),
            ("110.00", "110.00"),
            ("-0.05", "-0.05"),
            ("12345678901234.56789", "12345678901234.56789"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("0.0000000000000000000000000001", "0.0000000000000000000000000001"),
            ("1e2", "100"),
            ("1.5E-3", "0.0015"),
            ("1.10e1", "11.0"),
            ("0e99", "0"),
            ("00012.50", "12.50"),
            ("+3", "3"),
            ("0.00", "0.00"),
            // 19 digits without a point: as many as an i64 has, and more than it holds.
            ("9999999999999999999", "9999999999999999999"),
            ("-9223372036854775809", "-9223372036854775809"),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text).map(written).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn nothing_is_rounded() {
        for text in ["79228162514264337593543950336", "0.00000000000000000000000000001", "1e29", "1e-29", "1e999999999"]
        {
            assert_eq!(parse(text), Err(TOO_LONG), "{text}");
        }
        for text in ["", "-", ".", "1.2.3", "abc", "1,5", " 1", "0x10", "1e", "NaN", "--1", "1_0", ".5"] {
            assert_eq!(parse(text), Err(NO_DECIMAL), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_decimal_comes_back(mantissa in -79228162514264337593543950335i128..=79228162514264337593543950335, scale in 0u32..=28) {
            let number = Decimal::from_i128_with_scale(mantissa, scale);
            prop_assert_eq!(written(number), number.to_string());
            let back = parse(&number.to_string());
            prop_assert_eq!(back, Ok(number));
            prop_assert_eq!(back.map(|n| n.scale()), Ok(number.scale()));
        }

        #[test]
        fn small_ones_too(mantissa: i64, scale in 0u32..=28) {
            let number = Decimal::new(mantissa, scale);
            prop_assert_eq!(written(number), number.to_string());
            prop_assert_eq!(parse(&number.to_string()), Ok(number));
        }

        #[test]
        fn any_text_is_safe(text in "[-+0-9.eE]{0,40}") {
            let _ = parse(&text);
        }
    }
}
