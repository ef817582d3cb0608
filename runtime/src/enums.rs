//! Open enumerations: what the document lists has a name, what it does not list is kept as it came.

use std::fmt;

use crate::json::{Fault, Reader, Writer};

/// A value that the API's document does not list, kept word for word.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Unlisted {
    text: Box<str>,
    /// It was a JSON string; else `text` is JSON itself.
    is_string: bool,
}

impl Unlisted {
    /// The text of a string; of anything else its JSON.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[doc(hidden)]
    pub fn of_string(text: &str) -> Self {
        Unlisted { text: text.into(), is_string: true }
    }

    #[doc(hidden)]
    pub fn of_integer(number: i64) -> Self {
        Unlisted { text: number.to_string().into(), is_string: false }
    }

    fn write(&self, writer: &mut Writer) {
        match self.is_string {
            true => writer.string(&self.text),
            false => writer.raw(&self.text),
        }
    }
}

impl fmt::Debug for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// An enumeration of strings. Implemented by `string_enum!`.
pub trait StringEnum: Sized {
    /// The value that this text stands for.
    fn listed(text: &str) -> Option<Self>;
    /// A value that is not listed.
    fn unlisted(value: Unlisted) -> Self;
    /// The text, or the value that is not listed.
    fn text(&self) -> Result<&'static str, &Unlisted>;
}

/// An enumeration of whole numbers. Implemented by `integer_enum!`.
pub trait IntegerEnum: Sized {
    /// The value that this number stands for.
    fn listed(number: i64) -> Option<Self>;
    /// A value that is not listed.
    fn unlisted(value: Unlisted) -> Self;
    /// The number, or the value that is not listed.
    fn number(&self) -> Result<i64, &Unlisted>;
}

#[doc(hidden)]
pub fn string_from<E: StringEnum>(text: &str) -> E {
    E::listed(text).unwrap_or_else(|| E::unlisted(Unlisted::of_string(text)))
}

#[doc(hidden)]
pub fn string_as_str<E: StringEnum>(value: &E) -> &str {
    value.text().unwrap_or_else(Unlisted::as_str)
}

#[doc(hidden)]
pub fn read_string<E: StringEnum>(reader: &mut Reader<'_>) -> Result<E, Fault> {
    if reader.peek()? == b'"' {
        return reader.string().map(|text| string_from(&text));
    }
    Ok(E::unlisted(unlisted(reader)?))
}

#[doc(hidden)]
pub fn write_string<E: StringEnum>(value: &E, writer: &mut Writer) {
    match value.text() {
        Ok(text) => writer.string(text),
        Err(unlisted) => unlisted.write(writer),
    }
}

#[doc(hidden)]
pub fn integer_from<E: IntegerEnum>(number: i64) -> E {
    E::listed(number).unwrap_or_else(|| E::unlisted(Unlisted::of_integer(number)))
}

#[doc(hidden)]
pub fn read_integer<E: IntegerEnum>(reader: &mut Reader<'_>) -> Result<E, Fault> {
    let unlisted = unlisted(reader)?;
    let listed = if unlisted.is_string { None } else { unlisted.text.parse().ok().and_then(E::listed) };
    Ok(listed.unwrap_or_else(|| E::unlisted(unlisted)))
}

#[doc(hidden)]
pub fn write_integer<E: IntegerEnum>(value: &E, writer: &mut Writer) {
    match value.number() {
        Ok(number) => writer.raw(&number.to_string()),
        Err(unlisted) => unlisted.write(writer),
    }
}

/// A scalar as it stands there. An object or a list is no value of an enumeration.
fn unlisted(reader: &mut Reader<'_>) -> Result<Unlisted, Fault> {
    match reader.peek()? {
        b'"' => reader.string().map(|text| Unlisted::of_string(&text)),
        b'{' | b'[' | b'n' => Err(reader.expected("a value of an enumeration")),
        _ => reader.raw().map(|text| Unlisted { text: text.into(), is_string: false }),
    }
}

