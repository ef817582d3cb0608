//! A value that may be one of several types (`oneOf`, `anyOf`).
//!
//! The choice is made by the tag, if there is one, then by the kind of JSON, then by required properties;
//! what fits none is kept as it came.

use crate::json::{Fault, Reader};
use crate::raw::{Json, members};
use crate::value::{Kinds, Value};

/// One of the types that a union may hold.
pub struct Choice<U> {
    #[doc(hidden)]
    pub kinds: Kinds,
    #[doc(hidden)]
    pub tags: &'static [&'static str],
    #[doc(hidden)]
    pub required: &'static [&'static str],
    #[doc(hidden)]
    pub read: fn(&mut Reader<'_>) -> Result<U, Fault>,
}

/// Reads a union: `None` if no choice fits, with the text in any case.
#[doc(hidden)]
pub fn read_union<U>(
    reader: &mut Reader<'_>,
    tag: Option<&str>,
    choices: &[Choice<U>],
) -> Result<Result<U, Json>, Fault> {
    let inexact = reader.is_inexact();
    let kind = Kinds::of(reader.peek()?);
    let text = reader.raw()?;
    let read = |choice: &Choice<U>| {
        let reader = Reader::new(text);
        (choice.read)(&mut if inexact { reader.inexact() } else { reader }).ok()
    };
    let found = if kind == Kinds::OBJECT {
        object(text, tag, choices, read)
    } else {
        choices.iter().filter(|choice| choice.kinds.contains(kind)).find_map(read)
    };
    Ok(found.ok_or_else(|| Json::trusted(text)))
}

fn object<U>(
    text: &str,
    tag: Option<&str>,
    choices: &[Choice<U>],
    read: impl Fn(&Choice<U>) -> Option<U>,
) -> Option<U> {
    let mut names = Vec::new();
    let mut tagged = None;
    members(text, |name, value| {
        if tag == Some(name) {
            tagged = Reader::new(value).string().ok().map(String::from);
        }
        names.push(name.to_owned());
    })
    .ok()?;
    if let Some(tagged) = tagged
        && let Some(choice) = choices.iter().find(|choice| choice.tags.contains(&tagged.as_str()))
    {
        return read(choice);
    }
    let mut fitting: Vec<_> = choices
        .iter()
        .filter(|choice| choice.kinds.contains(Kinds::OBJECT))
        .filter(|choice| choice.required.iter().all(|required| names.iter().any(|name| name == required)))
        .collect();
    // The one that asks for the most comes first; the sort is stable, so the document's order decides else.
    fitting.sort_by_key(|choice| std::cmp::Reverse(choice.required.len()));
    fitting.into_iter().find_map(read)
}

/// Reads one choice and wraps it.
#[doc(hidden)]
pub fn read_choice<T: Value, U>(reader: &mut Reader<'_>, wrap: fn(T) -> U) -> Result<U, Fault> {
    let value = T::read(reader)?;
    reader.end()?;
    // A union that does not know the value leaves it to the other choices.
    if value.is_unknown() {
        return Err(reader.fault("no choice fits"));
    }
    Ok(wrap(value))
}

/// Makes an enum a union.
///
/// ```text
/// rt::union!(Payee, Unknown, Some("type"), {
///     Contact(Box<Contact>): tags ["CONTACT"], required ["id"];
///     Name(String): tags [], required [];
/// });
/// ```
///
/// The enum has these variants and `Unknown(rt::Json)`, and derives `Clone`, `Debug` and `PartialEq`.
/// Models and unions are boxed.
#[doc(hidden)]
#[macro_export]
macro_rules! union {
    ($name:ident, $unknown:ident, $tag:expr, {
        $($variant:ident($ty:ty): tags [$($tags:literal),*], required [$($required:literal),*];)*
    }) => {
        impl $crate::codegen::Value for $name {
            const KINDS: $crate::codegen::Kinds = $crate::codegen::Kinds::ANY;

            fn read(reader: &mut $crate::codegen::Reader<'_>) -> ::core::result::Result<Self, $crate::codegen::Fault> {
                let read = $crate::codegen::read_union(reader, $tag, &[$(
                    $crate::codegen::Choice {
                        kinds: <$ty as $crate::codegen::Value>::KINDS,
                        tags: &[$($tags),*],
                        required: &[$($required),*],
                        read: |reader| $crate::codegen::read_choice(reader, Self::$variant),
                    },
                )*])?;
                ::core::result::Result::Ok(read.unwrap_or_else(Self::$unknown))
            }

            fn write(&self, writer: &mut $crate::codegen::Writer) {
                match self {
                    $(Self::$variant(value) => $crate::codegen::Value::write(value, writer),)*
                    Self::$unknown(value) => $crate::codegen::Value::write(value, writer),
                }
            }

            fn is_unknown(&self) -> bool {
                ::core::matches!(self, Self::$unknown(_))
            }
        }

        // As a choice of another union, or of itself.
        impl $crate::codegen::Value for ::std::boxed::Box<$name> {
            const KINDS: $crate::codegen::Kinds = <$name as $crate::codegen::Value>::KINDS;

            fn read(reader: &mut $crate::codegen::Reader<'_>) -> ::core::result::Result<Self, $crate::codegen::Fault> {
                <$name as $crate::codegen::Value>::read(reader).map(::std::boxed::Box::new)
            }

            fn write(&self, writer: &mut $crate::codegen::Writer) {
                $crate::codegen::Value::write(&**self, writer);
            }

            fn is_unknown(&self) -> bool {
                $crate::codegen::Value::is_unknown(&**self)
            }
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::$unknown($crate::codegen::Json::default())
            }
        }

        $crate::serde_by_value!($name);
    };
}
