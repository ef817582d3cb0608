//! A small API as generated code has it; written by hand, so that the emitter has something to agree with.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part, and generated modules are public")]

pub mod contacts;
pub mod model;

use sage_runtime::codegen as rt;

/// A client of the sample; cheap to clone.
#[derive(Clone, Debug)]
pub struct Client(rt::Client);

impl Client {
    /// Starts to set a client up.
    pub fn builder() -> ClientBuilder {
        ClientBuilder(rt::ClientBuilder::new(&API))
    }

    /// Contacts: `/contacts`.
    pub fn contacts(&self) -> contacts::Contacts {
        contacts::Contacts::new(&self.0)
    }
}

/// Sets a [`Client`] up.
#[derive(Debug)]
pub struct ClientBuilder(rt::ClientBuilder);

rt::client_builder!(ClientBuilder, Client);

impl ClientBuilder {
    /// The region.
    pub fn region(self, region: Region) -> Self {
        Self(self.0.variable("region", region.as_str()))
    }

    /// `X-Site`.
    pub fn site(self, site: impl Into<String>) -> Self {
        Self(self.0.header("X-Site", site.into()))
    }

    /// `X-Company`.
    pub fn company(self, company: i64) -> Self {
        Self(self.0.header("X-Company", company))
    }

    /// `Ocp-Apim-Subscription-Key`.
    pub fn subscription_key(self, subscription_key: impl Into<String>) -> Self {
        Self(self.0.header("Ocp-Apim-Subscription-Key", subscription_key.into()))
    }
}

static API: rt::Api = rt::Api {
    module: "sample",
    base_url: "https://api.example.com/{region}/sageone/accounts/v3",
    variables: &[rt::Variable { name: "region", setter: "region", default: None }],
    headers: &[
        rt::Header { name: "X-Site", setter: "site", required: true, secret: false },
        rt::Header { name: "X-Company", setter: "company", required: false, secret: false },
        rt::Header { name: "Ocp-Apim-Subscription-Key", setter: "subscription_key", required: false, secret: true },
    ],
    idempotency: Some("idempotency_id"),
    errors: rt::Errors::SageList,
    ..rt::Api::DEFAULT
};

/// Where a business is.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `uki`.
    Uki,
    /// `us`.
    Us,
    /// One that the document does not list.
    Unknown(rt::Unlisted),
}

rt::string_enum!(Region, Unknown, {
    Uki = "uki",
    Us = "us",
});