/// Makes an enum an open enumeration of strings.
///
/// ```text
/// rt::string_enum!(Status, Unknown, { Draft = "DRAFT", Void = "VOID" });
/// ```
///
/// The enum has these variants and `Unknown(rt::Unlisted)`, and derives `Clone`, `PartialEq`, `Eq` and `Hash`.
#[doc(hidden)]
#[macro_export]
macro_rules! string_enum {
    ($name:ident, $unknown:ident, { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $name {
            /// The value as it goes over the wire.
            pub fn as_str(&self) -> &str {
                $crate::codegen::string_as_str(self)
            }
        }

        impl $crate::codegen::StringEnum for $name {
            fn listed(text: &str) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match text {
                    $($text => Self::$variant,)*
                    _ => return ::core::option::Option::None,
                })
            }

            fn unlisted(value: $crate::codegen::Unlisted) -> Self {
                Self::$unknown(value)
            }

            fn text(&self) -> ::core::result::Result<&'static str, &$crate::codegen::Unlisted> {
                ::core::result::Result::Ok(match self {
                    $(Self::$variant => $text,)*
                    Self::$unknown(value) => return ::core::result::Result::Err(value),
                })
            }
        }

        impl $crate::codegen::Value for $name {
            const KINDS: $crate::codegen::Kinds = $crate::codegen::Kinds::STRING;

            fn read(reader: &mut $crate::codegen::Reader<'_>) -> ::core::result::Result<Self, $crate::codegen::Fault> {
                $crate::codegen::read_string(reader)
            }

            fn write(&self, writer: &mut $crate::codegen::Writer) {
                $crate::codegen::write_string(self, writer)
            }
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                $crate::codegen::string_from("")
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                $crate::codegen::string_from(text)
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                $crate::codegen::string_from(&text)
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            // Not `Self::Err`: that may be a value as well.
            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok($crate::codegen::string_from(text))
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::codegen::ToText for $name {
            fn to_text(&self) -> ::std::string::String {
                ::std::string::ToString::to_string(self)
            }
        }

        $crate::serde_by_value!($name);
    };
}

/// Makes an enum an open enumeration of whole numbers.
///
/// ```text
/// rt::integer_enum!(Level, Unknown, { One = 1, Two = 2 });
/// ```
///
/// The enum has these variants and `Unknown(rt::Unlisted)`, and derives `Clone`, `Debug`, `PartialEq`, `Eq` and `Hash`.
#[doc(hidden)]
#[macro_export]
macro_rules! integer_enum {
    ($name:ident, $unknown:ident, { $($variant:ident = $number:literal),* $(,)? }) => {
        impl $name {
            /// The value as it goes over the wire; `None` if it is no whole number of 64 bits.
            pub fn as_i64(&self) -> ::core::option::Option<i64> {
                match $crate::codegen::IntegerEnum::number(self) {
                    ::core::result::Result::Ok(number) => ::core::option::Option::Some(number),
                    ::core::result::Result::Err(unlisted) => unlisted.as_str().parse().ok(),
                }
            }
        }

        impl $crate::codegen::IntegerEnum for $name {
            fn listed(number: i64) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match number {
                    $($number => Self::$variant,)*
                    _ => return ::core::option::Option::None,
                })
            }

            fn unlisted(value: $crate::codegen::Unlisted) -> Self {
                Self::$unknown(value)
            }

            fn number(&self) -> ::core::result::Result<i64, &$crate::codegen::Unlisted> {
                ::core::result::Result::Ok(match self {
                    $(Self::$variant => $number,)*
                    Self::$unknown(value) => return ::core::result::Result::Err(value),
                })
            }
        }

        impl $crate::codegen::Value for $name {
            const KINDS: $crate::codegen::Kinds = $crate::codegen::Kinds::NUMBER;

            fn read(reader: &mut $crate::codegen::Reader<'_>) -> ::core::result::Result<Self, $crate::codegen::Fault> {
                $crate::codegen::read_integer(reader)
            }

            fn write(&self, writer: &mut $crate::codegen::Writer) {
                $crate::codegen::write_integer(self, writer)
            }
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                $crate::codegen::integer_from(0)
            }
        }

        impl ::core::convert::From<i64> for $name {
            fn from(number: i64) -> Self {
                $crate::codegen::integer_from(number)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match $crate::codegen::IntegerEnum::number(self) {
                    ::core::result::Result::Ok(number) => ::core::fmt::Display::fmt(&number, f),
                    ::core::result::Result::Err(unlisted) => f.write_str(unlisted.as_str()),
                }
            }
        }

        impl $crate::codegen::ToText for $name {
            fn to_text(&self) -> ::std::string::String {
                ::std::string::ToString::to_string(self)
            }
        }

        $crate::serde_by_value!($name);
    };
}
