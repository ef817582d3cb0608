//! What is known of an API's OAuth 2.0 before anybody logs in: data, written by the generator.

/// How an application gets a grant of an API: OAuth 2.0's authorization code (RFC 6749, section 4.1).
#[derive(Debug, Clone, Copy)]
pub struct OAuth {
    /// Where users are sent to log in.
    pub authorize_url: &'static str,
    /// Where codes and refresh tokens are exchanged; the first that serves the user's country is taken.
    pub endpoints: &'static [Endpoints],
    /// How the application says who it is, if it has a secret.
    pub client_auth: ClientAuth,
    /// What the authorize URL says beside RFC 6749's parameters.
    pub parameters: &'static [(&'static str, &'static str)],
    /// What is asked for unless the application says otherwise; names with spaces between them.
    pub scope: &'static str,
    /// Requests carry a code challenge (RFC 7636, S256).
    pub pkce: bool,
    /// Room for what is added later.
    #[doc(hidden)]
    pub later: (),
}

impl OAuth {
    /// What a profile is if nothing is said.
    pub const DEFAULT: OAuth = OAuth {
        authorize_url: "",
        endpoints: &[],
        client_auth: ClientAuth::Body,
        parameters: &[],
        scope: "",
        pkce: true,
        later: (),
    };
}

/// The addresses that an application itself speaks to.
#[derive(Debug, Clone, Copy)]
pub struct Endpoints {
    /// The countries that they serve, as the callback names them; empty: any.
    pub countries: &'static [&'static str],
    /// Where tokens come from.
    pub token_url: &'static str,
    /// Where they are given back (RFC 7009).
    pub revoke_url: Option<&'static str>,
    /// Room for what is added later.
    #[doc(hidden)]
    pub later: (),
}

impl Endpoints {
    /// What endpoints are if nothing is said.
    pub const DEFAULT: Endpoints = Endpoints { countries: &[], token_url: "", revoke_url: None, later: () };
}

/// How an application that has a secret says who it is (RFC 6749, section 2.3.1). One that has none sends its id only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientAuth {
    /// Id and secret in the body.
    Body,
    /// Id and secret in the header `Authorization`, by HTTP Basic.
    Basic,
}
