//! What a value is, by its key and by its form.

use super::Names;
use crate::infer::{is_date, is_moment};
use crate::names::Words;

/// What a value was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A password, a token or a key.
    Secret,
    /// The name of a person or a company, or what it is displayed as.
    Name,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A part of a postal address.
    Address,
    /// The number of an account or a card.
    Bank,
    /// The number of a taxpayer or of a register.
    Tax,
    /// A date of birth.
    Birth,
    /// An id.
    Id,
    /// An address on the web, or a path with ids.
    Url,
    /// The content of a file.
    File,
    /// Free text, in which there may be anything.
    Text,
}

impl Class {
    /// In words, for one and for several.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Class::Secret => ("secret", "secrets"),
            Class::Name => ("name", "names"),
            Class::Email => ("e-mail address", "e-mail addresses"),
            Class::Phone => ("telephone number", "telephone numbers"),
            Class::Address => ("part of an address", "parts of addresses"),
            Class::Bank => ("bank or card number", "bank or card numbers"),
            Class::Tax => ("tax or register number", "tax or register numbers"),
            Class::Birth => ("date of birth", "dates of birth"),
            Class::Id => ("id", "ids"),
            Class::Url => ("web address or path", "web addresses or paths"),
            Class::File => ("file", "files"),
            Class::Text => ("free text", "free texts"),
        }
    }
}

/// Words of keys whose values are secrets.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "authorization",
    "credential",
    "credentials",
    "apikey",
    "cookie",
    "jwt",
    "signature",
    "otp",
    "pin",
    "session",
    "sessionid",
    "bearer",
    "csrf",
    "xsrf",
];
/// What makes a key a secret one.
const SECRET_KEYS: &[&str] =
    &["api", "access", "subscription", "private", "license", "licence", "auth", "signing", "encryption"];
const PHONE: &[&str] = &["phone", "telephone", "mobile", "fax", "tel", "cell", "cellphone", "landline"];
const EMAIL: &[&str] = &["email", "mail", "emails"];
const BIRTH: &[&str] = &["birth", "birthday", "birthdate", "dob"];
const ADDRESS: &[&str] = &[
    "address",
    "addresses",
    "street",
    "city",
    "town",
    "postcode",
    "zip",
    "zipcode",
    "county",
    "suburb",
    "building",
    "latitude",
    "longitude",
    "lat",
    "lng",
    "postal",
    "house",
];
const NAME: &[&str] = &[
    "name",
    "names",
    "surname",
    "forename",
    "firstname",
    "lastname",
    "fullname",
    "username",
    "nickname",
    "displayed",
    "holder",
    "owner",
    "recipient",
    "sender",
    "company",
    "contact",
    "author",
    "user",
    "login",
    "signatory",
    "payee",
    "payer",
    "customer",
    "supplier",
    "employee",
    "person",
    "attention",
    "salutation",
    "initials",
];
const NUMBERS: &[&str] = &["number", "numbers", "no", "code", "reference", "id", "registration", "identifier"];
const BANK: &[&str] = &["iban", "bic", "swift", "bban", "pan", "card", "mandate", "sortcode"];
const TAX: &[&str] = &["utr", "nino", "ssn", "ein", "siret", "siren", "nif", "cif", "tin", "eori", "vatin", "passport"];
const TEXT: &[&str] = &[
    "notes",
    "note",
    "description",
    "message",
    "comment",
    "comments",
    "memo",
    "details",
    "subject",
    "narrative",
    "reference",
    "references",
    "reason",
    "remarks",
    "text",
    "body",
    "summary",
    "title",
    "terms",
    "instructions",
];
const CODES: &[&str] = &[
    "type", "types", "status", "currency", "country", "locale", "language", "region", "code", "kind", "format", "unit",
];
const FILES: &[&str] = &["file", "content", "contents", "data", "image", "logo", "attachment", "pdf"];

