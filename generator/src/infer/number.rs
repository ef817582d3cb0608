//! What numbers were seen, by their text.

use crate::node::Number;

/// How many digits a decimal number keeps exactly, whatever they are.
const DIGITS: usize = 28;

/// Kinds of numbers that were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// A whole number of 64 bits with sign.
    whole: bool,
    /// A whole number that needs all 64 bits.
    wide: bool,
    /// A negative number.
    negative: bool,
    /// A number with a fraction, or a whole number that is too long for 64 bits.
    decimal: bool,
    /// A number that no type can write as it came: with an exponent, too long, or a negative zero.
    odd: bool,
    /// The placeholder of a whole number.
    said_whole: bool,
    /// The placeholder of a number.
    said_decimal: bool,
}

/// What type numbers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole, in 64 bits with sign.
    Whole,
    /// Whole and never negative, in 64 bits.
    Wide,
    /// An exact decimal.
    Decimal,
    /// None that keeps them as they are.
    Any,
}

impl Numbers {
    /// This number was seen.
    pub(super) fn of(number: &Number) -> Self {
        let text = number.as_str();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let count = digits.bytes().filter(u8::is_ascii_digit).count();
        let zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let mut seen = Self { negative, ..Self::default() };
        if text.contains(['e', 'E']) || count > DIGITS || (negative && zero) {
            seen.odd = true;
        } else if text.contains('.') {
            seen.decimal = true;
        } else if text.parse::<i64>().is_ok() {
            seen.whole = true;
        } else if text.parse::<u64>().is_ok() {
            seen.wide = true;
        } else {
            seen.decimal = true;
        }
        seen
    }

    /// The placeholder of a whole number was seen.
    pub(super) const SAID_WHOLE: Self = Self { said_whole: true, ..Self::NONE };

    /// The placeholder of a number was seen.
    pub(super) const SAID_DECIMAL: Self = Self { said_decimal: true, ..Self::NONE };

    const NONE: Self = Self {
        whole: false,
        wide: false,
        negative: false,
        decimal: false,
        odd: false,
        said_whole: false,
        said_decimal: false,
    };

    pub(super) fn join(&mut self, other: Self) {
        self.whole |= other.whole;
        self.wide |= other.wide;
        self.negative |= other.negative;
        self.decimal |= other.decimal;
        self.odd |= other.odd;
        self.said_whole |= other.said_whole;
        self.said_decimal |= other.said_decimal;
    }

    /// The narrowest type that keeps all of them; `None` if there were none.
    pub(super) fn kind(self) -> Option<Kind> {
        if self == Self::NONE {
            return None;
        }
        Some(if self.odd {
            Kind::Any
        } else if self.decimal || self.said_decimal || (self.wide && self.negative) {
            Kind::Decimal
        } else if self.wide {
            Kind::Wide
        } else {
            Kind::Whole
        })
    }
}
