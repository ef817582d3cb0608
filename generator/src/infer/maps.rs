//! Objects whose keys are no names but ids, dates or codes: maps.

use super::evidence::{Evidence, Objects};
use super::text;

/// What the values are, if the keys are no names of properties.
pub(super) fn values(objects: &Objects) -> Option<Evidence> {
    let keys = || objects.members.keys().map(String::as_str);
    // A single code may be the name of a property; an id never is.
    let ids = keys().next().is_some() && keys().all(is_id);
    let codes = objects.members.len() > 1 && (keys().all(is_currency) || keys().all(is_locale));
    if !(ids || codes) {
        return None;
    }
    let mut values = Evidence::default();
    for value in objects.members.values() {
        values.join(value.clone());
    }
    Some(values)
}

/// `4711`, `b88e0000-…`, 16 hexadecimal digits or more with a number among them, `2024-05-31`.
fn is_id(key: &str) -> bool {
    let number = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    let hexadecimal = |key: &str| key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    number || (key.len() >= 16 && hexadecimal(key) && digits > 1) || text::is_date(key)
}

/// `GBP`
fn is_currency(key: &str) -> bool {
    key.len() == 3 && key.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `en-GB`
fn is_locale(key: &str) -> bool {
    let Some((language, country)) = key.split_once(['-', '_']) else { return false };
    language.len() == 2
        && country.len() == 2
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
}
