//! What texts were seen: dates, moments, decimals, placeholders, others.

use std::collections::BTreeMap;

use super::number::Numbers;
use crate::node::{Node, Number};
use crate::ordered;

/// Kinds of texts that were seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// `""`
    pub(super) empty: bool,
    /// Digits only, or a sign and digits; also the number of an account or of a telephone.
    pub(super) digits: bool,
    /// A decimal number with a point, as money is often sent.
    pub(super) decimal: bool,
    /// A date.
    pub(super) date: bool,
    /// A date and a time of day.
    pub(super) moment: bool,
    /// The same, written as this project's clients write it.
    pub(super) plain_moment: bool,
    /// Anything else.
    pub(super) other: bool,
    /// The placeholder of text.
    pub(super) said_text: bool,
    /// The placeholder of a date.
    pub(super) said_date: bool,
    /// The placeholder of a moment.
    pub(super) said_moment: bool,
    /// A decimal number was sent: whoever takes it as text may want it as text.
    sent_decimal: bool,
    /// A moment was sent that is written otherwise than this project's clients write it.
    sent_odd_moment: bool,
    /// How often each was seen, if they could be the values of an enumeration.
    values: Values,
}

/// What texts there were and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Values {
    Few(BTreeMap<String, u32>),
    /// Too many to be an enumeration, or one that is no word of one.
    Many,
}

impl Default for Values {
    fn default() -> Self {
        Self::Few(BTreeMap::new())
    }
}

/// More different texts than this are no enumeration.
const MOST_VALUES: usize = 8;
/// Fewer texts than this are too small a sample for one.
const LEAST_TEXTS: u32 = 24;
/// A value of an enumeration was seen as often.
const LEAST_EACH: u32 = 3;
/// The longest word of an enumeration.
const LONGEST_WORD: usize = 40;

/// What a text is evidence of.
pub(super) enum Evidence {
    /// Text of some kind.
    Text(Texts),
    /// The placeholder of a number.
    Number(Numbers),
    /// The placeholder of `true` or `false`.
    Boolean,
    /// A placeholder that does not even say of which kind it is.
    Nothing,
}

/// What this text is evidence of.
pub(super) fn of(text: &str) -> Evidence {
    if let Some(said) = placeholder(text) {
        return said;
    }
    let mut seen = Texts::default();
    match text {
        "" => seen.empty = true,
        _ if is_date(text) => seen.date = true,
        _ if is_moment(text) => {
            seen.moment = true;
            seen.plain_moment = is_plain(text);
        }
        _ if is_decimal(text) => seen.decimal = true,
        _ if is_digits(text) => seen.digits = true,
        _ => seen.other = true,
    }
    seen.values = match text {
        "" => Values::default(),
        _ if is_word(text) => Values::Few(ordered::map([(text.to_owned(), 1)])),
        _ => Values::Many,
    };
    Evidence::Text(seen)
}

/// What can be put in the place of a placeholder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StandIn {
    /// Nothing, as it does not even say of which kind it is.
    Nothing,
    /// Itself: it is text, and stands for text.
    Itself,
    /// A value of its kind.
    Value(Node),
}

/// What can be put in the place of this text, if it is a placeholder.
pub(crate) fn stand_in(text: &str) -> Option<StandIn> {
    let number =
        |text: &str| Number::parse(text).map_or(StandIn::Nothing, |number| StandIn::Value(Node::Number(number)));
    Some(match placeholder(text)? {
        _ if text.starts_with("<Error") => StandIn::Nothing,
        Evidence::Nothing => StandIn::Nothing,
        Evidence::Boolean => StandIn::Value(true.into()),
        Evidence::Number(said) if said == Numbers::SAID_WHOLE => number("1"),
        Evidence::Number(_) => number("1.5"),
        Evidence::Text(said) if said.said_date => StandIn::Value("2000-01-01".into()),
        Evidence::Text(said) if said.said_moment => StandIn::Value("2000-01-01T00:00:00Z".into()),
        Evidence::Text(_) => StandIn::Itself,
    })
}

/// Does this text only stand for a value of its kind?
pub fn is_placeholder(text: &str) -> bool {
    placeholder(text).is_some()
}

