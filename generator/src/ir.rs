//! What an API is, once its documents have been read and corrected.
//!
//! [`Api`] is where the dialects meet: nothing after it may ask whether a fact came from Swagger,
//! OpenAPI or a Postman collection. It holds the facts in the documents' own spelling, each with
//! the [`Place`] that it came from, and knows nothing of Rust: no identifier, no token.

use std::sync::Arc;

use serde::Serialize;

use crate::node::Node;
use crate::source::Place;

mod dump;
mod places;

pub use dump::dump;
pub use places::each_place;

/// One API: everything that its documents say, after the corrections.
#[derive(Serialize, Debug, Clone)]
pub struct Api {
    /// The module name, from `api.toml`, e.g. `accounting_v3`.
    pub module: String,
    /// The human name, from `api.toml`, e.g. "Sage Accounting v3.1".
    pub title: String,
    /// What the client needs to know that belongs to no single operation.
    pub client: Client,
    /// Every operation, in the order of the documents.
    pub operations: Vec<Operation>,
    /// Every schema, named or inline. [`SchemaId`] indexes into it.
    pub schemas: Vec<Schema>,
    /// Values that the service has names for, where the documents know text only.
    pub values: Vec<Values>,
    /// Where schemas and properties stand that a convention made a part of something else, such as wrappers of bodies.
    #[serde(skip)]
    pub absorbed: Vec<Place>,
}

impl Api {
    /// The schema with this id.
    pub fn schema(&self, id: SchemaId) -> &Schema {
        &self.schemas[id.0 as usize]
    }
}

/// Values that the service has names for.
#[derive(Serialize, Debug, Clone)]
pub struct Values {
    /// What they are, in words: `contact_type`.
    pub name: String,
    /// The properties and parameters that take them.
    pub of: Vec<String>,
    /// The values.
    pub values: Vec<String>,
}

/// Index of a schema in [`Api::schemas`].
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub u32);

/// Settings of the client: where the service is and what every request carries.
#[derive(Serialize, Debug, Clone, Default)]
pub struct Client {
    /// Base URL, with `{variable}` for each of [`Client::variables`]; no slash at its end.
    pub base_url: String,
    /// The variables of the base URL.
    pub variables: Vec<Variable>,
    /// Headers that belong to the client rather than to one operation.
    pub headers: Vec<Header>,
    /// Where the vendor's reference pages are, for links in documentation.
    pub reference: Option<String>,
    /// How money and other decimals are written; they are read in both forms.
    pub decimals: Decimals,
    /// Every property of a reply may be missing or null, whatever the document says.
    pub optional_replies: bool,
    /// Which shape errors have.
    pub errors: Errors,
    /// The property of a request body that makes a resend safe, if the service knows one.
    pub idempotency: Option<Idempotency>,
    /// How many requests at once the service takes of each business.
    pub concurrency: Option<std::num::NonZeroU32>,
    /// How users log in, if that is known.
    pub oauth: Option<OAuth>,
    /// The variable of the base URL, and its text, with which what is [`Terms::professional_only`] is not to be had.
    pub standard: Option<(String, String)>,
}

/// How an application gets a user's grant: OAuth 2.0's authorization code.
#[derive(Serialize, Debug, Clone)]
pub struct OAuth {
    /// Where users are sent.
    pub authorize_url: String,
    /// Where tokens come from; the first that serves the user's country is taken.
    pub endpoints: Vec<Endpoints>,
    /// The credentials go by HTTP Basic rather than in the body.
    pub basic: bool,
    /// Further parameters of the authorize URL.
    pub parameters: Vec<(String, String)>,
    /// What is asked for unless the application says otherwise.
    pub scope: String,
    /// Logins carry a code challenge (RFC 7636).
    pub pkce: bool,
}

/// The addresses that an application itself speaks to.
#[derive(Serialize, Debug, Clone)]
pub struct Endpoints {
    /// The countries that they serve; empty: any.
    pub countries: Vec<String>,
    /// Where tokens come from.
    pub token_url: String,
    /// Where they are given back.
    pub revoke_url: Option<String>,
}

