//! The Rust that will be printed: every name, type, box and sentence is chosen, and of the document only the wire names
//! are left.
//!
//! [`crate::lower`] makes a [`Package`], [`crate::emit`] prints it and decides nothing.

use std::collections::BTreeMap;

use crate::ir;
pub use crate::names::Ident;
use crate::ordered;

/// One API as a module tree: a client, resources with methods, models.
#[derive(Debug, Clone)]
pub struct Package {
    /// The module's name.
    pub module: String,
    /// The API's name for people.
    pub title: String,
    /// The documents that it was made from, as paths in the workspace.
    pub documents: Vec<String>,
    /// The client.
    pub client: Client,
    /// The resources, by module name.
    pub resources: Vec<Resource>,
    /// The files of models, by module name.
    pub models: Vec<ModelFile>,
    /// Where operations are to be had, if that is known of one.
    pub availability: Option<Availability>,
    /// The properties of models, for requests that name them.
    pub properties: Properties,
    /// Values that the service has names for, by module name.
    pub values: Vec<ValueModule>,
}

/// Where operations are to be had: a set of bits, one for each tier in each country, those of the first tier lowest. The
/// highest bit says that something is known.
#[derive(Debug, Clone)]
pub struct Availability {
    /// The enumeration of countries.
    pub countries: Choice,
    /// The enumeration of tiers.
    pub tiers: Choice,
}

/// The properties of models, for requests that name them: a module for each model, by module name.
#[derive(Debug, Clone)]
pub enum Properties {
    /// Names of what is asked for, which models share.
    Named(Attributes),
    /// Names and values for the options of OData; each knows its model.
    Typed(Vec<TypedModule>),
}

impl Properties {
    /// There is no module.
    pub fn is_empty(&self) -> bool {
        match self {
            Properties::Named(attributes) => attributes.modules.is_empty(),
            Properties::Typed(modules) => modules.is_empty(),
        }
    }

    /// The module of each model.
    pub fn by_model(&self) -> BTreeMap<&Ident, &Ident> {
        match self {
            Properties::Named(attributes) => {
                ordered::map(attributes.modules.iter().map(|item| (&item.model, &item.module)))
            }
            Properties::Typed(modules) => ordered::map(modules.iter().map(|item| (&item.model, &item.module))),
        }
    }
}

/// The properties of models that are asked for in parts, by name.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// Constant and name over the wire: each name once, whatever models have it.
    pub names: Vec<(Ident, String)>,
    /// The models.
    pub modules: Vec<AttributeModule>,
}

/// The properties of a model.
#[derive(Debug, Clone)]
pub struct AttributeModule {
    /// The module.
    pub module: Ident,
    /// The model.
    pub model: Ident,
    /// Its constants, of [`Attributes::names`].
    pub constants: Vec<Ident>,
}

/// The properties of a model, with the kinds of their values.
#[derive(Debug, Clone)]
pub struct TypedModule {
    /// The module.
    pub module: Ident,
    /// The model.
    pub model: Ident,
    /// Those with a single value: what has their names, what has their values, of which kind these are, name over the wire.
    pub values: Vec<(Ident, Ident, PropertyKind, String)>,
    /// Those that stand for other records, which may come in full.
    pub relations: Vec<(Ident, String)>,
    /// All others.
    pub parts: Vec<(Ident, String)>,
}

/// What a property is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PropertyKind {
    Text,
    Number,
    Flag,
    Date,
    Moment,
}

/// Values that the service has names for.
#[derive(Debug, Clone)]
pub struct ValueModule {
    /// The module.
    pub module: Ident,
    /// What it says about itself.
    pub docs: Docs,
    /// Constant and value over the wire.
    pub values: Vec<(Ident, String)>,
}