fn placeholder(text: &str) -> Option<Evidence> {
    let said_text = Texts { said_text: true, ..Texts::default() };
    if let Some(name) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
        if name.is_empty() || name.contains(['<', '>', '/', '=', '"']) {
            return None;
        }
        return Some(match name.to_ascii_lowercase().replace(['-', '_', ' '], "").as_str() {
            "datetime" | "timestamp" => Evidence::Text(Texts { said_moment: true, ..Texts::default() }),
            "date" => Evidence::Text(Texts { said_date: true, ..Texts::default() }),
            "integer" | "int" | "int32" | "int64" | "long" => Evidence::Number(Numbers::SAID_WHOLE),
            "number" | "float" | "double" | "decimal" => Evidence::Number(Numbers::SAID_DECIMAL),
            "boolean" | "bool" => Evidence::Boolean,
            "any" => Evidence::Nothing,
            _ => Evidence::Text(said_text),
        });
    }
    let stands_for_text = text == "string" || is_variable(text) || is_filler(text);
    stands_for_text.then_some(Evidence::Text(said_text))
}

/// `{{contact_id}}`
fn is_variable(text: &str) -> bool {
    text.strip_prefix("{{")
        .and_then(|text| text.strip_suffix("}}"))
        .is_some_and(|name| !name.is_empty() && !name.contains(['{', '}']))
}

/// The words of the text that printers fill pages with, as converters to Postman collections do.
const FILLER: &[&str] = &[
    "ad",
    "adipisicing",
    "aliqua",
    "aliquip",
    "amet",
    "anim",
    "aute",
    "cillum",
    "commodo",
    "consectetur",
    "consequat",
    "culpa",
    "cupidatat",
    "deserunt",
    "do",
    "dolor",
    "dolore",
    "duis",
    "ea",
    "eiusmod",
    "elit",
    "enim",
    "esse",
    "est",
    "et",
    "eu",
    "ex",
    "excepteur",
    "exercitation",
    "fugiat",
    "id",
    "in",
    "incididunt",
    "ipsum",
    "irure",
    "labore",
    "laboris",
    "laborum",
    "lorem",
    "magna",
    "minim",
    "mollit",
    "nisi",
    "non",
    "nostrud",
    "nulla",
    "occaecat",
    "officia",
    "pariatur",
    "proident",
    "qui",
    "quis",
    "reprehenderit",
    "sed",
    "sint",
    "sit",
    "sunt",
    "tempor",
    "ullamco",
    "ut",
    "velit",
    "veniam",
    "voluptate",
];

/// Two words of that text or more: a single one may be a word of another language.
fn is_filler(text: &str) -> bool {
    let mut words = 0;
    let all = text.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty()).all(|word| {
        words += 1;
        FILLER.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
    });
    all && words > 1
}

/// Could it be a word of an enumeration: `DRAFT`, `net_sixty_days`?
fn is_word(text: &str) -> bool {
    let mut letters = text.chars();
    let begins = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic());
    let goes_on = letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'));
    // What ends in many digits is counted up.
    let counted = text.bytes().filter(u8::is_ascii_digit).count() > 3;
    begins && goes_on && !counted && text.len() <= LONGEST_WORD
}

/// `-12.50`: as a decimal number is written, with a digit before the point and no zero that is not needed.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let Some((whole, fraction)) = unsigned.split_once('.') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let zero = unsigned.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    digits(whole)
        && digits(fraction)
        && (whole == "0" || !whole.starts_with('0'))
        && whole.len() + fraction.len() <= 28
        && !(zero && unsigned.len() < text.len())
}

