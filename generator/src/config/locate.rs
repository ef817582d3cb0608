//! Where a setting stands in `api.toml`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The bytes of the key at this pointer, or of as much of it as exists.
pub(super) fn locate(text: &str, pointer: &str) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let mut steps = pointer.split('/').skip(1);
    let (key, value) = table.get_ref().get_key_value(steps.next()?)?;
    let (mut found, mut inside) = (key.span(), value);
    for step in steps {
        let step = &step.replace("~1", "/").replace("~0", "~");
        let Some((span, value)) = member(inside, step) else { break };
        (found, inside) = (span, value);
    }
    Some(found)
}

/// A member of a table at its key, an item of a list at its value.
fn member<'t, 'i>(value: &'t Spanned<DeValue<'i>>, step: &str) -> Option<(Range<usize>, &'t Spanned<DeValue<'i>>)> {
    match value.get_ref() {
        DeValue::Table(table) => table.get_key_value(step).map(|(key, value)| (key.span(), value)),
        DeValue::Array(items) => items.get(step.parse::<usize>().ok()?).map(|item| (item.span(), item)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn settings_are_found() {
        let text = "module = 'x'\n[server]\nurl = 'u'\n[[headers]]\nname = 'A'\n[conventions.list-envelope]\nalso = ['/a', '/b']\n[operations.'GET /a~b']\nmethod = 'm'\n";
        let cases = [
            ("/module", "module"),
            ("/server/url", "url"),
            ("/headers/0/name", "name"),
            ("/conventions/list-envelope", "list-envelope"),
            ("/conventions/list-envelope/also/1", "'/b'"),
            ("/operations/GET ~1a~0b/method", "method"),
            ("/server/none", "server"),
        ];
        for (pointer, found) in cases {
            assert_eq!(locate(text, pointer).map(|span| &text[span]), Some(found), "{pointer}");
        }
        assert_eq!(locate(text, "/none"), None);
    }
}
