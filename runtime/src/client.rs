//! The client: where requests go and what each of them carries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::api::{Api, Operation};
use crate::base::Base;
use crate::error::{Error, Result};
use crate::path;
use crate::text::ToText;
use crate::token::{StaticToken, TokenSource};
use crate::transport::{Limits, Transport};

/// A client of an API; cheap to clone.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Core>);

pub(crate) struct Core {
    pub(crate) api: &'static Api,
    pub(crate) base: Base,
    pub(crate) headers: HeaderMap,
    pub(crate) token: Option<Arc<dyn TokenSource>>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) limits: Limits,
}

impl Core {
    /// Names the builder method for the first thing that a request needs and the client does not have.
    pub(crate) fn check(&self, operation: &Operation, own: &HeaderMap) -> Result<()> {
        for header in self.api.headers.iter().filter(|header| header.required) {
            let without = operation.without_headers.iter().any(|name| name.eq_ignore_ascii_case(header.name));
            if !without && !self.headers.contains_key(header.name) && !own.contains_key(header.name) {
                return Err(Error::config(format!(
                    "`{}` is missing: set it with `{}` of the client's builder",
                    header.name, header.setter
                )));
            }
        }
        if self.api.bearer && self.token.is_none() {
            return Err(Error::token(
                "there is no access token: set one with `access_token` or `token_source` of the client's builder",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api", &self.0.api.module)
            .field("base_url", &self.0.base.join(""))
            .finish_non_exhaustive()
    }
}

/// Sets a client up. Nothing fails before `build`.
pub struct ClientBuilder {
    api: &'static Api,
    base_url: Option<String>,
    origin: Option<String>,
    variables: Vec<(&'static str, String)>,
    headers: HeaderMap,
    token: Option<Arc<dyn TokenSource>>,
    transport: Option<Arc<dyn Transport>>,
    limits: Limits,
    problem: Option<Error>,
}

impl ClientBuilder {
    /// A client of this API, with nothing set.
    pub fn new(api: &'static Api) -> Self {
        ClientBuilder {
            api,
            base_url: None,
            origin: None,
            variables: Vec::new(),
            headers: HeaderMap::new(),
            token: None,
            transport: None,
            limits: Limits::default(),
            problem: None,
        }
    }

    /// Sets a variable of the base URL.
    pub fn variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
        self
    }

    /// Sets a header of every request.
    pub fn header(mut self, name: &'static str, value: impl ToText) -> Self {
        let secret = self.api.headers.iter().any(|header| header.secret && header.name.eq_ignore_ascii_case(name));
        match header(name, &value.to_text(), secret) {
            Ok((name, value)) => drop(self.headers.insert(name, value)),
            Err(problem) => drop(self.problem.get_or_insert(problem)),
        }
        self
    }

    /// Uses one access token, for as long as it lasts.
    pub fn access_token(self, token: impl Into<String>) -> Self {
        self.token_source(StaticToken::new(token.into()))
    }

    /// Asks this for the access token of each request.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.token = Some(Arc::new(source));
        self
    }

    /// Sends requests through this.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Replaces the base URL; it may have the same variables.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Replaces scheme, host and port of the base URL, and keeps its path; for tests.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// How long one attempt may take, the body included; 60 seconds if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt = timeout;
        self
    }

    /// Checks everything that can be checked without the service.
    ///
    /// # Errors
    /// A variable of the base URL is missing, the base URL is not one, or a header can not be sent.
    pub fn build(self) -> Result<Client> {
        let base = self.base()?;
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport(base.is_https())?,
        };
        let (api, headers, token, limits) = (self.api, self.headers, self.token, self.limits);
        Ok(Client(Arc::new(Core { api, base, headers, token, transport, limits })))
    }

    fn base(&self) -> Result<Base> {
        let mut url = self.base_url.clone().unwrap_or_else(|| self.api.base_url.to_owned());
        for variable in self.api.variables {
            let place = format!("{{{}}}", variable.name);
            if !url.contains(&place) {
                continue;
            }
            let set = self.variables.iter().find(|(name, _)| *name == variable.name).map(|(_, value)| value.as_str());
            let Some(value) = set.or(variable.default) else {
                return Err(Error::config(format!(
                    "`{}` is missing: set it with `{}` of the client's builder",
                    variable.name, variable.setter
                )));
            };
            let Some(value) = path::segment(value) else {
                return Err(Error::config(format!("`{}` is empty, `.` or `..`", variable.name)));
            };
            url = url.replace(&place, &value);
        }
        let base = Base::parse(&url).map_err(Error::config)?;
        match &self.origin {
            Some(origin) => base.at_origin(origin).map_err(Error::config),
            None => Ok(base),
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api.module)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "reqwest")]
fn default_transport(https: bool) -> Result<Arc<dyn Transport>> {
    crate::transport::default_transport(https)
        .map_err(|error| Error::config("the default transport can not be set up").because(error))
}

#[cfg(not(feature = "reqwest"))]
fn default_transport(_: bool) -> Result<Arc<dyn Transport>> {
    Err(Error::config("there is no transport: give one to the builder, or switch on the feature `reqwest`"))
}

/// A header that may be set: neither malformed nor one that the runtime sets itself.
pub(crate) fn header(name: &str, value: &str, secret: bool) -> Result<(HeaderName, HeaderValue)> {
    let bad = |what: &str| Error::config(format!("the header `{}` {what}", name.escape_debug()));
    let name: HeaderName = name.parse().map_err(|_| bad("has no legal name"))?;
    if RESERVED.contains(&name) {
        return Err(bad("is set by the runtime"));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| bad("has a value that can not be sent"))?;
    value.set_sensitive(secret);
    Ok((name, value))
}

const RESERVED: [HeaderName; 8] = [
    http::header::AUTHORIZATION,
    http::header::CONNECTION,
    http::header::CONTENT_ENCODING,
    http::header::CONTENT_LENGTH,
    http::header::CONTENT_TYPE,
    http::header::HOST,
    http::header::TRANSFER_ENCODING,
    http::header::UPGRADE,
];
