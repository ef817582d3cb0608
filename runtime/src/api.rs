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
    /// How many calls at once the service takes of each application, all businesses together.
    pub concurrency: Option<u32>,
    /// The variable of the base URL, and its text, with which what is professional-only is not to be had.
    pub standard: Option<(&'static str, &'static str)>,
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
        standard: None,
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

/// An operation of an API, as data: what is sent, and what is known of it.
///
/// Each resource module has one for each of its methods, called like it (`contacts::LIST`); `operations()` of an API
/// gives all of them.
#[derive(Debug)]
pub struct Operation {
    // Written by generated code alone, and read here: these may change with the generator.
    #[doc(hidden)]
    pub id: &'static str,
    #[doc(hidden)]
    pub method: Method,
    /// Where its server is, relative to the base URL, e.g. `../../core/v3`; empty: there.
    #[doc(hidden)]
    pub beside: &'static str,
    #[doc(hidden)]
    pub path: &'static str,
    /// May it be sent again?
    #[doc(hidden)]
    pub resend: Resend,
    /// Headers of the client that it goes without.
    #[doc(hidden)]
    pub without_headers: &'static [&'static str],
    /// How its list goes on.
    #[doc(hidden)]
    pub paging: Paging,
    /// The property that wraps the body.
    #[doc(hidden)]
    pub wrapper: Option<&'static str>,
    /// The API's idempotency id goes into the body.
    #[doc(hidden)]
    pub idempotent_by_id: bool,
    /// It waits until no other such operation of the same business is on its way, as the service wants these in sequence.
    #[doc(hidden)]
    pub sequential: bool,
    /// It is done as a whole or not at all: an error of the service says that nothing was changed.
    #[doc(hidden)]
    pub atomic: bool,
    /// It is refused, and not sent, where [`Api::standard`] holds.
    #[doc(hidden)]
    pub professional_only: bool,
    /// The media type of the reply.
    #[doc(hidden)]
    pub accept: &'static str,
    /// Where it is to be had: a bit for each tier in each country, and the highest if the documents say something.
    #[doc(hidden)]
    pub availability: u64,
    #[doc(hidden)]
    pub place: &'static str,
}

impl Operation {
    /// Its name: resource and method, e.g. `contacts.list`.
    pub fn name(&self) -> &'static str {
        self.id
    }

    /// The HTTP method, e.g. `GET`.
    pub fn method(&self) -> &'static str {
        self.method.name()
    }

    /// The path below the base URL, with its parameters in braces: `/contacts/{key}`.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Where it stands in the documents that the API was generated from.
    pub fn place(&self) -> &'static str {
        self.place
    }

    /// The service has it in its product Professional only: a client for Standard refuses it.
    pub fn is_professional_only(&self) -> bool {
        self.professional_only
    }

    /// What an operation is if nothing is said.
    #[doc(hidden)]
    pub const DEFAULT: Operation = Operation {
        id: "",
        method: Method::Get,
        beside: "",
        path: "/",
        resend: Resend::Never,
        without_headers: &[],
        paging: Paging::None,
        wrapper: None,
        idempotent_by_id: false,
        sequential: false,
        atomic: true,
        professional_only: false,
        accept: "application/json",
        availability: 0,
        place: "",
    };

    /// What one that reads is if nothing is said.
    #[doc(hidden)]
    pub const READ: Operation = Operation { resend: Resend::Safe, ..Operation::DEFAULT };
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
    pub(crate) fn name(self) -> &'static str {
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
