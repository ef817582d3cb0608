//! Models as generated code has them; written by hand, so that the emitter has something to agree with.

use sage_runtime::codegen as rt;

/// A contact.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Contact {
    /// `id`.
    pub id: Option<String>,
    /// `displayed_as`.
    pub displayed_as: Option<String>,
    /// `$path`.
    pub path: Option<String>,
    /// `balance`.
    pub balance: Option<rt::Decimal>,
    /// `created_at`.
    pub created_at: Option<rt::DateTime<rt::FixedOffset>>,
    /// `deleted_on`.
    pub deleted_on: Option<rt::NaiveDate>,
    /// `status`.
    pub status: Option<Status>,
    /// `level`.
    pub level: Option<Level>,
    /// `contact_types`.
    pub contact_types: Option<Vec<Base>>,
    /// `parent`.
    pub parent: Option<Box<Contact>>,
    /// `payee`.
    pub payee: Option<Payee>,
    /// `custom`.
    pub custom: Option<rt::Json>,
    /// `links`.
    pub links: Option<rt::Map<String>>,
    /// `logo`.
    pub logo: Option<rt::Base64>,
    /// `rate`.
    pub rate: Option<f64>,
    /// `lock_version`.
    pub lock_version: Option<i64>,
    /// `is_active`.
    pub is_active: Option<bool>,
    /// Properties that the document does not know.
    pub extra: rt::Extra,
}

rt::model!(Contact, String, {
    0 id: "id",
    1 displayed_as: "displayed_as",
    2 path: "$path",
    3 balance: "balance",
    4 created_at: "created_at",
    5 deleted_on: "deleted_on",
    6 status: "status",
    7 level: "level",
    8 contact_types: "contact_types",
    9 parent: "parent",
    10 payee: "payee",
    11 custom: "custom",
    12 links: "links",
    13 logo: "logo",
    14 rate: "rate",
    15 lock_version: "lock_version",
    16 is_active: "is_active",
});

/// A reference to something.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Base {
    /// `id`.
    pub id: Option<String>,
    /// `displayed_as`.
    pub displayed_as: Option<String>,
    /// Properties that the document does not know.
    pub extra: rt::Extra,
}

rt::model!(Base, String, {
    0 id: "id",
    1 displayed_as: "displayed_as",
});

/// What `POST /contacts` takes.
#[derive(Clone, Default)]
pub struct NewContact {
    /// `name`.
    pub name: String,
    /// `contact_type_ids`.
    pub contact_type_ids: Vec<String>,
    /// `credit_limit`.
    pub credit_limit: Option<rt::Decimal>,
    /// Properties that the document does not know.
    pub extra: rt::Extra,
}

rt::model!(NewContact, String, {
    0 name: "name",
    1 contact_type_ids: "contact_type_ids",
    2 credit_limit: "credit_limit",
});

/// What `PUT /contacts/{key}` takes.
#[derive(Clone, Default)]
pub struct ContactUpdate {
    /// `name`.
    pub name: rt::Update<String>,
    /// `credit_limit`.
    pub credit_limit: rt::Update<rt::Decimal>,
    /// `deleted_on`.
    pub deleted_on: rt::Update<rt::NaiveDate>,
    /// Properties that the document does not know.
    pub extra: rt::Extra,
}

rt::model!(ContactUpdate, String, {
    0 name: "name",
    1 credit_limit: "credit_limit",
    2 deleted_on: "deleted_on",
});

/// A model whose decimals are numbers on the wire.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Rate {
    /// `amount`.
    pub amount: Option<rt::Decimal>,
    /// `by_currency`.
    pub by_currency: Option<rt::Map<rt::Decimal>>,
    /// Properties that the document does not know.
    pub extra: rt::Extra,
}

rt::model!(Rate, Number, {
    0 amount: "amount",
    1 by_currency: "by_currency",
});

/// Where a contact stands.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// `ACTIVE`.
    Active,
    /// `on hold`.
    OnHold,
    /// A value that the document does not list.
    Unknown(rt::Unlisted),
}

rt::string_enum!(Status, Unknown, {
    Active = "ACTIVE",
    OnHold = "on hold",
});

/// How far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// `1`.
    V1,
    /// `2`.
    V2,
    /// A value that the document does not list.
    Unknown(rt::Unlisted),
}

rt::integer_enum!(Level, Unknown, {
    V1 = 1,
    V2 = 2,
});

/// Who is paid.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Payee {
    /// A contact.
    Contact(Box<Contact>),
    /// A reference.
    Base(Box<Base>),
    /// A name.
    Text(String),
    /// Anything else.
    Unknown(rt::Json),
}

rt::union!(Payee, Unknown, Some("kind"), {
    Contact(Box<Contact>): tags ["CONTACT"], required ["id", "balance"];
    Base(Box<Base>): tags ["BASE"], required ["id"];
    Text(String): tags [], required [];
});

/// A form with a file.
#[derive(Clone, Default)]
pub struct Upload {
    /// `title`.
    pub title: String,
    /// `file`.
    pub file: Option<rt::Part>,
    /// Properties that the document does not know.
    pub extra: rt::Extra,
}

rt::model!(Upload, Number, {
    0 title: "title",
    1 file: "file",
});