/// A variable of the base URL, such as the region.
#[derive(Serialize, Debug, Clone)]
pub struct Variable {
    /// Its name in the template, e.g. `region`.
    pub name: String,
    /// What it may be: (name for people, text in the URL), e.g. (`Uki`, `uki`). Empty: any text.
    pub values: Vec<(String, String)>,
    /// The text that it has if the user says nothing; `None`: must be given.
    pub default: Option<String>,
}

/// A header that the client adds to requests.
#[derive(Serialize, Debug, Clone)]
pub struct Header {
    /// As it goes over the wire, e.g. `X-Site`.
    pub name: String,
    /// The builder method that sets it, e.g. `site`.
    pub setter: String,
    /// Requests are refused before they are sent if it was not set.
    pub required: bool,
    /// Its value never appears in a log or in `Debug`.
    pub secret: bool,
    /// Its value is a whole number rather than text.
    pub integer: bool,
    /// Path templates of operations that go without it, e.g. `/sites`.
    pub except: Vec<String>,
}

/// How decimal numbers are written.
#[derive(Serialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Decimals {
    /// As a JSON number.
    #[default]
    Number,
    /// As a JSON string.
    String,
}

/// Which shape error replies have. Every client reads all of them; this one is expected first.
#[derive(Serialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Errors {
    /// None is known.
    #[default]
    Unknown,
    /// Sage Accounting's array of `$severity`, `$dataCode`, `$message`, `$source`.
    SageList,
    /// Sage 200's object with `Message`.
    Message,
}

/// A property that the service remembers, so that a request which is sent twice counts once.
#[derive(Serialize, Debug, Clone)]
pub struct Idempotency {
    /// Its name inside the (unwrapped) body, e.g. `idempotency_id`.
    pub property: String,
}

/// One operation: a method on a path.
#[derive(Serialize, Debug, Clone)]
pub struct Operation {
    /// `operationId`, if the document gives one.
    pub id: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// The HTTP method.
    pub method: Method,
    /// Where its server is, relative to the client's base URL, if it is not there: `../../core/v3`.
    pub beside: Option<String>,
    /// The path template.
    pub path: Path,
    /// The first tag: the resource that it belongs to.
    pub tag: Option<String>,
    /// What the settings call it.
    pub called: Option<Called>,
    /// Query, header and cookie parameters, in the order of the document.
    /// Those of the path are in [`Operation::path`].
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// What a success brings.
    pub replies: Vec<Reply>,
    /// Files in the body: the property of each, and how many bytes the service takes at most.
    pub files: Vec<File>,
    /// How a list is paged, if this is one.
    pub paging: Option<Paging>,
    /// Headers of [`Client::headers`] that this operation goes without, by wire name.
    pub without_headers: Vec<String>,
    /// May the request be sent again after a fault?
    pub resend: Resend,
    /// The idempotency property goes into this body.
    pub idempotent_by_id: bool,
    /// It waits until no other such operation of the same business is on its way.
    pub sequential: bool,
    /// It is done as a whole or not at all: an error of the service says that nothing was changed.
    pub atomic: bool,
    /// Marked as deprecated.
    pub deprecated: bool,
    /// Where it is to be had and who may use it.
    pub terms: Terms,
    /// Short prose, only with `--keep-prose`.
    pub summary: Option<String>,
    /// Long prose, only with `--keep-prose`.
    pub description: Option<String>,
}

/// Does a key of the settings, without its method, name the operation of this template? `/me` does wherever that is,
/// `./me` at the base URL alone, and `../../core/v3/me` beside it.
pub fn names_operation(path: &str, beside: Option<&str>, template: &str) -> bool {
    path == template || path.strip_suffix(template) == Some(beside.unwrap_or("."))
}

/// The key that names this operation and no other: `GET ./me`, `GET ../../core/v3/me`.
pub fn spell_operation(method: Method, beside: Option<&str>, template: &str) -> String {
    format!("{} {}{template}", method.name(), beside.unwrap_or("."))
}

