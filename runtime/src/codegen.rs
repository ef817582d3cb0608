//! The one door for generated code. Nothing else of this crate may be named there, and nothing here
//! is for anyone else: it changes with the generator.

pub use ::serde;
pub use bytes::Bytes;
pub use chrono::{DateTime, FixedOffset, NaiveDate};
pub use rust_decimal::Decimal;

pub use crate::api::{Api, Errors, Header, ListStyle, Method, Operation, Paging, Resend, Variable};
pub use crate::attributes::{All, Attributes, Sort, SortKey};
pub use crate::auth::{App, ClientAuth, Endpoints, Grant, Login, OAuth, TokenStore};
pub use crate::body::Part;
pub use crate::bridge::{deserialize, serialize};
pub use crate::call::{Call, Sending, SendingFull};
pub use crate::client::{Client, ClientBuilder};
pub use crate::clock::Clock;
pub use crate::enums::{
    IntegerEnum, StringEnum, Unlisted, integer_from, read_integer, read_string, string_as_str, string_from,
    write_integer, write_string,
};
pub use crate::error::{Error, Result};
pub use crate::extra::Extra;
pub use crate::json::{Fault, Reader, Writer, to_known_string};
pub use crate::limits::{Limits, Timeouts};
pub use crate::model::{Decimals, Model, Shape, debug_model, same_model};
pub use crate::odata;
pub use crate::page::Page;
pub use crate::pages::{Items, Pages};
pub use crate::raw::Json;
pub use crate::reply::{Replies, Response, read_kind};
pub use crate::secret::Secret;
pub use crate::slot::{Seen, Slot};
pub use crate::terms::{Country, Tier};
pub use crate::text::ToText;
pub use crate::token::TokenSource;
pub use crate::transport::Transport;
pub use crate::union::{Choice, read_choice, read_union};
pub use crate::update::Update;
pub use crate::value::{Base64, File, Kinds, Value};
pub use crate::when::When;
pub use crate::{
    availability, client_builder, client_login, integer_enum, model, operations, page_request, properties, replies,
    request, string_enum, union,
};

/// A JSON object with any keys, each value of one type.
pub type Map<T> = std::collections::BTreeMap<String, T>;
