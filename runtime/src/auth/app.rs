//! An application that is registered with the service: its credentials, and what it asks users for.

use std::fmt;

use http::Uri;

use super::pending::Pending;
use super::profile::{ClientAuth, Endpoints, OAuth};
use crate::base::Base;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// An application that is registered with the service.
///
/// With a secret it is a confidential one, as on a web server; without, a public one, as on a desktop. Nothing fails
/// here; what is wrong is told when a [`Grant`](super::Grant) is made of it.
///
/// ```
/// # use sage_runtime::auth::{App, OAuth};
/// # static OAUTH: OAuth = OAuth::DEFAULT;
/// let app = App::new(&OAUTH, "my client id").secret("my client secret").scope("readonly").parameter("country", "GB");
/// ```
#[derive(Clone)]
pub struct App {
    oauth: OAuth,
    id: String,
    secret: Option<Secret>,
    scope: String,
    parameters: Vec<(String, String)>,
    origin: Option<String>,
}

impl App {
    /// An application of this API with this client id.
    pub fn new(oauth: &OAuth, id: impl Into<String>) -> Self {
        let parameters = oauth.parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        App {
            oauth: *oauth,
            id: id.into(),
            secret: None,
            scope: oauth.scope.to_owned(),
            parameters: parameters.collect(),
            origin: None,
        }
    }

    /// The client secret of a confidential application.
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// What users are asked to allow, in place of what is usual for the API; names with spaces between them.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// Sets a parameter of the authorize URL, such as `country` or `locale`.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.parameters.retain(|(known, _)| *known != name);
        self.parameters.push((name, value.into()));
        self
    }

    /// How the application says who it is, in place of what is usual for the API.
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.oauth.client_auth = client_auth;
        self
    }

    /// Do logins carry a code challenge (RFC 7636)? In place of what is usual for the API.
    pub fn pkce(mut self, pkce: bool) -> Self {
        self.oauth.pkce = pkce;
        self
    }

    /// Replaces scheme, host and port of all addresses, and keeps their paths; for tests.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Begins a login that ends at this address, which must be registered with the service to the character.
    ///
    /// # Errors
    /// The operating system gives no random bytes, or the authorize URL is none.
    pub fn authorize(&self, redirect_uri: impl Into<String>) -> Result<Pending> {
        Pending::new(self, redirect_uri.into())
    }

    /// Are all addresses such that secrets may be sent there?
    pub(super) fn check(&self) -> Result<()> {
        self.authorize_url()?;
        for endpoints in self.oauth.endpoints {
            self.url(endpoints.token_url)?;
            endpoints.revoke_url.map(|url| self.url(url)).transpose()?;
        }
        match self.oauth.endpoints {
            [] => Err(Error::config("the profile of the API has no token URL")),
            _ => Ok(()),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn client_secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    pub(super) fn oauth(&self) -> &OAuth {
        &self.oauth
    }

    pub(super) fn requested(&self) -> (&str, &[(String, String)]) {
        (&self.scope, &self.parameters)
    }

    pub(super) fn authorize_url(&self) -> Result<String> {
        self.url(self.oauth.authorize_url)
    }

    pub(super) fn token_url(&self, country: Option<&str>) -> Result<Uri> {
        let url = self.url(self.endpoints(country)?.token_url)?;
        url.parse().map_err(|_| Error::config("the token URL is none"))
    }

    pub(super) fn revoke_url(&self, country: Option<&str>) -> Result<Uri> {
        let url = self.endpoints(country)?.revoke_url;
        let url = self.url(url.ok_or_else(|| Error::config("the service has no address where grants are revoked"))?)?;
        url.parse().map_err(|_| Error::config("the URL where grants are revoked is none"))
    }

    /// The first that serves the country.
    fn endpoints(&self, country: Option<&str>) -> Result<&Endpoints> {
        let serves = |endpoints: &&Endpoints| {
            endpoints.countries.is_empty()
                || country
                    .is_some_and(|country| endpoints.countries.iter().any(|one| one.eq_ignore_ascii_case(country)))
        };
        self.oauth.endpoints.iter().find(serves).ok_or_else(|| {
            Error::config(match country {
                Some(country) => format!("no token URL is known for the country `{}`", country.escape_debug()),
                None => "the token URL depends on the country, and the callback names none".to_owned(),
            })
        })
    }

    fn url(&self, url: &str) -> Result<String> {
        let base = Base::parse(url).map_err(Error::config)?;
        let base = match &self.origin {
            Some(origin) => base.at_origin(origin).map_err(Error::config)?,
            None => base,
        };
        Ok(base.join(""))
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("id", &self.id).field("scope", &self.scope).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{App, Endpoints, OAuth};

    const V3: OAuth = OAuth {
        authorize_url: "https://login.example/central",
        endpoints: &[
            Endpoints { countries: &["CA", "US"], token_url: "https://na.example/token", ..Endpoints::DEFAULT },
            Endpoints { countries: &["GB", "IE"], token_url: "https://uk.example/token", ..Endpoints::DEFAULT },
        ],
        ..OAuth::DEFAULT
    };

    #[test]
    fn the_country_picks_the_token_url() {
        let app = App::new(&V3, "id");
        let url = |country| app.token_url(country).map(|url| url.to_string()).map_err(|error| error.to_string());
        assert_eq!(url(Some("US")).as_deref(), Ok("https://na.example/token"));
        assert_eq!(url(Some("gb")).as_deref(), Ok("https://uk.example/token"));
        assert_eq!(url(Some("FR")), Err("no token URL is known for the country `FR`".into()));
        assert_eq!(url(None), Err("the token URL depends on the country, and the callback names none".into()));
        let local = app.origin("http://127.0.0.1:9");
        assert_eq!(local.token_url(Some("US")).unwrap().to_string(), "http://127.0.0.1:9/token");
    }

    #[test]
    fn addresses_are_https_or_loopback() {
        const PLAIN: OAuth = OAuth {
            authorize_url: "http://login.example/central",
            endpoints: &[Endpoints { token_url: "http://login.example/token", ..Endpoints::DEFAULT }],
            ..OAuth::DEFAULT
        };
        let app = App::new(&PLAIN, "id");
        assert!(app.token_url(None).is_err() && app.authorize("http://127.0.0.1:1/").is_err());
    }
}