/// The base URL of an operation: that of the client, or one beside it.
pub fn base_url(client: &str, beside: Option<&str>) -> String {
    let Some(mut rest) = beside else { return client.to_owned() };
    let start = client.find("://").map_or(0, |at| at + 3);
    let mut base = client;
    while let Some(further) = rest.strip_prefix("../") {
        base = base[start..].rfind('/').map_or(base, |at| &base[..start + at]);
        rest = further;
    }
    format!("{base}/{rest}")
}

/// A property of a body that is a file, as bytes in JSON.
#[derive(Serialize, Debug, Clone)]
pub struct File {
    /// The property.
    pub property: String,
    /// How many bytes the service takes, before they are encoded.
    pub most: u64,
    /// The property for its name.
    pub name: String,
    /// The property for its media type.
    pub media_type: String,
}

/// The name of an operation that its path does not give.
#[derive(Serialize, Debug, Clone)]
pub struct Called {
    /// The action, in words: `approve_complete`.
    pub action: String,
    /// What it does, as the beginning of a sentence.
    pub does: String,
    /// A second name for one of the things that it does.
    pub also: Option<Also>,
}

/// A second name of an operation, under which users look for one of the things that it does.
#[derive(Serialize, Debug, Clone)]
pub struct Also {
    /// The action, in words: `void`.
    pub action: String,
    /// What it does, as the beginning of a sentence.
    pub does: String,
    /// Query parameters that it needs for this.
    pub with: Vec<String>,
}

/// An HTTP method.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// As it goes over the wire: `GET`.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
            Method::Head => "HEAD",
            Method::Patch => "PATCH",
            Method::Trace => "TRACE",
        }
    }
}

/// A path template, e.g. `/contacts/{key}`.
#[derive(Serialize, Debug, Clone)]
pub struct Path {
    /// As the document spells it.
    pub template: String,
    /// Its parameters, in the order in which they stand in the template.
    pub parameters: Vec<Parameter>,
}

/// A parameter.
#[derive(Serialize, Debug, Clone)]
pub struct Parameter {
    /// Its name over the wire.
    pub name: String,
    /// Where it stands in the document.
    pub place: Place,
    /// Where it goes in the request.
    pub location: Location,
    /// Its type.
    pub schema: SchemaId,
    /// The request is not complete without it.
    pub required: bool,
    /// How a list of values is written.
    pub list: ListStyle,
    /// Marked as deprecated.
    pub deprecated: bool,
    /// What the service assumes if it is missing.
    #[serde(serialize_with = "dump::node")]
    pub default: Option<Node>,
    /// `x-sage-values`: what it may be, where the document says so in prose only.
    pub values: Vec<String>,
    /// What it takes beside what its schema says.
    pub takes: Takes,
    /// What the settings say of it; `{item}` and `{items}` stand for what the resource is called.
    pub meaning: Option<String>,
    /// Prose, only with `--keep-prose`.
    pub description: Option<String>,
}

/// What a query parameter takes: its schema knows text only.
#[derive(Serialize, Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// What its schema says.
    #[default]
    Schema,
    /// Names of the properties that the reply is to hold.
    Attributes {
        /// Those that it holds in any case.
        always: Vec<String>,
    },
    /// Names of the properties that records inside of the reply are to hold.
    NestedAttributes,
    /// One of [`Parameter::values`], which the list is sorted by, and what stands behind it to begin with the last.
    Sort {
        /// From the last to the first.
        descending: String,
    },
    /// A moment, or a plain date.
    When,
    /// Properties of what is answered, as OData names them.
    OData(OData),
}

/// The options of OData that name properties of what is answered.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OData {
    /// `$select`: which properties come.
    Select,
    /// `$filter`: a condition.
    Filter,
    /// `$orderby`: what is sorted by.
    OrderBy,
    /// `$expand`: which related records come in full.
    Expand,
}

