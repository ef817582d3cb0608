//! `api.toml`: the settings of one API. DESIGN names the parts; the comments in `specs/*/api.toml` say why each is set.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic};
use crate::inputs::InputFile;
use crate::node::Node;
use crate::position;
use crate::source::Place;

mod check;
mod locate;

pub use check::setters;

/// Reads `api.toml`, and checks what can be checked without the documents. All faults come together.
pub fn read(file: &InputFile) -> Result<ApiConfig, Vec<Diagnostic>> {
    let text = file.text().map_err(|diagnostic| vec![diagnostic])?;
    let fault = |message: String, span: Option<Range<usize>>| {
        let diagnostic = Diagnostic::new(Code::Settings, message).at(&Place::root(&file.name));
        vec![match span {
            Some(span) => diagnostic.position(position::at_byte(text, &span)).snippet(text),
            None => diagnostic,
        }]
    };
    // By way of a tree, as documents are read: one reader for both, and what TOML brings is compiled for one type.
    let tree: Node = toml::from_str(text).map_err(|error| fault(error.message().to_owned(), error.span()))?;
    let parsed = ApiConfig::deserialize(&tree);
    let mut config = parsed.map_err(|mismatch| fault(mismatch.message, locate::locate(text, &mismatch.pointer)))?;
    config.file = file.name.clone();
    config.text = text.into();
    let faults = check::check(&config);
    if faults.is_empty() { Ok(config) } else { Err(faults) }
}

impl ApiConfig {
    /// The setting at this pointer, as a place: `/conventions/list-envelope`.
    pub fn place(&self, pointer: &str) -> Place {
        Place::root(&self.file).join(pointer)
    }

    /// Where the operations of a document are, relative to the base URL, if it is not there.
    pub fn beside(&self, file: &str) -> Option<&str> {
        let is_named =
            |name: &&String| file == *name || file.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('/'));
        self.server.beside.iter().find(|(name, _)| is_named(name)).map(|(_, beside)| beside.as_str())
    }

    /// The base URL of the operations of a document.
    pub fn server_of(&self, file: &str) -> String {
        crate::ir::base_url(self.server.url.trim_end_matches('/'), self.beside(file))
    }

    /// A diagnostic about the setting at this pointer.
    pub fn diagnostic(&self, code: Code, pointer: &str, message: impl Into<String>) -> Diagnostic {
        let diagnostic = Diagnostic::new(code, message).at(&self.place(pointer));
        match locate::locate(&self.text, pointer) {
            Some(span) => diagnostic.position(position::at_byte(&self.text, &span)).snippet(&self.text),
            None => diagnostic,
        }
    }
}

/// One `api.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApiConfig {
    /// Module and feature of the generated crate; a Rust identifier.
    pub module: String,
    /// The name for people.
    pub title: String,
    /// The vendor's reference pages.
    pub reference: Option<String>,
    /// Where newer documents come from.
    #[serde(default)]
    pub vendor: Vec<String>,
    /// The documents, relative to the folder of `api.toml`.
    pub documents: Vec<String>,
    /// The corrections, relative to the folder of `api.toml`.
    pub overlay: Option<String>,
    /// Where the service is.
    pub server: Server,
    /// Headers of the client.
    #[serde(default)]
    pub headers: Vec<Header>,
    /// How users log in.
    pub authentication: Option<Authentication>,
    /// Rules for the whole API.
    #[serde(default)]
    pub conventions: Conventions,
    /// Operations that their paths do not name well, by method and path: `POST /customers_new`. Where there are several, at
    /// several base URLs: `GET ./me` for that at the base URL, `GET ../../core/v3/me` for one beside it. So everywhere here.
    #[serde(default)]
    pub operations: BTreeMap<String, Operation>,
    /// Schemas that are called otherwise in Rust: `schema`, or `schema.property` for one that has no name.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// Files in bodies.
    #[serde(default)]
    pub files: Vec<File>,
    /// Values that the service has names for, by what they are: `contact_type`.
    #[serde(default)]
    pub values: BTreeMap<String, Values>,
    /// What a record must be for an operation to succeed with it, by method and path: for requests that are tried by hand.
    #[serde(default)]
    pub tries: BTreeMap<String, Try>,
    /// What query parameters mean, by `name` or `/path?name`: in the documents only prose says it.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// The name of the file, as in messages.
    #[serde(skip)]
    pub file: Arc<str>,
    /// Its text, for positions.
    #[serde(skip)]
    pub text: Arc<str>,
}