/// What a text is; `None` if it may stay.
pub(super) fn classify(names: &Names<'_>, text: &str) -> Option<Class> {
    let own = Words::of(names.key);
    let all = Words::of(names.parent).then(&own);
    let is = |known: &[&str]| own.iter().any(|word| known.contains(&word));
    let inside = |known: &[&str]| all.iter().any(|word| known.contains(&word));
    let last = own.last().unwrap_or_default();
    if is_secret_key(&own) || is_token(text) {
        return Some(Class::Secret);
    }
    if FILES.contains(&last) && is_content(text) {
        return Some(Class::File);
    }
    if is(BIRTH) || all.iter().any(|word| BIRTH.contains(&word)) && is_date(text) {
        return Some(Class::Birth);
    }
    if is_email(text) || (is(EMAIL) && !text.contains(char::is_whitespace) && !is_code(text)) {
        return Some(Class::Email);
    }
    if text.contains("://") {
        return Some(Class::Url);
    }
    if is_date(text) || is_moment(text) || matches!(text, "true" | "false") {
        return None;
    }
    if is(PHONE) || is_phone(text) {
        return Some(Class::Phone);
    }
    let numbered = is(NUMBERS);
    if is_iban(text)
        || is_card(text)
        || inside(BANK) && has_digits(text)
        || numbered && inside(&["bank", "account", "sort", "routing", "creditor", "card"]) && has_digits(text)
    {
        return Some(Class::Bank);
    }
    let taxed = inside(&["tax", "vat", "gst", "registered", "registration", "insurance", "company"]);
    if inside(TAX) && has_digits(text) || numbered && taxed && digits(text) > 4 || is_national_insurance(text) {
        return Some(Class::Tax);
    }
    if text.starts_with('/') && !text.contains(char::is_whitespace) {
        return Some(Class::Url);
    }
    if is_hexadecimal_id(text) {
        return Some(Class::Id);
    }
    if matches!(last, "id" | "ids" | "guid" | "uuid" | "uid" | "urn" | "key") {
        return (!is_code(text) && digits(text) > 4).then_some(Class::Id);
    }
    if CODES.contains(&last) && (is_code(text) || text.len() <= 5) {
        return None;
    }
    if is_number(text) && !is(ADDRESS) && !is(TEXT) {
        return None;
    }
    let constant = text.contains('_') && is_code(text) && text == text.to_ascii_uppercase();
    if is(NAME) && !constant {
        return Some(Class::Name);
    }
    if inside(ADDRESS) && !constant {
        return Some(Class::Address);
    }
    if is(TEXT) && !constant {
        return Some(Class::Text);
    }
    // Nobody knows what it is: several words, or letters of any language, may say anything.
    (text.contains(char::is_whitespace) || !text.is_ascii()).then_some(Class::Text)
}

/// What a number is, if it cannot stay.
pub(super) fn of_number(names: &Names<'_>, text: &str) -> Option<Class> {
    let own = Words::of(names.key);
    let all = Words::of(names.parent).then(&own);
    let is = |known: &[&str]| own.iter().any(|word| known.contains(&word));
    let inside = |known: &[&str]| all.iter().any(|word| known.contains(&word));
    let whole = text.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = is(NUMBERS);
    if is_secret_key(&own) {
        Some(Class::Secret)
    } else if is(PHONE) {
        Some(Class::Phone)
    } else if whole && (inside(BANK) || numbered && inside(&["bank", "account", "sort", "routing", "creditor", "card"]))
    {
        Some(Class::Bank)
    } else if whole
        && (inside(TAX) || numbered && inside(&["tax", "vat", "gst", "registered", "registration", "insurance"]))
    {
        Some(Class::Tax)
    } else if is(ADDRESS) {
        Some(Class::Address)
    } else if whole && text.len() > 4 && matches!(own.last(), Some("id" | "ids" | "urn" | "key" | "uid")) {
        Some(Class::Id)
    } else {
        None
    }
}

/// What the key of an object is, if it is no name of a property.
pub(super) fn of_key(key: &str) -> Option<Class> {
    if is_email(key) {
        Some(Class::Email)
    } else if is_hexadecimal_id(key) || (digits(key) == key.len() && key.len() > 4) {
        Some(Class::Id)
    } else {
        None
    }
}

