//! Words: what the spellings of a document have in common.
//!
//! `sales_invoice`, `SalesInvoice` and `Sales Invoices` are the same words or nearly so. A [`Words`] holds them in lower
//! case and in ASCII, and is what names are built from: joined with overlaps collapsed, in singular, in either case.

use heck::ToSnakeCase;
use percent_encoding::percent_decode_str;

/// Words in lower case, each of ASCII letters and digits, with `_` between them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words(String);

impl Words {
    /// The words of a spelling; signs only part them. Empty if there is no letter and no digit in it.
    pub fn new(text: &str) -> Self {
        let text = head(text);
        if is_snake(text) { Self(text.to_owned()) } else { Self(ascii(text, false).to_snake_case()) }
    }

    /// The words of a step of a path: what is encoded there is read as what it stands for.
    pub fn of_step(step: &str) -> Self {
        Self::new(&percent_decode_str(step).decode_utf8_lossy())
    }

    /// The words of a spelling, each sign spelled out: `a+b` is `a plus b`.
    pub fn spelled(text: &str) -> Self {
        Self(ascii(head(text), true).to_snake_case())
    }

    /// The words of a spelling: without its signs if anything is left, else with them.
    pub fn of(text: &str) -> Self {
        let plain = Self::new(text);
        if !plain.is_empty() {
            return plain;
        }
        let spelled = Self::spelled(text);
        if spelled.is_empty() { Self("empty".to_owned()) } else { spelled }
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// The words one by one.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('_').filter(|word| !word.is_empty())
    }

    /// The last one.
    pub fn last(&self) -> Option<&str> {
        self.iter().next_back()
    }

    /// `sales_invoice`
    pub fn snake(&self) -> String {
        self.0.clone()
    }

    /// `SALES_INVOICE`
    pub fn screaming(&self) -> String {
        self.0.to_ascii_uppercase()
    }

    /// `SalesInvoice`
    pub fn camel(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        let mut start = true;
        for c in self.0.chars() {
            match c {
                '_' => start = true,
                _ if start => {
                    out.push(c.to_ascii_uppercase());
                    start = false;
                }
                _ => out.push(c),
            }
        }
        out
    }

    /// `sales invoice`, `EU sales description`
    pub fn prose(&self) -> String {
        let spelled = |word: &str| match ACRONYMS.iter().find(|known| known.eq_ignore_ascii_case(word)) {
            Some(known) => (*known).to_owned(),
            // A letter and a number are those of a form or a box.
            None if word.len() > 1 && word[1..].bytes().all(|b| b.is_ascii_digit()) => word.to_ascii_uppercase(),
            None => word.to_owned(),
        };
        self.iter().map(spelled).collect::<Vec<_>>().join(" ")
    }

    /// These and then those.
    pub fn then(&self, next: &Words) -> Self {
        match (self.is_empty(), next.is_empty()) {
            (true, _) => next.clone(),
            (_, true) => self.clone(),
            (false, false) => Self(format!("{}_{}", self.0, next.0)),
        }
    }

    /// These and then those, without saying twice what the end of these and the beginning of those share:
    /// `sales invoice` and `invoice lines` are `sales invoice lines`. At least one of those is said; and where those say
    /// all of these, they stand alone: `tax rate` and `component tax rate` are `component tax rate`.
    pub fn overlap(&self, next: &Words) -> Self {
        let left: Vec<&str> = self.iter().collect();
        let right: Vec<&str> = next.iter().collect();
        if left.len() < right.len() && left.len() > 1 && within(&left, &right) {
            return next.clone();
        }
        let most = left.len().min(right.len().saturating_sub(1));
        let shared = (1..=most).rev().find(|&n| {
            let tail = &left[left.len() - n..];
            tail.iter().zip(&right[..n]).all(|(a, b)| same_word(a, b))
        });
        self.then(&Self(right[shared.unwrap_or(0)..].join("_")))
    }

    /// The last one in singular; where it has none, and `of` stands before it, the one before `of`.
    pub fn singular(&self) -> Self {
        if let Some((head, tail)) = self.0.split_once("_of_")
            && self.last().is_some_and(|last| singular_word(last) == last)
        {
            return Self(format!("{}_of_{tail}", Self(head.to_owned()).singular().0));
        }
        let start = self.0.rfind('_').map_or(0, |at| at + 1);
        let (head, last) = self.0.split_at(start);
        Self(format!("{head}{}", singular_word(last)))
    }

    /// Each of them in singular: equal where words are the same in singular or plural.
    pub fn singulars(&self) -> Self {
        Self(self.iter().map(singular_word).collect::<Vec<_>>().join("_"))
    }