/// `120`, as a decimal number without a fraction is written.
fn is_digits(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let plain = unsigned == "0" && !text.starts_with('-') || !unsigned.starts_with('0');
    plain && !unsigned.is_empty() && unsigned.len() <= 28 && unsigned.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2024-02-29`
pub(crate) fn is_date(text: &str) -> bool {
    after_date(text.as_bytes()).is_some_and(<[u8]>::is_empty)
}

/// A date and a time of day, as clients read it: RFC 3339, also with a space for the `T`, without seconds, and without
/// an offset.
pub(crate) fn is_moment(text: &str) -> bool {
    let Some([b'T' | b't' | b' ', time @ ..]) = after_date(text.as_bytes()) else { return false };
    after_time(time).is_some_and(is_offset)
}

/// A date with midnight behind it, as some services write dates.
pub(crate) fn is_midnight(text: &str) -> bool {
    let zero = |time: &[u8]| time.iter().all(|byte| matches!(byte, b'0' | b':' | b'.' | b','));
    let Some([_, time @ ..]) = after_date(text.as_bytes()) else { return false };
    is_moment(text) && after_time(time).is_some_and(|rest| zero(&time[..time.len() - rest.len()]))
}

/// A moment as clients write it: with seconds and an offset, `Z` for none, and no zero at the end of the fraction.
pub(crate) fn is_plain(text: &str) -> bool {
    let Some([b'T', time @ ..]) = after_date(text.as_bytes()) else { return false };
    let Some(rest) = after_time(time) else { return false };
    let clock = &time[..time.len() - rest.len()];
    let fraction = match clock {
        [_, _, b':', _, _, b':', _, _] => true,
        [_, _, b':', _, _, b':', _, _, b'.', fraction @ ..] => fraction.len() <= 9 && !fraction.ends_with(b"0"),
        _ => false,
    };
    let zero = [b"+00:00", b"-00:00"].iter().any(|zero| rest == *zero);
    fraction && (rest == b"Z" || matches!(rest, [b'+' | b'-', _, _, b':', _, _]) && !zero)
}

fn two(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Some((u32::from(a - b'0') * 10 + u32::from(b - b'0'), rest)),
        _ => None,
    }
}

/// What follows the date at the beginning, which is one of the calendar.
fn after_date(text: &[u8]) -> Option<&[u8]> {
    let (century, rest) = two(text)?;
    let (year, rest) = two(rest)?;
    let (month, rest) = two(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two(rest.strip_prefix(b"-")?)?;
    let year = century * 100 + year;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// What follows the time of day at the beginning.
fn after_time(text: &[u8]) -> Option<&[u8]> {
    let (hour, rest) = two(text)?;
    let (minute, rest) = two(rest.strip_prefix(b":")?)?;
    if hour > 23 || minute > 59 {
        return None;
    }
    let Some(seconds) = rest.strip_prefix(b":") else { return Some(rest) };
    let (second, rest) = two(seconds)?;
    if second > 59 {
        return None;
    }
    let Some(fraction) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) else { return Some(rest) };
    let count = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then(|| &fraction[count..])
}

fn is_offset(text: &[u8]) -> bool {
    let Some(digits) = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")) else {
        return matches!(text, [] | [b'Z' | b'z']);
    };
    let Some((hours, rest)) = two(digits) else { return false };
    let minutes = match rest {
        [] => Some((0, rest)),
        _ => two(rest.strip_prefix(b":").unwrap_or(rest)),
    };
    minutes.is_some_and(|(minutes, rest)| hours < 24 && minutes < 60 && rest.is_empty())
}

impl Texts {
    pub(super) fn join(&mut self, other: Self) {
        let plain = self.are_plain() && other.are_plain();
        self.empty |= other.empty;
        self.digits |= other.digits;
        self.decimal |= other.decimal;
        self.date |= other.date;
        self.moment |= other.moment;
        self.plain_moment = self.moment && plain;
        self.other |= other.other;
        self.said_text |= other.said_text;
        self.said_date |= other.said_date;
        self.said_moment |= other.said_moment;
        self.sent_decimal |= other.sent_decimal;
        self.sent_odd_moment |= other.sent_odd_moment;
        self.values.join(other.values);
    }

    /// Was there a text that is no placeholder?
    pub(super) fn is_seen(&self) -> bool {
        self.empty || self.digits || self.decimal || self.date || self.moment || self.other
    }

    /// Was there any text?
    pub(super) fn is_any(&self) -> bool {
        self.is_seen() || self.said_text || self.said_date || self.said_moment
    }

    /// Are moments written as clients write them?
    pub(super) fn are_plain(&self) -> bool {
        !self.moment || self.plain_moment
    }

    /// The same texts, as they were sent.
    pub(super) fn sent(self) -> Self {
        Self { sent_decimal: self.decimal, sent_odd_moment: !self.are_plain(), ..self }
    }

    /// Would a client send some of them otherwise than they were sent, if they were taken for numbers or moments?
    pub(super) fn are_sent_as_text(&self) -> bool {
        self.sent_decimal || self.sent_odd_moment
    }

    /// Is a single text a number as it is written in a query?
    pub(super) fn is_number(&self) -> bool {
        self.digits || self.decimal
    }

    /// Does each of them write a number?
    pub(super) fn are_numbers(&self) -> bool {
        let others = self.empty || self.date || self.moment || self.other;
        let said = self.said_text || self.said_date || self.said_moment;
        (self.decimal || self.digits) && !others && !said
    }

    /// The values, if they are the few of an enumeration and were seen often enough.
    pub(super) fn enumeration(&self) -> Option<Vec<&str>> {
        let Values::Few(values) = &self.values else { return None };
        let enough = values.values().sum::<u32>() >= LEAST_TEXTS && values.values().all(|count| *count >= LEAST_EACH);
        (enough && values.len() > 1).then(|| values.keys().map(String::as_str).collect())
    }
}

impl Values {
    fn join(&mut self, other: Self) {
        match (&mut *self, other) {
            (Values::Few(mine), Values::Few(others)) => {
                for (text, count) in others {
                    let known = mine.entry(text).or_default();
                    *known = known.saturating_add(count);
                }
                if mine.len() > MOST_VALUES {
                    *self = Values::Many;
                }
            }
            _ => *self = Values::Many,
        }
    }
}