/// Does a key say that its value is secret?
pub(super) fn is_secret_key(words: &Words) -> bool {
    let all: Vec<&str> = words.iter().collect();
    all.iter().any(|word| SECRET.contains(word))
        || all.windows(2).any(|pair| pair[1] == "key" && SECRET_KEYS.contains(&pair[0]))
}

/// A token that says so: of JWT, of `Authorization`, of a key in a file.
pub(super) fn is_token(text: &str) -> bool {
    let jwt = text.starts_with("eyJ") && text.split('.').count() >= 3;
    let scheme =
        ["Bearer ", "Basic ", "bearer ", "basic "].iter().any(|scheme| text.starts_with(scheme) && text.len() > 14);
    let prefixes = [
        "sk_live_",
        "sk_test_",
        "pk_live_",
        "rk_live_",
        "ghp_",
        "gho_",
        "github_pat_",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "AIza",
        "shpat_",
    ];
    jwt || scheme
        || text.contains("-----BEGIN")
        || prefixes.iter().any(|prefix| text.starts_with(prefix) && text.len() > prefix.len() + 8)
}

/// `somebody@example.com`, alone or in a text.
pub(super) fn is_email(text: &str) -> bool {
    text.split(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | ',' | ';' | '(' | ')' | '"')).any(
        |word| {
            word.split_once('@').is_some_and(|(local, host)| {
                !local.is_empty() && host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty())
            })
        },
    )
}

/// A number as telephones have it: with a plus, or with spaces or brackets after a zero.
fn is_phone(text: &str) -> bool {
    let legal =
        text.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | ' ' | '-' | '(' | ')' | '/' | '.'));
    let count = digits(text);
    let begins = text.starts_with('+') || text.starts_with("(0") || (text.starts_with('0') && text.contains(' '));
    legal && begins && (7..=15).contains(&count)
}

/// An IBAN: two letters, and digits with which the checksum is right.
pub(crate) fn is_iban(text: &str) -> bool {
    let compact: String = text.chars().filter(|letter| *letter != ' ').collect();
    let bytes = compact.as_bytes();
    let form = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    form && remainder(&format!("{}{}", &compact[4..], &compact[..4])) == 1
}

/// The number of an IBAN, letters as two digits, modulo 97.
pub(super) fn remainder(text: &str) -> u32 {
    text.bytes().fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.saturating_sub(b'A')) + 10) % 97,
    })
}

/// A number of 13 to 19 digits with which the checksum of cards is right.
pub(super) fn is_card(text: &str) -> bool {
    let compact: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let legal = (13..=19).contains(&compact.len()) && compact.bytes().all(|byte| byte.is_ascii_digit());
    let doubled = |(index, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0') * if index % 2 == 1 { 2 } else { 1 };
        if digit > 9 { digit - 9 } else { digit }
    };
    legal && compact.bytes().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// `QQ123456C`
fn is_national_insurance(text: &str) -> bool {
    let compact: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    matches!(compact.as_slice(), [a, b, rest @ .., c] if rest.len() == 6
        && [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) && rest.iter().all(u8::is_ascii_digit))
}

/// An id of 16 hexadecimal digits or more, with or without hyphens.
pub(super) fn is_hexadecimal_id(text: &str) -> bool {
    let count = text.bytes().filter(u8::is_ascii_hexdigit).count();
    count >= 16 && digits(text) > 1 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The content of a file in Base64.
fn is_content(text: &str) -> bool {
    text.len() >= 16
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\n' | b'\r'))
}

/// A constant or a word of an enumeration: letters and underscores, few digits.
pub(super) fn is_code(text: &str) -> bool {
    let legal = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    legal && text.len() <= 40 && digits(text) < 4 && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A number as it is sent for an amount.
fn is_number(text: &str) -> bool {
    crate::node::Number::parse(text).is_some()
}

fn has_digits(text: &str) -> bool {
    digits(text) > 0
}

pub(super) fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}
