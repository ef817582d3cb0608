//! What services say is wrong, from the shapes in which they say it.

use std::fmt;

use serde_json::{Map, Value};

/// One thing that the service says is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// How bad it is, e.g. `error`.
    pub severity: Option<String>,
    /// A code for programs, e.g. `RecordInvalid`.
    pub code: Option<String>,
    /// A sentence for people.
    pub message: Option<String>,
    /// The property that is meant, e.g. `contact.name`.
    pub source: Option<String>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line =
            |text: &str| text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(f, "{}: {}", line(code), line(message))?,
            (Some(text), None) | (None, Some(text)) => f.write_str(&line(text))?,
            (None, None) => f.write_str("no reason given")?,
        }
        match &self.source {
            Some(source) => write!(f, " ({})", line(source)),
            None => Ok(()),
        }
    }
}

/// The names under which each part is known: Sage Accounting, Sage 200, its gateway, RFC 9457, OAuth, and what is common.
const SEVERITY: &[&str] = &["$severity", "severity"];
const CODE: &[&str] = &["$dataCode", "dataCode", "error", "code", "statusCode", "type"];
const MESSAGE: &[&str] =
    &["$message", "Message", "message", "error_description", "detail", "title", "ExceptionMessage", "reason"];
const SOURCE: &[&str] = &["$source", "source", "field", "instance"];
/// The names of lists of errors inside an object.
const LISTS: &[&str] = &["errors", "$diagnoses", "diagnoses", "error", "Errors"];
/// No reply lists more that anyone reads.
const MOST: usize = 100;

/// The errors in a body; none if it has no shape that is known. `clean` takes secrets out of each text: not out of the
/// body, as a secret may be short enough to stand in the name of a member.
pub(super) fn parse(text: &str, clean: impl Fn(&str) -> String) -> Vec<ApiError> {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return Vec::new();
    };
    let mut errors = Vec::new();
    collect(&value, 0, &mut errors);
    for error in &mut errors {
        let parts = [&mut error.severity, &mut error.code, &mut error.message, &mut error.source];
        for part in parts.into_iter().flatten() {
            *part = clean(part);
        }
    }
    errors
}

fn collect(value: &Value, depth: u8, errors: &mut Vec<ApiError>) {
    if depth > 2 || errors.len() >= MOST {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth + 1, errors)),
        Value::Object(object) => {
            let before = errors.len();
            for list in
                LISTS.iter().filter_map(|name| object.get(*name)).filter(|list| list.is_array() || list.is_object())
            {
                collect(list, depth + 1, errors);
            }
            if errors.len() == before {
                errors.extend(one(object));
            }
        }
        _ => {}
    }
}

fn one(object: &Map<String, Value>) -> Option<ApiError> {
    let text = |names: &[&str]| {
        names.iter().find_map(|name| match object.get(*name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let error = ApiError { severity: text(SEVERITY), code: text(CODE), message: text(MESSAGE), source: text(SOURCE) };
    (error.code.is_some() || error.message.is_some()).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn e02_every_shape_is_read() {
        let table = [
            (
                r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"is blank","$source":"contact.name"},{"$message":"b"}]"#,
                "RecordInvalid: is blank (contact.name) | b",
            ),
            (
                r#"{"Message":"Authorization has been denied for this request."}"#,
                "Authorization has been denied for this request.",
            ),
            (r#"{"statusCode":404,"message":"Resource not found"}"#, "404: Resource not found"),
            (r#"{"type":"about:blank","title":"Not allowed","status":403,"detail":"No."}"#, "about:blank: No."),
            (r#"{"error":"invalid_grant","error_description":"Expired"}"#, "invalid_grant: Expired"),
            (r#"{"error":{"code":"x","message":"y"}}"#, "x: y"),
            (r#"{"errors":[{"message":"a"},{"message":"b\nc"}]}"#, "a | b c"),
            (r#"{"other":1}"#, ""),
            ("<html>", ""),
            ("", ""),
            ("[[[[[[1]]]]]]", ""),
        ];
        for (text, expected) in table {
            let shown: Vec<_> = parse(text, str::to_owned).iter().map(ToString::to_string).collect();
            assert_eq!(shown.join(" | "), expected, "{text}");
        }
    }
}
