//! Witnesses: what was really sent and answered, which the generated types have to carry without loss.
//!
//! They stand in `witness/` beside the documents of an API, one a file, in JSON. The plainest is a recorded reply as it
//! came, in a file that is called after the operation (`contacts.list.json`, `contacts.list.empty.json`). One that says
//! more is an object with these members:
//!
//! ```text
//! {
//!   "operation": "POST /contacts",             or its id: "contacts.create"
//!   "note": "…",                               for people
//!   "request": { "path": { "key": "…" }, "query": { "page": "2" }, "headers": { "X-Business": "…" }, "body": { … } },
//!   "reply": { "status": 201, "headers": { … }, "body": { … } }
//! }
//! ```
//!
//! All but `operation` may be missing; a query parameter that is sent several times has a list of texts. Collections
//! bring witnesses of the same form, and the examples of documents are witnesses of bodies. [`check`](check())
//! compares each with the types, by the JSON alone: what contradicts them is reported with both places and the correction
//! that would settle it. Of what is left [`table`](table()) makes a table of tests, in which the generated operations and models
//! themselves have to carry them. Why twice: `docs/decisions/0017-witnesses.md`.

mod add;
mod check;
mod correction;
mod examples;
mod find;
mod fit;
mod read;
pub mod scrub;
mod table;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use crate::ir::Method;
use crate::node::Node;
use crate::source::Place;

pub use add::{Filed, Recording, add};
pub use check::{Checked, check};
pub use examples::examples;
pub use read::{FOLDER, read};
pub use table::{TARGET, modules, table, target};

/// What was sent or answered once.
#[derive(Debug, Clone)]
pub struct Witness {
    /// What it is called in messages.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Where it comes from.
    pub origin: Origin,
    /// Of which operation.
    pub operation: Of,
    /// What was sent.
    pub request: Option<Request>,
    /// What was answered.
    pub reply: Option<Reply>,
}

/// Where a witness comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A file of its own: it was recorded, and the types have to agree with it.
    Recording,
    /// A collection. People wrote it, so it may be wrong; what contradicts the types is only reported.
    Collection,
    /// An example in a document, which may be wrong as well. Of what is sent it has the body alone.
    Example,
}

/// How a witness names its operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// By resource and method of the client: `contacts.list`.
    Id(String),
    /// By HTTP method and path template, with the base URL before it where others have the same: see
    /// [`crate::ir::names_operation`].
    At(Method, String),
}

/// What was sent.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Path parameters by their names in the template.
    pub path: Vec<(String, String)>,
    /// Query parameters, not encoded, in their order.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body, if it is JSON.
    pub body: Option<Body>,
}

/// What was answered.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// The status; without one it is a success.
    pub status: Option<u16>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body, if it is JSON.
    pub body: Option<Body>,
}

/// JSON that was sent or answered.
#[derive(Debug, Clone)]
pub struct Body {
    /// Where it stands.
    pub place: Place,
    /// It is the text of a string there: no pointer leads into it.
    pub embedded: bool,
    /// It stands there as it is here. In collections people leave comments and variables in JSON, which are taken out.
    pub as_written: bool,
    /// What it says.
    pub json: Json,
}

/// JSON, read or still to be.
#[derive(Debug, Clone)]
pub enum Json {
    /// A value.
    Value(Node),
    /// The text of one. In collections the same text often stands many times.
    Text(Arc<str>),
}

impl Body {
    /// What it says; `None` if it is no JSON.
    pub(crate) fn value(&self) -> Option<Cow<'_, Node>> {
        match &self.json {
            Json::Value(value) => Some(Cow::Borrowed(value)),
            Json::Text(text) => Node::from_json(text).map(Cow::Owned).ok(),
        }
    }

    /// Where `pointer` of it stands, as well as that can be said.
    fn at(&self, pointer: &str) -> Place {
        if self.embedded { self.place.clone() } else { self.place.join(pointer) }
    }
}