/// Where a parameter goes.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

/// How several values of one parameter are written (OpenAPI 3.0 `style` and `explode`, Swagger 2.0 `collectionFormat`).
#[derive(Serialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ListStyle {
    /// `a=1&a=2`.
    #[default]
    Repeat,
    /// `a=1,2`.
    Comma,
    /// `a=1 2`.
    Space,
    /// `a=1|2`.
    Pipe,
    /// `a[b]=1`: each property of an object in brackets.
    Deep,
}

/// A request body.
#[derive(Serialize, Debug, Clone)]
pub struct Body {
    /// Where it stands.
    pub place: Place,
    /// The request is not complete without it.
    pub required: bool,
    /// What it is.
    pub content: Content,
    /// The single property that wraps the payload on the wire, e.g. `contact`; [`Content::Json`]
    /// then holds the schema of what is inside.
    pub wrapper: Option<String>,
}

/// What a body is made of.
#[derive(Serialize, Debug, Clone)]
pub enum Content {
    /// JSON of this schema.
    Json(SchemaId),
    /// `application/x-www-form-urlencoded`, from an object schema.
    Form(SchemaId),
    /// `multipart/form-data`, from an object schema.
    Multipart(SchemaId),
    /// Bytes as they are, with this media type (`*/*` where any will do).
    Bytes(String),
    /// Text as it is, with this media type.
    Text(String),
}

/// One kind of success.
#[derive(Serialize, Debug, Clone)]
pub struct Reply {
    /// Where it stands.
    pub place: Place,
    /// The status that it goes with.
    pub status: Status,
    /// Its body; `None`: there is none.
    pub content: Option<Content>,
}

/// A status, or several.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Just this one.
    Code(u16),
    /// `2XX`, or a document that names no success, or an API where any 2xx is one.
    AnySuccess,
}

/// How a list goes on.
#[derive(Serialize, Debug, Clone)]
pub enum Paging {
    /// `{"$items": […], "$next": …}`, declared as an array of the item in the document.
    /// The reply's content is the *item's* array schema.
    Envelope,
    /// A bare array (or `{"value": […]}`), continued by an offset.
    Offset {
        /// The query parameter for how many to skip.
        skip: String,
        /// The query parameter for how many to return.
        top: String,
        /// How many there are on a page if nothing is said.
        default: u32,
        /// A query parameter that the service needs beside the offset, and its default value.
        order: Option<(String, String)>,
    },
}

/// May a request be sent again after a fault that leaves open whether it was processed?
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// It changes nothing.
    Safe,
    /// Twice is the same as once; only ever by a recorded correction.
    Idempotent,
    /// No.
    Never,
}

/// Where something is to be had and who may use it.
#[derive(Serialize, Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// `x-sage-availability`: product tier to country codes, e.g. `standard` to `GB`, `IE`.
    pub availability: Vec<(String, Vec<String>)>,
    /// `x-sage-roles`: area to the access levels that suffice, e.g. `Contacts` to `Full Access`.
    pub roles: Vec<(String, Vec<String>)>,
    /// `x-sage-roles-everywhere`: a role is needed in each of the areas, not in one of them.
    pub roles_everywhere: bool,
    /// `x-sage-professional-only`: not in Sage 200 Standard.
    pub professional_only: bool,
}

/// A schema, named (from the components) or inline.
#[derive(Serialize, Debug, Clone)]
pub struct Schema {
    /// Where it stands.
    pub place: Place,
    /// Its name, if it is one of the components.
    pub name: Option<String>,
    /// What it describes.
    pub kind: Kind,
    /// `null` is a legal value.
    pub nullable: bool,
    /// Limits on the value, for documentation only: never enforced.
    pub limits: Limits,
    /// Where it is to be had.
    pub terms: Terms,
    /// Prose, only with `--keep-prose`.
    pub description: Option<String>,
}

