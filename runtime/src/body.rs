//! Bodies of requests: JSON, forms, multipart forms.

mod multipart;

pub use multipart::Part;
pub(crate) use multipart::multipart;

use crate::json::Writer;
use crate::model::Model;
use crate::path;
use crate::raw::{Json, members};
use crate::value::Value;

/// A body as JSON.
pub(crate) struct Written {
    pub(crate) text: String,
    /// The id by which the service knows it again, of whomever it is.
    pub(crate) id: Option<String>,
    /// The first of its properties that is professional-only.
    pub(crate) professional: Option<&'static str>,
}

/// The JSON of a body: with the idempotency id, if one is due and none is there, and in its wrapper.
pub(crate) fn json<T: Value>(value: &T, wrapper: Option<&str>, id: Option<&str>) -> Result<Written, String> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    let professional = writer.professional();
    let (text, id) = match id {
        Some(property) => with_id(writer.finish(), property)?,
        None => (writer.finish(), None),
    };
    let text = match wrapper {
        None => text,
        Some(wrapper) => {
            let mut writer = Writer::new();
            writer.open('{');
            writer.key(wrapper);
            writer.raw(&text);
            writer.close('}');
            writer.finish()
        }
    };
    Ok(Written { text, id, professional })
}

fn with_id(text: String, property: &str) -> Result<(String, Option<String>), String> {
    let mut empty = true;
    let mut own = None;
    let is_object = members(&text, |name, value| {
        empty = false;
        if name == property {
            // An empty id is none to the service; who sets one wants none.
            own = Some(scalar(&Json::trusted(value)));
        }
    })
    .is_ok();
    if own.is_some() || !is_object {
        return Ok((text, own.filter(|id| !id.is_empty())));
    }
    let mut writer = Writer::new();
    writer.open('{');
    writer.key(property);
    let id = random_hex()?;
    writer.string(&id);
    writer.raw(if empty { "" } else { "," });
    writer.raw(&text[1..]);
    Ok((writer.finish(), Some(id)))
}

/// 32 hexadecimal digits from the operating system's source of randomness.
pub(crate) fn random_hex() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).map_err(|error| format!("the operating system gives no random bytes: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `a=1&b=2`: scalars as their text, lists as repeated names, anything deeper as JSON.
pub(crate) fn form(model: &dyn Model) -> String {
    let pairs = texts(model).into_iter().map(|(name, value)| format!("{}={}", path::query(&name), path::query(&value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The properties of a model that have a text.
pub(crate) fn texts(model: &dyn Model) -> Vec<(String, String)> {
    let mut writer = Writer::new();
    crate::model::write_model(model, &mut writer);
    let mut pairs = Vec::new();
    // The text is ours and an object, so this can not fail.
    let _ = members(&writer.finish(), |name, value| flatten(name, value, &mut pairs));
    pairs
}

fn flatten(name: &str, value: &str, pairs: &mut Vec<(String, String)>) {
    let items = if value.starts_with('[') { crate::json::from_str::<Vec<Json>>(value).ok() } else { None };
    match items {
        Some(items) => pairs.extend(items.iter().map(|item| (name.to_owned(), scalar(item)))),
        None => pairs.push((name.to_owned(), scalar(&Json::trusted(value)))),
    }
}

/// The text of a string, nothing for null, the JSON of anything else.
pub(crate) fn scalar(value: &Json) -> String {
    match value.as_str() {
        Some(text) => text.into_owned(),
        None if value.is_null() => String::new(),
        None => value.as_text().to_owned(),
    }
}