/// The base URL and its variables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// With `{name}` for each variable.
    pub url: String,
    /// The variables.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// Documents whose operations are at another base URL, and where it is, relative to this one: `../../core/v3`.
    #[serde(default)]
    pub beside: BTreeMap<String, String>,
    /// How many requests at once the service takes of each application; none: it does not say.
    pub concurrency: Option<std::num::NonZeroU32>,
}

/// A variable of the base URL: see [`crate::ir::Variable`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented on `ir::Variable`")]
pub struct Variable {
    pub name: String,
    #[serde(default)]
    pub values: Vec<(String, String)>,
    pub default: Option<String>,
}

/// The name of an operation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The tag of the resource that it belongs to, if not its own.
    pub resource: Option<String>,
    /// Its method.
    pub method: String,
    /// What it does, as the beginning of a sentence: `Approves a stocktake`.
    pub does: String,
    /// A second method for one of the things that it does.
    pub also: Option<Also>,
}

/// See [`crate::ir::Also`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented on `ir::Also`")]
pub struct Also {
    pub method: String,
    pub does: String,
    #[serde(default)]
    pub with: Vec<String>,
}

/// A file in the bodies of operations: base64 in JSON.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    /// Method and path of each: `POST /attachments`.
    pub operations: Vec<String>,
    /// The property with its bytes.
    pub property: String,
    /// The property with its size, whose `maximum` in the document is how many bytes the service takes.
    pub size: String,
    /// The property with its name.
    pub name: String,
    /// The property with its media type.
    pub media_type: String,
}

/// Values that the service has names for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// The properties and query parameters that take them.
    pub of: Vec<String>,
    /// As they go over the wire.
    pub values: Vec<String>,
}

/// Which record of a list an operation is tried on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// What the list is asked with, so that its records say it: `attributes=all`.
    pub query: Option<String>,
    /// The property that says it, with dots for those inside: `status.id`.
    pub property: String,
    /// The value that it must have.
    pub is: String,
}

/// A header of the client: see [`crate::ir::Header`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented on `ir::Header`")]
pub struct Header {
    pub name: String,
    pub setter: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub secret: bool,
    #[serde(default)]
    pub integer: bool,
    #[serde(default)]
    pub except: Vec<String>,
}

/// OAuth 2.0: see [`crate::ir::OAuth`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(missing_docs, reason = "documented on `ir::OAuth`")]
pub struct Authentication {
    pub authorize_url: String,
    pub endpoints: Vec<Endpoints>,
    #[serde(default)]
    pub credentials: Credentials,
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    pub scope: Option<String>,
    #[serde(default)]
    pub pkce: bool,
}

/// See [`crate::ir::Endpoints`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(missing_docs, reason = "documented on `ir::Endpoints`")]
pub struct Endpoints {
    #[serde(default)]
    pub countries: Vec<String>,
    pub token_url: String,
    pub revoke_url: Option<String>,
}

/// How an application that has a secret says who it is.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// In the body of the request.
    #[default]
    Body,
    /// By HTTP Basic.
    Basic,
}