/// What a schema describes.
#[derive(Serialize, Debug, Clone)]
pub enum Kind {
    /// Any JSON.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer(Integer),
    /// An exact decimal number; `scale` is how many digits stand behind the point, where known.
    Decimal {
        /// Digits behind the point.
        scale: Option<u8>,
    },
    /// A binary floating-point number.
    Float,
    /// Text.
    String(Text),
    /// A closed list in the document; open in the types.
    Enum(Enumeration),
    /// A list.
    Array(SchemaId),
    /// An object with any keys, each value of this schema.
    Map(SchemaId),
    /// An object.
    Object(Object),
    /// One of several (`oneOf`, `anyOf`).
    Union(Union),
}

/// How wide a whole number is.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Integer {
    I32,
    I64,
    U32,
    U64,
}

/// What kind of text.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Text {
    /// Any.
    Plain,
    /// A date (RFC 3339 `full-date`).
    Date,
    /// A date and time (RFC 3339 `date-time`).
    DateTime,
    /// Base64 (OpenAPI `byte`).
    Base64,
    /// Raw bytes (OpenAPI `binary`); only as a whole body or as a part of a form.
    Binary,
}

/// Values of an enumeration.
#[derive(Serialize, Debug, Clone, PartialEq, Eq, Hash)]
pub enum Enumeration {
    /// Of strings.
    Strings(Vec<String>),
    /// Of whole numbers.
    Integers(Vec<i64>),
}

/// An object schema.
#[derive(Serialize, Debug, Clone, Default)]
pub struct Object {
    /// Its properties, in the order of the document; those of `allOf` first.
    pub properties: Vec<Property>,
    /// `additionalProperties` with a schema, beside named properties.
    pub additional: Option<SchemaId>,
    /// `additionalProperties: false`: it holds nothing else.
    pub closed: bool,
}

/// A property of an object.
#[derive(Serialize, Debug, Clone)]
pub struct Property {
    /// Its name over the wire.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Its type. `$ref` leads straight to the named schema; what stood beside it is here.
    pub schema: SchemaId,
    /// Listed as required (for what it is worth: see [`Client::optional_replies`]).
    pub required: bool,
    /// `null` is a legal value, here or in the schema.
    pub nullable: bool,
    /// Only in replies.
    pub read_only: bool,
    /// Only in requests.
    pub write_only: bool,
    /// It stands for another record, which is answered in full if that is asked for.
    pub expandable: bool,
    /// Marked as deprecated.
    pub deprecated: bool,
    /// What the service assumes if it is missing.
    #[serde(serialize_with = "dump::node")]
    pub default: Option<Node>,
    /// Limits of this place, on top of those of the schema.
    pub limits: Limits,
    /// Where it is to be had.
    pub terms: Terms,
    /// Prose, only with `--keep-prose`.
    pub description: Option<String>,
}

/// A choice between schemas.
#[derive(Serialize, Debug, Clone)]
pub struct Union {
    /// What it may be, in the order of the document.
    pub variants: Vec<Variant>,
    /// The property that says which, if there is one.
    pub tag: Option<String>,
}

/// One of the choices.
#[derive(Serialize, Debug, Clone)]
pub struct Variant {
    /// Its schema.
    pub schema: SchemaId,
    /// The values of [`Union::tag`] that stand for it.
    pub tags: Vec<String>,
}

/// Limits on a value. They go into documentation and are never enforced: documents are often wrong about them.
#[derive(Serialize, Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// Least length in characters.
    pub min_length: Option<u64>,
    /// Greatest length in characters.
    pub max_length: Option<u64>,
    /// A regular expression.
    pub pattern: Option<String>,
    /// Least value, as written.
    pub minimum: Option<String>,
    /// Greatest value, as written.
    pub maximum: Option<String>,
    /// Least number of items.
    pub min_items: Option<u64>,
    /// Greatest number of items.
    pub max_items: Option<u64>,
    /// Other limits, and formats with no type of their own, as short phrases without a full stop.
    pub other: Vec<String>,
}

/// A file's name, shared by the many places in it.
pub type FileName = Arc<str>;