/// The client and its builder.
#[derive(Debug, Clone)]
pub struct Client {
    /// Base URL template.
    pub base_url: String,
    /// How decimals are written.
    pub decimals: ir::Decimals,
    /// The shape of errors.
    pub errors: ir::Errors,
    /// The property that makes a resend safe.
    pub idempotency: Option<String>,
    /// How many requests at once the service takes.
    pub concurrency: Option<std::num::NonZeroU32>,
    /// How users log in.
    pub oauth: Option<ir::OAuth>,
    /// Variables of the base URL.
    pub variables: Vec<Variable>,
    /// Headers of the client.
    pub headers: Vec<Header>,
    /// The vendor's reference pages.
    pub reference: Option<String>,
    /// The variable of the base URL, and its text, with which what is professional-only is refused.
    pub standard: Option<(String, String)>,
    /// The method that gives the same client for another business, if headers say for which it is.
    pub view: Option<Ident>,
}

/// A variable of the base URL.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name in the template.
    pub wire: String,
    /// The method of the builder.
    pub setter: Ident,
    /// Its enumeration, where the values are known.
    pub choice: Option<Choice>,
    /// The text that it has if nothing is said.
    pub default: Option<String>,
}

/// The enumeration of a variable's values.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The type.
    pub name: Ident,
    /// Variant and text in the URL.
    pub variants: Vec<(Ident, String)>,
}

/// A header that the builder sets.
#[derive(Debug, Clone)]
pub struct Header {
    /// As it goes over the wire.
    pub wire: String,
    /// The method of the builder.
    pub setter: Ident,
    /// Requests are refused without it.
    pub required: bool,
    /// Its value is never shown.
    pub secret: bool,
    /// Its value is a whole number.
    pub integer: bool,
    /// Paths that go without it.
    pub except: Vec<String>,
}

/// Documentation: paragraphs of Markdown in which all text from documents is escaped already. The name of a model
/// between U+0001 and U+0002 is a link to it.
pub type Docs = Vec<String>;

/// A resource: one file of operations.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The file, and the method of the client.
    pub module: Ident,
    /// The type.
    pub name: Ident,
    /// What it is called in a sentence, e.g. "sales invoices".
    pub words: String,
    /// What is true of all its operations.
    pub docs: Docs,
    /// A path that shows what it is about.
    pub path: String,
    /// The documents that it comes from.
    pub documents: Vec<String>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// What its lists can be sorted by.
    pub sorts: Vec<SortKeys>,
}

/// A module of what the lists of a request can be sorted by.
#[derive(Debug, Clone)]
pub struct SortKeys {
    /// Its name.
    pub module: Ident,
    /// The request.
    pub request: Ident,
    /// What it says about itself.
    pub docs: Docs,
    /// Constant and key over the wire.
    pub keys: Vec<(Ident, String)>,
    /// What stands behind a key to begin with the last.
    pub descending: String,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Method {
    /// The method of the resource.
    pub name: Ident,
    /// Its descriptor, e.g. `LIST`.
    pub constant: Ident,
    /// What it says about itself.
    pub docs: Docs,
    /// Marked as deprecated.
    pub deprecated: bool,
    /// What the descriptor says.
    pub operation: Operation,
    /// What must be given.
    pub arguments: Vec<Argument>,
    /// The body is an object in which nothing can be.
    pub empty_body: bool,
    /// The request struct, if something may be set or if the reply pages.
    pub request: Option<Request>,
    /// What a success brings.
    pub reply: Reply,
    /// Fields of the body that are files: the field, its name over the wire, and how many bytes it may have.
    pub files: Vec<(Ident, String, u64)>,
    /// A second method for one of the things that it does.
    pub also: Option<Also>,
}

/// A method that calls another one, and sets what it needs.
#[derive(Debug, Clone)]
pub struct Also {
    /// Its name.
    pub name: Ident,
    /// What it says about itself.
    pub docs: Docs,
    /// Setters of the request, and the arguments that they become.
    pub with: Vec<(Ident, Setter)>,
}

/// The descriptor of an operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `contacts.list`
    pub id: String,
    /// The HTTP method.
    pub method: ir::Method,
    /// Where its server is, relative to the base URL, if it is not there.
    pub beside: Option<String>,
    /// The path template.
    pub path: String,
    /// May it be sent again?
    pub resend: ir::Resend,
    /// Headers of the client that it goes without.
    pub without_headers: Vec<String>,
    /// How a list goes on.
    pub paging: Option<ir::Paging>,
    /// The property that wraps the body.
    pub wrapper: Option<String>,
    /// The idempotency property goes into the body.
    pub idempotent_by_id: bool,
    /// It waits until no other such operation is on its way.
    pub sequential: bool,
    /// It is done as a whole or not at all.
    pub atomic: bool,
    /// Some products do not have it.
    pub professional_only: bool,
    /// What the reply should be, where it is not JSON.
    pub accept: Option<String>,
    /// Where it is to be had, if the document says it.
    pub availability: Option<Available>,
    /// Where it stands.
    pub place: String,
}