/// The conventions that are switched on. Each counts where it applied, and one that applied nowhere is an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Conventions {
    /// GETs that page answer with an envelope.
    pub list_envelope: Option<ListEnvelope>,
    /// JSON bodies of one object property are wrappers.
    pub body_wrapper: Option<Switch>,
    /// JSON bodies that have something to say must be sent.
    pub required_bodies: Option<RequiredBodies>,
    /// `number` is an exact decimal, whatever its format says.
    pub decimals: Option<Decimals>,
    /// Properties of replies may be missing or null.
    pub optional_replies: Option<Switch>,
    /// Properties of requests may be left out, whatever the document says.
    pub optional_requests: Option<OptionalRequests>,
    /// The shape of errors.
    pub errors: Option<Errors>,
    /// The property that makes a resend safe.
    pub idempotency: Option<Idempotency>,
    /// POSTs that the service wants one after the other.
    pub sequential_writes: Option<SequentialWrites>,
    /// PUTs that may have changed something though they are answered with an error.
    pub non_atomic_updates: Option<NonAtomicUpdates>,
    /// Path parameters of type `number` are whole.
    pub integer_ids: Option<IntegerIds>,
    /// Any 2xx is a success.
    pub any_success: Option<Switch>,
    /// Query parameters that no document declares.
    pub query_options: Option<QueryOptions>,
    /// Lists go on by offset.
    pub offset_paging: Option<OffsetPaging>,
    /// Query parameters that name properties of the reply.
    pub attributes: Option<Attributes>,
    /// A query parameter that sorts.
    pub sort: Option<Sort>,
    /// Query parameters of type `date-time` take plain dates as well.
    pub dates_for_moments: Option<Switch>,
    /// Objects without properties take the schema of the same name.
    pub expand_slots: Option<ExpandSlots>,
    /// With a text of a variable, what is marked as professional-only is refused before it is sent.
    pub professional_only: Option<ProfessionalOnly>,
}

/// A convention without settings of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {}

/// `list-envelope`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEnvelope {
    /// The query parameter by which a paged GET is known.
    pub parameter: String,
    /// Path templates of further paged GETs.
    #[serde(default)]
    pub also: Vec<String>,
}

/// `decimals`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decimals {
    /// How they are written.
    pub wire: Wire,
}

/// How decimals are written.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wire {
    /// As JSON numbers.
    Number,
    /// As JSON strings.
    String,
}

/// `optional-requests`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionalRequests {
    /// What is required all the same, as `schema.property`.
    #[serde(default)]
    pub except: Vec<String>,
}

/// `errors`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    /// Which.
    pub shape: ErrorShape,
}

/// See [`crate::ir::Errors`].
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "documented on `ir::Errors`")]
pub enum ErrorShape {
    SageList,
    Message,
}

/// `required-bodies`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredBodies {
    /// The HTTP methods whose bodies must be sent.
    pub methods: Vec<String>,
}

/// `idempotency`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idempotency {
    /// Its name inside the wrapper.
    pub property: String,
    /// The HTTP methods whose bodies take it.
    pub methods: Vec<String>,
}

/// `sequential-writes`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequentialWrites {
    /// Path templates: the POSTs at these paths and below them.
    pub paths: Vec<String>,
}

/// `non-atomic-updates`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonAtomicUpdates {
    /// Path templates: the PUTs at these paths and below them.
    pub paths: Vec<String>,
}

/// `integer-ids`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegerIds {
    /// `int32` or `int64`.
    pub format: String,
}

/// `query-options`: names, each with an optional `:integer` or `:boolean`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryOptions {
    /// For GETs that answer with an array.
    #[serde(default)]
    pub list: Vec<String>,
    /// For GETs that answer with an object.
    #[serde(default)]
    pub single: Vec<String>,
}

/// `offset-paging`: see [`crate::ir::Paging::Offset`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented on `ir::Paging::Offset`")]
pub struct OffsetPaging {
    pub skip: String,
    pub top: String,
    pub default: u32,
    pub order: Option<(String, String)>,
}

/// `attributes`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributes {
    /// The query parameter that names properties of what is answered.
    pub parameter: String,
    /// The one that names properties of the records inside of it.
    pub nested: Option<String>,
    /// Properties that are answered in any case, and need not be asked for.
    #[serde(default)]
    pub always: Vec<String>,
}

/// `sort`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// The query parameter; what it may be stands in the document.
    pub parameter: String,
    /// What stands behind a key to sort from the last to the first.
    pub descending: String,
}

/// `expand-slots`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpandSlots {
    /// The schemas of slots that are called otherwise: by property (`base_unit`), or by schema and property
    /// (`pop_order_line.additional_charge`).
    #[serde(default)]
    pub also: BTreeMap<String, String>,
}

/// `professional-only`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfessionalOnly {
    /// The variable of the base URL that says which product it is.
    pub variable: String,
    /// The name of the value of it that stands for the product without.
    pub standard: String,
}

/// Counts by name, for the table that `cargo xtask codegen` prints.
pub type Counts = BTreeMap<String, usize>;
