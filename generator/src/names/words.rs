//! Words: what the spellings of a document have in common.
//!
//! `sales_invoice`, `SalesInvoice` and `Sales Invoices` are the same words or nearly so. A [`Words`] holds them in lower
//! case and in ASCII, and is what names are built from: joined with overlaps collapsed, in singular, in either case.

use heck::ToSnakeCase;

/// Words in lower case, each of ASCII letters and digits; none is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words(Vec<String>);

impl Words {
    /// The words of a spelling; signs only part them. Empty if there is no letter and no digit in it.
    pub fn new(text: &str) -> Self {
        Self::split(&ascii(text, false))
    }

    /// The words of a spelling, each sign spelled out: `a+b` is `a plus b`.
    pub fn spelled(text: &str) -> Self {
        Self::split(&ascii(text, true))
    }

    /// The words of a spelling: without its signs if anything is left, else with them.
    pub fn of(text: &str) -> Self {
        let plain = Self::new(text);
        if !plain.is_empty() {
            return plain;
        }
        let spelled = Self::spelled(text);
        if spelled.is_empty() { Self(vec!["empty".to_owned()]) } else { spelled }
    }

    fn split(text: &str) -> Self {
        Self(text.to_snake_case().split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The words one by one.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The last one.
    pub fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// `sales_invoice`
    pub fn snake(&self) -> String {
        self.0.join("_")
    }

    /// `SALES_INVOICE`
    pub fn screaming(&self) -> String {
        self.snake().to_ascii_uppercase()
    }

    /// `SalesInvoice`
    pub fn camel(&self) -> String {
        let mut out = String::new();
        for word in &self.0 {
            let (first, rest) = word.split_at(1);
            out.push_str(&first.to_ascii_uppercase());
            out.push_str(rest);
        }
        out
    }

    /// `sales invoice`
    pub fn prose(&self) -> String {
        self.0.join(" ")
    }

    /// These and then those.
    pub fn then(&self, next: &Words) -> Self {
        Self(self.0.iter().chain(&next.0).cloned().collect())
    }

    /// These and then those, without saying twice what the end of these and the beginning of those share:
    /// `sales invoice` and `invoice lines` are `sales invoice lines`. At least one of those is said.
    pub fn overlap(&self, next: &Words) -> Self {
        let most = self.len().min(next.len().saturating_sub(1));
        let shared = (1..=most).rev().find(|&n| {
            let tail = &self.0[self.len() - n..];
            tail.iter().zip(&next.0[..n]).all(|(a, b)| singular_word(a) == singular_word(b))
        });
        self.then(&Self(next.0[shared.unwrap_or(0)..].to_vec()))
    }

    /// The last one in singular.
    pub fn singular(&self) -> Self {
        let mut words = self.0.clone();
        if let Some(last) = words.last_mut() {
            *last = singular_word(last);
        }
        Self(words)
    }

    /// These without `prefix`, if they begin with it (in singular or plural).
    pub fn without_prefix(&self, prefix: &Words) -> Option<Self> {
        let head = self.0.get(..prefix.len())?;
        let same = head.iter().zip(&prefix.0).all(|(a, b)| singular_word(a) == singular_word(b));
        same.then(|| Self(self.0[prefix.len()..].to_vec()))
    }

    /// The first `n`, and the others.
    pub fn split_at(&self, n: usize) -> (Self, Self) {
        let (head, tail) = self.0.split_at(n.min(self.len()));
        (Self(head.to_vec()), Self(tail.to_vec()))
    }

    /// The last one first.
    pub fn reversed(&self) -> Self {
        Self(self.0.iter().rev().cloned().collect())
    }

    /// The words at the end of all of these lists.
    pub fn common_tail<'a>(lists: impl IntoIterator<Item = &'a Words>) -> Self {
        let mut lists = lists.into_iter();
        let mut tail: Vec<String> = lists.next().map(|first| first.0.clone()).unwrap_or_default();
        for list in lists {
            let shared = tail.iter().rev().zip(list.0.iter().rev()).take_while(|(a, b)| a == b).count();
            tail.drain(..tail.len() - shared);
        }
        Self(tail)
    }
}

/// Words that no rule for the singular gets right.
const IRREGULAR: &[(&str, &str)] = &[
    ("people", "person"),
    ("children", "child"),
    ("statuses", "status"),
    ("bonuses", "bonus"),
    ("analyses", "analysis"),
    ("indices", "index"),
    ("series", "series"),
    ("news", "news"),
    ("always", "always"),
    ("days", "days"),
];

/// An English word in singular; what is not known to be a plural stays as it is.
fn singular_word(word: &str) -> String {
    if let Some((_, singular)) = IRREGULAR.iter().find(|(plural, _)| *plural == word) {
        return (*singular).to_owned();
    }
    let stem = |cut: usize| &word[..word.len() - cut];
    if word.len() > 4 && word.ends_with("ies") {
        return format!("{}y", stem(3));
    }
    if ["sses", "shes", "ches", "xes", "zes", "oes"].iter().any(|end| word.ends_with(end)) {
        return stem(2).to_owned();
    }
    let plural = word.len() > 2 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if plural { stem(1).to_owned() } else { word.to_owned() }
}

/// The ASCII form of a spelling: letters with marks lose them, other letters are spelled by number, signs become spaces
/// or, if `signs`, words.
fn ascii(text: &str, signs: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => out.push(c),
            // An apostrophe stands inside a word.
            '\'' | '’' if !signs => {}
            _ if c.is_ascii() => spell(&mut out, if signs { sign(c) } else { "" }),
            _ => match latin(c) {
                "" if c.is_alphanumeric() || signs => spell(&mut out, &format!("u{:x}", u32::from(c))),
                plain => out.push_str(if plain.is_empty() { " " } else { plain }),
            },
        }
    }
    out
}

