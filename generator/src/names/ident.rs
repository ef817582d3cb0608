//! [`Ident`]: a Rust identifier that is known to be legal, and the words that may not be one.

use std::fmt;

use super::Words;

/// A legal identifier of ASCII letters, digits and `_`, never a keyword.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ident(String);

/// Longer names are cut, and told apart by the mark of their full spelling.
const LONGEST: usize = 80;

impl Ident {
    /// The identifier that is written like this, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let legal = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && text.bytes().any(|b| b.is_ascii_alphanumeric())
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && !is_keyword(text);
        (legal && text.len() <= LONGEST).then(|| Self(text.to_owned()))
    }

    /// `SalesInvoice`: a type or a variant.
    pub fn camel(words: &Words) -> Self {
        let text = words.camel();
        if text == "Self" { Self("Own".to_owned()) } else { Self::fit(text, "N", "") }
    }

    /// `sales_invoice`: a field, a function, an argument or a module. A keyword is replaced by a plain word.
    pub fn snake(words: &Words) -> Self {
        let text = words.snake();
        match KEYWORDS.iter().find(|(keyword, _)| *keyword == text) {
            Some((_, substitute)) => Self((*substitute).to_owned()),
            None => Self::fit(text, "n", "_"),
        }
    }

    /// `SALES_INVOICE`: a static.
    pub fn screaming(words: &Words) -> Self {
        Self::fit(words.screaming(), "N", "_").in_capitals()
    }

    /// The same in capitals, as constants are written.
    pub fn in_capitals(&self) -> Self {
        Self(self.0.to_ascii_uppercase())
    }

    /// This name with `suffix` behind it; `_` between them if it is in lower case.
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let joint = if self.0.starts_with(|c: char| c.is_ascii_uppercase()) { "" } else { "_" };
        Self::fit(format!("{}{joint}{suffix}", self.0), "n", joint)
    }

    fn fit(text: String, before_digit: &str, joint: &str) -> Self {
        let text = if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
            format!("{before_digit}{text}")
        } else {
            text
        };
        if text.len() <= LONGEST {
            return Self(text);
        }
        let end = mark(&text);
        Self(format!("{}{joint}{end}", text[..LONGEST - joint.len() - end.len()].trim_end_matches('_')))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Four letters and digits that depend on nothing but `text` (FNV-1a): the last resort to tell names apart, because a
/// number would depend on what else is in the document.
pub fn mark(text: &str) -> String {
    let hash = hash(text);
    format!("x{:04x}", (hash ^ (hash >> 32)) & 0xffff)
}

/// The same with sixteen: for more names than there are short marks.
pub fn long_mark(text: &str) -> String {
    format!("x{:016x}", hash(text))
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// May this not be a name because it is a word of the language?
pub fn is_keyword(text: &str) -> bool {
    KEYWORDS.iter().any(|(keyword, _)| *keyword == text)
}

/// Is this the name of a device on Windows? No file can be called so there, whatever stands behind a dot.
pub fn is_device(text: &str) -> bool {
    let numbered = |port: &str| text.strip_prefix(port).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    matches!(text, "aux" | "con" | "nul" | "prn") || numbered("com") || numbered("lpt")
}

/// Every keyword, strict and reserved, with the plain word that stands in for it.
const KEYWORDS: &[(&str, &str)] = &[
    ("abstract", "summary"),
    ("as", "as_of"),
    ("async", "asynchronous"),
    ("await", "awaiting"),
    ("become", "becoming"),
    ("box", "boxed"),
    ("break", "pause"),
    ("const", "constant"),
    ("continue", "proceed"),
    ("crate", "krate"),
    ("do", "perform"),
    ("dyn", "dynamic"),
    ("else", "otherwise"),
    ("enum", "enumeration"),
    ("extern", "external"),
    ("false", "no"),
    ("final", "is_final"),
    ("fn", "function"),
    ("for", "for_whom"),
    ("gen", "generation"),
    ("if", "condition"),
    ("impl", "implementation"),
    ("in", "within"),
    ("let", "leave"),
    ("loop", "cycle"),
    ("macro", "macros"),
    ("match", "matching"),
    ("mod", "module"),
    ("move", "movement"),
    ("mut", "mutable"),
    ("override", "overriding"),
    ("priv", "private"),
    ("pub", "public"),
    ("ref", "reference"),
    ("return", "returned"),
    ("self", "own"),
    ("Self", "Own"),
    ("static", "fixed"),
    ("struct", "structure"),
    ("super", "superior"),
    ("trait", "feature"),
    ("true", "yes"),
    ("try", "attempt"),
    ("type", "kind"),
    ("typeof", "kind_of"),
    ("union", "joint"),
    ("unsafe", "risky"),
    ("unsized", "without_size"),
    ("use", "usage"),
    ("virtual", "is_virtual"),
    ("where", "place"),
    ("while", "during"),
    ("yield", "yields"),
];

/// Names of types that generated code uses by their bare name, or that would mislead beside Rust's own.
pub const RESERVED_TYPES: &[&str] = &[
    "Api",
    "AsMut",
    "AsRef",
    "Base64",
    "Box",
    "Bytes",
    "Call",
    "Client",
    "ClientBuilder",
    "Clone",
    "Copy",
    "DateTime",
    "Debug",
    "Decimal",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "Extend",
    "Extra",
    "FixedOffset",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "Json",
    "Method",
    "NaiveDate",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Ord",
    "Page",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Update",
    "Vec",
];

#[cfg(test)]
mod tests {
    use super::{Ident, Words, is_device};

    #[test]
    fn values() {
        for (text, ident) in [("type", "kind"), ("2nd_line", "n2nd_line"), ("$ref", "reference"), ("Self", "own")] {
            assert_eq!(Ident::snake(&Words::of(text)).as_str(), ident);
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let a = Ident::snake(&Words::of(&"word ".repeat(60)));
        let b = Ident::snake(&Words::of(&"word ".repeat(61)));
        assert!(a.as_str().len() <= 80 && a != b);
        assert!(Ident::parse(a.as_str()).is_some());
    }

    #[test]
    fn devices_are_known() {
        for text in ["con", "prn", "aux", "nul", "com1", "lpt9"] {
            assert!(is_device(text), "{text}");
        }
        for text in ["contacts", "com", "com12", "console", "lpt_1"] {
            assert!(!is_device(text), "{text}");
        }
    }

    #[test]
    fn only_identifiers_parse() {
        for text in ["", "_", "1a", "a-b", "type", "Self", "ä"] {
            assert!(Ident::parse(text).is_none(), "{text:?}");
        }
        assert!(Ident::parse("box_t1").is_some());
    }
}
