//! What is wrong with a request, and how each service says it.

use crate::Api;
use crate::json::{Node, object};
use crate::reply::Reply;

/// Something that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    /// Sage Accounting's `$dataCode`.
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Where, e.g. `name`; `""` for the request as a whole.
    pub(crate) at: String,
    /// Seconds after which the same request may come again.
    pub(crate) retry_after: Option<i64>,
}

impl Fault {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), at: String::new(), retry_after: None }
    }

    /// The value at this place is not accepted.
    pub(crate) fn invalid(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: at.into(), ..Self::new(422, "RecordInvalid", message) }
    }

    pub(crate) fn not_found(resource: &str, id: &str) -> Self {
        Self::new(404, "RecordNotFound", format!("there is no `{id}` in {resource}"))
    }

    pub(crate) fn unknown_reference(at: &str, resource: &str, id: &str) -> Self {
        Self::invalid(at, format!("`{id}` is not in {resource}"))
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "AuthorizationFailure", message)
    }

    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(403, "MultiUserAccessDenied", message)
    }
}

/// The reply for these faults, the first of which gives the status. `wrapper` is the name of the body's payload.
pub(crate) fn reply(api: Api, faults: &[Fault], wrapper: Option<&str>) -> Reply {
    let status = faults.first().map_or(500, |fault| fault.status);
    let reply = worded(api, status, faults, wrapper);
    match faults.iter().find_map(|fault| fault.retry_after) {
        Some(seconds) => reply.header("Retry-After", seconds.to_string()),
        None => reply,
    }
}

fn worded(api: Api, status: u16, faults: &[Fault], wrapper: Option<&str>) -> Reply {
    match api {
        Api::Accounting | Api::AccountingV3 => {
            let entry = |fault: &Fault| {
                let source = match wrapper {
                    Some(wrapper) if !fault.at.is_empty() => format!("{wrapper}.{}", fault.at),
                    _ => fault.at.clone(),
                };
                object([
                    ("$severity", Node::from("error")),
                    ("$dataCode", Node::from(fault.code)),
                    ("$message", Node::from(fault.message.as_str())),
                    ("$source", Node::from(source)),
                ])
            };
            Reply::json(status, &Node::Array(faults.iter().map(entry).collect()))
        }
        Api::Sage200 => {
            // What Accounting calls unprocessable is a bad request here.
            let status = if status == 422 { 400 } else { status };
            let text = |fault: &Fault| match fault.at.as_str() {
                "" => fault.message.clone(),
                at => format!("{at}: {}", fault.message),
            };
            let message = faults.iter().map(text).collect::<Vec<_>>().join("; ");
            Reply::json(status, &object([("Message", Node::from(message))]))
        }
    }
}
