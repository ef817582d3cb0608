//! What is known of an API and its operations before a call is made: data, written by the generator.
//!
//! Each struct has a `DEFAULT`, so that generated code which says `..Operation::DEFAULT` goes on compiling
//! when something is added here.

use crate::auth::OAuth;

/// An API.
#[derive(Debug)]
pub struct Api {
    /// The module of the generated crate.
    pub module: &'static str,
    /// Where the service is, with `{name}` for each variable.
    pub base_url: &'static str,
    /// The variables of the base URL.
    pub variables: &'static [Variable],
    /// The headers of the client.
    pub headers: &'static [Header],
    /// The property of a request body that makes a resend safe.
    pub idempotency: Option<&'static str>,
    /// Which shape errors have; all are read, this one is what to expect.
    pub errors: Errors,
    /// Requests carry `Authorization: Bearer …`.
    pub bearer: bool,
    /// Where tokens come from.
    pub oauth: Option<&'static OAuth>,
    /// How many calls at once the service takes of each business.
    pub concurrency: Option<u32>,
}

impl Api {
    /// What an API is if nothing is said.
    pub const DEFAULT: Api = Api {
        module: "",
        base_url: "",
        variables: &[],
        headers: &[],
        idempotency: None,
        errors: Errors::Unknown,
        bearer: true,
        oauth: None,
        concurrency: None,
    };
}

/// A variable of the base URL.
#[derive(Debug)]
pub struct Variable {
    /// Its name in the template.
    pub name: &'static str,
    /// The builder method that sets it.
    pub setter: &'static str,
    /// What it is if it is not set; `None`: it must be.
    pub default: Option<&'static str>,
}

/// A header of the client.
#[derive(Debug)]
pub struct Header {
    /// Its name over the wire.
    pub name: &'static str,
    /// The builder method that sets it.
    pub setter: &'static str,
    /// Nothing is sent without it.
    pub required: bool,
    /// Its value is never shown.
    pub secret: bool,
}

/// The shape of error replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors {
    /// Not known.
    Unknown,
    /// A list of `$severity`, `$dataCode`, `$message`, `$source`.
    SageList,
    /// An object with `Message`.
    Message,
}

/// An operation of an API.
#[derive(Debug)]
pub struct Operation {
    /// Its name, e.g. `contacts.list`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Where its server is, relative to the base URL, e.g. `../../core/v3`; empty: there.
    pub beside: &'static str,
    /// The path template, e.g. `/contacts/{key}`.
    pub path: &'static str,
    /// The documented successes; any 2xx is one.
    pub success: &'static [u16],
    /// May it be sent again?
    pub resend: Resend,
    /// Headers of the client that it goes without.
    pub without_headers: &'static [&'static str],
    /// How its list goes on.
    pub paging: Paging,
    /// The property that wraps the body.
    pub wrapper: Option<&'static str>,
    /// The API's idempotency id goes into the body.
    pub idempotent_by_id: bool,
    /// It waits until no other such operation of the same business is on its way, as the service wants these in sequence.
    pub sequential: bool,
    /// The media type of the reply.
    pub accept: &'static str,
    /// Where it stands in the project's specs.
    pub place: &'static str,
}

impl Operation {
    /// What an operation is if nothing is said.
    pub const DEFAULT: Operation = Operation {
        id: "",
        method: Method::Get,
        beside: "",
        path: "/",
        success: &[],
        resend: Resend::Never,
        without_headers: &[],
        paging: Paging::None,
        wrapper: None,
        idempotent_by_id: false,
        sequential: false,
        accept: "application/json",
        place: "",
    };
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub(crate) fn to_http(self) -> http::Method {
        match self {
            Method::Get => http::Method::GET,
            Method::Put => http::Method::PUT,
            Method::Post => http::Method::POST,
            Method::Delete => http::Method::DELETE,
            Method::Options => http::Method::OPTIONS,
            Method::Head => http::Method::HEAD,
            Method::Patch => http::Method::PATCH,
            Method::Trace => http::Method::TRACE,
        }
    }
}

/// May a request be sent again after a fault that leaves open whether it was processed?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// It changes nothing.
    Safe,
    /// Twice is the same as once.
    Idempotent,
    /// No.
    Never,
}

/// How a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// It does not.
    None,
    /// The reply says where.
    Envelope,
    /// By an offset.
    Offset {
        /// The query parameter for how many to skip.
        skip: &'static str,
        /// The query parameter for how many to return.
        top: &'static str,
        /// How many there are on a page if nothing is said.
        default: u32,
        /// A query parameter that the offset needs beside it, and its value if none is set.
        order: Option<(&'static str, &'static str)>,
    },
}

/// How several values of one query parameter are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListStyle {
    /// `a=1&a=2`.
    Repeat,
    /// `a=1,2`.
    Comma,
    /// `a=1 2`.
    Space,
    /// `a=1|2`.
    Pipe,
}