/// Where an operation is to be had: see [`Availability`].
#[derive(Debug, Clone)]
pub struct Available {
    /// A bit for each tier in each country, and one that says that it is known.
    pub bits: u64,
    /// The same in words.
    pub words: String,
}

/// An argument of a method.
#[derive(Debug, Clone)]
pub struct Argument {
    /// Its name.
    pub name: Ident,
    /// What it becomes.
    pub target: Target,
}

/// What an argument or a setter becomes in the request.
#[derive(Debug, Clone)]
pub enum Target {
    /// The next `{…}` of the path.
    Path(Type),
    /// A query parameter.
    Query {
        /// Its name over the wire.
        wire: String,
        /// One value of it.
        ty: Type,
        /// Is it a list, and how is it written?
        list: Option<ir::ListStyle>,
    },
    /// A query parameter that is an object.
    Deep {
        /// Its name over the wire.
        wire: String,
        /// Its type.
        ty: Type,
    },
    /// A header.
    Header {
        /// Its name over the wire.
        wire: String,
        /// Its type.
        ty: Type,
    },
    /// A cookie.
    Cookie {
        /// Its name over the wire.
        wire: String,
        /// Its type.
        ty: Type,
    },
    /// The body.
    Body(Body),
}

/// What the body argument is.
#[derive(Debug, Clone)]
pub enum Body {
    /// JSON; an optional type may be left out.
    Json(Type),
    /// A form.
    Form(Type),
    /// A form of parts.
    Multipart(Type),
    /// Bytes with this media type.
    Bytes(String),
    /// Text with this media type.
    Text(String),
}

/// The struct of a request on which options are set.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its name.
    pub name: Ident,
    /// Its options.
    pub setters: Vec<Setter>,
    /// The request of the runtime that has just these options, if there is one.
    pub shared: Option<Shared>,
    /// The module of the properties that it names, if they know their model.
    pub properties: Option<Ident>,
}

/// A request of the runtime, for any model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// A list with the options of OData.
    List,
    /// A single record with those that it takes.
    Single,
}

/// A method that sets an option.
#[derive(Debug, Clone)]
pub struct Setter {
    /// Its name, and the name of its argument.
    pub name: Ident,
    /// What it becomes; never the body or a part of the path.
    pub target: Target,
    /// What it says about itself.
    pub docs: Docs,
    /// Marked as deprecated.
    pub deprecated: bool,
}

/// What a success brings.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Type),
    /// JSON, or nothing.
    Optional(Type),
    /// A page of these.
    Page(Type),
    /// Bytes.
    Bytes,
    /// Text.
    Text,
    /// One of several, by its status.
    ByStatus(Replies),
}

/// What the different statuses of a success bring.
#[derive(Debug, Clone)]
pub struct Replies {
    /// The type; it stands beside the resource.
    pub name: Ident,
    /// The kinds.
    pub kinds: Vec<ReplyKind>,
}

/// What some statuses bring.
#[derive(Debug, Clone)]
pub struct ReplyKind {
    /// The variant.
    pub name: Ident,
    /// What it holds; `None`: nothing.
    pub ty: Option<Type>,
    /// The statuses; empty for all that are not listed.
    pub statuses: Vec<u16>,
}