fn spell(out: &mut String, word: &str) {
    out.push(' ');
    out.push_str(word);
    out.push(' ');
}

/// A sign in words.
fn sign(c: char) -> &'static str {
    match c {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '\\' => "backslash",
        '=' => "equal",
        '<' => "less",
        '>' => "greater",
        '!' => "not",
        '?' => "question",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '$' => "dollar",
        '#' => "hash",
        '@' => "at",
        '^' => "caret",
        '~' => "tilde",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '(' | '[' | '{' => "open",
        ')' | ']' | '}' => "close",
        '"' | '\'' | '`' => "quote",
        '_' => "underscore",
        _ => "",
    }
}

/// A letter of Western Europe without its mark; `""` for any other character.
fn latin(c: char) -> &'static str {
    match c {
        'à'..='å' | 'ā' | 'ą' => "a",
        'À'..='Å' | 'Ā' | 'Ą' => "A",
        'æ' => "ae",
        'Æ' => "Ae",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' | 'Č' => "C",
        'è'..='ë' | 'ē' | 'ę' => "e",
        'È'..='Ë' | 'Ē' | 'Ę' => "E",
        'ì'..='ï' => "i",
        'Ì'..='Ï' => "I",
        'ñ' | 'ń' => "n",
        'Ñ' | 'Ń' => "N",
        'ò'..='ö' | 'ø' => "o",
        'Ò'..='Ö' | 'Ø' => "O",
        'œ' => "oe",
        'Œ' => "Oe",
        'ß' => "ss",
        'ù'..='ü' => "u",
        'Ù'..='Ü' => "U",
        'ý' | 'ÿ' => "y",
        'Ý' => "Y",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn spellings() {
        for (text, snake, camel) in [
            ("customer", "customer", "Customer"),
            ("GBBoxData", "gb_box_data", "GbBoxData"),
            ("SOP Orders", "sop_orders", "SopOrders"),
            ("box_T1", "box_t1", "BoxT1"),
            ("$path", "path", "Path"),
            ("appName", "app_name", "AppName"),
            ("CustomerContactId", "customer_contact_id", "CustomerContactId"),
            ("Straße & Größe", "strasse_grosse", "StrasseGrosse"),
            ("don't", "dont", "Dont"),
            ("名", "u540d", "U540d"),
            (">=", "greater_equal", "GreaterEqual"),
            ("🇬🇧", "u1f1ec_u1f1e7", "U1f1ecU1f1e7"),
            ("🇬🇧 Britain", "britain", "Britain"),
            ("", "empty", "Empty"),
            ("\u{0}", "empty", "Empty"),
        ] {
            let words = Words::of(text);
            assert_eq!((words.snake().as_str(), words.camel().as_str()), (snake, camel), "{text:?}");
        }
    }

    #[test]
    fn overlaps_are_said_once() {
        for (left, right, joined) in [
            ("SalesInvoice", "invoice_lines", "SalesInvoiceLines"),
            ("LedgerAccount", "balance_details", "LedgerAccountBalanceDetails"),
            ("Contact", "contact", "ContactContact"),
            ("SalesInvoices", "sales_invoice_line", "SalesInvoicesLine"),
        ] {
            assert_eq!(Words::of(left).overlap(&Words::of(right)).camel(), joined);
        }
    }

    #[test]
    fn singulars() {
        for (plural, singular) in [
            ("addresses", "address"),
            ("currencies", "currency"),
            ("tax_rates", "tax_rate"),
            ("statuses", "status"),
            ("contact_people", "contact_person"),
            ("faxes", "fax"),
            ("analysis", "analysis"),
            ("status", "status"),
            ("purchase_quick_entries", "purchase_quick_entry"),
        ] {
            assert_eq!(Words::of(plural).singular().snake(), singular);
        }
    }
}