    /// These without `prefix`, if they begin with it (in singular or plural).
    pub fn without_prefix(&self, prefix: &Words) -> Option<Self> {
        let (head, rest) = self.split_at(prefix.len());
        let same = head.len() == prefix.len() && head.iter().zip(prefix.iter()).all(|(a, b)| same_word(a, b));
        same.then_some(rest)
    }

    /// The first `n`, and the others.
    pub fn split_at(&self, n: usize) -> (Self, Self) {
        let words: Vec<&str> = self.iter().collect();
        let (head, tail) = words.split_at(n.min(words.len()));
        (Self(head.join("_")), Self(tail.join("_")))
    }

    /// The last one first.
    pub fn reversed(&self) -> Self {
        Self(self.iter().rev().collect::<Vec<_>>().join("_"))
    }

    /// The words at the end of all of these lists.
    pub fn common_tail<'a>(lists: impl IntoIterator<Item = &'a Words>) -> Self {
        let mut lists = lists.into_iter();
        let mut tail: Vec<&str> = lists.next().map(|first| first.iter().collect()).unwrap_or_default();
        for list in lists {
            let shared = tail.iter().rev().zip(list.iter().rev()).take_while(|(a, b)| **a == *b).count();
            tail.drain(..tail.len() - shared);
        }
        Self(tail.join("_"))
    }
}

/// So much of a spelling is looked at. No name is a tenth as long: what differs only behind it is told apart as what does
/// not differ at all.
const LONGEST: usize = 1000;

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

/// Is it spelled as words are kept? Nearly all names of fields are.
fn is_snake(text: &str) -> bool {
    let mut before = b'_';
    let plain = text.bytes().all(|byte| {
        let legal = matches!(byte, b'a'..=b'z' | b'0'..=b'9') || (byte == b'_' && before != b'_');
        before = byte;
        legal
    });
    plain && before != b'_'
}

/// Do all of the first list stand in the second, in the same order?
fn within(words: &[&str], all: &[&str]) -> bool {
    let mut all = all.iter();
    words.iter().all(|word| all.any(|other| same_word(word, other)))
}

/// Words that are written in capitals in a sentence.
const ACRONYMS: &[&str] = &[
    "API", "BIC", "BOM", "CIS", "COA", "CSV", "DATEV", "DUNS", "EC", "EU", "FIFO", "GB", "GIFI", "GST", "GUID", "HMRC",
    "HST", "HTML", "HTTP", "IBAN", "ID", "IE", "ISO", "JSON", "PDF", "POP", "PST", "QST", "SIC", "SKU", "SOFA", "SOP",
    "SSN", "UK", "URI", "URL", "URN", "UUID", "VAT", "XML",
];

/// Does it begin with the sound of a vowel, as it is written by [`Words::prose`]?
pub(crate) fn begins_with_vowel(prose: &str) -> bool {
    let first = prose.split(' ').next().unwrap_or_default();
    if ACRONYMS.contains(&first) {
        // Letter by letter, but for those that are read as a word.
        return !["FIFO", "SIC", "SOFA"].contains(&first) && first.starts_with(|c| "AEFHILMNORSX".contains(c));
    }
    // These begin with the sound of a consonant.
    let sounds = !["eu", "one", "uni", "use", "usa", "uti", "u1"].iter().any(|start| first.starts_with(start));
    first.starts_with(['a', 'e', 'i', 'o', 'u']) && (sounds || first.starts_with("unin"))
}

fn same_word(a: &str, b: &str) -> bool {
    a == b || singular_word(a) == singular_word(b)
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
    ("bureaus", "bureau"),
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
            ("SalesInvoices", "sales_invoice_line", "SalesInvoiceLine"),
            ("TaxRate", "component_tax_rate", "ComponentTaxRate"),
            ("StocktakeCountSheetItem", "stocktake_trace_count_sheet_items", "StocktakeTraceCountSheetItems"),
            ("Bank", "bank_address", "BankAddress"),
            ("Item", "main_item", "ItemMainItem"),
        ] {
            assert_eq!(Words::of(left).overlap(&Words::of(right)).camel(), joined);
        }
    }

    #[test]
    fn acronyms_are_capitals_in_a_sentence() {
        for (text, prose) in
            [("EuSalesDescription", "EU sales description"), ("sop_orders", "SOP orders"), ("box_T1", "box T1")]
        {
            assert_eq!(Words::of(text).prose(), prose);
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
            ("credit_bureaus", "credit_bureau"),
            ("countries_of_registration", "country_of_registration"),
            ("terms_of_delivery_types", "terms_of_delivery_type"),
        ] {
            assert_eq!(Words::of(plural).singular().snake(), singular);
        }
    }
}