/// Models that belong together.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// The file.
    pub module: Ident,
    /// What they belong to, in a sentence.
    pub words: String,
    /// The models, by name.
    pub items: Vec<Item>,
}

/// A type of the API.
#[derive(Debug, Clone)]
pub enum Item {
    /// An object.
    Struct(Struct),
    /// An enumeration.
    Enum(Enum),
    /// A choice.
    Union(Union),
}

impl Item {
    /// Its name.
    pub fn name(&self) -> &Ident {
        match self {
            Item::Struct(item) => &item.name,
            Item::Enum(item) => &item.name,
            Item::Union(item) => &item.name,
        }
    }
}

/// An object.
#[derive(Debug, Clone)]
pub struct Struct {
    /// Its name.
    pub name: Ident,
    /// What it says about itself.
    pub docs: Docs,
    /// In which direction it goes.
    pub role: Role,
    /// Its fields, in the order of the document.
    pub fields: Vec<Field>,
    /// What other properties there may be.
    pub additional: Option<Type>,
    /// Its file, if it is a new record with one.
    pub file: Option<FileFields>,
}

/// The fields that a file fills.
#[derive(Debug, Clone)]
pub struct FileFields {
    /// For its bytes.
    pub bytes: Ident,
    /// For its name.
    pub name: Ident,
    /// For its media type.
    pub media_type: Ident,
    /// How many bytes the service takes.
    pub most: u64,
}

/// In which direction a model goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It is answered.
    Reply,
    /// It is sent: every body but those of updates.
    Create,
    /// It is sent by a PUT or PATCH.
    Update,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// Its name over the wire.
    pub wire: String,
    /// What it says about itself.
    pub docs: Docs,
    /// Its type, with `Option`, `Update` and `Box` where they belong.
    pub ty: Type,
    /// Marked as deprecated.
    pub deprecated: bool,
    /// It stands for another record, which comes in full if that is asked for.
    pub expandable: bool,
    /// Some products do not have it.
    pub professional_only: bool,
}

/// An enumeration. It keeps what it does not know.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: Ident,
    /// What it says about itself.
    pub docs: Docs,
    /// Its values.
    pub values: Values,
}

/// Variants and what they are over the wire.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Values {
    Strings(Vec<(Ident, String)>),
    Integers(Vec<(Ident, i64)>),
}

/// A choice between types. It keeps what is none of them.
#[derive(Debug, Clone)]
pub struct Union {
    /// Its name.
    pub name: Ident,
    /// What it says about itself.
    pub docs: Docs,
    /// The property that tells which.
    pub tag: Option<String>,
    /// The choices, in the order in which they are tried.
    pub variants: Vec<Variant>,
}

/// One of the choices.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name.
    pub name: Ident,
    /// What it holds.
    pub ty: Type,
    /// Values of the tag that stand for it.
    pub tags: Vec<String>,
    /// Properties without which it is something else.
    pub required: Vec<String>,
}

/// A type as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// `bool`
    Bool,
    /// `i32` to `u64`
    Integer(ir::Integer),
    /// `f64`
    Float,
    /// An exact decimal number.
    Decimal,
    /// `String`
    String,
    /// A date.
    Date,
    /// A date and time with offset.
    DateTime,
    /// A date, or a date and time; only in queries.
    When,
    /// Names of properties; only in queries.
    Attributes,
    /// One of the keys to sort the lists of this request by; only in queries.
    Sort(Ident),
    /// What names properties of this model to this option; only in queries.
    OData(ir::OData, Ident),
    /// Bytes, in Base64 over the wire.
    Base64,
    /// A part of a form.
    Part,
    /// Any JSON, word for word.
    Json,
    /// A model.
    Model(Ident),
    /// A list.
    Vec(Box<Type>),
    /// A map from text.
    Map(Box<Type>),
    /// On the heap, because the type holds itself.
    Box(Box<Type>),
    /// There or not.
    Option(Box<Type>),
    /// Unchanged, cleared, or set.
    Update(Box<Type>),
}
